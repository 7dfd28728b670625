/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUN_RELAY_H
#define RUN_RELAY_H

#include "plugin/host.h"

/*
 * An import on two threads. The plugin reads on one of its own, and what it says goes in
 * parcels (run/parcel.h) to the step, which makes the same calls in the same order: so
 * the store, the history and all of the step stay with one thread, and the system is read
 * while what it gave is staged and committed. Few parcels are under way at a time; a
 * plugin that is faster than the step waits.
 *
 * A refusal of the step reaches the plugin at its next call, and is the result of the
 * import whatever the plugin makes of it; nothing behind it is taken.
 */
struct relay;

struct relay_request {
    struct host_sink step; /* what the step does with it */
    /* Now and then while the plugin is silent, and when it asks: MA_OK, or why the import
     * is to stop. */
    enum ma_status (*idle)(void *context, struct ma_error *err);
    /* A sign of life of the plugin, on its thread; `dn` of what it has come to, or NULL.
     */
    void (*alive)(void *context, const char *dn);
    void *context;
};

struct relay *relay_new(const struct relay_request *request);
/* NULL is fine. */
void relay_free(struct relay *relay);
/* Where the calls of the plugin go. But for the time of relay_run they go straight to the
 * step, on the thread that makes them. */
struct host_sink relay_sink(struct relay *relay);

/* What the plugin does: returns when it has said everything. */
typedef enum ma_status (*relay_source)(void *context, struct ma_error *err);
/* Runs it to its end, with the context of the request, on a thread of its own; on this
 * one where none can be had. */
enum ma_status relay_run(struct relay *relay, relay_source source, struct ma_error *err);

#endif
