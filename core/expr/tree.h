/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPR_TREE_H
#define EXPR_TREE_H

#include "expr/expr.h"

/*
 * The tree of an expression, and the table of what can be called. Parser and MIM's front
 * end build trees with these functions alone, so both give the same forms: a node is
 * checked when it is made, a call of constants is worked out there and then, and each
 * node knows the function that evaluates it. A tree does not change any more.
 *
 * Operators are functions of the same table with a precedence. Private to this folder.
 */

enum {
    DEEPEST = 500,       /* levels of a tree: everything that walks one recurses */
    MOST_VARIABLES = 16, /* bound inside one another */
    MOST_TAKEN = 4,      /* arguments of a function that is not lazy */
    ANY_NUMBER = 255     /* of arguments */
};

struct eval;
struct function;

typedef void run_fn(struct eval *, const struct expr *, struct expr_value *out);
/* The arguments have the kinds that `takes` asks for, or are null. */
typedef void body_fn(struct eval *, const struct expr_value *arguments, unsigned count,
                     struct expr_value *out);

enum mode {
    MODE_EACH,  /* takes single values: is called for each value of a set */
    MODE_WHOLE, /* takes sets as they are */
    MODE_LAZY   /* evaluates its arguments itself */
};

/* What a null argument does. */
enum nulls {
    NULLS_THROUGH, /* the result is null, and the body is not called */
    NULLS_OWN      /* the body sees it */
};

/* Kinds an argument may have, as bits. */
enum taken {
    TAKES_BOOLEAN = 1 << EXPR_BOOLEAN,
    TAKES_NUMBER = 1 << EXPR_NUMBER,
    TAKES_REAL = 1 << EXPR_REAL,
    TAKES_TEXT = 1 << EXPR_STRING,
    TAKES_BYTES = 1 << EXPR_BYTES,
    TAKES_DATE = 1 << EXPR_DATE,
    TAKES_REFERENCE = 1 << EXPR_REFERENCE,
    TAKES_SET = 1 << EXPR_SET,
    TAKES_SINGLE = 0xfe, /* any kind but null and a set */
    TAKES_ANY = 0xffff
};

struct function {
    struct expr_function_help help;
    unsigned least;
    unsigned most; /* ANY_NUMBER */
    unsigned takes[MOST_TAKEN];
    enum mode mode;
    enum nulls nulls;
    bool varies; /* gives another result each time */
    bool binds;  /* the first argument is a variable, bound while the last one runs */
    bool names_attribute; /* the only argument is the name of an attribute */
    bool tests_presence;  /* of any value, with a boolean as the result */
    body_fn *body;
    run_fn *lazy;
    /* How to evaluate a call of a shape that rules are full of; NULL: as any other. */
    run_fn *(*shape)(const struct expr *call);
    unsigned precedence; /* of an operator: higher binds tighter; 0: a function */
};

#define HELP(called, written, means, sample, gives)                                      \
    .help = {.name = (called),                                                           \
             .signature = (written),                                                     \
             .help = (means),                                                            \
             .example = (sample),                                                        \
             .result = (gives)}

/* The rows of one subject; they stand at the end of fn_<subject>.c. */
struct function_group {
    const char *name;
    const struct function *rows;
    size_t count;
};

extern const struct function_group fn_operators;
extern const struct function_group fn_conversion;
extern const struct function_group fn_dates;
extern const struct function_group fn_directory;
extern const struct function_group fn_tests;
extern const struct function_group fn_math;
extern const struct function_group fn_sets;
extern const struct function_group fn_flow;
extern const struct function_group fn_text;
extern const struct function_group fn_source;
extern const struct function_group fn_certificates;
extern const struct function_group fn_mim;

enum node_kind {
    NODE_LITERAL,  /* a number or a text */
    NODE_CONSTANT, /* a word that stands for a value */
    NODE_ATTRIBUTE,
    NODE_PARAMETER,
    NODE_VARIABLE,
    NODE_CALL
};

struct expr {
    run_fn *run;
    enum node_kind kind;
    unsigned depth;
    uint32_t name;    /* of the attribute read, by ImportedValue and ValueCount too */
    unsigned slot;    /* of a variable */
    const char *text; /* spelling of an attribute, a parameter, a variable, a constant */
    const struct function *function;
    struct expr **arguments;
    unsigned count;
    bool known;              /* `value` is what it evaluates to */
    struct expr_value value; /* of a literal, a constant, a call of constants */
};

/* What the words NULL, True, vbTextCompare stand for; false: there is no such word. Case
 * does not matter; `spelling` is the canonical one. */
bool tree_constant(struct slice word, const char **spelling, struct expr_value *out);

struct expr *tree_literal(struct arena *arena, const struct expr_value *value);
struct expr *tree_word(struct arena *arena, const char *spelling,
                       const struct expr_value *value);
struct expr *tree_parameter(struct arena *arena, struct slice name);
struct expr *tree_variable(struct arena *arena, struct slice name, unsigned slot);
/* MA_INVALID: the number of arguments, the depth. `names` may be NULL where the function
 * does not name an attribute. */
enum ma_status tree_call(struct expr **out, struct arena *arena, struct names *names,
                         const struct function *function, struct expr **arguments,
                         size_t count, struct ma_error *err);

/* NULL where there is none; case does not matter. */
const struct function *function_find(struct slice name);
const struct function *function_operator(const char *name);
/* Words for the operator about a name that function_find does not know. */
enum ma_status function_unknown(const char *name, struct ma_error *err);
/* "takes 2 arguments", "takes 1 to 3 arguments". */
const char *function_arity(struct arena *arena, const struct function *function);

#endif
