/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include "base/arena.h"
#include "suite.h"

START_TEST(what_a_buffer_wrote_a_reader_reads)
{
    BUF_AUTO buf = {0};
    struct reader reader;

    buf_varint(&buf, 300);
    buf_counted(&buf, slice_text("abc"));
    buf_u64(&buf, 0x0102030405060708);
    reader = reader_of(buf_view(&buf));

    ck_assert_uint_eq(reader_varint(&reader), 300);
    ck_assert(slice_equal(reader_counted(&reader), slice_text("abc")));
    ck_assert_uint_eq(reader_u64(&reader), 0x0102030405060708);
    ck_assert(!reader.bad && reader_left(&reader) == 0);
}
END_TEST

START_TEST(values_are_known_again_where_they_lie)
{
    const struct slice values[] = {slice_text("a"), slice_of("", 0), slice_text("bcd")};
    const struct slice others[] = {slice_text("a"), slice_of("", 0), slice_text("bce")};
    const struct {
        const struct slice *values;
        size_t count;
        bool same;
    } cases[] = {{values, 3, true}, {values, 2, false}, {others, 3, false}};
    BUF_AUTO buf = {0};

    buf_values(&buf, values, 3);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct reader reader = reader_of(buf_view(&buf));

        ck_assert(reader_has_values(&reader, cases[i].values, cases[i].count) ==
                  cases[i].same);
        ck_assert(!cases[i].same || reader_left(&reader) == 0);
    }
    buf.length--;
    ck_assert(!reader_has_values(&(struct reader){0}, values, 3));
    ck_assert(
        !reader_has_values((struct reader[]){reader_of(buf_view(&buf))}, values, 3));
}
END_TEST

START_TEST(a_reader_never_runs_over_the_end)
{
    struct reader reader = reader_of(slice_of("\x7f"
                                              "ab",
                                              3));

    ck_assert_uint_eq(reader_counted(&reader).length, 0);
    ck_assert(reader.bad);
    ck_assert_uint_eq(reader_varint(&reader), 0);
}
END_TEST

START_TEST(a_string_is_read_where_it_lies)
{
    BUF_AUTO buf = {0};
    struct reader reader;

    buf_string(&buf, "abc");
    buf_string(&buf, NULL);
    buf_string(&buf, "");
    reader = reader_of(buf_view(&buf));

    ck_assert_ptr_eq(reader_string(&reader), buf.at + 1);
    ck_assert_ptr_null(reader_string(&reader));
    ck_assert_str_eq(reader_string(&reader), "");
    ck_assert(!reader.bad && reader_left(&reader) == 0);
    reader = reader_of(slice_of("\2ab", 3));
    ck_assert_ptr_null(reader_string(&reader));
    ck_assert(reader.bad);
}
END_TEST

START_TEST(a_number_has_one_form_only)
{
    static const struct {
        struct slice bytes;
        bool good;
        uint64_t number;
    } cases[] = {
        {{"\x7f", 1}, true, 127},
        {{"\x80\x01", 2}, true, 128},
        {{"\x80\x00", 2}, false, 0},
        {{"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10}, true, UINT64_MAX},
        {{"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 10}, false, 0},
        {{"\x80", 1}, false, 0},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct reader reader = reader_of(cases[i].bytes);

        ck_assert_uint_eq(reader_varint(&reader), cases[i].number);
        ck_assert(reader.bad == !cases[i].good);
    }
}
END_TEST

START_TEST(a_count_is_never_more_than_what_is_left)
{
    struct reader reader = reader_of(slice_of("\2ab", 3));

    ck_assert_uint_eq(reader_count(&reader), 2);
    reader = reader_of(slice_of("\3ab", 3));
    ck_assert_uint_eq(reader_count(&reader), 0);
    ck_assert(reader.bad);
    reader = reader_of(slice_of("\x80\x80\x80\x80\x10", 5));
    ck_assert_uint_eq(reader_varint32(&reader), 0);
    ck_assert(reader.bad);
}
END_TEST

START_TEST(an_arena_is_rewound_to_a_mark)
{
    ARENA_AUTO arena = {0};
    struct arena_mark mark;
    char *kept = arena_text(&arena, "kept");

    mark = arena_mark(&arena);
    for (int i = 0; i < 1000; i++)
        memset(arena_alloc(&arena, 1000), i, 1000);
    arena_rewind(&arena, mark);

    ck_assert_str_eq(kept, "kept");
    ck_assert_uint_lt(arena.used, 100);
    arena_reset(&arena);
    ck_assert_str_eq(arena_print(&arena, "%s-%d", "x", 1), "x-1");
}
END_TEST

SUITE("base/buf", what_a_buffer_wrote_a_reader_reads,
      values_are_known_again_where_they_lie, a_reader_never_runs_over_the_end,
      a_string_is_read_where_it_lies, a_number_has_one_form_only,
      a_count_is_never_more_than_what_is_left, an_arena_is_rewound_to_a_mark)
