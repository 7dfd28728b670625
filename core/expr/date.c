/* SPDX-License-Identifier: Apache-2.0 */
#include "expr/date.h"

#include "base/text.h"

const char *const date_months[12] = {"January",   "February", "March",    "April",
                                     "May",       "June",     "July",     "August",
                                     "September", "October",  "November", "December"};
const char *const date_weekdays[7] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                      "Thursday", "Friday", "Saturday"};

#define DAYS_FROM_YEAR_1_TO_1601 INT64_C(584388)
#define TICKS_FROM_1601_TO_1970 INT64_C(116444736000000000)

enum { FIRST_YEAR = 1, LAST_YEAR = 9999, DAYS_OF_400_YEARS = 146097 };

/* --- the calendar ------------------------------------------------------------------- */

static bool is_leap(int64_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int days_of_month(int64_t year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return days[month - 1] + (month == 2 && is_leap(year));
}

/* Days since 0001-01-01. Years begin in March here, so that leap days come last. */
static int64_t days_from(int64_t year, int month, int day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = y / 400;
    int64_t of_era = y - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

    return era * DAYS_OF_400_YEARS + of_era * 365 + of_era / 4 - of_era / 100 + of_year -
           306;
}

static void split_days(int64_t days, struct date_parts *out)
{
    int64_t shifted = days + 306;
    int64_t era = shifted / DAYS_OF_400_YEARS;
    int64_t of_era = shifted - era * DAYS_OF_400_YEARS;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * of_year + 2) / 153;

    out->day = (int)(of_year - (153 * month + 2) / 5 + 1);
    out->month = (int)(month < 10 ? month + 3 : month - 9);
    out->year = year + era * 400 + (out->month <= 2);
    out->weekday = (int)((days + 1) % 7);
}

/* -584388 days: the first of year 1. */
bool date_is_valid(int64_t ticks)
{
    int64_t first = -DAYS_FROM_YEAR_1_TO_1601 * DATE_TICKS_PER_DAY;
    int64_t end =
        (days_from(LAST_YEAR + 1, 1, 1) - DAYS_FROM_YEAR_1_TO_1601) * DATE_TICKS_PER_DAY;

    return ticks >= first && ticks < end;
}

struct date_parts date_split(int64_t ticks)
{
    struct date_parts parts = {0};
    int64_t days = ticks / DATE_TICKS_PER_DAY - (ticks % DATE_TICKS_PER_DAY < 0);
    int64_t rest = ticks - days * DATE_TICKS_PER_DAY;
    int64_t seconds = rest / DATE_TICKS_PER_SECOND;

    split_days(days + DAYS_FROM_YEAR_1_TO_1601, &parts);
    parts.hour = (int)(seconds / 3600);
    parts.minute = (int)(seconds / 60 % 60);
    parts.second = (int)(seconds % 60);
    parts.ticks = (int)(rest % DATE_TICKS_PER_SECOND);
    return parts;
}

static bool is_between(int64_t value, int64_t least, int64_t most)
{
    return value >= least && value <= most;
}

bool date_join(const struct date_parts *parts, int64_t *out)
{
    int64_t days;
    int64_t seconds;

    if (!is_between(parts->year, FIRST_YEAR, LAST_YEAR) ||
        !is_between(parts->month, 1, 12) ||
        !is_between(parts->day, 1, days_of_month(parts->year, parts->month)) ||
        !is_between(parts->hour, 0, 23) || !is_between(parts->minute, 0, 59) ||
        !is_between(parts->second, 0, 59))
        return false;
    days = days_from(parts->year, parts->month, parts->day) - DAYS_FROM_YEAR_1_TO_1601;
    seconds = parts->hour * 3600 + parts->minute * 60 + parts->second;
    *out = days * DATE_TICKS_PER_DAY + seconds * DATE_TICKS_PER_SECOND + parts->ticks;
    return true;
}

bool date_add_months(int64_t ticks, int64_t months, int64_t *out)
{
    struct date_parts parts = date_split(ticks);
    int64_t month = parts.year * 12 + parts.month - 1;

    if (!is_between(months, -12 * LAST_YEAR, 12 * LAST_YEAR) || month + months < 12)
        return false;
    month += months;
    parts.year = month / 12;
    parts.month = (int)(month % 12) + 1;
    if (parts.day > days_of_month(parts.year, parts.month))
        parts.day = days_of_month(parts.year, parts.month);
    return date_join(&parts, out);
}

int64_t date_from_unix_millis(int64_t millis)
{
    return millis * 10000 + TICKS_FROM_1601_TO_1970;
}
