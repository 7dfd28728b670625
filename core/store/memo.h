/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_MEMO_H
#define STORE_MEMO_H

#include "base/digest.h"
#include "store/store.h"

/*
 * Work that came to nothing, remembered by what it was thought out with. A memo holds the
 * keys of all rows, ranges and hashes of the index that the work read, a digest of what
 * it found there, and who thought it out: as long as the same is there, the same work
 * comes to nothing again. Nobody has to say what changed: whatever did, it is seen, since
 * what is there is compared, and whoever else writes into the store need not know of
 * memos.
 *
 * They live in a table of their own (TABLE_MEMO), one for an object at most, and that
 * table may be emptied at any time: then the work is done again. The caller answers for
 * it that the work depends on what it read and on `by` only.
 */
struct memo_of {
    uint32_t space;
    uint64_t id;
    const struct digest *by; /* code, rules and settings: all else that it depends on */
};

/* From here on, what is read of the batch is noted; of one that lies above another, in
 * the arena that it has. Nothing is kept of what was noted before. */
void memo_listen(struct batch *batch, struct arena *arena);
void memo_cease(struct batch *batch);
/* The work that began with memo_listen wrote nothing, and ends: from now on it is known,
 * with what its caller wants to be told again. False: it read a counter, which others
 * write all the time, so it is not. */
bool memo_put(struct batch *batch, const struct memo_of *of, struct slice told);
/* Whether all that it read is as it was. Reads that again, so it is part of what an
 * attempt was thought out with. `told` lives as long as the bytes of batch_get. */
bool memo_holds(struct batch *batch, const struct memo_of *of, struct slice *told);

#endif
