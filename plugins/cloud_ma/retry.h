/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLOUD_MA_RETRY_H
#define CLOUD_MA_RETRY_H

#include <stdbool.h>
#include <stdint.h>

/*
 * When a request may be sent, and whether it is sent again: arithmetic only, so that a
 * test needs no server and no clock. Times are milliseconds of one monotonic clock.
 */

/* What an answer, or its absence, says about sending the same request once more. */
enum retry_class {
    RETRY_DONE,      /* answered for good, well or not */
    RETRY_SAFE,      /* it was not executed: any request may be sent again */
    RETRY_UNCERTAIN, /* it may have been executed: only what can be done twice */
};

/* `told`: the answer said when to come back. */
enum retry_class retry_of_status(long status, bool told);

/* Retry-After in all its forms: seconds, a fraction of them, an HTTP date (which `now`,
 * seconds since 1970, is subtracted from). Milliseconds; -1: none that makes sense. */
int64_t retry_after(const char *text, int64_t now);

/* How long to wait before attempt number `attempt` (from 1 for the first repetition).
 * What the server asked for (`after`, -1: nothing) is never undercut; one that always
 * asks for the same is believed less each time. `chance` is any number: it spreads
 * clients. */
int64_t retry_wait(unsigned attempt, int64_t after, uint32_t chance);

/* A bucket of tokens: `rate` a second, a burst of a second's worth. */
struct bucket {
    double rate; /* 0: no limit */
    double tokens;
    int64_t since;
};

/* 0: take one and send; else how long until there is one. */
int64_t bucket_take(struct bucket *bucket, int64_t now);

/* How many requests are in flight at once: halved where the server says too many, one
 * more after each `window` that went well. */
struct window {
    unsigned limit;
    unsigned most;
    unsigned good;
};

void window_good(struct window *window);
void window_bad(struct window *window);

#endif
