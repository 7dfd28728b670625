/* SPDX-License-Identifier: Apache-2.0 */
#include "history/result.h"

#include <signal.h>

/* Each kind is graver than the one before it. */
enum gravity {
    RUNNING,
    FINE,
    NOTHING_FOUND,
    TRANSIENT,
    WARNED,
    SYNC_ERRORS,
    EXPORT_ERRORS,
    DISCOVERY_ERRORS,
    NOT_STARTED,
    STOPPED
};

static const struct {
    const char *text;
    enum gravity gravity;
    enum result_exit code;
} table[] = {
    {RESULT_SUCCESS, FINE, RESULT_EXIT_OK},
    {RESULT_RUNNING, RUNNING, RESULT_EXIT_OK},
    {"completing-referential-updates", RUNNING, RESULT_EXIT_OK},
    {"completing-obsoletion", RUNNING, RESULT_EXIT_OK},
    {"completed-no-objects", NOTHING_FOUND, RESULT_EXIT_OK},
    {"completed-transient-objects", TRANSIENT, RESULT_EXIT_WARNINGS},
    {"completed-warnings", WARNED, RESULT_EXIT_WARNINGS},
    {"completed-sync-errors", SYNC_ERRORS, RESULT_EXIT_OBJECT_ERRORS},
    {"completed-export-errors", EXPORT_ERRORS, RESULT_EXIT_OBJECT_ERRORS},
    {"completed-discovery-errors", DISCOVERY_ERRORS, RESULT_EXIT_OBJECT_ERRORS},

    {"no-start-credentials", NOT_STARTED, RESULT_EXIT_UNREACHABLE},
    {"no-start-connection", NOT_STARTED, RESULT_EXIT_UNREACHABLE},
    {"no-start-no-domain-controller", NOT_STARTED, RESULT_EXIT_UNREACHABLE},
    {"no-start-file-not-found", NOT_STARTED, RESULT_EXIT_BUSY},
    {"no-start-file-access-denied", NOT_STARTED, RESULT_EXIT_BUSY},
    {"no-start-file-sharing-violation", NOT_STARTED, RESULT_EXIT_BUSY},
    {"no-start-file-open", NOT_STARTED, RESULT_EXIT_BUSY},
    {"no-start-file-code-page", NOT_STARTED, RESULT_EXIT_BUSY},
    {"no-start-file-contains-incorrect-step-type", NOT_STARTED, RESULT_EXIT_BUSY},
    {"no-start-header-row-mismatch", NOT_STARTED, RESULT_EXIT_BUSY},
    {"no-start-database-permission", NOT_STARTED, RESULT_EXIT_BUSY},
    {"no-start-database-table", NOT_STARTED, RESULT_EXIT_BUSY},
    {"no-start-database-schema-mismatch", NOT_STARTED, RESULT_EXIT_BUSY},
    {"no-start-ma-working-directory", NOT_STARTED, RESULT_EXIT_BUSY},
    {"no-start-full-import-required", NOT_STARTED, RESULT_EXIT_BUSY},
    {"no-start-bad-ma-configuration", NOT_STARTED, RESULT_EXIT_BUSY},
    {"no-start-partition-not-configured", NOT_STARTED, RESULT_EXIT_BUSY},
    {"no-start-partition-rename", NOT_STARTED, RESULT_EXIT_BUSY},
    {"no-start-partition-delete", NOT_STARTED, RESULT_EXIT_BUSY},
    {"no-start-no-partition-delete", NOT_STARTED, RESULT_EXIT_BUSY},
    {"no-start-change-log-not-enabled", NOT_STARTED, RESULT_EXIT_BUSY},
    {"no-start-delta-step-type-not-configured", NOT_STARTED, RESULT_EXIT_BUSY},
    {"no-start-no-steps-in-profile", NOT_STARTED, RESULT_EXIT_BUSY},
    {"no-start-server", NOT_STARTED, RESULT_EXIT_BUSY},
    {"no-start-ma", NOT_STARTED, RESULT_EXIT_BUSY},
    {"missing-partition-for-run-step", NOT_STARTED, RESULT_EXIT_BUSY},
    {RESULT_BUSY, NOT_STARTED, RESULT_EXIT_BUSY},
    {"connection-failure", NOT_STARTED, RESULT_EXIT_UNREACHABLE},

    {"stopped-connectivity", STOPPED, RESULT_EXIT_UNREACHABLE},
    {"stopped-server-down", STOPPED, RESULT_EXIT_UNREACHABLE},
    {"stopped-bad-server-credentials", STOPPED, RESULT_EXIT_UNREACHABLE},
    {RESULT_CANCELLED, STOPPED, RESULT_EXIT_INTERRUPTED},
    {"stopped-user-termination-from-extension", STOPPED, RESULT_EXIT_FAILED},
    {RESULT_SHUTDOWN, STOPPED, RESULT_EXIT_FAILED},
    {"stopped-object-limit", STOPPED, RESULT_EXIT_LIMIT},
    {"stopped-deletion-limit", STOPPED, RESULT_EXIT_LIMIT},
    {"stopped-deletion-threshold-exceeded", STOPPED, RESULT_EXIT_LIMIT},
    {"stopped-update-threshold-exceeded", STOPPED, RESULT_EXIT_LIMIT},
    {"stopped-rename-threshold-exceeded", STOPPED, RESULT_EXIT_LIMIT},
    {"stopped-member-removal-threshold-exceeded", STOPPED, RESULT_EXIT_LIMIT},
    {"stopped-attribute-clear-threshold-exceeded", STOPPED, RESULT_EXIT_LIMIT},
    {"stopped-error-limit", STOPPED, RESULT_EXIT_LIMIT},
    {"stopped-parsing-errors", STOPPED, RESULT_EXIT_FAILED},
    {"stopped-import-read", STOPPED, RESULT_EXIT_FAILED},
    {"stopped-export-write", STOPPED, RESULT_EXIT_FAILED},
    {"stopped-bad-ma-configuration", STOPPED, RESULT_EXIT_FAILED},
    {"stopped-file-embedded-nulls", STOPPED, RESULT_EXIT_FAILED},
    {"stopped-file-error", STOPPED, RESULT_EXIT_FAILED},
    {"stopped-failed-to-delete-file", STOPPED, RESULT_EXIT_FAILED},
    {"stopped-code-page-conversion", STOPPED, RESULT_EXIT_FAILED},
    {"stopped-change-log-out-of-order", STOPPED, RESULT_EXIT_FAILED},
    {"stopped-deadlocked", STOPPED, RESULT_EXIT_FAILED},
    {"stopped-database-connection-lost", STOPPED, RESULT_EXIT_FAILED},
    {"stopped-database-disk-full", STOPPED, RESULT_EXIT_FAILED},
    {"stopped-disk-full", STOPPED, RESULT_EXIT_FAILED},
    {"stopped-out-of-memory", STOPPED, RESULT_EXIT_FAILED},
    {"stopped-server", STOPPED, RESULT_EXIT_FAILED},
    {"stopped-ma", STOPPED, RESULT_EXIT_FAILED},
    {"stopped-export-disabled", STOPPED, RESULT_EXIT_BUSY},
    {"stopped-unexpected-data", STOPPED, RESULT_EXIT_FAILED},
    {"stopped-entry-point-not-implemented", STOPPED, RESULT_EXIT_PLUGIN},
    {"stopped-extensible-extension-error", STOPPED, RESULT_EXIT_PLUGIN},
    {"stopped-entry-export-error", STOPPED, RESULT_EXIT_FAILED},
    {"stopped-error-in-end-connection", STOPPED, RESULT_EXIT_PLUGIN},
    {"stopped-ma-extension-error-in-end-connection", STOPPED, RESULT_EXIT_PLUGIN},
    {"stopped-ma-extension-timeout", STOPPED, RESULT_EXIT_PLUGIN},
    {"stopped-password-extension-timeout", STOPPED, RESULT_EXIT_PLUGIN},
    {"stopped-password-extension-not-configured", STOPPED, RESULT_EXIT_FAILED},
    {"stopped-extension-dll-access", STOPPED, RESULT_EXIT_PLUGIN},
    {"stopped-extension-dll-ambiguous", STOPPED, RESULT_EXIT_PLUGIN},
    {"stopped-extension-dll-exception", STOPPED, RESULT_EXIT_PLUGIN},
    {"stopped-extension-dll-file-not-found", STOPPED, RESULT_EXIT_PLUGIN},
    {"stopped-extension-dll-instantiation", STOPPED, RESULT_EXIT_PLUGIN},
    {"stopped-extension-dll-invalid-assembly", STOPPED, RESULT_EXIT_PLUGIN},
    {"stopped-extension-dll-load", STOPPED, RESULT_EXIT_PLUGIN},
    {"stopped-extension-dll-missing-dependency", STOPPED, RESULT_EXIT_PLUGIN},
    {"stopped-extension-dll-no-implementation", STOPPED, RESULT_EXIT_PLUGIN},
    {"stopped-extension-dll-not-configured-for-ma", STOPPED, RESULT_EXIT_PLUGIN},
    {"stopped-extension-dll-not-configured-for-mv", STOPPED, RESULT_EXIT_PLUGIN},
    {"stopped-extension-dll-updated-version", STOPPED, RESULT_EXIT_PLUGIN},
};

enum { KNOWN = sizeof table / sizeof table[0] };

static size_t place_of(const char *result)
{
    size_t i = 0;

    while (i < KNOWN && strcmp(table[i].text, result) != 0)
        i++;
    return i;
}

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static enum gravity gravity_of(const char *result)
{
    size_t i = place_of(result);

    if (i < KNOWN)
        return table[i].gravity;
    if (begins(result, "completed-"))
        return WARNED;
    return begins(result, "no-start-") ? NOT_STARTED : STOPPED;
}

bool result_is_known(const char *result)
{
    return place_of(result) < KNOWN;
}

enum result_exit result_exit(const char *result)
{
    size_t i = place_of(result);

    if (i < KNOWN)
        return table[i].code;
    switch (gravity_of(result)) {
    case WARNED:
        return RESULT_EXIT_WARNINGS;
    case NOT_STARTED:
        return RESULT_EXIT_BUSY;
    default:
        return RESULT_EXIT_FAILED;
    }
}

bool result_continues(const char *result)
{
    return gravity_of(result) < DISCOVERY_ERRORS;
}

const char *result_worse(const char *a, const char *b)
{
    return gravity_of(b) > gravity_of(a) ? b : a;
}

const char *result_of_signal(int signal, bool in_plugin)
{
    switch (signal) {
    case SIGSEGV:
    case SIGBUS:
    case SIGFPE:
    case SIGILL:
    case SIGABRT:
    case SIGSYS:
        return in_plugin ? "stopped-extension-dll-exception" : "stopped-server";
    case 0:
        return in_plugin ? "stopped-extension-dll-exception" : "stopped-server";
    default: /* killed from outside */
        return RESULT_SHUTDOWN;
    }
}

const char *result_at(size_t index)
{
    return index < KNOWN ? table[index].text : NULL;
}
