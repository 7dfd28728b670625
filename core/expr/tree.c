/* SPDX-License-Identifier: Apache-2.0 */
#include "expr/tree.h"

#include "base/text.h"
#include "expr/eval.h"

/* --- constants ---------------------------------------------------------------------- */

#define WORD_OF(text)                                                                    \
    {                                                                                    \
        .kind = EXPR_STRING, .bytes = { text, sizeof text - 1 }                          \
    }

/* An option of a function is its own name, so "DC" in quotes is the same. */
static const struct {
    const char *spelling;
    struct expr_value value;
} constants[] = {
    {"NULL", {.kind = EXPR_NULL}},
    {"True", {.kind = EXPR_BOOLEAN, .number = 1}},
    {"False", {.kind = EXPR_BOOLEAN}},
    {"IgnoreThisFlow", {.kind = EXPR_IGNORE}},
    {"AuthoritativeNull", {.kind = EXPR_AUTHORITATIVE_NULL}},
    {"CRLF", WORD_OF("\r\n")},
    {"vbTextCompare", WORD_OF("vbTextCompare")},
    {"vbBinaryCompare", WORD_OF("vbBinaryCompare")},
    {"CaseInsensitive", WORD_OF("CaseInsensitive")},
    {"CaseSensitive", WORD_OF("CaseSensitive")},
    {"Unicode", WORD_OF("Unicode")},
    {"ASCII", WORD_OF("ASCII")},
    {"UTF8", WORD_OF("UTF8")},
    {"DC", WORD_OF("DC")},
};

bool tree_constant(struct slice word, const char **spelling, struct expr_value *out)
{
    for (size_t i = 0; i < sizeof constants / sizeof constants[0]; i++)
        if (text_caseequal(word, slice_text(constants[i].spelling))) {
            *spelling = constants[i].spelling;
            *out = constants[i].value;
            return true;
        }
    return false;
}

/* --- leaves ------------------------------------------------------------------------- */

static struct expr *leaf(struct arena *arena, enum node_kind kind)
{
    struct expr *node = ARENA_ARRAY(arena, struct expr, 1);

    node->kind = kind;
    node->depth = 1;
    return node;
}

static struct expr *bound(struct expr *node)
{
    eval_bind(node);
    return node;
}

struct expr *tree_literal(struct arena *arena, const struct expr_value *value)
{
    struct expr *node = leaf(arena, NODE_LITERAL);

    node->known = true;
    node->value = *value;
    return bound(node);
}

struct expr *tree_word(struct arena *arena, const char *spelling,
                       const struct expr_value *value)
{
    struct expr *node = leaf(arena, NODE_CONSTANT);

    node->known = true;
    node->text = spelling;
    node->value = *value;
    return bound(node);
}

struct expr *tree_parameter(struct arena *arena, struct slice name)
{
    struct expr *node = leaf(arena, NODE_PARAMETER);

    node->text = arena_textn(arena, name.at, name.length);
    return bound(node);
}

struct expr *tree_variable(struct arena *arena, struct slice name, unsigned slot)
{
    struct expr *node = leaf(arena, NODE_VARIABLE);

    node->text = arena_textn(arena, name.at, name.length);
    node->slot = slot;
    return bound(node);
}

struct expr *expr_attribute(struct arena *arena, struct names *names, const char *name)
{
    struct expr *node = leaf(arena, NODE_ATTRIBUTE);

    node->text = arena_text(arena, name);
    node->name = names_intern_text(names, name);
    return bound(node);
}

/* The word for a value that is written as one; NULL for numbers and texts. */
static const char *word_of(enum expr_kind kind, bool flag)
{
    switch (kind) {
    case EXPR_NULL:
        return "NULL";
    case EXPR_BOOLEAN:
        return flag ? "True" : "False";
    case EXPR_IGNORE:
        return "IgnoreThisFlow";
    case EXPR_AUTHORITATIVE_NULL:
        return "AuthoritativeNull";
    default:
        return NULL;
    }
}

struct expr *expr_literal(struct arena *arena, const struct expr_value *value)
{
    struct expr_value copy = *value;
    const char *word = word_of(value->kind, value->number != 0);

    if (word != NULL)
        return tree_word(arena, word, value);
    if (value->kind == EXPR_STRING || value->kind == EXPR_BYTES)
        copy.bytes = arena_slice(arena, value->bytes);
    return tree_literal(arena, &copy);
}

/* --- calls -------------------------------------------------------------------------- */

static enum ma_status check_call(struct arena *arena, const struct function *function,
                                 size_t count, struct ma_error *err)
{
    if (function->help.refused)
        return ma_fail(err, MA_INVALID, "%s is not supported: %s", function->help.name,
                       function->help.help);
    if (count < function->least ||
        (count > function->most && function->most != ANY_NUMBER))
        return ma_fail(err, MA_INVALID, "%s %s, and %zu are given", function->help.name,
                       function_arity(arena, function), count);
    return MA_OK;
}

static enum ma_status read_name(struct expr *node, struct names *names,
                                struct ma_error *err)
{
    const struct expr *argument = node->arguments[0];
    struct slice name = text_strip(argument->value.bytes);

    if (names == NULL)
        return ma_fail(err, MA_INVALID, "%s stands in texts of expressions only",
                       node->function->help.name);
    if (argument->kind != NODE_LITERAL || argument->value.kind != EXPR_STRING ||
        name.length == 0)
        return ma_fail(err, MA_INVALID,
                       "the argument of %s is the name of an attribute, in quotes",
                       node->function->help.name);
    node->name = names_intern(names, name);
    node->text = name.at;
    return MA_OK;
}

static unsigned depth_of(struct expr *const *arguments, size_t count)
{
    unsigned deepest = 0;

    for (size_t i = 0; i < count; i++)
        if (arguments[i]->depth > deepest)
            deepest = arguments[i]->depth;
    return deepest + 1;
}

static bool all_known(struct expr *const *arguments, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!arguments[i]->known)
            return false;
    return true;
}

/* A call of constants is worked out once; an error stays one of evaluation, since the
 * call may stand in a branch that is never taken. */
static void fold(struct arena *arena, struct expr *node)
{
    struct expr_value value;

    if (node->function->varies || node->function->mode == MODE_LAZY ||
        !all_known(node->arguments, node->count))
        return;
    eval_constant(arena, node, &value);
    if (value.kind == EXPR_ERROR)
        return;
    node->known = true;
    node->value = value;
    eval_bind(node);
}

enum ma_status tree_call(struct expr **out, struct arena *arena, struct names *names,
                         const struct function *function, struct expr **arguments,
                         size_t count, struct ma_error *err)
{
    struct expr *node;
    enum ma_status status = check_call(arena, function, count, err);

    if (status != MA_OK)
        return status;
    node = leaf(arena, NODE_CALL);
    node->function = function;
    node->arguments = arena_copy(arena, arguments, sizeof *arguments * count);
    node->count = (unsigned)count;
    node->depth = depth_of(arguments, count);
    if (node->depth > DEEPEST)
        return ma_fail(err, MA_INVALID, "the expression is more than %d levels deep",
                       DEEPEST);
    if (function->names_attribute)
        status = read_name(node, names, err);
    if (status != MA_OK)
        return status;
    eval_bind(node);
    fold(arena, node);
    *out = node;
    return MA_OK;
}

/* --- comparison and dependencies ---------------------------------------------------- */

static bool same_leaf(const struct expr *a, const struct expr *b)
{
    switch (a->kind) {
    case NODE_LITERAL:
        return operand_same(&a->value, &b->value);
    case NODE_CONSTANT:
    case NODE_PARAMETER:
        return strcmp(a->text, b->text) == 0;
    case NODE_ATTRIBUTE:
        return text_caseequal(slice_text(a->text), slice_text(b->text));
    case NODE_VARIABLE:
        return a->slot == b->slot;
    case NODE_CALL:
        break;
    }
    return a->function == b->function && a->count == b->count;
}

bool expr_equal(const struct expr *a, const struct expr *b)
{
    if (a->kind != b->kind || !same_leaf(a, b))
        return false;
    for (unsigned i = 0; i < a->count; i++)
        if (!expr_equal(a->arguments[i], b->arguments[i]))
            return false;
    return true;
}

struct name_list {
    struct arena *arena;
    uint32_t *items;
    size_t count;
    size_t capacity;
};

static void add_name(struct name_list *list, uint32_t name)
{
    uint32_t *more;

    for (size_t i = 0; i < list->count; i++)
        if (list->items[i] == name)
            return;
    if (list->count == list->capacity) {
        list->capacity = list->capacity == 0 ? 8 : list->capacity * 2;
        more = ARENA_ARRAY(list->arena, uint32_t, list->capacity);
        if (list->count > 0)
            memcpy(more, list->items, sizeof *more * list->count);
        list->items = more;
    }
    list->items[list->count++] = name;
}

static void collect(struct name_list *list, const struct expr *node)
{
    if (node->name != NAME_NONE)
        add_name(list, node->name);
    for (unsigned i = 0; i < node->count; i++)
        collect(list, node->arguments[i]);
}

bool expr_varies(const struct expr *expr)
{
    if (expr->kind != NODE_CALL)
        return false;
    for (unsigned i = 0; i < expr->count; i++)
        if (expr_varies(expr->arguments[i]))
            return true;
    return expr->function->varies;
}

size_t expr_attributes(struct arena *arena, const struct expr *expr, const uint32_t **out)
{
    struct name_list list = {.arena = arena};

    collect(&list, expr);
    *out = list.items;
    return list.count;
}
