/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SYNC_UNCHANGED_H
#define SYNC_UNCHANGED_H

#include "sync/unit.h"

/*
 * Objects of a full synchronisation that nothing came of, and nothing can: all that their
 * unit read is as it was when it last came to nothing (store/memo.h), and so are the
 * rules and the code. Such an object is not evaluated again; what the history is told of
 * it, it is told again. A unit that asked for more than rows is not remembered: a rules
 * extension, the time, chance (`varies` of struct sync).
 *
 * Without `evaluator` in the request nothing is remembered.
 */

/* True: the object is done. */
bool unchanged_since(struct sync *sync, uint64_t id);
/* Around the unit of an object that is evaluated: if it came to nothing, it is known from
 * then on. */
void unchanged_begin(struct sync *sync);
void unchanged_end(struct sync *sync, uint64_t id, enum ma_status status);

#endif
