/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPR_EVAL_H
#define EXPR_EVAL_H

#include "base/text.h"
#include "expr/operand.h"
#include "expr/tree.h"

/*
 * What the bodies of functions are written with. An evaluation is bounded: what it may
 * allocate and how often it may go round, so that no expression can hold up a run.
 * Between functions a set may hold nulls (of `IIF(InStr([x],"a")=1,NULL,[x])`), so that
 * sets made from one another stay in step; who takes a set whole sees it without them.
 */

enum { EVAL_MOST_BYTES = 64 * 1024 * 1024, EVAL_MOST_STEPS = 10 * 1000 * 1000 };

struct eval {
    const struct expr_source *source;
    struct arena *arena;
    size_t used;  /* of the arena, when it began */
    size_t most;  /* bytes it may use */
    size_t steps; /* rounds over sets */
    bool tracing;
    const struct function *function; /* whose body runs, for messages */
    struct expr_value variables[MOST_VARIABLES];
};

/* Chooses how a node is evaluated; called once, when it was made. */
void eval_bind(struct expr *node);
/* The value of a call of constants, worked out without a source. */
void eval_constant(struct arena *arena, const struct expr *node, struct expr_value *out);

/* The value is an error: "Item: there is no value 3". */
void eval_fail(struct eval *e, struct expr_value *out, const char *fmt, ...)
    MA_PRINTF(3, 4);
/* Room for a result; NULL, and `out` is the error, where it would be too much. */
void *eval_room(struct eval *e, size_t size, struct expr_value *out);
/* A text, or binary, of these two. */
void eval_join(struct eval *e, enum expr_kind kind, struct slice a, struct slice b,
               struct expr_value *out);
/* False, and `out` is the error, where the evaluation goes round too often. */
bool eval_rounds(struct eval *e, size_t count, struct expr_value *out);
/* Converts the arguments to what the function takes, and calls its body. */
void eval_apply(struct eval *e, const struct function *function,
                struct expr_value *arguments, unsigned count, struct expr_value *out);
/* The same where the arguments may be sets, over which the function may have to go. None
 * of them ends the evaluation. */
void eval_values(struct eval *e, const struct function *function,
                 struct expr_value *arguments, unsigned count, struct expr_value *out);
/* Evaluates the arguments of a call that is not lazy, then the call. */
void eval_call(struct eval *e, const struct expr *node, struct expr_value *out);
void eval_traced(struct eval *e, const struct expr *node, const struct expr_value *value);

/* A set of these, nulls taken out: null where none is left, the value where it is one. */
struct expr_value eval_set(const struct expr_value *items, size_t count);
/* Takes the nulls out of a set; anything else stays as it is. */
void eval_compact(struct arena *arena, struct expr_value *value);
/* The values of a set, of a single value, of null: none. */
const struct expr_value *eval_items(const struct expr_value *value, size_t *count);
/* Whether the value ends what is worked out with it: an error, a control value. */
static inline bool eval_ends(const struct expr_value *value)
{
    return value->kind >= EXPR_IGNORE;
}

/* What a node of an attribute gives. */
static inline struct expr_value eval_attribute(struct eval *e, const struct expr *node)
{
    return e->source->attribute(e->source, e->arena, EXPR_EXPECTED, node->name,
                                node->text);
}

static inline void eval_null(struct expr_value *out)
{
    *out = (struct expr_value){.kind = EXPR_NULL};
}

static inline void eval_flag(struct expr_value *out, bool flag)
{
    *out = (struct expr_value){.kind = EXPR_BOOLEAN, .number = flag};
}

static inline void eval_number(struct expr_value *out, int64_t number)
{
    *out = (struct expr_value){.kind = EXPR_NUMBER, .number = number};
}

static inline void eval_date(struct expr_value *out, int64_t ticks)
{
    *out = (struct expr_value){.kind = EXPR_DATE, .number = ticks};
}

static inline void eval_text(struct expr_value *out, struct slice text)
{
    *out = (struct expr_value){.kind = EXPR_STRING, .bytes = text};
}

/* A copy of what was written a moment ago. Of the usual kinds it takes only the members
 * that count: to read the whole would wait for all of them to reach memory. */
static inline void eval_move(struct expr_value *out, const struct expr_value *value)
{
    if (value->kind == EXPR_STRING)
        eval_text(out, value->bytes);
    else if (value->kind <= EXPR_NUMBER)
        *out = (struct expr_value){.kind = value->kind, .number = value->number};
    else
        *out = *value;
}

static inline void eval_bytes(struct expr_value *out, struct slice bytes)
{
    *out = (struct expr_value){.kind = EXPR_BYTES, .bytes = bytes};
}

#endif
