/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HISTORY_RESULT_H
#define HISTORY_RESULT_H

#include "model/result.h"

/*
 * The result strings of steps and runs, as the product spells them: scripts match them
 * literally, so they are API. One table says of each how grave it is, whether the next
 * step of the profile still runs, and which exit code stands for it. A string that the
 * table does not know is treated by its beginning ("stopped-", "no-start-").
 */

/* What a result means for whoever started the run; the numbers are the exit codes. */
enum result_exit {
    RESULT_EXIT_OK = 0,
    RESULT_EXIT_FAILED = 1,
    RESULT_EXIT_WARNINGS = 3,
    RESULT_EXIT_OBJECT_ERRORS = 4,
    RESULT_EXIT_LIMIT = 5,
    RESULT_EXIT_BUSY = 6,
    RESULT_EXIT_UNREACHABLE = 7,
    RESULT_EXIT_PLUGIN = 9,
    RESULT_EXIT_INTERRUPTED = 130
};

#define RESULT_SUCCESS "success"
#define RESULT_RUNNING "in-progress"
#define RESULT_BUSY "call-failure"
/* "another synchronization is running" */
#define RESULT_BUSY_CODE "0x8023063D"
#define RESULT_SHUTDOWN "stopped-service-shutdown"
#define RESULT_CANCELLED "stopped-user-termination-from-wmi-or-ui"

bool result_is_known(const char *result);
enum result_exit result_exit(const char *result);
/* Whether the next step of the profile runs. */
bool result_continues(const char *result);
/* The graver of two; `a` where they are equally grave. */
const char *result_worse(const char *a, const char *b);

/* What the death of the worker by this signal stands for; `in_plugin`: it had a plugin
 * in use. Signal 0: it ended by itself without a word. */
const char *result_of_signal(int signal, bool in_plugin);

/* Every string of the table, for tests and the manual; NULL behind the last. */
const char *result_at(size_t index);

#endif
