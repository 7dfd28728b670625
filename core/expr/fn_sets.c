/* SPDX-License-Identifier: Apache-2.0 */

/* Functions of sets of values; a single value is a set of one. */

#include <inttypes.h>

#include "base/buf.h"
#include "expr/eval.h"
#include "expr/fn_search.h"
#include "model/dn.h"

/* --- Contains ----------------------------------------------------------------------- */

static bool matches(struct eval *e, const struct expr_value *item, struct slice search,
                    bool fold, bool *found, struct expr_value *out)
{
    struct slice text;

    if (item->kind == EXPR_REFERENCE) {
        *found = dn_equal(item->bytes, search);
        return true;
    }
    if (!operand_to_text(e->arena, item, &text)) {
        eval_fail(e, out, "%s has no text to search in", operand_kind(item->kind));
        return false;
    }
    *found = search_first(text, search, fold) != SEARCH_NOWHERE;
    return true;
}

static void find_item(struct eval *e, const struct expr_value *set, struct slice search,
                      bool fold, struct expr_value *out)
{
    size_t count;
    const struct expr_value *items = eval_items(set, &count);

    for (size_t i = 0; i < count; i++) {
        bool found;

        if (!matches(e, &items[i], search, fold, &found, out))
            return;
        if (found) {
            eval_number(out, (int64_t)i + 1);
            return;
        }
    }
    eval_number(out, 0);
}

static void contains(struct eval *e, const struct expr_value *arguments, unsigned count,
                     struct expr_value *out)
{
    bool fold =
        count > 2 && text_caseequal(arguments[2].bytes, slice_text("CaseInsensitive"));

    if (count > 2 && !fold &&
        !text_caseequal(arguments[2].bytes, slice_text("CaseSensitive")))
        eval_fail(e, out, "an option is CaseInsensitive or CaseSensitive");
    else if (arguments[1].kind == EXPR_NULL)
        eval_number(out, 0);
    else
        find_item(e, &arguments[0], arguments[1].bytes, fold, out);
}

/* --- Count, Item -------------------------------------------------------------------- */

static void count_items(struct eval *e, const struct expr_value *arguments,
                        unsigned count, struct expr_value *out)
{
    size_t items;

    (void)e;
    (void)count;
    (void)eval_items(&arguments[0], &items);
    eval_number(out, (int64_t)items);
}

/* NULL where there is none. */
static const struct expr_value *item_at(const struct expr_value *arguments)
{
    size_t count;
    const struct expr_value *items = eval_items(&arguments[0], &count);
    int64_t index = arguments[1].number;

    if (arguments[1].kind == EXPR_NULL || index < 1 || (uint64_t)index > count)
        return NULL;
    return &items[index - 1];
}

static void item(struct eval *e, const struct expr_value *arguments, unsigned count,
                 struct expr_value *out)
{
    const struct expr_value *found = item_at(arguments);

    (void)count;
    if (found != NULL) {
        *out = *found;
        return;
    }
    eval_fail(e, out, "there is no value %" PRId64, arguments[1].number);
}

static void item_or_null(struct eval *e, const struct expr_value *arguments,
                         unsigned count, struct expr_value *out)
{
    const struct expr_value *found = item_at(arguments);

    (void)e;
    (void)count;
    if (found != NULL)
        *out = *found;
    else
        eval_null(out);
}

/* --- Join, Split -------------------------------------------------------------------- */

static void join(struct eval *e, const struct expr_value *arguments, unsigned count,
                 struct expr_value *out)
{
    BUF_AUTO text = {0};
    struct slice between = count > 1 ? arguments[1].bytes : slice_text(" ");
    size_t length;
    const struct expr_value *items = eval_items(&arguments[0], &length);

    for (size_t i = 0; i < length; i++) {
        struct slice part;

        if (!operand_to_text(e->arena, &items[i], &part)) {
            eval_fail(e, out, "%s is among the values", operand_kind(items[i].kind));
            return;
        }
        if (i > 0)
            buf_slice(&text, between);
        buf_slice(&text, part);
    }
    if (length == 0)
        eval_null(out);
    else
        eval_join(e, EXPR_STRING, buf_view(&text), slice_text(""), out);
}

/* The part up to the delimiter, which is taken off; all of it as the last part. */
static struct slice take_part(struct slice *rest, struct slice delimiter, bool last)
{
    size_t at = last ? SEARCH_NOWHERE : search_first(*rest, delimiter, false);
    struct slice part = *rest;

    if (at == SEARCH_NOWHERE) {
        *rest = (struct slice){0};
        return part;
    }
    part.length = at;
    *rest =
        slice_of(rest->at + at + delimiter.length, rest->length - at - delimiter.length);
    return part;
}

static void split(struct eval *e, const struct expr_value *arguments, unsigned count,
                  struct expr_value *out)
{
    struct slice rest = arguments[0].bytes;
    size_t most = count > 2 && arguments[2].number >= 0 ? (size_t)arguments[2].number
                                                        : rest.length + 1;
    struct expr_value *items;
    size_t kept = 0;

    if (text_length(arguments[1].bytes) != 1) {
        eval_fail(e, out, "the delimiter is a single character");
        return;
    }
    if (most > rest.length + 1)
        most = rest.length + 1;
    items = eval_room(e, sizeof *items * (most + 1), out);
    if (items == NULL)
        return;
    while (kept < most) {
        eval_text(&items[kept], take_part(&rest, arguments[1].bytes, kept + 1 == most));
        kept++;
        if (rest.at == NULL)
            break;
    }
    *out = eval_set(items, kept);
}

/* --- RemoveDuplicates --------------------------------------------------------------- */

/* Exact; keeps the first of equal values. Sets are sorted, but what was made of them is
 * not: so a table of hashes. */
static size_t unique(struct eval *e, const struct expr_value *items, size_t count,
                     struct expr_value *kept)
{
    size_t room = 1;
    uint32_t *table;
    size_t number = 0;

    while (room < count * 2)
        room *= 2;
    table = ARENA_ARRAY(e->arena, uint32_t, room);
    for (size_t i = 0; i < count; i++) {
        uint64_t hash = text_hash(items[i].bytes, (uint64_t)items[i].number);
        size_t at = hash & (room - 1);

        while (table[at] != 0 && !operand_same(&kept[table[at] - 1], &items[i]))
            at = (at + 1) & (room - 1);
        if (table[at] != 0)
            continue;
        kept[number++] = items[i];
        table[at] = (uint32_t)number;
    }
    return number;
}

static void remove_duplicates(struct eval *e, const struct expr_value *arguments,
                              unsigned count, struct expr_value *out)
{
    size_t length;
    const struct expr_value *items = eval_items(&arguments[0], &length);
    struct expr_value *kept = eval_room(e, sizeof *kept * (length + 1) * 2, out);

    (void)count;
    if (kept != NULL)
        *out = eval_set(kept, unique(e, items, length, kept));
}

static const struct function rows[] = {
    {HELP("Contains", "num Contains(mvstr|mvref values, str search [, enum Casetype])",
          "Which value has the text in it, counted from 1; 0: none. A reference is "
          "the whole DN.",
          "Contains(Split(\"smtp:a@x,SMTP:b@x\",\",\"),\"SMTP:\")", "2"),
     .least = 2, .most = 3, .takes = {TAKES_ANY, TAKES_TEXT, TAKES_TEXT},
     .mode = MODE_WHOLE, .nulls = NULLS_OWN, .body = contains},
    {HELP("Count", "num Count(mvstr values)", "How many values there are.",
          "Count(Split(\"a,b\",\",\"))", "2"),
     .least = 1, .most = 1, .takes = {TAKES_ANY}, .mode = MODE_WHOLE, .nulls = NULLS_OWN,
     .body = count_items},
    {HELP("Item", "var Item(mvstr values, num index)",
          "One value, counted from 1; an error where there is none.",
          "Item(Split(\"a,b\",\",\"),2)", "\"b\""),
     .least = 2, .most = 2, .takes = {TAKES_ANY, TAKES_NUMBER}, .mode = MODE_WHOLE,
     .nulls = NULLS_OWN, .body = item},
    {HELP("ItemOrNull", "var ItemOrNull(mvstr values, num index)",
          "One value, counted from 1; null where there is none.",
          "ItemOrNull(Split(\"a,b\",\",\"),3)", "NULL"),
     .least = 2, .most = 2, .takes = {TAKES_ANY, TAKES_NUMBER}, .mode = MODE_WHOLE,
     .nulls = NULLS_OWN, .body = item_or_null},
    {HELP("Join", "str Join(mvstr values [, str delimiter])",
          "One text of all values, a blank or the delimiter between them.",
          "Join(Split(\"a,b\",\",\"),\"; \")", "\"a; b\""),
     .least = 1, .most = 2, .takes = {TAKES_ANY, TAKES_TEXT}, .mode = MODE_WHOLE,
     .nulls = NULLS_OWN, .body = join},
    {HELP("RemoveDuplicates", "mvstr RemoveDuplicates(mvstr values)",
          "Each value once; case counts.", "RemoveDuplicates(Split(\"a,A,a\",\",\"))",
          "{\"a\", \"A\"}"),
     .least = 1, .most = 1, .takes = {TAKES_ANY}, .mode = MODE_WHOLE,
     .body = remove_duplicates},
    {HELP("Split", "mvstr Split(str value, str delimiter [, num limit])",
          "The parts between single characters; the last of `limit` parts has the "
          "rest.",
          "Split(\"a,b,c\",\",\",2)", "{\"a\", \"b,c\"}"),
     .least = 2, .most = 3, .takes = {TAKES_TEXT, TAKES_TEXT, TAKES_NUMBER},
     .mode = MODE_WHOLE, .body = split},
};

const struct function_group fn_sets = {"Multi-valued", rows,
                                       sizeof rows / sizeof rows[0]};
