/* SPDX-License-Identifier: Apache-2.0 */

/* Functions that turn one kind of value into another. */

#include <inttypes.h>
#include <sodium.h>
#include <unistr.h>

#include "base/buf.h"
#include "base/guid.h"
#include "expr/date.h"
#include "expr/eval.h"

enum { MOST_NUMBER_BYTES = 8, MOST_SUBAUTHORITIES = 15, SID_HEAD = 8 };

/* --- simple values ------------------------------------------------------------------ */

static void to_flag(struct eval *e, const struct expr_value *arguments, unsigned count,
                    struct expr_value *out)
{
    bool flag;

    (void)count;
    if (operand_truth(&arguments[0], &flag))
        eval_flag(out, flag);
    else
        eval_fail(e, out, "%s is neither true nor false",
                  operand_kind(arguments[0].kind));
}

static void to_date(struct eval *e, const struct expr_value *arguments, unsigned count,
                    struct expr_value *out)
{
    int64_t ticks;

    (void)count;
    if (arguments[0].kind == EXPR_DATE)
        *out = arguments[0];
    else if (date_parse(arguments[0].bytes, &ticks))
        eval_date(out, ticks);
    else
        eval_fail(e, out, "the text is no date");
}

static void to_reference(struct eval *e, const struct expr_value *arguments,
                         unsigned count, struct expr_value *out)
{
    (void)e;
    (void)count;
    *out = arguments[0];
}

static void to_text(struct eval *e, const struct expr_value *arguments, unsigned count,
                    struct expr_value *out)
{
    (void)e;
    (void)count;
    *out = arguments[0];
}

/* --- numbers ------------------------------------------------------------------------ */

static void number_of_bytes(struct eval *e, struct slice bytes, struct expr_value *out)
{
    uint64_t number = 0;

    if (bytes.length == 0 || bytes.length > MOST_NUMBER_BYTES) {
        eval_fail(e, out, "a number has 1 to %d bytes, and not %zu", MOST_NUMBER_BYTES,
                  bytes.length);
        return;
    }
    for (size_t i = bytes.length; i-- > 0;)
        number = number << 8 | (unsigned char)bytes.at[i];
    eval_number(out, (int64_t)number);
}

static void to_number(struct eval *e, const struct expr_value *arguments, unsigned count,
                      struct expr_value *out)
{
    (void)count;
    if (arguments[0].kind == EXPR_BYTES)
        number_of_bytes(e, arguments[0].bytes, out);
    else if (arguments[0].kind == EXPR_BOOLEAN)
        eval_number(out, arguments[0].number);
    else if (!operand_numeric(&arguments[0], out))
        eval_fail(e, out, "%s is no number", operand_kind(arguments[0].kind));
}

/* Whether the number can be read back from so many bytes, with or without a sign. */
static bool fits(int64_t number, int64_t bytes)
{
    int bits = (int)bytes * 8;

    if (bytes >= MOST_NUMBER_BYTES)
        return true;
    return number < 0 ? number >= -(INT64_C(1) << (bits - 1)) : number >> bits == 0;
}

static void to_bytes(struct eval *e, const struct expr_value *arguments, unsigned count,
                     struct expr_value *out)
{
    uint64_t rest = (uint64_t)arguments[0].number;
    int64_t length = arguments[1].number;
    unsigned char *bytes;

    (void)count;
    if (length < 1 || length > MOST_NUMBER_BYTES) {
        eval_fail(e, out, "the length is 1 to %d bytes", MOST_NUMBER_BYTES);
        return;
    }
    if (!fits(arguments[0].number, length)) {
        eval_fail(e, out, "the number does not fit in %" PRId64 " bytes", length);
        return;
    }
    bytes = arena_alloc(e->arena, MOST_NUMBER_BYTES);
    for (int64_t i = 0; i < length; i++, rest >>= 8)
        bytes[i] = (unsigned char)rest;
    eval_bytes(out, slice_of(bytes, (size_t)length));
}

/* --- GUID, SID, hash ---------------------------------------------------------------- */

static void to_guid(struct eval *e, const struct expr_value *arguments, unsigned count,
                    struct expr_value *out)
{
    struct guid guid;

    (void)count;
    if (guid_parse(arguments[0].bytes, &guid))
        eval_bytes(out,
                   slice_of(arena_copy(e->arena, guid.bytes, sizeof guid.bytes), 16));
    else
        eval_fail(e, out, "the text is no GUID");
}

static void from_guid(struct eval *e, const struct expr_value *arguments, unsigned count,
                      struct expr_value *out)
{
    struct guid guid;
    char text[GUID_TEXT];

    (void)count;
    if (arguments[0].bytes.length != sizeof guid.bytes) {
        eval_fail(e, out, "a GUID has 16 bytes, and not %zu", arguments[0].bytes.length);
        return;
    }
    memcpy(guid.bytes, arguments[0].bytes.at, sizeof guid.bytes);
    eval_text(out,
              slice_text(arena_text(e->arena, guid_format(&guid, GUID_PLAIN, text))));
}

/* S-1-5-21-...: MS-DTYP 2.4.2; an authority above 32 bits is hexadecimal. */
static const char *sid_text(struct arena *arena, const unsigned char *sid)
{
    BUF_AUTO text = {0};
    uint64_t authority = 0;

    for (int i = 2; i < SID_HEAD; i++)
        authority = authority << 8 | sid[i];
    buf_print(&text, authority >> 32 == 0 ? "S-1-%" PRIu64 : "S-1-0x%012" PRIX64,
              authority);
    for (int i = 0; i < sid[1]; i++) {
        const unsigned char *at = sid + SID_HEAD + i * 4;

        buf_print(&text, "-%" PRIu32,
                  (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 |
                      (uint32_t)at[3] << 24);
    }
    return arena_textn(arena, text.at, text.length);
}

static void from_sid(struct eval *e, const struct expr_value *arguments, unsigned count,
                     struct expr_value *out)
{
    struct slice bytes = arguments[0].bytes;
    const unsigned char *sid = (const unsigned char *)bytes.at;

    (void)count;
    if (bytes.length < SID_HEAD || sid[0] != 1 || sid[1] > MOST_SUBAUTHORITIES ||
        bytes.length != SID_HEAD + 4u * sid[1])
        eval_fail(e, out, "the bytes are no security identifier");
    else
        eval_text(out, slice_text(sid_text(e->arena, sid)));
}

static void thumbprint(struct eval *e, const struct expr_value *arguments, unsigned count,
                       struct expr_value *out)
{
    struct slice bytes = arguments[0].bytes;
    unsigned char *hash = arena_alloc(e->arena, crypto_hash_sha256_BYTES);

    (void)count;
    crypto_hash_sha256(hash, (const unsigned char *)(bytes.at == NULL ? "" : bytes.at),
                       bytes.length);
    eval_bytes(out, slice_of(hash, crypto_hash_sha256_BYTES));
}

/* --- encodings ---------------------------------------------------------------------- */

static void put_code_point(struct buf *out, ucs4_t c)
{
    uint8_t bytes[6];
    int length = u8_uctomb(bytes, c, sizeof bytes);

    if (length > 0)
        buf_bytes(out, bytes, (size_t)length);
    else
        buf_text(out, "\xef\xbf\xbd");
}

/* As .NET decodes: what is no text becomes U+FFFD. */
static void decode_utf16(struct slice bytes, struct buf *out)
{
    for (size_t at = 0; at < bytes.length; at += 2) {
        const unsigned char *b = (const unsigned char *)bytes.at + at;
        ucs4_t unit = at + 1 < bytes.length ? (ucs4_t)(b[0] | b[1] << 8) : 0xfffd;
        ucs4_t next = at + 3 < bytes.length ? (ucs4_t)(b[2] | b[3] << 8) : 0;

        if (unit >= 0xd800 && unit < 0xdc00 && next >= 0xdc00 && next < 0xe000) {
            unit = 0x10000 + ((unit - 0xd800) << 10) + (next - 0xdc00);
            at += 2;
        }
        put_code_point(out, unit);
    }
}

static void decode_utf8(struct slice bytes, struct buf *out)
{
    for (size_t at = 0; at < bytes.length;) {
        ucs4_t c;
        int length = u8_mbtouc(&c, (const uint8_t *)bytes.at + at, bytes.length - at);

        put_code_point(out, c);
        at += (size_t)(length < 1 ? 1 : length);
    }
}

static void decode_ascii(struct slice bytes, struct buf *out)
{
    for (size_t at = 0; at < bytes.length; at++)
        buf_char(out, (unsigned char)bytes.at[at] < 0x80 ? bytes.at[at] : '?');
}

static const struct {
    const char *name;
    void (*decode)(struct slice, struct buf *);
} encodings[] = {
    {"Unicode", decode_utf16}, {"ASCII", decode_ascii}, {"UTF8", decode_utf8}};

enum { ENCODINGS = sizeof encodings / sizeof encodings[0] };

static size_t find_encoding(struct slice name)
{
    for (size_t i = 0; i < ENCODINGS; i++)
        if (text_caseequal(name, slice_text(encodings[i].name)))
            return i;
    return ENCODINGS;
}

static void decode(struct eval *e, size_t encoding, struct slice bytes,
                   struct expr_value *out)
{
    BUF_AUTO text = {0};

    encodings[encoding].decode(bytes, &text);
    eval_join(e, EXPR_STRING, buf_view(&text), slice_text(""), out);
}

static void from_base64(struct eval *e, const struct expr_value *arguments,
                        unsigned count, struct expr_value *out)
{
    size_t encoding = count > 1 ? find_encoding(arguments[1].bytes) : 0;
    struct slice bytes;

    if (encoding == ENCODINGS)
        eval_fail(e, out, "an encoding is Unicode, ASCII or UTF8");
    else if (!text_from_base64(e->arena, arguments[0].bytes, &bytes))
        eval_fail(e, out, "the text is not Base64");
    else
        decode(e, encoding, bytes, out);
}

static struct slice encode_utf16(struct arena *arena, struct slice text)
{
    BUF_AUTO out = {0};

    for (size_t at = 0; at < text.length;) {
        ucs4_t c;
        uint16_t units[2];
        int length = u8_mbtouc(&c, (const uint8_t *)text.at + at, text.length - at);
        int count = u16_uctomb(units, c, 2);

        for (int i = 0; i < count; i++) {
            buf_char(&out, (char)(units[i] & 0xff));
            buf_char(&out, (char)(units[i] >> 8));
        }
        at += (size_t)(length < 1 ? 1 : length);
    }
    return arena_slice(arena, buf_view(&out));
}

/* Binary by its bytes: sourceAnchor from objectGUID. Text as UTF-16, as the reference
 * says. */
static void to_base64(struct eval *e, const struct expr_value *arguments, unsigned count,
                      struct expr_value *out)
{
    struct slice bytes = arguments[0].kind == EXPR_BYTES
                             ? arguments[0].bytes
                             : encode_utf16(e->arena, arguments[0].bytes);

    (void)count;
    eval_text(out, text_base64(e->arena, bytes));
}

static void from_hex(struct eval *e, const struct expr_value *arguments, unsigned count,
                     struct expr_value *out)
{
    struct slice bytes;

    (void)count;
    if (text_from_hex(e->arena, arguments[0].bytes, &bytes))
        decode(e, find_encoding(slice_text("UTF8")), bytes, out);
    else
        eval_fail(e, out, "the text is not hexadecimal");
}

static void to_hex(struct eval *e, const struct expr_value *arguments, unsigned count,
                   struct expr_value *out)
{
    (void)count;
    eval_text(out, text_hex(e->arena, arguments[0].bytes));
}

/* --- the rows ----------------------------------------------------------------------- */

#define ONE(kinds, function) .least = 1, .most = 1, .takes = {kinds}, .body = (function)

static const struct function rows[] = {
    {HELP("CBin", "bin CBin(num value, num length)",
          "The number in so many bytes, the lowest first.", "CBin(258,2)", "hex:0201"),
     .least = 2, .most = 2, .takes = {TAKES_NUMBER, TAKES_NUMBER}, .body = to_bytes},
    {HELP("CBool", "bool CBool(exp value)",
          "True for a number that is not 0 and for a text that says so; null is "
          "False.",
          "CBool(2)", "True"),
     ONE(TAKES_ANY, to_flag), .nulls = NULLS_OWN},
    {HELP("CDate", "dt CDate(str value)",
          "The date in a text, months first, in UTC where no zone is given.",
          "CDate(\"2013-01-10 4:00 PM -8\")", "2013-01-11 00:00:00"),
     ONE(TAKES_TEXT | TAKES_DATE, to_date)},
    {HELP("CGuid", "bin CGuid(str guid)", "The 16 bytes of a GUID, with or without {}.",
          "CGuid(\"382c74c3-721d-4f34-80e5-57657b6cbc27\")",
          "hex:C3742C381D72344F80E557657B6CBC27"),
     ONE(TAKES_TEXT, to_guid)},
    {HELP("CNum", "num CNum(str value)",
          "The number in a text, or in bytes, the lowest first.", "CNum(\"12\")", "12"),
     ONE(TAKES_ANY, to_number)},
    {HELP("CRef", "ref CRef(str value)", "A reference to the object with this DN.",
          "CRef(\"cn=Ada,dc=contoso,dc=com\")", "CRef(\"cn=Ada,dc=contoso,dc=com\")"),
     ONE(TAKES_REFERENCE, to_reference)},
    {HELP("CStr", "str CStr(num|ref|bool value)",
          "The text of a number, a reference or a boolean.", "CStr(12)", "\"12\""),
     ONE(TAKES_TEXT, to_text)},
    {HELP("ConvertFromBase64", "str ConvertFromBase64(str source [, enum Encoding])",
          "The text in Base64: Unicode (UTF-16) unless ASCII or UTF8 is given.",
          "ConvertFromBase64(\"SGVsbG8gd29ybGQh\",UTF8)", "\"Hello world!\""),
     .least = 1, .most = 2, .takes = {TAKES_TEXT, TAKES_TEXT}, .body = from_base64},
    {HELP("ConvertFromUTF8Hex", "str ConvertFromUTF8Hex(str source)",
          "The text in hexadecimal UTF-8.",
          "ConvertFromUTF8Hex(\"48656C6C6F20776F726C6421\")", "\"Hello world!\""),
     ONE(TAKES_TEXT, from_hex)},
    {HELP("ConvertToBase64", "str ConvertToBase64(str|bin source)",
          "Base64 of binary, or of a text in UTF-16.",
          "ConvertToBase64(\"Hello world!\")", "\"SABlAGwAbABvACAAdwBvAHIAbABkACEA\""),
     ONE(TAKES_TEXT | TAKES_BYTES, to_base64)},
    {HELP("ConvertToUTF8Hex", "str ConvertToUTF8Hex(str source)",
          "The text as hexadecimal UTF-8, fit for a DN.",
          "ConvertToUTF8Hex(\"Hello world!\")", "\"48656C6C6F20776F726C6421\""),
     ONE(TAKES_TEXT | TAKES_BYTES, to_hex)},
    {HELP("StringFromGuid", "str StringFromGuid(bin guid)", "The text of a GUID.",
          "StringFromGuid(CGuid(\"{382C74C3-721D-4F34-80E5-57657B6CBC27}\"))",
          "\"382c74c3-721d-4f34-80e5-57657b6cbc27\""),
     ONE(TAKES_BYTES, from_guid)},
    {HELP("StringFromSid", "str StringFromSid(bin sid)",
          "The text of a security identifier.",
          "StringFromSid(CBin(257,2) & CBin(0,5) & CBin(5,1) & CBin(18,4))",
          "\"S-1-5-18\""),
     ONE(TAKES_BYTES, from_sid)},
    {HELP("Thumbprint", "bin Thumbprint(bin value)", "The SHA-256 of binary.",
          "Len(Thumbprint(CBin(1,1)))", "32"),
     ONE(TAKES_BYTES, thumbprint)},
};

const struct function_group fn_conversion = {"Conversion", rows,
                                             sizeof rows / sizeof rows[0]};
