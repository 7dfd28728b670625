/* SPDX-License-Identifier: Apache-2.0 */
#include "sync/inflow.h"

#include "sync/news.h"
#include "sync/precedence.h"

typedef VEC_OF(struct precedence_outcome) outcomes;

/* --- what is asked ------------------------------------------------------------------ */

/* The attributes that a connector may give, and those that it gave, in order: two sorted
 * lists merged. */
struct course {
    const struct unit *unit;
    const struct meta *meta;
    const struct connector *connector;
    struct inflow_list may;
    bool references; /* only those, and only what it may give */
    size_t at;       /* in `may` */
    uint32_t line;   /* of the lineage */
};

static struct course course_of(struct unit *unit, const struct meta *meta,
                               struct connector *connector, bool references)
{
    return (struct course){.unit = unit,
                           .meta = meta,
                           .connector = connector,
                           .references = references,
                           .may = program_inflows(connector->agent,
                                                  unit_type(unit, connector),
                                                  meta->object.type)};
}

static const struct mv_target *next_target(struct course *c)
{
    while (c->references && c->at < c->may.count &&
           c->may.targets[c->at]->flows[0]->target_type != VALUE_REFERENCE)
        c->at++;
    return c->at < c->may.count ? c->may.targets[c->at] : NULL;
}

static bool is_given(const struct course *c, const struct mv_lineage *line)
{
    return !c->references && line->agent == c->connector->object.agent &&
           line->object == c->connector->object.id;
}

static const struct mv_lineage *line_at(const struct course *c)
{
    const struct mv_object *object = &c->meta->object;

    return c->line < object->lineage_count ? &object->lineage[c->line] : NULL;
}

/* The next line of an attribute below `bound` that it gave; NULL: none, and the line at
 * hand is the first that is not below it. */
static const struct mv_lineage *next_given(struct course *c, uint32_t bound)
{
    const struct mv_lineage *line;

    for (; (line = line_at(c)) != NULL && line->attribute < bound; c->line++)
        if (is_given(c, line))
            return mv_lineage_of(&c->meta->object, line->attribute);
    return NULL;
}

/* Several may have given an attribute: the first line stands for all. */
static void skip_lines(struct course *c, uint32_t attribute)
{
    while (line_at(c) != NULL && line_at(c)->attribute == attribute)
        c->line++;
}

/* False at the end. */
static bool next_question(struct course *c, struct precedence_question *out)
{
    const struct mv_target *target = next_target(c);
    uint32_t bound = target == NULL ? UINT32_MAX : target->attribute;
    const struct mv_lineage *line = next_given(c, bound);

    if (line != NULL) { /* no rule for its type flows there any more */
        target = program_mv_target(c->unit->sync->program, c->meta->object.type,
                                   line->attribute);
        *out = (struct precedence_question){line->attribute, target, line};
    } else if (target != NULL) {
        line = line_at(c);
        *out = (struct precedence_question){
            bound, target, line != NULL && line->attribute == bound ? line : NULL};
        c->at++;
    } else {
        return false;
    }
    skip_lines(c, out->attribute);
    return true;
}

/* --- what comes of it --------------------------------------------------------------- */

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

/* Whether any connector may give the attribute something else than last time. Where the
 * last writer counts, or an extension decides, it is always asked about. */
static bool is_concerned(struct unit *unit, const struct meta *meta,
                         const struct mv_target *target)
{
    if (!unit->by_value || meta->created || target == NULL ||
        target->precedence != PRECEDENCE_RANKED || target->mixed_merge)
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

/* Whether the object is as the outcome wants it; `same`: its values are. */
static bool is_so_already(const struct precedence_question *question,
                          const struct precedence_outcome *out, bool same)
{
    const struct mv_lineage *line = question->now;

    return same && out->lines == NULL && (line == NULL) == (out->count == 0) &&
           (line == NULL || precedence_same_giver(line, &out->lineage));
}

static enum ma_status decide(const struct precedence_case *of,
                             const struct precedence_question *question,
                             outcomes *changed, bool *values, struct ma_error *err)
{
    struct meta *meta = of->meta;
    struct precedence_outcome out;
    enum ma_status status = precedence_decide(of, question, &out, err);
    bool same;

    if (status != MA_OK || out.keep)
        return status;
    if (!out.by_value && is_partial(meta, question->attribute))
        of->unit->wants_whole = true;
    same =
        unchanged(view_find(view_kept_meta(of->unit, meta), question->attribute), &out);
    if (is_so_already(question, &out, same))
        return MA_OK;
    *values = *values || !same;
    VEC_ADD(changed, out);
    return MA_OK;
}

static void write_changed(struct unit *unit, struct meta *meta, const outcomes *changed,
                          bool values)
{
    write_lineage(unit, meta, changed);
    write_entry(unit, meta, changed);
    meta->dirty = true;
    meta->flowed = meta->flowed || values;
    meta->scope = NULL;
}

static enum ma_status apply(const struct precedence_case *of, struct course *course,
                            struct ma_error *err)
{
    bool all = of->lost || course->references;
    struct precedence_question question;
    outcomes changed = {0};
    enum ma_status status = MA_OK;
    bool values = false;

    while (status == MA_OK && next_question(course, &question))
        if (all || is_concerned(of->unit, of->meta, question.target))
            status = decide(of, &question, &changed, &values, err);
    if (status == MA_OK && changed.count > 0)
        write_changed(of->unit, of->meta, &changed, values);
    VEC_FREE(&changed);
    return status;
}

enum ma_status inflow_run(struct unit *unit, struct meta *meta,
                          struct connector *connector, bool references,
                          struct ma_error *err)
{
    const struct precedence_case of = {unit, meta, connector, false};
    struct course course;
    enum ma_status status = unit_load_connectors(unit, meta, err);

    if (status == MA_OK && !references)
        status = inflow_check_ambiguity(unit, meta, connector, err);
    if (status != MA_OK)
        return status;
    course = course_of(unit, meta, connector, references);
    return apply(&of, &course, err);
}

enum ma_status inflow_recall(struct unit *unit, struct meta *meta,
                             struct connector *connector, struct ma_error *err)
{
    const struct precedence_case of = {unit, meta, connector, true};
    struct course course = {.unit = unit, .meta = meta, .connector = connector};
    enum ma_status status = unit_load_connectors(unit, meta, err);

    if (status != MA_OK || !connector->agent->recall)
        return status;
    return apply(&of, &course, err);
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
