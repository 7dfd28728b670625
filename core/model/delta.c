/* SPDX-License-Identifier: Apache-2.0 */
#include "model/delta.h"

#include "base/text.h"
#include "model/dn.h"
#include "model/names.h"
#include "model/set.h"

/* Attribute deltas under construction. Memory is taken when the first one comes: most
 * objects of an import are as before. */
struct list {
    struct arena *arena;
    uint32_t room;
    uint32_t count;
    struct attr_delta *attrs;
};

static void put(struct list *list, struct attr_delta attr)
{
    if (list->attrs == NULL)
        list->attrs = arena_alloc(list->arena, sizeof *list->attrs * list->room);
    list->attrs[list->count++] = attr;
}

static struct attr_delta change(uint32_t name, enum value_type type, enum attr_op op,
                                struct set adds, struct set dels)
{
    return (struct attr_delta){.name = name,
                               .type = type,
                               .op = op,
                               .add_count = adds.count,
                               .adds = adds.items,
                               .del_count = dels.count,
                               .dels = dels.items};
}

static struct set adds_of(const struct attr_delta *attr)
{
    return set_of(attr->adds, attr->add_count);
}

static struct set dels_of(const struct attr_delta *attr)
{
    return set_of(attr->dels, attr->del_count);
}

static const struct set nothing = {NULL, 0};
static const struct entry no_attributes = {0, NULL};

const struct attr_delta *delta_find(const struct delta *delta, uint32_t name)
{
    uint32_t low = 0;
    uint32_t high = delta->count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (delta->attrs[middle].name < name)
            low = middle + 1;
        else
            high = middle;
    }
    return low < delta->count && delta->attrs[low].name == name ? &delta->attrs[low]
                                                                : NULL;
}

/* --- equality ---------------------------------------------------------------------- */

static bool same_dn(const char *a, const char *b)
{
    return text_same(a, b) ||
           (a != NULL && b != NULL && dn_equal(slice_text(a), slice_text(b)));
}

static bool attr_delta_equal(const struct attr_delta *a, const struct attr_delta *b)
{
    return a->name == b->name && a->type == b->type && a->op == b->op &&
           set_equal(adds_of(a), adds_of(b)) && set_equal(dels_of(a), dels_of(b));
}

bool delta_equal(const struct delta *a, const struct delta *b)
{
    if (a->op != b->op || a->obsoletion != b->obsoletion || !text_same(a->dn, b->dn) ||
        a->object_type != b->object_type || a->count != b->count)
        return false;
    if (a->attrs == b->attrs)
        return true;
    for (uint32_t i = 0; i < a->count; i++)
        if (!attr_delta_equal(&a->attrs[i], &b->attrs[i]))
            return false;
    return true;
}

bool image_equal(const struct image *a, const struct image *b)
{
    if (!a->exists || !b->exists)
        return a->exists == b->exists;
    return a->object_type == b->object_type && same_dn(a->dn, b->dn) &&
           entry_equal(&a->entry, &b->entry);
}

/* --- between ----------------------------------------------------------------------- */

/* Of two sorted lists, which has the next name: negative the first, positive the second,
 * zero both. NULL: that list is at its end. */
static int name_order(const uint32_t *a, const uint32_t *b)
{
    if (a == NULL || b == NULL)
        return a == NULL ? 1 : -1;
    return (*a > *b) - (*a < *b);
}

/* One of the two may be NULL: the attribute comes, or goes. */
static void compare_attr(struct list *out, const struct attr *before,
                         const struct attr *after)
{
    const struct attr *named = after != NULL ? after : before;
    struct set old = set_of_attr(before);
    struct set now = set_of_attr(after);

    if (before != NULL && after != NULL && attr_equal(before, after))
        return;
    if ((old.count <= 1 && now.count <= 1) ||
        (before != NULL && after != NULL && before->type != after->type))
        put(out, change(named->name, named->type, DELTA_SET, now, nothing));
    else
        put(out,
            change(named->name, named->type, DELTA_VALUES,
                   set_minus(out->arena, now, old), set_minus(out->arena, old, now)));
}

static void compare_entries(struct list *out, const struct entry *before,
                            const struct entry *after)
{
    uint32_t i = 0;
    uint32_t j = 0;

    while (i < before->count || j < after->count) {
        const struct attr *a = i < before->count ? &before->attrs[i] : NULL;
        const struct attr *b = j < after->count ? &after->attrs[j] : NULL;
        int order = name_order(a == NULL ? NULL : &a->name, b == NULL ? NULL : &b->name);

        compare_attr(out, order <= 0 ? a : NULL, order >= 0 ? b : NULL);
        i += order <= 0;
        j += order >= 0;
    }
}

static enum delta_op op_between(const struct image *before, const struct image *after)
{
    if (!before->exists || !after->exists)
        return after->exists ? DELTA_ADD : before->exists ? DELTA_DELETE : DELTA_NONE;
    return after->object_type != NAME_NONE && after->object_type != before->object_type
               ? DELTA_DELETE_ADD
               : DELTA_UPDATE;
}

/* An update of nothing is none. */
static struct delta update_or_none(struct delta delta)
{
    if (delta.op == DELTA_UPDATE && delta.dn == NULL && delta.count == 0)
        delta.op = DELTA_NONE;
    return delta;
}

struct delta delta_between(struct arena *arena, const struct image *before,
                           const struct image *after)
{
    enum delta_op op = op_between(before, after);
    const struct entry *from = op == DELTA_UPDATE ? &before->entry : &no_attributes;
    struct list out = {.arena = arena, .room = from->count + after->entry.count};
    struct delta delta = {.op = op};

    if (op == DELTA_NONE || op == DELTA_DELETE)
        return delta;
    if (op != DELTA_UPDATE) {
        delta.object_type = after->object_type;
        delta.dn = after->dn == NULL ? before->dn : after->dn;
    } else if (after->dn != NULL && !same_dn(before->dn, after->dn)) {
        delta.dn = after->dn;
    }
    compare_entries(&out, from, &after->entry);
    delta.count = out.count;
    delta.attrs = out.attrs;
    return update_or_none(delta);
}

/* --- apply ------------------------------------------------------------------------- */

static void apply_attr(struct arena *arena, const struct attr *before,
                       const struct attr_delta *by, struct entry *out, struct attr *attrs)
{
    struct set now = adds_of(by);

    if (by->op == DELTA_VALUES && before != NULL &&
        (before->type == by->type || by->type == VALUE_NONE)) {
        now = set_minus(arena, set_of_attr(before), dels_of(by));
        now = set_union(arena, now, adds_of(by));
    }
    if (now.count > 0)
        attrs[out->count++] =
            (struct attr){by->name, by->type == VALUE_NONE ? before->type : by->type,
                          now.count, now.items};
}

static struct entry apply_entry(struct arena *arena, const struct entry *before,
                                const struct delta *delta)
{
    struct attr *attrs;
    struct entry out = {0, NULL};
    uint32_t at = 0;

    if (delta->count == 0)
        return *before;
    attrs = arena_alloc(arena, sizeof *attrs * ((size_t)before->count + delta->count));
    for (uint32_t i = 0; i < delta->count; i++) {
        const struct attr *old = NULL;

        while (at < before->count && before->attrs[at].name < delta->attrs[i].name)
            attrs[out.count++] = before->attrs[at++];
        if (at < before->count && before->attrs[at].name == delta->attrs[i].name)
            old = &before->attrs[at++];
        apply_attr(arena, old, &delta->attrs[i], &out, attrs);
    }
    while (at < before->count)
        attrs[out.count++] = before->attrs[at++];
    out.attrs = attrs;
    return out;
}

struct image delta_apply(struct arena *arena, const struct image *before,
                         const struct delta *delta)
{
    bool anew = delta->op == DELTA_DELETE_ADD || !before->exists;
    struct image out = *before;

    if (delta->op == DELTA_NONE || (delta->op == DELTA_UPDATE && !before->exists))
        return out;
    if (delta->op == DELTA_DELETE)
        return (struct image){0};
    out.exists = true;
    if (delta->dn != NULL)
        out.dn = delta->dn;
    if (anew && delta->object_type != NAME_NONE)
        out.object_type = delta->object_type;
    out.entry = apply_entry(arena, anew ? &no_attributes : &before->entry, delta);
    return out;
}

/* --- what of an attribute is not so yet ------------------------------------------- */

static void remaining_attr(struct list *out, const struct attr_delta *attr,
                           const struct attr *base)
{
    bool same_type = base == NULL || base->type == attr->type || attr->type == VALUE_NONE;
    struct set has = same_type ? set_of_attr(base) : nothing;
    struct set adds;
    struct set dels;

    if (attr->op == DELTA_SET) {
        if (!same_type || !set_equal(adds_of(attr), has))
            put(out, *attr);
        return;
    }
    adds = set_minus(out->arena, adds_of(attr), has);
    dels = set_common(out->arena, dels_of(attr), has);
    if (adds.count > 0 || dels.count > 0)
        put(out, change(attr->name, attr->type, DELTA_VALUES, adds, dels));
}

/* Of one that starts from nothing. */
static void remaining_anew(struct arena *arena, struct delta *delta)
{
    struct list out = {.arena = arena, .room = delta->count};

    for (uint32_t i = 0; i < delta->count; i++)
        remaining_attr(&out, &delta->attrs[i], NULL);
    delta->count = out.count;
    delta->attrs = out.attrs;
}

/* --- merge ------------------------------------------------------------------------- */

static struct attr_delta merge_attr(struct arena *arena, const struct attr_delta *first,
                                    const struct attr_delta *second)
{
    struct set adds;
    struct set dels;

    if (second->op == DELTA_SET)
        return *second;
    if (first->type != second->type)
        return change(second->name, second->type, first->op, adds_of(second),
                      first->op == DELTA_SET ? nothing : dels_of(second));
    adds = set_minus(arena, adds_of(first), dels_of(second));
    adds = set_union(arena, adds, adds_of(second));
    if (first->op == DELTA_SET)
        return change(first->name, first->type, DELTA_SET, adds, nothing);
    dels = set_minus(arena, dels_of(first), adds_of(second));
    dels = set_union(arena, dels, dels_of(second));
    return change(first->name, first->type, DELTA_VALUES, adds, dels);
}

static void merge_attrs(struct list *out, const struct delta *first,
                        const struct delta *second)
{
    uint32_t i = 0;
    uint32_t j = 0;

    while (i < first->count || j < second->count) {
        const struct attr_delta *a = i < first->count ? &first->attrs[i] : NULL;
        const struct attr_delta *b = j < second->count ? &second->attrs[j] : NULL;

        int order = name_order(a == NULL ? NULL : &a->name, b == NULL ? NULL : &b->name);

        if (order == 0)
            put(out, merge_attr(out->arena, a, b));
        else
            put(out, order < 0 ? *a : *b);
        i += order <= 0;
        j += order >= 0;
    }
}

/* What two deltas are together: first down, second across. */
static const enum delta_op merged_op[5][5] = {
    [DELTA_ADD] = {0, DELTA_ADD, DELTA_ADD, DELTA_DELETE, DELTA_DELETE_ADD},
    [DELTA_UPDATE] = {0, DELTA_ADD, DELTA_UPDATE, DELTA_DELETE, DELTA_DELETE_ADD},
    [DELTA_DELETE] = {0, DELTA_DELETE_ADD, DELTA_DELETE, DELTA_DELETE, DELTA_DELETE_ADD},
    [DELTA_DELETE_ADD] = {0, DELTA_DELETE_ADD, DELTA_DELETE_ADD, DELTA_DELETE,
                          DELTA_DELETE_ADD},
};

/* The attributes of both; not where the second begins anew. */
static void merge_contents(struct arena *arena, const struct delta *first,
                           struct delta *merged)
{
    struct list out = {.arena = arena, .room = first->count + merged->count};
    const struct delta second = *merged;

    if (first->object_type != NAME_NONE)
        merged->object_type = first->object_type;
    merge_attrs(&out, first, &second);
    merged->count = out.count;
    merged->attrs = out.attrs;
}

struct delta delta_merge(struct arena *arena, const struct delta *first,
                         const struct delta *second)
{
    struct delta delta = *second;

    if (delta_is_empty(first) || delta_is_empty(second))
        return delta_is_empty(first) ? *second : *first;
    if (first->op == DELTA_DELETE && second->op == DELTA_UPDATE)
        return *first;
    delta.op = merged_op[first->op][second->op];
    if (second->op == DELTA_DELETE)
        return delta;
    if (delta.dn == NULL)
        delta.dn = first->dn;
    if (second->op != DELTA_DELETE_ADD && first->op != DELTA_DELETE)
        merge_contents(arena, first, &delta);
    if (delta.op == DELTA_DELETE_ADD)
        remaining_anew(arena, &delta);
    return delta;
}

/* --- remaining --------------------------------------------------------------------- */

static enum delta_op remaining_op(const struct delta *delta, const struct image *base)
{
    switch (delta->op) {
    case DELTA_ADD:
        return base->exists ? DELTA_UPDATE : DELTA_ADD;
    case DELTA_DELETE_ADD:
        if (!base->exists)
            return DELTA_ADD;
        return delta->object_type == NAME_NONE || delta->object_type == base->object_type
                   ? DELTA_UPDATE
                   : DELTA_DELETE_ADD;
    case DELTA_UPDATE:
    case DELTA_DELETE:
    case DELTA_NONE:
        break;
    }
    return base->exists ? delta->op : DELTA_NONE;
}

struct delta delta_remaining(struct arena *arena, const struct delta *delta,
                             const struct image *base)
{
    struct delta left = {.op = remaining_op(delta, base)};
    struct list out = {.arena = arena, .room = delta->count};
    const struct entry *from = left.op == DELTA_UPDATE ? &base->entry : &no_attributes;

    if (left.op == DELTA_DELETE)
        left.obsoletion = delta->obsoletion;
    if (left.op == DELTA_NONE || left.op == DELTA_DELETE)
        return left;
    if (left.op != DELTA_UPDATE)
        left.object_type = delta->object_type;
    if (left.op != DELTA_UPDATE || !same_dn(delta->dn, base->dn))
        left.dn = delta->dn;
    for (uint32_t i = 0; i < delta->count; i++)
        remaining_attr(&out, &delta->attrs[i], entry_find(from, delta->attrs[i].name));
    left.count = out.count;
    left.attrs = out.attrs;
    return update_or_none(left);
}

struct attr_delta attr_delta_by_value(struct arena *arena, const struct attr_delta *attr,
                                      const struct attr *before)
{
    if (attr->op == DELTA_VALUES)
        return *attr;
    return change(attr->name,
                  attr->type == VALUE_NONE && before != NULL ? before->type : attr->type,
                  DELTA_VALUES, set_minus(arena, adds_of(attr), set_of_attr(before)),
                  set_minus(arena, set_of_attr(before), adds_of(attr)));
}
