/* SPDX-License-Identifier: Apache-2.0 */

/* MIM's trees, written here as they stand in the XML: name, then arguments. */

#include "expr_case.h"
#include "suite.h"

static struct expr *text(const char *content)
{
    return expr_literal(
        &arena, &(struct expr_value){.kind = EXPR_STRING, .bytes = slice_text(content)});
}

static struct expr *number(int64_t value)
{
    return expr_literal(&arena,
                        &(struct expr_value){.kind = EXPR_NUMBER, .number = value});
}

static struct expr *attribute(const char *name)
{
    return expr_attribute(&arena, names, name);
}

static struct expr *call_of(const char *name, struct expr **arguments, size_t count)
{
    struct expr *out = NULL;
    struct ma_error err = {0};

    ck_assert_msg(expr_call(&out, &arena, name, arguments, count, &err) == MA_OK, "%s",
                  err.text);
    return out;
}

#define CALL(name, ...)                                                                  \
    call_of(name, (struct expr *[]){__VA_ARGS__},                                        \
            sizeof((struct expr *[]){__VA_ARGS__}) / sizeof(struct expr *))

static const char *refusal(const char *name, size_t count)
{
    struct expr *arguments[] = {text("a"), text("b"), text("c"), text("d")};
    struct expr *out = NULL;
    struct ma_error err = {0};

    ck_assert_int_eq(expr_call(&out, &arena, name, arguments, count, &err), MA_INVALID);
    ck_assert_ptr_null(out);
    return arena_text(&arena, err.text);
}

/* The tree prints as this text, and the text parses to this tree. */
static void is_text(const struct expr *tree, const char *wanted)
{
    ck_assert_str_eq(expr_print(&arena, tree), wanted);
    ck_assert(expr_equal(tree, object_parse(&arena, names, wanted)));
}

static const char *show(const struct expr *tree, const char *const *given)
{
    struct object object = object_of(&arena, names, given);
    struct expr_value value = expr_eval(tree, &object.source, &arena);

    return expr_show(&arena, &value);
}

#define ON(...) ((const char *const[]){__VA_ARGS__, NULL})

START_TEST(a_dn_is_put_together)
{
    struct expr *tree = CALL("+", text("CN="), attribute("accountName"),
                             text(",OU=People,DC=Contoso,DC=local"));

    is_text(tree, "\"CN=\" + [accountName] + \",OU=People,DC=Contoso,DC=local\"");
    ck_assert_str_eq(show(tree, ON("accountName=ada")),
                     "\"CN=ada,OU=People,DC=Contoso,DC=local\"");
    ck_assert_str_eq(show(tree, ON("other=x")), "NULL");
}
END_TEST

START_TEST(a_display_name_with_and_without_its_middle)
{
    struct expr *whole = CALL("+", attribute("Firstname"), text(" "),
                              CALL("Left", attribute("MiddleName"), number(1)),
                              text(". "), attribute("LastName"));
    struct expr *tree =
        CALL("IIF", CALL("IsPresent", attribute("MiddleName")), whole,
             CALL("+", attribute("Firstname"), text(" "), attribute("LastName")));

    ck_assert_str_eq(show(tree, ON("Firstname=Ada", "LastName=Lima", "MiddleName=Eve")),
                     "\"Ada E. Lima\"");
    ck_assert_str_eq(show(tree, ON("Firstname=Ada", "LastName=Lima")), "\"Ada Lima\"");
    (void)object_parse(&arena, names, expr_print(&arena, tree));
}
END_TEST

START_TEST(a_group_type_from_its_scope)
{
    struct expr *inner = CALL("IIF", CALL("Eq", attribute("scope"), text("Universal")),
                              number(-2147483640), number(-2147483644));
    struct expr *tree = CALL("IIF", CALL("Eq", attribute("scope"), text("Global")),
                             number(-2147483646), inner);

    is_text(tree, "IIF([scope] = \"Global\", -2147483646, IIF([scope] = \"Universal\", "
                  "-2147483640, -2147483644))");
    ck_assert_str_eq(show(tree, ON("scope=Global")), "-2147483646");
    ck_assert_str_eq(show(tree, ON("scope=universal")), "-2147483640");
    ck_assert_str_eq(show(tree, ON("other=x")), "-2147483644");
}
END_TEST

START_TEST(names_that_connect_has_another_name_for)
{
    is_text(CALL("UpperCase", attribute("a")), "UCase([a])");
    is_text(CALL("LowerCase", attribute("a")), "LCase([a])");
    is_text(CALL("ProperCase", attribute("a")), "PCase([a])");
    is_text(CALL("Trim", attribute("a")), "Trim([a])");
    is_text(CALL("LeftPad", attribute("a"), number(10), text("0")),
            "PadLeft([a], 10, \"0\")");
    is_text(CALL("RightPad", attribute("a"), number(10), text("0")),
            "PadRight([a], 10, \"0\")");
    is_text(CALL("ConvertSidToString", attribute("a")), "StringFromSid([a])");
    is_text(CALL("ConvertStringToGuid", attribute("a")), "CGuid([a])");
    is_text(CALL("NotEquals", attribute("a"), text("x")), "[a] <> \"x\"");
    is_text(CALL("LessThan", attribute("a"), number(1)), "[a] < 1");
    is_text(CALL("LessThanOrEquals", attribute("a"), number(1)), "[a] <= 1");
    is_text(CALL("GreaterThan", attribute("a"), number(1)), "[a] > 1");
    is_text(CALL("GreaterThanOrEquals", attribute("a"), number(1)), "[a] >= 1");
    is_text(CALL("BitAnd", number(2), attribute("a")), "BitAnd(2, [a])");
    is_text(CALL("Concatenate", attribute("a"), attribute("b")), "[a] + [b]");
    is_text(CALL("DateTimeFormat", attribute("a"), text("yyyy")),
            "FormatDateTime(CDate([a]), \"yyyy\")");
    is_text(call_of("CRLF", NULL, 0), "CRLF");
    is_text(call_of("Null", NULL, 0), "NULL");
    is_text(call_of("Guid", NULL, 0), "GUID()");
}
END_TEST

START_TEST(what_mim_does_in_another_way_has_a_name_of_its_own)
{
    is_text(CALL("Word", attribute("a"), number(2), text(";")), "MimWord([a], 2, \";\")");
    is_text(CALL("Mid", attribute("a"), number(3), number(5)), "MimMid([a], 3, 5)");
    is_text(CALL("ReplaceString", attribute("a"), text("x"), text("y")),
            "ReplaceString([a], \"x\", \"y\")");
    ck_assert_str_eq(
        show(CALL("DateTimeFormat", text("12/25/2007"), text("yyyy-MM-dd")), ON("a=b")),
        "\"2007-12-25\"");
}
END_TEST

START_TEST(a_chain_that_is_an_operand_keeps_its_brackets)
{
    struct expr *inner = CALL("+", attribute("b"), attribute("c"));

    is_text(CALL("+", attribute("a"), inner), "[a] + ([b] + [c])");
    is_text(CALL("Eq", CALL("Eq", attribute("a"), attribute("b")), attribute("c")),
            "[a] = [b] = [c]");
}
END_TEST

START_TEST(what_cannot_be_built_is_refused_by_name)
{
    ck_assert_str_eq(refusal("RegexReplace", 3),
                     "RegexReplace is not supported: no reference says what it does");
    ck_assert_str_eq(refusal("ConcatenateMultivaluedString", 2),
                     "ConcatenateMultivaluedString is not supported: no reference says "
                     "what it does");
    ck_assert_str_eq(refusal("UpperCase", 2), "UCase takes 1 argument, and 2 are given");
    ck_assert_str_eq(refusal("Eq", 1), "= takes 2 arguments, and 1 are given");
    ck_assert_str_eq(refusal("+", 1), "+ takes 2 arguments or more, and 1 are given");
    ck_assert_str_eq(refusal("DateTimeFormat", 1),
                     "DateTimeFormat takes 2 arguments, and 1 are given");
    ck_assert_str_eq(refusal("CertIssuer", 1),
                     "CertIssuer is not supported: certificates are not read");
    ck_assert_str_eq(refusal("Xyzzyplugh", 1), "there is no function 'Xyzzyplugh'");
    ck_assert_str_eq(refusal("ImportedValue", 1),
                     "ImportedValue stands in texts of expressions only");
    ck_assert_str_eq(refusal("Select", 3), "Select stands in texts of expressions only");
}
END_TEST

START_TEST(a_tree_that_is_too_deep_is_refused)
{
    struct expr *tree = attribute("a");
    struct ma_error err = {0};
    enum ma_status status = MA_OK;

    for (size_t i = 0; i < 1000 && status == MA_OK; i++)
        status = expr_call(&tree, &arena, "Trim", &tree, 1, &err);

    ck_assert_int_eq(status, MA_INVALID);
    ck_assert_str_eq(err.text, "the expression is more than 500 levels deep");
}
END_TEST

SUITE_WITH("expr/mim", begin, end, a_dn_is_put_together,
           a_display_name_with_and_without_its_middle, a_group_type_from_its_scope,
           names_that_connect_has_another_name_for,
           what_mim_does_in_another_way_has_a_name_of_its_own,
           a_chain_that_is_an_operand_keeps_its_brackets,
           what_cannot_be_built_is_refused_by_name, a_tree_that_is_too_deep_is_refused)
