/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run/lock.h"
#include "suite.h"

static char folder[64];
static struct ma_error err;

static void before(void)
{
    snprintf(folder, sizeof folder, "/tmp/mactl-test-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    err = (struct ma_error){0};
}

static void after(void)
{
    char path[96];

    snprintf(path, sizeof path, "%s/run.lock", folder);
    unlink(path);
    rmdir(folder);
}

START_TEST(a_second_run_is_refused_and_told_who_has_the_lock)
{
    int first;
    int second = -1;

    ck_assert_int_eq(run_lock_take(&first, folder, &err), MA_OK);
    run_lock_describe(first, "HR / Full Import, process 17");

    ck_assert_int_eq(run_lock_take(&second, folder, &err), MA_CONFLICT);
    ck_assert_ptr_nonnull(strstr(err.text, "HR / Full Import, process 17"));
    ck_assert_int_eq(second, -1);
    ck_assert(run_lock_is_held(folder));
    close(first);
}
END_TEST

START_TEST(a_lock_that_was_closed_is_free)
{
    int fd;

    ck_assert_int_eq(run_lock_take(&fd, folder, &err), MA_OK);
    close(fd);

    ck_assert(!run_lock_is_held(folder));
    ck_assert_int_eq(run_lock_take(&fd, folder, &err), MA_OK);
    close(fd);
}
END_TEST

/* The worker outlives its supervisor: a child holds what the parent closed. */
START_TEST(the_lock_is_held_while_one_of_two_processes_has_it)
{
    int fd;
    int gate[2];
    pid_t child;
    char byte = 0;

    ck_assert_int_eq(run_lock_take(&fd, folder, &err), MA_OK);
    ck_assert_int_eq(pipe(gate), 0);
    child = fork();
    if (child == 0) {
        close(gate[1]);
        _exit(read(gate[0], &byte, 1) == 1 ? 0 : 1);
    }
    close(gate[0]);
    close(fd);

    ck_assert(run_lock_is_held(folder));
    ck_assert_int_eq(write(gate[1], "x", 1), 1);
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
    ck_assert(!run_lock_is_held(folder));
    close(gate[1]);
}
END_TEST

START_TEST(a_folder_that_is_not_there_is_no_conflict)
{
    int fd;

    ck_assert_int_eq(run_lock_take(&fd, "/nowhere/at/all", &err), MA_DENIED);
    ck_assert(!run_lock_is_held("/nowhere/at/all"));
}
END_TEST

SUITE_WITH("run/lock", before, after, a_second_run_is_refused_and_told_who_has_the_lock,
           a_lock_that_was_closed_is_free,
           the_lock_is_held_while_one_of_two_processes_has_it,
           a_folder_that_is_not_there_is_no_conflict)
