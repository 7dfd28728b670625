/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACTL_FIX_APPLY_H
#define MACTL_FIX_APPLY_H

#include "secret_given.h"

/*
 * The second act of `mactl acl fix`: a plan is carried out, or a backup put back, with
 * the credentials of somebody who may.
 */
struct fix_options {
    const char *agent;
    const char *plan;          /* to carry out */
    const char *backup_to_put; /* to put back; one of the two */
    const char *backup;        /* to write; NULL: in the agent's folder */
    bool force;
    unsigned consents;
    const char *login; /* NULL: the agent's own account */
    const char *cache;
    struct secret_given *password; /* of the login */
};

enum exit_code fix_carry_out(const struct invocation *call,
                             const struct fix_options *options);

#endif
