/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUN_FORESEE_H
#define RUN_FORESEE_H

#include "run/steps.h"

/*
 * What an export will run into, said before it is sent, and why, said after it. An agent
 * of Active Directory is asked by the audit of rights: first about what is pending, then
 * about each object that was refused with 8344, which names no attribute. It costs as
 * much as is pending, and nothing where nothing is. It never stops an export: an audit
 * that cannot be had is a remark.
 */
struct foresee;

/* NULL: the agent has no audit, or mactl.xml does not want it. */
struct foresee *foresee_begin(const struct step_context *context);
void foresee_end(struct foresee *foresee);

/* Its plugin may connect before it is asked; on any thread. NULL is fine. */
void foresee_prepare(struct foresee *foresee);
/* Asks about all that is pending: the step's note and the log say what will be refused.
 */
void foresee_pending(struct foresee *foresee);
/* A JSON array of findings on what was sent and refused so, for object_error.findings;
 * NULL: nothing is known. Lives until the next call. */
const char *foresee_explain(struct foresee *foresee, const struct ma_entry *entry,
                            const struct ma_result *result);

#endif
