/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HISTORY_TALLY_H
#define HISTORY_TALLY_H

#include "base/arena.h"
#include "base/vec.h"
#include "model/counters.h"

/*
 * Who was counted in which counter, on the way to the history. What is noted waits until
 * the work that it is about is committed, or is forgotten with it. An object stands in
 * one inbound counter of a step, and in one outbound counter for each target: it may be
 * looked at again, by the reference pass or for another connector of the same person, and
 * then the counter that says more takes the place of the other.
 */
struct tally_note {
    enum counter counter;
    uint32_t agent;
    uint64_t id;
    const char *dn; /* NULL: none */
};

/* What a note comes to. */
struct tally_change {
    struct tally_note note;
    bool counts; /* else the object stands in a counter that says more already */
    bool moves;  /* ... and leaves this one: */
    enum counter from;
};

/* The counter of each object of one agent, by id; 0: none yet. */
struct tally_fates {
    enum counter_group group;
    uint32_t agent;
    unsigned char *of;
    size_t size;
};

struct tally {
    struct arena arena;
    VEC_OF(struct tally_note) notes;
    size_t next;
    VEC_OF(struct tally_fates) fates;
};

void tally_note(struct tally *tally, enum counter counter, uint32_t agent, uint64_t id,
                const char *dn);
/* One note after the other, in their order; false: there are no more, and all are gone.
 */
bool tally_next(struct tally *tally, struct tally_change *out);
/* The notes that wait were about nothing. */
void tally_forget(struct tally *tally);
/* For another step. */
void tally_end(struct tally *tally);

#endif
