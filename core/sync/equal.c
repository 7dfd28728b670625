/* SPDX-License-Identifier: Apache-2.0 */
#include "sync/equal.h"

/* What a flow gives of a connector. `silent`: it said that it is not for this object. */
struct gift {
    struct set values;
    bool silent;
};

static enum ma_status give(struct equal *e, const struct flow *flow,
                           struct connector *connector, bool imported, struct gift *out,
                           struct ma_error *err)
{
    const struct flow_target to = {.object = view_kept_meta(e->unit, e->meta)};
    struct flowed flowed;
    enum ma_status status =
        flow_run(flow, view_kept(e->unit, connector, imported), &to, &flowed, err);

    *out = (struct gift){.silent = flowed.kind == FLOWED_IGNORE};
    if (status == MA_OK && flowed.kind == FLOWED_VALUES)
        out->values = set_of(flowed.values, flowed.count);
    return status;
}

/* The connector as if its import had not been. */
static struct connector *before_import(struct equal *e)
{
    struct connector *before =
        arena_copy(e->unit->arena, e->connector, sizeof *e->connector);

    before->object.pending_import = (struct delta){.op = DELTA_NONE};
    unit_forget_images(before);
    memset(before->views, 0, sizeof before->views);
    return before;
}

/* --- lineage ------------------------------------------------------------------------ */

static bool gave(const struct equal *e, const struct connector *connector)
{
    for (uint32_t i = 0; i < e->givers.count; i++)
        if (e->givers.lines[i].agent == connector->object.agent &&
            e->givers.lines[i].object == connector->object.id)
            return true;
    return false;
}

static bool reads_type(struct equal *e, const struct flow *flow,
                       struct connector *connector)
{
    const struct rule *rule = flow->rule;

    return connector->agent == &e->unit->sync->program->agents[rule->agent] &&
           (rule->cs_type == NAME_NONE || rule->cs_type == unit_type(e->unit, connector));
}

static struct connector *giver_of(struct equal *e, const struct mv_lineage *line)
{
    for (size_t i = 0; i < e->meta->connectors.count; i++) {
        struct connector *c = e->meta->connectors.items[i];

        if (c->object.agent == line->agent && c->object.id == line->object)
            return c;
    }
    return e->connector->object.agent == line->agent &&
                   e->connector->object.id == line->object
               ? e->connector
               : NULL;
}

/* What its flows give of what is there. */
static enum ma_status ask_giver(struct equal *e, const struct mv_lineage *line,
                                struct ma_error *err)
{
    struct connector *giver = giver_of(e, line);
    struct set all = {0};
    bool imported;
    enum ma_status status = MA_OK;

    imported = giver != e->connector; /* else it has what is on its way to it */
    if (!imported)
        giver = before_import(e);
    for (size_t i = 0; giver != NULL && status == MA_OK && i < e->target->count; i++) {
        struct gift gift = {0};

        if (reads_type(e, e->target->flows[i], giver))
            status = give(e, e->target->flows[i], giver, imported, &gift, err);
        all = set_union(e->unit->arena, all, gift.values);
    }
    if (status == MA_OK)
        givers_add(&e->givers, line, set_common(e->unit->arena, all, e->values));
    return status;
}

/* The store was written before values had a lineage: each is of those who have it; what
 * nobody has is of whoever wrote last. */
static enum ma_status learn_givers(struct equal *e, struct ma_error *err)
{
    struct arena *arena = e->unit->arena;
    const struct givers silent = e->givers;
    enum ma_status status = MA_OK;

    if (!silent.unknown)
        return MA_OK;
    e->givers = givers_none(arena, e->target->attribute);
    for (uint32_t i = silent.count; status == MA_OK && i-- > 0;)
        status = ask_giver(e, &silent.lines[i], err);
    if (status == MA_OK)
        givers_add(&e->givers, &silent.lines[0],
                   set_minus(arena, e->values, givers_all(&e->givers)));
    return status;
}

/* --- the one in hand ---------------------------------------------------------------- */

/* Whether all that it has counts, and not only what it changed. */
static bool is_new(const struct equal *e)
{
    return e->unit->again || unit_was_linked_now(e->unit, e->connector) ||
           (e->unit->sync->request->full && !gave(e, e->connector));
}

/* What was there already is of whoever gave it: it may be an export that comes back. */
static void write_difference(struct equal *e, const struct flow *flow, struct set before,
                             struct set now)
{
    struct arena *arena = e->unit->arena;
    struct set added = set_minus(arena, now, before);
    struct set given = set_minus(arena, added, e->values);
    struct mv_lineage writer = e->lineage_of(e->unit, flow, e->connector);

    e->values = set_minus(arena, e->values, set_minus(arena, before, now));
    e->values = set_union(arena, e->values, added);
    givers_add(&e->givers, &writer, given);
    if (now.count > 0 && !gave(e, e->connector))
        givers_hear(&e->givers, &writer);
}

static enum ma_status write_flow(struct equal *e, const struct flow *flow,
                                 struct ma_error *err)
{
    struct gift before = {0};
    struct gift now;
    enum ma_status status = give(e, flow, e->connector, false, &now, err);

    if (status == MA_OK && !is_new(e))
        status = give(e, flow, before_import(e), false, &before, err);
    if (status == MA_OK && !now.silent)
        write_difference(e, flow, before.values, now.values);
    return status;
}

static enum ma_status write_in_hand(struct equal *e, struct ma_error *err)
{
    enum ma_status status = MA_OK;

    for (size_t i = 0; status == MA_OK && i < e->target->count; i++)
        if (e->contributes(e->unit, e->target->flows[i], e->connector))
            status = write_flow(e, e->target->flows[i], err);
    return status;
}

/* --- one that goes away ----------------------------------------------------------- */

static bool still_contributes(const struct equal *e)
{
    for (size_t i = 0; i < e->target->count; i++)
        if (e->contributes(e->unit, e->target->flows[i], e->connector))
            return true;
    return false;
}

/* Another has some of it too, as imported: what is only on its way to that one came from
 * the one that goes. */
static enum ma_status inherit(struct equal *e, const struct flow *flow,
                              struct connector *heir, struct set left,
                              struct ma_error *err)
{
    struct gift gift;
    struct mv_lineage line;

    if (heir == e->connector || !e->contributes(e->unit, flow, heir))
        return MA_OK;
    if (give(e, flow, heir, true, &gift, err) != MA_OK)
        return err->status;
    line = e->lineage_of(e->unit, flow, heir);
    givers_add(&e->givers, &line, set_common(e->unit->arena, gift.values, left));
    return MA_OK;
}

/* Exactly what it gave goes, but for what others gave too, or have. */
static enum ma_status recall(struct equal *e, struct ma_error *err)
{
    struct arena *arena = e->unit->arena;
    const struct cs_object *who = &e->connector->object;
    struct set left = givers_gave(&e->givers, who->agent, who->id);
    enum ma_status status = MA_OK;

    givers_drop(&e->givers, who->agent, who->id);
    left = set_minus(arena, left, givers_all(&e->givers));
    for (size_t f = 0; status == MA_OK && f < e->target->count; f++)
        for (size_t i = 0; status == MA_OK && i < e->meta->connectors.count; i++)
            status =
                inherit(e, e->target->flows[f], e->meta->connectors.items[i], left, err);
    left = set_minus(arena, left, givers_all(&e->givers));
    e->values = set_minus(arena, e->values, left);
    return status;
}

/* --- both --------------------------------------------------------------------------- */

/* What refers to an object that is gone goes, whoever gave it. Such references are looked
 * at again by the pass that completes references. */
static enum ma_status drop_dangling(struct equal *e, struct ma_error *err)
{
    struct slice *kept = ARENA_ARRAY(e->unit->arena, struct slice, e->values.count);
    uint32_t count = 0;

    for (uint32_t i = 0; i < e->values.count; i++) {
        struct mv_object object;
        enum ma_status status = mv_get(e->unit->sync->batch, e->unit->arena,
                                       value_id(e->values.items[i]), &object, err);

        if (status == MA_OK)
            kept[count++] = e->values.items[i];
        else if (status != MA_NOT_FOUND)
            return status;
    }
    e->values = set_of(kept, count);
    return MA_OK;
}

static enum ma_status change(struct equal *e, const struct attr *now,
                             struct ma_error *err)
{
    enum ma_status status = learn_givers(e, err);

    if (status == MA_OK && e->unit->again && now != NULL && now->type == VALUE_REFERENCE)
        status = drop_dangling(e, err);
    if (status == MA_OK && !e->lost && still_contributes(e))
        status = write_in_hand(e, err);
    else if (status == MA_OK && gave(e, e->connector))
        status = recall(e, err);
    givers_keep(&e->givers, e->values);
    return status;
}

enum ma_status equal_run(struct equal *e, struct ma_error *err)
{
    struct arena *arena = e->unit->arena;
    const struct attr *now = entry_find(&e->meta->object.entry, e->target->attribute);
    const struct view all = view_of_meta(e->unit, e->meta, NULL, 0);
    struct set values = set_of_attr(now);
    struct givers before =
        givers_of(arena, &e->meta->object, e->target->attribute, values);
    enum ma_status status;

    view_need_all(&all, e->target->attribute);
    e->values = values;
    e->givers = givers_of(arena, &e->meta->object, e->target->attribute, values);
    status = change(e, now, err);
    e->changed = !set_equal(values, e->values) || !givers_equal(&before, &e->givers);
    givers_write(&e->givers, &e->lines, &e->line_count);
    return status;
}

/* --- towards one that waits ------------------------------------------------------- */

static bool keeps_it_too(const struct unit *unit, const struct meta *meta,
                         const struct connector *connector,
                         const struct cs_target *target)
{
    const struct program *program = unit->sync->program;
    const struct flow *out = target->flows[0];
    const struct mv_target *in =
        out->kind != FLOW_DIRECT
            ? NULL
            : program_mv_target(program, meta->object.type, out->source);

    if (out->target_single || in == NULL || in->precedence != PRECEDENCE_EQUAL)
        return false;
    for (size_t i = 0; i < in->count; i++)
        if (in->flows[i]->kind == FLOW_DIRECT &&
            in->flows[i]->source == target->attribute &&
            &program->agents[in->flows[i]->rule->agent] == connector->agent)
            return true;
    return false;
}

bool equal_waits(const struct unit *unit, const struct meta *meta,
                 const struct connector *connector, const struct cs_target *target)
{
    return connector != NULL && !connector->source &&
           connector->object.pending_import.op == DELTA_UPDATE &&
           keeps_it_too(unit, meta, connector, target);
}

static struct set imported_set(struct unit *unit, const struct connector *connector,
                               enum tower_layer layer, uint32_t attribute)
{
    struct image image = object_image(unit->arena, &connector->object, layer);

    return set_of_attr(entry_find(&image.entry, attribute));
}

void equal_spare(struct unit *unit, const struct meta *meta, struct connector *connector,
                 const struct cs_target *target, struct flowed *flowed)
{
    struct arena *arena = unit->arena;
    const struct attr_delta *pending;
    struct set wanted = set_of(flowed->values, flowed->count);
    struct set was;
    struct set is;
    struct set gave;
    struct set took;

    if (!equal_waits(unit, meta, connector, target))
        return;
    was = imported_set(unit, connector, LAYER_HOLOGRAM, target->attribute);
    is = imported_set(unit, connector, LAYER_IMPORT, target->attribute);
    gave = set_minus(arena, is, was);
    took = set_minus(arena, was, is);
    pending = delta_find(&connector->object.unapplied, target->attribute);
    if (pending != NULL) {
        gave = set_minus(arena, gave, set_of(pending->dels, pending->del_count));
        took = set_minus(arena, took, set_of(pending->adds, pending->add_count));
    }
    wanted = set_union(arena, set_minus(arena, wanted, took), gave);
    flowed->values = wanted.items;
    flowed->count = wanted.count;
}
