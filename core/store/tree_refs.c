/* SPDX-License-Identifier: Apache-2.0 */

/* References that go over from one object to another. */

#include "model/set.h"
#include "space/tower.h"
#include "store/held.h"

/* --- in what the import shows ---------------------------------------------------------
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

static enum ma_status show_other(struct held *held, const struct slice ends[2],
                                 struct ma_error *err)
{
    struct arena *arena = &held->arena;
    struct image image = object_image(arena, &held->object, LAYER_IMPORT);
    struct attr_delta *attrs = ARENA_ARRAY(arena, struct attr_delta, image.entry.count);
    struct delta change = {.op = DELTA_UPDATE, .attrs = attrs};

    for (uint32_t i = 0; image.exists && i < image.entry.count; i++)
        if (image.entry.attrs[i].type == VALUE_REFERENCE &&
            attr_has(&image.entry.attrs[i], ends[0]))
            attrs[change.count++] =
                swap_value(arena, &image.entry.attrs[i], ends[0], ends[1]);
    if (change.count == 0)
        return MA_OK;
    tower_changed(arena, &held->object, &change);
    return held_put(held, err);
}

enum ma_status tree_refer(struct batch *batch, uint32_t agent, uint64_t referrer,
                          uint64_t from, uint64_t to, struct ma_error *err)
{
    HELD_AUTO held = {.batch = batch, .agent = agent};
    const struct slice ends[] = {value_of_id(&held.arena, from),
                                 value_of_id(&held.arena, to)};
    enum ma_status status = held_get_references(&held, referrer, ends, 2, err);

    if (status == MA_OK)
        status = show_other(&held, ends, err);
    return unless_missing(status);
}

/* Who stands for the DN besides the object that is about to leave it. */
static enum ma_status stand_in(struct batch *batch, uint32_t agent, uint64_t id,
                               const char *dn, uint64_t *out, struct ma_error *err)
{
    struct cs_object placeholder = object_placeholder(agent, PLACEHOLDER_LINK, dn);
    enum ma_status status = cs_find_dn(batch, agent, dn, out, err);

    if (status == MA_OK && *out != id)
        return MA_OK;
    if (unless_missing(status) != MA_OK || cs_put(batch, &placeholder, err) != MA_OK)
        return err->status;
    *out = placeholder.id;
    return MA_OK;
}

enum ma_status tree_left(struct batch *batch, uint32_t agent, uint64_t id, const char *dn,
                         const struct tree_readers *readers, struct ma_error *err)
{
    LIST_AUTO referrers = {0};
    uint64_t other = 0;

    if (readers == NULL)
        return MA_OK;
    if (cs_referrers(batch, agent, id, &referrers, err) != MA_OK)
        return err->status;
    for (size_t i = 0; i < referrers.count; i++) {
        uint64_t referrer = referrers.items[i];

        if (referrer == id || !readers->read_it(readers->context, referrer, id))
            continue;
        if (other == 0 && stand_in(batch, agent, id, dn, &other, err) != MA_OK)
            return err->status;
        if (tree_refer(batch, agent, referrer, id, other, err) != MA_OK)
            return err->status;
    }
    return MA_OK;
}

/* --- in all layers --------------------------------------------------------------------
 */

struct swap {
    struct arena *arena;
    struct slice from;
    struct slice to;
};

static struct set swap_in(const struct swap *swap, const struct slice *values,
                          uint32_t count)
{
    struct set set = set_of(values, count);

    if (!set_has(set, swap->from))
        return set;
    return set_union(swap->arena, set_minus(swap->arena, set, set_of(&swap->from, 1)),
                     set_of(&swap->to, 1));
}

static struct entry swap_entry(const struct swap *swap, const struct entry *entry)
{
    struct attr *attrs =
        arena_copy(swap->arena, entry->attrs, sizeof *attrs * (size_t)entry->count);

    for (uint32_t i = 0; i < entry->count; i++) {
        struct set set = {0};

        if (attrs[i].type != VALUE_REFERENCE)
            continue;
        set = swap_in(swap, attrs[i].values, attrs[i].count);
        attrs[i].values = set.items;
        attrs[i].count = set.count;
    }
    return (struct entry){entry->count, attrs};
}

static void swap_delta(const struct swap *swap, struct delta *delta,
                       const struct image *base)
{
    struct attr_delta *attrs;

    if (delta->count == 0)
        return;
    attrs = arena_copy(swap->arena, delta->attrs, sizeof *attrs * (size_t)delta->count);
    for (uint32_t i = 0; i < delta->count; i++) {
        struct set adds = {0};
        struct set dels = {0};

        if (attrs[i].type != VALUE_REFERENCE)
            continue;
        adds = swap_in(swap, attrs[i].adds, attrs[i].add_count);
        dels = set_minus(swap->arena, swap_in(swap, attrs[i].dels, attrs[i].del_count),
                         adds);
        attrs[i].adds = adds.items;
        attrs[i].add_count = adds.count;
        attrs[i].dels = dels.items;
        attrs[i].del_count = dels.count;
    }
    delta->attrs = attrs;
    *delta = delta_remaining(swap->arena, delta, base);
}

/* From the bottom up: each layer on what is below it by then. */
static void swap_layers(struct cs_object *object, const struct swap *swap)
{
    struct image imported = object_image(swap->arena, object, LAYER_IMPORT);
    struct image base;

    imported.entry = swap_entry(swap, &imported.entry);
    object->hologram.entry = swap_entry(swap, &object->hologram.entry);
    base = object_image(swap->arena, object, LAYER_HOLOGRAM);
    if (imported.exists)
        object->pending_import = delta_between(swap->arena, &base, &imported);
    swap_delta(swap, &object->unconfirmed, &imported);
    base = object_image(swap->arena, object, LAYER_UNCONFIRMED);
    swap_delta(swap, &object->escrowed, &base);
    base = object_image(swap->arena, object, LAYER_ESCROWED);
    swap_delta(swap, &object->unapplied, &base);
}

static enum ma_status inherit_from(struct batch *batch, uint32_t agent, uint64_t referrer,
                                   uint64_t from, uint64_t to, struct ma_error *err)
{
    HELD_AUTO held = {.batch = batch, .agent = agent};
    const struct slice ends[] = {value_of_id(&held.arena, from),
                                 value_of_id(&held.arena, to)};
    enum ma_status status = held_get_references(&held, referrer, ends, 2, err);
    struct swap swap = {&held.arena, ends[0], ends[1]};

    if (status != MA_OK)
        return unless_missing(status);
    swap_layers(&held.object, &swap);
    held.object.reference_retry |= held.object.mv != 0;
    return held_put(&held, err);
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
