/* SPDX-License-Identifier: Apache-2.0 */
#include "show/secret.h"

#include "config/password.h"

bool secret_name(const char *attribute)
{
    return password_is(attribute);
}

static bool by_schema(const struct schema *schema, const char *attribute)
{
    const struct schema_attribute *a = schema_attribute(schema, attribute);

    return a != NULL && a->encrypted;
}

/* A rule that writes a secret constant into it makes it one. */
static bool by_flow(const struct program *program, const struct compiled_agent *agent,
                    uint32_t name)
{
    for (size_t r = 0; name != NAME_NONE && r < program->rule_count; r++) {
        const struct rule *rule = &program->rules[r];
        bool ours = agent == NULL ? rule->direction == RULE_INBOUND
                                  : rule->direction == RULE_OUTBOUND &&
                                        &program->agents[rule->agent] == agent;

        for (size_t f = 0; ours && f < rule->flow_count; f++)
            if (rule->flows[f].secret && rule->flows[f].target == name)
                return true;
    }
    return false;
}

bool secret_attribute(const struct program *program, const struct compiled_agent *agent,
                      const char *attribute)
{
    if (secret_name(attribute))
        return true;
    if (program == NULL)
        return false;
    if (by_schema(agent == NULL ? &program->config->metaverse.schema
                                : &agent->config->schema,
                  attribute))
        return true;
    return by_flow(program, agent, names_find(program->names, slice_text(attribute)));
}
