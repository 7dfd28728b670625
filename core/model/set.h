/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_SET_H
#define MODEL_SET_H

#include "model/entry.h"

/*
 * Sorted sets of values, as attributes and deltas hold them. The functions take and give
 * arrays that are sorted by bytes and hold nothing twice; what they give points into
 * what it was made from, and is one of the arguments itself where nothing had to be made.
 */
struct set {
    const struct slice *items;
    uint32_t count;
};

static inline struct set set_of(const struct slice *items, uint32_t count)
{
    return (struct set){items, count};
}

/* The values of an attribute; none where it is NULL. */
static inline struct set set_of_attr(const struct attr *attr)
{
    return attr == NULL ? (struct set){NULL, 0} : set_of(attr->values, attr->count);
}

bool set_has(struct set set, struct slice value);
bool set_equal(struct set a, struct set b);
struct set set_union(struct arena *arena, struct set a, struct set b);
struct set set_minus(struct arena *arena, struct set a, struct set b);
struct set set_common(struct arena *arena, struct set a, struct set b);

#endif
