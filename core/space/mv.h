/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SPACE_MV_H
#define SPACE_MV_H

#include "base/guid.h"
#include "model/entry.h"

/*
 * A metaverse object: its type, its attributes, and for each of them who contributed it.
 * Written by sync only. It cannot exist without a connector; the links are kept with
 * the connector-space objects. References hold ids of metaverse objects.
 */

/* Who gave an attribute its values, and when. Sorted like the attributes. Where several
 * contribute to one attribute (merged and equal-precedence sets) it has several lines,
 * the last first, each with the values that it stands for; one of them may name none: it
 * stands for those that no other names. Several that name none are of a store written
 * before values had a lineage: any of them may have given any value (space/givers.h). A
 * line of `none` is of one who was asked and has given nothing that is there. */
struct mv_lineage {
    uint32_t attribute;
    uint32_t agent;
    uint64_t object;  /* connector-space id of the contributor */
    struct guid rule; /* the flow's rule, or the import flow's id */
    uint64_t run;
    int64_t time;               /* ms since 1970 */
    const struct slice *values; /* sorted */
    uint32_t value_count;
    bool none;
};

struct mv_object {
    uint64_t id;
    struct guid guid;
    uint32_t type;
    struct entry entry;
    const uint32_t *partial; /* as of a cs_object */
    uint32_t partial_count;
    const struct value_set *wanted;
    uint32_t wanted_count;
    const struct mv_lineage *lineage;
    uint32_t lineage_count;
    bool reference_retry; /* a reference of it had no connector in some agent */
    bool provisioning_retry;
    bool changed; /* queued: outbound rules have to see it */
};

/* The first line of this attribute, others may follow it; NULL: it has none. */
const struct mv_lineage *mv_lineage_of(const struct mv_object *object,
                                       uint32_t attribute);
/* The row of an object, zero copy as object_decode; lineage has to be sorted by
 * attribute. */
void mv_encode(const struct mv_object *object, struct buf *out);
bool mv_decode(struct arena *arena, struct slice bytes, struct mv_object *out);

#endif
