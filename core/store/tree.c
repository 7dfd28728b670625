/* SPDX-License-Identifier: Apache-2.0 */
#include "store/tree.h"

#include "model/dn.h"
#include "store/batch.h"
#include "store/held.h"
#include "store/mv.h"

bool tree_same_dn(const char *a, const char *b)
{
    return a != NULL && b != NULL && dn_equal(slice_text(a), slice_text(b));
}

/* --- ancestors -------------------------------------------------------------------- */

/* The one of the object before, most of the time. */
static bool is_known_parent(const struct batch *batch, uint32_t agent,
                            struct slice parent)
{
    return batch->parent_of == agent && slice_equal(buf_view(&batch->parent), parent);
}

static void know_parent(struct batch *batch, uint32_t agent, struct slice parent)
{
    buf_clear(&batch->parent);
    buf_slice(&batch->parent, parent);
    batch->parent_of = agent;
}

static enum ma_status make_parents(struct batch *batch, uint32_t agent,
                                   struct slice parent, struct ma_error *err)
{
    ARENA_AUTO arena = {0};
    uint64_t id;

    while (parent.length > 0) {
        const char *text = arena_textn(&arena, parent.at, parent.length);
        enum ma_status status = cs_find_dn(batch, agent, text, &id, err);

        /* Whoever is there had its own ancestors made. */
        if (status != MA_NOT_FOUND)
            return status;
        if (cs_reference(batch, agent, text, PLACEHOLDER_PARENT, &id, err) != MA_OK)
            return err->status;
        parent = dn_parent(parent);
    }
    return MA_OK;
}

enum ma_status tree_parents(struct batch *batch, uint32_t agent, const char *dn,
                            struct ma_error *err)
{
    struct slice parent = parent_dn(batch->store, slice_text(dn));
    enum ma_status status;

    if (parent.length == 0 || is_known_parent(batch, agent, parent))
        return MA_OK;
    status = make_parents(batch, agent, parent, err);
    if (status == MA_OK)
        know_parent(batch, agent, parent);
    return status;
}

void tree_forget(struct batch *batch)
{
    batch_forget_parent(batch);
}

/* --- what is left of an object ---------------------------------------------------- */

/* Whether what lies below the DN lies below this object, and not below one that has got
 * the DN since. */
static enum ma_status is_holder(struct batch *batch, uint32_t agent, uint64_t id,
                                const char *dn, bool *out, struct ma_error *err)
{
    uint64_t holder = id;
    enum ma_status status = MA_OK;

    if (dn != NULL)
        status = cs_find_dn(batch, agent, dn, &holder, err);
    *out = dn != NULL && (status == MA_NOT_FOUND || holder == id);
    return unless_missing(status);
}

static enum ma_status is_needed(struct batch *batch, uint32_t agent, uint64_t id,
                                const char *dn, bool holder, bool *needed,
                                struct ma_error *err)
{
    LIST_AUTO list = {0};

    *needed = false;
    if (cs_referrers(batch, agent, id, &list, err) != MA_OK)
        return err->status;
    for (size_t i = 0; i < list.count; i++)
        *needed |= list.items[i] != id;
    return *needed || !holder ? MA_OK : cs_has_child(batch, agent, dn, id, needed, err);
}

enum ma_status tree_drop(struct batch *batch, const struct cs_object *object,
                         struct ma_error *err)
{
    ARENA_AUTO arena = {0};
    const char *dn = object_dn(&arena, object);
    struct cs_object left = *object;
    bool holder;
    bool needed;

    if (object->id == 0)
        return MA_OK;
    /* Of what has gone from every layer the stored row has the name still. */
    if (dn == NULL &&
        cs_get(batch, &arena, object->agent, object->id, &left, err) == MA_OK)
        dn = object_dn(&arena, &left);
    if (is_holder(batch, object->agent, object->id, dn, &holder, err) != MA_OK ||
        is_needed(batch, object->agent, object->id, dn, holder, &needed, err) != MA_OK)
        return err->status;
    if (!needed || dn == NULL)
        return unless_missing(cs_remove(batch, object->agent, object->id, err));
    object_to_placeholder(&left, PLACEHOLDER_DELETED);
    left.transient = !holder; /* the DN means another by now */
    return cs_put(batch, &left, err);
}

static enum ma_status ask_again(struct batch *batch, uint64_t mv, struct ma_error *err)
{
    ARENA_AUTO arena = {0};
    struct mv_object object;
    enum ma_status status = mv_get_values(batch, &arena, mv, NULL, 0, &object, err);

    if (status != MA_OK)
        return unless_missing(status);
    object.provisioning_retry = true;
    return mv_put(batch, &object, err);
}

enum ma_status tree_drop_unexported(struct batch *batch, const struct cs_object *object,
                                    struct ma_error *err)
{
    if (object->mv != 0 && ask_again(batch, object->mv, err) != MA_OK)
        return err->status;
    return tree_drop(batch, object, err);
}

/* Who is right above the DN; 0: nobody. */
static enum ma_status find_above(struct batch *batch, uint32_t agent, const char *dn,
                                 uint64_t *out, struct ma_error *err)
{
    ARENA_AUTO arena = {0};
    struct slice parent = dn_parent(slice_text(dn));

    *out = 0;
    if (parent.length == 0)
        return MA_OK;
    return unless_missing(cs_find_dn(
        batch, agent, arena_textn(&arena, parent.at, parent.length), out, err));
}

/* One step of it; *above is who may be needed no more by that, or 0. */
static enum ma_status prune_one(struct batch *batch, uint32_t agent, uint64_t id,
                                uint64_t *above, struct ma_error *err)
{
    HELD_AUTO held = {.batch = batch, .agent = agent};
    enum ma_status status = held_get(&held, id, err);
    const char *dn;
    bool holder;
    bool needed;

    *above = 0;
    if (status != MA_OK)
        return unless_missing(status);
    if (held.object.placeholder == PLACEHOLDER_NOT)
        return MA_OK;
    dn = object_dn(&held.arena, &held.object);
    if (is_holder(batch, agent, id, dn, &holder, err) != MA_OK ||
        is_needed(batch, agent, id, dn, holder, &needed, err) != MA_OK)
        return err->status;
    if (needed || cs_remove(batch, agent, id, err) != MA_OK)
        return needed ? MA_OK : err->status;
    return find_above(batch, agent, dn, above, err);
}

enum ma_status tree_prune(struct batch *batch, uint32_t agent, uint64_t id,
                          struct ma_error *err)
{
    enum ma_status status = MA_OK;

    while (status == MA_OK && id != 0)
        status = prune_one(batch, agent, id, &id, err);
    return status;
}

enum ma_status tree_prune_above(struct batch *batch, uint32_t agent, const char *dn,
                                struct ma_error *err)
{
    uint64_t above;
    enum ma_status status = find_above(batch, agent, dn, &above, err);

    return status == MA_OK ? tree_prune(batch, agent, above, err) : status;
}
