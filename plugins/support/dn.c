/* SPDX-License-Identifier: Apache-2.0 */
#include "support/dn.h"

#include <stdlib.h>

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

struct folded dn_folded(struct pool *pool, const char *dn)
{
    const char *text = dn_fold(pool, dn);

    return (struct folded){text, strlen(text)};
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

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 32);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Bytes of what stands in a value: an escape, or one; 0 where it may not stand there. */
static size_t step(const char *at)
{
    if (*at != '\\')
        return *at != ';'; /* the comma of RFC 2253: the engine takes it for one */
    if (at[1] != '\0' && strchr(" \"#+,;<=>\\", at[1]) != NULL)
        return 2;
    return hex(at[1]) >= 0 && hex(at[2]) >= 0 ? 3 : 0;
}

static bool is_type_char(char c)
{
    return (small(c) >= 'a' && small(c) <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.';
}

/* The end of the pair that begins here: a comma, a plus, or the end of the text; NULL
 * where it is none. */
static const char *pair_end(const char *at)
{
    const char *type = at += strspn(at, " ");
    size_t length = 1;

    while (is_type_char(*at))
        at++;
    if (at == type)
        return NULL;
    at += strspn(at, " ");
    if (*at++ != '=')
        return NULL;
    for (; length > 0 && *at != '\0' && *at != ',' && *at != '+'; at += length)
        length = step(at);
    return length > 0 ? at : NULL;
}

bool dn_is_ldap(const char *dn)
{
    const char *end = pair_end(dn);

    while (end != NULL && *end != '\0')
        end = pair_end(end + 1);
    return end != NULL;
}

size_t dn_data_of(const char *value)
{
    size_t length = strlen(value);
    char *end = NULL;
    unsigned long count;
    size_t at;

    if ((value[0] != 'B' && value[0] != 'S') || value[1] != ':' || value[2] < '0' ||
        value[2] > '9')
        return 0;
    count = strtoul(value + 2, &end, 10);
    at = (size_t)(end - value) + 1;
    return *end == ':' && count < length && at + count < length &&
                   value[at + count] == ':'
               ? at + count + 1
               : 0;
}

/* Whether the character in front of `at` is escaped. */
static bool is_escaped(const char *begin, const char *at)
{
    const char *first = --at;

    while (first > begin && first[-1] == '\\')
        first--;
    return (at - first) % 2 != 0;
}

bool dn_under(struct folded dn, struct folded base)
{
    size_t above;
    const char *end;

    if (base.length == 0 || dn.length < base.length)
        return base.length == 0;
    above = dn.length - base.length; /* what dn has more */
    end = dn.text + above;
    return memcmp(end, base.text, base.length) == 0 &&
           (above == 0 || (end[-1] == ',' && !is_escaped(dn.text, end)));
}

bool dn_is_under(const char *dn, const char *base)
{
    return dn_under((struct folded){dn, strlen(dn)}, (struct folded){base, strlen(base)});
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
