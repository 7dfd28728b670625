/* SPDX-License-Identifier: Apache-2.0 */
#include "model/schema_diff.h"

#include <strings.h>

#include "base/buf.h"
#include "base/vec.h"

typedef VEC_OF(struct schema_difference) differences;

struct diff {
    struct arena *arena;
    const struct schema *before;
    const struct schema *now;
    int *now_of; /* beside the attributes of `before`: the same one; -1: it is gone */
    differences found;
};

/* --- names in order: thousands of them are looked for ------------------------------ */

struct named {
    const char *name;
    size_t index;
};

static int by_name(const void *a, const void *b)
{
    return strcasecmp(((const struct named *)a)->name, ((const struct named *)b)->name);
}

static const struct named *in_order(struct named *all, size_t count)
{
    if (count > 0)
        qsort(all, count, sizeof *all, by_name);
    return all;
}

static const struct named *attribute_names(struct arena *arena, const struct schema *s)
{
    struct named *all = ARENA_ARRAY(arena, struct named, s->attribute_count);

    for (size_t i = 0; i < s->attribute_count; i++)
        all[i] = (struct named){s->attributes[i].name, i};
    return in_order(all, s->attribute_count);
}

static const struct named *class_names(struct arena *arena, const struct schema *s)
{
    struct named *all = ARENA_ARRAY(arena, struct named, s->class_count);

    for (size_t i = 0; i < s->class_count; i++)
        all[i] = (struct named){s->classes[i].name, i};
    return in_order(all, s->class_count);
}

/* --- one definition --------------------------------------------------------------- */

static void say(struct buf *out, const char *fmt, const char *now, const char *before)
{
    if (out->length > 0)
        buf_text(out, "; ");
    buf_print(out, fmt, now, before);
}

static const char *count_word(const struct schema_attribute *a)
{
    return a->single_valued ? "single-valued" : "multi-valued";
}

static const char *owner_word(const struct schema_attribute *a)
{
    return a->read_only ? "owned by the system" : "writable";
}

static void compare_attributes(const struct schema_attribute *before,
                               const struct schema_attribute *now, struct buf *out)
{
    if (before->type != now->type)
        say(out, "%s, was %s", value_type_name(now->type), value_type_name(before->type));
    if (before->single_valued != now->single_valued)
        say(out, "%s, was %s", count_word(now), count_word(before));
    if (before->read_only != now->read_only)
        say(out, "%s, was %s", owner_word(now), owner_word(before));
}

static const char *superior_of(const struct schema *s, const struct schema_class *c)
{
    return c->superior < 0 ? "nothing" : s->classes[c->superior].name;
}

static const char *kind_of(const struct schema_class *c)
{
    static const char *const kinds[] = {[CLASS_STRUCTURAL] = "structural",
                                        [CLASS_AUXILIARY] = "auxiliary",
                                        [CLASS_ABSTRACT] = "abstract"};

    return kinds[c->kind];
}

enum { DEEPEST_CHAIN = 32, MOST_NAMES = 6 };

/* `left` ends a schema whose classes are above one another in a circle. */
static void mark(const struct schema *s, const struct schema_class *c, bool *marks,
                 size_t left)
{
    if (left == 0)
        return;
    for (size_t i = 0; i < c->attribute_count; i++)
        marks[c->attributes[i]] = true;
    for (size_t i = 0; i < c->auxiliary_count; i++)
        mark(s, &s->classes[c->auxiliaries[i]], marks, left - 1);
    if (c->superior >= 0)
        mark(s, &s->classes[c->superior], marks, left - 1);
}

/* What an object of the class may hold, by index of the attribute. */
static bool *marks_of(struct arena *arena, const struct schema *s,
                      const struct schema_class *c)
{
    bool *marks = ARENA_ARRAY(arena, bool, s->attribute_count);

    mark(s, c, marks, DEEPEST_CHAIN);
    return marks;
}

struct naming {
    struct buf *out;
    size_t count;
};

static void name(struct naming *naming, const char *sign, const char *attribute)
{
    if (naming->count++ < MOST_NAMES)
        say(naming->out, "%s%s", sign, attribute);
}

static void compare_members(const struct diff *d, const struct schema_class *before,
                            const struct schema_class *now, struct buf *out)
{
    ARENA_AUTO arena = {0};
    const bool *had = marks_of(&arena, d->before, before);
    bool *has = marks_of(&arena, d->now, now);
    struct naming naming = {.out = out};

    for (size_t i = 0; i < d->before->attribute_count; i++) {
        int same = d->now_of[i];

        if (had[i] && (same < 0 || !has[same]))
            name(&naming, "-", d->before->attributes[i].name);
        else if (had[i])
            has[same] = false;
    }
    for (size_t i = 0; i < d->now->attribute_count; i++)
        if (has[i])
            name(&naming, "+", d->now->attributes[i].name);
    if (naming.count > MOST_NAMES) {
        BUF_AUTO more = {0};

        buf_print(&more, "%zu", naming.count - MOST_NAMES);
        say(out, "%s more%s", more.at, "");
    }
}

static void compare_classes(const struct diff *d, const struct schema_class *before,
                            const struct schema_class *now, struct buf *out)
{
    const char *superior = superior_of(d->now, now);

    if (strcasecmp(superior_of(d->before, before), superior) != 0)
        say(out, "below %s, was below %s", superior, superior_of(d->before, before));
    if (before->kind != now->kind)
        say(out, "%s, was %s", kind_of(now), kind_of(before));
    compare_members(d, before, now, out);
}

/* --- both lists side by side ------------------------------------------------------ */

static void add(struct diff *d, enum schema_change change, bool is_class,
                const char *name, const char *detail)
{
    VEC_ADD(&d->found, (struct schema_difference){change, is_class, name, detail});
}

static void compare(struct diff *d, bool is_class, const struct named *before,
                    const struct named *now)
{
    BUF_AUTO detail = {0};

    if (!is_class)
        d->now_of[before->index] = (int)now->index;
    if (is_class)
        compare_classes(d, &d->before->classes[before->index],
                        &d->now->classes[now->index], &detail);
    else
        compare_attributes(&d->before->attributes[before->index],
                           &d->now->attributes[now->index], &detail);
    if (detail.length > 0)
        add(d, SCHEMA_CHANGED, is_class, now->name, arena_text(d->arena, detail.at));
}

static void walk(struct diff *d, bool is_class, const struct named *before,
                 size_t before_count, const struct named *now, size_t now_count)
{
    size_t b = 0;
    size_t n = 0;

    while (b < before_count || n < now_count) {
        int order = b == before_count ? 1
                    : n == now_count  ? -1
                                      : strcasecmp(before[b].name, now[n].name);

        if (order < 0)
            add(d, SCHEMA_GONE, is_class, before[b].name, NULL);
        else if (order > 0)
            add(d, SCHEMA_NEW, is_class, now[n].name, NULL);
        else
            compare(d, is_class, &before[b], &now[n]);
        b += order <= 0;
        n += order >= 0;
    }
}

size_t schema_differences(struct arena *arena, const struct schema *before,
                          const struct schema *now, const struct schema_difference **out)
{
    struct diff d = {.arena = arena,
                     .before = before,
                     .now = now,
                     .now_of = ARENA_ARRAY(arena, int, before->attribute_count)};
    size_t count;

    for (size_t i = 0; i < before->attribute_count; i++)
        d.now_of[i] = -1;
    walk(&d, false, attribute_names(arena, before), before->attribute_count,
         attribute_names(arena, now), now->attribute_count);
    walk(&d, true, class_names(arena, before), before->class_count,
         class_names(arena, now), now->class_count);
    count = d.found.count;
    *out = count == 0 ? NULL
                      : arena_copy(arena, d.found.items, count * sizeof *d.found.items);
    VEC_FREE(&d.found);
    return count;
}
