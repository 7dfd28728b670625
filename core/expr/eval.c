/* SPDX-License-Identifier: Apache-2.0 */
#include "expr/eval.h"

#include <stdio.h>

/* A constant is kept as long as the expression, so it may not be large. */
enum { CONSTANT_MOST_BYTES = 64 * 1024 };

/* --- what bodies use ---------------------------------------------------------------- */

void eval_fail(struct eval *e, struct expr_value *out, const char *fmt, ...)
{
    char what[400];
    char *text;
    va_list args;

    va_start(args, fmt);
    vsnprintf(what, sizeof what, fmt, args);
    va_end(args);
    text = e->function == NULL
               ? arena_text(e->arena, what)
               : arena_print(e->arena, "%s: %s", e->function->help.name, what);
    *out = (struct expr_value){.kind = EXPR_ERROR, .bytes = slice_text(text)};
}

void *eval_room(struct eval *e, size_t size, struct expr_value *out)
{
    size_t used = e->arena->used - e->used;

    if (used <= e->most && size <= e->most - used)
        return arena_alloc(e->arena, size);
    eval_fail(e, out, "the result takes more than %zu MB", e->most >> 20);
    return NULL;
}

void eval_join(struct eval *e, enum expr_kind kind, struct slice a, struct slice b,
               struct expr_value *out)
{
    size_t length = a.length + b.length;
    char *room = eval_room(e, length + 1, out);

    if (room == NULL)
        return;
    if (a.length > 0)
        memcpy(room, a.at, a.length);
    if (b.length > 0)
        memcpy(room + a.length, b.at, b.length);
    room[length] = '\0';
    *out = (struct expr_value){.kind = kind, .bytes = {room, length}};
}

bool eval_rounds(struct eval *e, size_t count, struct expr_value *out)
{
    e->steps += count;
    if (e->steps <= EVAL_MOST_STEPS)
        return true;
    eval_fail(e, out, "the expression goes round more than %d times", EVAL_MOST_STEPS);
    return false;
}

void eval_traced(struct eval *e, const struct expr *node, const struct expr_value *value)
{
    struct expr_value shown = *value;

    eval_compact(e->arena, &shown);
    e->source->trace(e->source, expr_print(e->arena, node), &shown);
}

/* --- sets --------------------------------------------------------------------------- */

struct expr_value eval_set(const struct expr_value *items, size_t count)
{
    if (count == 0)
        return (struct expr_value){.kind = EXPR_NULL};
    if (count == 1)
        return items[0];
    return (struct expr_value){
        .kind = EXPR_SET, .items = items, .count = (uint32_t)count};
}

static bool has_null(const struct expr_value *set)
{
    for (uint32_t i = 0; i < set->count; i++)
        if (set->items[i].kind == EXPR_NULL)
            return true;
    return false;
}

void eval_compact(struct arena *arena, struct expr_value *value)
{
    struct expr_value *kept;
    size_t count = 0;

    if (value->kind != EXPR_SET)
        return;
    if (!has_null(value)) {
        *value = eval_set(value->items, value->count);
        return;
    }
    kept = arena_alloc(arena, sizeof *kept * value->count);
    for (uint32_t i = 0; i < value->count; i++)
        if (value->items[i].kind != EXPR_NULL)
            kept[count++] = value->items[i];
    *value = eval_set(kept, count);
}

const struct expr_value *eval_items(const struct expr_value *value, size_t *count)
{
    if (value->kind == EXPR_SET) {
        *count = value->count;
        return value->items;
    }
    *count = value->kind != EXPR_NULL;
    return value;
}

/* --- calls -------------------------------------------------------------------------- */

static bool convert_to_number(unsigned takes, struct expr_value *value)
{
    struct expr_value number;

    if ((takes & TAKES_REAL) != 0 && operand_numeric(value, &number)) {
        *value = number;
        return true;
    }
    number = (struct expr_value){.kind = EXPR_NUMBER};
    if (!operand_to_number(value, &number.number))
        return false;
    *value = number;
    return true;
}

/* Brings the value to a kind that is taken, where that is exact. */
static bool convert(struct eval *e, unsigned takes, struct expr_value *value)
{
    struct slice text;

    if ((takes & TAKES_TEXT) != 0 && operand_to_text(e->arena, value, &text)) {
        eval_text(value, text);
        return true;
    }
    if ((takes & TAKES_NUMBER) != 0 && convert_to_number(takes, value))
        return true;
    if ((takes & TAKES_REFERENCE) != 0 && value->kind == EXPR_STRING) {
        *value = (struct expr_value){.kind = EXPR_REFERENCE, .bytes = value->bytes};
        return true;
    }
    return false;
}

static const char *wanted(unsigned takes)
{
    static const struct {
        unsigned taken;
        const char *words;
    } names[] = {{TAKES_TEXT | TAKES_BYTES, "a text or binary"},
                 {TAKES_TEXT, "a text"},
                 {TAKES_NUMBER, "a number"},
                 {TAKES_BYTES, "binary"},
                 {TAKES_DATE, "a date"},
                 {TAKES_REFERENCE, "a reference"}};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if ((takes & names[i].taken) == names[i].taken)
            return names[i].words;
    return "something else";
}

static inline bool is_taken(unsigned takes, enum expr_kind kind)
{
    return (takes >> kind & 1u) != 0;
}

void eval_apply(struct eval *e, const struct function *function,
                struct expr_value *arguments, unsigned count, struct expr_value *out)
{
    e->function = function;
    for (unsigned i = 0; i < count; i++) {
        struct expr_value *value = &arguments[i];
        unsigned takes = function->takes[i];

        if (value->kind == EXPR_SET && is_taken(takes, EXPR_SET))
            eval_compact(e->arena, value);
        if (value->kind == EXPR_NULL) {
            if (function->nulls == NULLS_OWN)
                continue;
            eval_null(out);
            return;
        }
        if (!is_taken(takes, value->kind) && !convert(e, takes, value)) {
            eval_fail(e, out, "argument %u is %s, and %s is wanted", i + 1,
                      operand_kind(value->kind), wanted(takes));
            return;
        }
    }
    function->body(e, arguments, count, out);
}

/* How many values the sets among the arguments have; a set of one counts as its value.
 * False where they differ. */
static bool common_length(struct eval *e, const struct expr_value *arguments,
                          unsigned count, size_t *out, struct expr_value *error)
{
    *out = 1;
    for (unsigned i = 0; i < count; i++) {
        size_t length = arguments[i].kind == EXPR_SET ? arguments[i].count : 1;

        if (length == 1 || length == *out)
            continue;
        if (*out != 1) {
            eval_fail(e, error, "sets of %zu and of %zu values cannot go in pairs", *out,
                      length);
            return false;
        }
        *out = length;
    }
    return true;
}

static inline struct expr_value element(const struct expr_value *value, size_t i)
{
    if (value->kind != EXPR_SET)
        return *value;
    return value->items[value->count == 1 ? 0 : i];
}

/* Calls a function of single values for each value of the sets among its arguments. */
static void each(struct eval *e, const struct function *function,
                 const struct expr_value *arguments, unsigned count,
                 struct expr_value *out)
{
    struct expr_value singles[MOST_TAKEN];
    struct expr_value *items;
    size_t length;

    e->function = function;
    if (!common_length(e, arguments, count, &length, out) || !eval_rounds(e, length, out))
        return;
    items = eval_room(e, sizeof *items * length, out);
    for (size_t i = 0; items != NULL && i < length; i++) {
        for (unsigned j = 0; j < count; j++)
            singles[j] = element(&arguments[j], i);
        eval_apply(e, function, singles, count, &items[i]);
        if (eval_ends(&items[i])) {
            *out = items[i];
            return;
        }
    }
    if (items != NULL)
        *out = (struct expr_value){
            .kind = EXPR_SET, .items = items, .count = (uint32_t)length};
}

void eval_values(struct eval *e, const struct function *function,
                 struct expr_value *arguments, unsigned count, struct expr_value *out)
{
    bool sets = false;

    for (unsigned i = 0; i < count; i++)
        sets = sets || arguments[i].kind == EXPR_SET;
    if (sets && function->mode == MODE_EACH)
        each(e, function, arguments, count, out);
    else
        eval_apply(e, function, arguments, count, out);
}

/* Nearly every argument is a single value of a kind that is taken as it is. */
static void call(struct eval *e, const struct expr *node, struct expr_value *out)
{
    const struct function *function = node->function;
    struct expr_value arguments[MOST_TAKEN];
    unsigned plain = 1;

    for (unsigned i = 0; i < node->count; i++) {
        const struct expr *argument = node->arguments[i];

        argument->run(e, argument, &arguments[i]);
        if (eval_ends(&arguments[i])) {
            *out = arguments[i];
            return;
        }
        plain &= (function->takes[i] & TAKES_SINGLE) >> arguments[i].kind;
    }
    if (plain != 0) {
        e->function = function;
        function->body(e, arguments, node->count, out);
    } else {
        eval_values(e, function, arguments, node->count, out);
    }
}

/* --- how a node is evaluated -------------------------------------------------------- */

void eval_call(struct eval *e, const struct expr *node, struct expr_value *out)
{
    call(e, node, out);
    if (e->tracing)
        eval_traced(e, node, out);
}

static void run_lazy(struct eval *e, const struct expr *node, struct expr_value *out)
{
    node->function->lazy(e, node, out);
    if (e->tracing)
        eval_traced(e, node, out);
}

static void run_known(struct eval *e, const struct expr *node, struct expr_value *out)
{
    eval_move(out, &node->value);
    if (e->tracing && node->kind == NODE_CALL)
        eval_traced(e, node, out);
}

static void run_attribute(struct eval *e, const struct expr *node, struct expr_value *out)
{
    *out =
        e->source->attribute(e->source, e->arena, EXPR_EXPECTED, node->name, node->text);
}

static void run_parameter(struct eval *e, const struct expr *node, struct expr_value *out)
{
    const char *text =
        e->source->parameter == NULL ? NULL : e->source->parameter(e->source, node->text);

    e->function = NULL;
    if (text == NULL)
        eval_fail(e, out, "there is no parameter %%%s%%", node->text);
    else
        eval_text(out, slice_text(text));
}

static void run_variable(struct eval *e, const struct expr *node, struct expr_value *out)
{
    *out = e->variables[node->slot];
}

static run_fn *run_of_call(const struct expr *node)
{
    run_fn *shaped = NULL;

    if (node->function->shape != NULL)
        shaped = node->function->shape(node);
    if (shaped != NULL)
        return shaped;
    return node->function->mode == MODE_LAZY ? run_lazy : eval_call;
}

void eval_bind(struct expr *node)
{
    static run_fn *const runs[] = {
        [NODE_LITERAL] = run_known,       [NODE_CONSTANT] = run_known,
        [NODE_ATTRIBUTE] = run_attribute, [NODE_PARAMETER] = run_parameter,
        [NODE_VARIABLE] = run_variable,
    };

    if (node->known)
        node->run = run_known;
    else
        node->run = node->kind == NODE_CALL ? run_of_call(node) : runs[node->kind];
}

static void begin(struct eval *e, const struct expr_source *source, struct arena *arena,
                  size_t most)
{
    e->source = source;
    e->arena = arena;
    e->used = arena->used;
    e->most = most;
    e->steps = 0;
    e->tracing = source->trace != NULL;
    e->function = NULL;
}

void eval_constant(struct arena *arena, const struct expr *node, struct expr_value *out)
{
    static const struct expr_source nothing;
    struct eval e;

    begin(&e, &nothing, arena, CONSTANT_MOST_BYTES);
    call(&e, node, out);
    eval_compact(arena, out);
}

struct expr_value expr_eval(const struct expr *expr, const struct expr_source *source,
                            struct arena *arena)
{
    struct expr_value value;
    struct eval e;

    begin(&e, source, arena, EVAL_MOST_BYTES);
    expr->run(&e, expr, &value);
    if (value.kind == EXPR_STRING) /* eval_move says why */
        return (struct expr_value){.kind = EXPR_STRING, .bytes = value.bytes};
    if (value.kind <= EXPR_NUMBER)
        return (struct expr_value){.kind = value.kind, .number = value.number};
    if (value.kind == EXPR_SET)
        eval_compact(arena, &value);
    return value;
}
