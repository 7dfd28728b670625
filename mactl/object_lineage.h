/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACTL_OBJECT_LINEAGE_H
#define MACTL_OBJECT_LINEAGE_H

#include "base/vec.h"
#include "object_text.h"

/*
 * Where each value of a metaverse object comes from, as the store says it. A value of
 * several contributors is listed with each; so is every value of them all in a store that
 * was written before values had a lineage, until the next synchronisation that looks at
 * them.
 */
struct object_lineage {
    const char *attribute;
    const char *value;
    const char *name;  /* of what a reference points to; NULL: none */
    const char *agent; /* NULL: nobody contributes it any more */
    const char *dn;    /* of the contributor; NULL: it is gone */
    const char *rule;
    bool has_precedence;
    long precedence;
    uint64_t run;
    int64_t time;
};
typedef VEC_OF(struct object_lineage) object_lineages;

/* By attribute, then by value; texts live in the arena of the style. */
void object_lineage(const struct object_style *style, const struct mv_object *object,
                    object_lineages *out);

#endif
