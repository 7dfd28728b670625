/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SYNC_RENAME_H
#define SYNC_RENAME_H

#include "sync/unit.h"

/*
 * Whether a connector may have another DN: what an outbound flow says is refused where it
 * would hurt other objects of the agent.
 */

/* MA_INVALID with unit->error set:
 *   sync-rule-flow-provisioning-failed   another object has the DN, or is to have it
 *   unexported-container-rename          it is still to be added, and imports have shown
 *                                        objects below the DN that it has until now */
enum ma_status rename_check(struct unit *unit, struct connector *connector,
                            const char *dn, struct ma_error *err);

#endif
