/* SPDX-License-Identifier: Apache-2.0 */

#include "base/clock.h"
#include "export/approval.h"
#include "history/result.h"
#include "history/retention.h"
#include "history_store.h"
#include "store/agent.h"

enum { DAY = 24 * 3600 * 1000 };

static const struct guid hr = {{1}};
static const struct guid ad = {{2}};

/* A run of one step that ended so many days ago; below 0: it goes on. */
static uint64_t ran(const struct guid *agent, const char *type, const char *partition,
                    const char *result, int days_ago)
{
    struct step_record step = {
        .number = 1, .type = type, .partition = partition, .result = result};
    struct run_record record = {
        .number = record_next(batch),
        .agent = "x",
        .agent_id = *agent,
        .profile = "x",
        .result = result,
        .end = days_ago < 0 ? 0 : clock_now() - (int64_t)days_ago * DAY,
        .steps = &step,
        .step_count = 1};

    record_put(batch, &record);
    ck_assert_int_eq(batch_commit(batch, &err), MA_OK);
    return record.number;
}

static uint64_t imported(int days_ago)
{
    return ran(&hr, "full-import", "p", RESULT_SUCCESS, days_ago);
}

static bool is_there(uint64_t run)
{
    ARENA_AUTO arena = {0};
    struct run_record record;

    batch_release(batch);
    return record_get(batch, &arena, run, &record, &err) == MA_OK;
}

static unsigned applied(int64_t days, uint64_t bytes)
{
    unsigned gone;

    ck_assert_int_eq(
        retention_apply(store, &(struct retention){days, bytes}, &gone, &err), MA_OK);
    return gone;
}

START_TEST(runs_are_forgotten_when_they_are_older_than_so_many_days)
{
    uint64_t old = imported(8);
    uint64_t young = imported(6);
    uint64_t last = imported(1);

    ck_assert_uint_eq(applied(7, 0), 1);

    ck_assert(!is_there(old));
    ck_assert(is_there(young));
    ck_assert(is_there(last));
}
END_TEST

START_TEST(without_a_limit_nothing_is_forgotten)
{
    uint64_t old = imported(5000);

    imported(1);

    ck_assert_uint_eq(applied(0, 0), 0);
    ck_assert(is_there(old));
}
END_TEST

START_TEST(the_last_run_of_an_agent_for_each_kind_of_step_and_partition_stays)
{
    uint64_t other_partition = ran(&hr, "delta-import", "q", RESULT_SUCCESS, 90);
    uint64_t other_agent = ran(&ad, "export", "p", RESULT_SUCCESS, 80);
    uint64_t older = imported(70);
    uint64_t sync = ran(&hr, "apply-rules", "p", "completed-sync-errors", 60);
    uint64_t newest = imported(50);

    ck_assert_uint_eq(applied(7, 0), 1);

    ck_assert(is_there(other_partition));
    ck_assert(is_there(other_agent));
    ck_assert(!is_there(older));
    ck_assert(is_there(sync));
    ck_assert(is_there(newest));
}
END_TEST

START_TEST(the_last_complete_run_stays_behind_one_that_stopped)
{
    uint64_t complete = imported(30);
    uint64_t stopped = ran(&hr, "full-import", "p", "stopped-connectivity", 20);
    uint64_t stopped_too = ran(&hr, "full-import", "p", "stopped-connectivity", 10);

    ck_assert_uint_eq(applied(7, 0), 1);

    ck_assert(is_there(complete));
    ck_assert(!is_there(stopped));
    ck_assert(is_there(stopped_too));
}
END_TEST

START_TEST(a_run_that_goes_on_stays)
{
    uint64_t open = ran(&hr, "full-import", "p", RESULT_RUNNING, -1);

    imported(20);
    imported(1);

    ck_assert_uint_eq(applied(7, 0), 1);
    ck_assert(is_there(open));
}
END_TEST

START_TEST(a_run_whose_exports_are_approved_stays)
{
    uint64_t stopped = ran(&hr, "export", "p", "stopped-deletion-threshold-exceeded", 30);

    ran(&hr, "export", "p", "stopped-deletion-threshold-exceeded", 1);
    approval_put(batch, agent_number(batch, &hr),
                 &(struct export_approval){
                     .set = "s", .most = 1, .run = stopped, .user = "u", .reason = "r"});
    ck_assert_int_eq(batch_commit(batch, &err), MA_OK);

    ck_assert_uint_eq(applied(7, 0), 0);
    ck_assert(is_there(stopped));

    approval_clear(batch, agent_number(batch, &hr));
    ck_assert_int_eq(batch_commit(batch, &err), MA_OK);
    ck_assert_uint_eq(applied(6, 0), 1);
    ck_assert(!is_there(stopped));
}
END_TEST

static void make_large(uint64_t run)
{
    for (unsigned i = 1; i <= 100; i++)
        record_put_error(batch, run, 1, i,
                         json_pack("{s:s%}", "text", tree.folder, (size_t)19));
    ck_assert_int_eq(batch_commit(batch, &err), MA_OK);
}

START_TEST(the_oldest_go_until_the_rest_fits)
{
    struct store_stats stats;
    uint64_t limit;
    uint64_t runs[6];

    for (int i = 0; i < 6; i++) {
        runs[i] = imported(6 - i);
        make_large(runs[i]);
    }
    ck_assert_int_eq(store_statistics(store, &stats, &err), MA_OK);
    limit = stats.bytes[TABLE_RUNS] / 2;

    ck_assert_uint_ge(applied(0, limit), 2);

    ck_assert(!is_there(runs[0]));
    ck_assert(is_there(runs[5]));
    ck_assert_int_eq(store_statistics(store, &stats, &err), MA_OK);
    ck_assert_uint_le(stats.bytes[TABLE_RUNS], limit);
    ck_assert_uint_eq(applied(0, limit), 0);
}
END_TEST

START_TEST(the_history_is_gone_through_only_when_a_run_has_become_too_old)
{
    uint64_t old = imported(6);

    imported(5);
    imported(4);
    ck_assert_uint_eq(applied(7, 0), 0);

    ck_assert_uint_eq(applied(7, 0), 0);
    ck_assert(is_there(old));
    ck_assert_uint_eq(applied(3, 0), 2);
    ck_assert(!is_there(old));
}
END_TEST

SUITE_WITH("history/retention", before, after,
           runs_are_forgotten_when_they_are_older_than_so_many_days,
           without_a_limit_nothing_is_forgotten,
           the_last_run_of_an_agent_for_each_kind_of_step_and_partition_stays,
           the_last_complete_run_stays_behind_one_that_stopped, a_run_that_goes_on_stays,
           a_run_whose_exports_are_approved_stays, the_oldest_go_until_the_rest_fits,
           the_history_is_gone_through_only_when_a_run_has_become_too_old)
