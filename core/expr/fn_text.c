/* SPDX-License-Identifier: Apache-2.0 */

/* Functions of texts. Positions are code points from 1; of binary, bytes. */

#include <unistr.h>

#include "base/buf.h"
#include "base/guid.h"
#include "expr/eval.h"
#include "expr/fn_search.h"
#include "expr/fn_text.h"

/* --- parts -------------------------------------------------------------------------- */

static size_t length_of(const struct expr_value *value)
{
    return value->kind == EXPR_BYTES ? value->bytes.length : text_length(value->bytes);
}

/* Offset of the n-th byte or code point, from 0. */
static size_t offset_of(const struct expr_value *value, struct slice bytes, int64_t n)
{
    if (n < 0 || (uint64_t)n >= bytes.length)
        return n < 0 ? 0 : bytes.length;
    return value->kind == EXPR_BYTES ? (size_t)n : search_offset(bytes, (size_t)n);
}

/* Null counts as an empty text here, as the reference has it. */
static bool give_empty(const struct expr_value *value, struct expr_value *out)
{
    if (value->kind != EXPR_NULL)
        return false;
    eval_text(out, slice_text(""));
    return true;
}

static void give_part(const struct expr_value *value, size_t from, size_t length,
                      struct expr_value *out)
{
    *out = (struct expr_value){.kind = value->kind,
                               .bytes = {value->bytes.at + from, length}};
}

/* A null number gives null. */
static bool lacks_number(const struct expr_value *arguments, unsigned count,
                         struct expr_value *out)
{
    for (unsigned i = 1; i < count; i++)
        if (arguments[i].kind == EXPR_NULL) {
            eval_null(out);
            return true;
        }
    return false;
}

static void left(struct eval *e, const struct expr_value *arguments, unsigned count,
                 struct expr_value *out)
{
    int64_t number = arguments[1].number;

    (void)e;
    if (give_empty(&arguments[0], out) || lacks_number(arguments, count, out))
        return;
    if (number < 0)
        *out = arguments[0];
    else
        give_part(&arguments[0], 0, offset_of(&arguments[0], arguments[0].bytes, number),
                  out);
}

static void right(struct eval *e, const struct expr_value *arguments, unsigned count,
                  struct expr_value *out)
{
    int64_t number = arguments[1].number;
    size_t from;

    (void)e;
    if (give_empty(&arguments[0], out) || lacks_number(arguments, count, out))
        return;
    if (number < 0) {
        *out = arguments[0];
        return;
    }
    from = offset_of(&arguments[0], arguments[0].bytes,
                     (int64_t)length_of(&arguments[0]) - number);
    give_part(&arguments[0], from, arguments[0].bytes.length - from, out);
}

/* What Mid gives back unchanged: a start or a number that makes no sense. */
static bool is_odd(const struct expr_value *arguments, unsigned count)
{
    int64_t start = arguments[1].number;

    return (count > 2 && arguments[2].number < 0) || start <= 0 ||
           (uint64_t)start > length_of(&arguments[0]);
}

void fn_mid(struct eval *e, const struct expr_value *arguments, unsigned count,
            struct expr_value *out)
{
    struct slice rest = arguments[0].bytes;
    size_t from;
    size_t length;

    (void)e;
    if (give_empty(&arguments[0], out) || lacks_number(arguments, count, out))
        return;
    if (count > 2 && arguments[2].number == 0) {
        give_part(&arguments[0], 0, 0, out);
        return;
    }
    if (is_odd(arguments, count)) {
        *out = arguments[0];
        return;
    }
    from = offset_of(&arguments[0], rest, arguments[1].number - 1);
    rest = slice_of(rest.at + from, rest.length - from);
    length =
        count > 2 ? offset_of(&arguments[0], rest, arguments[2].number) : rest.length;
    give_part(&arguments[0], from, length, out);
}

static void len(struct eval *e, const struct expr_value *arguments, unsigned count,
                struct expr_value *out)
{
    (void)e;
    (void)count;
    eval_number(out,
                arguments[0].kind == EXPR_NULL ? 0 : (int64_t)length_of(&arguments[0]));
}

/* --- search ------------------------------------------------------------------------- */

/* What InStr and InStrRev are asked for. */
struct search {
    struct slice text;
    struct slice what;
    size_t start; /* offset; the length where none is given to InStrRev */
    bool fold;
    bool beyond; /* the start lies behind the text */
};

static bool read_compare(struct eval *e, const struct expr_value *value, bool *fold,
                         struct expr_value *out)
{
    *fold = text_caseequal(value->bytes, slice_text("vbTextCompare")) ||
            slice_equal(value->bytes, slice_text("1"));
    if (*fold || text_caseequal(value->bytes, slice_text("vbBinaryCompare")) ||
        slice_equal(value->bytes, slice_text("0")))
        return true;
    eval_fail(e, out, "a comparison is vbTextCompare or vbBinaryCompare");
    return false;
}

/* Comparing costs at worst the product of the lengths. */
static bool is_affordable(struct eval *e, const struct search *search,
                          struct expr_value *out)
{
    return eval_rounds(e, (search->text.length >> 5) * (search->what.length >> 5), out);
}

/* False where `out` already says what comes out: null has no place to be found at. */
static bool read_search(struct eval *e, const struct expr_value *arguments,
                        unsigned count, struct search *search, struct expr_value *out)
{
    int64_t start = count > 2 ? arguments[2].number : 1;

    *search = (struct search){.text = arguments[0].bytes, .what = arguments[1].bytes};
    if (count > 3 && !read_compare(e, &arguments[3], &search->fold, out))
        return false;
    for (unsigned i = 0; i < count; i++)
        if (arguments[i].kind == EXPR_NULL) {
            eval_number(out, 0);
            return false;
        }
    if (start < 1) {
        eval_fail(e, out, "the start is 1 or more");
        return false;
    }
    search->start = search_offset(search->text, (size_t)start - 1);
    search->beyond =
        (uint64_t)start > text_length(search->text) + (search->text.length == 0);
    return is_affordable(e, search, out);
}

static void give_position(const struct search *search, size_t offset,
                          struct expr_value *out)
{
    if (offset == SEARCH_NOWHERE || search->text.length == 0)
        eval_number(out, 0);
    else
        eval_number(out, (int64_t)search_position(search->text, offset) + 1);
}

static void in_string(struct eval *e, const struct expr_value *arguments, unsigned count,
                      struct expr_value *out)
{
    struct search s;
    struct slice rest;
    size_t found;

    if (!read_search(e, arguments, count, &s, out))
        return;
    rest = slice_from(s.text, s.start);
    found = s.beyond ? SEARCH_NOWHERE : search_first(rest, s.what, s.fold);
    give_position(&s, found == SEARCH_NOWHERE ? found : s.start + found, out);
}

/* As VBA: the match ends no later than the character at the start. */
static void in_string_reverse(struct eval *e, const struct expr_value *arguments,
                              unsigned count, struct expr_value *out)
{
    struct search s;
    size_t end;
    size_t found;

    if (!read_search(e, arguments, count, &s, out))
        return;
    end = count > 2 ? search_offset(s.text, (size_t)arguments[2].number) : s.text.length;
    found = search_last(s.text, s.what, end, s.fold);
    if (s.what.length == 0 && found != SEARCH_NOWHERE && found > 0)
        found = search_offset(s.text, search_position(s.text, found) - 1);
    give_position(&s, found, out);
}

/* --- white space -------------------------------------------------------------------- */

static void trim(struct eval *e, const struct expr_value *arguments, unsigned count,
                 struct expr_value *out)
{
    (void)e;
    (void)count;
    eval_text(out, text_trim(arguments[0].bytes));
}

static void trim_start(struct eval *e, const struct expr_value *arguments, unsigned count,
                       struct expr_value *out)
{
    (void)e;
    (void)count;
    eval_text(out, text_trim_start(arguments[0].bytes));
}

static void trim_end(struct eval *e, const struct expr_value *arguments, unsigned count,
                     struct expr_value *out)
{
    (void)e;
    (void)count;
    eval_text(out, text_trim_end(arguments[0].bytes));
}

/* --- padding ------------------------------------------------------------------------ */

static void pad(struct eval *e, const struct expr_value *arguments, bool before,
                struct expr_value *out)
{
    struct slice text = arguments[0].bytes;
    struct slice character = arguments[2].bytes;
    int64_t length = (int64_t)text_length(text);
    int64_t missing;
    char *room;
    char *at;

    if (arguments[1].number <= length) {
        eval_text(out, text);
        return;
    }
    missing = arguments[1].number - length;
    room = (uint64_t)missing > e->most
               ? eval_room(e, SIZE_MAX, out)
               : eval_room(e, text.length + (size_t)missing * character.length + 1, out);
    if (room == NULL)
        return;
    at = room + (before ? 0 : text.length);
    for (int64_t i = 0; i < missing; i++, at += character.length)
        memcpy(at, character.at, character.length);
    if (text.length > 0)
        memcpy(before ? at : room, text.at, text.length);
    eval_text(out, slice_of(room, text.length + (size_t)missing * character.length));
    room[out->bytes.length] = '\0';
}

static void pad_checked(struct eval *e, const struct expr_value *arguments, bool before,
                        struct expr_value *out)
{
    if (arguments[2].kind == EXPR_NULL || text_length(arguments[2].bytes) != 1)
        eval_fail(e, out, "a text is padded with a single character");
    else if (!give_empty(&arguments[0], out) && !lacks_number(arguments, 2, out))
        pad(e, arguments, before, out);
}

static void pad_left(struct eval *e, const struct expr_value *arguments, unsigned count,
                     struct expr_value *out)
{
    (void)count;
    pad_checked(e, arguments, true, out);
}

static void pad_right(struct eval *e, const struct expr_value *arguments, unsigned count,
                      struct expr_value *out)
{
    (void)count;
    pad_checked(e, arguments, false, out);
}

/* --- words, GUID -------------------------------------------------------------------- */

static void word(struct eval *e, const struct expr_value *arguments, unsigned count,
                 struct expr_value *out)
{
    (void)e;
    if (!give_empty(&arguments[0], out) && !lacks_number(arguments, count, out))
        fn_word(arguments[0].bytes, arguments[1].number, arguments[2].bytes, true, out);
}

static void new_guid(struct eval *e, const struct expr_value *arguments, unsigned count,
                     struct expr_value *out)
{
    struct guid guid = guid_new();
    char text[GUID_TEXT];

    (void)arguments;
    (void)count;
    eval_text(out,
              slice_text(arena_text(e->arena, guid_format(&guid, GUID_PLAIN, text))));
}

/* --- Trim([x]) ---------------------------------------------------------------------- */

/* Two flows of three are this; where it is a text, there is nothing else to look at. */
static inline void trim_attribute(struct eval *e, const struct expr *node,
                                  struct expr_value *out)
{
    struct expr_value value = eval_attribute(e, node->arguments[0]);

    if (value.kind == EXPR_STRING)
        eval_text(out, text_trim(value.bytes));
    else if (eval_ends(&value))
        *out = value;
    else
        eval_values(e, node->function, &value, 1, out);
}

static void run_trim_attribute(struct eval *e, const struct expr *node,
                               struct expr_value *out)
{
    if (e->tracing)
        eval_call(e, node, out);
    else
        trim_attribute(e, node, out);
}

static run_fn *trim_shape(const struct expr *call)
{
    return call->arguments[0]->kind == NODE_ATTRIBUTE ? run_trim_attribute : NULL;
}

/* --- the rows ----------------------------------------------------------------------- */

#define TEXTUAL (TAKES_TEXT | TAKES_BYTES)

static const struct function rows[] = {
    {HELP("GUID", "str GUID()", "A new random GUID.", "Len(GUID())", "36"),
     .varies = true, .body = new_guid},
    {HELP("InStr", "num InStr(str text, str match [, num start [, enum compare]])",
          "Where the match first stands in the text, counted from 1; 0: nowhere.",
          "InStr(\"The quick brown fox\",\"quick\")", "5"),
     .least = 2, .most = 4, .takes = {TAKES_TEXT, TAKES_TEXT, TAKES_NUMBER, TAKES_TEXT},
     .nulls = NULLS_OWN, .body = in_string},
    {HELP("InStrRev", "num InStrRev(str text, str match [, num start [, enum compare]])",
          "Where the match last stands in the text, counted from 1; 0: nowhere.",
          "InStrRev(\"abbcdbbbef\",\"bb\")", "7"),
     .least = 2, .most = 4, .takes = {TAKES_TEXT, TAKES_TEXT, TAKES_NUMBER, TAKES_TEXT},
     .nulls = NULLS_OWN, .body = in_string_reverse},
    {HELP("LCase", "str LCase(str text)", "The text in lower case.", "LCase(\"TeSt\")",
          "\"test\""),
     .least = 1, .most = 1, .takes = {TAKES_TEXT}, .body = fn_lower},
    {HELP("Left", "str Left(str text, num number)",
          "The first characters; all of them for a number below 0.",
          "Left(\"John Doe\",3)", "\"Joh\""),
     .least = 2, .most = 2, .takes = {TEXTUAL, TAKES_NUMBER}, .nulls = NULLS_OWN,
     .body = left},
    {HELP("Len", "num Len(str text)", "How many characters, or bytes, there are.",
          "Len(\"John Doe\")", "8"),
     .least = 1, .most = 1, .takes = {TEXTUAL}, .nulls = NULLS_OWN, .body = len},
    {HELP("LTrim", "str LTrim(str text)", "The text without white space in front.",
          "LTrim(\" Test \")", "\"Test \""),
     .least = 1, .most = 1, .takes = {TAKES_TEXT}, .body = trim_start},
    {HELP("Mid", "str Mid(str text, num start [, num number])",
          "Characters from a position on, the first of which is 1.",
          "Mid(\"John Doe\",3,5)", "\"hn Do\""),
     .least = 2, .most = 3, .takes = {TEXTUAL, TAKES_NUMBER, TAKES_NUMBER},
     .nulls = NULLS_OWN, .body = fn_mid},
    {HELP("PadLeft", "str PadLeft(str text, num length, str character)",
          "The text made this long with characters in front.",
          "PadLeft(\"User\",10,\"0\")", "\"000000User\""),
     .least = 3, .most = 3, .takes = {TAKES_TEXT, TAKES_NUMBER, TAKES_TEXT},
     .nulls = NULLS_OWN, .body = pad_left},
    {HELP("PadRight", "str PadRight(str text, num length, str character)",
          "The text made this long with characters behind.",
          "PadRight(\"User\",10,\"0\")", "\"User000000\""),
     .least = 3, .most = 3, .takes = {TAKES_TEXT, TAKES_NUMBER, TAKES_TEXT},
     .nulls = NULLS_OWN, .body = pad_right},
    {HELP("PCase", "str PCase(str text)",
          "The first letter of each word in upper case, the others in lower case.",
          "PCase(\"jOHN dOE\")", "\"John Doe\""),
     .least = 1, .most = 1, .takes = {TAKES_TEXT}, .body = fn_proper},
    {HELP("Replace", "str Replace(str text, str old, str new)",
          "The text with every occurrence replaced.",
          "Replace(\"One\\r\\nTwo\",\"\\r\\n\",\", \")", "\"One, Two\""),
     .least = 3, .most = 3, .takes = {TAKES_TEXT, TAKES_TEXT, TAKES_TEXT},
     .body = fn_replace},
    {HELP("ReplaceChars", "str ReplaceChars(str text, str pattern)",
          "The text with characters replaced as a list a:b,c:de,f: says.",
          "ReplaceChars(\"Räksmörgås\",\"å:a,ä:a,ö:o\")", "\"Raksmorgas\""),
     .least = 2, .most = 2, .takes = {TAKES_TEXT, TAKES_TEXT}, .body = fn_replace_chars},
    {HELP("Right", "str Right(str text, num number)",
          "The last characters; all of them for a number below 0.",
          "Right(\"John Doe\",3)", "\"Doe\""),
     .least = 2, .most = 2, .takes = {TEXTUAL, TAKES_NUMBER}, .nulls = NULLS_OWN,
     .body = right},
    {HELP("RTrim", "str RTrim(str text)", "The text without white space behind.",
          "RTrim(\" Test \")", "\" Test\""),
     .least = 1, .most = 1, .takes = {TAKES_TEXT}, .body = trim_end},
    {HELP("Trim", "str Trim(str text)", "The text without white space at its ends.",
          "Trim(\" Test \")", "\"Test\""),
     .least = 1, .most = 1, .takes = {TAKES_TEXT}, .body = trim, .shape = trim_shape},
    {HELP("UCase", "str UCase(str text)", "The text in upper case.", "UCase(\"TeSt\")",
          "\"TEST\""),
     .least = 1, .most = 1, .takes = {TAKES_TEXT}, .body = fn_upper},
    {HELP("Word", "str Word(str text, num number, str delimiters)",
          "A word, counted from 1, between any of the delimiters; many in a row are "
          "one.",
          "Word(\"This,string!has&many separators\",3,\",!&#\")", "\"has\""),
     .least = 3, .most = 3, .takes = {TAKES_TEXT, TAKES_NUMBER, TAKES_TEXT},
     .nulls = NULLS_OWN, .body = word},
};

const struct function_group fn_text = {"Text", rows, sizeof rows / sizeof rows[0]};
