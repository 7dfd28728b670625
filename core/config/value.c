/* SPDX-License-Identifier: Apache-2.0 */
#include "config/value.h"

#include "base/text.h"

static bool has_line_end(struct slice text)
{
    return text.length > 0 && memchr(text.at, '\n', text.length) != NULL;
}

struct slice value_text(enum content content, struct slice text)
{
    struct slice stripped = text_strip(text);

    /* A re-indented file puts a line end into what was empty; a single blank is data. */
    if (content == CONTENT_DATA && (stripped.length > 0 || !has_line_end(text)))
        return text;
    return stripped;
}

bool value_may_be_empty(enum content content)
{
    return content != CONTENT_GUID;
}

static void put_number(struct field field, void *object, uint64_t number)
{
    char *at = (char *)object + field.offset;
    uint32_t half = (uint32_t)number;
    uint8_t small = (uint8_t)number;

    if (field.size == sizeof number)
        memcpy(at, &number, sizeof number);
    else if (field.size == sizeof half)
        memcpy(at, &half, sizeof half);
    else if (field.size == sizeof small)
        memcpy(at, &small, sizeof small);
}

static bool read_number(struct slice text, unsigned base, size_t size, uint64_t *out)
{
    uint64_t limit = size == sizeof(uint32_t) ? UINT32_MAX : INT64_MAX;

    *out = 0;
    for (size_t i = 0; i < text.length; i++) {
        char c = text.at[i];
        unsigned digit = c >= '0' && c <= '9'   ? (unsigned)(c - '0')
                         : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10
                         : c >= 'A' && c <= 'F' ? (unsigned)(c - 'A') + 10
                                                : 99;

        if (digit >= base || *out > (limit - digit) / base)
            return false;
        *out = *out * base + digit;
    }
    return true;
}

static bool read_flag(struct slice text, uint64_t *out)
{
    bool flag = false;

    /* The two spellings that a schema has by the ten thousand. */
    *out = slice_equal(text, slice_of("true", 4));
    if (*out || slice_equal(text, slice_of("false", 5)))
        return true;
    /* -1 is true where Visual Basic wrote it */
    if (text.length > 0 && !slice_equal(text, slice_text("-1")) &&
        !text_to_flag(text, &flag))
        return false;
    *out = flag || slice_equal(text, slice_text("-1"));
    return true;
}

static bool read_choice(const struct choice *choices, struct slice text, uint64_t *out)
{
    for (const struct choice *c = choices; c->word != NULL; c++)
        if (text_caseequal(text, slice_text(c->word))) {
            *out = (uint64_t)c->value;
            return true;
        }
    return text.length == 0;
}

static void want_choice(const struct choice *choices, struct buf *wanted)
{
    buf_text(wanted, "one of");
    for (const struct choice *c = choices; c->word != NULL; c++)
        buf_print(wanted, "%s %s", c == choices ? "" : ",", c->word);
}

static bool store_guid(struct field field, void *object, struct slice text)
{
    struct guid guid = {{0}};

    if (text.length > 0 && !guid_parse(text, &guid))
        return false;
    if (field.size == sizeof guid)
        memcpy((char *)object + field.offset, &guid, sizeof guid);
    return true;
}

static void store_text(struct arena *arena, struct field field, void *object,
                       struct slice text)
{
    const char *copy;

    if (field.size != sizeof copy)
        return;
    copy = arena_textn(arena, text.at, text.length);
    memcpy((char *)object + field.offset, &copy, sizeof copy);
}

static bool store_number(enum content content, const struct choice *choices,
                         struct field field, void *object, struct slice text,
                         struct buf *wanted)
{
    uint64_t number = 0;
    bool good;

    if (content == CONTENT_CHOICE) {
        good = read_choice(choices, text, &number);
        if (!good)
            want_choice(choices, wanted);
        if (text.length == 0)
            return good; /* the default stays */
    } else if (content == CONTENT_FLAG) {
        good = read_flag(text, &number);
        buf_text(wanted, "0, 1, true or false");
    } else {
        bool hex = content == CONTENT_HEX;

        good = read_number(text, hex ? 16 : 10, field.size, &number);
        buf_print(wanted, "a%s number of at most %d bits", hex ? " hexadecimal" : "",
                  field.size == sizeof(uint32_t) ? 32 : 63);
    }
    if (good)
        put_number(field, object, number);
    return good;
}

bool value_store(struct arena *arena, enum content content, const struct choice *choices,
                 struct field field, void *object, struct slice text, struct buf *wanted)
{
    switch (content) {
    case CONTENT_WORD:
    case CONTENT_DATA:
        store_text(arena, field, object, text);
        return true;
    case CONTENT_GUID:
        buf_text(wanted, "a GUID");
        return store_guid(field, object, text);
    case CONTENT_FLAG:
    case CONTENT_NUMBER:
    case CONTENT_HEX:
    case CONTENT_CHOICE:
        return store_number(content, choices, field, object, text, wanted);
    case CONTENT_ELEMENTS:
    case CONTENT_ANYTHING:
        break;
    }
    return true;
}
