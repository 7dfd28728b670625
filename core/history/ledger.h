/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HISTORY_LEDGER_H
#define HISTORY_LEDGER_H

#include <signal.h>

#include "history/event.h"
#include "history/pulse.h"
#include "history/record.h"
#include "rules/program.h"
#include "store/history.h"

/*
 * The run's half of struct history: it counts, keeps object lists and errors, tells the
 * supervisor how it goes, and says when to stop. What it gathers goes into the store in
 * transactions of its own, at the beginning and the end of a step and between pages of an
 * import when much has gathered; dying in between loses counts, never objects.
 */

/* Why a step is asked to stop. */
enum ledger_stop {
    STOP_NOT,
    STOP_USER,     /* Ctrl-C, SIGTERM, mactl stop */
    STOP_ORPHANED, /* the supervisor is gone */
    STOP_ERRORS    /* too many objects failed */
};

enum { LEDGER_ERROR_LIMIT = 5000 };

struct ledger_request {
    struct store *store;
    const struct program *program;
    struct run_record *record; /* number, agent ... filled in; steps are added here */
    int events;                /* fd; -1: nobody listens */
    const volatile sig_atomic_t *interrupted; /* an enum ledger_stop; NULL: never */
    unsigned error_limit;                     /* 0: LEDGER_ERROR_LIMIT */
    struct pulse *pulse;                      /* NULL: nobody watches */
};

struct ledger;

/* Gives the run its number and writes its record. Ended by ledger_free. */
enum ma_status ledger_begin(struct ledger **out, const struct ledger_request *request,
                            struct ma_error *err);
/* What steps tell; it is the ledger's own. */
struct history *ledger_history(struct ledger *ledger);

/* Opens a step; the texts of `step` must live as long as the ledger. Of this and of all
 * below that write, a failure is the store's. */
enum ma_status ledger_step(struct ledger *ledger, const struct step_record *step,
                           struct ma_error *err);
/* The open step, to be filled in. */
struct step_record *ledger_current(struct ledger *ledger);
/* Between two pages, when nobody holds what was read from the store: what has gathered
 * goes there, if it is much. */
enum ma_status ledger_save(struct ledger *ledger, struct ma_error *err);
/* Ends it; `text` NULL: there is nothing to say. Gives the result that was recorded: a
 * stop is named by its cause. */
enum ma_status ledger_step_end(struct ledger *ledger, const char *result,
                               const char *text, const char **recorded,
                               struct ma_error *err);
/* The end of the run, likewise; whoever listens is told with the whole record. */
enum ma_status ledger_end(struct ledger *ledger, const char *result, const char *text,
                          struct ma_error *err);
void ledger_free(struct ledger *ledger);

/* A sign of life, for the progress and for whoever waits for a plugin that hangs. */
void ledger_alive(struct ledger *ledger);
/* For the progress alone. */
void ledger_tick(struct ledger *ledger);
/* These from any thread, as long as the step is open; of calls one at a time. */
enum ledger_stop ledger_stopped(const struct ledger *ledger);
/* For whoever waits for a plugin that hangs. */
void ledger_beat(struct ledger *ledger);
void ledger_log(struct ledger *ledger, enum ma_level level, const char *text);
/* From here on a plugin may be silent for so many seconds; 0: for ever. */
void ledger_patience(struct ledger *ledger, uint32_t seconds);
/* Around each call of a plugin: "export_entries of file_ma", and the object it is about
 * (NULL: none, or many). */
void ledger_calls(struct ledger *ledger, const char *call, const char *object);
/* The object that the call has come to. */
void ledger_at(struct ledger *ledger, const char *object);
void ledger_called(struct ledger *ledger);

/* How many objects the open step counted in this counter, of all agents. */
uint64_t ledger_count(const struct ledger *ledger, enum counter counter);
unsigned ledger_errors(const struct ledger *ledger);

#endif
