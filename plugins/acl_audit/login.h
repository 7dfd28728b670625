/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ACL_AUDIT_LOGIN_H
#define ACL_AUDIT_LOGIN_H

#include "places.h"

/*
 * Whom a login means. An account is looked for where its name says it is, never first
 * where it is needed: two domains of one forest may each have a 'sync', and the rights of
 * the other one are no answer. A name that says no domain is looked for in all of the
 * forest. Where it means two accounts it is an error that names both.
 */
struct login_request {
    struct places *places;
    struct place *here; /* the domain of the objects */
    /* A DN, a SID, DOMAIN\name (short or DNS name), name@dns.domain, a user principal
     * name of any suffix, or a sAMAccountName */
    const char *login;
    const char *domain;        /* DNS name of its domain; "": as the login tells */
    const char *configuration; /* DN, where the forest lists its domains */
    struct pool *pool;         /* as long as the answer */
};

struct login_account {
    struct place *place;
    const char *dn;
};

/* MA_NOT_FOUND: nobody is called so; MA_INVALID: more than one is, or the domain that the
 * login names is none; MA_UNREACHABLE: that domain cannot be asked. */
enum ma_status login_find(const struct login_request *request, struct login_account *out,
                          struct ma_error *err);

#endif
