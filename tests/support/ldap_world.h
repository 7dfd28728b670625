/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_LDAP_WORLD_H
#define TESTS_LDAP_WORLD_H

#include <sys/stat.h>

#include "hosted.h"
#include "ldap_script.h"

/*
 * The agent for Active Directory, bound to servers that are scripted: what a script says
 * of itself and of its people in most tests.
 */

/* The password is "secret". */
static inline void world_secret(struct hosted *h)
{
    static struct secret_source secret;
    static char password[128];

    hosted_text(h, "password", "secret");
    snprintf(password, sizeof password, "%s", hosted_path(h, "password"));
    chmod(password, 0600);
    secret = (struct secret_source){
        .name = "password", .kind = SECRET_FILE, .where = password};
    h->binding.secrets = &secret;
    h->binding.secret_count = 1;
}

/* How servers are spoken to; which, the test says by the parameter "server". */
static inline void script_bind(struct hosted *h, const struct ldap_script *script)
{
    static char port[16];

    snprintf(port, sizeof port, "%u", script->port);
    world_secret(h);
    hosted_param(h, "port", port);
    hosted_param(h, "authentication", "simple");
    hosted_param(h, "tls", "none");
    hosted_param(h, "allow-clear-password", "true");
    hosted_param(h, "login", "CN=svc");
}

/* A host, and one scripted server that it is bound to. */
static inline void world_begin(struct hosted *h, struct ldap_script *script)
{
    hosted_begin(h);
    script_begin(script);
    script_bind(h, script);
    hosted_param(h, "server", "127.0.0.1");
}

static inline void world_end(struct hosted *h, struct ldap_script *script)
{
    hosted_end(h);
    script_end(script);
}

static inline bool is_dirsync(const struct ldap_call *call)
{
    return strcmp(call->control, LDAP_CONTROL_X_DIRSYNC) == 0;
}

/* A full import asks for a cookie first. */
static inline bool first_cookie(struct ldap_call *call)
{
    if (!is_dirsync(call) || call->cookie[0] != '\0')
        return false;
    script_done(call, LDAP_SUCCESS, NULL, 0, "cookie0");
    return true;
}

#define GUID(n) "guid number 000" n

static inline void person(struct ldap_call *call, const char *dn, const char *guid)
{
    script_entry(call, dn, "objectGUID", guid, "objectClass", "user", NULL);
}

#endif
