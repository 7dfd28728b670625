/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The order of an export: adds and changes first, those with the fewest references, then
 * the shallowest; then deletes, the deepest first. The queue is all that is walked. An
 * object that a dead run left in flight is pending again.
 */

#include <stdlib.h>

#include "export/state.h"
#include "model/dn.h"

enum { CHUNK = 1000 };

typedef VEC_OF(struct item) item_list;

/* --- one object -----------------------------------------------------------------------
 */

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
static bool can_go(struct arena *arena, const struct cs_object *object)
{
    struct image image;

    if (object->transient || object->placeholder != PLACEHOLDER_NOT ||
        object->unapplied.op == DELTA_NONE)
        return false;
    if (object->unapplied.op == DELTA_ADD)
        return true;
    /* A delete of what may have been added by a run that died. */
    if (object->unapplied.op == DELTA_DELETE && object->rebuild)
        return true;
    image = object_image(arena, object, LAYER_UNCONFIRMED);
    return image.exists;
}

static bool is_removal(const struct cs_object *object)
{
    return object->unapplied.op == DELTA_DELETE ||
           object->unapplied.op == DELTA_DELETE_ADD;
}

static enum ma_status plan_object(struct export_step *step, uint64_t id, item_list *list,
                                  struct ma_error *err)
{
    ARENA_AUTO arena = {0};
    struct cs_object object;
    enum ma_status status = cs_get(step->batch, &arena, step->agent, id, &object, err);
    const char *dn;

    if (status != MA_OK)
        return status == MA_NOT_FOUND ? MA_OK : status;
    if (object.escrowed.op != DELTA_NONE) {
        tower_recover(&arena, &object);
        if (cs_put(step->batch, &object, err) != MA_OK)
            return err->status;
    }
    if (!can_go(&arena, &object))
        return MA_OK;
    dn = object_dn(&arena, &object);
    VEC_ADD(list, (struct item){
                      .id = id,
                      .references = count_references(&object.unapplied),
                      .depth = dn == NULL ? 0 : (uint32_t)dn_depth(slice_text(dn)),
                      .removal = is_removal(&object),
                      .elsewhere = is_elsewhere(step, &object, dn),
                  });
    step->removals += is_removal(&object);
    return MA_OK;
}

/* --- all of them ----------------------------------------------------------------------
 */

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

static enum ma_status walk_queue(struct export_step *step, item_list *list,
                                 struct ma_error *err)
{
    uint64_t after = 0;
    size_t got = CHUNK;

    while (got == CHUNK) {
        id_list ids = {0};
        enum ma_status status =
            cs_queue(step->batch, QUEUE_EXPORT, step->agent, after, CHUNK, &ids, err);

        for (size_t i = 0; i < ids.count && status == MA_OK; i++)
            status = plan_object(step, ids.items[i], list, err);
        got = ids.count;
        after = got == 0 ? after : ids.items[got - 1];
        VEC_FREE(&ids);
        if (status != MA_OK)
            return status;
        if (batch_is_due(step->batch) && batch_commit(step->batch, err) != MA_OK)
            return err->status;
    }
    return MA_OK;
}

enum ma_status plan_make(struct export_step *step, struct ma_error *err)
{
    item_list list = {0};
    enum ma_status status = walk_queue(step, &list, err);

    if (status == MA_OK)
        status = batch_commit(step->batch, err);
    if (status == MA_OK && list.count > 1)
        qsort(list.items, list.count, sizeof *list.items, in_order);
    step->items = list.items;
    step->count = list.count;
    return status;
}
