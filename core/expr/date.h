/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPR_DATE_H
#define EXPR_DATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

/*
 * Points in time as .NET's DateTime has them, in UTC: 100 ns since 1601 (a FILETIME), of
 * the years 1 to 9999 of the Gregorian calendar. Text is read and written as the
 * invariant culture does.
 */

enum { DATE_DAY_SECONDS = 86400 };
#define DATE_TICKS_PER_SECOND INT64_C(10000000)
#define DATE_TICKS_PER_DAY (DATE_DAY_SECONDS * DATE_TICKS_PER_SECOND)

struct date_parts {
    int64_t year;
    int month; /* 1 .. 12 */
    int day;
    int hour;
    int minute;
    int second;
    int ticks;   /* of the second */
    int weekday; /* 0: Sunday */
};

/* Whether it lies in the years 1 to 9999. */
bool date_is_valid(int64_t ticks);
struct date_parts date_split(int64_t ticks);
/* False where there is no such day. */
bool date_join(const struct date_parts *parts, int64_t *out);
/* Adds months and keeps the day, or takes the last one of a shorter month. */
bool date_add_months(int64_t ticks, int64_t months, int64_t *out);
int64_t date_from_unix_millis(int64_t millis);

enum { DATE_TICK_DIGITS = 7 }; /* of a fraction of a second */
/* January first, Sunday first. */
extern const char *const date_months[12];
extern const char *const date_weekdays[7];

/* "2013-01-10 4:00 PM -8", "12/25/2007", "2012-01-01T23:00:00Z", "10 Jan 2013". */
bool date_parse(struct slice text, int64_t *out);
/* A custom format, or one letter for a standard one. NULL, and `why`, where it is bad. */
const char *date_format(struct arena *arena, int64_t ticks, struct slice format,
                        const char **why);

#endif
