/* SPDX-License-Identifier: Apache-2.0 */
#include "config/image.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/vec.h"

/*
 * Head, body, and the places in the body that hold pointers. Where a pointer goes stands
 * in its place, counted from the start of the body. NULL is 0, and no place: the body
 * begins with room that nothing is put in, where what has no elements points to.
 */
struct head {
    uint64_t body;  /* bytes */
    uint64_t count; /* of places */
    uint64_t root;  /* where the config is */
};

enum { ROOM = 16 }; /* to which structs are aligned, too */

/* --- texts ------------------------------------------------------------------------- */

/* Each is written once: places of thousands of elements name the same file. */
struct known {
    const char *text; /* NULL: free */
    size_t at;
};

struct writer {
    struct buf *out;
    size_t body; /* where it begins in `out` */
    VEC_OF(uint32_t) places;
    struct known *known;
    size_t known_count;
    size_t known_room; /* a power of two */
};

static size_t slot_of(const struct known *known, size_t room, const char *text)
{
    size_t slot = ((uintptr_t)text * 0x9e3779b97f4a7c15u >> 20) & (room - 1);

    while (known[slot].text != NULL && known[slot].text != text)
        slot = (slot + 1) & (room - 1);
    return slot;
}

static void make_room(struct writer *w)
{
    size_t room = w->known_room == 0 ? 1024 : w->known_room * 2;
    struct known *known;

    if (w->known_count * 2 < w->known_room)
        return;
    known = mem_zero_array(room, sizeof *known);
    for (size_t i = 0; i < w->known_room; i++)
        if (w->known[i].text != NULL)
            known[slot_of(known, room, w->known[i].text)] = w->known[i];
    free(w->known);
    w->known = known;
    w->known_room = room;
}

static size_t length_of(const struct writer *w)
{
    return w->out->length - w->body;
}

static size_t put_text(struct writer *w, const char *text)
{
    struct known *known;

    make_room(w);
    known = &w->known[slot_of(w->known, w->known_room, text)];
    if (known->text != NULL)
        return known->at;
    *known = (struct known){text, length_of(w)};
    w->known_count++;
    buf_bytes(w->out, text, strlen(text) + 1);
    return known->at;
}

/* --- structs ----------------------------------------------------------------------- */

static size_t put_room(struct writer *w, size_t size)
{
    static const char zero[ROOM];
    size_t at;

    buf_bytes(w->out, zero, (ROOM - length_of(w) % ROOM) % ROOM);
    at = length_of(w);
    for (size_t left = size; left > 0; left -= left < ROOM ? left : ROOM)
        buf_bytes(w->out, zero, left < ROOM ? left : ROOM);
    return at;
}

static size_t put_plain(struct writer *w, const void *data, size_t size)
{
    size_t at = put_room(w, 0);

    buf_bytes(w->out, data, size);
    return at;
}

static void set_word(struct writer *w, size_t at, uint64_t word)
{
    memcpy(w->out->at + w->body + at, &word, sizeof word);
}

static void point(struct writer *w, size_t at, size_t to)
{
    set_word(w, at, to);
    VEC_ADD(&w->places, (uint32_t)at);
}

static size_t put_texts(struct writer *w, const char *const *texts)
{
    size_t count = 0;
    size_t at;

    while (texts[count] != NULL)
        count++;
    at = put_room(w, (count + 1) * sizeof *texts);
    for (size_t i = 0; i < count; i++)
        point(w, at + i * sizeof *texts, put_text(w, texts[i]));
    return at;
}

static void put_fields(struct writer *w, const struct image_shape *shape,
                       const char *object, size_t at);

static size_t put_many(struct writer *w, const struct image_shape *shape,
                       const char *objects, size_t count)
{
    size_t at = put_room(w, shape->size * count);

    for (size_t i = 0; i < count; i++) {
        const char *object = objects + i * shape->size;

        memcpy(w->out->at + w->body + at + i * shape->size, object, shape->size);
        put_fields(w, shape, object, at + i * shape->size);
    }
    return at;
}

/* What the pointer points to is put, and where it is comes back; never of NULL. */
static size_t put_pointee(struct writer *w, const struct image_field *field,
                          const char *object, const void *pointer)
{
    size_t count = 0;

    if (field->kind == IMAGE_TEXT)
        return put_text(w, pointer);
    if (field->kind == IMAGE_TEXTS)
        return put_texts(w, pointer);
    if (field->kind == IMAGE_ONE)
        return put_many(w, field->shape, pointer, 1);
    memcpy(&count, object + field->count_at, sizeof count);
    if (count == 0)
        return 0; /* the room at the start */
    return field->kind == IMAGE_PLAIN ? put_plain(w, pointer, field->size * count)
                                      : put_many(w, field->shape, pointer, count);
}

static void put_field(struct writer *w, const struct image_field *field,
                      const char *object, size_t at)
{
    const void *pointer;

    if (field->kind == IMAGE_INSIDE) {
        put_fields(w, field->shape, object + field->at, at + field->at);
        return;
    }
    memcpy(&pointer, object + field->at, sizeof pointer);
    set_word(w, at + field->at, 0);
    if (field->kind == IMAGE_NO_SLICE)
        set_word(w, at + field->at + offsetof(struct slice, length), 0);
    else if (field->kind != IMAGE_NOTHING && pointer != NULL)
        point(w, at + field->at, put_pointee(w, field, object, pointer));
}

static void put_fields(struct writer *w, const struct image_shape *shape,
                       const char *object, size_t at)
{
    for (size_t i = 0; i < shape->count; i++)
        put_field(w, &shape->fields[i], object, at);
}

void image_write(const struct config *config, struct buf *out)
{
    size_t from = out->length;
    struct head head = {0};
    struct writer w = {.out = out, .body = from + sizeof head};

    buf_bytes(out, &head, sizeof head);
    put_room(&w, ROOM);
    head.root = put_many(&w, &image_config, (const char *)config, 1);
    put_room(&w, 0);
    head.body = length_of(&w);
    head.count = w.places.count;
    buf_bytes(out, w.places.items, w.places.count * sizeof *w.places.items);
    memcpy(out->at + from, &head, sizeof head);
    VEC_FREE(&w.places);
    free(w.known);
}

/* --- back --------------------------------------------------------------------------- */

static bool get_head(struct slice bytes, struct head *out)
{
    if (bytes.length < sizeof *out)
        return false;
    memcpy(out, bytes.at, sizeof *out);
    return out->body <= UINT32_MAX && out->count <= UINT32_MAX &&
           bytes.length == sizeof *out + out->body + out->count * sizeof(uint32_t) &&
           out->body >= ROOM && out->root <= out->body - sizeof(struct config) &&
           out->body >= sizeof(struct config) && out->root % ROOM == 0;
}

/* From places to pointers. */
static bool settle(char *body, size_t length, const char *places, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t at;
        uint64_t to;
        const char *pointer;

        memcpy(&at, places + i * sizeof at, sizeof at);
        if (at > length - sizeof to)
            return false;
        memcpy(&to, body + at, sizeof to);
        if (to >= length)
            return false;
        pointer = body + to;
        memcpy(body + at, &pointer, sizeof pointer);
    }
    return true;
}

struct config *image_read(struct arena *arena, struct slice bytes)
{
    struct head head;
    struct config *config;
    char *body;

    if (!get_head(bytes, &head))
        return NULL;
    body = arena_copy(arena, bytes.at + sizeof head, head.body);
    if (!settle(body, head.body, bytes.at + sizeof head + head.body, head.count))
        return NULL;
    config = (struct config *)(void *)(body + head.root);
    config->arena = arena;
    return config;
}
