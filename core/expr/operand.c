/* SPDX-License-Identifier: Apache-2.0 */
#include "expr/operand.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "expr/date.h"
#include "model/dn.h"

static const char *const kinds[] = {
    [EXPR_NULL] = "null",
    [EXPR_BOOLEAN] = "a boolean",
    [EXPR_NUMBER] = "a number",
    [EXPR_REAL] = "a number with decimals",
    [EXPR_STRING] = "a text",
    [EXPR_BYTES] = "binary",
    [EXPR_DATE] = "a date",
    [EXPR_REFERENCE] = "a reference",
    [EXPR_SET] = "a set of values",
    [EXPR_IGNORE] = "IgnoreThisFlow",
    [EXPR_AUTHORITATIVE_NULL] = "AuthoritativeNull",
    [EXPR_ERROR] = "an error",
};

const char *operand_kind(enum expr_kind kind)
{
    return kinds[kind];
}

/* --- numbers ------------------------------------------------------------------------ */

enum { DIGITS_OF_A_DOUBLE = 17, LONGEST_REAL = 400 };

/* What %g wrote with an exponent, as literals are written: without one. */
static const char *plain_real(struct arena *arena, double real, int digits,
                              const char *exponent)
{
    int places = digits - 1 - (int)strtol(exponent, NULL, 10);

    return arena_print(arena, "%.*f", places < 1 ? 1 : places, real);
}

const char *operand_real_text(struct arena *arena, double real)
{
    char text[LONGEST_REAL];
    int digits = 1;

    for (;; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, real);
        if (digits == DIGITS_OF_A_DOUBLE || strtod(text, NULL) == real)
            break;
    }
    if (strchr(text, 'e') != NULL)
        return plain_real(arena, real, digits, strchr(text, 'e') + 1);
    return arena_print(arena, strchr(text, '.') == NULL ? "%s.0" : "%s", text);
}

/* Digits, a point, digits, as a literal has them; blanks around do not count. */
static bool text_to_real(struct slice text, double *out)
{
    char digits[LONGEST_REAL];
    size_t points = 0;

    if (text.length == 0 || text.length >= sizeof digits)
        return false;
    for (size_t i = 0; i < text.length; i++) {
        points += text.at[i] == '.';
        if (!(text.at[i] >= '0' && text.at[i] <= '9') && text.at[i] != '.' &&
            !(i == 0 && text.at[i] == '-'))
            return false;
    }
    if (points != 1 || text.length < 3)
        return false;
    memcpy(digits, text.at, text.length);
    digits[text.length] = '\0';
    *out = strtod(digits, NULL);
    return true;
}

bool operand_numeric(const struct expr_value *value, struct expr_value *out)
{
    struct expr_value number = {.kind = EXPR_NUMBER};
    struct slice text;

    if (value->kind == EXPR_NUMBER || value->kind == EXPR_REAL) {
        *out = *value;
        return true;
    }
    if (value->kind != EXPR_STRING)
        return false;
    text = text_trim(value->bytes);
    if (!text_to_number(text, &number.number)) {
        number.kind = EXPR_REAL;
        if (!text_to_real(text, &number.real))
            return false;
    }
    *out = number;
    return true;
}

/* 2^63 is no number of 64 bits, -2^63 is. */
static bool real_to_number(double real, int64_t *out)
{
    if (!(real >= -0x1p63 && real < 0x1p63) || real != trunc(real))
        return false;
    *out = (int64_t)real;
    return true;
}

bool operand_to_number(const struct expr_value *value, int64_t *out)
{
    struct expr_value number;

    if (!operand_numeric(value, &number))
        return false;
    if (number.kind == EXPR_REAL)
        return real_to_number(number.real, out);
    *out = number.number;
    return true;
}

/* --- text and truth ----------------------------------------------------------------- */

bool operand_to_text(struct arena *arena, const struct expr_value *value,
                     struct slice *out)
{
    switch (value->kind) {
    case EXPR_STRING:
    case EXPR_REFERENCE:
        *out = value->bytes;
        return true;
    case EXPR_NUMBER:
        *out = slice_text(arena_print(arena, "%" PRId64, value->number));
        return true;
    case EXPR_REAL:
        *out = slice_text(operand_real_text(arena, value->real));
        return true;
    case EXPR_BOOLEAN:
        *out = slice_text(value->number != 0 ? "True" : "False");
        return true;
    default:
        return false;
    }
}

bool operand_truth(const struct expr_value *value, bool *out)
{
    struct expr_value number;

    if (value->kind == EXPR_NULL || value->kind == EXPR_BOOLEAN) {
        *out = value->kind == EXPR_BOOLEAN && value->number != 0;
        return true;
    }
    if (value->kind == EXPR_STRING && text_to_flag(value->bytes, out))
        return true;
    if (!operand_numeric(value, &number))
        return false;
    *out = number.kind == EXPR_REAL ? number.real != 0 : number.number != 0;
    return true;
}

/* --- comparison --------------------------------------------------------------------- */

static int order(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

/* A long double holds every number of 64 bits. */
static long double as_real(const struct expr_value *value)
{
    return value->kind == EXPR_REAL ? (long double)value->real
                                    : (long double)value->number;
}

static int compare_numbers(const struct expr_value *a, const struct expr_value *b)
{
    long double x = as_real(a);
    long double y = as_real(b);

    if (a->kind == EXPR_NUMBER && b->kind == EXPR_NUMBER)
        return order(a->number, b->number);
    return (x > y) - (x < y);
}

static int compare_references(const struct expr_value *a, const struct expr_value *b)
{
    if (a->number != 0 && a->number == b->number)
        return 0;
    if (dn_equal(a->bytes, b->bytes))
        return 0;
    return text_casecompare(a->bytes, b->bytes) < 0 ? -1 : 1;
}

static int compare_same_kind(const struct expr_value *a, const struct expr_value *b)
{
    switch (a->kind) {
    case EXPR_BOOLEAN:
    case EXPR_NUMBER:
    case EXPR_DATE:
        return order(a->number, b->number);
    case EXPR_REAL:
        return compare_numbers(a, b);
    case EXPR_STRING:
        return text_casecompare(a->bytes, b->bytes);
    case EXPR_BYTES:
        return slice_compare(a->bytes, b->bytes);
    case EXPR_REFERENCE:
        return compare_references(a, b);
    default:
        return OPERAND_INCOMPARABLE;
    }
}

static bool is_numeric_kind(const struct expr_value *value)
{
    return value->kind == EXPR_NUMBER || value->kind == EXPR_REAL;
}

/* `a` has the kind that decides, `b` is brought to it. */
static int compare_as_first(const struct expr_value *a, const struct expr_value *b)
{
    struct expr_value other = {.kind = a->kind};
    bool flag;

    if (is_numeric_kind(a) && operand_numeric(b, &other))
        return compare_numbers(a, &other);
    if (a->kind == EXPR_BOOLEAN && (b->kind == EXPR_STRING || is_numeric_kind(b)) &&
        operand_truth(b, &flag))
        return order(a->number != 0, flag);
    if (b->kind != EXPR_STRING)
        return OPERAND_INCOMPARABLE;
    other.bytes = b->bytes;
    if (a->kind == EXPR_REFERENCE)
        return compare_references(a, &other);
    if (a->kind == EXPR_DATE && date_parse(b->bytes, &other.number))
        return order(a->number, other.number);
    return OPERAND_INCOMPARABLE;
}

int operand_compare(const struct expr_value *a, const struct expr_value *b)
{
    int result;

    if (a->kind == b->kind)
        return compare_same_kind(a, b);
    result = compare_as_first(a, b);
    if (result == OPERAND_INCOMPARABLE) {
        result = compare_as_first(b, a);
        if (result != OPERAND_INCOMPARABLE)
            result = -result;
    }
    return result;
}

bool operand_equal(const struct expr_value *a, const struct expr_value *b)
{
    if (a->kind == EXPR_NULL || b->kind == EXPR_NULL)
        return a->kind == b->kind;
    return operand_compare(a, b) == 0;
}

static bool same_items(const struct expr_value *a, const struct expr_value *b)
{
    if (a->count != b->count)
        return false;
    for (uint32_t i = 0; i < a->count; i++)
        if (!operand_same(&a->items[i], &b->items[i]))
            return false;
    return true;
}

bool operand_same(const struct expr_value *a, const struct expr_value *b)
{
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case EXPR_BOOLEAN:
    case EXPR_NUMBER:
    case EXPR_DATE:
        return a->number == b->number;
    case EXPR_REAL:
        return memcmp(&a->real, &b->real, sizeof a->real) == 0;
    case EXPR_STRING:
    case EXPR_BYTES:
    case EXPR_ERROR:
        return slice_equal(a->bytes, b->bytes);
    case EXPR_REFERENCE:
        return a->number == b->number && slice_equal(a->bytes, b->bytes);
    case EXPR_SET:
        return same_items(a, b);
    case EXPR_NULL:
    case EXPR_IGNORE:
    case EXPR_AUTHORITATIVE_NULL:
        break;
    }
    return true;
}
