/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SYNC_SCRIPT_H
#define SYNC_SCRIPT_H

#include "sync/view.h"

/*
 * Calls the flows of a rules extension. The extension sees a view of the source object
 * that holds only the attributes which the flow declares, and gives values for the one
 * target.
 */
enum ma_status script_flow(const struct flow *flow, const struct view *from,
                           const char *step, struct expr_value *out,
                           struct ma_error *err);

/* A hook that no loaded extension serves: the object cannot be synchronised. */
enum ma_status script_missing(struct unit *unit, const char *step, const char *script,
                              const char *assembly, struct ma_error *err);

#endif
