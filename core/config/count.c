/* SPDX-License-Identifier: Apache-2.0 */
#include "base/vec.h"
#include "config/config.h"

/* Beside what a mapping is: compiled FIM rules are counted as such and no other. */
static void count_import(struct config_counts *counts, const struct mapping *mapping)
{
    counts->import_flows++;
    if (mapping->sync_rule) {
        counts->import_flows_sync_rule++;
        return;
    }
    counts->import_flows_direct += mapping->kind == MAPPING_DIRECT;
    counts->import_flows_constant += mapping->kind == MAPPING_CONSTANT;
    counts->import_flows_scripted += mapping->kind == MAPPING_SCRIPTED;
    counts->import_flows_dn_part += mapping->kind == MAPPING_DN_PART;
}

static void count_export(struct config_counts *counts, const struct mapping *mapping)
{
    counts->export_flows++;
    if (mapping->sync_rule) {
        counts->export_flows_sync_rule++;
        return;
    }
    counts->export_flows_direct += mapping->kind == MAPPING_DIRECT;
    counts->export_flows_constant += mapping->kind == MAPPING_CONSTANT;
    counts->export_flows_scripted += mapping->kind == MAPPING_SCRIPTED;
}

static void count_runs(struct config_counts *counts, const struct agent *agent)
{
    counts->run_profiles += agent->profile_count;
    for (size_t i = 0; i < agent->profile_count; i++)
        counts->steps += agent->profiles[i].count;
    counts->partitions += agent->partition_count;
    for (size_t i = 0; i < agent->partition_count; i++)
        counts->partitions_selected += agent->partitions[i].selected;
}

static void count_agent(struct config_counts *counts, const struct agent *agent)
{
    count_runs(counts, agent);
    counts->export_flow_sets += agent->export_set_count;
    for (size_t i = 0; i < agent->export_set_count; i++)
        for (size_t j = 0; j < agent->export_sets[i].count; j++)
            count_export(counts, &agent->export_sets[i].flows[j].mapping);
    for (size_t i = 0; i < agent->join_count; i++)
        counts->join_criteria += agent->joins[i].count;
    counts->projections += agent->projection_count;
    for (size_t i = 0; i < agent->filter_count; i++)
        counts->filter_alternatives += agent->filters[i].count;
}

static void count_metaverse(struct config_counts *counts, const struct metaverse *mv)
{
    counts->mv_classes = mv->schema.class_count;
    counts->mv_attribute_types = mv->schema.attribute_count;
    counts->import_flow_groups = mv->flow_group_count;
    for (size_t i = 0; i < mv->flow_group_count; i++)
        for (size_t j = 0; j < mv->flow_groups[i].count; j++)
            count_import(counts, &mv->flow_groups[i].flows[j].mapping);
    counts->mv_deletion_rules = mv->deletion_rule_count;
    counts->ma_options = mv->option_count;
    counts->global_parameters = mv->parameter_count;
}

static void count_rule(struct config_counts *counts, const struct sync_rule *rule)
{
    counts->sync_rules++;
    counts->sync_rules_inbound += rule->direction == RULE_INBOUND;
    counts->sync_rules_outbound += rule->direction == RULE_OUTBOUND;
    counts->sync_rules_provision += rule->link_type == LINK_TYPE_PROVISION;
    counts->mappings += rule->mapping_count;
    for (size_t i = 0; i < rule->mapping_count; i++) {
        enum mapping_kind kind = rule->mappings[i].mapping.kind;

        counts->mappings_direct += kind == MAPPING_DIRECT;
        counts->mappings_constant += kind == MAPPING_CONSTANT;
        counts->mappings_expression += kind == MAPPING_EXPRESSION;
    }
    counts->scope_groups += rule->scope_count;
    for (size_t i = 0; i < rule->scope_count; i++)
        counts->scope_clauses += rule->scope[i].count;
    counts->join_groups += rule->join_count;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static size_t distinct_expressions(const struct config *config)
{
    VEC_OF(const char *) texts = {0};
    size_t distinct = 0;

    for (size_t i = 0; i < config->rule_count; i++)
        for (size_t j = 0; j < config->rules[i].mapping_count; j++)
            if (config->rules[i].mappings[j].mapping.kind == MAPPING_EXPRESSION)
                VEC_ADD(&texts, config->rules[i].mappings[j].mapping.expression);
    if (texts.count > 0)
        qsort(texts.items, texts.count, sizeof *texts.items, by_text);
    for (size_t i = 0; i < texts.count; i++)
        distinct += i == 0 || strcmp(texts.items[i - 1], texts.items[i]) != 0;
    VEC_FREE(&texts);
    return distinct;
}

struct config_counts config_count(const struct config *config)
{
    struct config_counts counts = {.management_agents = config->agent_count};

    for (size_t i = 0; i < config->agent_count; i++)
        count_agent(&counts, &config->agents[i]);
    count_metaverse(&counts, &config->metaverse);
    for (size_t i = 0; i < config->rule_count; i++)
        count_rule(&counts, &config->rules[i]);
    counts.distinct_expressions = distinct_expressions(config);
    return counts;
}
