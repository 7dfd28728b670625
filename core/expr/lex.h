/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPR_LEX_H
#define EXPR_LEX_H

#include "expr/tree.h"

/*
 * The words of the language. `&` is the trap: behind an operand it is an operator, where
 * an operand may begin `&H` begins a hexadecimal number. Strings come out with their
 * escapes resolved.
 */

enum token_kind {
    TOKEN_END,
    TOKEN_NUMBER, /* `magnitude`: the sign is the parser's */
    TOKEN_REAL,
    TOKEN_STRING,    /* `text`: the content */
    TOKEN_ATTRIBUTE, /* `text`: the name, of the next three too */
    TOKEN_PARAMETER,
    TOKEN_VARIABLE,
    TOKEN_NAME,
    TOKEN_OPERATOR,
    TOKEN_OPEN,
    TOKEN_CLOSE,
    TOKEN_COMMA
};

struct token {
    enum token_kind kind;
    size_t at;           /* offset in the text */
    struct slice source; /* as written */
    struct slice text;
    uint64_t magnitude;
    double real;
    const struct function *op;
};

struct lexer {
    struct slice text;
    size_t at;
    struct arena *arena;
};

/* MA_INVALID with line:column in front. `operand`: one may begin here. */
enum ma_status lex_next(struct lexer *lexer, bool operand, struct token *out,
                        struct ma_error *err);
/* Puts line:column of the offset in front of what `err` says. */
enum ma_status lex_place(const struct lexer *lexer, size_t at, struct ma_error *err);

#endif
