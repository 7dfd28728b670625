/* SPDX-License-Identifier: Apache-2.0 */
#include "sync/inflow.h"

#include <stdlib.h>

#include "sync/news.h"
#include "sync/precedence.h"

typedef VEC_OF(uint32_t) name_list;
typedef VEC_OF(struct precedence_outcome) outcomes;

static int by_name(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a;
    uint32_t y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

static void sort_names(name_list *list)
{
    size_t kept = 0;

    if (list->count > 1)
        qsort(list->items, list->count, sizeof *list->items, by_name);
    for (size_t i = 0; i < list->count; i++)
        if (i == 0 || list->items[i] != list->items[i - 1])
            list->items[kept++] = list->items[i];
    list->count = kept;
}

/* What it gave so far. */
static void add_given(name_list *list, const struct meta *meta,
                      const struct connector *connector)
{
    for (uint32_t i = 0; i < meta->object.lineage_count; i++) {
        const struct mv_lineage *line = &meta->object.lineage[i];

        if (line->agent == connector->object.agent &&
            line->object == connector->object.id)
            VEC_ADD(list, line->attribute);
    }
}

static void add_targets(struct unit *unit, name_list *list, const struct meta *meta,
                        struct connector *connector, bool references)
{
    struct rule_list rules =
        program_inbound(connector->agent, unit_type(unit, connector));

    for (size_t r = 0; r < rules.count; r++) {
        const struct rule *rule = rules.rules[r];

        if (rule->mv_type != NAME_NONE && rule->mv_type != meta->object.type)
            continue;
        for (size_t f = 0; f < rule->flow_count; f++)
            if (!rule->flows[f].to_dn &&
                (!references || rule->flows[f].target_type == VALUE_REFERENCE))
                VEC_ADD(list, rule->flows[f].target);
    }
}

static bool unchanged(const struct attr *now, const struct precedence_outcome *new)
{
    if (now == NULL)
        return new->count == 0;
    if (now->count != new->count)
        return false;
    for (uint32_t i = 0; i < now->count; i++)
        if (!slice_equal(now->values[i], new->values[i]))
            return false;
    return true;
}

/* Outcomes are sorted, since the names that they were made from are. */
static const struct precedence_outcome *outcome_of(const outcomes *list,
                                                   uint32_t attribute)
{
    size_t low = 0;
    size_t high = list->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (list->items[middle].attribute == attribute)
            return &list->items[middle];
        if (list->items[middle].attribute < attribute)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static void add_lines(struct mv_lineage *lines, uint32_t *count,
                      const struct precedence_outcome *outcome)
{
    if (outcome->lines == NULL && outcome->count > 0)
        lines[(*count)++] = outcome->lineage;
    for (uint32_t i = 0; i < outcome->line_count; i++)
        lines[(*count)++] = outcome->lines[i];
}

static size_t lines_of(const outcomes *changed)
{
    size_t count = 0;

    for (size_t i = 0; i < changed->count; i++)
        count += 1 + (size_t)changed->items[i].line_count;
    return count;
}

/* The lineage of what is not among the outcomes stays. */
static void write_lineage(struct unit *unit, struct meta *meta, const outcomes *changed)
{
    struct mv_object *object = &meta->object;
    struct mv_lineage *lines = ARENA_ARRAY(unit->arena, struct mv_lineage,
                                           object->lineage_count + lines_of(changed));
    uint32_t count = 0;
    size_t next = 0;

    for (uint32_t i = 0; i < object->lineage_count; i++) {
        uint32_t name = object->lineage[i].attribute;

        while (next < changed->count && changed->items[next].attribute < name)
            add_lines(lines, &count, &changed->items[next++]);
        if (outcome_of(changed, name) == NULL)
            lines[count++] = object->lineage[i];
    }
    while (next < changed->count)
        add_lines(lines, &count, &changed->items[next++]);
    object->lineage = lines;
    object->lineage_count = count;
}

static void write_entry(struct unit *unit, struct meta *meta, const outcomes *changed)
{
    struct entry_builder builder = entry_builder(unit->arena);
    const struct entry *now = &meta->object.entry;

    for (uint32_t i = 0; i < now->count; i++)
        if (outcome_of(changed, now->attrs[i].name) == NULL)
            entry_add(&builder, now->attrs[i].name, now->attrs[i].type,
                      now->attrs[i].values, now->attrs[i].count);
    for (size_t i = 0; i < changed->count; i++)
        if (changed->items[i].count > 0)
            entry_add(&builder, changed->items[i].attribute, changed->items[i].type,
                      changed->items[i].values, changed->items[i].count);
    meta->object.entry = entry_build(&builder);
}

static bool is_partial(const struct meta *meta, uint32_t name)
{
    return names_have(meta->object.partial, meta->object.partial_count, name);
}

static enum ma_status apply(struct unit *unit, struct meta *meta,
                            struct connector *connector, bool lost, const name_list *list,
                            struct ma_error *err)
{
    outcomes changed = {0};
    enum ma_status status = MA_OK;
    bool values = false;

    for (size_t i = 0; status == MA_OK && i < list->count; i++) {
        uint32_t name = list->items[i];
        const struct mv_lineage *line = mv_lineage_of(&meta->object, name);
        struct precedence_outcome out;
        bool same;

        status = precedence_decide(unit, meta, connector, lost, name, &out, err);
        if (status != MA_OK || out.keep)
            continue;
        if (!out.by_value && is_partial(meta, name))
            unit->wants_whole = true;
        same = unchanged(entry_find(&meta->object.entry, name), &out);
        if (same && out.lines == NULL && (line == NULL) == (out.count == 0) &&
            (line == NULL || precedence_same_giver(line, &out.lineage)))
            continue;
        values = values || !same;
        VEC_ADD(&changed, out);
    }
    if (status == MA_OK && changed.count > 0) {
        write_lineage(unit, meta, &changed);
        write_entry(unit, meta, &changed);
        meta->dirty = true;
        meta->flowed = meta->flowed || values;
        meta->scope = NULL;
    }
    VEC_FREE(&changed);
    return status;
}

/* Whether any connector may give the attribute something else than last time. Where the
 * last writer counts, or an extension decides, it is always asked about. */
static bool is_concerned(struct unit *unit, const struct meta *meta, uint32_t name)
{
    const struct mv_target *target =
        program_mv_target(unit->sync->program, meta->object.type, name);

    if (target == NULL || target->precedence != PRECEDENCE_RANKED || target->mixed_merge)
        return true;
    for (size_t f = 0; f < target->count; f++)
        for (size_t i = 0; i < meta->connectors.count; i++) {
            struct connector *connector = meta->connectors.items[i];
            const struct rule *rule = target->flows[f]->rule;

            if (connector->agent == &unit->sync->program->agents[rule->agent] &&
                news_concern(unit, connector, target->flows[f]))
                return true;
        }
    return false;
}

static void keep_concerned(struct unit *unit, const struct meta *meta, name_list *list)
{
    size_t kept = 0;

    for (size_t i = 0; i < list->count; i++)
        if (meta->created || is_concerned(unit, meta, list->items[i]))
            list->items[kept++] = list->items[i];
    list->count = kept;
}

enum ma_status inflow_run(struct unit *unit, struct meta *meta,
                          struct connector *connector, bool references,
                          struct ma_error *err)
{
    name_list list = {0};
    enum ma_status status = unit_load_connectors(unit, meta, err);

    if (status == MA_OK && !references)
        status = inflow_check_ambiguity(unit, meta, connector, err);
    if (status != MA_OK)
        return status;
    add_targets(unit, &list, meta, connector, references);
    if (!references)
        add_given(&list, meta, connector);
    sort_names(&list);
    if (!references)
        keep_concerned(unit, meta, &list);
    status = apply(unit, meta, connector, false, &list, err);
    VEC_FREE(&list);
    return status;
}

enum ma_status inflow_recall(struct unit *unit, struct meta *meta,
                             struct connector *connector, struct ma_error *err)
{
    name_list list = {0};
    enum ma_status status = unit_load_connectors(unit, meta, err);

    if (status != MA_OK || !connector->agent->recall)
        return status;
    add_given(&list, meta, connector);
    sort_names(&list);
    status = apply(unit, meta, connector, true, &list, err);
    VEC_FREE(&list);
    return status;
}

static bool both_contribute(struct unit *unit, struct connector *a, struct connector *b,
                            const struct meta *meta)
{
    struct rule_list rules = program_inbound(a->agent, unit_type(unit, a));
    uint32_t other = unit_type(unit, b);

    for (size_t i = 0; i < rules.count; i++) {
        const struct rule *rule = rules.rules[i];

        if (rule->flow_count == 0 ||
            (rule->cs_type != NAME_NONE && rule->cs_type != other) ||
            (rule->mv_type != NAME_NONE && rule->mv_type != meta->object.type))
            continue;
        if (view_rule_holds(unit, a, rule) && view_rule_holds(unit, b, rule))
            return true;
    }
    return false;
}

enum ma_status inflow_check_ambiguity(struct unit *unit, struct meta *meta,
                                      struct connector *connector, struct ma_error *err)
{
    for (size_t i = 0; i < meta->connectors.count; i++) {
        struct connector *other = meta->connectors.items[i];

        if (other == connector || other->agent != connector->agent ||
            !unit_imported(unit, other)->exists)
            continue;
        if (both_contribute(unit, connector, other, meta))
            return unit_fail(unit, err, "ambiguous-import-flow-from-multiple-connectors",
                             "import-flow", NULL,
                             "'%s' is already joined to the same metaverse object, and "
                             "the same rules let both contribute",
                             unit_dn(unit, other));
    }
    return MA_OK;
}
