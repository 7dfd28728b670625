/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AD_MA_MODS_H
#define AD_MA_MODS_H

#include "errors.h"

/*
 * The attributes of an entry as an LDAP request has them. Passwords become what
 * unicodePwd wants (MS-ADTS 3.1.1.3.1.5.1), and are wiped with the list.
 */
struct mods {
    LDAPMod **list; /* NULL-terminated */
    size_t count;
    struct pool pool;
    struct berval *secret; /* the encoded password; NULL: none */
};

struct mods_request {
    const struct ma_entry *entry;
    bool add;                /* of a new object: values only, and its class */
    bool sealed;             /* nobody else reads the connection */
    const char *dn;          /* that the object will have */
    const char *const *only; /* NULL-terminated: these attributes; NULL: all */
};

/* False: the entry cannot be sent, and `failure` says why. Ended by mods_free, also then;
 * mods.pool.failed: memory. */
bool mods_make(struct mods *mods, const struct mods_request *request,
               struct failure *failure);
void mods_free(struct mods *mods);

#endif
