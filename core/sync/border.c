/* SPDX-License-Identifier: Apache-2.0 */
#include "sync/border.h"

#include <strings.h>

/* --- what it sees ------------------------------------------------------------------ */

static enum ma_type border_type(enum value_type type)
{
    static const enum ma_type types[] = {
        [VALUE_NONE] = MA_UNTYPED,   [VALUE_STRING] = MA_TEXT,
        [VALUE_NUMBER] = MA_INTEGER, [VALUE_BOOLEAN] = MA_FLAG,
        [VALUE_BINARY] = MA_BYTES,   [VALUE_REFERENCE] = MA_REFERENCE};

    return types[type];
}

static struct slice border_value(const struct view *from, struct arena *arena,
                                 enum value_type type, struct slice value)
{
    const char *text;

    if (type != VALUE_REFERENCE)
        return arena_slice(arena, value_write(arena, type, value));
    text = view_reference(from, arena, value_id(value));
    return slice_text(text == NULL ? "" : text);
}

static void border_attribute(const struct view *from, struct arena *arena,
                             const struct attr *attr, struct ma_attribute *out)
{
    struct ma_value *values = ARENA_ARRAY(arena, struct ma_value, attr->count);
    const struct compiled_agent *agent = from->cs == NULL ? NULL : from->cs->agent;

    for (uint32_t i = 0; i < attr->count; i++) {
        struct slice value = border_value(from, arena, attr->type, attr->values[i]);

        values[i] = (struct ma_value){value.at, value.length};
    }
    out->name = program_attribute_name(from->unit->sync->program, agent, attr->name);
    out->op = MA_SET;
    out->type = border_type(attr->type);
    out->values = values;
    out->count = attr->count;
}

static bool is_named(const uint32_t *names, size_t count, uint32_t name)
{
    for (size_t i = 0; i < count; i++)
        if (names[i] == name)
            return true;
    return names == NULL;
}

const struct ma_entry *border_entry(const struct view *view, const uint32_t *names,
                                    size_t count)
{
    struct arena *arena = view->unit->arena;
    const struct entry *entry = view_entry(view);
    struct ma_attribute *attributes =
        ARENA_ARRAY(arena, struct ma_attribute, entry->count);
    struct ma_entry *out = arena_zero(arena, sizeof *out);
    uint32_t type =
        view->mv != NULL ? view->mv->object.type : unit_type(view->unit, view->cs);

    *out = (struct ma_entry){.size = sizeof *out,
                             .change = MA_PRESENT,
                             .dn = view_dn(view),
                             .object_type =
                                 names_text(view->unit->sync->program->names, type),
                             .attributes = attributes};
    if (view->cs != NULL)
        out->anchor =
            (struct ma_value){view->cs->object.anchor.at, view->cs->object.anchor.length};
    for (uint32_t i = 0; i < entry->count; i++)
        if (is_named(names, count, entry->attrs[i].name))
            border_attribute(view, arena, &entry->attrs[i], &attributes[out->count++]);
    return out;
}

/* --- what it gives ----------------------------------------------------------------- */

static enum ma_status draft_set(struct ma_draft *head, const char *name,
                                const struct ma_value *values, size_t count,
                                struct ma_error *err)
{
    struct draft *draft = (struct draft *)head;

    if (strcasecmp(name, draft->target) != 0)
        return ma_fail(err, MA_INVALID, "attribute '%s' is not the target ('%s')", name,
                       draft->target);
    draft->items = ARENA_ARRAY(draft->arena, struct slice, count);
    draft->count = count;
    for (size_t i = 0; i < count; i++)
        draft->items[i] =
            arena_slice(draft->arena, slice_of(values[i].data, values[i].length));
    return MA_OK;
}

static struct expr_value one_value(enum value_type type, struct slice bytes)
{
    return (struct expr_value){.kind = type == VALUE_BINARY ? EXPR_BYTES : EXPR_STRING,
                               .bytes = bytes};
}

struct expr_value border_taken(const struct draft *draft, enum value_type type)
{
    struct expr_value value = {.kind = EXPR_NULL};
    struct expr_value *items;

    if (draft->count == 1)
        return one_value(type, draft->items[0]);
    if (draft->count == 0)
        return value;
    items = ARENA_ARRAY(draft->arena, struct expr_value, draft->count);
    for (size_t i = 0; i < draft->count; i++)
        items[i] = one_value(type, draft->items[i]);
    return (struct expr_value){
        .kind = EXPR_SET, .items = items, .count = (uint32_t)draft->count};
}

/* Of an agent that is not configured any more: none. */
static const char *giver_name(const struct view *view, const struct mv_lineage *line)
{
    const struct compiled_agent *agent =
        program_agent(view->unit->sync->program, line->agent);

    return agent == NULL ? "" : agent->config->name;
}

static const struct ma_contribution *draft_current(struct ma_draft *head,
                                                   const char *name)
{
    const struct draft *draft = (const struct draft *)head;
    const struct mv_object *object =
        draft->object == NULL ? NULL : &draft->object->mv->object;
    struct ma_contribution *out;
    struct ma_attribute attribute;

    if (object == NULL || strcasecmp(name, draft->target) != 0 ||
        entry_find(&object->entry, draft->attribute) == NULL ||
        mv_lineage_of(object, draft->attribute) == NULL)
        return NULL;
    border_attribute(draft->object, draft->arena,
                     entry_find(&object->entry, draft->attribute), &attribute);
    out = arena_zero(draft->arena, sizeof *out);
    *out = (struct ma_contribution){
        .size = sizeof *out,
        .values = attribute.values,
        .count = attribute.count,
        .agent = giver_name(draft->object, mv_lineage_of(object, draft->attribute)),
        .time = mv_lineage_of(object, draft->attribute)->time};
    return out;
}

struct draft border_draft(struct unit *unit, const char *target)
{
    return (struct draft){.head = {.size = sizeof(struct ma_draft),
                                   .set = draft_set,
                                   .current = draft_current},
                          .arena = unit->arena,
                          .target = target};
}
