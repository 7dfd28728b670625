/* SPDX-License-Identifier: Apache-2.0 */
#include "bindings.h"

#include <string.h>
#include <strings.h>

#include "base/vec.h"
#include "config/secret.h"
#include "plugin/plugin.h"
#include "render.h"

static struct plugin *load(const struct invocation *call, const char *name,
                           const char **refusal)
{
    struct plugin *plugin = NULL;
    struct ma_error err = {0};
    enum ma_status status =
        plugin_load(&plugin, name, plugin_folders(call->arena, call->folder), &err);

    if (status == MA_OK)
        return plugin;
    *refusal = status == MA_NOT_FOUND
                   ? arena_print(call->arena, "there is no plugin '%s'", name)
                   : arena_text(call->arena, err.text);
    return NULL;
}

/* --- secrets --------------------------------------------------------------------- */

typedef VEC_OF(struct secret_need) need_list;

static const struct secret_source *source_of(const struct agent_binding *binding,
                                             const char *name)
{
    for (size_t i = 0; binding != NULL && i < binding->secret_count; i++)
        if (strcasecmp(binding->secrets[i].name, name) == 0)
            return &binding->secrets[i];
    return NULL;
}

/* Somebody is asked only when it is needed, and a sealed one opened only then. */
static bool can_be_looked_at(const struct secret_source *source)
{
    return source->kind == SECRET_FILE || source->kind == SECRET_CREDENTIAL;
}

static void need(const struct invocation *call, const struct agent_binding *binding,
                 need_list *needs, const char *name)
{
    struct secret_need one = {.name = arena_text(call->arena, name),
                              .source = source_of(binding, name)};
    struct ma_error err = {0};

    for (size_t i = 0; i < needs->count; i++)
        if (strcasecmp(needs->items[i].name, name) == 0)
            return;
    if (one.source == NULL)
        one.refusal = "mactl.xml does not say where it comes from";
    else if (can_be_looked_at(one.source) &&
             secret_check(one.source, call->folder, &err) != MA_OK)
        one.refusal = arena_text(call->arena, err.text);
    VEC_ADD(needs, one);
}

/* What stands for a password, and the secret that is needed then; NULL: none. */
static const struct {
    const char *parameter;
    const char *secret;
} stand_ins[] = {
    {"keytab", NULL},
    {"credentials-cache", NULL},
    {"federated-token-file", NULL},
    {"certificate", "certificate-key"},
};

static bool has_source(const struct agent_binding *binding, const char *name)
{
    return name != NULL && source_of(binding, name) != NULL;
}

/* Of a certificate the password may be the key. NULL: nothing is needed. */
static const char *instead_of(const struct agent_binding *binding, const char *secret)
{
    if (binding == NULL || strcasecmp(secret, "password") != 0)
        return secret;
    for (size_t i = 0; i < sizeof stand_ins / sizeof stand_ins[0]; i++) {
        const char *other = stand_ins[i].secret;

        if (parameter_find(binding->parameters, binding->parameter_count,
                           stand_ins[i].parameter) == NULL)
            continue;
        return other != NULL && !has_source(binding, other) && has_source(binding, secret)
                   ? secret
                   : other;
    }
    return secret;
}

static void needs_of_plugin(const struct invocation *call,
                            const struct agent_binding *binding, need_list *needs,
                            const struct ma_plugin *plugin)
{
    const struct ma_param *param = plugin->params;

    for (; param != NULL && param->name != NULL; param++)
        if (param->type == MA_SECRET && param->fallback == NULL &&
            instead_of(binding, param->name) != NULL)
            need(call, binding, needs, instead_of(binding, param->name));
}

/* An account without its password: the export never has it. */
static const char *const accounts[] = {
    "adma-configuration/forest-login-user",
    "oledbma-configuration/connection-info/user",
    "fimma-configuration/connection-info/user",
};

static void needs_of_agent(const struct invocation *call,
                           const struct agent_binding *binding, need_list *needs,
                           const struct agent *agent)
{
    for (size_t i = 0; i < sizeof accounts / sizeof accounts[0]; i++) {
        const char *user = parameter_find(agent->private_configuration,
                                          agent->private_count, accounts[i]);

        if (user != NULL && user[0] != '\0')
            need(call, binding, needs, "password");
    }
    for (size_t i = 0; i < agent->parameter_count; i++)
        if (agent->parameters[i].encrypted)
            need(call, binding, needs, agent->parameters[i].name);
}

/* --- accounts of partitions ------------------------------------------------------- */

#define OWN "adma-partition-data/"
#define AGENTS "adma-configuration/forest-"

static const char *said_of(const struct partition *p, const char *name)
{
    const char *value = parameter_find(p->parameters, p->parameter_count, name);

    return value == NULL ? "" : value;
}

static const char *said_by(const struct agent *agent, const char *name)
{
    const char *value =
        parameter_find(agent->private_configuration, agent->private_count, name);

    return value == NULL ? "" : value;
}

/* "FABRIKAM" and "fabrikam.example": the short name is the first label, as a rule. */
static bool same_domain(const char *a, const char *b)
{
    size_t length = strcspn(a, ".");

    if (a[length] == '\0' || b[strcspn(b, ".")] == '\0')
        return length == strcspn(b, ".") && strncasecmp(a, b, length) == 0;
    return strcasecmp(a, b) == 0;
}

/* What mactl.xml says is of all partitions. */
static bool has_own_account(const struct agent_binding *binding,
                            const struct agent *agent, const struct partition *p)
{
    const char *user = said_of(p, OWN "login-user");
    const char *domain = said_of(p, OWN "login-domain");

    if (!p->selected || user[0] == '\0' ||
        (binding != NULL &&
         parameter_find(binding->parameters, binding->parameter_count, "login") != NULL))
        return false;
    return strcasecmp(user, said_by(agent, AGENTS "login-user")) != 0 ||
           (domain[0] != '\0' &&
            !same_domain(domain, said_by(agent, AGENTS "login-domain")));
}

/* The password of another account is a secret of its own. */
static void needs_of_partitions(const struct invocation *call,
                                const struct agent_binding *binding, need_list *needs,
                                const struct agent *agent)
{
    for (size_t i = 0; i < agent->partition_count; i++) {
        const struct partition *p = &agent->partitions[i];

        if (has_own_account(binding, agent, p) && instead_of(binding, "password") != NULL)
            need(call, binding, needs, arena_print(call->arena, "password:%s", p->name));
    }
}

/* --- agents ---------------------------------------------------------------------- */

/* An instance that says nothing, where there is none. */
static const struct instance *known(const struct invocation *call,
                                    const struct instance *instance)
{
    struct instance *empty;

    if (instance != NULL)
        return instance;
    empty = arena_zero(call->arena, sizeof *empty);
    empty->folder = ".";
    empty->arena = call->arena;
    return empty;
}

struct agent_state bindings_agent(const struct invocation *call,
                                  const struct instance *instance,
                                  const struct agent *agent)
{
    const struct instance *of = known(call, instance);
    const struct agent_binding *binding = instance_binding(of, agent);
    struct agent_state state = {.agent = agent};
    need_list needs = {0};
    struct plugin *plugin = NULL;

    state.plugin = instance_plugin(of, agent);
    if (state.plugin != NULL)
        plugin = load(call, state.plugin, &state.refusal);
    if (plugin != NULL)
        needs_of_plugin(call, binding, &needs, plugin_description(plugin));
    else
        needs_of_agent(call, binding, &needs, agent);
    needs_of_partitions(call, binding, &needs, agent);
    plugin_unload(plugin);
    state.secrets =
        arena_copy(call->arena, needs.items, needs.count * sizeof *needs.items);
    state.secret_count = needs.count;
    VEC_FREE(&needs);
    return state;
}

bool bindings_is_ready(const struct agent_state *state)
{
    bool ready = state->plugin != NULL && state->refusal == NULL;

    for (size_t i = 0; i < state->secret_count; i++)
        ready = ready && state->secrets[i].refusal == NULL;
    return ready;
}

/* --- extensions ------------------------------------------------------------------ */

typedef VEC_OF(struct extension_state) extension_list;

static void add_extension(const struct invocation *call, const struct instance *instance,
                          extension_list *all, const char *assembly,
                          const struct agent *agent)
{
    struct extension_state state = {.assembly = assembly, .agent = agent};
    struct plugin *plugin = NULL;

    if (assembly == NULL || assembly[0] == '\0')
        return;
    for (size_t i = 0; i < all->count; i++)
        if (strcasecmp(all->items[i].assembly, assembly) == 0)
            return;
    state.plugin = instance_extension(instance, assembly);
    if (state.plugin != NULL)
        plugin = load(call, state.plugin, &state.refusal);
    plugin_unload(plugin);
    VEC_ADD(all, state);
}

size_t bindings_extensions(const struct invocation *call, const struct instance *instance,
                           const struct config *config,
                           const struct extension_state **out)
{
    const struct instance *of = known(call, instance);
    extension_list all = {0};
    size_t count;

    for (size_t i = 0; i < config->agent_count; i++)
        add_extension(call, of, &all, config->agents[i].extension, &config->agents[i]);
    add_extension(call, of, &all, config->metaverse.extension, NULL);
    count = all.count;
    *out = arena_copy(call->arena, all.items, count * sizeof *all.items);
    VEC_FREE(&all);
    return count;
}

/* --- what a binding lifts ---------------------------------------------------------- */

static bool is_bound(const struct invocation *call, const struct instance *instance,
                     const struct config *config, const char *unbound)
{
    const struct agent *agent = config_agent_named(config, unbound);
    const struct extension_state *states = NULL;
    size_t count;

    if (agent != NULL) {
        struct agent_state state = bindings_agent(call, instance, agent);

        return state.plugin != NULL && state.refusal == NULL;
    }
    count = bindings_extensions(call, instance, config, &states);
    for (size_t i = 0; i < count; i++)
        if (strcasecmp(states[i].assembly, unbound) == 0)
            return states[i].refusal == NULL;
    return false;
}

void bindings_lift(const struct invocation *call, const struct instance *instance,
                   struct config *config)
{
    struct config_finding *kept =
        ARENA_ARRAY(config->arena, struct config_finding, config->finding_count);
    size_t count = 0;

    for (size_t i = 0; i < config->finding_count; i++) {
        const struct config_finding *finding = &config->findings[i];

        if (finding->unbound == NULL ||
            !is_bound(call, instance, config, finding->unbound))
            kept[count++] = *finding;
    }
    config->findings = kept;
    config->finding_count = count;
}

/* --- entries about nobody ---------------------------------------------------------- */

static size_t warn(const struct config *config, const char *agent,
                   const struct place *place)
{
    if (agent == NULL || config_agent_named(config, agent) != NULL)
        return 0;
    fprintf(stderr, "warning: %s:%u:%u: there is no management agent '%s'\n", place->file,
            place->line, place->column, agent);
    return 1;
}

size_t bindings_warn(const struct invocation *call, const struct instance *instance,
                     const struct config *config)
{
    size_t count = 0;

    if (call->quiet)
        return 0;
    for (size_t i = 0; i < instance->agent_count; i++)
        count += warn(config, instance->agents[i].agent, &instance->agents[i].place);
    for (size_t i = 0; i < instance->guard_count; i++)
        count += warn(config, instance->guards[i].agent, &instance->guards[i].place);
    return count;
}
