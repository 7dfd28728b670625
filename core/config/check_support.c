/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "config/category.h"
#include "config/check.h"

/*
 * What the engine does not do, or not in full, of what a configuration asks for: agents
 * and extensions that nothing serves unless mactl.xml binds a plugin, compiled rules
 * whose scope lies in the FIM Service, and single settings. Each with what that means for
 * a run. What the rows of the table can tell alone, they do (struct remark).
 */

struct refusal {
    enum finding_level level;
    const char *construct;
    const char *consequence;
};

static void refuse(struct check *check, const struct refusal *refusal, struct place place,
                   const char *path, const char *unbound, const char *text)
{
    check_add(check, (struct config_finding){
                         .level = refusal->level,
                         .place = place,
                         .path = path,
                         .text = text,
                         .consequence = refusal->consequence,
                         .construct = refusal->construct,
                         .unbound = unbound,
                     });
}

/* --- agents ------------------------------------------------------------------------ */

enum { MOST_PAIRS = 100 };

/* Flows between two types, counted. */
struct pair {
    const char *from;
    const char *to;
    size_t flows;
};

struct pair_list {
    struct pair *items;
    size_t count;
    size_t capacity;
};

static void add_flows(struct pair_list *list, const char *from, const char *to,
                      size_t flows)
{
    for (size_t i = 0; i < list->count; i++)
        if (text_caseequal(slice_text(list->items[i].from), slice_text(from)) &&
            text_caseequal(slice_text(list->items[i].to), slice_text(to))) {
            list->items[i].flows += flows;
            return;
        }
    if (list->count < MOST_PAIRS)
        VEC_ADD(list, (struct pair){from, to, flows});
}

static void put_flows(struct buf *out, const char *verb, const char *kind,
                      struct pair_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        buf_print(out, "%s%s %s to %s (%zu %s flow%s)", i == 0 ? "; " : ",",
                  i == 0 ? verb : "", list->items[i].from, list->items[i].to,
                  list->items[i].flows, kind, list->items[i].flows == 1 ? "" : "s");
    VEC_FREE(list);
}

static void put_import(struct buf *out, const struct check *check,
                       const struct agent *agent)
{
    const struct metaverse *mv = &check->config->metaverse;
    struct pair_list list = {0};

    for (size_t i = 0; i < mv->flow_group_count; i++)
        for (size_t j = 0; j < mv->flow_groups[i].count; j++)
            if (guid_equal(&mv->flow_groups[i].flows[j].agent, &agent->id))
                add_flows(&list, mv->flow_groups[i].flows[j].cs_type,
                          mv->flow_groups[i].mv_type, 1);
    put_flows(out, "imports", "import", &list);
}

static void put_export(struct buf *out, const struct agent *agent)
{
    struct pair_list list = {0};

    for (size_t i = 0; i < agent->export_set_count; i++)
        add_flows(&list, agent->export_sets[i].mv_type, agent->export_sets[i].cs_type,
                  agent->export_sets[i].count);
    put_flows(out, "exports", "export", &list);
}

static void put_projection(struct buf *out, const struct agent *agent)
{
    for (size_t i = 0; i < agent->projection_count; i++)
        buf_print(out, "%s %s", i == 0 ? "; projects" : ",",
                  agent->projections[i].cs_type);
}

/* What the rules have the agent do: nothing of it may go unmentioned. */
static const char *work_of(const struct check *check, const struct agent *agent)
{
    BUF_AUTO out = {0};
    size_t joins = 0;
    size_t rules = 0;

    for (size_t i = 0; i < agent->join_count; i++)
        joins += agent->joins[i].count;
    for (size_t i = 0; i < check->config->rule_count; i++)
        rules += guid_equal(&check->config->rules[i].agent, &agent->id);
    buf_print(&out, "it has %zu run profiles, %zu joins, %zu synchronisation rules",
              agent->profile_count, joins, rules);
    put_import(&out, check, agent);
    put_projection(&out, agent);
    put_export(&out, agent);
    return arena_textn(check->config->arena, out.at, out.length);
}

static const struct refusal components = {
    FINDING_UNSUPPORTED,
    "component_mappings",
    "a missing parent container is not made: the export of the object fails",
};

/* Agents whose plugin makes missing containers. */
static bool makes_parents(const char *plugin)
{
    return plugin != NULL && strcmp(plugin, "ad_ma") == 0;
}

static void agent_support(struct check *check, const struct agent *agent)
{
    struct arena *arena = check->config->arena;
    const char *plugin = category_plugin(agent);
    bool fim = text_caseequal(slice_text(agent->category), slice_text("FIM"));
    struct refusal refusal = {
        FINDING_UNSUPPORTED,
        arena_print(arena, "agent of category %s%s%s", agent->category,
                    agent->subtype[0] == '\0' ? "" : ", ", agent->subtype),
        fim ? "the FIM Service is not spoken to: its portal objects, expected rule "
              "entries and synchronisation rules neither come nor go; runs are refused "
              "until mactl.xml binds a plugin to the agent"
            : "runs are refused until mactl.xml binds a plugin to the agent",
    };

    if (agent->component_count > 0 && !makes_parents(plugin))
        refuse(check, &components, agent->place, "ma-data/component_mappings", NULL,
               arena_print(arena, "agent '%s' says which class a missing parent is of",
                           agent->name));
    if (agent->schema.validated)
        check_say(check, FINDING_NOTE, agent->place, "ma-data/schema",
                  "the connected system refuses what lacks one",
                  "required attributes of '%s' are not checked before an export",
                  agent->name);
    if (plugin != NULL)
        check_say(check, FINDING_NOTE, agent->place, "ma-data/category", NULL,
                  "agent '%s' of category %s is served by plugin %s, unless mactl.xml "
                  "names another",
                  agent->name, agent->category, plugin);
    else
        refuse(check, &refusal, agent->place, "ma-data/category", agent->name,
               arena_print(arena, "no plugin serves agent '%s' of category %s; %s",
                           agent->name, agent->category, work_of(check, agent)));
    if (plugin != NULL && strcmp(plugin, "cloud_ma") == 0)
        check_graph(check, agent);
}

/* --- rules extensions -------------------------------------------------------------- */

static const struct refusal agent_extension = {
    FINDING_UNSUPPORTED,
    "rules extension of an agent",
    "a run that comes to one of its rules fails until a plugin of that name is there",
};
static const struct refusal metaverse_extension = {
    FINDING_UNSUPPORTED,
    "rules extension of the metaverse",
    "a run that comes to one of its rules fails until a plugin of that name is there",
};
static const struct refusal no_extension = {
    FINDING_UNSUPPORTED,
    "scripted rule without an extension",
    "a run that comes to it fails",
};

static size_t scripted_joins(const struct agent *agent)
{
    size_t count = 0;

    for (size_t i = 0; i < agent->join_count; i++)
        for (size_t j = 0; j < agent->joins[i].count; j++) {
            const struct join_group *group = &agent->joins[i].criteria[j];

            count += group->resolution != NULL;
            for (size_t k = 0; k < group->count; k++)
                count += group->conditions[k].script != NULL;
        }
    return count;
}

static size_t scripted_flows(const struct check *check, const struct agent *agent)
{
    const struct metaverse *mv = &check->config->metaverse;
    size_t count = 0;

    for (size_t i = 0; i < agent->export_set_count; i++)
        for (size_t j = 0; j < agent->export_sets[i].count; j++)
            count += agent->export_sets[i].flows[j].mapping.kind == MAPPING_SCRIPTED;
    for (size_t i = 0; i < mv->flow_group_count; i++)
        for (size_t j = 0; j < mv->flow_groups[i].count; j++)
            count += mv->flow_groups[i].flows[j].mapping.kind == MAPPING_SCRIPTED &&
                     guid_equal(&mv->flow_groups[i].flows[j].agent, &agent->id);
    return count;
}

static size_t scripted_rules(const struct check *check, const struct agent *agent)
{
    size_t count = scripted_flows(check, agent) + scripted_joins(agent);

    for (size_t i = 0; i < agent->filter_count; i++)
        count += agent->filters[i].script != NULL;
    for (size_t i = 0; i < agent->projection_count; i++)
        count += agent->projections[i].kind == PROJECTION_SCRIPTED;
    return count + (agent->deprovisioning == DEPROVISION_SCRIPTED);
}

static void extension_support(struct check *check, const struct agent *agent)
{
    struct arena *arena = check->config->arena;
    size_t rules = scripted_rules(check, agent);

    if (rules == 0 && agent->extension != NULL)
        check_say(check, FINDING_NOTE, agent->place, "ma-data/extension",
                  "not needed for a run", "no rule calls extension '%s'",
                  agent->extension);
    else if (rules > 0)
        refuse(check, agent->extension == NULL ? &no_extension : &agent_extension,
               agent->place, "ma-data/extension", agent->extension,
               agent->extension == NULL
                   ? arena_print(arena, "%zu scripted rules of agent '%s'", rules,
                                 agent->name)
                   : arena_print(arena, "%zu scripted rules of agent '%s' are in '%s'",
                                 rules, agent->name, agent->extension));
}

/* ", ": the types whose metaverse objects an extension deletes; "" where none. */
static const char *scripted_deletions(struct arena *arena, const struct metaverse *mv)
{
    const char *types = "";

    for (size_t i = 0; i < mv->deletion_rule_count; i++)
        if (mv->deletion_rules[i].kind == MV_DELETE_SCRIPTED)
            types = arena_print(arena, "%s%s%s", types, types[0] == '\0' ? "" : ", ",
                                mv->deletion_rules[i].mv_type);
    return types;
}

static void metaverse_support(struct check *check)
{
    static const struct refusal provisioning = {
        FINDING_UNSUPPORTED,
        "provisioning by synchronisation rules of the FIM Service",
        "expected rule entries make no connectors: only joined objects are exported to",
    };
    const struct metaverse *mv = &check->config->metaverse;
    struct arena *arena = check->config->arena;
    const char *deletions = scripted_deletions(arena, mv);
    bool any = deletions[0] != '\0';
    bool scripted =
        mv->provisioning == PROVISION_SCRIPTED || mv->provisioning == PROVISION_BOTH;

    if (mv->provisioning == PROVISION_SYNC_RULE || mv->provisioning == PROVISION_BOTH)
        refuse(check, &provisioning, mv->place, "mv-data/provisioning", NULL,
               "provisioning follows the synchronisation rules of the FIM Service, "
               "which are not in an export");
    if (scripted || any)
        refuse(check, mv->extension == NULL ? &no_extension : &metaverse_extension,
               mv->place, "mv-data/extension", mv->extension,
               arena_print(arena, "%s%s%s%s%s%s", scripted ? "provisioning" : "",
                           scripted && any ? " and " : "",
                           any ? "the deletion of metaverse objects of type " : "",
                           deletions,
                           mv->extension == NULL ? " is scripted" : " is up to ",
                           mv->extension == NULL ? "" : mv->extension));
}

/* --- compiled rules of the FIM Service --------------------------------------------- */

struct compiled {
    struct guid id;
    struct place place;
    size_t imports;
    size_t exports;
    size_t joins;
    size_t projections;
};

struct compiled_list {
    struct compiled *items;
    size_t count;
    size_t capacity;
};

static struct compiled *compiled_of(struct compiled_list *list, const struct guid *id,
                                    struct place place)
{
    for (size_t i = 0; i < list->count; i++)
        if (guid_equal(&list->items[i].id, id))
            return &list->items[i];
    /* Nobody has a thousand; what is beyond is counted with the last. */
    if (list->count < MOST_FINDINGS)
        VEC_ADD(list, (struct compiled){.id = *id, .place = place});
    return &list->items[list->count - 1];
}

static void collect_agent(struct compiled_list *list, const struct agent *agent)
{
    for (size_t i = 0; i < agent->export_set_count; i++)
        for (size_t j = 0; j < agent->export_sets[i].count; j++) {
            const struct mapping *mapping = &agent->export_sets[i].flows[j].mapping;

            if (mapping->sync_rule)
                compiled_of(list, &mapping->sync_rule_id, mapping->place)->exports++;
        }
    for (size_t i = 0; i < agent->join_count; i++)
        for (size_t j = 0; j < agent->joins[i].count; j++) {
            const struct join_group *group = &agent->joins[i].criteria[j];

            if (group->sync_rule)
                compiled_of(list, &group->sync_rule_id, group->place)->joins++;
        }
    for (size_t i = 0; i < agent->projection_count; i++)
        if (agent->projections[i].kind == PROJECTION_SYNC_RULE)
            compiled_of(list, &agent->projections[i].sync_rule_id,
                        agent->projections[i].place)
                ->projections++;
}

static void collect_metaverse(struct compiled_list *list, const struct metaverse *mv)
{
    for (size_t i = 0; i < mv->flow_group_count; i++)
        for (size_t j = 0; j < mv->flow_groups[i].count; j++) {
            const struct mapping *mapping = &mv->flow_groups[i].flows[j].mapping;

            if (mapping->sync_rule)
                compiled_of(list, &mapping->sync_rule_id, mapping->place)->imports++;
        }
}

static void compiled_support(struct check *check)
{
    static const struct refusal refusal = {
        FINDING_APPROXIMATED,
        "compiled synchronisation rule of the FIM Service",
        "its scope is in the FIM Service: joins, projections and import flows hold for "
        "every object of their type, export flows only with the setting "
        "sync-rule-flows-without-service",
    };
    struct compiled_list list = {0};
    char text[GUID_TEXT];

    for (size_t i = 0; i < check->config->agent_count; i++)
        collect_agent(&list, &check->config->agents[i]);
    collect_metaverse(&list, &check->config->metaverse);
    for (size_t i = 0; i < list.count; i++) {
        const struct compiled *rule = &list.items[i];

        refuse(check, &refusal, rule->place, "sync-rule-mapping", NULL,
               arena_print(check->config->arena,
                           "synchronisation rule %s: %zu import flows, %zu export flows, "
                           "%zu joins, %zu projections",
                           guid_format(&rule->id, GUID_BRACED_UPPER, text), rule->imports,
                           rule->exports, rule->joins, rule->projections));
    }
    VEC_FREE(&list);
}

/* --- Azure AD Connect -------------------------------------------------------------- */

static void rule_support(struct check *check)
{
    static const struct refusal refusal = {
        FINDING_UNSUPPORTED,
        "EnablePasswordSync",
        "password hashes are not synchronised",
    };

    for (size_t i = 0; i < check->config->rule_count; i++) {
        const struct sync_rule *rule = &check->config->rules[i];

        if (rule->password_sync && !rule->disabled)
            refuse(check, &refusal, rule->place, "synchronizationRule/EnablePasswordSync",
                   NULL,
                   arena_print(check->config->arena,
                               "rule '%s' makes its objects eligible for password "
                               "hash synchronisation",
                               rule->name));
    }
}

/* Global parameters that stand for what a scheduler or another service would do. */
static const struct {
    const char *name;
    const char *unless; /* this value asks for nothing */
    enum finding_level level;
    const char *consequence;
} parameters[] = {
    {"Microsoft.Synchronize.StagingMode", "False", FINDING_APPROXIMATED,
     "no run profile exports, also one that somebody starts, unless mactl.xml sets "
     "staging-mode to false"},
    {"Microsoft.Synchronize.SchedulerSuspended", "False", FINDING_APPROXIMATED,
     "there is no scheduler: runs are started with run-profile"},
    {"Microsoft.Synchronize.SynchronizationPolicy", NULL, FINDING_NOTE,
     "there is no scheduler: runs are started with run-profile"},
    {"Microsoft.Synchronize.TimeInterval", NULL, FINDING_NOTE,
     "there is no scheduler: runs are started with run-profile"},
    {"Microsoft.Synchronize.MaintenanceEnabled", NULL, FINDING_NOTE,
     "there is no scheduler: nothing is cleaned up by itself"},
    {"Microsoft.Synchronize.RunHistoryPurgeInterval", NULL, FINDING_NOTE,
     "older runs are forgotten, unless mactl.xml sets run-history-days"},
    {"Microsoft.OptionalFeature.PasswordHashSync", "False", FINDING_UNSUPPORTED,
     "password hashes are not synchronised"},
    {"Microsoft.OptionalFeature.PasswordWriteback", "False", FINDING_UNSUPPORTED,
     "passwords are not written back"},
    {"Microsoft.OptionalFeature.GroupFiltering", "False", FINDING_UNSUPPORTED,
     "objects outside the group are not left out"},
};

static void parameter_support(struct check *check)
{
    const struct metaverse *mv = &check->config->metaverse;

    for (size_t i = 0; i < mv->parameter_count; i++)
        for (size_t j = 0; j < sizeof parameters / sizeof parameters[0]; j++) {
            const struct parameter *parameter = &mv->parameters[i];
            struct refusal refusal = {parameters[j].level, parameters[j].name,
                                      parameters[j].consequence};

            if (!text_caseequal(slice_text(parameter->name),
                                slice_text(parameters[j].name)) ||
                parameter->value[0] == '\0' ||
                (parameters[j].unless != NULL &&
                 text_caseequal(slice_text(parameter->value),
                                slice_text(parameters[j].unless))))
                continue;
            refuse(check, &refusal, parameter->place,
                   "mv-data/parameter-values/parameter", NULL,
                   arena_print(check->config->arena, "%s is %s", parameter->name,
                               parameter->value));
        }
}

void check_support(struct check *check)
{
    for (size_t i = 0; i < check->config->agent_count; i++) {
        agent_support(check, &check->config->agents[i]);
        extension_support(check, &check->config->agents[i]);
    }
    metaverse_support(check);
    compiled_support(check);
    rule_support(check);
    parameter_support(check);
}
