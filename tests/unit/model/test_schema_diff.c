/* SPDX-License-Identifier: Apache-2.0 */
#include "model/schema_diff.h"

#include "suite.h"

static const int first[] = {0};
static const int second[] = {1};
static const int both[] = {0, 1};
static const bool no[] = {false, false};
static struct arena arena;

static void end(void)
{
    arena_free(&arena);
}

static size_t differences(const struct schema *before, const struct schema *now,
                          const struct schema_difference **out)
{
    return schema_differences(&arena, before, now, out);
}

static void is(const struct schema_difference *d, enum schema_change change,
               const char *name, const char *detail)
{
    ck_assert_int_eq(d->change, change);
    ck_assert_str_eq(d->name, name);
    if (detail != NULL)
        ck_assert_str_eq(d->detail, detail);
    else
        ck_assert_ptr_null(d->detail);
}

START_TEST(attributes_are_new_gone_or_changed_whatever_their_case_and_order)
{
    static const struct schema_attribute before[] = {
        {.name = "mail", .single_valued = true},
        {.name = "title", .type = VALUE_STRING, .single_valued = true},
        {.name = "old"},
    };
    static const struct schema_attribute now[] = {
        {.name = "Title", .type = VALUE_NUMBER, .read_only = true},
        {.name = "new"},
        {.name = "MAIL", .single_valued = true},
    };
    const struct schema a = {.attributes = before, .attribute_count = 3};
    const struct schema b = {.attributes = now, .attribute_count = 3};
    const struct schema_difference *d;

    ck_assert_uint_eq(differences(&a, &b, &d), 3);
    is(&d[0], SCHEMA_NEW, "new", NULL);
    is(&d[1], SCHEMA_GONE, "old", NULL);
    is(&d[2], SCHEMA_CHANGED, "Title",
       "number, was string; multi-valued, was single-valued; owned by the system, was "
       "writable");
    ck_assert_uint_eq(differences(&a, &a, &d), 0);
    ck_assert_ptr_null(d);
}
END_TEST

static const struct schema_attribute attributes[] = {{.name = "cn"}, {.name = "sn"}};

/* cn in top, sn in person. */
static const struct schema_class chain[] = {{.name = "top",
                                             .kind = CLASS_ABSTRACT,
                                             .superior = -1,
                                             .attributes = first,
                                             .required = no,
                                             .attribute_count = 1},
                                            {.name = "person",
                                             .superior = 0,
                                             .attributes = second,
                                             .required = no,
                                             .attribute_count = 1}};
/* The same, all of it in person itself. */
static const struct schema_class flat[] = {{.name = "top",
                                            .kind = CLASS_ABSTRACT,
                                            .superior = -1,
                                            .attributes = first,
                                            .required = no,
                                            .attribute_count = 1},
                                           {.name = "PERSON",
                                            .superior = 0,
                                            .attributes = both,
                                            .required = no,
                                            .attribute_count = 2}};
static const struct schema_class less[] = {{.name = "person",
                                            .kind = CLASS_AUXILIARY,
                                            .superior = -1,
                                            .attributes = second,
                                            .required = no,
                                            .attribute_count = 1}};

START_TEST(a_class_is_what_its_objects_may_hold_wherever_that_comes_from)
{
    const struct schema a = {attributes, 2, chain, 2, false};
    const struct schema b = {attributes, 2, flat, 2, false};
    const struct schema_difference *d;

    ck_assert_uint_eq(differences(&a, &b, &d), 0);
}
END_TEST

START_TEST(a_class_that_changed_says_what_it_has_and_has_not)
{
    const struct schema a = {attributes, 2, chain, 2, false};
    const struct schema b = {attributes, 2, less, 1, false};
    const struct schema_difference *d;

    ck_assert_uint_eq(differences(&a, &b, &d), 2);
    is(&d[0], SCHEMA_CHANGED, "person",
       "below nothing, was below top; auxiliary, was structural; -cn");
    is(&d[1], SCHEMA_GONE, "top", NULL);
    ck_assert(d[0].is_class && d[1].is_class);
}
END_TEST

SUITE_WITH("model/schema_diff", NULL, end,
           attributes_are_new_gone_or_changed_whatever_their_case_and_order,
           a_class_is_what_its_objects_may_hold_wherever_that_comes_from,
           a_class_that_changed_says_what_it_has_and_has_not)
