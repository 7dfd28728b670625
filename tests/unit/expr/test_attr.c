/* SPDX-License-Identifier: Apache-2.0 */

/* Values of attributes in and out. */

#include "expr_object.h"
#include "suite.h"

static struct arena arena;

static void begin(void)
{
    arena = (struct arena){0};
}

static void end(void)
{
    arena_free(&arena);
}

/* --- in --------------------------------------------------------------------------- */

static struct expr_value in(enum value_type type, const struct slice *values,
                            uint32_t count)
{
    struct attr *attr = arena_alloc(&arena, sizeof *attr);

    *attr = (struct attr){1, type, count, values};
    return expr_of_attr(&arena, attr);
}

START_TEST(one_value_is_that_value_and_not_copied)
{
    struct slice text = slice_text("abc");
    struct slice number = value_of_number(&arena, INT64_MIN);
    struct slice flag = value_of_flag(true);
    struct slice id = value_of_id(&arena, 7);
    struct expr_value value = in(VALUE_STRING, &text, 1);

    ck_assert_int_eq(value.kind, EXPR_STRING);
    ck_assert_ptr_eq(value.bytes.at, text.at);
    value = in(VALUE_BINARY, &text, 1);
    ck_assert_int_eq(value.kind, EXPR_BYTES);
    ck_assert_ptr_eq(value.bytes.at, text.at);
    value = in(VALUE_NUMBER, &number, 1);
    ck_assert(value.kind == EXPR_NUMBER && value.number == INT64_MIN);
    value = in(VALUE_BOOLEAN, &flag, 1);
    ck_assert(value.kind == EXPR_BOOLEAN && value.number == 1);
    value = in(VALUE_REFERENCE, &id, 1);
    ck_assert(value.kind == EXPR_REFERENCE && value.number == 7);
    ck_assert_uint_eq(value.bytes.length, 0);
}
END_TEST

START_TEST(several_values_are_a_set_in_their_order_and_none_is_null)
{
    static const struct slice texts[] = {{"a", 1}, {"b", 1}};
    struct expr_value value = in(VALUE_STRING, texts, 2);

    ck_assert_int_eq(value.kind, EXPR_SET);
    ck_assert_str_eq(expr_show(&arena, &value), "{\"a\", \"b\"}");
    ck_assert_ptr_eq(value.items[1].bytes.at, texts[1].at);
    ck_assert_int_eq(in(VALUE_STRING, texts, 0).kind, EXPR_NULL);
}
END_TEST

/* --- out -------------------------------------------------------------------------- */

/* "a,b" of canonical values as people read them, or the words of the refusal. */
static const char *out(const char *expression, enum value_type type)
{
    struct names *names = names_new();
    struct object object =
        object_of(&arena, names, (const char *const[]){"r=ref:CN=Ada", NULL});
    struct expr *tree = object_parse(&arena, names, expression);
    struct expr_value value = expr_eval(tree, &object.source, &arena);
    const struct slice *values = NULL;
    struct ma_error err = {0};
    const char *text = "";
    uint32_t count = 0;

    names_free(names);
    if (expr_to_values(&arena, &value, type, &values, &count, &err) != MA_OK) {
        ck_assert_int_eq(err.status, MA_INVALID);
        return arena_text(&arena, err.text);
    }
    for (uint32_t i = 0; i < count; i++) {
        struct slice shown = value_show(&arena, type, values[i]);

        text = arena_print(&arena, "%s%s%.*s", text, i == 0 ? "" : ",", (int)shown.length,
                           shown.at);
    }
    return text;
}

struct row {
    const char *expression;
    enum value_type type;
    const char *wanted;
};

static void check_rows(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *got = out(rows[i].expression, rows[i].type);

        ck_assert_msg(strcmp(got, rows[i].wanted) == 0,
                      "%s as %s gives '%s' and not '%s'", rows[i].expression,
                      value_type_name(rows[i].type), got, rows[i].wanted);
    }
}

START_TEST(a_flow_converts_what_is_exact_and_nothing_else)
{
    static const struct row rows[] = {
        {"\"abc\"", VALUE_STRING, "abc"},
        {"12", VALUE_STRING, "12"},
        {"True", VALUE_STRING, "True"},
        {"1.5", VALUE_STRING, "1.5"},
        {"CBin(1,1)", VALUE_STRING,
         "the flow gives binary where the attribute takes a string"},
        {"Now()", VALUE_STRING,
         "the flow gives a date where the attribute takes a string"},
        {"[r]", VALUE_STRING,
         "the flow gives a reference where the attribute takes a string"},
        {"\"-2147483646\"", VALUE_NUMBER, "-2147483646"},
        {"9223372036854775807", VALUE_NUMBER, "9223372036854775807"},
        {"\"12a\"", VALUE_NUMBER,
         "the flow gives a text where the attribute takes a number"},
        {"2.0", VALUE_NUMBER, "2"},
        {"2.5", VALUE_NUMBER,
         "the flow gives a number with decimals where the attribute takes a number"},
        {"True", VALUE_NUMBER,
         "the flow gives a boolean where the attribute takes a number"},
        {"\"TRUE\"", VALUE_BOOLEAN, "true"},
        {"\"false\"", VALUE_BOOLEAN, "false"},
        {"1=1", VALUE_BOOLEAN, "true"},
        {"1", VALUE_BOOLEAN,
         "the flow gives a number where the attribute takes a boolean"},
        {"\"yes\"", VALUE_BOOLEAN,
         "the flow gives a text where the attribute takes a boolean"},
        {"CBin(258,2)", VALUE_BINARY, "AgE="},
        {"\"abc\"", VALUE_BINARY,
         "the flow gives a text where the attribute takes a binary"},
        {"[r]", VALUE_REFERENCE, "7"},
        {"CRef(\"CN=x\")", VALUE_REFERENCE, "the reference does not lead to an object"},
        {"\"CN=x\"", VALUE_REFERENCE, "the reference does not lead to an object"},
        {"1", VALUE_REFERENCE,
         "the flow gives a number where the attribute takes a reference"},
    };

    check_rows(rows, sizeof rows / sizeof rows[0]);
}
END_TEST

START_TEST(null_and_empty_contribute_nothing_and_blanks_do)
{
    static const struct row rows[] = {
        {"NULL", VALUE_STRING, ""},
        {"\"\"", VALUE_STRING, ""},
        {"\"\"", VALUE_NUMBER, ""},
        {"CBin(1,1) & NULL", VALUE_BINARY, "AQ=="},
        {"Left(CBin(1,1),0)", VALUE_BINARY, ""},
        {"IgnoreThisFlow", VALUE_STRING, ""},
        {"AuthoritativeNull", VALUE_NUMBER, ""},
        {"\" \"", VALUE_STRING, " "},
        {"Split(\"a,,b\",\",\")", VALUE_STRING, "a,b"},
        {"Split(\",\",\",\")", VALUE_STRING, ""},
    };

    check_rows(rows, sizeof rows / sizeof rows[0]);
}
END_TEST

START_TEST(values_come_out_sorted_and_once)
{
    static const struct row rows[] = {
        {"Split(\"b,a,b,A\",\",\")", VALUE_STRING, "A,a,b"},
        {"Split(\"10,9,-1,010\",\",\")", VALUE_NUMBER, "-1,9,10"},
    };

    check_rows(rows, sizeof rows / sizeof rows[0]);
}
END_TEST

START_TEST(one_bad_value_of_a_set_is_a_mismatch)
{
    static const struct row rows[] = {
        {"Split(\"1,x\",\",\")", VALUE_NUMBER,
         "the flow gives a text where the attribute takes a number"},
        {"Error(\"no luck\")", VALUE_STRING, "no luck"},
    };

    check_rows(rows, sizeof rows / sizeof rows[0]);
}
END_TEST

START_TEST(a_text_of_one_value_is_not_copied)
{
    struct expr_value value = {.kind = EXPR_STRING, .bytes = slice_text("abc")};
    const struct slice *values = NULL;
    struct ma_error err = {0};
    uint32_t count = 0;

    ck_assert_int_eq(expr_to_values(&arena, &value, VALUE_STRING, &values, &count, &err),
                     MA_OK);
    ck_assert_uint_eq(count, 1);
    ck_assert_ptr_eq(values[0].at, value.bytes.at);
}
END_TEST

SUITE_WITH("expr/attr", begin, end, one_value_is_that_value_and_not_copied,
           several_values_are_a_set_in_their_order_and_none_is_null,
           a_flow_converts_what_is_exact_and_nothing_else,
           null_and_empty_contribute_nothing_and_blanks_do,
           values_come_out_sorted_and_once, one_bad_value_of_a_set_is_a_mismatch,
           a_text_of_one_value_is_not_copied)
