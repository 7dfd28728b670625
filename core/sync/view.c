/* SPDX-License-Identifier: Apache-2.0 */
#include "sync/view.h"

#include <strings.h>

/* --- what is read ----------------------------------------------------------------- */

static const struct image *view_image(const struct view *view, bool imported)
{
    return imported ? unit_imported(view->unit, view->cs)
                    : unit_expected(view->unit, view->cs);
}

const struct entry *view_entry(const struct view *view)
{
    if (view->mv != NULL)
        return &view->mv->object.entry;
    return &view_image(view, view->imported)->entry;
}

const char *view_dn(const struct view *view)
{
    return view->cs == NULL ? NULL : view_image(view, view->imported)->dn;
}

/* Where the attributes of an entry stand, by name: 0 nowhere, else one more. Flows ask
 * for some hundred attributes of an object. */
enum { INDEXED = UINT8_MAX - 1 };
struct view_index {
    const struct attr *of; /* the attributes of the entry that it was made of */
    uint32_t names;
    unsigned char *at;
};

static void make_index(struct arena *arena, const struct entry *entry,
                       struct view_index *index)
{
    uint32_t names = entry->count == 0 ? 0 : entry->attrs[entry->count - 1].name + 1;

    index->of = entry->attrs;
    index->names = names;
    index->at = arena_zero(arena, names);
    for (uint32_t i = 0; i < entry->count; i++)
        index->at[entry->attrs[i].name] = (unsigned char)(i + 1);
}

const struct attr *view_find(const struct view *view, uint32_t name)
{
    const struct entry *entry = view_entry(view);
    struct view_index *index = view->index;

    if (index == NULL || entry->count > INDEXED)
        return entry_find(entry, name);
    if (index->of != entry->attrs)
        make_index(view->unit->arena, entry, index);
    return name < index->names && index->at[name] > 0 ? &entry->attrs[index->at[name] - 1]
                                                      : NULL;
}

bool view_is_partial(const struct view *view, uint32_t name)
{
    if (view->mv != NULL)
        return names_have(view->mv->object.partial, view->mv->object.partial_count, name);
    return view->cs != NULL &&
           names_have(view->cs->object.partial, view->cs->object.partial_count, name);
}

/* NULL: it is not there. One that this unit makes is not in the store yet. */
static const struct guid *guid_of_mv(struct unit *unit, struct arena *arena, uint64_t id)
{
    struct ma_error err;
    struct mv_object object;

    for (size_t i = 0; i < unit->metas.count; i++)
        if (unit->metas.items[i]->object.id == id)
            return &unit->metas.items[i]->object.guid;
    if (mv_get_values(unit->sync->batch, arena, id, NULL, 0, &object, &err) != MA_OK)
        return NULL;
    return arena_copy(arena, &object.guid, sizeof object.guid);
}

static const char *reference_of_mv(const struct view *view, struct arena *arena,
                                   uint64_t id)
{
    const struct guid *guid = guid_of_mv(view->unit, arena, id);
    char text[GUID_TEXT];

    return guid == NULL ? NULL
                        : arena_text(arena, guid_format(guid, GUID_BRACED_UPPER, text));
}

static const char *reference_of_cs(const struct view *view, struct arena *arena,
                                   uint64_t id)
{
    struct ma_error err;
    struct cs_object object;

    if (cs_get_outline(view->unit->sync->batch, arena, view->cs->object.agent, id,
                       &object, &err) != MA_OK)
        return NULL;
    return object_dn(arena, &object);
}

const char *view_reference(const struct view *view, struct arena *arena, uint64_t id)
{
    return view->mv != NULL ? reference_of_mv(view, arena, id)
                            : reference_of_cs(view, arena, id);
}

/* --- for expressions ---------------------------------------------------------------- */

static bool is_dn(const struct view *view, uint32_t name, const char *text)
{
    if (view->cs == NULL)
        return false;
    return name == NAME_NONE ? text != NULL && strcasecmp(text, "dn") == 0
                             : name == view->unit->sync->dn_name;
}

static struct expr_value dn_value(const struct image *image)
{
    struct expr_value value = {.kind = EXPR_NULL};

    if (image->dn != NULL) {
        value.kind = EXPR_STRING;
        value.bytes = slice_text(image->dn);
    }
    return value;
}

/* The language wants the DN of a reference, which only the store knows. */
static void fill_reference(const struct view *view, struct arena *arena,
                           struct expr_value *value)
{
    const char *text = view_reference(view, arena, (uint64_t)value->number);

    value->bytes = slice_text(text == NULL ? "" : text);
}

static struct expr_value reference_value(const struct view *view, struct arena *arena,
                                         const struct attr *attr)
{
    struct expr_value value = expr_of_attr(arena, attr);
    struct expr_value *items;

    if (value.kind == EXPR_REFERENCE)
        fill_reference(view, arena, &value);
    if (value.kind != EXPR_SET)
        return value;
    items = arena_copy(arena, value.items, sizeof *items * value.count);
    for (uint32_t i = 0; i < value.count; i++)
        fill_reference(view, arena, &items[i]);
    value.items = items;
    return value;
}

static const struct attr *layer_find(const struct view *view, enum expr_layer layer,
                                     uint32_t name)
{
    if (view->mv != NULL || layer == EXPR_EXPECTED)
        return view_find(view, name);
    return entry_find(&unit_imported(view->unit, view->cs)->entry, name);
}

static struct expr_value view_attribute(const struct expr_source *source,
                                        struct arena *arena, enum expr_layer layer,
                                        uint32_t name, const char *text)
{
    const struct view *view = (const struct view *)source;
    const struct attr *attr;

    if (is_dn(view, name, text))
        return dn_value(view_image(view, view->imported || layer == EXPR_IMPORTED));
    view_need_all(view, name);
    attr = name == NAME_NONE ? NULL : layer_find(view, layer, name);
    if (attr == NULL)
        return (struct expr_value){.kind = EXPR_NULL};
    if (attr->type == VALUE_REFERENCE)
        return reference_value(view, arena, attr);
    return expr_of_attr(arena, attr);
}

static uint64_t view_count(const struct expr_source *source, uint32_t name,
                           const char *text)
{
    const struct view *view = (const struct view *)source;
    const struct attr *attr = name == NAME_NONE ? NULL : view_find(view, name);

    (void)text; /* a name that no table knows has no values */
    view_need_all(view, name);
    return attr == NULL ? 0 : attr->count;
}

static const char *view_parameter(const struct expr_source *source, const char *name)
{
    const struct view *view = (const struct view *)source;
    struct sync *sync = view->unit->sync;
    uint32_t partition = view->cs == NULL ? view->partition : view->cs->object.partition;
    struct kept_parameter *kept =
        &sync->parameters[(uintptr_t)name / sizeof(void *) % KEPT_PARAMETERS];

    if (kept->name != name || kept->agent != view->agent || kept->partition != partition)
        *kept = (struct kept_parameter){
            name, view->agent, partition,
            program_parameter(sync->program, view->agent, partition, name)};
    return kept->value;
}

static struct view new_view(struct unit *unit)
{
    return (struct view){.source = {.attribute = view_attribute,
                                    .count = view_count,
                                    .parameter = view_parameter},
                         .unit = unit};
}

struct view view_of_connector(struct unit *unit, struct connector *connector,
                              bool imported)
{
    struct view view = new_view(unit);

    view.cs = connector;
    view.agent = connector->agent;
    view.imported = imported;
    return view;
}

struct view view_of_meta(struct unit *unit, struct meta *meta,
                         const struct compiled_agent *agent, uint32_t partition)
{
    struct view view = new_view(unit);

    view.mv = meta;
    view.agent = agent;
    view.partition = partition;
    return view;
}

const struct view *view_kept(struct unit *unit, struct connector *connector,
                             bool imported)
{
    const struct view **kept = &connector->views[imported];

    if (*kept == NULL) {
        struct view view = view_of_connector(unit, connector, imported);

        view.index = arena_zero(unit->arena, sizeof *view.index);
        *kept = arena_copy(unit->arena, &view, sizeof view);
    }
    return *kept;
}

const struct view *view_kept_meta(struct unit *unit, struct meta *meta)
{
    if (meta->view == NULL) {
        struct view view = view_of_meta(unit, meta, NULL, 0);

        view.index = arena_zero(unit->arena, sizeof *view.index);
        meta->view = arena_copy(unit->arena, &view, sizeof view);
    }
    return meta->view;
}

/* --- for scopes ------------------------------------------------------------------ */

static const char *subject_reference(const struct subject *subject, struct arena *arena,
                                     uint64_t id)
{
    return view_reference(subject->context, arena, id);
}

/* Groups of the viewed object's connector space refer to it: is the named one of them? */
static bool subject_is_member(const struct subject *subject, const char *group_dn)
{
    const struct view *view = subject->context;
    struct batch *batch = view->unit->sync->batch;
    uint32_t agent = view->cs->object.agent;
    struct ma_error err;
    id_list referrers = {0};
    uint64_t group;
    bool found = false;

    if (cs_find_dn(batch, agent, group_dn, &group, &err) != MA_OK ||
        cs_referrers(batch, agent, view->cs->object.id, &referrers, &err) != MA_OK)
        return false;
    for (size_t i = 0; i < referrers.count; i++)
        found = found || referrers.items[i] == group;
    VEC_FREE(&referrers);
    return found;
}

struct subject view_subject(const struct view *view)
{
    return (struct subject){.entry = view_entry(view),
                            .dn = view_dn(view),
                            .object = view->cs == NULL ? view->mv->object.id
                                                       : view->cs->object.id,
                            .is_member = view->cs == NULL ? NULL : subject_is_member,
                            .reference_dn = subject_reference,
                            .context = (void *)(uintptr_t)view};
}

/* A scope compares values, and asks whether there are any. */
static void scope_needs_all(const struct view *view, const struct scope *scope)
{
    for (size_t i = 0; i < scope->count; i++)
        for (size_t j = 0; j < scope->groups[i].count; j++)
            view_need_all(view, scope->groups[i].items[j].attribute);
}

bool view_holds(const struct view *view, const struct scope *scope)
{
    struct subject subject = view_subject(view);

    scope_needs_all(view, scope);
    return scope_holds(scope, &subject);
}

signed char *view_slot(struct unit *unit, signed char **slots, uint32_t rule)
{
    if (*slots == NULL)
        *slots = arena_zero(unit->arena, unit->sync->program->rule_count);
    return *slots + rule;
}

bool view_scope_holds(struct unit *unit, struct connector *connector, bool imported,
                      const struct scope *scope)
{
    struct view view;

    if (scope->count == 0)
        return true;
    view = view_of_connector(unit, connector, imported);
    return view_holds(&view, scope);
}

bool view_rule_holds(struct unit *unit, struct connector *connector,
                     const struct rule *rule)
{
    signed char *slot = view_slot(unit, &connector->scope, rule->index);

    if (*slot == 0)
        *slot = view_scope_holds(unit, connector, !connector->agent->declarative,
                                 &rule->scope)
                    ? 1
                    : -1;
    return *slot > 0;
}

bool view_outbound_scope_holds(struct unit *unit, struct meta *meta,
                               const struct rule *rule)
{
    const struct view *view = view_kept_meta(unit, meta);
    bool holds = rule->scope.count == 0 || view_holds(view, &rule->scope);

    *view_slot(unit, &meta->scope, rule->index) = holds ? 1 : -1;
    return holds;
}

enum merge_type view_merge(const struct flow *flow)
{
    return flow->merge == MERGE_REPLACE ? MERGE_UPDATE : flow->merge;
}
