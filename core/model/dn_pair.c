/* SPDX-License-Identifier: Apache-2.0 */
#include "model/dn_pair.h"

#include "base/text.h"

static bool is_special(char c)
{
    return c != '\0' && strchr(" \"#+,;<=>\\", c) != NULL;
}

static bool is_letter(char c)
{
    return dn_upper(c) >= 'A' && dn_upper(c) <= 'Z';
}

static size_t skip_blanks(struct slice dn, size_t at)
{
    while (at < dn.length && dn.at[at] == ' ')
        at++;
    return at;
}

size_t dn_pair_step(struct slice dn, size_t at)
{
    if (dn.at[at] != '\\')
        return dn.at[at] != '\0';
    if (at + 1 < dn.length && is_special(dn.at[at + 1]))
        return 2;
    return at + 2 < dn.length && dn_is_hex(dn.at[at + 1]) && dn_is_hex(dn.at[at + 2]) ? 3
                                                                                      : 0;
}

struct slice dn_pair_bare_type(struct slice type)
{
    static const struct slice prefix = {"OID.", 4};

    if (type.length > 4 && dn_is_digit(type.at[4]) &&
        text_caseequal(slice_of(type.at, 4), prefix))
        return slice_of(type.at + 4, type.length - 4);
    return type;
}

/* A name, or a number with dots. */
static bool is_type(struct slice type)
{
    struct slice text = dn_pair_bare_type(type);
    bool number = text.length > 0 && dn_is_digit(text.at[0]);

    if (text.length == 0 || (!number && !is_letter(text.at[0])))
        return false;
    for (size_t i = 1; i < text.length; i++) {
        char c = text.at[i];

        if (!dn_is_digit(c) && (number ? c != '.' : !is_letter(c) && c != '-'))
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
        size_t length = dn_pair_step(dn, i);

        if (length == 0)
            return false;
        i += length;
    }
    if (i >= dn.length)
        return false;
    *out = slice_of(dn.at + *at, i + 1 - *at);
    *at = skip_blanks(dn, i + 1);
    return *at == dn.length || dn_is_separator(dn.at[*at]);
}

static bool read_plain(struct slice dn, size_t *at, struct slice *out)
{
    size_t begin = *at;
    size_t end = begin;

    while (*at < dn.length && !dn_is_separator(dn.at[*at])) {
        size_t length = dn_pair_step(dn, *at);

        if (length == 0)
            return false;
        if (dn.at[*at] != ' ')
            end = *at + length;
        *at += length;
    }
    *out = slice_of(dn.at + begin, end - begin);
    return true;
}

bool dn_pair_read(struct slice dn, size_t *at, struct dn_pair *out)
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
static bool read_rdn(struct slice dn, size_t at, struct dn_rdn *out, bool *last)
{
    struct dn_pair pair;

    if (!dn_pair_read(dn, &at, &out->first))
        return false;
    pair = out->first;
    while (pair.after == '+')
        if (!dn_pair_read(dn, &at, &pair))
            return false;
    out->text = slice_of(out->first.type.at, (size_t)(pair.value.at + pair.value.length -
                                                      out->first.type.at));
    out->next = skip_blanks(dn, at);
    *last = pair.after == '\0';
    return true;
}

/* Where ASCII that stands for itself in a value, and in capitals in a key, ends. */
static size_t skip_plain(struct slice dn, size_t at)
{
    static const bool special[128] = {
        ['\0'] = true, ['"'] = true, ['#'] = true,  ['+'] = true,
        [','] = true,  [';'] = true, ['\\'] = true,
    };

    while (at < dn.length && (unsigned char)dn.at[at] < sizeof special &&
           !special[(unsigned char)dn.at[at]])
        at++;
    return at;
}

/* Letters, digits and hyphens from a letter on: where they end. */
static size_t skip_plain_type(struct slice dn, size_t at)
{
    if (at == dn.length || !is_letter(dn.at[at]))
        return at;
    for (at++; at < dn.length; at++)
        if (!is_letter(dn.at[at]) && !dn_is_digit(dn.at[at]) && dn.at[at] != '-')
            break;
    return at;
}

bool dn_pair_read_plain(struct slice dn, size_t *at, struct dn_pair *out)
{
    size_t begin = *at;
    size_t value = skip_plain_type(dn, begin) + 1;
    size_t end;

    if (value == begin + 1 || value > dn.length || dn.at[value - 1] != '=')
        return false;
    end = skip_plain(dn, value);
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
static bool find_plain(struct slice dn, struct dn_rdn *out, size_t *depth)
{
    struct dn_pair pair = {.after = ','};
    size_t at = 0;

    for (*depth = 0; pair.after == ','; (*depth)++) {
        if (!dn_pair_read_plain(dn, &at, &pair))
            return false;
        if (*depth == 0)
            *out = (struct dn_rdn){.text = slice_of(dn.at, at - (pair.after == ',')),
                                   .first = pair,
                                   .next = at};
    }
    return true;
}

bool dn_pair_rdn(struct slice dn, size_t n, struct dn_rdn *out, size_t *depth)
{
    struct dn_rdn rdn;
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
