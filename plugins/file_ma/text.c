/* SPDX-License-Identifier: Apache-2.0 */
#include "text.h"

#include <stdlib.h>
#include <sys/random.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

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

/* --- DNs ---------------------------------------------------------------------------- */

static bool is_mark(char c)
{
    return c == ',' || c == '=' || c == '+';
}

static bool blanks_before_mark(const char *at)
{
    while (*at == ' ')
        at++;
    return is_mark(*at) || *at == '\0';
}

static char small(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* The next character of the folded form; '\0' at the end. An escape and what it escapes
 * come one after the other. */
struct folder {
    const char *at;
    bool after_mark;
    bool escaped;
};

static char fold_next(struct folder *f)
{
    char c;

    while (!f->escaped && *f->at == ' ' && (f->after_mark || blanks_before_mark(f->at)))
        f->at++;
    c = *f->at;
    if (c == '\0')
        return c;
    f->after_mark = !f->escaped && is_mark(c);
    f->escaped = !f->escaped && c == '\\';
    f->at++;
    return small(c);
}

const char *dn_fold(struct pool *pool, const char *dn)
{
    char *out = pool_alloc(pool, strlen(dn) + 1);
    struct folder f = {dn, true, false};
    char *to = out;

    if (out == NULL)
        return "";
    while ((*to = fold_next(&f)) != '\0')
        to++;
    return out;
}

bool dn_is(const char *dn, const char *folded)
{
    struct folder f = {dn, true, false};
    char c;

    while ((c = fold_next(&f)) != '\0' && c == *folded)
        folded++;
    return c == *folded;
}

const char *dn_parent(const char *dn)
{
    for (; *dn != '\0'; dn++) {
        if (*dn == '\\' && dn[1] != '\0')
            dn++;
        else if (*dn == ',')
            return dn + 1;
    }
    return dn;
}

bool dn_is_ldap(const char *dn)
{
    if (*dn == '\0')
        return false;
    while (*dn != '\0') {
        const char *end = dn_parent(dn);
        const char *equals = strchr(dn, '=');

        while (*dn == ' ')
            dn++;
        if (equals == NULL || equals == dn || equals >= end)
            return false;
        if (*end == '\0' && end > dn && end[-1] == ',' && end[-2] != '\\')
            return false;
        dn = end;
    }
    return true;
}

bool dn_is_under(const char *dn, const char *base)
{
    size_t length = strlen(dn);
    size_t below = strlen(base);

    if (below == 0)
        return true;
    return length >= below && strcmp(dn + length - below, base) == 0 &&
           (length == below || (dn[length - below - 1] == ',' &&
                                (length < below + 2 || dn[length - below - 2] != '\\')));
}

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 32);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* RFC 4514 2.4 backwards: "\," is a comma, "\2c" too. */
static const char *unescape(struct pool *pool, const char *at, const char *end)
{
    char *out = pool_alloc(pool, (size_t)(end - at) + 1);
    char *to = out;

    if (out == NULL)
        return "";
    while (at < end && *at == ' ')
        at++;
    while (end > at + 1 && end[-1] == ' ' && end[-2] != '\\')
        end--;
    while (at < end) {
        if (*at == '\\' && end - at > 2 && hex(at[1]) >= 0 && hex(at[2]) >= 0) {
            *to++ = (char)(hex(at[1]) * 16 + hex(at[2]));
            at += 3;
        } else {
            at += *at == '\\' && end - at > 1;
            *to++ = *at++;
        }
    }
    *to = '\0';
    return out;
}

bool dn_rdn(struct pool *pool, const char *dn, const char **type, const char **value)
{
    const char *end = dn_parent(dn);
    const char *equals = strchr(dn, '=');

    if (*end != '\0' || (end > dn && end[-1] == ','))
        end--;
    if (equals == NULL || equals >= end || equals == dn)
        return false;
    while (*dn == ' ')
        dn++;
    *type = pool_text(pool, dn, (size_t)(equals - dn));
    *value = unescape(pool, equals + 1, end);
    return true;
}

/* --- GUIDs -------------------------------------------------------------------------- */

void guid_text(struct bytes *out, const unsigned char g[GUID_SIZE])
{
    char text[40];

    snprintf(text, sizeof text,
             "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", g[3],
             g[2], g[1], g[0], g[5], g[4], g[7], g[6], g[8], g[9], g[10], g[11], g[12],
             g[13], g[14], g[15]);
    bytes_text(out, text);
}

bool guid_make(unsigned char guid[GUID_SIZE], const char *seed, const char *text)
{
    if (seed == NULL || seed[0] == '\0') {
        if (getrandom(guid, GUID_SIZE, 0) != GUID_SIZE)
            return false;
    } else {
        XXH128_hash_t hash =
            XXH3_128bits_withSeed(text, strlen(text), XXH3_64bits(seed, strlen(seed)));

        memcpy(guid, &hash.low64, 8);
        memcpy(guid + 8, &hash.high64, 8);
    }
    guid[7] = (unsigned char)((guid[7] & 0x0f) | 0x40); /* version 4 */
    guid[8] = (unsigned char)((guid[8] & 0x3f) | 0x80); /* variant 1 */
    return true;
}
