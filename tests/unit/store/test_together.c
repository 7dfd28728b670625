/* SPDX-License-Identifier: Apache-2.0 */

/* Several processes that write one store at once. */

#include "scratch.h"
#include "store/attempt.h"
#include "store/batch.h"
#include "store/cs.h"
#include "store/lmdb/lmdb_store.h"

/* Another process with the store open, which does one thing for each byte that it is
 * sent, and answers with one. */
static struct {
    pid_t process;
    int ask;
    int answer;
} other;

static void other_does(char what)
{
    switch (what) {
    case 'a': /* writes row "a" */
    case 'b':
        put(TABLE_CS, (char[]){what, '\0'}, "theirs");
        scratch_commit();
        break;
    case 'm': /* merges the index */
        scratch.store->backend->merge_pages = 1;
        put(TABLE_CS, "m", "theirs");
        scratch_commit();
        break;
    case 'u': /* takes an entry of the index out */
        batch_unindex(scratch.batch, 7, 1);
        put(TABLE_CS, "u", "theirs");
        scratch_commit();
        break;
    case 'n': /* numbers a name, and uses it */
        (void)names_intern_text(store_names(scratch.store), "theirs");
        put(TABLE_CS, "named", "theirs");
        scratch_commit();
        break;
    case 'o': /* has an object in the space of an import */
        (void)cs_put(scratch.batch,
                     &(struct cs_object){.agent = 3,
                                         .anchor = slice_text("theirs"),
                                         .has_hologram = true,
                                         .hologram = {.exists = true, .dn = "CN=theirs"}},
                     &scratch.err);
        scratch_commit();
        break;
    default:
        _exit(1);
    }
}

static void other_lives(int questions, int answers)
{
    char byte;

    scratch_open();
    store_share_names(scratch.store);
    if (write(answers, "r", 1) != 1)
        _exit(2);
    while (read(questions, &byte, 1) == 1) {
        other_does(byte);
        if (write(answers, &byte, 1) != 1)
            _exit(3);
    }
    scratch_close();
    _exit(0);
}

/* A store is not opened before a fork. */
static void begin(void)
{
    int questions[2];
    int answers[2];
    char byte;

    scratch_begin();
    ck_assert_int_eq(pipe(questions), 0);
    ck_assert_int_eq(pipe(answers), 0);
    fflush(NULL);
    other.process = fork();
    if (other.process == 0) {
        close(questions[1]);
        close(answers[0]);
        other_lives(questions[0], answers[1]);
    }
    close(questions[0]);
    close(answers[1]);
    other.ask = questions[1];
    other.answer = answers[0];
    scratch_open();
    ck_assert_int_eq(read(other.answer, &byte, 1), 1);
}

static void end(void)
{
    int status;

    close(other.ask);
    ck_assert_int_eq(waitpid(other.process, &status, 0), other.process);
    ck_assert_int_eq(status, 0);
    close(other.answer);
    scratch_end();
}

static void let_other(char what)
{
    char byte = '\0';

    ck_assert_int_eq(write(other.ask, &what, 1), 1);
    ck_assert_int_eq(read(other.answer, &byte, 1), 1);
    ck_assert_int_eq(byte, what);
}

static void begin_batch_anew(void)
{
    batch_end(scratch.batch);
    scratch.batch = batch_begin(scratch.store);
}

START_TEST(who_writes_rows_of_his_own_disturbs_nobody)
{
    ck_assert_str_eq(get(TABLE_CS, "a"), "");
    put(TABLE_CS, "a", "ours");
    let_other('b');

    scratch_commit();

    ck_assert_str_eq(get(TABLE_CS, "a"), "ours");
    ck_assert_str_eq(get(TABLE_CS, "b"), "theirs");
    ck_assert_int_eq(store_trouble(scratch.store), STORE_FINE);
}
END_TEST

START_TEST(what_another_process_wrote_since_is_not_overwritten)
{
    ck_assert_str_eq(get(TABLE_CS, "a"), "");
    put(TABLE_CS, "a", "ours");
    put(TABLE_CS, "c", "ours too");
    let_other('a');

    ck_assert_int_eq(batch_commit(scratch.batch, &scratch.err), MA_CONFLICT);
    ck_assert_ptr_nonnull(strstr(scratch.err.text, "run again"));
    ck_assert_int_eq(store_trouble(scratch.store), STORE_CONTENDED);

    begin_batch_anew();
    ck_assert_str_eq(get(TABLE_CS, "a"), "theirs");
    ck_assert_str_eq(get(TABLE_CS, "c"), "");
    put(TABLE_CS, "a", "ours");
    scratch_commit();
    ck_assert_str_eq(get(TABLE_CS, "a"), "ours");
    ck_assert_int_eq(store_trouble(scratch.store), STORE_FINE);
}
END_TEST

START_TEST(what_is_removed_is_compared_as_well)
{
    put(TABLE_CS, "a", "ours");
    scratch_commit();
    ck_assert_str_eq(get(TABLE_CS, "a"), "ours");
    drop(TABLE_CS, "a");
    let_other('a');

    ck_assert_int_eq(batch_commit(scratch.batch, &scratch.err), MA_CONFLICT);

    begin_batch_anew();
    ck_assert_str_eq(get(TABLE_CS, "a"), "theirs");
}
END_TEST

START_TEST(what_this_process_wrote_itself_is_no_conflict)
{
    struct batch *second = batch_begin(scratch.store);

    ck_assert_str_eq(get(TABLE_CS, "c"), "");
    put(TABLE_CS, "c", "first");
    batch_put(second, TABLE_CS, slice_text("c"), slice_text("second"));
    ck_ok(batch_commit(second, &scratch.err));
    batch_end(second);

    scratch_commit();

    ck_assert_str_eq(get(TABLE_CS, "c"), "first");
}
END_TEST

/* A schema has hundreds, and a commit is a wait for the disk. */
static void index_and_commit(uint64_t hash, uint64_t id)
{
    batch_index(scratch.batch, hash, id);
    put(TABLE_CS, "ours", "o");
    scratch_commit();
    begin_batch_anew();
}

/* This process had added only; the mark of what is gone is the other one's. */
START_TEST(an_entry_that_another_process_took_out_may_be_added_again)
{
    id_list ids = {0};

    index_and_commit(7, 1);
    let_other('m'); /* it is in the large table now */
    index_and_commit(8, 1);
    let_other('u');
    index_and_commit(7, 1);
    index_and_commit(9, 1);

    ck_ok(batch_find(scratch.batch, 7, &ids, &scratch.err));
    ck_assert_uint_eq(ids.count, 1);
    ck_assert_uint_eq(ids.items[0], 1);
    VEC_FREE(&ids);
}
END_TEST

START_TEST(whom_another_process_adds_is_found_in_a_space_that_was_empty)
{
    uint64_t id;

    put(TABLE_CS, "own", "x");
    scratch_commit();
    ck_ok(cs_import_begins(scratch.batch, 3, &scratch.err));
    ck_assert_int_eq(cs_find_dn(scratch.batch, 3, "CN=theirs", &id, &scratch.err),
                     MA_NOT_FOUND);
    let_other('o');
    batch_release(scratch.batch);

    ck_ok(cs_find_dn(scratch.batch, 3, "CN=theirs", &id, &scratch.err));
    ck_assert_uint_eq(id, 1);
    ck_ok(cs_find_anchor(scratch.batch, 3, slice_text("theirs"), &id, &scratch.err));
}
END_TEST

START_TEST(names_that_come_together_are_numbered_in_one_commit)
{
    static const struct slice list[] = {
        {"first", 5}, {"second", 6}, {"FIRST", 5}, {"theirs", 6}, {"third", 5}};
    struct names *names = store_names(scratch.store);
    uint64_t before;

    store_share_names(scratch.store);
    let_other('n');
    before = scratch.store->backend->commits;
    names_intern_all(names, list, sizeof list / sizeof list[0]);

    ck_assert_uint_eq(scratch.store->backend->commits - before, 1);
    ck_assert_uint_eq(names_find(names, slice_text("theirs")), 1);
    ck_assert_uint_eq(names_find(names, slice_text("third")), 4);
    ck_assert_uint_eq(names_count(names), 4);
    names_intern_all(names, list, sizeof list / sizeof list[0]);
    ck_assert_uint_eq(scratch.store->backend->commits - before, 1);
    scratch_reopen();
    ck_assert_uint_eq(names_find(store_names(scratch.store), slice_text("third")), 4);
}
END_TEST

START_TEST(nothing_is_attempted_on_what_another_process_changed_since)
{
    struct arena arena = {0};
    struct batch *above = batch_above(scratch.batch, &arena);

    ck_assert_str_eq(get(TABLE_CS, "a"), "");
    let_other('a');
    ck_assert(!attempt_follow(above));
    scratch_commit();
    ck_assert(attempt_follow(above));

    put(TABLE_CS, "c", "ours");
    ck_ok(batch_save(scratch.batch, &scratch.err));
    ck_assert(batch_saved(scratch.batch));
    ck_assert(attempt_follow(above));
    put(TABLE_CS, "d", "ours");
    ck_ok(batch_save(scratch.batch, &scratch.err));
    let_other('b');
    ck_assert(!batch_saved(scratch.batch));
    batch_end(above);
    arena_free(&arena);
}
END_TEST

START_TEST(a_name_that_is_numbered_beside_others_gets_a_number_of_its_own)
{
    struct names *names = store_names(scratch.store);
    uint32_t ours;

    store_share_names(scratch.store);
    let_other('n');
    ours = names_intern_text(names, "ours");

    ck_assert_uint_eq(names_find(names, slice_text("theirs")), 1);
    ck_assert_uint_eq(ours, 2);
    ck_assert_uint_eq(names_intern_text(names, "THEIRS"), 1);
    put(TABLE_CS, "a", "1");
    scratch_commit();
    scratch_reopen();
    ck_assert_uint_eq(names_find(store_names(scratch.store), slice_text("ours")), 2);
}
END_TEST

START_TEST(names_that_nobody_shared_are_refused_where_others_took_their_numbers)
{
    (void)names_intern_text(store_names(scratch.store), "ours");
    let_other('n');
    put(TABLE_CS, "a", "1");

    ck_assert_int_eq(batch_commit(scratch.batch, &scratch.err), MA_CONFLICT);

    scratch_reopen();
    ck_assert_str_eq(get(TABLE_CS, "a"), "");
    ck_assert_str_eq(names_text(store_names(scratch.store), 1), "theirs");
}
END_TEST

/* --- many at once ----------------------------------------------------------------- */

enum { PROCESSES = 4, ROUNDS = 25 };

static void count_up(int process)
{
    for (int i = 0; i < ROUNDS; i++) {
        enum ma_status status;

        do {
            char key[32];

            begin_batch_anew();
            snprintf(key, sizeof key, "%llu",
                     (unsigned long long)batch_next(scratch.batch, "run"));
            put(TABLE_RUNS, key, (char[]){(char)('0' + process), '\0'});
            status = batch_commit(scratch.batch, &scratch.err);
        } while (status == MA_CONFLICT);
        if (status != MA_OK)
            _exit(1);
    }
}

/* Half of the names are the same everywhere. */
static void name_things(int process)
{
    for (int i = 0; i < ROUNDS; i++) {
        char name[32];

        snprintf(name, sizeof name, "name%d.%d", i, i % 2 == 0 ? 0 : process);
        (void)names_intern_text(store_names(scratch.store), name);
    }
    put(TABLE_CS, (char[]){(char)('0' + process), '\0'}, "done");
    scratch_commit();
}

static void all_at_once(void (*work)(int process))
{
    pid_t children[PROCESSES];
    int status;

    scratch_close();
    fflush(NULL);
    for (int i = 0; i < PROCESSES; i++)
        if ((children[i] = fork()) == 0) {
            close(other.ask); /* its end is ours to give */
            scratch_open();
            store_share_names(scratch.store);
            work(i);
            scratch_close();
            _exit(0);
        }
    for (int i = 0; i < PROCESSES; i++) {
        ck_assert_int_eq(waitpid(children[i], &status, 0), children[i]);
        ck_assert_int_eq(status, 0);
    }
    scratch_open();
}

START_TEST(no_number_is_given_out_twice)
{
    store_rows rows = {0};

    all_at_once(count_up);

    ck_assert_uint_eq(batch_last(scratch.batch, "run"), PROCESSES * ROUNDS);
    ck_ok(batch_scan(scratch.batch, TABLE_RUNS, slice_of("", 0), slice_of("", 0),
                     SIZE_MAX, &scratch.arena, &rows, &scratch.err));
    ck_assert_uint_eq(rows.count, PROCESSES * ROUNDS);
    VEC_FREE(&rows);
}
END_TEST

START_TEST(all_processes_agree_on_every_name)
{
    size_t same = (ROUNDS + 1) / 2;
    size_t own = ROUNDS / 2 * PROCESSES;

    all_at_once(name_things);

    ck_assert_uint_eq(names_count(store_names(scratch.store)), same + own);
    ck_assert_str_eq(get(TABLE_CS, "3"), "done");
}
END_TEST

static void make_it(int process)
{
    char key[2] = {(char)('0' + process), '\0'};
    char seed[32];

    snprintf(seed, sizeof seed, "%llx", (unsigned long long)store_seed(scratch.store));
    put(TABLE_CS, key, seed);
    scratch_commit();
}

START_TEST(two_that_make_the_store_at_once_make_one)
{
    char first[32];

    for (int round = 0; round < 5; round++) {
        snprintf(scratch.folder, sizeof scratch.folder, "%s/made%d", scratch.top, round);
        all_at_once(make_it);
        snprintf(first, sizeof first, "%s", get(TABLE_CS, "0"));
        for (char i = '1'; i < '0' + PROCESSES; i++)
            ck_assert_str_eq(get(TABLE_CS, (char[]){i, '\0'}), first);
    }
}
END_TEST

SUITE_WITH("store/together", begin, end, who_writes_rows_of_his_own_disturbs_nobody,
           what_another_process_wrote_since_is_not_overwritten,
           what_is_removed_is_compared_as_well,
           what_this_process_wrote_itself_is_no_conflict,
           an_entry_that_another_process_took_out_may_be_added_again,
           whom_another_process_adds_is_found_in_a_space_that_was_empty,
           names_that_come_together_are_numbered_in_one_commit,
           nothing_is_attempted_on_what_another_process_changed_since,
           a_name_that_is_numbered_beside_others_gets_a_number_of_its_own,
           names_that_nobody_shared_are_refused_where_others_took_their_numbers,
           no_number_is_given_out_twice, all_processes_agree_on_every_name,
           two_that_make_the_store_at_once_make_one)
