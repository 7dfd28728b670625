/* SPDX-License-Identifier: Apache-2.0 */

/* Functions of points in time; the calendar is date.c. */

#include "base/clock.h"
#include "expr/date.h"
#include "expr/eval.h"

/* --- DateAdd ------------------------------------------------------------------------ */

static const struct {
    const char *name;
    int64_t months;
    int64_t seconds;
} intervals[] = {
    {"yyyy", 12, 0},
    {"q", 3, 0},
    {"m", 1, 0},
    {"y", 0, DATE_DAY_SECONDS},
    {"d", 0, DATE_DAY_SECONDS},
    {"w", 0, DATE_DAY_SECONDS},
    {"ww", 0, INT64_C(7) * DATE_DAY_SECONDS},
    {"h", 0, 3600},
    {"n", 0, 60},
    {"s", 0, 1},
};

static bool shift(int64_t ticks, size_t interval, int64_t value, int64_t *out)
{
    int64_t by;

    if (intervals[interval].months != 0)
        return !__builtin_mul_overflow(value, intervals[interval].months, &by) &&
               date_add_months(ticks, by, out);
    return !__builtin_mul_overflow(value, intervals[interval].seconds, &by) &&
           !__builtin_mul_overflow(by, DATE_TICKS_PER_SECOND, &by) &&
           !__builtin_add_overflow(ticks, by, out) && date_is_valid(*out);
}

static void add(struct eval *e, const struct expr_value *arguments, unsigned count,
                struct expr_value *out)
{
    int64_t ticks;

    (void)count;
    for (size_t i = 0; i < sizeof intervals / sizeof intervals[0]; i++) {
        if (!text_caseequal(arguments[0].bytes, slice_text(intervals[i].name)))
            continue;
        if (shift(arguments[2].number, i, arguments[1].number, &ticks))
            eval_date(out, ticks);
        else
            eval_fail(e, out, "the result lies outside of the years 1 to 9999");
        return;
    }
    eval_fail(e, out, "an interval is yyyy, q, m, y, d, w, ww, h, n or s");
}

/* --- conversions -------------------------------------------------------------------- */

static void from_number(struct eval *e, const struct expr_value *arguments,
                        unsigned count, struct expr_value *out)
{
    int64_t ticks = arguments[0].number;

    (void)count;
    if (ticks < 0 || !date_is_valid(ticks))
        eval_fail(e, out, "the number is no date: it lies outside of 1601 to 9999");
    else
        eval_date(out, ticks);
}

static void to_number(struct eval *e, const struct expr_value *arguments, unsigned count,
                      struct expr_value *out)
{
    (void)count;
    if (arguments[0].number < 0)
        eval_fail(e, out, "a date before 1601 has no number");
    else
        eval_number(out, arguments[0].number);
}

static void format(struct eval *e, const struct expr_value *arguments, unsigned count,
                   struct expr_value *out)
{
    const char *why = NULL;
    const char *text =
        date_format(e->arena, arguments[0].number, arguments[1].bytes, &why);

    (void)count;
    if (text == NULL)
        eval_fail(e, out, "%s", why);
    else
        eval_text(out, slice_text(text));
}

static void now(struct eval *e, const struct expr_value *arguments, unsigned count,
                struct expr_value *out)
{
    (void)e;
    (void)arguments;
    (void)count;
    eval_date(out, date_from_unix_millis(clock_now()));
}

static const struct function rows[] = {
    {HELP("DateAdd", "dt DateAdd(str interval, num value, dt date)",
          "The date moved by yyyy, q, m, y, d, w, ww, h, n or s.",
          "DateAdd(\"m\",3,CDate(\"2001-01-01\"))", "2001-04-01 00:00:00"),
     .least = 3, .most = 3, .takes = {TAKES_TEXT, TAKES_NUMBER, TAKES_DATE}, .body = add},
    {HELP("DateFromNum", "dt DateFromNum(num value)",
          "The date of 100 ns since 1601, as AD keeps it.",
          "DateFromNum(129699324000000000)", "2012-01-01 23:00:00"),
     .least = 1, .most = 1, .takes = {TAKES_NUMBER}, .body = from_number},
    {HELP("FormatDateTime", "str FormatDateTime(dt value, str format)",
          "The date in a custom format of .NET, such as yyyy-MM-dd HH:mm:ss.",
          "FormatDateTime(CDate(\"12/25/2007\"),\"yyyy-MM-dd\")", "\"2007-12-25\""),
     .least = 2, .most = 2, .takes = {TAKES_DATE, TAKES_TEXT}, .body = format},
    {HELP("Now", "dt Now()", "The current time, in UTC.", "Now()>CDate(\"2001-01-01\")",
          "True"),
     .varies = true, .body = now},
    {HELP("NumFromDate", "num NumFromDate(dt value)",
          "100 ns since 1601, as AD keeps a date.",
          "NumFromDate(CDate(\"2012-01-01 23:00:00\"))", "129699324000000000"),
     .least = 1, .most = 1, .takes = {TAKES_DATE}, .body = to_number},
};

const struct function_group fn_dates = {"Date and time", rows,
                                        sizeof rows / sizeof rows[0]};
