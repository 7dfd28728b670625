/* SPDX-License-Identifier: Apache-2.0 */

/* While one batch is with the agent, on a thread of its own, the next one is prepared. */

#include <errno.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <time.h>

#include "export/approval.h"
#include "exporting.h"

enum { PATIENCE = 20 }; /* seconds: no test comes near unless it fails */

static sem_t prepared; /* the step has come to an object behind the first batch */
static atomic_int asked;
static int behind; /* objects that it asks for before that */
static atomic_bool overlapped;
static struct arena told; /* of the thread that sends */
static size_t batches;

static bool ask(struct history *history)
{
    if (++asked == behind)
        sem_post(&prepared);
    return stepped_cancelled(history);
}

static bool wait_until_prepared(void)
{
    struct timespec until;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += PATIENCE;
    while (sem_timedwait(&prepared, &until) != 0)
        if (errno != EINTR)
            return false;
    return true;
}

static void begin_apart(size_t batch_size)
{
    begin();
    s.history.cancelled = ask;
    s.step.batch_size = (uint32_t)batch_size;
    request.apart = true;
    sem_init(&prepared, 0, 0);
    asked = 0;
    behind = (int)batch_size + 2;
    overlapped = false;
    batches = 0;
}

static void end_apart(void)
{
    arena_free(&told);
    sem_destroy(&prepared);
    end();
}

static enum ma_status tell(size_t i, const struct ma_entry *entry, struct ma_error *err)
{
    struct ma_result good = {.size = sizeof good, .outcome = MA_EXPORTED};

    if (entry->change == MA_ADD)
        good.anchor = ma_value_of(arena_print(&told, "N%s", entry->dn));
    return export_result(step, i, &good, err);
}

static void hear_all(const struct ma_entry *const *entries, size_t count)
{
    for (size_t i = 0; i < count; i++)
        hear(entries[i]);
    buf_text(&sent, "--\n");
}

static enum ma_status export_by(enum ma_status (*send)(void *,
                                                       const struct ma_entry *const *,
                                                       size_t, struct ma_error *))
{
    request.send = send;
    return try_export();
}

/* --- side by side --------------------------------------------------------------------
 */

static enum ma_status answer_when_prepared(void *context,
                                           const struct ma_entry *const *entries,
                                           size_t count, struct ma_error *err)
{
    (void)context;
    hear_all(entries, count);
    if (batches++ == 0)
        overlapped = wait_until_prepared();
    for (size_t i = 0; i < count; i++)
        if (tell(i, entries[i], err) != MA_OK)
            return err->status;
    return MA_OK;
}

START_TEST(the_next_batch_is_prepared_while_one_is_out)
{
    begin_apart(2);
    want("cn=a,dc=x", "user", NULL);
    want("cn=b,dc=x", "user", NULL);
    want("cn=c,dc=x", "user", NULL);
    want("cn=d,dc=x", "user", NULL);

    ck_assert_int_eq(export_by(answer_when_prepared), MA_OK);

    ck_assert(overlapped);
    ck_assert_str_eq(result, "success");
    ck_sent("add cn=a,dc=x user\nadd cn=b,dc=x user\n--\n"
            "add cn=c,dc=x user\nadd cn=d,dc=x user\n--\n");
    ck_count(COUNTER_EXPORT_ADD, 4);
    ck_object(&s, "cn=d,dc=x", "cn=d,dc=x user [Ncn=d,dc=x] UC{add} rebuild");
    end_apart();
}
END_TEST

START_TEST(what_depends_on_a_batch_that_is_out_waits_for_it)
{
    begin_apart(1);
    want("ou=o,dc=x", "organizationalUnit", NULL);
    want("cn=a,ou=o,dc=x", "user", NULL);
    want("cn=g,dc=x", "group", "member=cn=a,ou=o,dc=x", NULL);

    ck_assert_int_eq(export_by(answer_when_prepared), MA_OK);

    ck_assert(overlapped);
    ck_assert_str_eq(result, "success");
    ck_sent("add ou=o,dc=x organizationalUnit\n--\n"
            "add cn=g,dc=x group\n--\n"
            "add cn=a,ou=o,dc=x user\n--\n"
            "modify cn=g,dc=x member+cn=a,ou=o,dc=x\n--\n");
    end_apart();
}
END_TEST

/* --- what goes wrong -------------------------------------------------------------------
 */

static enum ma_status go_away(void *context, const struct ma_entry *const *entries,
                              size_t count, struct ma_error *err)
{
    (void)context;
    hear_all(entries, count);
    overlapped = wait_until_prepared();
    if (tell(0, entries[0], err) != MA_OK)
        return err->status;
    return ma_fail(err, MA_UNREACHABLE, "the system went away");
}

START_TEST(what_was_prepared_when_the_system_went_away_is_as_it_was)
{
    begin_apart(2);
    want("cn=a,dc=x", "user", NULL);
    want("cn=b,dc=x", "user", NULL);
    want("cn=c,dc=x", "user", NULL);
    want("cn=d,dc=x", "user", NULL);

    ck_assert_int_eq(export_by(go_away), MA_UNREACHABLE);

    ck_assert(overlapped);
    ck_assert_str_eq(s.err.text, "the system went away");
    ck_sent("add cn=a,dc=x user\nadd cn=b,dc=x user\n--\n");
    ck_object(&s, "cn=a,dc=x", "cn=a,dc=x user [Ncn=a,dc=x] UC{add} rebuild");
    ck_object(&s, "cn=b,dc=x", "cn=b,dc=x user [] UA{add} rebuild");
    ck_object(&s, "cn=c,dc=x", "cn=c,dc=x user [] UA{add}");
    ck_object(&s, "cn=d,dc=x", "cn=d,dc=x user [] UA{add}");
    end_apart();
}
END_TEST

static enum ma_status be_cancelled(void *context, const struct ma_entry *const *entries,
                                   size_t count, struct ma_error *err)
{
    (void)context;
    hear_all(entries, count);
    overlapped = wait_until_prepared();
    for (size_t i = 0; i + 1 < count; i++)
        if (tell(i, entries[i], err) != MA_OK)
            return err->status;
    return ma_fail(err, MA_CANCELLED, "cancelled");
}

static bool cancel_behind(struct history *history)
{
    (void)ask(history);
    return asked >= behind;
}

START_TEST(what_was_reported_before_a_cancel_is_kept)
{
    begin_apart(2);
    s.history.cancelled = cancel_behind;
    want("cn=a,dc=x", "user", NULL);
    want("cn=b,dc=x", "user", NULL);
    want("cn=c,dc=x", "user", NULL);
    want("cn=d,dc=x", "user", NULL);

    ck_assert_int_eq(export_by(be_cancelled), MA_CANCELLED);

    ck_assert(overlapped);
    ck_sent("add cn=a,dc=x user\nadd cn=b,dc=x user\n--\n");
    ck_object(&s, "cn=a,dc=x", "cn=a,dc=x user [Ncn=a,dc=x] UC{add} rebuild");
    ck_object(&s, "cn=b,dc=x", "cn=b,dc=x user [] UA{add} rebuild");
    ck_object(&s, "cn=c,dc=x", "cn=c,dc=x user [] UA{add}");
    end_apart();
}
END_TEST

static enum ma_status talk_nonsense(void *context, const struct ma_entry *const *entries,
                                    size_t count, struct ma_error *err)
{
    enum ma_status status = MA_OK;
    time_t until = time(NULL) + PATIENCE;

    (void)context;
    hear_all(entries, count);
    while (status == MA_OK && time(NULL) < until)
        status = tell(0, entries[0], err);
    overlapped = status == MA_BROKEN;
    return status;
}

START_TEST(an_agent_that_reports_twice_is_told_to_stop)
{
    begin_apart(2);
    want("cn=a,dc=x", "user", NULL);
    want("cn=b,dc=x", "user", NULL);
    want("cn=c,dc=x", "user", NULL);

    ck_assert_int_eq(export_by(talk_nonsense), MA_BROKEN);

    ck_assert(overlapped);
    ck_assert_str_eq(result, "stopped-extension-dll-exception");
    ck_object(&s, "cn=a,dc=x", "cn=a,dc=x user [Ncn=a,dc=x] UC{add} rebuild");
    ck_object(&s, "cn=b,dc=x", "cn=b,dc=x user [] UA{add} rebuild");
    ck_object(&s, "cn=c,dc=x", "cn=c,dc=x user [] UA{add}");
    end_apart();
}
END_TEST

/* --- many ------------------------------------------------------------------------------
 */

enum { MANY = 300 };

static enum ma_status answer_at_once(void *context, const struct ma_entry *const *entries,
                                     size_t count, struct ma_error *err)
{
    (void)context;
    for (size_t i = 0; i < count; i++)
        if (tell(i, entries[i], err) != MA_OK)
            return err->status;
    return MA_OK;
}

START_TEST(each_of_many_is_settled_once)
{
    struct batch *batch;
    uint64_t waiting;

    begin_apart(40);
    for (int i = 0; i < MANY; i++)
        want(arena_print(&s.arena, "cn=%d,dc=x", i), "user", NULL);

    ck_assert_int_eq(export_by(answer_at_once), MA_OK);

    ck_assert_str_eq(result, "success");
    ck_count(COUNTER_EXPORT_ADD, MANY);
    batch = batch_begin(s.store);
    ck_ok(&s, cs_queue_length(batch, QUEUE_EXPORT, s.agent.number, &waiting, &s.err));
    ck_assert_uint_eq(waiting, 0);
    ck_ok(&s,
          cs_queue_length(batch, QUEUE_UNCONFIRMED, s.agent.number, &waiting, &s.err));
    ck_assert_uint_eq(waiting, MANY);
    batch_end(batch);
    end_apart();
}
END_TEST

SUITE("export/courier", the_next_batch_is_prepared_while_one_is_out,
      what_depends_on_a_batch_that_is_out_waits_for_it,
      what_was_prepared_when_the_system_went_away_is_as_it_was,
      what_was_reported_before_a_cancel_is_kept,
      an_agent_that_reports_twice_is_told_to_stop, each_of_many_is_settled_once)
