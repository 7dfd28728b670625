/* SPDX-License-Identifier: Apache-2.0 */
#include "store/large.h"

#include "objects.h"
#include "space/tower.h"
#include "store/verify.h"

/* Large attributes: value rows, and work by value. */

static uint64_t rows_of(enum store_table table)
{
    struct store_stats stats;

    scratch_commit();
    ck_ok(store_statistics(scratch.store, &stats, &scratch.err));
    return stats.rows[table];
}

static uint64_t count_of(uint64_t id, uint32_t attribute)
{
    uint64_t count = 0;

    ck_ok(cs_value_count(scratch.batch, AGENT, id, attribute, &count, &scratch.err));
    return count;
}

static void print_defect(void *context, const char *defect)
{
    (void)context;
    fprintf(stderr, "%s\n", defect);
}

static void ck_sound(void)
{
    struct store_verification result;

    scratch_commit();
    ck_ok(store_verify(scratch.store, print_defect, NULL, &result, &scratch.err));
    ck_assert_uint_eq(result.defects, 0);
}

static uint64_t put_in(uint32_t agent, struct cs_object object)
{
    object.agent = agent;
    ck_ok(cs_put(scratch.batch, &object, &scratch.err));
    return object.id;
}

/* Objects 1 to n, to be referred to. */
static void make_members(uint32_t agent, unsigned n)
{
    char dn[32];

    for (unsigned i = 1; i <= n; i++) {
        snprintf(dn, sizeof dn, "CN=m%u,DC=x", i);
        ck_assert_uint_eq(put_in(agent, settled(dn, no_entry())), i);
    }
}

static struct entry members(unsigned from, unsigned to)
{
    uint64_t ids[2000];

    for (unsigned i = from; i <= to; i++)
        ids[i - from] = i;
    return with_refs(no_entry(), MEMBER, ids, to - from + 1);
}

/* --- whole ------------------------------------------------------------------------- */

START_TEST(an_attribute_of_more_than_64_values_lives_in_rows_and_comes_back)
{
    struct cs_object group;
    struct cs_object back;

    make_members(AGENT, 100);
    group = settled("CN=g,DC=x", with_text(members(1, 64), MAIL, "g@x"));
    ck_ok(cs_put(scratch.batch, &group, &scratch.err));
    ck_assert_uint_eq(rows_of(TABLE_VALUES), 0);
    ck_assert_uint_eq(count_of(group.id, MEMBER), 64);
    group.hologram.entry = with_text(members(1, 100), MAIL, "g@x");
    ck_ok(cs_put(scratch.batch, &group, &scratch.err));
    ck_assert_uint_eq(rows_of(TABLE_VALUES), 100);
    ck_assert_uint_eq(count_of(group.id, MEMBER), 100);
    ck_assert_uint_eq(count_of(1, MEMBER), 0);

    back = load(group.id);

    ck_assert(entry_equal(&back.hologram.entry, &group.hologram.entry));
    ck_sound();
    group.hologram.entry = with_text(members(50, 80), MAIL, "g@x");
    ck_ok(cs_put(scratch.batch, &group, &scratch.err));
    back = load(group.id);
    ck_assert(entry_equal(&back.hologram.entry, &group.hologram.entry));
    ck_assert_uint_eq(rows_of(TABLE_VALUES), 0);
    ck_ids("", cs_referrers(scratch.batch, AGENT, 49, &ids, &scratch.err));
    ck_ids("101", cs_referrers(scratch.batch, AGENT, 50, &ids, &scratch.err));
    ck_sound();
}
END_TEST

START_TEST(an_equal_set_of_values_is_not_written_and_a_new_one_writes_the_difference)
{
    struct cs_object group;

    make_members(AGENT, 500);
    group = settled("CN=g,DC=x", members(1, 400));
    ck_ok(cs_put(scratch.batch, &group, &scratch.err));
    scratch_commit();

    ck_ok(cs_put(scratch.batch, &group, &scratch.err));
    ck_assert_uint_eq(batch_writes(scratch.batch), 0);
    group.hologram.entry = members(2, 401);
    ck_ok(cs_put(scratch.batch, &group, &scratch.err));
    ck_assert_uint_eq(batch_writes(scratch.batch),
                      5); /* row, two values, two references */
    ck_sound();
}
END_TEST

START_TEST(values_of_any_type_and_length_come_back)
{
    char text[300];
    struct entry entry = no_entry();
    struct cs_object object;
    struct cs_object back;

    for (unsigned i = 0; i < 100; i++) {
        memset(text, 'x', sizeof text);
        snprintf(text, sizeof text, "%u", i);
        text[strlen(text)] = 'x';
        text[i * 2 + 3] = '\0';
        entry = with_text(entry, MAIL, text);
    }
    entry = with_text(entry, MAIL, "");
    object = settled("CN=g,DC=x", entry);
    ck_ok(cs_put(scratch.batch, &object, &scratch.err));
    scratch_commit();

    back = load(object.id);

    ck_assert(entry_equal(&back.hologram.entry, &entry));
    ck_sound();
}
END_TEST

START_TEST(a_removed_object_takes_its_values_along)
{
    make_members(AGENT, 100);
    store_object(settled("CN=g,DC=x", members(1, 100)));
    ck_assert_uint_eq(rows_of(TABLE_VALUES), 100);
    ck_ok(cs_remove(scratch.batch, AGENT, 101, &scratch.err));
    ck_assert_uint_eq(rows_of(TABLE_VALUES), 0);
    ck_assert_uint_eq(rows_of(TABLE_REFS), 0);
    ck_sound();
}
END_TEST

START_TEST(large_text_is_indexed_like_any_other)
{
    const uint32_t indexed[] = {MAIL};
    struct entry entry = no_entry();
    char mail[32];

    ck_ok(store_index_attributes(scratch.batch, AGENT, indexed, 1, &scratch.err));
    for (unsigned i = 0; i < 80; i++) {
        snprintf(mail, sizeof mail, "smtp:%u@x", i);
        entry = with_text(entry, MAIL, mail);
    }
    store_object(settled("CN=g,DC=x", entry));
    scratch_commit();

    ck_ids("1", cs_find_value(scratch.batch, AGENT, MAIL, VALUE_STRING,
                              slice_text("SMTP:77@x"), false, &ids, &scratch.err));
    ck_ids("", cs_find_value(scratch.batch, AGENT, MAIL, VALUE_STRING,
                             slice_text("SMTP:77@x"), true, &ids, &scratch.err));
    ck_sound();
}
END_TEST

/* --- by value ---------------------------------------------------------------------- */

static struct delta one_member(uint64_t add, uint64_t del)
{
    struct attr_delta *attr = ARENA_ARRAY(&scratch.arena, struct attr_delta, 1);
    struct slice *values = ARENA_ARRAY(&scratch.arena, struct slice, 2);

    values[0] = value_of_id(&scratch.arena, add);
    values[1] = value_of_id(&scratch.arena, del);
    *attr = (struct attr_delta){MEMBER,     VALUE_REFERENCE, DELTA_VALUES, add != 0,
                                &values[0], del != 0,        &values[1]};
    return (struct delta){.op = DELTA_UPDATE, .count = 1, .attrs = attr};
}

static size_t wanted_of(const struct delta *delta, struct value_set *out)
{
    const struct attr_delta *attr = &delta->attrs[0];

    out[0] = (struct value_set){attr->name, attr->adds, attr->add_count};
    out[1] = (struct value_set){attr->name, attr->dels, attr->del_count};
    return 2;
}

static struct cs_object get_some(uint64_t id, const struct value_set *wanted,
                                 size_t count)
{
    struct cs_object object;

    ck_ok(cs_get_values(scratch.batch, &scratch.arena, AGENT, id, wanted, count, &object,
                        &scratch.err));
    return object;
}

static void put_back(struct cs_object *object)
{
    ck_ok(cs_put(scratch.batch, object, &scratch.err));
}

START_TEST(one_more_member_of_a_large_group_touches_a_handful_of_rows)
{
    unsigned size = getenv("MACTL_LONG") != NULL ? 1990 : 500;
    struct delta change = one_member(size + 1, 7);
    struct value_set wanted[2];
    struct cs_object group;
    size_t count = wanted_of(&change, wanted);
    char group_id[16];

    snprintf(group_id, sizeof group_id, "%u", size + 2);
    make_members(AGENT, size + 1);
    group = settled("CN=g,DC=x", members(1, size));
    ck_ok(cs_put(scratch.batch, &group, &scratch.err));
    scratch_commit();

    /* A delta import, by value: two values named, and two that stand for the rest. */
    group = get_some(group.id, wanted, count);
    ck_assert_uint_le(entry_find(&group.hologram.entry, MEMBER)->count, 4);
    tower_changed(&scratch.arena, &group, &change);
    put_back(&group);
    ck_assert_uint_le(batch_writes(scratch.batch), 10);
    ck_ids(group_id, cs_referrers(scratch.batch, AGENT, 7, &ids, &scratch.err));
    ck_sound();

    /* Synchronised. */
    group = get_some(group.id, NULL, 0);
    tower_absorb(&scratch.arena, &group);
    put_back(&group);
    ck_assert_uint_le(batch_writes(scratch.batch), 10);
    ck_sound();

    group = load(group.id);
    ck_assert_uint_eq(entry_find(&group.hologram.entry, MEMBER)->count, size);
    ck_assert(attr_has(entry_find(&group.hologram.entry, MEMBER),
                       value_of_id(&scratch.arena, size + 1)));
    ck_ids("", cs_referrers(scratch.batch, AGENT, 7, &ids, &scratch.err));
}
END_TEST

/* The same is done by value in one space and on whole objects in the other. */
enum { OTHER = AGENT + 1, MEMBERS = 160 };

struct pair {
    uint64_t id;
    uint32_t state;
};

static uint32_t throw(struct pair * pair, uint32_t sides)
{
    pair->state = pair->state * 1664525u + 1013904223u;
    return (pair->state >> 8) % sides;
}

static struct slice random_value(struct pair *pair, uint32_t attribute)
{
    uint32_t n = throw(pair, MEMBERS) + 1;
    char text[32];

    if (attribute == MEMBER)
        return value_of_id(&scratch.arena, n);
    switch (throw(pair, 3)) {
    case 0:
        snprintf(text, sizeof text, "smtp:%u@x", n);
        break;
    case 1:
        snprintf(text, sizeof text, "SMTP:%u@x", n);
        break;
    default:
        snprintf(text, sizeof text, "Smtp:%u@X", n);
    }
    return slice_text(arena_text(&scratch.arena, text));
}

static int by_value(const void *a, const void *b)
{
    return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

/* A few values to come and a few to go, none in both. */
static struct attr_delta random_change(struct pair *pair, uint32_t attribute)
{
    uint32_t count = 1 + throw(pair, 4);
    struct slice *values = ARENA_ARRAY(&scratch.arena, struct slice, count * 2);
    uint32_t kept = 0;
    uint32_t adds = 0;

    for (uint32_t i = 0; i < count * 2; i++)
        values[i] = random_value(pair, attribute);
    qsort(values, count * 2, sizeof *values, by_value);
    for (uint32_t i = 0; i < count * 2; i++)
        if (kept == 0 || !slice_equal(values[kept - 1], values[i]))
            values[kept++] = values[i];
    adds = throw(pair, kept + 1);
    return (struct attr_delta){
        attribute,    attribute == MEMBER ? VALUE_REFERENCE : VALUE_STRING,
        DELTA_VALUES, adds,
        values,       kept - adds,
        values + adds};
}

typedef void (*transition)(struct cs_object *object, const struct attr_delta *change);

static void imported(struct cs_object *object, const struct attr_delta *change)
{
    const struct delta delta = {.op = DELTA_UPDATE, .count = 1, .attrs = change};

    tower_changed(&scratch.arena, object, &delta);
}

static void synchronised(struct cs_object *object, const struct attr_delta *change)
{
    (void)change;
    tower_absorb(&scratch.arena, object);
}

static void wanted_out(struct cs_object *object, const struct attr_delta *change)
{
    tower_want_values(&scratch.arena, object, change);
}

static void exported(struct cs_object *object, const struct attr_delta *change)
{
    (void)change;
    tower_escrow(&scratch.arena, object, 1);
    tower_exported(&scratch.arena, object, slice_of("", 0), false);
}

static void do_both(struct pair *pair, transition what, const struct attr_delta *change)
{
    struct value_set wanted[2] = {{change->name, change->adds, change->add_count},
                                  {change->name, change->dels, change->del_count}};
    struct cs_object some = get_some(pair->id, wanted, 2);
    struct cs_object whole;

    ck_ok(cs_get(scratch.batch, &scratch.arena, OTHER, pair->id, &whole, &scratch.err));
    what(&some, change);
    what(&whole, change);
    put_back(&some);
    ck_ok(cs_put(scratch.batch, &whole, &scratch.err));
}

static void compare_both(const struct pair *pair)
{
    struct cs_object some = load(pair->id);
    struct cs_object whole;

    ck_ok(cs_get(scratch.batch, &scratch.arena, OTHER, pair->id, &whole, &scratch.err));
    ck_assert(image_equal(&some.hologram, &whole.hologram));
    for (enum tower_layer layer = LAYER_IMPORT; layer <= LAYER_UNAPPLIED; layer++) {
        struct image a = object_image(&scratch.arena, &some, layer);
        struct image b = object_image(&scratch.arena, &whole, layer);

        ck_assert(image_equal(&a, &b));
    }
    ck_assert(delta_equal(&some.pending_import, &whole.pending_import));
    ck_assert(delta_equal(&some.unconfirmed, &whole.unconfirmed));
    ck_assert(delta_equal(&some.unapplied, &whole.unapplied));
}

static void random_life(uint32_t seed, int steps)
{
    static const transition transitions[] = {imported, imported, synchronised, wanted_out,
                                             exported};
    struct pair pair = {.id = MEMBERS + 1, .state = seed};

    for (int i = 0; i < steps; i++) {
        struct attr_delta change =
            random_change(&pair, throw(&pair, 2) == 0 ? MEMBER : MAIL);

        do_both(&pair, transitions[throw(&pair, 5)], &change);
        if (throw(&pair, 8) == 0)
            scratch_commit();
        compare_both(&pair);
        if (i % 20 == 0)
            ck_sound();
        arena_reset(&scratch.arena);
    }
    ck_sound();
}

static void make_pair(unsigned member_count, unsigned mail_count)
{
    const uint32_t indexed[] = {MAIL, MEMBER};
    struct entry entry = members(1, member_count);
    char mail[32];

    for (unsigned i = 1; i <= mail_count; i++) {
        snprintf(mail, sizeof mail, "smtp:%u@x", i);
        entry = with_text(entry, MAIL, mail);
    }
    for (uint32_t agent = AGENT; agent <= OTHER; agent++) {
        make_members(agent, MEMBERS);
        ck_ok(store_index_attributes(scratch.batch, agent, indexed, 2, &scratch.err));
        ck_assert_uint_eq(put_in(agent, settled("CN=g,DC=x", entry)), MEMBERS + 1);
    }
}

START_TEST(work_by_value_and_on_whole_objects_comes_to_the_same)
{
    uint32_t seeds = getenv("MACTL_LONG") != NULL ? 40 : 4;

    for (uint32_t seed = 1; seed <= seeds; seed++) {
        make_pair(66 + seed * 7 % 60, seed % 2 == 0 ? 66 : 120);
        random_life(seed, 150);
        scratch_end();
        open_with_names();
    }
}
END_TEST

START_TEST(a_replaced_object_loses_all_its_values)
{
    struct cs_object group;

    make_members(AGENT, 100);
    group = settled("CN=g,DC=x", members(1, 100));
    ck_ok(cs_put(scratch.batch, &group, &scratch.err));
    object_to_placeholder(&group, PLACEHOLDER_DELETED);
    put_back(&group);

    ck_assert_uint_eq(rows_of(TABLE_VALUES), 0);
    ck_sound();
}
END_TEST

/* --- metaverse --------------------------------------------------------------------- */

static uint64_t make_people(unsigned n)
{
    struct cs_object connector = settled("CN=c,DC=x", no_entry());

    for (unsigned i = 0; i <= n; i++) {
        struct mv_object person = {.type = USER};

        ck_ok(mv_put(scratch.batch, &person, &scratch.err));
        connector.mv = person.id;
        store_object(connector);
    }
    return n + 1;
}

START_TEST(a_metaverse_group_changes_by_value)
{
    struct value_set wanted[2];
    struct delta change;
    struct mv_object group;
    uint64_t id = make_people(300);
    struct slice kept[2];

    ck_ok(mv_get(scratch.batch, &scratch.arena, id, &group, &scratch.err));
    group.entry = members(1, 200);
    ck_ok(mv_put(scratch.batch, &group, &scratch.err));
    ck_assert_uint_eq(rows_of(TABLE_VALUES), 200);

    change = one_member(250, 7);
    wanted_of(&change, wanted);
    ck_ok(mv_get_values(scratch.batch, &scratch.arena, id, wanted, 2, &group,
                        &scratch.err));
    ck_assert_uint_eq(group.entry.attrs[0].count, 3); /* 7, and two for the rest */
    kept[0] = change.attrs[0].adds[0];
    group.entry =
        entry_with(&scratch.arena, &group.entry, MEMBER, VALUE_REFERENCE, kept, 1);
    ck_ok(mv_put(scratch.batch, &group, &scratch.err));
    ck_assert_uint_le(batch_writes(scratch.batch), 10);
    ck_sound();

    ck_ok(mv_get(scratch.batch, &scratch.arena, id, &group, &scratch.err));
    ck_assert_uint_eq(group.entry.attrs[0].count, 200);
    ck_assert(!attr_has(&group.entry.attrs[0], change.attrs[0].dels[0]));
    ck_ids("301", mv_referrers(scratch.batch, 250, &ids, &scratch.err));
    ck_ids("", mv_referrers(scratch.batch, 7, &ids, &scratch.err));
}
END_TEST

SUITE_WITH("store/large", open_with_names, scratch_end,
           an_attribute_of_more_than_64_values_lives_in_rows_and_comes_back,
           an_equal_set_of_values_is_not_written_and_a_new_one_writes_the_difference,
           values_of_any_type_and_length_come_back,
           a_removed_object_takes_its_values_along, large_text_is_indexed_like_any_other,
           one_more_member_of_a_large_group_touches_a_handful_of_rows,
           work_by_value_and_on_whole_objects_comes_to_the_same,
           a_replaced_object_loses_all_its_values, a_metaverse_group_changes_by_value)
