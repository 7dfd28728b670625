/* SPDX-License-Identifier: Apache-2.0 */
#include "space/givers.h"

#include <stdlib.h>

static struct set values_of(const struct mv_lineage *line)
{
    return set_of(line->values, line->value_count);
}

static void say(struct mv_lineage *line, struct set values)
{
    line->values = values.items;
    line->value_count = values.count;
    line->none = values.count == 0;
}

static bool is_of(const struct mv_lineage *line, uint32_t agent, uint64_t object)
{
    return line->agent == agent && line->object == object;
}

static bool same_giver(const struct mv_lineage *a, const struct mv_lineage *b)
{
    return is_of(a, b->agent, b->object) && guid_equal(&a->rule, &b->rule);
}

/* --- lines -------------------------------------------------------------------------- */

struct givers givers_none(struct arena *arena, uint32_t attribute)
{
    return (struct givers){.arena = arena, .attribute = attribute};
}

static void put_first(struct givers *givers, const struct mv_lineage *line)
{
    struct mv_lineage *lines =
        ARENA_ARRAY(givers->arena, struct mv_lineage, (size_t)givers->count + 1);

    lines[0] = *line;
    for (uint32_t i = 0; i < givers->count; i++)
        lines[i + 1] = givers->lines[i];
    givers->lines = lines;
    givers->count++;
}

static bool has_line(const struct givers *givers, uint32_t count,
                     const struct mv_lineage *whose, bool with_values)
{
    for (uint32_t i = 0; i < count; i++)
        if (is_of(&givers->lines[i], whose->agent, whose->object) &&
            &givers->lines[i] != whose && (!with_values || !givers->lines[i].none))
            return true;
    return false;
}

/* Lines that stand for nothing any more go; of one who has none left, the last stays. */
static void tidy(struct givers *givers)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < givers->count; i++) {
        const struct mv_lineage *line = &givers->lines[i];

        if (!line->none || !(has_line(givers, kept, line, false) ||
                             has_line(givers, givers->count, line, true)))
            givers->lines[kept++] = *line;
    }
    givers->count = kept;
}

static int by_bytes(const void *a, const void *b)
{
    return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

/* The values of all lines that are chosen. There may be as many lines as runs, so they
 * are sorted once and not put together one by one. */
typedef bool choice(const struct mv_lineage *line, const struct mv_lineage *which);

static struct set collect(const struct givers *givers, choice *chosen,
                          const struct mv_lineage *which)
{
    struct slice *all;
    size_t total = 0;
    uint32_t count = 0;
    uint32_t kept = 0;

    for (uint32_t i = 0; i < givers->count; i++)
        total += givers->lines[i].value_count;
    all = ARENA_ARRAY(givers->arena, struct slice, total);
    for (uint32_t i = 0; i < givers->count; i++)
        for (uint32_t v = 0;
             chosen(&givers->lines[i], which) && v < givers->lines[i].value_count; v++)
            all[count++] = givers->lines[i].values[v];
    if (count > 1)
        qsort(all, count, sizeof *all, by_bytes);
    for (uint32_t i = 0; i < count; i++)
        if (i == 0 || !slice_equal(all[kept - 1], all[i]))
            all[kept++] = all[i];
    return set_of(all, kept);
}

static bool any(const struct mv_lineage *line, const struct mv_lineage *which)
{
    (void)line, (void)which;
    return true;
}

static bool of_object(const struct mv_lineage *line, const struct mv_lineage *which)
{
    return is_of(line, which->agent, which->object);
}

static bool of_another_line(const struct mv_lineage *line, const struct mv_lineage *which)
{
    return line != which;
}

struct set givers_all(const struct givers *givers)
{
    return collect(givers, any, NULL);
}

struct set givers_gave(const struct givers *givers, uint32_t agent, uint64_t object)
{
    const struct mv_lineage which = {.agent = agent, .object = object};

    return collect(givers, of_object, &which);
}

/* --- from and to an object -------------------------------------------------------- */

struct givers givers_of(struct arena *arena, const struct mv_object *object,
                        uint32_t attribute, struct set values)
{
    struct givers givers = givers_none(arena, attribute);
    uint32_t silent = 0;
    struct set rest;

    givers.lines = ARENA_ARRAY(arena, struct mv_lineage, object->lineage_count);
    for (uint32_t i = 0; i < object->lineage_count; i++)
        if (object->lineage[i].attribute == attribute) {
            givers.lines[givers.count++] = object->lineage[i];
            silent += object->lineage[i].value_count == 0 && !object->lineage[i].none;
        }
    givers.unknown = silent > 1;
    if (givers.unknown)
        return givers;
    rest = set_minus(arena, values, givers_all(&givers));
    for (uint32_t i = 0; i < givers.count; i++)
        if (givers.lines[i].value_count == 0 && !givers.lines[i].none)
            say(&givers.lines[i], rest);
    tidy(&givers);
    return givers;
}

/* The line with most values, if no other has any of them; else none. */
static uint32_t largest(const struct givers *givers)
{
    uint32_t most = 0;
    struct set others;

    if (givers->count == 0)
        return 0;
    for (uint32_t i = 1; i < givers->count; i++)
        if (givers->lines[i].value_count > givers->lines[most].value_count)
            most = i;
    others = collect(givers, of_another_line, &givers->lines[most]);
    for (uint32_t i = 0; i < others.count; i++)
        if (set_has(values_of(&givers->lines[most]), others.items[i]))
            return givers->count;
    return most;
}

void givers_write(const struct givers *givers, const struct mv_lineage **lines,
                  uint32_t *count)
{
    struct mv_lineage *out =
        arena_copy(givers->arena, givers->lines, sizeof *out * givers->count);
    uint32_t rest = largest(givers);
    bool any_value = false;

    for (uint32_t i = 0; i < givers->count; i++)
        any_value = any_value || !out[i].none;
    if (any_value && rest < givers->count) {
        say(&out[rest], set_of(NULL, 0));
        out[rest].none = false;
    }
    *lines = out;
    *count = any_value ? givers->count : 0;
}

bool givers_line_has(const struct mv_object *object, const struct mv_lineage *line,
                     struct slice value)
{
    if (line->value_count > 0 || line->none)
        return set_has(values_of(line), value);
    for (uint32_t i = 0; i < object->lineage_count; i++)
        if (object->lineage[i].attribute == line->attribute &&
            set_has(values_of(&object->lineage[i]), value))
            return false;
    return true;
}

/* --- changes ---------------------------------------------------------------------- */

static struct set kept_of(struct arena *arena, struct set values, struct set in)
{
    struct slice *kept = ARENA_ARRAY(arena, struct slice, values.count);
    uint32_t count = 0;

    for (uint32_t i = 0; i < values.count; i++)
        if (set_has(in, values.items[i]))
            kept[count++] = values.items[i];
    return count == values.count ? values : set_of(kept, count);
}

void givers_keep(struct givers *givers, struct set values)
{
    for (uint32_t i = 0; i < givers->count; i++)
        say(&givers->lines[i],
            kept_of(givers->arena, values_of(&givers->lines[i]), values));
    tidy(givers);
}

void givers_drop(struct givers *givers, uint32_t agent, uint64_t object)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < givers->count; i++)
        if (!is_of(&givers->lines[i], agent, object))
            givers->lines[kept++] = givers->lines[i];
    givers->count = kept;
}

void givers_add(struct givers *givers, const struct mv_lineage *who, struct set values)
{
    struct mv_lineage line = *who;

    values = set_minus(givers->arena, values, collect(givers, same_giver, who));
    if (values.count == 0)
        return;
    for (uint32_t i = 0; i < givers->count; i++)
        if (same_giver(&givers->lines[i], who) && givers->lines[i].run == who->run) {
            values = set_union(givers->arena, values, values_of(&givers->lines[i]));
            say(&givers->lines[i], set_of(NULL, 0));
        }
    line.attribute = givers->attribute;
    say(&line, values);
    put_first(givers, &line);
    tidy(givers);
}

void givers_hear(struct givers *givers, const struct mv_lineage *who)
{
    struct mv_lineage line = *who;

    line.attribute = givers->attribute;
    say(&line, set_of(NULL, 0));
    put_first(givers, &line);
    tidy(givers);
}

bool givers_equal(const struct givers *a, const struct givers *b)
{
    if (a->unknown != b->unknown || a->count != b->count)
        return false;
    for (uint32_t i = 0; i < a->count; i++)
        if (!same_giver(&a->lines[i], &b->lines[i]) ||
            a->lines[i].run != b->lines[i].run ||
            !set_equal(values_of(&a->lines[i]), values_of(&b->lines[i])))
            return false;
    return true;
}
