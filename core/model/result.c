/* SPDX-License-Identifier: Apache-2.0 */
#include "model/result.h"

static const struct {
    const char *before;
    const char *during;
} results[] = {
    [MA_OK] = {"success", "success"},
    [MA_INVALID] = {"no-start-bad-ma-configuration", "stopped-unexpected-data"},
    [MA_NOT_FOUND] = {"no-start-file-not-found", "stopped-ma"},
    [MA_CONFLICT] = {"no-start-ma", "stopped-ma"},
    [MA_DENIED] = {"no-start-credentials", "stopped-bad-server-credentials"},
    [MA_UNREACHABLE] = {"no-start-connection", "stopped-server-down"},
    [MA_CANCELLED] = {"stopped-user-termination-from-wmi-or-ui",
                      "stopped-user-termination-from-wmi-or-ui"},
    [MA_NO_MEMORY] = {"stopped-out-of-memory", "stopped-out-of-memory"},
    [MA_BROKEN] = {"stopped-extension-dll-exception", "stopped-extension-dll-exception"},
    [MA_LIMIT] = {"stopped-object-limit", "stopped-object-limit"},
    [MA_FULL_NEEDED] = {"no-start-full-import-required", "no-start-full-import-required"},
    /* Whoever answers was reached: the product has no string that says it never began. */
    [MA_UNEXPECTED] = {"stopped-unexpected-data", "stopped-unexpected-data"},
};

const char *result_of_status(enum ma_status status, enum result_phase phase)
{
    if ((size_t)status >= sizeof results / sizeof results[0])
        status = MA_BROKEN; /* an agent's own number */
    return phase == RESULT_BEFORE ? results[status].before : results[status].during;
}
