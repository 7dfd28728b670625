/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SYNC_OUTFLOW_H
#define SYNC_OUTFLOW_H

#include "sync/view.h"

/*
 * Export attribute flow: what a metaverse object wants of one connector, compared with
 * what is there or on its way; the difference is the pending export. Attributes that no
 * flow covers keep what they have. Merged attributes go by value: the engine adds and
 * removes its own values and never touches others.
 */
struct outflow_result {
    bool changed; /* the pending export is another than before */
    bool renamed;
};
enum ma_status outflow_run(struct unit *unit, struct meta *meta,
                           struct connector *connector, struct outflow_result *out,
                           struct ma_error *err);

/* The DN that the flows in scope give to a connector of this type; NULL: none of them
 * does. `connector` NULL: it is to be created. */
enum ma_status outflow_dn(struct unit *unit, struct meta *meta,
                          const struct compiled_agent *agent, uint32_t cs_type,
                          struct connector *connector, const char **out,
                          struct ma_error *err);

/* Export precedence: the flow is held back from this connector, because the value comes
 * from an agent that ranks below the connector's own. */
bool outflow_is_outranked(struct unit *unit, const struct meta *meta,
                          struct connector *connector, const struct flow *flow);

#endif
