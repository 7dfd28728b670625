/* SPDX-License-Identifier: Apache-2.0 */
#include "run/early.h"

#include <stdatomic.h>

#include "suite.h"

/* The second call waits until the test lets it go. */
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static atomic_uint done;

static void first(void *with)
{
    ck_assert_uint_eq(atomic_fetch_add(&done, 1), 0);
    *(pthread_t *)with = pthread_self();
}

static void second(void *with)
{
    pthread_mutex_lock(&gate);
    ck_assert_uint_eq(atomic_fetch_add(&done, 1), 1);
    ck_assert(pthread_equal(*(pthread_t *)with, pthread_self()));
    pthread_mutex_unlock(&gate);
}

START_TEST(each_call_is_waited_for_in_its_turn_and_not_for_those_behind_it)
{
    pthread_t thread = pthread_self();
    const struct early_call calls[] = {{first, &thread}, {second, &thread}};
    struct early *early;

    pthread_mutex_lock(&gate);
    early = early_begin(calls, 2);
    ck_assert_ptr_nonnull(early);

    early_wait(early, 0);
    ck_assert_uint_eq(atomic_load(&done), 1);
    ck_assert(!pthread_equal(thread, pthread_self()));
    pthread_mutex_unlock(&gate);
    early_wait(early, 1);
    ck_assert_uint_eq(atomic_load(&done), 2);
    early_wait(early, 7); /* there is none */
    early_end(early);
}
END_TEST

START_TEST(where_nothing_was_begun_nobody_waits)
{
    early_wait(NULL, 0);
    early_end(NULL);
}
END_TEST

SUITE("run/early", each_call_is_waited_for_in_its_turn_and_not_for_those_behind_it,
      where_nothing_was_begun_nobody_waits)
