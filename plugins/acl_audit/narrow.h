/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ACL_AUDIT_NARROW_H
#define ACL_AUDIT_NARROW_H

#include "audit.h"

/*
 * What the account is given beyond what the configuration writes: entries on the head of
 * a domain and on AdminSDHolder, for the account or its group, that let it write all
 * attributes of a class or of a property set, as Entra Connect's own script sets them.
 * Each is told with how much more it is; and, where somebody wants to replace it, the
 * entries of single attributes that the rules need in its place. The right to read stays.
 */
enum ma_status narrow_report(struct audit *audit, const struct realm *realm,
                             struct ma_error *err);

#endif
