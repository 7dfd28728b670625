/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"

#include <stdio.h>
#include <time.h>

static int64_t frozen;

static int64_t read_clock(clockid_t id, int64_t per_second)
{
    struct timespec now;

    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * per_second + now.tv_nsec / (1000000000 / per_second);
}

int64_t clock_now(void)
{
    return frozen != 0 ? frozen : read_clock(CLOCK_REALTIME, 1000);
}

void clock_freeze(int64_t now)
{
    frozen = now;
}

int64_t clock_monotonic(void)
{
    return read_clock(CLOCK_MONOTONIC, 1000000);
}

static char *format(int64_t time, char separator, const char *end, char *out)
{
    int64_t millis = time % 1000 < 0 ? time % 1000 + 1000 : time % 1000;
    time_t seconds = (time_t)((time - millis) / 1000);
    struct tm tm;

    gmtime_r(&seconds, &tm);
    snprintf(out, CLOCK_TEXT, "%04d-%02d-%02d%c%02d:%02d:%02d.%03d%s",
             (tm.tm_year + 1900) % 10000, (tm.tm_mon + 1) % 100, tm.tm_mday % 100,
             separator, tm.tm_hour % 100, tm.tm_min % 100, tm.tm_sec % 100, (int)millis,
             end);
    return out;
}

char *clock_format_product(int64_t time, char *out)
{
    return format(time, ' ', "", out);
}

char *clock_format_rfc3339(int64_t time, char *out)
{
    return format(time, 'T', "Z", out);
}
