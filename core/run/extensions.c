/* SPDX-License-Identifier: Apache-2.0 */
#include "run/extensions.h"

#include <stdlib.h>
#include <strings.h>

#include "base/buf.h"

/* --- loading ---------------------------------------------------------------------- */

static const struct sync_extension *find(const struct extensions *extensions,
                                         const char *assembly)
{
    for (size_t i = 0; assembly != NULL && i < extensions->count; i++)
        if (strcasecmp(extensions->loaded[i].assembly, assembly) == 0)
            return &extensions->loaded[i];
    return NULL;
}

static const char *const *folders(const struct opened *opened)
{
    return plugin_folders(opened->instance->arena, opened->instance->folder);
}

static bool initialize(const struct plugin *plugin, void **state)
{
    const struct ma_rules *rules = plugin_description(plugin)->rules;
    struct ma_error ignored; /* as of a plugin that cannot be loaded */

    return rules == NULL || rules->open == NULL || rules->open(state, &ignored) == MA_OK;
}

static void terminate(const struct sync_extension *extension)
{
    if (extension->rules != NULL && extension->rules->close != NULL)
        extension->rules->close(extension->state);
}

static void add(struct extensions *extensions, const struct opened *opened,
                const char *assembly)
{
    const char *name = instance_extension(opened->instance, assembly);
    struct plugin *plugin;
    struct ma_error ignored; /* asked for again, and told, by whoever needs it */
    void *state = NULL;

    if (name == NULL || find(extensions, assembly) != NULL ||
        plugin_load(&plugin, name, folders(opened), &ignored) != MA_OK)
        return;
    if (!initialize(plugin, &state)) {
        plugin_unload(plugin);
        return;
    }
    extensions->plugins[extensions->count] = plugin;
    extensions->loaded[extensions->count++] =
        (struct sync_extension){assembly, plugin_description(plugin)->rules, state};
}

void extensions_load(struct extensions *out, const struct opened *opened)
{
    size_t most = opened->program->agent_count + 1;

    *out = (struct extensions){
        .loaded = mem_zero_array(most, sizeof *out->loaded),
        .plugins = mem_zero_array(most, sizeof(struct plugin *)),
    };
    for (size_t i = 0; i < opened->program->agent_count; i++)
        add(out, opened, opened->program->agents[i].extension);
    add(out, opened, opened->config->metaverse.extension);
}

void extensions_unload(struct extensions *extensions)
{
    for (size_t i = 0; i < extensions->count; i++) {
        terminate(&extensions->loaded[i]);
        plugin_unload(extensions->plugins[i]);
    }
    free(extensions->plugins);
    free(extensions->loaded);
    *extensions = (struct extensions){0};
}

/* --- what is asked of them -------------------------------------------------------- */

static bool has_flow(const struct sync_extension *extension, const char *script)
{
    const struct ma_flow *flow =
        extension->rules == NULL ? NULL : extension->rules->flows;

    for (; flow != NULL && flow->name != NULL; flow++)
        if (strcmp(flow->name, script) == 0)
            return true;
    return false;
}

/* The kinds of hooks, and whether an extension has the call for them. */
enum hook_kind {
    HOOK_FILTER,
    HOOK_JOIN,
    HOOK_RESOLUTION,
    HOOK_PROJECTION,
    HOOK_IMPORT_FLOW,
    HOOK_EXPORT_FLOW,
    HOOK_DEPROVISION,
    HOOK_PROVISION,
    HOOK_DELETION
};

static const char *const hook_names[] = {
    [HOOK_FILTER] = "connector filter",    [HOOK_JOIN] = "join",
    [HOOK_RESOLUTION] = "join resolution", [HOOK_PROJECTION] = "projection",
    [HOOK_IMPORT_FLOW] = "flow",           [HOOK_EXPORT_FLOW] = "flow",
    [HOOK_DEPROVISION] = "deprovisioning", [HOOK_PROVISION] = "provisioning",
    [HOOK_DELETION] = "metaverse deletion"};

/* A scripted hook of an agent: what it is and the name that the configuration gives it.
 */
struct hook {
    enum hook_kind kind;
    const char *script;
};

/* Calls `each` for every scripted hook of these rules until it gives false. */
static bool each_hook_of_rules(const struct rule *const *rules, size_t count,
                               bool (*each)(void *, struct hook), void *context)
{
    for (size_t r = 0; r < count; r++) {
        const struct rule *rule = rules[r];

        if (rule->link_script != NULL &&
            !each(context, (struct hook){HOOK_PROJECTION, rule->link_script}))
            return false;
        for (size_t j = 0; j < rule->join_count; j++) {
            const struct join *join = &rule->joins[j];

            if (join->resolution != NULL &&
                !each(context, (struct hook){HOOK_RESOLUTION, join->resolution}))
                return false;
            for (size_t k = 0; k < join->count; k++)
                if (join->keys[k].script != NULL &&
                    !each(context, (struct hook){HOOK_JOIN, join->keys[k].script}))
                    return false;
        }
        for (size_t f = 0; f < rule->flow_count; f++)
            if (rule->flows[f].kind == FLOW_SCRIPTED &&
                !each(context,
                      (struct hook){rule->direction == RULE_INBOUND ? HOOK_IMPORT_FLOW
                                                                    : HOOK_EXPORT_FLOW,
                                    rule->flows[f].script}))
                return false;
    }
    return true;
}

static bool each_inbound_hook(const struct compiled_agent *agent,
                              bool (*each)(void *, struct hook), void *context)
{
    for (size_t i = 0; i < agent->filter_count; i++)
        if (agent->filters[i].script != NULL &&
            !each(context, (struct hook){HOOK_FILTER, agent->filters[i].script}))
            return false;
    return each_hook_of_rules(agent->inbound, agent->inbound_count, each, context);
}

struct search {
    const struct sync_extension *extension;
    struct hook missing; /* the first */
    size_t count;
};

static bool serves(const struct sync_extension *extension, struct hook hook)
{
    const struct ma_rules *rules = extension == NULL ? NULL : extension->rules;
    const bool has[] = {
        [HOOK_FILTER] = rules != NULL && rules->filter != NULL,
        [HOOK_JOIN] = rules != NULL && rules->map_join != NULL,
        [HOOK_RESOLUTION] = rules != NULL && rules->resolve_join != NULL,
        [HOOK_PROJECTION] = rules != NULL && rules->project != NULL,
        [HOOK_IMPORT_FLOW] = rules != NULL && (rules->map_import != NULL ||
                                               has_flow(extension, hook.script)),
        [HOOK_EXPORT_FLOW] = rules != NULL && (rules->map_export != NULL ||
                                               has_flow(extension, hook.script)),
        [HOOK_DEPROVISION] = rules != NULL && rules->deprovision != NULL,
        [HOOK_PROVISION] = rules != NULL && rules->provision != NULL,
        [HOOK_DELETION] = rules != NULL && rules->delete_object != NULL};

    return has[hook.kind];
}

static bool count_missing(void *context, struct hook hook)
{
    struct search *search = context;

    if (!serves(search->extension, hook) && search->count++ == 0)
        search->missing = hook;
    return true;
}

/* Why the plugin could not be loaded: asked again for its words. */
static enum ma_status explain_load(const struct opened *opened, const char *assembly,
                                   const struct hook *hook, const char **result,
                                   struct ma_error *err)
{
    const char *name = instance_extension(opened->instance, assembly);
    struct plugin *plugin;
    struct ma_error why = {.text = ""};

    *result = "stopped-extension-dll-file-not-found";
    if (name == NULL) {
        *result = "stopped-extension-dll-not-configured-for-ma";
        return ma_fail(err, MA_NOT_FOUND,
                       "%s '%s' is scripted, but no rules extension is named",
                       hook_names[hook->kind], hook->script);
    }
    if (plugin_load(&plugin, name, folders(opened), &why) == MA_OK)
        plugin_unload(plugin);
    else if (why.status != MA_NOT_FOUND)
        *result = "stopped-extension-dll-load";
    return ma_fail(err, MA_NOT_FOUND, "%s '%s' is scripted, and %s is not there: %.300s",
                   hook_names[hook->kind], hook->script, assembly, why.text);
}

enum ma_status extensions_check(const struct extensions *extensions,
                                const struct opened *opened,
                                const struct compiled_agent *agent, const char **result,
                                struct ma_error *err)
{
    struct search search = {.extension = find(extensions, agent->extension)};

    each_inbound_hook(agent, count_missing, &search);
    if (search.count == 0)
        return MA_OK;
    if (search.extension == NULL)
        return explain_load(opened, agent->extension, &search.missing, result, err);
    *result = "stopped-extension-dll-no-implementation";
    return ma_fail(err, MA_INVALID, "%s has no %s '%s'", agent->extension,
                   hook_names[search.missing.kind], search.missing.script);
}

/* --- what is not done, or an error ------------------------------------------------ */

static void note(struct buf *out, const char *what, const char *assembly)
{
    buf_print(out, "%s%s%s%s%s", out->length == 0 ? "" : "; ", what,
              assembly == NULL ? "" : " (", assembly == NULL ? "" : assembly,
              assembly == NULL ? "" : ")");
}

static void note_agent(struct buf *out, const struct extensions *extensions,
                       const struct compiled_agent *agent)
{
    struct search search = {.extension = find(extensions, agent->extension)};
    char text[200];

    each_hook_of_rules(agent->outbound, agent->outbound_count, count_missing, &search);
    if (search.count > 0) {
        snprintf(text, sizeof text, "%zu scripted export rule%s of %s", search.count,
                 search.count == 1 ? "" : "s", agent->config->name);
        note(out, text, agent->extension);
    }
    if (agent->deprovisioning == DEPROVISION_SCRIPTED &&
        !serves(search.extension, (struct hook){HOOK_DEPROVISION, "Deprovision"})) {
        snprintf(text, sizeof text, "scripted deprovisioning of %s", agent->config->name);
        note(out, text, agent->extension);
    }
}

static bool has_scripted_deletion(const struct program *program)
{
    for (size_t i = 0; i < program->deletion_count; i++)
        if (program->deletions[i].kind == MV_DELETE_SCRIPTED)
            return true;
    return false;
}

const char *extensions_note(const struct extensions *extensions,
                            const struct opened *opened, struct arena *arena)
{
    const struct program *program = opened->program;
    const char *assembly = opened->config->metaverse.extension;
    const struct sync_extension *extension = find(extensions, assembly);
    const char *undone = "";
    BUF_AUTO out = {0};

    if (assembly != NULL &&
        !serves(extension, (struct hook){HOOK_PROVISION, "Provision"}) &&
        (program->provisioning == PROVISION_SCRIPTED ||
         program->provisioning == PROVISION_BOTH))
        undone = arena_print(arena, "not done: scripted provisioning (%s)", assembly);
    if (has_scripted_deletion(program) &&
        !serves(extension, (struct hook){HOOK_DELETION, "ShouldDeleteFromMV"}))
        note(&out, "scripted metaverse deletion", assembly);
    for (size_t i = 0; i < program->agent_count; i++)
        note_agent(&out, extensions, &program->agents[i]);
    if (out.length == 0)
        return undone[0] == '\0' ? NULL : undone;
    return arena_print(arena,
                       "%s%swithout a plugin, an error of objects that need it: %s",
                       undone, undone[0] == '\0' ? "" : "; ", out.at);
}
