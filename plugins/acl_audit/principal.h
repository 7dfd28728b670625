/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ACL_AUDIT_PRINCIPAL_H
#define ACL_AUDIT_PRINCIPAL_H

#include "access.h"
#include "membership.h"

/*
 * Who writes: the account of the agent, the group that should have the rights, and what
 * a domain controller of the objects' domain puts into the account's token (MS-ADTS
 * 3.1.1.4.5.19): its own SID and history, its groups nested to the end, those of the
 * domain of the objects, and the well-known ones of everybody who logs on over the
 * network, with what these are in.
 */
struct principal {
    const char *dn;
    const char *home;      /* DN of its domain */
    struct origin *origin; /* that knows it */
    const char *name;      /* sAMAccountName */
    unsigned char sid[68];
    bool disabled;
    struct access_token token; /* without the group, unless it is in it */
    const char *doubt;         /* what the token may lack; NULL: it is whole */
    const char *differs;    /* a SID that our own closure and the server's do not share */
    const char *stale;      /* a group that this very logon does not have yet */
    const char *group_dn;   /* NULL: there is none of that name */
    const char *group_name; /* as it was asked for; NULL: none was */
    unsigned char group_sid[68];
    bool group_is_distribution;
    bool group_is_out_of_scope; /* domain-local, of another domain than the objects */
    bool is_member;             /* of the group, as the token says */
    struct pool pool;
};

struct principal_request {
    /* The domain of the objects first; the others are where its groups may be. */
    const struct membership_place *places;
    size_t place_count;
    const char *account; /* DN */
    size_t home;         /* the place that has it */
    const char *group;   /* sAMAccountName; NULL: none is expected */
    bool check; /* compares the token with what the directory says by other ways */
    bool is_us; /* the connection is the account's own: it knows its token */
};

/* MA_NOT_FOUND: the account is gone. A group that is not there is no failure. */
enum ma_status principal_read(const struct principal_request *request,
                              struct principal *out, struct ma_error *err);
void principal_free(struct principal *principal);

#endif
