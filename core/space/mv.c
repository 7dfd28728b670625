/* SPDX-License-Identifier: Apache-2.0 */
#include "space/mv.h"

enum {
    MV_VERSION = 1,
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
    buf_char(out, MV_VERSION);
    buf_char(out, (char)((object->reference_retry ? MV_REFERENCE_RETRY : 0) |
                         (object->provisioning_retry ? MV_PROVISIONING_RETRY : 0) |
                         (object->changed ? MV_CHANGED : 0)));
    buf_varint(out, object->id);
    buf_bytes(out, object->guid.bytes, sizeof object->guid.bytes);
    buf_varint(out, object->type);
    buf_varint(out, object->lineage_count);
    for (uint32_t i = 0; i < object->lineage_count; i++)
        put_line(out, &object->lineage[i]);
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

static bool get_lineage(struct arena *arena, struct reader *reader, struct mv_object *out)
{
    struct mv_lineage *lines;

    out->lineage_count = reader_count(reader);
    if (reader->bad || out->lineage_count == 0)
        return !reader->bad;
    lines = arena_alloc(arena, sizeof *lines * out->lineage_count);
    for (uint32_t i = 0; i < out->lineage_count; i++)
        if (!get_line(reader, i == 0 ? 0 : lines[i - 1].attribute, &lines[i]))
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

    if (reader.bad || version != MV_VERSION || flags > MV_FLAGS)
        return false;
    object.reference_retry = (flags & MV_REFERENCE_RETRY) != 0;
    object.provisioning_retry = (flags & MV_PROVISIONING_RETRY) != 0;
    object.changed = (flags & MV_CHANGED) != 0;
    object.id = reader_varint(&reader);
    reader_copy(&reader, object.guid.bytes, sizeof object.guid.bytes);
    object.type = reader_varint32(&reader);
    if (!get_lineage(arena, &reader, &object) ||
        !entry_decode(arena, slice_of(reader.at, reader_left(&reader)), &object.entry))
        return false;
    *out = object;
    return true;
}
