/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ACL_AUDIT_EDIT_H
#define ACL_AUDIT_EDIT_H

#include "descriptor.h"
#include "support/bytes.h"

/*
 * One ACE more in a DACL, where it belongs, or one less: idempotent, the canonical order
 * kept, every other ACE byte for byte as it was. A list that is not in canonical order
 * gets nothing more, for a rewrite could change what it says.
 */
enum edit_outcome {
    EDIT_INSERT,       /* at `index` */
    EDIT_REPLACE,      /* the ACE at `index` is the same with a smaller mask */
    EDIT_PRESENT,      /* nothing to do */
    EDIT_REMOVE,       /* the ACE at `index` goes */
    EDIT_REDUCE,       /* the ACE at `index` allows more, and keeps that */
    EDIT_ABSENT,       /* nothing to take out */
    EDIT_NOT_CANONICAL /* somebody has to look at it first */
};
struct edit_plan {
    enum edit_outcome outcome;
    unsigned index;
};

struct edit_plan edit_plan(const struct acl *dacl, const struct ace *ace);
/* The other way: what the ACE allows is allowed by it no more. */
struct edit_plan edit_plan_out(const struct acl *dacl, const struct ace *ace);

/* The descriptor with the plan carried out, appended to `out`; only the explicit ACEs are
 * written if `explicit_only`, as a directory computes the inherited ones itself. Owner,
 * group and SACL stay out. MA_INVALID: the list would grow beyond its limit. */
enum ma_status edit_write(const struct descriptor *sd, const struct edit_plan *plan,
                          const struct ace *ace, bool explicit_only, struct bytes *out,
                          struct ma_error *error);

#endif
