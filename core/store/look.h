/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_LOOK_H
#define STORE_LOOK_H

#include "store/cs.h"

/*
 * Connector-space objects where they lie: what is read here points into the rows, costs
 * no memory, and lives as long as the bytes of batch_get. For who only asks who and where
 * an object is, and for cs_find_shown (store/cs.h).
 */

/* Both rows; the tower's is empty for an object at peace. MA_NOT_FOUND without text. */
enum ma_status look_at_rows(struct batch *batch, uint32_t agent, uint64_t id,
                            struct slice *row, struct slice *tower, struct ma_error *err);
enum ma_status look_unreadable(uint32_t agent, uint64_t id, struct ma_error *err);

/* object_decode_outline of the object, counted as one that was read. */
enum ma_status look_at(struct batch *batch, uint32_t agent, uint64_t id,
                       struct cs_object *out, struct ma_error *err);
/* object_decode_pending, likewise; the lists of attributes and values are the arena's. */
enum ma_status look_at_pending(struct batch *batch, struct arena *arena, uint32_t agent,
                               uint64_t id, struct cs_object *out, struct ma_error *err);

#endif
