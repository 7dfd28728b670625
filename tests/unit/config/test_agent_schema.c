/* SPDX-License-Identifier: Apache-2.0 */
#include "config/agent_schema.h"

#include "base/text.h"
#include "suite.h"

static const struct schema_attribute attributes[] = {
    {.name = "cn", .syntax = "1.3.6.1.4.1.1466.115.121.1.15", .single_valued = true},
    {.name = "unicodePwd",
     .syntax = "1.3.6.1.4.1.1466.115.121.1.40",
     .export_only = true,
     .encrypted = true},
};
static const int members[] = {0, 1};
static const bool required[] = {true, false};
static const struct schema_class classes[] = {
    {.name = "top", .kind = CLASS_ABSTRACT, .superior = -1},
    {.name = "user",
     .superior = 0,
     .attributes = members,
     .required = required,
     .attribute_count = 2},
};
static const struct schema schema = {attributes, 2, classes, 2, true};

static struct ma_error err;

START_TEST(a_schema_is_written_as_the_product_has_it)
{
    BUF_AUTO out = {0};

    agent_schema_write(&schema, &out);

    ck_assert_ptr_eq(strstr(out.at, "<schema>"), out.at);
    ck_assert_ptr_nonnull(
        strstr(out.at, "<dsml:class id=\"user\" type=\"structural\" superior=\"#top\">"));
    ck_assert_ptr_nonnull(
        strstr(out.at, "<dsml:attribute ref=\"#cn\" required=\"true\"/>"));
    ck_assert_ptr_nonnull(
        strstr(out.at, "<dsml:attribute-type id=\"cn\" single-value=\"true\">"));
    ck_assert_ptr_nonnull(
        strstr(out.at, "<dsml:attribute-type id=\"unicodePwd\" "
                       "ms-dsml:export-only=\"true\" ms-dsml:encrypted=\"true\">"));
}
END_TEST

START_TEST(the_rest_of_the_file_is_kept_byte_for_byte)
{
    static const char before[] =
        "<ma-data>\r\n\t<!-- ours --><schema a='b'>\n<x/></schema>"
        "<join/>\n</ma-data>";
    BUF_AUTO out = {0};
    BUF_AUTO middle = {0};
    BUF_AUTO wanted = {0};

    agent_schema_write(&schema, &middle);
    buf_print(&wanted, "<ma-data>\r\n\t<!-- ours -->%s<join/>\n</ma-data>", middle.at);

    ck_assert_int_eq(agent_schema_replace(slice_text(before), &schema, &out, &err),
                     MA_OK);
    ck_assert_str_eq(out.at, wanted.at);
}
END_TEST

START_TEST(a_file_without_a_schema_is_refused)
{
    BUF_AUTO out = {0};

    ck_assert_int_eq(agent_schema_replace(slice_text("<ma-data/>"), &schema, &out, &err),
                     MA_INVALID);
    ck_assert_ptr_nonnull(strstr(err.text, "no <schema>"));
    ck_assert_uint_eq(out.length, 0);
}
END_TEST

SUITE("config/agent_schema", a_schema_is_written_as_the_product_has_it,
      the_rest_of_the_file_is_kept_byte_for_byte, a_file_without_a_schema_is_refused)
