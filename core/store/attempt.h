/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_ATTEMPT_H
#define STORE_ATTEMPT_H

#include "store/store.h"

/*
 * Work that is done ahead of its turn, on other threads, with the same result as in turn.
 *
 * A batch may lie above another one, its base. It reads what the base has written, and
 * behind that the same commit; what it writes stays its own. While the base rests (nobody
 * writes or rolls back), any number of batches above it may work, each on a thread of its
 * own. A wave begins with attempt_wave on the base and attempt_follow on each batch above
 * it; a unit of work ends with attempt_take, which makes an attempt of what was read and
 * written, and leaves the batch above empty for the next.
 *
 * Then, in turn, an attempt is applied to the base if all that it read is still as it
 * was, which is so unless an attempt before it, or the base's owner, wrote it since the
 * wave began. If not, the unit has to be done again on the base itself.
 */
struct attempt;

/* A batch above this one, with a handle of the store of its own; what it counts of its
 * work is in that. Made and ended on the thread of the base. It cannot be committed.
 * `arena`: where attempts live. */
struct batch *batch_above(struct batch *base, struct arena *arena);
/* What the base is given from here on is new. */
void attempt_wave(struct batch *base);
/* On the thread of the base, which rests from here on. False: another process committed
 * since the base began to read; no attempt until the next commit of the base. */
bool attempt_follow(struct batch *above);
/* The next unit is to find this number, of those in TABLE_META, standing at `last`. */
void attempt_suppose(struct batch *above, struct slice counter, uint64_t last);
const struct attempt *attempt_take(struct batch *above);

/* What an attempt took of a counter of batch_next. */
struct attempt_taken {
    struct slice counter; /* as attempt_suppose wants it */
    uint64_t count;
};
const struct attempt_taken *attempt_taken(const struct attempt *attempt, size_t *count);
uint64_t attempt_last(struct batch *base, struct slice counter);

enum attempt_state {
    ATTEMPT_HOLDS,
    ATTEMPT_NUMBERS, /* it would, but for the numbers that it was given */
    ATTEMPT_STALE    /* it read what was written since, or could not read at all */
};
enum attempt_state attempt_state(struct batch *base, const struct attempt *attempt);
/* Writes it; it counts as work of the base's store. */
void attempt_apply(struct batch *base, const struct attempt *attempt);

/* A commit in two halves: while the first is under way, and until the second, the batch
 * rests, so that attempts may go on. MA_LIMIT: what has to be saved lets nobody read
 * meanwhile; nothing was done, and batch_commit is the way. */
enum ma_status batch_save(struct batch *base, struct ma_error *err);
/* What was saved is forgotten: the batch begins anew. False: another process committed
 * meanwhile, and nobody knows what: attempts made until now are worth nothing. */
bool batch_saved(struct batch *base);

#endif
