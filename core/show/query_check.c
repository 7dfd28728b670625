/* SPDX-License-Identifier: Apache-2.0 */
#include <strings.h>

#include "show/query.h"

/* A typing error would find nothing, and nobody would know why. */

static const char *const states[] = {
    "connector",   "disconnector", "filtered disconnector", "explicit connector",
    "placeholder", "transient",    "explicit disconnector", NULL};
static const char *const pendings[] = {"import", "export", NULL};

static bool has_one_like(const char *const *words, const char *pattern)
{
    for (; *words != NULL; words++)
        if (query_like(*words, pattern))
            return true;
    return false;
}

static enum ma_status check_word(const struct query_term *term, const char *const *words,
                                 struct ma_error *err)
{
    ARENA_AUTO arena = {0};
    const char *list = words[0];

    if (has_one_like(words, term->pattern))
        return MA_OK;
    for (size_t i = 1; words[i] != NULL; i++)
        list = arena_print(&arena, "%s, %s", list, words[i]);
    return ma_fail(err, MA_INVALID, "'%s=%s': nothing is called so; there are: %s",
                   term->attribute, term->pattern, list);
}

static bool is_attribute(const struct program *program,
                         const struct compiled_agent *agent, const char *name)
{
    uint32_t number = names_find(program->names, slice_text(name));

    return number != NAME_NONE &&
           (agent == NULL ? program_mv_attribute(program, number).known
                          : program_cs_attribute(agent, program, number).known);
}

static enum ma_status no_attribute(const struct query_term *term,
                                   const struct compiled_agent *agent,
                                   struct ma_error *err)
{
    if (agent == NULL)
        return ma_fail(err, MA_INVALID, "'%s=%s': the metaverse has no attribute '%s'",
                       term->attribute, term->pattern, term->attribute);
    return ma_fail(err, MA_INVALID,
                   "'%s=%s': '%s' has no attribute '%s'; a DN is dn=..., or a part of it "
                   "without '='",
                   term->attribute, term->pattern, agent->config->name, term->attribute);
}

static enum ma_status check_term(const struct query_term *term,
                                 const struct program *program,
                                 const struct compiled_agent *agent, struct ma_error *err)
{
    const char *name = term->attribute;

    if (name == NULL || strcasecmp(name, "type") == 0 ||
        is_attribute(program, agent, name))
        return MA_OK;
    if (agent == NULL)
        return no_attribute(term, agent, err);
    if (strcasecmp(name, "state") == 0)
        return check_word(term, states, err);
    if (strcasecmp(name, "pending") == 0)
        return check_word(term, pendings, err);
    return strcasecmp(name, "dn") == 0 ? MA_OK : no_attribute(term, agent, err);
}

enum ma_status query_check(const struct query *query, const struct program *program,
                           const struct compiled_agent *agent, struct ma_error *err)
{
    enum ma_status status = MA_OK;

    for (size_t i = 0; status == MA_OK && i < query->count; i++)
        status = check_term(&query->terms[i], program, agent, err);
    return status;
}
