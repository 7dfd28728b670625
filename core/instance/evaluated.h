/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSTANCE_EVALUATED_H
#define INSTANCE_EVALUATED_H

#include "rules/program.h"
#include "store/store.h"

/*
 * Which rules the objects of an agent were last evaluated with, all of them: "rules" in
 * store/agent.h. With other rules a delta synchronisation would leave the work of the old
 * ones standing, so it becomes a full one, and `mactl status` tells before.
 */

/* NULL: a delta synchronisation will do. Else the reason, "the rules have changed". */
const char *evaluated_due(struct batch *batch, const struct program *program,
                          uint32_t agent);
/* Whatever was imported then waits in the queue: a delta synchronisation sees it all. */
bool evaluated_never(struct batch *batch, uint32_t agent);
/* Whether it was with rules other than these, or never. */
bool evaluated_otherwise(struct batch *batch, const struct program *program,
                         uint32_t agent);
/* Somebody wants them all evaluated once more. */
void evaluated_ask(struct batch *batch, uint32_t agent);
/* All of them were, with these rules. */
void evaluated_remember(struct batch *batch, const struct program *program,
                        uint32_t agent);

#endif
