/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/compiler.h"

/*
 * Tables over the finished rules: which rules are for a type, which flows go into an
 * attribute. Synchronisation looks up here once per object or attribute; nothing in it
 * depends on the number of rules.
 */

typedef VEC_OF(const struct rule *) rule_vec;

/* --- rules by type -------------------------------------------------------------- */

static bool is_inbound(const struct rule *rule)
{
    return rule->direction == RULE_INBOUND;
}

/* The type that decides whether a rule is for an object at all. */
static uint32_t source_type(const struct rule *rule)
{
    return is_inbound(rule) ? rule->cs_type : rule->mv_type;
}

static struct rule_list kept_rules(struct compiler *compiler, rule_vec *rules)
{
    struct rule_list out = {.count = rules->count};

    if (rules->count > 0)
        out.rules = arena_copy(compiler->arena, rules->items,
                               rules->count * sizeof *rules->items);
    VEC_FREE(rules);
    return out;
}

static struct rule_list rules_of(struct compiler *compiler, size_t agent,
                                 enum rule_direction direction)
{
    rule_vec rules = {0};

    for (size_t i = 0; i < compiler->program->rule_count; i++) {
        const struct rule *rule = &compiler->program->rules[i];

        if (rule->agent == agent && rule->direction == direction)
            VEC_ADD(&rules, rule);
    }
    return kept_rules(compiler, &rules);
}

static struct rule_list rules_for(struct compiler *compiler, struct rule_list of,
                                  uint32_t type)
{
    rule_vec rules = {0};

    for (size_t i = 0; i < of.count; i++)
        if (source_type(of.rules[i]) == type || source_type(of.rules[i]) == NAME_NONE)
            VEC_ADD(&rules, of.rules[i]);
    return kept_rules(compiler, &rules);
}

static const struct rule_list *by_type(struct compiler *compiler, struct rule_list of,
                                       size_t types)
{
    struct rule_list *table = ARENA_ARRAY(compiler->arena, struct rule_list, types);
    bool *named = mem_zero_array(types, sizeof *named);

    for (size_t i = 0; i < of.count; i++)
        named[source_type(of.rules[i])] = true;
    table[NAME_NONE] = rules_for(compiler, of, NAME_NONE);
    for (uint32_t type = 1; type < types; type++)
        table[type] = named[type] ? rules_for(compiler, of, type) : table[NAME_NONE];
    free(named);
    return table;
}

static void dispatch_compile(struct compiler *compiler, size_t index)
{
    struct compiled_agent *agent = &compiler->agents[index];
    struct rule_list inbound = rules_of(compiler, index, RULE_INBOUND);
    struct rule_list outbound = rules_of(compiler, index, RULE_OUTBOUND);

    agent->type_count = names_count(compiler->names) + 1;
    agent->inbound = inbound.rules;
    agent->inbound_count = inbound.count;
    agent->outbound = outbound.rules;
    agent->outbound_count = outbound.count;
    agent->inbound_by_type = by_type(compiler, inbound, agent->type_count);
    agent->outbound_by_type = by_type(compiler, outbound, agent->type_count);
}

/* --- flows by attribute --------------------------------------------------------- */

/* One flow at one target, before it is grouped. */
struct aim {
    uint32_t mv_type;
    uint32_t cs_type; /* NAME_NONE for the metaverse */
    uint32_t attribute;
    const struct flow *flow;
};
typedef VEC_OF(struct aim) aim_list;

static int compare_numbers(uint32_t a, uint32_t b)
{
    return (a > b) - (a < b);
}

static int compare_targets(const struct aim *a, const struct aim *b)
{
    int order = compare_numbers(a->mv_type, b->mv_type);

    if (order == 0)
        order = compare_numbers(a->cs_type, b->cs_type);
    return order != 0 ? order : compare_numbers(a->attribute, b->attribute);
}

/* Rank decides, then the order of the rules, then the place in the rule. */
static int by_target(const void *left, const void *right)
{
    const struct aim *a = left;
    const struct aim *b = right;
    int order = compare_targets(a, b);

    if (order != 0)
        return order;
    if (a->flow->rank != b->flow->rank)
        return a->flow->rank < b->flow->rank ? -1 : 1;
    order = compare_numbers(a->flow->rule->index, b->flow->rule->index);
    return order != 0 ? order : (a->flow > b->flow) - (a->flow < b->flow);
}

/* Adds the rule's flows at every pair of types it is for. */
static void take_aim(aim_list *aims, const struct rule *rule, const number_list *mv_types,
                     const number_list *cs_types)
{
    for (size_t m = 0; m < mv_types->count; m++)
        for (size_t c = 0; c < cs_types->count; c++)
            for (size_t i = 0; i < rule->flow_count; i++)
                if (!rule->flows[i].existence_test)
                    VEC_ADD(aims, (struct aim){mv_types->items[m], cs_types->items[c],
                                               rule->flows[i].target, &rule->flows[i]});
}

/* A rule's own type, or all there are where it is for any. */
static number_list types_of(uint32_t type, const number_list *all)
{
    number_list out = {0};

    if (type != NAME_NONE)
        VEC_ADD(&out, type);
    for (size_t i = 0; type == NAME_NONE && i < all->count; i++)
        VEC_ADD(&out, all->items[i]);
    return out;
}

static void aim_rule(aim_list *aims, const struct rule *rule, const number_list *mv_all,
                     const number_list *cs_all)
{
    number_list mv_types = types_of(rule->mv_type, mv_all);
    number_list cs_types = types_of(rule->cs_type, cs_all);

    take_aim(aims, rule, &mv_types, &cs_types);
    VEC_FREE(&mv_types);
    VEC_FREE(&cs_types);
}

static void sort_aims(aim_list *aims)
{
    if (aims->count > 0)
        qsort(aims->items, aims->count, sizeof *aims->items, by_target);
}

/* How many of the aims from here on have one target. */
static size_t run_length(const aim_list *aims, size_t from)
{
    size_t end = from;

    while (end < aims->count &&
           compare_targets(&aims->items[from], &aims->items[end]) == 0)
        end++;
    return end - from;
}

static size_t count_targets(const aim_list *aims)
{
    size_t count = 0;

    for (size_t i = 0; i < aims->count; i += run_length(aims, i))
        count++;
    return count;
}

/* Replace is another word for update. */
static enum merge_type merge_of(const struct flow *flow)
{
    return flow->merge == MERGE_REPLACE ? MERGE_UPDATE : flow->merge;
}

/* Scopes may keep them apart: only an object for which both hold is an error. */
static void warn_of_merge(struct compiler *compiler, const struct flow *first,
                          const struct flow *other)
{
    finding_add(compiler, FINDING_WARNING, other->place,
                "an object for which both rules hold fails",
                "'%s' and '%s' do not agree how values of '%s' are merged",
                first->rule->name, other->rule->name,
                names_text(compiler->names, first->target));
}

static const struct flow *const *
flows_of(struct compiler *compiler, const struct aim *aims, size_t count, bool *mixed)
{
    const struct flow **flows = ARENA_ARRAY(compiler->arena, const struct flow *, count);

    *mixed = false;
    for (size_t i = 0; i < count; i++) {
        flows[i] = aims[i].flow;
        if (merge_of(flows[i]) == merge_of(flows[0]))
            continue;
        if (!*mixed)
            warn_of_merge(compiler, flows[0], flows[i]);
        *mixed = true;
    }
    return flows;
}

/* --- of the metaverse ------------------------------------------------------------ */

static number_list metaverse_types(struct compiler *compiler)
{
    const struct schema *schema = &compiler->config->metaverse.schema;
    number_list out = {0};

    for (size_t i = 0; i < schema->class_count; i++)
        VEC_ADD(&out, names_intern_text(compiler->names, schema->classes[i].name));
    for (size_t i = 0; i < compiler->program->rule_count; i++)
        VEC_ADD(&out, compiler->program->rules[i].mv_type);
    out.count = numbers_unique(out.items, out.count);
    return out;
}

static void group_metaverse(struct compiler *compiler, const aim_list *aims)
{
    size_t count = count_targets(aims);
    struct mv_target *out = ARENA_ARRAY(compiler->arena, struct mv_target, count);
    size_t at = 0;

    compiler->program->mv_targets = out;
    compiler->program->mv_target_count = count;
    for (size_t i = 0; i < aims->count; i += out[at++].count) {
        const struct aim *first = &aims->items[i];

        out[at].mv_type = first->mv_type;
        out[at].attribute = first->attribute;
        out[at].precedence = first->flow->precedence;
        out[at].merge = merge_of(first->flow);
        out[at].count = run_length(aims, i);
        out[at].flows = flows_of(compiler, first, out[at].count, &out[at].mixed_merge);
    }
}

static void metaverse_targets(struct compiler *compiler, const number_list *mv_types)
{
    uint32_t none = NAME_NONE;
    number_list one = {.items = &none, .count = 1};
    aim_list aims = {0};

    for (size_t i = 0; i < compiler->program->rule_count; i++) {
        const struct rule *rule = &compiler->program->rules[i];
        number_list types = types_of(rule->mv_type, mv_types);

        if (is_inbound(rule))
            take_aim(&aims, rule, &types, &one);
        VEC_FREE(&types);
    }
    sort_aims(&aims);
    group_metaverse(compiler, &aims);
    VEC_FREE(&aims);
}

/* --- of the agents ---------------------------------------------------------------- */

/* Every type that a rule of the agent names or a partition selects. */
static number_list agent_types(struct compiler *compiler,
                               const struct compiled_agent *agent)
{
    const struct agent *config = agent->config;
    number_list out = {0};

    for (size_t i = 0; i < agent->inbound_count; i++)
        VEC_ADD(&out, agent->inbound[i]->cs_type);
    for (size_t i = 0; i < agent->outbound_count; i++)
        VEC_ADD(&out, agent->outbound[i]->cs_type);
    for (size_t i = 0; i < config->partition_count; i++) {
        const char *const *types = config->partitions[i].object_types;

        for (size_t k = 0; types != NULL && types[k] != NULL; k++)
            VEC_ADD(&out, names_intern_text(compiler->names, types[k]));
    }
    out.count = numbers_unique(out.items, out.count);
    return out;
}

static void group_agent(struct compiler *compiler, struct compiled_agent *agent,
                        const aim_list *aims)
{
    size_t count = count_targets(aims);
    struct cs_target *out = ARENA_ARRAY(compiler->arena, struct cs_target, count);
    size_t at = 0;

    agent->targets = out;
    agent->target_count = count;
    for (size_t i = 0; i < aims->count; i += out[at++].count) {
        const struct aim *first = &aims->items[i];

        out[at].mv_type = first->mv_type;
        out[at].cs_type = first->cs_type;
        out[at].attribute = first->attribute;
        out[at].merge = merge_of(first->flow);
        out[at].count = run_length(aims, i);
        out[at].flows = flows_of(compiler, first, out[at].count, &out[at].mixed_merge);
    }
}

static void agent_targets(struct compiler *compiler, struct compiled_agent *agent,
                          const number_list *mv_types)
{
    number_list cs_types = agent_types(compiler, agent);
    aim_list aims = {0};

    for (size_t i = 0; i < agent->outbound_count; i++)
        aim_rule(&aims, agent->outbound[i], mv_types, &cs_types);
    sort_aims(&aims);
    group_agent(compiler, agent, &aims);
    VEC_FREE(&aims);
    VEC_FREE(&cs_types);
}

/* --- what a type may give ----------------------------------------------------------- */

static bool has_flow_of(const struct mv_target *target, size_t agent, uint32_t cs_type)
{
    for (size_t i = 0; i < target->count; i++) {
        const struct rule *rule = target->flows[i]->rule;

        if (rule->agent == agent &&
            (rule->cs_type == NAME_NONE || rule->cs_type == cs_type))
            return true;
    }
    return false;
}

static struct inflow_list inflow_list(struct compiler *compiler, size_t agent,
                                      uint32_t cs_type, uint32_t mv_type)
{
    size_t count;
    const struct mv_target *all = program_mv_targets(compiler->program, mv_type, &count);
    const struct mv_target **kept =
        ARENA_ARRAY(compiler->arena, const struct mv_target *, count);
    struct inflow_list out = {.cs_type = cs_type, .mv_type = mv_type, .targets = kept};

    for (size_t i = 0; i < count; i++)
        if (all[i].attribute != NAME_NONE && has_flow_of(&all[i], agent, cs_type))
            kept[out.count++] = &all[i];
    return out;
}

/* For every type that an inbound rule names, and for all others. */
static void inflows_compile(struct compiler *compiler, size_t index,
                            const number_list *mv_types)
{
    struct compiled_agent *agent = &compiler->agents[index];
    VEC_OF(struct inflow_list) lists = {0};
    number_list types = {0};

    VEC_ADD(&types, NAME_NONE);
    for (size_t i = 0; i < agent->inbound_count; i++)
        VEC_ADD(&types, agent->inbound[i]->cs_type);
    types.count = 1 + numbers_unique(types.items + 1, types.count - 1);
    for (size_t c = 0; c < types.count; c++)
        for (size_t m = 0; m < mv_types->count; m++)
            VEC_ADD(&lists,
                    inflow_list(compiler, index, types.items[c], mv_types->items[m]));
    agent->inflows =
        arena_copy(compiler->arena, lists.items, lists.count * sizeof *lists.items);
    agent->inflow_count = lists.count;
    VEC_FREE(&lists);
    VEC_FREE(&types);
}

void targets_compile(struct compiler *compiler)
{
    number_list mv_types = metaverse_types(compiler);

    for (size_t i = 0; i < compiler->program->agent_count; i++) {
        dispatch_compile(compiler, i);
        agent_targets(compiler, &compiler->agents[i], &mv_types);
    }
    metaverse_targets(compiler, &mv_types);
    for (size_t i = 0; i < compiler->program->agent_count; i++)
        inflows_compile(compiler, i, &mv_types);
    VEC_FREE(&mv_types);
}
