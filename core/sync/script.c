/* SPDX-License-Identifier: Apache-2.0 */
#include "sync/script.h"

#include <strings.h>

#include "sync/border.h"

/* --- the extension ---------------------------------------------------------------- */

/* Nothing says that it may be called on two threads: ahead of its turn, a unit that needs
 * it goes on without and counts for nothing. */
static const struct sync_extension *extension_of(const struct unit *unit,
                                                 const char *assembly)
{
    const struct sync_request *request = unit->sync->request;

    unit->sync->varies = true; /* nobody knows what it goes by */
    for (size_t i = 0; assembly != NULL && i < request->extension_count; i++)
        if (strcasecmp(request->extensions[i].assembly, assembly) == 0 &&
            request->extensions[i].rules != NULL) {
            unit->sync->left = unit->sync->left || unit->sync->ahead;
            return unit->sync->ahead ? NULL : &request->extensions[i];
        }
    return NULL;
}

static const char *mv_assembly(const struct unit *unit)
{
    return unit->sync->program->config->metaverse.extension;
}

/* One call: what for, of which extension. */
struct call {
    struct unit *unit;
    const char *step;   /* algorithm step of the manual */
    const char *script; /* as the configuration names it */
    const char *assembly;
    const struct flow *flow; /* NULL: no flow */
    const struct sync_extension *extension;
    struct ma_error *err;
};

/* An extension sees whole objects. */
static bool holds_parts(const struct unit *unit)
{
    for (size_t i = 0; i < unit->metas.count; i++)
        if (unit->metas.items[i]->object.partial_count > 0)
            return true;
    for (size_t i = 0; i < unit->connectors.count; i++)
        if (unit->connectors.items[i]->object.partial_count > 0)
            return true;
    return false;
}

static struct call new_call(struct unit *unit, const char *step, const char *script,
                            const char *assembly, struct ma_error *err)
{
    unit->wants_whole = unit->wants_whole || holds_parts(unit);
    return (struct call){.unit = unit,
                         .step = step,
                         .script = script,
                         .assembly = assembly,
                         .extension =
                             unit->wants_whole ? NULL : extension_of(unit, assembly),
                         .err = err};
}

/* Which object the unit is about. */
static const char *object_in_hand(struct unit *unit)
{
    char guid[GUID_TEXT];

    for (size_t i = 0; i < unit->connectors.count; i++)
        if (unit->connectors.items[i]->source)
            return unit_dn(unit, unit->connectors.items[i]);
    if (unit->metas.count == 0)
        return NULL;
    return arena_print(unit->arena, "metaverse object %s",
                       guid_format(&unit->metas.items[0]->object.guid, GUID_PLAIN, guid));
}

static void enter(const struct call *call)
{
    struct history *history = call->unit->sync->history;
    char text[200];

    if (history->calls == NULL)
        return;
    snprintf(text, sizeof text, "'%s' (%s) of %s", call->script, call->step,
             call->assembly);
    history->calls(history, text, object_in_hand(call->unit));
}

static enum ma_status leave(const struct call *call, enum ma_status status)
{
    struct history *history = call->unit->sync->history;

    if (history->called != NULL)
        history->called(history);
    return status;
}

/* Calls the extension, with somebody watching that it comes back. */
#define CALLED(call, expression) (enter(call), leave(call, (expression)))

static enum ma_status missing(const struct call *call)
{
    return unit_fail(call->unit, call->err, "extension-entry-point-not-implemented",
                     call->step, call->flow,
                     "'%s' has to be answered by the rules extension '%s', which is not "
                     "loaded or does not have it; bind one with <extension> in mactl.xml",
                     call->script,
                     call->assembly == NULL ? "(none named)" : call->assembly);
}

static enum ma_status finish(const struct call *call, enum ma_status status,
                             const struct ma_error *why)
{
    if (status == MA_OK)
        return MA_OK;
    return unit_fail(call->unit, call->err, "extension-dll-exception", call->step,
                     call->flow, "'%s' of %s: %s", call->script, call->assembly,
                     why->text);
}

/* --- flows ------------------------------------------------------------------------ */

static const struct ma_flow *flow_named(const struct ma_rules *rules, const char *name)
{
    for (const struct ma_flow *flow = rules->flows; flow != NULL && flow->name != NULL;
         flow++)
        if (strcmp(flow->name, name) == 0)
            return flow;
    return NULL;
}

/* A rule runs only if a source attribute exists; without sources it always does. */
static bool has_source(const struct flow *flow, const struct view *from)
{
    for (size_t i = 0; i < flow->source_count; i++)
        if (entry_find(view_entry(from), flow->sources[i]) != NULL)
            return true;
    return flow->source_count == 0;
}

static enum ma_status run_flow(const struct call *call, const struct ma_entry *from,
                               const struct ma_entry *target, struct draft *draft,
                               struct ma_error *why)
{
    const struct ma_rules *rules = call->extension->rules;
    const struct ma_flow *named = flow_named(rules, call->script);
    bool inbound = call->flow->rule->direction == RULE_INBOUND;

    if (named != NULL)
        return named->run(from, &draft->head, why);
    return (inbound ? rules->map_import : rules->map_export)(
        call->extension->state, call->script, from, target, &draft->head, why);
}

static bool has_flow(const struct call *call)
{
    const struct ma_rules *rules =
        call->extension == NULL ? NULL : call->extension->rules;

    if (rules == NULL)
        return false;
    if (flow_named(rules, call->script) != NULL)
        return true;
    return call->flow->rule->direction == RULE_INBOUND ? rules->map_import != NULL
                                                       : rules->map_export != NULL;
}

enum ma_status script_flow(const struct flow *flow, const struct view *from,
                           const struct view *target, const char *step,
                           struct expr_value *out, struct ma_error *err)
{
    struct unit *unit = from->unit;
    const struct program *program = unit->sync->program;
    const struct compiled_agent *agent = &program->agents[flow->rule->agent];
    struct call call = new_call(unit, step, flow->script, agent->extension, err);
    struct draft draft = border_draft(
        unit, program_attribute_name(program,
                                     flow->rule->direction == RULE_INBOUND ? NULL : agent,
                                     flow->target));
    struct ma_error why = {.text = ""};
    enum ma_status status;

    call.flow = flow;
    draft.object = flow->rule->direction == RULE_INBOUND ? target : NULL;
    draft.attribute = flow->target;
    *out = (struct expr_value){.kind = EXPR_NULL};
    if (!has_flow(&call))
        return missing(&call);
    if (!has_source(flow, from))
        return MA_OK;
    status = CALLED(&call,
                    run_flow(&call, border_entry(from, flow->sources, flow->source_count),
                             target == NULL ? NULL : border_entry(target, NULL, 0),
                             &draft, &why));
    if (status == MA_OK)
        *out = border_taken(&draft, flow->target_type);
    return finish(&call, status, &why);
}

/* --- hooks about connector-space objects -------------------------------------------- */

static const struct ma_entry *entry_of(struct unit *unit, struct connector *connector)
{
    struct connector *shown = arena_copy(unit->arena, connector, sizeof *shown);
    struct view view;

    /* An object that an import showed gone is seen as it was. */
    if (!unit_imported(unit, shown)->exists && shown->object.has_hologram)
        shown->imported = shown->object.hologram;
    view = view_of_connector(unit, shown, true);
    return border_entry(&view, NULL, 0);
}

static const struct ma_entry *entry_of_meta(struct unit *unit, struct meta *meta)
{
    struct view view = view_of_meta(unit, meta, NULL, 0);

    return border_entry(&view, NULL, 0);
}

enum ma_status script_filter(struct unit *unit, struct connector *connector,
                             const char *script, bool *out, struct ma_error *err)
{
    struct call call =
        new_call(unit, "connector-filter", script, connector->agent->extension, err);
    struct ma_error why = {.text = ""};

    *out = false;
    if (call.extension == NULL || call.extension->rules->filter == NULL)
        return missing(&call);
    return finish(&call,
                  CALLED(&call, call.extension->rules->filter(call.extension->state,
                                                              entry_of(unit, connector),
                                                              out, &why)),
                  &why);
}

enum ma_status script_join(struct unit *unit, struct connector *connector,
                           const struct join_key *key, const struct slice **values,
                           uint32_t *count, struct ma_error *err)
{
    struct call call =
        new_call(unit, "join", key->script, connector->agent->extension, err);
    struct view view = view_of_connector(unit, connector, true);
    struct draft draft = border_draft(unit, key->script);
    struct slice *out;
    struct ma_error why = {.text = ""};
    enum ma_status status;

    *count = 0;
    if (call.extension == NULL || call.extension->rules->map_join == NULL)
        return missing(&call);
    status = CALLED(&call, call.extension->rules->map_join(
                               call.extension->state, key->script,
                               border_entry(&view, key->sources, key->source_count),
                               &draft.head, &why));
    if (status != MA_OK)
        return finish(&call, status, &why);
    out = ARENA_ARRAY(unit->arena, struct slice, draft.count);
    for (size_t i = 0; i < draft.count; i++)
        if (value_read(unit->arena, key->mv_type, draft.items[i], &out[*count], &why) ==
            MA_OK)
            (*count)++;
    *values = out;
    return MA_OK;
}

enum ma_status script_resolve(struct unit *unit, struct connector *connector,
                              const char *context, struct meta *const *candidates,
                              size_t count, size_t *chosen, struct ma_error *err)
{
    struct call call = new_call(unit, "join", context, connector->agent->extension, err);
    const struct ma_entry **entries =
        ARENA_ARRAY(unit->arena, const struct ma_entry *, count);
    struct ma_error why = {.text = ""};
    enum ma_status status;

    *chosen = count;
    if (call.extension == NULL || call.extension->rules->resolve_join == NULL)
        return missing(&call);
    for (size_t i = 0; i < count; i++)
        entries[i] = entry_of_meta(unit, candidates[i]);
    status = CALLED(&call, call.extension->rules->resolve_join(
                               call.extension->state, context, entry_of(unit, connector),
                               entries, count, chosen, &why));
    if (status == MA_OK && *chosen > count)
        return unit_fail(unit, err, "extension-join-resolution-index-out-of-bounds",
                         "join", NULL, "'%s' chose number %zu of %zu candidates", context,
                         *chosen, count);
    return finish(&call, status, &why);
}

static bool is_mv_type(const struct unit *unit, const char *type)
{
    return schema_class(&unit->sync->program->config->metaverse.schema, type) != NULL;
}

enum ma_status script_project(struct unit *unit, struct connector *connector,
                              const char *script, uint32_t *mv_type, struct ma_error *err)
{
    struct call call =
        new_call(unit, "projection", script, connector->agent->extension, err);
    const char *type = NULL;
    struct ma_error why = {.text = ""};
    enum ma_status status;

    *mv_type = NAME_NONE;
    if (call.extension == NULL || call.extension->rules->project == NULL)
        return missing(&call);
    status =
        CALLED(&call, call.extension->rules->project(
                          call.extension->state, entry_of(unit, connector), &type, &why));
    if (status != MA_OK || type == NULL)
        return finish(&call, status, &why);
    if (!is_mv_type(unit, type))
        return unit_fail(unit, err, "extension-projection-invalid-object-type",
                         "projection", NULL, "the metaverse has no type '%s'", type);
    *mv_type = names_intern_text(unit->sync->program->names, type);
    return MA_OK;
}

enum ma_status script_deprovision(struct unit *unit, struct connector *connector,
                                  enum deprovisioning *action, struct ma_error *err)
{
    static const enum deprovisioning actions[] = {
        [MA_DISCONNECT] = DEPROVISION_NORMAL_DISCONNECTOR,
        [MA_DISCONNECT_EXPLICITLY] = DEPROVISION_EXPLICIT_DISCONNECTOR,
        [MA_DELETE_OBJECT] = DEPROVISION_DELETE};
    struct call call =
        new_call(unit, "deprovisioning", "Deprovision", connector->agent->extension, err);
    enum ma_deprovision given = MA_DISCONNECT;
    struct ma_error why = {.text = ""};
    enum ma_status status;

    if (call.extension == NULL || call.extension->rules->deprovision == NULL)
        return missing(&call);
    status = CALLED(&call, call.extension->rules->deprovision(call.extension->state,
                                                              entry_of(unit, connector),
                                                              &given, &why));
    if (status != MA_OK)
        return finish(&call, status, &why);
    if ((size_t)given >= sizeof actions / sizeof actions[0])
        return unit_fail(unit, err, "extension-deprovisioning-invalid-result",
                         "deprovisioning", NULL, "%d is no action", (int)given);
    *action = actions[given];
    return MA_OK;
}

/* --- hooks about metaverse objects ------------------------------------------------- */

enum ma_status script_delete(struct unit *unit, struct meta *meta, struct connector *lost,
                             bool *yes, struct ma_error *err)
{
    struct call call =
        new_call(unit, "mv-deletion", "ShouldDeleteFromMV", mv_assembly(unit), err);
    struct ma_error why = {.text = ""};

    *yes = false;
    if (call.extension == NULL || call.extension->rules->delete_object == NULL)
        return missing(&call);
    return finish(&call,
                  CALLED(&call, call.extension->rules->delete_object(
                                    call.extension->state, entry_of(unit, lost),
                                    entry_of_meta(unit, meta), yes, &why)),
                  &why);
}

bool script_provisions(const struct unit *unit)
{
    enum provisioning_kind kind = unit->sync->program->provisioning;
    const struct sync_extension *extension;

    if (kind != PROVISION_SCRIPTED && kind != PROVISION_BOTH)
        return false;
    extension = extension_of(unit, mv_assembly(unit));
    return extension != NULL && extension->rules->provision != NULL;
}

enum ma_status script_provision(struct unit *unit, struct meta *meta,
                                struct ma_connectors *connectors, struct ma_error *err)
{
    struct call call =
        new_call(unit, "provisioning", "Provision", mv_assembly(unit), err);
    struct ma_error why = {.text = ""};

    if (call.extension == NULL)
        return missing(&call);
    return finish(&call,
                  CALLED(&call, call.extension->rules->provision(
                                    call.extension->state, entry_of_meta(unit, meta),
                                    connectors, &why)),
                  &why);
}
