/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What no source settles, and what was decided: docs/design/003-expressions.md has a row
 * for each test of this file, which the first one sees to.
 */

#include <stdio.h>

#include "base/buf.h"
#include "expr_case.h"
#include "suite.h"

static const char *const given[] = {
    "text=abc",
    "number=42",
    "flag=true",
    "bytes=hex:0201",
    "many=a",
    "many=b",
    "pair=1",
    "pair=2",
    "one=x",
    "dn=CN=Ada\\0ACNF:1,OU=x,DC=y",
    "proxyAddresses=smtp:a@x",
    "proxyAddresses=SMTP:b@x",
    "imported mail=old",
    "mail=new",
    NULL,
};

static void gives(const char *text, const char *wanted)
{
    const char *got = case_show(given, text);

    ck_assert_msg(case_agrees(got, wanted), "%s gives %s and not %s", text, got, wanted);
}

static bool parses(const char *text)
{
    struct expr *tree = NULL;
    struct ma_error err = {0};

    return expr_parse(&tree, &arena, names, slice_text(text), &err) == MA_OK;
}

/* --- language --------------------------------------------------------------------- */

START_TEST(precedence_is_normal_and_not_left_to_right)
{
    gives("2+3*4", "14");
    gives("IsPresent([text]) || IsPresent([many]) = False || [one] = \"X\"", "True");
    gives("IsNull([text]) || IsPresent([many]) = False || [one] = \"y\"", "False");
}
END_TEST

START_TEST(names_of_functions_and_attributes_have_no_case)
{
    gives("trim([TEXT])", "\"abc\"");
}
END_TEST

START_TEST(a_doubled_quote_is_a_quote)
{
    gives("Len(\"\"\"\")", "1");
}
END_TEST

START_TEST(a_backslash_before_anything_else_is_kept)
{
    gives("Len(\"\\d\")", "2");
    gives("Len(\"\\\\\")", "1");
    gives("Len(\"\\n\\r\\t\")", "3");
    gives("\"DOMAIN\\\" & [text]", "\"DOMAIN\\\\abc\"");
}
END_TEST

START_TEST(hexadecimal_numbers_have_no_sign)
{
    gives("&HFFFFFFFF", "4294967295");
    ck_assert(!parses("&HFFFFFFFFFFFFFFFF"));
}
END_TEST

START_TEST(an_option_may_stand_in_quotes)
{
    gives("Contains([proxyAddresses],\"smtp:B\",\"CaseInsensitive\")", "2");
    gives("DNComponentRev(CRef(\"cn=a,ou=b,dc=c\"),1,\"DC\")", "\"b\"");
    gives("InStr(\"abc\",\"B\",1,1)", "2");
}
END_TEST

START_TEST(certificate_functions_are_refused_by_name)
{
    const struct expr_function_help *all = NULL;
    size_t count = expr_functions(&all);
    size_t refused = 0;

    for (size_t i = 0; i < count; i++)
        refused += all[i].refused;
    ck_assert_uint_eq(refused, 22);
    ck_assert(!parses("CertThumbprint([bytes])"));
    ck_assert(!parses("IsCert([bytes])"));
}
END_TEST

/* --- values ----------------------------------------------------------------------- */

START_TEST(and_and_or_do_not_evaluate_a_side_that_does_not_matter)
{
    gives("Contains([proxyAddresses],\"x:\") > 0 && "
          "Item([proxyAddresses],Contains([proxyAddresses],\"x:\")) = \"x\"",
          "False");
    gives("True || Item([many],9) = \"x\"", "True");
    gives("[absent] || True", "True");
    gives("[absent] && True", "False");
}
END_TEST

START_TEST(equality_ignores_case_and_reads_numbers_in_texts)
{
    gives("[text] = \"ABC\"", "True");
    gives("\"stra\u00dfe\" = \"strasse\"", "False");
    gives("[number] = \"42\"", "True");
    gives("[bytes] = \"AgE=\"", "False");
    gives("[bytes] <> \"AgE=\"", "True");
    gives("[flag] = \"true\"", "True");
}
END_TEST

START_TEST(null_equals_null_alone_and_has_no_order)
{
    gives("[absent] = NULL", "True");
    gives("[absent] = \"\"", "False");
    gives("[absent] = False", "False");
    gives("[absent] < 1", "False");
    gives("[absent] >= NULL", "False");
}
END_TEST

START_TEST(null_goes_through_numbers_and_is_empty_in_a_text)
{
    gives("BitAnd([absent],2)", "NULL");
    gives("BitOr(1,[absent])", "NULL");
    gives("[absent] + 1", "NULL");
    gives("[absent] + \"x\"", "NULL");
    gives("[absent] & \"x\"", "\"x\"");
    gives("IIF(BitAnd([absent],2)=0,True,False)", "False");
}
END_TEST

START_TEST(functions_of_null)
{
    gives("Len([absent])", "0");
    gives("InStr([absent],\"a\")", "0");
    gives("Trim([absent])", "NULL");
    gives("Left([absent],1)", "\"\"");
    gives("CBool([absent])", "False");
    gives("DNComponent([dn],9)", "NULL");
    gives("IsBitSet([absent],2)", "False");
}
END_TEST

START_TEST(white_space_is_that_of_net)
{
    gives("Trim(\"\u00a0\u2003\u3000\u2028 x\t\xc2\x85\")", "\"x\"");
    gives("Trim(\"\u200bx\")", "\"\u200bx\"");
}
END_TEST

START_TEST(positions_count_code_points)
{
    gives("Len(\"\U0001F600\u00e5\")", "2");
    gives("Left(\"\U0001F600\u00e5x\",2)", "\"\U0001F600\u00e5\"");
    gives("Mid(\"\U0001F600\u00e5x\",2,1)", "\"\u00e5\"");
}
END_TEST

START_TEST(case_is_mapped_one_code_point_to_one)
{
    gives("UCase(\"stra\u00dfe\")", "\"STRA\u00dfE\"");
}
END_TEST

START_TEST(duplicates_are_exact_and_searches_mind_the_case)
{
    gives("RemoveDuplicates(Split(\"a,A,a\",\",\"))", "{\"a\", \"A\"}");
    gives("Contains([proxyAddresses],\"SMTP:\")", "2");
    gives("InStr(\"abc\",\"B\")", "0");
}
END_TEST

START_TEST(delimiters_in_a_row_are_one)
{
    gives("Word(\"a,;b\",2,\",;\")", "\"b\"");
    gives("MimWord(\"a,;b\",2,\",;\")", "\"\"");
}
END_TEST

START_TEST(numbers_in_bytes_begin_with_the_lowest)
{
    gives("CNum([bytes])", "258");
    gives("CBin(258,2)", "hex:0201");
}
END_TEST

START_TEST(a_thumbprint_is_sha_256)
{
    gives("Left(Thumbprint([bytes]),4)", "hex:25DFD29C");
}
END_TEST

START_TEST(plus_of_a_text_puts_together)
{
    gives("\"4\" + \"2\"", "\"42\"");
    gives("[text] + 1", "\"abc1\"");
    gives("40 + 2", "42");
}
END_TEST

START_TEST(arguments_convert_as_flows_do)
{
    gives("Left(12345,2)", "\"12\"");
    gives("BitAnd(\"6\",2)", "2");
    gives("BitAnd(\"6x\",2)", "error");
    gives("Left([text],1.5)", "error");
    gives("Trim([bytes])", "error");
    gives("LCase(Now())", "error");
}
END_TEST

START_TEST(a_condition_says_true_or_false)
{
    gives("IIF(\"TRUE\",1,2)", "1");
    gives("IIF(7,1,2)", "1");
    gives("IIF(NULL,1,2)", "2");
    gives("IIF([text],1,2)", "error");
    gives("CBool([text])", "error");
}
END_TEST

/* --- sets ------------------------------------------------------------------------- */

START_TEST(sets_go_in_pairs)
{
    gives("[many] & [pair]", "{\"a1\", \"b2\"}");
    gives("[many] & [one]", "{\"ax\", \"bx\"}");
    gives("[many] & Split(\"1,2,3\",\",\")", "error");
}
END_TEST

START_TEST(nulls_drop_out_at_the_end)
{
    gives("IIF(InStr([proxyAddresses],\"smtp:\")=1,NULL,[proxyAddresses])",
          "\"SMTP:b@x\"");
    gives("IIF([many]=\"a\",NULL,[many]) & [pair]", "{\"1\", \"b2\"}");
    gives("Count(IIF([many]=\"a\",NULL,[many]))", "1");
}
END_TEST

START_TEST(a_control_value_is_the_whole_result)
{
    gives("IIF([many]=\"a\",IgnoreThisFlow,[many])", "IgnoreThisFlow");
    gives("Trim(AuthoritativeNull)", "AuthoritativeNull");
    gives("IsNull(IgnoreThisFlow)", "IgnoreThisFlow");
}
END_TEST

START_TEST(split_keeps_empty_parts_and_the_rest)
{
    gives("Split(\"a,,b\",\",\")", "{\"a\", \"\", \"b\"}");
    gives("Split(\"a,b,c\",\",\",2)", "{\"a\", \"b,c\"}");
}
END_TEST

/* --- flow of control -------------------------------------------------------------- */

START_TEST(iif_evaluates_one_branch)
{
    gives("IIF(True,[text],Error(\"x\"))", "\"abc\"");
    gives("IIF(False,1/0,[text])", "\"abc\"");
}
END_TEST

START_TEST(switch_evaluates_all_conditions_and_one_value)
{
    gives("Switch(True,1,1/0=1,2)", "error");
    gives("Switch(True,1,False,1/0)", "1");
    gives("Switch(True,1,Error(\"x\"),2)", "1");
    gives("Switch(True,1,True)", "error");
}
END_TEST

START_TEST(an_error_counts_where_it_is_used)
{
    gives("With($x,Error(\"x\"),IIF(True,1,$x))", "1");
    gives("With($x,Error(\"x\"),$x & \"y\")", "Error(\"x\")");
}
END_TEST

START_TEST(imported_value_reads_the_import)
{
    gives("ImportedValue(\"mail\")", "\"old\"");
    gives("[mail]", "\"new\"");
    gives("ValueCount(\"many\")", "2");
    ck_assert(!parses("ImportedValue([mail])"));
}
END_TEST

/* --- texts and dates -------------------------------------------------------------- */

START_TEST(instrrev_ends_at_the_start)
{
    gives("InStrRev(\"abab\",\"ab\",3)", "1");
    gives("InStrRev(\"abab\",\"ab\",4)", "3");
}
END_TEST

START_TEST(mid_without_a_number_goes_to_the_end)
{
    gives("Mid(\"SMTP:a@x\",6)", "\"a@x\"");
}
END_TEST

START_TEST(the_type_of_a_component_is_not_escaped)
{
    gives("EscapeDNComponent(\"cn=a,b\")", "\"cn=a\\\\,b\"");
    gives("EscapeDNComponent(\"a,b\")", "\"a\\\\,b\"");
    gives("DNComponent(CRef([dn]),1)", "\"Ada\\\\0ACNF:1\"");
}
END_TEST

START_TEST(what_is_no_text_decodes_to_a_sign)
{
    gives("ConvertFromUTF8Hex(\"FF41\")", "\"\ufffdA\"");
    gives("ConvertFromBase64(\"/w==\",ASCII)", "\"?\"");
}
END_TEST

START_TEST(dates_are_in_utc_and_months_first)
{
    gives("CDate(\"1/2/2012\")", "2012-01-02 00:00:00");
    gives("CDate(\"2012-01-02 01:00 +02:00\")", "2012-01-01 23:00:00");
    gives("CDate(\"1/2/29\")", "2029-01-02 00:00:00");
    gives("CDate(\"1/2/30\")", "1930-01-02 00:00:00");
}
END_TEST

START_TEST(a_date_below_zero_is_an_error)
{
    gives("DateFromNum(-1)", "error");
    gives("DateFromNum(9223372036854775807)", "error");
    gives("FormatDateTime(DateFromNum(0),\"yyyyMMddHHmmss.0Z\")",
          "\"16010101000000.0Z\"");
}
END_TEST

START_TEST(random_numbers_include_both_ends)
{
    bool seen[3] = {false};

    for (int i = 0; i < 1000; i++) {
        struct object object = object_of(&arena, names, NULL);
        const char *got = object_show(&object, "RandomNum(0,2)");

        ck_assert(got[0] >= '0' && got[0] <= '2' && got[1] == '\0');
        seen[got[0] - '0'] = true;
    }
    ck_assert(seen[0] && seen[1] && seen[2]);
}
END_TEST

/* --- limits ----------------------------------------------------------------------- */

START_TEST(an_evaluation_has_bounds)
{
    gives("PadLeft(\"\",1000000000,\"x\")", "error");
    gives("With($s,Split(PadLeft(\"\",3999,\",\"),\",\"),Count(Select($a,$s,Count(Select("
          "$b,"
          "$s,$b)))))",
          "error");
}
END_TEST

/* --- the document ----------------------------------------------------------------- */

#define TESTS                                                                            \
    precedence_is_normal_and_not_left_to_right,                                          \
        names_of_functions_and_attributes_have_no_case, a_doubled_quote_is_a_quote,      \
        a_backslash_before_anything_else_is_kept, hexadecimal_numbers_have_no_sign,      \
        an_option_may_stand_in_quotes, certificate_functions_are_refused_by_name,        \
        and_and_or_do_not_evaluate_a_side_that_does_not_matter,                          \
        equality_ignores_case_and_reads_numbers_in_texts,                                \
        null_equals_null_alone_and_has_no_order,                                         \
        null_goes_through_numbers_and_is_empty_in_a_text, functions_of_null,             \
        white_space_is_that_of_net, positions_count_code_points,                         \
        case_is_mapped_one_code_point_to_one,                                            \
        duplicates_are_exact_and_searches_mind_the_case, delimiters_in_a_row_are_one,    \
        numbers_in_bytes_begin_with_the_lowest, a_thumbprint_is_sha_256,                 \
        plus_of_a_text_puts_together, arguments_convert_as_flows_do,                     \
        a_condition_says_true_or_false, sets_go_in_pairs, nulls_drop_out_at_the_end,     \
        a_control_value_is_the_whole_result, split_keeps_empty_parts_and_the_rest,       \
        iif_evaluates_one_branch, switch_evaluates_all_conditions_and_one_value,         \
        an_error_counts_where_it_is_used, imported_value_reads_the_import,               \
        instrrev_ends_at_the_start, mid_without_a_number_goes_to_the_end,                \
        the_type_of_a_component_is_not_escaped, what_is_no_text_decodes_to_a_sign,       \
        dates_are_in_utc_and_months_first, a_date_below_zero_is_an_error,                \
        random_numbers_include_both_ends, an_evaluation_has_bounds

static const char *document(void)
{
    FILE *file = fopen(SOURCE_DIR "/docs/design/003-expressions.md", "r");
    BUF_AUTO text = {0};
    int c;

    ck_assert_ptr_nonnull(file);
    while ((c = fgetc(file)) != EOF)
        buf_char(&text, (char)c);
    fclose(file);
    return arena_textn(&arena, text.at, text.length);
}

START_TEST(every_test_of_this_file_is_a_row_of_the_document)
{
    const TTest *const tests[] = {TESTS};
    size_t count = sizeof tests / sizeof tests[0];
    const char *text = document();
    size_t rows = 0;

    for (size_t i = 0; i < count; i++)
        ck_assert_msg(
            strstr(text, arena_print(&arena, "`decisions: %s`", tests[i]->name)) != NULL,
            "no row for %s", tests[i]->name);
    for (const char *at = text; (at = strstr(at, "`decisions: ")) != NULL; at++)
        rows++;
    ck_assert_uint_eq(rows, count);
}
END_TEST

SUITE_WITH("expr/decisions", begin, end, TESTS,
           every_test_of_this_file_is_a_row_of_the_document)
