/* SPDX-License-Identifier: Apache-2.0 */

/* Expressions of shapes that rules are full of, made one step: expr.h says what for. */

#include <string.h>
#include <strings.h>

#include "expr/eval.h"
#include "expr/fn_search.h"

/* An expression that reads more is seldom without all of it. */
enum { MOST_ABSENT = 4 };

static bool is_call(const struct expr *node, const char *name)
{
    return node->kind == NODE_CALL && !node->known &&
           strcmp(node->function->help.name, name) == 0;
}

/* Not the DN, which is no attribute of the entry. */
static bool is_attribute(const struct expr *node)
{
    return node->kind == NODE_ATTRIBUTE && node->name != NAME_NONE &&
           strcasecmp(node->text, "dn") != 0;
}

static bool is_known(const struct expr *node, enum expr_kind kind)
{
    return node->known && node->value.kind == kind;
}

/* --- Left(Trim(Item([x],1)),n), and less -------------------------------------------- */

/* The outermost call that is looked for, or the node itself. */
static const struct expr *take_left(const struct expr *node, struct expr_fusion *out)
{
    if (!is_call(node, "Left") || !is_known(node->arguments[1], EXPR_NUMBER))
        return node;
    out->most = node->arguments[1]->value.number;
    return node->arguments[0];
}

static const struct expr *take_trim(const struct expr *node, struct expr_fusion *out)
{
    out->trims = is_call(node, "Trim");
    return out->trims ? node->arguments[0] : node;
}

static const struct expr *take_first(const struct expr *node, struct expr_fusion *out)
{
    out->first = is_call(node, "Item") && is_known(node->arguments[1], EXPR_NUMBER) &&
                 node->arguments[1]->value.number == 1;
    return out->first ? node->arguments[0] : node;
}

/* Whether the rest is an attribute of which something is taken. */
static bool is_text(const struct expr *node, struct expr_fusion *out)
{
    const struct expr *rest;

    out->most = -1;
    rest = take_first(take_trim(take_left(node, out), out), out);
    out->name = rest->name;
    return rest != node && is_attribute(rest);
}

/* --- IIF ---------------------------------------------------------------------------- */

/* `IIF(IsPresent([x]),a,b)` and its relatives, told apart. */
struct presence {
    const struct expr *attribute;
    const struct expr *there;
    const struct expr *absent;
    bool empty_is_there;
};

static bool is_presence(const struct expr *node, struct presence *out)
{
    const struct expr *test;
    bool positive;

    if (!is_call(node, "IIF"))
        return false;
    test = node->arguments[0];
    positive = is_call(test, "IsPresent");
    out->empty_is_there = is_call(test, "IsNull");
    if (!positive && !out->empty_is_there && !is_call(test, "IsNullOrEmpty"))
        return false;
    out->attribute = test->arguments[0];
    out->there = node->arguments[positive ? 1 : 2];
    out->absent = node->arguments[positive ? 2 : 1];
    return is_attribute(out->attribute);
}

/* `IIF(IsNullOrEmpty([x]),NULL,Left(Trim(Item([x],1)),448))` */
static bool is_guarded_text(const struct presence *presence, struct expr_fusion *out)
{
    return is_known(presence->absent, EXPR_NULL) && is_text(presence->there, out) &&
           out->name == presence->attribute->name;
}

/* `IIF(IsNullOrEmpty([x]),[y],[x])`, and with a constant instead of [y]. */
static bool is_choice(const struct presence *presence, struct expr_fusion *out)
{
    const struct expr *absent = presence->absent;

    if (presence->empty_is_there || !is_attribute(presence->there) ||
        presence->there->name != presence->attribute->name)
        return false;
    out->name = presence->attribute->name;
    out->otherwise = absent->known ? &absent->value : NULL;
    out->other = is_attribute(absent) ? absent->name : NAME_NONE;
    return out->otherwise != NULL || out->other != NAME_NONE;
}

static enum expr_shape shape_of(const struct expr *expr, struct expr_fusion *out)
{
    struct presence presence;

    if (is_presence(expr, &presence)) {
        if (is_choice(&presence, out))
            return EXPR_SHAPE_CHOICE;
        return is_guarded_text(&presence, out) ? EXPR_SHAPE_TEXT : EXPR_SHAPE_OTHER;
    }
    /* Item() of nothing is an error, unless somebody asked before. */
    return is_text(expr, out) && !out->first ? EXPR_SHAPE_TEXT : EXPR_SHAPE_OTHER;
}

/* --- of nothing --------------------------------------------------------------------- */

/* Whether it reads attributes of the entry, and nothing else that may differ. */
static bool reads_entry_alone(const struct expr *node)
{
    if (node->kind == NODE_PARAMETER ||
        (node->kind == NODE_ATTRIBUTE && !is_attribute(node)) ||
        (node->kind == NODE_CALL && node->function->names_attribute))
        return false;
    for (unsigned i = 0; i < node->count; i++)
        if (!reads_entry_alone(node->arguments[i]))
            return false;
    return true;
}

static struct expr_value nothing_there(const struct expr_source *source,
                                       struct arena *arena, enum expr_layer layer,
                                       uint32_t name, const char *text)
{
    (void)source;
    (void)arena;
    (void)layer;
    (void)name;
    (void)text;
    return (struct expr_value){.kind = EXPR_NULL};
}

static const struct expr_value *value_of_nothing(struct arena *arena,
                                                 const struct expr *expr)
{
    static const struct expr_source nothing = {.attribute = nothing_there};
    struct expr_value value = expr_eval(expr, &nothing, arena);

    if (value.kind == EXPR_ERROR || value.kind == EXPR_SET)
        return NULL;
    return arena_copy(arena, &value, sizeof value);
}

static bool look_at_absence(struct arena *arena, const struct expr *expr,
                            struct expr_fusion *out)
{
    out->count = expr_attributes(arena, expr, &out->names);
    if (out->count == 0 || out->count > MOST_ABSENT || expr_varies(expr) ||
        !reads_entry_alone(expr))
        return false;
    out->absent = value_of_nothing(arena, expr);
    return out->absent != NULL;
}

const struct expr_fusion *expr_fuse(struct arena *arena, const struct expr *expr)
{
    struct expr_fusion fusion = {.other = NAME_NONE};

    fusion.shape = shape_of(expr, &fusion);
    if (fusion.shape == EXPR_SHAPE_OTHER && !look_at_absence(arena, expr, &fusion))
        return NULL;
    return arena_copy(arena, &fusion, sizeof fusion);
}

/* --- as it is run ------------------------------------------------------------------- */

static inline bool is_there(const struct attr *attr)
{
    return attr != NULL && attr->count > 0;
}

static bool give_known(const struct expr_value *known, struct expr_yield *out)
{
    *out = (struct expr_yield){.known = known};
    return true;
}

static struct slice cut(const struct expr_fusion *fusion, struct slice text)
{
    if (fusion->trims)
        text = text_trim(text);
    if (fusion->most >= 0 && (uint64_t)fusion->most < text.length)
        text.length = search_offset(text, (size_t)fusion->most);
    return text;
}

static bool give_text(const struct expr_fusion *fusion, enum value_type type,
                      const struct expr_finder *finder, struct arena *arena,
                      struct expr_yield *out)
{
    const struct attr *attr = finder->find(finder, fusion->name);
    struct slice *value;

    *out = (struct expr_yield){.count = 0};
    if (!is_there(attr))
        return true;
    if (type != VALUE_STRING || attr->type != VALUE_STRING ||
        (attr->count > 1 && !fusion->first))
        return false;
    value = arena_alloc(arena, sizeof *value);
    *value = cut(fusion, attr->values[0]);
    out->values = value;
    out->count = value->length > 0;
    return true;
}

/* All values but an empty one, which sorts first and contributes nothing. */
static bool give_attribute(const struct attr *attr, enum value_type type,
                           struct expr_yield *out)
{
    bool empty;

    if (attr->type != type || type == VALUE_REFERENCE)
        return false;
    empty = attr->values[0].length == 0;
    *out =
        (struct expr_yield){.values = attr->values + empty, .count = attr->count - empty};
    return true;
}

static bool give_choice(const struct expr_fusion *fusion, enum value_type type,
                        const struct expr_finder *finder, struct expr_yield *out)
{
    const struct attr *attr = finder->find(finder, fusion->name);

    if (is_there(attr) && (attr->count > 1 || attr->values[0].length > 0))
        return give_attribute(attr, type, out);
    if (fusion->otherwise != NULL)
        return give_known(fusion->otherwise, out);
    attr = finder->find(finder, fusion->other);
    *out = (struct expr_yield){.count = 0};
    return !is_there(attr) || give_attribute(attr, type, out);
}

static bool give_of_nothing(const struct expr_fusion *fusion,
                            const struct expr_finder *finder, struct expr_yield *out)
{
    for (size_t i = 0; i < fusion->count; i++)
        if (is_there(finder->find(finder, fusion->names[i])))
            return false;
    return give_known(fusion->absent, out);
}

bool expr_run_fused(const struct expr_fusion *fusion, enum value_type type,
                    const struct expr_finder *finder, struct arena *arena,
                    struct expr_yield *out)
{
    switch (fusion->shape) {
    case EXPR_SHAPE_TEXT:
        return give_text(fusion, type, finder, arena, out);
    case EXPR_SHAPE_CHOICE:
        return give_choice(fusion, type, finder, out);
    case EXPR_SHAPE_OTHER:
        break;
    }
    return give_of_nothing(fusion, finder, out);
}
