/* SPDX-License-Identifier: Apache-2.0 */
#include "base/guid.h"

#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>

#include "base/text.h"

/* Where the n-th byte of the text stands in memory. */
static const unsigned char order[16] = {3, 2, 1,  0,  5,  4,  7,  6,
                                        8, 9, 10, 11, 12, 13, 14, 15};

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool is_dash_place(size_t at)
{
    return at == 8 || at == 13 || at == 18 || at == 23;
}

bool guid_parse(struct slice text, struct guid *out)
{
    struct guid guid;
    size_t byte = 0;

    text = text_strip(text);
    if (text.length == 38 && text.at[0] == '{' && text.at[37] == '}')
        text = slice_of(text.at + 1, 36);
    if (text.length != 36)
        return false;
    for (size_t at = 0; at < 36;) {
        int high;
        int low;

        if (is_dash_place(at)) {
            if (text.at[at++] != '-')
                return false;
            continue;
        }
        high = hex_digit(text.at[at]);
        low = hex_digit(text.at[at + 1]);
        if (high < 0 || low < 0)
            return false;
        guid.bytes[order[byte++]] = (unsigned char)(high << 4 | low);
        at += 2;
    }
    *out = guid;
    return true;
}

char *guid_format(const struct guid *guid, enum guid_form form, char *out)
{
    const char *digits = form == GUID_PLAIN ? "0123456789abcdef" : "0123456789ABCDEF";
    char *at = out;

    if (form == GUID_BRACED_UPPER)
        *at++ = '{';
    for (size_t i = 0; i < 16; i++) {
        unsigned char byte = guid->bytes[order[i]];

        if (i == 4 || i == 6 || i == 8 || i == 10)
            *at++ = '-';
        *at++ = digits[byte >> 4];
        *at++ = digits[byte & 15];
    }
    if (form == GUID_BRACED_UPPER)
        *at++ = '}';
    *at = '\0';
    return out;
}

/* Chance for many at once, because each time the kernel is asked costs more than what is
 * done with a GUID. A child of a fork does not give out its parent's. */
enum { STOCK = 64 };

static atomic_uint forks;

static void note_fork(void)
{
    forks++;
}

static void watch_forks(void)
{
    (void)pthread_atfork(NULL, NULL, note_fork); /* fails without memory only */
}

static void draw(struct guid *out)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    static _Thread_local struct guid stock[STOCK];
    static _Thread_local size_t left;
    static _Thread_local unsigned of;

    if (left == 0 || of != forks) {
        pthread_once(&once, watch_forks);
        of = forks;
        left = STOCK;
        randombytes_buf(stock, sizeof stock);
    }
    *out = stock[--left];
}

struct guid guid_new(void)
{
    struct guid guid;

    draw(&guid);
    guid.bytes[7] = (unsigned char)((guid.bytes[7] & 0x0f) | 0x40);
    guid.bytes[8] = (unsigned char)((guid.bytes[8] & 0x3f) | 0x80);
    return guid;
}

bool guid_is_zero(const struct guid *guid)
{
    static const struct guid zero;

    return guid_equal(guid, &zero);
}
