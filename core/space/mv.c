/* SPDX-License-Identifier: Apache-2.0 */
#include "space/mv.h"

enum {
    MV_VERSION = 1,        /* no line names values */
    MV_VERSION_VALUES = 2, /* each says how many, and which */
    MV_REFERENCE_RETRY = 1,
    MV_PROVISIONING_RETRY = 2,
    MV_CHANGED = 4,
    MV_FLAGS = 7
};

const struct mv_lineage *mv_lineage_of(const struct mv_object *object, uint32_t attribute)
{
    uint32_t low = 0;
    uint32_t high = object->lineage_count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (object->lineage[middle].attribute < attribute)
            low = middle + 1;
        else
            high = middle;
    }
    return low < object->lineage_count && object->lineage[low].attribute == attribute
               ? &object->lineage[low]
               : NULL;
}

static uint8_t version_of(const struct mv_object *object)
{
    for (uint32_t i = 0; i < object->lineage_count; i++)
        if (object->lineage[i].value_count > 0 || object->lineage[i].none)
            return MV_VERSION_VALUES;
    return MV_VERSION;
}

/* 0: those that no other line names; else how many, and one. */
static void put_values(struct buf *out, const struct mv_lineage *line)
{
    buf_varint(out,
               line->value_count > 0 || line->none ? (uint64_t)line->value_count + 1 : 0);
    for (uint32_t i = 0; i < line->value_count; i++)
        buf_counted(out, line->values[i]);
}

static void put_line(struct buf *out, const struct mv_lineage *line)
{
    buf_varint(out, line->attribute);
    buf_varint(out, line->agent);
    buf_varint(out, line->object);
    buf_bytes(out, line->rule.bytes, sizeof line->rule.bytes);
    buf_varint(out, line->run);
    buf_varint(out, (uint64_t)line->time);
}

void mv_encode(const struct mv_object *object, struct buf *out)
{
    uint8_t version = version_of(object);

    buf_char(out, (char)version);
    buf_char(out, (char)((object->reference_retry ? MV_REFERENCE_RETRY : 0) |
                         (object->provisioning_retry ? MV_PROVISIONING_RETRY : 0) |
                         (object->changed ? MV_CHANGED : 0)));
    buf_varint(out, object->id);
    buf_bytes(out, object->guid.bytes, sizeof object->guid.bytes);
    buf_varint(out, object->type);
    buf_varint(out, object->lineage_count);
    for (uint32_t i = 0; i < object->lineage_count; i++) {
        put_line(out, &object->lineage[i]);
        if (version == MV_VERSION_VALUES)
            put_values(out, &object->lineage[i]);
    }
    entry_encode(&object->entry, out);
}

static bool get_line(struct reader *reader, uint32_t least, struct mv_lineage *out)
{
    out->attribute = reader_varint32(reader);
    out->agent = reader_varint32(reader);
    out->object = reader_varint(reader);
    reader_copy(reader, out->rule.bytes, sizeof out->rule.bytes);
    out->run = reader_varint(reader);
    out->time = (int64_t)reader_varint(reader);
    return !reader->bad && out->attribute >= least;
}

static bool get_values(struct arena *arena, struct reader *reader, struct mv_lineage *out)
{
    uint32_t count = reader_varint32(reader);
    struct slice *values;

    out->none = count == 1;
    if (reader->bad || count < 2)
        return !reader->bad;
    if (--count > reader_left(reader))
        return false;
    values = arena_alloc(arena, sizeof *values * count);
    for (uint32_t i = 0; i < count; i++) {
        values[i] = reader_counted(reader);
        if (reader->bad || (i > 0 && slice_compare(values[i - 1], values[i]) >= 0))
            return false;
    }
    out->values = values;
    out->value_count = count;
    return true;
}

static bool get_lineage(struct arena *arena, struct reader *reader, uint8_t version,
                        struct mv_object *out)
{
    struct mv_lineage *lines;

    out->lineage_count = reader_count(reader);
    if (reader->bad || out->lineage_count == 0)
        return !reader->bad;
    lines = ARENA_ARRAY(arena, struct mv_lineage, out->lineage_count);
    for (uint32_t i = 0; i < out->lineage_count; i++)
        if (!get_line(reader, i == 0 ? 0 : lines[i - 1].attribute, &lines[i]) ||
            (version == MV_VERSION_VALUES && !get_values(arena, reader, &lines[i])))
            return false;
    out->lineage = lines;
    return true;
}

bool mv_decode(struct arena *arena, struct slice bytes, struct mv_object *out)
{
    struct reader reader = reader_of(bytes);
    struct mv_object object = {0};
    uint8_t version = reader_byte(&reader);
    uint8_t flags = reader_byte(&reader);

    if (reader.bad || version < MV_VERSION || version > MV_VERSION_VALUES ||
        flags > MV_FLAGS)
        return false;
    object.reference_retry = (flags & MV_REFERENCE_RETRY) != 0;
    object.provisioning_retry = (flags & MV_PROVISIONING_RETRY) != 0;
    object.changed = (flags & MV_CHANGED) != 0;
    object.id = reader_varint(&reader);
    reader_copy(&reader, object.guid.bytes, sizeof object.guid.bytes);
    object.type = reader_varint32(&reader);
    if (!get_lineage(arena, &reader, version, &object) ||
        version_of(&object) != version ||
        !entry_decode(arena, slice_of(reader.at, reader_left(&reader)), &object.entry))
        return false;
    *out = object;
    return true;
}
