/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "instance/lock.h"
#include "suite.h"

static char folder[64];
static struct ma_error err;
static int first;
static int second;

static const struct run_lock hr = {.agent = {{1}},
                                   .what = "HR / Full Import, process 17"};
static const struct run_lock hr_again = {.agent = {{1}}, .what = "HR again"};
static const struct run_lock ad = {.agent = {{2}}, .what = "AD / Export, process 18"};
static const struct run_lock sync_hr = {
    .agent = {{1}}, .alone = true, .what = "HR / Full Synchronization, process 19"};
static const struct run_lock sync_ad = {
    .agent = {{2}}, .alone = true, .what = "AD / Delta Synchronization, process 20"};

static void before(void)
{
    snprintf(folder, sizeof folder, "/tmp/mactl-test-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    err = (struct ma_error){0};
    ck_assert_int_eq(run_lock_open(&first, folder, &err), MA_OK);
    ck_assert_int_eq(run_lock_open(&second, folder, &err), MA_OK);
}

static void after(void)
{
    char path[96];

    close(first);
    close(second);
    snprintf(path, sizeof path, "%s/run.lock", folder);
    unlink(path);
    rmdir(folder);
}

#define takes(fd, lock) ck_assert_int_eq(run_lock_take(fd, lock, &err), MA_OK)
#define is_refused(fd, lock, says)                                                       \
    do {                                                                                 \
        ck_assert_int_eq(run_lock_take(fd, lock, &err), MA_CONFLICT);                    \
        ck_assert_str_eq(err.text, says);                                                \
    } while (0)

START_TEST(a_second_run_of_an_agent_is_refused_and_told_of_the_first)
{
    takes(first, &hr);

    is_refused(second, &hr_again,
               "this management agent is running: HR / Full Import, process 17");
}
END_TEST

START_TEST(different_agents_go_side_by_side)
{
    takes(first, &hr);
    takes(second, &ad);

    ck_assert(run_lock_is_held(first, &ad.agent));
    ck_assert(run_lock_is_held(second, &hr.agent));
}
END_TEST

START_TEST(a_synchronisation_waits_for_no_import_and_none_begins_beside_it)
{
    takes(first, &hr);
    is_refused(second, &sync_ad,
               "a synchronisation runs alone, and another run goes on: HR / Full Import, "
               "process 17");
    close(first);

    takes(second, &sync_ad);
    ck_assert_int_eq(run_lock_open(&first, folder, &err), MA_OK);
    is_refused(first, &hr,
               "a synchronisation is running: AD / Delta Synchronization, process 20");
    is_refused(first, &sync_hr,
               "a synchronisation runs alone, and another run goes on: AD / Delta "
               "Synchronization, process 20");
}
END_TEST

START_TEST(who_is_refused_holds_nothing)
{
    takes(first, &sync_ad);
    ck_assert_int_eq(run_lock_take(second, &hr, &err), MA_CONFLICT);

    ck_assert(!run_lock_is_held(first, &hr.agent));
    close(first);
    ck_assert_int_eq(run_lock_open(&first, folder, &err), MA_OK);
    takes(first, &sync_hr);
}
END_TEST

START_TEST(what_is_in_the_way_of_a_synchronisation_is_named_in_full)
{
    int third;

    ck_assert_int_eq(run_lock_open(&third, folder, &err), MA_OK);
    takes(first, &hr);
    takes(second, &ad);

    ck_assert_int_eq(
        run_lock_take(
            third, &(struct run_lock){.agent = {{3}}, .alone = true, .what = "x"}, &err),
        MA_CONFLICT);
    ck_assert_ptr_nonnull(
        strstr(err.text, "HR / Full Import, process 17; AD / Export, process 18"));
    close(third);
}
END_TEST

START_TEST(a_lock_that_was_closed_is_free_and_its_line_means_nothing)
{
    takes(first, &hr);
    close(first);
    ck_assert_int_eq(run_lock_open(&first, folder, &err), MA_OK);

    ck_assert(!run_lock_is_held(first, &hr.agent));
    takes(first, &ad);
    is_refused(second, &sync_hr,
               "a synchronisation runs alone, and another run goes on: AD / Export, "
               "process 18");
}
END_TEST

START_TEST(ones_own_lock_is_nobody_elses)
{
    takes(first, &hr);

    ck_assert(!run_lock_is_held(first, &hr.agent));
    ck_assert(run_lock_is_held(second, &hr.agent));
}
END_TEST

/* The worker outlives its supervisor: a child holds what the parent closed. */
START_TEST(the_lock_is_held_while_one_of_two_processes_has_it)
{
    int gate[2];
    pid_t child;
    char byte = 0;

    takes(first, &hr);
    ck_assert_int_eq(pipe(gate), 0);
    child = fork();
    if (child == 0) {
        close(gate[1]);
        _exit(read(gate[0], &byte, 1) == 1 ? 0 : 1);
    }
    close(gate[0]);
    close(first);

    ck_assert(run_lock_is_held(second, &hr.agent));
    ck_assert_int_eq(write(gate[1], "x", 1), 1);
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
    ck_assert(!run_lock_is_held(second, &hr.agent));
    close(gate[1]);
    ck_assert_int_eq(run_lock_open(&first, folder, &err), MA_OK);
}
END_TEST

/* The worker takes it through what it inherited, and the supervisor has it too. */
START_TEST(what_a_child_takes_is_held_by_its_parent)
{
    int status;
    pid_t child = fork();

    if (child == 0)
        _exit(run_lock_take(first, &hr, &err) == MA_OK ? 0 : 1);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);

    is_refused(second, &hr_again,
               "this management agent is running: HR / Full Import, process 17");
}
END_TEST

START_TEST(a_folder_that_is_not_there_is_no_conflict)
{
    int fd;

    ck_assert_int_eq(run_lock_open(&fd, "/nowhere/at/all", &err), MA_DENIED);
}
END_TEST

SUITE_WITH("instance/lock", before, after,
           a_second_run_of_an_agent_is_refused_and_told_of_the_first,
           different_agents_go_side_by_side,
           a_synchronisation_waits_for_no_import_and_none_begins_beside_it,
           who_is_refused_holds_nothing,
           what_is_in_the_way_of_a_synchronisation_is_named_in_full,
           a_lock_that_was_closed_is_free_and_its_line_means_nothing,
           ones_own_lock_is_nobody_elses,
           the_lock_is_held_while_one_of_two_processes_has_it,
           what_a_child_takes_is_held_by_its_parent,
           a_folder_that_is_not_there_is_no_conflict)
