/* SPDX-License-Identifier: Apache-2.0 */

/*
 * MIM's functions: the front end for its trees, and the few functions that differ from
 * those of Connect with the same name (Microsoft's "Functions reference for Microsoft
 * Identity Manager 2016"): Mid gives an empty text for a number below 0, Word counts
 * between any two delimiters, ReplaceString reads \n, \r and \t in its arguments.
 */

#include "base/buf.h"
#include "expr/eval.h"
#include "expr/fn_text.h"

/* --- functions of its own ----------------------------------------------------------- */

static void mim_mid(struct eval *e, const struct expr_value *arguments, unsigned count,
                    struct expr_value *out)
{
    if (arguments[2].kind == EXPR_NUMBER && arguments[2].number < 0)
        eval_text(out, slice_text(""));
    else
        fn_mid(e, arguments, count, out);
}

static void mim_word(struct eval *e, const struct expr_value *arguments, unsigned count,
                     struct expr_value *out)
{
    (void)e;
    (void)count;
    if (arguments[0].kind == EXPR_NULL || arguments[1].kind == EXPR_NULL ||
        arguments[2].kind == EXPR_NULL)
        eval_text(out, slice_text(""));
    else
        fn_word(arguments[0].bytes, arguments[1].number, arguments[2].bytes, false, out);
}

static struct slice with_escapes(struct arena *arena, struct slice text)
{
    static const char letters[] = "nrt";
    static const char characters[] = "\n\r\t";
    BUF_AUTO out = {0};

    for (size_t i = 0; i < text.length; i++) {
        const char *letter = text.at[i] == '\\' && i + 1 < text.length
                                 ? memchr(letters, text.at[i + 1], sizeof letters - 1)
                                 : NULL;

        buf_char(&out, letter == NULL ? text.at[i] : characters[letter - letters]);
        i += letter != NULL;
    }
    return arena_slice(arena, buf_view(&out));
}

static void replace_string(struct eval *e, const struct expr_value *arguments,
                           unsigned count, struct expr_value *out)
{
    (void)count;
    fn_replace_text(e, arguments[0].bytes, with_escapes(e->arena, arguments[1].bytes),
                    with_escapes(e->arena, arguments[2].bytes), out);
}

static const struct function rows[] = {
    {HELP("MimMid", "str MimMid(str text, num start, num number)",
          "MIM's Mid: as Mid, but empty for a number below 0.",
          "MimMid(\"Britta Simon\",3,5)", "\"itta \""),
     .least = 3, .most = 3,
     .takes = {TAKES_TEXT | TAKES_BYTES, TAKES_NUMBER, TAKES_NUMBER}, .nulls = NULLS_OWN,
     .body = mim_mid},
    {HELP("MimWord", "str MimWord(str text, num number, str delimiters)",
          "MIM's Word: as Word, but between two delimiters stands an empty word.",
          "MimWord(\"Test;;Function\",3,\";\")", "\"Function\""),
     .least = 3, .most = 3, .takes = {TAKES_TEXT, TAKES_NUMBER, TAKES_TEXT},
     .nulls = NULLS_OWN, .body = mim_word},
    {HELP("ReplaceString", "str ReplaceString(str text, str old, str new)",
          "MIM's Replace: as Replace, and a backslash with n, r or t in the last two "
          "is read.",
          "ReplaceString(\"One\\tWay\",\"\\\\t\",\" \")", "\"One Way\""),
     .least = 3, .most = 3, .takes = {TAKES_TEXT, TAKES_TEXT, TAKES_TEXT},
     .body = replace_string},
};

const struct function_group fn_mim = {"MIM", rows, sizeof rows / sizeof rows[0]};

/* --- trees -------------------------------------------------------------------------- */

/* MIM's names for what has another one here. */
static const struct {
    const char *mim;
    const char *function;
    const char *sign; /* of an operator */
} names[] = {
    {"Eq", NULL, "="},
    {"NotEquals", NULL, "<>"},
    {"LessThan", NULL, "<"},
    {"LessThanOrEquals", NULL, "<="},
    {"GreaterThan", NULL, ">"},
    {"GreaterThanOrEquals", NULL, ">="},
    {"UpperCase", "UCase", NULL},
    {"LowerCase", "LCase", NULL},
    {"ProperCase", "PCase", NULL},
    {"LeftPad", "PadLeft", NULL},
    {"RightPad", "PadRight", NULL},
    {"ConvertSidToString", "StringFromSid", NULL},
    {"ConvertStringToGuid", "CGuid", NULL},
    {"Mid", "MimMid", NULL},
    {"Word", "MimWord", NULL},
};

/* Names that MIM has and its reference does not explain. */
static const char *const unexplained[] = {
    "ConcatenateMultivaluedString",
    "ConvertToBoolean",
    "ConvertToDate",
    "ConvertToNumber",
    "ConvertToString",
    "RandomNumber",
    "RegexReplace",
};

/* `+` of two arguments or more, as the chain that the text gives. */
static enum ma_status chain(struct expr **out, struct arena *arena,
                            struct expr **arguments, size_t count, struct ma_error *err)
{
    struct expr *sides[2];
    enum ma_status status = MA_OK;

    if (count < 2)
        return ma_fail(err, MA_INVALID, "+ takes 2 arguments or more, and %zu are given",
                       count);
    *out = arguments[0];
    for (size_t i = 1; i < count && status == MA_OK; i++) {
        sides[0] = *out;
        sides[1] = arguments[i];
        status = tree_call(out, arena, NULL, function_operator("+"), sides, 2, err);
    }
    return status;
}

/* CRLF() and Null() are constants. */
static bool is_constant(struct arena *arena, struct slice name, size_t count,
                        struct expr **out)
{
    const char *spelling;
    struct expr_value value;

    if (count != 0 || !tree_constant(name, &spelling, &value))
        return false;
    *out = tree_word(arena, spelling, &value);
    return true;
}

/* MIM's dates are texts. */
static enum ma_status format_date(struct expr **out, struct arena *arena,
                                  struct expr **arguments, size_t count,
                                  struct ma_error *err)
{
    struct expr *inner[2];
    enum ma_status status;

    if (count != 2)
        return ma_fail(err, MA_INVALID,
                       "DateTimeFormat takes 2 arguments, and %zu are given", count);
    inner[1] = arguments[1];
    status = tree_call(&inner[0], arena, NULL, function_find(slice_text("CDate")),
                       arguments, 1, err);
    if (status != MA_OK)
        return status;
    return tree_call(out, arena, NULL, function_find(slice_text("FormatDateTime")), inner,
                     2, err);
}

static const struct function *resolve(const char *name)
{
    struct slice wanted = slice_text(name);

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (text_caseequal(wanted, slice_text(names[i].mim)))
            return names[i].sign != NULL ? function_operator(names[i].sign)
                                         : function_find(slice_text(names[i].function));
    return function_find(wanted);
}

static bool is_unexplained(const char *name)
{
    for (size_t i = 0; i < sizeof unexplained / sizeof unexplained[0]; i++)
        if (text_caseequal(slice_text(name), slice_text(unexplained[i])))
            return true;
    return false;
}

enum ma_status expr_call(struct expr **out, struct arena *arena, const char *name,
                         struct expr **arguments, size_t count, struct ma_error *err)
{
    const struct function *function;
    struct slice wanted = slice_text(name);

    if (strcmp(name, "+") == 0 || text_caseequal(wanted, slice_text("Concatenate")))
        return chain(out, arena, arguments, count, err);
    if (text_caseequal(wanted, slice_text("DateTimeFormat")))
        return format_date(out, arena, arguments, count, err);
    if (is_constant(arena, wanted, count, out))
        return MA_OK;
    function = resolve(name);
    if (function == NULL && is_unexplained(name))
        return ma_fail(err, MA_INVALID,
                       "%s is not supported: no reference says what it does", name);
    if (function == NULL)
        return function_unknown(name, err);
    if (function->binds)
        return ma_fail(err, MA_INVALID, "%s stands in texts of expressions only", name);
    return tree_call(out, arena, NULL, function, arguments, count, err);
}
