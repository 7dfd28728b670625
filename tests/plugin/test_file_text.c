/* SPDX-License-Identifier: Apache-2.0 */

/* file_ma on rows, pairs and fixed columns, as the file agents of the product. */

#include "hosted.h"

static struct hosted h;

static void begin(void)
{
    hosted_begin(&h);
    hosted_attribute(&h, "id", VALUE_STRING, true);
    hosted_attribute(&h, "name", VALUE_STRING, true);
    hosted_attribute(&h, "mail", VALUE_STRING, false);
    hosted_attribute(&h, "age", VALUE_NUMBER, true);
    hosted_attribute(&h, "photo", VALUE_BINARY, true);
    hosted_attribute(&h, "boss", VALUE_REFERENCE, true);
    hosted_attribute(&h, "pin", VALUE_STRING, true);
    hosted_class(&h, "person", -1);
    h.attributes[6].encrypted = true;
}

static void end(void)
{
    hosted_end(&h);
}

static void delimited(void)
{
    hosted_param(&h, "format", "delimited");
    hosted_param(&h, "header", "true");
    hosted_param(&h, "multi-value-separator", ";");
    hosted_param(&h, "anchor", "id");
    hosted_param(&h, "file", "data.csv");
}

static void ck_import(bool full)
{
    ck_assert_msg(hosted_import(&h, FILE_MA, full) == MA_OK, "%s", h.err.text);
}

static void ck_export(const struct ma_entry *const *entries, size_t count)
{
    ck_assert_msg(hosted_export(&h, FILE_MA, entries, count) == MA_OK, "%s", h.err.text);
}

START_TEST(rows_become_objects)
{
    delimited();
    hosted_text(&h, "data.csv",
                "id,name,mail,age,photo,boss,other\r\n"
                "1,\"Lovelace, \"\"Ada\"\"\",a@x;b@x,36,AAE=,2,zzz\r\n"
                "\r\n"
                "2,\"two\nlines\",,,,,\r\n"
                "3,\xc3\xbc,,7,,,");

    ck_import(true);

    ck_heard(&h, "present 1 [1] person id=1 name=Lovelace, \"Ada\" mail=a@x,b@x age=36 "
                 "photo=~00~01 boss=2\n"
                 "present 2 [2] person id=2 name=~74~77~6f~0a~6c~69~6e~65~73\n"
                 "present 3 [3] person id=3 name=ü age=7\n");
}
END_TEST

/* the hearer writes control characters in hex, and then all of the value */
static const struct {
    const char *row;
    const char *heard;
} hostile[] = {
    {",x,,,,,\n", "reject missing-dn entry 1 line 2 id\n"},
    {"1,x\n", "reject parse-error entry 1 line 2\n"},
    {"1,x,,,,,,,,\n", "reject parse-error entry 1 line 2\n"},
    {"1,x,,old,,,\n", "reject invalid-numeric-value entry 1 line 2 age\n"},
    {"1,x,,99999999999999999999,,,\n",
     "reject invalid-numeric-value entry 1 line 2 age\n"},
    {"1,x,,,%,,\n", "reject invalid-base64-value entry 1 line 2 photo\n"},
    {"1,\"x\"y,,,,,\n", "reject parse-error entry 1 line 2 column 6\n"},
    {"1,\xff,,,,,\n", "reject parse-error entry 1 line 2 name\n"},
};

START_TEST(a_bad_row_costs_itself_only)
{
    delimited();
    for (size_t i = 0; i < sizeof hostile / sizeof hostile[0]; i++) {
        char *text =
            mem_print("id,name,mail,age,photo,boss,o\n%s9,n,,,,,\n", hostile[i].row);
        char *heard = mem_print("%spresent 9 [9] person id=9 name=n\n", hostile[i].heard);

        hosted_text(&h, "data.csv", text);
        ck_import(true);
        ck_heard(&h, heard);
        free(text);
        free(heard);
    }
}
END_TEST

START_TEST(a_qualifier_that_is_never_closed_is_one_error)
{
    delimited();
    hosted_text(&h, "data.csv", "id,name\n1,a\n2,\"b\n3,c\n");

    ck_import(true);

    ck_heard(&h, "present 1 [1] person id=1 name=a\n"
                 "reject parse-error entry 2 line 5 column 1\n");
}
END_TEST

START_TEST(the_private_configuration_of_a_text_agent_is_enough)
{
    hosted_private(&h, "MAConfig/importing/anchor/attribute", "id");
    hosted_private(&h, "MAConfig/importing/dn/attribute", "id");
    hosted_private(&h, "MAConfig/importing/object_class_attribute", "kind");
    hosted_private(&h, "MAConfig/delimited_format/code_page", "1252");
    hosted_private(&h, "MAConfig/delimited_format/delimiter", "59");
    hosted_private(&h, "MAConfig/delimited_format/text_qualifier", "39");
    hosted_private(&h, "MAConfig/delimited_format/first_row_contains_headers", "0");
    hosted_private(&h, "MAConfig/delimited_format/attributes/attribute/name", "id");
    hosted_private(&h, "MAConfig/delimited_format/attributes/attribute/name", "name");
    hosted_private(&h, "MAConfig/delimited_format/attributes/attribute/name", "kind");
    hosted_private(&h, "MAConfig/primary_class_mappings/mapping/primary_class", "person");
    hosted_private(&h, "MAConfig/primary_class_mappings/mapping/oc-value", "P");
    hosted_private(&h, "MAConfig/primary_class_mappings/mapping/oc-value", "Q");
    h.step[0] = (struct parameter){.name = "input-file", .value = "in.txt", .type = ""};
    hosted_text(&h, "in.txt", "1;'M\xfcller; A';P\n2;b;Q\n3;c;R\n");

    ck_import(true);

    ck_heard(&h, "present 1 [1] person id=1 name=Müller; A\n"
                 "present 2 [2] person id=2 name=b\n"
                 "reject unmappable-object-type entry 3 line 3 kind\n");
}
END_TEST

START_TEST(utf_16_is_read_with_its_byte_order_mark)
{
    static const char text[] = "\xff\xfei\0d\0,\0n\0a\0m\0e\0\n\0001\0,\0\xfc\0\n";

    delimited();
    hosted_param(&h, "code-page", "1200");
    hosted_put(&h, "data.csv", text, sizeof text);

    ck_import(true);

    ck_heard(&h, "present 1 [1] person id=1 name=ü\n");
}
END_TEST

START_TEST(a_delta_says_in_a_column_what_happened)
{
    delimited();
    hosted_param(&h, "change-type", "what");
    hosted_param(&h, "delta-file", "delta.csv");
    hosted_text(&h, "delta.csv",
                "id,name,mail,what\n"
                "1,a,,add\n"
                "2,b,,Modify\n"
                "3,,,DELETE\n"
                "4,d,,\n"
                "5,e,,Explode\n");

    ck_import(false);

    ck_heard(&h, "add 1 [1] person id=1 name=a\n"
                 "modify 2 [2] person id=2 name=b mail=\n"
                 "delete 3 [3] person\n"
                 "reject missing-change-type entry 4 line 5 what\n"
                 "reject invalid-change-type entry 5 line 6 what\n");
}
END_TEST

START_TEST(without_a_delta_file_a_changed_data_file_is_read_again)
{
    delimited();
    hosted_text(&h, "data.csv", "id,name\n1,a\n");
    ck_import(true);
    ck_import(false);
    ck_heard(&h, "");

    hosted_text(&h, "data.csv", "id,name\n1,abc\n");
    ck_import(false);
    ck_heard(&h, "present 1 [1] person id=1 name=abc\n");
}
END_TEST

START_TEST(pairs_become_objects)
{
    hosted_param(&h, "format", "avp");
    hosted_param(&h, "anchor", "id");
    hosted_param(&h, "file", "data.avp");
    hosted_text(&h, "data.avp",
                "id: 1\r\nname: Ada: L\r\nmail: a@x\r\nmail: b@x\r\n\r\n"
                "\r\nid:2\r\n"
                "nonsense\r\n\r\nid: 3\r\nname:\r\n");

    ck_import(true);

    ck_heard(&h, "present 1 [1] person id=1 name=Ada: L mail=a@x,b@x\n"
                 "reject parse-error entry 2 line 8 column 1\n"
                 "present 3 [3] person id=3\n");
}
END_TEST

static void fixed(void)
{
    hosted_param(&h, "format", "fixed-width");
    hosted_param(&h, "column", "id:3");
    hosted_param(&h, "column", "name:5,age:3");
    hosted_param(&h, "anchor", "id");
    hosted_param(&h, "file", "data.txt");
}

START_TEST(columns_of_fixed_width_count_characters)
{
    fixed();
    hosted_text(&h, "data.txt",
                "1  Äöü  36 \n"
                "2  b\n"
                "\n"
                "3  cccccdddeee\n");

    ck_import(true);

    ck_heard(&h, "present 1 [1] person id=1 name=Äöü age=36\n"
                 "present 2 [2] person id=2 name=b\n"
                 "reject parse-error entry 3 line 4\n");
}
END_TEST

/* --- export ------------------------------------------------------------------------ */

#define VALUES(...)                                                                      \
    (const struct ma_value[])                                                            \
    {                                                                                    \
        __VA_ARGS__                                                                      \
    }
#define TEXT(text)                                                                       \
    {                                                                                    \
        text, sizeof(text) - 1                                                           \
    }

static const struct ma_attribute whole[] = {
    {.name = "name", .values = VALUES(TEXT("a \"b\", ü")), .count = 1},
    {.name = "mail", .values = VALUES(TEXT("a@x"), TEXT("b@x")), .count = 2},
    {.name = "photo", .values = VALUES({"\0\1", 2}), .count = 1},
    {.name = "pin", .values = VALUES(TEXT("1234")), .count = 1},
};
static const struct ma_entry add_seven = {.size = sizeof(struct ma_entry),
                                          .change = MA_ADD,
                                          .anchor = TEXT("7"),
                                          .dn = "7",
                                          .object_type = "person",
                                          .attributes = whole,
                                          .count = 4};

START_TEST(the_file_as_the_system_takes_an_export_and_gives_it_back)
{
    const struct ma_attribute change[] = {{.name = "mail",
                                           .op = MA_VALUES,
                                           .values = VALUES(TEXT("c@x")),
                                           .count = 1,
                                           .removed = VALUES(TEXT("A@X")),
                                           .removed_count = 1}};
    const struct ma_attribute pin[] = {
        {.name = "pin", .values = VALUES(TEXT("1")), .count = 1}};
    const struct ma_attribute age[] = {
        {.name = "age", .values = VALUES(TEXT("1")), .count = 1}};
    struct ma_entry modify = {.size = sizeof modify,
                              .change = MA_MODIFY,
                              .anchor = TEXT("7"),
                              .attributes = change,
                              .count = 1};
    struct ma_entry secret = {.size = sizeof secret,
                              .change = MA_MODIFY,
                              .anchor = TEXT("1"),
                              .attributes = pin,
                              .count = 1};
    struct ma_entry columns = {.size = sizeof columns,
                               .change = MA_MODIFY,
                               .anchor = TEXT("1"),
                               .attributes = age,
                               .count = 1};
    char *file;

    delimited();
    hosted_text(&h, "data.csv", "id,name,mail,photo,other\n1,x,,,\"stays, too\"\n");
    ck_export((const struct ma_entry *const[]){&add_seven, &modify, &secret, &columns},
              4);
    file = hosted_get(&h, "data.csv");

    ck_heard(&h, "0 exported\n1 exported\n2 exported\n3 failed insufficient-columns\n");
    ck_assert_str_eq(file, "id,name,mail,photo,other\r\n1,x,,,\"stays, too\"\r\n"
                           "7,\"a \"\"b\"\", ü\",b@x;c@x,AAE=,\r\n");
    free(file);

    ck_import(true);
    ck_heard(&h, "present 1 [1] person id=1 name=x\n"
                 "present 7 [7] person id=7 name=a \"b\", ü mail=b@x,c@x photo=~00~01\n");
}
END_TEST

START_TEST(a_replacement_is_exactly_what_was_sent)
{
    struct ma_entry replace = add_seven;
    char *file;

    replace.change = MA_REPLACE;
    delimited();
    hosted_text(&h, "data.csv", "id,name,mail,photo,age\n7,x,,,99\n");
    ck_export((const struct ma_entry *const[]){&replace}, 1);
    file = hosted_get(&h, "data.csv");

    ck_assert_str_eq(file, "id,name,mail,photo,age\r\n"
                           "7,\"a \"\"b\"\", ü\",a@x;b@x,AAE=,\r\n");
    free(file);
}
END_TEST

START_TEST(a_character_that_the_code_page_lacks_fails_that_object)
{
    const struct ma_attribute greek[] = {
        {.name = "name", .values = VALUES(TEXT("Ω")), .count = 1}};
    const struct ma_entry eight = {.size = sizeof eight,
                                   .change = MA_ADD,
                                   .dn = "8",
                                   .attributes = greek,
                                   .count = 1};
    char *file;

    delimited();
    hosted_param(&h, "code-page", "1252");
    hosted_text(&h, "data.csv", "id,name,mail,photo\n");
    ck_export((const struct ma_entry *const[]){&eight, &add_seven}, 2);
    file = hosted_get(&h, "data.csv");

    ck_heard(&h, "0 failed code-page-conversion\n1 exported\n");
    ck_assert_str_eq(file,
                     "id,name,mail,photo\r\n7,\"a \"\"b\"\", \xfc\",a@x;b@x,AAE=\r\n");
    free(file);
}
END_TEST

START_TEST(records_say_what_happened_and_can_be_imported_as_a_delta)
{
    const struct ma_entry gone = {
        .size = sizeof gone, .change = MA_DELETE, .anchor = TEXT("9")};
    const struct ma_attribute change[] = {
        {.name = "mail", .op = MA_VALUES, .values = VALUES(TEXT("c@x")), .count = 1}};
    const struct ma_entry value = {.size = sizeof value,
                                   .change = MA_MODIFY,
                                   .anchor = TEXT("7"),
                                   .attributes = change,
                                   .count = 1};

    delimited();
    hosted_param(&h, "change-type", "what");
    h.step[0] = (struct parameter){.name = "output-file", .value = "out.csv", .type = ""};
    ck_export((const struct ma_entry *const[]){&add_seven, &gone, &value}, 3);
    ck_heard(&h, "0 exported\n1 exported\n2 failed ambiguous-update\n");

    h.step[0] = (struct parameter){.name = "input-file", .value = "out.csv", .type = ""};
    ck_import(false);
    ck_heard(&h, "add 7 [7] person id=7 name=a \"b\", ü mail=a@x,b@x photo=~00~01\n"
                 "delete 9 [9] person\n");
}
END_TEST

START_TEST(fixed_columns_are_padded_and_never_cut)
{
    const struct ma_attribute name[] = {
        {.name = "name", .values = VALUES(TEXT("Äöü")), .count = 1}};
    const struct ma_attribute longer[] = {
        {.name = "name", .values = VALUES(TEXT("too long")), .count = 1}};
    const struct ma_entry two = {
        .size = sizeof two, .change = MA_ADD, .dn = "2", .attributes = name, .count = 1};
    const struct ma_entry three = {.size = sizeof three,
                                   .change = MA_ADD,
                                   .dn = "3",
                                   .attributes = longer,
                                   .count = 1};
    char *file;

    fixed();
    ck_export((const struct ma_entry *const[]){&two, &three}, 2);
    file = hosted_get(&h, "data.txt");

    ck_heard(&h, "0 exported\n1 failed insufficient-field-width\n");
    ck_assert_str_eq(file, "2  Äöü     \r\n");
    free(file);
}
END_TEST

START_TEST(pairs_are_written_as_they_are_read)
{
    char *file;

    hosted_param(&h, "format", "avp");
    hosted_param(&h, "anchor", "id");
    hosted_param(&h, "file", "data.avp");
    ck_export((const struct ma_entry *const[]){&add_seven}, 1);
    file = hosted_get(&h, "data.avp");

    ck_assert_str_eq(file, "name: a \"b\", ü\r\nmail: a@x\r\nmail: b@x\r\nphoto: AAE=\r\n"
                           "id: 7\r\n\r\n");
    free(file);
    ck_import(true);
    ck_heard(&h, "present 7 [7] person name=a \"b\", ü mail=a@x,b@x photo=~00~01 id=7\n");
}
END_TEST

START_TEST(a_parameter_that_makes_no_sense_is_refused_by_name)
{
    delimited();
    hosted_param(&h, "mode", "sideways");

    ck_assert_int_eq(hosted_import(&h, FILE_MA, true), MA_INVALID);
    ck_assert_str_eq(h.err.text,
                     "parameter mode='sideways': wanted records or directory");
}
END_TEST

SUITE_WITH("plugin/file_text", begin, end, rows_become_objects,
           a_bad_row_costs_itself_only, a_qualifier_that_is_never_closed_is_one_error,
           the_private_configuration_of_a_text_agent_is_enough,
           utf_16_is_read_with_its_byte_order_mark,
           a_delta_says_in_a_column_what_happened,
           without_a_delta_file_a_changed_data_file_is_read_again, pairs_become_objects,
           columns_of_fixed_width_count_characters,
           the_file_as_the_system_takes_an_export_and_gives_it_back,
           a_replacement_is_exactly_what_was_sent,
           a_character_that_the_code_page_lacks_fails_that_object,
           records_say_what_happened_and_can_be_imported_as_a_delta,
           fixed_columns_are_padded_and_never_cut, pairs_are_written_as_they_are_read,
           a_parameter_that_makes_no_sense_is_refused_by_name)
