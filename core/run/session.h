/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUN_SESSION_H
#define RUN_SESSION_H

#include "history/ledger.h"
#include "instance/opened.h"
#include "plugin/host.h"
#include "plugin/plugin.h"

/*
 * An agent's plugin in use: loaded, given its host, a session open. What refuses it is
 * named by the result string that the product has for the case.
 */
struct session {
    struct plugin *plugin;
    struct ma_host *host;
    const struct ma_agent *agent; /* what it can do */
    void *handle;                 /* its own */
    struct ledger *ledger;        /* as in the request */
};

struct session_request {
    const struct opened *opened;
    const struct compiled_agent *agent;
    const struct step *step; /* its parameters; NULL: none */
    uint32_t needs;          /* enum ma_capability: what the step cannot do without */
    struct host_sink sink;
    struct ledger *ledger; /* told of every call */
};

/* Ended by session_close, which takes a zeroed one, too; where it fails *out is left
 * alone. MA_NOT_FOUND, MA_INVALID: there is no such plugin, or it cannot do what is
 * needed; else what the plugin says. `result` has the product's string for it. */
enum ma_status session_open(struct session *out, const struct session_request *request,
                            const char **result, struct ma_error *err);
void session_close(struct session *session);
/* Around a call through `agent`: its name, and the object it begins with or NULL. */
void session_calls(const struct session *session, const char *call, const char *object);
void session_called(const struct session *session);

#endif
