/* SPDX-License-Identifier: Apache-2.0 */
#include "run/approve.h"

#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "export/approval.h"
#include "instance/lock.h"
#include "instance/opened.h"
#include "store/agent.h"

/* An instance in hand: no run of the agent goes on meanwhile. */
struct hand {
    const struct approve_request *request;
    struct arena *arena;
    struct opened opened;
    struct batch *batch;
    int lock;
    uint64_t run;
    struct run_record record;
    const struct step_record *step; /* that a guard stopped */
    uint32_t agent;
};

static const struct step_record *guarded_step(const struct run_record *record)
{
    for (size_t i = 0; i < record->step_count; i++)
        if (record->steps[i].guarded_set != NULL)
            return &record->steps[i];
    return NULL;
}

static enum ma_status find(struct hand *hand, struct ma_error *err)
{
    uint64_t run = hand->run;

    if (record_get(hand->batch, hand->arena, run, &hand->record, err) != MA_OK)
        return err->status;
    hand->step = guarded_step(&hand->record);
    if (hand->step == NULL)
        return ma_fail(err, MA_NOT_FOUND, "no guard stopped run %llu (%s)",
                       (unsigned long long)run, hand->record.result);
    hand->agent = agent_find(hand->batch, &hand->record.agent_id);
    return MA_OK;
}

/* Nobody exports, imports or synchronises what is approved of. The record is read again:
 * a run may have ended between. */
static enum ma_status keep_still(struct hand *hand, struct ma_error *err)
{
    const struct run_lock lock = {.agent = hand->record.agent_id,
                                  .what = "export approve"};
    enum ma_status status = run_lock_take(hand->lock, &lock, err);

    batch_release(hand->batch);
    return status == MA_OK ? find(hand, err) : status;
}

static enum ma_status take(struct hand *hand, const struct approve_request *request,
                           struct arena *arena, struct ma_error *err)
{
    const struct opened_request open = {.folder = request->folder};
    struct instance *instance = NULL;
    enum ma_status status = instance_open(&instance, request->folder, err);

    *hand = (struct hand){.request = request, .arena = arena, .lock = -1};
    instance_close(instance); /* it is one: nothing is made in any other folder */
    if (status == MA_OK)
        status = run_lock_open(&hand->lock, request->folder, err);
    if (status == MA_OK)
        status = opened_begin(&hand->opened, &open, err);
    if (status != MA_OK)
        return status;
    hand->batch = batch_begin(hand->opened.store);
    hand->run = request->run == 0 ? record_last(hand->batch) : request->run;
    status = find(hand, err);
    if (status == MA_OK)
        status = keep_still(hand, err);
    return status;
}

static void let_go(struct hand *hand)
{
    batch_end(hand->batch);
    opened_end(&hand->opened);
    if (hand->lock >= 0)
        close(hand->lock);
}

/* For good: in the run's own record. */
static void write_down(struct hand *hand, bool revoked, uint64_t most)
{
    const struct approve_request *request = hand->request;
    struct run_record *record = &hand->record;
    size_t count = record->approval_count;
    struct approval_record *list =
        ARENA_ARRAY(hand->arena, struct approval_record, count + 1);

    if (count > 0)
        memcpy(list, record->approvals, count * sizeof *list);
    list[count] = (struct approval_record){.revoked = revoked,
                                           .most = most,
                                           .set = hand->step->guarded_set,
                                           .user = request->user,
                                           .reason = request->reason,
                                           .time = clock_now()};
    record->approvals = list;
    record->approval_count = count + 1;
    record_put(hand->batch, record);
}

static void tell(const struct hand *hand, struct approved *out)
{
    *out = (struct approved){.run = hand->run,
                             .agent = hand->record.agent,
                             .profile = hand->record.profile,
                             .set = hand->step->guarded_set,
                             .guarded = hand->step->guarded};
}

static enum ma_status check_set(struct hand *hand, struct ma_error *err)
{
    struct export_set now;
    unsigned long long run = hand->run;

    if (hand->step->guarded > hand->request->most)
        return ma_fail(err, MA_LIMIT,
                       "the guard counted %llu in run %llu, and --max %llu is less",
                       (unsigned long long)hand->step->guarded, run,
                       (unsigned long long)hand->request->most);
    if (export_pending_set(hand->batch, hand->agent, &now, err) != MA_OK)
        return err->status;
    if (strcmp(now.id, hand->step->guarded_set) != 0)
        return ma_fail(err, MA_CONFLICT,
                       "what is pending for '%s' is not what run %llu found: export "
                       "again, and approve of that run",
                       hand->record.agent, run);
    return MA_OK;
}

enum ma_status approve_exports(const struct approve_request *request, struct arena *arena,
                               struct approved *out, struct ma_error *err)
{
    struct hand hand;
    enum ma_status status = take(&hand, request, arena, err);

    if (status == MA_OK)
        status = check_set(&hand, err);
    if (status == MA_OK) {
        const struct export_approval approval = {.set = hand.step->guarded_set,
                                                 .most = request->most,
                                                 .run = hand.run,
                                                 .user = request->user,
                                                 .reason = request->reason,
                                                 .time = clock_now()};

        approval_put(hand.batch, hand.agent, &approval);
        write_down(&hand, false, request->most);
        status = batch_commit(hand.batch, err);
        tell(&hand, out);
    }
    let_go(&hand);
    return status;
}

enum ma_status approve_revoke(const struct approve_request *request, struct arena *arena,
                              struct approved *out, struct ma_error *err)
{
    struct hand hand;
    struct export_approval approval;
    enum ma_status status = take(&hand, request, arena, err);

    if (status == MA_OK && (!approval_get(hand.batch, arena, hand.agent, &approval) ||
                            approval.run != hand.run))
        status = ma_fail(err, MA_NOT_FOUND,
                         "nothing of run %llu is approved: it was used, revoked or "
                         "replaced, or never given",
                         (unsigned long long)hand.run);
    if (status == MA_OK) {
        approval_clear(hand.batch, hand.agent);
        write_down(&hand, true, approval.most);
        status = batch_commit(hand.batch, err);
        tell(&hand, out);
    }
    let_go(&hand);
    return status;
}
