/* SPDX-License-Identifier: Apache-2.0 */
#include "sync/stake.h"

#include "base/order.h"
#include "model/set.h"
#include "space/unsettled.h"

/* As many values as an object holds in its own row. */
enum { LARGEST_LOADED = 64 };

typedef VEC_OF(uint64_t) ids;

/* One flow at work. `near`: what is at stake on the side of the connector, `far`: on that
 * of the metaverse object. */
struct stake {
    struct unit *unit;
    struct meta *meta;
    struct connector *connector;
    uint32_t cs_name;
    uint32_t mv_name;
    ids near;
    ids far;
    struct ma_error *err;
};

static void stake_end(struct stake *s)
{
    VEC_FREE(&s->near);
    VEC_FREE(&s->far);
}
#define STAKE_AUTO __attribute__((cleanup(stake_end))) struct stake

static enum ma_status give_up(struct unit *unit)
{
    unit->wants_whole = true;
    return MA_OK;
}

/* --- sets ------------------------------------------------------------------------- */

static void sort(ids *list)
{
    list->count = order_unique_u64(list->items, list->count);
}

/* Sorted ids as values: big-endian, so they are sorted too. */
static struct set values_of(const struct stake *s, const ids *list)
{
    struct slice *values = ARENA_ARRAY(s->unit->arena, struct slice, list->count);

    for (size_t i = 0; i < list->count; i++)
        values[i] = value_of_id(s->unit->arena, list->items[i]);
    return set_of(values, (uint32_t)list->count);
}

static bool holds(const struct entry *entry, uint32_t name, uint64_t id)
{
    ARENA_AUTO scratch = {0};
    const struct attr *attr = entry_find(entry, name);

    return attr != NULL && attr_has(attr, value_of_id(&scratch, id));
}

/* --- what is known of the two objects, and asked ------------------------------------ */

static bool was_wanted(const struct value_set *sets, uint32_t count, uint32_t name,
                       struct slice value)
{
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t j = 0; sets[i].attribute == name && j < sets[i].count; j++)
            if (slice_equal(sets[i].values[j], value))
                return true;
    return false;
}

static bool is_pending(const struct cs_object *object, uint32_t name, struct slice value)
{
    const struct object_deltas deltas = object_deltas(object);

    for (int i = 0; i < OBJECT_DELTAS; i++) {
        const struct attr_delta *attr = delta_find(deltas.at[i], name);

        if (attr != NULL && (set_has(set_of(attr->adds, attr->add_count), value) ||
                             set_has(set_of(attr->dels, attr->del_count), value)))
            return true;
    }
    return false;
}

static enum ma_status ask_connector(struct stake *s)
{
    struct cs_object *object = &s->connector->object;
    struct set all = values_of(s, &s->near);
    struct slice *values = ARENA_ARRAY(s->unit->arena, struct slice, all.count);
    struct value_set unknown = {s->cs_name, values, 0};

    if (!names_have(object->partial, object->partial_count, s->cs_name))
        return MA_OK;
    for (uint32_t i = 0; i < all.count; i++)
        if (!was_wanted(object->wanted, object->wanted_count, s->cs_name, all.items[i]) &&
            !is_pending(object, s->cs_name, all.items[i]))
            values[unknown.count++] = all.items[i];
    if (unknown.count == 0)
        return MA_OK;
    unit_forget_images(s->connector);
    return cs_want(s->unit->sync->batch, s->unit->arena, &unknown, object, s->err);
}

static enum ma_status ask_meta(struct stake *s)
{
    struct mv_object *object = &s->meta->object;
    struct set all = values_of(s, &s->far);
    struct slice *values = ARENA_ARRAY(s->unit->arena, struct slice, all.count);
    struct value_set unknown = {s->mv_name, values, 0};

    if (!names_have(object->partial, object->partial_count, s->mv_name))
        return MA_OK;
    for (uint32_t i = 0; i < all.count; i++)
        if (!was_wanted(object->wanted, object->wanted_count, s->mv_name, all.items[i]))
            values[unknown.count++] = all.items[i];
    return unknown.count == 0 ? MA_OK
                              : mv_want(s->unit->sync->batch, s->unit->arena, &unknown,
                                        object, &s->meta->before, s->err);
}

/* --- from one side to the other --------------------------------------------------- */

static enum ma_status add_link(struct stake *s, uint64_t id)
{
    uint64_t mv;

    if (unit_link_of(s->unit, s->connector->object.agent, id, &mv, s->err) != MA_OK)
        return s->err->status;
    if (mv != 0)
        VEC_ADD(&s->far, mv);
    return MA_OK;
}

static enum ma_status near_to_far(struct stake *s)
{
    for (size_t i = 0; i < s->near.count; i++)
        if (add_link(s, s->near.items[i]) != MA_OK)
            return s->err->status;
    sort(&s->far);
    return MA_OK;
}

/* The connectors of a metaverse object in this agent, as the unit sees them. */
static enum ma_status connectors_of(struct stake *s, uint64_t mv, ids *out)
{
    uint32_t agent = s->connector->object.agent;
    const struct unit *unit = s->unit;
    connector_list rows = {0};
    enum ma_status status = mv_connectors(unit->sync->batch, mv, &rows, s->err);

    for (size_t i = 0; status == MA_OK && i < rows.count; i++) {
        uint64_t link = 0;

        if (rows.items[i].agent != agent)
            continue;
        status = unit_link_of(s->unit, agent, rows.items[i].id, &link, s->err);
        if (status == MA_OK && link == mv)
            VEC_ADD(out, rows.items[i].id);
    }
    VEC_FREE(&rows);
    for (size_t i = 0; i < unit->connectors.count; i++) {
        const struct connector *c = unit->connectors.items[i];

        if (c->object.agent == agent && c->object.mv == mv && !c->gone)
            VEC_ADD(out, c->object.id);
    }
    return status;
}

static enum ma_status far_to_near(struct stake *s)
{
    for (size_t i = 0; i < s->far.count; i++)
        if (connectors_of(s, s->far.items[i], &s->near) != MA_OK)
            return s->err->status;
    sort(&s->near);
    return MA_OK;
}

/* Names with data beside them are no ids alone. */
static bool carries_data(const struct stake *s)
{
    return program_cs_attribute(s->connector->agent, s->unit->sync->program, s->cs_name)
        .data;
}

/* --- what is at stake ------------------------------------------------------------- */

static void add_values(ids *list, const struct slice *values, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        VEC_ADD(list, value_id(values[i]));
}

static void add_spoken(struct stake *s)
{
    const struct object_deltas deltas = object_deltas(&s->connector->object);

    for (int i = 0; i < OBJECT_DELTAS; i++) {
        const struct attr_delta *attr = delta_find(deltas.at[i], s->cs_name);

        if (attr == NULL)
            continue;
        add_values(&s->near, attr->adds, attr->add_count);
        add_values(&s->near, attr->dels, attr->del_count);
    }
}

/* False: it may be any of its values. */
static bool add_unsettled(struct stake *s, const struct unsettled *unsettled)
{
    const struct unsettled_attr *attr = unsettled_find(unsettled, s->cs_name);

    if (attr != NULL)
        add_values(&s->near, attr->values, attr->count);
    return !unsettled->everything && (attr == NULL || !attr->all);
}

static bool add_pending(struct stake *s)
{
    add_spoken(s);
    return add_unsettled(s, &s->connector->object.unsettled) &&
           add_unsettled(s, &s->connector->settling);
}

/* False: it is not known what is. */
static bool add_noted(struct stake *s, enum sync_queue queue, uint32_t space, uint64_t id)
{
    sync_notes notes = {0};
    bool known = sync_notes_of(s->unit->sync, queue, space, id, &notes);

    for (size_t i = 0; i < notes.count; i++) {
        VEC_ADD(&s->far, notes.items[i].mv);
        if (notes.items[i].agent == s->connector->object.agent)
            VEC_ADD(&s->near, notes.items[i].id);
    }
    VEC_FREE(&notes);
    return known;
}

static void add_wanted(struct stake *s)
{
    const struct mv_object *object = &s->meta->object;

    for (uint32_t i = 0; i < object->wanted_count; i++)
        if (object->wanted[i].attribute == s->mv_name)
            add_values(&s->far, object->wanted[i].values, object->wanted[i].count);
}

/* `base` without the values at stake, and with those that are to be there. */
static void replace(struct stake *s, const struct attr *base, ids *at_stake, ids *there,
                    struct flowed *out)
{
    struct arena *arena = s->unit->arena;
    struct set left;

    sort(there);
    left = set_minus(arena, set_of_attr(base), values_of(s, at_stake));
    left = set_union(arena, left, values_of(s, there));
    out->kind = left.count == 0 ? FLOWED_NULL : FLOWED_VALUES;
    out->values = left.items;
    out->count = left.count;
}

bool stake_is_for(const struct flow *flow, const struct view *from)
{
    return flow->kind == FLOW_DIRECT && !flow->to_dn &&
           flow->target_type == VALUE_REFERENCE && !flow->target_single &&
           view_is_partial(from, flow->source);
}

/* --- in --------------------------------------------------------------------------- */

static enum ma_status is_member(struct stake *s, const struct view *from, uint64_t mv,
                                bool *out)
{
    ids connectors = {0};
    enum ma_status status = connectors_of(s, mv, &connectors);

    *out = false;
    for (size_t i = 0; i < connectors.count; i++)
        *out = *out || holds(view_entry(from), s->cs_name, connectors.items[i]);
    VEC_FREE(&connectors);
    return status;
}

static enum ma_status flow_in(struct stake *s, const struct view *from,
                              struct flowed *out)
{
    ids members = {0};
    enum ma_status status = near_to_far(s);

    if (status == MA_OK)
        status = far_to_near(s);
    if (status == MA_OK)
        status = ask_connector(s);
    if (status == MA_OK)
        status = ask_meta(s);
    for (size_t i = 0; status == MA_OK && i < s->far.count; i++) {
        bool member;

        status = is_member(s, from, s->far.items[i], &member);
        if (status == MA_OK && member)
            VEC_ADD(&members, s->far.items[i]);
    }
    if (status == MA_OK)
        replace(s, entry_find(&s->meta->object.entry, s->mv_name), &s->far, &members,
                out);
    VEC_FREE(&members);
    return status;
}

static bool gave_before(const struct flow *flow, const struct connector *connector,
                        const struct mv_lineage *now)
{
    const struct guid *rule = guid_is_zero(&flow->id) ? &flow->rule->id : &flow->id;

    return now != NULL && now->agent == connector->object.agent &&
           now->object == connector->object.id && guid_equal(&now->rule, rule);
}

enum ma_status stake_inflow(struct unit *unit, struct meta *meta,
                            struct connector *connector, const struct flow *flow,
                            const struct mv_lineage *now, struct flowed *out,
                            struct ma_error *err)
{
    STAKE_AUTO s = {.unit = unit,
                    .meta = meta,
                    .connector = connector,
                    .cs_name = flow->source,
                    .mv_name = flow->target,
                    .err = err};
    struct view from = view_of_connector(unit, connector, flow->read_layer_imported);
    uint32_t agent = connector->object.agent;
    uint64_t id = connector->object.id;

    *out = (struct flowed){.kind = FLOWED_NULL};
    unit->sync->flows_evaluated++;
    if (flow->once || carries_data(&s) || !gave_before(flow, connector, now) ||
        unit_was_linked_now(unit, connector) ||
        !add_noted(&s, SYNC_QUEUE_REFERENCE, agent, id) ||
        !add_noted(&s, SYNC_MARK, agent, id) || !add_pending(&s))
        return give_up(unit);
    sort(&s.near);
    return flow_in(&s, &from, out);
}

/* --- out -------------------------------------------------------------------------- */

static bool same_values(const struct meta *meta, uint32_t name)
{
    const struct attr *a = entry_find(&meta->before, name);
    const struct attr *b = entry_find(&meta->object.entry, name);

    return (a == NULL) == (b == NULL) && (a == NULL || attr_equal(a, b));
}

/* What a flow gave before it gives now, as far as one can tell without running it. */
static bool gives_the_same(const struct meta *meta, const struct flow *flow)
{
    if (flow->kind == FLOW_CONSTANT)
        return true;
    return flow->kind == FLOW_DIRECT && same_values(meta, flow->source);
}

static bool held_before(struct unit *unit, const struct meta *meta,
                        const struct flow *flow)
{
    struct meta then = *meta;
    struct view view;

    then.object.entry = meta->before;
    view = view_of_meta(unit, &then, NULL, 0);
    return view_holds(&view, &flow->rule->scope);
}

/* Whether the same flow has won when this connector was looked at last. Those behind it
 * may have won where it gave nothing: there must be none. */
static bool has_won_before(struct unit *unit, const struct stake_out *to)
{
    for (size_t i = 0; i < to->target->count; i++) {
        const struct flow *flow = to->target->flows[i];
        bool applies = view_flow_applies(unit->sync->program, flow) &&
                       view_outbound_rule_holds(unit, to->meta, flow->rule);

        if (applies != (view_flow_applies(unit->sync->program, flow) &&
                        held_before(unit, to->meta, flow)))
            return false;
        if (!applies || i == to->winner)
            continue;
        if (i > to->winner || !to->connector->agent->declarative ||
            !gives_the_same(to->meta, flow))
            return false;
    }
    return true;
}

/* Something is there, and it is either little or held in part. */
static bool can_be_changed(struct unit *unit, const struct stake_out *to)
{
    const struct cs_object *object = &to->connector->object;
    struct image top = object_image(unit->arena, object, LAYER_UNAPPLIED);
    const struct attr *attr = entry_find(&top.entry, to->target->attribute);

    if (to->connector->created || to->connector->renewed ||
        unit_was_linked_now(unit, to->connector) || !object_was_imported(object))
        return false;
    return attr != NULL &&
           (names_have(object->partial, object->partial_count, to->target->attribute) ||
            attr->count <= LARGEST_LOADED);
}

static bool may_go_by_value(struct unit *unit, const struct stake_out *to)
{
    const struct flow *flow = to->target->flows[to->winner];

    return !flow->once && !flow->target_export_only && can_be_changed(unit, to) &&
           has_won_before(unit, to);
}

static enum ma_status is_wanted(struct stake *s, uint64_t id, bool *out)
{
    uint64_t mv;

    *out = false;
    if (unit_link_of(s->unit, s->connector->object.agent, id, &mv, s->err) != MA_OK)
        return s->err->status;
    *out = mv != 0 && holds(&s->meta->object.entry, s->mv_name, mv);
    return MA_OK;
}

static enum ma_status flow_out(struct stake *s, struct flowed *out)
{
    ids wanted = {0};
    struct image under;
    enum ma_status status = near_to_far(s);

    if (status == MA_OK)
        status = far_to_near(s);
    if (status == MA_OK)
        status = ask_meta(s);
    if (status == MA_OK)
        status = ask_connector(s);
    for (size_t i = 0; status == MA_OK && i < s->near.count; i++) {
        bool yes;

        status = is_wanted(s, s->near.items[i], &yes);
        if (status == MA_OK && yes)
            VEC_ADD(&wanted, s->near.items[i]);
    }
    if (status == MA_OK) {
        under = object_image(s->unit->arena, &s->connector->object, LAYER_ESCROWED);
        replace(s, entry_find(&under.entry, s->cs_name), &s->near, &wanted, out);
    }
    VEC_FREE(&wanted);
    if (out->count == 0) /* then another flow may have its turn */
        s->unit->wants_whole = true;
    return status;
}

enum ma_status stake_outflow(struct unit *unit, const struct stake_out *to,
                             struct flowed *out, struct ma_error *err)
{
    STAKE_AUTO s = {.unit = unit,
                    .meta = to->meta,
                    .connector = to->connector,
                    .cs_name = to->target->attribute,
                    .mv_name = to->target->flows[to->winner]->source,
                    .err = err};

    *out = (struct flowed){.kind = FLOWED_NULL};
    unit->sync->flows_evaluated++;
    if (to->connector == NULL || carries_data(&s) || !may_go_by_value(unit, to) ||
        !add_noted(&s, SYNC_QUEUE_OUTBOUND, 0, to->meta->object.id) ||
        !add_noted(&s, SYNC_MARK, 0, to->meta->object.id) || !add_pending(&s))
        return give_up(unit);
    add_wanted(&s);
    sort(&s.near);
    return flow_out(&s, out);
}
