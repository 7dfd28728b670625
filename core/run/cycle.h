/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUN_CYCLE_H
#define RUN_CYCLE_H

#include "instance/staging.h"
#include "run/run.h"

/*
 * The standing loop of every installation: all agents import, all synchronise, what
 * waits is exported, what was exported is imported again to confirm it, and what came
 * with that is synchronised. Each of these is an ordinary run. The profile that a run
 * takes is the one that mactl.xml names (<cycle>), else the agent's that has steps of
 * that type and no other, without drop files: the one with most steps, then one that
 * only stages, then one without limits.
 *
 * A run that needs a human, because a guard stopped it, a system cannot be reached or a
 * plugin failed, ends the cycle. Objects that failed do not: they are tried again, and
 * told.
 */
enum { CYCLE_ROUNDS = 10 };

struct cycle_run {
    unsigned round;
    enum cycle_kind kind;
    struct run_record record;
};

struct cycle_request {
    const char *folder;
    const char *user;
    bool full;        /* full imports and full synchronisations in the first round */
    bool until_quiet; /* as many rounds as it takes; else one */
    unsigned rounds;  /* at most; 0: CYCLE_ROUNDS */
    /* As of run_supervise. */
    const char *const *program;
    void (*hear)(void *context, const struct event *event);
    void (*ended)(void *context, const struct cycle_run *run);
    void *context;
};

/* What is left of one agent when the cycle ends. */
struct cycle_left {
    const char *agent;
    uint64_t imports; /* for synchronisation, objects that fail apart */
    uint64_t exports; /* the same for its system */
    uint64_t unconfirmed;
    uint64_t errors;
};

struct cycle_outcome {
    struct cycle_run *runs; /* in their order */
    size_t count;
    unsigned rounds;
    bool quiet;                       /* nothing waits that a further round would do */
    const struct run_record *stopped; /* that needs a human; NULL: none */
    int signal;                       /* that stopped it */
    struct staging staging;           /* on: exports were left out */
    struct cycle_left *left;          /* of every agent that is not skipped */
    size_t left_count;
};

/* Everything lives in the arena. MA_CONFLICT: another run is in the way. MA_INVALID:
 * mactl.xml names a profile that the agent lacks. *out is filled in in any case. */
enum ma_status cycle_run_all(const struct cycle_request *request, struct arena *arena,
                             struct cycle_outcome *out, struct ma_error *err);

/* The profile that a cycle takes; NULL: the agent has none. For tests and for help. */
const char *cycle_profile(const struct agent *agent, enum cycle_kind kind);
/* "full import" ... */
const char *cycle_word(enum cycle_kind kind);

#endif
