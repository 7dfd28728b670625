/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SYNC_LIFE_H
#define SYNC_LIFE_H

#include "sync/view.h"

/*
 * The life of a metaverse object. Classic: it ends when its deletion rule says so, at the
 * loss of a connector, or with its last one. Declarative: it lives while an inbound rule
 * of link type Provision or StickyJoin is in scope for one of its connectors. When it
 * ends, each remaining connector is let go as its agent says. A connector of an agent
 * that the configuration has no more holds its object: nobody can say what its rules
 * would.
 */

/* A connector was unlinked. `died` is true where that ended the object. */
enum ma_status life_after_loss(struct unit *unit, struct meta *meta,
                               struct connector *lost, bool *died, struct ma_error *err);
/* Declarative agents: what the scopes say now. */
enum ma_status life_review(struct unit *unit, struct meta *meta, bool *died,
                           struct ma_error *err);

#endif
