/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HISTORY_RETENTION_H
#define HISTORY_RETENTION_H

#include "history/record.h"

/*
 * How long the history of runs is kept: so many days, and while it takes no more than so
 * many bytes. What still says something about the present is kept whatever its age: a run
 * that goes on; of each agent the last complete run, and the last that did a kind of step
 * in a partition, because its errors stand until the next; and a run whose exports
 * somebody has approved of. Applied at the end of a run.
 */
struct retention {
    int64_t days;   /* 0: for ever */
    uint64_t bytes; /* 0: any number */
};

/* Forgets what is neither young nor needed, and then the oldest that is not needed until
 * the rest fits. `gone`: how many runs. Another process that does the same at this moment
 * is left to it. */
enum ma_status retention_apply(struct store *store, const struct retention *retention,
                               unsigned *gone, struct ma_error *err);

#endif
