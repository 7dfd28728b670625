/* SPDX-License-Identifier: Apache-2.0 */

/* Dates as text: the formats of .NET in its invariant culture. */

#include <stdio.h>

#include "base/buf.h"
#include "base/text.h"
#include "expr/date.h"

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

    if (run > DATE_TICK_DIGITS) {
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
        put_named(w, p->month, date_months[p->month - 1], run);
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
            put_named(w, 0, date_weekdays[w->parts->weekday], run);
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
