/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUN_STEPS_H
#define RUN_STEPS_H

#include "history/ledger.h"
#include "instance/opened.h"
#include "run/extensions.h"

/*
 * The kinds of steps of a run profile. Each takes one step through and answers with the
 * product's result string; what there is to say to the operator is in `err` (an empty
 * text: nothing). A failure of one step is its result: none of these ends the worker.
 */
struct step_context {
    struct opened *opened;
    struct ledger *ledger;
    const struct compiled_agent *agent;
    const struct step *step;
    const struct partition *partition; /* NULL: the agent has none, or the step all */
    const struct extensions *extensions;
    uint64_t only; /* imports and synchronisations: this object of the agent; 0: all */
    const id_list *exports; /* exports: these objects of the agent; NULL: all */
    bool dry; /* on a copy of the store: nothing may reach the connected system */
    bool despite_staging; /* exports, though in staging mode */
    bool evaluate_all; /* full synchronisations: also what is known to come to nothing */
};

/* Full and delta imports, drop files included. */
const char *step_import(const struct step_context *context, struct ma_error *err);
/* `full`: as the step says; changed rules make every synchronisation a full one. */
const char *step_sync(const struct step_context *context, bool full,
                      struct ma_error *err);
/* What is pending, or context->exports; in staging mode only into a drop file, unless
 * despite_staging. */
const char *step_export(const struct step_context *context, struct ma_error *err);
/* An export of which nothing is sent: counted, with what guards and agent will say. */
const char *step_export_dry(const struct step_context *context, struct ma_error *err);

/* Whether it synchronises, alone or behind its import. */
bool step_synchronises(const struct step *step);

/* The product's words for a step: "full-import" and "to-cs"; for drop files
 * "to-file,resume-from-file". `subtype` may come out NULL. */
const char *step_type_text(const struct step *step);
const char *step_subtype_text(const struct step *step, struct arena *arena);

/* How long a plugin may give no sign of life in this step, in seconds: its time limit and
 * a grace, or the silence that mactl.xml allows in any step, if that is less; 0: for
 * ever. */
uint32_t step_patience(const struct step_context *context);

/* On how many threads a synchronisation evaluates: sync-threads of mactl.xml. */
unsigned step_threads(const struct instance *instance);

/* One step from begin to end, with its place in the history. The result that was
 * recorded; what it says to the operator is in `err`. */
const char *step_run(const struct step_context *context, unsigned number,
                     struct ma_error *err);
/* The partition of a step: named, or the only selected one; *out NULL: the agent has
 * none. MA_NOT_FOUND, MA_INVALID: there is no such one, or it is not selected; `result`
 * has the product's string. */
enum ma_status step_partition(const struct agent *agent, const struct step *step,
                              const struct partition **out, const char **result,
                              struct ma_error *err);

#endif
