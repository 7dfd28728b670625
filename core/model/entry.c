/* SPDX-License-Identifier: Apache-2.0 */
#include "model/entry.h"

#include <stdlib.h>

enum { FEW = 64 };

const struct attr *entry_find(const struct entry *entry, uint32_t name)
{
    const struct attr *at = entry->attrs;

    /* Halved without a branch on what is compared: nobody could guess it, and this is
     * asked for each flow. */
    for (uint32_t left = entry->count; left > 1; left -= left / 2)
        at = at[left / 2].name <= name ? at + left / 2 : at;
    return entry->count > 0 && at->name == name ? at : NULL;
}

bool attr_has(const struct attr *attr, struct slice value)
{
    uint32_t low = 0;
    uint32_t high = attr->count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (slice_compare(attr->values[middle], value) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < attr->count && slice_equal(attr->values[low], value);
}

bool attr_equal(const struct attr *a, const struct attr *b)
{
    if (a->name != b->name || a->type != b->type || a->count != b->count)
        return false;
    for (uint32_t i = 0; i < a->count; i++)
        if (!slice_equal(a->values[i], b->values[i]))
            return false;
    return true;
}

bool entry_equal(const struct entry *a, const struct entry *b)
{
    if (a->count != b->count)
        return false;
    for (uint32_t i = 0; i < a->count; i++)
        if (!attr_equal(&a->attrs[i], &b->attrs[i]))
            return false;
    return true;
}

static int by_bytes(const void *a, const void *b)
{
    return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

static int by_name(const void *a, const void *b)
{
    const struct attr *x = a;
    const struct attr *y = b;

    return (x->name > y->name) - (x->name < y->name);
}

static bool is_sorted_set(const struct slice *values, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++)
        if (slice_compare(values[i - 1], values[i]) >= 0)
            return false;
    return true;
}

/* Sorted and unique; the given array itself where it is so already. */
static const struct slice *canonical(struct arena *arena, const struct slice *values,
                                     uint32_t *count)
{
    struct slice *copy;
    uint32_t kept = 0;

    if (is_sorted_set(values, *count))
        return values;
    copy = arena_copy(arena, values, sizeof *values * *count);
    qsort(copy, *count, sizeof *copy, by_bytes);
    for (uint32_t i = 0; i < *count; i++)
        if (kept == 0 || !slice_equal(copy[kept - 1], copy[i]))
            copy[kept++] = copy[i];
    *count = kept;
    return copy;
}

struct entry_builder entry_builder(struct arena *arena)
{
    return (struct entry_builder){.arena = arena};
}

static void grow(struct entry_builder *builder)
{
    uint32_t capacity = builder->capacity == 0 ? 32 : builder->capacity * 2;
    struct attr *attrs = arena_alloc(builder->arena, sizeof *attrs * capacity);

    if (builder->count > 0)
        memcpy(attrs, builder->attrs, sizeof *attrs * builder->count);
    builder->attrs = attrs;
    builder->capacity = capacity;
}

void entry_add(struct entry_builder *builder, uint32_t name, enum value_type type,
               const struct slice *values, uint32_t count)
{
    if (count == 0)
        return;
    if (builder->count == builder->capacity)
        grow(builder);
    builder->attrs[builder->count++] = (struct attr){name, type, count, values};
}

/* One attribute of all that stand from `at` on under the same name; how many they were.
 */
static uint32_t join_attr(struct entry_builder *builder, uint32_t at, struct attr *out)
{
    const struct attr *first = &builder->attrs[at];
    uint32_t parts = 1;
    uint32_t total = first->count;
    struct slice *values;

    while (at + parts < builder->count && first[parts].name == first->name)
        total += first[parts++].count;
    *out = *first;
    if (parts > 1) {
        values = arena_alloc(builder->arena, sizeof *values * total);
        out->values = values;
        for (uint32_t i = 0; i < parts; i++) {
            memcpy(values, first[i].values, sizeof *values * first[i].count);
            values += first[i].count;
        }
    }
    out->count = total;
    out->values = canonical(builder->arena, out->values, &out->count);
    return parts;
}

static bool is_in_order(const struct entry_builder *builder)
{
    for (uint32_t i = 1; i < builder->count; i++)
        if (builder->attrs[i - 1].name > builder->attrs[i].name)
            return false;
    return true;
}

/* Stable: of one name, the parts stay in their order. */
static void sort_few(struct attr *attrs, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        struct attr attr = attrs[i];
        uint32_t at = i;

        for (; at > 0 && attrs[at - 1].name > attr.name; at--)
            attrs[at] = attrs[at - 1];
        attrs[at] = attr;
    }
}

static void sort_attrs(struct entry_builder *builder)
{
    if (builder->count <= FEW)
        sort_few(builder->attrs, builder->count);
    else if (!is_in_order(builder))
        qsort(builder->attrs, builder->count, sizeof *builder->attrs, by_name);
}

struct entry entry_build(struct entry_builder *builder)
{
    uint32_t kept = 0;

    sort_attrs(builder);
    for (uint32_t at = 0; at < builder->count;) {
        struct attr joined;

        at += join_attr(builder, at, &joined);
        builder->attrs[kept++] = joined;
    }
    builder->count = kept;
    return (struct entry){kept, builder->attrs};
}

struct entry entry_with(struct arena *arena, const struct entry *entry, uint32_t name,
                        enum value_type type, const struct slice *values, uint32_t count)
{
    struct attr *attrs = arena_alloc(arena, sizeof *attrs * (entry->count + 1));
    uint32_t at = 0;
    uint32_t kept = 0;

    while (at < entry->count && entry->attrs[at].name < name)
        attrs[kept++] = entry->attrs[at++];
    if (at < entry->count && entry->attrs[at].name == name)
        at++;
    if (count > 0) {
        const struct slice *sorted = canonical(arena, values, &count);

        attrs[kept++] = (struct attr){name, type, count, sorted};
    }
    while (at < entry->count)
        attrs[kept++] = entry->attrs[at++];
    return (struct entry){kept, attrs};
}

void entry_encode(const struct entry *entry, struct buf *out)
{
    buf_varint(out, entry->count);
    for (uint32_t i = 0; i < entry->count; i++) {
        const struct attr *attr = &entry->attrs[i];
        char head[VARINT_MOST + 1];
        char *at = varint_put(head, attr->name);

        *at++ = (char)attr->type;
        buf_bytes(out, head, (size_t)(at - head));
        buf_values(out, attr->values, attr->count);
    }
}

bool entry_is_encoded(const struct entry *entry, struct slice bytes)
{
    struct reader reader = reader_of(bytes);
    bool same = reader_varint(&reader) == entry->count;

    for (uint32_t i = 0; same && i < entry->count; i++) {
        const struct attr *attr = &entry->attrs[i];

        same = reader_varint(&reader) == attr->name &&
               reader_byte(&reader) == (uint8_t)attr->type &&
               reader_has_values(&reader, attr->values, attr->count);
    }
    return same && !reader.bad && reader_left(&reader) == 0;
}

/* A number of things that take at least one byte each cannot be more than what is left.
 */
static uint32_t counted(struct reader *reader)
{
    uint64_t count = reader_varint(reader);

    if (count > reader_left(reader))
        reader->bad = true;
    return reader->bad ? 0 : (uint32_t)count;
}

static bool decode_values(struct arena *arena, struct reader *reader, struct attr *attr)
{
    struct slice *values;

    attr->count = counted(reader);
    if (reader->bad || attr->count == 0)
        return false;
    values = arena_alloc(arena, sizeof *values * attr->count);
    for (uint32_t i = 0; i < attr->count; i++) {
        values[i] = reader_counted(reader);
        if (reader->bad || (i > 0 && slice_compare(values[i - 1], values[i]) >= 0))
            return false;
    }
    attr->values = values;
    return true;
}

static bool decode_attr(struct arena *arena, struct reader *reader, uint32_t above,
                        struct attr *attr)
{
    uint64_t name = reader_varint(reader);
    uint8_t type = reader_byte(reader);

    if (reader->bad || name <= above || name > UINT32_MAX || type < VALUE_STRING ||
        type > VALUE_REFERENCE)
        return false;
    attr->name = (uint32_t)name;
    attr->type = (enum value_type)type;
    return decode_values(arena, reader, attr);
}

bool entry_decode(struct arena *arena, struct slice bytes, struct entry *out)
{
    struct reader reader = reader_of(bytes);
    uint32_t count = counted(&reader);
    struct attr *attrs;

    if (reader.bad)
        return false;
    attrs = arena_alloc(arena, sizeof *attrs * (count == 0 ? 1 : count));
    for (uint32_t i = 0; i < count; i++)
        if (!decode_attr(arena, &reader, i == 0 ? 0 : attrs[i - 1].name, &attrs[i]))
            return false;
    if (reader.bad || reader_left(&reader) != 0)
        return false;
    *out = (struct entry){count, attrs};
    return true;
}

struct entry entry_copy(struct arena *arena, const struct entry *entry)
{
    struct attr *attrs = arena_copy(arena, entry->attrs, sizeof *attrs * entry->count);

    for (uint32_t i = 0; i < entry->count; i++) {
        struct slice *values =
            arena_copy(arena, attrs[i].values, sizeof *values * attrs[i].count);

        for (uint32_t j = 0; j < attrs[i].count; j++)
            values[j] = arena_slice(arena, values[j]);
        attrs[i].values = values;
    }
    return (struct entry){entry->count, attrs};
}
