/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_TICKET_H
#define SUPPORT_TICKET_H

#include "support/patience.h"

/*
 * A Kerberos ticket of an account, for the binds of this thread: got by its password or
 * its keytab, and kept in memory; or from a credentials cache that somebody else fills.
 * Nothing of ours touches a disk. The ticket for the server is fetched with it, so that a
 * bind waits for no KDC: GSSAPI would do that without a way to cancel it.
 */

/* Until ticket_end, GSSAPI binds of this thread to this host use it. The settings may
 * name no account where there is a keytab: its first entry. MA_DENIED: the KDC does not
 * believe us; MA_UNREACHABLE: there is none that answers. */
enum ma_status ticket_get(const struct link_settings *settings, const char *host,
                          struct ma_error *err);
void ticket_end(void);

#endif
