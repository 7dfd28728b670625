/* SPDX-License-Identifier: Apache-2.0 */
#include "store/overlay.h"

#include "suite.h"

static const uint64_t odd = 0x9e3779b97f4a7c15u; /* spreads small numbers */

/* Three words on each hash: one entry comes and goes, another stays. */
static void speak(struct overlay *overlay, uint64_t hashes)
{
    for (uint64_t i = 0; i < hashes; i++) {
        overlay_index(overlay, i * odd, 9, true);
        overlay_index(overlay, i * odd, i % 5, true);
        overlay_index(overlay, i * odd, 9, false);
    }
}

static void check_order(const index_writes *writes)
{
    for (size_t i = 1; i < writes->count; i++) {
        const struct index_write *a = &writes->items[i - 1];
        const struct index_write *b = &writes->items[i];

        ck_assert(a->hash < b->hash || (a->hash == b->hash && a->id < b->id));
    }
}

/* Few and many are sorted in two ways. */
START_TEST(the_last_words_come_in_the_order_of_hash_and_id)
{
    static const uint64_t sizes[] = {0, 1, 2, 100, 3000};

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct overlay overlay = {0};
        index_writes writes = {0};

        speak(&overlay, sizes[i]);
        overlay_index_sorted(&overlay, &writes);

        ck_assert_uint_eq(writes.count, 2 * sizes[i]);
        check_order(&writes);
        for (size_t j = 0; j < writes.count; j++)
            ck_assert(writes.items[j].add == (writes.items[j].id != 9));
        VEC_FREE(&writes);
        overlay_free(&overlay);
    }
}
END_TEST

/* What is sorted by digits are the upper bits. */
START_TEST(hashes_that_differ_in_their_last_bits_are_sorted_too)
{
    struct overlay overlay = {0};
    index_writes writes = {0};

    for (uint64_t i = 0; i < 5000; i++)
        overlay_index(&overlay, odd << 20 ^ i * 7 % 5000, i % 3, true);
    overlay_index_sorted(&overlay, &writes);

    ck_assert_uint_eq(writes.count, 5000);
    check_order(&writes);
    VEC_FREE(&writes);
    overlay_free(&overlay);
}
END_TEST

static void fill(struct overlay *overlay, uint64_t from, uint64_t to)
{
    for (uint64_t i = from; i < to; i++) {
        struct store_key key = store_key_u64((struct store_key){0}, i);

        overlay_set(overlay, TABLE_CS, store_key_view(&key), WRITE_PUT, slice_text("x"));
        overlay_index(overlay, i * odd, i, true);
    }
}

static void check_filled(const struct overlay *overlay, uint64_t from, uint64_t to)
{
    for (uint64_t i = 0; i < 6000; i++) {
        struct store_key key = store_key_u64((struct store_key){0}, i);
        bool in = i >= from && i < to;

        ck_assert((overlay_find(overlay, TABLE_CS, store_key_view(&key)) != NULL) == in);
        ck_assert((overlay_index_last(overlay, i * odd) != NULL) == in);
    }
}

START_TEST(nothing_is_left_of_what_was_before_it_was_cleared)
{
    struct overlay overlay = {0};

    fill(&overlay, 1, 5000);
    check_filled(&overlay, 1, 5000);
    overlay_clear(&overlay);
    check_filled(&overlay, 0, 0);
    fill(&overlay, 4900, 5100);
    check_filled(&overlay, 4900, 5100);
    overlay_clear(&overlay);
    ck_assert_uint_lt(overlay_bytes(&overlay), 512 * 1024); /* for a few there are few */
    fill(&overlay, 10, 20);
    check_filled(&overlay, 10, 20);
    overlay_free(&overlay);
}
END_TEST

static void link_one(struct overlay *overlay, uint64_t mv)
{
    struct store_key key = store_key_u64((struct store_key){0}, mv);

    key = store_key_u64(store_key_u32(key, 1), 1);
    overlay_set(overlay, TABLE_LINKS, store_key_view(&key), WRITE_PUT, slice_of("", 0));
}

START_TEST(rows_near_to_another_do_not_count_as_apart)
{
    struct overlay overlay = {0};

    for (uint64_t mv = 32; mv < 64; mv++) /* as many as a page has, about */
        link_one(&overlay, mv);
    ck_assert_uint_eq(overlay.apart, 1);
    link_one(&overlay, 40); /* again */
    link_one(&overlay, 100);
    link_one(&overlay, 70000);
    ck_assert_uint_eq(overlay.apart, 3);
    link_one(&overlay, 99); /* before one, and behind one */
    link_one(&overlay, 70001);
    ck_assert_uint_eq(overlay.apart, 3);

    overlay_clear(&overlay);
    ck_assert_uint_eq(overlay.apart, 0);
    overlay_free(&overlay);
}
END_TEST

static void put_row(struct overlay *overlay, uint64_t number)
{
    struct store_key key = store_key_u64((struct store_key){0}, number);

    overlay_set(overlay, TABLE_QUEUE, store_key_view(&key), WRITE_PUT,
                store_key_view(&key));
}

/* Two rows that go up, one that goes down, and one anywhere, in turn: whoever looks for
 * one finds it, by way of all levels of the list. */
START_TEST(rows_are_in_order_however_they_came)
{
    enum { TURNS = 2000 };
    struct overlay overlay = {0};
    const struct write *at;
    size_t count = 0;

    for (uint64_t i = 0; i < TURNS; i++) {
        put_row(&overlay, 1000000 + 3 * i);
        put_row(&overlay, 2000000 + 3 * i);
        put_row(&overlay, 1500000 - i);
        put_row(&overlay, 900000 + i * odd % 1500000 * 3);
    }
    at = overlay_seek(&overlay, TABLE_QUEUE, slice_of("", 0));
    for (; at != NULL; at = at->next[0], count++) {
        ck_assert_ptr_eq(overlay_seek(&overlay, TABLE_QUEUE, at->key), at);
        ck_assert(at->next[0] == NULL || slice_compare(at->key, at->next[0]->key) < 0);
    }
    ck_assert_uint_eq(count, overlay.write_count);
    ck_assert_uint_ge(count, 3 * TURNS);
    overlay_free(&overlay);
}
END_TEST

SUITE("store/overlay", the_last_words_come_in_the_order_of_hash_and_id,
      hashes_that_differ_in_their_last_bits_are_sorted_too,
      nothing_is_left_of_what_was_before_it_was_cleared,
      rows_near_to_another_do_not_count_as_apart, rows_are_in_order_however_they_came)
