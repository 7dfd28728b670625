/* SPDX-License-Identifier: Apache-2.0 */

/* Work that came to nothing is known as long as all that it read is the same. */

#include <lmdb.h>

#include "scratch.h"
#include "store/attempt.h"
#include "store/cs.h"
#include "store/memo.h"

static struct arena kept;
static const struct digest somebody = {.bytes = "somebody"};

static void begin(void)
{
    scratch_begin();
    scratch_open();
}

static void end(void)
{
    scratch_end();
    arena_free(&kept);
}

static const struct memo_of of = {.space = 1, .id = 7, .by = &somebody};

static void read_row(const char *key)
{
    (void)get(TABLE_QUEUE, key);
}

static void read_range(void)
{
    (void)scan(TABLE_LINKS, "a", "", 10);
}

static void read_two_of_a_range(void)
{
    (void)scan(TABLE_LINKS, "a", "a1", 2);
}

static void read_hash(void)
{
    (void)found(7);
}

/* The work reads this and comes to nothing. */
static void remember(void (*read)(void))
{
    arena_reset(&kept);
    memo_listen(scratch.batch, &kept);
    read();
    ck_assert(memo_put(scratch.batch, &of, slice_text("told")));
}

static bool holds(void)
{
    struct slice told = slice_text("");
    bool is = memo_holds(scratch.batch, &of, &told);

    if (is)
        ck_assert(slice_equal(told, slice_text("told")));
    return is;
}

/* --- what it goes by ---------------------------------------------------------------- */

static void read_two_rows(void)
{
    read_row("there");
    read_row("not there");
    read_row("there");
}

START_TEST(a_row_that_changed_comes_or_goes_is_noticed)
{
    put(TABLE_QUEUE, "there", "as it is");
    remember(read_two_rows);
    ck_assert(holds());

    put(TABLE_QUEUE, "there", "another");
    ck_assert(!holds());
    put(TABLE_QUEUE, "there", "as it is");
    ck_assert(holds());
    drop(TABLE_QUEUE, "there");
    ck_assert(!holds());
    put(TABLE_QUEUE, "there", "as it is");
    put(TABLE_QUEUE, "not there", "");
    ck_assert(!holds());
}
END_TEST

/* What it read in between is nothing that will be there again. */
static void write_read_and_undo(void)
{
    size_t mark = batch_mark(scratch.batch);

    put(TABLE_QUEUE, "there", "for a moment");
    read_row("there");
    batch_rollback(scratch.batch, mark);
}

START_TEST(what_was_written_and_undone_meanwhile_is_not_what_was_found)
{
    put(TABLE_QUEUE, "there", "as it is");
    remember(write_read_and_undo);

    ck_assert(holds());
    put(TABLE_QUEUE, "there", "for a moment");
    ck_assert(!holds());
}
END_TEST

START_TEST(a_row_of_another_table_is_another_row)
{
    put(TABLE_QUEUE, "there", "as it is");
    remember(read_two_rows);
    put(TABLE_CS, "there", "another");
    put(TABLE_QUEUE, "there ", "another");
    ck_assert(holds());
}
END_TEST

START_TEST(a_row_in_a_range_is_noticed)
{
    put(TABLE_LINKS, "a1", "1");
    put(TABLE_LINKS, "a3", "3");
    remember(read_range);

    put(TABLE_LINKS, "b", "");
    ck_assert(holds());
    put(TABLE_LINKS, "a2", "2");
    ck_assert(!holds());
    drop(TABLE_LINKS, "a2");
    ck_assert(holds());
    put(TABLE_LINKS, "a3", "otherwise");
    ck_assert(!holds());
    put(TABLE_LINKS, "a3", "3");
    put(TABLE_LINKS, "a", "is in it too");
    ck_assert(!holds());
}
END_TEST

START_TEST(a_range_ends_where_it_was_read_to)
{
    put(TABLE_LINKS, "a1", "1");
    put(TABLE_LINKS, "a2", "2");
    put(TABLE_LINKS, "a4", "4");
    put(TABLE_LINKS, "a5", "5");
    remember(read_two_of_a_range);

    put(TABLE_LINKS, "a1", "before it");
    put(TABLE_LINKS, "a5", "behind it");
    ck_assert(holds());
    put(TABLE_LINKS, "a3", "3");
    ck_assert(!holds());
}
END_TEST

static void read_all(void)
{
    store_rows rows = {0};

    ck_ok(batch_scan(scratch.batch, TABLE_VALUES, slice_text("v"), slice_of("", 0),
                     SIZE_MAX, &scratch.arena, &rows, &scratch.err));
    VEC_FREE(&rows);
}

/* Digested in pieces, read in pieces. */
START_TEST(a_large_range_is_read_to_its_end)
{
    char key[16];

    for (unsigned i = 0; i < 5000; i++) {
        snprintf(key, sizeof key, "v%04u", i);
        put(TABLE_VALUES, key, "a value of some length, of which there are many");
    }
    remember(read_all);
    ck_assert(holds());
    put(TABLE_VALUES, "v4999", "another");
    ck_assert(!holds());
}
END_TEST

START_TEST(what_the_index_finds_is_noticed)
{
    batch_index(scratch.batch, 7, 1);
    remember(read_hash);

    batch_index(scratch.batch, 8, 1);
    ck_assert(holds());
    batch_index(scratch.batch, 7, 2);
    ck_assert(!holds());
    batch_unindex(scratch.batch, 7, 2);
    ck_assert(holds());
    batch_unindex(scratch.batch, 7, 1);
    ck_assert(!holds());
}
END_TEST

START_TEST(somebody_else_does_not_know)
{
    static const struct digest other = {.bytes = "some brother"};
    const struct memo_of others = {.space = 1, .id = 7, .by = &other};
    const struct memo_of another = {.space = 1, .id = 8, .by = &somebody};
    struct slice told;

    remember(read_range);
    ck_assert(!memo_holds(scratch.batch, &others, &told));
    ck_assert(!memo_holds(scratch.batch, &another, &told));
    ck_assert(holds());
}
END_TEST

/* Others take numbers of it all the time. */
START_TEST(who_read_a_counter_is_not_remembered)
{
    memo_listen(scratch.batch, &kept);
    (void)batch_last(scratch.batch, "cs.1");
    ck_assert(!memo_put(scratch.batch, &of, slice_text("told")));
    ck_assert(!holds());
}
END_TEST

START_TEST(what_was_read_before_is_no_part_of_it)
{
    memo_listen(scratch.batch, &kept);
    read_row("first");
    remember(read_hash);
    put(TABLE_QUEUE, "first", "another");
    ck_assert(holds());
}
END_TEST

/* --- where it lives --------------------------------------------------------------- */

START_TEST(it_outlives_the_process)
{
    put(TABLE_QUEUE, "there", "as it is");
    remember(read_two_rows);
    scratch_commit();
    scratch_reopen();
    ck_assert(holds());
    put(TABLE_QUEUE, "there", "another");
    scratch_commit();
    scratch_reopen();
    ck_assert(!holds());
}
END_TEST

static struct batch *above;

/* On a batch above another: what it goes by is what an attempt goes by. */
START_TEST(ahead_of_its_turn_it_is_known_and_remembered_too)
{
    const struct attempt *attempt;
    struct batch *base = scratch.batch;

    put(TABLE_QUEUE, "there", "as it is");
    above = batch_above(base, &kept);
    attempt_wave(base);
    ck_assert(attempt_follow(above));
    scratch.batch = above;
    memo_listen(above, &kept);
    read_two_rows();
    ck_assert(memo_put(above, &of, slice_text("told")));
    attempt = attempt_take(above);
    scratch.batch = base;
    ck_assert(!holds());
    attempt_apply(base, attempt);
    ck_assert(holds());

    attempt_wave(base);
    ck_assert(attempt_follow(above));
    scratch.batch = above;
    ck_assert(holds());
    attempt = attempt_take(above);
    scratch.batch = base;
    ck_assert_int_eq(attempt_state(base, attempt), ATTEMPT_HOLDS);
    put(TABLE_QUEUE, "there", "another");
    ck_assert_int_eq(attempt_state(base, attempt), ATTEMPT_STALE);
    batch_end(above);
}
END_TEST

START_TEST(it_goes_with_its_object)
{
    struct cs_object object = {.agent = 1, .id = 0, .hologram = {.dn = "CN=a"}};
    struct store_key key;

    ck_ok(cs_put(scratch.batch, &object, &scratch.err));
    memo_listen(scratch.batch, &kept);
    read_hash();
    ck_assert(memo_put(scratch.batch,
                       &(struct memo_of){.space = 1, .id = object.id, .by = &somebody},
                       slice_of("", 0)));
    key = store_key_u64(store_key_u32((struct store_key){0}, 1), object.id);
    ck_ok(cs_remove(scratch.batch, 1, object.id, &scratch.err));
    ck_assert_int_eq(
        batch_get(scratch.batch, TABLE_MEMO, store_key_view(&key), &(struct slice){0}),
        MA_NOT_FOUND);
}
END_TEST

static void drop_the_table(void)
{
    MDB_env *env;
    MDB_txn *txn;
    MDB_dbi table;

    ck_assert_int_eq(mdb_env_create(&env), 0);
    ck_assert_int_eq(mdb_env_set_maxdbs(env, TABLE_COUNT + 1), 0);
    ck_assert_int_eq(mdb_env_open(env, scratch.folder, 0, 0600), 0);
    ck_assert_int_eq(mdb_txn_begin(env, NULL, 0, &txn), 0);
    ck_assert_int_eq(mdb_dbi_open(txn, "memo", 0, &table), 0);
    ck_assert_int_eq(mdb_drop(txn, table, 1), 0);
    ck_assert_int_eq(mdb_txn_commit(txn), 0);
    mdb_env_close(env);
}

/* A store that was written before there were memos is one like this. */
START_TEST(a_store_without_the_table_knows_of_nothing_and_is_a_store)
{
    static const struct store_options readonly = {.read_only = true};
    struct store_stats stats;

    put(TABLE_QUEUE, "there", "as it is");
    remember(read_two_rows);
    scratch_commit();
    scratch_close();
    drop_the_table();

    scratch_open_with(&readonly);
    ck_assert_str_eq(get(TABLE_QUEUE, "there"), "as it is");
    ck_assert_str_eq(scan(TABLE_MEMO, "", "", 10), "");
    ck_assert(!holds());
    ck_ok(store_statistics(scratch.store, &stats, &scratch.err));
    ck_assert_uint_eq(stats.rows[TABLE_MEMO], 0);
    scratch_reopen();
    ck_assert(!holds());
    remember(read_two_rows);
    scratch_commit();
    ck_assert(holds());
}
END_TEST

/* A row that something has happened to is as good as none. */
START_TEST(what_cannot_be_read_does_not_hold)
{
    struct store_key key =
        store_key_u64(store_key_u32((struct store_key){0}, of.space), of.id);
    struct slice row;
    char *copy;

    put(TABLE_QUEUE, "there", "as it is");
    remember(read_two_rows);
    ck_assert_int_eq(batch_get(scratch.batch, TABLE_MEMO, store_key_view(&key), &row),
                     MA_OK);
    copy = arena_copy(&scratch.arena, row.at, row.length);
    for (size_t length = 0; length < row.length; length++) {
        batch_put(scratch.batch, TABLE_MEMO, store_key_view(&key),
                  slice_of(copy, length));
        ck_assert(!holds());
    }
}
END_TEST

static void put_megabytes(enum store_table table, unsigned count)
{
    static char large[1 << 20];

    for (unsigned i = 0; i < count; i++)
        batch_put(scratch.batch, table, slice_of(&i, sizeof i),
                  slice_of(large, sizeof large));
}

/* Of other rows it takes more. */
START_TEST(a_commit_is_due_after_four_megabytes_of_memos)
{
    put_megabytes(TABLE_RUNS, 8);
    put_megabytes(TABLE_MEMO, 3);
    ck_assert(!batch_is_due(scratch.batch));

    put_megabytes(TABLE_MEMO, 1);
    ck_assert(batch_is_due(scratch.batch));
    scratch_commit();
    put_megabytes(TABLE_MEMO, 1);
    ck_assert(!batch_is_due(scratch.batch));
}
END_TEST

SUITE_WITH("store/memo", begin, end, a_row_that_changed_comes_or_goes_is_noticed,
           what_was_written_and_undone_meanwhile_is_not_what_was_found,
           a_row_of_another_table_is_another_row, a_row_in_a_range_is_noticed,
           a_range_ends_where_it_was_read_to, a_large_range_is_read_to_its_end,
           what_the_index_finds_is_noticed, somebody_else_does_not_know,
           who_read_a_counter_is_not_remembered, what_was_read_before_is_no_part_of_it,
           it_outlives_the_process, ahead_of_its_turn_it_is_known_and_remembered_too,
           it_goes_with_its_object,
           a_store_without_the_table_knows_of_nothing_and_is_a_store,
           what_cannot_be_read_does_not_hold,
           a_commit_is_due_after_four_megabytes_of_memos)
