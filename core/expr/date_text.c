/* SPDX-License-Identifier: Apache-2.0 */

/* Dates as text: the invariant culture of .NET, which writes months first. */

#include <ctype.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/text.h"
#include "expr/date.h"

static const char *const months[] = {"January",   "February", "March",    "April",
                                     "May",       "June",     "July",     "August",
                                     "September", "October",  "November", "December"};
static const char *const weekdays[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                       "Thursday", "Friday", "Saturday"};

enum { TICK_DIGITS = 7 };

/* --- reading ------------------------------------------------------------------------ */

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

    if (count > TICK_DIGITS)
        return false;
    r->parts.ticks = 0;
    for (size_t i = 0; i < TICK_DIGITS; i++)
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
    month = name_index(word, months, 12);
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
    return name_index(word, weekdays, 7) >= 0;
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

/* --- writing ------------------------------------------------------------------------ */

struct writing {
    struct buf *out;
    const struct date_parts *parts;
    const char *why;
};

/* No part of a date is below zero. */
static void put_padded(struct buf *out, int64_t number, size_t width)
{
    char digits[20];
    size_t at = sizeof digits;

    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    while (at > 0 && sizeof digits - at < width)
        digits[--at] = '0';
    buf_bytes(out, digits + at, sizeof digits - at);
}

static void put_plain_or_two(struct writing *w, int number, size_t run)
{
    put_padded(w->out, number, run > 1 ? 2 : 1);
}

static void put_named(struct writing *w, int number, const char *name, size_t run)
{
    if (run <= 2)
        put_plain_or_two(w, number, run);
    else
        buf_slice(w->out, slice_of(name, run == 3 ? 3 : strlen(name)));
}

static void put_year(struct writing *w, size_t run)
{
    if (run <= 2)
        put_plain_or_two(w, (int)(w->parts->year % 100), run);
    else
        put_padded(w->out, w->parts->year, run);
}

/* `F` drops zeros at the end, and the point before it where nothing is left. */
static void put_fraction(struct writing *w, size_t run, bool all)
{
    char digits[16];

    if (run > TICK_DIGITS) {
        w->why = "the format has more than 7 digits of a second";
        return;
    }
    snprintf(digits, sizeof digits, "%07d", w->parts->ticks % 10000000);
    while (!all && run > 0 && digits[run - 1] == '0')
        run--;
    if (run == 0 && w->out->length > 0 && w->out->at[w->out->length - 1] == '.')
        w->out->length--;
    buf_slice(w->out, slice_of(digits, run));
}

static int twelve(int hour)
{
    return hour % 12 == 0 ? 12 : hour % 12;
}

static void put_zone(struct writing *w, size_t run)
{
    static const char *const zones[] = {"+0", "+00", "+00:00"};

    buf_text(w->out, zones[run > 2 ? 2 : run - 1]);
}

/* False where the letter stands for itself. */
static bool put_specifier(struct writing *w, char letter, size_t run)
{
    const struct date_parts *p = w->parts;

    switch (letter) {
    case 'd':
        put_named(w, p->day, "", run > 2 ? 1 : run);
        break;
    case 'M':
        put_named(w, p->month, months[p->month - 1], run);
        break;
    case 'y':
        put_year(w, run);
        break;
    case 'h':
        put_plain_or_two(w, twelve(p->hour), run);
        break;
    case 'H':
        put_plain_or_two(w, p->hour, run);
        break;
    case 'm':
        put_plain_or_two(w, p->minute, run);
        break;
    case 's':
        put_plain_or_two(w, p->second, run);
        break;
    case 'f':
    case 'F':
        put_fraction(w, run, letter == 'f');
        break;
    case 't':
        buf_slice(w->out, slice_of(p->hour < 12 ? "AM" : "PM", run > 1 ? 2 : 1));
        break;
    case 'g':
        buf_text(w->out, "A.D.");
        break;
    case 'K':
        buf_text(w->out, "Z");
        break;
    case 'z':
        put_zone(w, run);
        break;
    default:
        return false;
    }
    return true;
}

static size_t run_of(struct slice format, size_t at)
{
    size_t run = 1;

    while (at + run < format.length && format.at[at + run] == format.at[at])
        run++;
    return run;
}

/* A quoted part; behind it. */
static size_t put_quoted(struct writing *w, struct slice format, size_t at)
{
    char quote = format.at[at++];

    for (; at < format.length && format.at[at] != quote; at++) {
        if (format.at[at] == '\\' && at + 1 < format.length)
            at++;
        buf_char(w->out, format.at[at]);
    }
    if (at >= format.length)
        w->why = "a quote in the format is not closed";
    return at + 1;
}

static size_t put_escaped(struct writing *w, struct slice format, size_t at)
{
    if (at + 1 < format.length)
        buf_char(w->out, format.at[at + 1]);
    else
        w->why = "the format ends with a backslash";
    return at + 2;
}

/* `%d` is the one letter d and no standard format. */
static size_t put_single(struct writing *w, struct slice format, size_t at)
{
    if (at + 1 >= format.length || format.at[at + 1] == '%') {
        w->why = "behind % in the format stands nothing";
        return at + 2;
    }
    if (!put_specifier(w, format.at[at + 1], 1))
        buf_char(w->out, format.at[at + 1]);
    return at + 2;
}

static size_t put_part(struct writing *w, struct slice format, size_t at)
{
    size_t run = run_of(format, at);

    switch (format.at[at]) {
    case '\'':
    case '"':
        return put_quoted(w, format, at);
    case '\\':
        return put_escaped(w, format, at);
    case '%':
        return put_single(w, format, at);
    case 'd':
        if (run > 2) {
            put_named(w, 0, weekdays[w->parts->weekday], run);
            return at + run;
        }
        break;
    case 'K':
        run = 1;
        break;
    default:
        break;
    }
    if (put_specifier(w, format.at[at], run))
        return at + run;
    buf_char(w->out, format.at[at]);
    return at + 1;
}

static const struct {
    char letter;
    const char *custom;
} standard[] = {
    {'d', "MM/dd/yyyy"},
    {'D', "dddd, dd MMMM yyyy"},
    {'f', "dddd, dd MMMM yyyy HH:mm"},
    {'F', "dddd, dd MMMM yyyy HH:mm:ss"},
    {'g', "MM/dd/yyyy HH:mm"},
    {'G', "MM/dd/yyyy HH:mm:ss"},
    {'m', "MMMM dd"},
    {'M', "MMMM dd"},
    {'o', "yyyy-MM-ddTHH:mm:ss.fffffffK"},
    {'O', "yyyy-MM-ddTHH:mm:ss.fffffffK"},
    {'r', "ddd, dd MMM yyyy HH:mm:ss 'GMT'"},
    {'R', "ddd, dd MMM yyyy HH:mm:ss 'GMT'"},
    {'s', "yyyy-MM-ddTHH:mm:ss"},
    {'t', "HH:mm"},
    {'T', "HH:mm:ss"},
    {'u', "yyyy-MM-dd HH:mm:ssZ"},
    {'U', "dddd, dd MMMM yyyy HH:mm:ss"},
    {'y', "yyyy MMMM"},
    {'Y', "yyyy MMMM"},
};

/* False: a single letter that is no standard format. */
static bool resolve(struct slice *format)
{
    char letter = format->length == 0 ? 'G' : format->at[0];

    if (format->length > 1)
        return true;
    for (size_t i = 0; i < sizeof standard / sizeof standard[0]; i++)
        if (standard[i].letter == letter) {
            *format = slice_text(standard[i].custom);
            return true;
        }
    return false;
}

const char *date_format(struct arena *arena, int64_t ticks, struct slice format,
                        const char **why)
{
    BUF_AUTO out = {0};
    struct date_parts parts = date_split(ticks);
    struct writing w = {.out = &out, .parts = &parts};

    if (!resolve(&format)) {
        *why = "the format is one letter that stands for no standard format";
        return NULL;
    }
    for (size_t at = 0; at < format.length && w.why == NULL;)
        at = put_part(&w, format, at);
    if (w.why != NULL) {
        *why = w.why;
        return NULL;
    }
    return arena_textn(arena, out.at, out.length);
}
