/* SPDX-License-Identifier: Apache-2.0 */
#include "support/text.h"

static const char alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void text_base64(struct bytes *out, const void *data, size_t length)
{
    const unsigned char *in = data;

    for (size_t i = 0; i < length; i += 3) {
        size_t n = length - i < 3 ? length - i : 3;
        uint32_t bits = (uint32_t)in[i] << 16 | (n > 1 ? (uint32_t)in[i + 1] << 8 : 0) |
                        (n > 2 ? in[i + 2] : 0);
        char quad[4] = {alphabet[bits >> 18], alphabet[bits >> 12 & 63],
                        n > 1 ? alphabet[bits >> 6 & 63] : '=',
                        n > 2 ? alphabet[bits & 63] : '='};

        bytes_add(out, quad, sizeof quad);
    }
}

static int digit(char c)
{
    const char *at = c == '\0' ? NULL : strchr(alphabet, c);

    return at == NULL ? -1 : (int)(at - alphabet);
}

bool text_from_base64(struct bytes *out, const char *text, size_t length)
{
    uint32_t bits = 0;
    size_t pad = 0;

    if (length % 4 != 0)
        return false;
    while (pad < 2 && pad < length && text[length - 1 - pad] == '=')
        pad++;
    for (size_t i = 0; i < length - pad; i++) {
        int value = digit(text[i]);

        if (value < 0)
            return false;
        bits = bits << 6 | (uint32_t)value;
        if (i % 4 == 1)
            bytes_char(out, (char)(bits >> 4 & 255));
        else if (i % 4 == 2)
            bytes_char(out, (char)(bits >> 2 & 255));
        else if (i % 4 == 3)
            bytes_char(out, (char)(bits & 255));
    }
    return true;
}

void text_code_point(struct bytes *out, uint32_t code)
{
    if (code < 0x80) {
        bytes_char(out, (char)code);
    } else if (code < 0x800) {
        bytes_char(out, (char)(0xc0 | code >> 6));
        bytes_char(out, (char)(0x80 | (code & 63)));
    } else if (code < 0x10000) {
        bytes_char(out, (char)(0xe0 | code >> 12));
        bytes_char(out, (char)(0x80 | (code >> 6 & 63)));
        bytes_char(out, (char)(0x80 | (code & 63)));
    } else {
        bytes_char(out, (char)(0xf0 | code >> 18));
        bytes_char(out, (char)(0x80 | (code >> 12 & 63)));
        bytes_char(out, (char)(0x80 | (code >> 6 & 63)));
        bytes_char(out, (char)(0x80 | (code & 63)));
    }
}

bool text_is_number(const char *text, size_t length)
{
    bool negative = length > 0 && text[0] == '-';
    size_t i = length > 0 && (text[0] == '-' || text[0] == '+');
    uint64_t limit = (uint64_t)INT64_MAX + negative;
    uint64_t number = 0;

    if (i == length)
        return false;
    for (; i < length; i++) {
        uint64_t d = (uint64_t)(unsigned char)text[i] - '0';

        if (d > 9 || number > (limit - d) / 10)
            return false;
        number = number * 10 + d;
    }
    return true;
}

bool text_is_flag(const char *text, size_t length, bool *out)
{
    static const struct {
        const char *text;
        bool flag;
    } words[] = {{"true", true}, {"false", false}, {"1", true}, {"0", false}};

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strlen(words[i].text) == length &&
            strncasecmp(words[i].text, text, length) == 0) {
            *out = words[i].flag;
            return true;
        }
    return false;
}
