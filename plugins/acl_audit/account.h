/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ACL_AUDIT_ACCOUNT_H
#define ACL_AUDIT_ACCOUNT_H

#include "audit.h"

/*
 * What is wrong with the account and its group, what the account may do that nobody
 * needs, and who may do something to it, before any object is looked at. `first`: it was
 * not met in another domain; then what is the same in all is told, too.
 */
enum ma_status account_report(struct audit *audit, const struct realm *realm, bool first,
                              struct ma_error *err);

#endif
