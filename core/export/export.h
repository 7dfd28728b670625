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

struct export_request {
    struct store *store;
    const struct program *program;
    const struct compiled_agent *agent;
    const struct partition *partition; /* NULL: all */
    const struct step *step;
    struct guard guard;
    uint32_t capabilities; /* of the plugin */
    /* Hands a batch to the agent: ma_agent.export_entries of its session. */
    enum ma_status (*send)(void *context, const struct ma_entry *const *entries,
                           size_t count, struct ma_error *err);
    void *context;
    struct history *history;
};

enum ma_status export_begin(struct export_step **out,
                            const struct export_request *request, struct ma_error *err);
/* All passes. `result`: the step's result string, "stopped-deletion-threshold-exceeded"
 * where a guard held. */
enum ma_status export_run(struct export_step *step, const char **result,
                          struct ma_error *err);
/* From the host while `send` runs: entries[index] of the batch in hand. */
enum ma_status export_result(struct export_step *step, size_t index,
                             const struct ma_result *outcome, struct ma_error *err);
void export_end(struct export_step *step);

/* The entry that an export would send for this object, for drop files and `mactl
 * pending`. */
const struct ma_entry *export_entry(struct batch *batch, struct arena *arena,
                                    const struct program *program,
                                    const struct compiled_agent *agent,
                                    const struct cs_object *object, struct ma_error *err);

#endif
