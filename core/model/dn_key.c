/* SPDX-License-Identifier: Apache-2.0 */

/* What two spellings of one name have in common. */

#include "base/buf.h"
#include "base/text.h"
#include "base/vec.h"
#include "model/dn.h"
#include "model/dn_pair.h"

enum { SHORT = 256 }; /* names that are compared without memory */

/* The types of RFC 4514 3 by their other names. */
static const struct {
    const char *name;
    const char *key;
} types[] = {
    {"2.5.4.3", "CN"},
    {"2.5.4.6", "C"},
    {"2.5.4.7", "L"},
    {"2.5.4.8", "ST"},
    {"2.5.4.9", "STREET"},
    {"2.5.4.10", "O"},
    {"2.5.4.11", "OU"},
    {"0.9.2342.19200300.100.1.1", "UID"},
    {"0.9.2342.19200300.100.1.25", "DC"},
    {"commonName", "CN"},
    {"countryName", "C"},
    {"localityName", "L"},
    {"stateOrProvinceName", "ST"},
    {"streetAddress", "STREET"},
    {"organizationName", "O"},
    {"organizationalUnitName", "OU"},
    {"userId", "UID"},
    {"domainComponent", "DC"},
};

static void put_upper(struct buf *out, struct slice ascii)
{
    for (size_t i = 0; i < ascii.length; i++)
        buf_char(out, dn_upper(ascii.at[i]));
}

static void put_type(struct buf *out, struct slice written)
{
    struct slice type = dn_pair_bare_type(written);

    for (size_t i = 0; type.length > 5 && i < sizeof types / sizeof types[0]; i++)
        if (text_caseequal(type, slice_text(types[i].name)))
            type = slice_text(types[i].key);
    put_upper(out, type);
}

static unsigned hex_digit(char c)
{
    return c <= '9' ? (unsigned)(c - '0') : (unsigned)(dn_upper(c) - 'A' + 10);
}

/* The value itself, without quotes and escapes. */
static void put_unescaped(struct buf *out, struct slice value)
{
    if (value.length > 0 && value.at[0] == '"')
        value = slice_of(value.at + 1, value.length - 2);
    for (size_t i = 0; i < value.length;) {
        size_t length = dn_pair_step(value, i);

        if (length == 3)
            buf_char(out, (char)(hex_digit(value.at[i + 1]) << 4 |
                                 hex_digit(value.at[i + 2])));
        else
            buf_char(out, value.at[i + length - 1]);
        i += length;
    }
}

/* "#0402AB": the BER encoding in hex, which no escape may hide. */
static bool is_hex_string(struct slice value)
{
    if (value.length < 3 || value.length % 2 == 0 || value.at[0] != '#')
        return false;
    for (size_t i = 1; i < value.length; i++)
        if (!dn_is_hex(value.at[i]))
            return false;
    return true;
}

static bool is_simple(struct slice value)
{
    for (size_t i = 0; i < value.length; i++)
        if ((unsigned char)value.at[i] >= 0x80 || value.at[i] == '\\' ||
            value.at[i] == '"' || value.at[i] == '#')
            return false;
    return true;
}

/* Escapes are for what would end the value, or be taken for something else. */
static void put_escaped(struct buf *out, struct slice text)
{
    for (size_t i = 0; i < text.length; i++) {
        char c = text.at[i];
        bool edge =
            (c == ' ' && (i == 0 || i + 1 == text.length)) || (c == '#' && i == 0);

        if (c == '\0') {
            buf_text(out, "\\00");
            continue;
        }
        if (edge || dn_is_separator(c) || c == '\\' || c == '"')
            buf_char(out, '\\');
        buf_char(out, c);
    }
}

static void put_value(struct arena *arena, struct buf *out, struct slice value)
{
    BUF_AUTO plain = {0};

    if (is_simple(value) || is_hex_string(value)) {
        put_upper(out, value);
        return;
    }
    put_unescaped(&plain, value);
    put_escaped(out, text_fold(arena, buf_view(&plain)));
}

static int by_bytes(const void *a, const void *b)
{
    return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

/* The pairs of one RDN are a set: `ends` are where each of them ends in `out`. */
static void sort_pairs(struct buf *out, size_t begin, const size_t *ends, size_t count)
{
    ARENA_AUTO scratch = {0};
    struct slice *pairs = arena_alloc(&scratch, sizeof *pairs * count);
    size_t at = begin;

    for (size_t i = 0; i < count; i++) {
        pairs[i] = arena_slice(&scratch, slice_of(out->at + at, ends[i] - at));
        at = ends[i];
    }
    qsort(pairs, count, sizeof *pairs, by_bytes);
    out->length = begin;
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_char(out, '+');
        buf_slice(out, pairs[i]);
    }
}

/* What stands behind the RDN: ',' or NUL. False where it is none. */
static bool put_rdn(struct arena *arena, struct buf *out, struct slice dn, size_t *at,
                    char *after)
{
    VEC_OF(size_t) ends = {0};
    size_t begin = out->length;
    struct dn_pair pair = {.after = '+'};
    bool good = true;

    while (good && pair.after == '+') {
        good = dn_pair_read(dn, at, &pair);
        if (good) {
            put_type(out, pair.type);
            buf_char(out, '=');
            put_value(arena, out, pair.value);
            if (pair.after == '+' || ends.count > 0)
                VEC_ADD(&ends, out->length);
        }
    }
    if (good && ends.count > 1)
        sort_pairs(out, begin, ends.items, ends.count);
    VEC_FREE(&ends);
    *after = pair.after;
    return good;
}

/* The key of a name of plain pairs is as long as the name itself. */
static bool put_plain(struct slice dn, char *out)
{
    struct dn_pair pair = {.after = ','};
    size_t at = 0;

    while (pair.after == ',') {
        /* what is longer may be another spelling of a type */
        if (!dn_pair_read_plain(dn, &at, &pair) || pair.type.length > 5)
            return false;
    }
    return text_fold_ascii(dn, out);
}

static struct slice slow_key(struct arena *arena, struct slice dn)
{
    BUF_AUTO out = {0};
    char after = ',';
    size_t at = 0;

    while (after == ',') {
        if (out.length > 0)
            buf_char(&out, ',');
        if (!put_rdn(arena, &out, dn, &at, &after))
            return text_fold(arena, dn);
    }
    return arena_slice(arena, buf_view(&out));
}

struct slice dn_key(struct arena *arena, struct slice dn)
{
    return text_plainly(arena, dn, put_plain, slow_key);
}

bool dn_equal(struct slice a, struct slice b)
{
    ARENA_AUTO scratch = {0};
    char x[SHORT];
    char y[SHORT];

    if (slice_equal(a, b))
        return true;
    if (a.length <= SHORT && b.length <= SHORT && put_plain(a, x) && put_plain(b, y))
        return a.length == b.length && memcmp(x, y, a.length) == 0;
    return slice_equal(dn_key(&scratch, a), dn_key(&scratch, b));
}
