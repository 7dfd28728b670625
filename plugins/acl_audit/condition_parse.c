/* SPDX-License-Identifier: Apache-2.0 */
#include "condition.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <strings.h>
#include <unistr.h>

#include "assemble.h"
#include "support/sid.h"
#include "tokens.h"

enum { DEEPEST = 64 }; /* parentheses and negations inside one another */

struct parse {
    struct word_scan *scan;
    struct bytes *out;
    int depth;
};

static enum ma_status parse_or(struct parse *parse);

bool condition_utf16(const char *text, size_t length, struct bytes *out)
{
    size_t count = 0;
    uint16_t *units = u8_to_u16((const uint8_t *)text, length, NULL, &count);
    size_t i;

    if (units == NULL)
        return false;
    for (i = 0; i < count; i++)
        assemble_u16(out, units[i]);
    free(units);
    return true;
}

static bool is_word_char(char c)
{
    return isalnum((unsigned char)c) || (c != '\0' && strchr("_.:/-", c) != NULL) ||
           c < 0;
}

/* A word operator ends where the word ends. */
static bool take_word(struct word_scan *scan, const char *word)
{
    size_t length = strlen(word);

    words_skip_blanks(scan);
    if (strncmp(scan->at, word, length) != 0)
        return false;
    if (isalpha((unsigned char)word[0]) && is_word_char(scan->at[length]))
        return false;
    scan->at += length;
    return true;
}

static const struct token_operator *take_operator(struct parse *parse, unsigned shapes)
{
    const struct token_operator *op;

    for (op = token_operators; op->text != NULL; op++)
        if ((shapes & 1u << op->shape) && take_word(parse->scan, op->text))
            return op;
    return NULL;
}

/* A counted UTF-16 text behind its code. */
static enum ma_status put_text(struct parse *parse, unsigned char code, const char *at,
                               size_t length)
{
    struct bytes wide = {0};
    bool well = condition_utf16(at, length, &wide);

    bytes_char(parse->out, (char)code);
    assemble_u32(parse->out, (uint32_t)wide.length);
    bytes_add(parse->out, wide.at, wide.length);
    bytes_free(&wide);
    return well ? MA_OK : words_fail(parse->scan, "this text is not UTF-8");
}

static enum ma_status parse_attribute(struct parse *parse)
{
    const struct token_prefix *prefix;
    unsigned char code = TOKEN_LOCAL;
    const char *start;

    words_skip_blanks(parse->scan);
    for (prefix = token_prefixes; prefix->text != NULL; prefix++) {
        if (strncasecmp(parse->scan->at, prefix->text, strlen(prefix->text)) == 0) {
            parse->scan->at += strlen(prefix->text);
            code = prefix->code;
            break;
        }
    }
    for (start = parse->scan->at; is_word_char(*parse->scan->at);)
        parse->scan->at++;
    if (parse->scan->at == start)
        return words_fail(parse->scan, "the name of an attribute is expected");
    return put_text(parse, code, start, (size_t)(parse->scan->at - start));
}

static enum ma_status parse_string(struct parse *parse)
{
    const char *start = ++parse->scan->at;
    const char *end = strchr(start, '"');

    if (end == NULL)
        return words_fail(parse->scan, "the string does not end");
    parse->scan->at = end + 1;
    return put_text(parse, TOKEN_TEXT, start, (size_t)(end - start));
}

static int base_of(const char *digits)
{
    if (digits[0] != '0' || !isxdigit((unsigned char)digits[digits[1] == 'x' ? 2 : 1]))
        return BASE_DECIMAL;
    return digits[1] == 'x' ? BASE_HEX : BASE_OCTAL;
}

static int sign_of(char c)
{
    return c == '+' ? SIGN_PLUS : c == '-' ? SIGN_MINUS : SIGN_NONE;
}

static enum ma_status parse_integer(struct parse *parse)
{
    const char *start = parse->scan->at;
    int sign = sign_of(*start);
    int base = base_of(start + (sign != SIGN_NONE));
    char *end;
    long long number;

    errno = 0;
    number = strtoll(start, &end, 0);
    if (errno != 0 || end == start)
        return words_fail(parse->scan, "this number cannot be read");
    parse->scan->at = end;
    bytes_char(parse->out, TOKEN_INT64);
    assemble_u32(parse->out, (uint32_t)((uint64_t)number & 0xffffffffu));
    assemble_u32(parse->out, (uint32_t)((uint64_t)number >> 32));
    bytes_char(parse->out, (char)sign);
    bytes_char(parse->out, (char)base);
    return MA_OK;
}

static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c == '\0' ? NULL : strchr(digits, tolower((unsigned char)c));

    return at == NULL ? -1 : (int)(at - digits);
}

static enum ma_status parse_octets(struct parse *parse)
{
    struct bytes octets = {0};
    const char *at = parse->scan->at + 1;

    for (; hex_digit(at[0]) >= 0 && hex_digit(at[1]) >= 0; at += 2)
        bytes_char(&octets, (char)(hex_digit(at[0]) << 4 | hex_digit(at[1])));
    bytes_char(parse->out, TOKEN_OCTETS);
    assemble_u32(parse->out, (uint32_t)octets.length);
    bytes_add(parse->out, octets.at, octets.length);
    bytes_free(&octets);
    parse->scan->at = at;
    return hex_digit(*at) < 0 ? MA_OK
                              : words_fail(parse->scan, "an odd number of hex digits");
}

static enum ma_status parse_sid(struct parse *parse)
{
    unsigned char sid[SID_MOST];

    if (!take_word(parse->scan, "SID") || !take_word(parse->scan, "("))
        return words_fail(parse->scan, "SID(...) is expected");
    if (words_sid(parse->scan, sid) != MA_OK)
        return MA_INVALID;
    if (!take_word(parse->scan, ")"))
        return words_fail(parse->scan, "')' is expected behind a SID");
    bytes_char(parse->out, TOKEN_SID);
    assemble_u32(parse->out, (uint32_t)sid_size(sid));
    bytes_add(parse->out, sid, sid_size(sid));
    return MA_OK;
}

static enum ma_status parse_literal(struct parse *parse)
{
    const char *at;

    words_skip_blanks(parse->scan);
    at = parse->scan->at;
    if (*at == '"')
        return parse_string(parse);
    if (*at == '#')
        return parse_octets(parse);
    if (strncmp(at, "SID", 3) == 0)
        return parse_sid(parse);
    if (isdigit((unsigned char)*at) || *at == '+' || *at == '-')
        return parse_integer(parse);
    return words_fail(parse->scan, "a value is expected");
}

/* {a, b}: the items behind their length, by `item`. */
static enum ma_status parse_list(struct parse *parse,
                                 enum ma_status (*item)(struct parse *))
{
    struct bytes items = {0};
    struct parse inner = {parse->scan, &items, parse->depth};
    enum ma_status status = MA_OK;

    do
        status = item(&inner);
    while (status == MA_OK && take_word(parse->scan, ","));
    if (status == MA_OK && !take_word(parse->scan, "}"))
        status = words_fail(parse->scan, "'}' is expected behind a list");
    bytes_char(parse->out, TOKEN_LIST);
    assemble_u32(parse->out, (uint32_t)items.length);
    bytes_add(parse->out, items.at, items.length);
    bytes_free(&items);
    return status;
}

static enum ma_status parse_operand(struct parse *parse)
{
    words_skip_blanks(parse->scan);
    if (take_word(parse->scan, "{"))
        return parse_list(parse, parse_literal);
    if (*parse->scan->at == '@')
        return parse_attribute(parse);
    return parse_literal(parse);
}

static enum ma_status parse_member(struct parse *parse)
{
    if (take_word(parse->scan, "{"))
        return parse_list(parse, parse_sid);
    return parse_sid(parse);
}

static enum ma_status parse_comparison(struct parse *parse)
{
    const struct token_operator *op;

    if (parse_attribute(parse) != MA_OK)
        return MA_INVALID;
    op = take_operator(parse, 1u << SHAPE_COMPARE);
    if (op == NULL) /* an attribute alone: does it say yes? */
        return MA_OK;
    if (parse_operand(parse) != MA_OK)
        return MA_INVALID;
    bytes_char(parse->out, (char)op->code);
    return MA_OK;
}

static enum ma_status parse_word_operator(struct parse *parse,
                                          const struct token_operator *op)
{
    enum ma_status status =
        op->shape == SHAPE_MEMBER ? parse_member(parse) : parse_attribute(parse);

    bytes_char(parse->out, (char)op->code);
    return status;
}

static enum ma_status parse_factor(struct parse *parse)
{
    const struct token_operator *op;
    enum ma_status status;

    if (++parse->depth > DEEPEST)
        return words_fail(parse->scan, "this condition is nested too deeply");
    if (take_word(parse->scan, "!")) {
        status = parse_factor(parse);
        bytes_char(parse->out, (char)0xa2);
    } else if (take_word(parse->scan, "(")) {
        status = parse_or(parse);
        if (status == MA_OK && !take_word(parse->scan, ")"))
            status = words_fail(parse->scan, "')' is expected");
    } else {
        op = take_operator(parse, 1u << SHAPE_MEMBER | 1u << SHAPE_EXISTS);
        status = op != NULL ? parse_word_operator(parse, op) : parse_comparison(parse);
    }
    parse->depth--;
    return status;
}

static enum ma_status parse_and(struct parse *parse)
{
    enum ma_status status = parse_factor(parse);

    while (status == MA_OK && take_word(parse->scan, "&&")) {
        status = parse_factor(parse);
        bytes_char(parse->out, (char)0xa0);
    }
    return status;
}

static enum ma_status parse_or(struct parse *parse)
{
    enum ma_status status = parse_and(parse);

    while (status == MA_OK && take_word(parse->scan, "||")) {
        status = parse_and(parse);
        bytes_char(parse->out, (char)0xa1);
    }
    return status;
}

enum ma_status condition_parse(struct word_scan *scan, struct bytes *out)
{
    struct parse parse = {scan, out, 0};
    size_t start = out->length;

    if (!take_word(scan, "("))
        return words_fail(scan, "a condition in parentheses is expected");
    bytes_text(out, "artx");
    if (parse_or(&parse) != MA_OK)
        return MA_INVALID;
    if (!take_word(scan, ")"))
        return words_fail(scan, "')' is expected behind the condition");
    while ((out->length - start) % 4 != 0)
        bytes_char(out, 0);
    return MA_OK;
}
