/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Batches. What is packed is recorded as on its way before it is sent. With a courier
 * there are several: one is packed and made durable, in one transaction with what the
 * agent has reported so far, while one is with the agent and another waits there, so that
 * the agent need not wait.
 */

#include <stdlib.h>

#include "base/error.h"
#include "base/mem.h"
#include "export/state.h"
#include "model/dn.h"

/* Of entries, and what they are made of. Objects of many values make a batch of their own
 * before that. */
enum { MOST_BYTES = 4 << 20 };

/* Of the first batch, so that the agent has something to do while the next one is packed.
 */
enum { FIRST_BATCH = 100 };

/* --- begin and end ---------------------------------------------------------------- */

void hands_begin(struct export_step *step)
{
    for (size_t i = 0; i < HANDS; i++) {
        step->hands[i].items = mem_zero_array(step->capacity, sizeof(struct item *));
        step->hands[i].entries =
            mem_zero_array(step->capacity, sizeof(struct ma_entry *));
        step->hands[i].reported = mem_zero_array(step->capacity, sizeof(bool));
    }
    step->packing = &step->hands[0];
}

void hands_end(struct export_step *step)
{
    courier_end(step->courier);
    for (size_t i = 0; i < HANDS; i++) {
        free(step->hands[i].items);
        free(step->hands[i].entries);
        free(step->hands[i].reported);
        VEC_FREE(&step->hands[i].moving);
        arena_free(&step->hands[i].arena);
    }
}

static void empty(const struct export_step *step, struct hand *hand)
{
    hand->count = 0;
    hand->out = false;
    hand->moving.count = 0;
    memset(hand->reported, 0, step->capacity * sizeof *hand->reported);
    arena_reset(&hand->arena);
}

bool hand_has_any(const struct export_step *step)
{
    return step->packing->count > 0 || step->out > 0;
}

static bool is_below(const struct hand *hand, const char *dn)
{
    for (size_t i = 0; i < hand->moving.count; i++)
        if (dn_is_under(slice_text(dn), slice_text(hand->moving.items[i])))
            return true;
    return false;
}

bool hand_moves(const struct export_step *step, const char *dn)
{
    for (size_t i = 0; i < HANDS && dn != NULL; i++)
        if (is_below(&step->hands[i], dn))
            return true;
    return false;
}

/* --- packed ----------------------------------------------------------------------- */

/* A renamed container changes the names below it once it is settled. */
static enum ma_status note_moving(struct export_step *step, const char *dn,
                                  struct ma_error *err)
{
    bool is_container;
    enum ma_status status =
        cs_has_child(step->batch, step->agent, dn, 0, &is_container, err);

    if (status == MA_OK && is_container)
        VEC_ADD(&step->packing->moving, dn);
    return status;
}

/* A system that takes no values is told all of them. */
static enum ma_status complete(struct export_step *step, const struct item *item,
                               struct cs_object *object, struct ma_error *err)
{
    if (object->partial_count == 0 ||
        outgoing_by_value(step->req.agent, step->req.capabilities, item->form))
        return MA_OK;
    return cs_get(step->batch, &step->packing->arena, step->agent, item->id, object, err);
}

enum ma_status hand_pack(struct export_step *step, struct item *item,
                         struct cs_object *object, const struct parcel *parcel,
                         struct ma_error *err)
{
    struct hand *hand = step->packing;
    struct delta sent = delta_copy(&hand->arena, &parcel->send);
    const struct ma_entry *entry = NULL;

    if (complete(step, item, object, err) == MA_OK)
        entry =
            outgoing_entry(step->batch, &hand->arena, step->req.program, step->req.agent,
                           step->req.capabilities, object, &sent, item->form, err);
    if (entry == NULL)
        return err->status;
    tower_escrow(&hand->arena, object, step->number);
    object->escrowed = sent;
    object->unapplied = parcel->rest;
    if (cs_put(step->batch, object, err) != MA_OK)
        return err->status;
    if (entry->new_dn != NULL && note_moving(step, entry->dn, err) != MA_OK)
        return err->status;
    hand->items[hand->count] = item;
    hand->entries[hand->count++] = entry;
    step->offered += !item->offered;
    item->offered = true;
    return MA_OK;
}

static size_t wanted(const struct export_step *step)
{
    bool hurry = step->req.apart && !step->numbered && step->req.least_batch == 0;

    return hurry && step->capacity > FIRST_BATCH ? FIRST_BATCH : step->capacity;
}

bool hand_is_full(const struct export_step *step)
{
    return step->packing->count >= wanted(step) ||
           step->packing->arena.used >= MOST_BYTES;
}

/* It was not sent. */
static enum ma_status unpack(struct export_step *step, struct hand *hand,
                             struct ma_error *err)
{
    for (size_t i = 0; i < hand->count; i++)
        if (settle_unknown(step, hand, i, false, err) != MA_OK)
            return err->status;
    empty(step, hand);
    return MA_OK;
}

enum ma_status hand_unpack(struct export_step *step, struct ma_error *err)
{
    return unpack(step, step->packing, err) == MA_OK ? batch_commit(step->batch, err)
                                                     : err->status;
}

/* --- back again ------------------------------------------------------------------- */

/* A call that went well reports on each entry; after one that did not, nobody knows. */
static enum ma_status settle_rest(struct export_step *step, struct hand *hand,
                                  enum ma_status sent, struct ma_error *err)
{
    struct ma_result silent = {.size = sizeof silent,
                               .outcome = MA_EXPORT_FAILED,
                               .error_type = "unexpected-error",
                               .error_literal = "the agent did not report on the object"};

    for (size_t i = 0; i < hand->count; i++) {
        enum ma_status status = MA_OK;

        if (!hand->reported[i])
            status = sent == MA_OK ? settle_result(step, hand, i, &silent, err)
                                   : settle_unknown(step, hand, i, true, err);
        if (status != MA_OK)
            return status;
    }
    return MA_OK;
}

/* A report that makes no sense, or cannot be stored, is the end: the rest is in doubt. */
static enum ma_status take_report(struct export_step *step, struct hand *hand,
                                  size_t index, const struct ma_result *outcome,
                                  struct ma_error *err)
{
    enum ma_status status = hand == NULL ? settle_nonsense(index, err)
                                         : settle_result(step, hand, index, outcome, err);

    if (status == MA_OK || step->spoiled)
        return status;
    step->spoiled = true;
    step->broken = status;
    step->why = *err;
    return status;
}

static enum ma_status come_home(struct export_step *step, struct hand *hand,
                                enum ma_status sent, const struct ma_error *why,
                                struct ma_error *err)
{
    if (step->broken == MA_OK && sent != MA_OK) {
        step->broken = sent;
        step->why = *why;
    }
    if (settle_rest(step, hand, step->spoiled ? step->broken : sent, err) != MA_OK)
        return err->status;
    empty(step, hand);
    return MA_OK;
}

/* --- with a courier --------------------------------------------------------------- */

static void take_news(struct export_step *step, const struct courier_report *report)
{
    struct ma_error why = {0};

    if (!step->spoiled &&
        take_report(step, report->batch, report->index, &report->result, &why) != MA_OK)
        courier_refuse(step->courier, &why);
}

/* False: nothing is new, or it failed. */
static bool hear_one(struct export_step *step, bool wait, enum ma_status *failed,
                     struct ma_error *err)
{
    struct courier_report report = {0};

    switch (courier_ask(step->courier, wait, &report)) {
    case COURIER_SILENT:
        return false;
    case COURIER_REPORT:
        take_news(step, &report);
        return true;
    case COURIER_HOME:
        *failed = come_home(step, report.batch, report.status, &report.why, err);
        break;
    case COURIER_UNSENT:
        *failed = unpack(step, report.batch, err);
        break;
    }
    step->out--;
    return *failed == MA_OK;
}

static enum ma_status hear(struct export_step *step, bool wait, struct ma_error *err)
{
    enum ma_status failed = MA_OK;

    while (step->out > 0 && hear_one(step, wait, &failed, err))
        wait = false;
    return failed;
}

enum ma_status hand_hear(struct export_step *step, struct ma_error *err)
{
    return hear(step, false, err);
}

/* Until no more than so many are out. While the agent takes its time, what was reported
 * gets to disk, and no old pages are held. */
static enum ma_status wait_for(struct export_step *step, size_t out, struct ma_error *err)
{
    enum ma_status status = MA_OK;

    while (status == MA_OK && step->out > out) {
        status = hear(step, true, err);
        if (status == MA_OK && batch_is_due(step->batch))
            status = batch_commit(step->batch, err);
        if (status == MA_OK && batch_writes(step->batch) == 0)
            batch_release(step->batch);
    }
    return status;
}

enum ma_status hand_home(struct export_step *step, struct ma_error *err)
{
    if (step->courier != NULL && step->broken != MA_OK)
        courier_recall(step->courier);
    else if (step->courier != NULL)
        courier_last(step->courier);
    return wait_for(step, 0, err);
}

static struct hand *free_hand(struct export_step *step)
{
    size_t i = 0;

    while (step->hands[i].out)
        i++;
    return &step->hands[i];
}

static enum ma_status send_apart(struct export_step *step, struct ma_error *err)
{
    struct hand *hand = step->packing;

    if (wait_for(step, COURIER_BATCHES - 1, err) != MA_OK)
        return err->status;
    if (step->broken != MA_OK)
        return MA_OK; /* it stays here, to be unpacked */
    hand->out = true;
    step->out++;
    courier_send(step->courier, hand, hand->entries, hand->count);
    step->packing = free_hand(step);
    return MA_OK;
}

/* From the agent's call: with a courier it is on another thread. */
enum ma_status export_result(struct export_step *step, size_t index,
                             const struct ma_result *outcome, struct ma_error *err)
{
    return step->courier != NULL ? courier_report(step->courier, index, outcome, err)
                                 : take_report(step, step->packing, index, outcome, err);
}

enum ma_status export_more(struct export_step *step, bool wait,
                           const struct ma_entry *const **entries, size_t *count,
                           bool *over, struct ma_error *err)
{
    *count = 0;
    *over = true;
    return step->courier == NULL
               ? MA_OK
               : courier_more(step->courier, wait, entries, count, over, err);
}

const struct ma_entry *export_next(struct export_step *step, size_t index)
{
    const struct hand *hand = step->packing;

    if (step->courier != NULL)
        return courier_next(step->courier, index);
    return index + 1 < hand->count ? hand->entries[index + 1] : NULL;
}

/* --- sent ------------------------------------------------------------------------- */

/* What is in flight is durable before it flies. */
static enum ma_status take_off(struct export_step *step, struct ma_error *err)
{
    if (!step->numbered)
        export_number(step, false);
    if (step->approved) /* it was for once */
        approval_clear(step->batch, step->agent);
    if (batch_commit(step->batch, err) != MA_OK)
        return err->status;
    step->numbered = true;
    batch_release(step->batch);
    return history_save(step->req.history, err);
}

static enum ma_status send_from_here(struct export_step *step, struct ma_error *err)
{
    struct hand *hand = step->packing;
    struct ma_error why = {0};
    enum ma_status sent =
        step->req.send(step->req.context, hand->entries, hand->count, &why);

    if (come_home(step, hand, sent, &why, err) != MA_OK)
        return err->status;
    return batch_commit(step->batch, err);
}

enum ma_status hand_send(struct export_step *step, struct ma_error *err)
{
    if (step->packing->count == 0)
        return MA_OK;
    if (take_off(step, err) != MA_OK)
        return err->status;
    if (step->req.apart && step->courier == NULL)
        step->courier = courier_begin(step->req.send, step->req.context);
    return step->courier == NULL ? send_from_here(step, err) : send_apart(step, err);
}
