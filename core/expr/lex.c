/* SPDX-License-Identifier: Apache-2.0 */
#include "expr/lex.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"

enum { LONGEST_NAME = 256, LONGEST_NUMBER = 64 };

enum ma_status lex_place(const struct lexer *lexer, size_t at, struct ma_error *err)
{
    size_t line = 1;
    size_t start = 0;

    for (size_t i = 0; i < at; i++)
        if (lexer->text.at[i] == '\n') {
            line++;
            start = i + 1;
        }
    return error_in(err, "%zu:%zu", line,
                    text_length(slice_of(lexer->text.at + start, at - start)) + 1);
}

static enum ma_status bad(const struct lexer *lexer, size_t at, struct ma_error *err,
                          const char *what)
{
    (void)ma_fail(err, MA_INVALID, "%s", what);
    return lex_place(lexer, at, err);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_hex(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_word(char c)
{
    return is_letter(c) || is_digit(c) || c == '_';
}

static bool is_parameter(char c)
{
    return is_word(c) || c == '.' || c == '-';
}

static bool is_attribute(char c)
{
    return c != ']' && c != '[' && c != '"' && (unsigned char)c >= ' ' && c != 0x7f;
}

static char peek(const struct lexer *lexer, size_t ahead)
{
    size_t at = lexer->at + ahead;

    return at < lexer->text.length ? lexer->text.at[at] : '\0';
}

static size_t count_while(const struct lexer *lexer, size_t from, bool (*is)(char))
{
    size_t n = 0;

    while (from + n < lexer->text.length && is(lexer->text.at[from + n]))
        n++;
    return n;
}

static void skip_blanks(struct lexer *lexer)
{
    while (lexer->at < lexer->text.length) {
        struct slice rest =
            slice_of(lexer->text.at + lexer->at, lexer->text.length - lexer->at);
        size_t blanks = rest.length - text_trim_start(rest).length;

        if (blanks == 0)
            return;
        lexer->at += blanks;
    }
}

/* --- names -------------------------------------------------------------------------- */

/* A name between `open` bytes and `close` bytes that stand on either side of it. */
static enum ma_status named(struct lexer *lexer, struct token *out, enum token_kind kind,
                            bool (*is)(char), char close, const char *what,
                            struct ma_error *err)
{
    size_t length = count_while(lexer, lexer->at + 1, is);
    size_t end = lexer->at + 1 + length;

    if (length == 0 || length > LONGEST_NAME ||
        (close != '\0' && (end >= lexer->text.length || lexer->text.at[end] != close)))
        return bad(lexer, out->at, err, what);
    out->kind = kind;
    out->text = slice_of(lexer->text.at + lexer->at + 1, length);
    lexer->at = end + (close != '\0');
    return MA_OK;
}

static enum ma_status attribute(struct lexer *lexer, struct token *out,
                                struct ma_error *err)
{
    enum ma_status status = named(lexer, out, TOKEN_ATTRIBUTE, is_attribute, ']',
                                  "the name of an attribute stands between [ and ]", err);

    if (status != MA_OK)
        return status;
    out->text = text_strip(out->text);
    if (out->text.length == 0)
        return bad(lexer, out->at, err, "between [ and ] stands no name");
    return MA_OK;
}

static enum ma_status parameter(struct lexer *lexer, struct token *out,
                                struct ma_error *err)
{
    return named(lexer, out, TOKEN_PARAMETER, is_parameter, '%',
                 "the name of a parameter stands between two %", err);
}

static enum ma_status variable(struct lexer *lexer, struct token *out,
                               struct ma_error *err)
{
    return named(lexer, out, TOKEN_VARIABLE, is_word, '\0',
                 "behind $ stands the name of a variable", err);
}

static enum ma_status word(struct lexer *lexer, struct token *out, struct ma_error *err)
{
    size_t length = count_while(lexer, lexer->at, is_word);

    if (length > LONGEST_NAME)
        return bad(lexer, out->at, err, "a name of more than 256 letters");
    out->kind = TOKEN_NAME;
    out->text = slice_of(lexer->text.at + lexer->at, length);
    lexer->at += length;
    return MA_OK;
}

/* --- numbers ------------------------------------------------------------------------ */

static enum ma_status real(struct lexer *lexer, struct token *out, size_t length,
                           struct ma_error *err)
{
    char digits[LONGEST_NUMBER + 1];

    if (length > LONGEST_NUMBER)
        return bad(lexer, out->at, err, "a number of more than 64 digits");
    memcpy(digits, lexer->text.at + out->at, length);
    digits[length] = '\0';
    out->kind = TOKEN_REAL;
    out->real = strtod(digits, NULL);
    lexer->at += length;
    return MA_OK;
}

static enum ma_status decimal(struct lexer *lexer, struct token *out,
                              struct ma_error *err)
{
    size_t whole = count_while(lexer, lexer->at, is_digit);

    if (peek(lexer, whole) == '.' && is_digit(peek(lexer, whole + 1)))
        return real(lexer, out,
                    whole + 1 + count_while(lexer, lexer->at + whole + 1, is_digit), err);
    out->kind = TOKEN_NUMBER;
    out->magnitude = 0;
    for (size_t i = 0; i < whole; i++)
        if (__builtin_mul_overflow(out->magnitude, 10u, &out->magnitude) ||
            __builtin_add_overflow(out->magnitude, (unsigned)(peek(lexer, i) - '0'),
                                   &out->magnitude))
            return bad(lexer, out->at, err, "the number does not fit in 64 bits");
    lexer->at += whole;
    return MA_OK;
}

static unsigned hex_digit(char c)
{
    return is_digit(c) ? (unsigned)(c - '0') : ((unsigned)c | 32u) - 'a' + 10u;
}

static enum ma_status hexadecimal(struct lexer *lexer, struct token *out,
                                  struct ma_error *err)
{
    size_t length = count_while(lexer, lexer->at + 2, is_hex);

    if (length == 0)
        return bad(lexer, out->at, err, "behind &H stand hexadecimal digits");
    out->kind = TOKEN_NUMBER;
    out->magnitude = 0;
    for (size_t i = 0; i < length; i++) {
        if (out->magnitude >> 60 != 0)
            return bad(lexer, out->at, err, "the number does not fit in 64 bits");
        out->magnitude = out->magnitude << 4 | hex_digit(peek(lexer, 2 + i));
    }
    if (out->magnitude > INT64_MAX)
        return bad(lexer, out->at, err, "the number does not fit in 64 bits");
    lexer->at += 2 + length;
    return MA_OK;
}

static enum ma_status number(struct lexer *lexer, struct token *out, struct ma_error *err)
{
    enum ma_status status =
        peek(lexer, 0) == '&' ? hexadecimal(lexer, out, err) : decimal(lexer, out, err);

    if (status == MA_OK && is_word(peek(lexer, 0)))
        return bad(lexer, lexer->at, err, "a number ends with a letter");
    return status;
}

/* --- strings ------------------------------------------------------------------------ */

/* What a backslash and this letter stand for; '\0': they stand for themselves. */
static char escape(char c)
{
    switch (c) {
    case '\\':
        return '\\';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    default:
        return '\0';
    }
}

/* Appends what stands at the place of the string and moves behind it; false at its end.
 */
static bool unescape(struct lexer *lexer, struct buf *out)
{
    char c = peek(lexer, 0);
    char escaped = c == '\\' ? escape(peek(lexer, 1)) : '\0';

    if (c == '"' && peek(lexer, 1) != '"')
        return false;
    buf_char(out, escaped != '\0' ? escaped : c);
    lexer->at += escaped != '\0' || c == '"' ? 2 : 1;
    return true;
}

static enum ma_status string(struct lexer *lexer, struct token *out, struct ma_error *err)
{
    BUF_AUTO content = {0};

    lexer->at++;
    while (lexer->at < lexer->text.length && unescape(lexer, &content))
        ;
    if (lexer->at >= lexer->text.length)
        return bad(lexer, out->at, err, "the text that begins here has no closing quote");
    lexer->at++;
    out->kind = TOKEN_STRING;
    out->text = arena_slice(lexer->arena, buf_view(&content));
    return MA_OK;
}

/* --- signs -------------------------------------------------------------------------- */

/* The longer ones first. */
static const char *const operators[] = {"&&", "||", "<>", "<=", ">=", "=", "<",
                                        ">",  "&",  "+",  "-",  "*",  "/"};

static bool operator_sign(struct lexer *lexer, struct token *out)
{
    for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++) {
        size_t length = strlen(operators[i]);

        if (lexer->text.length - lexer->at >= length &&
            memcmp(lexer->text.at + lexer->at, operators[i], length) == 0) {
            out->kind = TOKEN_OPERATOR;
            out->op = function_operator(operators[i]);
            lexer->at += length;
            return true;
        }
    }
    return false;
}

static bool bracket(struct lexer *lexer, struct token *out)
{
    static const char signs[] = "(),";
    static const enum token_kind kinds[] = {TOKEN_OPEN, TOKEN_CLOSE, TOKEN_COMMA};
    const char *sign = strchr(signs, peek(lexer, 0));

    if (sign == NULL || *sign == '\0')
        return false;
    out->kind = kinds[sign - signs];
    lexer->at++;
    return true;
}

static enum ma_status stranger(struct lexer *lexer, struct ma_error *err)
{
    struct slice rest =
        slice_of(lexer->text.at + lexer->at, lexer->text.length - lexer->at);
    unsigned char c = (unsigned char)rest.at[0];

    if (rest.length >= 3 && memcmp(rest.at, "\xe2\x80", 2) == 0 &&
        (unsigned char)rest.at[2] >= 0x98 && (unsigned char)rest.at[2] <= 0x9f)
        return bad(lexer, lexer->at, err,
                   "a typographic quote: texts stand between straight ones, \"");
    if (c < ' ' || c >= 0x7f)
        (void)ma_fail(err, MA_INVALID, "no expression has the byte 0x%02X here", c);
    else
        (void)ma_fail(err, MA_INVALID, "'%c' has no meaning here", c);
    return lex_place(lexer, lexer->at, err);
}

static bool begins_hex(const struct lexer *lexer)
{
    return peek(lexer, 0) == '&' && (peek(lexer, 1) == 'H' || peek(lexer, 1) == 'h');
}

static enum ma_status scan(struct lexer *lexer, bool operand, struct token *out,
                           struct ma_error *err)
{
    char c = peek(lexer, 0);

    if (is_digit(c) || (operand && begins_hex(lexer)))
        return number(lexer, out, err);
    if (is_letter(c))
        return word(lexer, out, err);
    switch (c) {
    case '"':
        return string(lexer, out, err);
    case '[':
        return attribute(lexer, out, err);
    case '%':
        return parameter(lexer, out, err);
    case '$':
        return variable(lexer, out, err);
    default:
        break;
    }
    if (bracket(lexer, out) || operator_sign(lexer, out))
        return MA_OK;
    return stranger(lexer, err);
}

enum ma_status lex_next(struct lexer *lexer, bool operand, struct token *out,
                        struct ma_error *err)
{
    enum ma_status status = MA_OK;

    skip_blanks(lexer);
    *out = (struct token){.kind = TOKEN_END, .at = lexer->at};
    if (lexer->at < lexer->text.length)
        status = scan(lexer, operand, out, err);
    out->source = slice_of(lexer->text.at + out->at, lexer->at - out->at);
    return status;
}
