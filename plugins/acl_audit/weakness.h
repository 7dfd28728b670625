/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ACL_AUDIT_WEAKNESS_H
#define ACL_AUDIT_WEAKNESS_H

#include "descriptor.h"

/*
 * Who could take the account over (Microsoft's advisory 4056318): an account that writes
 * for everybody is worth as much as it may write. By its own list, somebody who is no
 * administrator may set its password, or change or own the list.
 */
struct weakness {
    int ace; /* the first such entry; -1: he owns it */
    unsigned char sid[68];
    const char *how; /* half a sentence */
    bool inherited;
    size_t count; /* of such entries, or the owner */
};

/* False: nobody could. `account`, `domain`: SIDs of the account and of its domain; that
 * of the forest's root is not known, so an Enterprise Admins of any domain is one. */
bool weakness_find(const struct descriptor *sd, const unsigned char *account,
                   const unsigned char *domain, struct weakness *out);

#endif
