/* SPDX-License-Identifier: Apache-2.0 */
#include "condition.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "assemble.h"
#include "support/sid.h"

/*
 * A resource attribute: CLAIM_SECURITY_ATTRIBUTE_RELATIVE_V1 of MS-DTYP 2.4.10.1. The
 * header and the offsets of the values come first, what they point to behind.
 */
enum { VALUES_MOST = 256, HEADER = 16 };

static const struct claim_type {
    const char *text;
    uint16_t number;
} claim_types[] = {
    {"TI", 1}, {"TU", 2}, {"TS", 3}, {"TD", 5}, {"TB", 6}, {"TX", 16},
};
enum { CLAIM_TYPES = sizeof claim_types / sizeof *claim_types };

static bool take(struct word_scan *scan, const char *text)
{
    words_skip_blanks(scan);
    return words_take(scan, text);
}

static enum ma_status take_quoted(struct word_scan *scan, struct bytes *out)
{
    const char *end;

    if (!take(scan, "\""))
        return words_fail(scan, "a string in quotes is expected");
    end = strchr(scan->at, '"');
    if (end == NULL || !condition_utf16(scan->at, (size_t)(end - scan->at), out))
        return words_fail(scan, "this string does not end, or is not UTF-8");
    assemble_u16(out, 0);
    scan->at = end + 1;
    return MA_OK;
}

static enum ma_status take_number(struct word_scan *scan, bool is_signed,
                                  struct bytes *out)
{
    char *end;
    uint64_t number;

    words_skip_blanks(scan);
    errno = 0;
    number =
        is_signed ? (uint64_t)strtoll(scan->at, &end, 0) : strtoull(scan->at, &end, 0);
    if (errno != 0 || end == scan->at || (!is_signed && *scan->at == '-'))
        return words_fail(scan, "a number is expected");
    scan->at = end;
    assemble_u32(out, (uint32_t)number);
    assemble_u32(out, (uint32_t)(number >> 32));
    return MA_OK;
}

static enum ma_status take_sid(struct word_scan *scan, struct bytes *out)
{
    unsigned char sid[SID_MOST];

    words_skip_blanks(scan);
    if (words_sid(scan, sid) != MA_OK)
        return MA_INVALID;
    assemble_u32(out, (uint32_t)sid_size(sid));
    bytes_add(out, sid, sid_size(sid));
    return MA_OK;
}

static enum ma_status take_octets(struct word_scan *scan, struct bytes *out)
{
    struct bytes octets = {0};
    unsigned octet;

    words_skip_blanks(scan);
    (void)words_take(scan, "#");
    while (strspn(scan->at, "0123456789abcdefABCDEF") >= 2 &&
           sscanf(scan->at, "%2x", &octet) == 1) {
        bytes_char(&octets, (char)octet);
        scan->at += 2;
    }
    assemble_u32(out, (uint32_t)octets.length);
    bytes_add(out, octets.at, octets.length);
    bytes_free(&octets);
    return MA_OK;
}

static enum ma_status take_value(struct word_scan *scan, uint16_t type, struct bytes *out)
{
    switch (type) {
    case 3:
        return take_quoted(scan, out);
    case 5:
        return take_sid(scan, out);
    case 16:
        return take_octets(scan, out);
    default:
        return take_number(scan, type == 1, out);
    }
}

struct claim {
    struct bytes name;
    struct bytes values;
    uint32_t starts[VALUES_MOST]; /* in `values` */
    size_t count;
    uint16_t type;
    uint32_t flags;
};

static void pad(struct bytes *out, size_t start)
{
    while ((out->length - start) % 4 != 0)
        bytes_char(out, 0);
}

static void put_claim(const struct claim *claim, struct bytes *out)
{
    size_t start = out->length;
    size_t name = HEADER + 4 * claim->count;
    size_t values = name + claim->name.length;
    size_t i;

    assemble_u32(out, (uint32_t)name);
    assemble_u16(out, claim->type);
    assemble_u16(out, 0);
    assemble_u32(out, claim->flags);
    assemble_u32(out, (uint32_t)claim->count);
    for (i = 0; i < claim->count; i++)
        assemble_u32(out, (uint32_t)(values + claim->starts[i]));
    bytes_add(out, claim->name.at, claim->name.length);
    bytes_add(out, claim->values.at, claim->values.length);
    pad(out, start);
}

static enum ma_status take_type(struct word_scan *scan, struct claim *claim)
{
    size_t i;

    words_skip_blanks(scan);
    for (i = 0; i < CLAIM_TYPES; i++)
        if (words_take(scan, claim_types[i].text)) {
            claim->type = claim_types[i].number;
            return MA_OK;
        }
    return words_fail(scan, "a type, TI TU TS TD TB or TX, is expected");
}

static enum ma_status take_flags(struct word_scan *scan, struct claim *claim)
{
    char *end;
    unsigned long flags;

    words_skip_blanks(scan);
    flags = strtoul(scan->at, &end, 0);
    if (end == scan->at || flags > UINT32_MAX)
        return words_fail(scan, "the flags, a number, are expected");
    scan->at = end;
    claim->flags = (uint32_t)flags;
    return MA_OK;
}

static enum ma_status take_values(struct word_scan *scan, struct claim *claim)
{
    while (take(scan, ",")) {
        if (claim->count == VALUES_MOST)
            return words_fail(scan, "too many values");
        claim->starts[claim->count++] = (uint32_t)claim->values.length;
        if (take_value(scan, claim->type, &claim->values) != MA_OK)
            return MA_INVALID;
        pad(&claim->values, 0);
    }
    return take(scan, ")") ? MA_OK : words_fail(scan, "')' is expected");
}

static enum ma_status take_claim(struct word_scan *scan, struct claim *claim)
{
    if (!take(scan, "("))
        return words_fail(scan, "an attribute in parentheses is expected");
    if (take_quoted(scan, &claim->name) != MA_OK)
        return MA_INVALID;
    pad(&claim->name, 0);
    if (!take(scan, ",") || take_type(scan, claim) != MA_OK || !take(scan, ",") ||
        take_flags(scan, claim) != MA_OK)
        return words_fail(scan, "an attribute is (\"name\",type,flags,values)");
    return take_values(scan, claim);
}

enum ma_status resource_parse(struct word_scan *scan, struct bytes *out)
{
    struct claim claim = {.count = 0};
    enum ma_status status = take_claim(scan, &claim);

    if (status == MA_OK)
        put_claim(&claim, out);
    bytes_free(&claim.name);
    bytes_free(&claim.values);
    return status;
}

/* Bytes that offsets point into. */
struct view {
    const unsigned char *at;
    size_t length;
};

static bool number_at(const struct view *view, size_t offset, unsigned size,
                      uint64_t *out)
{
    unsigned i;

    if (offset > view->length || view->length - offset < size)
        return false;
    *out = 0;
    for (i = size; i-- > 0;)
        *out = *out << 8 | view->at[offset + i];
    return true;
}

static bool print_text(const struct view *view, size_t offset, struct bytes *out)
{
    size_t end = offset;
    size_t start = out->length + 1;
    uint64_t unit;

    do {
        if (!number_at(view, end, 2, &unit))
            return false;
        end += 2;
    } while (unit != 0);
    bytes_char(out, '"');
    if (!condition_utf8(view->at + offset, end - offset - 2, out))
        return false;
    if (out->length > start && memchr(out->at + start, '"', out->length - start) != NULL)
        return false;
    bytes_char(out, '"');
    return true;
}

static bool print_number(const struct view *view, size_t offset, bool is_signed,
                         struct bytes *out)
{
    char text[32];
    uint64_t number;

    if (!number_at(view, offset, 8, &number))
        return false;
    if (is_signed)
        (void)snprintf(text, sizeof text, "%" PRId64, (int64_t)number);
    else
        (void)snprintf(text, sizeof text, "%" PRIu64, number);
    bytes_text(out, text);
    return true;
}

static bool print_counted(const struct view *view, size_t offset, bool is_sid,
                          const struct sddl_domains *domains, struct bytes *out)
{
    uint64_t length;
    size_t i;
    char pair[3];

    if (!number_at(view, offset, 4, &length) || length > view->length - offset - 4)
        return false;
    if (is_sid) {
        if (sid_length(view->at + offset + 4, (size_t)length) == 0)
            return false;
        sddl_print_sid(view->at + offset + 4, domains, out);
        return true;
    }
    for (i = 0; i < length; i++) {
        (void)snprintf(pair, sizeof pair, "%02x", view->at[offset + 4 + i]);
        bytes_text(out, pair);
    }
    return true;
}

static bool print_value(const struct view *view, uint64_t type, size_t offset,
                        const struct sddl_domains *domains, struct bytes *out)
{
    switch (type) {
    case 3:
        return print_text(view, offset, out);
    case 5:
        return print_counted(view, offset, true, domains, out);
    case 16:
        return print_counted(view, offset, false, domains, out);
    default:
        return print_number(view, offset, type == 1, out);
    }
}

static const char *type_text(uint64_t number)
{
    size_t i;

    for (i = 0; i < CLAIM_TYPES; i++)
        if (claim_types[i].number == number)
            return claim_types[i].text;
    return NULL;
}

static bool print_claim(const struct view *view, const struct sddl_domains *domains,
                        struct bytes *out)
{
    char text[40];
    uint64_t name;
    uint64_t type;
    uint64_t flags;
    uint64_t count;
    uint64_t offset;
    size_t i;

    if (!number_at(view, 0, 4, &name) || !number_at(view, 4, 2, &type) ||
        !number_at(view, 8, 4, &flags) || !number_at(view, 12, 4, &count) ||
        type_text(type) == NULL || count > VALUES_MOST || !print_text(view, name, out))
        return false;
    (void)snprintf(text, sizeof text, ",%s,0x%" PRIx64, type_text(type), flags);
    bytes_text(out, text);
    for (i = 0; i < count; i++) {
        bytes_char(out, ',');
        if (!number_at(view, HEADER + 4 * i, 4, &offset) ||
            !print_value(view, type, offset, domains, out))
            return false;
    }
    return true;
}

bool resource_print(const unsigned char *at, size_t length,
                    const struct sddl_domains *domains, struct bytes *out)
{
    struct view view = {at, length};
    struct bytes text = {0};
    bool well = print_claim(&view, domains, &text) && !text.failed;

    if (well) {
        bytes_char(out, '(');
        bytes_add(out, text.at, text.length);
        bytes_char(out, ')');
    }
    bytes_free(&text);
    return well;
}
