/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPORT_COURIER_H
#define EXPORT_COURIER_H

#include "export/export.h"

/*
 * A thread that is out with a batch: it makes the calls of the agent, one at a time,
 * while the step reads and records the next batch and settles what was reported. What the
 * agent reports is copied and waits for the step, in the order in which it was told; so
 * store, history and all of the step stay with one thread.
 */
struct courier;

typedef enum ma_status (*courier_call)(void *context,
                                       const struct ma_entry *const *entries,
                                       size_t count, struct ma_error *err);

/* NULL: no thread can be had. */
struct courier *courier_begin(courier_call call, void *context);
/* Waits for the call that is under way. NULL is fine. */
void courier_end(struct courier *courier);

/* --- of the step ---------------------------------------------------------------------
 */

/* Off with a batch; the one before must have come home. What is given lives until then.
 */
void courier_send(struct courier *courier, const struct ma_entry *const *entries,
                  size_t count);

enum courier_news {
    COURIER_SILENT, /* nothing is new */
    COURIER_REPORT, /* an entry was reported on */
    COURIER_HOME    /* the call has returned, and all of its reports were given */
};
struct courier_report {
    size_t index;
    struct ma_result result; /* lives until the next question */
};
/* With `wait` it answers when much has come or the call has returned, or after a second.
 * Of COURIER_HOME, `status` and `err` are what the call returned. */
enum courier_news courier_ask(struct courier *courier, bool wait,
                              struct courier_report *report, enum ma_status *status,
                              struct ma_error *err);
/* The next report of the agent is answered so: it had better stop. */
void courier_refuse(struct courier *courier, const struct ma_error *why);

/* --- of the agent, during its call ----------------------------------------------------
 */

enum ma_status courier_report(struct courier *courier, size_t index,
                              const struct ma_result *result, struct ma_error *err);

#endif
