/* SPDX-License-Identifier: Apache-2.0 */
#include "store/mv.h"

#include "objects.h"

static struct mv_object person(struct entry entry)
{
    return (struct mv_object){.type = USER, .entry = entry};
}

static uint64_t store_person(struct mv_object object)
{
    ck_ok(mv_put(scratch.batch, &object, &scratch.err));
    return object.id;
}

START_TEST(a_metaverse_object_comes_back_as_it_was_put)
{
    const struct mv_lineage lineage[] = {
        {.attribute = SN, .agent = AGENT, .object = 4, .run = 2, .time = 99}};
    struct mv_object given = person(with_text(no_entry(), SN, "Lima"));
    struct mv_object back;
    uint64_t found;

    given.lineage = lineage;
    given.lineage_count = 1;
    ck_ok(mv_put(scratch.batch, &given, &scratch.err));
    scratch_commit();
    ck_ok(mv_find_guid(scratch.batch, &given.guid, &found, &scratch.err));
    ck_ok(mv_get(scratch.batch, &scratch.arena, found, &back, &scratch.err));

    ck_assert_uint_eq(back.id, given.id);
    ck_assert_uint_eq(back.type, USER);
    ck_assert(entry_equal(&back.entry, &given.entry));
    ck_assert_uint_eq(back.lineage_count, 1);
    ck_assert_int_eq(back.lineage[0].time, 99);
    ck_ok(mv_put(scratch.batch, &back, &scratch.err));
    ck_assert_uint_eq(batch_writes(scratch.batch), 0);
}
END_TEST

#define find_value(attribute, text, exact)                                               \
    mv_find_value(scratch.batch, attribute, VALUE_STRING, slice_text(text), exact, &ids, \
                  &scratch.err)

START_TEST(join_values_are_found_and_verified)
{
    const uint32_t indexed[] = {MAIL};
    struct mv_object object = person(with_text(no_entry(), MAIL, "Old@x"));

    ck_ok(store_index_attributes(scratch.batch, 0, indexed, 1, &scratch.err));
    ck_ok(mv_put(scratch.batch, &object, &scratch.err));
    store_person(person(with_text(no_entry(), MAIL, "old@X")));
    ck_ids("1 2", find_value(MAIL, "old@x", false));
    ck_ids("1", find_value(MAIL, "Old@x", true));

    object.entry = with_text(no_entry(), MAIL, "new@x");
    ck_ok(mv_put(scratch.batch, &object, &scratch.err));
    scratch_commit();

    ck_ids("2", find_value(MAIL, "old@x", false));
    ck_ids("1", find_value(MAIL, "new@x", true));
}
END_TEST

START_TEST(an_attribute_indexed_later_finds_older_objects)
{
    const uint32_t indexed[] = {SN};

    store_person(person(with_text(no_entry(), SN, "Lima")));
    ck_ids("", find_value(SN, "lima", false));
    ck_ok(store_index_attributes(scratch.batch, 0, indexed, 1, &scratch.err));
    ck_ids("1", find_value(SN, "lima", false));
    ck_ok(store_index_attributes(scratch.batch, 0, NULL, 0, &scratch.err));
    ck_ids("", find_value(SN, "lima", false));
}
END_TEST

START_TEST(referrers_and_connectors_are_known)
{
    const uint64_t members[] = {1};
    struct cs_object a = settled("CN=a,DC=x", no_entry());
    struct cs_object b = settled("CN=b,DC=x", no_entry());
    connector_list connectors = {0};

    store_person(person(no_entry()));
    store_person(person(with_refs(no_entry(), MEMBER, members, 1)));
    a.mv = b.mv = 1;
    b.agent = 2;
    store_object(a);
    store_object(b);
    scratch_commit();

    ck_ids("2", mv_referrers(scratch.batch, 1, &ids, &scratch.err));
    ck_ok(mv_connectors(scratch.batch, 1, &connectors, &scratch.err));
    ck_assert_uint_eq(connectors.count, 2);
    ck_assert_uint_eq(connectors.items[0].agent, 2);
    ck_assert_uint_eq(connectors.items[1].agent, AGENT);
    ck_assert_uint_eq(connectors.items[1].id, 1);
    a.id = 1;
    a.mv = 0;
    ck_ok(cs_put(scratch.batch, &a, &scratch.err));
    ck_ok(mv_connectors(scratch.batch, 1, &connectors, &scratch.err));
    ck_assert_uint_eq(connectors.count, 1);
    VEC_FREE(&connectors);
}
END_TEST

START_TEST(retries_and_changes_queue_until_they_are_done)
{
    struct mv_object a = person(no_entry());
    struct mv_object b = person(no_entry());

    a.reference_retry = true;
    b.changed = true;
    ck_ok(mv_put(scratch.batch, &a, &scratch.err));
    ck_ok(mv_put(scratch.batch, &b, &scratch.err));
    ck_ids("1 2", mv_queue(scratch.batch, 0, 9, &ids, &scratch.err));
    a.reference_retry = false;
    ck_ok(mv_put(scratch.batch, &a, &scratch.err));
    scratch_commit();

    ck_ids("2", mv_queue(scratch.batch, 0, 9, &ids, &scratch.err));
}
END_TEST

START_TEST(a_removed_metaverse_object_leaves_nothing_behind)
{
    const uint64_t members[] = {7};
    struct mv_object object = person(with_refs(no_entry(), MEMBER, members, 1));
    struct store_stats stats;
    uint64_t count;

    object.changed = true;
    ck_ok(mv_put(scratch.batch, &object, &scratch.err));
    ck_ok(mv_count(scratch.batch, &count, &scratch.err));
    ck_assert_uint_eq(count, 1);
    scratch_commit();
    ck_ok(mv_remove(scratch.batch, 1, &scratch.err));
    ck_assert_int_eq(mv_remove(scratch.batch, 1, &scratch.err), MA_NOT_FOUND);
    scratch_commit();

    ck_ok(mv_count(scratch.batch, &count, &scratch.err));
    ck_assert_uint_eq(count, 0);
    ck_ok(store_statistics(scratch.store, &stats, &scratch.err));
    ck_assert_uint_eq(stats.rows[TABLE_MV], 0);
    ck_assert_uint_eq(stats.rows[TABLE_REFS], 0);
    ck_assert_uint_eq(stats.rows[TABLE_QUEUE], 0);
    ck_assert_uint_eq(stats.index_entries, 0);
    ck_ids("", mv_scan(scratch.batch, 0, 9, &ids, &scratch.err));
}
END_TEST

SUITE_WITH("store/mv", open_with_names, scratch_end,
           a_metaverse_object_comes_back_as_it_was_put,
           join_values_are_found_and_verified,
           an_attribute_indexed_later_finds_older_objects,
           referrers_and_connectors_are_known,
           retries_and_changes_queue_until_they_are_done,
           a_removed_metaverse_object_leaves_nothing_behind)
