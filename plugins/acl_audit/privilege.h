/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ACL_AUDIT_PRIVILEGE_H
#define ACL_AUDIT_PRIVILEGE_H

#include "access.h"

/*
 * What an account may do in its domain that no write-back needs: by being in a group of
 * administrators, or by what the list of the domain's head grants, there or to what lies
 * below. Denies are not weighed against it: a grant that a deny happens to stop is one
 * that somebody should take away.
 */
enum privilege_code {
    PRIVILEGE_ADMINISTRATOR,
    PRIVILEGE_EVERYTHING,
    PRIVILEGE_CHANGE_RIGHTS,
    PRIVILEGE_OWNERSHIP,
    PRIVILEGE_WRITE_ALL,
    PRIVILEGE_RESET,
    PRIVILEGE_SECRETS,
    PRIVILEGES
};

/* "IS-ADMINISTRATOR"; what is said of the account's name; what to do about it. */
const char *privilege_name(enum privilege_code code);
const char *privilege_cause(enum privilege_code code);
const char *privilege_remedy(enum privilege_code code);

struct privilege {
    enum privilege_code code;
    int ace; /* in the domain's list; -1: by membership */
};

/* Whether a feature is known to need it: then it is no more than that. */
bool privilege_is_of(enum privilege_code code, const char *feature);

/* By membership in a group of administrators. */
bool privilege_administrator(const struct access_token *token,
                             const unsigned char *domain_sid);
/* `sd` of the domain's head; NULL: not readable. Each code once; how many. */
size_t privilege_find(const struct descriptor *sd, const struct access_token *token,
                      const unsigned char *domain_sid,
                      struct privilege out[static PRIVILEGES]);

#endif
