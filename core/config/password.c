/* SPDX-License-Identifier: Apache-2.0 */
#include "config/password.h"

#include <strings.h>

bool password_is(const char *attribute)
{
    static const char *const parts[] = {"pwd", "password", "passwd", "passphrase",
                                        "secret"};

    for (size_t i = 0; attribute != NULL && i < sizeof parts / sizeof parts[0]; i++)
        if (strcasestr(attribute, parts[i]) != NULL)
            return true;
    return false;
}

static bool is_encrypted(const struct schema *schema, const char *attribute)
{
    for (size_t i = 0; schema != NULL && i < schema->attribute_count; i++)
        if (schema->attributes[i].encrypted &&
            strcasecmp(schema->attributes[i].name, attribute) == 0)
            return true;
    return false;
}

/* The structs are constant for all but those that make them. */
static void mark(const struct mapping *mapping, const struct schema *schema,
                 const char *target)
{
    ((struct mapping *)(uintptr_t)mapping)->secret =
        password_is(target) || is_encrypted(schema, target);
}

static void mark_exports(const struct agent *agent)
{
    for (size_t i = 0; i < agent->export_set_count; i++)
        for (size_t j = 0; j < agent->export_sets[i].count; j++) {
            const struct export_flow *flow = &agent->export_sets[i].flows[j];

            mark(&flow->mapping, &agent->schema, flow->cs_attribute);
        }
}

static void mark_imports(const struct metaverse *mv)
{
    for (size_t i = 0; i < mv->flow_group_count; i++)
        for (size_t j = 0; j < mv->flow_groups[i].count; j++)
            mark(&mv->flow_groups[i].flows[j].mapping, &mv->schema,
                 mv->flow_groups[i].mv_attribute);
}

static void mark_rule(const struct config *config, const struct sync_rule *rule)
{
    const struct agent *agent = config_agent(config, &rule->agent);
    const struct schema *schema = &config->metaverse.schema;

    if (rule->direction == RULE_OUTBOUND)
        schema = agent == NULL ? NULL : &agent->schema;
    for (size_t i = 0; i < rule->mapping_count; i++)
        mark(&rule->mappings[i].mapping, schema, rule->mappings[i].destination);
}

void password_mark(struct config *config)
{
    for (size_t i = 0; i < config->agent_count; i++)
        mark_exports(&config->agents[i]);
    mark_imports(&config->metaverse);
    for (size_t i = 0; i < config->rule_count; i++)
        mark_rule(config, &config->rules[i]);
}
