/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/compiler.h"

/*
 * The rules of Azure AD Connect: each is one rule of the program.
 */

static const enum link_action links[] = {
    [LINK_TYPE_JOIN] = LINK_ACTION_JOIN,
    [LINK_TYPE_PROVISION] = LINK_ACTION_PROVISION,
    [LINK_TYPE_STICKY_JOIN] = LINK_ACTION_STICKY,
};

static void set_types(struct compiler *compiler, const struct sync_rule *from,
                      struct rule *rule)
{
    uint32_t source = type_number(compiler, from->source_type);
    uint32_t target = type_number(compiler, from->target_type);
    bool inbound = from->direction == RULE_INBOUND;

    rule->cs_type = inbound ? source : target;
    rule->mv_type = inbound ? target : source;
    rule->link = links[from->link_type];
    rule->link_type = target;
    if (rule->link == LINK_ACTION_PROVISION && target == NAME_NONE)
        finding_add(compiler, FINDING_ERROR, from->place, NULL,
                    "'%s' provisions, but no type says what", from->name);
}

static void set_joins(struct compiler *compiler, const struct sync_rule *from,
                      struct rule *rule)
{
    const struct join_group **groups =
        ARENA_ARRAY(compiler->arena, const struct join_group *, from->join_count);

    for (size_t i = 0; i < from->join_count; i++)
        groups[i] = &from->joins[i];
    joins_compile(compiler, &compiler->agents[rule->agent], rule, groups,
                  from->join_count);
}

static void add_flow(struct compiler *compiler, struct draft *draft,
                     const struct rule_mapping *mapping)
{
    const struct side *cs = &compiler->sides[draft->rule.agent];
    bool outbound = draft->rule.direction == RULE_OUTBOUND;
    struct flow_request request = {
        .from = outbound ? &compiler->metaverse : cs,
        .to = outbound ? cs : &compiler->metaverse,
        .target = mapping->destination,
        .outbound = outbound,
        .mapping = &mapping->mapping,
        .place = mapping->place,
    };
    struct flow flow;

    if (!flow_compile(compiler, &request, &flow))
        return;
    flow.id = draft->rule.id;
    flow.rank = draft->rule.precedence;
    flow.merge = mapping->merge;
    flow.once = flow.once || mapping->execute_once;
    VEC_ADD(&draft->flows, flow);
}

static void add_rule(struct compiler *compiler, const struct sync_rule *from,
                     size_t agent)
{
    struct draft *draft = draft_new(compiler, from->direction, agent);
    const struct side *source =
        from->direction == RULE_INBOUND ? &compiler->sides[agent] : &compiler->metaverse;

    draft->rule.id = from->id;
    draft->rule.name = from->name;
    draft->rule.precedence = from->precedence;
    draft->rule.place = from->place;
    set_types(compiler, from, &draft->rule);
    compiler->element = "synchronizationRule/synchronizationCriteria";
    draft->rule.scope = scope_compile(compiler, source, &compiler->agents[agent],
                                      from->scope, from->scope_count);
    compiler->element = "synchronizationRule/relationshipCriteria";
    set_joins(compiler, from, &draft->rule);
    compiler->element = "synchronizationRule/attribute-mappings/mapping";
    for (size_t i = 0; i < from->mapping_count; i++)
        add_flow(compiler, draft, &from->mappings[i]);
}

void declarative_compile(struct compiler *compiler)
{
    const struct config *config = compiler->config;
    size_t agent;

    for (size_t i = 0; i < config->rule_count; i++) {
        const struct sync_rule *rule = &config->rules[i];

        compiler->element = "synchronizationRule";
        if (!rule->disabled && compile_agent_of(compiler, &rule->agent, rule->place,
                                                "the rule is left out", &agent))
            add_rule(compiler, rule, agent);
    }
}
