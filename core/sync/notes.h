/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SYNC_NOTES_H
#define SYNC_NOTES_H

#include "base/vec.h"
#include "store/history.h"

/*
 * What a unit that is evaluated ahead of its turn has to tell the history, kept until it
 * is its turn. Errors and counts only: a unit tells nothing else.
 */
struct note {
    enum counter counter;
    uint32_t agent;
    uint64_t id;
    const char *dn;
    const struct object_error *error; /* NULL: a count */
};

struct notes {
    struct history history; /* for the unit to tell */
    struct arena *arena;    /* where it is kept */
    VEC_OF(struct note) items;
};

/* `run`: number of the run that the history is of. */
void notes_begin(struct notes *notes, struct arena *arena, uint64_t run);
void notes_end(struct notes *notes);
/* All that was told since the last call, in the arena. */
const struct note *notes_take(struct notes *notes, size_t *count);
void notes_tell(const struct note *notes, size_t count, struct history *history);

#endif
