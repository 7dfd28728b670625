/* SPDX-License-Identifier: Apache-2.0 */
#include "sync/inflow.h"

#include <stdlib.h>

#include "sync/equal.h"
#include "sync/flow.h"
#include "sync/merge.h"
#include "sync/news.h"
#include "sync/stake.h"

/* What became of one attribute. */
struct outcome {
    uint32_t attribute;
    bool by_value; /* of a large attribute: the values at stake */
    bool keep;     /* the values stay as they are, and so does who gave them */
    enum value_type type;
    const struct slice *values;
    uint32_t count;
    struct mv_lineage lineage;
    const struct mv_lineage *lines; /* of several givers; NULL: it is the one above */
    uint32_t line_count;
};
typedef VEC_OF(struct outcome) outcomes;

static struct mv_lineage lineage_of(const struct unit *unit, const struct flow *flow,
                                    const struct connector *connector)
{
    return (struct mv_lineage){.attribute = flow->target,
                               .agent = connector->object.agent,
                               .object = connector->object.id,
                               .rule =
                                   guid_is_zero(&flow->id) ? flow->rule->id : flow->id,
                               .run = unit->sync->history->run,
                               .time = unit->sync->now};
}

static bool same_source(const struct mv_lineage *a, const struct mv_lineage *b)
{
    return a->agent == b->agent && a->object == b->object &&
           guid_equal(&a->rule, &b->rule);
}

/* --- which connectors a flow reads -------------------------------------------------- */

static bool contributes(struct unit *unit, const struct flow *flow,
                        struct connector *connector)
{
    const struct program *program = unit->sync->program;
    const struct rule *rule = flow->rule;

    if (connector->agent != &program->agents[rule->agent] ||
        !unit_imported(unit, connector)->exists)
        return false;
    if (rule->cs_type != NAME_NONE && rule->cs_type != unit_type(unit, connector))
        return false;
    return view_rule_holds(unit, connector, rule) && view_flow_applies(program, flow);
}

/* --- one attribute ----------------------------------------------------------------- */

struct competition {
    struct unit *unit;
    struct meta *meta;
    const struct mv_target *target;
    struct outcome *out;
    const struct mv_lineage *now; /* who gave what is there; NULL: nobody */
    bool ignored;                 /* a flow said IgnoreThisFlow */
    bool nulled;                  /* a flow in scope had nothing */
    bool over;
    bool recalled; /* what is there goes: who is asked now does not see it */
    bool by_rank;  /* else sets of several flows are compared, or made one */
    struct ma_error *err;
};

static void keep(struct competition *c)
{
    c->out->keep = true;
    c->over = true;
}

static void win(struct competition *c, const struct flow *flow,
                const struct connector *connector, const struct flowed *flowed)
{
    c->out->type = flow->target_type;
    c->out->values = flowed->values;
    c->out->count = flowed->count;
    c->out->lineage = lineage_of(c->unit, flow, connector);
    c->over = true;
}

/* "Once" counts for the object that the connector projected, and is never asked again. */
static bool once_is_over(struct competition *c, const struct flow *flow,
                         const struct connector *connector)
{
    struct mv_lineage lineage = lineage_of(c->unit, flow, connector);

    if (!flow->once)
        return false;
    if (connector->object.projected && c->now != NULL && same_source(c->now, &lineage))
        keep(c);
    return c->over || !connector->object.projected;
}

/* The object as a script sees it that is asked to fill in for somebody. */
static struct meta *as_recalled(const struct competition *c)
{
    struct meta *meta = arena_copy(c->unit->arena, c->meta, sizeof *meta);
    struct entry_builder builder = entry_builder(c->unit->arena);
    const struct entry *entry = &c->meta->object.entry;

    for (uint32_t i = 0; i < entry->count; i++)
        if (entry->attrs[i].name != c->target->attribute)
            entry_add(&builder, entry->attrs[i].name, entry->attrs[i].type,
                      entry->attrs[i].values, entry->attrs[i].count);
    meta->object.entry = entry_build(&builder);
    return meta;
}

static enum ma_status ask(struct competition *c, const struct flow *flow,
                          struct connector *connector)
{
    struct meta *meta = c->recalled ? as_recalled(c) : c->meta;
    struct view target = view_of_meta(c->unit, meta, NULL, 0);
    const struct flow_target to = {.agent = NULL, .object = &target};
    struct view view = view_of_connector(c->unit, connector, flow->read_layer_imported);
    struct flowed flowed;
    enum ma_status status;

    if (once_is_over(c, flow, connector))
        return MA_OK;
    c->out->by_value = c->by_rank && stake_is_for(flow, &view);
    status = c->out->by_value ? stake_inflow(c->unit, c->meta, connector, flow, c->now,
                                             &flowed, c->err)
                              : flow_run(flow, &view, &to, &flowed, c->err);
    if (status != MA_OK)
        return status;
    if (flowed.kind == FLOWED_VALUES)
        win(c, flow, connector, &flowed);
    c->ignored = c->ignored || flowed.kind == FLOWED_IGNORE;
    c->nulled = c->nulled || flowed.kind == FLOWED_NULL || flowed.kind == FLOWED_STOP;
    c->over = c->over || flowed.kind == FLOWED_STOP;
    return MA_OK;
}

static enum ma_status ask_connectors(struct competition *c, const struct flow *flow)
{
    enum ma_status status = MA_OK;

    for (size_t i = 0; status == MA_OK && !c->over && i < c->meta->connectors.count; i++)
        if (contributes(c->unit, flow, c->meta->connectors.items[i]))
            status = ask(c, flow, c->meta->connectors.items[i]);
    return status;
}

/* The giver is no connector of this object any more, and its agent does not recall. */
static bool stays_without_giver(const struct competition *c)
{
    const struct compiled_agent *agent;

    if (c->now == NULL)
        return false;
    for (size_t i = 0; i < c->meta->connectors.count; i++) {
        const struct cs_object *object = &c->meta->connectors.items[i]->object;

        if (object->agent == c->now->agent && object->id == c->now->object)
            return false;
    }
    agent = program_agent(c->unit->sync->program, c->now->agent);
    return agent == NULL || !agent->recall;
}

static void nobody_won(struct competition *c)
{
    if ((c->ignored && !c->nulled) || stays_without_giver(c))
        keep(c);
}

static enum ma_status ranked(struct competition *c)
{
    enum ma_status status = MA_OK;

    c->by_rank = c->target->precedence != PRECEDENCE_EQUAL;
    for (size_t i = 0; status == MA_OK && !c->over && i < c->target->count; i++)
        status = ask_connectors(c, c->target->flows[i]);
    if (status == MA_OK && !c->over)
        nobody_won(c);
    return status;
}

static bool is_giver(const struct competition *c, const struct connector *connector)
{
    return c->now != NULL && c->now->agent == connector->object.agent &&
           c->now->object == connector->object.id;
}

static bool import_changed(const struct flow *flow, const struct delta *pending)
{
    if (pending->op != DELTA_UPDATE)
        return !delta_is_empty(pending);
    for (size_t i = 0; i < flow->source_count; i++)
        if (delta_find(pending, flow->sources[i]) != NULL)
            return true;
    return flow->source_count == 0 && pending->dn != NULL;
}

/* Where precedence is manual, the extension decides each time. Of equals, who writes: one
 * whose source changed, or that was linked just now, or that a full synchronisation goes
 * through. Not one that is only looked at for another reason, for the writer may have
 * been another since. */
static bool writes(const struct competition *c, const struct flow *flow,
                   const struct connector *connector)
{
    const struct unit *unit = c->unit;

    if (c->target->precedence == PRECEDENCE_MANUAL)
        return true;
    if (unit->again)
        return unit->completes;
    return unit->sync->request->full || unit_was_linked_now(unit, connector) ||
           import_changed(flow, &connector->object.pending_import);
}

static void note_partial(struct competition *c, const struct flow *flow,
                         struct connector *connector)
{
    struct view view = view_of_connector(c->unit, connector, flow->read_layer_imported);
    const struct attr *attr = entry_find(view_entry(&view), flow->source);

    if (flow->kind == FLOW_DIRECT && flow->target_type == VALUE_REFERENCE &&
        attr != NULL && attr->count > c->out->count)
        c->unit->partial = true;
}

static enum ma_status write_equal(struct competition *c, struct connector *connector)
{
    enum ma_status status = MA_OK;

    for (size_t i = 0; status == MA_OK && !c->over && i < c->target->count; i++) {
        const struct flow *flow = c->target->flows[i];

        if (!contributes(c->unit, flow, connector) ||
            !(is_giver(c, connector) || writes(c, flow, connector)))
            continue;
        status = ask(c, flow, connector);
        if (status == MA_OK)
            note_partial(c, flow, connector);
    }
    return status;
}

static enum ma_status equal_sets(struct competition *c, struct connector *connector,
                                 bool lost)
{
    struct equal e = {.unit = c->unit,
                      .meta = c->meta,
                      .target = c->target,
                      .connector = connector,
                      .lost = lost,
                      .contributes = contributes,
                      .lineage_of = lineage_of};
    enum ma_status status = equal_run(&e, c->err);

    c->out->keep = !e.changed;
    c->out->type = c->target->flows[0]->target_type;
    c->out->values = e.values.items;
    c->out->count = e.values.count;
    c->out->lines = e.lines;
    c->out->line_count = e.line_count;
    return status;
}

/* Equal and manual precedence: the object in hand writes last and wins, if it has a
 * value. */
static enum ma_status equal(struct competition *c, struct connector *connector)
{
    enum ma_status status = connector == NULL ? MA_OK : write_equal(c, connector);

    if (status != MA_OK || c->over)
        return status;
    if (connector == NULL || !is_giver(c, connector))
        for (size_t i = 0; i < c->meta->connectors.count; i++)
            if (is_giver(c, c->meta->connectors.items[i]))
                keep(c);
    c->recalled = c->target->precedence == PRECEDENCE_MANUAL;
    return c->over ? MA_OK : ranked(c);
}

/* Whether the giver is no connector of this object any more, and its agent does not
 * recall: what it gave stays. */
static bool outlives(const struct competition *c, const struct mv_lineage *line)
{
    struct competition of = *c;

    of.now = line;
    return stays_without_giver(&of);
}

/* One of several gives these. What it gave before is as old as it was. */
static void contribute(struct competition *c, const struct givers *before,
                       struct givers *now)
{
    const struct set values = set_of(c->out->values, c->out->count);

    for (uint32_t i = before->count; i-- > 0;) {
        const struct mv_lineage *line = &before->lines[i];

        if (same_source(line, &c->out->lineage))
            givers_add(now, line,
                       set_common(c->unit->arena, values,
                                  set_of(line->values, line->value_count)));
    }
    givers_add(now, &c->out->lineage, values);
}

static enum ma_status all_contribute(struct competition *c, const struct givers *before,
                                     struct givers *now)
{
    enum ma_status status = MA_OK;

    for (uint32_t i = before->count; i-- > 0;)
        if (outlives(c, &before->lines[i]))
            givers_add(now, &before->lines[i],
                       set_of(before->lines[i].values, before->lines[i].value_count));
    for (size_t f = c->target->count; status == MA_OK && f-- > 0;)
        for (size_t i = c->meta->connectors.count; status == MA_OK && i-- > 0;) {
            c->over = false;
            c->out->count = 0;
            if (!contributes(c->unit, c->target->flows[f], c->meta->connectors.items[i]))
                continue;
            status = ask(c, c->target->flows[f], c->meta->connectors.items[i]);
            if (status == MA_OK && c->out->count > 0)
                contribute(c, before, now);
        }
    return status;
}

/* Merged sets: the union of all that contribute, each value with its givers, those of
 * the highest precedence first. */
static enum ma_status merged(struct competition *c)
{
    struct arena *arena = c->unit->arena;
    const struct attr *attr = entry_find(&c->meta->object.entry, c->target->attribute);
    struct set was = set_of_attr(attr);
    struct givers before = givers_of(arena, &c->meta->object, c->target->attribute, was);
    struct givers now = givers_none(arena, c->target->attribute);
    enum ma_status status = all_contribute(c, &before, &now);
    struct set is = givers_all(&now);

    c->over = true;
    c->out->type = c->target->flows[0]->target_type;
    c->out->count = is.count;
    c->out->values = is.items;
    givers_write(&now, &c->out->lines, &c->out->line_count);
    if (is.count == 0)
        nobody_won(c);
    else if (set_equal(was, is) && givers_equal(&before, &now))
        keep(c);
    return status;
}

static bool any_contributes(void *context, const struct flow *flow)
{
    const struct competition *c = context;

    for (size_t i = 0; i < c->meta->connectors.count; i++)
        if (contributes(c->unit, flow, c->meta->connectors.items[i]))
            return true;
    return false;
}

static enum ma_status how_it_merges(struct competition *c, enum merge_type *out)
{
    const struct merging merging = {.flows = c->target->flows,
                                    .count = c->target->count,
                                    .mixed = c->target->mixed_merge,
                                    .holds = any_contributes,
                                    .context = c};

    return merge_in_scope(c->unit, &merging, out, c->err);
}

/* `lost`: the connector was cut off, and gives nothing any more. */
static enum ma_status attribute(struct unit *unit, struct meta *meta,
                                struct connector *connector, bool lost, uint32_t name,
                                struct outcome *out, struct ma_error *err)
{
    struct competition c = {
        .unit = unit,
        .meta = meta,
        .target = program_mv_target(unit->sync->program, meta->object.type, name),
        .out = out,
        .now = mv_lineage_of(&meta->object, name),
        .err = err};

    enum merge_type merge;

    *out = (struct outcome){.attribute = name};
    if (c.target == NULL) {
        nobody_won(&c);
        return MA_OK;
    }
    if (how_it_merges(&c, &merge) != MA_OK)
        return err->status;
    if (merge != MERGE_UPDATE)
        return merged(&c);
    if (c.target->precedence == PRECEDENCE_RANKED)
        return ranked(&c);
    if (c.target->precedence == PRECEDENCE_EQUAL && !c.target->flows[0]->target_single)
        return equal_sets(&c, connector, lost);
    return equal(&c, lost ? NULL : connector);
}

/* --- all attributes ---------------------------------------------------------------- */

typedef VEC_OF(uint32_t) name_list;

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

static bool unchanged(const struct attr *now, const struct outcome *new)
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
static const struct outcome *outcome_of(const outcomes *list, uint32_t attribute)
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
                      const struct outcome *outcome)
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
        struct outcome out;
        bool same;

        status = attribute(unit, meta, connector, lost, name, &out, err);
        if (status != MA_OK || out.keep)
            continue;
        if (!out.by_value && is_partial(meta, name))
            unit->wants_whole = true;
        same = unchanged(entry_find(&meta->object.entry, name), &out);
        if (same && out.lines == NULL && (line == NULL) == (out.count == 0) &&
            (line == NULL || same_source(line, &out.lineage)))
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
