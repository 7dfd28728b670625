/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HISTORY_EVENT_H
#define HISTORY_EVENT_H

#include <mactl/ma.h>

#include "base/arena.h"
#include "base/buf.h"
#include "model/counters.h"

/*
 * What a worker tells its supervisor while it works: one JSON document a line, through a
 * pipe. The same lines are what `--progress json` and `-o jsonl` show, so members are
 * only ever added. A worker that cannot write any more has lost its supervisor.
 */
enum event_kind {
    EVENT_NONE,
    EVENT_RUN_STARTED,   /* run, agent, profile, steps, time */
    EVENT_STEP_STARTED,  /* step, type, text: partition */
    EVENT_TICK,          /* done, expected, counters; at most two a second */
    EVENT_OBJECT_ERROR,  /* type, dn, text */
    EVENT_LOG,           /* level, text */
    EVENT_STEP_FINISHED, /* step, result, text */
    EVENT_RUN_FINISHED,  /* result, text, record: the whole record as text */
    EVENT_REFUSED        /* status, text: the run did not come to be */
};

struct event {
    enum event_kind kind;
    uint64_t run;
    const char *agent;
    const char *profile;
    unsigned step;
    unsigned steps;
    const char *type;
    const char *result;
    const char *dn;
    const char *text;
    const char *record;
    uint64_t done;
    uint64_t expected; /* 0: not known */
    enum ma_level level;
    enum ma_status status;
    int64_t time;
    struct counters counters; /* of all agents together */
};

/* The line, with its end, appended. */
void event_encode(const struct event *event, struct buf *out);
/* From one line; texts live in the arena. False: it is none. */
bool event_decode(struct arena *arena, struct slice line, struct event *out);
/* False: nobody reads any more. */
bool event_send(int fd, const struct event *event);

#endif
