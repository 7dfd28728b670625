/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A directory that lives: objects come, go, move, exchange their names and are made anew,
 * and what is referred to may not be there. Imports of it, full and delta, in any order
 * of the entries and cut short at any place, always end with the directory as it is.
 */

#include "importing.h"

enum { SIZE = 40, CONTAINERS = 8, ROUNDS = 60 };

/* Place 0 is the root; containers come first, and a parent is below its children. */
struct thing {
    bool there;
    unsigned anchor;
    unsigned name;
    int parent; /* place of a container; -1: the root */
    int member; /* place that it refers to; -1: none */
    char title;
    bool changed; /* since the last import */
    bool moved;   /* itself, not what is above it */
    unsigned
        gone_anchor; /* of one that was there at the last import and is not any more */
};

static struct thing things[SIZE];
static unsigned last_anchor;
static unsigned long long seed;

static unsigned chance(unsigned below)
{
    seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
    return (unsigned)(seed >> 33) % below;
}

static const char *dn_of(int place)
{
    const struct thing *t;

    if (place < 0)
        return "dc=x";
    t = &things[place];
    return arena_print(&s.arena, "%s=%u,%s", place < CONTAINERS ? "ou" : "cn", t->name,
                       dn_of(t->parent));
}

static bool name_is_free(int place)
{
    for (int i = 0; i < SIZE; i++)
        if (i != place && things[i].there && things[i].name == things[place].name &&
            things[i].parent == things[place].parent &&
            (i < CONTAINERS) == (place < CONTAINERS))
            return false;
    return true;
}

static bool has_children(int place)
{
    for (int i = 0; i < SIZE; i++)
        if (things[i].there && things[i].parent == place)
            return true;
    return false;
}

static int some_parent(int place)
{
    int parent = (int)chance(CONTAINERS + 1) - 1;

    /* Below a container of a lower number, so there is no circle. */
    return parent < 0 || (things[parent].there && parent < place) ? parent : -1;
}

static void come(int place)
{
    struct thing *t = &things[place];
    unsigned gone = t->gone_anchor;

    *t = (struct thing){.there = true,
                        .anchor = ++last_anchor,
                        .name = chance(12),
                        .parent = some_parent(place),
                        .member = (int)chance(SIZE + 1) - 1,
                        .title = (char)('a' + chance(3)),
                        .changed = true,
                        .moved = true,
                        .gone_anchor = gone};
    t->there = name_is_free(place);
}

static void go(int place)
{
    struct thing *t = &things[place];

    if (has_children(place))
        return;
    t->there = false;
    if (t->gone_anchor == 0)
        t->gone_anchor = t->anchor;
}

static void move(int place)
{
    struct thing before = things[place];
    struct thing *t = &things[place];

    t->name = chance(12);
    t->parent = some_parent(place);
    t->changed = t->moved = true;
    if (!name_is_free(place))
        *t = before;
}

static void swap(int a, int b)
{
    struct thing *x = &things[a];
    struct thing *y = &things[b];
    unsigned name = x->name;

    if (!y->there || x->parent != y->parent || (a < CONTAINERS) != (b < CONTAINERS))
        return;
    x->name = y->name;
    y->name = name;
    x->changed = x->moved = y->changed = y->moved = true;
}

static void live(void)
{
    for (unsigned n = chance(8); n > 0; n--) {
        int place = (int)chance(SIZE);

        if (!things[place].there) {
            come(place);
            continue;
        }
        switch (chance(6)) {
        case 0:
            go(place);
            break;
        case 1:
            move(place);
            break;
        case 2:
            swap(place, (int)chance(SIZE));
            break;
        case 3: /* made anew under its name */
            if (!has_children(place)) {
                if (things[place].gone_anchor == 0)
                    things[place].gone_anchor = things[place].anchor;
                things[place].anchor = ++last_anchor;
                things[place].changed = true;
            }
            break;
        default:
            things[place].title = (char)('a' + chance(3));
            things[place].member = (int)chance(SIZE + 1) - 1;
            things[place].changed = true;
        }
    }
}

/* --- imports ---------------------------------------------------------------------- */

/* What it refers to is named even if it is not there. */
static const char *member_of(const struct thing *t)
{
    return t->member < 0 ? NULL : dn_of(t->member);
}

static void give(int place)
{
    const struct thing *t = &things[place];
    const char *member = member_of(t);

    present(arena_print(&s.arena, "A%u", t->anchor), dn_of(place),
            place < CONTAINERS ? "organizationalUnit" : "user",
            arena_print(&s.arena, "title=%c", t->title),
            member == NULL ? NULL : arena_print(&s.arena, "manager=%s", member), NULL);
}

/* From the first place on that need not keep its order. */
static void shuffled(int order[SIZE], int first)
{
    for (int i = 0; i < SIZE; i++)
        order[i] = i;
    for (int i = SIZE - 1; i > first; i--) {
        int j = first + (int)chance((unsigned)(i - first) + 1);
        int kept = order[i];

        order[i] = order[j];
        order[j] = kept;
    }
}

static void forget_changes(void)
{
    for (int i = 0; i < SIZE; i++) {
        things[i].changed = things[i].moved = false;
        things[i].gone_anchor = 0;
    }
}

static void full_import(void)
{
    int order[SIZE];
    int from = 0;
    bool any = false;

    shuffled(order, 0);
    begin_import(true);
    for (int at = 0; at < SIZE; at++) {
        if (at % 7 == 6)
            page(arena_print(&s.arena, "%d", at));
        if (chance(30) == 0 && at > 0) { /* killed, and resumed at its page */
            stage_end(stage);
            begin_import(true);
            from = stage_checkpoint(stage).length == 0
                       ? 0
                       : atoi(arena_textn(&s.arena, stage_checkpoint(stage).at,
                                          stage_checkpoint(stage).length));
            at = from;
        }
        if (things[order[at]].there)
            give(order[at]);
    }
    for (int i = 0; i < SIZE; i++)
        any |= things[i].there;
    ck_end(any ? "success" : "completed-no-objects");
    forget_changes();
}

/* Of what moved only the container is told of, before what is new below it. */
static void delta_import(void)
{
    int order[SIZE];

    shuffled(order, CONTAINERS);
    begin_import(false);
    for (int i = 0; i < SIZE; i++)
        if (things[i].gone_anchor != 0 && chance(2) == 0) {
            gone(arena_print(&s.arena, "A%u", things[i].gone_anchor), NULL, NULL);
            things[i].gone_anchor = 0;
        }
    for (int at = 0; at < SIZE; at++)
        if (things[order[at]].there && things[order[at]].changed)
            give(order[at]);
    for (int i = 0; i < SIZE; i++)
        if (things[i].gone_anchor != 0)
            gone(arena_print(&s.arena, "A%u", things[i].gone_anchor), NULL, NULL);
    ck_assert_msg(strcmp(end_import(), "success") == 0, "seed %llu:\n%s\n%s", seed,
                  s.heard.at, stepped_dump(&s));
    forget_changes();
}

/* --- looking ---------------------------------------------------------------------- */

static void check_thing(struct batch *batch, int place)
{
    const struct thing *t = &things[place];
    struct cs_object object;
    struct image image;
    const struct attr *title;
    uint64_t id;
    char expected[16];

    ck_assert_msg(cs_find_dn(batch, s.agent.number, dn_of(place), &id, &s.err) == MA_OK,
                  "seed %llu: there is no %s in\n%s", seed, dn_of(place),
                  stepped_dump(&s));
    ck_ok(&s, cs_get(batch, &s.arena, s.agent.number, id, &object, &s.err));
    image = object_image(&s.arena, &object, LAYER_IMPORT);
    snprintf(expected, sizeof expected, "A%u", t->anchor);
    ck_assert_msg(image.exists && slice_equal(object.anchor, slice_text(expected)) &&
                      strcmp(image.dn, dn_of(place)) == 0 && !object.transient,
                  "seed %llu: %s is not %s in\n%s", seed, dn_of(place), expected,
                  stepped_dump(&s));
    title = entry_find(&image.entry, names_intern_text(s.program.names, "title"));
    ck_assert_ptr_nonnull(title);
    ck_assert_int_eq(title->values[0].at[0], t->title);
}

static void check_member(struct batch *batch, int place)
{
    const struct thing *t = &things[place];
    struct cs_object object;
    struct image image;
    const struct attr *manager;
    uint64_t id;

    ck_ok(&s, cs_find_dn(batch, s.agent.number, dn_of(place), &id, &s.err));
    ck_ok(&s, cs_get(batch, &s.arena, s.agent.number, id, &object, &s.err));
    image = object_image(&s.arena, &object, LAYER_IMPORT);
    manager = entry_find(&image.entry, names_intern_text(s.program.names, "manager"));
    ck_assert_int_eq(manager != NULL, t->member >= 0);
    if (manager == NULL || !things[t->member].there)
        return;
    ck_ok(&s, cs_find_dn(batch, s.agent.number, dn_of(t->member), &id, &s.err));
    ck_assert_msg(value_id(manager->values[0]) == id,
                  "seed %llu: %s does not refer to %s in\n%s", seed, dn_of(place),
                  dn_of(t->member), stepped_dump(&s));
}

static void check_all(bool members)
{
    struct batch *batch = batch_begin(s.store);
    id_list ids = {0};
    size_t there = 0;
    size_t imported = 0;

    for (int i = 0; i < SIZE; i++) {
        there += things[i].there;
        if (things[i].there)
            check_thing(batch, i);
        if (things[i].there && members)
            check_member(batch, i);
    }
    ck_ok(&s, cs_scan(batch, s.agent.number, 0, 100000, &ids, &s.err));
    for (size_t i = 0; i < ids.count; i++) {
        struct cs_object object;

        ck_ok(&s, cs_get(batch, &s.arena, s.agent.number, ids.items[i], &object, &s.err));
        imported += object_was_imported(&object);
    }
    ck_assert_msg(imported == there, "seed %llu: %zu of %zu in\n%s", seed, imported,
                  there, stepped_dump(&s));
    VEC_FREE(&ids);
    batch_end(batch);
}

START_TEST(imports_end_with_the_directory_as_it_is)
{
    for (int run = 1; run <= 6; run++) {
        end();
        begin();
        memset(things, 0, sizeof things);
        last_anchor = 0;
        seed = (unsigned long long)run;
        for (int i = 0; i < SIZE; i += 1 + (int)chance(2))
            come(i);
        full_import();
        for (int round = 0; round < ROUNDS; round++) {
            bool full = chance(3) == 0;

            live();
            if (full)
                full_import();
            else
                delta_import();
            check_all(full);
            if (chance(2) == 0)
                stepped_absorb(&s);
            arena_reset(&s.arena);
        }
    }
}
END_TEST

SUITE_WITH("stage/random", begin, end, imports_end_with_the_directory_as_it_is)
