/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUN_PENDING_H
#define RUN_PENDING_H

#include "export/export.h"
#include "run/steps.h"

/*
 * What waits for an export, as its step sees it: all of it, object by object, and how
 * much of it the guards let go.
 */

/* Calls `each` for every object with a pending export, in the order of their numbers. */
enum ma_status pending_each(const struct step_context *context,
                            enum ma_status (*each)(void *, struct batch *, struct arena *,
                                                   const struct cs_object *,
                                                   struct ma_error *),
                            void *with, struct ma_error *err);
/* Whether it is for this step, which may be of one partition. */
bool pending_in_partition(const struct step_context *context,
                          const struct cs_object *object);
/* The number of the configuration, where mactl.xml has none. */
struct guard pending_guard(const struct step_context *context);

#endif
