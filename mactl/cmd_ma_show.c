/* SPDX-License-Identifier: Apache-2.0 */

/* mactl ma show: all that the configuration says about one agent. */

#include "cmd_ma.h"
#include "commands.h"
#include "config/flow_text.h"
#include "config/secret.h"
#include "open.h"
#include "render.h"

/* The agent, in its surroundings. */
struct subject {
    const struct invocation *call;
    const struct ma_view *view;
    const struct agent *agent;
    struct agent_state state;
    struct guard guard;
};

/* --- counting -------------------------------------------------------------------- */

/* Calls for every import flow from the agent. */
static void each_import_flow(const struct subject *s,
                             void (*visit)(const struct import_flow_group *group,
                                           const struct import_flow *flow, void *context),
                             void *context)
{
    const struct metaverse *metaverse = &s->view->config->metaverse;

    for (size_t g = 0; g < metaverse->flow_group_count; g++)
        for (size_t f = 0; f < metaverse->flow_groups[g].count; f++) {
            const struct import_flow *flow = &metaverse->flow_groups[g].flows[f];

            if (guid_equal(&flow->agent, &s->agent->id))
                visit(&metaverse->flow_groups[g], flow, context);
        }
}

static void count_one(const struct import_flow_group *group,
                      const struct import_flow *flow, void *context)
{
    (void)group;
    (void)flow;
    ++*(size_t *)context;
}

static size_t import_flow_count(const struct subject *s)
{
    size_t count = 0;

    each_import_flow(s, count_one, &count);
    return count;
}

static size_t export_flow_count(const struct agent *agent)
{
    size_t count = 0;

    for (size_t i = 0; i < agent->export_set_count; i++)
        count += agent->export_sets[i].count;
    return count;
}

static size_t criteria_count(const struct agent *agent)
{
    size_t count = 0;

    for (size_t i = 0; i < agent->join_count; i++)
        count += agent->joins[i].count;
    return count;
}

static size_t filter_count(const struct agent *agent)
{
    size_t count = 0;

    for (size_t i = 0; i < agent->filter_count; i++)
        count += agent->filters[i].count;
    return count;
}

static size_t rule_count(const struct subject *s, enum rule_direction direction)
{
    const struct config *config = s->view->config;
    size_t count = 0;

    for (size_t i = 0; i < config->rule_count; i++)
        count += config->rules[i].direction == direction &&
                 guid_equal(&config->rules[i].agent, &s->agent->id);
    return count;
}

/* --- text ------------------------------------------------------------------------ */

static void line(const char *label, const char *text)
{
    if (text != NULL && text[0] != '\0')
        printf("%-18s%s\n", label, text);
}

static void count_line(const struct subject *s, const char *label, size_t count,
                       const char *one, const char *many)
{
    if (count > 0)
        line(label, render_count(s->call->arena, count, one, many));
}

static void show_identity(const struct subject *s)
{
    struct arena *arena = s->call->arena;

    line("name", render_clean(arena, s->agent->name));
    line("id", render_guid(arena, &s->agent->id));
    line("category", s->agent->category);
    line("subtype", s->agent->subtype);
    line("file", arena_print(arena, "config/%s", s->agent->file));
}

static void show_binding(const struct subject *s)
{
    struct arena *arena = s->call->arena;

    line("plugin",
         s->state.plugin == NULL ? "none: mactl.xml names it" : s->state.plugin);
    line("", s->state.refusal);
    for (size_t i = 0; i < s->state.secret_count; i++) {
        const struct secret_need *need = &s->state.secrets[i];

        line(i == 0 ? "secrets" : "",
             arena_print(arena, "%s: %s", need->name,
                         need->refusal != NULL ? need->refusal
                                               : secret_origin(arena, need->source)));
    }
    if (s->agent->extension != NULL)
        line("rules extension",
             arena_print(arena, "%s, as plugin %s", s->agent->extension,
                         instance_extension(s->view->instance, s->agent->extension)));
    line("state", ma_state(&s->state));
}

static void show_rules(const struct subject *s)
{
    const struct agent *agent = s->agent;

    count_line(s, "attributes", agent->attribute_count, "selected", "selected");
    count_line(s, "object types", agent->schema.class_count, "in the schema",
               "in the schema");
    count_line(s, "connector filter", filter_count(agent), "alternative", "alternatives");
    count_line(s, "join", criteria_count(agent), "criterion", "criteria");
    count_line(s, "projection", agent->projection_count, "object type", "object types");
    count_line(s, "import flows", import_flow_count(s), "flow", "flows");
    count_line(s, "export flows", export_flow_count(agent), "flow", "flows");
    count_line(s, "inbound rules", rule_count(s, RULE_INBOUND), "rule", "rules");
    count_line(s, "outbound rules", rule_count(s, RULE_OUTBOUND), "rule", "rules");
    if (s->view->config->family == FAMILY_MIM)
        line("deprovisioning", flow_text_deprovisioning(agent->deprovisioning));
}

/* Those that are off where nobody gives them. */
struct extra_guard {
    enum guard_number number;
    const char *key;
    const char *words; /* behind the number */
    uint64_t most;
};

enum { EXTRA_GUARDS = 8 };

static void extra_guards(const struct guard *guard, struct extra_guard *out)
{
    const struct extra_guard all[EXTRA_GUARDS] = {
        {GUARD_EXPORT_UPDATES, "export_updates", "updates", guard->export_updates},
        {GUARD_EXPORT_RENAMES, "export_renames", "renames", guard->export_renames},
        {GUARD_MEMBER_REMOVALS, "export_member_removals", "removals of members",
         guard->export_member_removals},
        {GUARD_ATTRIBUTE_CLEARS, "export_attribute_clears",
         "attributes that lose all values", guard->export_attribute_clears},
        {GUARD_UPDATES_PERCENT, "export_updates_percent",
         "% of 100 objects or more that change", guard->export_updates_percent},
        {GUARD_RENAMES_PERCENT, "export_renames_percent",
         "% of 100 objects or more that are renamed", guard->export_renames_percent},
        {GUARD_REMOVALS_PERCENT, "export_member_removals_percent",
         "% of 100 members or more that go", guard->export_member_removals_percent},
        {GUARD_CLEARS_PERCENT, "export_attribute_clears_percent",
         "% of 100 objects or more, of attributes that lose all values",
         guard->export_attribute_clears_percent},
    };

    memcpy(out, all, sizeof all);
}

static void show_guard(const struct subject *s)
{
    struct extra_guard extra[EXTRA_GUARDS];
    struct arena *arena = s->call->arena;

    line("export stops",
         arena_print(arena,
                     "above %llu deletes, or %u %% of 100 objects or more, before it "
                     "writes",
                     (unsigned long long)s->guard.export_deletes,
                     s->guard.export_deletes_percent));
    extra_guards(&s->guard, extra);
    for (size_t i = 0; i < EXTRA_GUARDS; i++)
        if (s->guard.given & extra[i].number)
            line("", arena_print(arena, "above %llu %s",
                                 (unsigned long long)extra[i].most, extra[i].words));
    line("import stops",
         arena_print(arena, "where more than %u %% of the objects are gone",
                     s->guard.import_loss_percent));
}

static void show_partitions(const struct subject *s)
{
    puts("\npartitions");
    for (size_t i = 0; i < s->agent->partition_count; i++) {
        const struct partition *partition = &s->agent->partitions[i];

        printf("  %-14s%s\n", partition->selected ? "selected" : "not selected",
               render_clean(s->call->arena, partition->name));
    }
}

static void show_profiles(const struct subject *s)
{
    puts("\nrun profiles");
    for (size_t i = 0; i < s->agent->profile_count; i++) {
        const struct run_profile *profile = &s->agent->profiles[i];

        printf("  %s\n", render_clean(s->call->arena, profile->name));
        for (size_t j = 0; j < profile->count; j++)
            printf("    %zu. %s\n", j + 1, flow_text_step(&profile->steps[j]));
    }
}

static void show_import_flow(const struct import_flow_group *group,
                             const struct import_flow *flow, void *context)
{
    const struct subject *s = context;
    struct arena *arena = s->call->arena;

    printf("  %s.%s <- %s: %s\n", group->mv_type, group->mv_attribute, flow->cs_type,
           render_clean(arena, flow_text_source(arena, &flow->mapping)));
}

static void show_export_set(const struct subject *s, const struct export_flow_set *set)
{
    struct arena *arena = s->call->arena;

    for (size_t i = 0; i < set->count; i++)
        printf("  %s.%s <- %s: %s\n", set->cs_type, set->flows[i].cs_attribute,
               set->mv_type,
               render_clean(arena, flow_text_source(arena, &set->flows[i].mapping)));
}

static void show_flows(const struct subject *s)
{
    if (import_flow_count(s) > 0)
        puts("\nimport flows");
    each_import_flow(s, show_import_flow, (void *)(uintptr_t)s);
    if (s->agent->export_set_count > 0)
        puts("\nexport flows");
    for (size_t i = 0; i < s->agent->export_set_count; i++)
        show_export_set(s, &s->agent->export_sets[i]);
}

static enum exit_code show_text(const struct subject *s)
{
    show_identity(s);
    show_binding(s);
    show_rules(s);
    show_guard(s);
    show_partitions(s);
    show_profiles(s);
    if (s->call->verbose > 0)
        show_flows(s);
    return EXIT_OK;
}

/* --- JSON ------------------------------------------------------------------------ */

static json_t *secrets_json(const struct subject *s)
{
    json_t *all = json_array();

    for (size_t i = 0; i < s->state.secret_count; i++) {
        const struct secret_need *need = &s->state.secrets[i];
        const char *origin =
            need->source == NULL ? NULL : secret_origin(s->call->arena, need->source);

        json_array_append_new(
            all, json_pack("{s:o, s:o, s:o}", "name", render_text(need->name), "from",
                           render_text(origin), "refusal", render_text(need->refusal)));
    }
    return all;
}

static json_t *step_json(const struct step *step)
{
    return json_pack("{s:s, s:o, s:I, s:I}", "type", flow_text_step(step), "partition",
                     render_text(step->partition), "object_limit",
                     (json_int_t)step->object_limit, "delete_limit",
                     (json_int_t)step->delete_limit);
}

static json_t *profiles_json(const struct subject *s)
{
    json_t *all = json_array();

    for (size_t i = 0; i < s->agent->profile_count; i++) {
        const struct run_profile *profile = &s->agent->profiles[i];
        json_t *steps = json_array();

        for (size_t j = 0; j < profile->count; j++)
            json_array_append_new(steps, step_json(&profile->steps[j]));
        json_array_append_new(all, json_pack("{s:o, s:o}", "name",
                                             render_text(profile->name), "steps", steps));
    }
    return all;
}

static json_t *partitions_json(const struct subject *s)
{
    json_t *all = json_array();

    for (size_t i = 0; i < s->agent->partition_count; i++)
        json_array_append_new(
            all, ma_partition_json(s->call->arena, &s->agent->partitions[i]));
    return all;
}

struct flow_list {
    struct arena *arena;
    json_t *all;
};

static json_t *flow_json(struct arena *arena, const char *cs_type,
                         const char *cs_attribute, const char *mv_type,
                         const char *mv_attribute, const struct mapping *mapping)
{
    return json_pack(
        "{s:o, s:o*, s:o, s:o*, s:s, s:o, s:b}", "cs_type", render_text(cs_type),
        "cs_attribute", cs_attribute == NULL ? NULL : render_text(cs_attribute),
        "mv_type", render_text(mv_type), "mv_attribute",
        mv_attribute == NULL ? NULL : render_text(mv_attribute), "kind",
        flow_text_kind(mapping), "source", render_text(flow_text_source(arena, mapping)),
        "sync_rule", (int)mapping->sync_rule);
}

static void add_import_flow(const struct import_flow_group *group,
                            const struct import_flow *flow, void *context)
{
    struct flow_list *list = context;

    json_array_append_new(list->all,
                          flow_json(list->arena, flow->cs_type, NULL, group->mv_type,
                                    group->mv_attribute, &flow->mapping));
}

static json_t *import_flows_json(const struct subject *s)
{
    struct flow_list list = {s->call->arena, json_array()};

    each_import_flow(s, add_import_flow, &list);
    return list.all;
}

static json_t *export_flows_json(const struct subject *s)
{
    json_t *all = json_array();

    for (size_t i = 0; i < s->agent->export_set_count; i++) {
        const struct export_flow_set *set = &s->agent->export_sets[i];

        for (size_t j = 0; j < set->count; j++)
            json_array_append_new(all, flow_json(s->call->arena, set->cs_type,
                                                 set->flows[j].cs_attribute, set->mv_type,
                                                 NULL, &set->flows[j].mapping));
    }
    return all;
}

static json_t *counts_json(const struct subject *s)
{
    const struct agent *agent = s->agent;

    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "attributes",
                     (json_int_t)agent->attribute_count, "object_types",
                     (json_int_t)agent->schema.class_count, "filter_alternatives",
                     (json_int_t)filter_count(agent), "join_criteria",
                     (json_int_t)criteria_count(agent), "projections",
                     (json_int_t)agent->projection_count, "inbound_rules",
                     (json_int_t)rule_count(s, RULE_INBOUND), "outbound_rules",
                     (json_int_t)rule_count(s, RULE_OUTBOUND));
}

static json_t *guard_json(const struct guard *guard)
{
    json_t *object =
        json_pack("{s:I, s:i, s:i}", "export_deletes", (json_int_t)guard->export_deletes,
                  "export_deletes_percent", (int)guard->export_deletes_percent,
                  "import_loss_percent", (int)guard->import_loss_percent);
    struct extra_guard extra[EXTRA_GUARDS];

    extra_guards(guard, extra);
    for (size_t i = 0; i < EXTRA_GUARDS; i++)
        if (guard->given & extra[i].number)
            json_object_set_new(object, extra[i].key,
                                json_integer((json_int_t)extra[i].most));
    return object;
}

static json_t *identity_json(const struct subject *s)
{
    const struct agent *agent = s->agent;

    return json_pack(
        "{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:o, s:s}", "schema",
        "mactl/agent/1", "id", render_text(render_guid(s->call->arena, &agent->id)),
        "name", render_text(agent->name), "category", render_text(agent->category),
        "subtype", render_text(agent->subtype), "file", render_text(agent->file),
        "plugin", render_text(s->state.plugin), "refusal", render_text(s->state.refusal),
        "ready", bindings_is_ready(&s->state), "extension", render_text(agent->extension),
        "deprovisioning", flow_text_deprovisioning(agent->deprovisioning));
}

static enum exit_code show_json(const struct subject *s)
{
    json_t *document = identity_json(s);

    json_object_set_new(document, "secrets", secrets_json(s));
    json_object_set_new(document, "guard", guard_json(&s->guard));
    json_object_set_new(document, "counts", counts_json(s));
    json_object_set_new(document, "partitions", partitions_json(s));
    json_object_set_new(document, "run_profiles", profiles_json(s));
    json_object_set_new(document, "import_flows", import_flows_json(s));
    json_object_set_new(document, "export_flows", export_flows_json(s));
    return render_json(document);
}

/* --- the command ----------------------------------------------------------------- */

/* What can be said of the agent next: its run profiles. */
static enum exit_code show_names(const struct agent *agent)
{
    for (size_t i = 0; i < agent->profile_count; i++)
        puts(agent->profiles[i].name);
    return EXIT_OK;
}

static enum exit_code show_agent(const struct invocation *call,
                                 const struct ma_view *view, const struct agent *agent)
{
    struct subject subject = {.call = call, .view = view, .agent = agent};

    if (call->output == OUTPUT_NAME)
        return show_names(agent);
    subject.state = bindings_agent(call, view->instance, agent);
    subject.guard = instance_guard(view->instance, agent);
    return call->output == OUTPUT_JSON ? show_json(&subject) : show_text(&subject);
}

static enum exit_code show(const struct invocation *call, int argc, const char **argv)
{
    struct ma_view view = {0};
    const struct agent *agent;
    enum exit_code code = ma_open(&view, call);

    (void)argc;
    if (code == EXIT_OK) {
        agent = open_agent(view.config, argv[0]);
        code = agent == NULL ? EXIT_USAGE : show_agent(call, &view, agent);
    }
    ma_close(&view);
    return code;
}

const struct command command_ma_show = {
    .words = "ma show",
    .arguments = "MA",
    .summary = "One agent: plugin, rules, guards, run profiles",
    .help =
        "MA is a name, in any case, or an id. -v adds the attribute flows; passwords in "
        "constants\nare ***. -o name gives the names of the run profiles.\n\n    mactl "
        "-C sync ma show fabrikam.example",
    .least = 1,
    .most = 1,
    .formats = FORMAT_NAMES,
    .run = show,
};
