/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SYNC_FLOW_H
#define SYNC_FLOW_H

#include "sync/view.h"

/*
 * What one flow contributes: values in the canonical form of the target, references
 * already those of the target's space. References that cannot be resolved are left out;
 * whoever gains a link later has them looked at again.
 */
enum flowed_kind {
    FLOWED_NULL,   /* contributes nothing: the next in rank may */
    FLOWED_VALUES, /* at least one */
    FLOWED_IGNORE, /* as if the flow were not there */
    FLOWED_STOP    /* AuthoritativeNull: nothing, and no other may */
};

struct flowed {
    enum flowed_kind kind;
    const struct slice *values; /* sorted, unique */
    uint32_t count;
};

/* Where a flow goes: the metaverse, or a connector space. */
struct flow_target {
    const struct compiled_agent *agent; /* NULL: the metaverse */
    const struct view *object; /* for scripts: the target as it is; NULL: not there yet */
};

/* MA_INVALID: the object's error was set by unit_fail. */
enum ma_status flow_run(const struct flow *flow, const struct view *from,
                        const struct flow_target *to, struct flowed *out,
                        struct ma_error *err);

#endif
