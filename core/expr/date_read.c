/* SPDX-License-Identifier: Apache-2.0 */

/* Dates of text: the invariant culture of .NET, which has months first. */

#include <ctype.h>

#include "base/text.h"
#include "expr/date.h"

enum half { HALF_NONE, HALF_AM, HALF_PM };

struct reading {
    struct slice rest;
    struct date_parts parts;
    bool date;
    bool time;
    bool month_named;
    enum half half;
    bool zone;
    int offset; /* minutes east of UTC */
};

static char first(const struct reading *r)
{
    return r->rest.length == 0 ? '\0' : r->rest.at[0];
}

static void skip(struct reading *r, size_t count)
{
    r->rest = slice_of(r->rest.at + count, r->rest.length - count);
}

static size_t digits_at(struct slice text)
{
    size_t n = 0;

    while (n < text.length && isdigit((unsigned char)text.at[n]))
        n++;
    return n;
}

/* Reads a number of at most nine digits; how many they were, 0: none. */
static size_t take_number(struct reading *r, int *out)
{
    size_t count = digits_at(r->rest);

    if (count == 0 || count > 9)
        return 0;
    *out = 0;
    for (size_t i = 0; i < count; i++)
        *out = *out * 10 + (r->rest.at[i] - '0');
    skip(r, count);
    return count;
}

static bool take_sign(struct reading *r, char sign)
{
    if (first(r) != sign || digits_at(slice_of(r->rest.at + 1, r->rest.length - 1)) == 0)
        return false;
    skip(r, 1);
    return true;
}

/* Two digits are of 1930 to 2029. */
static bool set_year(struct reading *r, int year, size_t digits)
{
    if (digits <= 2)
        year += year < 30 ? 2000 : 1900;
    else if (digits != 4)
        return false;
    r->parts.year = year;
    return true;
}

/* Behind the first number and its separator: 2013-01-10, 12/25/2007. */
static bool read_date(struct reading *r, int number, size_t digits, char separator)
{
    int second;
    int third;
    size_t third_digits;

    if (r->date || take_number(r, &second) == 0 || !take_sign(r, separator))
        return false;
    third_digits = take_number(r, &third);
    r->date = true;
    if (digits == 4) {
        r->parts.month = second;
        r->parts.day = third;
        return third_digits > 0 && set_year(r, number, digits);
    }
    r->parts.month = number;
    r->parts.day = second;
    return third_digits > 0 && set_year(r, third, third_digits);
}

static bool read_fraction(struct reading *r)
{
    size_t count = digits_at(r->rest);

    if (count > DATE_TICK_DIGITS)
        return false;
    r->parts.ticks = 0;
    for (size_t i = 0; i < DATE_TICK_DIGITS; i++)
        r->parts.ticks = r->parts.ticks * 10 + (i < count ? r->rest.at[i] - '0' : 0);
    skip(r, count);
    return true;
}

/* Behind the hour and its colon. */
static bool read_time(struct reading *r, int hour)
{
    if (r->time || take_number(r, &r->parts.minute) == 0)
        return false;
    r->time = true;
    r->parts.hour = hour;
    if (!take_sign(r, ':'))
        return true;
    if (take_number(r, &r->parts.second) == 0)
        return false;
    return !take_sign(r, '.') || read_fraction(r);
}

static bool is_half_next(const struct reading *r)
{
    struct slice rest = text_trim_start(r->rest);

    return rest.length >= 2 && strchr("aApP", rest.at[0]) != NULL &&
           (rest.at[1] == 'm' || rest.at[1] == 'M');
}

/* A number that stands alone: an hour before AM or PM, else beside the name of a month
 * the day, or the year. */
static bool read_alone(struct reading *r, int number, size_t digits)
{
    if (is_half_next(r) && !r->time) {
        r->time = true;
        r->parts.hour = number;
        return true;
    }
    if (digits <= 2 && r->parts.day == 0 && !r->date) {
        r->parts.day = number;
        return true;
    }
    return digits == 4 && r->parts.year == 0 && !r->date && set_year(r, number, digits);
}

static bool read_number(struct reading *r)
{
    static const char separators[] = "-/.";
    int number;
    size_t digits = take_number(r, &number);

    if (digits == 0)
        return false;
    if (take_sign(r, ':'))
        return read_time(r, number);
    for (size_t i = 0; i < sizeof separators - 1 && !r->date; i++)
        if (take_sign(r, separators[i]))
            return read_date(r, number, digits, separators[i]);
    return read_alone(r, number, digits);
}

/* +02:00, -8, +0530 */
static bool read_offset(struct reading *r)
{
    int sign = first(r) == '-' ? -1 : 1;
    int hours;
    int minutes = 0;
    size_t digits;

    skip(r, 1);
    digits = take_number(r, &hours);
    if (digits == 4) {
        minutes = hours % 100;
        hours /= 100;
    } else if (digits == 0 || digits > 2 ||
               (take_sign(r, ':') && take_number(r, &minutes) != 2)) {
        return false;
    }
    r->zone = true;
    r->offset = sign * (hours * 60 + minutes);
    return hours <= 14 && minutes < 60;
}

/* The index of the name that the word is, in full or as its first three letters. */
static int name_index(struct slice word, const char *const *names, int count)
{
    for (int i = 0; i < count; i++)
        if (text_caseequal(word, slice_text(names[i])) ||
            text_caseequal(word, slice_of(names[i], 3)))
            return i;
    return -1;
}

static bool is_word(struct slice word, const char *text)
{
    return text_caseequal(word, slice_text(text));
}

static bool read_half(struct reading *r, enum half half)
{
    if (r->half != HALF_NONE || !r->time)
        return false;
    r->half = half;
    return true;
}

static bool read_word(struct reading *r)
{
    size_t length = 0;
    struct slice word;
    int month;

    while (length < r->rest.length && isalpha((unsigned char)r->rest.at[length]))
        length++;
    word = slice_of(r->rest.at, length);
    skip(r, length);
    month = name_index(word, date_months, 12);
    if (month >= 0 && !r->date && !r->month_named) {
        r->month_named = true;
        r->parts.month = month + 1;
        return true;
    }
    if (is_word(word, "AM") || is_word(word, "PM"))
        return read_half(r, is_word(word, "PM") ? HALF_PM : HALF_AM);
    if (is_word(word, "T"))
        return r->date && !r->time && isdigit((unsigned char)first(r));
    if ((is_word(word, "Z") || is_word(word, "UTC") || is_word(word, "GMT")) && !r->zone)
        return r->zone = r->time;
    return name_index(word, date_weekdays, 7) >= 0;
}

static bool read_next(struct reading *r)
{
    char c = first(r);

    if (isdigit((unsigned char)c))
        return read_number(r);
    if ((c == '+' || c == '-') && r->time && !r->zone)
        return read_offset(r);
    if (c == ',' && (r->date || r->month_named || !r->time)) {
        skip(r, 1);
        return true;
    }
    return isalpha((unsigned char)c) && read_word(r);
}

static bool to_24_hours(struct reading *r)
{
    if (r->half == HALF_NONE)
        return true;
    if (r->parts.hour < 1 || r->parts.hour > 12)
        return false;
    r->parts.hour = r->parts.hour % 12 + (r->half == HALF_PM ? 12 : 0);
    return true;
}

bool date_parse(struct slice text, int64_t *out)
{
    struct reading r = {.rest = text_trim(text)};

    while (r.rest.length > 0) {
        if (!read_next(&r))
            return false;
        r.rest = text_trim_start(r.rest);
    }
    if ((!r.date && !r.month_named) || !to_24_hours(&r) || !date_join(&r.parts, out))
        return false;
    *out -= r.offset * 60 * DATE_TICKS_PER_SECOND;
    return date_is_valid(*out);
}
