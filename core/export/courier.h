/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPORT_COURIER_H
#define EXPORT_COURIER_H

#include "export/export.h"

/*
 * A thread that is out with batches: it makes the calls of the agent, one at a time,
 * while the step reads and records the next batch and settles what was reported. An agent
 * that keeps several entries under way asks for the next batch during its call, so that
 * nothing runs empty between two; another is called for each. What the agent reports is
 * copied and waits for the step, in the order in which it was told; so store, history and
 * all of the step stay with one thread.
 */
struct courier;

typedef enum ma_status (*courier_call)(void *context,
                                       const struct ma_entry *const *entries,
                                       size_t count, struct ma_error *err);

/* Batches that may be out at once. */
enum { COURIER_BATCHES = 2 };

/* NULL: no thread can be had. */
struct courier *courier_begin(courier_call call, void *context);
/* Waits for the call that is under way. NULL is fine. */
void courier_end(struct courier *courier);

/* --- of the step ------------------------------------------------------------------ */

/* Off with a batch, behind the one that is out already. What is given lives until the
 * batch comes home; `batch` is the step's own name for it. */
void courier_send(struct courier *courier, void *batch,
                  const struct ma_entry *const *entries, size_t count);
/* No more comes for now: an agent that waits for the next batch had better return. */
void courier_last(struct courier *courier);
/* What the agent has not been given yet is not sent any more. */
void courier_recall(struct courier *courier);

enum courier_news {
    COURIER_SILENT, /* nothing is new */
    COURIER_REPORT, /* an entry was reported on */
    COURIER_HOME,   /* a batch is done with, and all of its reports were given */
    COURIER_UNSENT  /* a batch comes back that the agent was not given */
};
struct courier_report {
    void *batch;  /* NULL: the agent was given no such entry, or is done with it */
    size_t index; /* of the batch; of the call where that is NULL */
    struct ma_result result; /* lives until the next question */
    enum ma_status status;   /* of COURIER_HOME: what the call returned, MA_OK while it */
    struct ma_error why;     /* goes on */
};
/* With `wait` it answers when much has come or a batch is home, or after a second. */
enum courier_news courier_ask(struct courier *courier, bool wait,
                              struct courier_report *report);
/* The next report of the agent is answered so: it had better stop. */
void courier_refuse(struct courier *courier, const struct ma_error *why);

/* --- of the agent, during its call ------------------------------------------------ */

enum ma_status courier_report(struct courier *courier, size_t index,
                              const struct ma_result *result, struct ma_error *err);
/* The next batch, whose entries are counted on behind those of the call; *count 0: there
 * is none. With `wait` it waits for one, about a second; *over: none will come. */
enum ma_status courier_more(struct courier *courier, bool wait,
                            const struct ma_entry *const **entries, size_t *count,
                            bool *over, struct ma_error *err);
/* The entry behind that one, which was not reported on yet; NULL: it is another batch's.
 */
const struct ma_entry *courier_next(struct courier *courier, size_t index);

#endif
