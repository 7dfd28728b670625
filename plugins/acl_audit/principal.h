/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ACL_AUDIT_PRINCIPAL_H
#define ACL_AUDIT_PRINCIPAL_H

#include "access.h"
#include "support/link.h"

/*
 * Who writes: the account of the agent, the group that should have the rights, and what
 * the domain controller puts into the account's token (MS-ADTS 3.1.1.4.5.19): its own SID
 * and history, its groups nested to the end, those of the domain of the objects, and the
 * well-known ones of everybody who logs on over the network, with what these are in.
 */
struct principal {
    const char *dn;
    const char *name; /* sAMAccountName */
    unsigned char sid[68];
    bool disabled;
    struct access_token token; /* without the group, unless it is in it */
    const char *group_dn;      /* NULL: there is none of that name */
    const char *group_name;    /* as it was asked for; NULL: none was */
    unsigned char group_sid[68];
    bool group_is_distribution;
    bool group_is_domain_local;
    bool is_member; /* of the group, as the token says */
    struct pool pool;
};

struct principal_request {
    const char *domain; /* DN of the domain */
    const char *login;  /* DN, user@domain, DOMAIN\user or sAMAccountName */
    const char *group;  /* sAMAccountName; NULL: none is expected */
};

/* MA_NOT_FOUND: no such account. A group that is not there is no failure. */
enum ma_status principal_read(struct link *link, const struct principal_request *request,
                              struct principal *out, struct ma_error *err);
void principal_free(struct principal *principal);

/* Escapes a value for a filter (RFC 4515). */
const char *principal_escape(struct pool *pool, const char *data, size_t length);

#endif
