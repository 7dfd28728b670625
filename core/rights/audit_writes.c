/* SPDX-License-Identifier: Apache-2.0 */
#include "rights/audit_writes.h"

#include <string.h>

/* Once the object is made nothing is written by these alone. */
static bool flows_once(const struct cs_target *target)
{
    for (size_t i = 0; i < target->count; i++)
        if (!target->flows[i]->once)
            return false;
    return true;
}

static bool is_known(const parameter_list *list, const char *value)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i].name, AUDIT_WRITES) == 0 &&
            strcmp(list->items[i].value, value) == 0)
            return true;
    return false;
}

static void add_target(const struct audit_request *request,
                       const struct cs_target *target, struct arena *arena,
                       parameter_list *out)
{
    const struct program *program = request->opened->program;
    const char *value;

    if (target->attribute == NAME_NONE || flows_once(target))
        return;
    value =
        arena_print(arena, "%s:%s",
                    target->cs_type == NAME_NONE
                        ? ""
                        : program_type_name(program, request->agent, target->cs_type),
                    program_attribute_name(program, request->agent, target->attribute));
    if (!is_known(out, value))
        VEC_ADD(out, (struct parameter){.name = AUDIT_WRITES, .value = value});
}

void audit_writes(const struct audit_request *request, struct arena *arena,
                  parameter_list *out)
{
    const struct compiled_agent *agent = request->agent;

    for (size_t i = 0; i < request->parameter_count; i++)
        VEC_ADD(out, request->parameters[i]);
    for (size_t i = 0; i < agent->target_count && request->feature == NULL; i++)
        add_target(request, &agent->targets[i], arena, out);
}
