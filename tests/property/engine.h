/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROPERTY_ENGINE_H
#define PROPERTY_ENGINE_H

#include "apply.h"
#include "config/instance.h"
#include "export/export.h"
#include "feed.h"
#include "rules/program.h"
#include "store/cs.h"
#include "store/mv.h"
#include "system.h"

/*
 * An instance in a temporary folder, and the steps that work on it: the engine's own
 * staging, synchronisation and export between a real store and the three systems. Steps
 * may run in a process of their own that is killed at a chosen commit; what the systems
 * hold, and what is known of the whole, lies in memory that outlives it.
 */

/* What may be changed of the configuration; the data folder has each as the first word
 * says, the second is what it is changed to. */
enum variant {
    VARIANT_EVERYBODY = 1, /* HR: in scope, whatever the status */
    VARIANT_PROVISION_ALL = 2,
    VARIANT_NO_USERS = 4,     /* nobody is provisioned to the directory any more */
    VARIANT_PHONES_TITLE = 8, /* the title of Phones ranks above that of HR */
    VARIANT_NO_MAIL = 16,     /* no mail flows to the directory */
    VARIANT_NO_PHONE = 32,    /* no phone flows in */
    VARIANT_NO_JOIN = 64      /* entries of Phones join nobody any more */
};
enum { VARIANT_BITS = 7, SCOPES = 8 }; /* the first three say who is wanted */

enum { FAILURE = 2000 };

/* A drop file of a system, and what is in it. */
struct sys_file {
    bool here;
    struct system then;
};

/* Shared with the processes that die. */
struct shared {
    struct system systems[SYSTEMS];
    struct sys_file files[SYSTEMS];
    unsigned variant;
    uint64_t runs;
    /* Since all was at rest: which scopes were in force, and for each, in force or not,
     * keys of who was once not wanted by it. What an import showed then may meet a scope
     * of later. */
    bool in_force[SCOPES];
    uint64_t unwanted[SCOPES];
    bool rules_are_new[SYSTEMS]; /* the next synchronisation evaluates everything */
    char violation[VIOLATION];
    char failure[FAILURE];
    const char *kind; /* of the failure: two of one format are alike */
};

struct engine {
    char folder[80];
    struct shared *shared;
    struct instance *instance;
    struct config *config;
    struct store *store;
    struct program *program;
    struct history history; /* engine_of() finds the engine by it */
    uint64_t counts[COUNTER_COUNT];
    unsigned discovery_errors;
    bool resumed;     /* the last import began in the middle */
    struct buf heard; /* errors of the last step, a line each */
    struct arena arena;
    struct ma_error err;
};

/* True where the call went well; else the failure is kept in `shared`. */
#define ENGINE_OK(e, call) engine_ok((e), (call), #call)
bool engine_ok(struct engine *e, enum ma_status status, const char *what);
/* The first one stays. */
void engine_fail(struct engine *e, const char *fmt, ...) MA_PRINTF(2, 3);
bool engine_failed(const struct engine *e);

/* `folder` is made, and removed by engine_end. */
bool engine_begin(struct engine *e, struct shared *shared);
void engine_end(struct engine *e);
/* The store and what is compiled with its names; closed while another process has it. */
bool engine_open(struct engine *e);
void engine_close(struct engine *e);
/* Another configuration from here on. */
bool engine_configure(struct engine *e, unsigned variant);

const struct compiled_agent *engine_agent(const struct engine *e, unsigned system);
/* A number that only belongs to this step. */
uint64_t engine_next_run(struct engine *e);

struct import_fault {
    bool whole;
    bool cannot_read;
    bool from_file; /* the drop file, which may be old */
    unsigned cut_after;
    unsigned reject_at;
    unsigned loss_percent; /* guard; 0: none */
};
/* All of the system as it is, into its drop file. */
void engine_drop(struct engine *e, unsigned system);
/* The result string; NULL where it failed in a way that no fault explains. */
const char *engine_import(struct engine *e, unsigned system, bool full,
                          const struct import_fault *fault);
const char *engine_sync(struct engine *e, unsigned system, bool full);
const char *engine_export(struct engine *e, unsigned system, const struct apply *fault);

/* What an export came to that a guard may hold back. */
struct exported {
    bool stopped;
    struct export_set set;
    unsigned sent;
    unsigned deletes; /* that were done */
};
const char *engine_export_within(struct engine *e, unsigned system,
                                 const struct apply *fault, const struct guard *guard,
                                 struct exported *out);

/* Rules in a few words: whom the configuration wants. */
bool engine_wants_person(const struct shared *shared, int entry);
bool engine_wants_user(const struct shared *shared, int entry);
/* What people did, or another configuration: who is not wanted now is steady no more. */
void engine_note_wanted(struct shared *shared);
/* What an old file says of HR may be believed from now on. */
void engine_note_unwanted(struct shared *shared, const struct system *hr);
/* What the engine had merged into an entry is not its own any more. */
void engine_give_to_people(struct sys_entry *entry);
/* All is at rest: who is wanted now is steady. */
void engine_settle(struct shared *shared);
/* Keys of those whom nothing that was ever true since all was at rest could make
 * unwanted. */
uint64_t engine_steady(const struct shared *shared);

#endif
