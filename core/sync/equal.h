/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SYNC_EQUAL_H
#define SYNC_EQUAL_H

#include "space/givers.h"
#include "sync/flow.h"

/*
 * Many values of equal precedence: a group whose members two agents keep. Whoever changes
 * the set adds and takes away values, and nobody's set takes the place of another's. What
 * a connector changed is the difference between what it was expected to hold before its
 * import and what it is expected to hold now, so that what another added or took away,
 * and was not exported to it yet, is no change of its own. Whoever is new, or has not
 * given anything and is gone through in full, adds what it has. Each value knows who gave
 * it (space/givers.h). What one gave that goes away goes with it, as far as no other gave
 * it too, or has it.
 */
struct equal {
    struct unit *unit;
    struct meta *meta;
    const struct mv_target *target;
    struct connector *connector; /* in hand, or the one that was cut off */
    bool lost;                   /* cut off */
    bool (*contributes)(struct unit *unit, const struct flow *flow,
                        struct connector *connector);
    struct mv_lineage (*lineage_of)(const struct unit *unit, const struct flow *flow,
                                    const struct connector *connector);

    /* What comes of it. */
    bool changed; /* values, or who gave them */
    struct set values;
    struct givers givers;
    const struct mv_lineage *lines; /* as the object is to have them */
    uint32_t line_count;
};

/* Whether the connector, which keeps the same set as others do, has an import that waits
 * for its own synchronisation. NULL: no. */
bool equal_waits(const struct unit *unit, const struct meta *meta,
                 const struct connector *connector, const struct cs_target *target);
/* What flows out to one that waits: what its import added stays and what it took away
 * stays away, for it is going to count. To another: as it is. */
void equal_spare(struct unit *unit, const struct meta *meta, struct connector *connector,
                 const struct cs_target *target, struct flowed *flowed);

/* MA_INVALID: the object's error was set by unit_fail. */
enum ma_status equal_run(struct equal *equal, struct ma_error *err);

#endif
