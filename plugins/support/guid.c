/* SPDX-License-Identifier: Apache-2.0 */
#include "support/guid.h"

void guid_text(struct bytes *out, const unsigned char g[GUID_SIZE])
{
    char text[40];

    snprintf(text, sizeof text,
             "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", g[3],
             g[2], g[1], g[0], g[5], g[4], g[7], g[6], g[8], g[9], g[10], g[11], g[12],
             g[13], g[14], g[15]);
    bytes_text(out, text);
}

static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *at = c == '\0' ? NULL : strchr(digits, c);

    return at == NULL ? -1 : (int)(at - digits) % 16;
}

static bool is_dash_place(size_t at)
{
    return at == 8 || at == 13 || at == 18 || at == 23;
}

bool guid_read(const char *text, size_t length, unsigned char out[GUID_SIZE])
{
    static const unsigned char order[GUID_SIZE] = {3, 2, 1,  0,  5,  4,  7,  6,
                                                   8, 9, 10, 11, 12, 13, 14, 15};
    unsigned char bytes[GUID_SIZE];
    size_t at = 0;
    size_t i;

    if (length != 36)
        return false;
    for (i = 0; i < GUID_SIZE; i++) {
        if (is_dash_place(at) && text[at++] != '-')
            return false;
        if (hex_digit(text[at]) < 0 || hex_digit(text[at + 1]) < 0)
            return false;
        bytes[order[i]] =
            (unsigned char)(hex_digit(text[at]) << 4 | hex_digit(text[at + 1]));
        at += 2;
    }
    memcpy(out, bytes, sizeof bytes);
    return true;
}
