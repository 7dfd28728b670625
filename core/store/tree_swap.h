/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_TREE_SWAP_H
#define STORE_TREE_SWAP_H

#include "store/held.h"

/* References to some objects become references to others, in all layers of one that has
 * them, at once. */
struct tree_swap {
    struct arena *arena;
    struct slice *from; /* ascending */
    struct slice *to;   /* of each */
    uint32_t count;
};

/* An empty one with room for so many pairs. */
struct tree_swap tree_swap_begin(struct arena *arena, size_t pairs);
/* Ascending by `from`. */
void tree_swap_add(struct tree_swap *swap, uint64_t from, uint64_t to);
/* Of large attributes that are held in part: values with data that point to one of `from`
 * count as wanted, or they would stay beside what takes their place. */
enum ma_status tree_swap_want(struct held *held, const struct tree_swap *swap,
                              struct ma_error *err);
/* The change of layer I alone that does it. */
struct delta tree_swap_shown(const struct tree_swap *swap,
                             const struct cs_object *object);
/* Reads the referrer into `held`, whose arena is that of the swap, and writes it. None
 * that is gone. */
enum ma_status tree_swap_references(struct held *held, uint64_t referrer,
                                    const struct tree_swap *swap, struct ma_error *err);

#endif
