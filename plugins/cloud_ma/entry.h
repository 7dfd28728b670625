/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLOUD_MA_ENTRY_H
#define CLOUD_MA_ENTRY_H

#include "layout.h"

/*
 * Between a resource of the service and an entry of the engine: values in the types of
 * the schema, ids of references as DNs, and back.
 */

/* The DN of an id, which the context keeps: a large group has many. NULL: there is no
 * such object, and the reference is left out. */
typedef enum ma_status entry_dn_of(void *context, const char *id, const char **dn,
                                   struct ma_error *err);

struct entry_problem {
    const char *type; /* a discovery or export error of the product */
    const char *attribute;
    char text[256];
};

/* The resource that was read, which has an id, as MA_PRESENT. MA_INVALID: it cannot be
 * staged, *problem says why. All of it is in the pool or in the resource. `dn` NULL: it
 * has none. `wanted`: which attributes of the class; NULL: all. */
enum ma_status entry_of_resource(const struct mapping *mapping,
                                 const struct layouts *read, const char *dn,
                                 const bool *wanted, entry_dn_of *dn_of, void *context,
                                 struct pool *pool, struct ma_entry *out,
                                 struct entry_problem *problem, struct ma_error *err);

/* One attribute of it, MA_SET, without a value too. */
enum ma_status entry_attribute(const struct mapped *mapped, const json_t *resource,
                               entry_dn_of *dn_of, void *context, struct pool *pool,
                               struct ma_attribute *out, struct ma_error *err);

/* A value of the engine as the service wants it, the caller's; `text_flags`: booleans as
 * "True". References are texts already. NULL: it does not fit the type, or no memory. */
json_t *entry_value(const struct mapped *mapped, struct ma_value value, bool text_flags);

#endif
