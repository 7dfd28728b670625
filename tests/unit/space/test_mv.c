/* SPDX-License-Identifier: Apache-2.0 */
#include "space/mv.h"

#include "images.h"

static const struct mv_lineage lines[] = {
    {.attribute = 1, .agent = 2, .object = 3, .rule = {{9}}, .run = 4, .time = -5},
    {.attribute = 3, .agent = 2, .object = 3, .run = 4, .time = INT64_MAX},
    {.attribute = 3, .agent = 5, .object = 6, .run = 4, .time = 7},
    {.attribute = 8, .agent = 70000, .object = UINT64_MAX, .run = 4, .time = 7},
};

static struct mv_object given(void)
{
    struct image image = image_of("user cn=a 1=x 3=a,b 8=y");

    return (struct mv_object){.id = 300,
                              .guid = guid_new(),
                              .type = TYPE_USER,
                              .entry = image.entry,
                              .lineage = lines,
                              .lineage_count = 4,
                              .provisioning_retry = true,
                              .changed = true};
}

START_TEST(an_object_comes_back_from_its_row)
{
    BUF_AUTO row = {0};
    struct mv_object object = given();
    struct mv_object read;

    mv_encode(&object, &row);
    ck_assert(mv_decode(&images, buf_view(&row), &read));

    ck_assert_uint_eq(read.id, 300);
    ck_assert(guid_equal(&read.guid, &object.guid));
    ck_assert_uint_eq(read.type, TYPE_USER);
    ck_assert(entry_equal(&read.entry, &object.entry));
    ck_assert(!read.reference_retry && read.provisioning_retry && read.changed);
    ck_assert_uint_eq(read.lineage_count, 4);
    for (uint32_t i = 0; i < 4; i++) {
        ck_assert_uint_eq(read.lineage[i].attribute, lines[i].attribute);
        ck_assert_uint_eq(read.lineage[i].agent, lines[i].agent);
        ck_assert_uint_eq(read.lineage[i].object, lines[i].object);
        ck_assert(guid_equal(&read.lineage[i].rule, &lines[i].rule));
        ck_assert_uint_eq(read.lineage[i].run, lines[i].run);
        ck_assert_int_eq(read.lineage[i].time, lines[i].time);
    }
    ck_assert(read.entry.attrs[0].values[0].at > row.at &&
              read.entry.attrs[0].values[0].at < row.at + row.length);
}
END_TEST

static void ck_same_values(const struct mv_lineage *a, const struct mv_lineage *b)
{
    ck_assert_uint_eq(a->value_count, b->value_count);
    ck_assert_int_eq(a->none, b->none);
    for (uint32_t i = 0; i < a->value_count; i++)
        ck_assert(slice_equal(a->values[i], b->values[i]));
}

START_TEST(a_line_keeps_its_values)
{
    BUF_AUTO row = {0};
    struct mv_object object = given();
    struct mv_lineage *some = arena_copy(&images, lines, sizeof lines);
    struct mv_object read;

    some[2].values = object.entry.attrs[1].values;
    some[2].value_count = 1;
    some[3].none = true;
    object.lineage = some;
    mv_encode(&object, &row);
    ck_assert(mv_decode(&images, buf_view(&row), &read));
    for (uint32_t i = 0; i < 4; i++)
        ck_same_values(&read.lineage[i], &some[i]);
    ck_assert(entry_equal(&read.entry, &object.entry));
    for (size_t length = 0; length < row.length; length++)
        ck_assert(!mv_decode(&images, slice_of(row.at, length), &read));
}
END_TEST

/* A store that was written before values had a lineage is read, and what has none is
 * written as it was. */
START_TEST(a_row_without_values_is_as_it_always_was)
{
    BUF_AUTO row = {0};
    struct mv_object object = given();
    struct mv_object read;

    mv_encode(&object, &row);

    ck_assert_int_eq(row.at[0], 1);
    ck_assert(mv_decode(&images, buf_view(&row), &read));
    ck_assert_uint_eq(read.lineage[2].value_count, 0);
    row.at[0] = 3;
    ck_assert(!mv_decode(&images, buf_view(&row), &read));
}
END_TEST

START_TEST(an_attribute_has_its_first_line)
{
    struct mv_object object = given();

    ck_assert_ptr_eq(mv_lineage_of(&object, 1), &lines[0]);
    ck_assert_ptr_eq(mv_lineage_of(&object, 3), &lines[1]);
    ck_assert_ptr_eq(mv_lineage_of(&object, 8), &lines[3]);
    ck_assert_ptr_null(mv_lineage_of(&object, 2));
    ck_assert_ptr_null(mv_lineage_of(&object, 9));
}
END_TEST

START_TEST(a_row_that_is_no_object_is_refused)
{
    BUF_AUTO row = {0};
    BUF_AUTO unsorted = {0};
    struct mv_object object = given();
    struct mv_lineage wrong[2] = {lines[3], lines[0]};
    struct mv_object read;

    mv_encode(&object, &row);
    for (size_t length = 0; length < row.length; length++)
        ck_assert(!mv_decode(&images, slice_of(row.at, length), &read));
    buf_char(&row, 0);
    ck_assert(!mv_decode(&images, buf_view(&row), &read));
    row.length--;
    row.at[0]++;
    ck_assert(!mv_decode(&images, buf_view(&row), &read));
    row.at[0]--;
    row.at[1] = 8;
    ck_assert(!mv_decode(&images, buf_view(&row), &read));
    object.lineage = wrong;
    object.lineage_count = 2;
    mv_encode(&object, &unsorted);
    ck_assert(!mv_decode(&images, buf_view(&unsorted), &read));
}
END_TEST

SUITE_WITH("space/mv", images_begin, images_end, an_object_comes_back_from_its_row,
           a_line_keeps_its_values, a_row_without_values_is_as_it_always_was,
           an_attribute_has_its_first_line, a_row_that_is_no_object_is_refused)
