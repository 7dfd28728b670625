/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_HELD_H
#define STORE_HELD_H

#include "store/tree.h"

/* What the parts of the tree have in common: one object in hand, in an arena that ends
 * with it, and lists that end themselves. */
struct held {
    struct batch *batch;
    uint32_t agent;
    struct arena arena;
    struct cs_object object;
};

static inline void held_end(struct held *held)
{
    arena_free(&held->arena);
}
#define HELD_AUTO __attribute__((cleanup(held_end))) struct held

/* Names and places change, no values: of large attributes none are read. */
static inline enum ma_status held_get(struct held *held, uint64_t id,
                                      struct ma_error *err)
{
    return cs_get_outline(held->batch, &held->arena, held->agent, id, &held->object, err);
}

/* References to these objects change. */
static inline enum ma_status held_get_references(struct held *held, uint64_t id,
                                                 const struct slice *targets,
                                                 uint32_t count, struct ma_error *err)
{
    const struct value_set wanted = {NAME_NONE, targets, count};

    return cs_get_values(held->batch, &held->arena, held->agent, id, &wanted, 1,
                         &held->object, err);
}

static inline enum ma_status held_put(struct held *held, struct ma_error *err)
{
    return cs_put(held->batch, &held->object, err);
}

static inline void list_end(id_list *list)
{
    VEC_FREE(list);
}
#define LIST_AUTO __attribute__((cleanup(list_end))) id_list

/* A status that is no failure here, and has no text. */
static inline enum ma_status unless_missing(enum ma_status status)
{
    return status == MA_NOT_FOUND ? MA_OK : status;
}

/* The object has lost this DN and nobody says yet where it is: a transient, with what
 * lies below it. */
enum ma_status tree_give_way(struct held *held, const char *dn,
                             const struct tree_readers *readers, struct ma_error *err);

bool tree_same_dn(const char *a, const char *b);

#endif
