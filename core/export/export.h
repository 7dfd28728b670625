/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPORT_EXPORT_H
#define EXPORT_EXPORT_H

#include "rules/program.h"
#include "store/history.h"
#include "store/store.h"

/*
 * One export step: pending exports of an agent's connector space are put in order,
 * recorded as in flight, handed to the agent in batches, and settled by what the agent
 * reports of each. The guards are checked before the first write. An object whose outcome
 * a dead run did not learn is offered again.
 *
 * The agent reports through export_result, which the run connects to the host's
 * `exported`.
 */
struct export_step;

/* What the guards count, of all partitions. */
enum guarded {
    GUARDED_DELETES, /* and delete-adds */
    GUARDED_UPDATES,
    GUARDED_RENAMES,
    GUARDED_MEMBER_REMOVALS,  /* values of references of many values */
    GUARDED_ATTRIBUTE_CLEARS, /* attributes that had values and shall have none */
    GUARDED_COUNT
};

enum { SET_DIGEST = 16 };

/* Everything that an export of the agent would send now. */
struct export_set {
    uint64_t of[GUARDED_COUNT];
    uint64_t members;            /* that the groups have that lose some */
    char id[2 * SET_DIGEST + 1]; /* the same as long as the set is the same */
    uint64_t held; /* the largest count that a guard holds back; 0: none does */
};

struct export_request {
    struct store *store;
    const struct program *program;
    const struct compiled_agent *agent;
    const struct partition *partition; /* NULL: all */
    const struct step *step;
    struct guard guard;
    uint32_t capabilities; /* of the plugin */
    uint32_t least_batch;  /* of the plugin: ma_agent.least_batch */
    /* Hands a batch to the agent: ma_agent.export_entries of its session. */
    enum ma_status (*send)(void *context, const struct ma_entry *const *entries,
                           size_t count, struct ma_error *err);
    bool apart; /* `send` is called on a thread of its own: while the agent is busy with a
                   batch, the next is prepared */
    /* More about an entry that was refused: for object_error.findings. Lives until the
     * next call. NULL: nobody knows more. On the thread of export_run. */
    const char *(*explain)(void *context, const struct ma_entry *entry,
                           const struct ma_result *outcome);
    void *context;
    struct history *history;
    const id_list *only; /* these objects and no others; NULL: all that is pending */
};

enum ma_status export_begin(struct export_step **out,
                            const struct export_request *request, struct ma_error *err);
/* All passes. *result is the step's result string; a status besides MA_OK is the reason,
 * for the operator, of a step that stopped: MA_LIMIT (a guard: nothing was sent; a
 * limit), MA_CANCELLED, what `send` answered. *result NULL: the store failed. */
enum ma_status export_run(struct export_step *step, const char **result,
                          struct ma_error *err);
/* These three from the host while `send` runs, on its thread. What became of
 * entries[index]; the entries of export_more are counted on. */
enum ma_status export_result(struct export_step *step, size_t index,
                             const struct ma_result *outcome, struct ma_error *err);
/* The next batch, recorded as on its way, for an agent that need not return to be given
 * it. *count 0: there is none; with `wait` it waits for one, about a second. *over: none
 * will come during this call. An entry lives until it is reported on. */
enum ma_status export_more(struct export_step *step, bool wait,
                           const struct ma_entry *const **entries, size_t *count,
                           bool *over, struct ma_error *err);
/* The entry behind entries[index], before that is reported on; NULL: none, or in another
 * batch. */
const struct ma_entry *export_next(struct export_step *step, size_t index);
void export_end(struct export_step *step);

/* What was planned, and what the guards say to it; export_run asks them itself. MA_LIMIT
 * as there. */
const struct export_set *export_planned(const struct export_step *step);
enum ma_status export_check(struct export_step *step, const char **result,
                            struct ma_error *err);
/* The approval that let the set go; NULL: none was needed. Lives as long as the step. */
const struct export_approval *export_approved(const struct export_step *step);
/* The set as it is now, for whoever looks on; nothing is written, `held` is not set. */
enum ma_status export_pending_set(struct batch *batch, uint32_t agent,
                                  struct export_set *out, struct ma_error *err);

/* What a change that was sent counts as. */
enum counter export_counter(const struct delta *delta);

/* The number of the last export step of this agent, and of the last that went well. */
void export_counters(struct batch *batch, uint32_t agent, uint64_t *current,
                     uint64_t *successful);

/* The entry that an export would send for this object, for drop files and `mactl
 * pending`. NULL, with MA_NOT_FOUND, where nothing is pending. */
const struct ma_entry *export_entry(struct batch *batch, struct arena *arena,
                                    const struct program *program,
                                    const struct compiled_agent *agent,
                                    const struct cs_object *object, struct ma_error *err);
/* The object as the last import showed it, without attributes of many values: what an
 * agent may decide by. NULL, with MA_NOT_FOUND, where none has shown it. */
const struct ma_entry *export_stored_entry(struct batch *batch, struct arena *arena,
                                           const struct program *program,
                                           const struct compiled_agent *agent,
                                           const struct cs_object *object,
                                           struct ma_error *err);

#endif
