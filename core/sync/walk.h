/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SYNC_WALK_H
#define SYNC_WALK_H

#include "sync/unit.h"

/*
 * Many objects, one after the other: those of a queue, or of a space. Each is visited in
 * turn, evaluated ahead where there is a crew; what is due is committed between two. What
 * the history has gathered of them is put away behind each commit, and after WALK_SAVE
 * where nothing is written, so that it does not grow with their number.
 */
enum { WALK_CHUNK = 5000, WALK_SAVE = 5000 };

struct walk {
    struct sync *sync;
    /* The next ids above `after`. */
    enum ma_status (*more)(struct sync *sync, uint64_t after, id_list *out,
                           struct ma_error *err);
    enum ma_status (*visit)(struct sync *sync, uint64_t id, void *context,
                            struct ma_error *err);
    void *context;
    bool progress;  /* each is one of the objects that the step is about */
    uint64_t limit; /* objects, 0: none */
    uint64_t done;
    size_t unsaved; /* of these, since the history had its turn */
};

/* Until there are no more. MA_CANCELLED, MA_LIMIT: what is done is done. */
enum ma_status walk_run(struct walk *walk, struct ma_error *err);
/* These, which the caller asked for himself. */
enum ma_status walk_chunk(struct walk *walk, const id_list *ids, struct ma_error *err);
/* What is in the batch, if it is due, or in any case. */
enum ma_status walk_commit(struct sync *sync, bool force, struct ma_error *err);

#endif
