/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ACL_AUDIT_MEMBERSHIP_H
#define ACL_AUDIT_MEMBERSHIP_H

#include "origin.h"

/*
 * Which security groups somebody is in, however deep, as the token of a logon at a domain
 * controller of the first place would have them (MS-ADTS 3.1.1.4.5.19): global and
 * universal groups of all places, domain-local ones of the first alone. A principal of
 * another forest is a member through the object that stands for its SID in
 * CN=ForeignSecurityPrincipals. A distribution group gives nothing, nor do the groups
 * that it is in.
 */
struct membership_place {
    struct origin *origin;
    const char *domain; /* DN */
};

struct member {
    const char *dn; /* NULL: known by its SID alone */
    const unsigned char *sid;
    bool by_sid; /* a domain controller knows who has the SID: it is asked by it */
};

enum { MEMBERS_MOST = 4096 }; /* four times what a token can hold */

struct membership {
    struct pool *pool; /* somebody else's */
    struct member *members;
    size_t count;
    size_t capacity;
    size_t closed;      /* whose groups are there, too */
    bool full;          /* there are more than MEMBERS_MOST */
    const char *lacked; /* what a dump names and does not have; NULL: nothing */
};

/* Copies both; what is known already is not added again. `sid` is as long as it may
 * be; what is none is passed over. */
void membership_add(struct membership *membership, const char *dn, struct ma_value sid,
                    bool by_sid);
/* Adds the groups of all that were added since the last call. */
enum ma_status membership_close(struct membership *membership,
                                const struct membership_place *places, size_t count,
                                struct ma_error *err);
/* Remembers a group that an entry of a dump is said to be in, and that the dump lacks. */
enum ma_status membership_look_for_lacks(struct membership *membership,
                                         struct origin *origin,
                                         const struct answer *entry,
                                         struct ma_error *err);
bool membership_has(const struct membership *membership, const unsigned char *sid);

#endif
