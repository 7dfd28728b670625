/* SPDX-License-Identifier: Apache-2.0 */

/* What the metaverse and the synchronisation rules say. */

#include <strings.h>

#include "base/buf.h"
#include "designer/facts.h"

/* --- the metaverse ---------------------------------------------------------------- */

static const char *source_of(struct facts *facts, const struct import_flow *flow)
{
    return arena_print(facts->arena, "%s %s", fact_agent(facts, &flow->agent),
                       flow->cs_type);
}

static void group_facts(struct facts *facts, const struct import_flow_group *group)
{
    static const char *const kinds[] = {[PRECEDENCE_RANKED] = "ranked",
                                        [PRECEDENCE_EQUAL] = "equal",
                                        [PRECEDENCE_MANUAL] = "manual"};
    const char **sources = ARENA_ARRAY(facts->arena, const char *, group->count);

    for (size_t i = 0; i < group->count; i++) {
        sources[i] = source_of(facts, &group->flows[i]);
        fact_mapping(facts, &group->flows[i].mapping, "", "import flow %s to %s %s",
                     sources[i], group->mv_type, group->mv_attribute);
    }
    if (group->precedence != PRECEDENCE_RANKED)
        fact_add(facts, kinds[group->precedence], "precedence of %s %s", group->mv_type,
                 group->mv_attribute);
    else
        fact_order(facts, sources, group->count, "precedence of %s %s", group->mv_type,
                   group->mv_attribute);
}

static void deletion_facts(struct facts *facts, const struct mv_deletion_rule *rule)
{
    static const char *const kinds[] = {[MV_DELETE_LAST] = "when the last connector goes",
                                        [MV_DELETE_ANY] = "when a connector goes",
                                        [MV_DELETE_SCRIPTED] = "scripted"};

    fact_add(facts, kinds[rule->kind], "deletion of %s", rule->mv_type);
    for (size_t i = 0; i < rule->count; i++)
        fact_add(facts, "counts", "deletion of %s agent %s", rule->mv_type,
                 fact_agent(facts, &rule->agents[i]));
}

void facts_metaverse(struct facts *facts)
{
    static const char *const provisioning[] = {[PROVISION_NONE] = "none",
                                               [PROVISION_SCRIPTED] = "scripted",
                                               [PROVISION_SYNC_RULE] = "sync-rule",
                                               [PROVISION_BOTH] = "both"};
    const struct metaverse *mv = &facts->config->metaverse;

    fact_thing(facts, FACT_METAVERSE, "", "metaverse", NULL);
    fact_add(facts, provisioning[mv->provisioning], "provisioning");
    fact_add(facts, mv->extension, "rules extension");
    for (size_t i = 0; i < mv->flow_group_count; i++)
        group_facts(facts, &mv->flow_groups[i]);
    for (size_t i = 0; i < mv->deletion_rule_count; i++)
        deletion_facts(facts, &mv->deletion_rules[i]);
    for (size_t i = 0; i < mv->option_count; i++)
        fact_add(facts, mv->options[i].recall ? "on" : "off", "recall of %s",
                 fact_agent(facts, &mv->options[i].agent));
    fact_parameters(facts, mv->parameters, mv->parameter_count);
    fact_schema(facts, &mv->schema);
}

/* --- synchronisation rules -------------------------------------------------------- */

static const struct sync_rule *rule_by_id(const struct config *config,
                                          const struct guid *id)
{
    for (size_t i = 0; i < config->rule_count; i++)
        if (guid_equal(&config->rules[i].id, id))
            return &config->rules[i];
    return NULL;
}

static bool same_agent(const struct config *a, const struct guid *x,
                       const struct config *b, const struct guid *y)
{
    const struct agent *of_a = config_agent(a, x);
    const struct agent *of_b = config_agent(b, y);

    return guid_equal(x, y) ||
           (of_a != NULL && of_b != NULL && strcasecmp(of_a->name, of_b->name) == 0);
}

/* One with this name that only the other side has. */
static bool has_namesake(const struct facts *facts, const struct sync_rule *rule)
{
    for (size_t i = 0; i < facts->other->rule_count; i++) {
        const struct sync_rule *other = &facts->other->rules[i];

        if (strcasecmp(other->name, rule->name) == 0 &&
            other->direction == rule->direction &&
            same_agent(facts->config, &rule->agent, facts->other, &other->agent) &&
            rule_by_id(facts->config, &other->id) == NULL)
            return true;
    }
    return false;
}

/* By its GUID, else by its name: each server has made its shipped rules for itself. */
static const char *key_of(const struct facts *facts, const struct sync_rule *rule)
{
    char text[GUID_TEXT];

    if (rule_by_id(facts->other, &rule->id) == NULL && has_namesake(facts, rule))
        return arena_print(facts->arena, "name %s %s", rule->name,
                           fact_agent(facts, &rule->agent));
    return arena_text(facts->arena, guid_format(&rule->id, GUID_PLAIN, text));
}

static void flow_fact(struct facts *facts, const struct rule_mapping *flow)
{
    const char *merge = fact_merge(flow->merge);

    fact_mapping(facts, &flow->mapping,
                 arena_print(facts->arena, "%s%s%s", merge,
                             merge[0] != '\0' && flow->execute_once ? ", " : "",
                             flow->execute_once ? "once" : ""),
                 "flow %s", flow->destination);
}

static void join_facts(struct facts *facts, const struct sync_rule *rule)
{
    const char **texts = ARENA_ARRAY(facts->arena, const char *, rule->join_count);

    for (size_t i = 0; i < rule->join_count; i++) {
        texts[i] = fact_join(facts, &rule->joins[i]);
        fact_add(facts, texts[i], "join");
    }
    fact_order(facts, texts, rule->join_count, "order of the joins");
}

void facts_rule(struct facts *facts, const struct sync_rule *rule)
{
    static const char *const links[] = {[LINK_TYPE_JOIN] = "Join",
                                        [LINK_TYPE_PROVISION] = "Provision",
                                        [LINK_TYPE_STICKY_JOIN] = "StickyJoin"};
    const char *agent = fact_agent(facts, &rule->agent);

    fact_thing(facts, FACT_RULE, key_of(facts, rule), rule->name, agent);
    fact_add(facts, rule->name, "name");
    fact_add(facts, agent, "agent");
    fact_add(facts, rule->direction == RULE_INBOUND ? "inbound" : "outbound",
             "direction");
    fact_add(facts, rule->disabled ? "disabled" : "enabled", "state");
    fact_add(facts, links[rule->link_type], "link type");
    fact_add(facts, arena_print(facts->arena, "%ld", rule->precedence), "precedence");
    fact_add(facts, rule->source_type, "source type");
    fact_add(facts, rule->target_type, "target type");
    fact_add(facts, rule->password_sync ? "on" : "off", "password synchronisation");
    fact_add(facts, rule->soft_delete_expiry, "soft delete expiry");
    fact_groups(facts, rule->scope, rule->scope_count, "scope");
    join_facts(facts, rule);
    for (size_t i = 0; i < rule->mapping_count; i++)
        flow_fact(facts, &rule->mappings[i]);
}
