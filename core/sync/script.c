/* SPDX-License-Identifier: Apache-2.0 */
#include "sync/script.h"

#include <strings.h>

/* The draft that the engine hands out; the extension sees only its head. */
struct draft {
    struct ma_draft head;
    struct arena *arena;
    const char *target;
    enum value_type type;
    struct expr_value *items;
    size_t count;
    bool set;
};

static struct expr_value text_value(enum value_type type, struct slice bytes)
{
    return (struct expr_value){.kind = type == VALUE_BINARY ? EXPR_BYTES : EXPR_STRING,
                               .bytes = bytes};
}

static enum ma_status draft_set(struct ma_draft *head, const char *name,
                                const struct ma_value *values, size_t count,
                                struct ma_error *err)
{
    struct draft *draft = (struct draft *)head;

    if (strcasecmp(name, draft->target) != 0)
        return ma_fail(err, MA_INVALID, "attribute '%s' is not the target ('%s')", name,
                       draft->target);
    draft->items = ARENA_ARRAY(draft->arena, struct expr_value, count);
    draft->count = count;
    draft->set = true;
    for (size_t i = 0; i < count; i++) {
        struct slice bytes = slice_of(values[i].data, values[i].length);

        draft->items[i] = text_value(draft->type, arena_slice(draft->arena, bytes));
    }
    return MA_OK;
}

static const struct ma_flow *flow_named(const struct ma_rules *rules, const char *name)
{
    for (const struct ma_flow *flow = rules->flows; flow != NULL && flow->name != NULL;
         flow++)
        if (strcmp(flow->name, name) == 0)
            return flow;
    return NULL;
}

static const struct ma_flow *find_flow(const struct unit *unit, const char *assembly,
                                       const char *name)
{
    const struct sync_request *request = unit->sync->request;

    for (size_t i = 0; assembly != NULL && i < request->extension_count; i++)
        if (strcasecmp(request->extensions[i].assembly, assembly) == 0 &&
            request->extensions[i].rules != NULL)
            return flow_named(request->extensions[i].rules, name);
    return NULL;
}

enum ma_status script_missing(struct unit *unit, const char *step, const char *script,
                              const char *assembly, struct ma_error *err)
{
    return unit_fail(unit, err, "extension-entry-point-not-implemented", step, NULL,
                     "'%s' has to be answered by the rules extension '%s', which is not "
                     "loaded or does not have it; bind one with <extension> in mactl.xml",
                     script, assembly == NULL ? "(none named)" : assembly);
}

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
    if (type == VALUE_REFERENCE)
        return slice_text(view_reference(from, arena, value_id(value)));
    return arena_slice(arena, value_write(arena, type, value));
}

static void border_attribute(const struct view *from, struct arena *arena,
                             const struct attr *attr, struct ma_attribute *out)
{
    struct ma_value *values = ARENA_ARRAY(arena, struct ma_value, attr->count);

    for (uint32_t i = 0; i < attr->count; i++) {
        struct slice value = border_value(from, arena, attr->type, attr->values[i]);

        values[i] = (struct ma_value){value.at, value.length};
    }
    out->name = names_text(from->unit->sync->program->names, attr->name);
    out->op = MA_SET;
    out->type = border_type(attr->type);
    out->values = values;
    out->count = attr->count;
}

/* Only what the flow declares. */
static struct ma_entry border_entry(const struct flow *flow, const struct view *from,
                                    struct arena *arena)
{
    const struct names *names = from->unit->sync->program->names;
    struct ma_attribute *attributes =
        ARENA_ARRAY(arena, struct ma_attribute, flow->source_count);
    uint32_t type =
        from->mv != NULL ? from->mv->object.type : unit_type(from->unit, from->cs);
    size_t count = 0;

    for (size_t i = 0; i < flow->source_count; i++) {
        const struct attr *attr = entry_find(view_entry(from), flow->sources[i]);

        if (attr != NULL)
            border_attribute(from, arena, attr, &attributes[count++]);
    }
    return (struct ma_entry){.size = sizeof(struct ma_entry),
                             .change = MA_PRESENT,
                             .dn = view_dn(from),
                             .object_type = names_text(names, type),
                             .attributes = attributes,
                             .count = count};
}

static void draft_value(const struct draft *draft, struct expr_value *out)
{
    *out = (struct expr_value){.kind = EXPR_NULL};
    if (draft->count == 1)
        *out = draft->items[0];
    else if (draft->count > 1)
        *out = (struct expr_value){
            .kind = EXPR_SET, .items = draft->items, .count = (uint32_t)draft->count};
}

/* A rule runs only if a source attribute exists; without sources it always does. */
static bool has_source(const struct flow *flow, const struct view *from)
{
    for (size_t i = 0; i < flow->source_count; i++)
        if (entry_find(view_entry(from), flow->sources[i]) != NULL)
            return true;
    return flow->source_count == 0;
}

enum ma_status script_flow(const struct flow *flow, const struct view *from,
                           const char *step, struct expr_value *out, struct ma_error *err)
{
    struct unit *unit = from->unit;
    const struct compiled_agent *agent = &unit->sync->program->agents[flow->rule->agent];
    const struct ma_flow *found = find_flow(unit, agent->extension, flow->script);
    struct draft draft = {.head = {.size = sizeof draft.head, .set = draft_set},
                          .arena = unit->arena,
                          .type = flow->target_type,
                          .target = names_text(unit->sync->program->names, flow->target)};
    struct ma_error why = {.text = ""};
    struct ma_entry entry;

    *out = (struct expr_value){.kind = EXPR_NULL};
    if (found == NULL)
        return script_missing(unit, step, flow->script, agent->extension, err);
    if (!has_source(flow, from))
        return MA_OK;
    entry = border_entry(flow, from, unit->arena);
    if (found->run(&entry, &draft.head, &why) != MA_OK)
        return unit_fail(unit, err, "extension-dll-exception", step, flow,
                         "extension flow '%s': %s", flow->script, why.text);
    draft_value(&draft, out);
    return MA_OK;
}
