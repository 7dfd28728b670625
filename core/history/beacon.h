/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HISTORY_BEACON_H
#define HISTORY_BEACON_H

#include <jansson.h>

#include "base/arena.h"
#include "history/event.h"

/*
 * What a run that goes on tells everybody else: one small file for each supervisor, in
 * "running" of the instance, rewritten as the worker's events come in. The supervisor
 * holds a lock on it as long as it lives, so the file of a dead one is told from that of
 * a living one, and says nothing. Nothing but `mactl status` reads it: a run whose file
 * cannot be written goes on without.
 */
struct beacon;

/* NULL where there can be none. */
struct beacon *beacon_light(const char *folder);
void beacon_hear(struct beacon *beacon, const struct event *event);
/* NULL is fine. */
void beacon_end(struct beacon *beacon);

struct beacon_state {
    long process; /* of the supervisor */
    uint64_t run;
    const char *agent;
    const char *profile;
    int64_t start;
    unsigned step;
    unsigned steps;
    const char *type; /* of the step: "full-import" */
    uint64_t done;
    uint64_t expected; /* 0: not known */
};

/* Every run that goes on, in the order of their numbers; lives in the arena. */
size_t beacon_list(const char *folder, struct arena *arena, struct beacon_state **out);

#endif
