/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUN_EARLY_H
#define RUN_EARLY_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * What plugins can do before they are told what for: they connect while the engine finds
 * out what is pending. One after the other, on a thread of their own; whoever calls one
 * of them next waits for its turn to be over.
 */
struct early_call {
    void (*call)(void *with);
    void *with;
};

struct early;

/* `calls` are copied. NULL: there is no thread to be had, and nothing is done early,
 * which does no harm. */
struct early *early_begin(const struct early_call *calls, size_t count);
/* Until the n-th call is over; at once where there is none. NULL is fine. */
void early_wait(struct early *early, size_t n);
/* Waits for all of them. */
void early_end(struct early *early);

#endif
