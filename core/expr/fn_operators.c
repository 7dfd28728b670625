/* SPDX-License-Identifier: Apache-2.0 */

/* Operators: rows of the table that have a precedence. */

#include <math.h>

#include "expr/eval.h"

enum precedence { OR = 1, AND, COMPARISON, CONCATENATION, SUM, PRODUCT, SIGN };

/* --- && and || ---------------------------------------------------------------------- */

static bool truth(struct eval *e, const struct expr *node, const struct expr_value *value,
                  bool *flag, struct expr_value *out)
{
    if (operand_truth(value, flag))
        return true;
    e->function = node->function;
    eval_fail(e, out, "%s is neither true nor false", operand_kind(value->kind));
    return false;
}

/* Turns the value, or each of a set, into booleans. */
static bool flags_of(struct eval *e, const struct expr *node, struct expr_value *value,
                     struct expr_value *out)
{
    struct expr_value *flags;
    bool flag;

    if (value->kind != EXPR_SET) {
        if (!truth(e, node, value, &flag, out))
            return false;
        eval_flag(value, flag);
        return true;
    }
    flags = eval_room(e, sizeof *flags * value->count, out);
    if (flags == NULL || !eval_rounds(e, value->count, out))
        return false;
    for (uint32_t i = 0; i < value->count; i++) {
        if (!truth(e, node, &value->items[i], &flag, out))
            return false;
        eval_flag(&flags[i], flag);
    }
    value->items = flags;
    return true;
}

static bool side(struct eval *e, const struct expr *node, unsigned which,
                 struct expr_value *value, struct expr_value *out)
{
    node->arguments[which]->run(e, node->arguments[which], value);
    if (eval_ends(value)) {
        *out = *value;
        return false;
    }
    return flags_of(e, node, value, out);
}

/* Whether every value on the left settles the matter by itself. */
static bool is_decided(const struct expr_value *left, bool decides)
{
    if (left->kind != EXPR_SET)
        return (left->number != 0) == decides;
    for (uint32_t i = 0; i < left->count; i++)
        if ((left->items[i].number != 0) != decides)
            return false;
    return true;
}

static void combine(struct eval *e, const struct expr *node, bool decides,
                    const struct expr_value *left, const struct expr_value *right,
                    struct expr_value *out)
{
    const struct expr_value *longer = right->kind == EXPR_SET ? right : left;
    struct expr_value *flags = eval_room(e, sizeof *flags * longer->count, out);

    if (flags == NULL)
        return;
    if (left->kind == EXPR_SET && right->kind == EXPR_SET &&
        left->count != right->count) {
        e->function = node->function;
        eval_fail(e, out, "sets of %u and of %u values cannot go in pairs", left->count,
                  right->count);
        return;
    }
    for (uint32_t i = 0; i < longer->count; i++) {
        bool a = (left->kind == EXPR_SET ? left->items[i] : *left).number != 0;
        bool b = (right->kind == EXPR_SET ? right->items[i] : *right).number != 0;

        eval_flag(&flags[i], a == decides || b == decides ? decides : !decides);
    }
    *out = (struct expr_value){.kind = EXPR_SET, .items = flags, .count = longer->count};
}

/* `decides` is the value of the left side that settles it without the right one. */
static void logic(struct eval *e, const struct expr *node, bool decides,
                  struct expr_value *out)
{
    struct expr_value left;
    struct expr_value right;

    if (!side(e, node, 0, &left, out))
        return;
    if (is_decided(&left, decides)) {
        *out = left;
        return;
    }
    if (!side(e, node, 1, &right, out))
        return;
    if (left.kind == EXPR_SET || right.kind == EXPR_SET)
        combine(e, node, decides, &left, &right, out);
    else
        *out = right;
}

static void either(struct eval *e, const struct expr *node, struct expr_value *out)
{
    logic(e, node, true, out);
}

static void both(struct eval *e, const struct expr *node, struct expr_value *out)
{
    logic(e, node, false, out);
}

/* --- comparisons -------------------------------------------------------------------- */

static void equal(struct eval *e, const struct expr_value *arguments, unsigned count,
                  struct expr_value *out)
{
    (void)e;
    (void)count;
    eval_flag(out, operand_equal(&arguments[0], &arguments[1]));
}

static void unequal(struct eval *e, const struct expr_value *arguments, unsigned count,
                    struct expr_value *out)
{
    (void)e;
    (void)count;
    eval_flag(out, !operand_equal(&arguments[0], &arguments[1]));
}

/* The order of the two, as -1, 0, 1. False where `out` already says what comes out. */
static bool ordered(struct eval *e, const struct expr_value *arguments, int *order,
                    struct expr_value *out)
{
    if (arguments[0].kind == EXPR_NULL || arguments[1].kind == EXPR_NULL) {
        eval_flag(out, false);
        return false;
    }
    *order = operand_compare(&arguments[0], &arguments[1]);
    if (*order != OPERAND_INCOMPARABLE)
        return true;
    eval_fail(e, out, "%s cannot be compared with %s", operand_kind(arguments[0].kind),
              operand_kind(arguments[1].kind));
    return false;
}

static void less(struct eval *e, const struct expr_value *arguments, unsigned count,
                 struct expr_value *out)
{
    int order;

    (void)count;
    if (ordered(e, arguments, &order, out))
        eval_flag(out, order < 0);
}

static void at_most(struct eval *e, const struct expr_value *arguments, unsigned count,
                    struct expr_value *out)
{
    int order;

    (void)count;
    if (ordered(e, arguments, &order, out))
        eval_flag(out, order <= 0);
}

static void greater(struct eval *e, const struct expr_value *arguments, unsigned count,
                    struct expr_value *out)
{
    int order;

    (void)count;
    if (ordered(e, arguments, &order, out))
        eval_flag(out, order > 0);
}

static void at_least(struct eval *e, const struct expr_value *arguments, unsigned count,
                     struct expr_value *out)
{
    int order;

    (void)count;
    if (ordered(e, arguments, &order, out))
        eval_flag(out, order >= 0);
}

/* --- texts -------------------------------------------------------------------------- */

static void concatenate(struct eval *e, const struct expr_value *arguments,
                        unsigned count, struct expr_value *out)
{
    const struct expr_value *a = &arguments[0];
    const struct expr_value *b = &arguments[1];

    (void)count;
    if (a->kind == EXPR_NULL && b->kind == EXPR_NULL)
        eval_text(out, slice_text(""));
    else if (a->kind == EXPR_NULL || b->kind == EXPR_NULL)
        *out = a->kind == EXPR_NULL ? *b : *a;
    else if (a->kind != b->kind)
        eval_fail(e, out, "%s cannot be put together with %s", operand_kind(a->kind),
                  operand_kind(b->kind));
    else
        eval_join(e, a->kind, a->bytes, b->bytes, out);
}

/* A chain of `&`, whose operands stand on its left spine, is put together in one piece
 * where they are all texts; that is what rules build names of. */
enum { LONGEST_CHAIN = 16 };

struct chain {
    struct expr_value values[LONGEST_CHAIN];
    unsigned count;
    size_t length;
    bool texts; /* or null */
};

static bool is_link(const struct expr *node, const struct function *function)
{
    return node->kind == NODE_CALL && node->function == function && !node->known;
}

/* Evaluates the operands from the left; false where one of them ends it all. */
static bool read_chain(struct eval *e, const struct expr *node, struct chain *chain,
                       struct expr_value *out)
{
    const struct expr *operands[LONGEST_CHAIN];
    const struct expr *at = node;
    unsigned from = LONGEST_CHAIN;

    while (is_link(at, node->function)) {
        operands[--from] = at->arguments[1];
        at = at->arguments[0];
    }
    operands[--from] = at;
    chain->count = 0;
    chain->length = 0;
    chain->texts = true;
    for (; from < LONGEST_CHAIN; from++) {
        struct expr_value *value = &chain->values[chain->count++];

        operands[from]->run(e, operands[from], value);
        if (eval_ends(value)) {
            *out = *value;
            return false;
        }
        chain->texts =
            chain->texts && (value->kind == EXPR_STRING || value->kind == EXPR_NULL);
        chain->length += value->kind == EXPR_STRING ? value->bytes.length : 0;
    }
    return true;
}

static void join_chain(struct eval *e, const struct function *function,
                       const struct chain *chain, struct expr_value *out)
{
    char *room;
    char *at;

    e->function = function;
    room = eval_room(e, chain->length + 1, out);
    if (room == NULL)
        return;
    at = room;
    for (unsigned i = 0; i < chain->count; i++) {
        const struct expr_value *value = &chain->values[i];

        if (value->kind != EXPR_STRING || value->bytes.length == 0)
            continue;
        memcpy(at, value->bytes.at, value->bytes.length);
        at += value->bytes.length;
    }
    *at = '\0';
    eval_text(out, slice_of(room, chain->length));
}

/* One after the other: some are numbers, bytes or sets. */
static void fold_chain(struct eval *e, const struct function *function,
                       struct chain *chain, struct expr_value *out)
{
    struct expr_value sides[2] = {chain->values[0]};

    for (unsigned i = 1; i < chain->count && !eval_ends(&sides[0]); i++) {
        sides[1] = chain->values[i];
        eval_values(e, function, sides, 2, out);
        sides[0] = *out;
    }
    *out = sides[0];
}

static void run_chain(struct eval *e, const struct expr *node, struct expr_value *out)
{
    struct chain chain;

    if (e->tracing)
        eval_call(e, node, out);
    else if (!read_chain(e, node, &chain, out))
        return;
    else if (chain.texts)
        join_chain(e, node->function, &chain, out);
    else
        fold_chain(e, node->function, &chain, out);
}

static run_fn *chain_shape(const struct expr *call)
{
    const struct expr *at = call;
    unsigned operands = 1;

    for (; is_link(at, call->function); at = at->arguments[0])
        operands++;
    return operands > 2 && operands <= LONGEST_CHAIN ? run_chain : NULL;
}

/* --- numbers ------------------------------------------------------------------------ */

static double real_of(const struct expr_value *value)
{
    return value->kind == EXPR_REAL ? value->real : (double)value->number;
}

static void give_real(struct eval *e, double real, struct expr_value *out)
{
    if (isfinite(real))
        *out = (struct expr_value){.kind = EXPR_REAL, .real = real};
    else
        eval_fail(e, out, "the result is no number");
}

static bool whole(const struct expr_value *arguments)
{
    return arguments[0].kind == EXPR_NUMBER && arguments[1].kind == EXPR_NUMBER;
}

static void give_number(struct eval *e, bool overflow, int64_t number,
                        struct expr_value *out)
{
    if (overflow)
        eval_fail(e, out, "the result does not fit in 64 bits");
    else
        eval_number(out, number);
}

static void add_texts(struct eval *e, const struct expr_value *arguments,
                      struct expr_value *out)
{
    struct slice sides[2] = {{0}, {0}};

    for (unsigned i = 0; i < 2; i++)
        (void)operand_to_text(e->arena, &arguments[i], &sides[i]);
    eval_join(e, EXPR_STRING, sides[0], sides[1], out);
}

/* Texts are put together, and so is a number with a text; numbers are added. */
static void add(struct eval *e, const struct expr_value *arguments, unsigned count,
                struct expr_value *out)
{
    int64_t sum = 0;
    bool overflow;

    (void)count;
    if (arguments[0].kind == EXPR_STRING || arguments[1].kind == EXPR_STRING) {
        add_texts(e, arguments, out);
    } else if (whole(arguments)) {
        overflow = __builtin_add_overflow(arguments[0].number, arguments[1].number, &sum);
        give_number(e, overflow, sum, out);
    } else {
        give_real(e, real_of(&arguments[0]) + real_of(&arguments[1]), out);
    }
}

static void subtract(struct eval *e, const struct expr_value *arguments, unsigned count,
                     struct expr_value *out)
{
    int64_t rest = 0;
    bool overflow;

    (void)count;
    if (whole(arguments)) {
        overflow =
            __builtin_sub_overflow(arguments[0].number, arguments[1].number, &rest);
        give_number(e, overflow, rest, out);
    } else {
        give_real(e, real_of(&arguments[0]) - real_of(&arguments[1]), out);
    }
}

static void multiply(struct eval *e, const struct expr_value *arguments, unsigned count,
                     struct expr_value *out)
{
    int64_t product = 0;
    bool overflow;

    (void)count;
    if (whole(arguments)) {
        overflow =
            __builtin_mul_overflow(arguments[0].number, arguments[1].number, &product);
        give_number(e, overflow, product, out);
    } else {
        give_real(e, real_of(&arguments[0]) * real_of(&arguments[1]), out);
    }
}

/* As VBA's `/`: a whole number where it comes out even, else one with decimals. */
static void divide(struct eval *e, const struct expr_value *arguments, unsigned count,
                   struct expr_value *out)
{
    int64_t a = arguments[0].number;
    int64_t b = arguments[1].number;

    (void)count;
    if (real_of(&arguments[1]) == 0)
        eval_fail(e, out, "division by zero");
    else if (whole(arguments) && b == -1)
        give_number(e, a == INT64_MIN, a == INT64_MIN ? 0 : -a, out);
    else if (whole(arguments) && a % b == 0)
        eval_number(out, a / b);
    else
        give_real(e, real_of(&arguments[0]) / real_of(&arguments[1]), out);
}

static void negate(struct eval *e, const struct expr_value *arguments, unsigned count,
                   struct expr_value *out)
{
    int64_t number = arguments[0].number;

    (void)count;
    if (arguments[0].kind == EXPR_REAL)
        give_real(e, -arguments[0].real, out);
    else
        give_number(e, number == INT64_MIN, number == INT64_MIN ? 0 : -number, out);
}

#define OPERATOR(sign, of, ...)                                                          \
    {                                                                                    \
        .help = {.name = (sign)}, .least = 2, .most = 2, .precedence = (of), __VA_ARGS__ \
    }
#define COMPARES(function)                                                               \
    .takes = {TAKES_ANY, TAKES_ANY}, .nulls = NULLS_OWN, .body = (function)
#define CALCULATES(function)                                                             \
    .takes = {TAKES_NUMBER | TAKES_REAL, TAKES_NUMBER | TAKES_REAL}, .body = (function)

static const struct function rows[] = {
    OPERATOR("||", OR, .mode = MODE_LAZY, .lazy = either),
    OPERATOR("&&", AND, .mode = MODE_LAZY, .lazy = both),
    OPERATOR("=", COMPARISON, COMPARES(equal)),
    OPERATOR("<>", COMPARISON, COMPARES(unequal)),
    OPERATOR("<", COMPARISON, COMPARES(less)),
    OPERATOR("<=", COMPARISON, COMPARES(at_most)),
    OPERATOR(">", COMPARISON, COMPARES(greater)),
    OPERATOR(">=", COMPARISON, COMPARES(at_least)),
    OPERATOR("&", CONCATENATION,
             .takes = {TAKES_TEXT | TAKES_BYTES, TAKES_TEXT | TAKES_BYTES},
             .nulls = NULLS_OWN, .body = concatenate, .shape = chain_shape),
    OPERATOR("+", SUM,
             .takes = {TAKES_TEXT | TAKES_NUMBER | TAKES_REAL,
                       TAKES_TEXT | TAKES_NUMBER | TAKES_REAL},
             .body = add),
    OPERATOR("-", SUM, CALCULATES(subtract)),
    OPERATOR("*", PRODUCT, CALCULATES(multiply)),
    OPERATOR("/", PRODUCT, CALCULATES(divide)),
    {.help = {.name = "negative"},
     .least = 1,
     .most = 1,
     .takes = {TAKES_NUMBER | TAKES_REAL},
     .precedence = SIGN,
     .body = negate},
};

const struct function_group fn_operators = {"Operators", rows,
                                            sizeof rows / sizeof rows[0]};
