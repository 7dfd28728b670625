/* SPDX-License-Identifier: Apache-2.0 */

/* The table of functions: the groups put together, searched, and shown to people. */

#include <pthread.h>

#include "base/text.h"
#include "expr/tree.h"

static const struct function_group *const groups[] = {
    &fn_text, &fn_conversion, &fn_dates,  &fn_directory,    &fn_tests, &fn_math,
    &fn_sets, &fn_flow,       &fn_source, &fn_certificates, &fn_mim,
};

enum { GROUPS = sizeof groups / sizeof groups[0], MOST_FUNCTIONS = 256 };

const struct function *function_find(struct slice name)
{
    for (size_t g = 0; g < GROUPS; g++)
        for (size_t i = 0; i < groups[g]->count; i++)
            if (text_caseequal(name, slice_text(groups[g]->rows[i].help.name)))
                return &groups[g]->rows[i];
    return NULL;
}

const struct function *function_operator(const char *name)
{
    for (size_t i = 0; i < fn_operators.count; i++)
        if (strcmp(fn_operators.rows[i].help.name, name) == 0)
            return &fn_operators.rows[i];
    return NULL;
}

static struct expr_function_help all[MOST_FUNCTIONS];
static size_t all_count;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void collect(void)
{
    for (size_t g = 0; g < GROUPS; g++)
        for (size_t i = 0; i < groups[g]->count && all_count < MOST_FUNCTIONS; i++) {
            all[all_count] = groups[g]->rows[i].help;
            all[all_count++].group = groups[g]->name;
        }
}

size_t expr_functions(const struct expr_function_help **out)
{
    (void)pthread_once(&once, collect);
    *out = all;
    return all_count;
}

enum ma_status function_unknown(const char *name, struct ma_error *err)
{
    const char *names[MOST_FUNCTIONS];
    const struct expr_function_help *help = NULL;
    size_t count = expr_functions(&help);
    size_t near;

    for (size_t i = 0; i < count; i++)
        names[i] = help[i].name;
    near = text_nearest(name, names, count);
    if (near == count)
        return ma_fail(err, MA_INVALID, "there is no function '%s'", name);
    return ma_fail(err, MA_INVALID, "there is no function '%s': did you mean '%s'?", name,
                   names[near]);
}

static const char *plural(unsigned count)
{
    return count == 1 ? "" : "s";
}

const char *function_arity(struct arena *arena, const struct function *function)
{
    if (function->least == function->most)
        return arena_print(arena, "takes %u argument%s", function->least,
                           plural(function->least));
    if (function->most == ANY_NUMBER)
        return arena_print(arena, "takes %u arguments or more", function->least);
    return arena_print(arena, "takes %u to %u arguments", function->least,
                       function->most);
}
