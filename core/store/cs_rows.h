/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_CS_ROWS_H
#define STORE_CS_ROWS_H

#include "store/cs.h"
#include "store/large.h"

/*
 * The rows of a connector-space object, as those who read it (cs.c) and who write it
 * (cs_put.c) share them.
 */

/* An object as it is stored. Row: the stubs of its large attributes, then what
 * object_encode made. */
struct object_read {
    struct slice row; /* empty: not there */
    struct slice tower;
    struct large_list large;
    struct cs_object object; /* without the values of large attributes */
};

/* Fills all but the rows, which are there. */
enum ma_status object_read_decode(struct arena *arena, uint32_t agent, uint64_t id,
                                  struct object_read *rows, struct ma_error *err);
/* A copy of the rows that lives in the arena, decoded; the object knows that it was read.
 * Counts as an object read. */
enum ma_status object_read(struct batch *batch, struct arena *arena, uint32_t agent,
                           uint64_t id, struct object_read *out, struct ma_error *err);

static inline bool cs_is_large(const struct large_list *large, uint32_t attribute)
{
    return large_stub(large, attribute) != NULL;
}

const struct delta *const *pending_deltas(const struct cs_object *object,
                                          const struct delta *room[4]);
/* Values of large attributes that the deltas hold. */
uint64_t pending_values(const struct large_list *large, const struct cs_object *object);

/* Values at stake. */
typedef VEC_OF(struct value_set) value_sets;
void speak_of_deltas(value_sets *sets, const struct large_list *large,
                     const struct cs_object *object);
void speak_of_wanted(value_sets *sets, const struct value_set *wanted, size_t count);

#endif
