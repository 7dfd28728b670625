/* SPDX-License-Identifier: Apache-2.0 */

/* file_ma in place of the agents of other systems, with the private configuration those
 * have. */

#include "hosted.h"

static struct hosted h;

static void begin(void)
{
    hosted_begin(&h);
}

static void end(void)
{
    hosted_end(&h);
}

#define VALUES(...)                                                                      \
    (const struct ma_value[])                                                            \
    {                                                                                    \
        __VA_ARGS__                                                                      \
    }
#define TEXT(text)                                                                       \
    {                                                                                    \
        text, sizeof(text) - 1                                                           \
    }

/* As the cloud connector has it: each class with its anchor, all the same. */
static void cloud(void)
{
    static const char *const classes[] = {"contact", "device", "group", "user"};

    for (size_t i = 0; i < 4; i++) {
        hosted_private(&h, "MAConfig/primary_class_mappings/mapping/primary_class",
                       classes[i]);
        hosted_private(&h, "MAConfig/primary_class_mappings/mapping/oc-value",
                       classes[i]);
    }
    hosted_private(&h, "MAConfig/change_type_attribute", "");
    hosted_private(&h, "MAConfig/ldap-dn", "0");
    for (size_t i = 0; i < 4; i++)
        hosted_private(&h, "MAConfig/importing/anchor/attribute", "cloudAnchor");
    hosted_param(&h, "format", "ldif");
    hosted_param(&h, "file", "cloud.ldif");
    hosted_param(&h, "anchor-seed", "s");
    hosted_attribute(&h, "cloudAnchor", VALUE_STRING, true);
    hosted_attribute(&h, "displayName", VALUE_STRING, true);
    hosted_attribute(&h, "accountEnabled", VALUE_BOOLEAN, true);
    hosted_attribute(&h, "manager", VALUE_REFERENCE, true);
    for (size_t i = 0; i < 4; i++)
        hosted_class(&h, classes[i], -1);
}

START_TEST(a_cloud_connector_needs_only_a_format_and_a_file)
{
    const struct ma_attribute attributes[] = {
        {.name = "displayName", .values = VALUES(TEXT("Ana")), .count = 1},
        {.name = "accountEnabled", .values = VALUES(TEXT("false")), .count = 1}};
    const struct ma_entry add = {.size = sizeof add,
                                 .change = MA_ADD,
                                 .dn = "CN={616263}",
                                 .object_type = "user",
                                 .attributes = attributes,
                                 .count = 2};
    char *expected;

    cloud();
    ck_assert_msg(hosted_export(&h, FILE_MA, (const struct ma_entry *const[]){&add}, 1) ==
                      MA_OK,
                  "%s", h.err.text);
    ck_heard(&h, "0 exported\n");
    ck_assert_uint_eq(h.anchors.length, 37);
    h.anchors.at[36] = '\0';
    expected = mem_print("present %s [CN={616263}] user displayName=Ana "
                         "accountEnabled=false cloudAnchor=%s\n",
                         h.anchors.at, h.anchors.at);

    ck_assert_int_eq(hosted_import(&h, FILE_MA, true), MA_OK);
    ck_heard(&h, expected);
    free(expected);
}
END_TEST

START_TEST(the_same_seed_gives_the_same_anchors_again)
{
    const struct ma_entry add = {
        .size = sizeof add, .change = MA_ADD, .dn = "CN=a", .object_type = "user"};
    char *first;
    char *second;

    cloud();
    ck_assert_int_eq(
        hosted_export(&h, FILE_MA, (const struct ma_entry *const[]){&add}, 1), MA_OK);
    first = hosted_get(&h, "cloud.ldif");
    ck_assert_int_eq(unlink(hosted_path(&h, "cloud.ldif")), 0);
    ck_assert_int_eq(
        hosted_export(&h, FILE_MA, (const struct ma_entry *const[]){&add}, 1), MA_OK);
    second = hosted_get(&h, "cloud.ldif");

    ck_assert_str_eq(first, second);
    free(first);
    free(second);
}
END_TEST

static void database(void)
{
    hosted_param(&h, "format", "delimited");
    hosted_param(&h, "header", "true");
    hosted_param(&h, "file", "rows.csv");
    hosted_attribute(&h, "ObjectID", VALUE_NUMBER, true);
    hosted_attribute(&h, "ObjectType", VALUE_STRING, true);
    hosted_attribute(&h, "Name", VALUE_STRING, true);
    hosted_class(&h, "group", -1);
    hosted_class(&h, "person", -1);
}

START_TEST(a_database_agent_says_anchor_and_class_by_its_own_names)
{
    database();
    hosted_private(&h, "oledbma-configuration/mms-info/column-info/primary-key", "");
    hosted_private(&h, "oledbma-configuration/mms-info/anchor/attribute", "ObjectID");
    hosted_private(&h,
                   "oledbma-configuration/mms-info/object-type-info/object-type-column",
                   "ObjectType");
    hosted_text(&h, "rows.csv",
                "ObjectID,ObjectType,Name\n5,person,Eva\n6,GROUP,g\n"
                "7,printer,p\n8,,x\n");

    ck_assert_int_eq(hosted_import(&h, FILE_MA, true), MA_OK);

    ck_heard(&h, "present 5 [5] person ObjectID=5 ObjectType=person Name=Eva\n"
                 "present 6 [6] group ObjectID=6 ObjectType=GROUP Name=g\n"
                 "reject unmappable-object-type entry 3 line 4 ObjectType\n"
                 "reject missing-object-class entry 4 line 5 ObjectType\n");
}
END_TEST

START_TEST(an_anchor_of_several_columns_is_joined_and_taken_apart_again)
{
    const struct ma_attribute name[] = {
        {.name = "Name", .values = VALUES(TEXT("new")), .count = 1}};
    struct ma_entry modify = {.size = sizeof modify,
                              .change = MA_MODIFY,
                              .anchor = TEXT("5+person"),
                              .attributes = name,
                              .count = 1};
    struct ma_entry add = {.size = sizeof add,
                           .change = MA_ADD,
                           .anchor = TEXT("6+group"),
                           .object_type = "group",
                           .attributes = name,
                           .count = 1};
    char *file;

    database();
    hosted_param(&h, "anchor", "ObjectID,ObjectType");
    hosted_param(&h, "object-class-column", "ObjectType");
    hosted_text(&h, "rows.csv", "ObjectID,ObjectType,Name\n5,person,Eva\n");
    ck_assert_msg(hosted_export(&h, FILE_MA,
                                (const struct ma_entry *const[]){&modify, &add},
                                2) == MA_OK,
                  "%s", h.err.text);
    file = hosted_get(&h, "rows.csv");

    ck_heard(&h, "0 exported\n1 exported\n");
    ck_assert_str_eq(file, "ObjectID,ObjectType,Name\r\n5,person,new\r\n6,group,new\r\n");
    free(file);
}
END_TEST

START_TEST(an_anchor_that_is_too_long_is_told)
{
    struct buf text = {0};

    hosted_param(&h, "format", "delimited");
    hosted_param(&h, "column", "id,name");
    hosted_param(&h, "anchor", "id");
    hosted_param(&h, "object-class", "person");
    hosted_param(&h, "file", "rows.csv");
    for (int i = 0; i < 801; i++)
        buf_char(&text, 'x');
    buf_text(&text, ",n\n");
    hosted_put(&h, "rows.csv", text.at, text.length);
    buf_free(&text);

    ck_assert_int_eq(hosted_import(&h, FILE_MA, true), MA_OK);
    ck_heard(&h, "reject anchor-too-long entry 1 line 1 id\n");
}
END_TEST

SUITE_WITH("plugin/file_bound", begin, end,
           a_cloud_connector_needs_only_a_format_and_a_file,
           the_same_seed_gives_the_same_anchors_again,
           a_database_agent_says_anchor_and_class_by_its_own_names,
           an_anchor_of_several_columns_is_joined_and_taken_apart_again,
           an_anchor_that_is_too_long_is_told)
