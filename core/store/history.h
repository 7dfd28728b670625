/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_HISTORY_H
#define STORE_HISTORY_H

#include "model/counters.h"
#include "space/object.h"

/*
 * What stage, sync and export tell the run about single objects, and what they ask it.
 * The run implements it: it counts, keeps the object lists and errors of the history,
 * draws the progress and knows about cancel and limits. Called on one thread.
 */
struct history {
    /* An object came out in this counter. `agent` is the source, for outbound counters
     * the target; `id` and `dn` are its connector-space object's. */
    void (*count)(struct history *, enum counter counter, uint32_t agent, uint64_t id,
                  const char *dn);
    /* Synchronisation of an object failed, or a confirming import did not show what was
     * exported. */
    void (*sync_error)(struct history *, uint32_t agent, uint64_t id, const char *dn,
                       const struct object_error *error, const struct delta *lost,
                       const struct image *seen);
    void (*export_error)(struct history *, uint32_t agent, uint64_t id, const char *dn,
                         const struct object_error *error);
    void (*discovery_error)(struct history *, const struct ma_rejection *error);
    /* About n objects lie ahead (0: not known), and one more is done. */
    void (*expect)(struct history *, uint64_t objects);
    void (*advance)(struct history *, uint64_t objects);
    /* What was counted since the last call is in the store by now (`kept`), or will never
     * be. NULL: nobody asks. */
    void (*settled)(struct history *, bool kept);
    /* Told between two batches, when nobody holds what was read from the store: what has
     * gathered goes there, if it is much. NULL: nothing gathers. */
    enum ma_status (*save)(struct history *, struct ma_error *err);
    /* True: stop at the next object boundary. */
    bool (*cancelled)(struct history *);
    /* Around each call of a rules extension, for who watches that it comes back: what is
     * called, and the object in hand. NULL: nobody does. */
    void (*calls)(struct history *, const char *call, const char *dn);
    void (*called)(struct history *);
    uint64_t run;
    /* What it cost, at the end of a synchronisation: attribute flows that were evaluated,
     * also those of objects that failed or were looked at twice. */
    uint64_t flows_evaluated;
    /* Of one on several threads: units whose evaluation ahead of their turn held, and
     * those that were evaluated in turn. */
    uint64_t units_ahead;
    uint64_t units_in_turn;
    /* Objects that were not evaluated: all that they depend on is as it was. */
    uint64_t unchanged;
};

static inline void history_settled(struct history *history, bool kept)
{
    if (history->settled != NULL)
        history->settled(history, kept);
}

static inline enum ma_status history_save(struct history *history, struct ma_error *err)
{
    return history->save == NULL ? MA_OK : history->save(history, err);
}

/* What was counted is in the store by now, and nobody holds what he read there. */
static inline enum ma_status history_keep(struct history *history, struct ma_error *err)
{
    history_settled(history, true);
    return history_save(history, err);
}

#endif
