/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ACL_AUDIT_AUDIT_H
#define ACL_AUDIT_AUDIT_H

#include "containers.h"
#include "guarded.h"
#include "principal.h"
#include "remedy.h"

/*
 * What an audit knows once it is connected, and the way from planned writes to findings:
 * the objects of a page are read together, each attribute is asked for, what is refused
 * is explained, and what would happen to the whole modification is said.
 */
struct audit {
    const struct ma_host *host;
    struct link *link;
    const char *domain; /* DN */
    const char *holder_dn;
    struct forest forest;
    struct principal principal;
    struct guarded guarded;
    struct containers containers;
    struct object_state holder;
    struct object_state head; /* of the domain */
    struct sddl_domains domains;
    unsigned char domain_sid[68];
    bool second_opinion; /* compare with what the server says itself */
    struct pool pool;    /* as long as the audit */
    struct pool page;    /* of one call */
};

/* One finding for each attribute and one for each modification that fails whole. */
enum ma_status audit_check(struct audit *audit, const struct ma_planned *planned,
                           size_t count, struct ma_error *err);
/* What is wrong with the account and its group, and what it may do that nobody needs,
 * before any object is looked at. */
enum ma_status audit_account(struct audit *audit, struct ma_error *err);

#endif
