/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLOUD_MA_BODY_PARTS_H
#define CLOUD_MA_BODY_PARTS_H

#include "body.h"

/*
 * What the makers of bodies share: body.c (values and attributes, in a resource),
 * body_patch.c (operations of SCIM), body_graph.c (properties of Graph), body_members.c
 * (the members of a group).
 */

/* Notes an export error of the product; false. */
bool body_fail(struct entry_problem *problem, const char *type, const char *attribute,
               const char *text);

/* Adds the values to `out`, as the service wants them. */
bool body_values(const struct session *s, const struct mapped *mapped,
                 const struct ma_value *values, size_t count, json_t *out,
                 struct entry_problem *problem);
/* Where the attribute is: a server that wants a reference as a plain text gets one. */
struct path body_path(const struct session *s, const struct mapped *mapped);
/* NULL and no problem: it is not for the resource. */
const struct mapped *body_writable(const struct session *s,
                                   const struct mapped_class *class,
                                   const struct ma_attribute *a,
                                   struct entry_problem *problem);
/* What the DN is made of, where no attribute says it. NULL: nothing is to be set. */
const char *body_dn_value(const struct mapped_class *class, const struct ma_entry *entry,
                          struct pool *pool);

#endif
