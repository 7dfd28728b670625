/* SPDX-License-Identifier: Apache-2.0 */
#include "model/delta.h"

/*
 * The bytes of a delta: op, flags, DN, type, then the attributes.
 */
enum { FLAG_OBSOLETION = 1 };

void delta_encode(const struct delta *delta, struct buf *out)
{
    buf_char(out, (char)delta->op);
    buf_char(out, delta->obsoletion ? FLAG_OBSOLETION : 0);
    buf_string(out, delta->dn);
    buf_varint(out, delta->object_type);
    buf_varint(out, delta->count);
    for (uint32_t i = 0; i < delta->count; i++) {
        const struct attr_delta *attr = &delta->attrs[i];
        char head[VARINT_MOST + 2];
        char *at = varint_put(head, attr->name);

        *at++ = (char)attr->type;
        *at++ = (char)attr->op;
        buf_bytes(out, head, (size_t)(at - head));
        buf_values(out, attr->adds, attr->add_count);
        buf_values(out, attr->dels, attr->del_count);
    }
}

static bool get_values(struct arena *arena, struct reader *reader,
                       const struct slice **out, uint32_t *count)
{
    struct slice *values;

    *out = NULL;
    *count = reader_count(reader);
    if (reader->bad || *count == 0)
        return !reader->bad;
    values = arena_alloc(arena, sizeof *values * *count);
    for (uint32_t i = 0; i < *count; i++) {
        values[i] = reader_counted(reader);
        if (reader->bad || (i > 0 && slice_compare(values[i - 1], values[i]) >= 0))
            return false;
    }
    *out = values;
    return true;
}

static bool is_disjoint(const struct attr_delta *attr)
{
    uint32_t i = 0;
    uint32_t j = 0;

    while (i < attr->add_count && j < attr->del_count) {
        int order = slice_compare(attr->adds[i], attr->dels[j]);

        if (order == 0)
            return false;
        i += order < 0;
        j += order > 0;
    }
    return true;
}

static bool is_sound(const struct attr_delta *attr)
{
    uint32_t values = attr->add_count + attr->del_count;

    if (attr->op == DELTA_SET && attr->del_count > 0)
        return false;
    if (attr->op == DELTA_VALUES && values == 0)
        return false;
    return (attr->type != VALUE_NONE || values == 0) && is_disjoint(attr);
}

static bool get_attr(struct arena *arena, struct reader *reader, uint32_t above,
                     struct attr_delta *attr)
{
    uint64_t name = reader_varint(reader);
    uint8_t type = reader_byte(reader);
    uint8_t op = reader_byte(reader);

    if (reader->bad || name <= above || name > UINT32_MAX || type > VALUE_REFERENCE ||
        op > DELTA_VALUES)
        return false;
    attr->name = (uint32_t)name;
    attr->type = (enum value_type)type;
    attr->op = (enum attr_op)op;
    return get_values(arena, reader, &attr->adds, &attr->add_count) &&
           get_values(arena, reader, &attr->dels, &attr->del_count) && is_sound(attr);
}

static bool get_head(struct reader *reader, struct delta *out)
{
    uint8_t op = reader_byte(reader);
    uint8_t flags = reader_byte(reader);

    if (reader->bad || op > DELTA_DELETE_ADD || flags > FLAG_OBSOLETION ||
        (flags != 0 && op != DELTA_DELETE))
        return false;
    out->dn = reader_string(reader);
    out->op = (enum delta_op)op;
    out->obsoletion = flags != 0;
    out->object_type = reader_varint32(reader);
    out->count = reader_count(reader);
    return !reader->bad;
}

bool delta_decode(struct arena *arena, struct slice bytes, struct delta *out)
{
    struct reader reader = reader_of(bytes);
    struct delta delta = {0};
    struct attr_delta *attrs = NULL;

    if (!get_head(&reader, &delta))
        return false;
    if (delta.op == DELTA_NONE && (delta.dn != NULL || delta.object_type != 0))
        return false;
    if (delta.count > 0 && (delta.op == DELTA_NONE || delta.op == DELTA_DELETE))
        return false;
    if (delta.count > 0)
        attrs = arena_alloc(arena, sizeof *attrs * delta.count);
    for (uint32_t i = 0; i < delta.count; i++)
        if (!get_attr(arena, &reader, i == 0 ? 0 : attrs[i - 1].name, &attrs[i]))
            return false;
    delta.attrs = attrs;
    if (reader_left(&reader) != 0)
        return false;
    *out = delta;
    return true;
}

/* As delta_between sets what it has one value of, and adds several. */
static bool is_added(const struct attr *attr, struct reader *reader)
{
    enum attr_op op = attr->count > 1 ? DELTA_VALUES : DELTA_SET;

    return reader_varint(reader) == attr->name &&
           reader_byte(reader) == (uint8_t)attr->type &&
           reader_byte(reader) == (uint8_t)op &&
           reader_has_values(reader, attr->values, attr->count) &&
           reader_varint(reader) == 0;
}

bool delta_is_encoded_add(const struct image *image, struct slice bytes)
{
    struct reader reader = reader_of(bytes);
    struct delta head = {0};
    bool same = get_head(&reader, &head) && head.op == DELTA_ADD && image->dn != NULL &&
                head.dn != NULL && strcmp(head.dn, image->dn) == 0 &&
                head.object_type == image->object_type &&
                head.count == image->entry.count;

    for (uint32_t i = 0; same && i < image->entry.count; i++)
        same = is_added(&image->entry.attrs[i], &reader);
    return same && !reader.bad && reader_left(&reader) == 0;
}

bool delta_decode_outline(struct slice bytes, struct delta *out)
{
    struct reader reader = reader_of(bytes);
    struct delta delta = {0};

    if (!get_head(&reader, &delta))
        return false;
    delta.count = 0;
    *out = delta;
    return true;
}

static const struct slice *copy_values(struct arena *arena, const struct slice *values,
                                       uint32_t count)
{
    struct slice *copy;

    if (count == 0)
        return NULL;
    copy = arena_alloc(arena, sizeof *copy * count);
    for (uint32_t i = 0; i < count; i++)
        copy[i] = arena_slice(arena, values[i]);
    return copy;
}

struct delta delta_copy(struct arena *arena, const struct delta *delta)
{
    struct delta copy = *delta;
    struct attr_delta *attrs;

    if (delta->dn != NULL)
        copy.dn = arena_text(arena, delta->dn);
    if (delta->count == 0)
        return copy;
    attrs = arena_copy(arena, delta->attrs, sizeof *attrs * delta->count);
    for (uint32_t i = 0; i < delta->count; i++) {
        attrs[i].adds = copy_values(arena, attrs[i].adds, attrs[i].add_count);
        attrs[i].dels = copy_values(arena, attrs[i].dels, attrs[i].del_count);
    }
    copy.attrs = attrs;
    return copy;
}
