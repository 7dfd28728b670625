/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ACL_AUDIT_ENROLL_H
#define ACL_AUDIT_ENROLL_H

#include "principal.h"

/*
 * The account becomes a member of the group that has the rights, or leaves it. A group
 * that is not there is made, a global security group in CN=Users of the domain; it is
 * never deleted. What is so already is left alone.
 */
enum ma_status enroll_account(struct link *link, const struct ma_host *host,
                              struct principal *principal, const char *domain,
                              bool member, struct ma_error *err);

#endif
