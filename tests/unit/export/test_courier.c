/* SPDX-License-Identifier: Apache-2.0 */

/* While one batch is with the agent, on a thread of its own, the next one is prepared. */

#include <errno.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <time.h>

#include "export/approval.h"
#include "exporting.h"

enum { PATIENCE = 120 }; /* seconds: no test comes near unless it fails */

static sem_t prepared; /* the step has come to an object behind the first batch */
static sem_t given;    /* the first batch is with the agent */
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

static bool wait_until(sem_t *what)
{
    struct timespec until;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += PATIENCE;
    while (sem_timedwait(what, &until) != 0)
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
    sem_init(&given, 0, 0);
    asked = 0;
    behind = (int)batch_size + 2;
    overlapped = false;
    batches = 0;
}

static void end_apart(void)
{
    arena_free(&told);
    sem_destroy(&prepared);
    sem_destroy(&given);
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

/* --- side by side ----------------------------------------------------------------- */

static enum ma_status answer_when_prepared(void *context,
                                           const struct ma_entry *const *entries,
                                           size_t count, struct ma_error *err)
{
    (void)context;
    hear_all(entries, count);
    if (batches++ == 0)
        overlapped = wait_until(&prepared);
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

/* --- what goes wrong -------------------------------------------------------------- */

static enum ma_status go_away(void *context, const struct ma_entry *const *entries,
                              size_t count, struct ma_error *err)
{
    (void)context;
    hear_all(entries, count);
    overlapped = wait_until(&prepared);
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
    sem_post(&given);
    overlapped = wait_until(&prepared);
    for (size_t i = 0; i + 1 < count; i++)
        if (tell(i, entries[i], err) != MA_OK)
            return err->status;
    return ma_fail(err, MA_CANCELLED, "cancelled");
}

static bool cancel_behind(struct history *history)
{
    (void)ask(history);
    return asked >= behind && wait_until(&given);
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

/* --- more of them in one call ----------------------------------------------------- */

/* An agent that has a window: what it was given, in the order of its count. */
static const struct ma_entry *held[16];
static size_t held_count;
static bool is_over;

static size_t take_more(bool wait, struct ma_error *err)
{
    const struct ma_entry *const *entries = NULL;
    size_t count = 0;

    do
        ck_assert_int_eq(export_more(step, wait, &entries, &count, &is_over, err), MA_OK);
    while (wait && count == 0 && !is_over);
    for (size_t i = 0; i < count; i++)
        held[held_count++] = entries[i];
    if (count > 0)
        hear_all(entries, count);
    return count;
}

static void begin_window(const struct ma_entry *const *entries, size_t count)
{
    held_count = 0;
    for (size_t i = 0; i < count; i++)
        held[held_count++] = entries[i];
    hear_all(entries, count);
}

/* One entry at least is always under way, until there are no more. */
static enum ma_status keep_one_back(void *context, const struct ma_entry *const *entries,
                                    size_t count, struct ma_error *err)
{
    size_t reported = 0;

    (void)context;
    batches++;
    begin_window(entries, count);
    do
        while (reported + 1 < held_count && tell(reported, held[reported], err) == MA_OK)
            reported++;
    while (take_more(true, err) > 0);
    return tell(reported, held[reported], err);
}

START_TEST(an_agent_with_a_window_is_called_once)
{
    begin_apart(2);
    for (int i = 0; i < 7; i++)
        want(arena_print(&s.arena, "cn=%d,dc=x", i), "user", NULL);

    ck_assert_int_eq(export_by(keep_one_back), MA_OK);

    ck_assert_str_eq(result, "success");
    ck_assert_uint_eq(batches, 1);
    ck_assert(is_over);
    ck_sent("add cn=0,dc=x user\nadd cn=1,dc=x user\n--\n"
            "add cn=2,dc=x user\nadd cn=3,dc=x user\n--\n"
            "add cn=4,dc=x user\nadd cn=5,dc=x user\n--\n"
            "add cn=6,dc=x user\n--\n");
    ck_count(COUNTER_EXPORT_ADD, 7);
    ck_object(&s, "cn=0,dc=x", "cn=0,dc=x user [Ncn=0,dc=x] UC{add} rebuild");
    ck_object(&s, "cn=6,dc=x", "cn=6,dc=x user [Ncn=6,dc=x] UC{add} rebuild");
    end_apart();
}
END_TEST

/* The first entry is answered last: what it lies in stays where it is. */
static enum ma_status answer_the_first_last(void *context,
                                            const struct ma_entry *const *entries,
                                            size_t count, struct ma_error *err)
{
    size_t last = 0;
    size_t more;

    (void)context;
    begin_window(entries, count);
    do {
        while (last + 1 < held_count && tell(last + 1, held[last + 1], err) == MA_OK)
            last++;
        more = take_more(false, err);
    } while (more > 0 || (batches == 0 && held_count < 4));
    overlapped |= batches++ == 0 && strcmp(held[0]->dn, "cn=0,dc=x") == 0;
    return tell(0, held[0], err);
}

START_TEST(an_entry_lives_until_it_is_reported_on)
{
    begin_apart(2);
    for (int i = 0; i < 6; i++)
        want(arena_print(&s.arena, "cn=%d,dc=x", i), "user", NULL);

    ck_assert_int_eq(export_by(answer_the_first_last), MA_OK);

    ck_assert(overlapped);
    ck_assert_str_eq(result, "success");
    ck_count(COUNTER_EXPORT_ADD, 6);
    ck_object(&s, "cn=0,dc=x", "cn=0,dc=x user [Ncn=0,dc=x] UC{add} rebuild");
    ck_object(&s, "cn=5,dc=x", "cn=5,dc=x user [Ncn=5,dc=x] UC{add} rebuild");
    end_apart();
}
END_TEST

/* As an agent that counts wrong: of a batch that is done with. */
static enum ma_status repeat_the_first(void *context,
                                       const struct ma_entry *const *entries,
                                       size_t count, struct ma_error *err)
{
    enum ma_status status;
    time_t until = time(NULL) + PATIENCE;

    (void)context;
    begin_window(entries, count);
    status = tell(0, held[0], err);
    ck_assert_uint_eq(take_more(true, err), 1);
    while (status == MA_OK && time(NULL) < until)
        status = tell(0, held[1], err);
    overlapped = status == MA_BROKEN;
    return status;
}

START_TEST(a_report_on_a_batch_that_is_done_with_is_the_end)
{
    begin_apart(1);
    want("cn=a,dc=x", "user", NULL);
    want("cn=b,dc=x", "user", NULL);

    ck_assert_int_eq(export_by(repeat_the_first), MA_BROKEN);

    ck_assert(overlapped);
    ck_assert_str_eq(result, "stopped-extension-dll-exception");
    ck_object(&s, "cn=a,dc=x", "cn=a,dc=x user [Ncn=a,dc=x] UC{add} rebuild");
    ck_object(&s, "cn=b,dc=x", "cn=b,dc=x user [] UA{add} rebuild");
    end_apart();
}
END_TEST

static enum ma_status lose_the_second(void *context,
                                      const struct ma_entry *const *entries, size_t count,
                                      struct ma_error *err)
{
    (void)context;
    begin_window(entries, count);
    ck_assert_uint_eq(take_more(true, err), 2);
    for (size_t i = 0; i < 3; i++)
        if (tell(i, held[i], err) != MA_OK)
            return err->status;
    return ma_fail(err, MA_UNREACHABLE, "the system went away");
}

START_TEST(what_a_window_loses_is_in_doubt_and_no_more)
{
    begin_apart(2);
    for (int i = 0; i < 6; i++)
        want(arena_print(&s.arena, "cn=%d,dc=x", i), "user", NULL);

    ck_assert_int_eq(export_by(lose_the_second), MA_UNREACHABLE);

    ck_sent("add cn=0,dc=x user\nadd cn=1,dc=x user\n--\n"
            "add cn=2,dc=x user\nadd cn=3,dc=x user\n--\n");
    ck_object(&s, "cn=2,dc=x", "cn=2,dc=x user [Ncn=2,dc=x] UC{add} rebuild");
    ck_object(&s, "cn=3,dc=x", "cn=3,dc=x user [] UA{add} rebuild");
    ck_object(&s, "cn=4,dc=x", "cn=4,dc=x user [] UA{add}");
    ck_object(&s, "cn=5,dc=x", "cn=5,dc=x user [] UA{add}");
    end_apart();
}
END_TEST

/* --- many ------------------------------------------------------------------------- */

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

static int saved;

static enum ma_status save(struct history *history, struct ma_error *err)
{
    (void)history;
    (void)err;
    saved++;
    return MA_OK;
}

static enum ma_status cannot_save(struct history *history, struct ma_error *err)
{
    (void)history;
    return ma_fail(err, MA_BROKEN, "the disk is full");
}

START_TEST(the_history_may_save_at_each_batch)
{
    begin_apart(2);
    s.history.save = save;
    saved = 0;
    for (int i = 0; i < 6; i++)
        want(arena_print(&s.arena, "cn=%d,dc=x", i), "user", NULL);

    ck_assert_int_eq(export_by(answer_at_once), MA_OK);

    ck_assert_int_eq(saved, 3);
    end_apart();
}
END_TEST

START_TEST(what_the_history_cannot_keep_is_not_sent)
{
    begin_apart(2);
    s.history.save = cannot_save;
    want("cn=a,dc=x", "user", NULL);
    request.store = s.store;
    request.program = &s.program;
    request.agent = &s.agent;
    request.step = &s.step;
    request.send = answer_at_once;
    request.history = &s.history;
    ck_ok(&s, export_begin(&step, &request, &s.err));

    ck_assert_int_eq(export_run(step, &result, &s.err), MA_BROKEN);

    ck_assert_ptr_null(result);
    ck_assert_str_eq(s.err.text, "the disk is full");
    ck_count(COUNTER_EXPORT_ADD, 0);
    end_apart();
}
END_TEST

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

/* So the agent has something to do while the next one is packed. */
static size_t first_count;

static enum ma_status count_the_first(void *context,
                                      const struct ma_entry *const *entries, size_t count,
                                      struct ma_error *err)
{
    enum ma_status status = MA_OK;

    (void)context;
    if (batches++ == 0)
        first_count = count;
    for (size_t i = 0; i < count && status == MA_OK; i++)
        status = tell(i, entries[i], err);
    return status;
}

static void export_many(void)
{
    for (int i = 0; i < 120; i++)
        want(arena_print(&s.arena, "cn=%d,dc=x", i), "user", NULL);
    ck_assert_int_eq(export_by(count_the_first), MA_OK);
    ck_count(COUNTER_EXPORT_ADD, 120);
}

START_TEST(the_first_batch_is_a_small_one)
{
    begin_apart(500);
    export_many();
    ck_assert_uint_eq(first_count, 100);
    ck_assert_uint_eq(batches, 2);
    end_apart();
}
END_TEST

START_TEST(an_agent_that_wants_large_batches_gets_no_small_one)
{
    begin_apart(500);
    request.least_batch = 200;
    export_many();
    ck_assert_uint_eq(first_count, 120);
    end_apart();
}
END_TEST

SUITE("export/courier", the_next_batch_is_prepared_while_one_is_out,
      what_depends_on_a_batch_that_is_out_waits_for_it,
      what_was_prepared_when_the_system_went_away_is_as_it_was,
      what_was_reported_before_a_cancel_is_kept,
      an_agent_that_reports_twice_is_told_to_stop, an_agent_with_a_window_is_called_once,
      an_entry_lives_until_it_is_reported_on,
      a_report_on_a_batch_that_is_done_with_is_the_end,
      what_a_window_loses_is_in_doubt_and_no_more, the_history_may_save_at_each_batch,
      what_the_history_cannot_keep_is_not_sent, each_of_many_is_settled_once,
      the_first_batch_is_a_small_one, an_agent_that_wants_large_batches_gets_no_small_one)
