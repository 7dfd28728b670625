/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "config/check.h"
#include "model/names.h"

/*
 * Attributes and object types that rules name, against the schemas. What is missing is
 * said once for each schema, at the first place that names it. Names of the object itself
 * ("dn") are in no schema.
 */

struct known {
    const char *of; /* "the metaverse", or the agent's name */
    struct names *attributes;
    struct names *types;
    struct names *selected; /* NULL: no selection */
    struct names *said;     /* missing ones */
    struct names *said_selected;
    struct names *said_types;
};

static struct names *interned(const char *const *texts)
{
    struct names *names = names_new();

    for (size_t i = 0; texts[i] != NULL; i++)
        names_intern_text(names, texts[i]);
    return names;
}

static struct known known_of(const char *of, const struct schema *schema,
                             const char *const *selected)
{
    struct known known = {.of = of,
                          .attributes = names_new(),
                          .types = names_new(),
                          .selected = selected == NULL ? NULL : interned(selected),
                          .said = names_new(),
                          .said_selected = names_new(),
                          .said_types = names_new()};

    for (size_t i = 0; i < schema->attribute_count; i++)
        names_intern_text(known.attributes, schema->attributes[i].name);
    for (size_t i = 0; i < schema->class_count; i++)
        names_intern_text(known.types, schema->classes[i].name);
    return known;
}

static void known_free(struct known *known)
{
    names_free(known->attributes);
    names_free(known->types);
    names_free(known->selected);
    names_free(known->said);
    names_free(known->said_selected);
    names_free(known->said_types);
}

static bool has(const struct names *names, const char *name)
{
    return names_find(names, slice_text(name)) != NAME_NONE;
}

/* True the first time. */
static bool news(struct names *said, const char *name)
{
    bool first = !has(said, name);

    if (first)
        names_intern_text(said, name);
    return first;
}

static bool is_intrinsic(const char *name)
{
    static const char *const names[] = {"dn", "object-id", "object-type", "objectClass",
                                        "objectType"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (text_caseequal(slice_text(name), slice_text(names[i])))
            return true;
    return false;
}

static void want_attribute(struct check *check, struct known *known, const char *name,
                           struct place place)
{
    if (known == NULL || name == NULL || name[0] == '\0' || is_intrinsic(name))
        return;
    if (!has(known->attributes, name)) {
        if (news(known->said, name))
            check_say(check, FINDING_WARNING, place, "schema", "it never has a value",
                      "attribute '%s' is not in the schema of %s", name, known->of);
    } else if (known->selected != NULL && !has(known->selected, name) &&
               news(known->said_selected, name)) {
        check_say(check, FINDING_WARNING, place, "attribute-inclusion",
                  "it is neither imported nor exported",
                  "attribute '%s' is not selected in %s", name, known->of);
    }
}

static void want_type(struct check *check, struct known *known, const char *name,
                      struct place place)
{
    if (known == NULL || name == NULL || name[0] == '\0' || strcmp(name, "*") == 0 ||
        has(known->types, name) || !news(known->said_types, name))
        return;
    check_say(check, FINDING_WARNING, place, "schema", "there are no such objects",
              "object type '%s' is not in the schema of %s", name, known->of);
}

static void want_sources(struct check *check, struct known *known,
                         const struct source_attribute *sources, size_t count,
                         struct place place)
{
    for (size_t i = 0; i < count; i++)
        if (!sources[i].intrinsic)
            want_attribute(check, known, sources[i].name, place);
}

static void want_scope(struct check *check, struct known *known,
                       const struct clause_group *groups, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < groups[i].count; j++)
            want_attribute(check, known, groups[i].clauses[j].attribute,
                           groups[i].clauses[j].place);
}

static void want_joins(struct check *check, struct known *cs, struct known *mv,
                       const struct join_group *groups, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        want_type(check, mv, groups[i].mv_type, groups[i].place);
        for (size_t j = 0; j < groups[i].count; j++) {
            const struct join_condition *on = &groups[i].conditions[j];

            if (!on->object_id)
                want_attribute(check, mv, on->mv_attribute, groups[i].place);
            if (on->source_count == 0)
                want_attribute(check, cs, on->cs_attribute, groups[i].place);
            want_sources(check, cs, on->sources, on->source_count, groups[i].place);
        }
    }
}

/* --- the classic family ------------------------------------------------------------ */

static void export_names(struct check *check, const struct agent *agent, struct known *cs,
                         struct known *mv)
{
    for (size_t i = 0; i < agent->export_set_count; i++) {
        const struct export_flow_set *set = &agent->export_sets[i];

        want_type(check, cs, set->cs_type, set->place);
        want_type(check, mv, set->mv_type, set->place);
        for (size_t j = 0; j < set->count; j++) {
            const struct mapping *mapping = &set->flows[j].mapping;

            want_attribute(check, cs, set->flows[j].cs_attribute, set->flows[j].place);
            want_sources(check, mv, mapping->sources, mapping->source_count,
                         mapping->place);
        }
    }
}

static void agent_names(struct check *check, const struct agent *agent, struct known *cs,
                        struct known *mv)
{
    for (size_t i = 0; i < agent->filter_count; i++) {
        want_type(check, cs, agent->filters[i].cs_type, agent->filters[i].place);
        want_scope(check, cs, agent->filters[i].alternatives, agent->filters[i].count);
    }
    for (size_t i = 0; i < agent->join_count; i++) {
        want_type(check, cs, agent->joins[i].cs_type, agent->joins[i].place);
        want_joins(check, cs, mv, agent->joins[i].criteria, agent->joins[i].count);
    }
    for (size_t i = 0; i < agent->projection_count; i++) {
        want_type(check, cs, agent->projections[i].cs_type, agent->projections[i].place);
        want_type(check, mv, agent->projections[i].mv_type, agent->projections[i].place);
    }
    export_names(check, agent, cs, mv);
}

static void import_names(struct check *check, const struct agent *agent, struct known *cs,
                         struct known *mv)
{
    const struct metaverse *metaverse = &check->config->metaverse;

    for (size_t i = 0; i < metaverse->flow_group_count; i++) {
        const struct import_flow_group *group = &metaverse->flow_groups[i];

        want_type(check, mv, group->mv_type, group->place);
        want_attribute(check, mv, group->mv_attribute, group->place);
        for (size_t j = 0; j < group->count; j++) {
            const struct import_flow *flow = &group->flows[j];

            if (!guid_equal(&flow->agent, &agent->id))
                continue;
            want_type(check, cs, flow->cs_type, flow->place);
            want_sources(check, cs, flow->mapping.sources, flow->mapping.source_count,
                         flow->place);
        }
    }
}

/* --- Azure AD Connect -------------------------------------------------------------- */

static void rule_names(struct check *check, const struct sync_rule *rule,
                       struct known *cs, struct known *mv)
{
    bool in = rule->direction == RULE_INBOUND;
    struct known *source = in ? cs : mv;
    struct known *target = in ? mv : cs;

    want_type(check, source, rule->source_type, rule->place);
    want_type(check, target, rule->target_type, rule->place);
    want_scope(check, source, rule->scope, rule->scope_count);
    want_joins(check, cs, mv, rule->joins, rule->join_count);
    for (size_t i = 0; i < rule->mapping_count; i++) {
        const struct rule_mapping *mapping = &rule->mappings[i];

        want_attribute(check, target, mapping->destination, mapping->place);
        want_sources(check, source, mapping->mapping.sources,
                     mapping->mapping.source_count, mapping->place);
    }
}

void check_names(struct check *check)
{
    const struct config *config = check->config;
    struct known metaverse = known_of("the metaverse", &config->metaverse.schema, NULL);
    struct known *mv = config->metaverse.present ? &metaverse : NULL;

    for (size_t i = 0; i < config->agent_count; i++) {
        const struct agent *agent = &config->agents[i];
        struct known cs =
            known_of(arena_print(config->arena, "'%s'", agent->name), &agent->schema,
                     agent->attribute_count == 0 ? NULL : agent->attributes);

        agent_names(check, agent, &cs, mv);
        import_names(check, agent, &cs, mv);
        for (size_t j = 0; j < config->rule_count; j++)
            if (guid_equal(&config->rules[j].agent, &agent->id))
                rule_names(check, &config->rules[j], &cs, mv);
        known_free(&cs);
    }
    known_free(&metaverse);
}
