/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The objects in their order. Who has to wait for an object of a batch goes in a further
 * round, who waits for what this step has yet to bring about goes in a further pass.
 */

#include "base/error.h"
#include "export/state.h"

/* A pass without progress is the last one; these are enough for any honest system. */
enum { MOST_PASSES = 10 };

/* --- one object ------------------------------------------------------------------- */

enum stop { STOP_NOT, STOP_AT_ONCE, STOP_AFTER_HAND };

/* A limit lets go what is in hand, a cancel does not. */
static enum stop check_stop(struct export_step *step, const struct item *item)
{
    struct history *history = step->req.history;
    uint64_t limit = step->req.step == NULL ? 0 : step->req.step->object_limit;

    if (history->cancelled(history)) {
        step->broken = ma_fail(&step->why, MA_CANCELLED, "the export was cancelled");
        return STOP_AT_ONCE;
    }
    if (step->stopped == NULL && limit > 0 && step->offered >= limit && !item->offered)
        step->stopped = "stopped-object-limit";
    return step->stopped == NULL ? STOP_NOT : STOP_AFTER_HAND;
}

/* All that was packed is sent and settled; what is not to be sent is taken back. */
static enum ma_status send_all(struct export_step *step, struct ma_error *err)
{
    if (step->broken == MA_OK && hand_send(step, err) != MA_OK)
        return err->status;
    if (hand_home(step, err) != MA_OK)
        return err->status;
    return step->broken == MA_OK ? MA_OK : hand_unpack(step, err);
}

static enum ma_status stop_after_hand(struct export_step *step, struct ma_error *err)
{
    if (send_all(step, err) != MA_OK)
        return err->status;
    if (step->broken == MA_OK)
        step->broken = ma_fail(&step->why, MA_LIMIT,
                               "the export of '%s' met a limit; what is left is offered "
                               "by the next one",
                               step->req.agent->config->name);
    return MA_OK;
}

/* What has to wait for an object in hand is postponed until that was sent: not sent at
 * once, or a chain of managers would make a batch of each of its links. */
static enum ma_status try_offer(struct export_step *step, struct item *item,
                                struct ma_error *err)
{
    struct parcel parcel = {0};
    struct cs_object object;
    enum readiness readiness;
    enum ma_status status = cs_get_outline(step->batch, &step->packing->arena,
                                           step->agent, item->id, &object, err);

    if (status == MA_NOT_FOUND ||
        (status == MA_OK && object.unapplied.op == DELTA_NONE)) {
        item->done = true;
        return MA_OK;
    }
    if (status == MA_OK)
        status = wait_check(step, item, &object, &parcel, &readiness, err);
    if (status != MA_OK || readiness == NOT_YET)
        return status;
    item->postponed = readiness == FLUSH_FIRST;
    return item->postponed ? MA_OK : hand_pack(step, item, &object, &parcel, err);
}

/* Those that wait for others are many, and the batch need not remember them. */
static enum ma_status offer(struct export_step *step, struct item *item,
                            struct ma_error *err)
{
    struct hand *hand = step->packing;
    struct arena_mark mark = arena_mark(&hand->arena);
    size_t packed = hand->count;
    enum ma_status status = try_offer(step, item, err);

    if (hand->count == packed)
        arena_rewind(&hand->arena, mark);
    return status;
}

/* One object of the pass; what stops the pass is in `broken`. */
static enum ma_status step_on(struct export_step *step, struct item *item,
                              struct ma_error *err)
{
    enum stop stop;

    if (item->done || item->elsewhere)
        return MA_OK;
    if (hand_hear(step, err) != MA_OK)
        return err->status;
    if (step->broken != MA_OK)
        return MA_OK;
    stop = check_stop(step, item);
    if (stop == STOP_AFTER_HAND)
        return stop_after_hand(step, err);
    if (stop == STOP_AT_ONCE)
        return MA_OK;
    if (offer(step, item, err) != MA_OK)
        return err->status;
    return hand_is_full(step) ? hand_send(step, err) : MA_OK;
}

static enum ma_status round_of(struct export_step *step, bool postponed_only,
                               struct ma_error *err)
{
    for (size_t i = 0; i < step->count && step->broken == MA_OK; i++) {
        if (postponed_only && !step->items[i].postponed)
            continue;
        step->items[i].postponed = false;
        if (step_on(step, &step->items[i], err) != MA_OK)
            return err->status;
    }
    return send_all(step, err);
}

static size_t count_postponed(const struct export_step *step)
{
    size_t count = 0;

    for (size_t i = 0; i < step->count; i++)
        count += step->items[i].postponed;
    return count;
}

/* Who waited for an object in hand goes in a further round; who waits for itself waits
 * for another pass. */
static enum ma_status pass(struct export_step *step, struct ma_error *err)
{
    size_t before = step->count + 1;
    size_t waiting = step->count;

    step->progress = 0;
    for (bool first = true; step->broken == MA_OK && waiting > 0 && waiting < before;
         first = false) {
        if (round_of(step, !first, err) != MA_OK)
            return err->status;
        before = waiting;
        waiting = count_postponed(step);
    }
    return MA_OK;
}

static bool is_open(const struct export_step *step)
{
    for (size_t i = 0; i < step->count; i++)
        if (!step->items[i].done && !step->items[i].elsewhere)
            return true;
    return false;
}

enum ma_status passes_make(struct export_step *step, struct ma_error *err)
{
    step->progress = 1;
    for (int i = 0; i < MOST_PASSES && step->progress > 0 && is_open(step); i++)
        if (pass(step, err) != MA_OK || step->broken != MA_OK)
            return step->broken != MA_OK ? MA_OK : err->status;
    for (size_t i = 0; i < step->count; i++)
        if (!step->items[i].done && step->items[i].waits_for != MA_EXPORTED &&
            settle_waiting(step, &step->items[i], err) != MA_OK)
            return err->status;
    return MA_OK;
}
