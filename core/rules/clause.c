/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <errno.h>

#include "base/text.h"
#include "rules/compiler.h"

/* Decimal, or hexadecimal as directories write masks (0x2). */
static bool read_number(const char *text, int64_t *out)
{
    struct slice stripped = text_strip(slice_text(text));
    uint64_t hex;
    char *end;

    if (text_to_number(stripped, out))
        return true;
    if (stripped.length < 3 || stripped.at[0] != '0' ||
        tolower((unsigned char)stripped.at[1]) != 'x' ||
        !isxdigit((unsigned char)stripped.at[2]))
        return false;
    errno = 0;
    hex = strtoull(stripped.at + 2, &end, 16);
    *out = (int64_t)hex;
    return errno == 0 && end == stripped.at + stripped.length;
}

static bool is_parameter_name(const char *name, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-",
                   name[i]) == NULL)
            return false;
    return length > 0;
}

/* A value that is one %Name% as a whole is the parameter. Those of a partition differ
 * from object to object, so they cannot stand in a scope. */
static const char *expand(struct compiler *compiler, const struct compiled_agent *agent,
                          const struct clause *clause)
{
    const char *value = clause->value == NULL ? "" : clause->value;
    size_t length = strlen(value);
    const char *name;
    const char *parameter;

    if (length < 3 || value[0] != '%' || value[length - 1] != '%' ||
        !is_parameter_name(value + 1, length - 2))
        return value;
    name = arena_textn(compiler->arena, value + 1, length - 2);
    parameter = program_parameter(compiler->program, agent, 0, name);
    if (parameter != NULL)
        return parameter;
    finding_add(compiler, FINDING_WARNING, clause->place,
                "the value is compared as it is written", "'%s' is no parameter of '%s'",
                value, agent->config->name);
    return value;
}

static bool wants_mask(enum scope_operator op)
{
    return op == SCOPE_ISBITSET || op == SCOPE_ISBITNOTSET;
}

static bool orders(enum scope_operator op)
{
    return op == SCOPE_LESSTHAN || op == SCOPE_LESSTHAN_OR_EQUAL ||
           op == SCOPE_GREATERTHAN || op == SCOPE_GREATERTHAN_OR_EQUAL;
}

static bool compares(enum scope_operator op)
{
    return orders(op) || op == SCOPE_EQUAL || op == SCOPE_NOTEQUAL || op == SCOPE_ISIN ||
           op == SCOPE_ISNOTIN;
}

static void check_number(struct compiler *compiler, const struct predicate *predicate)
{
    if (predicate->is_number)
        return;
    if (wants_mask(predicate->op))
        finding_add(compiler, FINDING_ERROR, predicate->source->place, NULL,
                    "'%s' is no mask of bits; write it in decimal, or as 0x2",
                    predicate->source->value == NULL ? "" : predicate->source->value);
    else if (predicate->type == VALUE_NUMBER && compares(predicate->op))
        finding_add(compiler, FINDING_WARNING, predicate->source->place,
                    "the clause never finds them equal",
                    "'%s' holds numbers and is compared with '%s'",
                    predicate->source->attribute, predicate->text.at);
}

static void find_attribute(struct compiler *compiler, const struct side *side,
                           struct predicate *predicate)
{
    const struct clause *clause = predicate->source;

    if (side_is_dn(compiler, side, clause->attribute)) {
        predicate->intrinsic = true;
        predicate->type = VALUE_STRING;
        return;
    }
    predicate->attribute = side_find(compiler, side, clause->attribute, clause->place,
                                     "the clause takes it for absent");
    predicate->type = side_attribute(side, predicate->attribute).type;
}

static struct predicate predicate_of(struct compiler *compiler, const struct side *side,
                                     const struct compiled_agent *agent,
                                     const struct clause *clause)
{
    const char *value = arena_text(compiler->arena, expand(compiler, agent, clause));
    struct predicate predicate = {
        .op = clause->op,
        .text = slice_text(value),
        .folded = text_fold(compiler->arena, slice_text(value)),
        .source = clause,
    };

    predicate.is_number = read_number(value, &predicate.number);
    if (clause->op != SCOPE_ISMEMBEROF && clause->op != SCOPE_ISNOTMEMBEROF)
        find_attribute(compiler, side, &predicate);
    check_number(compiler, &predicate);
    return predicate;
}

struct scope scope_compile(struct compiler *compiler, const struct side *side,
                           const struct compiled_agent *agent,
                           const struct clause_group *groups, size_t count)
{
    struct predicate_group *out =
        ARENA_ARRAY(compiler->arena, struct predicate_group, count);

    for (size_t i = 0; i < count; i++) {
        struct predicate *items =
            ARENA_ARRAY(compiler->arena, struct predicate, groups[i].count);

        for (size_t k = 0; k < groups[i].count; k++)
            items[k] = predicate_of(compiler, side, agent, &groups[i].clauses[k]);
        out[i] = (struct predicate_group){items, groups[i].count};
    }
    return (struct scope){out, count};
}
