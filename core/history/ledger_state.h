/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HISTORY_LEDGER_STATE_H
#define HISTORY_LEDGER_STATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/buf.h"
#include "history/ledger.h"
#include "history/tally.h"

/*
 * What a ledger is made of, for its three parts: ledger.c has the run, its steps and who
 * is told of them; ledger_count.c counts and keeps who was counted; ledger_error.c writes
 * what is wrong with objects.
 */

/* The objects behind one counter that are not in the store yet. */
struct pile {
    enum counter counter;
    uint32_t agent;
    uint32_t chunk;
    struct buf objects;
};

struct ledger {
    struct history history; /* first: what the steps see */
    struct ledger_request request;
    struct batch *batch;
    struct arena arena; /* texts of the record */
    VEC_OF(struct step_record) steps;
    VEC_OF(struct agent_counters) agents; /* of the open step */
    VEC_OF(struct pile) piles;
    struct tally tally;
    struct counters sum;   /* with those that wait */
    struct step_work work; /* when the step began */
    uint64_t done;
    uint64_t expected;
    int64_t next_tick;       /* monotonic, microseconds */
    pthread_mutex_t sending; /* of an event: plugins log from threads of theirs */
    atomic_bool deaf;        /* nobody reads our events any more */
    bool open;
    atomic_uint errors; /* of the open step */
    uint64_t gathered;  /* bytes since the last commit */
};

static inline struct ledger *ledger_of(struct history *history)
{
    return (struct ledger *)history;
}

static inline struct run_record *ledger_record(struct ledger *ledger)
{
    return ledger->request.record;
}

/* --- ledger.c --- */

/* To the supervisor, from any thread; nobody listens any more: nothing happens. */
void ledger_send(struct ledger *ledger, struct event event);

/* --- ledger_count.c --- */

/* As struct history says. */
void ledger_count_object(struct history *history, enum counter counter, uint32_t agent,
                         uint64_t id, const char *dn);
void ledger_count_settled(struct history *history, bool kept);
/* At the end of a step: what was counted is kept, and the lists of objects are written.
 */
void ledger_count_end(struct ledger *ledger);
void ledger_count_free(struct ledger *ledger);

/* --- ledger_error.c --- */

/* As struct history says. */
void ledger_error_sync(struct history *history, uint32_t agent, uint64_t id,
                       const char *dn, const struct object_error *error,
                       const struct delta *lost, const struct image *seen);
void ledger_error_export(struct history *history, uint32_t agent, uint64_t id,
                         const char *dn, const struct object_error *error);
void ledger_error_discovery(struct history *history, const struct ma_rejection *error);

#endif
