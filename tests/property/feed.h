/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROPERTY_FEED_H
#define PROPERTY_FEED_H

#include "run/drop.h"
#include "stage/stage.h"
#include "system.h"

/*
 * What a system's agent does in an import: it pushes entries, pages and a watermark into
 * the staging. A full import goes through all entries, a delta import through those that
 * changed since the watermark, in the order of their last changes, as they are now. The
 * checkpoints of both resume an import that was cut short.
 */
struct feed {
    const struct system *system;
    struct stage *stage;
    struct drop_writer *file; /* a full import goes there, and not into the staging */
    bool whole;               /* a delta import shows whole entries, not their changes */
    unsigned cut_after;       /* entries; then the system is away. 0: never */
    unsigned reject_at;       /* the n-th cannot be read; 0: none */
    unsigned shown;
};

enum ma_status feed_run(struct feed *feed, bool full, struct ma_error *err);
/* What was written into a file once. MA_NOT_FOUND: nothing was. */
enum ma_status feed_from_file(struct feed *feed, const char *folder, const char *name,
                              const struct agent *agent, struct ma_error *err);
/* For stage_request.read; the context is the feed. */
enum ma_status feed_read(void *feed, const struct ma_value *anchors, size_t count,
                         struct ma_error *err);

#endif
