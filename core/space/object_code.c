/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "space/owned.h"
#include "space/unsettled.h"

/*
 * The rows of an object.
 *
 *   row    version, flags, placeholder, state, link cause, then the numbers and the owned
 *          values, then of the hologram: type, DN, and the entry to the end of the row;
 * of a placeholder the DN alone tower  a byte that says which parts follow, each counted:
 * the four deltas, the two errors, and what is unsettled
 */
enum { VERSION = 1 };

enum flag {
    HOLOGRAM = 1 << 0,
    TRANSIENT = 1 << 1,
    REBUILD = 1 << 2,
    REFERENCE_RETRY = 1 << 3,
    RENAME_RETRY = 1 << 4,
    PROVISIONING_RETRY = 1 << 5,
    FULL_SYNC = 1 << 6,
    PROJECTED = 1 << 7
};

enum { PART_IMPORT_ERROR = OBJECT_DELTAS, PART_EXPORT_ERROR, PART_UNSETTLED, PART_COUNT };

/* --- row out ----------------------------------------------------------------------- */

static unsigned flags_of(const struct cs_object *object)
{
    return (object->has_hologram ? HOLOGRAM : 0u) | (object->transient ? TRANSIENT : 0u) |
           (object->rebuild ? REBUILD : 0u) |
           (object->reference_retry ? REFERENCE_RETRY : 0u) |
           (object->rename_retry ? RENAME_RETRY : 0u) |
           (object->provisioning_retry ? PROVISIONING_RETRY : 0u) |
           (object->full_sync ? FULL_SYNC : 0u) | (object->projected ? PROJECTED : 0u);
}

static void put_owned(const struct owned_value *owned, uint32_t count, struct buf *out)
{
    ARENA_AUTO scratch = {0};
    struct owned_value *sorted;
    uint32_t kept = 0;

    if (count == 0) {
        buf_varint(out, 0);
        return;
    }
    sorted = arena_copy(&scratch, owned, sizeof *sorted * count);
    if (count > 1)
        qsort(sorted, count, sizeof *sorted, owned_compare);
    for (uint32_t i = 0; i < count; i++)
        if (kept == 0 || owned_compare(&sorted[kept - 1], &sorted[i]) != 0)
            sorted[kept++] = sorted[i];
    buf_varint(out, kept);
    for (uint32_t i = 0; i < kept; i++) {
        buf_varint(out, sorted[i].attribute);
        buf_counted(out, sorted[i].value);
    }
}

static void put_row(const struct cs_object *object, struct buf *out)
{
    buf_char(out, VERSION);
    buf_char(out, (char)flags_of(object));
    buf_char(out, (char)object->placeholder);
    buf_char(out, (char)object->state);
    buf_char(out, (char)object->link_cause);
    buf_varint(out, object->id);
    buf_varint(out, object->agent);
    buf_varint(out, object->partition);
    buf_bytes(out, object->guid.bytes, sizeof object->guid.bytes);
    buf_counted(out, object->anchor);
    buf_varint(out, object->mv);
    if (object->link_cause != LINK_NONE)
        buf_bytes(out, object->link_rule.bytes, sizeof object->link_rule.bytes);
    buf_varint(out, object->seen_run);
    buf_varint(out, object->import_modifications);
    buf_varint(out, object->export_batch);
    put_owned(object->owned, object->owned_count, out);
    if (object->has_hologram || object->placeholder != PLACEHOLDER_NOT)
        buf_string(out, object->hologram.dn);
    if (object->has_hologram) {
        buf_varint(out, object->hologram.object_type);
        entry_encode(&object->hologram.entry, out);
    }
}

/* --- tower out --------------------------------------------------------------------- */

static void put_error(const struct object_error *error, struct buf *out)
{
    const char *const texts[] = {error->type,    error->text,     error->code,
                                 error->literal, error->detail,   error->step,
                                 error->rule,    error->attribute};

    buf_varint(out, error->count);
    buf_varint(out, (uint64_t)error->first);
    buf_varint(out, (uint64_t)error->last);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        buf_string(out, texts[i]);
    if (error->findings != NULL)
        buf_string(out, error->findings);
}

static void put_part(const struct cs_object *object, unsigned part, struct buf *out)
{
    if (part == PART_IMPORT_ERROR)
        put_error(&object->import_error, out);
    else if (part == PART_EXPORT_ERROR)
        put_error(&object->export_error, out);
    else if (part == PART_UNSETTLED)
        unsettled_encode(&object->unsettled, out);
    else
        delta_encode(object_deltas(object).at[part], out);
}

static unsigned parts_of(const struct cs_object *object)
{
    const struct object_deltas deltas = object_deltas(object);
    unsigned parts = 0;

    for (unsigned i = 0; i < OBJECT_DELTAS; i++)
        parts |= delta_is_empty(deltas.at[i]) ? 0u : 1u << i;
    return parts | (object->import_error.count == 0 ? 0u : 1u << PART_IMPORT_ERROR) |
           (object->export_error.count == 0 ? 0u : 1u << PART_EXPORT_ERROR) |
           (unsettled_is_empty(&object->unsettled) ? 0u : 1u << PART_UNSETTLED);
}

/* Behind room for its length, and then next to it. */
static void put_counted_part(const struct cs_object *object, unsigned part,
                             struct buf *out)
{
    size_t begin = out->length;
    size_t length;
    char *at;

    memset(buf_room(out, VARINT_MOST), 0, VARINT_MOST);
    buf_grown(out, VARINT_MOST);
    put_part(object, part, out);
    length = out->length - begin - VARINT_MOST;
    at = varint_put(out->at + begin, length);
    memmove(at, out->at + begin + VARINT_MOST, length);
    out->length = (size_t)(at - out->at);
    buf_grown(out, length);
}

void object_encode(const struct cs_object *object, struct buf *row, struct buf *tower)
{
    unsigned parts = parts_of(object);

    put_row(object, row);
    if (parts == 0)
        return;
    buf_char(tower, (char)parts);
    for (unsigned i = 0; i < PART_COUNT; i++)
        if (parts & 1u << i)
            put_counted_part(object, i, tower);
}

/* --- row in ------------------------------------------------------------------------ */

static void set_flags(struct cs_object *object, unsigned flags)
{
    object->has_hologram = (flags & HOLOGRAM) != 0;
    object->transient = (flags & TRANSIENT) != 0;
    object->rebuild = (flags & REBUILD) != 0;
    object->reference_retry = (flags & REFERENCE_RETRY) != 0;
    object->rename_retry = (flags & RENAME_RETRY) != 0;
    object->provisioning_retry = (flags & PROVISIONING_RETRY) != 0;
    object->full_sync = (flags & FULL_SYNC) != 0;
    object->projected = (flags & PROJECTED) != 0;
}

/* A byte that is one of an enumeration. */
static unsigned get_choice(struct reader *reader, unsigned last)
{
    uint8_t choice = reader_byte(reader);

    if (choice > last)
        reader->bad = true;
    return reader->bad ? 0 : choice;
}

static bool get_owned(struct arena *arena, struct reader *reader, struct cs_object *out)
{
    struct owned_value *owned;

    out->owned_count = reader_count(reader);
    if (reader->bad || out->owned_count == 0)
        return !reader->bad;
    owned = arena_alloc(arena, sizeof *owned * out->owned_count);
    for (uint32_t i = 0; i < out->owned_count; i++) {
        owned[i].attribute = reader_varint32(reader);
        owned[i].value = reader_counted(reader);
        if (reader->bad || (i > 0 && owned_compare(&owned[i - 1], &owned[i]) >= 0))
            return false;
    }
    out->owned = owned;
    return true;
}

/* How many there are; nothing is kept of them. */
static uint32_t skip_owned(struct reader *reader)
{
    uint32_t count = reader_count(reader);

    for (uint32_t i = 0; i < count && !reader->bad; i++) {
        (void)reader_varint32(reader);
        (void)reader_counted(reader);
    }
    return count;
}

/* All but its entry, which is what is left then. */
static void get_place(struct reader *reader, struct cs_object *out)
{
    if (out->has_hologram || out->placeholder != PLACEHOLDER_NOT)
        out->hologram.dn = reader_string(reader);
    if (!out->has_hologram)
        return;
    out->hologram.exists = true;
    out->hologram.object_type = reader_varint32(reader);
}

static bool get_hologram(struct arena *arena, struct reader *reader,
                         struct cs_object *out)
{
    get_place(reader, out);
    if (!out->has_hologram)
        return !reader->bad && reader_left(reader) == 0;
    return !reader->bad && entry_decode(arena, slice_of(reader->at, reader_left(reader)),
                                        &out->hologram.entry);
}

static void get_numbers(struct reader *reader, struct cs_object *out)
{
    out->placeholder = get_choice(reader, PLACEHOLDER_DELETED);
    out->state = get_choice(reader, STATE_FILTERED);
    out->link_cause = get_choice(reader, LINK_MANUAL);
    out->id = reader_varint(reader);
    out->agent = reader_varint32(reader);
    out->partition = reader_varint32(reader);
    reader_copy(reader, out->guid.bytes, sizeof out->guid.bytes);
    out->anchor = reader_counted(reader);
    out->mv = reader_varint(reader);
    if (out->link_cause != LINK_NONE)
        reader_copy(reader, out->link_rule.bytes, sizeof out->link_rule.bytes);
    out->seen_run = reader_varint(reader);
    out->import_modifications = reader_varint32(reader);
    out->export_batch = reader_varint(reader);
}

static bool get_head(struct reader *reader, struct cs_object *out)
{
    if (reader_byte(reader) != VERSION)
        return false;
    set_flags(out, reader_byte(reader));
    get_numbers(reader, out);
    return !reader->bad && !(out->has_hologram && out->placeholder != PLACEHOLDER_NOT);
}

bool object_decode_link(struct slice row, uint64_t *mv)
{
    struct reader reader = reader_of(row);
    struct cs_object object = {0};

    if (!get_head(&reader, &object))
        return false;
    *mv = object.mv;
    return true;
}

static bool get_row(struct arena *arena, struct slice row, struct cs_object *out)
{
    struct reader reader = reader_of(row);

    return get_head(&reader, out) && get_owned(arena, &reader, out) &&
           get_hologram(arena, &reader, out);
}

/* --- tower in ---------------------------------------------------------------------- */

static bool get_error(struct slice bytes, struct object_error *out)
{
    struct reader reader = reader_of(bytes);
    const char **const texts[] = {&out->type,   &out->text, &out->code, &out->literal,
                                  &out->detail, &out->step, &out->rule, &out->attribute};

    out->count = reader_varint32(&reader);
    out->first = (int64_t)reader_varint(&reader);
    out->last = (int64_t)reader_varint(&reader);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        *texts[i] = reader_string(&reader);
    /* Findings are there where an audit had any; stores from before have none. */
    if (!reader.bad && reader_left(&reader) > 0) {
        out->findings = reader_string(&reader);
        reader.bad = reader.bad || out->findings == NULL;
    }
    return !reader.bad && reader_left(&reader) == 0 && out->count > 0;
}

static struct delta *delta_at(struct cs_object *out, unsigned part)
{
    struct delta *const deltas[OBJECT_DELTAS] = {&out->pending_import, &out->unconfirmed,
                                                 &out->escrowed, &out->unapplied};

    return deltas[part];
}

static bool get_part(struct arena *arena, struct slice bytes, unsigned part,
                     struct cs_object *out)
{
    if (part == PART_IMPORT_ERROR)
        return get_error(bytes, &out->import_error);
    if (part == PART_EXPORT_ERROR)
        return get_error(bytes, &out->export_error);
    if (part == PART_UNSETTLED)
        return unsettled_decode(arena, bytes, &out->unsettled);
    return delta_decode(arena, bytes, delta_at(out, part)) &&
           !delta_is_empty(delta_at(out, part));
}

struct parts {
    unsigned which; /* bits */
    struct slice at[PART_COUNT];
};

static bool cut_tower(struct slice tower, struct parts *out)
{
    struct reader reader = reader_of(tower);

    *out = (struct parts){0};
    if (tower.length == 0)
        return true;
    out->which = reader_byte(&reader);
    if (out->which == 0 || out->which >= 1u << PART_COUNT)
        return false;
    for (unsigned i = 0; i < PART_COUNT; i++)
        if (out->which & 1u << i)
            out->at[i] = reader_counted(&reader);
    return !reader.bad && reader_left(&reader) == 0;
}

static bool get_tower(struct arena *arena, struct slice tower, struct cs_object *out)
{
    struct parts parts;

    if (!cut_tower(tower, &parts))
        return false;
    for (unsigned i = 0; i < PART_COUNT; i++)
        if ((parts.which & 1u << i) != 0 && !get_part(arena, parts.at[i], i, out))
            return false;
    return true;
}

bool object_decode(struct arena *arena, struct slice row, struct slice tower,
                   struct cs_object *out)
{
    struct cs_object object = {0};

    if (!get_row(arena, row, &object) || !get_tower(arena, tower, &object))
        return false;
    *out = object;
    return true;
}

/* --- a look ------------------------------------------------------------------------ */

static bool get_outlines(const struct parts *parts, struct cs_object *out)
{
    for (unsigned i = 0; i < OBJECT_DELTAS; i++)
        if ((parts->which & 1u << i) != 0 &&
            (!delta_decode_outline(parts->at[i], delta_at(out, i)) ||
             delta_is_empty(delta_at(out, i))))
            return false;
    return true;
}

static bool look(struct slice row, struct slice tower, struct parts *parts,
                 struct cs_object *out)
{
    struct cs_object object = {0};
    struct reader reader = reader_of(row);

    if (!get_head(&reader, &object))
        return false;
    (void)skip_owned(&reader);
    get_place(&reader, &object);
    if (reader.bad || !cut_tower(tower, parts) || !get_outlines(parts, &object))
        return false;
    *out = object;
    return true;
}

bool object_decode_outline(struct slice row, struct slice tower, struct cs_object *out)
{
    struct parts parts;

    return look(row, tower, &parts, out);
}

enum { PART_UNAPPLIED = OBJECT_DELTAS - 1 };

bool object_decode_pending(struct arena *arena, struct slice row, struct slice tower,
                           struct cs_object *out)
{
    struct parts parts;

    return look(row, tower, &parts, out) &&
           (delta_is_empty(&out->unapplied) ||
            get_part(arena, parts.at[PART_UNAPPLIED], PART_UNAPPLIED, out));
}

enum { PENDING_IMPORT = 1u << 0, UNCONFIRMED = 1u << 1 };

static bool add_is_shown(struct slice delta, struct object_shown *out)
{
    struct delta add;

    if (!delta_decode_outline(delta, &add) || add.op != DELTA_ADD)
        return false;
    out->dn = add.dn;
    out->object_type = add.object_type;
    out->pending = true;
    out->bytes = delta;
    return true;
}

bool object_shown(struct slice row, struct slice tower, struct object_shown *out)
{
    struct cs_object object = {0};
    struct reader reader = reader_of(row);
    struct parts parts;

    *out = (struct object_shown){0};
    if (!get_head(&reader, &object))
        return false;
    out->anchor = object.anchor;
    out->partition = object.partition;
    if (object.placeholder != PLACEHOLDER_NOT || object.transient || object.rebuild ||
        skip_owned(&reader) > 0 || !cut_tower(tower, &parts) ||
        (parts.which & UNCONFIRMED) != 0)
        return false;
    get_place(&reader, &object);
    if (!object.has_hologram)
        return !reader.bad && add_is_shown(parts.at[0], out);
    out->dn = object.hologram.dn;
    out->object_type = object.hologram.object_type;
    out->bytes = slice_of(reader.at, reader_left(&reader));
    return !reader.bad && (parts.which & PENDING_IMPORT) == 0;
}

bool object_shows(const struct object_shown *shown, const struct image *image)
{
    if (shown->dn == NULL || image->dn == NULL || strcmp(shown->dn, image->dn) != 0 ||
        shown->object_type != image->object_type)
        return false;
    return shown->pending ? delta_is_encoded_add(image, shown->bytes)
                          : entry_is_encoded(&image->entry, shown->bytes);
}
