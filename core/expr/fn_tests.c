/* SPDX-License-Identifier: Apache-2.0 */

/* Functions that ask what a value is. */

#include "base/guid.h"
#include "expr/date.h"
#include "expr/eval.h"

static bool is_empty(const struct expr_value *value)
{
    return (value->kind == EXPR_STRING || value->kind == EXPR_BYTES) &&
           value->bytes.length == 0;
}

static void empty(struct eval *e, const struct expr_value *arguments, unsigned count,
                  struct expr_value *out)
{
    (void)e;
    (void)count;
    eval_flag(out, is_empty(&arguments[0]));
}

static void null(struct eval *e, const struct expr_value *arguments, unsigned count,
                 struct expr_value *out)
{
    (void)e;
    (void)count;
    eval_flag(out, arguments[0].kind == EXPR_NULL);
}

static void null_or_empty(struct eval *e, const struct expr_value *arguments,
                          unsigned count, struct expr_value *out)
{
    (void)e;
    (void)count;
    eval_flag(out, arguments[0].kind == EXPR_NULL || is_empty(&arguments[0]));
}

static void present(struct eval *e, const struct expr_value *arguments, unsigned count,
                    struct expr_value *out)
{
    (void)e;
    (void)count;
    eval_flag(out, arguments[0].kind != EXPR_NULL && !is_empty(&arguments[0]));
}

static void date(struct eval *e, const struct expr_value *arguments, unsigned count,
                 struct expr_value *out)
{
    int64_t ticks;

    (void)e;
    (void)count;
    eval_flag(out,
              arguments[0].kind == EXPR_DATE || (arguments[0].kind == EXPR_STRING &&
                                                 date_parse(arguments[0].bytes, &ticks)));
}

static void numeric(struct eval *e, const struct expr_value *arguments, unsigned count,
                    struct expr_value *out)
{
    struct expr_value number;

    (void)e;
    (void)count;
    eval_flag(out, operand_numeric(&arguments[0], &number));
}

static void guid(struct eval *e, const struct expr_value *arguments, unsigned count,
                 struct expr_value *out)
{
    struct guid parsed;

    (void)e;
    (void)count;
    eval_flag(out, arguments[0].kind == EXPR_STRING &&
                       guid_parse(arguments[0].bytes, &parsed));
}

/* Whether CStr would do: objectGUID is binary in one system and a text in another. */
static void string(struct eval *e, const struct expr_value *arguments, unsigned count,
                   struct expr_value *out)
{
    struct slice text;

    (void)count;
    eval_flag(out, operand_to_text(e->arena, &arguments[0], &text));
}

static void bit_set(struct eval *e, const struct expr_value *arguments, unsigned count,
                    struct expr_value *out)
{
    (void)e;
    (void)count;
    eval_flag(out, (arguments[0].number & arguments[1].number) != 0 &&
                       arguments[0].kind == EXPR_NUMBER &&
                       arguments[1].kind == EXPR_NUMBER);
}

#define ASKS(of, function)                                                               \
    .least = 1, .most = 1, .takes = {TAKES_ANY}, .mode = (of), .nulls = NULLS_OWN,       \
    .body = (function)

static const struct function rows[] = {
    {HELP("IsBitSet", "bool IsBitSet(num value, num flag)",
          "Whether value and flag have a bit in common; null has none.",
          "IsBitSet(&HF,4)", "True"),
     .least = 2, .most = 2, .takes = {TAKES_NUMBER, TAKES_NUMBER}, .nulls = NULLS_OWN,
     .body = bit_set},
    {HELP("IsDate", "bool IsDate(var value)", "Whether CDate can read it.",
          "IsDate(\"12/25/2007\")", "True"),
     ASKS(MODE_EACH, date)},
    {HELP("IsEmpty", "bool IsEmpty(var value)", "Whether it is there, but empty.",
          "IsEmpty(\"\")", "True"),
     ASKS(MODE_WHOLE, empty)},
    {HELP("IsGuid", "bool IsGuid(str value)", "Whether CGuid can read it.",
          "IsGuid(\"{382c74c3-721d-4f34-80e5-57657b6cbc27}\")", "True"),
     ASKS(MODE_EACH, guid)},
    {HELP("IsNull", "bool IsNull(var value)", "Whether there is no value.",
          "IsNull(NULL)", "True"),
     ASKS(MODE_WHOLE, null), .tests_presence = true},
    {HELP("IsNullOrEmpty", "bool IsNullOrEmpty(var value)",
          "Whether there is no value, or an empty one.", "IsNullOrEmpty(\"\")", "True"),
     ASKS(MODE_WHOLE, null_or_empty), .tests_presence = true},
    {HELP("IsNumeric", "bool IsNumeric(var value)", "Whether CNum can read the text.",
          "IsNumeric(\"12a\")", "False"),
     ASKS(MODE_EACH, numeric)},
    {HELP("IsPresent", "bool IsPresent(var value)",
          "Whether there is a value that is not empty.", "IsPresent(\"a\")", "True"),
     ASKS(MODE_WHOLE, present), .tests_presence = true},
    {HELP("IsString", "bool IsString(var value)",
          "Whether CStr can make a text of it: not of binary, a date or null.",
          "IsString(12)", "True"),
     ASKS(MODE_EACH, string)},
};

const struct function_group fn_tests = {"Evaluation", rows, sizeof rows / sizeof rows[0]};
