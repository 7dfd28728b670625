/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SYNC_FORECAST_H
#define SYNC_FORECAST_H

#include "sync/ahead.h"

/*
 * Counters of batch_next. The units of a wave are each told where they will stand when it
 * is their turn, by what those before them are likely to take: what the unit before the
 * wave took, or, where they were evaluated before, what each did take.
 */
struct foreseen {
    struct slice counter;
    uint64_t usual; /* what a unit takes */
};

struct forecast {
    struct arena *arena; /* where names of counters live */
    VEC_OF(struct foreseen) counters;
    VEC_OF(uint64_t) supposed; /* by unit of the wave and counter */
};

void forecast_free(struct forecast *forecast);
/* Of so many units, from where the counters of the batch stand. `outcomes`: of the same
 * units, evaluated with other numbers; NULL: what is usual. */
void forecast_make(struct forecast *forecast, struct batch *batch, size_t units,
                   const struct outcome *outcomes);
/* Told to the unit that is evaluated next; many threads may ask at once. */
void forecast_suppose(const struct forecast *forecast, struct batch *above, size_t unit);
/* These came out: counters that they took are known from now on. */
void forecast_know(struct forecast *forecast, const struct outcome *outcomes,
                   size_t count);
/* The unit before the next wave: objects of a kind often follow one another. */
void forecast_learn(struct forecast *forecast, const struct outcome *outcome);

#endif
