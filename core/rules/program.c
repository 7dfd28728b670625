/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/program.h"

#include <stdlib.h>
#include <strings.h>

const struct compiled_agent *program_agent(const struct program *program, uint32_t number)
{
    for (size_t i = 0; i < program->agent_count; i++)
        if (program->agents[i].number == number)
            return &program->agents[i];
    return NULL;
}

/* --- rules -------------------------------------------------------------------- */

static struct rule_list by_type(const struct rule_list *table, size_t count,
                                uint32_t type)
{
    return table[type < count ? type : NAME_NONE];
}

struct rule_list program_inbound(const struct compiled_agent *agent, uint32_t cs_type)
{
    return by_type(agent->inbound_by_type, agent->type_count, cs_type);
}

struct rule_list program_outbound(const struct compiled_agent *agent, uint32_t mv_type)
{
    return by_type(agent->outbound_by_type, agent->type_count, mv_type);
}

static int find_id(const void *key, const void *item)
{
    return memcmp(key, &((const struct rule_id *)item)->id, sizeof(struct guid));
}

const struct rule *program_rule(const struct program *program, const struct guid *id)
{
    const struct rule_id *found =
        program->id_count == 0
            ? NULL
            : bsearch(id, program->ids, program->id_count, sizeof *program->ids, find_id);

    return found == NULL ? NULL : found->rule;
}

const struct compiled_deletion *program_deletion(const struct program *program,
                                                 uint32_t mv_type)
{
    for (size_t i = 0; i < program->deletion_count; i++)
        if (program->deletions[i].mv_type == mv_type)
            return &program->deletions[i];
    return NULL;
}

/* --- targets -------------------------------------------------------------------- */

static int compare_numbers(uint32_t a, uint32_t b)
{
    return (a > b) - (a < b);
}

static int compare_mv(const struct mv_target *target, uint32_t mv_type,
                      uint32_t attribute)
{
    int order = compare_numbers(target->mv_type, mv_type);

    return order != 0 ? order : compare_numbers(target->attribute, attribute);
}

/* The first target that is not before this one. */
static size_t mv_bound(const struct program *program, uint32_t mv_type,
                       uint32_t attribute)
{
    size_t low = 0;
    size_t high = program->mv_target_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (compare_mv(&program->mv_targets[middle], mv_type, attribute) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct mv_target *program_mv_target(const struct program *program, uint32_t mv_type,
                                          uint32_t attribute)
{
    size_t at = mv_bound(program, mv_type, attribute);

    if (at == program->mv_target_count ||
        compare_mv(&program->mv_targets[at], mv_type, attribute) != 0)
        return NULL;
    return &program->mv_targets[at];
}

const struct mv_target *program_mv_targets(const struct program *program,
                                           uint32_t mv_type, size_t *count)
{
    size_t at = mv_bound(program, mv_type, NAME_NONE);

    *count = 0;
    while (at + *count < program->mv_target_count &&
           program->mv_targets[at + *count].mv_type == mv_type)
        ++*count;
    return *count == 0 ? NULL : &program->mv_targets[at];
}

static const struct inflow_list *find_inflows(const struct compiled_agent *agent,
                                              uint32_t cs_type, uint32_t mv_type)
{
    size_t low = 0;
    size_t high = agent->inflow_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct inflow_list *at = &agent->inflows[middle];
        int order = compare_numbers(at->cs_type, cs_type);

        if (order == 0)
            order = compare_numbers(at->mv_type, mv_type);
        if (order == 0)
            return at;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

struct inflow_list program_inflows(const struct compiled_agent *agent, uint32_t cs_type,
                                   uint32_t mv_type)
{
    const struct inflow_list *found = find_inflows(agent, cs_type, mv_type);

    if (found == NULL)
        found = find_inflows(agent, NAME_NONE, mv_type);
    return found == NULL ? (struct inflow_list){0} : *found;
}

static int compare_cs(const struct cs_target *target, uint32_t mv_type, uint32_t cs_type,
                      uint32_t attribute)
{
    int order = compare_numbers(target->mv_type, mv_type);

    if (order == 0)
        order = compare_numbers(target->cs_type, cs_type);
    return order != 0 ? order : compare_numbers(target->attribute, attribute);
}

static size_t cs_bound(const struct compiled_agent *agent, uint32_t mv_type,
                       uint32_t cs_type, uint32_t attribute)
{
    size_t low = 0;
    size_t high = agent->target_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (compare_cs(&agent->targets[middle], mv_type, cs_type, attribute) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct cs_target *program_cs_target(const struct compiled_agent *agent,
                                          uint32_t mv_type, uint32_t cs_type,
                                          uint32_t attribute)
{
    size_t at = cs_bound(agent, mv_type, cs_type, attribute);

    if (at == agent->target_count ||
        compare_cs(&agent->targets[at], mv_type, cs_type, attribute) != 0)
        return NULL;
    return &agent->targets[at];
}

const struct cs_target *program_cs_targets(const struct compiled_agent *agent,
                                           uint32_t mv_type, uint32_t cs_type,
                                           size_t *count)
{
    size_t at = cs_bound(agent, mv_type, cs_type, NAME_NONE);

    *count = 0;
    while (at + *count < agent->target_count &&
           agent->targets[at + *count].mv_type == mv_type &&
           agent->targets[at + *count].cs_type == cs_type)
        ++*count;
    return *count == 0 ? NULL : &agent->targets[at];
}

/* --- parameters ----------------------------------------------------------------- */

static const char *partition_parameter(const struct agent *agent, uint32_t partition,
                                       const char *name)
{
    const struct partition *of = agent_partition_tagged(agent, partition);

    return of == NULL ? NULL : parameter_find(of->parameters, of->parameter_count, name);
}

/* Upper case with braces: rule-decisions 22. */
static const char *system_parameter(const struct compiled_agent *agent, const char *name)
{
    return strcasecmp(name, "Connector.ID") == 0 ? agent->connector_id : NULL;
}

const char *program_parameter(const struct program *program,
                              const struct compiled_agent *agent, uint32_t partition,
                              const char *name)
{
    const struct metaverse *metaverse = &program->config->metaverse;
    const char *found = partition_parameter(agent->config, partition, name);

    if (found == NULL)
        found = parameter_find(agent->config->parameters, agent->config->parameter_count,
                               name);
    if (found == NULL)
        found = system_parameter(agent, name);
    if (found == NULL)
        found = parameter_find(metaverse->parameters, metaverse->parameter_count, name);
    return found;
}
