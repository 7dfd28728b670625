/* SPDX-License-Identifier: Apache-2.0 */
#include <unicase.h>
#include <unistr.h>

#include "expr/eval.h"
#include "expr/fn_text.h"

/* Upper and lower case, a code point at a time; ASCII without a look at Unicode. */

static bool is_ascii(struct slice text)
{
    for (size_t i = 0; i < text.length; i++)
        if ((unsigned char)text.at[i] >= 0x80)
            return false;
    return true;
}

static void ascii_case(struct eval *e, struct slice text, char from, char to,
                       struct expr_value *out)
{
    char *room = eval_room(e, text.length + 1, out);

    if (room == NULL)
        return;
    for (size_t i = 0; i < text.length; i++) {
        char c = text.at[i];

        room[i] = c >= from && c <= to ? (char)(c ^ 0x20) : c;
    }
    room[text.length] = '\0';
    eval_text(out, slice_of(room, text.length));
}

static void put_mapped(struct buf *out, ucs4_t c, struct slice as_written)
{
    uint8_t bytes[6];
    int length = u8_uctomb(bytes, c, sizeof bytes);

    if (length > 0)
        buf_bytes(out, bytes, (size_t)length);
    else
        buf_slice(out, as_written);
}

/* One code point to one, as .NET's invariant ToUpper and ToLower; `first`: the first of a
 * word, which is the one behind a blank: in "$test" that is the dollar. */
static void map_case(struct eval *e, struct slice text, ucs4_t (*first)(ucs4_t),
                     ucs4_t (*map)(ucs4_t), struct expr_value *out)
{
    BUF_AUTO mapped = {0};
    bool begins = true;

    for (size_t at = 0; at < text.length;) {
        ucs4_t c;
        int length = u8_mbtouc(&c, (const uint8_t *)text.at + at, text.length - at);

        length = length < 1 ? 1 : length;
        put_mapped(&mapped, begins ? first(c) : map(c),
                   slice_of(text.at + at, (size_t)length));
        begins = c == ' ';
        at += (size_t)length;
    }
    eval_join(e, EXPR_STRING, buf_view(&mapped), slice_text(""), out);
}

/* `from`, `to`: the letters of ASCII that it changes. */
static void change_case(struct eval *e, struct slice text, char from, char to,
                        ucs4_t (*map)(ucs4_t), struct expr_value *out)
{
    if (is_ascii(text))
        ascii_case(e, text, from, to, out);
    else
        map_case(e, text, map, map, out);
}

void fn_lower(struct eval *e, const struct expr_value *arguments, unsigned count,
              struct expr_value *out)
{
    (void)count;
    change_case(e, arguments[0].bytes, 'A', 'Z', uc_tolower, out);
}

void fn_upper(struct eval *e, const struct expr_value *arguments, unsigned count,
              struct expr_value *out)
{
    (void)count;
    change_case(e, arguments[0].bytes, 'a', 'z', uc_toupper, out);
}

void fn_proper(struct eval *e, const struct expr_value *arguments, unsigned count,
               struct expr_value *out)
{
    (void)count;
    map_case(e, arguments[0].bytes, uc_toupper, uc_tolower, out);
}
