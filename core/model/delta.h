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
 *
 * A delta does to an image:
 *
 *                    where the object is           where it is not
 *   DELTA_ADD        as an update; type stays      it comes, with these attributes
 *   DELTA_UPDATE     DN and attributes change      nothing
 *   DELTA_DELETE     it goes                       nothing
 *   DELTA_DELETE_ADD all of it is replaced         as an add
 */
enum delta_op { DELTA_NONE, DELTA_ADD, DELTA_UPDATE, DELTA_DELETE, DELTA_DELETE_ADD };
enum attr_op { DELTA_SET, DELTA_VALUES };

struct attr_delta {
    uint32_t name;
    enum value_type type; /* VALUE_NONE only where there are no values */
    enum attr_op op;
    uint32_t add_count;
    const struct slice *adds; /* sorted, unique */
    uint32_t del_count;
    const struct slice *dels; /* sorted, unique, none of them in adds */
};

struct delta {
    enum delta_op op;
    bool obsoletion;      /* a delete because a full import did not see it */
    const char *dn;       /* the new DN; NULL: as before. Always there in an add */
    uint32_t object_type; /* of an add and a delete-add; else NAME_NONE */
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
bool delta_equal(const struct delta *a, const struct delta *b);
/* Two spellings of one DN are equal. */
bool image_equal(const struct image *a, const struct image *b);

/* What makes `after` of `before`. DELTA_NONE where they are equal. An attribute with more
 * than one value on either side becomes DELTA_VALUES, any other DELTA_SET. Another
 * spelling of the DN is no difference; a DN or a type that `after` does not have is as
 * before. */
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
 * one that is gone becomes nothing, a delete-add of one that has the new type already an
 * update. This is how layers are put on a new import. */
struct delta delta_remaining(struct arena *arena, const struct delta *delta,
                             const struct image *base);

/* The same change of an attribute said by value, for one who knows what it was before. */
struct attr_delta attr_delta_by_value(struct arena *arena,
                                      const struct attr_delta *change,
                                      const struct attr *before);

/* Canonical bytes, strict on the way back, and zero copy: what comes out points into
 * `bytes`. */
void delta_encode(const struct delta *delta, struct buf *out);
/* Whether these are the bytes of the delta by which the image comes to be from nothing.
 */
bool delta_is_encoded_add(const struct image *image, struct slice bytes);
bool delta_decode(struct arena *arena, struct slice bytes, struct delta *out);
/* The same without the attributes: as if there were none. */
bool delta_decode_outline(struct slice bytes, struct delta *out);
/* A deep copy whose texts and values live in the arena too. */
struct delta delta_copy(struct arena *arena, const struct delta *delta);

#endif
