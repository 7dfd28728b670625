/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <signal.h>

#include "history/ledger.h"
#include "history/result.h"
#include "world.h"

static struct world w;
static struct ledger *ledger;
static struct run_record record;
static volatile sig_atomic_t interrupted;
static int ends[2];

static void begin(unsigned error_limit)
{
    struct ledger_request request = {
        .store = w.store,
        .program = w.program,
        .record = &record,
        .events = ends[1],
        .interrupted = &interrupted,
        .error_limit = error_limit,
    };
    struct step_record step = {.number = 1, .type = "full-import", .subtype = "to-cs"};

    record =
        (struct run_record){.agent = "HR", .profile = "Full Import", .steps_planned = 1};
    WORLD_OK(&w, ledger_begin(&ledger, &request, &w.err));
    WORLD_OK(&w, ledger_step(ledger, &step, &w.err));
}

static void before(void)
{
    world_begin_with(&w, SOURCE_DIR "/tests/integration/data/pair/export", "");
    signal(SIGPIPE, SIG_IGN);
    ck_assert_int_eq(pipe2(ends, O_NONBLOCK), 0);
    interrupted = STOP_NOT;
    ledger = NULL;
}

static void after(void)
{
    ledger_free(ledger);
    close(ends[0]);
    close(ends[1]);
    world_end(&w);
}

static struct run_record kept(void)
{
    struct batch *batch = batch_begin(w.store);
    struct run_record back;

    WORLD_OK(&w, record_get(batch, &w.arena, record.number, &back, &w.err));
    batch_end(batch);
    return back;
}

static void count(enum counter counter, const char *agent, uint64_t id, const char *dn)
{
    struct history *history = ledger_history(ledger);

    history->count(history, counter, world_agent(&w, agent)->number, id, dn);
}

static const char *end_step(const char *result)
{
    const char *recorded = NULL;

    WORLD_OK(&w, ledger_step_end(ledger, result, NULL, &recorded, &w.err));
    return recorded;
}

static void fail_object(const char *dn)
{
    struct history *history = ledger_history(ledger);
    struct object_error error = {.count = 2, .type = "flow-failure", .text = "because"};

    history->sync_error(history, world_agent(&w, "HR")->number, 7, dn, &error, NULL,
                        NULL);
}

START_TEST(a_run_is_in_the_history_from_its_beginning)
{
    struct run_record back;

    begin(0);

    back = kept();
    ck_assert_str_eq(back.result, RESULT_RUNNING);
    ck_assert_int_eq(back.end, 0);
    ck_assert_uint_eq(back.step_count, 1);
    ck_assert_str_eq(back.steps[0].result, RESULT_RUNNING);
}
END_TEST

START_TEST(outbound_counters_belong_to_their_target)
{
    struct run_record back;

    begin(0);
    count(COUNTER_CONNECTOR_FLOW, "HR", 1, "uid=1");
    count(COUNTER_OUT_FLOW, "Directory", 1, "cn=1");
    count(COUNTER_OUT_FLOW, "Directory", 2, "cn=2");
    end_step(RESULT_SUCCESS);

    back = kept();
    ck_assert_uint_eq(back.steps[0].agent_count, 2);
    ck_assert_str_eq(back.steps[0].agents[0].agent, "HR");
    ck_assert_uint_eq(back.steps[0].agents[0].counters.of[COUNTER_CONNECTOR_FLOW], 1);
    ck_assert_str_eq(back.steps[0].agents[1].agent, "Directory");
    ck_assert_uint_eq(back.steps[0].agents[1].counters.of[COUNTER_OUT_FLOW], 2);
    ck_assert_uint_eq(ledger_count(ledger, COUNTER_OUT_FLOW), 2);
}
END_TEST

static uint64_t counted(enum counter counter, const char *agent)
{
    struct run_record back = kept();

    for (size_t i = 0; i < back.steps[0].agent_count; i++)
        if (strcmp(back.steps[0].agents[i].agent, agent) == 0)
            return back.steps[0].agents[i].counters.of[counter];
    return 0;
}

static size_t listed(enum counter counter)
{
    struct batch *batch = batch_begin(w.store);
    record_objects objects = {0};
    size_t count;

    WORLD_OK(&w, record_get_objects(batch, &w.arena, 1, 1, counter, 0, &objects, &w.err));
    count = objects.count;
    VEC_FREE(&objects);
    batch_end(batch);
    return count;
}

START_TEST(an_object_that_is_looked_at_again_stands_in_the_counter_that_says_more)
{
    begin(0);
    count(COUNTER_OUT_NO_FLOW, "Directory", 1, "cn=1");
    count(COUNTER_OUT_FLOW, "Directory", 2, "cn=2");
    count(COUNTER_OUT_ADD_FLOW, "Directory", 3, "cn=3");
    count(COUNTER_DISCONNECTOR_PROJECTED_FLOW, "HR", 1, "uid=1");
    history_settled(ledger_history(ledger), true);
    count(COUNTER_OUT_FLOW, "Directory", 1, "cn=1");
    count(COUNTER_OUT_NO_FLOW, "Directory", 2, "cn=2");
    count(COUNTER_OUT_FLOW, "Directory", 3, "cn=3");
    count(COUNTER_FLOW_FAILURE, "HR", 1, "uid=1");
    count(COUNTER_OUT_FLOW, "HR", 1, "another space");
    end_step(RESULT_SUCCESS);

    ck_assert_uint_eq(counted(COUNTER_OUT_NO_FLOW, "Directory"), 0);
    ck_assert_uint_eq(counted(COUNTER_OUT_FLOW, "Directory"), 2);
    ck_assert_uint_eq(counted(COUNTER_OUT_ADD_FLOW, "Directory"), 1);
    ck_assert_uint_eq(counted(COUNTER_DISCONNECTOR_PROJECTED_FLOW, "HR"), 0);
    ck_assert_uint_eq(counted(COUNTER_FLOW_FAILURE, "HR"), 1);
    ck_assert_uint_eq(counted(COUNTER_OUT_FLOW, "HR"), 1);
    ck_assert_uint_eq(listed(COUNTER_OUT_NO_FLOW), 0);
    ck_assert_uint_eq(listed(COUNTER_OUT_FLOW), 3);
    ck_assert_uint_eq(ledger_count(ledger, COUNTER_OUT_FLOW), 3);
    ck_assert_uint_eq(ledger_count(ledger, COUNTER_OUT_NO_FLOW), 0);
}
END_TEST

START_TEST(what_never_came_into_the_store_does_not_count)
{
    struct history *history;
    struct run_record back;

    begin(0);
    history = ledger_history(ledger);
    count(COUNTER_CONNECTOR_FLOW, "HR", 1, "uid=1");
    history_settled(history, true);
    count(COUNTER_CONNECTOR_FLOW, "HR", 2, "uid=2");
    count(COUNTER_OUT_FLOW, "Directory", 1, "cn=1");
    history_settled(history, false);
    end_step("stopped-database-disk-full");

    back = kept();
    ck_assert_uint_eq(back.steps[0].agent_count, 1);
    ck_assert_uint_eq(back.steps[0].agents[0].counters.of[COUNTER_CONNECTOR_FLOW], 1);
    ck_assert_uint_eq(listed(COUNTER_CONNECTOR_FLOW), 1);
    ck_assert_uint_eq(ledger_count(ledger, COUNTER_OUT_FLOW), 0);
}
END_TEST

START_TEST(objects_are_kept_where_the_counter_has_detail)
{
    struct batch *batch;
    record_objects objects = {0};

    begin(0);
    for (uint64_t id = 1; id <= 3000; id++) {
        count(COUNTER_STAGE_ADD, "HR", id, "uid=a long name to fill more than one chunk");
        count(COUNTER_STAGE_NO_CHANGE, "HR", id, "uid=x");
    }
    end_step(RESULT_SUCCESS);

    batch = batch_begin(w.store);
    WORLD_OK(&w, record_get_objects(batch, &w.arena, record.number, 1, COUNTER_STAGE_ADD,
                                    0, &objects, &w.err));
    ck_assert_uint_eq(objects.count, 3000);
    ck_assert_uint_eq(objects.items[2999].id, 3000);
    WORLD_OK(&w, record_get_objects(batch, &w.arena, record.number, 1,
                                    COUNTER_STAGE_NO_CHANGE, 0, &objects, &w.err));
    ck_assert_uint_eq(objects.count, 3000);
    VEC_FREE(&objects);
    batch_end(batch);
}
END_TEST

/* More than a step may keep in memory. */
START_TEST(what_has_gathered_is_kept_before_the_step_ends)
{
    struct batch *batch;
    record_objects objects = {0};

    begin(0);
    for (uint64_t id = 1; id <= 30000; id++)
        count(COUNTER_EXPORT_ADD, "HR", id, "uid=a long name to fill some more of it");
    WORLD_OK(&w, history_save(ledger_history(ledger), &w.err));

    batch = batch_begin(w.store);
    WORLD_OK(&w, record_get_objects(batch, &w.arena, record.number, 1, COUNTER_EXPORT_ADD,
                                    0, &objects, &w.err));
    ck_assert_uint_gt(objects.count, 29000); /* less one chunk that is being filled */
    batch_release(batch);
    objects.count = 0;
    end_step(RESULT_SUCCESS);
    WORLD_OK(&w, record_get_objects(batch, &w.arena, record.number, 1, COUNTER_EXPORT_ADD,
                                    0, &objects, &w.err));
    ck_assert_uint_eq(objects.count, 30000);
    VEC_FREE(&objects);
    batch_end(batch);
}
END_TEST

START_TEST(an_error_is_kept_with_the_step_and_told)
{
    struct batch *batch;
    json_t *errors;
    char heard[16384];
    ssize_t length;

    begin(0);
    fail_object("uid=7");
    end_step("completed-sync-errors");

    batch = batch_begin(w.store);
    WORLD_OK(&w, record_errors(batch, record.number, 1, &errors, &w.err));
    ck_assert_uint_eq(json_array_size(errors), 1);
    ck_assert_str_eq(
        json_string_value(json_object_get(json_array_get(errors, 0), "type")),
        "flow-failure");
    ck_assert_str_eq(
        json_string_value(json_object_get(json_array_get(errors, 0), "agent")), "HR");
    json_decref(errors);
    batch_end(batch);
    ck_assert_uint_eq(kept().steps[0].errors, 1);
    length = read(ends[0], heard, sizeof heard - 1);
    ck_assert_int_gt(length, 0);
    heard[length] = '\0';
    ck_assert_ptr_nonnull(strstr(heard, "\"event\":\"object_error\""));
}
END_TEST

START_TEST(too_many_errors_stop_the_step_under_their_own_name)
{
    struct history *history;

    begin(2);
    history = ledger_history(ledger);
    fail_object("uid=1");
    fail_object("uid=2");
    ck_assert(!history->cancelled(history));
    fail_object("uid=3");

    ck_assert(history->cancelled(history));
    ck_assert_str_eq(end_step(RESULT_CANCELLED), "stopped-error-limit");
}
END_TEST

START_TEST(a_cancel_is_named_by_its_cause)
{
    begin(0);
    interrupted = STOP_USER;
    ck_assert_str_eq(end_step(RESULT_CANCELLED),
                     "stopped-user-termination-from-wmi-or-ui");

    interrupted = STOP_ORPHANED;
    ck_assert_int_eq(ledger_stopped(ledger), STOP_ORPHANED);
}
END_TEST

START_TEST(a_supervisor_that_is_gone_stops_the_step)
{
    begin(0);
    ck_assert_int_eq(ledger_stopped(ledger), STOP_NOT);
    close(ends[0]);
    ledger_log(ledger, MA_LOG_INFO, "is anybody there?");

    ck_assert_int_eq(ledger_stopped(ledger), STOP_ORPHANED);
    ck_assert_str_eq(end_step(RESULT_CANCELLED), RESULT_SHUTDOWN);
    ends[0] = open("/dev/null", O_RDONLY);
}
END_TEST

START_TEST(the_end_of_the_run_is_kept_and_its_record_told)
{
    char heard[16384];
    ssize_t length;

    begin(0);
    end_step(RESULT_SUCCESS);
    WORLD_OK(&w, ledger_end(ledger, RESULT_SUCCESS, NULL, &w.err));

    ck_assert_str_eq(kept().result, RESULT_SUCCESS);
    ck_assert_int_ne(kept().end, 0);
    length = read(ends[0], heard, sizeof heard - 1);
    ck_assert_int_gt(length, 0);
    heard[length] = '\0';
    ck_assert_ptr_nonnull(strstr(heard, "\"event\":\"run_finished\""));
    ck_assert_ptr_nonnull(strstr(heard, "\"record\":{\"schema\":\"mactl/run/1\""));
}
END_TEST

SUITE_WITH("history/ledger", before, after, a_run_is_in_the_history_from_its_beginning,
           outbound_counters_belong_to_their_target,
           an_object_that_is_looked_at_again_stands_in_the_counter_that_says_more,
           what_never_came_into_the_store_does_not_count,
           objects_are_kept_where_the_counter_has_detail,
           what_has_gathered_is_kept_before_the_step_ends,
           an_error_is_kept_with_the_step_and_told,
           too_many_errors_stop_the_step_under_their_own_name,
           a_cancel_is_named_by_its_cause, a_supervisor_that_is_gone_stops_the_step,
           the_end_of_the_run_is_kept_and_its_record_told)
