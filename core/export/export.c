/* SPDX-License-Identifier: Apache-2.0 */
#include "export/export.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "export/state.h"
#include "model/result.h"
#include "store/agent.h"

/* A pass without progress is the last one; these are enough for any honest system. */
enum { MOST_PASSES = 10, DEFAULT_BATCH = 500 };

/* --- counters of the agent ------------------------------------------------------------
 */

void export_counters(struct batch *batch, uint32_t agent, uint64_t *current,
                     uint64_t *successful)
{
    struct slice row;
    struct reader reader;

    *current = *successful = 0;
    if (agent_get(batch, agent, NULL, "batch", &row) != MA_OK)
        return;
    reader = reader_of(row);
    *current = reader_varint(&reader);
    *successful = reader_varint(&reader);
}

static void set_counters(struct export_step *step, bool successful)
{
    uint64_t current;
    uint64_t last;
    BUF_AUTO row = {0};

    export_counters(step->batch, step->agent, &current, &last);
    buf_varint(&row, step->number);
    buf_varint(&row, successful ? step->number : last);
    agent_set(step->batch, step->agent, NULL, "batch", buf_view(&row));
}

/* --- begin and end --------------------------------------------------------------------
 */

static size_t batch_size(const struct export_request *request)
{
    uint32_t size = request->step == NULL ? 0 : request->step->batch_size;

    if (size == 0)
        size = DEFAULT_BATCH;
    return size > request->least_batch ? size : request->least_batch;
}

enum ma_status export_begin(struct export_step **out,
                            const struct export_request *request, struct ma_error *err)
{
    struct export_step *step = mem_zero(sizeof *step);
    uint64_t successful;

    step->req = *request;
    step->batch = batch_begin(request->store);
    step->agent = request->agent->number;
    step->partition = partition_tag(request->partition);
    step->capacity = batch_size(request);
    step->hand = mem_zero_array(step->capacity, sizeof(struct item *));
    step->entries = mem_zero_array(step->capacity, sizeof(struct ma_entry *));
    step->reported = mem_zero_array(step->capacity, sizeof(bool));
    export_counters(step->batch, step->agent, &step->number, &successful);
    step->number++;
    if (plan_make(step, err) != MA_OK) {
        export_end(step);
        return err->status;
    }
    *out = step;
    return MA_OK;
}

void export_end(struct export_step *step)
{
    if (step == NULL)
        return;
    batch_end(step->batch);
    free(step->items);
    free(step->hand);
    free(step->entries);
    free(step->reported);
    VEC_FREE(&step->moving);
    arena_free(&step->pack);
    arena_free(&step->arena);
    free(step);
}

const struct export_set *export_planned(const struct export_step *step)
{
    return &step->set;
}

const struct export_approval *export_approved(const struct export_step *step)
{
    return step->approved ? &step->approval : NULL;
}

enum ma_status export_check(struct export_step *step, const char **result,
                            struct ma_error *err)
{
    return guard_check(step, result, err);
}

enum ma_status export_result(struct export_step *step, size_t index,
                             const struct ma_result *outcome, struct ma_error *err)
{
    enum ma_status status = settle_result(step, index, outcome, err);

    if (status == MA_OK || step->broken != MA_OK)
        return status;
    step->broken = status;
    step->why = *err;
    return status;
}

/* --- the batch in hand ----------------------------------------------------------------
 */

/* A call that went well reports on each entry; after one that did not, nobody knows. */
static enum ma_status settle_rest(struct export_step *step, enum ma_status sent,
                                  struct ma_error *err)
{
    struct ma_result silent = {.size = sizeof silent,
                               .outcome = MA_EXPORT_FAILED,
                               .error_type = "unexpected-error",
                               .error_literal = "the agent did not report on the object"};

    for (size_t i = 0; i < step->in_hand; i++) {
        enum ma_status status = MA_OK;

        if (!step->reported[i])
            status = sent == MA_OK ? settle_result(step, i, &silent, err)
                                   : settle_unknown(step, i, true, err);
        if (status != MA_OK)
            return status;
    }
    return batch_commit(step->batch, err);
}

/* What is in flight is durable before it flies. */
static enum ma_status take_off(struct export_step *step, struct ma_error *err)
{
    if (!step->numbered)
        set_counters(step, false);
    if (step->approved) /* it was for once */
        approval_clear(step->batch, step->agent);
    if (batch_commit(step->batch, err) != MA_OK)
        return err->status;
    step->numbered = true;
    batch_release(step->batch);
    return MA_OK;
}

/* The step's own failures come back; what the agent says goes to `why`. */
static enum ma_status flush(struct export_step *step, struct ma_error *err)
{
    enum ma_status sent;
    enum ma_status status;

    if (step->in_hand == 0)
        return MA_OK;
    if (take_off(step, err) != MA_OK)
        return err->status;
    sent = step->req.send(step->req.context, step->entries, step->in_hand, &step->why);
    if (step->broken != MA_OK)
        sent = step->broken;
    status = settle_rest(step, sent, err);
    step->broken = sent;
    step->in_hand = 0;
    step->moving.count = 0;
    memset(step->reported, 0, step->capacity * sizeof *step->reported);
    arena_reset(&step->pack);
    return status;
}

/* A renamed container changes the names below it once it is settled. */
static enum ma_status note_moving(struct export_step *step, const char *dn,
                                  struct ma_error *err)
{
    id_list children = {0};
    enum ma_status status = cs_children(step->batch, step->agent, dn, &children, err);

    if (status == MA_OK && children.count > 0)
        VEC_ADD(&step->moving, dn);
    VEC_FREE(&children);
    return status;
}

/* A system that takes no values is told all of them. */
static enum ma_status complete(struct export_step *step, const struct item *item,
                               struct cs_object *object, struct ma_error *err)
{
    if (object->partial_count == 0 ||
        outgoing_by_value(step->req.agent, step->req.capabilities, item->form))
        return MA_OK;
    return cs_get(step->batch, &step->pack, step->agent, item->id, object, err);
}

static enum ma_status pack(struct export_step *step, struct item *item,
                           struct cs_object *object, const struct parcel *parcel,
                           struct ma_error *err)
{
    struct delta sent = delta_copy(&step->pack, &parcel->send);
    const struct ma_entry *entry = NULL;

    if (complete(step, item, object, err) == MA_OK)
        entry =
            outgoing_entry(step->batch, &step->pack, step->req.program, step->req.agent,
                           step->req.capabilities, object, &sent, item->form, err);
    if (entry == NULL)
        return err->status;
    tower_escrow(&step->pack, object, step->number);
    object->escrowed = sent;
    object->unapplied = parcel->rest;
    if (cs_put(step->batch, object, err) != MA_OK)
        return err->status;
    if (entry->new_dn != NULL && note_moving(step, entry->dn, err) != MA_OK)
        return err->status;
    step->hand[step->in_hand] = item;
    step->entries[step->in_hand++] = entry;
    step->offered += !item->offered;
    item->offered = true;
    return MA_OK;
}

/* --- passes ---------------------------------------------------------------------------
 */

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

static enum ma_status stop_after_hand(struct export_step *step, struct ma_error *err)
{
    if (flush(step, err) != MA_OK)
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
    enum ma_status status =
        cs_get_outline(step->batch, &step->pack, step->agent, item->id, &object, err);

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
    return item->postponed ? MA_OK : pack(step, item, &object, &parcel, err);
}

/* Those that wait for others are many, and the batch need not remember them. */
static enum ma_status offer(struct export_step *step, struct item *item,
                            struct ma_error *err)
{
    struct arena_mark mark = arena_mark(&step->pack);
    size_t in_hand = step->in_hand;
    enum ma_status status = try_offer(step, item, err);

    if (step->in_hand == in_hand)
        arena_rewind(&step->pack, mark);
    return status;
}

/* One object of the pass; what stops the pass is in `broken`. */
static enum ma_status step_on(struct export_step *step, struct item *item,
                              struct ma_error *err)
{
    enum stop stop;

    if (item->done || item->elsewhere)
        return MA_OK;
    stop = check_stop(step, item);
    if (stop == STOP_AFTER_HAND)
        return stop_after_hand(step, err);
    if (stop == STOP_AT_ONCE)
        return MA_OK;
    if (offer(step, item, err) != MA_OK)
        return err->status;
    return step->in_hand == step->capacity ? flush(step, err) : MA_OK;
}

/* What was packed and is not to be sent any more. */
static enum ma_status unpack(struct export_step *step, struct ma_error *err)
{
    for (size_t i = 0; i < step->in_hand; i++)
        if (settle_unknown(step, i, false, err) != MA_OK)
            return err->status;
    step->in_hand = 0;
    return batch_commit(step->batch, err);
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
    return step->broken == MA_OK ? flush(step, err) : unpack(step, err);
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

static enum ma_status passes(struct export_step *step, struct ma_error *err)
{
    step->progress = 1;
    for (int i = 0; i < MOST_PASSES && step->progress > 0 && is_open(step); i++)
        if (pass(step, err) != MA_OK || step->broken != MA_OK)
            return step->broken != MA_OK ? MA_OK : err->status;
    for (size_t i = 0; i < step->count; i++)
        if (!step->items[i].done && step->items[i].waiting_for != NULL &&
            settle_waiting(step, &step->items[i], err) != MA_OK)
            return err->status;
    return MA_OK;
}

/* --- the step -------------------------------------------------------------------------
 */

/* Each object once, however many parts of it went. */
static enum ma_status count_objects(struct export_step *step, struct ma_error *err)
{
    struct history *history = step->req.history;

    for (size_t i = 0; i < step->count; i++) {
        const struct item *item = &step->items[i];
        ARENA_AUTO arena = {0};
        struct cs_object object;
        const char *dn = NULL;
        enum ma_status status;

        if (!item->succeeded && !item->failed)
            continue;
        status = cs_get_outline(step->batch, &arena, step->agent, item->id, &object, err);
        if (status == MA_OK)
            dn = object_dn(&arena, &object);
        else if (status != MA_NOT_FOUND)
            return status;
        history->count(history, item->failed ? COUNTER_EXPORT_FAILURE : item->counter,
                       step->agent, item->id, dn == NULL ? "" : dn);
    }
    return MA_OK;
}

static uint64_t expected(const struct export_step *step)
{
    uint64_t count = 0;

    for (size_t i = 0; i < step->count; i++)
        count += !step->items[i].elsewhere;
    return count;
}

static enum ma_status finish(struct export_step *step, const char **result,
                             struct ma_error *err)
{
    bool good = step->broken == MA_OK && step->errors == 0;

    if (count_objects(step, err) != MA_OK)
        return err->status;
    if (good && step->numbered)
        set_counters(step, true);
    if (batch_commit(step->batch, err) != MA_OK)
        return err->status;
    *result = step->errors > 0 ? "completed-export-errors" : "success";
    if (step->broken == MA_OK)
        return MA_OK;
    *result =
        step->stopped != NULL
            ? step->stopped
            : result_of_status(step->broken, step->heard ? RESULT_DURING : RESULT_BEFORE);
    *err = step->why;
    return step->broken;
}

enum ma_status export_run(struct export_step *step, const char **result,
                          struct ma_error *err)
{
    struct history *history = step->req.history;

    *result = NULL;
    if (guard_check(step, result, err) != MA_OK)
        return err->status;
    history->expect(history, expected(step));
    if (passes(step, err) != MA_OK)
        return err->status;
    return finish(step, result, err);
}
