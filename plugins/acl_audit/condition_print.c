/* SPDX-License-Identifier: Apache-2.0 */
#include "condition.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistr.h>

#include "support/sid.h"
#include "tokens.h"

/*
 * A postfix walk over a stack of texts. A part that binds weaker than where it stands
 * gets parentheses.
 */
enum { HIGHEST = 64 };

enum binding { BINDS_OR, BINDS_AND, BINDS_ALONE };

struct part {
    struct bytes text;
    enum binding binding;
};

struct walk {
    const unsigned char *at;
    const unsigned char *end;
    const struct sddl_domains *domains;
    struct part stack[HIGHEST];
    size_t height;
};

bool condition_utf8(const unsigned char *at, size_t length, struct bytes *out)
{
    size_t count = length / 2;
    uint16_t *units = malloc(count * sizeof *units + 1);
    size_t size = 0;
    uint8_t *text;
    size_t i;

    for (i = 0; units != NULL && i < count; i++)
        units[i] = (uint16_t)(at[2 * i] | at[2 * i + 1] << 8);
    text = units == NULL || length % 2 != 0 ? NULL : u16_to_u8(units, count, NULL, &size);
    if (text != NULL)
        bytes_add(out, text, size);
    free(text);
    free(units);
    return text != NULL;
}

static struct part *push(struct walk *walk, enum binding binding)
{
    struct part *part;

    if (walk->height == HIGHEST)
        return NULL;
    part = &walk->stack[walk->height++];
    *part = (struct part){.binding = binding};
    return part;
}

/* Takes the top away, its text to be freed. */
static bool pop(struct walk *walk, struct part *out)
{
    if (walk->height == 0)
        return false;
    *out = walk->stack[--walk->height];
    return true;
}

/* The counted bytes behind a code. */
static bool take_counted(const unsigned char **at, const unsigned char *end,
                         struct ma_value *out)
{
    uint32_t length;

    if (end - *at < 4)
        return false;
    length = (*at)[0] | (uint32_t)(*at)[1] << 8 | (uint32_t)(*at)[2] << 16 |
             (uint32_t)(*at)[3] << 24;
    *at += 4;
    if (length > (size_t)(end - *at))
        return false;
    *out = (struct ma_value){(const char *)*at, length};
    *at += length;
    return true;
}

static const char *sign_text(unsigned char sign)
{
    return sign == SIGN_PLUS ? "+" : sign == SIGN_MINUS ? "-" : "";
}

static bool print_integer(const unsigned char **at, const unsigned char *end,
                          struct bytes *out)
{
    static const char *const forms[] = {[BASE_OCTAL] = "%s0%" PRIo64,
                                        [BASE_DECIMAL] = "%s%" PRIu64,
                                        [BASE_HEX] = "%s0x%" PRIx64};
    char text[40];
    uint64_t number = 0;
    int i;

    if (end - *at < 10 || (*at)[9] < BASE_OCTAL || (*at)[9] > BASE_HEX)
        return false;
    for (i = 7; i >= 0; i--)
        number = number << 8 | (*at)[i];
    if ((*at)[8] == SIGN_MINUS)
        number = 0 - number;
    (void)snprintf(text, sizeof text, forms[(*at)[9]], sign_text((*at)[8]), number);
    bytes_text(out, text);
    *at += 10;
    return true;
}

static bool print_sid_literal(struct ma_value value, const struct sddl_domains *domains,
                              struct bytes *out)
{
    const unsigned char *sid = (const unsigned char *)value.data;

    if (sid_length(sid, value.length) != value.length || value.length == 0)
        return false;
    bytes_text(out, "SID(");
    sddl_print_sid(sid, domains, out);
    bytes_char(out, ')');
    return true;
}

static bool print_quoted(struct ma_value value, struct bytes *out)
{
    size_t start = out->length + 1;

    bytes_char(out, '"');
    if (!condition_utf8((const unsigned char *)value.data, value.length, out))
        return false;
    if (out->length > start && memchr(out->at + start, '"', out->length - start) != NULL)
        return false; /* it could not be read again */
    bytes_char(out, '"');
    return true;
}

static bool print_octets(struct ma_value value, struct bytes *out)
{
    char pair[3];
    size_t i;

    bytes_char(out, '#');
    for (i = 0; i < value.length; i++) {
        (void)snprintf(pair, sizeof pair, "%02x", (unsigned char)value.data[i]);
        bytes_text(out, pair);
    }
    return true;
}

static bool print_literal(const unsigned char **at, const unsigned char *end,
                          const struct sddl_domains *domains, struct bytes *out)
{
    struct ma_value value;
    unsigned char code = *(*at)++;

    if (code >= TOKEN_INT8 && code <= TOKEN_INT64)
        return print_integer(at, end, out);
    if (!take_counted(at, end, &value))
        return false;
    if (code == TOKEN_TEXT)
        return print_quoted(value, out);
    if (code == TOKEN_OCTETS)
        return print_octets(value, out);
    return code == TOKEN_SID && print_sid_literal(value, domains, out);
}

static bool print_list(struct ma_value list, const struct sddl_domains *domains,
                       struct bytes *out)
{
    const unsigned char *at = (const unsigned char *)list.data;
    const unsigned char *end = at + list.length;

    bytes_char(out, '{');
    while (at < end) {
        if (!print_literal(&at, end, domains, out))
            return false;
        if (at < end)
            bytes_text(out, ", ");
    }
    bytes_char(out, '}');
    return list.length > 0;
}

static bool push_literal(struct walk *walk)
{
    struct part *part = push(walk, BINDS_ALONE);
    struct ma_value list;

    if (part == NULL)
        return false;
    if (*walk->at != TOKEN_LIST)
        return print_literal(&walk->at, walk->end, walk->domains, &part->text);
    walk->at++;
    return take_counted(&walk->at, walk->end, &list) &&
           print_list(list, walk->domains, &part->text);
}

static bool push_attribute(struct walk *walk)
{
    struct part *part = push(walk, BINDS_ALONE);
    const struct token_prefix *prefix;
    struct ma_value name;

    if (part == NULL)
        return false;
    for (prefix = token_prefixes; prefix->text != NULL; prefix++)
        if (prefix->code == *walk->at)
            bytes_text(&part->text, prefix->text);
    walk->at++;
    return take_counted(&walk->at, walk->end, &name) && name.length > 0 &&
           condition_utf8((const unsigned char *)name.data, name.length, &part->text);
}

static void add_part(struct bytes *out, const struct part *part, enum binding least)
{
    bool enclosed = part->binding < least;

    bytes_text(out, enclosed ? "(" : "");
    bytes_add(out, part->text.at, part->text.length);
    bytes_text(out, enclosed ? ")" : "");
}

static enum binding binding_of(enum token_shape shape)
{
    return shape == SHAPE_OR ? BINDS_OR : shape == SHAPE_AND ? BINDS_AND : BINDS_ALONE;
}

static bool reduce_two(struct walk *walk, const struct token_operator *op)
{
    enum binding binding = binding_of(op->shape);
    struct part right = {0};
    struct part left = {0};
    struct part *whole;
    bool well = pop(walk, &right) && pop(walk, &left) && (whole = push(walk, binding));

    if (well) {
        add_part(&whole->text, &left, binding);
        bytes_char(&whole->text, ' ');
        bytes_text(&whole->text, op->text);
        bytes_char(&whole->text, ' ');
        add_part(&whole->text, &right,
                 binding == BINDS_ALONE ? BINDS_ALONE : binding + 1);
    }
    bytes_free(&left.text);
    bytes_free(&right.text);
    return well;
}

static bool reduce_one(struct walk *walk, const struct token_operator *op)
{
    struct part inner = {0};
    struct part *whole;
    bool well = pop(walk, &inner) && (whole = push(walk, BINDS_ALONE));

    if (well) {
        bytes_text(&whole->text, op->text);
        bytes_text(&whole->text, op->shape == SHAPE_NOT ? "(" : " ");
        bytes_add(&whole->text, inner.text.at, inner.text.length);
        bytes_text(&whole->text, op->shape == SHAPE_NOT ? ")" : "");
    }
    bytes_free(&inner.text);
    return well;
}

static bool reduce(struct walk *walk)
{
    const struct token_operator *op;

    for (op = token_operators; op->text != NULL; op++) {
        if (op->code != *walk->at)
            continue;
        walk->at++;
        if (op->shape == SHAPE_NOT || op->shape == SHAPE_MEMBER ||
            op->shape == SHAPE_EXISTS)
            return reduce_one(walk, op);
        return reduce_two(walk, op);
    }
    return false;
}

static bool step(struct walk *walk)
{
    unsigned char code = *walk->at;

    if (code >= TOKEN_LOCAL && code <= TOKEN_DEVICE)
        return push_attribute(walk);
    return code >= 0x80 ? reduce(walk) : push_literal(walk);
}

/* Up to three zeros fill the last word. */
static bool only_padding(const struct walk *walk)
{
    const unsigned char *at;

    for (at = walk->at; at < walk->end; at++)
        if (*at != 0)
            return false;
    return walk->end - walk->at < 4;
}

bool condition_print(const unsigned char *at, size_t length,
                     const struct sddl_domains *domains, struct bytes *out)
{
    struct walk walk = {.end = at + length, .domains = domains};
    bool well = length > 4 && memcmp(at, "artx", 4) == 0;

    walk.at = well ? at + 4 : walk.end;
    while (well && walk.at < walk.end && !only_padding(&walk))
        well = step(&walk);
    well = well && walk.height == 1 && !walk.stack[0].text.failed;
    if (well) {
        bytes_char(out, '(');
        bytes_add(out, walk.stack[0].text.at, walk.stack[0].text.length);
        bytes_char(out, ')');
    }
    while (walk.height > 0)
        bytes_free(&walk.stack[--walk.height].text);
    return well;
}
