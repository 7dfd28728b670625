/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ACL_AUDIT_LAG_H
#define ACL_AUDIT_LAG_H

#include "audit.h"

/*
 * Whether the other domain controllers would decide as the one that was asked: REPL-LAG
 * where one of them has another list of an object, by which the verdict is another, or
 * has no such object. A list that differs and comes to the same is none.
 */

/* `states` are those of the planned objects that are in the realm, `count` of them, in
 * the order of `planned`, which `realms` are of. */
enum ma_status lag_check(struct audit *audit, struct realm *realm,
                         const struct ma_planned *const *planned,
                         const struct object_state *states, size_t count,
                         struct ma_error *err);

#endif
