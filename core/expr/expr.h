/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPR_EXPR_H
#define EXPR_EXPR_H

#include <mactl/ma.h>

#include "model/entry.h"
#include "model/names.h"

/*
 * The language of attribute flows. Text, or a tree from MIM, becomes an expression;
 * an expression is bound once to a table of names and then evaluated for each object.
 * Evaluation allocates in the caller's arena only, copies no attribute value, and never
 * fails the process: what goes wrong is an error value with the words for the operator.
 */

enum expr_kind {
    EXPR_NULL,
    EXPR_BOOLEAN,
    EXPR_NUMBER,
    EXPR_REAL,
    EXPR_STRING,
    EXPR_BYTES,
    EXPR_DATE,      /* `number`: 100 ns since 1601, UTC */
    EXPR_REFERENCE, /* `bytes`: the DN as text; `number`: the id, 0 where made by CRef */
    EXPR_SET,       /* of any of the above, none of them null */
    EXPR_IGNORE,    /* IgnoreThisFlow */
    EXPR_AUTHORITATIVE_NULL,
    EXPR_ERROR /* `bytes`: the message; `triggered`: by Error() */
};

/* 32 bytes, since every step of an evaluation moves one: what no kind has together lies
 * in one place, so look at `kind` before anything else. */
struct expr_value {
    enum expr_kind kind;
    uint32_t count; /* of a set */
    union {
        int64_t number; /* also of a boolean, a date, a reference */
        double real;
        bool triggered; /* of an error */
    };
    union {
        struct slice bytes;
        const struct expr_value *items; /* of a set */
    };
};

/* Which image of the source object an attribute is read from. */
enum expr_layer { EXPR_EXPECTED, EXPR_IMPORTED };

/* What an expression sees while it is evaluated. */
struct expr_source {
    /* The value of an attribute, null where absent, a set only where it has several
     * values. `name` is NAME_NONE for a name the table did not know: `text` tells. */
    struct expr_value (*attribute)(const struct expr_source *, struct arena *,
                                   enum expr_layer, uint32_t name, const char *text);
    uint64_t (*count)(const struct expr_source *, uint32_t name, const char *text);
    /* %Name%; NULL: there is no such parameter, which is an error. */
    const char *(*parameter)(const struct expr_source *, const char *name);
    /* Called after each call and operator where set: for `-o trace` and explain. */
    void (*trace)(const struct expr_source *, const char *text,
                  const struct expr_value *);
};

struct expr;

/* Parses; err names line:column within the text. Numbers of attributes come from `names`.
 * The expression lives in the arena. */
enum ma_status expr_parse(struct expr **out, struct arena *arena, struct names *names,
                          struct slice text, struct ma_error *err);
/* Builds what the text would: the front end for MIM's trees. `name` "+" and "Eq" are
 * operators. MA_INVALID where the function is unknown or the number of arguments wrong.
 */
struct expr *expr_literal(struct arena *arena, const struct expr_value *value);
struct expr *expr_attribute(struct arena *arena, struct names *names, const char *name);
enum ma_status expr_call(struct expr **out, struct arena *arena, const char *name,
                         struct expr **arguments, size_t count, struct ma_error *err);

/* Canonical text that parses to an equal tree. */
char *expr_print(struct arena *arena, const struct expr *expr);
bool expr_equal(const struct expr *a, const struct expr *b);
/* Every attribute it may read, ImportedValue and ValueCount included; unique. */
size_t expr_attributes(struct arena *arena, const struct expr *expr,
                       const uint32_t **out);

/* Whether it gives another result each time: Now(), RandomNum(). */
bool expr_varies(const struct expr *expr);

struct expr_value expr_eval(const struct expr *expr, const struct expr_source *source,
                            struct arena *arena);

/* What flows are full of, made one step that reads the attribute where it lies and gives
 * the values of the target: no value of the language is made on the way. What such a step
 * has no answer for (several values, another type) is evaluated; what it answers is what
 * expr_eval and expr_to_values would give, but for a text that differs in being shared.
 */
enum expr_shape {
    EXPR_SHAPE_OTHER,
    EXPR_SHAPE_TEXT,  /* Trim([x]), Left(Trim([x]),n), the first value of [x] so */
    EXPR_SHAPE_CHOICE /* IIF(IsNullOrEmpty([x]),[y],[x]), or a constant for [y] */
};
struct expr_fusion {
    enum expr_shape shape;
    uint32_t name;
    bool first;     /* of several values this one */
    bool trims;     /* without the white space around it */
    int64_t most;   /* characters; -1: all */
    uint32_t other; /* NAME_NONE: `otherwise` */
    const struct expr_value *otherwise;
    /* EXPR_SHAPE_OTHER: what comes out where it finds none of its attributes, which is
     * the rule with most attributes of most objects. */
    const struct expr_value *absent;
    const uint32_t *names;
    size_t count;
};
/* NULL: there is nothing to be had; lives in the arena. */
const struct expr_fusion *expr_fuse(struct arena *arena, const struct expr *expr);

/* Where the attributes of an entry are found; NULL: there is none. */
struct expr_finder {
    const struct attr *(*find)(const struct expr_finder *, uint32_t name);
};
struct expr_yield {
    const struct expr_value *known; /* NULL: */
    const struct slice *values;     /* of the type that was asked for */
    uint32_t count;
};
/* False: it has to be evaluated. */
bool expr_run_fused(const struct expr_fusion *fusion, enum value_type type,
                    const struct expr_finder *finder, struct arena *arena,
                    struct expr_yield *out);

/* A value for people and for -o trace: strings quoted, bytes as hex, sets in braces. */
char *expr_show(struct arena *arena, const struct expr_value *value);
/* From canonical values of an attribute: one value, or a set; zero copy. References
 * are given with the id in `number` and empty `bytes`: the source fills in the DN. */
struct expr_value expr_of_attr(struct arena *arena, const struct attr *attr);
/* What a flow of this value into an attribute of this type contributes: canonical values,
 * conversions as rule-decisions 16. MA_INVALID: cs-attribute-type-mismatch, in words.
 * Null and empty give count 0. References only by id. */
enum ma_status expr_to_values(struct arena *arena, const struct expr_value *value,
                              enum value_type type, const struct slice **out,
                              uint32_t *count, struct ma_error *err);

/* The function table, for `mactl expr functions`. */
struct expr_function_help {
    const char *name;
    const char *signature;
    const char *help;    /* one sentence */
    const char *example; /* "Left(\"abc\",2)" */
    const char *result;  /* as expr_show gives it */
    bool refused;        /* known by name, not implemented; help says why */
    const char *group;   /* "Text", "Date and time" ... */
};
size_t expr_functions(const struct expr_function_help **out);

#endif
