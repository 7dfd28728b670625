/* SPDX-License-Identifier: Apache-2.0 */
#include "model/delta.h"

#include "images.h"
#include "model/set.h"

enum { ROUNDS = 20000 };

START_TEST(what_lies_between_two_images)
{
    static const struct {
        const char *before;
        const char *after;
        const char *between;
    } cases[] = {
        {"", "", ""},
        {"", "user cn=a 1=x 3=a,b", "add user cn=a 1=x 3+a,b"},
        {"user cn=a 1=x", "", "delete"},
        {"user cn=a 1=x 3=a,b", "user cn=a 1=x 3=a,b", ""},
        {"user cn=a", "user CN=A", ""},
        {"user cn=a", "user cn=b", "update cn=b"},
        {"user cn=a 1=x", "user cn=a 1=y", "update 1=y"},
        {"user cn=a 1=x", "user cn=a", "update 1="},
        {"user cn=a 1=x", "user cn=a 2=x", "update 1= 2=x"},
        {"user cn=a 3=a,b", "user cn=a 3=b,c", "update 3+c-a"},
        {"user cn=a 3=a", "user cn=a 3=a,b", "update 3+b"},
        {"user cn=a 3=a,b", "user cn=a", "update 3-a,b"},
        {"user cn=a 1=x", "contact cn=b 2=y", "delete-add contact cn=b 2=y"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        ck_assert_str_eq(between_text(cases[i].before, cases[i].after), cases[i].between);
}
END_TEST

START_TEST(a_dn_or_type_that_is_not_given_is_as_before)
{
    struct image before = image_of("user cn=a 1=x");
    struct image after = image_of("user cn=a 1=y");
    struct delta delta;

    after.dn = NULL;
    after.object_type = 0;
    delta = delta_between(&images, &before, &after);
    ck_delta(delta, "update 1=y");
}
END_TEST

START_TEST(an_attribute_that_changed_its_type_is_set)
{
    static const struct slice values[] = {{"a", 1}, {"b", 1}};
    struct image before = image_of("user cn=a 3=a,b");
    struct image after = before;
    struct delta delta;
    struct image made;

    after.entry = entry_with(&images, &before.entry, 3, VALUE_BINARY, values, 2);
    delta = delta_between(&images, &before, &after);
    made = delta_apply(&images, &before, &delta);

    ck_delta(delta, "update 3=a,b");
    ck_assert(image_equal(&made, &after));
    ck_assert(!image_equal(&made, &before));
}
END_TEST

START_TEST(applying_the_difference_makes_the_other_image)
{
    for (int i = 0; i < ROUNDS; i++) {
        struct image before = image_by_chance();
        struct image after = image_by_chance();
        struct delta delta = delta_between(&images, &before, &after);
        struct image made = delta_apply(&images, &before, &delta);

        ck_assert_msg(image_equal(&made, &after), "%s / %s / %s", image_text(&before),
                      delta_text(&delta), image_text(&made));
        ck_assert(delta_is_empty(&delta) == image_equal(&before, &after));
        arena_reset(&images);
    }
}
END_TEST

START_TEST(two_deltas_merged_do_what_both_do)
{
    for (int i = 0; i < ROUNDS; i++) {
        struct image one = image_by_chance();
        struct image two = image_by_chance();
        struct image three = image_by_chance();
        struct delta first = delta_between(&images, &one, &two);
        struct delta second = delta_between(&images, &two, &three);
        struct delta merged = delta_merge(&images, &first, &second);
        struct image made = delta_apply(&images, &one, &merged);

        ck_assert_msg(image_equal(&made, &three), "%s / %s / %s / %s -> %s",
                      image_text(&one), delta_text(&first), delta_text(&second),
                      delta_text(&merged), image_text(&made));
        arena_reset(&images);
    }
}
END_TEST

/* Deltas meet images they were not made for when layers are put on a new import. */
START_TEST(updates_of_one_object_merge_whatever_it_holds)
{
    for (int i = 0; i < ROUNDS; i++) {
        struct image a = image_by_chance();
        struct image b = image_by_chance();
        struct image c = image_by_chance();
        struct image other = image_by_chance();
        struct delta first;
        struct delta second;
        struct delta merged;
        struct image apart;
        struct image made;

        a.exists = b.exists = c.exists = true;
        a.object_type = b.object_type = c.object_type = TYPE_USER;
        first = delta_between(&images, &a, &b);
        second = delta_between(&images, &b, &c);
        merged = delta_merge(&images, &first, &second);
        made = delta_apply(&images, &other, &merged);
        apart = delta_apply(&images, &other, &first);
        apart = delta_apply(&images, &apart, &second);
        ck_assert(image_equal(&made, &apart));
        arena_reset(&images);
    }
}
END_TEST

START_TEST(merging_is_associative)
{
    for (int i = 0; i < ROUNDS; i++) {
        struct image at[4] = {image_by_chance(), image_by_chance(), image_by_chance(),
                              image_by_chance()};
        struct delta a = delta_between(&images, &at[0], &at[1]);
        struct delta b = delta_between(&images, &at[1], &at[2]);
        struct delta c = delta_between(&images, &at[2], &at[3]);
        struct delta ab = delta_merge(&images, &a, &b);
        struct delta bc = delta_merge(&images, &b, &c);
        struct delta left = delta_merge(&images, &ab, &c);
        struct delta right = delta_merge(&images, &a, &bc);
        struct image one = delta_apply(&images, &at[0], &left);
        struct image two = delta_apply(&images, &at[0], &right);

        ck_assert(image_equal(&one, &two));
        arena_reset(&images);
    }
}
END_TEST

START_TEST(what_comes_of_two_deltas)
{
    static const struct {
        const char *one;
        const char *two;
        const char *three;
        const char *merged;
    } cases[] = {
        {"", "user cn=a 1=x 3=a,b", "user cn=b 1=y 3=b,c", "add user cn=b 1=y 3+b,c-a"},
        {"", "user cn=a", "", "delete"},
        {"user cn=a", "", "user cn=a 1=x", "delete-add user cn=a 1=x"},
        {"user cn=a", "contact cn=a 1=x", "contact cn=a 1=y",
         "delete-add contact cn=a 1=y"},
        {"user cn=a 3=a,b", "user cn=a 3=b,c", "user cn=a 3=b,d", "update 3+d-a,c"},
        {"user cn=a 1=x", "user cn=a 1=y", "user cn=a 1=x", "update 1=x"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct delta first = delta_of(cases[i].one, cases[i].two);
        struct delta second = delta_of(cases[i].two, cases[i].three);
        struct delta merged = delta_merge(&images, &first, &second);

        ck_delta(merged, cases[i].merged);
    }
}
END_TEST

/* The one exception is a delete-add of what already is of the new type. */
START_TEST(what_remains_does_what_the_whole_does_and_nothing_twice)
{
    for (int i = 0; i < ROUNDS; i++) {
        struct image before = image_by_chance();
        struct image after = image_by_chance();
        struct image base = image_by_chance();
        struct delta delta = delta_between(&images, &before, &after);
        struct delta left = delta_remaining(&images, &delta, &base);
        struct image whole = delta_apply(&images, &base, &delta);
        struct image made = delta_apply(&images, &base, &left);
        struct delta again = delta_remaining(&images, &left, &made);

        if (delta.op != DELTA_DELETE_ADD || base.object_type != delta.object_type)
            ck_assert_msg(image_equal(&made, &whole), "%s / %s / %s", image_text(&base),
                          delta_text(&delta), delta_text(&left));
        ck_assert_msg(delta_is_empty(&again) || again.op == DELTA_DELETE, "%s",
                      delta_text(&again));
        arena_reset(&images);
    }
}
END_TEST

START_TEST(what_remains_of_a_delta_on_another_base)
{
    static const struct {
        const char *before;
        const char *after;
        const char *base;
        const char *left;
    } cases[] = {
        {"", "user cn=a 1=x 3=a,b", "", "add user cn=a 1=x 3+a,b"},
        {"", "user cn=a 1=x 3=a,b", "user CN=A 1=x 3=a,c", "update 3+b"},
        {"", "user cn=a 1=x", "user cn=a 1=x 2=y", ""},
        {"", "user cn=a 1=x", "user cn=b 1=x", "update cn=a"},
        {"", "user cn=a 1=x", "contact cn=a", "update 1=x"},
        {"user cn=a", "user cn=b", "user cn=b", ""},
        {"user cn=a 1=x", "user cn=a 1=y", "", ""},
        {"user cn=a 1=x", "user cn=a", "user cn=a", ""},
        {"user cn=a 3=a,b", "user cn=a 3=c", "user cn=a 3=b,c", "update 3-b"},
        {"user cn=a", "", "", ""},
        {"user cn=a", "", "user cn=a 1=x", "delete"},
        {"user cn=a", "contact cn=a 1=x", "user cn=a 1=x", "delete-add contact cn=a 1=x"},
        {"user cn=a", "contact cn=a 1=x", "contact cn=a 2=y", "update 1=x"},
        {"user cn=a", "contact cn=a 1=x", "", "add contact cn=a 1=x"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct delta delta = delta_of(cases[i].before, cases[i].after);
        struct image base = image_of(cases[i].base);
        struct delta left = delta_remaining(&images, &delta, &base);

        ck_assert_msg(strcmp(delta_text(&left), cases[i].left) == 0, "%zu: %s", i,
                      delta_text(&left));
    }
}
END_TEST

START_TEST(a_delta_comes_back_from_its_bytes)
{
    for (int i = 0; i < ROUNDS / 10; i++) {
        BUF_AUTO bytes = {0};
        BUF_AUTO again = {0};
        struct image before = image_by_chance();
        struct image after = image_by_chance();
        struct delta delta = delta_between(&images, &before, &after);
        struct delta copy;
        struct delta read;

        delta_encode(&delta, &bytes);
        ck_assert(delta_decode(&images, buf_view(&bytes), &read));
        ck_assert(delta_equal(&delta, &read));
        copy = delta_copy(&images, &read);
        delta_encode(&copy, &again);
        ck_assert(slice_equal(buf_view(&bytes), buf_view(&again)));
        for (size_t length = 0; length < bytes.length; length++)
            ck_assert(!delta_decode(&images, slice_of(bytes.at, length), &read));
        arena_reset(&images);
    }
}
END_TEST

START_TEST(bytes_that_no_delta_has_are_refused)
{
    static const struct {
        const char *what;
        struct slice bytes;
    } cases[] = {
        {"no such op", {"\5\0\0\0\0", 5}},
        {"no such flag", {"\3\2\0\0\0", 5}},
        {"obsoletion of an add", {"\1\1\0\0\0", 5}},
        {"none with a DN", {"\0\0\2a\0\0\0", 7}},
        {"a DN without its NUL", {"\2\0\2ab\0\0", 7}},
        {"a DN with a NUL inside", {"\2\0\3\0a\0\0\0", 8}},
        {"a delete with attributes", {"\3\0\0\0\1\1\1\0\1\1a\0", 12}},
        {"no such value type", {"\2\0\0\0\1\1\7\0\1\1a\0", 12}},
        {"no such attribute op", {"\2\0\0\0\1\1\1\2\1\1a\0", 12}},
        {"a setting that takes away", {"\2\0\0\0\1\1\1\0\0\1\1a", 12}},
        {"no values", {"\2\0\0\0\1\1\1\1\0\0", 10}},
        {"a value that comes and goes", {"\2\0\0\0\1\1\1\1\1\1a\1\1a", 14}},
        {"values out of order", {"\2\0\0\0\1\1\1\0\2\1b\1a\0", 14}},
        {"names out of order", {"\2\0\0\0\2\2\1\0\0\0\1\1\0\0\0", 15}},
        {"name 0", {"\2\0\0\0\1\0\1\0\0\0", 10}},
        {"a value without a type", {"\2\0\0\0\1\1\0\0\1\1a\0", 12}},
        {"a number longer than need be", {"\2\0\0\x80\0\0", 6}},
        {"something behind", {"\3\0\0\0\0\0", 6}},
    };
    struct delta read;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        ck_assert_msg(!delta_decode(&images, cases[i].bytes, &read), "%s", cases[i].what);
    ck_assert(delta_decode(&images, slice_of("\2\0\0\0\1\1\1\1\1\1a\1\1b", 14), &read));
}
END_TEST

START_TEST(a_change_is_said_by_value)
{
    struct delta delta = delta_of("user cn=a 3=w", "user cn=a 3=x");
    struct image before = image_of("user cn=a 3=w");
    struct attr_delta attr =
        attr_delta_by_value(&images, &delta.attrs[0], entry_find(&before.entry, 3));

    delta.attrs = &attr;
    ck_delta(delta, "update 3+x-w");
}
END_TEST

START_TEST(sets_are_walked_or_searched_with_one_result)
{
    struct slice *many = arena_alloc(&images, sizeof *many * 1000);
    struct slice few[] = {{"0000", 4}, {"0500", 4}, {"0500x", 5}, {"0999", 4}, {"1", 1}};
    struct set large;
    struct set small = set_of(few, 5);

    for (int i = 0; i < 1000; i++)
        many[i] = slice_text(arena_print(&images, "%04d", i));
    large = set_of(many, 1000);

    ck_assert_uint_eq(set_common(&images, small, large).count, 3);
    ck_assert_uint_eq(set_minus(&images, small, large).count, 2);
    ck_assert_uint_eq(set_common(&images, large, small).count, 3);
    ck_assert_uint_eq(set_minus(&images, large, small).count, 997);
    ck_assert_uint_eq(set_union(&images, large, small).count, 1002);
    ck_assert(set_has(large, slice_text("0123")) && !set_has(large, slice_text("x")));
    ck_assert(set_equal(large, large) && !set_equal(large, small));
}
END_TEST

SUITE_WITH("model/delta", images_begin, images_end, what_lies_between_two_images,
           a_dn_or_type_that_is_not_given_is_as_before,
           an_attribute_that_changed_its_type_is_set,
           applying_the_difference_makes_the_other_image,
           two_deltas_merged_do_what_both_do,
           updates_of_one_object_merge_whatever_it_holds, merging_is_associative,
           what_comes_of_two_deltas,
           what_remains_does_what_the_whole_does_and_nothing_twice,
           what_remains_of_a_delta_on_another_base, a_delta_comes_back_from_its_bytes,
           bytes_that_no_delta_has_are_refused, a_change_is_said_by_value,
           sets_are_walked_or_searched_with_one_result)
