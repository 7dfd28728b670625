/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUN_ONE_OBJECT_H
#define RUN_ONE_OBJECT_H

#include "run/steps.h"

/*
 * One object from its system to all others: it is read from the system, where the agent
 * can read a single one, synchronised with all rules and scopes as in any run, and what
 * that makes pending for its connectors is exported. Other objects that wait, wait on.
 */
struct one_object {
    struct opened *opened;
    struct ledger *ledger;
    const struct extensions *extensions;
    const struct compiled_agent *agent;
    uint64_t object;
    struct run_record *record; /* of the ledger: counts the steps that come */
    bool exports;              /* else it ends with the synchronisation */
    bool lenient;              /* goes on where its system cannot be asked */
    bool dry;
    bool despite_staging;
};

/* MA_NOT_FOUND: the agent has no object with this DN. */
enum ma_status one_object_find(const struct opened *opened,
                               const struct compiled_agent *agent, const char *dn,
                               uint64_t *out, struct ma_error *err);
/* The gravest result of its steps; what ended it is in `why`. */
const char *one_object_run(const struct one_object *one, struct ma_error *why);

#endif
