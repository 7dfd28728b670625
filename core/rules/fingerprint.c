/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>

#include "base/text.h"
#include "rules/compiler.h"

/*
 * The rules as bytes that depend on nothing but what they say: names as texts and folded,
 * because numbers differ from store to store; no places, names or descriptions of rules,
 * because those decide nothing. Their hash is the fingerprint.
 */

struct print {
    struct compiler *compiler;
    struct buf *out;
};

static void put_number(const struct print *print, uint64_t number)
{
    buf_varint(print->out, number);
}

static void put_text(const struct print *print, const char *text)
{
    buf_counted(print->out, slice_text(text));
}

static void put_name(const struct print *print, uint32_t name)
{
    ARENA_AUTO arena = {0};
    struct slice text = slice_text(names_text(print->compiler->names, name));

    buf_counted(print->out, text_fold(&arena, text));
}

static void put_guid(const struct print *print, const struct guid *guid)
{
    buf_bytes(print->out, guid->bytes, sizeof guid->bytes);
}

static void put_scope(const struct print *print, const struct scope *scope)
{
    put_number(print, scope->count);
    for (size_t i = 0; i < scope->count; i++) {
        put_number(print, scope->groups[i].count);
        for (size_t k = 0; k < scope->groups[i].count; k++) {
            const struct predicate *predicate = &scope->groups[i].items[k];

            put_number(print, predicate->op);
            put_number(print, predicate->intrinsic);
            put_number(print, predicate->type);
            put_name(print, predicate->attribute);
            buf_counted(print->out, predicate->text);
        }
    }
}

static void put_key(const struct print *print, const struct join_key *key)
{
    put_number(print, key->dn);
    put_number(print, key->object_id);
    put_number(print, key->case_sensitive);
    put_number(print, key->cs_type);
    put_number(print, key->mv_type);
    put_name(print, key->cs_attribute);
    put_name(print, key->mv_attribute);
    put_text(print, key->script);
    put_number(print, key->source_count);
    for (size_t i = 0; i < key->source_count; i++)
        put_name(print, key->sources[i]);
}

static void put_joins(const struct print *print, const struct rule *rule)
{
    put_number(print, rule->join_count);
    for (size_t i = 0; i < rule->join_count; i++) {
        const struct join *join = &rule->joins[i];

        put_name(print, join->mv_type);
        put_scope(print, &join->scope);
        put_text(print, join->resolution);
        put_number(print, join->count);
        for (size_t k = 0; k < join->count; k++)
            put_key(print, &join->keys[k]);
    }
}

/* --- parameters ----------------------------------------------------------------- */

static void put_value(const struct print *print, const struct parameter *parameters,
                      size_t count, const char *name)
{
    put_text(print, parameter_find(parameters, count, name));
}

/* Every value that %Name% can have for an object of this agent. */
static void put_parameter(const struct print *print, const struct compiled_agent *agent,
                          const char *name)
{
    const struct agent *config = agent->config;

    put_text(print, program_parameter(print->compiler->program, agent, 0, name));
    for (size_t i = 0; i < config->partition_count; i++)
        put_value(print, config->partitions[i].parameters,
                  config->partitions[i].parameter_count, name);
}

/* Given to parameters_each. */
struct reading {
    const struct print *print;
    const struct compiled_agent *agent;
};

static void put_read(void *context, const char *name)
{
    const struct reading *reading = context;

    put_parameter(reading->print, reading->agent, name);
}

/* --- flows and rules -------------------------------------------------------------- */

static void put_expression(const struct print *print, const struct rule *rule,
                           const struct expr *expr)
{
    ARENA_AUTO arena = {0};
    const char *text = expr == NULL ? "" : expr_print(&arena, expr);
    struct reading reading = {print, &print->compiler->agents[rule->agent]};

    put_text(print, text);
    parameters_each(text, put_read, &reading);
}

static void put_target(const struct print *print, const struct flow *flow)
{
    put_name(print, flow->target);
    put_number(print, flow->to_dn);
    put_number(print, flow->target_type);
    put_number(print, flow->target_single);
    if (flow->target_is_time)
        put_number(print, 1);
    put_number(print, flow->target_export_only);
}

static void put_source(const struct print *print, const struct flow *flow)
{
    put_number(print, flow->kind);
    put_name(print, flow->source);
    put_number(print, flow->source_type);
    put_number(print, flow->intrinsic);
    put_number(print, flow->dn_part);
    put_text(print, flow->script);
    put_number(print, flow->constant_count);
    for (uint32_t i = 0; i < flow->constant_count; i++)
        buf_counted(print->out, flow->constant[i]);
    put_number(print, flow->source_count);
    for (size_t i = 0; i < flow->source_count; i++)
        put_name(print, flow->sources[i]);
}

static void put_flow(const struct print *print, const struct rule *rule,
                     const struct flow *flow)
{
    put_guid(print, &flow->id);
    put_target(print, flow);
    put_source(print, flow);
    put_expression(print, rule, flow->expr);
    put_number(print, (uint64_t)flow->rank);
    put_number(print, flow->precedence);
    put_number(print, flow->merge);
    put_number(print, flow->once);
    put_number(print, flow->existence_test);
    put_number(print, flow->keep_on_null);
}

static void put_rule(const struct print *print, const struct rule *rule)
{
    put_guid(print, &rule->id);
    put_number(print, rule->direction);
    put_name(print, rule->cs_type);
    put_name(print, rule->mv_type);
    put_number(print, (uint64_t)rule->precedence);
    put_scope(print, &rule->scope);
    put_joins(print, rule);
    put_number(print, rule->link);
    put_name(print, rule->link_type);
    put_text(print, rule->link_script);
    put_number(print, rule->needs_rule_service);
    put_number(print, rule->flow_count);
    for (size_t i = 0; i < rule->flow_count; i++)
        put_flow(print, rule, &rule->flows[i]);
}

/* --- agents and the whole --------------------------------------------------------- */

static void put_filters(const struct print *print, const struct compiled_agent *agent)
{
    put_number(print, agent->filter_count);
    for (size_t i = 0; i < agent->filter_count; i++) {
        put_name(print, agent->filters[i].cs_type);
        put_scope(print, &agent->filters[i].scope);
        put_text(print, agent->filters[i].script);
    }
}

static void put_agent(const struct print *print, const struct compiled_agent *agent)
{
    const struct program *program = print->compiler->program;
    size_t index = (size_t)(agent - print->compiler->agents);

    put_guid(print, &agent->config->id);
    put_filters(print, agent);
    put_number(print, agent->deprovisioning);
    put_text(print, agent->deprovision_script);
    put_number(print, agent->recall);
    put_number(print, agent->declarative);
    put_text(print, agent->extension);
    for (size_t i = 0; i < program->rule_count; i++)
        if (program->rules[i].agent == index)
            put_rule(print, &program->rules[i]);
}

static uint64_t agent_print(struct compiler *compiler, const struct compiled_agent *agent)
{
    BUF_AUTO out = {0};
    struct print print = {compiler, &out};

    put_agent(&print, agent);
    return text_hash(buf_view(&out), 0);
}

static void put_deletions(const struct print *print)
{
    const struct metaverse *metaverse = &print->compiler->config->metaverse;

    put_number(print, metaverse->deletion_rule_count);
    for (size_t i = 0; i < metaverse->deletion_rule_count; i++) {
        const struct mv_deletion_rule *rule = &metaverse->deletion_rules[i];

        put_name(print, type_number(print->compiler, rule->mv_type));
        put_number(print, rule->kind);
        put_number(print, rule->count);
        for (size_t k = 0; k < rule->count; k++)
            put_guid(print, &rule->agents[k]);
    }
}

/* Agents count as a set: the order of the files says nothing. */
static uint64_t program_print(struct compiler *compiler)
{
    const struct program *program = compiler->program;
    BUF_AUTO out = {0};
    struct print print = {compiler, &out};
    uint64_t sum = 0;

    for (size_t i = 0; i < program->agent_count; i++)
        sum += program->agents[i].fingerprint;
    buf_u64(&out, sum);
    put_deletions(&print);
    put_number(&print, program->provisioning);
    put_text(&print, compiler->config->metaverse.extension);
    put_number(&print, program->flows_without_service);
    put_number(&print, program->strict_joins);
    return text_hash(buf_view(&out), 0);
}

void fingerprint_compile(struct compiler *compiler)
{
    for (size_t i = 0; i < compiler->program->agent_count; i++)
        compiler->agents[i].fingerprint = agent_print(compiler, &compiler->agents[i]);
    compiler->program->fingerprint = program_print(compiler);
}
