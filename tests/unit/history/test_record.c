/* SPDX-License-Identifier: Apache-2.0 */

#include "history/record.h"
#include "history/result.h"
#include "history_store.h"

/* The one agent that somebody works on; NULL: none. */
static bool agent_lives(void *context, const struct guid *agent)
{
    const unsigned char *living = context;

    return living != NULL && agent->bytes[0] == *living;
}

/* A run of one step that has not ended. */
static uint64_t start_run_of(const char *profile, unsigned char agent)
{
    struct agent_counters agents[] = {{.agent = "HR", .number = 1},
                                      {.agent = "AD", .number = 2}};
    struct step_record step = {.number = 1,
                               .type = "full-import",
                               .subtype = "to-cs",
                               .partition = "default",
                               .start = 1000,
                               .result = RESULT_RUNNING,
                               .agents = agents,
                               .agent_count = 2};
    struct run_record record = {.number = record_next(batch),
                                .agent = "HR",
                                .agent_id = {{agent}},
                                .profile = profile,
                                .user = "root",
                                .start = 1000,
                                .result = RESULT_RUNNING,
                                .steps = &step,
                                .step_count = 1,
                                .steps_planned = 2};

    agents[0].counters.of[COUNTER_STAGE_ADD] = 91;
    agents[0].counters.of[COUNTER_CONNECTOR_FLOW] = 7;
    agents[1].counters.of[COUNTER_OUT_FLOW] = 5;
    record_put(batch, &record);
    ck_assert_int_eq(batch_commit(batch, &err), MA_OK);
    return record.number;
}

static uint64_t start_run(const char *profile)
{
    return start_run_of(profile, 1);
}

START_TEST(a_record_is_read_as_it_was_written)
{
    uint64_t run = start_run("Full Import");
    struct run_record back;

    ck_assert_int_eq(record_get(batch, &tree.arena, run, &back, &err), MA_OK);

    ck_assert_str_eq(back.agent, "HR");
    ck_assert_str_eq(back.profile, "Full Import");
    ck_assert_str_eq(back.user, "root");
    ck_assert_int_eq(back.start, 1000);
    ck_assert_int_eq(back.end, 0);
    ck_assert_uint_eq(back.steps_planned, 2);
    ck_assert_uint_eq(back.step_count, 1);
    ck_assert_str_eq(back.steps[0].subtype, "to-cs");
    ck_assert_str_eq(back.steps[0].partition, "default");
    ck_assert_ptr_null(back.steps[0].text);
    ck_assert_uint_eq(back.steps[0].agent_count, 2);
    ck_assert_uint_eq(back.steps[0].agents[0].counters.of[COUNTER_STAGE_ADD], 91);
    ck_assert_uint_eq(back.steps[0].agents[0].counters.of[COUNTER_CONNECTOR_FLOW], 7);
    ck_assert_uint_eq(back.steps[0].agents[0].counters.of[COUNTER_OUT_FLOW], 0);
    ck_assert_uint_eq(back.steps[0].agents[1].counters.of[COUNTER_OUT_FLOW], 5);
    ck_assert_uint_eq(back.steps[0].agents[1].number, 2);
}
END_TEST

START_TEST(runs_are_numbered_from_one_and_the_last_is_known)
{
    ck_assert_uint_eq(record_last(batch), 0);
    ck_assert_uint_eq(start_run("a"), 1);
    ck_assert_uint_eq(start_run("b"), 2);
    ck_assert_uint_eq(record_last(batch), 2);
}
END_TEST

START_TEST(a_run_that_is_not_there_is_named)
{
    struct run_record back;

    ck_assert_int_eq(record_get(batch, &tree.arena, 17, &back, &err), MA_NOT_FOUND);
    ck_assert_str_eq(err.text, "there is no run 17");
}
END_TEST

START_TEST(a_run_that_died_is_ended_with_its_open_step)
{
    uint64_t run = start_run("Full Import");
    struct run_record back;

    ck_assert_int_eq(
        record_close_dead(store, agent_lives, NULL, RESULT_SHUTDOWN, "it died", &err),
        MA_OK);
    batch_release(batch);

    ck_assert_int_eq(record_get(batch, &tree.arena, run, &back, &err), MA_OK);
    ck_assert_str_eq(back.result, "stopped-service-shutdown");
    ck_assert_str_eq(back.text, "it died");
    ck_assert_int_ne(back.end, 0);
    ck_assert_str_eq(back.steps[0].result, "stopped-service-shutdown");
    ck_assert_int_ne(back.steps[0].end, 0);
    ck_assert_int_eq(
        record_close_dead(store, agent_lives, NULL, RESULT_SHUTDOWN, "again", &err),
        MA_OK);
    batch_release(batch);
    ck_assert_int_eq(record_get(batch, &tree.arena, run, &back, &err), MA_OK);
    ck_assert_str_eq(back.text, "it died");
}
END_TEST

START_TEST(a_run_whose_agent_is_being_worked_on_is_left_alone)
{
    uint64_t dead = start_run("Full Import");
    uint64_t alive = start_run_of("Full Import", 7);
    open_runs open = {0};
    unsigned char living = 7;
    struct run_record back;

    ck_assert_int_eq(record_open(batch, &open, &err), MA_OK);
    ck_assert_uint_eq(open.count, 2);
    ck_assert_int_eq(
        record_close_dead(store, agent_lives, &living, RESULT_SHUTDOWN, "it died", &err),
        MA_OK);
    batch_release(batch);

    ck_assert_int_eq(record_get(batch, &tree.arena, dead, &back, &err), MA_OK);
    ck_assert_int_ne(back.end, 0);
    ck_assert_int_eq(record_get(batch, &tree.arena, alive, &back, &err), MA_OK);
    ck_assert_int_eq(back.end, 0);
    open.count = 0;
    ck_assert_int_eq(record_open(batch, &open, &err), MA_OK);
    ck_assert_uint_eq(open.count, 1);
    ck_assert_uint_eq(open.items[0].run, alive);
    VEC_FREE(&open);
}
END_TEST

START_TEST(a_forgotten_run_is_gone_with_all_that_belongs_to_it)
{
    uint64_t run = start_run("x");
    uint64_t next = start_run("x");
    struct run_record back;
    json_t *errors;

    for (unsigned i = 1; i <= 600; i++)
        record_put_error(batch, run, 1, i, json_object());
    ck_assert_int_eq(batch_commit(batch, &err), MA_OK);

    ck_assert_int_eq(record_forget(batch, run, &err), MA_OK);

    ck_assert_int_eq(record_get(batch, &tree.arena, run, &back, &err), MA_NOT_FOUND);
    ck_assert_uint_eq(record_first(batch), next);
    ck_assert_int_eq(record_errors(batch, run, 0, &errors, &err), MA_OK);
    ck_assert_uint_eq(json_array_size(errors), 0);
    json_decref(errors);
}
END_TEST

START_TEST(errors_come_back_in_their_order_and_by_step)
{
    uint64_t run = start_run("Full Import");
    json_t *errors;

    for (unsigned i = 1; i <= 300; i++)
        record_put_error(batch, run, 1, i, json_pack("{s:i}", "n", (int)i));
    record_put_error(batch, run, 2, 1, json_pack("{s:i}", "n", 1000));
    ck_assert_int_eq(batch_commit(batch, &err), MA_OK);

    ck_assert_int_eq(record_errors(batch, run, 1, &errors, &err), MA_OK);
    ck_assert_uint_eq(json_array_size(errors), 300);
    for (size_t i = 0; i < 300; i++)
        ck_assert_int_eq(
            json_integer_value(json_object_get(json_array_get(errors, i), "n")),
            (json_int_t)i + 1);
    json_decref(errors);
    ck_assert_int_eq(record_errors(batch, run, 0, &errors, &err), MA_OK);
    ck_assert_uint_eq(json_array_size(errors), 301);
    json_decref(errors);
}
END_TEST

START_TEST(objects_of_a_counter_come_back_with_their_agent)
{
    uint64_t run = start_run("Full Import");
    record_objects objects = {0};
    BUF_AUTO first = {0};
    BUF_AUTO second = {0};

    record_object_add(&first, 7, "cn=ada");
    record_object_add(&first, 300, "");
    record_object_add(&second, 8, "cn=bob");
    record_put_objects(batch, run, 1, COUNTER_OUT_ADD_FLOW, 3, 0, buf_view(&first));
    record_put_objects(batch, run, 1, COUNTER_OUT_ADD_FLOW, 4, 0, buf_view(&second));

    ck_assert_int_eq(record_get_objects(batch, &tree.arena, run, 1, COUNTER_OUT_ADD_FLOW,
                                        0, &objects, &err),
                     MA_OK);
    ck_assert_uint_eq(objects.count, 3);
    ck_assert_uint_eq(objects.items[0].agent, 3);
    ck_assert_uint_eq(objects.items[0].id, 7);
    ck_assert_str_eq(objects.items[0].dn, "cn=ada");
    ck_assert_uint_eq(objects.items[1].id, 300);
    ck_assert_str_eq(objects.items[2].dn, "cn=bob");
    objects.count = 0;
    ck_assert_int_eq(record_get_objects(batch, &tree.arena, run, 1, COUNTER_OUT_ADD_FLOW,
                                        4, &objects, &err),
                     MA_OK);
    ck_assert_uint_eq(objects.count, 1);
    VEC_FREE(&objects);
}
END_TEST

SUITE_WITH("history/record", before, after, a_record_is_read_as_it_was_written,
           runs_are_numbered_from_one_and_the_last_is_known,
           a_run_that_is_not_there_is_named, a_run_that_died_is_ended_with_its_open_step,
           a_run_whose_agent_is_being_worked_on_is_left_alone,
           a_forgotten_run_is_gone_with_all_that_belongs_to_it,
           errors_come_back_in_their_order_and_by_step,
           objects_of_a_counter_come_back_with_their_agent)
