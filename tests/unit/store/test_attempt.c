/* SPDX-License-Identifier: Apache-2.0 */

/* Work that is done ahead of its turn, above a batch that rests. */

#include "scratch.h"
#include "store/attempt.h"
#include "store/cs.h"

static struct arena kept;
static struct batch *above;

static void begin(void)
{
    scratch_begin();
    scratch_open();
    above = NULL;
}

static void end(void)
{
    batch_end(above);
    arena_free(&kept);
    scratch_end();
}

/* What stands so far is the state that the next attempts are made on. */
static void begin_wave(void)
{
    if (above == NULL)
        above = batch_above(scratch.batch, &kept);
    attempt_wave(scratch.batch);
    ck_assert(attempt_follow(above));
}

/* The helpers of scratch.h, on the batch above. */
#define ABOVE(call)                                                                      \
    do {                                                                                 \
        struct batch *below = scratch.batch;                                             \
                                                                                         \
        scratch.batch = above;                                                           \
        call;                                                                            \
        scratch.batch = below;                                                           \
    } while (0)

static enum attempt_state state_after(const struct attempt *attempt)
{
    return attempt_state(scratch.batch, attempt);
}

/* --- reading ---------------------------------------------------------------------- */

START_TEST(it_reads_the_commit_what_the_base_wrote_and_what_it_wrote_itself)
{
    put(TABLE_QUEUE, "a1", "stored");
    put(TABLE_QUEUE, "a2", "stored");
    put(TABLE_QUEUE, "a3", "stored");
    put(TABLE_QUEUE, "a4", "stored");
    scratch_commit();
    put(TABLE_QUEUE, "a2", "base");
    drop(TABLE_QUEUE, "a3");
    put(TABLE_QUEUE, "a5", "base");
    put(TABLE_QUEUE, "a6", "base");
    begin_wave();
    ABOVE(put(TABLE_QUEUE, "a0", "own"));
    ABOVE(put(TABLE_QUEUE, "a3", "own"));
    ABOVE(drop(TABLE_QUEUE, "a4"));
    ABOVE(drop(TABLE_QUEUE, "a5"));
    ABOVE(put(TABLE_QUEUE, "a6", "own"));

    ABOVE(ck_assert_str_eq(scan(TABLE_QUEUE, "a", "", 10),
                           "a0=own a1=stored a2=base a3=own a6=own"));
    ABOVE(ck_assert_str_eq(scan(TABLE_QUEUE, "a", "a1", 2), "a2=base a3=own"));
    ABOVE(ck_assert_str_eq(get(TABLE_QUEUE, "a2"), "base"));
    ABOVE(ck_assert_str_eq(get(TABLE_QUEUE, "a3"), "own"));
    ABOVE(ck_assert_str_eq(get(TABLE_QUEUE, "a5"), ""));
    ck_assert_str_eq(scan(TABLE_QUEUE, "a", "", 10),
                     "a1=stored a2=base a4=stored a5=base a6=base");
}
END_TEST

START_TEST(it_finds_by_the_index_of_all_three)
{
    batch_index(scratch.batch, 7, 1);
    batch_index(scratch.batch, 7, 2);
    scratch_commit();
    batch_index(scratch.batch, 7, 3);
    batch_unindex(scratch.batch, 7, 1);
    begin_wave();
    batch_index(above, 7, 4);
    batch_unindex(above, 7, 3);

    ABOVE(ck_assert_str_eq(found(7), "2 4"));
    ck_assert_str_eq(found(7), "2 3");
}
END_TEST

/* --- applying --------------------------------------------------------------------- */

/* The same on any batch. */
static void work(struct batch *batch)
{
    size_t mark;

    batch_put(batch, TABLE_CS, slice_text("a"), slice_text("1"));
    batch_put(batch, TABLE_CS, slice_text("a"), slice_text("2"));
    batch_put(batch, TABLE_CS, slice_text("b"), slice_text(""));
    batch_remove(batch, TABLE_CS, slice_text("c"));
    batch_index(batch, 7, 1);
    batch_unindex(batch, 7, 9);
    (void)batch_next(batch, "mv");
    (void)batch_next(batch, "mv");
    mark = batch_mark(batch);
    batch_put(batch, TABLE_CS, slice_text("a"), slice_text("undone"));
    batch_put(batch, TABLE_CS, slice_text("d"), slice_text("undone"));
    batch_index(batch, 7, 5);
    batch_rollback(batch, mark);
}

static const char *outcome(void)
{
    static char text[1024];

    snprintf(text, sizeof text, "%s; %s; %llu", scan(TABLE_CS, "", "", 10), found(7),
             (unsigned long long)batch_last(scratch.batch, "mv"));
    return text;
}

static void lay_ground(void)
{
    put(TABLE_CS, "c", "3");
    put(TABLE_CS, "d", "4");
    batch_index(scratch.batch, 7, 9);
    scratch_commit();
}

START_TEST(what_is_applied_is_what_would_have_been_written_in_turn)
{
    char in_turn[1024];
    const struct attempt *attempt;

    lay_ground();
    work(scratch.batch);
    snprintf(in_turn, sizeof in_turn, "%s", outcome());
    ck_assert_str_eq(in_turn, "a=2 b= d=4; 1; 2");
    batch_rollback(scratch.batch, 0);

    begin_wave();
    work(above);
    attempt = attempt_take(above);

    ck_assert_int_eq(state_after(attempt), ATTEMPT_HOLDS);
    attempt_apply(scratch.batch, attempt);
    ck_assert_str_eq(outcome(), in_turn);
    scratch_commit();
    ck_assert_str_eq(outcome(), in_turn);
}
END_TEST

START_TEST(the_next_attempt_begins_with_nothing_of_the_last)
{
    const struct attempt *attempt;

    begin_wave();
    ABOVE(put(TABLE_CS, "a", "1"));
    (void)attempt_take(above);

    ABOVE(ck_assert_str_eq(get(TABLE_CS, "a"), ""));
    attempt = attempt_take(above);
    attempt_apply(scratch.batch, attempt);
    ck_assert_uint_eq(batch_writes(scratch.batch), 0);
}
END_TEST

/* --- what was written since ------------------------------------------------------- */

START_TEST(what_nobody_read_may_change)
{
    const struct attempt *attempt;

    put(TABLE_CS, "a", "1");
    begin_wave();
    ABOVE(ck_assert_str_eq(get(TABLE_CS, "a"), "1"));
    ABOVE(ck_assert_str_eq(scan(TABLE_CS, "b", "", 10), ""));
    ABOVE(ck_assert_str_eq(found(7), ""));
    attempt = attempt_take(above);

    put(TABLE_CS, "ab", "2");
    put(TABLE_MV, "a", "another table");
    batch_index(scratch.batch, 8, 1);

    ck_assert_int_eq(state_after(attempt), ATTEMPT_HOLDS);
}
END_TEST

START_TEST(a_row_that_was_read_and_written_since_makes_it_stale)
{
    const struct attempt *there;
    const struct attempt *absent;

    put(TABLE_CS, "a", "1");
    begin_wave();
    ABOVE((void)get(TABLE_CS, "a"));
    there = attempt_take(above);
    ABOVE((void)get(TABLE_CS, "b"));
    absent = attempt_take(above);

    put(TABLE_CS, "b", "now it is there");
    ck_assert_int_eq(state_after(there), ATTEMPT_HOLDS);
    ck_assert_int_eq(state_after(absent), ATTEMPT_STALE);
    drop(TABLE_CS, "a");
    ck_assert_int_eq(state_after(there), ATTEMPT_STALE);
}
END_TEST

START_TEST(a_row_within_what_was_scanned_makes_it_stale_and_one_behind_does_not)
{
    const struct attempt *some;
    const struct attempt *all;

    put(TABLE_QUEUE, "a2", "");
    put(TABLE_QUEUE, "a4", "");
    begin_wave();
    ABOVE(ck_assert_str_eq(scan(TABLE_QUEUE, "a", "", 1), "a2="));
    some = attempt_take(above);
    ABOVE(ck_assert_str_eq(scan(TABLE_QUEUE, "a", "a2", 10), "a4="));
    all = attempt_take(above);

    put(TABLE_QUEUE, "b1", "");
    ck_assert_int_eq(state_after(all), ATTEMPT_HOLDS);
    put(TABLE_QUEUE, "a9", "");
    ck_assert_int_eq(state_after(all), ATTEMPT_STALE);
    ck_assert_int_eq(state_after(some), ATTEMPT_HOLDS);
    put(TABLE_QUEUE, "a1", "");
    ck_assert_int_eq(state_after(some), ATTEMPT_STALE);
}
END_TEST

START_TEST(a_hash_of_the_index_that_got_an_id_makes_it_stale)
{
    const struct attempt *attempt;

    begin_wave();
    ABOVE((void)found(7));
    attempt = attempt_take(above);

    batch_index(scratch.batch, 7, 1);

    ck_assert_int_eq(state_after(attempt), ATTEMPT_STALE);
}
END_TEST

START_TEST(what_was_written_before_the_wave_is_no_news)
{
    const struct attempt *attempt;

    put(TABLE_CS, "a", "1");
    batch_index(scratch.batch, 7, 1);
    begin_wave();
    ABOVE((void)get(TABLE_CS, "a"));
    ABOVE((void)scan(TABLE_CS, "", "", 10));
    ABOVE((void)found(7));
    attempt = attempt_take(above);

    put(TABLE_MV, "z", "something");

    ck_assert_int_eq(state_after(attempt), ATTEMPT_HOLDS);
}
END_TEST

/* --- numbers ---------------------------------------------------------------------- */

static const struct attempt *take_number(uint64_t expected)
{
    ck_assert_uint_eq(batch_next(above, "mv"), expected);
    return attempt_take(above);
}

START_TEST(numbers_that_were_supposed_right_hold_in_turn)
{
    const struct attempt *first;
    const struct attempt *second;
    const struct attempt_taken *taken;
    size_t count;

    ck_assert_uint_eq(batch_next(scratch.batch, "mv"), 1);
    begin_wave();
    first = take_number(2);
    taken = attempt_taken(first, &count);
    ck_assert_uint_eq(count, 1);
    ck_assert_uint_eq(taken[0].count, 1);
    ck_assert_uint_eq(attempt_last(scratch.batch, taken[0].counter), 1);
    attempt_suppose(above, taken[0].counter, 2);
    second = take_number(3);

    ck_assert_int_eq(state_after(second), ATTEMPT_NUMBERS);
    ck_assert_int_eq(state_after(first), ATTEMPT_HOLDS);
    attempt_apply(scratch.batch, first);
    ck_assert_int_eq(state_after(second), ATTEMPT_HOLDS);
    attempt_apply(scratch.batch, second);
    ck_assert_uint_eq(batch_last(scratch.batch, "mv"), 3);
}
END_TEST

START_TEST(what_is_supposed_and_not_asked_for_need_not_be_so)
{
    const struct attempt *attempt;
    const struct attempt_taken *taken;
    size_t count;

    begin_wave();
    taken = attempt_taken(take_number(1), &count);
    attempt_suppose(above, taken[0].counter, 99);
    ABOVE(put(TABLE_CS, "a", "1"));
    attempt = attempt_take(above);

    ck_assert_int_eq(state_after(attempt), ATTEMPT_HOLDS);
}
END_TEST

/* An object that waits for its export. */
static void queue_object(struct batch *batch, const char *dn)
{
    struct cs_object object = {.agent = 1,
                               .hologram = {.exists = true, .dn = dn},
                               .has_hologram = true,
                               .full_sync = true};

    ck_ok(cs_put(batch, &object, &scratch.err));
}

static uint64_t length(void)
{
    uint64_t length = 0;

    ck_ok(cs_queue_length(scratch.batch, QUEUE_SYNC, 1, &length, &scratch.err));
    return length;
}

START_TEST(queues_grow_by_what_each_attempt_added)
{
    const struct attempt *attempts[2];

    queue_object(scratch.batch, "CN=a,DC=x");
    begin_wave();
    queue_object(above, "CN=b,DC=x");
    attempts[0] = attempt_take(above);
    attempt_suppose(above, slice_text("counter.cs.1"), 2);
    queue_object(above, "CN=c,DC=x");
    attempts[1] = attempt_take(above);
    ck_assert_uint_eq(length(), 1);

    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(state_after(attempts[i]), ATTEMPT_HOLDS);
        attempt_apply(scratch.batch, attempts[i]);
    }

    ck_assert_uint_eq(length(), 3);
}
END_TEST

/* --- commits ---------------------------------------------------------------------- */

START_TEST(it_goes_on_while_the_base_is_saved)
{
    const struct attempt *attempt;

    put(TABLE_CS, "a", "1");
    begin_wave();
    ABOVE(ck_assert_str_eq(get(TABLE_CS, "a"), "1"));
    ck_ok(batch_save(scratch.batch, &scratch.err));
    ABOVE(ck_assert_str_eq(get(TABLE_CS, "a"), "1"));
    ABOVE(put(TABLE_CS, "b", "2"));
    attempt = attempt_take(above);
    ck_assert(batch_saved(scratch.batch));

    ck_assert_uint_eq(batch_writes(scratch.batch), 0);
    ck_assert_int_eq(state_after(attempt), ATTEMPT_HOLDS);
    attempt_apply(scratch.batch, attempt);
    scratch_commit();
    begin_wave();
    ABOVE(ck_assert_str_eq(scan(TABLE_CS, "", "", 10), "a=1 b=2"));
}
END_TEST

START_TEST(what_needs_a_larger_map_is_not_saved_while_others_read)
{
    static const struct store_options small = {.map_size = 256 << 10};
    static const char large[100000];

    scratch_close();
    scratch_open_with(&small);
    put(TABLE_CS, "a", "1");
    scratch_commit();
    for (char i = 'b'; i < 'm'; i++)
        batch_put(scratch.batch, TABLE_CS, slice_of(&i, 1),
                  slice_of(large, sizeof large));
    begin_wave();

    ck_assert_int_eq(batch_save(scratch.batch, &scratch.err), MA_LIMIT);
    ABOVE(ck_assert_str_eq(get(TABLE_CS, "a"), "1"));
    scratch_commit();

    ck_assert_str_eq(get(TABLE_CS, "a"), "1");
    begin_wave();
    ABOVE(ck_assert_str_eq(get(TABLE_CS, "m"), ""));
}
END_TEST

SUITE_WITH("store/attempt", begin, end,
           it_reads_the_commit_what_the_base_wrote_and_what_it_wrote_itself,
           it_finds_by_the_index_of_all_three,
           what_is_applied_is_what_would_have_been_written_in_turn,
           the_next_attempt_begins_with_nothing_of_the_last, what_nobody_read_may_change,
           a_row_that_was_read_and_written_since_makes_it_stale,
           a_row_within_what_was_scanned_makes_it_stale_and_one_behind_does_not,
           a_hash_of_the_index_that_got_an_id_makes_it_stale,
           what_was_written_before_the_wave_is_no_news,
           numbers_that_were_supposed_right_hold_in_turn,
           what_is_supposed_and_not_asked_for_need_not_be_so,
           queues_grow_by_what_each_attempt_added, it_goes_on_while_the_base_is_saved,
           what_needs_a_larger_map_is_not_saved_while_others_read)
