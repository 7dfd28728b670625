/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STAGE_DUE_H
#define STAGE_DUE_H

#include "config/config.h"
#include "store/store.h"

/*
 * Whether a partition needs a full import before the next delta import makes sense. A
 * complete full import remembers what was selected then, in "selection" of the partition
 * (store/agent.h): a delta import would never show what is selected only since, nor take
 * away what is not any more. Neither order nor case of the names counts.
 */

/* NULL: it does not. Else a reason, "the selected attributes have changed". `partition`
 * NULL: the agent has none. */
const char *due_full_import(struct batch *batch, uint32_t number,
                            const struct agent *agent, const struct partition *partition);
/* Whether a full import of it was complete. */
bool due_was_imported(struct batch *batch, uint32_t number,
                      const struct partition *partition);
/* Within the last batch of a complete full import. */
void due_remember(struct batch *batch, uint32_t number, const struct agent *agent,
                  const struct partition *partition);

#endif
