/* SPDX-License-Identifier: Apache-2.0 */

/* What lies below a container moves with it. */

#include <stdlib.h>

#include "base/order.h"
#include "model/dn.h"
#include "space/tower.h"
#include "store/held.h"

/* --- one object ------------------------------------------------------------------- */

struct move {
    struct batch *batch;
    uint32_t agent;
    const char *from;
    const char *to;
    enum tree_cause cause;
    const struct tree_readers *readers;
};

/* `dn` with the new name in the place of the old, or NULL where it does not lie below. */
static const char *relocated(struct arena *arena, const struct move *move, const char *dn)
{
    struct slice rest = slice_text(dn);
    struct slice base = slice_text(move->from);

    if (dn == NULL || !dn_is_under(rest, base) || dn_equal(rest, base))
        return NULL;
    for (size_t n = dn_depth(rest) - dn_depth(base); n > 0; n--)
        rest = dn_parent(rest);
    return arena_print(arena, "%.*s%s", (int)(rest.at - dn), dn, move->to);
}

static void relocate(struct held *held, const struct move *move, const char **dn)
{
    const char *moved = relocated(&held->arena, move, *dn);

    if (moved != NULL)
        *dn = moved;
}

/* Layers above the one that the cause speaks of carry wishes below the old name. */
static void relocate_wishes(struct held *held, const struct move *move)
{
    relocate(held, move, &held->object.unconfirmed.dn);
    relocate(held, move, &held->object.escrowed.dn);
    relocate(held, move, &held->object.unapplied.dn);
}

static void move_imported(struct held *held, const struct move *move)
{
    const struct delta change = {
        .op = DELTA_UPDATE,
        .dn = relocated(&held->arena, move, object_imported_dn(&held->object)),
    };

    if (change.dn != NULL)
        tower_changed(&held->arena, &held->object, &change);
}

static void move_exported(struct held *held, const struct move *move)
{
    struct cs_object *o = &held->object;
    struct image image = object_image(&held->arena, o, LAYER_UNCONFIRMED);
    struct delta change = {
        .op = DELTA_UPDATE,
        .dn = image.exists ? relocated(&held->arena, move, image.dn) : NULL,
    };

    if (change.dn == NULL)
        return;
    o->unconfirmed = delta_merge(&held->arena, &o->unconfirmed, &change);
    /* What was wanted of the name may have come true by it. */
    image = object_image(&held->arena, o, LAYER_ESCROWED);
    o->unapplied = delta_remaining(&held->arena, &o->unapplied, &image);
}

/* The name is the object's from now on; `before`: the one that it leaves, if any. */
static enum ma_status settle_move(struct held *held, const struct move *move,
                                  const char *before, struct ma_error *err)
{
    uint64_t id = held->object.id;
    const char *dn = object_dn(&held->arena, &held->object);
    uint64_t heir = 0;

    if (before != NULL &&
        tree_left(held->batch, held->agent, id, before, move->readers, err) != MA_OK)
        return err->status;
    if (dn != NULL && !held->object.transient &&
        tree_claim(held->batch, held->agent, dn, id, move->readers, &heir, err) != MA_OK)
        return err->status;
    if (held_put(held, err) != MA_OK)
        return err->status;
    return heir == 0 ? MA_OK : tree_prune(held->batch, held->agent, heir, err);
}

static enum ma_status move_object(struct held *held, const struct move *move,
                                  struct ma_error *err)
{
    const char *known = object_dn(&held->arena, &held->object);
    const char *before = object_imported_dn(&held->object);
    const char *after;

    relocate_wishes(held, move);
    if (move->cause == TREE_IMPORTED)
        move_imported(held, move);
    else
        move_exported(held, move);
    held->object.rename_retry |= held->object.mv != 0;
    after = object_imported_dn(&held->object);
    /* Of what is to be deleted only the last synchronisation had a name. */
    if ((before == NULL || tree_same_dn(before, after)) &&
        tree_same_dn(known, object_dn(&held->arena, &held->object)))
        return MA_OK;
    /* By a name that it had already it is what was meant. */
    if (tree_same_dn(before, after) || tree_same_dn(known, after))
        before = NULL;
    return settle_move(held, move, before, err);
}

/* A name that is referred to. What was read of it in this import stays where it is. */
static enum ma_status move_placeholder(struct held *held, const struct move *move,
                                       struct ma_error *err)
{
    const char *before = object_dn(&held->arena, &held->object);
    const char *dn = relocated(&held->arena, move, before);
    enum ma_status status;
    uint64_t holder;

    if (dn == NULL)
        return MA_OK;
    if (tree_left(held->batch, held->agent, held->object.id, before, move->readers,
                  err) != MA_OK)
        return err->status;
    status = cs_find_dn(held->batch, held->agent, dn, &holder, err);
    if (unless_missing(status) != MA_OK)
        return status;
    held->object.hologram.dn = dn;
    if (held_put(held, err) != MA_OK)
        return err->status;
    if (status == MA_OK && holder != held->object.id &&
        tree_inherit(held->batch, held->agent, held->object.id, holder, err) != MA_OK)
        return err->status;
    return tree_prune(held->batch, held->agent, held->object.id, err);
}

/* Before it leaves a name, it has what is said of that name. */
static enum ma_status settle_heir(const struct move *move, uint64_t id,
                                  struct ma_error *err)
{
    struct tree_heirs *heirs = move->readers == NULL ? NULL : move->readers->heirs;

    return tree_heirs_has(heirs, id) ? tree_heirs_settle(heirs, err) : MA_OK;
}

static enum ma_status move_one(const struct move *move, uint64_t id, struct ma_error *err)
{
    HELD_AUTO held = {.batch = move->batch, .agent = move->agent};
    enum ma_status status = settle_heir(move, id, err);

    if (status == MA_OK)
        status = held_get(&held, id, err);
    if (status != MA_OK)
        return unless_missing(status);
    return held.object.placeholder != PLACEHOLDER_NOT ? move_placeholder(&held, move, err)
                                                      : move_object(&held, move, err);
}

/* --- all below -------------------------------------------------------------------- */

typedef VEC_OF(const char *) dn_list;

/* Everything below `from`, found before anything moves: what moved already must not be
 * met again. */
struct below {
    const struct move *move;
    struct arena arena;
    dn_list dns;   /* still to be looked below */
    dn_list stays; /* of objects that the import has placed already */
    id_list ids;
    id_list yields; /* whose new name the import has given to another already */
};

static void below_end(struct below *below)
{
    arena_free(&below->arena);
    VEC_FREE(&below->dns);
    VEC_FREE(&below->stays);
    VEC_FREE(&below->ids);
    VEC_FREE(&below->yields);
}

static void look_below(struct below *below, const char *dn, const char *parent)
{
    if (dn != NULL && dn_equal(dn_parent(slice_text(dn)), slice_text(parent)))
        VEC_ADD(&below->dns, arena_text(&below->arena, dn));
}

static bool is_placed(const struct below *below, uint64_t id)
{
    const struct tree_readers *readers = below->move->readers;

    return tree_reads(readers) && readers->is_placed(readers->context, id);
}

/* Then the object is elsewhere by now, and the import will say where. */
static enum ma_status is_taken(struct below *below, struct held *held, bool *out,
                               struct ma_error *err)
{
    const struct move *move = below->move;
    const char *dn = relocated(&held->arena, move, object_imported_dn(&held->object));
    uint64_t holder = 0;
    enum ma_status status;

    *out = false;
    if (dn == NULL || !tree_reads(move->readers))
        return MA_OK;
    status = cs_find_dn(move->batch, move->agent, dn, &holder, err);
    *out = status == MA_OK && holder != held->object.id && is_placed(below, holder);
    return unless_missing(status);
}

static enum ma_status add_child(struct below *below, uint64_t id, const char *parent,
                                struct ma_error *err)
{
    HELD_AUTO held = {.batch = below->move->batch, .agent = below->move->agent};
    enum ma_status status = held_get(&held, id, err);
    const char *imported;
    const char *known;
    bool taken;

    if (status == MA_OK)
        status = is_taken(below, &held, &taken, err);
    if (status != MA_OK)
        return unless_missing(status);
    known = object_dn(&held.arena, &held.object);
    imported = object_imported_dn(&held.object);
    if (is_placed(below, id)) {
        if (imported != NULL)
            VEC_ADD(&below->stays, arena_text(&below->arena, imported));
        return MA_OK;
    }
    if (taken) {
        VEC_ADD(&below->yields, id);
        return MA_OK;
    }
    VEC_ADD(&below->ids, id);
    look_below(below, known, parent);
    if (imported != NULL && !tree_same_dn(imported, known))
        look_below(below, imported, parent);
    return MA_OK;
}

static enum ma_status collect(struct below *below, uint64_t root, struct ma_error *err)
{
    const struct move *move = below->move;

    VEC_ADD(&below->dns, move->from);
    for (size_t at = 0; at < below->dns.count; at++) {
        LIST_AUTO children = {0};
        const char *parent = below->dns.items[at];

        if (cs_children(move->batch, move->agent, parent, &children, err) != MA_OK)
            return err->status;
        for (size_t i = 0; i < children.count; i++)
            if (children.items[i] != root &&
                add_child(below, children.items[i], parent, err) != MA_OK)
                return err->status;
    }
    return MA_OK;
}

static enum ma_status yield(const struct move *move, uint64_t id, struct ma_error *err)
{
    HELD_AUTO held = {.batch = move->batch, .agent = move->agent};
    enum ma_status status = settle_heir(move, id, err);
    const char *dn;

    if (status == MA_OK)
        status = held_get(&held, id, err);
    if (status != MA_OK)
        return unless_missing(status);
    dn = object_imported_dn(&held.object);
    if (dn == NULL)
        return MA_OK;
    if (tree_left(move->batch, move->agent, id, dn, move->readers, err) != MA_OK)
        return err->status;
    status = held_get(&held, id, err);
    return status == MA_OK ? tree_give_way(&held, dn, move->readers, err) : status;
}

static enum ma_status move_all(struct below *below, struct ma_error *err)
{
    const struct move *move = below->move;
    id_list *ids = &below->ids;

    for (size_t i = 0; i < below->yields.count; i++)
        if (yield(move, below->yields.items[i], err) != MA_OK)
            return err->status;
    ids->count = order_unique_u64(ids->items, ids->count);
    for (size_t i = 0; i < ids->count; i++)
        if (move_one(move, ids->items[i], err) != MA_OK)
            return err->status;
    /* Placeholders above them may have moved away. */
    for (size_t i = 0; i < below->stays.count; i++)
        if (tree_parents(move->batch, move->agent, below->stays.items[i], err) != MA_OK)
            return err->status;
    return MA_OK;
}

enum ma_status tree_follow(struct batch *batch, uint32_t agent, uint64_t id,
                           const char *from, const char *to, enum tree_cause cause,
                           const struct tree_readers *readers, struct ma_error *err)
{
    const struct move move = {batch, agent, from, to, cause, readers};
    __attribute__((cleanup(below_end))) struct below below = {.move = &move};

    if (from == NULL || from[0] == '\0')
        return MA_OK;
    if (collect(&below, id, err) != MA_OK)
        return err->status;
    return move_all(&below, err);
}
