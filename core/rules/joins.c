/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/compiler.h"

static const char left_out[] = "the join criterion is left out";

/* Where a criterion stands: both its sides, and the place for findings. */
struct joining {
    struct compiler *compiler;
    const struct side *cs;
    struct place place;
};

static const char *cs_name(const struct join_condition *condition)
{
    if (condition->cs_attribute != NULL)
        return condition->cs_attribute;
    return condition->source_count > 0 ? condition->sources[0].name : "";
}

static bool is_dn(const struct joining *joining, const struct join_condition *condition)
{
    return (condition->source_count > 0 && condition->sources[0].intrinsic) ||
           side_is_dn(joining->compiler, joining->cs, cs_name(condition));
}

static bool cs_key(const struct joining *joining, const struct join_condition *condition,
                   struct join_key *key)
{
    key->dn = is_dn(joining, condition);
    key->cs_type = VALUE_STRING;
    if (key->dn)
        return true;
    key->cs_attribute = side_find(joining->compiler, joining->cs, cs_name(condition),
                                  joining->place, left_out);
    key->cs_type = side_attribute(joining->cs, key->cs_attribute).type;
    return key->cs_attribute != NAME_NONE;
}

/* What a script reads and the schema lacks, it will find absent. */
static void script_sources(const struct joining *joining,
                           const struct join_condition *condition, struct join_key *key)
{
    struct arena *arena = joining->compiler->arena;
    uint32_t *sources = ARENA_ARRAY(arena, uint32_t, condition->source_count);

    for (size_t i = 0; i < condition->source_count; i++) {
        uint32_t number =
            condition->sources[i].intrinsic
                ? NAME_NONE
                : side_find(joining->compiler, joining->cs, condition->sources[i].name,
                            joining->place, "the script finds it absent");

        if (number != NAME_NONE)
            sources[key->source_count++] = number;
    }
    key->script = condition->script;
    key->sources = sources;
    key->cs_type = VALUE_STRING;
}

static bool mv_key(const struct joining *joining, const struct join_condition *condition,
                   struct join_key *key)
{
    const struct side *mv = &joining->compiler->metaverse;

    key->object_id = condition->object_id;
    key->mv_type = VALUE_STRING;
    if (condition->object_id)
        return true;
    if (condition->mv_attribute == NULL) {
        finding_add(joining->compiler, FINDING_WARNING, joining->place, left_out,
                    "a join condition names no metaverse attribute");
        return false;
    }
    key->mv_attribute = side_find(joining->compiler, mv, condition->mv_attribute,
                                  joining->place, left_out);
    key->mv_type = side_attribute(mv, key->mv_attribute).type;
    return key->mv_attribute != NAME_NONE;
}

static bool key_of(const struct joining *joining, const struct join_condition *condition,
                   struct join_key *key)
{
    *key = (struct join_key){.case_sensitive = condition->case_sensitive};
    if (!mv_key(joining, condition, key))
        return false;
    if (condition->script == NULL)
        return cs_key(joining, condition, key);
    script_sources(joining, condition, key);
    return true;
}

static bool keys_of(const struct joining *joining, const struct join_group *group,
                    struct join_key *keys)
{
    for (size_t i = 0; i < group->count; i++)
        if (!key_of(joining, &group->conditions[i], &keys[i]))
            return false;
    return group->count > 0;
}

static bool join_of(struct compiler *compiler, const struct compiled_agent *agent,
                    const struct join_group *group, struct join *out)
{
    const struct side *cs = &compiler->sides[agent - compiler->agents];
    struct joining joining = {compiler, cs, group->place};
    struct join_key *keys = ARENA_ARRAY(compiler->arena, struct join_key, group->count);

    if (!keys_of(&joining, group, keys))
        return false;
    *out = (struct join){
        .keys = keys,
        .count = group->count,
        .mv_type = type_number(compiler, group->mv_type),
        .scope = scope_compile(compiler, cs, agent, group->scope, group->scope_count),
        .resolution = group->resolution,
        .source = group,
    };
    return true;
}

void joins_compile(struct compiler *compiler, const struct compiled_agent *agent,
                   struct rule *rule, const struct join_group *const *groups,
                   size_t count)
{
    struct join *joins = ARENA_ARRAY(compiler->arena, struct join, count);

    rule->joins = joins;
    for (size_t i = 0; i < count; i++)
        rule->join_count +=
            join_of(compiler, agent, groups[i], &joins[rule->join_count]) ? 1 : 0;
}

/* --- what joins compare -------------------------------------------------------- */

static void collect_keys(const struct rule *rule, number_list *cs, number_list *mv)
{
    for (size_t i = 0; i < rule->join_count; i++)
        for (size_t k = 0; k < rule->joins[i].count; k++) {
            const struct join_key *key = &rule->joins[i].keys[k];

            VEC_ADD(cs, key->cs_attribute);
            VEC_ADD(mv, key->mv_attribute);
        }
}

/* The creator of an object is named by its SID: an import finds it by objectSid. */
static void collect_sid(struct compiler *compiler, const struct compiled_agent *agent,
                        number_list *cs)
{
    const struct schema_attribute *creator =
        schema_attribute(&agent->config->schema, "mS-DS-CreatorSID");

    if (creator != NULL && creator->type == VALUE_REFERENCE &&
        schema_attribute(&agent->config->schema, "objectSid") != NULL)
        VEC_ADD(cs, names_intern_text(compiler->program->names, "objectSid"));
}

void joins_index(struct compiler *compiler)
{
    struct program *program = compiler->program;
    number_list mv = {0};

    for (size_t i = 0; i < program->agent_count; i++) {
        number_list cs = {0};

        for (size_t k = 0; k < program->rule_count; k++)
            if (program->rules[k].agent == i)
                collect_keys(&program->rules[k], &cs, &mv);
        collect_sid(compiler, &compiler->agents[i], &cs);
        compiler->agents[i].indexed =
            numbers_keep(compiler, &cs, &compiler->agents[i].indexed_count);
    }
    program->mv_indexed = numbers_keep(compiler, &mv, &program->mv_indexed_count);
}
