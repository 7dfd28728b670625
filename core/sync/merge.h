/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SYNC_MERGE_H
#define SYNC_MERGE_H

#include "sync/view.h"

/* How the flows into one attribute of one object merge: those that hold for it have to
 * agree, the others need not. */
struct merging {
    const struct flow *const *flows; /* of a target */
    size_t count;
    bool mixed; /* not all of them agree */
    bool (*holds)(void *context, const struct flow *flow);
    void *context;
};
/* MA_INVALID: those that hold do not agree, which is the object's error. */
enum ma_status merge_in_scope(struct unit *unit, const struct merging *merging,
                              enum merge_type *out, struct ma_error *err);

#endif
