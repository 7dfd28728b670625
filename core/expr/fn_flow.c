/* SPDX-License-Identifier: Apache-2.0 */

/* Functions that decide what is evaluated. */

#include "expr/eval.h"

static inline void evaluate(struct eval *e, const struct expr *node,
                            struct expr_value *out)
{
    node->run(e, node, out);
}

static bool truth(struct eval *e, const struct function *function,
                  const struct expr_value *value, bool *flag, struct expr_value *out)
{
    if (operand_truth(value, flag))
        return true;
    e->function = function;
    eval_fail(e, out, "the condition is %s, which is neither true nor false",
              operand_kind(value->kind));
    return false;
}

/* --- IIF ---------------------------------------------------------------------------- */

/* Both branches of a condition that is a set, each evaluated only where it is asked for.
 */
struct branches {
    bool used[2];
    struct expr_value values[2];
};

static bool use_branch(struct eval *e, const struct expr *node, struct branches *both,
                       bool yes, size_t length, struct expr_value *out)
{
    struct expr_value *value = &both->values[yes];

    if (both->used[yes])
        return true;
    both->used[yes] = true;
    evaluate(e, node->arguments[yes ? 1 : 2], value);
    if (eval_ends(value)) {
        *out = *value;
        return false;
    }
    if (value->kind == EXPR_SET && value->count != 1 && value->count != length) {
        e->function = node->function;
        eval_fail(e, out, "a condition of %zu values cannot go in pairs with %u values",
                  length, value->count);
        return false;
    }
    return true;
}

static struct expr_value pick(const struct expr_value *value, size_t i)
{
    if (value->kind != EXPR_SET)
        return *value;
    return value->items[value->count == 1 ? 0 : i];
}

static void iif_of_set(struct eval *e, const struct expr *node,
                       const struct expr_value *conditions, struct expr_value *out)
{
    struct branches both = {0};
    struct expr_value *items;

    e->function = node->function;
    if (!eval_rounds(e, conditions->count, out))
        return;
    items = eval_room(e, sizeof *items * conditions->count, out);
    for (uint32_t i = 0; items != NULL && i < conditions->count; i++) {
        bool yes;

        if (!truth(e, node->function, &conditions->items[i], &yes, out) ||
            !use_branch(e, node, &both, yes, conditions->count, out))
            return;
        items[i] = pick(&both.values[yes], i);
    }
    if (items != NULL)
        *out = (struct expr_value){
            .kind = EXPR_SET, .items = items, .count = conditions->count};
}

static void iif(struct eval *e, const struct expr *node, struct expr_value *out)
{
    struct expr_value condition;
    bool yes;

    evaluate(e, node->arguments[0], &condition);
    if (eval_ends(&condition))
        *out = condition;
    else if (condition.kind == EXPR_SET)
        iif_of_set(e, node, &condition, out);
    else if (truth(e, node->function, &condition, &yes, out))
        evaluate(e, node->arguments[yes ? 1 : 2], out);
}

/* `IIF(IsNullOrEmpty([x]),…,[x])` and the like: the attribute is read once. */
static inline void iif_presence(struct eval *e, const struct expr *node,
                                struct expr_value *out)
{
    const struct expr *test = node->arguments[0];
    const struct expr *attribute = test->arguments[0];
    const struct expr *branch;
    struct expr_value value = eval_attribute(e, attribute);
    struct expr_value absent;

    if (eval_ends(&value)) {
        *out = value;
        return;
    }
    test->function->body(e, &value, 1, &absent);
    branch = node->arguments[absent.number != 0 ? 1 : 2];
    if (branch->kind == NODE_ATTRIBUTE && branch->name == attribute->name)
        eval_move(out, &value);
    else
        evaluate(e, branch, out);
}

static void run_iif_presence(struct eval *e, const struct expr *node,
                             struct expr_value *out)
{
    if (e->tracing) {
        iif(e, node, out);
        eval_traced(e, node, out);
    } else {
        iif_presence(e, node, out);
    }
}

static run_fn *iif_shape(const struct expr *call)
{
    const struct expr *test = call->arguments[0];

    if (test->kind == NODE_CALL && test->function->tests_presence &&
        test->arguments[0]->kind == NODE_ATTRIBUTE)
        return run_iif_presence;
    return NULL;
}

/* --- Switch ------------------------------------------------------------------------- */

/* All conditions are evaluated, as the reference says, and an error in any of them is an
 * error; the value of the first true one alone. Error() only counts as the result. */
static void evaluate_switch(struct eval *e, const struct expr *node,
                            struct expr_value *out)
{
    const struct expr *chosen = NULL;

    for (unsigned i = 0; i < node->count; i += 2) {
        struct expr_value condition;
        bool yes = false;

        evaluate(e, node->arguments[i], &condition);
        if (condition.kind == EXPR_ERROR && condition.triggered && chosen != NULL)
            continue;
        if (eval_ends(&condition)) {
            *out = condition;
            return;
        }
        if (!truth(e, node->function, &condition, &yes, out))
            return;
        if (yes && chosen == NULL)
            chosen = node->arguments[i + 1];
    }
    if (chosen == NULL)
        eval_null(out);
    else
        evaluate(e, chosen, out);
}

static void run_switch(struct eval *e, const struct expr *node, struct expr_value *out)
{
    if (node->count % 2 == 0) {
        evaluate_switch(e, node, out);
        return;
    }
    e->function = node->function;
    eval_fail(e, out, "conditions and values go in pairs, and %u arguments are given",
              node->count);
}

/* --- Select, Where, With ------------------------------------------------------------ */

struct gathered {
    struct expr_value *items;
    size_t count;
    size_t capacity;
};

static bool gather(struct eval *e, struct gathered *all, const struct expr_value *value,
                   struct expr_value *out)
{
    size_t count;
    const struct expr_value *items = eval_items(value, &count);
    struct expr_value *more;

    if (all->count + count > all->capacity) {
        size_t capacity = (all->count + count) * 2;

        more = eval_room(e, sizeof *more * capacity, out);
        if (more == NULL)
            return false;
        if (all->count > 0)
            memcpy(more, all->items, sizeof *more * all->count);
        all->items = more;
        all->capacity = capacity;
    }
    for (size_t i = 0; i < count; i++)
        if (items[i].kind != EXPR_NULL)
            all->items[all->count++] = items[i];
    return true;
}

typedef bool keep_fn(struct eval *, const struct expr *node,
                     const struct expr_value *item, const struct expr_value *result,
                     struct gathered *, struct expr_value *out);

/* Evaluates the last argument for each value of the second. */
static void loop(struct eval *e, const struct expr *node, keep_fn *keep,
                 struct expr_value *out)
{
    struct gathered all = {0};
    unsigned slot = node->arguments[0]->slot;
    struct expr_value over;
    const struct expr_value *items;
    size_t count;

    evaluate(e, node->arguments[1], &over);
    if (eval_ends(&over)) {
        *out = over;
        return;
    }
    eval_compact(e->arena, &over);
    items = eval_items(&over, &count);
    for (size_t i = 0; i < count; i++) {
        struct expr_value result;

        e->function = node->function;
        if (!eval_rounds(e, 1, out))
            return;
        e->variables[slot] = items[i];
        evaluate(e, node->arguments[2], &result);
        if (eval_ends(&result)) {
            *out = result;
            return;
        }
        e->function = node->function;
        if (!keep(e, node, &items[i], &result, &all, out))
            return;
    }
    *out = eval_set(all.items, all.count);
}

static bool keep_result(struct eval *e, const struct expr *node,
                        const struct expr_value *item, const struct expr_value *result,
                        struct gathered *all, struct expr_value *out)
{
    (void)node;
    (void)item;
    return gather(e, all, result, out);
}

static bool keep_where_true(struct eval *e, const struct expr *node,
                            const struct expr_value *item,
                            const struct expr_value *result, struct gathered *all,
                            struct expr_value *out)
{
    bool yes;

    if (!truth(e, node->function, result, &yes, out))
        return false;
    return !yes || gather(e, all, item, out);
}

static void run_select(struct eval *e, const struct expr *node, struct expr_value *out)
{
    loop(e, node, keep_result, out);
}

static void run_where(struct eval *e, const struct expr *node, struct expr_value *out)
{
    loop(e, node, keep_where_true, out);
}

/* An error is a value like any other until it is used. */
static void run_with(struct eval *e, const struct expr *node, struct expr_value *out)
{
    struct expr_value value;

    evaluate(e, node->arguments[1], &value);
    e->variables[node->arguments[0]->slot] = value;
    evaluate(e, node->arguments[2], out);
}

/* --- Error -------------------------------------------------------------------------- */

static void raise(struct eval *e, const struct expr_value *arguments, unsigned count,
                  struct expr_value *out)
{
    (void)e;
    (void)count;
    *out = (struct expr_value){
        .kind = EXPR_ERROR, .triggered = true, .bytes = arguments[0].bytes};
}

static const struct function rows[] = {
    {HELP("Error", "void Error(str message)", "Fails the object with this message.",
          "Error(\"AccountName is required\")", "Error(\"AccountName is required\")"),
     .least = 1, .most = 1, .takes = {TAKES_TEXT}, .mode = MODE_EACH, .nulls = NULLS_OWN,
     .body = raise},
    {HELP("IIF", "var IIF(exp condition, var valueIfTrue, var valueIfFalse)",
          "One of two values; the other is not evaluated, and null counts as false.",
          "IIF(1=2,\"a\",\"b\")", "\"b\""),
     .least = 3, .most = 3, .mode = MODE_LAZY, .lazy = iif, .shape = iif_shape},
    {HELP("Select", "mv Select(var $item, mv values, exp function)",
          "What the function makes of each value.",
          "Select($item,Split(\"a-b,c-d\",\",\"),Replace($item,\"-\",\"\"))",
          "{\"ab\", \"cd\"}"),
     .least = 3, .most = 3, .mode = MODE_LAZY, .binds = true, .lazy = run_select},
    {HELP("Switch", "var Switch(exp condition1, var value1, ...)",
          "The value behind the first true condition; all conditions are evaluated.",
          "Switch(1=2,\"a\",True,\"b\")", "\"b\""),
     .least = 2, .most = ANY_NUMBER, .mode = MODE_LAZY, .lazy = run_switch},
    {HELP("Where", "mv Where(var $item, mv values, exp condition)",
          "The values for which the condition is true.",
          "Where($item,Split(\"a,bb,c\",\",\"),Len($item)=1)", "{\"a\", \"c\"}"),
     .least = 3, .most = 3, .mode = MODE_LAZY, .binds = true, .lazy = run_where},
    {HELP("With", "var With(var $name, exp value, exp body)",
          "The body, in which the variable stands for the value, evaluated once.",
          "With($x,LCase(\"AB\"),$x & $x)", "\"abab\""),
     .least = 3, .most = 3, .mode = MODE_LAZY, .binds = true, .lazy = run_with},
};

const struct function_group fn_flow = {"Program flow", rows,
                                       sizeof rows / sizeof rows[0]};
