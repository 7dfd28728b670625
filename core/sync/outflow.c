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
    struct image under; /* what is there, and on its way (layer E) */
    struct image top;   /* with the pending export of before */
    struct entry rest;  /* of the attributes that no flow decides */
    bool imported;      /* an import has shown the object */
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
    struct outflow o = {
        .unit = unit,
        .meta = meta,
        .agent = agent,
        .connector = connector,
        .view = view_of_meta(unit, meta, agent,
                             connector == NULL ? 0 : connector->object.partition),
        .err = err};

    if (connector != NULL)
        load_images(&o);
    return o;
}

/* --- which flows count ------------------------------------------------------------- */

static struct view target_view(const struct outflow *o)
{
    return o->connector == NULL ? (struct view){.unit = o->unit}
                                : view_of_connector(o->unit, o->connector, false);
}

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
    return view_flow_applies(o->unit->sync->program, flow) && !once_is_over(o, flow) &&
           view_outbound_rule_holds(o->unit, o->meta, flow->rule);
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
    return o->connector != NULL &&
           outflow_is_outranked(o->unit, o->meta, o->connector, flow);
}

/* --- one attribute by rank --------------------------------------------------------- */

struct decision {
    bool keep;     /* the target keeps what is expected of it */
    bool by_value; /* of a large attribute: the values at stake */
    struct flowed flowed;
    enum value_type type;
};

/* By value where it can; then more may be known of the connector afterwards. */
static enum ma_status run_flow(struct outflow *o, const struct cs_target *target,
                               size_t number, const struct flow_target *to,
                               struct decision *out)
{
    const struct flow *flow = target->flows[number];
    const struct stake_out stake = {o->meta, o->connector, target, number};
    enum ma_status status;

    if (!stake_is_for(flow, &o->view) ||
        equal_waits(o->unit, o->meta, o->connector, target))
        return flow_run(flow, &o->view, to, &out->flowed, o->err);
    out->by_value = true;
    status = stake_outflow(o->unit, &stake, &out->flowed, o->err);
    if (status == MA_OK && o->connector != NULL)
        load_images(o);
    return status;
}

static enum ma_status decide(struct outflow *o, const struct cs_target *target,
                             struct decision *out)
{
    struct view shown = target_view(o);
    const struct flow_target to = {.agent = o->agent,
                                   .object = o->connector == NULL ? NULL : &shown};
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
        status = run_flow(o, target, i, &to, out);
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
    const struct merging merging = {.flows = target->flows,
                                    .count = target->count,
                                    .mixed = target->mixed_merge,
                                    .holds = holds,
                                    .context = o};

    return merge_in_scope(o->unit, &merging, out, o->err);
}

/* All that the flows in scope contribute. A flow that says IgnoreThisFlow leaves the
 * attribute as it is expected to be. */
static enum ma_status merge(struct outflow *o, const struct cs_target *target)
{
    struct view shown = target_view(o);
    const struct flow_target to = {.agent = o->agent,
                                   .object = o->connector == NULL ? NULL : &shown};
    const struct flow *first = target->flows[0];
    VEC_OF(struct slice) all = {0};
    enum ma_status status = MA_OK;
    bool ignored = false;

    for (size_t i = 0; status == MA_OK && i < target->count; i++) {
        struct flowed flowed;

        if (!applies(o, target->flows[i]))
            continue;
        status = flow_run(target->flows[i], &o->view, &to, &flowed, o->err);
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
    struct view shown = target_view(o);

    view_need_all(&shown, attribute);
}

/* The attributes that the flows decide; all else stays as it is underneath. */
static enum ma_status decide_all(struct outflow *o, const struct cs_target *targets,
                                 size_t count, struct entry *out)
{
    struct entry_builder builder = entry_builder(o->unit->arena);
    bool *covered = ARENA_ARRAY(o->unit->arena, bool, o->rest.count);

    for (size_t i = 0; i < count; i++) {
        const struct cs_target *target = &targets[i];
        const struct attr *before;
        struct decision decision;
        enum merge_type kind;
        enum ma_status status;

        if (target->attribute == NAME_NONE)
            continue;
        if (how_it_merges(o, target, &kind) != MA_OK)
            return o->err->status;
        if (kind != MERGE_UPDATE)
            decision = (struct decision){.keep = true};
        else if ((status = decide(o, target, &decision)) != MA_OK)
            return status;
        if (!decision.keep && decision.flowed.kind == FLOWED_IGNORE)
            continue;
        if (!decision.keep && !decision.by_value)
            need_all(o, target->attribute);
        if (!decision.keep)
            equal_spare(o->unit, o->meta, o->connector, target, &decision.flowed);
        before = entry_find(&o->rest, target->attribute);
        if (before != NULL)
            covered[before - o->rest.attrs] = true;
        before = decision.keep ? entry_find(&o->top.entry, target->attribute) : NULL;
        if (before != NULL)
            entry_add(&builder, before->name, before->type, before->values,
                      before->count);
        if (!decision.keep && decision.flowed.count > 0)
            entry_add(&builder, target->attribute, decision.type, decision.flowed.values,
                      decision.flowed.count);
    }
    for (uint32_t a = 0; a < o->rest.count; a++)
        if (!covered[a])
            entry_add(&builder, o->rest.attrs[a].name, o->rest.attrs[a].type,
                      o->rest.attrs[a].values, o->rest.attrs[a].count);
    *out = entry_build(&builder);
    return MA_OK;
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

static struct slice pending_bytes(struct outflow *o)
{
    struct buf buf = {0};
    struct slice bytes;

    delta_encode(&o->connector->object.unapplied, &buf);
    bytes = arena_slice(o->unit->arena, buf_view(&buf));
    buf_free(&buf);
    return bytes;
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
    struct slice before = pending_bytes(&o);
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
    if (!slice_equal(before, pending_bytes(&o))) {
        out->changed = true;
        unit_tower_changed(connector);
        status = check_filter(&o);
    }
    return status;
}
