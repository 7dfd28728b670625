/* SPDX-License-Identifier: Apache-2.0 */

/* References that go over from one object to another. */

#include "space/tower.h"
#include "store/held.h"
#include "store/tree_swap.h"

/* --- in what the import shows ----------------------------------------------------- */

/* Who stands for the DN besides the object that has left it. */
static enum ma_status stand_in(struct batch *batch, uint32_t agent,
                               const struct tree_leaver *leaver, uint64_t *out,
                               struct ma_error *err)
{
    struct cs_object placeholder =
        object_placeholder(agent, PLACEHOLDER_LINK, leaver->dn);
    enum ma_status status = cs_find_dn(batch, agent, leaver->dn, out, err);

    if (status == MA_OK && *out != leaver->id)
        return MA_OK;
    if (unless_missing(status) != MA_OK || cs_put(batch, &placeholder, err) != MA_OK)
        return err->status;
    *out = placeholder.id;
    return MA_OK;
}

static bool points_to(const struct attr *attr, struct slice id)
{
    for (uint32_t i = 0; i < attr->count; i++)
        if (slice_equal(value_name(attr->values[i]), id))
            return true;
    return false;
}

static bool shows(const struct image *image, struct slice id)
{
    for (uint32_t i = 0; image->exists && i < image->entry.count; i++)
        if (image->entry.attrs[i].type == VALUE_REFERENCE &&
            points_to(&image->entry.attrs[i], id))
            return true;
    return false;
}

/* Of these objects those that are shown, each with who stands for it. */
static enum ma_status stand_ins(struct held *held, const struct tree_leaver *leavers,
                                size_t count, struct tree_swap *out, struct ma_error *err)
{
    struct image image = object_image(&held->arena, &held->object, LAYER_IMPORT);

    *out = tree_swap_begin(&held->arena, count);
    for (size_t i = 0; i < count; i++) {
        uint64_t other;

        if (!shows(&image, value_of_id(&held->arena, leavers[i].id)))
            continue;
        if (stand_in(held->batch, held->agent, &leavers[i], &other, err) != MA_OK)
            return err->status;
        tree_swap_add(out, leavers[i].id, other);
    }
    return MA_OK;
}

static enum ma_status show_others(struct held *held, const struct tree_swap *swap,
                                  struct ma_error *err)
{
    const struct value_set others = {NAME_NONE, swap->to, swap->count};
    struct delta change;

    if (held->object.partial_count > 0 &&
        cs_want(held->batch, &held->arena, &others, &held->object, err) != MA_OK)
        return err->status;
    if (tree_swap_want(held, swap, err) != MA_OK)
        return err->status;
    change = tree_swap_shown(swap, &held->object);
    tower_changed(&held->arena, &held->object, &change);
    return held_put(held, err);
}

static struct slice *ids_of(struct arena *arena, const struct tree_leaver *leavers,
                            size_t count)
{
    struct slice *ids = ARENA_ARRAY(arena, struct slice, count);

    for (size_t i = 0; i < count; i++)
        ids[i] = value_of_id(arena, leavers[i].id);
    return ids;
}

enum ma_status tree_refer(struct batch *batch, uint32_t agent, uint64_t referrer,
                          const struct tree_leaver *leavers, size_t count,
                          struct ma_error *err)
{
    HELD_AUTO held = {.batch = batch, .agent = agent};
    struct tree_swap swap;
    enum ma_status status = held_get_references(
        &held, referrer, ids_of(&held.arena, leavers, count), (uint32_t)count, err);

    if (status == MA_OK)
        status = stand_ins(&held, leavers, count, &swap, err);
    if (status != MA_OK)
        return unless_missing(status);
    return swap.count == 0 ? MA_OK : show_others(&held, &swap, err);
}

enum ma_status tree_left(struct batch *batch, uint32_t agent, uint64_t id, const char *dn,
                         const struct tree_readers *readers, struct ma_error *err)
{
    const struct tree_leaver leaver = {id, dn};
    LIST_AUTO referrers = {0};

    if (!tree_reads(readers))
        return MA_OK;
    if (cs_referrers(batch, agent, id, &referrers, err) != MA_OK)
        return err->status;
    for (size_t i = 0; i < referrers.count; i++) {
        uint64_t referrer = referrers.items[i];

        if (referrer == id || !readers->read_it(readers->context, referrer, id))
            continue;
        if (readers->heirs != NULL)
            tree_heirs_leave(readers->heirs, referrer, &leaver);
        else if (tree_refer(batch, agent, referrer, &leaver, 1, err) != MA_OK)
            return err->status;
    }
    return MA_OK;
}

/* --- in all layers ---------------------------------------------------------------- */

static enum ma_status inherit_from(struct batch *batch, uint32_t agent, uint64_t referrer,
                                   uint64_t from, uint64_t to, struct ma_error *err)
{
    HELD_AUTO held = {.batch = batch, .agent = agent};
    struct tree_swap swap = tree_swap_begin(&held.arena, 1);

    tree_swap_add(&swap, from, to);
    return tree_swap_references(&held, referrer, &swap, err);
}

enum ma_status tree_inherit(struct batch *batch, uint32_t agent, uint64_t from,
                            uint64_t to, struct ma_error *err)
{
    LIST_AUTO referrers = {0};

    if (cs_referrers(batch, agent, from, &referrers, err) != MA_OK)
        return err->status;
    for (size_t i = 0; i < referrers.count; i++)
        if (inherit_from(batch, agent, referrers.items[i], from, to, err) != MA_OK)
            return err->status;
    return MA_OK;
}
