/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Batches. What is packed is recorded as on its way before it is sent. With a courier
 * there are two batches: one is with the agent, the other is packed and made durable
 * meanwhile, in one transaction with what the agent has reported so far.
 */

#include <stdlib.h>

#include "base/error.h"
#include "base/mem.h"
#include "export/state.h"
#include "model/dn.h"

/* Of entries, and what they are made of. Objects of many values make a batch of their own
 * before that. */
enum { MOST_BYTES = 4 << 20 };

/* --- begin and end --------------------------------------------------------------------
 */

void hands_begin(struct export_step *step)
{
    for (size_t i = 0; i < 2; i++) {
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
    for (size_t i = 0; i < 2; i++) {
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
    hand->moving.count = 0;
    memset(hand->reported, 0, step->capacity * sizeof *hand->reported);
    arena_reset(&hand->arena);
}

bool hand_has_any(const struct export_step *step)
{
    return step->packing->count > 0 || step->out != NULL;
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
    return dn != NULL && (is_below(step->packing, dn) ||
                          (step->out != NULL && is_below(step->out, dn)));
}

/* --- packed ---------------------------------------------------------------------------
 */

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

bool hand_is_full(const struct export_step *step)
{
    return step->packing->count == step->capacity ||
           step->packing->arena.used >= MOST_BYTES;
}

enum ma_status hand_unpack(struct export_step *step, struct ma_error *err)
{
    struct hand *hand = step->packing;

    for (size_t i = 0; i < hand->count; i++)
        if (settle_unknown(step, hand, i, false, err) != MA_OK)
            return err->status;
    empty(step, hand);
    return batch_commit(step->batch, err);
}

/* --- back again -----------------------------------------------------------------------
 */

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
    enum ma_status status = settle_result(step, hand, index, outcome, err);

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

/* --- with a courier -------------------------------------------------------------------
 */

/* False: nothing is new, or nothing is out any more. */
static bool hear_one(struct export_step *step, bool wait, enum ma_status *failed,
                     struct ma_error *err)
{
    struct courier_report report;
    struct ma_error why = {0};
    enum ma_status sent = MA_OK;
    struct hand *hand = step->out;

    switch (courier_ask(step->courier, wait, &report, &sent, &why)) {
    case COURIER_SILENT:
        return false;
    case COURIER_REPORT:
        if (!step->spoiled &&
            take_report(step, hand, report.index, &report.result, &why) != MA_OK)
            courier_refuse(step->courier, &why);
        return true;
    case COURIER_HOME:
        break;
    }
    step->out = NULL;
    *failed = come_home(step, hand, sent, &why, err);
    return false;
}

static enum ma_status hear(struct export_step *step, bool wait, struct ma_error *err)
{
    enum ma_status failed = MA_OK;

    while (step->out != NULL && failed == MA_OK && hear_one(step, wait, &failed, err))
        ;
    return failed;
}

enum ma_status hand_hear(struct export_step *step, struct ma_error *err)
{
    return hear(step, false, err);
}

/* While the agent takes its time, what was reported gets to disk, and no old pages are
 * held. */
enum ma_status hand_home(struct export_step *step, struct ma_error *err)
{
    enum ma_status status = MA_OK;

    while (status == MA_OK && step->out != NULL) {
        status = hear(step, true, err);
        if (status == MA_OK && batch_is_due(step->batch))
            status = batch_commit(step->batch, err);
        if (status == MA_OK && batch_writes(step->batch) == 0)
            batch_release(step->batch);
    }
    return status;
}

static enum ma_status send_apart(struct export_step *step, struct ma_error *err)
{
    if (hand_home(step, err) != MA_OK)
        return err->status;
    if (step->broken != MA_OK)
        return MA_OK; /* it stays here, to be unpacked */
    step->out = step->packing;
    step->packing = &step->hands[step->out == &step->hands[0]];
    courier_send(step->courier, step->out->entries, step->out->count);
    return MA_OK;
}

/* From the agent's call: with a courier it is on another thread. */
enum ma_status export_result(struct export_step *step, size_t index,
                             const struct ma_result *outcome, struct ma_error *err)
{
    return step->courier != NULL ? courier_report(step->courier, index, outcome, err)
                                 : take_report(step, step->packing, index, outcome, err);
}

/* --- sent -----------------------------------------------------------------------------
 */

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
    return MA_OK;
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
