/* SPDX-License-Identifier: Apache-2.0 */
#include <strings.h>

#include "base/text.h"
#include "rules/compiler.h"

/*
 * The rules of MIIS, ILM, FIM and MIM: what stands in the agents' files (filters, joins,
 * projections, export flows) and in the metaverse's (import flows), cut into rules by the
 * pair of types that they are for.
 */

/* What a classic rule is for; it has no id of its own, so one is made of this. */
struct purpose {
    const char *kind; /* "link", "project", "import", "export" ... */
    size_t agent;
    const char *cs_type;
    const char *mv_type; /* NULL: any */
    struct guid sync_rule;
    struct place place;
};

/* Version 8 of RFC 9562: made in a way of our own. */
static struct guid purpose_id(const struct compiler *compiler,
                              const struct purpose *purpose)
{
    ARENA_AUTO arena = {0};
    BUF_AUTO text = {0};
    struct guid id;
    uint64_t halves[2];

    buf_text(&text, purpose->kind);
    buf_bytes(&text, &compiler->agents[purpose->agent].config->id, sizeof(struct guid));
    buf_counted(&text, text_fold(&arena, slice_text(purpose->cs_type)));
    buf_counted(&text, text_fold(&arena, slice_text(purpose->mv_type)));
    buf_bytes(&text, &purpose->sync_rule, sizeof purpose->sync_rule);
    halves[0] = text_hash(buf_view(&text), 0);
    halves[1] = text_hash(buf_view(&text), 1);
    memcpy(id.bytes, halves, sizeof id.bytes);
    id.bytes[7] = (unsigned char)((id.bytes[7] & 0x0f) | 0x80);
    id.bytes[8] = (unsigned char)((id.bytes[8] & 0x3f) | 0x80);
    return id;
}

static struct draft *classic_rule(struct compiler *compiler,
                                  enum rule_direction direction,
                                  const struct purpose *purpose, const char *name)
{
    struct draft *draft = draft_new(compiler, direction, purpose->agent);

    draft->rule.id = purpose_id(compiler, purpose);
    draft->rule.name = name;
    draft->rule.precedence = (long)compiler->drafts.count;
    draft->rule.cs_type = type_number(compiler, purpose->cs_type);
    draft->rule.mv_type = type_number(compiler, purpose->mv_type);
    draft->rule.place = purpose->place;
    return draft;
}

/* --- joins and projections ------------------------------------------------------ */

static void set_projection(struct compiler *compiler, struct rule *rule,
                           const struct projection *projection)
{
    rule->link = LINK_ACTION_PROVISION;
    rule->link_type = type_number(compiler, projection->mv_type);
    if (projection->kind == PROJECTION_SCRIPTED)
        rule->link_script = "ShouldProjectToMV";
    else if (rule->link_type == NAME_NONE)
        finding_add(compiler, FINDING_ERROR, projection->place, NULL,
                    "a projection of '%s' names no metaverse type", projection->cs_type);
}

static void add_projection(struct compiler *compiler, size_t agent,
                           const struct projection *projection)
{
    struct purpose purpose = {
        .kind = "project",
        .agent = agent,
        .cs_type = projection->cs_type,
        .mv_type = projection->mv_type,
        .sync_rule = projection->sync_rule_id,
        .place = projection->place,
    };
    const char *name =
        arena_print(compiler->arena, "projection of %s", projection->cs_type);
    struct draft *draft = classic_rule(compiler, RULE_INBOUND, &purpose, name);

    set_projection(compiler, &draft->rule, projection);
    draft->rule.mv_type = NAME_NONE;
    draft->rule.scope =
        scope_compile(compiler, &compiler->sides[agent], &compiler->agents[agent],
                      projection->scope, projection->scope_count);
}

/* The first projection belongs to the rule of the joins where nothing limits it. */
static void add_projections(struct compiler *compiler, size_t agent, struct rule *rule,
                            const char *cs_type)
{
    const struct agent *config = compiler->agents[agent].config;
    bool first = true;

    compiler->element = "ma-data/projection/class-mapping";
    for (size_t i = 0; i < config->projection_count; i++) {
        const struct projection *projection = &config->projections[i];

        if (strcasecmp(projection->cs_type, cs_type) != 0)
            continue;
        if (first && projection->scope_count == 0)
            set_projection(compiler, rule, projection);
        else
            add_projection(compiler, agent, projection);
        first = false;
    }
}

typedef VEC_OF(const struct join_group *) group_list;

static void add_joins(struct compiler *compiler, size_t agent, struct rule *rule,
                      const char *cs_type)
{
    const struct agent *config = compiler->agents[agent].config;
    group_list groups = {0};

    compiler->element = "ma-data/join/join-profile/join-criterion";
    for (size_t i = 0; i < config->join_count; i++)
        for (size_t k = 0; k < config->joins[i].count; k++)
            if (strcasecmp(config->joins[i].cs_type, cs_type) == 0)
                VEC_ADD(&groups, &config->joins[i].criteria[k]);
    joins_compile(compiler, &compiler->agents[agent], rule, groups.items, groups.count);
    VEC_FREE(&groups);
}

static void add_link_rule(struct compiler *compiler, size_t agent, const char *cs_type,
                          struct place place)
{
    struct purpose purpose = {
        .kind = "link", .agent = agent, .cs_type = cs_type, .place = place};
    const char *name = arena_print(compiler->arena, "join and projection of %s", cs_type);
    struct draft *draft = classic_rule(compiler, RULE_INBOUND, &purpose, name);

    draft->rule.link = LINK_ACTION_JOIN;
    add_joins(compiler, agent, &draft->rule, cs_type);
    add_projections(compiler, agent, &draft->rule, cs_type);
}

static bool has_link_rule(const struct compiler *compiler, size_t agent, uint32_t cs_type)
{
    for (size_t i = 0; i < compiler->drafts.count; i++) {
        const struct rule *rule = &compiler->drafts.items[i]->rule;

        if (rule->agent == agent && rule->cs_type == cs_type)
            return true;
    }
    return false;
}

static void need_link_rule(struct compiler *compiler, size_t agent, const char *cs_type,
                           struct place place)
{
    if (!has_link_rule(compiler, agent, type_number(compiler, cs_type)))
        add_link_rule(compiler, agent, cs_type, place);
}

static void add_links(struct compiler *compiler, size_t agent)
{
    const struct agent *config = compiler->agents[agent].config;

    for (size_t i = 0; i < config->join_count; i++)
        need_link_rule(compiler, agent, config->joins[i].cs_type, config->joins[i].place);
    for (size_t i = 0; i < config->projection_count; i++)
        need_link_rule(compiler, agent, config->projections[i].cs_type,
                       config->projections[i].place);
}

/* --- import flows ----------------------------------------------------------------- */

/* The rule that was made for this before, or a new one. */
static struct draft *rule_for(struct compiler *compiler, enum rule_direction direction,
                              const struct purpose *purpose)
{
    struct guid id = purpose_id(compiler, purpose);
    const char *name;

    for (size_t i = 0; i < compiler->drafts.count; i++)
        if (guid_equal(&compiler->drafts.items[i]->rule.id, &id))
            return compiler->drafts.items[i];
    name = direction == RULE_INBOUND
               ? arena_print(compiler->arena, "import flow from %s to %s",
                             purpose->cs_type, purpose->mv_type)
               : arena_print(compiler->arena, "export flow from %s to %s",
                             purpose->mv_type, purpose->cs_type);
    return classic_rule(compiler, direction, purpose, name);
}

/* Manual: the extension decides, so all have to be scripted. */
static enum flow_precedence precedence_of(const struct import_flow_group *group)
{
    for (size_t i = 0; i < group->count; i++)
        if (group->precedence == PRECEDENCE_MANUAL &&
            group->flows[i].mapping.kind != MAPPING_SCRIPTED)
            return PRECEDENCE_RANKED;
    return group->precedence;
}

static struct flow_request import_request(const struct compiler *compiler,
                                          const struct import_flow_group *group,
                                          const struct import_flow *from, size_t agent)
{
    return (struct flow_request){
        .from = &compiler->sides[agent],
        .to = &compiler->metaverse,
        .target = group->mv_attribute,
        .mapping = &from->mapping,
        .place = from->place,
    };
}

static void add_import_flow(struct compiler *compiler,
                            const struct import_flow_group *group, size_t rank,
                            size_t agent)
{
    const struct import_flow *from = &group->flows[rank];
    struct flow_request request = import_request(compiler, group, from, agent);
    struct purpose purpose = {
        .kind = "import",
        .agent = agent,
        .cs_type = from->cs_type,
        .mv_type = group->mv_type,
        .place = from->place,
    };
    struct flow flow;

    if (!flow_compile(compiler, &request, &flow))
        return;
    flow.id = from->id;
    flow.rank = (long)rank;
    flow.precedence = precedence_of(group);
    flow.read_layer_imported = true;
    if (from->mapping.sync_rule)
        flow.sync_rule = from->mapping.sync_rule_id;
    VEC_ADD(&rule_for(compiler, RULE_INBOUND, &purpose)->flows, flow);
}

static void add_import_flows(struct compiler *compiler)
{
    const struct metaverse *metaverse = &compiler->config->metaverse;
    size_t agent;

    compiler->element = "mv-data/import-attribute-flow/import-flow-set/import-flows/"
                        "import-flow";
    for (size_t i = 0; i < metaverse->flow_group_count; i++) {
        const struct import_flow_group *group = &metaverse->flow_groups[i];

        if (precedence_of(group) != group->precedence)
            finding_add(compiler, FINDING_WARNING, group->place,
                        "the order of the flows decides",
                        "manual precedence of '%s' has flows that are not scripted",
                        group->mv_attribute);
        for (size_t k = 0; k < group->count; k++)
            if (compile_agent_of(compiler, &group->flows[k].agent, group->flows[k].place,
                                 "the flow is left out", &agent))
                add_import_flow(compiler, group, k, agent);
    }
}

/* --- export flows ----------------------------------------------------------------- */

static struct flow_request export_request(const struct compiler *compiler,
                                          const struct export_flow *from, size_t agent)
{
    return (struct flow_request){
        .from = &compiler->metaverse,
        .to = &compiler->sides[agent],
        .target = from->cs_attribute,
        .outbound = true,
        .mapping = &from->mapping,
        .place = from->place,
    };
}

static bool keeps_on_null(const struct export_flow *from)
{
    return from->suppress_deletions ||
           (from->mapping.function != NULL && !from->mapping.allows_null);
}

/* A set may give one attribute twice, at creation and later: the first is meant for the
 * object that is new, so it ranks before all that are for every object. */
static long export_rank(const struct flow *flow, const struct export_flow_set *set,
                        size_t place)
{
    return (long)(flow->once ? place : set->count + place);
}

static void add_export_flow(struct compiler *compiler, size_t agent,
                            const struct export_flow_set *set, size_t place)
{
    const struct export_flow *from = &set->flows[place];
    struct flow_request request = export_request(compiler, from, agent);
    struct purpose purpose = {
        .kind = from->mapping.sync_rule ? "export by sync rule" : "export",
        .agent = agent,
        .cs_type = set->cs_type,
        .mv_type = set->mv_type,
        .place = set->place,
    };
    struct draft *draft;
    struct flow flow;

    if (!flow_compile(compiler, &request, &flow))
        return;
    if (from->mapping.sync_rule)
        purpose.sync_rule = flow.sync_rule = from->mapping.sync_rule_id;
    flow.id = from->id;
    flow.rank = export_rank(&flow, set, place);
    flow.keep_on_null = keeps_on_null(from);
    flow.merge = from->merge;
    draft = rule_for(compiler, RULE_OUTBOUND, &purpose);
    draft->rule.needs_rule_service = from->mapping.sync_rule;
    VEC_ADD(&draft->flows, flow);
}

static void add_export_flows(struct compiler *compiler, size_t agent)
{
    const struct agent *config = compiler->agents[agent].config;

    compiler->element = "ma-data/export-attribute-flow/export-flow-set/export-flow";
    for (size_t i = 0; i < config->export_set_count; i++)
        for (size_t k = 0; k < config->export_sets[i].count; k++)
            add_export_flow(compiler, agent, &config->export_sets[i], k);
}

/* --- all of it ---------------------------------------------------------------- */

static void add_filters(struct compiler *compiler, size_t index)
{
    struct compiled_agent *agent = &compiler->agents[index];
    const struct agent *config = agent->config;
    struct compiled_filter *filters =
        ARENA_ARRAY(compiler->arena, struct compiled_filter, config->filter_count);

    compiler->element = "ma-data/stay-disconnector/filter-set";
    for (size_t i = 0; i < config->filter_count; i++) {
        const struct filter_set *set = &config->filters[i];

        filters[i].cs_type = type_number(compiler, set->cs_type);
        filters[i].script = set->script;
        filters[i].scope = scope_compile(compiler, &compiler->sides[index], agent,
                                         set->alternatives, set->count);
    }
    agent->filters = filters;
    agent->filter_count = config->filter_count;
}

void classic_compile(struct compiler *compiler)
{
    for (size_t i = 0; i < compiler->program->agent_count; i++) {
        add_filters(compiler, i);
        add_links(compiler, i);
    }
    add_import_flows(compiler);
    for (size_t i = 0; i < compiler->program->agent_count; i++)
        add_export_flows(compiler, i);
}
