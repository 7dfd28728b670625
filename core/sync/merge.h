/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SYNC_MERGE_H
#define SYNC_MERGE_H

#include "sync/view.h"

/* How flows into one attribute of one object merge that do not all agree on it: those
 * that hold for the object have to, the others need not. */
struct merging {
    const struct flow *const *flows; /* of a target */
    size_t count;
    bool (*holds)(void *context, const struct flow *flow);
    void *context;
};
/* *out stays where none holds. MA_INVALID: those that hold do not agree, which is the
 * object's error. */
enum ma_status merge_in_scope(struct unit *unit, const struct merging *merging,
                              enum merge_type *out, struct ma_error *err);

#endif
