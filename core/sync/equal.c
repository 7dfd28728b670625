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
    struct view target = view_of_meta(e->unit, e->meta, NULL, 0);
    const struct flow_target to = {.agent = NULL, .object = &target};
    struct view view = view_of_connector(e->unit, connector, imported);
    struct flowed flowed;
    enum ma_status status = flow_run(flow, &view, &to, &flowed, err);

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
    before->has_images = false;
    return before;
}

/* --- lineage ------------------------------------------------------------------------ */

static bool is_of(const struct mv_lineage *line, const struct connector *connector)
{
    return line->agent == connector->object.agent && line->object == connector->object.id;
}

static bool gave(const struct equal *e, const struct connector *connector)
{
    const struct mv_object *object = &e->meta->object;

    for (uint32_t i = 0; i < object->lineage_count; i++)
        if (object->lineage[i].attribute == e->target->attribute &&
            is_of(&object->lineage[i], connector))
            return true;
    return false;
}

/* That of whoever wrote, which may be NULL, and behind it those that are there, but for
 * those of `but`. */
static void write_lines(struct equal *e, const struct mv_lineage *writer,
                        const struct connector *but)
{
    const struct mv_object *object = &e->meta->object;
    struct mv_lineage *lines =
        ARENA_ARRAY(e->unit->arena, struct mv_lineage, object->lineage_count + 1);

    e->lines = lines;
    e->line_count = 0;
    if (writer != NULL)
        lines[e->line_count++] = *writer;
    for (uint32_t i = 0; i < object->lineage_count; i++)
        if (object->lineage[i].attribute == e->target->attribute &&
            (but == NULL || !is_of(&object->lineage[i], but)))
            lines[e->line_count++] = object->lineage[i];
}

/* --- the one in hand ---------------------------------------------------------------- */

/* Whether all that it has counts, and not only what it changed. */
static bool is_new(const struct equal *e)
{
    return e->unit->again || unit_was_linked_now(e->unit, e->connector) ||
           (e->unit->sync->request->full && !gave(e, e->connector));
}

/* True where it made a difference, or is the first to be heard of. */
static bool write_difference(struct equal *e, struct set before, struct set now)
{
    struct arena *arena = e->unit->arena;
    struct set was = e->values;

    e->values = set_minus(arena, e->values, set_minus(arena, before, now));
    e->values = set_union(arena, e->values, set_minus(arena, now, before));
    return !set_equal(was, e->values) || (now.count > 0 && !gave(e, e->connector));
}

static enum ma_status write_flow(struct equal *e, const struct flow *flow, bool *wrote,
                                 struct ma_error *err)
{
    struct gift before = {0};
    struct gift now;
    enum ma_status status = give(e, flow, e->connector, false, &now, err);

    if (status == MA_OK && !is_new(e))
        status = give(e, flow, before_import(e), false, &before, err);
    if (status == MA_OK && !now.silent && !set_equal(before.values, now.values))
        *wrote = write_difference(e, before.values, now.values);
    return status;
}

static enum ma_status write_in_hand(struct equal *e, struct ma_error *err)
{
    struct mv_lineage writer = {0};
    enum ma_status status = MA_OK;

    for (size_t i = 0; status == MA_OK && i < e->target->count; i++) {
        const struct flow *flow = e->target->flows[i];
        bool wrote = false;

        if (!e->contributes(e->unit, flow, e->connector))
            continue;
        status = write_flow(e, flow, &wrote, err);
        if (wrote)
            writer = e->lineage_of(e->unit, flow, e->connector);
    }
    if (writer.object != 0)
        write_lines(e, &writer, e->connector);
    return status;
}

/* --- one that goes away ---------------------------------------------------------------
 */

static bool still_contributes(const struct equal *e)
{
    for (size_t i = 0; i < e->target->count; i++)
        if (e->contributes(e->unit, e->target->flows[i], e->connector))
            return true;
    return false;
}

static bool reads_type(struct equal *e, const struct flow *flow)
{
    const struct rule *rule = flow->rule;

    return e->connector->agent == &e->unit->sync->program->agents[rule->agent] &&
           (rule->cs_type == NAME_NONE ||
            rule->cs_type == unit_type(e->unit, e->connector));
}

static enum ma_status what_it_gave(struct equal *e, struct set *out, struct ma_error *err)
{
    struct connector *before = before_import(e);
    enum ma_status status = MA_OK;

    for (size_t i = 0; status == MA_OK && i < e->target->count; i++) {
        struct gift gift = {0};

        if (reads_type(e, e->target->flows[i]))
            status = give(e, e->target->flows[i], before, false, &gift, err);
        *out = set_union(e->unit->arena, *out, gift.values);
    }
    return status;
}

/* What the others have, as imported: what is only on its way to them came from the one
 * that goes. `heir`: one of them, and why. */
static enum ma_status what_others_have(struct equal *e, struct set *out,
                                       struct mv_lineage *heir, struct ma_error *err)
{
    enum ma_status status = MA_OK;

    for (size_t f = 0; status == MA_OK && f < e->target->count; f++)
        for (size_t i = 0; status == MA_OK && i < e->meta->connectors.count; i++) {
            const struct flow *flow = e->target->flows[f];
            struct connector *other = e->meta->connectors.items[i];
            struct gift gift;

            if (other == e->connector || !e->contributes(e->unit, flow, other))
                continue;
            status = give(e, flow, other, true, &gift, err);
            if (status == MA_OK && gift.values.count > 0 && heir->object == 0)
                *heir = e->lineage_of(e->unit, flow, other);
            *out = set_union(e->unit->arena, *out, gift.values);
        }
    return status;
}

static enum ma_status recall(struct equal *e, struct ma_error *err)
{
    struct arena *arena = e->unit->arena;
    struct set gone = {0};
    struct set held = {0};
    struct mv_lineage heir = {0};
    enum ma_status status = what_it_gave(e, &gone, err);

    if (status == MA_OK)
        status = what_others_have(e, &held, &heir, err);
    if (status != MA_OK)
        return status;
    e->values = set_minus(arena, e->values, set_minus(arena, gone, held));
    write_lines(e, NULL, e->connector);
    if (e->line_count == 0 && heir.object != 0)
        write_lines(e, &heir, e->connector);
    return MA_OK;
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
    if (count < e->values.count)
        write_lines(e, NULL, NULL);
    e->values = set_of(kept, count);
    return MA_OK;
}

enum ma_status equal_run(struct equal *e, struct ma_error *err)
{
    const struct attr *now = entry_find(&e->meta->object.entry, e->target->attribute);
    const struct view all = view_of_meta(e->unit, e->meta, NULL, 0);
    enum ma_status status = MA_OK;

    view_need_all(&all, e->target->attribute);
    e->values = set_of_attr(now);
    e->line_count = 0;
    e->lines = NULL;
    if (e->unit->again && now != NULL && now->type == VALUE_REFERENCE)
        status = drop_dangling(e, err);
    if (status == MA_OK && !e->lost && still_contributes(e))
        status = write_in_hand(e, err);
    else if (status == MA_OK && gave(e, e->connector))
        status = recall(e, err);
    if (e->values.count == 0)
        e->line_count = 0;
    e->changed = e->lines != NULL;
    return status;
}

/* --- towards one that waits -----------------------------------------------------------
 */

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
