/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_TICKET_H
#define SUPPORT_TICKET_H

#include <mactl/ma.h>

/*
 * A Kerberos ticket of an account, for the binds of this thread: got by its password or
 * its keytab, and kept in memory. Nothing of it touches a disk.
 */

/* Until ticket_end, GSSAPI binds of this thread use it. `principal` may be NULL for a
 * keytab: its first entry. MA_DENIED: the KDC does not believe us. */
enum ma_status ticket_get(const char *principal, const char *password, const char *keytab,
                          struct ma_error *err);
/* An existing credentials cache: binds of this thread use it. */
enum ma_status ticket_use(const char *cache, struct ma_error *err);
void ticket_end(void);

#endif
