/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACTL_OBJECT_PARTS_H
#define MACTL_OBJECT_PARTS_H

#include "object_text.h"

/* What object_text.c and object_json.c both say of an object. */

/* "join", "projection" ... */
const char *object_cause(enum link_cause cause);
/* The name of the rule with this id; NULL: it has none, or is gone. */
const char *object_rule(const struct object_style *style, const struct guid *id);

struct object_flag {
    bool set;
    const char *name;
};
enum { OBJECT_FLAGS = 9 };
void object_flags(const struct cs_object *object, struct object_flag flags[OBJECT_FLAGS]);

/* Who gave a value. */
struct contribution {
    const char *agent;
    const char *dn;   /* NULL: the object is gone */
    const char *rule; /* NULL: as object_rule */
    const struct mv_lineage *lineage;
};
struct contribution object_contribution(const struct object_style *style,
                                        const struct mv_lineage *lineage);

#endif
