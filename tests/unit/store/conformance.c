/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What every backend of the store promises. The test of a backend includes this file and
 * runs CONFORMANCE beside its own tests.
 */

#include <signal.h>

#include "base/clock.h"
#include "scratch.h"

static void begin(void)
{
    scratch_begin();
    scratch_open();
}

/* --- rows -------------------------------------------------------------------------- */

START_TEST(a_batch_reads_its_own_writes_before_the_commit)
{
    put(TABLE_AGENT, "a", "1");
    put(TABLE_AGENT, "a", "2");
    put(TABLE_CS, "a", "other table");

    ck_assert_str_eq(get(TABLE_AGENT, "a"), "2");
    ck_assert_str_eq(get(TABLE_AGENT, "b"), "");

    scratch_commit();
    ck_assert_str_eq(get(TABLE_AGENT, "a"), "2");
    drop(TABLE_AGENT, "a");
    ck_assert_str_eq(get(TABLE_AGENT, "a"), "");
}
END_TEST

START_TEST(what_is_committed_is_there_when_opened_again)
{
    put(TABLE_CS, "a", "1");
    put(TABLE_CS, "b", "2");
    scratch_commit();
    put(TABLE_CS, "c", "forgotten");

    scratch_reopen();

    ck_assert_str_eq(scan(TABLE_CS, "", "", 10), "a=1 b=2");
}
END_TEST

START_TEST(a_removed_row_is_gone_for_good)
{
    put(TABLE_CS, "a", "1");
    put(TABLE_CS, "b", "2");
    scratch_commit();
    drop(TABLE_CS, "a");
    drop(TABLE_CS, "never there");
    scratch_commit();

    scratch_reopen();

    ck_assert_str_eq(scan(TABLE_CS, "", "", 10), "b=2");
}
END_TEST

START_TEST(a_scan_shows_commit_and_batch_as_one)
{
    put(TABLE_QUEUE, "a1", "1");
    put(TABLE_QUEUE, "a3", "3");
    put(TABLE_QUEUE, "a5", "5");
    put(TABLE_QUEUE, "b1", "x");
    scratch_commit();
    put(TABLE_QUEUE, "a2", "2");
    put(TABLE_QUEUE, "a3", "three");
    put(TABLE_QUEUE, "a6", "6");
    put(TABLE_QUEUE, "0", "before");
    drop(TABLE_QUEUE, "a5");

    ck_assert_str_eq(scan(TABLE_QUEUE, "a", "", 10), "a1=1 a2=2 a3=three a6=6");
    ck_assert_str_eq(scan(TABLE_QUEUE, "a", "a2", 10), "a3=three a6=6");
    ck_assert_str_eq(scan(TABLE_QUEUE, "a", "a4", 10), "a6=6");
    ck_assert_str_eq(scan(TABLE_QUEUE, "a", "", 2), "a1=1 a2=2");
    ck_assert_str_eq(scan(TABLE_QUEUE, "c", "", 2), "");
    ck_assert_str_eq(scan(TABLE_QUEUE, "", "a6", 10), "b1=x");
}
END_TEST

START_TEST(rows_may_be_empty_and_large)
{
    static char large[100000];
    struct slice row;

    memset(large, 'x', sizeof large);
    batch_put(scratch.batch, TABLE_CS, slice_text("large"),
              slice_of(large, sizeof large));
    put(TABLE_CS, "empty", "");
    scratch_commit();

    ck_ok(batch_get(scratch.batch, TABLE_CS, slice_text("large"), &row));
    ck_assert(slice_equal(row, slice_of(large, sizeof large)));
    ck_ok(batch_get(scratch.batch, TABLE_CS, slice_text("empty"), &row));
    ck_assert_uint_eq(row.length, 0);
}
END_TEST

/* --- keys -------------------------------------------------------------------------- */

START_TEST(keys_sort_as_their_numbers)
{
    static const uint64_t numbers[] = {0, 1, 255, 256, 70000, UINT64_MAX};
    struct store_key before = {0};

    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        struct store_key key = store_key_u32((struct store_key){0}, 7);

        key = store_key_u64(key, numbers[i]);
        ck_assert_uint_eq(key.length, 12);
        if (i > 0)
            ck_assert_int_lt(slice_compare(store_key_view(&before), store_key_view(&key)),
                             0);
        before = key;
    }
}
END_TEST

START_TEST(keys_too_long_stay_apart)
{
    char text[200];
    struct store_key a;
    struct store_key b;

    memset(text, 'x', sizeof text);
    a = store_key_bytes(store_key_u32((struct store_key){0}, 1), slice_of(text, 200));
    text[199] = 'y';
    b = store_key_bytes(store_key_u32((struct store_key){0}, 1), slice_of(text, 200));

    ck_assert_uint_eq(a.length, STORE_KEY);
    ck_assert(!slice_equal(store_key_view(&a), store_key_view(&b)));
}
END_TEST

/* --- index ------------------------------------------------------------------------- */

START_TEST(the_index_shows_commit_and_batch_as_one)
{
    batch_index(scratch.batch, 7, 30);
    batch_index(scratch.batch, 7, 10);
    batch_index(scratch.batch, 8, 1);
    batch_index(scratch.batch, 7, 10);
    ck_assert_str_eq(found(7), "10 30");
    scratch_commit();
    batch_index(scratch.batch, 7, 20);
    batch_unindex(scratch.batch, 7, 30);
    batch_unindex(scratch.batch, 7, 99);

    ck_assert_str_eq(found(7), "10 20");
    ck_assert_str_eq(found(8), "1");
    ck_assert_str_eq(found(9), "");
    scratch_commit();
    scratch_reopen();
    ck_assert_str_eq(found(7), "10 20");
}
END_TEST

START_TEST(the_last_word_on_an_index_entry_counts)
{
    batch_index(scratch.batch, 1, 5);
    batch_unindex(scratch.batch, 1, 5);
    batch_unindex(scratch.batch, 2, 5);
    batch_index(scratch.batch, 2, 5);
    ck_assert_str_eq(found(1), "");
    ck_assert_str_eq(found(2), "5");

    scratch_commit();

    ck_assert_str_eq(found(1), "");
    ck_assert_str_eq(found(2), "5");
}
END_TEST

START_TEST(hashes_differ_by_space_and_attribute_and_stay_over_an_open)
{
    uint64_t hash = store_hash(scratch.store, 1, 2, slice_text("ada"));
    uint64_t seed = store_seed(scratch.store);

    ck_assert_uint_ne(hash, store_hash(scratch.store, 2, 1, slice_text("ada")));
    ck_assert_uint_ne(hash, store_hash(scratch.store, 1, 3, slice_text("ada")));
    ck_assert_uint_ne(hash, store_hash(scratch.store, 1, 2, slice_text("bob")));
    scratch_reopen();
    ck_assert_uint_eq(seed, store_seed(scratch.store));
    ck_assert_uint_eq(hash, store_hash(scratch.store, 1, 2, slice_text("ada")));
}
END_TEST

/* --- names and counters ------------------------------------------------------------ */

START_TEST(names_are_saved_by_the_commit_that_uses_them)
{
    uint32_t mail = names_intern_text(store_names(scratch.store), "mail");

    put(TABLE_CS, "a", "1");
    scratch_commit();
    names_intern_text(store_names(scratch.store), "lost");
    scratch_reopen();

    ck_assert_uint_eq(names_find(store_names(scratch.store), slice_text("MAIL")), mail);
    ck_assert_uint_eq(names_count(store_names(scratch.store)), 1);
}
END_TEST

START_TEST(many_names_keep_their_numbers)
{
    char name[16];

    for (int i = 1; i <= 2500; i++) {
        snprintf(name, sizeof name, "name%d", i);
        ck_assert_uint_eq(names_intern_text(store_names(scratch.store), name),
                          (unsigned)i);
    }
    put(TABLE_CS, "a", "1");
    scratch_commit();
    scratch_reopen();

    ck_assert_uint_eq(names_count(store_names(scratch.store)), 2500);
    ck_assert_str_eq(names_text(store_names(scratch.store), 2222), "name2222");
}
END_TEST

START_TEST(numbers_are_taken_with_the_commit)
{
    ck_assert_uint_eq(batch_next(scratch.batch, "mv"), 1);
    ck_assert_uint_eq(batch_next(scratch.batch, "mv"), 2);
    ck_assert_uint_eq(batch_next(scratch.batch, "run"), 1);
    scratch_commit();
    ck_assert_uint_eq(batch_next(scratch.batch, "mv"), 3);
    scratch_reopen();
    ck_assert_uint_eq(batch_next(scratch.batch, "mv"), 3);
}
END_TEST

/* --- rollback ---------------------------------------------------------------------- */

START_TEST(a_rollback_takes_back_what_was_done_since_the_mark)
{
    size_t mark;

    put(TABLE_CS, "a", "1");
    put(TABLE_CS, "b", "1");
    scratch_commit();
    put(TABLE_CS, "a", "2");
    batch_index(scratch.batch, 7, 1);
    mark = batch_mark(scratch.batch);
    put(TABLE_CS, "a", "3");
    put(TABLE_CS, "c", "3");
    drop(TABLE_CS, "b");
    batch_unindex(scratch.batch, 7, 1);
    batch_index(scratch.batch, 8, 1);
    ck_assert_uint_eq(batch_next(scratch.batch, "mv"), 1);

    batch_rollback(scratch.batch, mark);

    ck_assert_str_eq(scan(TABLE_CS, "", "", 10), "a=2 b=1");
    ck_assert_str_eq(found(7), "1");
    ck_assert_str_eq(found(8), "");
    ck_assert_uint_eq(batch_next(scratch.batch, "mv"), 1);
    scratch_commit();
    ck_assert_str_eq(scan(TABLE_CS, "", "", 10), "a=2 b=1");
    ck_assert_str_eq(found(8), "");
}
END_TEST

/* --- a model to compare with ------------------------------------------------------- */

enum { KEYS = 40, HASHES = 6, IDS = 12, MARKS = 4 };

struct model {
    int row[KEYS]; /* 0: none */
    bool index[HASHES][IDS];
};

static uint32_t dice_state;

static uint32_t dice(uint32_t sides)
{
    dice_state = dice_state * 1664525u + 1013904223u;
    return (dice_state >> 8) % sides;
}

static void model_key(unsigned n, char *out)
{
    snprintf(out, 16, "k%02u", n);
}

static void compare_rows(const struct model *model)
{
    store_rows rows = {0};
    size_t at = 0;
    char key[16];
    char row[16];

    ck_ok(batch_scan(scratch.batch, TABLE_MV, slice_text("k"), slice_of("", 0), KEYS + 1,
                     &scratch.arena, &rows, &scratch.err));
    for (unsigned k = 0; k < KEYS; k++) {
        model_key(k, key);
        snprintf(row, sizeof row, "%d", model->row[k]);
        ck_assert_str_eq(get(TABLE_MV, key), model->row[k] == 0 ? "" : row);
        if (model->row[k] == 0)
            continue;
        ck_assert_uint_lt(at, rows.count);
        ck_assert_str_eq(rows.items[at].key.at, key);
        ck_assert_str_eq(rows.items[at++].value.at, row);
    }
    ck_assert_uint_eq(at, rows.count);
    VEC_FREE(&rows);
}

static void compare_index(const struct model *model)
{
    for (unsigned h = 0; h < HASHES; h++) {
        char expected[128] = "";
        size_t at = 0;

        for (unsigned id = 0; id < IDS; id++)
            if (model->index[h][id])
                at += (size_t)snprintf(expected + at, sizeof expected - at, "%s%u",
                                       at == 0 ? "" : " ", id);
        ck_assert_str_eq(found(h), expected);
    }
}

static void write_something(struct model *model, int value)
{
    unsigned k = dice(KEYS);
    unsigned h = dice(HASHES);
    unsigned id = dice(IDS);
    char key[16];
    char row[16];

    model_key(k, key);
    snprintf(row, sizeof row, "%d", value);
    switch (dice(4)) {
    case 0:
        drop(TABLE_MV, key);
        model->row[k] = 0;
        break;
    case 1:
        batch_index(scratch.batch, h, id);
        model->index[h][id] = true;
        break;
    case 2:
        batch_unindex(scratch.batch, h, id);
        model->index[h][id] = false;
        break;
    default:
        put(TABLE_MV, key, row);
        model->row[k] = value;
    }
}

struct history_of_marks {
    struct model models[MARKS];
    size_t marks[MARKS];
    int count;
};

static void go_back(struct model *model, struct history_of_marks *marks)
{
    if (marks->count == 0)
        return;
    marks->count--;
    batch_rollback(scratch.batch, marks->marks[marks->count]);
    *model = marks->models[marks->count];
}

static void mark(const struct model *model, struct history_of_marks *marks)
{
    if (marks->count == MARKS)
        return;
    marks->models[marks->count] = *model;
    marks->marks[marks->count++] = batch_mark(scratch.batch);
}

static void random_walk(uint32_t seed, int steps)
{
    struct model model = {0};
    struct model committed = {0};
    struct history_of_marks marks = {0};

    dice_state = seed;
    for (int i = 1; i <= steps; i++) {
        uint32_t throw = dice(100);

        if (throw < 8) {
            mark(&model, &marks);
        } else if (throw < 15) {
            go_back(&model, &marks);
        } else if (throw < 18) {
            scratch_commit();
            marks.count = 0;
            committed = model;
        } else if (throw < 19) {
            scratch_reopen();
            marks.count = 0;
            model = committed;
        } else {
            write_something(&model, i);
        }
        if (i % 7 == 0) {
            compare_rows(&model);
            compare_index(&model);
        }
        arena_reset(&scratch.arena);
    }
}

START_TEST(random_writes_marks_rollbacks_and_commits_agree_with_a_model)
{
    uint32_t seeds = getenv("MACTL_LONG") != NULL ? 60 : 6;

    for (uint32_t seed = 1; seed <= seeds; seed++) {
        random_walk(seed, 1500);
        scratch_end();
        begin();
    }
}
END_TEST

/* --- commits ----------------------------------------------------------------------- */

START_TEST(a_commit_is_due_after_5000_objects)
{
    char key[16];

    for (int i = 0; i < 4999; i++) {
        snprintf(key, sizeof key, "%d", i);
        put(TABLE_CS, key, "x");
        put(TABLE_LINKS, key, "x");
    }
    ck_assert_uint_eq(batch_writes(scratch.batch), 9998);
    put(TABLE_CS, "last", "x");
    ck_assert(batch_is_due(scratch.batch));
    scratch_commit();

    ck_assert(!batch_is_due(scratch.batch));
    ck_assert_uint_eq(batch_writes(scratch.batch), 0);
}
END_TEST

START_TEST(a_commit_is_due_after_32_megabytes)
{
    static char large[1 << 20];

    for (int i = 0; i < 32; i++)
        batch_put(scratch.batch, TABLE_RUNS, slice_of(&i, sizeof i),
                  slice_of(large, sizeof large));

    ck_assert(batch_is_due(scratch.batch));
}
END_TEST

/* References to so many objects, each so far from the next. */
static void refer_to(uint64_t count, uint64_t distance)
{
    for (uint64_t i = 1; i <= count; i++) {
        struct store_key key = store_key_u32((struct store_key){0}, 1);

        key = store_key_u64(key, i * distance);
        key = store_key_u32(store_key_u64(key, 7), 7);
        batch_put(scratch.batch, TABLE_REFS, store_key_view(&key), slice_of("", 0));
    }
}

/* 8 000 pages, or 500. */
START_TEST(a_commit_is_due_by_the_pages_that_its_rows_fall_on)
{
    refer_to(8000, 1);
    ck_assert(!batch_is_due(scratch.batch));
    scratch_commit();

    refer_to(8000, 1000);
    ck_assert(batch_is_due(scratch.batch));
}
END_TEST

static void key_of(unsigned n, char *out)
{
    snprintf(out, 16, "%08u", n * 2654435761u % 100000000u); /* in no order */
}

static void write_rows(unsigned count, unsigned step, const char *row)
{
    char key[16];

    for (unsigned n = 0; n < count; n += step) {
        key_of(n, key);
        if (row == NULL)
            drop(TABLE_CS, key);
        else
            put(TABLE_CS, key, row);
        if (batch_is_due(scratch.batch))
            scratch_commit();
    }
    scratch_commit();
}

/* The rows of all pages, which must ascend. */
static unsigned count_in_pages(size_t page)
{
    store_rows rows = {0};
    struct store_key from = {0};
    unsigned count = 0;

    do {
        arena_reset(&scratch.arena);
        ck_ok(batch_scan(scratch.batch, TABLE_CS, slice_of("", 0), store_key_view(&from),
                         page, &scratch.arena, &rows, &scratch.err));
        for (size_t i = 0; i < rows.count; i++) {
            ck_assert_int_lt(slice_compare(store_key_view(&from), rows.items[i].key), 0);
            from = store_key_bytes((struct store_key){0}, rows.items[i].key);
        }
        count += (unsigned)rows.count;
    } while (rows.count == page);
    VEC_FREE(&rows);
    return count;
}

START_TEST(many_rows_come_back_in_order_and_in_pages)
{
    unsigned count = getenv("MACTL_LONG") != NULL ? 100000 : 9000;

    write_rows(count, 1, "a row");
    ck_assert_uint_eq(count_in_pages(1000), count);
    write_rows(count, 3, NULL);
    write_rows(count, 9, "a row again");
    scratch_reopen();

    ck_assert_uint_eq(count_in_pages(777), count - (count + 2) / 3 + (count + 8) / 9);
}
END_TEST

START_TEST(bytes_live_on_until_the_batch_lets_go)
{
    struct slice row;
    char copy[16];

    put(TABLE_CS, "a", "1");
    scratch_commit();
    ck_ok(batch_get(scratch.batch, TABLE_CS, slice_text("a"), &row));
    put(TABLE_CS, "b", "2");
    ck_assert_str_eq(scan(TABLE_CS, "", "", 9), "a=1 b=2");
    snprintf(copy, sizeof copy, "%.*s", (int)row.length, row.at);
    ck_assert_str_eq(copy, "1");

    batch_release(scratch.batch);

    ck_assert_str_eq(scan(TABLE_CS, "", "", 9), "a=1 b=2");
}
END_TEST

/* --- processes --------------------------------------------------------------------- */

static void write_two_commits(void)
{
    scratch_open();
    put(TABLE_CS, "a", "1");
    batch_index(scratch.batch, 1, 1);
    scratch_commit();
    put(TABLE_CS, "a", "2");
    put(TABLE_CS, "b", "2");
    batch_unindex(scratch.batch, 1, 1);
    scratch_commit();
}

START_TEST(a_process_killed_around_a_commit_leaves_everything_or_nothing)
{
    static const struct {
        const char *moment;
        int signal;
        const char *rows;
        const char *index;
    } cases[] = {
        {"1", SIGKILL, "", ""},     {"2", SIGKILL, "a=1", "1"},
        {"3", SIGKILL, "a=1", "1"}, {"4", SIGKILL, "a=2 b=2", ""},
        {"5", 0, "a=2 b=2", ""},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        scratch_end();
        scratch_begin();
        setenv("MACTL_DIE_AT", cases[i].moment, 1);
        ck_assert_int_eq(scratch_child(write_two_commits), cases[i].signal);
        unsetenv("MACTL_DIE_AT");

        scratch_open();
        ck_assert_str_eq(scan(TABLE_CS, "", "", 9), cases[i].rows);
        ck_assert_str_eq(found(1), cases[i].index);
    }
}
END_TEST

enum { ROWS_A_COMMIT = 50 };

/* Says after each commit how many it made, until it is killed. */
static int told[2];

static void write_for_ever(void)
{
    char key[16];

    scratch_open();
    for (unsigned n = 0;; n++) {
        for (unsigned i = 0; i < ROWS_A_COMMIT; i++) {
            snprintf(key, sizeof key, "%08u", n * ROWS_A_COMMIT + i);
            put(TABLE_CS, key, "a row of some length, so that there are pages to write");
            batch_index(scratch.batch, n * ROWS_A_COMMIT + i, 1);
        }
        scratch_commit();
        if (write(told[1], "x", 1) != 1)
            _exit(1);
    }
}

static void look_at_what_is_left(size_t commits_told)
{
    store_rows rows = {0};
    size_t indexed = 0;

    ck_ok(batch_scan(scratch.batch, TABLE_CS, slice_of("", 0), slice_of("", 0), 1000000,
                     &scratch.arena, &rows, &scratch.err));
    ck_assert_uint_eq(rows.count % ROWS_A_COMMIT, 0);
    ck_assert_uint_ge(rows.count / ROWS_A_COMMIT, commits_told);
    for (uint64_t n = 0; n < rows.count + ROWS_A_COMMIT; n++)
        indexed += strcmp(found(n), "1") == 0;
    ck_assert_uint_eq(indexed, rows.count);
    VEC_FREE(&rows);
    arena_reset(&scratch.arena);
}

START_TEST(a_process_killed_amid_its_work_leaves_whole_commits)
{
    unsigned rounds = getenv("MACTL_LONG") != NULL ? 40 : 6;

    for (unsigned round = 1; round <= rounds; round++) {
        size_t told_count = 0;
        pid_t child;
        char byte;

        scratch_end();
        scratch_begin();
        ck_assert_int_eq(pipe(told), 0);
        fflush(NULL);
        child = fork();
        if (child == 0)
            write_for_ever();
        close(told[1]);
        while (told_count < round * 3 && read(told[0], &byte, 1) == 1)
            told_count++;
        kill(child, SIGKILL);
        ck_assert_int_eq(waitpid(child, NULL, 0), child);
        while (read(told[0], &byte, 1) == 1)
            told_count++;
        close(told[0]);

        scratch_open();
        look_at_what_is_left(told_count);
        put(TABLE_CS, "99999999", "the next run goes on");
        scratch_commit();
    }
}
END_TEST

static int ask[2];
static int answer[2];

/* Answers each question with the row it sees. */
static void read_when_asked(void)
{
    static const struct store_options readonly = {.read_only = true};
    char byte;

    scratch_open_with(&readonly);
    while (read(ask[0], &byte, 1) == 1) {
        if (byte == 'n')
            batch_release(scratch.batch);
        byte = get(TABLE_CS, "a")[0];
        if (write(answer[1], &byte, 1) != 1)
            _exit(1);
    }
    batch_end(scratch.batch);
    store_close(scratch.store);
}

static char asked(char question)
{
    char byte = '?';

    ck_assert_int_eq(write(ask[1], &question, 1), 1);
    ck_assert_int_eq(read(answer[0], &byte, 1), 1);
    return byte;
}

START_TEST(a_reader_sees_one_commit_until_it_lets_go_and_blocks_nobody)
{
    pid_t child;

    put(TABLE_CS, "a", "1");
    scratch_commit();
    scratch_close();
    ck_assert_int_eq(pipe(ask), 0);
    ck_assert_int_eq(pipe(answer), 0);
    fflush(NULL);
    child = fork();
    if (child == 0) {
        close(ask[1]);
        read_when_asked();
        _exit(0);
    }
    close(ask[0]);
    scratch_open();

    ck_assert_int_eq(asked('o'), '1');
    put(TABLE_CS, "a", "2");
    scratch_commit();
    ck_assert_int_eq(asked('o'), '1');
    ck_assert_int_eq(asked('n'), '2');

    close(ask[1]);
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
    close(answer[0]);
    close(answer[1]);
}
END_TEST

static const struct store_options readonly_options = {.read_only = true};

START_TEST(a_reader_cannot_commit_and_says_so)
{
    scratch_close();
    scratch_open_with(&readonly_options);
    put(TABLE_CS, "a", "1");

    ck_assert_str_eq(get(TABLE_CS, "a"), "1");
    ck_assert_int_eq(batch_commit(scratch.batch, &scratch.err), MA_BROKEN);
    ck_assert_ptr_nonnull(strstr(scratch.err.text, "reading only"));
}
END_TEST

START_TEST(a_folder_without_a_store_has_nothing_to_read)
{
    struct store *store = NULL;

    ck_assert_int_eq(store_open(&store, scratch.top, &readonly_options, &scratch.err),
                     MA_NOT_FOUND);
    ck_assert_int_eq(
        store_open(&store, "/nowhere/at/all", &readonly_options, &scratch.err),
        MA_NOT_FOUND);
    ck_assert_ptr_null(store);
}
END_TEST

START_TEST(a_store_is_opened_once_a_process)
{
    struct store *store = NULL;

    ck_assert_int_eq(store_open(&store, scratch.folder, NULL, &scratch.err), MA_CONFLICT);
    ck_assert_int_eq(store_open(&store, scratch.folder, &readonly_options, &scratch.err),
                     MA_CONFLICT);
    ck_assert_ptr_null(store);
}
END_TEST

START_TEST(a_store_of_another_format_is_refused)
{
    struct store *store = NULL;
    static const char other[8] = {0, 0, 0, 0, 0, 0, 0, 99};

    batch_put(scratch.batch, TABLE_META, slice_text("format"), slice_of(other, 8));
    scratch_commit();
    scratch_close();

    ck_assert_int_eq(store_open(&store, scratch.folder, NULL, &scratch.err), MA_INVALID);
    ck_assert_ptr_nonnull(strstr(scratch.err.text, "format 99"));
}
END_TEST

/* --- care -------------------------------------------------------------------------- */

START_TEST(statistics_count_rows_and_entries)
{
    struct store_stats stats;

    put(TABLE_CS, "a", "1");
    put(TABLE_CS, "b", "1");
    put(TABLE_LINKS, "b", "1");
    batch_index(scratch.batch, 1, 1);
    batch_index(scratch.batch, 1, 2);
    batch_index(scratch.batch, 3, 1);
    scratch_commit();
    ck_ok(store_statistics(scratch.store, &stats, &scratch.err));

    ck_assert_uint_eq(stats.rows[TABLE_CS], 2);
    ck_assert_uint_eq(stats.rows[TABLE_LINKS], 1);
    ck_assert_uint_eq(stats.rows[TABLE_MV], 0);
    ck_assert_uint_eq(stats.index_entries, 3);
    ck_assert_uint_gt(stats.bytes[TABLE_CS], 0);
    ck_assert_uint_gt(stats.file_bytes, 0);
}
END_TEST

START_TEST(a_backup_is_a_store_of_its_own)
{
    char copy[128];

    names_intern_text(store_names(scratch.store), "mail");
    put(TABLE_CS, "a", "1");
    batch_index(scratch.batch, 1, 2);
    scratch_commit();
    snprintf(copy, sizeof copy, "%s/copy", scratch.top);
    ck_ok(store_backup(scratch.store, copy, &scratch.err));
    ck_assert_int_eq(store_backup(scratch.store, copy, &scratch.err), MA_CONFLICT);
    put(TABLE_CS, "a", "2");
    scratch_commit();
    scratch_close();
    snprintf(scratch.folder, sizeof scratch.folder, "%s/copy", scratch.top);
    scratch_open();

    ck_assert_str_eq(scan(TABLE_CS, "", "", 9), "a=1");
    ck_assert_str_eq(found(1), "2");
    ck_assert_str_eq(names_text(store_names(scratch.store), 1), "mail");
}
END_TEST

#define CONFORMANCE                                                                      \
    a_batch_reads_its_own_writes_before_the_commit,                                      \
        what_is_committed_is_there_when_opened_again, a_removed_row_is_gone_for_good,    \
        a_scan_shows_commit_and_batch_as_one, rows_may_be_empty_and_large,               \
        keys_sort_as_their_numbers, keys_too_long_stay_apart,                            \
        the_index_shows_commit_and_batch_as_one, the_last_word_on_an_index_entry_counts, \
        hashes_differ_by_space_and_attribute_and_stay_over_an_open,                      \
        names_are_saved_by_the_commit_that_uses_them, many_names_keep_their_numbers,     \
        numbers_are_taken_with_the_commit,                                               \
        a_rollback_takes_back_what_was_done_since_the_mark,                              \
        random_writes_marks_rollbacks_and_commits_agree_with_a_model,                    \
        a_commit_is_due_after_5000_objects, a_commit_is_due_after_32_megabytes,          \
        a_commit_is_due_by_the_pages_that_its_rows_fall_on,                              \
        many_rows_come_back_in_order_and_in_pages,                                       \
        bytes_live_on_until_the_batch_lets_go,                                           \
        a_process_killed_around_a_commit_leaves_everything_or_nothing,                   \
        a_process_killed_amid_its_work_leaves_whole_commits,                             \
        a_reader_sees_one_commit_until_it_lets_go_and_blocks_nobody,                     \
        a_reader_cannot_commit_and_says_so,                                              \
        a_folder_without_a_store_has_nothing_to_read, a_store_is_opened_once_a_process,  \
        a_store_of_another_format_is_refused, statistics_count_rows_and_entries,         \
        a_backup_is_a_store_of_its_own
