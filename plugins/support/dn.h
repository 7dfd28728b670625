/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_DN_H
#define SUPPORT_DN_H

#include "support/bytes.h"

/*
 * Names of objects, as RFC 4514 writes them. Two names are compared by their folded form;
 * letters beyond ASCII are compared as they are.
 */

/* The form to compare DNs by: ASCII letters small, no blanks around , = and +. */
const char *dn_fold(struct pool *pool, const char *dn);
/* The same with its length, for many comparisons. */
struct folded {
    const char *text;
    size_t length;
};
struct folded dn_folded(struct pool *pool, const char *dn);
/* Whether a DN is this folded one, without making its fold. */
bool dn_is(const char *dn, const char *folded);
/* Whether it is as RFC 4514 wants: type=value, separated by commas, or by a plus within
 * an RDN, and no escapes but those it knows. What it takes, the engine takes too. */
bool dn_is_ldap(const char *dn);
/* Bytes of data before the name of a reference: of DN-with-binary and DN-with-string
 * ("B:8:00112233:CN=..."); of any other 0. MS-ADTS: Object(DN-Binary), Object(DN-String).
 */
size_t dn_data_of(const char *value);
/* Behind the first unescaped comma; "" at the top. Points into `dn`. */
const char *dn_parent(const char *dn);
/* Both folded. Equal, or below it. */
bool dn_is_under(const char *dn, const char *base);
bool dn_under(struct folded dn, struct folded base);
/* Type and unescaped value of the first RDN; false where there is none. */
bool dn_rdn(struct pool *pool, const char *dn, const char **type, const char **value);

#endif
