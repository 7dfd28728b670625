/* SPDX-License-Identifier: Apache-2.0 */
#include "sync/precedence.h"

#include "sync/equal.h"
#include "sync/flow.h"
#include "sync/merge.h"
#include "sync/stake.h"

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

bool precedence_same_giver(const struct mv_lineage *a, const struct mv_lineage *b)
{
    return a->agent == b->agent && a->object == b->object &&
           guid_equal(&a->rule, &b->rule);
}

/* --- which connectors a flow reads -------------------------------------------------- */

static bool gives(struct unit *unit, const struct rule *rule, struct connector *connector)
{
    if (connector->agent != &unit->sync->program->agents[rule->agent] ||
        !unit_imported(unit, connector)->exists)
        return false;
    if (rule->cs_type != NAME_NONE && rule->cs_type != unit_type(unit, connector))
        return false;
    return view_rule_holds(unit, connector, rule);
}

static bool find_out(struct unit *unit, const struct rule *rule,
                     struct connector *connector)
{
    signed char answer = gives(unit, rule, connector) ? 1 : -1;

    *view_slot(unit, &connector->gives, rule->index) = answer;
    return answer > 0;
}

/* Asked for every flow, so it is kept by rule. */
static inline bool contributes(struct unit *unit, const struct flow *flow,
                               struct connector *connector)
{
    signed char known =
        connector->gives == NULL ? 0 : connector->gives[flow->rule->index];

    return known != 0 ? known > 0 : find_out(unit, flow->rule, connector);
}

/* --- one attribute ----------------------------------------------------------------- */

struct competition {
    struct unit *unit;
    struct meta *meta;
    const struct mv_target *target;
    struct precedence_outcome *out;
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
    struct mv_lineage lineage;

    if (!flow->once)
        return false;
    lineage = lineage_of(c->unit, flow, connector);
    if (connector->object.projected && c->now != NULL &&
        precedence_same_giver(c->now, &lineage))
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
    meta->view = NULL;
    return meta;
}

static enum ma_status ask(struct competition *c, const struct flow *flow,
                          struct connector *connector)
{
    struct meta *meta = c->recalled ? as_recalled(c) : c->meta;
    const struct flow_target to = {.object = view_kept_meta(c->unit, meta)};
    const struct view *view = view_kept(c->unit, connector, flow->read_layer_imported);
    struct flowed flowed;
    enum ma_status status;

    if (once_is_over(c, flow, connector))
        return MA_OK;
    c->out->by_value = c->by_rank && c->unit->by_value && stake_is_for(flow, view);
    status = c->out->by_value ? stake_inflow(c->unit, c->meta, connector, flow, c->now,
                                             &flowed, c->err)
                              : flow_run(flow, view, &to, &flowed, c->err);
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
    const connector_pointers *all = &c->meta->connectors;

    for (size_t i = 0; i < all->count; i++)
        if (contributes(c->unit, flow, all->items[i])) {
            enum ma_status status = ask(c, flow, all->items[i]);

            if (status != MA_OK || c->over)
                return status;
        }
    return MA_OK;
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
    const struct view *view = view_kept(c->unit, connector, flow->read_layer_imported);
    const struct attr *attr = entry_find(view_entry(view), flow->source);

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

        if (precedence_same_giver(line, &c->out->lineage))
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
    const struct mv_target *target = c->target;
    struct merging merging;

    *out = target->merge;
    if (!target->mixed_merge)
        return MA_OK;
    merging = (struct merging){target->flows, target->count, any_contributes, c};
    return merge_in_scope(c->unit, &merging, out, c->err);
}

enum ma_status precedence_decide(const struct precedence_case *of,
                                 const struct precedence_question *question,
                                 struct precedence_outcome *out, struct ma_error *err)
{
    const struct mv_target *target = question->target;
    struct competition c = {.unit = of->unit,
                            .meta = of->meta,
                            .target = target,
                            .out = out,
                            .now = question->now,
                            .err = err};
    enum merge_type merge;

    *out = (struct precedence_outcome){.attribute = question->attribute};
    if (target == NULL) {
        nobody_won(&c);
        return MA_OK;
    }
    if (how_it_merges(&c, &merge) != MA_OK)
        return err->status;
    if (merge != MERGE_UPDATE)
        return merged(&c);
    if (target->precedence == PRECEDENCE_RANKED)
        return ranked(&c);
    if (target->precedence == PRECEDENCE_EQUAL && !target->flows[0]->target_single)
        return equal_sets(&c, of->connector, of->lost);
    return equal(&c, of->lost ? NULL : of->connector);
}
