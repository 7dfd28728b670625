/* SPDX-License-Identifier: Apache-2.0 */

/* From text to trees and back, and what is no expression. */

#include "base/buf.h"
#include "expr_case.h"
#include "suite.h"

#define EACH(rows, row)                                                                  \
    for (const struct row *row = rows; row < rows + sizeof rows / sizeof rows[0]; row++)

/* What is printed, which must parse to the same tree. */
static const char *printed(const char *text)
{
    struct expr *tree = object_parse(&arena, names, text);
    const char *print = expr_print(&arena, tree);

    ck_assert_msg(expr_equal(tree, object_parse(&arena, names, print)), "%s is not %s",
                  text, print);
    return print;
}

static const char *refusal(struct slice text)
{
    struct expr *tree = NULL;
    struct ma_error err = {0};

    ck_assert_msg(expr_parse(&tree, &arena, names, text, &err) == MA_INVALID, "%.*s",
                  (int)text.length, text.at);
    ck_assert_ptr_null(tree);
    return arena_text(&arena, err.text);
}

START_TEST(operators_bind_as_in_the_shipped_rules)
{
    static const struct row rows[] = {
        {"1+2*3", "1 + 2 * 3"},
        {"(1+2)*3", "(1 + 2) * 3"},
        {"1-2-3", "1 - 2 - 3"},
        {"1-(2-3)", "1 - (2 - 3)"},
        {"8/(4/2)", "8 / (4 / 2)"},
        {"[a]&1+2", "[a] & 1 + 2"},
        {"([a]&1)+2", "([a] & 1) + 2"},
        {"[a]&\"x\"=[b]", "[a] & \"x\" = [b]"},
        {"IsPresent([a])||IsPresent([b])=False||[c]=\"X\"",
         "IsPresent([a]) || IsPresent([b]) = False || [c] = \"X\""},
        {"[a]=1||[b]=2&&[c]=3", "[a] = 1 || [b] = 2 && [c] = 3"},
        {"([a]=1||[b]=2)&&[c]=3", "([a] = 1 || [b] = 2) && [c] = 3"},
        {"[a]=([b]=[c])", "[a] = ([b] = [c])"},
        {"([a]=[b])=[c]", "[a] = [b] = [c]"},
        {"((([a])))", "[a]"},
        {"-[a]*2", "-[a] * 2"},
        {"-([a]*2)", "-([a] * 2)"},
        {"- -[a]", "--[a]"},
        {"1 - -1", "1 - -1"},
        {"-(5)", "-(5)"},
        {"-5", "-5"},
        {"--5", "-(-5)"},
    };

    EACH(rows, row) ck_assert_str_eq(printed(row->text), row->wanted);
}
END_TEST

START_TEST(ampersands_and_numbers)
{
    static const struct row rows[] = {
        {"[a]&\"@\"&%P%", "[a] & \"@\" & %P%"},
        {"BitAnd([x],&H21C07000)", "BitAnd([x], 566259712)"},
        {"[a]&&[b]", "[a] && [b]"},
        {"[a] & &H10", "[a] & 16"},
        {"[a]=&hff", "[a] = 255"},
        {"&H7FFFFFFFFFFFFFFF", "9223372036854775807"},
        {"-9223372036854775808", "-9223372036854775808"},
        {"9223372036854775807", "9223372036854775807"},
        {"007", "7"},
        {"1.5", "1.5"},
        {"0.1", "0.1"},
        {"100.0", "100.0"},
        {"-0.000001", "-0.000001"},
        {"123456789012345678.5", "123456789012345680.0"},
    };

    EACH(rows, row) ck_assert_str_eq(printed(row->text), row->wanted);
    ck_assert_str_eq(refusal(slice_text("[a]&HFF")),
                     "1:5: 'HFF' is no constant; an attribute is written [HFF]");
}
END_TEST

START_TEST(numbers_with_decimals_come_back)
{
    static const char *const texts[] = {
        "0.30000000000000004",       "1.7976931348623157",
        "4.9406564584124654",        "99999999999999999999.0",
        "0.00000000000000000000001", "3.141592653589793",
        "179769313486231570000.25",  "0.5",
        "2.2250738585072014"};

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        (void)printed(texts[i]);
}
END_TEST

START_TEST(strings_and_their_escapes)
{
    static const struct row rows[] = {
        {"\"\"", "\"\""},
        {"\"\\\\0ACNF:\"", "\"\\\\0ACNF:\""},
        {"\"a\\nb\\rc\\td\"", "\"a\\nb\\rc\\td\""},
        {"\"say \"\"hi\"\"\"", "\"say \"\"hi\"\"\""},
        {"\"\\d\\\"", "\"\\\\d\\\\\""},
        {"\"CN={\"&\"}\"&\"a,b(\"", "\"CN={\" & \"}\" & \"a,b(\""},
        {"\"two\nlines\"", "\"two\\nlines\""},
        {"\"\u00e5\U0001F600\"", "\"\u00e5\U0001F600\""},
    };
    struct object object = object_of(&arena, names, NULL);

    EACH(rows, row) ck_assert_str_eq(printed(row->text), row->wanted);
    ck_assert_str_eq(object_show(&object, "Len(\"\\\\0ACNF:\")"), "7");
    ck_assert_str_eq(object_show(&object, "Len(\"\\d\")"), "2");
    ck_assert_str_eq(object_show(&object, "Len(\"\"\"\")"), "1");
}
END_TEST

START_TEST(names_have_no_case_and_one_spelling)
{
    static const struct row rows[] = {
        {"guid()", "GUID()"},
        {"iif(TRUE,null,false)", "IIF(True, NULL, False)"},
        {"ignorethisflow", "IgnoreThisFlow"},
        {"authoritativeNull", "AuthoritativeNull"},
        {"InStr([a],\"b\",1,VBTEXTCOMPARE)", "InStr([a], \"b\", 1, vbTextCompare)"},
        {"[mS-DS-ConsistencyGuid]", "[mS-DS-ConsistencyGuid]"},
        {"[ employee ID ]", "[employee ID]"},
        {"%Domain.FQDN%", "%Domain.FQDN%"},
        {"Select($Item,[a],$item)", "Select($Item, [a], $item)"},
        {"\n\tTrim ( [a]\r\n)\u00a0", "Trim([a])"},
        {"\"a\"=\"a\"", "\"a\" = \"a\""},
    };

    EACH(rows, row) ck_assert_str_eq(printed(row->text), row->wanted);
    ck_assert(expr_equal(object_parse(&arena, names, "Trim([mail])"),
                         object_parse(&arena, names, "trim([MAIL])")));
    ck_assert(!expr_equal(object_parse(&arena, names, "\"a\""),
                          object_parse(&arena, names, "\"A\"")));
    ck_assert(!expr_equal(object_parse(&arena, names, "1"),
                          object_parse(&arena, names, "1.0")));
    ck_assert(!expr_equal(object_parse(&arena, names, "DC"),
                          object_parse(&arena, names, "\"DC\"")));
}
END_TEST

START_TEST(what_an_expression_reads)
{
    const uint32_t *read = NULL;
    struct expr *tree = object_parse(
        &arena, names,
        "IIF([a]=[b],ImportedValue(\"c\"),With($x,ValueCount(\"D\"),$x+[A]))");
    size_t count = expr_attributes(&arena, tree, &read);

    ck_assert_uint_eq(count, 4);
    ck_assert_str_eq(names_text(names, read[0]), "a");
    ck_assert_str_eq(names_text(names, read[1]), "b");
    ck_assert_str_eq(names_text(names, read[2]), "c");
    ck_assert_str_eq(names_text(names, read[3]), "D");
    ck_assert_uint_eq(expr_attributes(&arena, object_parse(&arena, names, "%P%"), &read),
                      0);
}
END_TEST

START_TEST(a_place_and_words_for_what_is_no_expression)
{
    static const struct row rows[] = {
        {"", "1:1: the expression ends here, and a value is missing"},
        {"  \n ", "2:2: the expression ends here, and a value is missing"},
        {"1 +", "1:4: the expression ends here, and a value is missing"},
        {"[a] [b]", "1:5: an operator or the end is expected, and here stands [b]"},
        {"(1", "1:3: the expression ends here, and a closing bracket is missing"},
        {"1)", "1:2: an operator or the end is expected, and here stands )"},
        {"Trim([a]",
         "1:9: the expression ends here, and a comma or a closing bracket is missing"},
        {"Trim([a],)", "1:10: an argument is expected, and here stands )"},
        {"Left(,1)", "1:6: a value is expected, and here stands ,"},
        {"Left([a] 1)",
         "1:10: a comma or a closing bracket is expected, and here stands 1"},
        {"Trim()", "1:1: Trim takes 1 argument, and 0 are given"},
        {"1+\n  Left([a])", "2:3: Left takes 2 arguments, and 1 are given"},
        {"Mid([a],1,2,3)", "1:1: Mid takes 2 to 3 arguments, and 4 are given"},
        {"Switch([a])", "1:1: Switch takes 2 arguments or more, and 1 are given"},
        {"Trimm([a])", "1:1: there is no function 'Trimm': did you mean 'Trim'?"},
        {"Xyzzyplugh([a])", "1:1: there is no function 'Xyzzyplugh'"},
        {"CertIssuer([a])",
         "1:1: CertIssuer is not supported: certificates are not read"},
        {"mail", "1:1: 'mail' is no constant; an attribute is written [mail]"},
        {"Trim", "1:1: Trim is a function: its arguments stand in brackets behind it"},
        {"$x", "1:1: nothing binds the variable $x here: With, Select and Where do"},
        {"Select($x,$x,1)",
         "1:11: nothing binds the variable $x here: With, Select and Where do"},
        {"Select([a],[b],1)", "1:8: the first argument of Select is a variable, $name"},
        {"With($x,1,$x)+$x",
         "1:15: nothing binds the variable $x here: With, Select and Where do"},
        {"ImportedValue([a])",
         "1:1: the argument of ImportedValue is the name of an attribute, in quotes"},
        {"ValueCount(\"\")",
         "1:1: the argument of ValueCount is the name of an attribute, in quotes"},
        {"\"abc", "1:1: the text that begins here has no closing quote"},
        {"1 & \"abc\"\"", "1:5: the text that begins here has no closing quote"},
        {"[abc", "1:1: the name of an attribute stands between [ and ]"},
        {"[]", "1:1: the name of an attribute stands between [ and ]"},
        {"[ ]", "1:1: between [ and ] stands no name"},
        {"[a\nb]", "1:1: the name of an attribute stands between [ and ]"},
        {"%abc", "1:1: the name of a parameter stands between two %"},
        {"5 % 2", "1:3: the name of a parameter stands between two %"},
        {"$", "1:1: behind $ stands the name of a variable"},
        {"&H", "1:1: behind &H stand hexadecimal digits"},
        {"&HFFFFFFFFFFFFFFFF", "1:1: the number does not fit in 64 bits"},
        {"&H10000000000000000", "1:1: the number does not fit in 64 bits"},
        {"9223372036854775808", "1:1: the number does not fit in 64 bits"},
        {"-9223372036854775809", "1:2: the number does not fit in 64 bits"},
        {"99999999999999999999", "1:1: the number does not fit in 64 bits"},
        {"12abc", "1:3: a number ends with a letter"},
        {"\"\u00e5\u00e5\" ?", "1:6: '?' has no meaning here"},
        {"\u201cabc\u201d",
         "1:1: a typographic quote: texts stand between straight ones, \""},
        {"[a] \u20ac", "1:5: no expression has the byte 0xE2 here"},
        {"[a] \x01", "1:5: no expression has the byte 0x01 here"},
        {"+1", "1:1: a value is expected, and here stands +"},
        {"1 == 1", "1:4: a value is expected, and here stands ="},
    };

    EACH(rows, row) ck_assert_str_eq(refusal(slice_text(row->text)), row->wanted);
    ck_assert_str_eq(refusal(slice_of("\"a\xff\"", 4)),
                     "1:1: the expression is not UTF-8");
    ck_assert_str_eq(refusal(slice_of("[a]\0", 4)),
                     "1:4: no expression has the byte 0x00");
    ck_assert_str_eq(refusal(slice_of("\"a\0b\"", 5)),
                     "1:3: no expression has the byte 0x00");
}
END_TEST

/* `count` times `part`, and `rest`. */
static struct slice repeated(const char *part, size_t count, const char *rest)
{
    BUF_AUTO text = {0};

    for (size_t i = 0; i < count; i++)
        buf_text(&text, part);
    buf_text(&text, rest);
    return arena_slice(&arena, buf_view(&text));
}

START_TEST(deep_nesting_is_refused_at_its_place)
{
    ck_assert_str_eq(refusal(repeated("(", 100000, "")),
                     "1:501: nested more than 500 levels deep");
    ck_assert_str_eq(refusal(repeated("Trim(", 100000, "")),
                     "1:2505: nested more than 500 levels deep");
    ck_assert_str_eq(refusal(repeated("-", 100000, "[a]")),
                     "1:501: nested more than 500 levels deep");
    ck_assert_ptr_nonnull(strstr(refusal(repeated("[a]&", 100000, "[a]")),
                                 "the expression is more than 500 levels deep"));
    ck_assert_ptr_nonnull(strstr(refusal(repeated("With($x,1,", 17, "")),
                                 "more than 16 variables are bound inside one another"));
    ck_assert_ptr_nonnull(
        strstr(refusal(repeated("Switch(1", 1, repeated(",1", 300, ")").at)),
               "Switch has more than 250 arguments"));
}
END_TEST

START_TEST(long_expressions_within_the_limits_are_taken)
{
    struct expr *tree = NULL;
    struct ma_error err = {0};
    struct object object = object_of(&arena, names, NULL);
    struct slice text = repeated("[a]=1||", 498, "[a]=1");
    struct expr_value value;

    ck_assert_msg(expr_parse(&tree, &arena, names, text, &err) == MA_OK, "%s", err.text);
    value = expr_eval(tree, &object.source, &arena);
    ck_assert_int_eq(value.kind, EXPR_BOOLEAN);
    ck_assert(expr_parse(&tree, &arena, names, repeated("(", 499, "1"), &err) ==
              MA_INVALID);
}
END_TEST

START_TEST(huge_texts_are_refused)
{
    ck_assert_str_eq(refusal(repeated(" ", 1024 * 1024 + 1, "")),
                     "1:1: an expression of more than 1 MB");
    ck_assert_str_eq(refusal(repeated("9", 100000, "")),
                     "1:1: the number does not fit in 64 bits");
    ck_assert_str_eq(refusal(repeated("9", 100000, ".5")),
                     "1:1: a number of more than 64 digits");
    ck_assert_str_eq(refusal(repeated("a", 100000, "")),
                     "1:1: a name of more than 256 letters");
    ck_assert_str_eq(refusal(repeated("[", 1, repeated("a", 1000, "]").at)),
                     "1:1: the name of an attribute stands between [ and ]");
}
END_TEST

START_TEST(a_literal_of_any_kind_is_made_without_text)
{
    struct expr_value null = {.kind = EXPR_NULL};
    struct expr_value yes = {.kind = EXPR_BOOLEAN, .number = 1};
    struct expr_value number = {.kind = EXPR_NUMBER, .number = -7};
    struct expr_value ignore = {.kind = EXPR_IGNORE};

    ck_assert(
        expr_equal(expr_literal(&arena, &null), object_parse(&arena, names, "NULL")));
    ck_assert(
        expr_equal(expr_literal(&arena, &yes), object_parse(&arena, names, "True")));
    ck_assert(
        expr_equal(expr_literal(&arena, &number), object_parse(&arena, names, "-7")));
    ck_assert(expr_equal(expr_literal(&arena, &ignore),
                         object_parse(&arena, names, "IgnoreThisFlow")));
}
END_TEST

SUITE_WITH("expr/parse", begin, end, operators_bind_as_in_the_shipped_rules,
           ampersands_and_numbers, numbers_with_decimals_come_back,
           strings_and_their_escapes, names_have_no_case_and_one_spelling,
           what_an_expression_reads, a_place_and_words_for_what_is_no_expression,
           deep_nesting_is_refused_at_its_place,
           long_expressions_within_the_limits_are_taken, huge_texts_are_refused,
           a_literal_of_any_kind_is_made_without_text)
