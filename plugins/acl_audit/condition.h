/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ACL_AUDIT_CONDITION_H
#define ACL_AUDIT_CONDITION_H

#include "words.h"

/*
 * What stands behind the SID of a callback ACE: a condition (MS-DTYP 2.4.4.17), postfix
 * in the bytes and infix in the text; and of a resource attribute (2.4.10.1). Both ways,
 * so that an ACE survives being shown and read. Nothing is evaluated: that needs claims
 * that an audit does not have.
 */

/* From "(" to the ")" that closes it. Appends the bytes, padded to four. */
enum ma_status condition_parse(struct word_scan *scan, struct bytes *out);
/* With its parentheses. False, and nothing appended: no condition that has a text. */
bool condition_print(const unsigned char *at, size_t length,
                     const struct sddl_domains *domains, struct bytes *out);

enum ma_status resource_parse(struct word_scan *scan, struct bytes *out);
bool resource_print(const unsigned char *at, size_t length,
                    const struct sddl_domains *domains, struct bytes *out);

/* UTF-16 of the wire; the text is UTF-8. False: it is not well formed. */
bool condition_utf16(const char *text, size_t length, struct bytes *out);
bool condition_utf8(const unsigned char *at, size_t length, struct bytes *out);

#endif
