/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ACL_AUDIT_AMEND_H
#define ACL_AUDIT_AMEND_H

#include "descriptor.h"
#include "support/bytes.h"

/*
 * What a program may do to the list of an object, all of it computed here and none of it
 * sent: add an entry that lets somebody write, take one out again, and tell whether a
 * list is still the one that was looked at. What counts as the object's own are its
 * explicit entries and whether it is cut off from above: what comes down belongs to the
 * containers, and a domain controller computes it anew at every write.
 */
enum { AMEND_MARK = 65 }; /* hex of SHA-256, and a NUL */

/* The same as long as nobody changed what is the object's own. The order does not count,
 * for a domain controller may sort what it is given (MS-ADTS 6.1.3.1). */
enum ma_status amend_mark(struct ma_value list, char out[AMEND_MARK],
                          struct ma_error *error);

/* The list with the entry `grant` (SDDL of one ACE) where it belongs, as it is to be
 * sent: appended to `out`, which is empty before. `list` may hold it already: the mark
 * says so. MA_INVALID: no entry that a program may set, or no list at all; MA_CONFLICT:
 * its order is not canonical, so somebody has to look at it first. */
enum ma_status amend_add(struct ma_value list, const char *grant, struct bytes *out,
                         struct ma_error *error);

/* The other way: the list without the entry, and as it is where it has none. Any order
 * does, as less is allowed by it. */
enum ma_status amend_remove(struct ma_value list, const char *grant, struct bytes *out,
                            struct ma_error *error);

/* The list as it is to be sent to stand again. */
enum ma_status amend_restore(struct ma_value list, struct bytes *out,
                             struct ma_error *error);

#endif
