/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RIGHTS_ENROLL_H
#define RIGHTS_ENROLL_H

#include "rights/grant.h"

/*
 * The agent's account as a member of the group that its rights are given to, by somebody
 * who may do that: through the plugin that audits those rights.
 */
struct enroll_request {
    struct instance *instance;
    const struct agent *agent;
    const char *plugin;
    struct grant_admin admin;
    const char *account; /* of the agent */
    const char *group;   /* its name; NULL: the plugin's fallback */
    bool member;         /* false: no more */
};

struct enrolled {
    const char *group;  /* DN; NULL: there is none */
    const char *made;   /* "made", "was there" */
    const char *name;   /* what grants name the group by */
    const char *member; /* DN of the account */
    const char *joined; /* "added", "was a member", "taken out", "was no member" */
};

/* Texts live in the arena. MA_INVALID: the plugin cannot. */
enum ma_status enroll_account(const struct enroll_request *request, struct arena *arena,
                              struct enrolled *out, struct ma_error *err);

#endif
