/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SYNC_NEWS_H
#define SYNC_NEWS_H

#include "sync/unit.h"

/*
 * What is new about a connector since it flowed in last, so that only flows which it
 * concerns are evaluated again. Known from its pending deltas and what is unsettled of
 * them, its links and the notes of sync/queue.h; where one cannot tell, everything is
 * new.
 */

/* Whether the flow may give something else than last time. Always true in a unit that
 * looks at whole objects. */
bool news_concern(struct unit *unit, struct connector *connector,
                  const struct flow *flow);

#endif
