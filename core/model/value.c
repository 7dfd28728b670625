/* SPDX-License-Identifier: Apache-2.0 */
#include "model/value.h"

#include <inttypes.h>

#include "base/text.h"

static const char *const type_names[] = {
    [VALUE_NONE] = "none",     [VALUE_STRING] = "string",
    [VALUE_NUMBER] = "number", [VALUE_BOOLEAN] = "boolean",
    [VALUE_BINARY] = "binary", [VALUE_REFERENCE] = "reference",
};

const char *value_type_name(enum value_type type)
{
    return type_names[type];
}

static struct slice big_endian(struct arena *arena, uint64_t number)
{
    unsigned char *bytes = arena_alloc(arena, 9);

    for (int i = 7; i >= 0; i--) {
        bytes[i] = (unsigned char)number;
        number >>= 8;
    }
    bytes[8] = 0;
    return slice_of(bytes, 8);
}

static uint64_t from_big_endian(struct slice value)
{
    uint64_t number = 0;

    for (size_t i = 0; i < value.length && i < 8; i++)
        number = number << 8 | (unsigned char)value.at[i];
    return number;
}

static const uint64_t sign_bit = UINT64_C(1) << 63;

struct slice value_of_number(struct arena *arena, int64_t number)
{
    return big_endian(arena, (uint64_t)number ^ sign_bit);
}

struct slice value_of_flag(bool flag)
{
    return flag ? slice_of("\1", 1) : slice_of("\0", 1);
}

struct slice value_of_id(struct arena *arena, uint64_t id)
{
    return big_endian(arena, id);
}

enum { ID_LENGTH = 8 };

struct slice value_of_reference(struct arena *arena, uint64_t id, struct slice data)
{
    struct slice plain = big_endian(arena, id);
    char *bytes;

    if (data.length == 0)
        return plain;
    bytes = arena_alloc(arena, plain.length + data.length + 1);
    memcpy(bytes, plain.at, plain.length);
    memcpy(bytes + plain.length, data.at, data.length);
    bytes[plain.length + data.length] = 0;
    return slice_of(bytes, plain.length + data.length);
}

struct slice value_data(struct slice value)
{
    return value.length <= ID_LENGTH
               ? slice_of("", 0)
               : slice_of(value.at + ID_LENGTH, value.length - ID_LENGTH);
}

struct slice value_name(struct slice value)
{
    return value.length <= ID_LENGTH ? value : slice_of(value.at, ID_LENGTH);
}

int64_t value_number(struct slice value)
{
    return (int64_t)(from_big_endian(value) ^ sign_bit);
}

bool value_flag(struct slice value)
{
    return value.length > 0 && value.at[0] != 0;
}

uint64_t value_id(struct slice value)
{
    return from_big_endian(value);
}

/* Enough of a bad value for the operator to find it. */
static int shown(struct slice text)
{
    return text.length > 40 ? 40 : (int)text.length;
}

static enum ma_status read_string(struct arena *arena, struct slice external,
                                  struct slice *out, struct ma_error *err)
{
    (void)arena;
    if (!text_is_utf8(external))
        return ma_fail(err, MA_INVALID, "the text is not UTF-8");
    *out = external;
    return MA_OK;
}

static enum ma_status read_number(struct arena *arena, struct slice external,
                                  struct slice *out, struct ma_error *err)
{
    int64_t number;

    if (!text_to_number(external, &number))
        return ma_fail(err, MA_INVALID, "'%.*s' is not a number of 64 bits",
                       shown(external), external.at == NULL ? "" : external.at);
    *out = value_of_number(arena, number);
    return MA_OK;
}

static enum ma_status read_flag(struct arena *arena, struct slice external,
                                struct slice *out, struct ma_error *err)
{
    bool flag;

    (void)arena;
    if (!text_to_flag(external, &flag))
        return ma_fail(err, MA_INVALID, "'%.*s' is neither true nor false",
                       shown(external), external.at == NULL ? "" : external.at);
    *out = value_of_flag(flag);
    return MA_OK;
}

static enum ma_status read_binary(struct arena *arena, struct slice external,
                                  struct slice *out, struct ma_error *err)
{
    (void)arena;
    (void)err;
    *out = external;
    return MA_OK;
}

typedef enum ma_status (*reader_fn)(struct arena *, struct slice, struct slice *,
                                    struct ma_error *);
static const reader_fn readers[] = {
    [VALUE_STRING] = read_string, [VALUE_NUMBER] = read_number,
    [VALUE_BOOLEAN] = read_flag,  [VALUE_BINARY] = read_binary,
    [VALUE_REFERENCE] = NULL,
};

enum ma_status value_read(struct arena *arena, enum value_type type,
                          struct slice external, struct slice *out, struct ma_error *err)
{
    if (readers[type] == NULL)
        return ma_fail(err, MA_BROKEN, "a %s has no text of its own",
                       value_type_name(type));
    return readers[type](arena, external, out, err);
}

struct slice value_write(struct arena *arena, enum value_type type, struct slice value)
{
    switch (type) {
    case VALUE_NUMBER:
        return slice_text(arena_print(arena, "%" PRId64, value_number(value)));
    case VALUE_REFERENCE:
        return slice_text(arena_print(arena, "%" PRIu64, value_id(value)));
    case VALUE_BOOLEAN:
        return slice_text(value_flag(value) ? "true" : "false");
    case VALUE_NONE:
    case VALUE_STRING:
    case VALUE_BINARY:
        break;
    }
    return value;
}

struct slice value_show(struct arena *arena, enum value_type type, struct slice value)
{
    if (type == VALUE_BINARY)
        return text_base64(arena, value);
    return value_write(arena, type, value);
}

/* --- times -------------------------------------------------------------------------- */

static size_t digits(struct slice text, size_t from)
{
    size_t at = from;

    while (at < text.length && text.at[at] >= '0' && text.at[at] <= '9')
        at++;
    return at - from;
}

struct slice value_time(struct arena *arena, struct slice text)
{
    size_t whole = digits(text, 0);
    size_t at = whole;
    char out[19];

    if (whole != 12 && whole != 14)
        return text;
    if (whole == 14 && at < text.length && (text.at[at] == '.' || text.at[at] == ',')) {
        size_t fraction = digits(text, at + 1);

        for (size_t i = 0; i < fraction; i++)
            if (text.at[at + 1 + i] != '0')
                return text;
        at += fraction == 0 ? 0 : 1 + fraction;
    }
    if (at + 1 != text.length || text.at[at] != 'Z')
        return text;
    snprintf(out, sizeof out, "%.*s%s.0Z", (int)whole, text.at, whole == 12 ? "00" : "");
    return slice_text(arena_text(arena, out));
}
