/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SYNC_PROVISION_H
#define SYNC_PROVISION_H

#include "sync/view.h"

/*
 * What follows from a metaverse object: the declarative outbound link rules join or
 * create its connectors and let go those that left scope, then attributes flow out to
 * every connector.
 */

/* `only` not NULL: nothing but the export flow to this connector. */
enum ma_status provision_run(struct unit *unit, struct meta *meta, struct connector *only,
                             struct ma_error *err);

/* Cuts a connector off as its agent's deprovisioning says, or as the rule that owned it:
 * deletes in the connected system become pending exports. */
enum ma_status provision_end(struct unit *unit, struct meta *meta,
                             struct connector *connector, struct ma_error *err);
/* The tag of the partition that the DN lies in; else of the first that is selected; 0:
 * none. */
uint32_t provision_partition(const struct compiled_agent *agent, const char *dn);

#endif
