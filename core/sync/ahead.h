/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SYNC_AHEAD_H
#define SYNC_AHEAD_H

#include "store/attempt.h"
#include "sync/crew.h"
#include "sync/notes.h"

/*
 * What a thread of the crew works with, and what it makes: the outcome of a unit that was
 * evaluated ahead of its turn. Each thread has its own batch, history and memory.
 */
struct bench {
    struct sync sync;
    struct notes notes;
    struct arena arena; /* of the outcomes of a wave */
    size_t writes;      /* that they make */
    bool ready;         /* reads what the step reads */
};

struct outcome {
    const struct attempt *attempt;
    const struct note *notes;
    size_t note_count;
    const struct sync_noted *noted;
    size_t noted_count;
    uint64_t failures;
    uint64_t flows_evaluated;
    uint64_t unchanged;
    bool whole; /* false: it has to be evaluated in turn */
};

void bench_begin(struct bench *bench, const struct sync *sync);
void bench_end(struct bench *bench);
/* Before a wave, on the thread of the step. */
void bench_ready(struct bench *bench);
/* On its own thread. What the unit is to suppose was said to bench->sync.batch. */
void bench_evaluate(struct bench *bench, const struct crew_work *work, size_t i,
                    struct outcome *out);
/* In turn, on the thread of the step. */
void outcome_apply(const struct outcome *outcome, struct sync *sync);

#endif
