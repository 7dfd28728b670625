/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ACL_AUDIT_REMEDY_H
#define ACL_AUDIT_REMEDY_H

#include "cause.h"
#include "sddl.h"

/*
 * What to do about a cause: where, and which entry has to stand there. The least that
 * helps: one attribute, one class, the right to write, for the group. What needs a human
 * (a deny, AdminSDHolder, a schema) has no entry that a program may set.
 */
struct remedy_request {
    const struct cause_object *object;
    const struct cause_wish *wish;
    bool itself; /* the right is needed on this very object */
    const struct cause_answer *answer;
    const unsigned char *trustee; /* the group, or the account where there is none */
    const char *trustee_name;
    const char *account_dn;
    const char *group_dn;  /* NULL: none */
    const char *holder_dn; /* of AdminSDHolder */
};

struct remedy {
    const char *text;
    const char *place;   /* NULL: nowhere in particular */
    const char *grant;   /* SDDL of one ACE; NULL: no entry helps */
    const char *trustee; /* of it, by name */
};

/* Lives in the pool. */
struct remedy remedy_of(const struct remedy_request *request, struct pool *pool);

#endif
