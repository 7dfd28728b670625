/* SPDX-License-Identifier: Apache-2.0 */
#include "model/entry.h"

#include "model/names.h"
#include "suite.h"

static struct arena arena;

static void end_arena(void)
{
    arena_free(&arena);
}

static void begin(void)
{
    arena = (struct arena){0};
}

static struct entry given(void)
{
    static const struct slice mails[] = {{"b", 1}, {"a", 1}, {"b", 1}};
    static const struct slice sn[] = {{"Lima", 4}};
    struct entry_builder builder = entry_builder(&arena);

    entry_add(&builder, 9, VALUE_STRING, mails, 3);
    entry_add(&builder, 2, VALUE_STRING, sn, 1);
    entry_add(&builder, 4, VALUE_STRING, sn, 0);
    return entry_build(&builder);
}

START_TEST(an_entry_is_sorted_unique_and_without_empty_attributes)
{
    struct entry entry = given();

    ck_assert_uint_eq(entry.count, 2);
    ck_assert_uint_eq(entry.attrs[0].name, 2);
    ck_assert_uint_eq(entry.attrs[1].count, 2);
    ck_assert(slice_equal(entry.attrs[1].values[0], slice_text("a")));
    ck_assert(attr_has(entry_find(&entry, 9), slice_text("b")));
    ck_assert(!attr_has(entry_find(&entry, 9), slice_text("c")));
    ck_assert_ptr_null(entry_find(&entry, 4));
}
END_TEST

START_TEST(one_name_added_twice_is_a_union)
{
    static const struct slice x[] = {{"x", 1}};
    static const struct slice a[] = {{"a", 1}, {"x", 1}};
    struct entry_builder builder = entry_builder(&arena);
    struct entry entry;

    entry_add(&builder, 3, VALUE_STRING, x, 1);
    entry_add(&builder, 3, VALUE_STRING, a, 2);
    entry = entry_build(&builder);

    ck_assert_uint_eq(entry.count, 1);
    ck_assert_uint_eq(entry.attrs[0].count, 2);
}
END_TEST

START_TEST(equal_entries_have_equal_bytes_and_come_back)
{
    BUF_AUTO one = {0};
    BUF_AUTO two = {0};
    struct entry entry = given();
    struct entry copy = entry_copy(&arena, &entry);
    struct entry read;

    entry_encode(&entry, &one);
    entry_encode(&copy, &two);
    ck_assert(slice_equal(buf_view(&one), buf_view(&two)));
    ck_assert(entry_decode(&arena, buf_view(&one), &read));
    ck_assert(entry_equal(&entry, &read));
}
END_TEST

START_TEST(bytes_that_are_not_canonical_are_refused)
{
    BUF_AUTO bytes = {0};
    struct entry entry = given();
    struct entry read;

    entry_encode(&entry, &bytes);
    for (size_t length = 0; length < bytes.length; length++)
        ck_assert(!entry_decode(&arena, slice_of(bytes.at, length), &read));
    ck_assert(!entry_decode(&arena, slice_of("\1\2\1\2\1b\1a", 8), &read));
    ck_assert(!entry_decode(&arena, slice_of("\1\2\1\0", 4), &read));
    ck_assert(!entry_decode(&arena, slice_of("\2\2\1\1\1a\2\1\1\1a", 11), &read));
}
END_TEST

START_TEST(an_attribute_is_replaced_added_and_taken_out)
{
    static const struct slice c[] = {{"c", 1}};
    struct entry entry = given();
    struct entry with = entry_with(&arena, &entry, 9, VALUE_STRING, c, 1);

    ck_assert_uint_eq(entry_find(&with, 9)->count, 1);
    with = entry_with(&arena, &with, 5, VALUE_STRING, c, 1);
    ck_assert_uint_eq(with.count, 3);
    ck_assert_uint_eq(with.attrs[1].name, 5);
    with = entry_with(&arena, &with, 2, VALUE_STRING, NULL, 0);
    ck_assert_ptr_null(entry_find(&with, 2));
}
END_TEST

START_TEST(numbers_sort_by_their_bytes_as_by_their_value)
{
    static const int64_t numbers[] = {INT64_MIN, -5, -1, 0, 1, 300, INT64_MAX};

    for (size_t i = 1; i < sizeof numbers / sizeof numbers[0]; i++) {
        struct slice below = value_of_number(&arena, numbers[i - 1]);
        struct slice above = value_of_number(&arena, numbers[i]);

        ck_assert_int_lt(slice_compare(below, above), 0);
        ck_assert_int_eq(value_number(above), numbers[i]);
    }
}
END_TEST

START_TEST(a_value_that_is_not_of_its_type_says_so)
{
    struct ma_error err = {0};
    struct slice out;

    ck_assert_int_eq(value_read(&arena, VALUE_NUMBER, slice_text("12a"), &out, &err),
                     MA_INVALID);
    ck_assert_str_eq(err.text, "'12a' is not a number of 64 bits");
    ck_assert_int_eq(value_read(&arena, VALUE_BOOLEAN, slice_text("yes"), &out, &err),
                     MA_INVALID);
    ck_assert_int_eq(value_read(&arena, VALUE_STRING, slice_of("\xff", 1), &out, &err),
                     MA_INVALID);
    ck_assert_int_eq(value_read(&arena, VALUE_BOOLEAN, slice_text("TRUE"), &out, &err),
                     MA_OK);
    ck_assert(slice_equal(value_write(&arena, VALUE_BOOLEAN, out), slice_text("true")));
}
END_TEST

START_TEST(a_name_keeps_its_number_and_first_spelling)
{
    struct names *names = names_new();
    uint32_t mail = names_intern_text(names, "Mail");
    char name[16];

    for (int i = 0; i < 5000; i++) {
        snprintf(name, sizeof name, "a%d", i);
        names_intern_text(names, name);
    }
    ck_assert_uint_eq(names_intern_text(names, "mAIL"), mail);
    ck_assert_str_eq(names_text(names, mail), "Mail");
    ck_assert_uint_eq(names_find(names, slice_text("nobody")), NAME_NONE);
    ck_assert_uint_eq(names_count(names), 5001);
    ck_assert_str_eq(names_text(names, 9999), "");
    names_free(names);
}
END_TEST

SUITE_WITH("model/entry", begin, end_arena,
           an_entry_is_sorted_unique_and_without_empty_attributes,
           one_name_added_twice_is_a_union, equal_entries_have_equal_bytes_and_come_back,
           bytes_that_are_not_canonical_are_refused,
           an_attribute_is_replaced_added_and_taken_out,
           numbers_sort_by_their_bytes_as_by_their_value,
           a_value_that_is_not_of_its_type_says_so,
           a_name_keeps_its_number_and_first_spelling)
