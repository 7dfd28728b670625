/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The order of an export: adds and changes first, those with the fewest references, then
 * the shallowest; then deletes, the deepest first. The queue is all that is walked. An
 * object that a dead run left in flight is pending again.
 */

#include "export/state.h"
#include "model/dn.h"
#include "store/look.h"

enum { CHUNK = 1000 };

/* Without a step, one only looks: nothing is listed and nothing written. */
struct planning {
    struct batch *batch;
    uint32_t agent;
    struct export_step *step;
    struct gathering gathering;
    struct arena arena; /* of the object at hand */
};

/* --- one object ------------------------------------------------------------------- */

static uint32_t count_references(const struct delta *delta)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < delta->count; i++)
        if (delta->attrs[i].type == VALUE_REFERENCE)
            count += delta->attrs[i].add_count;
    return count;
}

static bool is_elsewhere(const struct export_step *step, const struct cs_object *object,
                         const char *dn)
{
    const struct partition *p = step->req.partition;

    if (p == NULL || object->partition == step->partition)
        return false;
    if (object->partition != 0 || dn == NULL || !dn_is_ldap(slice_text(p->name)))
        return object->partition != 0;
    return !dn_is_under(slice_text(dn), slice_text(p->name));
}

/* Transients have no name in the system; what the system lost is a matter of the next
 * synchronisation. */
static bool can_go(const struct cs_object *object)
{
    const char *dn;

    if (object->transient || object->placeholder != PLACEHOLDER_NOT ||
        object->unapplied.op == DELTA_NONE)
        return false;
    if (object->unapplied.op == DELTA_ADD)
        return true;
    /* A delete of what may have been added by a run that died. */
    if (object->unapplied.op == DELTA_DELETE && object->rebuild)
        return true;
    return object_place(object, LAYER_UNCONFIRMED, &dn);
}

static bool is_removal(const struct cs_object *object)
{
    return object->unapplied.op == DELTA_DELETE ||
           object->unapplied.op == DELTA_DELETE_ADD;
}

/* What is on its way since a run that died is pending again: `recovered`. */
static enum ma_status load(struct planning *planning, uint64_t id,
                           struct cs_object *object, bool *recovered,
                           struct ma_error *err)
{
    struct arena *arena = &planning->arena;
    enum ma_status status =
        look_at_pending(planning->batch, arena, planning->agent, id, object, err);

    *recovered = status == MA_OK && object->escrowed.op != DELTA_NONE;
    if (*recovered)
        status = cs_get_outline(planning->batch, arena, planning->agent, id, object, err);
    if (*recovered && status == MA_OK)
        tower_recover(arena, object);
    return status;
}

static void list_object(struct export_step *step, const struct cs_object *object,
                        const char *dn)
{
    const struct item item = {
        .id = object->id,
        .references = count_references(&object->unapplied),
        .depth = dn == NULL ? 0 : (uint16_t)dn_depth(slice_text(dn)),
        .removal = is_removal(object),
        .elsewhere = is_elsewhere(step, object, dn),
    };

    pile_add(&step->pile, &item);
}

static enum ma_status plan_object(struct planning *planning, uint64_t id,
                                  struct ma_error *err)
{
    struct export_step *step = planning->step;
    struct cs_object object;
    bool recovered;
    enum ma_status status;

    arena_reset(&planning->arena);
    status = load(planning, id, &object, &recovered, err);
    if (status != MA_OK)
        return status == MA_NOT_FOUND ? MA_OK : status;
    if (recovered && step != NULL && cs_put(step->batch, &object, err) != MA_OK)
        return err->status;
    if (!can_go(&object))
        return MA_OK;
    if (set_add(&planning->gathering, &planning->arena, &object, err) != MA_OK)
        return err->status;
    if (step != NULL)
        list_object(step, &object, object_dn(&planning->arena, &object));
    return MA_OK;
}

/* --- all of them ------------------------------------------------------------------ */

static int in_order(const void *a, const void *b)
{
    const struct item *x = a;
    const struct item *y = b;

    if (x->removal != y->removal)
        return x->removal ? 1 : -1;
    if (x->removal && x->depth != y->depth)
        return x->depth < y->depth ? 1 : -1;
    if (x->references != y->references)
        return x->references < y->references ? -1 : 1;
    if (x->depth != y->depth)
        return x->depth < y->depth ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

static enum ma_status walk_queue(struct planning *planning, struct ma_error *err)
{
    uint64_t after = 0;
    size_t got = CHUNK;

    while (got == CHUNK) {
        id_list ids = {0};
        enum ma_status status = cs_queue(planning->batch, QUEUE_EXPORT, planning->agent,
                                         after, CHUNK, &ids, err);

        for (size_t i = 0; i < ids.count && status == MA_OK; i++)
            status = plan_object(planning, ids.items[i], err);
        got = ids.count;
        after = got == 0 ? after : ids.items[got - 1];
        VEC_FREE(&ids);
        if (status != MA_OK)
            return status;
        if (planning->step != NULL && batch_is_due(planning->batch) &&
            batch_commit(planning->batch, err) != MA_OK)
            return err->status;
    }
    return MA_OK;
}

/* The guards count no others either: no others go. */
static enum ma_status walk(struct planning *planning, struct ma_error *err)
{
    const id_list *only = planning->step->req.only;
    enum ma_status status = MA_OK;

    if (only == NULL)
        return walk_queue(planning, err);
    for (size_t i = 0; status == MA_OK && i < only->count; i++)
        status = plan_object(planning, only->items[i], err);
    return status;
}

enum ma_status plan_make(struct export_step *step, struct ma_error *err)
{
    struct planning planning = {.batch = step->batch, .agent = step->agent, .step = step};
    enum ma_status status;

    set_begin(&planning.gathering, planning.batch);
    status = walk(&planning, err);
    set_end(&planning.gathering);
    arena_free(&planning.arena);
    step->set = planning.gathering.set;
    if (status == MA_OK)
        status = batch_commit(step->batch, err);
    if (status == MA_OK)
        pile_sort(&step->pile, in_order);
    step->items = step->pile.items;
    step->count = step->pile.count;
    return status;
}

enum ma_status export_pending_set(struct batch *batch, uint32_t agent,
                                  struct export_set *out, struct ma_error *err)
{
    struct planning planning = {.batch = batch, .agent = agent};
    enum ma_status status;

    set_begin(&planning.gathering, planning.batch);
    status = walk_queue(&planning, err);
    set_end(&planning.gathering);
    arena_free(&planning.arena);
    *out = planning.gathering.set;
    return status;
}
