/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROPERTY_EVENT_H
#define PROPERTY_EVENT_H

#include "engine.h"

/*
 * What happens to an instance: people change what the systems hold, steps run, fail and
 * die, the configuration changes. An event is a few numbers, which mean something in any
 * state ("the third person, counted round"), so that a sequence stays one when events are
 * taken out of it.
 */
struct event {
    uint32_t what; /* of the table in event.c */
    uint32_t kind;
    uint32_t a;
    uint32_t b;
    uint32_t c;
};

/* The n-th event of this seed. */
struct event event_by_chance(uint64_t seed, uint64_t n);
/* Does it, checks what must be true afterwards, and says in one line what it came to;
 * nothing where it means nothing in this state. */
void event_run(struct engine *e, const struct event *event, struct buf *line);

/* Who is there from the beginning, and never goes. */
void changes_begin(struct shared *shared);
/* What people do. */
void changes_run(struct shared *shared, const struct event *event, struct buf *line);

#endif
