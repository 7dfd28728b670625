/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_KNOCK_H
#define SUPPORT_KNOCK_H

#include "support/patience.h"

/*
 * Where a server is, and whether anybody listens there, before libldap is asked to: it
 * looks names up and connects without a way to cancel it.
 */

/* MA_UNREACHABLE: the name has no address, or nobody listens at one. */
enum ma_status knock(const struct link_settings *settings, const char *host,
                     unsigned port, struct ma_error *err);

/* The servers of the SRV records _ldap._tcp.<place>, in their order (RFC 2782), as
 * "host:port host:port"; *out is the caller's (ldap_memfree), NULL where DNS knows none.
 */
enum ma_status knock_whom(const struct link_settings *settings, const char *place,
                          char **out, struct ma_error *err);

#endif
