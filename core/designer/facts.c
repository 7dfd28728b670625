/* SPDX-License-Identifier: Apache-2.0 */
#include "designer/facts.h"

#include <stdarg.h>
#include <stdlib.h>
#include <strings.h>

#include "base/buf.h"
#include "base/text.h"
#include "config/flow_text.h"
#include "expr/expr.h"

/* --- adding one ------------------------------------------------------------------- */

void fact_thing(struct facts *facts, enum fact_part part, const char *key,
                const char *thing, const char *owner)
{
    facts->of = (struct fact){.part = part,
                              .key = key,
                              .thing = thing,
                              .owner = owner,
                              .what = "",
                              .value = "",
                              .shown = ""};
    VEC_ADD(&facts->list, facts->of);
}

static const char *formatted(struct facts *facts, const char *fmt, va_list args)
    __attribute__((format(printf, 2, 0)));

static const char *formatted(struct facts *facts, const char *fmt, va_list args)
{
    BUF_AUTO text = {0};
    char *printed = NULL;

    if (vasprintf(&printed, fmt, args) < 0)
        abort(); /* no memory: nobody goes on from there */
    buf_text(&text, printed);
    free(printed);
    return arena_text(facts->arena, text.length == 0 ? "" : text.at);
}

static void add(struct facts *facts, const char *value, const char *shown,
                const char *what, bool is_order)
{
    struct fact fact = facts->of;

    fact.what = what;
    fact.value = value == NULL ? "" : value;
    fact.shown = shown == NULL ? "" : shown;
    fact.is_order = is_order;
    VEC_ADD(&facts->list, fact);
}

void fact_add(struct facts *facts, const char *value, const char *what, ...)
{
    va_list args;

    va_start(args, what);
    add(facts, value, value, formatted(facts, what, args), false);
    va_end(args);
}

void fact_order(struct facts *facts, const char *const *texts, size_t count,
                const char *what, ...)
{
    BUF_AUTO lines = {0};
    va_list args;

    if (count < 2)
        return;
    for (size_t i = 0; i < count; i++)
        buf_print(&lines, "%s%s", i == 0 ? "" : "\n", texts[i]);
    va_start(args, what);
    add(facts, arena_text(facts->arena, lines.at), arena_text(facts->arena, lines.at),
        formatted(facts, what, args), true);
    va_end(args);
}

/* --- flows ------------------------------------------------------------------------ */

/* As it parses; as it is written where it does not. */
static const char *canonical(struct facts *facts, const char *text)
{
    struct names *names = names_new();
    struct expr *expr;
    struct ma_error ignored; /* `config validate` tells */
    const char *print = text;

    if (expr_parse(&expr, facts->arena, names, slice_text(text), &ignored) == MA_OK)
        print = arena_text(facts->arena, expr_print(facts->arena, expr));
    names_free(names);
    return print;
}

static const char *source_text(struct facts *facts, const struct mapping *mapping)
{
    struct mapping plain = *mapping;

    plain.secret = false;
    if (mapping->kind == MAPPING_EXPRESSION && mapping->function == NULL &&
        mapping->expression != NULL)
        plain.expression = canonical(facts, mapping->expression);
    return flow_text_source(facts->arena, &plain);
}

const char *fact_merge(enum merge_type merge)
{
    static const char *const merges[] = {[MERGE_UPDATE] = "",
                                         [MERGE_REPLACE] = "Replace",
                                         [MERGE_MERGE] = "Merge",
                                         [MERGE_CASE_INSENSITIVE] =
                                             "MergeCaseInsensitive"};

    return merges[merge];
}

static const char *with_flags(struct facts *facts, const struct mapping *mapping,
                              const char *source, const char *more)
{
    return arena_print(facts->arena, "%s%s%s%s%s%s", source, more[0] == '\0' ? "" : ", ",
                       more, mapping->initial_flow_only ? ", initially" : "",
                       mapping->existence_test ? ", existence test" : "",
                       mapping->sync_rule && mapping->allows_null ? ", null is a value"
                                                                  : "");
}

void fact_mapping(struct facts *facts, const struct mapping *mapping, const char *more,
                  const char *what, ...)
{
    const char *source = source_text(facts, mapping);
    va_list args;

    va_start(args, what);
    add(facts, with_flags(facts, mapping, source, more),
        with_flags(facts, mapping, mapping->secret ? "***" : source, more),
        formatted(facts, what, args), false);
    va_end(args);
}

/* --- scopes, joins ---------------------------------------------------------------- */

static int by_text(const void *a, const void *b)
{
    return strcasecmp(*(const char *const *)a, *(const char *const *)b);
}

/* "a and b and c", whatever order they stand in. */
static const char *all_of(struct facts *facts, const char **texts, size_t count)
{
    BUF_AUTO out = {0};

    qsort(texts, count, sizeof *texts, by_text);
    for (size_t i = 0; i < count; i++)
        buf_print(&out, "%s%s", i == 0 ? "" : " and ", texts[i]);
    return arena_text(facts->arena, out.length == 0 ? "(always)" : out.at);
}

static const char *clause_text(struct facts *facts, const struct clause *clause)
{
    bool unary = clause->op == SCOPE_ISNULL || clause->op == SCOPE_ISNOTNULL;

    return arena_print(facts->arena, "%s %s%s%s", clause->attribute,
                       flow_text_operator(clause->op), unary ? "" : " ",
                       unary ? "" : clause->value);
}

void fact_groups(struct facts *facts, const struct clause_group *groups, size_t count,
                 const char *what)
{
    for (size_t i = 0; i < count; i++) {
        const char **texts = ARENA_ARRAY(facts->arena, const char *, groups[i].count);

        for (size_t k = 0; k < groups[i].count; k++)
            texts[k] = clause_text(facts, &groups[i].clauses[k]);
        fact_add(facts, all_of(facts, texts, groups[i].count), "%s", what);
    }
}

static const char *condition_text(struct facts *facts, const struct join_condition *c)
{
    return arena_print(facts->arena, "%s = %s%s",
                       c->cs_attribute != NULL ? c->cs_attribute
                       : c->script != NULL     ? c->script
                       : c->source_count > 0   ? c->sources[0].name
                                               : "?",
                       c->object_id              ? "object-id"
                       : c->mv_attribute == NULL ? "?"
                                                 : c->mv_attribute,
                       c->case_sensitive ? " (case counts)" : "");
}

const char *fact_join(struct facts *facts, const struct join_group *join)
{
    const char **texts = ARENA_ARRAY(facts->arena, const char *, join->count);

    for (size_t i = 0; i < join->count; i++)
        texts[i] = condition_text(facts, &join->conditions[i]);
    return arena_print(facts->arena, "%s%s%s%s%s", all_of(facts, texts, join->count),
                       join->mv_type == NULL ? "" : " of ",
                       join->mv_type == NULL ? "" : join->mv_type,
                       join->resolution == NULL ? "" : ", resolved by ",
                       join->resolution == NULL ? "" : join->resolution);
}

/* --- what many have --------------------------------------------------------------- */

void fact_parameters(struct facts *facts, const struct parameter *parameters,
                     size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *value = parameters[i].value == NULL ? "" : parameters[i].value;
        struct slice stripped = text_strip(slice_text(value));

        value = arena_textn(facts->arena, stripped.at, stripped.length);
        add(facts, value, parameters[i].encrypted ? "***" : value,
            arena_print(facts->arena, "parameter %s", parameters[i].name), false);
    }
}

static const char *attribute_text(struct facts *facts,
                                  const struct schema_attribute *attribute)
{
    return arena_print(facts->arena, "%s%s%s%s%s", value_type_name(attribute->type),
                       attribute->single_valued ? "" : ", several values",
                       attribute->export_only ? ", export only" : "",
                       attribute->encrypted ? ", encrypted" : "",
                       attribute->indexed ? ", indexed" : "");
}

static void class_facts(struct facts *facts, const struct schema *schema,
                        const struct schema_class *of)
{
    fact_add(facts, of->superior < 0 ? "" : schema->classes[of->superior].name,
             "schema class %s", of->name);
    for (size_t i = 0; i < of->attribute_count; i++)
        fact_add(facts, of->required[i] ? "required" : "optional",
                 "schema class %s attribute %s", of->name,
                 schema->attributes[of->attributes[i]].name);
}

void fact_schema(struct facts *facts, const struct schema *schema)
{
    for (size_t i = 0; i < schema->attribute_count; i++)
        fact_add(facts, attribute_text(facts, &schema->attributes[i]),
                 "schema attribute %s", schema->attributes[i].name);
    for (size_t i = 0; i < schema->class_count; i++)
        class_facts(facts, schema, &schema->classes[i]);
}

const char *fact_agent(const struct facts *facts, const struct guid *id)
{
    const struct agent *agent = config_agent(facts->config, id);
    char text[GUID_TEXT];

    return agent != NULL ? agent->name
                         : arena_text(facts->arena, guid_format(id, GUID_PLAIN, text));
}

void facts_read(struct facts *facts)
{
    const struct config *config = facts->config;

    if (config->metaverse.present)
        facts_metaverse(facts);
    for (size_t i = 0; i < config->agent_count; i++)
        facts_agent(facts, &config->agents[i]);
    for (size_t i = 0; i < config->rule_count; i++)
        facts_rule(facts, &config->rules[i]);
}
