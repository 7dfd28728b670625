/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RIGHTS_AUDIT_ROLE_H
#define RIGHTS_AUDIT_ROLE_H

#include "plugin/host.h"
#include "plugin/plugin.h"

/*
 * A session of a plugin of the audit role, about one agent: it is given the agent's own
 * parameters and secrets, unless somebody else's credentials take their place.
 */
struct audit_role_request {
    struct instance *instance;
    const struct agent *agent;
    const char *plugin;                 /* its name or file */
    const struct parameter *parameters; /* before those of the agent */
    size_t parameter_count;
    const char *password; /* instead of all secrets of the agent; NULL: those */
    struct host_sink sink;
};

struct audit_role {
    struct plugin *plugin;
    struct ma_host *host;
    const struct ma_audit *role;
    void *session;
    struct agent_binding binding;
    struct secret_source secret;
    const char *password;
};

/* MA_INVALID: the plugin has no such role. Closed after a failure, too. The password has
 * to live as long. */
enum ma_status audit_role_open(struct audit_role *out,
                               const struct audit_role_request *request,
                               struct ma_error *err);
void audit_role_close(struct audit_role *role);

#endif
