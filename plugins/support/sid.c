/* SPDX-License-Identifier: Apache-2.0 */
#include "sid.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

size_t sid_length(const unsigned char *at, size_t room)
{
    size_t length;

    if (room < 8 || at[0] != 1 || at[1] > 15)
        return 0;
    length = sid_size(at);
    return length <= room ? length : 0;
}

bool sid_equal(const unsigned char *a, const unsigned char *b)
{
    return a[1] == b[1] && memcmp(a, b, sid_size(a)) == 0;
}

int sid_compare(const unsigned char *a, const unsigned char *b)
{
    if (a[1] != b[1])
        return a[1] < b[1] ? -1 : 1;
    return memcmp(a, b, sid_size(a));
}

static void put_u32(unsigned char *at, uint32_t number)
{
    at[0] = (unsigned char)number;
    at[1] = (unsigned char)(number >> 8);
    at[2] = (unsigned char)(number >> 16);
    at[3] = (unsigned char)(number >> 24);
}

static uint32_t get_u32(const unsigned char *at)
{
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static uint64_t authority(const unsigned char *sid)
{
    uint64_t number = 0;
    int i;

    for (i = 2; i < 8; i++)
        number = number << 8 | sid[i];
    return number;
}

static void put_authority(unsigned char *sid, uint64_t number)
{
    int i;

    for (i = 7; i >= 2; i--) {
        sid[i] = (unsigned char)number;
        number >>= 8;
    }
}

/* A text being read from its left. */
struct digits {
    const char *at;
    const char *end;
};

static int digit_of(char c, unsigned base)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (base == 16 && c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (base == 16 && c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* One number of at least one digit and at most `most`. */
static bool take_number(struct digits *in, unsigned base, uint64_t most, uint64_t *out)
{
    const char *start = in->at;
    uint64_t number = 0;

    while (in->at < in->end) {
        int digit = digit_of(*in->at, base);

        if (digit < 0)
            break;
        if (number > (most - (unsigned)digit) / base)
            return false;
        number = number * base + (unsigned)digit;
        in->at++;
    }
    *out = number;
    return in->at > start;
}

static bool take_authority(struct digits *in, uint64_t *out)
{
    const uint64_t most = (UINT64_C(1) << 48) - 1;

    if (in->end - in->at > 2 && in->at[0] == '0' &&
        (in->at[1] == 'x' || in->at[1] == 'X')) {
        in->at += 2;
        return take_number(in, 16, most, out);
    }
    return take_number(in, 10, most, out);
}

static bool take_subauthorities(struct digits *in, unsigned char *out)
{
    uint64_t number;

    while (in->at < in->end && *in->at == '-') {
        in->at++;
        if (out[1] == 15 || !take_number(in, 10, UINT32_MAX, &number))
            return false;
        put_u32(out + sid_size(out), (uint32_t)number);
        out[1]++;
    }
    return out[1] > 0;
}

size_t sid_parse(const char *text, size_t length, unsigned char out[SID_MOST])
{
    struct digits in = {text, text + length};
    uint64_t number;

    if (length < 5 || (text[0] != 'S' && text[0] != 's') ||
        memcmp(text + 1, "-1-", 3) != 0)
        return 0;
    in.at += 4;
    out[0] = 1;
    out[1] = 0;
    if (!take_authority(&in, &number))
        return 0;
    put_authority(out, number);
    return take_subauthorities(&in, out) ? (size_t)(in.at - text) : 0;
}

char *sid_format(const unsigned char *sid, char *out)
{
    uint64_t number = authority(sid);
    int at = snprintf(out, SID_TEXT,
                      number > UINT32_MAX ? "S-1-0x%" PRIx64 : "S-1-%" PRIu64, number);
    unsigned i;

    for (i = 0; i < sid[1]; i++)
        at += snprintf(out + at, SID_TEXT - (size_t)at, "-%" PRIu32,
                       get_u32(sid + 8 + 4 * (size_t)i));
    return out;
}

uint32_t sid_rid(const unsigned char *sid)
{
    return sid[1] == 0 ? 0 : get_u32(sid + sid_size(sid) - 4);
}

bool sid_with_rid(const unsigned char *domain, uint32_t rid, unsigned char *out)
{
    if (domain[1] >= 15)
        return false;
    memmove(out, domain, sid_size(domain));
    put_u32(out + sid_size(out), rid);
    out[1]++;
    return true;
}
