/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SYNC_TASK_H
#define SYNC_TASK_H

#include "sync/unit.h"

/*
 * A unit to be done: begun, run, and settled. Each is atomic: it is kept, or taken back
 * with one error for its object to carry.
 */
struct inbound_options;

struct task {
    /* Does the work and ends with task_settle. */
    enum ma_status (*run)(struct unit *unit, const struct task *task,
                          struct ma_error *err);
    uint32_t space; /* of the object `id` */
    uint64_t id;
    bool whole; /* never by value */
    const struct inbound_options *options;
};

/* By value first, unless all is to be looked at anyway. */
enum ma_status task_do(struct sync *sync, const struct task *task, struct ma_error *err);
/* Keeps the unit, or takes it back and lets the object carry the error. `status`: of the
 * work. */
enum ma_status task_settle(struct unit *unit, uint32_t agent, uint64_t id,
                           enum ma_status status, struct ma_error *err);

#endif
