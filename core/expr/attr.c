/* SPDX-License-Identifier: Apache-2.0 */

/* Between the canonical values of attributes and the values of expressions. */

#include <stdlib.h>

#include "base/text.h"
#include "expr/operand.h"

/* --- in ----------------------------------------------------------------------------- */

static inline struct expr_value from_canonical(enum value_type type,
                                               const struct slice *value)
{
    switch (type) {
    case VALUE_STRING:
        return (struct expr_value){.kind = EXPR_STRING, .bytes = *value};
    case VALUE_NUMBER:
        return (struct expr_value){.kind = EXPR_NUMBER, .number = value_number(*value)};
    case VALUE_BOOLEAN:
        return (struct expr_value){.kind = EXPR_BOOLEAN, .number = value_flag(*value)};
    case VALUE_BINARY:
        return (struct expr_value){.kind = EXPR_BYTES, .bytes = *value};
    case VALUE_REFERENCE:
        return (struct expr_value){.kind = EXPR_REFERENCE,
                                   .number = (int64_t)value_id(*value)};
    case VALUE_NONE:
        break;
    }
    return (struct expr_value){.kind = EXPR_NULL};
}

struct expr_value expr_of_attr(struct arena *arena, const struct attr *attr)
{
    struct expr_value *items;

    if (attr->count == 0)
        return (struct expr_value){.kind = EXPR_NULL};
    if (attr->count == 1)
        return from_canonical(attr->type, attr->values);
    items = arena_alloc(arena, sizeof *items * attr->count);
    for (uint32_t i = 0; i < attr->count; i++)
        items[i] = from_canonical(attr->type, &attr->values[i]);
    return (struct expr_value){.kind = EXPR_SET, .items = items, .count = attr->count};
}

/* --- out ---------------------------------------------------------------------------- */

static bool to_string(struct arena *arena, const struct expr_value *value,
                      struct slice *out)
{
    return value->kind != EXPR_REFERENCE && operand_to_text(arena, value, out);
}

static bool to_number(struct arena *arena, const struct expr_value *value,
                      struct slice *out)
{
    int64_t number;

    if (!operand_to_number(value, &number))
        return false;
    *out = value_of_number(arena, number);
    return true;
}

static bool to_flag(struct arena *arena, const struct expr_value *value,
                    struct slice *out)
{
    bool flag = value->number != 0;

    (void)arena;
    if (value->kind != EXPR_BOOLEAN &&
        !(value->kind == EXPR_STRING && text_to_flag(value->bytes, &flag)))
        return false;
    *out = value_of_flag(flag);
    return true;
}

static bool to_binary(struct arena *arena, const struct expr_value *value,
                      struct slice *out)
{
    (void)arena;
    *out = value->bytes;
    return value->kind == EXPR_BYTES;
}

static bool to_reference(struct arena *arena, const struct expr_value *value,
                         struct slice *out)
{
    if (value->kind != EXPR_REFERENCE || value->number == 0)
        return false;
    *out = value_of_id(arena, (uint64_t)value->number);
    return true;
}

typedef bool (*converter)(struct arena *, const struct expr_value *, struct slice *);
static const converter converters[] = {
    [VALUE_STRING] = to_string,       [VALUE_NUMBER] = to_number,
    [VALUE_BOOLEAN] = to_flag,        [VALUE_BINARY] = to_binary,
    [VALUE_REFERENCE] = to_reference,
};

/* Null, and empty text and binary, contribute nothing; nor do the control values. */
static bool is_nothing(const struct expr_value *value)
{
    switch (value->kind) {
    case EXPR_NULL:
    case EXPR_IGNORE:
    case EXPR_AUTHORITATIVE_NULL:
        return true;
    case EXPR_STRING:
    case EXPR_BYTES:
        return value->bytes.length == 0;
    default:
        return false;
    }
}

static enum ma_status mismatch(const struct expr_value *value, enum value_type type,
                               struct ma_error *err)
{
    if (value->kind == EXPR_ERROR)
        return ma_fail(err, MA_INVALID, "%.*s", (int)value->bytes.length,
                       value->bytes.at);
    if (type == VALUE_REFERENCE &&
        (value->kind == EXPR_REFERENCE || value->kind == EXPR_STRING))
        return ma_fail(err, MA_INVALID, "the reference does not lead to an object");
    return ma_fail(err, MA_INVALID, "the flow gives %s where the attribute takes a %s",
                   operand_kind(value->kind), value_type_name(type));
}

static int by_bytes(const void *a, const void *b)
{
    return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

/* Sorted, none twice; how many are left. */
static uint32_t canonical(struct slice *values, uint32_t count)
{
    uint32_t kept = count == 0 ? 0 : 1;

    if (count > 1)
        qsort(values, count, sizeof *values, by_bytes);
    for (uint32_t i = 1; i < count; i++)
        if (!slice_equal(values[kept - 1], values[i]))
            values[kept++] = values[i];
    return kept;
}

enum ma_status expr_to_values(struct arena *arena, const struct expr_value *value,
                              enum value_type type, const struct slice **out,
                              uint32_t *count, struct ma_error *err)
{
    const struct expr_value *items = value->kind == EXPR_SET ? value->items : value;
    uint32_t given = value->kind == EXPR_SET ? value->count : 1;
    struct slice *values = arena_alloc(arena, sizeof *values * (given == 0 ? 1 : given));
    uint32_t kept = 0;

    if (type == VALUE_NONE)
        return ma_fail(err, MA_BROKEN, "the attribute of a flow has no type");
    for (uint32_t i = 0; i < given; i++) {
        if (is_nothing(&items[i]))
            continue;
        if (!converters[type](arena, &items[i], &values[kept++]))
            return mismatch(&items[i], type, err);
    }
    *out = values;
    *count = canonical(values, kept);
    return MA_OK;
}
