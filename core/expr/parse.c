/* SPDX-License-Identifier: Apache-2.0 */

/* The parser: precedence climbing over the tokens of lex.c. */

#include "base/text.h"
#include "expr/lex.h"

enum { LONGEST_TEXT = 1024 * 1024, MOST_ARGUMENTS = 250 };

struct parser {
    struct lexer lexer;
    struct token token;
    struct arena *arena;
    struct names *names;
    struct slice variables[MOST_VARIABLES];
    unsigned variable_count;
    unsigned depth;
    struct ma_error *err;
};

static enum ma_status parse_expression(struct parser *p, unsigned least,
                                       struct expr **out);

static enum ma_status advance(struct parser *p, bool operand)
{
    return lex_next(&p->lexer, operand, &p->token, p->err);
}

/* What went wrong is already in `err`. */
static enum ma_status place(struct parser *p, size_t at)
{
    return lex_place(&p->lexer, at, p->err);
}

static enum ma_status unexpected(struct parser *p, const char *wanted)
{
    struct slice source = p->token.source;
    int shown = source.length > 40 ? 40 : (int)source.length;

    if (p->token.kind == TOKEN_END)
        (void)ma_fail(p->err, MA_INVALID, "the expression ends here, and %s is missing",
                      wanted);
    else
        (void)ma_fail(p->err, MA_INVALID, "%s is expected, and here stands %.*s", wanted,
                      shown, source.at);
    return place(p, p->token.at);
}

static enum ma_status expect(struct parser *p, enum token_kind kind, bool operand,
                             const char *wanted)
{
    if (p->token.kind != kind)
        return unexpected(p, wanted);
    return advance(p, operand);
}

/* Each bracket and sign of a canonical text is a level of its tree, so one limit does. */
static enum ma_status enter(struct parser *p)
{
    if (p->depth++ < DEEPEST)
        return MA_OK;
    (void)ma_fail(p->err, MA_INVALID, "nested more than %d levels deep", DEEPEST);
    return place(p, p->token.at);
}

/* --- operands ----------------------------------------------------------------------- */

static enum ma_status parse_number(struct parser *p, bool negative, struct expr **out)
{
    struct expr_value value = {.kind = EXPR_NUMBER};
    uint64_t most = negative ? (uint64_t)INT64_MAX + 1 : (uint64_t)INT64_MAX;

    if (p->token.kind == TOKEN_REAL) {
        value.kind = EXPR_REAL;
        value.real = negative ? -p->token.real : p->token.real;
    } else if (p->token.magnitude > most) {
        (void)ma_fail(p->err, MA_INVALID, "the number does not fit in 64 bits");
        return place(p, p->token.at);
    } else {
        value.number = (int64_t)(negative ? 0 - p->token.magnitude : p->token.magnitude);
    }
    *out = tree_literal(p->arena, &value);
    return advance(p, false);
}

static enum ma_status parse_string(struct parser *p, struct expr **out)
{
    struct expr_value value = {.kind = EXPR_STRING, .bytes = p->token.text};

    *out = tree_literal(p->arena, &value);
    return advance(p, false);
}

static enum ma_status parse_attribute(struct parser *p, struct expr **out)
{
    const char *name = arena_textn(p->arena, p->token.text.at, p->token.text.length);

    *out = expr_attribute(p->arena, p->names, name);
    return advance(p, false);
}

static enum ma_status parse_parameter(struct parser *p, struct expr **out)
{
    *out = tree_parameter(p->arena, p->token.text);
    return advance(p, false);
}

static enum ma_status parse_variable(struct parser *p, struct expr **out)
{
    for (unsigned i = p->variable_count; i-- > 0;)
        if (text_caseequal(p->variables[i], p->token.text)) {
            *out = tree_variable(p->arena, p->token.text, i);
            return advance(p, false);
        }
    (void)ma_fail(p->err, MA_INVALID,
                  "nothing binds the variable %.*s here: With, Select and Where do",
                  (int)p->token.source.length, p->token.source.at);
    return place(p, p->token.at);
}

static enum ma_status parse_group(struct parser *p, struct expr **out)
{
    enum ma_status status = enter(p);

    if (status == MA_OK)
        status = advance(p, true);
    if (status == MA_OK)
        status = parse_expression(p, 1, out);
    if (status == MA_OK)
        status = expect(p, TOKEN_CLOSE, false, "a closing bracket");
    p->depth--;
    return status;
}

/* --- calls -------------------------------------------------------------------------- */

struct arguments {
    struct expr *items[MOST_ARGUMENTS];
    size_t count;
};

/* The variable that a function like Select binds, in place of its first argument. */
static enum ma_status bind(struct parser *p, const struct function *function,
                           struct arguments *all)
{
    if (p->token.kind != TOKEN_VARIABLE) {
        (void)ma_fail(p->err, MA_INVALID, "the first argument of %s is a variable, $name",
                      function->help.name);
        return place(p, p->token.at);
    }
    if (p->variable_count == MOST_VARIABLES) {
        (void)ma_fail(p->err, MA_INVALID,
                      "more than %d variables are bound inside one another",
                      MOST_VARIABLES);
        return place(p, p->token.at);
    }
    all->items[all->count++] = tree_variable(p->arena, p->token.text, p->variable_count);
    return advance(p, false);
}

static enum ma_status parse_argument(struct parser *p, const struct function *function,
                                     struct arguments *all)
{
    if (all->count == MOST_ARGUMENTS) {
        (void)ma_fail(p->err, MA_INVALID, "%s has more than %d arguments",
                      function->help.name, MOST_ARGUMENTS);
        return place(p, p->token.at);
    }
    if (function->binds && all->count == 0)
        return bind(p, function, all);
    return parse_expression(p, 1, &all->items[all->count++]);
}

/* The arguments up to the closing bracket. A variable is in sight in the last one only:
 * `Where($x,[a],$x>1)`. */
static enum ma_status parse_arguments(struct parser *p, const struct function *function,
                                      struct arguments *all)
{
    unsigned outer = p->variable_count;
    struct slice bound = p->token.text;
    enum ma_status status = MA_OK;

    while (status == MA_OK && p->token.kind != TOKEN_CLOSE) {
        if (function->binds && all->count == 2) {
            p->variables[outer] = bound;
            p->variable_count = outer + 1;
        }
        status = parse_argument(p, function, all);
        if (status != MA_OK || p->token.kind == TOKEN_CLOSE)
            break;
        status = expect(p, TOKEN_COMMA, true, "a comma or a closing bracket");
        if (status == MA_OK && p->token.kind == TOKEN_CLOSE)
            status = unexpected(p, "an argument");
    }
    p->variable_count = outer;
    return status;
}

static enum ma_status parse_call(struct parser *p, struct token name, struct expr **out)
{
    const struct function *function = function_find(name.text);
    struct arguments *all = arena_alloc(p->arena, sizeof *all);
    enum ma_status status;

    all->count = 0;
    if (function == NULL) {
        (void)function_unknown(arena_textn(p->arena, name.text.at, name.text.length),
                               p->err);
        return place(p, name.at);
    }
    status = enter(p);
    if (status == MA_OK)
        status = advance(p, true);
    if (status == MA_OK)
        status = parse_arguments(p, function, all);
    if (status == MA_OK)
        status = expect(p, TOKEN_CLOSE, false, "a closing bracket");
    p->depth--;
    if (status != MA_OK)
        return status;
    status = tree_call(out, p->arena, p->names, function, all->items, all->count, p->err);
    return status == MA_OK ? MA_OK : place(p, name.at);
}

static enum ma_status unknown_word(struct parser *p, const struct token *name)
{
    int length = (int)name->text.length;
    const char *at = name->text.at;

    if (function_find(name->text) != NULL)
        (void)ma_fail(p->err, MA_INVALID,
                      "%.*s is a function: its arguments stand in brackets behind it",
                      length, at);
    else
        (void)ma_fail(p->err, MA_INVALID,
                      "'%.*s' is no constant; an attribute is written [%.*s]", length, at,
                      length, at);
    return place(p, name->at);
}

static enum ma_status parse_name(struct parser *p, struct expr **out)
{
    struct token name = p->token;
    const char *spelling;
    struct expr_value value;
    enum ma_status status = advance(p, false);

    if (status != MA_OK)
        return status;
    if (p->token.kind == TOKEN_OPEN)
        return parse_call(p, name, out);
    if (!tree_constant(name.text, &spelling, &value))
        return unknown_word(p, &name);
    *out = tree_word(p->arena, spelling, &value);
    return MA_OK;
}

/* --- operators ---------------------------------------------------------------------- */

static enum ma_status parse_operand(struct parser *p, struct expr **out)
{
    switch (p->token.kind) {
    case TOKEN_NUMBER:
    case TOKEN_REAL:
        return parse_number(p, false, out);
    case TOKEN_STRING:
        return parse_string(p, out);
    case TOKEN_ATTRIBUTE:
        return parse_attribute(p, out);
    case TOKEN_PARAMETER:
        return parse_parameter(p, out);
    case TOKEN_VARIABLE:
        return parse_variable(p, out);
    case TOKEN_NAME:
        return parse_name(p, out);
    case TOKEN_OPEN:
        return parse_group(p, out);
    case TOKEN_END:
    case TOKEN_OPERATOR:
    case TOKEN_CLOSE:
    case TOKEN_COMMA:
        break;
    }
    return unexpected(p, "a value");
}

/* A minus before a number is the number's own, so -9223372036854775808 is one. */
static enum ma_status parse_unary(struct parser *p, struct expr **out)
{
    size_t at = p->token.at;
    struct expr *operand = NULL;
    enum ma_status status;

    if (p->token.kind != TOKEN_OPERATOR || p->token.op != function_operator("-"))
        return parse_operand(p, out);
    status = enter(p);
    if (status == MA_OK)
        status = advance(p, true);
    if (status == MA_OK &&
        (p->token.kind == TOKEN_NUMBER || p->token.kind == TOKEN_REAL)) {
        p->depth--;
        return parse_number(p, true, out);
    }
    if (status == MA_OK)
        status = parse_unary(p, &operand);
    p->depth--;
    if (status != MA_OK)
        return status;
    status = tree_call(out, p->arena, p->names, function_operator("negative"), &operand,
                       1, p->err);
    return status == MA_OK ? MA_OK : place(p, at);
}

/* Operators that bind at least as tight as `least`; all are left-associative. */
static enum ma_status parse_expression(struct parser *p, unsigned least,
                                       struct expr **out)
{
    enum ma_status status = parse_unary(p, out);

    while (status == MA_OK && p->token.kind == TOKEN_OPERATOR &&
           p->token.op->precedence >= least) {
        const struct function *op = p->token.op;
        struct expr *sides[2] = {*out, NULL};
        size_t at = p->token.at;

        status = advance(p, true);
        if (status == MA_OK)
            status = parse_expression(p, op->precedence + 1, &sides[1]);
        if (status != MA_OK)
            return status;
        status = tree_call(out, p->arena, p->names, op, sides, 2, p->err);
        if (status != MA_OK)
            return place(p, at);
    }
    return status;
}

/* No XML has a NUL, and the canonical text could not show one. */
static enum ma_status check_text(const struct parser *p)
{
    const char *nul = p->lexer.text.length == 0
                          ? NULL
                          : memchr(p->lexer.text.at, '\0', p->lexer.text.length);

    if (p->lexer.text.length > LONGEST_TEXT)
        return ma_fail(p->err, MA_INVALID, "1:1: an expression of more than 1 MB");
    if (!text_is_utf8(p->lexer.text))
        return ma_fail(p->err, MA_INVALID, "1:1: the expression is not UTF-8");
    if (nul == NULL)
        return MA_OK;
    (void)ma_fail(p->err, MA_INVALID, "no expression has the byte 0x00");
    return lex_place(&p->lexer, (size_t)(nul - p->lexer.text.at), p->err);
}

enum ma_status expr_parse(struct expr **out, struct arena *arena, struct names *names,
                          struct slice text, struct ma_error *err)
{
    struct parser p = {.lexer = {.text = text, .arena = arena},
                       .arena = arena,
                       .names = names,
                       .err = err};
    struct expr *tree = NULL;
    enum ma_status status = check_text(&p);

    if (status == MA_OK)
        status = advance(&p, true);
    if (status == MA_OK)
        status = parse_expression(&p, 1, &tree);
    if (status == MA_OK && p.token.kind != TOKEN_END)
        status = unexpected(&p, "an operator or the end");
    if (status == MA_OK)
        *out = tree;
    return status;
}
