/* SPDX-License-Identifier: Apache-2.0 */
#include "store/tree.h"

#include <stdlib.h>

#include "model/dn.h"
#include "space/tower.h"
#include "store/mv.h"

/* One object in hand, in an arena that ends with it. */
struct held {
    struct batch *batch;
    uint32_t agent;
    struct arena arena;
    struct cs_object object;
};

static void held_end(struct held *held)
{
    arena_free(&held->arena);
}
#define HELD_AUTO __attribute__((cleanup(held_end))) struct held

static enum ma_status hold(struct held *held, uint64_t id, struct ma_error *err)
{
    return cs_get(held->batch, &held->arena, held->agent, id, &held->object, err);
}

static void list_end(id_list *list)
{
    VEC_FREE(list);
}
#define LIST_AUTO __attribute__((cleanup(list_end))) id_list

/* A status that is no failure here, and has no text. */
static enum ma_status unless_missing(enum ma_status status)
{
    return status == MA_NOT_FOUND ? MA_OK : status;
}

/* --- ancestors ------------------------------------------------------------------------
 */

enum ma_status tree_parents(struct batch *batch, uint32_t agent, const char *dn,
                            struct ma_error *err)
{
    ARENA_AUTO arena = {0};
    struct slice parent = dn_parent(slice_text(dn));
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

/* --- what is left of an object --------------------------------------------------------
 */

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
                                const char *dn, bool *needed, struct ma_error *err)
{
    LIST_AUTO list = {0};
    bool holder;

    *needed = false;
    if (cs_referrers(batch, agent, id, &list, err) != MA_OK ||
        is_holder(batch, agent, id, dn, &holder, err) != MA_OK)
        return err->status;
    if (holder && cs_children(batch, agent, dn, &list, err) != MA_OK)
        return err->status;
    for (size_t i = 0; i < list.count; i++)
        *needed |= list.items[i] != id;
    return MA_OK;
}

enum ma_status tree_drop(struct batch *batch, const struct cs_object *object,
                         struct ma_error *err)
{
    ARENA_AUTO arena = {0};
    const char *dn = object_dn(&arena, object);
    struct cs_object left;
    bool needed;

    if (object->id == 0)
        return MA_OK;
    if (is_needed(batch, object->agent, object->id, dn, &needed, err) != MA_OK)
        return err->status;
    if (!needed || dn == NULL)
        return unless_missing(cs_remove(batch, object->agent, object->id, err));
    left = *object;
    object_to_placeholder(&left, PLACEHOLDER_DELETED);
    return cs_put(batch, &left, err);
}

static enum ma_status ask_again(struct batch *batch, uint64_t mv, struct ma_error *err)
{
    ARENA_AUTO arena = {0};
    struct mv_object object;
    enum ma_status status = mv_get(batch, &arena, mv, &object, err);

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

enum ma_status tree_prune(struct batch *batch, uint32_t agent, uint64_t id,
                          struct ma_error *err)
{
    HELD_AUTO held = {.batch = batch, .agent = agent};
    enum ma_status status = hold(&held, id, err);
    bool needed;

    if (status != MA_OK)
        return unless_missing(status);
    if (held.object.placeholder == PLACEHOLDER_NOT)
        return MA_OK;
    if (is_needed(batch, agent, id, object_dn(&held.arena, &held.object), &needed, err) !=
        MA_OK)
        return err->status;
    return needed ? MA_OK : cs_remove(batch, agent, id, err);
}

/* --- references that go over ----------------------------------------------------------
 */

static struct attr_delta swap_value(struct arena *arena, const struct attr *attr,
                                    struct slice old, struct slice new)
{
    struct slice *values = ARENA_ARRAY(arena, struct slice, 2);

    values[0] = new;
    values[1] = old;
    if (attr->count == 1)
        return (struct attr_delta){.name = attr->name,
                                   .type = attr->type,
                                   .op = DELTA_SET,
                                   .add_count = 1,
                                   .adds = values};
    return (struct attr_delta){.name = attr->name,
                               .type = attr->type,
                               .op = DELTA_VALUES,
                               .add_count = 1,
                               .adds = values,
                               .del_count = 1,
                               .dels = values + 1};
}

static enum ma_status refer_to(struct held *held, uint64_t from, uint64_t to,
                               struct ma_error *err)
{
    struct arena *arena = &held->arena;
    struct image image = object_image(arena, &held->object, LAYER_IMPORT);
    struct attr_delta *attrs = ARENA_ARRAY(arena, struct attr_delta, image.entry.count);
    struct delta change = {.op = DELTA_UPDATE, .attrs = attrs};
    struct slice old = value_of_id(arena, from);
    struct slice new = value_of_id(arena, to);

    if (!image.exists)
        return MA_OK;
    for (uint32_t i = 0; i < image.entry.count; i++)
        if (image.entry.attrs[i].type == VALUE_REFERENCE &&
            attr_has(&image.entry.attrs[i], old))
            attrs[change.count++] = swap_value(arena, &image.entry.attrs[i], old, new);
    if (change.count == 0)
        return MA_OK;
    tower_changed(arena, &held->object, &change);
    held->object.reference_retry |= held->object.mv != 0;
    return cs_put(held->batch, &held->object, err);
}

enum ma_status tree_inherit(struct batch *batch, uint32_t agent, uint64_t from,
                            uint64_t to, struct ma_error *err)
{
    LIST_AUTO referrers = {0};

    if (cs_referrers(batch, agent, from, &referrers, err) != MA_OK)
        return err->status;
    for (size_t i = 0; i < referrers.count; i++) {
        HELD_AUTO held = {.batch = batch, .agent = agent};
        enum ma_status status = hold(&held, referrers.items[i], err);

        if (status == MA_OK)
            status = refer_to(&held, from, to, err);
        if (unless_missing(status) != MA_OK)
            return status;
    }
    return MA_OK;
}

/* --- what lies below ------------------------------------------------------------------
 */

/* `dn` with `to` in the place of `from`, or NULL where it does not lie below. */
static const char *relocated(struct arena *arena, const char *dn, const char *from,
                             const char *to)
{
    struct slice rest = slice_text(dn);
    struct slice base = slice_text(from);

    if (dn == NULL || !dn_is_under(rest, base) || dn_equal(rest, base))
        return NULL;
    for (size_t n = dn_depth(rest) - dn_depth(base); n > 0; n--)
        rest = dn_parent(rest);
    return arena_print(arena, "%.*s%s", (int)(rest.at - dn), dn, to);
}

static void relocate(struct arena *arena, const char **dn, const char *from,
                     const char *to)
{
    const char *moved = relocated(arena, *dn, from, to);

    if (moved != NULL)
        *dn = moved;
}

/* Layers above the one that the cause speaks of carry wishes below the old name. */
static void relocate_wishes(struct held *held, const char *from, const char *to)
{
    struct cs_object *o = &held->object;

    relocate(&held->arena, &o->unconfirmed.dn, from, to);
    relocate(&held->arena, &o->escrowed.dn, from, to);
    relocate(&held->arena, &o->unapplied.dn, from, to);
}

static void move_imported(struct held *held, const char *from, const char *to)
{
    const struct delta change = {
        .op = DELTA_UPDATE,
        .dn = relocated(&held->arena, object_imported_dn(&held->object), from, to),
    };

    if (change.dn != NULL)
        tower_changed(&held->arena, &held->object, &change);
}

static void move_exported(struct held *held, const char *from, const char *to)
{
    struct image image = object_image(&held->arena, &held->object, LAYER_UNCONFIRMED);
    struct delta change = {
        .op = DELTA_UPDATE,
        .dn = image.exists ? relocated(&held->arena, image.dn, from, to) : NULL,
    };

    if (change.dn == NULL)
        return;
    held->object.unconfirmed =
        delta_merge(&held->arena, &held->object.unconfirmed, &change);
    /* What was wanted of the name may have come true by it. */
    image = object_image(&held->arena, &held->object, LAYER_ESCROWED);
    held->object.unapplied =
        delta_remaining(&held->arena, &held->object.unapplied, &image);
}

static enum ma_status move_placeholder(struct held *held, const char *from,
                                       const char *to, struct ma_error *err)
{
    const char *dn =
        relocated(&held->arena, object_dn(&held->arena, &held->object), from, to);
    enum ma_status status;
    uint64_t holder;

    if (dn == NULL)
        return MA_OK;
    status = cs_find_dn(held->batch, held->agent, dn, &holder, err);
    if (status == MA_OK && holder != held->object.id)
        return tree_inherit(held->batch, held->agent, held->object.id, holder, err);
    if (unless_missing(status) != MA_OK)
        return status;
    held->object.hologram.dn = dn;
    return cs_put(held->batch, &held->object, err);
}

static enum ma_status move_one(struct held *held, const char *from, const char *to,
                               enum tree_cause cause, struct ma_error *err)
{
    const char *dn;

    if (held->object.placeholder != PLACEHOLDER_NOT)
        return move_placeholder(held, from, to, err);
    relocate_wishes(held, from, to);
    if (cause == TREE_IMPORTED)
        move_imported(held, from, to);
    else
        move_exported(held, from, to);
    held->object.rename_retry |= held->object.mv != 0;
    dn = object_dn(&held->arena, &held->object);
    if (dn != NULL && !held->object.transient &&
        tree_claim(held->batch, held->agent, dn, held->object.id, NULL, err) != MA_OK)
        return err->status;
    return cs_put(held->batch, &held->object, err);
}

/* All DNs by which the object is known below `from`. */
struct below {
    struct batch *batch;
    uint32_t agent;
    struct arena arena; /* the DNs that are still to be looked below */
    VEC_OF(const char *) dns;
    id_list ids;
};

static void below_end(struct below *below)
{
    arena_free(&below->arena);
    VEC_FREE(&below->dns);
    VEC_FREE(&below->ids);
}

static void look_below(struct below *below, const char *dn, const char *parent)
{
    if (dn != NULL && dn_equal(dn_parent(slice_text(dn)), slice_text(parent)))
        VEC_ADD(&below->dns, arena_text(&below->arena, dn));
}

static enum ma_status add_child(struct below *below, uint64_t id, const char *parent,
                                struct ma_error *err)
{
    HELD_AUTO held = {.batch = below->batch, .agent = below->agent};
    enum ma_status status = hold(&held, id, err);
    const char *imported;
    const char *known;

    if (status != MA_OK)
        return unless_missing(status);
    VEC_ADD(&below->ids, id);
    known = object_dn(&held.arena, &held.object);
    imported = object_imported_dn(&held.object);
    look_below(below, known, parent);
    if (imported != NULL &&
        (known == NULL || !dn_equal(slice_text(imported), slice_text(known))))
        look_below(below, imported, parent);
    return MA_OK;
}

/* The whole of it before anything moves: what moved already must not be met again. */
static enum ma_status collect(struct below *below, const char *from, uint64_t root,
                              struct ma_error *err)
{
    VEC_ADD(&below->dns, from);
    for (size_t at = 0; at < below->dns.count; at++) {
        LIST_AUTO children = {0};
        const char *parent = below->dns.items[at];

        if (cs_children(below->batch, below->agent, parent, &children, err) != MA_OK)
            return err->status;
        for (size_t i = 0; i < children.count; i++)
            if (children.items[i] != root &&
                add_child(below, children.items[i], parent, err) != MA_OK)
                return err->status;
    }
    return MA_OK;
}

static int by_id(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a;
    uint64_t y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

enum ma_status tree_follow(struct batch *batch, uint32_t agent, uint64_t id,
                           const char *from, const char *to, enum tree_cause cause,
                           struct ma_error *err)
{
    __attribute__((cleanup(below_end))) struct below below = {.batch = batch,
                                                              .agent = agent};

    if (from == NULL || from[0] == '\0')
        return MA_OK;
    if (collect(&below, from, id, err) != MA_OK)
        return err->status;
    if (below.ids.count > 1)
        qsort(below.ids.items, below.ids.count, sizeof *below.ids.items, by_id);
    for (size_t i = 0; i < below.ids.count; i++) {
        HELD_AUTO held = {.batch = batch, .agent = agent};
        enum ma_status status;

        if (i > 0 && below.ids.items[i] == below.ids.items[i - 1])
            continue;
        status = hold(&held, below.ids.items[i], err);
        if (status == MA_OK)
            status = move_one(&held, from, to, cause, err);
        if (unless_missing(status) != MA_OK)
            return status;
    }
    return MA_OK;
}

/* --- whose DN it is -------------------------------------------------------------------
 */

static void withdraw(struct delta *delta, const char *dn)
{
    if (delta->op != DELTA_UPDATE || delta->dn == NULL ||
        !dn_equal(slice_text(delta->dn), slice_text(dn)))
        return;
    delta->dn = NULL;
    if (delta->count == 0 && delta->object_type == NAME_NONE)
        *delta = (struct delta){.op = DELTA_NONE};
}

static const char *transient_dn(struct held *held)
{
    char guid[GUID_TEXT];

    return arena_print(&held->arena, "mactl-transient=%s",
                       guid_format(&held->object.guid, GUID_PLAIN, guid));
}

static enum ma_status make_transient(struct held *held, const char *dn,
                                     struct ma_error *err)
{
    const struct delta change = {.op = DELTA_UPDATE, .dn = transient_dn(held)};

    bool imported = object_was_imported(&held->object);

    if (imported)
        tower_changed(&held->arena, &held->object, &change);
    held->object.transient = true; /* the transition takes it for found */
    if (!imported)
        return cs_put(held->batch, &held->object, err);
    if (cs_put(held->batch, &held->object, err) != MA_OK)
        return err->status;
    return tree_follow(held->batch, held->agent, held->object.id, dn, change.dn,
                       TREE_IMPORTED, err);
}

static enum ma_status displace(struct held *held, const char *dn, struct ma_error *err)
{
    const char *imported = object_imported_dn(&held->object);

    withdraw(&held->object.unapplied, dn);
    withdraw(&held->object.escrowed, dn);
    withdraw(&held->object.unconfirmed, dn);
    if (imported != NULL && !dn_equal(slice_text(imported), slice_text(dn))) {
        /* It only should have come here. Synchronisation says what it wants now. */
        held->object.full_sync = true;
        return cs_put(held->batch, &held->object, err);
    }
    return make_transient(held, dn, err);
}

bool tree_was_sent(const struct cs_object *object)
{
    /* Of an add that a dead run had sent, a refusal tells more than the doubt. */
    bool doubt = object->rebuild && object->export_error.count == 0;

    return doubt || object->escrowed.op != DELTA_NONE ||
           object->unconfirmed.op != DELTA_NONE;
}

static bool never_left(const struct cs_object *object)
{
    return !object->has_hologram && object->pending_import.op == DELTA_NONE &&
           !tree_was_sent(object);
}

enum claim { CLAIM_AGAIN, CLAIM_HEIR };

static enum ma_status claim_from(struct held *held, const char *dn, enum claim *claim,
                                 struct ma_error *err)
{
    *claim = CLAIM_AGAIN;
    if (held->object.placeholder != PLACEHOLDER_NOT) {
        *claim = CLAIM_HEIR;
        return MA_OK;
    }
    if (never_left(&held->object))
        return tree_drop_unexported(held->batch, &held->object, err);
    return displace(held, dn, err);
}

/* One holder in the system, one that has it pending, one placeholder; one to spare. */
enum { MOST_HOLDERS = 4 };

enum ma_status tree_claim(struct batch *batch, uint32_t agent, const char *dn,
                          uint64_t claimant, uint64_t *heir, struct ma_error *err)
{
    enum claim claim = CLAIM_AGAIN;
    uint64_t holder = 0;

    if (heir != NULL)
        *heir = 0;
    for (int i = 0; claim == CLAIM_AGAIN && i < MOST_HOLDERS; i++) {
        HELD_AUTO held = {.batch = batch, .agent = agent};
        enum ma_status status = cs_find_dn(batch, agent, dn, &holder, err);

        if (status == MA_OK && holder != claimant)
            status = hold(&held, holder, err);
        if (status != MA_OK || holder == claimant)
            return unless_missing(status);
        if (claim_from(&held, dn, &claim, err) != MA_OK)
            return err->status;
    }
    if (claim != CLAIM_HEIR)
        return MA_OK;
    if (heir != NULL)
        *heir = holder;
    return claimant == 0 ? MA_OK : tree_inherit(batch, agent, holder, claimant, err);
}
