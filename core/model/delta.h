/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_DELTA_H
#define MODEL_DELTA_H

#include "model/entry.h"

/*
 * The difference between two images of one object: what happened to the object, its new
 * DN if it moved, its new type if that changed, and for each attribute what it is set
 * to, or which values come and go. Layers of the tower are deltas.
 *
 *   DELTA_SET     the attribute shall hold exactly `adds` (none: it shall not be there)
 *   DELTA_VALUES  `adds` come, `dels` go, the other values stay
 *
 * Single-valued attributes are always DELTA_SET. Large and merged sets are DELTA_VALUES,
 * so that a delta costs what changed and not what the object holds.
 */
enum delta_op { DELTA_NONE, DELTA_ADD, DELTA_UPDATE, DELTA_DELETE, DELTA_DELETE_ADD };
enum attr_op { DELTA_SET, DELTA_VALUES };

struct attr_delta {
    uint32_t name;
    enum value_type type;
    enum attr_op op;
    uint32_t add_count;
    const struct slice *adds; /* sorted, unique */
    uint32_t del_count;
    const struct slice *dels; /* sorted, unique, none of them in adds */
};

struct delta {
    enum delta_op op;
    bool obsoletion;      /* a delete because a full import did not see it */
    const char *dn;       /* the new DN; NULL: as before */
    uint32_t object_type; /* the new type; NAME_NONE: as before */
    uint32_t count;
    const struct attr_delta *attrs; /* sorted by name */
};

/* An image: whether the object is there in this layer, and as what. */
struct image {
    bool exists;
    uint32_t object_type;
    const char *dn; /* NULL where none was ever given */
    struct entry entry;
};

static inline bool delta_is_empty(const struct delta *delta)
{
    return delta->op == DELTA_NONE;
}

const struct attr_delta *delta_find(const struct delta *delta, uint32_t name);

/* What makes `after` of `before`. DELTA_NONE where they are equal. An attribute with more
 * than one value on either side becomes DELTA_VALUES, any other DELTA_SET. */
struct delta delta_between(struct arena *arena, const struct image *before,
                           const struct image *after);
/* The image after the delta; values that are already so are no error. */
struct image delta_apply(struct arena *arena, const struct image *before,
                         const struct delta *delta);
/* One delta that does what `first` and then `second` do. */
struct delta delta_merge(struct arena *arena, const struct delta *first,
                         const struct delta *second);
/* What of `delta` is not yet true in `base`: drops attributes and values that the base
 * already has so. An add of an object that exists becomes an update, a delete of
 * one that is gone becomes nothing. This is how layers are put on a new import. */
struct delta delta_remaining(struct arena *arena, const struct delta *delta,
                             const struct image *base);

void delta_encode(const struct delta *delta, struct buf *out);
bool delta_decode(struct arena *arena, struct slice bytes, struct delta *out);
struct delta delta_copy(struct arena *arena, const struct delta *delta);

#endif
