/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SYNC_INFLOW_H
#define SYNC_INFLOW_H

#include "sync/view.h"

/*
 * Import attribute flow: what the connectors of a metaverse object contribute to it. For
 * each attribute the flows are asked in order of rank, over all connectors, and the
 * first that has a value wins; so a contributor that goes away is replaced by the next in
 * the same step (recall and repopulation).
 */

/* All attributes that this connector may contribute to, or did. `references`: only those
 * that hold references. */
enum ma_status inflow_run(struct unit *unit, struct meta *meta,
                          struct connector *connector, bool references,
                          struct ma_error *err);
/* The connector was unlinked: what it contributed is recalled, unless its agent says that
 * it stays. */
enum ma_status inflow_recall(struct unit *unit, struct meta *meta,
                             struct connector *connector, struct ma_error *err);
/* Two objects of one agent on one metaverse object, and the same rule would let both
 * contribute: an error of the object in hand. */
enum ma_status inflow_check_ambiguity(struct unit *unit, struct meta *meta,
                                      struct connector *connector, struct ma_error *err);

#endif
