/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HISTORY_RECORD_H
#define HISTORY_RECORD_H

#include <jansson.h>

#include "base/buf.h"
#include "base/guid.h"
#include "model/counters.h"
#include "store/store.h"

/*
 * The history of runs, in TABLE_RUNS: of each run one document with its steps, counters
 * and results; for each step its errors, one document each, and for each counter with
 * detail the objects behind it, in chunks. Written by the run while it goes on, so a run
 * that died shows how far it came; a run without an end that nobody works on is marked as
 * stopped by whoever finds it. Times are milliseconds since 1970; texts live in an arena.
 */

struct agent_counters {
    const char *agent; /* name */
    struct guid id;
    uint32_t number; /* of the store */
    struct counters counters;
};

struct step_work {
    struct store_work store;
    uint64_t flows_evaluated; /* attribute flows, in and out */
    uint64_t unchanged; /* objects that were not evaluated, as nothing can come of them */
};

/* A server that did not take a step, or went away in it. */
struct incident {
    const char *server;
    const char *result; /* as `connection` of the step */
    const char *text;
    int64_t time;
};

struct step_record {
    unsigned number;     /* its place in the profile, from 1 */
    const char *type;    /* "full-import" ... */
    const char *subtype; /* "to-cs", "apply-pending", several with a comma; NULL */
    const char *partition;
    int64_t start;
    int64_t end; /* 0: it goes on */
    const char *result;
    const char *text;       /* what ended it, for the operator; NULL */
    const char *note;       /* what was done otherwise than asked; NULL */
    const char *connection; /* of engine.md 4.3: "success", "failed-connection"; NULL */
    const char *server;     /* that it spoke to last; NULL: nobody told */
    struct incident *incidents;
    size_t incident_count;
    const char *file;       /* drop file; NULL */
    uint64_t export_number; /* of the export steps of this agent: this one's, and ... */
    uint64_t export_successful;    /* ... that of the last that went well; 0: no export */
    struct agent_counters *agents; /* the source first */
    size_t agent_count;
    struct step_work work;   /* what the step cost */
    unsigned errors;         /* documents in the history */
    const char *guarded_set; /* a guard stopped this set of exports; NULL: none did */
    uint64_t guarded;        /* ... of which it counted so many */
};

/* What an operator said of a run that a guard had stopped. */
struct approval_record {
    bool revoked; /* else given */
    uint64_t most;
    const char *set;
    const char *user;
    const char *reason;
    int64_t time;
};

/* What waits in an agent's space when the run ends, and the profile that would do it. */
struct pending_work {
    const char *agent;
    uint64_t imports;         /* for synchronisation */
    uint64_t exports;         /* for the connected system */
    const char *sync_profile; /* NULL: none */
    const char *export_profile;
};

struct run_record {
    uint64_t number;
    const char *agent;
    struct guid agent_id;
    const char *profile;
    struct guid profile_id;
    const char *user;
    long process; /* of the worker */
    int64_t start;
    int64_t end;
    const char *result;
    const char *text;
    bool dry; /* on a copy: nothing was kept */
    struct step_record *steps;
    size_t step_count;
    size_t steps_planned;
    struct pending_work *pending;
    size_t pending_count;
    struct approval_record *approvals; /* in the order of time */
    size_t approval_count;
};

/* Errors of objects, in all steps. */
unsigned record_error_count(const struct run_record *record);
/* The document "mactl/run/1"; record_from_json takes it back, its texts live in the
 * arena. False: it is no such document. */
json_t *record_json(const struct run_record *record);
bool record_from_json(struct arena *arena, const json_t *document,
                      struct run_record *out);

/* --- in the store ----------------------------------------------------------------- */

/* The number of a run that begins; taken for good with the commit of the batch. */
uint64_t record_next(struct batch *batch);
/* The highest number given so far, and the lowest that is still kept; 0: none. */
uint64_t record_last(struct batch *batch);
uint64_t record_first(struct batch *batch);
/* The record as it is now, in the batch. */
void record_put(struct batch *batch, const struct run_record *record);
/* MA_NOT_FOUND: there is no such run. */
enum ma_status record_get(struct batch *batch, struct arena *arena, uint64_t run,
                          struct run_record *out, struct ma_error *err);

/* What is wrong with one object: the document is kept as it is; takes it. */
void record_put_error(struct batch *batch, uint64_t run, unsigned step, unsigned index,
                      json_t *error);
/* An array of all errors of a step; step 0: of the run. The caller's. */
enum ma_status record_errors(struct batch *batch, uint64_t run, unsigned step,
                             json_t **out, struct ma_error *err);

/* An object behind a counter, with the DN that it had then. */
struct record_object {
    uint32_t agent;
    uint64_t id;
    const char *dn;
};
typedef VEC_OF(struct record_object) record_objects;
/* A chunk of them, encoded by record_object_add. */
void record_object_add(struct buf *chunk, uint64_t id, const char *dn);
/* It stands in another counter now: whoever reads the list does not see it. */
void record_object_remove(struct buf *chunk, uint64_t id);
void record_put_objects(struct batch *batch, uint64_t run, unsigned step,
                        enum counter counter, uint32_t agent, uint32_t chunk,
                        struct slice bytes);
/* Those of one counter, of all its agents where `agent` is 0. DNs live in the arena, the
 * list is the caller's. MA_BROKEN: a chunk is damaged. */
enum ma_status record_get_objects(struct batch *batch, struct arena *arena, uint64_t run,
                                  unsigned step, enum counter counter, uint32_t agent,
                                  record_objects *out, struct ma_error *err);

/* Forgets a run with all that belongs to it, and commits. */
enum ma_status record_forget(struct batch *batch, uint64_t run, struct ma_error *err);

/* Runs that have no end yet: they go on, or they died. */
struct open_run {
    uint64_t run;
    struct guid agent;
};
typedef VEC_OF(struct open_run) open_runs;
/* All of them, in the order of their numbers; the list is the caller's. */
enum ma_status record_open(struct batch *batch, open_runs *out, struct ma_error *err);
/* Whether it is one; record_put says so itself. */
void record_note_open(struct batch *batch, uint64_t run, const struct guid *agent,
                      bool open);
/* What is said of a run that nobody was there to record the end of. */
#define RECORD_DIED "the run died with its supervisor or the machine"
/* Ends a run that died, unless it has an end: its result is what `result` says, its open
 * step's too. */
enum ma_status record_close(struct store *store, uint64_t run, const char *result,
                            const char *text, struct ma_error *err);
/* The same for every run whose agent nobody works on, as `lives` says. */
enum ma_status record_close_dead(struct store *store,
                                 bool (*lives)(void *context, const struct guid *agent),
                                 void *context, const char *result, const char *text,
                                 struct ma_error *err);

#endif
