/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <strings.h>
#include <unicase.h>
#include <unistr.h>
#include <xxhash.h>

#include "base/buf.h"
#include "base/mem.h"

/* Decodes one code point; an invalid byte stands for itself, above all of Unicode. */
static size_t next(struct slice text, size_t at, ucs4_t *out)
{
    unsigned char first = (unsigned char)text.at[at];
    int length;

    if (first < 0x80) {
        *out = first;
        return 1;
    }
    length = u8_mbtoucr(out, (const uint8_t *)text.at + at, text.length - at);
    if (length > 0)
        return (size_t)length;
    *out = 0x110000u + first;
    return 1;
}

static bool is_ascii(char c)
{
    return (unsigned char)c < 0x80;
}

/* Nothing folds into ASCII: dotless i and long s stay themselves, as in .NET. */
static ucs4_t folded(ucs4_t c)
{
    ucs4_t upper;

    if (c < 0x80)
        return c >= 'a' && c <= 'z' ? c - 32 : c;
    upper = c < 0x110000 ? uc_toupper(c) : c;
    return upper < 0x80 ? c : upper;
}

/* How far both are ASCII and the same but for case. */
static size_t same_ascii(struct slice a, struct slice b)
{
    size_t most = a.length < b.length ? a.length : b.length;
    size_t i = 0;

    while (i < most && is_ascii(a.at[i]) && is_ascii(b.at[i]) &&
           folded((unsigned char)a.at[i]) == folded((unsigned char)b.at[i]))
        i++;
    return i;
}

int text_casecompare(struct slice a, struct slice b)
{
    size_t i = same_ascii(a, b);
    size_t j = i;

    while (i < a.length && j < b.length) {
        ucs4_t x;
        ucs4_t y;

        i += next(a, i, &x);
        j += next(b, j, &y);
        x = folded(x);
        y = folded(y);
        if (x != y)
            return x < y ? -1 : 1;
    }
    return (i < a.length) - (j < b.length);
}

bool text_caseequal(struct slice a, struct slice b)
{
    return text_casecompare(a, b) == 0;
}

static void put_code_point(struct buf *out, ucs4_t c, struct slice original)
{
    uint8_t bytes[6];
    int length = c < 0x110000 ? u8_uctomb(bytes, c, sizeof bytes) : -1;

    if (length > 0)
        buf_bytes(out, bytes, (size_t)length);
    else
        buf_slice(out, original);
}

/* Eight letters at once: the top bit of each byte of the sums says whether it is at least
 * 'a', and whether it is above 'z'. */
static uint64_t fold_eight(uint64_t word)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t low = word & ones * 0x7f;
    uint64_t from_a = low + ones * (0x80 - 'a');
    uint64_t above_z = low + ones * (0x7f - 'z');
    uint64_t letters = (from_a ^ above_z) & ~word & ones * 0x80;

    return word ^ letters >> 2; /* 0x20 */
}

bool text_fold_ascii(struct slice text, char *out)
{
    uint64_t seen = 0;
    size_t at = 0;

    for (uint64_t word; at + sizeof word <= text.length; at += sizeof word) {
        memcpy(&word, text.at + at, sizeof word);
        seen |= word;
        word = fold_eight(word);
        memcpy(out + at, &word, sizeof word);
    }
    for (; at < text.length; at++) {
        char c = text.at[at];

        seen |= (unsigned char)c;
        out[at] = c >= 'a' && c <= 'z' ? (char)(c - ('a' - 'A')) : c;
    }
    return (seen & UINT64_C(0x8080808080808080)) == 0;
}

static struct slice fold_code_points(struct arena *arena, struct slice text)
{
    BUF_AUTO out = {0};

    for (size_t at = 0; at < text.length;) {
        ucs4_t c;
        size_t length = next(text, at, &c);

        put_code_point(&out, folded(c), slice_of(text.at + at, length));
        at += length;
    }
    return arena_slice(arena, buf_view(&out));
}

struct slice text_plainly(struct arena *arena, struct slice text,
                          bool (*plain)(struct slice text, char *out),
                          struct slice (*slow)(struct arena *arena, struct slice text))
{
    struct arena_mark mark = arena_mark(arena);
    char *out = arena_alloc(arena, text.length + 1);

    if (!plain(text, out)) {
        arena_rewind(arena, mark);
        return slow(arena, text);
    }
    out[text.length] = '\0';
    return slice_of(out, text.length);
}

struct slice text_fold(struct arena *arena, struct slice text)
{
    return text_plainly(arena, text, text_fold_ascii, fold_code_points);
}

/* How much of its beginning is ASCII, eight bytes at a time while there are as many. */
static size_t skip_ascii(struct slice text)
{
    uint64_t word;
    size_t at = 0;

    for (; at + sizeof word <= text.length; at += sizeof word) {
        memcpy(&word, text.at + at, sizeof word);
        if ((word & UINT64_C(0x8080808080808080)) != 0)
            break;
    }
    while (at < text.length && is_ascii(text.at[at]))
        at++;
    return at;
}

bool text_is_utf8(struct slice text)
{
    size_t plain = skip_ascii(text);

    return plain == text.length ||
           u8_check((const uint8_t *)text.at + plain, text.length - plain) == NULL;
}

size_t text_length(struct slice text)
{
    size_t count = 0;
    ucs4_t c;

    for (size_t at = 0; at < text.length; count++)
        at += next(text, at, &c);
    return count;
}

/* Char.IsWhiteSpace: the members of Zs, Zl, Zp and six control characters. */
static bool is_white(ucs4_t c)
{
    return (c >= 0x09 && c <= 0x0d) || c == 0x20 || c == 0x85 || c == 0xa0 ||
           c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 ||
           c == 0x202f || c == 0x205f || c == 0x3000;
}

/* Nearly every text begins and ends with one of these. */
static bool is_dark_ascii(char c)
{
    return (unsigned char)c > ' ' && (unsigned char)c < 0x80;
}

struct slice text_trim_start(struct slice text)
{
    size_t at = 0;

    if (text.length > 0 && is_dark_ascii(text.at[0]))
        return text;
    while (at < text.length) {
        ucs4_t c;
        size_t length = next(text, at, &c);

        if (!is_white(c))
            break;
        at += length;
    }
    return slice_from(text, at);
}

/* Where the last code point begins. */
static size_t last_start(struct slice text)
{
    size_t at = text.length - 1;

    while (at > 0 && text.length - at < 4 && ((unsigned char)text.at[at] & 0xc0) == 0x80)
        at--;
    return at;
}

struct slice text_trim_end(struct slice text)
{
    while (text.length > 0 && !is_dark_ascii(text.at[text.length - 1])) {
        size_t at = last_start(text);
        ucs4_t c;

        if (next(text, at, &c) != text.length - at || !is_white(c))
            break;
        text.length = at;
    }
    return text;
}

struct slice text_trim(struct slice text)
{
    return text_trim_end(text_trim_start(text));
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct slice text_strip(struct slice text)
{
    while (text.length > 0 && is_blank(text.at[0])) {
        text.at++;
        text.length--;
    }
    while (text.length > 0 && is_blank(text.at[text.length - 1]))
        text.length--;
    return text;
}

bool text_to_number(struct slice text, int64_t *out)
{
    char digits[24];
    char *end;

    if (text.length == 0 || text.length >= sizeof digits)
        return false;
    memcpy(digits, text.at, text.length);
    digits[text.length] = '\0';
    if (!(digits[0] == '-' || (digits[0] >= '0' && digits[0] <= '9')))
        return false;
    errno = 0;
    *out = strtoll(digits, &end, 10);
    return errno == 0 && end == digits + text.length && end[-1] != '-';
}

bool text_to_flag(struct slice text, bool *out)
{
    static const struct {
        const char *word;
        bool flag;
    } words[] = {{"true", true}, {"false", false}, {"1", true}, {"0", false}};

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (text_caseequal(text, slice_text(words[i].word))) {
            *out = words[i].flag;
            return true;
        }
    return false;
}

struct slice text_base64(struct arena *arena, struct slice bytes)
{
    size_t room = sodium_base64_encoded_len(bytes.length, sodium_base64_VARIANT_ORIGINAL);
    char *out = arena_alloc(arena, room);

    sodium_bin2base64(out, room, (const unsigned char *)bytes.at, bytes.length,
                      sodium_base64_VARIANT_ORIGINAL);
    return slice_of(out, room - 1);
}

bool text_from_base64(struct arena *arena, struct slice text, struct slice *out)
{
    size_t room = text.length / 4 * 3 + 4;
    unsigned char *bytes = arena_alloc(arena, room);
    const char *end = NULL;
    size_t length = 0;

    if (sodium_base642bin(bytes, room, text.at == NULL ? "" : text.at, text.length,
                          " \t\r\n", &length, &end,
                          sodium_base64_VARIANT_ORIGINAL) != 0 ||
        (text.length > 0 && end != text.at + text.length))
        return false;
    bytes[length < room ? length : room - 1] = '\0';
    *out = slice_of(bytes, length);
    return true;
}

struct slice text_hex(struct arena *arena, struct slice bytes)
{
    static const char digits[] = "0123456789ABCDEF";
    char *out = arena_alloc(arena, bytes.length * 2 + 1);

    for (size_t i = 0; i < bytes.length; i++) {
        out[i * 2] = digits[(unsigned char)bytes.at[i] >> 4];
        out[i * 2 + 1] = digits[(unsigned char)bytes.at[i] & 15];
    }
    out[bytes.length * 2] = '\0';
    return slice_of(out, bytes.length * 2);
}

bool text_from_hex(struct arena *arena, struct slice text, struct slice *out)
{
    unsigned char *bytes = arena_alloc(arena, text.length / 2 + 1);
    const char *end = NULL;
    size_t length = 0;

    if (text.length % 2 != 0 ||
        sodium_hex2bin(bytes, text.length / 2 + 1, text.at == NULL ? "" : text.at,
                       text.length, NULL, &length, &end) != 0 ||
        (text.length > 0 && end != text.at + text.length))
        return false;
    bytes[length] = '\0';
    *out = slice_of(bytes, length);
    return true;
}

uint64_t text_hash(struct slice bytes, uint64_t seed)
{
    return XXH3_64bits_withSeed(bytes.at == NULL ? "" : bytes.at, bytes.length, seed);
}

enum { LONGEST_NAME = 64 };

/* Levenshtein on two short names, without regard to ASCII case. */
static size_t distance(const char *a, const char *b)
{
    size_t row[LONGEST_NAME + 1];
    size_t width = strlen(b);

    for (size_t j = 0; j <= width; j++)
        row[j] = j;
    for (size_t i = 1; a[i - 1] != '\0'; i++) {
        size_t diagonal = row[0];

        row[0] = i;
        for (size_t j = 1; j <= width; j++) {
            size_t cost = diagonal + (strncasecmp(&a[i - 1], &b[j - 1], 1) != 0);

            diagonal = row[j];
            cost = cost < row[j] + 1 ? cost : row[j] + 1;
            row[j] = cost < row[j - 1] + 1 ? cost : row[j - 1] + 1;
        }
    }
    return row[width];
}

/* The only name that was begun so; count: none, or several. */
static size_t begun(const char *typed, const char *const *names, size_t count)
{
    size_t length = strlen(typed);
    size_t found = count;

    for (size_t i = 0; length > 1 && i < count; i++) {
        if (strncasecmp(names[i], typed, length) != 0)
            continue;
        if (found != count)
            return count;
        found = i;
    }
    return found;
}

size_t text_nearest(const char *typed, const char *const *names, size_t count)
{
    size_t best = begun(typed, names, count);
    size_t least = strlen(typed) / 3 + 2;

    if (best != count || strlen(typed) > LONGEST_NAME)
        return best;
    for (size_t i = 0; i < count; i++) {
        size_t d = strlen(names[i]) > LONGEST_NAME ? least : distance(typed, names[i]);

        if (d < least) {
            least = d;
            best = i;
        }
    }
    return best;
}
