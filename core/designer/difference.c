/* SPDX-License-Identifier: Apache-2.0 */
#include "designer/difference.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct comparing {
    struct arena *arena;
    difference_list *out;
};

const char *difference_part(enum fact_part part)
{
    static const char *const names[] = {
        [FACT_METAVERSE] = "metaverse", [FACT_AGENT] = "agent", [FACT_RULE] = "rule"};

    return names[part];
}

/* --- order ------------------------------------------------------------------------ */

static int by_thing(const struct fact *a, const struct fact *b)
{
    if (a->part != b->part)
        return a->part < b->part ? -1 : 1;
    return strcasecmp(a->key, b->key);
}

static int by_what(const struct fact *a, const struct fact *b)
{
    int order = by_thing(a, b);

    return order != 0 ? order : strcasecmp(a->what, b->what);
}

static int by_all(const void *x, const void *y)
{
    const struct fact *a = x;
    const struct fact *b = y;
    int order = by_what(a, b);

    return order != 0 ? order : strcmp(a->value, b->value);
}

/* How many from `at` on are of one kind. */
static size_t run_of(const fact_list *list, size_t at,
                     int (*order)(const struct fact *, const struct fact *))
{
    size_t end = at;

    while (end < list->count && order(&list->items[at], &list->items[end]) == 0)
        end++;
    return end - at;
}

/* --- one thing said ----------------------------------------------------------------- */

static void tell(struct comparing *c, enum difference_kind kind, const struct fact *fact,
                 const char *old, const char *now)
{
    VEC_ADD(c->out, ((struct difference){.kind = kind,
                                         .part = fact->part,
                                         .thing = fact->thing,
                                         .owner = fact->owner,
                                         .what = fact->what,
                                         .old = old,
                                         .now = now}));
}

static bool has_line(const char *text, const char *line, size_t length)
{
    for (; *text != '\0'; text += strcspn(text, "\n")) {
        text += *text == '\n';
        if (strcspn(text, "\n") == length && strncasecmp(text, line, length) == 0)
            return true;
    }
    return false;
}

/* The lines of one that the other has too. */
static const char *common(struct arena *arena, const char *text, const char *other)
{
    const char *out = "";

    while (*text != '\0') {
        size_t length = strcspn(text, "\n");

        if (has_line(other, text, length))
            out = arena_print(arena, "%s%s%.*s", out, out[0] == '\0' ? "" : "; ",
                              (int)length, text);
        text += length + (text[length] == '\n');
    }
    return out;
}

static void compare_order(struct comparing *c, const struct fact *old,
                          const struct fact *now)
{
    const char *was = common(c->arena, old->value, now->value);
    const char *is = common(c->arena, now->value, old->value);

    if (strcasecmp(was, is) != 0)
        tell(c, DIFFERENCE_CHANGED, now, was, is);
}

/* Values that only one side has, in pairs: what is left over came or went. Both are
 * sorted. */
static void compare_values(struct comparing *c, const struct fact *old, size_t old_count,
                           const struct fact *now, size_t now_count)
{
    VEC_OF(const struct fact *) gone = {0};
    VEC_OF(const struct fact *) come = {0};
    size_t i = 0;
    size_t j = 0;

    while (i < old_count || j < now_count) {
        int order = i == old_count   ? 1
                    : j == now_count ? -1
                                     : strcmp(old[i].value, now[j].value);

        if (order < 0)
            VEC_ADD(&gone, &old[i]);
        if (order > 0)
            VEC_ADD(&come, &now[j]);
        i += order <= 0;
        j += order >= 0;
    }
    for (size_t k = 0; k < gone.count || k < come.count; k++) {
        const char *was = k < gone.count ? gone.items[k]->shown : NULL;
        const char *is = k < come.count ? come.items[k]->shown : NULL;

        tell(c,
             was == NULL  ? DIFFERENCE_ADDED
             : is == NULL ? DIFFERENCE_REMOVED
                          : DIFFERENCE_CHANGED,
             k < come.count ? come.items[k] : gone.items[k], was, is);
    }
    VEC_FREE(&gone);
    VEC_FREE(&come);
}

/* All that both say about one thing. */
static void compare_thing(struct comparing *c, const fact_list *old, size_t i,
                          size_t old_end, const fact_list *now, size_t j, size_t now_end)
{
    while (i < old_end || j < now_end) {
        int order = i == old_end   ? 1
                    : j == now_end ? -1
                                   : by_what(&old->items[i], &now->items[j]);
        size_t was = order > 0 ? 0 : run_of(old, i, by_what);
        size_t is = order < 0 ? 0 : run_of(now, j, by_what);

        if (was == 1 && is == 1 && old->items[i].is_order && now->items[j].is_order)
            compare_order(c, &old->items[i], &now->items[j]);
        else if (!(order <= 0 ? &old->items[i] : &now->items[j])->is_order)
            compare_values(c, &old->items[i < old->count ? i : 0], was,
                           &now->items[j < now->count ? j : 0], is);
        i += was;
        j += is;
    }
}

/* --- all of it -------------------------------------------------------------------- */

static void compare(struct comparing *c, const fact_list *old, const fact_list *now)
{
    size_t i = 0;
    size_t j = 0;

    while (i < old->count || j < now->count) {
        int order = i == old->count   ? 1
                    : j == now->count ? -1
                                      : by_thing(&old->items[i], &now->items[j]);
        size_t was = order > 0 ? 0 : run_of(old, i, by_thing);
        size_t is = order < 0 ? 0 : run_of(now, j, by_thing);

        if (was == 0)
            tell(c, DIFFERENCE_ADDED, &now->items[j], NULL, "");
        else if (is == 0)
            tell(c, DIFFERENCE_REMOVED, &old->items[i], "", NULL);
        else
            compare_thing(c, old, i, i + was, now, j, j + is);
        i += was;
        j += is;
    }
}

static int by_name(const void *x, const void *y)
{
    const struct difference *a = x;
    const struct difference *b = y;
    int order = a->part != b->part ? (a->part < b->part ? -1 : 1)
                                   : strcasecmp(a->thing, b->thing);

    if (order == 0 && a->owner != NULL && b->owner != NULL)
        order = strcasecmp(a->owner, b->owner);
    return order != 0 ? order : strcasecmp(a->what, b->what);
}

static void read_facts(const struct config *config, const struct config *other,
                       struct arena *arena, fact_list *out)
{
    struct facts facts = {.arena = arena, .config = config, .other = other};

    facts_read(&facts);
    *out = facts.list;
    if (out->count > 1)
        qsort(out->items, out->count, sizeof *out->items, by_all);
}

void difference_find(const struct config *a, const struct config *b, struct arena *arena,
                     difference_list *out)
{
    struct comparing c = {arena, out};
    fact_list old;
    fact_list now;

    read_facts(a, b, arena, &old);
    read_facts(b, a, arena, &now);
    compare(&c, &old, &now);
    if (out->count > 1)
        qsort(out->items, out->count, sizeof *out->items, by_name);
    VEC_FREE(&old);
    VEC_FREE(&now);
}
