/* SPDX-License-Identifier: Apache-2.0 */
#include "run/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "suite.h"

static struct ma_error err;
static struct buf text;

static enum ma_status ask(void (*answer)(void *, FILE *), void *context)
{
    buf_clear(&text);
    err = (struct ma_error){0};
    return child_run(answer, context, 60, &text, &err);
}

static void end(void)
{
    buf_free(&text);
}

static void count_up(void *context, FILE *out)
{
    int *number = context;

    for (int i = 0; i < 10000; i++)
        fprintf(out, "%d\n", *number + i);
    *number = 0; /* in a memory of its own */
}

START_TEST(an_answer_of_any_length_comes_back)
{
    int number = 7;

    ck_assert_int_eq(ask(count_up, &number), MA_OK);
    ck_assert_int_eq(number, 7);
    ck_assert_int_eq(strncmp(text.at, "7\n8\n", 4), 0);
    ck_assert_str_eq(text.at + text.length - strlen("10006\n"), "10006\n");
}
END_TEST

static void say_nothing(void *context, FILE *out)
{
    (void)context;
    (void)out;
}

START_TEST(an_answer_may_be_empty)
{
    ck_assert_int_eq(ask(say_nothing, NULL), MA_OK);
    ck_assert_uint_eq(text.length, 0);
}
END_TEST

static void crash(void *context, FILE *out)
{
    (void)context;
    fputs("half", out);
    signal(SIGABRT, SIG_DFL);
    abort();
}

START_TEST(who_crashes_is_told_of)
{
    ck_assert_int_eq(ask(crash, NULL), MA_BROKEN);
    ck_assert_ptr_nonnull(strstr(err.text, "crashed (Aborted)"));
}
END_TEST

static void leave(void *context, FILE *out)
{
    (void)context;
    (void)out;
    _exit(3);
}

START_TEST(who_leaves_without_an_answer_is_told_of)
{
    ck_assert_int_eq(ask(leave, NULL), MA_BROKEN);
    ck_assert_ptr_nonnull(strstr(err.text, "left with 3"));
}
END_TEST

static void hang(void *context, FILE *out)
{
    (void)context;
    (void)out;
    for (;;)
        pause();
}

START_TEST(who_hangs_is_killed)
{
    int64_t began = clock_monotonic();

    ck_assert_int_eq(child_run(hang, NULL, 1, &text, &err), MA_LIMIT);
    ck_assert_int_ge(clock_monotonic() - began, 1000000);
    ck_assert_ptr_nonnull(strstr(err.text, "no answer came in 1 seconds"));
}
END_TEST

/* A store that is open here must not be touched by a second process. */
static void look_at(void *context, FILE *out)
{
    const int *file = context;

    fputs(fcntl(*file, F_GETFD) == -1 && errno == EBADF ? "shut" : "open", out);
    puts("nobody sees this");
}

START_TEST(it_has_none_of_our_files)
{
    int file = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
    int far = fcntl(file, F_DUPFD, 20);

    ck_assert_int_ge(far, 20);
    ck_assert_int_eq(ask(look_at, &far), MA_OK);
    ck_assert_str_eq(text.at, "shut");
    ck_assert_int_ne(fcntl(far, F_GETFD), -1);
    close(far);
    close(file);
}
END_TEST

SUITE_WITH("run/child", NULL, end, an_answer_of_any_length_comes_back,
           an_answer_may_be_empty, who_crashes_is_told_of,
           who_leaves_without_an_answer_is_told_of, who_hangs_is_killed,
           it_has_none_of_our_files)
