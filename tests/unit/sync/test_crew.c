/* SPDX-License-Identifier: Apache-2.0 */

/* The result is the same on any number of threads: everything in the store, what was
 * counted, and what failed. */

#include "base/clock.h"
#include "lives.h"
#include "store/verify.h"

static uint64_t units_ahead; /* of all lives of a test */
static uint64_t unchanged;   /* objects that were not evaluated */

/* --- everything in the store ---------------------------------------------------------
 *
 * GUIDs are random, and hashes of the index go by a random seed: objects are compared
 * without their GUIDs (alike.h), the index is verified.
 */

static void ignore(void *context, const char *defect)
{
    (void)context;
    fprintf(stderr, "%s\n", defect);
}

static void all_rows(struct world *w, enum store_table table, store_rows *out)
{
    struct batch *batch = batch_begin(w->store);

    WORLD_OK(w, batch_scan(batch, table, slice_of("", 0), slice_of("", 0), SIZE_MAX,
                           &w->arena, out, &w->err));
    batch_end(batch);
}

static bool is_own(struct slice key)
{
    return slice_equal(key, slice_text("seed"));
}

static void compare_table(enum store_table table, unsigned life, unsigned step)
{
    store_rows a = {0};
    store_rows b = {0};

    all_rows(&usual, table, &a);
    all_rows(&other, table, &b);
    ck_assert_uint_eq(a.count, b.count);
    for (size_t i = 0; i < a.count; i++) {
        struct store_row x = a.items[i];
        struct store_row y = b.items[i];

        ck_assert_msg(
            slice_equal(without_guids(&usual, x.key), without_guids(&other, y.key)) &&
                (is_own(x.key) || slice_equal(without_guids(&usual, x.value),
                                              without_guids(&other, y.value))),
            "life %u, step %u: row %zu of %s", life, step, i, store_table_name(table));
    }
    VEC_FREE(&a);
    VEC_FREE(&b);
}

static void look(unsigned life, unsigned step)
{
    static const enum store_table tables[] = {TABLE_META,   TABLE_NAMES, TABLE_TOWER,
                                              TABLE_VALUES, TABLE_LINKS, TABLE_REFS,
                                              TABLE_QUEUE};
    struct store_verification found;

    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
        compare_table(tables[i], life, step);
    ck_assert_uint_eq(usual.history.flows_evaluated, other.history.flows_evaluated);
    ck_assert_uint_eq(usual.history.unchanged, other.history.unchanged);
    ck_assert_uint_eq(store_work(usual.store).objects_read,
                      store_work(other.store).objects_read);
    if (step != LIFE_STEPS)
        return;
    WORLD_OK(&other, store_verify(other.store, ignore, NULL, &found, &other.err));
    ck_assert_uint_eq(found.defects, 0);
    units_ahead += other.history.units_ahead;
    unchanged += other.history.unchanged;
}

/* --- lives ------------------------------------------------------------------------ */

/* Many enough that they are evaluated ahead, of which some do not hold. */
static void begin_lives(unsigned threads)
{
    other_threads = threads;
    units_ahead = unchanged = 0;
    remembers[0] = remembers[1] = false;
    life_full = true;
    life_objects = 12;
    life_look = look;
    clock_freeze(1700000000000);
}

static void end_lives(void)
{
    clock_freeze(0);
}

static void live_on(unsigned threads, bool remembering, unsigned lives)
{
    begin_lives(threads);
    remembers[0] = remembers[1] = remembering;
    live_lives(SOURCE_DIR "/tests/integration/data/groups/export", lives);
    live_lives(SOURCE_DIR "/tests/integration/data/pair/export", lives);
    live_lives(SOURCE_DIR "/tests/unit/sync/data/echo", lives);
    live_lives(SOURCE_DIR "/tests/unit/sync/data/classic", lives);
    live_lives(SOURCE_DIR "/docs/examples/hybrid/export", lives);
    end_lives();
    ck_assert_uint_gt(units_ahead, 500 * lives);
    ck_assert_int_eq(unchanged > 100, remembering);
}

START_TEST(two_threads_do_what_one_does)
{
    live_on(2, false, 2);
}
END_TEST

START_TEST(they_remember_what_one_does)
{
    live_on(2, true, 1);
}
END_TEST

START_TEST(eight_threads_do_what_one_does)
{
    live_on(8, true, 1);
}
END_TEST

/* Where it is: real exports. */
START_TEST(they_do_so_with_the_rules_of_the_corpus)
{
    begin_lives(8);
    live_corpus(1);
    end_lives();
}
END_TEST

SUITE("sync/crew", two_threads_do_what_one_does, they_remember_what_one_does,
      eight_threads_do_what_one_does, they_do_so_with_the_rules_of_the_corpus)
