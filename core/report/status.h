/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_STATUS_H
#define REPORT_STATUS_H

#include "history/beacon.h"
#include "history/record.h"
#include "instance/opened.h"
#include "instance/staging.h"
#include "report/standing.h"
#include "show/show.h"

/*
 * How an instance is at this moment: what runs, when each agent last did well, what
 * waits, what needs more than a delta and why, what fails, and what an operator should
 * know besides. Read from the last commit and from the beacons; nothing is changed.
 */
struct status_need {
    const char *partition; /* of a full import; NULL: the agent has none, or a rule */
    const char *because;
};

struct status_agent {
    const struct agent *agent;
    struct run_record last; /* that ended; agent NULL: none */
    struct run_record good; /* the last whose exit code is 0 */
    uint64_t imports;       /* that wait for synchronisation */
    uint64_t exports;
    uint64_t unconfirmed;
    struct standing_count errors;
    const struct status_need *full_imports;
    size_t full_import_count;
    const char *full_sync; /* why; NULL: a delta will do */
};

struct status {
    struct staging staging;
    struct beacon_state *running;
    size_t running_count;
    struct status_agent *agents;
    size_t agent_count;
    const char **notes;
    size_t note_count;
};

/* Everything lives in the arena, or as long as `opened`. A failure is the store's. */
enum ma_status status_read(struct status *out, struct arena *arena,
                           const struct opened *opened, struct batch *batch,
                           struct ma_error *err);

/* Another number whenever there may be something new to read; asked often, so it looks
 * at times of files only. */
uint64_t status_token(const char *folder);

#endif
