/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_REVOKED_H
#define SUPPORT_REVOKED_H

#include "support/link.h"

/*
 * Whether the certificate behind a TLS connection was taken back. libldap's own check
 * depends on what it was built with: with GnuTLS it lets a certificate pass of whose
 * issuer there is no list. So it is not asked; here no list, or one that is out of date,
 * is a refusal too. The lists are of a file that somebody keeps up to date; nothing is
 * fetched.
 */

/* Of settings without `crl_check`, or without TLS: MA_OK. Else it has to have a file. */
enum ma_status revoked_settings(const struct link_settings *settings,
                                struct ma_error *err);
/* The handshake is done, nothing else was sent. MA_UNREACHABLE: another server may have a
 * better one; MA_INVALID: the file is none of lists. */
enum ma_status revoked_check(const struct link *link, struct ma_error *err);

#endif
