/* SPDX-License-Identifier: Apache-2.0 */
#include "run/parcel.h"

#include <stdlib.h>

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

/* --- filling ---------------------------------------------------------------------- */

void parcel_entry(struct parcel *parcel, const struct ma_entry *entry)
{
    struct parcel_event event = {.kind = PARCEL_ENTRY, .entry = *entry};

    event.entry.anchor = value_of(parcel, entry->anchor);
    event.entry.dn = text_of(parcel, entry->dn);
    event.entry.new_dn = text_of(parcel, entry->new_dn);
    event.entry.object_type = text_of(parcel, entry->object_type);
    event.entry.attributes = attributes_of(parcel, entry);
    VEC_ADD(&parcel->events, event);
}

void parcel_rejection(struct parcel *parcel, const struct ma_rejection *rejection)
{
    struct parcel_event event = {.kind = PARCEL_REJECTION, .rejection = *rejection};

    event.rejection.type = text_of(parcel, rejection->type);
    event.rejection.dn = text_of(parcel, rejection->dn);
    event.rejection.attribute = text_of(parcel, rejection->attribute);
    event.rejection.text = text_of(parcel, rejection->text);
    VEC_ADD(&parcel->events, event);
}

void parcel_value(struct parcel *parcel, enum parcel_kind kind, struct ma_value value)
{
    VEC_ADD(&parcel->events,
            (struct parcel_event){.kind = kind, .value = value_of(parcel, value)});
}

void parcel_text(struct parcel *parcel, enum parcel_kind kind, enum ma_level level,
                 const char *text)
{
    struct parcel_event event = {.kind = kind};

    event.told.level = level;
    event.told.text = text_of(parcel, text);
    VEC_ADD(&parcel->events, event);
}

void parcel_start_over(struct parcel *parcel)
{
    VEC_ADD(&parcel->events, (struct parcel_event){.kind = PARCEL_START_OVER});
}

void parcel_served_by(struct parcel *parcel, const char *server,
                      const struct ma_error *lost)
{
    struct parcel_event event = {.kind = PARCEL_SERVED_BY};

    event.served.server = text_of(parcel, server);
    event.served.lost =
        lost == NULL ? NULL : arena_copy(&parcel->arena, lost, sizeof *lost);
    VEC_ADD(&parcel->events, event);
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
