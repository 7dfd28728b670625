/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ACL_AUDIT_INHERIT_H
#define ACL_AUDIT_INHERIT_H

#include "descriptor.h"
#include "support/bytes.h"

/*
 * What a child gets from the DACL of its parent (MS-DTYP 2.5.3.4.1, MS-ADTS 6.1.3). In a
 * directory every object is a container; a class matches only as the most specific one of
 * the object, so an ACE for users is a mere template on an inetOrgPerson.
 */
struct inherit_child {
    const unsigned char *object_class; /* GUID */
    const unsigned char *owner;        /* for CREATOR OWNER; NULL: unknown */
    const unsigned char *group;        /* for CREATOR GROUP */
};

/* The inherited ACEs, one behind the other, appended to `out`. */
void inherit_aces(const struct acl *parent, const struct inherit_child *child,
                  struct bytes *out);

/* A whole descriptor for a child: the explicit ACEs of its own, then the inherited ones
 * unless it is protected. */
enum ma_status inherit_write(const struct acl *parent, const struct descriptor *own,
                             const unsigned char *object_class, struct bytes *out,
                             struct ma_error *error);

#endif
