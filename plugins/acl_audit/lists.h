/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ACL_AUDIT_LISTS_H
#define ACL_AUDIT_LISTS_H

#include "support/link.h"

/*
 * The list of one object, read and written alone: owner, group and SACL neither come nor
 * go (LDAP_SERVER_SD_FLAGS_OID with 4, MS-ADTS 3.1.1.3.4.1.11), so that nothing but the
 * entries can change, and no privilege is needed for the rest.
 */

/* MA_NOT_FOUND: no such object; MA_DENIED: its list was not given to us. Lives in the
 * pool. */
enum ma_status lists_read(struct link *link, const char *dn, struct pool *pool,
                          struct ma_value *out, struct ma_error *err);
/* MA_DENIED: the account may not change it. */
enum ma_status lists_write(struct link *link, const char *dn, struct ma_value list,
                           struct ma_error *err);

#endif
