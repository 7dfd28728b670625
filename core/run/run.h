/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUN_RUN_H
#define RUN_RUN_H

#include "history/event.h"
#include "history/record.h"
#include "history/result.h"

/*
 * One run of one run profile, in two processes. The supervisor takes the run lock, starts
 * this program again as the worker, and passes on what the worker tells of itself; the
 * worker loads the plugins, opens the store and does the work. A crash, a kill or a hang
 * of the worker ends the run with a result that the supervisor records. The lock is held
 * by both, so nobody runs beside a worker whose supervisor was killed; such a worker
 * stops at the next object.
 */
struct run_request {
    const char *folder;    /* of the instance */
    const char *agent;     /* name or GUID */
    const char *profile;   /* of a run of one object: what the history calls it */
    const char *object;    /* the DN of one object of the agent; NULL: a run profile */
    unsigned step;         /* of the profile, from 1; 0: all of them */
    uint64_t object_limit; /* for each step, besides its own; 0: none */
    bool dry_run;          /* on a copy of the store, that goes again */
    bool despite_staging;  /* an export is wanted also in staging mode */
    bool evaluate_all;     /* full synchronisations go by nothing that is remembered */
    const char *user;
};

/* What the supervisor hands to a worker besides: file descriptors and its own number. */
struct run_worker {
    struct run_request request;
    int events;
    int lock;
    int pulse; /* -1: nobody watches */
    long supervisor;
};

struct run_outcome {
    struct run_record record; /* number 0: the run did not come to be */
    int signal;               /* that stopped it: SIGINT, SIGTERM; 0: none */
};

/* Runs, and waits for the end. `program`: the words that start a worker, NULL-terminated,
 * to which run_worker_arguments is added. Texts of the outcome live in the arena.
 * MA_CONFLICT: another run has the instance. Whatever the run itself comes to is no
 * failure of the call: it is in the outcome. */
enum ma_status run_supervise(const struct run_request *request,
                             const char *const *program,
                             void (*hear)(void *context, const struct event *event),
                             void *context, struct arena *arena, struct run_outcome *out,
                             struct ma_error *err);

/* The worker: all of the run. False: it did not come to be, as an event has told. */
bool run_work(const struct run_worker *worker);

/* Marks runs that died with their supervisor. Does nothing while a run goes on, nor for
 * who may not open the lock. A failure is the store's. */
enum ma_status run_recover(const char *folder, struct ma_error *err);

#endif
