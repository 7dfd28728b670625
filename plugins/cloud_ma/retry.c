/* SPDX-License-Identifier: Apache-2.0 */
#include "retry.h"

#include <curl/curl.h>
#include <stddef.h>
#include <stdlib.h>

enum { LONGEST_WAIT = 120000, FIRST_WAIT = 500, BELIEVED = 2 };

static const struct {
    long status;
    enum retry_class told;
    enum retry_class untold;
} classes[] = {
    {408, RETRY_SAFE, RETRY_SAFE},           {425, RETRY_SAFE, RETRY_SAFE},
    {424, RETRY_SAFE, RETRY_SAFE},           {429, RETRY_SAFE, RETRY_SAFE},
    {500, RETRY_UNCERTAIN, RETRY_UNCERTAIN}, {502, RETRY_UNCERTAIN, RETRY_UNCERTAIN},
    {503, RETRY_SAFE, RETRY_UNCERTAIN},      {504, RETRY_UNCERTAIN, RETRY_UNCERTAIN},
};

enum retry_class retry_of_status(long status, bool told)
{
    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++)
        if (classes[i].status == status)
            return told ? classes[i].told : classes[i].untold;
    return RETRY_DONE;
}

int64_t retry_after(const char *text, int64_t now)
{
    char *end;
    double seconds = strtod(text, &end);
    time_t date;

    while (*end == ' ' || *end == '\t')
        end++;
    if (end != text && *end == '\0')
        return seconds >= 0 && seconds < 1e6 ? (int64_t)(seconds * 1000) : -1;
    date = curl_getdate(text, NULL);
    if (date == (time_t)-1)
        return -1;
    return date <= now ? 0 : ((int64_t)date - now) * 1000;
}

static int64_t doubled(int64_t base, unsigned times)
{
    while (times-- > 0 && base < LONGEST_WAIT)
        base *= 2;
    return base < LONGEST_WAIT ? base : LONGEST_WAIT;
}

int64_t retry_wait(unsigned attempt, int64_t after, uint32_t chance)
{
    int64_t wait;

    if (after < 0)
        wait = doubled(FIRST_WAIT, attempt > 0 ? attempt - 1 : 0);
    else if (attempt <= BELIEVED || after >= LONGEST_WAIT)
        wait = after;
    else
        wait = doubled(after > 0 ? after : FIRST_WAIT, attempt - BELIEVED);
    return wait + (int64_t)(chance % (uint32_t)(wait / 4 + 1));
}

int64_t bucket_take(struct bucket *bucket, int64_t now)
{
    double burst = bucket->rate < 1 ? 1 : bucket->rate;

    if (bucket->rate <= 0)
        return 0;
    if (bucket->since == 0)
        bucket->tokens = burst;
    else
        bucket->tokens += (double)(now - bucket->since) / 1000 * bucket->rate;
    bucket->since = now;
    if (bucket->tokens > burst)
        bucket->tokens = burst;
    if (bucket->tokens >= 1) {
        bucket->tokens -= 1;
        return 0;
    }
    return (int64_t)((1 - bucket->tokens) / bucket->rate * 1000) + 1;
}

void window_good(struct window *window)
{
    if (window->limit >= window->most || ++window->good < window->limit)
        return;
    window->limit++;
    window->good = 0;
}

void window_bad(struct window *window)
{
    window->limit = window->limit > 1 ? window->limit / 2 : 1;
    window->good = 0;
}
