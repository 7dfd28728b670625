/* SPDX-License-Identifier: Apache-2.0 */
#include "sync/forecast.h"

void forecast_free(struct forecast *forecast)
{
    VEC_FREE(&forecast->counters);
    VEC_FREE(&forecast->supposed);
}

static uint64_t took(const struct outcome *outcome, struct slice counter)
{
    size_t count;
    const struct attempt_taken *taken = attempt_taken(outcome->attempt, &count);

    for (size_t i = 0; i < count; i++)
        if (slice_equal(taken[i].counter, counter))
            return taken[i].count;
    return 0;
}

static void know_counter(struct forecast *forecast, struct slice counter)
{
    for (size_t c = 0; c < forecast->counters.count; c++)
        if (slice_equal(forecast->counters.items[c].counter, counter))
            return;
    VEC_ADD(&forecast->counters,
            (struct foreseen){.counter = arena_slice(forecast->arena, counter)});
}

void forecast_know(struct forecast *forecast, const struct outcome *outcomes,
                   size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t taken;
        const struct attempt_taken *items = attempt_taken(outcomes[i].attempt, &taken);

        for (size_t k = 0; k < taken; k++)
            know_counter(forecast, items[k].counter);
    }
}

void forecast_learn(struct forecast *forecast, const struct outcome *outcome)
{
    for (size_t c = 0; c < forecast->counters.count; c++) {
        struct foreseen *about = &forecast->counters.items[c];

        about->usual = took(outcome, about->counter);
    }
}

void forecast_make(struct forecast *forecast, struct batch *batch, size_t units,
                   const struct outcome *outcomes)
{
    size_t width = forecast->counters.count;

    forecast->supposed.count = 0;
    for (size_t i = 0; i < units * width; i++)
        VEC_ADD(&forecast->supposed, 0);
    for (size_t c = 0; c < width; c++) {
        const struct foreseen *about = &forecast->counters.items[c];
        uint64_t last = attempt_last(batch, about->counter);

        for (size_t i = 0; i < units; i++) {
            forecast->supposed.items[i * width + c] = last;
            last += outcomes == NULL ? about->usual : took(&outcomes[i], about->counter);
        }
    }
}

void forecast_suppose(const struct forecast *forecast, struct batch *above, size_t unit)
{
    size_t width = forecast->counters.count;

    for (size_t c = 0; c < width; c++)
        attempt_suppose(above, forecast->counters.items[c].counter,
                        forecast->supposed.items[unit * width + c]);
}
