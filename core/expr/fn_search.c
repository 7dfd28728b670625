/* SPDX-License-Identifier: Apache-2.0 */
#include "expr/fn_search.h"

#include "base/text.h"

static bool is_start(char byte)
{
    return ((unsigned char)byte & 0xc0) != 0x80;
}

size_t search_offset(struct slice text, size_t n)
{
    size_t at = 0;

    if (n >= text.length)
        return text.length;
    while (at < text.length && n > 0) {
        at++;
        while (at < text.length && !is_start(text.at[at]))
            at++;
        n--;
    }
    return at;
}

size_t search_position(struct slice text, size_t offset)
{
    size_t count = 0;

    for (size_t i = 0; i < offset; i++)
        count += is_start(text.at[i]);
    return count;
}

/* How many bytes of `text` at this place are `what` but for the case; SEARCH_NOWHERE:
 * they are not. Folded texts may differ in length, so code points are counted. */
static size_t folded_length(struct slice text, size_t at, struct slice what,
                            size_t characters)
{
    struct slice rest = slice_of(text.at + at, text.length - at);
    size_t length = search_offset(rest, characters);

    return text_caseequal(slice_of(rest.at, length), what) ? length : SEARCH_NOWHERE;
}

size_t search_first(struct slice text, struct slice what, bool fold)
{
    size_t characters;

    if (what.length == 0)
        return 0;
    if (!fold) {
        const char *found =
            text.length == 0 ? NULL : memmem(text.at, text.length, what.at, what.length);

        return found == NULL ? SEARCH_NOWHERE : (size_t)(found - text.at);
    }
    characters = text_length(what);
    for (size_t at = 0; at < text.length; at++)
        if (is_start(text.at[at]) &&
            folded_length(text, at, what, characters) != SEARCH_NOWHERE)
            return at;
    return SEARCH_NOWHERE;
}

static size_t match_length(struct slice text, size_t at, struct slice what,
                           size_t characters, bool fold)
{
    if (fold)
        return folded_length(text, at, what, characters);
    return text.length - at >= what.length &&
                   (what.length == 0 || memcmp(text.at + at, what.at, what.length) == 0)
               ? what.length
               : SEARCH_NOWHERE;
}

size_t search_last(struct slice text, struct slice what, size_t end, bool fold)
{
    size_t characters = text_length(what);

    for (size_t at = end + 1; at-- > 0;) {
        size_t length;

        if (at < text.length && !is_start(text.at[at]))
            continue;
        length = match_length(text, at, what, characters, fold);
        if (length != SEARCH_NOWHERE && at + length <= end)
            return at;
    }
    return SEARCH_NOWHERE;
}
