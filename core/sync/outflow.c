/* SPDX-License-Identifier: Apache-2.0 */
#include "sync/outflow.h"

#include "model/dn.h"
#include "space/tower.h"
#include "sync/equal.h"
#include "sync/merge.h"
#include "sync/rename.h"
#include "sync/stake.h"

/* What all parts of one export flow share. */
struct outflow {
    struct unit *unit;
    struct meta *meta;
    const struct compiled_agent *agent;
    struct connector *connector; /* NULL: to be created */
    struct view view;
    struct flow_target to;
    struct image under; /* what is there, and on its way (layer E) */
    struct image top;   /* with the pending export of before */
    struct entry rest;  /* of the attributes that no flow decides */
    bool imported;      /* an import has shown the object */
    bool waits;         /* and another, which its own synchronisation is to see */
    struct ma_error *err;
};

static void load_images(struct outflow *o)
{
    struct unit *unit = o->unit;
    struct connector *connector = o->connector;
    bool anew;

    o->under = object_image(unit->arena, &connector->object, LAYER_ESCROWED);
    o->top = object_image(unit->arena, &connector->object, LAYER_UNAPPLIED);
    anew = !o->under.exists || o->under.object_type != unit_type(unit, connector);

    /* An add keeps the values that it was made with, and nothing of what was there
     * before. */
    o->rest = anew ? o->top.entry : o->under.entry;
    o->imported = !anew && object_was_imported(&connector->object);
}

static struct outflow outflow_begin(struct unit *unit, struct meta *meta,
                                    const struct compiled_agent *agent,
                                    struct connector *connector, struct ma_error *err)
{
    struct outflow o = {.unit = unit,
                        .meta = meta,
                        .agent = agent,
                        .connector = connector,
                        .view = *view_kept_meta(unit, meta),
                        .err = err};

    o.view.agent = agent;
    o.view.partition = connector == NULL ? 0 : connector->object.partition;
    o.to.agent = agent;
    if (connector == NULL)
        return o;
    o.to.object = view_kept(unit, connector, false);
    o.waits = !connector->source && connector->object.pending_import.op == DELTA_UPDATE;
    load_images(&o);
    return o;
}

/* --- which flows count ------------------------------------------------------------- */

static bool was_exported(const struct outflow *o)
{
    return o->imported || (o->connector != NULL && o->connector->object.rebuild);
}

/* An initial flow counts until the first import of the object; what it gave stays. */
static bool once_is_over(const struct outflow *o, const struct flow *flow)
{
    return flow->once && (o->imported || (flow->target_export_only && was_exported(o)));
}

/* What cannot be read back is sent at creation, and then only when its source changed:
 * sending it again would set the password that its user changed meanwhile. */
static bool needs_no_sending(const struct outflow *o, const struct flow *flow)
{
    if (!flow->target_export_only || !was_exported(o))
        return false;
    for (size_t i = 0; i < flow->source_count; i++) {
        const struct attr *a = entry_find(&o->meta->before, flow->sources[i]);
        const struct attr *b = entry_find(&o->meta->object.entry, flow->sources[i]);

        if ((a == NULL) != (b == NULL) || (a != NULL && !attr_equal(a, b)))
            return false;
    }
    return true;
}

static bool once_was_given(const struct outflow *o, const struct flow *flow)
{
    if (!flow->once || o->connector == NULL || o->connector->created)
        return false;
    return flow->to_dn ? o->top.dn != NULL
                       : entry_find(&o->top.entry, flow->target) != NULL;
}

static bool applies(const struct outflow *o, const struct flow *flow)
{
    return view_outbound_rule_holds(o->unit, o->meta, flow->rule) &&
           view_flow_applies(o->unit->sync->program, flow) && !once_is_over(o, flow);
}

/* Export precedence of the classic family: an agent that itself contributes the
 * attribute is not told the value of an agent that ranks below it. Its own value may go
 * back to it: to another attribute, or over a change that was not exported yet ("if the
 * source has a precedence greater than or equal to that of the overlapping import flow",
 * MapAttributesForExport in the developer reference). */
bool outflow_is_outranked(struct unit *unit, const struct meta *meta,
                          struct connector *connector, const struct flow *flow)
{
    const struct program *program = unit->sync->program;
    const struct mv_lineage *line;
    const struct mv_target *target;
    size_t own = SIZE_MAX;
    size_t giver = SIZE_MAX;

    if (connector->agent->declarative || flow->kind != FLOW_DIRECT)
        return false;
    line = mv_lineage_of(&meta->object, flow->source);
    if (line == NULL || line->agent == connector->agent->number)
        return false;
    target = program_mv_target(program, meta->object.type, flow->source);
    if (target == NULL || target->precedence != PRECEDENCE_RANKED)
        return false;
    for (size_t i = target->count; i-- > 0;) {
        const struct flow *import = target->flows[i];
        const struct guid *id =
            guid_is_zero(&import->id) ? &import->rule->id : &import->id;

        if (&program->agents[import->rule->agent] == connector->agent &&
            import->rule->cs_type == unit_type(unit, connector))
            own = i;
        if (guid_equal(id, &line->rule))
            giver = i;
    }
    return own != SIZE_MAX && giver != SIZE_MAX && own < giver;
}

static bool outranked(const struct outflow *o, const struct flow *flow)
{
    return o->connector != NULL && !o->agent->declarative &&
           outflow_is_outranked(o->unit, o->meta, o->connector, flow);
}

/* --- one attribute by rank --------------------------------------------------------- */

struct decision {
    bool keep;     /* the target keeps what is expected of it */
    bool by_value; /* of a large attribute: the values at stake */
    struct flowed flowed;
    enum value_type type;
};

/* More may be known of the connector afterwards. */
static enum ma_status run_by_value(struct outflow *o, const struct cs_target *target,
                                   size_t number, struct decision *out)
{
    const struct stake_out stake = {o->meta, o->connector, target, number};
    enum ma_status status = stake_outflow(o->unit, &stake, &out->flowed, o->err);

    out->by_value = true;
    if (status == MA_OK && o->connector != NULL)
        load_images(o);
    return status;
}

static enum ma_status run_flow(struct outflow *o, const struct cs_target *target,
                               size_t number, struct decision *out)
{
    const struct flow *flow = target->flows[number];

    if (o->unit->by_value && stake_is_for(flow, &o->view) &&
        !equal_waits(o->unit, o->meta, o->connector, target))
        return run_by_value(o, target, number, out);
    return flow_run(flow, &o->view, &o->to, &out->flowed, o->err);
}

static enum ma_status decide(struct outflow *o, const struct cs_target *target,
                             struct decision *out)
{
    bool nulled = false;
    bool any = false;

    *out = (struct decision){.keep = false};
    for (size_t i = 0; i < target->count; i++) {
        const struct flow *flow = target->flows[i];
        enum ma_status status;

        if (!applies(o, flow) || outranked(o, flow))
            continue;
        any = true;
        out->type = flow->target_type;
        if (once_was_given(o, flow) || needs_no_sending(o, flow)) {
            out->keep = true;
            return MA_OK;
        }
        status = run_flow(o, target, i, out);
        if (status != MA_OK || out->flowed.kind == FLOWED_VALUES)
            return status;
        nulled = nulled || (out->flowed.kind != FLOWED_IGNORE && !flow->keep_on_null);
        if (out->flowed.kind == FLOWED_STOP)
            break;
    }
    out->keep = any && !nulled;
    if (!any)
        out->flowed.kind = FLOWED_IGNORE;
    return MA_OK;
}

/* --- merged attributes -------------------------------------------------------------- */

static bool holds(void *context, const struct flow *flow)
{
    return applies(context, flow);
}

static enum ma_status how_it_merges(struct outflow *o, const struct cs_target *target,
                                    enum merge_type *out)
{
    struct merging merging;

    *out = target->merge;
    if (!target->mixed_merge)
        return MA_OK;
    merging = (struct merging){target->flows, target->count, holds, o};
    return merge_in_scope(o->unit, &merging, out, o->err);
}

/* All that the flows in scope contribute. A flow that says IgnoreThisFlow leaves the
 * attribute as it is expected to be. */
static enum ma_status merge(struct outflow *o, const struct cs_target *target)
{
    const struct flow *first = target->flows[0];
    VEC_OF(struct slice) all = {0};
    enum ma_status status = MA_OK;
    bool ignored = false;

    for (size_t i = 0; status == MA_OK && i < target->count; i++) {
        struct flowed flowed;

        if (!applies(o, target->flows[i]))
            continue;
        status = flow_run(target->flows[i], &o->view, &o->to, &flowed, o->err);
        ignored = ignored || (status == MA_OK && flowed.kind == FLOWED_IGNORE);
        for (uint32_t v = 0; status == MA_OK && v < flowed.count; v++)
            VEC_ADD(&all, flowed.values[v]);
    }
    if (status == MA_OK && !(ignored && all.count == 0))
        tower_want_merged(o->unit->arena, &o->connector->object, target->attribute,
                          first->target_type, all.items, (uint32_t)all.count);
    VEC_FREE(&all);
    return status;
}

/* --- the object ------------------------------------------------------------------- */

static const struct cs_target *targets_of(const struct outflow *o, uint32_t cs_type,
                                          size_t *count)
{
    return program_cs_targets(o->agent, o->meta->object.type, cs_type, count);
}

/* Of the connector's attribute. */
static void need_all(const struct outflow *o, uint32_t attribute)
{
    if (o->connector != NULL)
        view_need_all(o->to.object, attribute);
}

/* Where an attribute of the object as it is to be comes from, in order of attribute. */
struct composition {
    struct entry_builder builder;
    uint32_t at; /* in o->rest: what lies below was taken or left out */
};

static void take(struct composition *c, const struct attr *attr)
{
    if (attr != NULL)
        entry_add(&c->builder, attr->name, attr->type, attr->values, attr->count);
}

/* What no flow decides stays as it is underneath. */
static void take_rest(const struct outflow *o, struct composition *c, uint32_t below)
{
    while (c->at < o->rest.count && o->rest.attrs[c->at].name < below)
        take(c, &o->rest.attrs[c->at++]);
}

static void leave_out(const struct outflow *o, struct composition *c, uint32_t attribute)
{
    if (c->at < o->rest.count && o->rest.attrs[c->at].name == attribute)
        c->at++;
}

static enum ma_status decide_one(struct outflow *o, const struct cs_target *target,
                                 struct composition *c)
{
    uint32_t name = target->attribute;
    struct decision decision = {.keep = true};
    enum merge_type kind;
    enum ma_status status = how_it_merges(o, target, &kind);

    if (status == MA_OK && kind == MERGE_UPDATE)
        status = decide(o, target, &decision);
    if (status != MA_OK)
        return status;
    if (!decision.keep && decision.flowed.kind == FLOWED_IGNORE)
        return MA_OK;
    leave_out(o, c, name);
    if (decision.keep) {
        take(c, entry_find(&o->top.entry, name));
        return MA_OK;
    }
    if (!decision.by_value)
        need_all(o, name);
    if (o->waits)
        equal_spare(o->unit, o->meta, o->connector, target, &decision.flowed);
    entry_add(&c->builder, name, decision.type, decision.flowed.values,
              decision.flowed.count);
    return MA_OK;
}

static enum ma_status decide_all(struct outflow *o, const struct cs_target *targets,
                                 size_t count, struct entry *out)
{
    struct composition c = {.builder = entry_builder(o->unit->arena)};
    enum ma_status status = MA_OK;

    for (size_t i = 0; status == MA_OK && i < count; i++) {
        if (targets[i].attribute == NAME_NONE)
            continue;
        take_rest(o, &c, targets[i].attribute);
        status = decide_one(o, &targets[i], &c);
    }
    take_rest(o, &c, UINT32_MAX);
    *out = entry_build(&c.builder);
    return status;
}

static enum ma_status merge_all(struct outflow *o, const struct cs_target *targets,
                                size_t count)
{
    enum ma_status status = MA_OK;
    enum merge_type kind;

    for (size_t i = 0; status == MA_OK && i < count; i++) {
        if (targets[i].attribute == NAME_NONE)
            continue;
        status = how_it_merges(o, &targets[i], &kind);
        if (status != MA_OK || kind == MERGE_UPDATE)
            continue;
        need_all(o, targets[i].attribute);
        status = merge(o, &targets[i]);
    }
    return status;
}

static enum ma_status find_dn(struct outflow *o, uint32_t cs_type, const char **out)
{
    const struct cs_target *target =
        program_cs_target(o->agent, o->meta->object.type, cs_type, NAME_NONE);
    struct decision decision;
    enum ma_status status;

    *out = NULL;
    if (target == NULL)
        return MA_OK;
    status = decide(o, target, &decision);
    if (status == MA_OK && !decision.keep && decision.flowed.count > 0)
        *out = arena_textn(o->unit->arena, decision.flowed.values[0].at,
                           decision.flowed.values[0].length);
    return status;
}

enum ma_status outflow_dn(struct unit *unit, struct meta *meta,
                          const struct compiled_agent *agent, uint32_t cs_type,
                          struct connector *connector, const char **out,
                          struct ma_error *err)
{
    struct outflow o = outflow_begin(unit, meta, agent, connector, err);

    return find_dn(&o, cs_type, out);
}

/* A DN that differs only in case or escaping is no rename. */
static enum ma_status want_dn(struct outflow *o, struct image *wanted, bool *renamed)
{
    const char *dn;
    enum ma_status status = find_dn(o, wanted->object_type, &dn);

    wanted->dn = o->top.dn;
    if (status != MA_OK || dn == NULL)
        return status;
    if (o->top.dn != NULL && dn_equal(slice_text(dn), slice_text(o->top.dn)))
        return MA_OK;
    *renamed = true;
    wanted->dn = dn;
    return rename_check(o->unit, o->connector, dn, o->err);
}

/* The filter of the target must not undo what the flow just did. */
static enum ma_status check_filter(struct outflow *o)
{
    for (size_t i = 0; i < o->agent->filter_count; i++) {
        const struct compiled_filter *filter = &o->agent->filters[i];

        if (filter->cs_type == unit_type(o->unit, o->connector) &&
            filter->script == NULL && filter->scope.count > 0 &&
            view_scope_holds(o->unit, o->connector, false, &filter->scope))
            return unit_fail(o->unit, o->err, "connector-filter-rule-violation",
                             "validate-connector-filter", NULL,
                             "the connector filter of '%s' would filter '%s' as it is to "
                             "be exported",
                             o->agent->config->name, unit_dn(o->unit, o->connector));
    }
    return MA_OK;
}

/* An import showed it gone, or of another type, and its own synchronisation, which
 * unlinks it, is still to come: what flows out until then would make it anew. */
static bool went_away(const struct outflow *o)
{
    const struct connector *connector = o->connector;

    return connector->object.pending_import.op == DELTA_DELETE
               ? !o->under.exists
               : connector->object.pending_import.op == DELTA_DELETE_ADD &&
                     !connector->source && connector->object.has_hologram;
}

enum ma_status outflow_run(struct unit *unit, struct meta *meta,
                           struct connector *connector, struct outflow_result *out,
                           struct ma_error *err)
{
    struct outflow o = outflow_begin(unit, meta, connector->agent, connector, err);
    struct image wanted = {.exists = true, .object_type = unit_type(unit, connector)};
    struct delta before = connector->object.unapplied;
    uint32_t owned = connector->object.owned_count;
    size_t count;
    const struct cs_target *targets = targets_of(&o, wanted.object_type, &count);
    enum ma_status status = MA_OK;

    *out = (struct outflow_result){.changed = connector->created};
    if (count == 0 || went_away(&o))
        return MA_OK;
    status = want_dn(&o, &wanted, &out->renamed);
    if (status == MA_OK)
        status = decide_all(&o, targets, count, &wanted.entry);
    if (status != MA_OK)
        return status;
    tower_want(unit->arena, &connector->object, &wanted);
    status = merge_all(&o, targets, count);
    if (status != MA_OK)
        return status;
    connector->dirty = connector->dirty || owned != connector->object.owned_count;
    if (!delta_equal(&before, &connector->object.unapplied)) {
        out->changed = true;
        unit_tower_changed(connector);
        status = check_filter(&o);
    }
    return status;
}
