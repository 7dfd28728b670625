/* SPDX-License-Identifier: Apache-2.0 */

/* Texts that are replaced in texts, and words. The rows stand in fn_text.c and fn_mim.c.
 */

#include "base/buf.h"
#include "expr/eval.h"
#include "expr/fn_search.h"
#include "expr/fn_text.h"

/* --- replacement -------------------------------------------------------------------- */

void fn_replace_text(struct eval *e, struct slice text, struct slice from,
                     struct slice to, struct expr_value *out)
{
    BUF_AUTO result = {0};

    if (from.length == 0) {
        eval_fail(e, out, "the text to replace is empty");
        return;
    }
    for (;;) {
        size_t at = search_first(text, from, false);

        if (at == SEARCH_NOWHERE)
            break;
        buf_slice(&result, slice_of(text.at, at));
        buf_slice(&result, to);
        text = slice_of(text.at + at + from.length, text.length - at - from.length);
        if (result.length > e->most)
            break;
    }
    buf_slice(&result, text);
    eval_join(e, EXPR_STRING, buf_view(&result), slice_text(""), out);
}

void fn_replace(struct eval *e, const struct expr_value *arguments, unsigned count,
                struct expr_value *out)
{
    (void)count;
    fn_replace_text(e, arguments[0].bytes, arguments[1].bytes, arguments[2].bytes, out);
}

/* The next "a:b" of a pattern whose white space is gone; false where it is none. */
static bool take_pair(struct slice *rest, struct slice *source, struct slice *target)
{
    size_t end = search_first(*rest, slice_text(","), false);
    struct slice pair = *rest;
    size_t colon;

    if (end == SEARCH_NOWHERE) {
        *rest = (struct slice){0};
    } else {
        pair.length = end;
        *rest = slice_of(rest->at + end + 1, rest->length - end - 1);
    }
    colon = search_first(pair, slice_text(":"), false);
    if (colon == SEARCH_NOWHERE)
        return false;
    *source = slice_of(pair.at, colon);
    *target = slice_of(pair.at + colon + 1, pair.length - colon - 1);
    return text_length(*source) == 1;
}

static struct slice without_white(struct arena *arena, struct slice text)
{
    BUF_AUTO out = {0};

    while (text.length > 0) {
        size_t next = search_offset(text, 1);

        if (text_trim(slice_of(text.at, next)).length > 0)
            buf_slice(&out, slice_of(text.at, next));
        text = slice_of(text.at + next, text.length - next);
    }
    return arena_slice(arena, buf_view(&out));
}

struct pairs {
    struct slice *sources;
    struct slice *targets;
    size_t count;
};

static bool read_pairs(struct eval *e, struct slice pattern, struct pairs *out)
{
    struct slice rest = without_white(e->arena, pattern);
    size_t most = rest.length / 2 + 1;

    out->sources = ARENA_ARRAY(e->arena, struct slice, most);
    out->targets = ARENA_ARRAY(e->arena, struct slice, most);
    for (out->count = 0; rest.at != NULL && rest.length > 0; out->count++)
        if (!take_pair(&rest, &out->sources[out->count], &out->targets[out->count]))
            return false;
    return true;
}

static struct slice replacement(const struct pairs *pairs, struct slice character)
{
    for (size_t i = 0; i < pairs->count; i++)
        if (slice_equal(pairs->sources[i], character))
            return pairs->targets[i];
    return character;
}

void fn_replace_chars(struct eval *e, const struct expr_value *arguments, unsigned count,
                      struct expr_value *out)
{
    BUF_AUTO result = {0};
    struct slice text = arguments[0].bytes;
    struct pairs pairs;

    (void)count;
    if (!read_pairs(e, arguments[1].bytes, &pairs)) {
        eval_fail(e, out,
                  "a pattern is a list like a:b,c:de,f: with one character on "
                  "the left of each colon");
        return;
    }
    if (!eval_rounds(e, (text.length >> 5) * (pairs.count >> 2), out))
        return;
    while (text.length > 0 && result.length <= e->most) {
        size_t next = search_offset(text, 1);

        buf_slice(&result, replacement(&pairs, slice_of(text.at, next)));
        text = slice_of(text.at + next, text.length - next);
    }
    eval_join(e, EXPR_STRING, buf_view(&result), slice_text(""), out);
}

/* --- words -------------------------------------------------------------------------- */

static size_t next_delimiter(struct slice text, struct slice delimiters)
{
    size_t at = 0;

    while (at < text.length) {
        struct slice rest = slice_of(text.at + at, text.length - at);
        size_t length = search_offset(rest, 1);

        if (search_first(delimiters, slice_of(rest.at, length), false) != SEARCH_NOWHERE)
            break;
        at += length;
    }
    return at;
}

void fn_word(struct slice text, int64_t number, struct slice delimiters,
             bool runs_are_one, struct expr_value *out)
{
    eval_text(out, slice_text(""));
    while (number > 0) {
        size_t end = next_delimiter(text, delimiters);

        if ((end > 0 || !runs_are_one) && --number == 0) {
            eval_text(out, slice_of(text.at, end));
            return;
        }
        if (end >= text.length)
            return;
        end += search_offset(slice_of(text.at + end, text.length - end), 1);
        text = slice_of(text.at + end, text.length - end);
    }
}
