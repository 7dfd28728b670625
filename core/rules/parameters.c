/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/compiler.h"

/* The end of the string literal that begins here; its escapes passed over. */
static const char *literal_end(const char *at)
{
    for (at++; *at != '\0' && *at != '"'; at++)
        if (*at == '\\' && at[1] != '\0')
            at++;
    return *at == '\0' ? at : at + 1;
}

/* Outside of literals the language knows % only around the name of a parameter. */
void parameters_each(const char *text, void (*found)(void *context, const char *name),
                     void *context)
{
    ARENA_AUTO arena = {0};

    while (*text != '\0') {
        size_t length = *text == '%' ? strcspn(text + 1, "%") : 0;

        if (*text == '"') {
            text = literal_end(text);
        } else if (length > 0 && text[length + 1] == '%') {
            found(context, arena_textn(&arena, text + 1, length));
            text += length + 2;
        } else {
            text++;
        }
    }
}

/* Whether any object of the agent has a parameter of this name. */
static bool is_known(const struct compiler *compiler, const struct compiled_agent *agent,
                     const char *name)
{
    const struct agent *config = agent->config;

    for (size_t i = 0; i < config->partition_count; i++)
        if (program_parameter(compiler->program, agent,
                              partition_tag(&config->partitions[i]), name) != NULL)
            return true;
    return program_parameter(compiler->program, agent, 0, name) != NULL;
}

struct check {
    struct compiler *compiler;
    const struct compiled_agent *agent;
    struct place place;
};

static void check_one(void *context, const char *name)
{
    const struct check *check = context;

    if (!is_known(check->compiler, check->agent, name))
        finding_add(check->compiler, FINDING_WARNING, check->place,
                    "the flow fails for every object", "'%s' has no parameter %%%s%%",
                    check->agent->config->name, name);
}

void parameters_check(struct compiler *compiler, const struct compiled_agent *agent,
                      const struct expr *expr, struct place place)
{
    ARENA_AUTO arena = {0};
    struct check check = {compiler, agent, place};

    parameters_each(expr_print(&arena, expr), check_one, &check);
}
