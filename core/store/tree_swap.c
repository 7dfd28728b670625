/* SPDX-License-Identifier: Apache-2.0 */
#include "store/tree_swap.h"

#include <stdlib.h>

#include "model/set.h"
#include "space/tower.h"

struct tree_swap tree_swap_begin(struct arena *arena, size_t pairs)
{
    return (struct tree_swap){.arena = arena,
                              .from = ARENA_ARRAY(arena, struct slice, pairs),
                              .to = ARENA_ARRAY(arena, struct slice, pairs)};
}

void tree_swap_add(struct tree_swap *swap, uint64_t from, uint64_t to)
{
    swap->from[swap->count] = value_of_id(swap->arena, from);
    swap->to[swap->count++] = value_of_id(swap->arena, to);
}

/* --- sets ------------------------------------------------------------------------- */

static int by_bytes(const void *a, const void *b)
{
    return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

/* Those of the values that point to one that is swapped. */
static struct set concerned(const struct tree_swap *swap, struct set values)
{
    struct slice *some = ARENA_ARRAY(swap->arena, struct slice, values.count);
    uint32_t count = 0;

    for (uint32_t i = 0; i < values.count; i++)
        if (set_has(set_of(swap->from, swap->count), value_name(values.items[i])))
            some[count++] = values.items[i];
    return set_of(some, count);
}

enum ma_status tree_swap_want(struct held *held, const struct tree_swap *swap,
                              struct ma_error *err)
{
    struct cs_object *object = &held->object;
    const struct entry entry = object->hologram.entry;

    for (uint32_t i = 0; i < entry.count; i++) {
        const struct attr *attr = &entry.attrs[i];
        struct value_set exactly = {.attribute = attr->name};
        struct set some = {0};

        if (attr->type != VALUE_REFERENCE ||
            !names_have(object->partial, object->partial_count, attr->name))
            continue;
        some = concerned(swap, set_of_attr(attr));
        exactly.values = some.items;
        exactly.count = some.count;
        if (some.count > 0 &&
            cs_want(held->batch, swap->arena, &exactly, object, err) != MA_OK)
            return err->status;
    }
    return MA_OK;
}

/* What takes the place of these, which all point to one of `from`. Data stays beside the
 * name. */
static struct set others(const struct tree_swap *swap, struct set gone)
{
    struct slice *values = ARENA_ARRAY(swap->arena, struct slice, gone.count);
    uint32_t count = 0;
    uint32_t at = 0;

    for (uint32_t i = 0; i < gone.count; i++) {
        while (!slice_equal(swap->from[at], value_name(gone.items[i])))
            at++;
        values[i] = value_of_reference(swap->arena, value_id(swap->to[at]),
                                       value_data(gone.items[i]));
    }
    qsort(values, gone.count, sizeof *values, by_bytes);
    for (uint32_t i = 0; i < gone.count; i++)
        if (count == 0 || !slice_equal(values[count - 1], values[i]))
            values[count++] = values[i];
    return set_of(values, count);
}

static struct set swap_in(const struct tree_swap *swap, const struct slice *values,
                          uint32_t count)
{
    struct set set = set_of(values, count);
    struct set gone = concerned(swap, set);

    if (gone.count == 0)
        return set;
    return set_union(swap->arena, set_minus(swap->arena, set, gone), others(swap, gone));
}

/* --- layers ----------------------------------------------------------------------- */

static struct attr_delta swapped(const struct tree_swap *swap, const struct attr *attr,
                                 struct set gone)
{
    struct set come = others(swap, gone);

    return (struct attr_delta){.name = attr->name,
                               .type = attr->type,
                               .op = attr->count == 1 ? DELTA_SET : DELTA_VALUES,
                               .add_count = come.count,
                               .adds = come.items,
                               .del_count = attr->count == 1 ? 0 : gone.count,
                               .dels = attr->count == 1 ? NULL : gone.items};
}

struct delta tree_swap_shown(const struct tree_swap *swap, const struct cs_object *object)
{
    struct image image = object_image(swap->arena, object, LAYER_IMPORT);
    struct attr_delta *attrs =
        ARENA_ARRAY(swap->arena, struct attr_delta, image.entry.count);
    struct delta change = {.op = DELTA_UPDATE, .attrs = attrs};

    for (uint32_t i = 0; image.exists && i < image.entry.count; i++) {
        const struct attr *attr = &image.entry.attrs[i];
        struct set gone = {0};

        if (attr->type == VALUE_REFERENCE)
            gone = concerned(swap, set_of_attr(attr));
        if (gone.count > 0)
            attrs[change.count++] = swapped(swap, attr, gone);
    }
    return change;
}

static struct entry swap_entry(const struct tree_swap *swap, const struct entry *entry)
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

static void swap_delta(const struct tree_swap *swap, struct delta *delta,
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
static void swap_layers(struct cs_object *object, const struct tree_swap *swap)
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

/* Both ends of all pairs, which is what is at stake. */
static const struct slice *ends_of(const struct tree_swap *swap)
{
    struct slice *ends = ARENA_ARRAY(swap->arena, struct slice, 2 * (size_t)swap->count);

    memcpy(ends, swap->from, sizeof *ends * swap->count);
    memcpy(ends + swap->count, swap->to, sizeof *ends * swap->count);
    return ends;
}

enum ma_status tree_swap_references(struct held *held, uint64_t referrer,
                                    const struct tree_swap *swap, struct ma_error *err)
{
    enum ma_status status =
        held_get_references(held, referrer, ends_of(swap), 2 * swap->count, err);

    if (status != MA_OK)
        return unless_missing(status);
    if (tree_swap_want(held, swap, err) != MA_OK)
        return err->status;
    swap_layers(&held->object, swap);
    held->object.reference_retry |= held->object.mv != 0;
    return held_put(held, err);
}
