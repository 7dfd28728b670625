/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SYNC_STAKE_H
#define SYNC_STAKE_H

#include "sync/flow.h"

/*
 * Direct flows of references from a large attribute, by the values at stake. The rest of
 * the attribute is as it was when the flow ran last, so it is not looked at: at stake are
 * the values that a pending change speaks of or has spoken of since (space/unsettled.h),
 * and those whose objects gained or lost their links (the notes of sync/queue.h). For
 * each of these, and for no other, the two sides are asked whether they hold it.
 *
 * That is right only where the same flow has won before, from the same object, and where
 * nothing else that decides has changed. Where it may be otherwise the unit wants whole
 * objects (unit.wants_whole), and what comes out here does not matter.
 */

/* Into the metaverse: `now` is who gave what is there. */
enum ma_status stake_inflow(struct unit *unit, struct meta *meta,
                            struct connector *connector, const struct flow *flow,
                            const struct mv_lineage *now, struct flowed *out,
                            struct ma_error *err);

/* Out to a connector. Flow number `winner` of the target has its turn, and those before
 * it gave nothing. */
struct stake_out {
    struct meta *meta;
    struct connector *connector;
    const struct cs_target *target;
    size_t winner;
};
enum ma_status stake_outflow(struct unit *unit, const struct stake_out *to,
                             struct flowed *out, struct ma_error *err);

/* Whether flow_run would want all values of the large attribute that `from` sees, and one
 * of the above does not. */
bool stake_is_for(const struct flow *flow, const struct view *from);

#endif
