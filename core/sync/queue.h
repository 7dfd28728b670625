/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SYNC_QUEUE_H
#define SYNC_QUEUE_H

#include "store/store.h"

/*
 * Queues that only synchronisation keeps: objects whose references, or whose join, have
 * to be looked at again, because another object changed. `space` 0: the metaverse. An
 * object may be queued with notes of what changed, so that of a large attribute only the
 * values concerned are looked at; without notes, or with too many, all of it is.
 */
struct sync;

enum sync_queue {
    SYNC_QUEUE_REFERENCE = 64, /* connector-space object: references flow in again */
    SYNC_QUEUE_JOIN,           /* disconnector that a metaverse change may let join */
    SYNC_QUEUE_OUTBOUND,       /* metaverse object: outbound rules have to see it */
    /* Never walked. What the next synchronisation of an object has to look at besides
     * what is pending: notes that could not be worked off when it was their turn. */
    SYNC_MARK
};

/* This object gained or lost its link to that metaverse object. */
struct sync_note {
    uint32_t agent;
    uint64_t id;
    uint64_t mv;
};
typedef VEC_OF(struct sync_note) sync_notes;

/* A note that waits for its unit's turn (crew.h). Whom many refer to, or who refers to
 * many, is queued by all of them: none is to wait for the others. */
struct sync_noted {
    enum sync_queue queue;
    uint32_t space;
    uint64_t id;
    struct sync_note note;
};
typedef VEC_OF(struct sync_noted) sync_noted_list;

void sync_enqueue(struct sync *sync, enum sync_queue queue, uint32_t space, uint64_t id);
/* A full synchronisation queues without. Ahead of the unit's turn, it goes to
 * sync->noted, and a later sync_dequeue takes it from there: so it is for what a unit
 * does not read any more. */
void sync_enqueue_note(struct sync *sync, enum sync_queue queue, uint32_t space,
                       uint64_t id, const struct sync_note *note);
void sync_dequeue(struct sync *sync, enum sync_queue queue, uint32_t space, uint64_t id);
/* Appends the notes that the object is queued with; none where it is not queued. False:
 * it is queued without. */
bool sync_notes_of(struct sync *sync, enum sync_queue queue, uint32_t space, uint64_t id,
                   sync_notes *out);
/* What the queue says of the object becomes its mark. */
void sync_postpone(struct sync *sync, enum sync_queue queue, uint32_t space, uint64_t id);

/* SYNC_QUEUE_REFERENCE, remembering that the object wrote a part (unit.partial). */
void sync_enqueue_partial(struct sync *sync, uint32_t space, uint64_t id);
bool sync_is_partial(struct sync *sync, uint32_t space, uint64_t id);

#endif
