/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RIGHTS_AUDIT_WRITES_H
#define RIGHTS_AUDIT_WRITES_H

#include "rights/audit.h"

/*
 * What the configuration writes, as an audit is told it beside the objects: the parameter
 * "audit-writes", "TYPE:ATTRIBUTE", once for each attribute that an export flow has for
 * objects of a type, whether there is one or not. What is granted beyond it nobody needs.
 */
#define AUDIT_WRITES "audit-writes"

typedef VEC_OF(struct parameter) parameter_list;

/* The request's own parameters first. None of a feature, which is not what flows. Texts
 * live in the arena. */
void audit_writes(const struct audit_request *request, struct arena *arena,
                  parameter_list *out);

#endif
