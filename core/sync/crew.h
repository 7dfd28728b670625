/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SYNC_CREW_H
#define SYNC_CREW_H

#include "sync/unit.h"

/*
 * The crew evaluates units on several threads, ahead of their turn: a wave of objects at
 * once, each above the batch of the step, which rests meanwhile (store/attempt.h). Then
 * the thread of the step takes the units in turn. What was evaluated ahead is applied
 * where all that it read is still as it was, and else evaluated again; so every unit sees
 * what it would have seen alone, and the result does not depend on the number of threads.
 *
 * Rules extensions are called on the thread of the step only: a unit that needs one is
 * left to its turn. A commit that is due is made while the next wave is evaluated.
 */
struct crew;

/* What is visited, one id after the other. */
struct crew_work {
    const uint64_t *ids;
    size_t count;
    enum ma_status (*visit)(struct sync *sync, uint64_t id, void *context,
                            struct ma_error *err);
    void *context; /* only read */
};

/* The thread of the step is one of so many. */
struct crew *crew_begin(struct sync *sync, unsigned threads);
void crew_end(struct crew *crew);

/* Visits ids[i]. Work begins with its first id. */
enum ma_status crew_visit(struct crew *crew, const struct crew_work *work, size_t i,
                          struct ma_error *err);
/* Whether a commit that is due is better left to crew_visit of ids[i]. */
bool crew_will_commit(const struct crew *crew, const struct crew_work *work, size_t i);

#endif
