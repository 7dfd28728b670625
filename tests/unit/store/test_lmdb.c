/* SPDX-License-Identifier: Apache-2.0 */

/* The LMDB backend: the conformance suite, and what is its own: readers and the map. */

#include "conformance.c"

#include <sys/resource.h>

/* A reader with a small map: the writer outgrows it. */
static void read_with_a_small_map(void)
{
    static const struct store_options small = {.read_only = true, .map_size = 256 << 10};
    char byte;

    scratch_open_with(&small);
    while (read(ask[0], &byte, 1) == 1) {
        batch_release(scratch.batch);
        byte = get(TABLE_CS, "last")[0] == 'x' ? 'y' : 'n';
        if (write(answer[1], &byte, 1) != 1)
            _exit(1);
    }
    batch_end(scratch.batch);
    store_close(scratch.store);
}

static void write_megabytes(void)
{
    static char large[10000];

    for (unsigned i = 0; i < 500; i++)
        batch_put(scratch.batch, TABLE_RUNS, slice_of(&i, sizeof i),
                  slice_of(large, sizeof large));
    put(TABLE_CS, "last", "x");
    scratch_commit();
}

START_TEST(the_map_grows_under_the_writer_and_its_readers)
{
    static const struct store_options small = {.map_size = 256 << 10};
    struct store_stats stats;
    pid_t child;

    scratch_close();
    ck_assert_int_eq(pipe(ask), 0);
    ck_assert_int_eq(pipe(answer), 0);
    fflush(NULL);
    child = fork();
    if (child == 0) {
        close(ask[1]);
        read_with_a_small_map();
        _exit(0);
    }
    close(ask[0]);
    scratch_open_with(&small);
    put(TABLE_CS, "first", "1");
    scratch_commit();

    ck_assert_int_eq(asked('?'), 'n');
    write_megabytes();
    ck_assert_int_eq(asked('?'), 'y');

    ck_ok(store_statistics(scratch.store, &stats, &scratch.err));
    ck_assert_uint_gt(stats.map_bytes, 500 * 10000);
    ck_assert_uint_eq(stats.rows[TABLE_RUNS], 500);
    close(ask[1]);
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
    close(answer[0]);
    close(answer[1]);
}
END_TEST

START_TEST(another_batch_reads_on_after_the_map_moved)
{
    static const struct store_options small = {.map_size = 256 << 10};
    struct batch *other;
    struct slice row;

    scratch_close();
    scratch_open_with(&small);
    put(TABLE_CS, "a", "1");
    scratch_commit();
    other = batch_begin(scratch.store);
    ck_ok(batch_get(other, TABLE_CS, slice_text("a"), &row));

    write_megabytes();

    ck_ok(batch_get(other, TABLE_CS, slice_text("a"), &row));
    ck_assert(slice_equal(row, slice_text("1")));
    batch_end(other);
}
END_TEST

/* The disk is full, as far as this process can tell. */
static void fill_the_disk(void)
{
    struct rlimit limit;

    scratch_open();
    put(TABLE_CS, "a", "1");
    scratch_commit();
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = 200000;
    setrlimit(RLIMIT_FSIZE, &limit);
    put(TABLE_CS, "a", "2");
    for (unsigned i = 0; i < 30; i++) {
        static const char large[20000];

        batch_put(scratch.batch, TABLE_RUNS, slice_of(&i, sizeof i),
                  slice_of(large, sizeof large));
    }
    if (batch_commit(scratch.batch, &scratch.err) == MA_OK)
        _exit(1);
    if (strcmp(get(TABLE_CS, "a"), "2") != 0) /* the batch is as before */
        _exit(2);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_FSIZE, &limit);
    if (batch_commit(scratch.batch, &scratch.err) != MA_OK)
        _exit(3);
}

START_TEST(a_commit_that_found_no_room_can_be_done_again)
{
    scratch_close();
    ck_assert_int_eq(scratch_child(fill_the_disk), 0);
    scratch_open();
    ck_assert_str_eq(get(TABLE_CS, "a"), "2");
}
END_TEST

static void hold_a_snapshot_and_die(void)
{
    scratch_open_with(&readonly_options);
    get(TABLE_CS, "a");
    raise(SIGKILL);
}

START_TEST(a_reader_that_was_killed_is_forgotten_at_the_next_open)
{
    struct store_stats stats;

    put(TABLE_CS, "a", "1");
    scratch_commit();
    scratch_close();
    ck_assert_int_eq(scratch_child(hold_a_snapshot_and_die), SIGKILL);
    scratch_open();

    ck_ok(store_statistics(scratch.store, &stats, &scratch.err));
    ck_assert_uint_eq(stats.readers, 0);
}
END_TEST

START_TEST(a_file_that_is_no_store_is_refused)
{
    struct store *store = NULL;
    char path[128];
    FILE *file;

    scratch_close();
    snprintf(path, sizeof path, "%s/data.mdb", scratch.folder);
    file = fopen(path, "wb");
    for (int i = 0; i < 1000; i++)
        fputs("this is no database", file);
    fclose(file);

    ck_assert_int_eq(store_open(&store, scratch.folder, NULL, &scratch.err), MA_INVALID);
    ck_assert_ptr_nonnull(strstr(scratch.err.text, "not a store of mactl"));
}
END_TEST

/* A look-up begins where the last one of the table ended, on whatever page that was. */
enum { PLACES = 3000, LOOKS = 20000 };

static const char *place_name(unsigned place)
{
    static char name[16];

    snprintf(name, sizeof name, "%010u", place); /* so that some are the next number */
    return name;
}

static void write_places(bool *there, unsigned from, unsigned step)
{
    for (unsigned place = from; place < PLACES; place += step) {
        there[place] = !there[place];
        if (there[place])
            put(TABLE_CS, place_name(place), place_name(place));
        else
            drop(TABLE_CS, place_name(place));
    }
    scratch_commit();
}

static unsigned next_place(const bool *there, unsigned place)
{
    while (place < PLACES && !there[place])
        place++;
    return place;
}

static void look_for(const bool *there, unsigned place)
{
    const char *name = place_name(place);
    unsigned next = next_place(there, place + 1);
    store_rows rows = {0};

    ck_assert_str_eq(get(TABLE_CS, name), there[place] ? name : "");
    ck_ok(batch_scan(scratch.batch, TABLE_CS, slice_text(""), slice_text(name), 1,
                     &scratch.arena, &rows, &scratch.err));
    ck_assert_uint_eq(rows.count, next < PLACES);
    if (rows.count > 0)
        ck_assert(slice_equal(rows.items[0].key, slice_text(place_name(next))));
    VEC_FREE(&rows);
}

START_TEST(a_row_is_found_wherever_the_last_one_was)
{
    bool there[PLACES] = {false};
    unsigned dice = 1;

    for (unsigned look = 0; look < LOOKS; look++) {
        if (look % 2000 == 0)
            write_places(there, look / 2000, 1 + look / 2000 * 2);
        dice = dice * 1103515245 + 12345;
        look_for(there, look % 3 == 0 ? look % PLACES : (dice >> 8) % PLACES);
        arena_reset(&scratch.arena);
    }
}
END_TEST

SUITE_WITH("store/lmdb", begin, scratch_end, CONFORMANCE,
           the_map_grows_under_the_writer_and_its_readers,
           another_batch_reads_on_after_the_map_moved,
           a_commit_that_found_no_room_can_be_done_again,
           a_reader_that_was_killed_is_forgotten_at_the_next_open,
           a_file_that_is_no_store_is_refused, a_row_is_found_wherever_the_last_one_was)
