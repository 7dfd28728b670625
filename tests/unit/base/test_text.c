/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"

#include "suite.h"

START_TEST(case_is_folded_one_code_point_to_one)
{
    ck_assert(text_caseequal(slice_text("Straße"), slice_text("STRAßE")));
    ck_assert(!text_caseequal(slice_text("Straße"), slice_text("STRASSE")));
    ck_assert(text_caseequal(slice_text("ÄÖÜ"), slice_text("äöü")));
    ck_assert_int_lt(text_casecompare(slice_text("a"), slice_text("B")), 0);
    ck_assert(!text_caseequal(slice_text("\u0131"), slice_text("I")));
    ck_assert(!text_caseequal(slice_text("\u017f"), slice_text("s")));
}
END_TEST

START_TEST(bytes_that_are_no_utf8_are_equal_to_themselves_only)
{
    ck_assert(text_caseequal(slice_of("\xff"
                                      "a",
                                      2),
                             slice_of("\xff"
                                      "A",
                                      2)));
    ck_assert(!text_caseequal(slice_of("\xff", 1), slice_of("\xfe", 1)));
}
END_TEST

START_TEST(trim_takes_every_white_space_of_unicode)
{
    struct slice trimmed = text_trim(slice_text("\u3000\t \u00a0 a b \u2028"));

    ck_assert(slice_equal(trimmed, slice_text("a b")));
    ck_assert_uint_eq(text_trim(slice_text(" \n")).length, 0);
}
END_TEST

START_TEST(trim_takes_one_end_where_asked)
{
    struct slice text = slice_text("\u2003\u00e9 \u3000");

    ck_assert(slice_equal(text_trim_start(text), slice_text("\u00e9 \u3000")));
    ck_assert(slice_equal(text_trim_end(text), slice_text("\u2003\u00e9")));
    ck_assert(slice_equal(text_trim_end(slice_text("a\x80 ")), slice_text("a\x80")));
    ck_assert_uint_eq(text_trim_start(slice_text("  ")).length, 0);
    ck_assert_uint_eq(text_trim_end(slice_text("  ")).length, 0);
}
END_TEST

START_TEST(a_number_is_the_whole_text_or_none)
{
    int64_t n = 0;

    ck_assert(text_to_number(slice_text("-2147483648"), &n) && n == -2147483648);
    ck_assert(text_to_number(slice_text("9223372036854775807"), &n) && n == INT64_MAX);
    ck_assert(!text_to_number(slice_text("9223372036854775808"), &n));
    ck_assert(!text_to_number(slice_text("1 "), &n));
    ck_assert(!text_to_number(slice_text("-"), &n));
    ck_assert(!text_to_number(slice_text(""), &n));
}
END_TEST

START_TEST(base64_and_hex_come_back)
{
    ARENA_AUTO arena = {0};
    struct slice out;

    ck_assert(text_from_base64(&arena, slice_text("AP8Q"), &out));
    ck_assert(slice_equal(out, slice_of("\0\xff\x10", 3)));
    ck_assert(slice_equal(text_base64(&arena, out), slice_text("AP8Q")));
    ck_assert(!text_from_base64(&arena, slice_text("AP8*"), &out));
    ck_assert(slice_equal(text_hex(&arena, slice_of("\0\xff", 2)), slice_text("00FF")));
    ck_assert(!text_from_hex(&arena, slice_text("0"), &out));
}
END_TEST

START_TEST(a_mistyped_name_finds_its_neighbour)
{
    static const char *const names[] = {"Full Import", "Delta Import", "Export"};

    ck_assert_uint_eq(text_nearest("Detla Import", names, 3), 1);
    ck_assert_uint_eq(text_nearest("xyzzy", names, 3), 3);
}
END_TEST

START_TEST(a_name_that_was_only_begun_is_the_nearest)
{
    static const char *const names[] = {"HR", "Directory", "Direct mail", "Dir 2"};

    ck_assert_uint_eq(text_nearest("dir", names, 2), 1);
    ck_assert_uint_eq(text_nearest("directo", names, 4), 1);
    ck_assert_uint_eq(text_nearest("direct", names, 4), 1); /* of two, the nearer */
}
END_TEST

/* At each place of a word and behind it. */
START_TEST(ascii_is_folded_without_memory)
{
    char text[11];
    char out[sizeof text];

    for (int c = 0; c < 0x80; c++)
        for (size_t at = 0; at < sizeof text; at++) {
            memset(text, 'x', sizeof text);
            text[at] = (char)c;
            ck_assert(text_fold_ascii(slice_of(text, sizeof text), out));
            for (size_t i = 0; i < sizeof text; i++)
                ck_assert_int_eq(out[i], i != at                ? 'X'
                                         : c >= 'a' && c <= 'z' ? c - 32
                                                                : c);
            text[at] = (char)(c | 0x80);
            ck_assert(!text_fold_ascii(slice_of(text, sizeof text), out));
        }
}
END_TEST

START_TEST(no_text_is_the_same_as_no_text_only)
{
    char a[] = "ada";

    ck_assert(text_same(NULL, NULL));
    ck_assert(text_same("ada", a));
    ck_assert(!text_same("ada", "Ada"));
    ck_assert(!text_same(NULL, "") && !text_same("", NULL));
}
END_TEST

SUITE("base/text", case_is_folded_one_code_point_to_one,
      bytes_that_are_no_utf8_are_equal_to_themselves_only,
      trim_takes_every_white_space_of_unicode, trim_takes_one_end_where_asked,
      a_number_is_the_whole_text_or_none, base64_and_hex_come_back,
      a_mistyped_name_finds_its_neighbour, a_name_that_was_only_begun_is_the_nearest,
      ascii_is_folded_without_memory, no_text_is_the_same_as_no_text_only)
