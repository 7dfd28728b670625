/* SPDX-License-Identifier: Apache-2.0 */
#include "model/dn.h"

#include <strings.h>

#include "base/buf.h"
#include "base/text.h"
#include "base/vec.h"

enum { SHORT = 256 }; /* names that are compared without memory */

/* A type with its value, as written, blanks around both gone. */
struct pair {
    struct slice type;
    struct slice value;
    char after; /* ',' or '+', NUL at the end of the name */
};

struct rdn {
    struct slice text;
    struct pair first; /* where it has several values, the first of them */
    size_t next;       /* where the following one begins; the length: nowhere */
};

/* --- reading ----------------------------------------------------------------------- */

static bool is_separator(char c)
{
    return c == ',' || c == ';' || c == '+'; /* ';' is RFC 2253's other comma */
}

static bool is_special(char c)
{
    return c != '\0' && strchr(" \"#+,;<=>\\", c) != NULL;
}

/* ASCII whatever the locale. */
static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static char upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static bool is_letter(char c)
{
    return upper(c) >= 'A' && upper(c) <= 'Z';
}

static bool is_hex(char c)
{
    return is_digit(c) || (upper(c) >= 'A' && upper(c) <= 'F');
}

static size_t skip_blanks(struct slice dn, size_t at)
{
    while (at < dn.length && dn.at[at] == ' ')
        at++;
    return at;
}

/* Bytes of what stands here: an escape, or one; 0 where it may not stand in a name. */
static size_t step(struct slice dn, size_t at)
{
    if (dn.at[at] != '\\')
        return dn.at[at] != '\0';
    if (at + 1 < dn.length && is_special(dn.at[at + 1]))
        return 2;
    return at + 2 < dn.length && is_hex(dn.at[at + 1]) && is_hex(dn.at[at + 2]) ? 3 : 0;
}

/* "OID.2.5.4.3" is "2.5.4.3". */
static struct slice bare_type(struct slice type)
{
    static const struct slice prefix = {"OID.", 4};

    if (type.length > 4 && is_digit(type.at[4]) &&
        text_caseequal(slice_of(type.at, 4), prefix))
        return slice_of(type.at + 4, type.length - 4);
    return type;
}

/* A name, or a number with dots. */
static bool is_type(struct slice type)
{
    struct slice text = bare_type(type);
    bool number = text.length > 0 && is_digit(text.at[0]);

    if (text.length == 0 || (!number && !is_letter(text.at[0])))
        return false;
    for (size_t i = 1; i < text.length; i++) {
        char c = text.at[i];

        if (!is_digit(c) && (number ? c != '.' : !is_letter(c) && c != '-'))
            return false;
    }
    return true;
}

static bool read_type(struct slice dn, size_t *at, struct slice *out)
{
    size_t begin = skip_blanks(dn, *at);
    const char *equals =
        begin < dn.length ? memchr(dn.at + begin, '=', dn.length - begin) : NULL;
    size_t end;

    if (equals == NULL)
        return false;
    end = (size_t)(equals - dn.at);
    *at = end + 1;
    while (end > begin && dn.at[end - 1] == ' ')
        end--;
    *out = slice_of(dn.at + begin, end - begin);
    return is_type(*out);
}

static bool read_quoted(struct slice dn, size_t *at, struct slice *out)
{
    size_t i = *at + 1;

    while (i < dn.length && dn.at[i] != '"') {
        size_t length = step(dn, i);

        if (length == 0)
            return false;
        i += length;
    }
    if (i >= dn.length)
        return false;
    *out = slice_of(dn.at + *at, i + 1 - *at);
    *at = skip_blanks(dn, i + 1);
    return *at == dn.length || is_separator(dn.at[*at]);
}

static bool read_plain(struct slice dn, size_t *at, struct slice *out)
{
    size_t begin = *at;
    size_t end = begin;

    while (*at < dn.length && !is_separator(dn.at[*at])) {
        size_t length = step(dn, *at);

        if (length == 0)
            return false;
        if (dn.at[*at] != ' ')
            end = *at + length;
        *at += length;
    }
    *out = slice_of(dn.at + begin, end - begin);
    return true;
}

static bool read_pair(struct slice dn, size_t *at, struct pair *out)
{
    bool good;

    if (!read_type(dn, at, &out->type))
        return false;
    *at = skip_blanks(dn, *at);
    good = *at < dn.length && dn.at[*at] == '"' ? read_quoted(dn, at, &out->value)
                                                : read_plain(dn, at, &out->value);
    if (!good)
        return false;
    out->after = '\0';
    if (*at < dn.length)
        out->after = dn.at[(*at)++] == '+' ? '+' : ',';
    return true;
}

/* Where a separator was read, another RDN has to follow, so the end needs no special
 * care: reading on there fails. */
static bool read_rdn(struct slice dn, size_t at, struct rdn *out, bool *last)
{
    struct pair pair;

    if (!read_pair(dn, &at, &out->first))
        return false;
    pair = out->first;
    while (pair.after == '+')
        if (!read_pair(dn, &at, &pair))
            return false;
    out->text = slice_of(out->first.type.at, (size_t)(pair.value.at + pair.value.length -
                                                      out->first.type.at));
    out->next = skip_blanks(dn, at);
    *last = pair.after == '\0';
    return true;
}

/* ASCII that stands for itself in a value, and in capitals in a key. */
static bool is_plain(char c)
{
    static const bool special[128] = {
        ['\0'] = true, ['"'] = true, ['#'] = true,  ['+'] = true,
        [','] = true,  [';'] = true, ['\\'] = true,
    };

    return (unsigned char)c < sizeof special && !special[(unsigned char)c];
}

static bool is_plain_type(struct slice dn, size_t begin, size_t end)
{
    if (begin == end || !is_letter(dn.at[begin]))
        return false;
    for (size_t i = begin + 1; i < end; i++)
        if (!is_letter(dn.at[i]) && !is_digit(dn.at[i]) && dn.at[i] != '-')
            return false;
    return true;
}

/* A pair of names that nearly all are made of, "CN=Ann Lee": one type, one value without
 * escapes, quotes and blanks around it, to a comma or the end. False: read it slowly. */
static bool read_plain_pair(struct slice dn, size_t *at, struct pair *out)
{
    size_t begin = *at;
    const char *equals =
        begin < dn.length ? memchr(dn.at + begin, '=', dn.length - begin) : NULL;
    size_t value = equals == NULL ? 0 : (size_t)(equals - dn.at) + 1;
    size_t end = value;

    if (equals == NULL || !is_plain_type(dn, begin, value - 1))
        return false;
    while (end < dn.length && is_plain(dn.at[end]))
        end++;
    if ((end < dn.length && dn.at[end] != ',') ||
        (end > value && (dn.at[value] == ' ' || dn.at[end - 1] == ' ')))
        return false;
    out->type = slice_of(dn.at + begin, value - 1 - begin);
    out->value = slice_of(dn.at + value, end - value);
    out->after = end < dn.length ? ',' : '\0';
    *at = end + (end < dn.length);
    return true;
}

/* The first RDN of a name that has no others. False says nothing. */
static bool find_plain(struct slice dn, struct rdn *out, size_t *depth)
{
    struct pair pair = {.after = ','};
    size_t at = 0;

    for (*depth = 0; pair.after == ','; (*depth)++) {
        if (!read_plain_pair(dn, &at, &pair))
            return false;
        if (*depth == 0)
            *out = (struct rdn){.text = slice_of(dn.at, at - (pair.after == ',')),
                                .first = pair,
                                .next = at};
    }
    return true;
}

/* The n-th RDN, from 0, of a text that is a name to its end; `depth` counts all. */
static bool find_rdn(struct slice dn, size_t n, struct rdn *out, size_t *depth)
{
    struct rdn rdn;
    bool last = false;
    size_t at = 0;

    if (n == 0 && find_plain(dn, out, depth))
        return true;
    for (*depth = 0; !last; at = rdn.next) {
        if (!read_rdn(dn, at, &rdn, &last))
            return false;
        if ((*depth)++ == n)
            *out = rdn;
    }
    return true;
}

bool dn_is_ldap(struct slice dn)
{
    struct rdn rdn;
    size_t depth;

    return find_rdn(dn, 0, &rdn, &depth);
}

/* --- keys -------------------------------------------------------------------------- */

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
        buf_char(out, upper(ascii.at[i]));
}

static void put_type(struct buf *out, struct slice written)
{
    struct slice type = bare_type(written);

    for (size_t i = 0; type.length > 5 && i < sizeof types / sizeof types[0]; i++)
        if (text_caseequal(type, slice_text(types[i].name)))
            type = slice_text(types[i].key);
    put_upper(out, type);
}

static unsigned hex_digit(char c)
{
    return c <= '9' ? (unsigned)(c - '0') : (unsigned)(upper(c) - 'A' + 10);
}

/* The value itself, without quotes and escapes. */
static void put_unescaped(struct buf *out, struct slice value)
{
    if (value.length > 0 && value.at[0] == '"')
        value = slice_of(value.at + 1, value.length - 2);
    for (size_t i = 0; i < value.length;) {
        size_t length = step(value, i);

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
        if (!is_hex(value.at[i]))
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
        if (edge || is_separator(c) || c == '\\' || c == '"')
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
    struct pair pair = {.after = '+'};
    bool good = true;

    while (good && pair.after == '+') {
        good = read_pair(dn, at, &pair);
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
    struct pair pair = {.after = ','};
    size_t at = 0;

    while (pair.after == ',') {
        /* what is longer may be another spelling of a type */
        if (!read_plain_pair(dn, &at, &pair) || pair.type.length > 5)
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
    struct arena_mark mark = arena_mark(arena);
    char *out = arena_alloc(arena, dn.length + 1);

    if (!put_plain(dn, out)) {
        arena_rewind(arena, mark);
        return slow_key(arena, dn);
    }
    out[dn.length] = '\0';
    return slice_of(out, dn.length);
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

/* --- parts ------------------------------------------------------------------------- */

struct slice dn_parent(struct slice dn)
{
    struct rdn rdn;
    size_t depth;

    if (!find_rdn(dn, 0, &rdn, &depth))
        return slice_of("", 0);
    return slice_of(dn.at + rdn.next, dn.length - rdn.next);
}

struct slice dn_rdn(struct slice dn)
{
    struct rdn rdn;
    size_t depth;

    return find_rdn(dn, 0, &rdn, &depth) ? rdn.text : dn;
}

size_t dn_depth(struct slice dn)
{
    struct rdn rdn;
    size_t depth;

    return find_rdn(dn, 0, &rdn, &depth) ? depth : dn.length > 0;
}

bool dn_component(struct slice dn, size_t n, struct slice *type, struct slice *value)
{
    struct rdn rdn = {0};
    size_t depth;

    if (!find_rdn(dn, n - 1, &rdn, &depth)) {
        rdn.first.type = slice_of("", 0);
        rdn.first.value = dn;
        depth = dn.length > 0;
    }
    if (n == 0 || n > depth)
        return false;
    *type = rdn.first.type;
    *value = rdn.first.value;
    return true;
}

/* What nearly every name is: the base as it is spelled, but for the case, behind a comma
 * that is not escaped. False says nothing. */
static bool is_plainly_under(struct slice dn, struct slice base)
{
    size_t at = dn.length - base.length;
    size_t escapes = 0;

    if (base.length == 0 || base.length > dn.length ||
        strncasecmp(dn.at + at, base.at, base.length) != 0 ||
        memchr(dn.at, '"', dn.length) != NULL)
        return false;
    if (at == 0)
        return true;
    while (escapes + 1 < at && dn.at[at - 2 - escapes] == '\\')
        escapes++;
    return dn.at[at - 1] == ',' && escapes % 2 == 0 && memchr(dn.at, '=', at) != NULL;
}

bool dn_is_under(struct slice dn, struct slice base)
{
    size_t above;
    size_t depth;
    struct rdn rdn;

    if (is_plainly_under(dn, base))
        return true;
    above = dn_depth(base);
    depth = dn_depth(dn);
    if (above > depth)
        return false;
    if (above == 0 || above == depth)
        return above == 0 || dn_equal(dn, base);
    if (!find_rdn(dn, depth - above - 1, &rdn, &depth))
        return false;
    return dn_equal(slice_of(dn.at + rdn.next, dn.length - rdn.next), base);
}

/* --- writing ----------------------------------------------------------------------- */

struct slice dn_escape(struct arena *arena, struct slice value)
{
    BUF_AUTO out = {0};

    for (size_t i = 0; i < value.length; i++) {
        unsigned char c = (unsigned char)value.at[i];
        bool edge =
            (c == ' ' && (i == 0 || i + 1 == value.length)) || (c == '#' && i == 0);

        if (c < ' ' || c == 0x7f)
            buf_print(&out, "\\%02X", c);
        else if (edge || (c < 0x80 && strchr("\"+,;<>\\", c) != NULL))
            buf_print(&out, "\\%c", c);
        else
            buf_char(&out, (char)c);
    }
    return arena_slice(arena, buf_view(&out));
}
