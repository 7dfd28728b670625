/* SPDX-License-Identifier: Apache-2.0 */
#include "run/parcel.h"

#include <stdlib.h>

/* For the entry that fills it, if that is not a large one. */
enum { PARCEL_ROOM = PARCEL_BYTES + 32 * 1024 };

/* --- copies ----------------------------------------------------------------------- */

static const char *text_of(struct parcel *parcel, const char *text)
{
    return text == NULL ? NULL : arena_text(&parcel->arena, text);
}

static struct ma_value value_of(struct parcel *parcel, struct ma_value value)
{
    char *copy = arena_textn(&parcel->arena, value.data, value.length);

    return (struct ma_value){copy, value.length};
}

static const struct ma_value *values_of(struct parcel *parcel,
                                        const struct ma_value *values, size_t count)
{
    struct ma_value *copy;

    if (count == 0)
        return NULL;
    copy = arena_alloc(&parcel->arena, sizeof *copy * count);
    for (size_t i = 0; i < count; i++)
        copy[i] = value_of(parcel, values[i]);
    return copy;
}

/* One entry after the other has the same attributes in the same order. */
static const char *name_of(struct parcel *parcel, size_t at, const char *name)
{
    size_t count = parcel->events.count;
    const struct parcel_event *last =
        count == 0 ? NULL : &parcel->events.items[count - 1];

    if (last != NULL && last->kind == PARCEL_ENTRY && at < last->entry.count &&
        strcmp(last->entry.attributes[at].name, name) == 0)
        return last->entry.attributes[at].name;
    return arena_text(&parcel->arena, name);
}

static const struct ma_attribute *attributes_of(struct parcel *parcel,
                                                const struct ma_entry *entry)
{
    struct ma_attribute *copy =
        arena_alloc(&parcel->arena, sizeof *copy * (entry->count + 1));

    for (size_t i = 0; i < entry->count; i++) {
        const struct ma_attribute *from = &entry->attributes[i];

        copy[i] = *from;
        copy[i].name = name_of(parcel, i, from->name);
        copy[i].values = values_of(parcel, from->values, from->count);
        copy[i].removed = values_of(parcel, from->removed, from->removed_count);
    }
    return copy;
}

static struct ma_entry entry_of(struct parcel *parcel, const struct ma_entry *entry)
{
    struct ma_entry copy = *entry;

    copy.anchor = value_of(parcel, entry->anchor);
    copy.dn = text_of(parcel, entry->dn);
    copy.new_dn = text_of(parcel, entry->new_dn);
    copy.object_type = text_of(parcel, entry->object_type);
    copy.attributes = attributes_of(parcel, entry);
    return copy;
}

static struct ma_rejection rejection_of(struct parcel *parcel,
                                        const struct ma_rejection *rejection)
{
    struct ma_rejection copy = *rejection;

    copy.type = text_of(parcel, rejection->type);
    copy.dn = text_of(parcel, rejection->dn);
    copy.attribute = text_of(parcel, rejection->attribute);
    copy.text = text_of(parcel, rejection->text);
    return copy;
}

/* --- filling ---------------------------------------------------------------------- */

/* An arena keeps its first chunk: that is all that a parcel needs. */
static void make_room(struct parcel *parcel)
{
    if (parcel->arena.chunk != NULL)
        return;
    (void)arena_alloc(&parcel->arena, PARCEL_ROOM);
    arena_reset(&parcel->arena);
}

void parcel_add(struct parcel *parcel, const struct parcel_event *event)
{
    struct parcel_event copy = *event;

    make_room(parcel);
    switch (event->kind) {
    case PARCEL_ENTRY:
        copy.entry = entry_of(parcel, &event->entry);
        break;
    case PARCEL_REJECTION:
        copy.rejection = rejection_of(parcel, &event->rejection);
        break;
    case PARCEL_CHECKPOINT:
    case PARCEL_WATERMARK:
        copy.value = value_of(parcel, event->value);
        break;
    case PARCEL_ABSENT:
    case PARCEL_LOG:
        copy.told.text = text_of(parcel, event->told.text);
        break;
    case PARCEL_SERVED_BY:
        copy.served.server = text_of(parcel, event->served.server);
        if (event->served.lost != NULL)
            copy.served.lost =
                arena_copy(&parcel->arena, event->served.lost, sizeof(struct ma_error));
        break;
    case PARCEL_START_OVER:
        break;
    }
    VEC_ADD(&parcel->events, copy);
}

void parcel_clear(struct parcel *parcel)
{
    arena_reset(&parcel->arena);
    parcel->events.count = 0;
}

void parcel_free(struct parcel *parcel)
{
    arena_free(&parcel->arena);
    VEC_FREE(&parcel->events);
}

/* --- unpacking -------------------------------------------------------------------- */

enum ma_status parcel_call(const struct parcel_event *event, const struct host_sink *sink,
                           struct ma_error *err)
{
    switch (event->kind) {
    case PARCEL_ENTRY:
        return sink->emit(sink->context, &event->entry, err);
    case PARCEL_REJECTION:
        return sink->reject(sink->context, &event->rejection, err);
    case PARCEL_CHECKPOINT:
        return sink->checkpoint(sink->context, event->value, err);
    case PARCEL_WATERMARK:
        return sink->watermark(sink->context, event->value, err);
    case PARCEL_ABSENT:
        return sink->absent(sink->context, event->told.text, err);
    case PARCEL_START_OVER:
        return sink->start_over(sink->context, err);
    case PARCEL_SERVED_BY:
        sink->served_by(sink->context, event->served.server, event->served.lost);
        return MA_OK;
    case PARCEL_LOG:
        break;
    }
    sink->log(sink->context, event->told.level, event->told.text);
    return MA_OK;
}
