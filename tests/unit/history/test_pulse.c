/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "history/pulse.h"
#include "suite.h"

static struct pulse *pulse;
static int fd;
static struct ma_error err;

static void before(void)
{
    err = (struct ma_error){0};
    pulse = NULL;
    ck_assert_int_eq(pulse_new(&pulse, &fd, &err), MA_OK);
}

static void after(void)
{
    pulse_end(pulse);
    close(fd);
}

/* A worker, that does this and dies. */
static void worker(void (*work)(struct pulse *theirs))
{
    pid_t child = fork();

    if (child == 0) {
        work(pulse_open(fd));
        raise(SIGKILL);
    }
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
}

static const char *described(void)
{
    static char text[PULSE_CALL + PULSE_OBJECT];
    struct pulse_state state;

    pulse_read(pulse, &state);
    pulse_describe(&state, text, sizeof text);
    return text;
}

static void export_and_die(struct pulse *theirs)
{
    pulse_limit(theirs, 60);
    pulse_enter(theirs, "export_entries of file_ma", "uid=1");
    pulse_object(theirs, "uid=2");
}

START_TEST(what_a_worker_was_doing_outlives_it)
{
    struct pulse_state state;

    worker(export_and_die);

    pulse_read(pulse, &state);
    ck_assert(state.in_call);
    ck_assert_uint_eq(state.limit, 60);
    ck_assert_int_ge(state.silence, 0);
    ck_assert_str_eq(described(), "in export_entries of file_ma, object 'uid=2'");
}
END_TEST

static void come_back_and_die(struct pulse *theirs)
{
    pulse_enter(theirs, "open of file_ma", NULL);
    pulse_leave(theirs);
}

START_TEST(a_call_that_came_back_is_over)
{
    struct pulse_state state;

    worker(come_back_and_die);

    pulse_read(pulse, &state);
    ck_assert(!state.in_call);
    ck_assert_str_eq(described(), "in open of file_ma");
}
END_TEST

START_TEST(a_sign_of_life_begins_the_silence_anew)
{
    struct pulse_state before_it;
    struct pulse_state state;

    pulse_enter(pulse, "open of file_ma", NULL);
    do
        pulse_read(pulse, &before_it);
    while (before_it.silence < 2000);
    pulse_beat(pulse);

    pulse_read(pulse, &state);
    ck_assert_int_lt(state.silence, before_it.silence);
}
END_TEST

START_TEST(a_name_that_is_too_long_is_cut)
{
    char dn[2 * PULSE_OBJECT];
    struct pulse_state state;

    memset(dn, 'x', sizeof dn);
    dn[sizeof dn - 1] = '\0';
    pulse_enter(pulse, "open", dn);

    pulse_read(pulse, &state);
    ck_assert_uint_eq(strlen(state.object), PULSE_OBJECT - 1);
}
END_TEST

START_TEST(where_nobody_watches_nothing_is_told)
{
    struct pulse *none = pulse_open(-1);

    ck_assert_ptr_null(none);
    pulse_limit(none, 1);
    pulse_enter(none, "open", NULL);
    pulse_object(none, "x");
    pulse_beat(none);
    pulse_leave(none);
    pulse_end(none);
}
END_TEST

SUITE_WITH("history/pulse", before, after, what_a_worker_was_doing_outlives_it,
           a_call_that_came_back_is_over, a_sign_of_life_begins_the_silence_anew,
           a_name_that_is_too_long_is_cut, where_nobody_watches_nothing_is_told)
