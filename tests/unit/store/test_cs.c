/* SPDX-License-Identifier: Apache-2.0 */
#include "store/cs.h"

#include "objects.h"

/* --- rows -------------------------------------------------------------------------- */

START_TEST(an_object_comes_back_as_it_was_put)
{
    struct entry entry = with_text(with_text(no_entry(), MAIL, "a@x"), SN, "Lima");
    struct cs_object given = settled("CN=a,DC=x", entry);
    struct cs_object back;

    ck_ok(cs_put(scratch.batch, &given, &scratch.err));
    ck_assert_uint_eq(given.id, 1);
    ck_assert(!guid_is_zero(&given.guid));
    scratch_commit();
    back = load(1);

    ck_assert_uint_eq(back.id, 1);
    ck_assert_uint_eq(back.agent, AGENT);
    ck_assert(guid_equal(&back.guid, &given.guid));
    ck_assert_str_eq(back.hologram.dn, "CN=a,DC=x");
    ck_assert(entry_equal(&back.hologram.entry, &entry));
    ck_assert_int_eq(cs_get(scratch.batch, &scratch.arena, AGENT, 2, &back, &scratch.err),
                     MA_NOT_FOUND);
}
END_TEST

START_TEST(an_equal_object_is_not_written)
{
    struct cs_object object = settled("CN=a,DC=x", with_text(no_entry(), SN, "Lima"));

    ck_ok(cs_put(scratch.batch, &object, &scratch.err));
    scratch_commit();
    object = load(1);
    ck_ok(cs_put(scratch.batch, &object, &scratch.err));

    ck_assert_uint_eq(batch_writes(scratch.batch), 0);
}
END_TEST

START_TEST(ids_are_dense_per_agent_and_never_used_again)
{
    struct cs_object object = settled("CN=a,DC=x", no_entry());

    ck_assert_uint_eq(store_object(object), 1);
    object.anchor = slice_text("other");
    ck_assert_uint_eq(store_object(object), 2);
    object.agent = AGENT + 1;
    ck_assert_uint_eq(store_object(object), 1);
    ck_ok(cs_remove(scratch.batch, AGENT, 2, &scratch.err));
    scratch_commit();
    object.agent = AGENT;
    ck_assert_uint_eq(store_object(object), 3);
}
END_TEST

START_TEST(a_removed_object_leaves_nothing_behind)
{
    struct store_stats stats;
    struct cs_object object = settled("CN=a,DC=x", with_text(no_entry(), MAIL, "a@x"));
    const uint32_t indexed[] = {MAIL};
    const uint64_t members[] = {77};

    ck_ok(store_index_attributes(scratch.batch, AGENT, indexed, 1, &scratch.err));
    object.hologram.entry = with_refs(object.hologram.entry, MEMBER, members, 1);
    object.unapplied = (struct delta){.op = DELTA_UPDATE, .dn = "CN=b,DC=x"};
    object.mv = 5;
    store_object(object);
    scratch_commit();
    ck_ok(cs_remove(scratch.batch, AGENT, 1, &scratch.err));
    ck_assert_int_eq(cs_remove(scratch.batch, AGENT, 1, &scratch.err), MA_NOT_FOUND);
    scratch_commit();

    ck_ok(store_statistics(scratch.store, &stats, &scratch.err));
    ck_assert_uint_eq(stats.rows[TABLE_CS], 0);
    ck_assert_uint_eq(stats.rows[TABLE_TOWER], 0);
    ck_assert_uint_eq(stats.rows[TABLE_REFS], 0);
    ck_assert_uint_eq(stats.rows[TABLE_LINKS], 0);
    ck_assert_uint_eq(stats.rows[TABLE_QUEUE], 0);
    ck_assert_uint_eq(stats.index_entries, 0);
}
END_TEST

/* --- finding by name --------------------------------------------------------------- */

static uint64_t find_dn(const char *dn)
{
    uint64_t id = 0;
    enum ma_status status = cs_find_dn(scratch.batch, AGENT, dn, &id, &scratch.err);

    ck_assert(status == MA_OK || status == MA_NOT_FOUND);
    return id;
}

START_TEST(an_object_is_found_by_its_anchor_and_by_any_spelling_of_its_dn)
{
    uint64_t id = 0;

    store_object(settled("CN=Ada,DC=x", no_entry()));
    store_object(settled("CN=Bob,DC=x", no_entry()));

    ck_assert_uint_eq(find_dn("cn=ada, dc=X"), 1);
    ck_assert_uint_eq(find_dn("CN=Carl,DC=x"), 0);
    ck_ok(cs_find_anchor(scratch.batch, AGENT, slice_text("CN=Bob,DC=x"), &id,
                         &scratch.err));
    ck_assert_uint_eq(id, 2);
    ck_assert_int_eq(cs_find_anchor(scratch.batch, AGENT, slice_text("cn=bob,dc=x"), &id,
                                    &scratch.err),
                     MA_NOT_FOUND);
    ck_assert_int_eq(cs_find_anchor(scratch.batch, AGENT + 1, slice_text("CN=Bob,DC=x"),
                                    &id, &scratch.err),
                     MA_NOT_FOUND);
}
END_TEST

START_TEST(a_dn_finds_what_the_system_has_before_what_is_wanted_before_a_placeholder)
{
    struct cs_object renamed = settled("CN=a,DC=x", no_entry());
    uint64_t placeholder;

    ck_ok(cs_reference(scratch.batch, AGENT, "CN=b,DC=x", PLACEHOLDER_LINK, &placeholder,
                       &scratch.err));
    ck_assert_uint_eq(find_dn("CN=b,DC=x"), placeholder);
    renamed.unapplied = (struct delta){.op = DELTA_UPDATE, .dn = "CN=b,DC=x"};
    ck_assert_uint_eq(store_object(renamed), 2);
    ck_assert_uint_eq(find_dn("CN=b,DC=x"), 2);
    ck_assert_uint_eq(find_dn("CN=a,DC=x"), 2);
    ck_assert_uint_eq(store_object(settled("CN=b,DC=x", no_entry())), 3);
    ck_assert_uint_eq(find_dn("CN=b,DC=x"), 3);
}
END_TEST

START_TEST(a_transient_object_is_not_found_by_the_dn_it_gave_away)
{
    struct cs_object object = settled("CN=a,DC=x", no_entry());

    object.transient = true;
    store_object(object);

    ck_assert_uint_eq(find_dn("CN=a,DC=x"), 0);
    ck_ids("1", cs_children(scratch.batch, AGENT, "DC=x", &ids, &scratch.err));
}
END_TEST

START_TEST(a_renamed_object_is_found_by_its_new_name_only)
{
    struct cs_object object = settled("CN=a,DC=x", no_entry());

    ck_ok(cs_put(scratch.batch, &object, &scratch.err));
    scratch_commit();
    object.hologram.dn = "CN=b,OU=y,DC=x";
    ck_ok(cs_put(scratch.batch, &object, &scratch.err));

    ck_assert_uint_eq(find_dn("CN=a,DC=x"), 0);
    ck_assert_uint_eq(find_dn("CN=b,OU=y,DC=x"), 1);
    ck_ids("", cs_children(scratch.batch, AGENT, "DC=x", &ids, &scratch.err));
    ck_ids("1", cs_children(scratch.batch, AGENT, "ou=y,dc=x", &ids, &scratch.err));
}
END_TEST

START_TEST(children_are_those_directly_below)
{
    store_object(settled("OU=a,DC=x", no_entry()));
    store_object(settled("CN=b,OU=a,DC=x", no_entry()));
    store_object(settled("CN=c,OU=a,DC=x", no_entry()));
    store_object(settled("CN=d,CN=b,OU=a,DC=x", no_entry()));

    ck_ids("2 3", cs_children(scratch.batch, AGENT, "OU=A,DC=x", &ids, &scratch.err));
    ck_ids("", cs_children(scratch.batch, AGENT, "", &ids, &scratch.err));
}
END_TEST

START_TEST(a_reference_makes_one_placeholder_a_dn)
{
    uint64_t first;
    uint64_t again;

    ck_ok(cs_reference(scratch.batch, AGENT, "CN=a,DC=x", PLACEHOLDER_LINK, &first,
                       &scratch.err));
    scratch_commit();
    ck_ok(cs_reference(scratch.batch, AGENT, "cn=A,dc=x", PLACEHOLDER_LINK, &again,
                       &scratch.err));

    ck_assert_uint_eq(first, again);
    ck_assert_int_eq(load(first).placeholder, PLACEHOLDER_LINK);
    ck_ids("1",
           cs_queue(scratch.batch, QUEUE_PLACEHOLDER, AGENT, 0, 9, &ids, &scratch.err));
}
END_TEST

/* --- joins ------------------------------------------------------------------------- */

#define find_value(attribute, text, exact)                                               \
    cs_find_value(scratch.batch, AGENT, attribute, VALUE_STRING, slice_text(text),       \
                  exact, &ids, &scratch.err)

START_TEST(a_value_is_found_with_and_without_regard_to_case)
{
    const uint32_t indexed[] = {MAIL};

    ck_ok(store_index_attributes(scratch.batch, AGENT, indexed, 1, &scratch.err));
    store_object(settled("CN=a,DC=x", with_text(no_entry(), MAIL, "A@x")));
    store_object(settled("CN=b,DC=x", with_text(no_entry(), MAIL, "a@X")));
    store_object(settled("CN=c,DC=x", with_text(no_entry(), SN, "a@x")));

    ck_ids("1 2", find_value(MAIL, "a@x", false));
    ck_ids("2", find_value(MAIL, "a@X", true));
    ck_ids("", find_value(MAIL, "a@y", false));
    ck_ids("", find_value(SN, "a@x", false));
}
END_TEST

static bool is_odd(const struct cs_choice *choice, uint64_t id)
{
    return choice != NULL && id % 2 == 1;
}

START_TEST(who_is_not_chosen_is_not_read)
{
    const uint32_t indexed[] = {MAIL};
    const struct cs_choice odd = {is_odd};
    uint64_t read;

    ck_ok(store_index_attributes(scratch.batch, AGENT, indexed, 1, &scratch.err));
    for (int i = 0; i < 3; i++)
        store_object(settled("CN=a,DC=x", with_text(no_entry(), MAIL, "a@x")));
    read = store_work(scratch.store).objects_read;

    ck_ids("1 3",
           cs_find_value_among(scratch.batch, AGENT, MAIL, VALUE_STRING,
                               slice_text("a@x"), false, &odd, &ids, &scratch.err));
    ck_assert_uint_eq(store_work(scratch.store).objects_read, read + 2);
}
END_TEST

START_TEST(the_link_is_read_without_the_object)
{
    enum { MANY = 100 };
    struct cs_object object = settled("CN=a,DC=x", no_entry());
    uint64_t members[MANY];
    uint64_t mv = 0;

    for (uint64_t i = 0; i < MANY; i++)
        members[i] = i + 1;
    object.hologram.entry = with_refs(object.hologram.entry, MEMBER, members, MANY);
    object.mv = 5;
    store_object(object);
    store_object(settled("CN=b,DC=x", no_entry()));

    ck_ok(cs_link(scratch.batch, AGENT, 1, &mv, &scratch.err));
    ck_assert_uint_eq(mv, 5);
    ck_ok(cs_link(scratch.batch, AGENT, 2, &mv, &scratch.err));
    ck_assert_uint_eq(mv, 0);
    ck_assert_int_eq(cs_link(scratch.batch, AGENT, 3, &mv, &scratch.err), MA_NOT_FOUND);
    ck_assert_uint_eq(store_work(scratch.store).values_read, 0);
}
END_TEST

START_TEST(values_are_those_of_the_imported_image)
{
    const uint32_t indexed[] = {MAIL};
    struct cs_object object = settled("CN=a,DC=x", with_text(no_entry(), MAIL, "old"));
    struct slice new = slice_text("new");
    struct slice wanted = slice_text("wanted");
    const struct attr_delta imported = {MAIL, VALUE_STRING, DELTA_SET, 1, &new, 0, NULL};
    const struct attr_delta unapplied = {MAIL, VALUE_STRING, DELTA_SET, 1, &wanted,
                                         0,    NULL};

    ck_ok(store_index_attributes(scratch.batch, AGENT, indexed, 1, &scratch.err));
    ck_ok(cs_put(scratch.batch, &object, &scratch.err));
    object.pending_import =
        (struct delta){.op = DELTA_UPDATE, .count = 1, .attrs = &imported};
    object.unapplied =
        (struct delta){.op = DELTA_UPDATE, .count = 1, .attrs = &unapplied};
    ck_ok(cs_put(scratch.batch, &object, &scratch.err));

    ck_ids("1", find_value(MAIL, "new", true));
    ck_ids("", find_value(MAIL, "old", true));
    ck_ids("", find_value(MAIL, "wanted", true));
}
END_TEST

START_TEST(a_newly_indexed_attribute_finds_what_was_stored_before)
{
    const uint32_t first[] = {MAIL};
    const uint32_t second[] = {SN, CODE};
    struct store_stats stats;

    ck_ok(store_index_attributes(scratch.batch, AGENT, first, 1, &scratch.err));
    for (int i = 0; i < 1200; i++) {
        char dn[32];
        struct cs_object object;

        snprintf(dn, sizeof dn, "CN=%d,DC=x", i);
        object = settled(dn, with_text(with_text(no_entry(), MAIL, dn), SN, "Lima"));
        store_object(object);
        arena_reset(&scratch.arena);
    }
    scratch_commit();
    ck_ok(store_index_attributes(scratch.batch, AGENT, second, 2, &scratch.err));
    scratch_commit();

    ck_ids("", find_value(MAIL, "CN=7,DC=x", false));
    id_list ids = {0};
    ck_ok(find_value(SN, "lima", false));
    ck_assert_uint_eq(ids.count, 1200);
    VEC_FREE(&ids);
    ck_ok(store_statistics(scratch.store, &stats, &scratch.err));
    ck_assert_uint_eq(stats.index_entries, 1200 * 4); /* DN, parent, anchor, sn */
    ck_ok(store_index_attributes(scratch.batch, AGENT, second, 2, &scratch.err));
    ck_assert_uint_eq(batch_writes(scratch.batch), 0);
}
END_TEST

/* --- references and queues --------------------------------------------------------- */

START_TEST(referrers_are_known_in_every_layer)
{
    const uint64_t kept[] = {10};
    struct cs_object object =
        settled("CN=g,DC=x", with_refs(no_entry(), MEMBER, kept, 1));
    struct slice added = value_of_id(&scratch.arena, 11);
    struct slice gone = value_of_id(&scratch.arena, 12);
    const struct attr_delta member = {MEMBER, VALUE_REFERENCE, DELTA_VALUES, 1, &added, 1,
                                      &gone};

    object.escrowed = (struct delta){.op = DELTA_UPDATE, .count = 1, .attrs = &member};
    ck_ok(cs_put(scratch.batch, &object, &scratch.err));
    scratch_commit();

    ck_ids("1", cs_referrers(scratch.batch, AGENT, 10, &ids, &scratch.err));
    ck_ids("1", cs_referrers(scratch.batch, AGENT, 11, &ids, &scratch.err));
    ck_ids("1", cs_referrers(scratch.batch, AGENT, 12, &ids, &scratch.err));
    ck_ids("", cs_referrers(scratch.batch, AGENT, 13, &ids, &scratch.err));
    ck_ids("", cs_referrers(scratch.batch, AGENT + 1, 10, &ids, &scratch.err));
    object.escrowed = (struct delta){0};
    ck_ok(cs_put(scratch.batch, &object, &scratch.err));
    ck_ids("", cs_referrers(scratch.batch, AGENT, 11, &ids, &scratch.err));
    ck_ids("1", cs_referrers(scratch.batch, AGENT, 10, &ids, &scratch.err));
}
END_TEST

static uint64_t length_of(enum cs_queue queue)
{
    uint64_t length;

    ck_ok(cs_queue_length(scratch.batch, queue, AGENT, &length, &scratch.err));
    return length;
}

START_TEST(an_object_stands_in_the_queues_that_its_state_asks_for)
{
    struct cs_object object = settled("CN=a,DC=x", no_entry());

    store_object(settled("CN=b,DC=x", no_entry()));
    ck_ok(cs_put(scratch.batch, &object, &scratch.err));
    ck_ids("1 2",
           cs_queue(scratch.batch, QUEUE_DISCONNECTOR, AGENT, 0, 9, &ids, &scratch.err));
    ck_assert_uint_eq(length_of(QUEUE_SYNC), 0);

    object.mv = 9;
    object.full_sync = true;
    object.unapplied = (struct delta){.op = DELTA_DELETE};
    object.export_error = (struct object_error){.count = 1, .type = "t", .text = "x"};
    ck_ok(cs_put(scratch.batch, &object, &scratch.err));
    scratch_commit();

    ck_ids("1",
           cs_queue(scratch.batch, QUEUE_DISCONNECTOR, AGENT, 0, 9, &ids, &scratch.err));
    ck_ids("2", cs_queue(scratch.batch, QUEUE_SYNC, AGENT, 0, 9, &ids, &scratch.err));
    ck_ids("2", cs_queue(scratch.batch, QUEUE_EXPORT, AGENT, 0, 9, &ids, &scratch.err));
    ck_ids("", cs_queue(scratch.batch, QUEUE_EXPORT, AGENT, 2, 9, &ids, &scratch.err));
    ck_assert_uint_eq(length_of(QUEUE_EXPORT_ERROR), 1);
    ck_assert_uint_eq(length_of(QUEUE_DISCONNECTOR), 1);
}
END_TEST

START_TEST(counts_follow_commits_and_rollbacks)
{
    uint64_t count;
    size_t mark;

    store_object(settled("CN=a,DC=x", no_entry()));
    scratch_commit();
    mark = batch_mark(scratch.batch);
    store_object(settled("CN=b,DC=x", no_entry()));
    ck_assert_uint_eq(length_of(QUEUE_DISCONNECTOR), 2);
    batch_rollback(scratch.batch, mark);
    ck_ok(cs_remove(scratch.batch, AGENT, 1, &scratch.err));

    ck_ok(cs_count(scratch.batch, AGENT, &count, &scratch.err));
    ck_assert_uint_eq(count, 0);
    ck_assert_uint_eq(length_of(QUEUE_DISCONNECTOR), 0);
}
END_TEST

START_TEST(a_scan_gives_ids_in_order_and_in_pages)
{
    for (int i = 0; i < 5; i++) {
        char dn[32];

        snprintf(dn, sizeof dn, "CN=%d,DC=x", i);
        store_object(settled(dn, no_entry()));
        if (i == 2)
            scratch_commit();
    }

    ck_ids("1 2 3", cs_scan(scratch.batch, AGENT, 0, 3, &ids, &scratch.err));
    ck_ids("4 5", cs_scan(scratch.batch, AGENT, 3, 3, &ids, &scratch.err));
    ck_ids("", cs_scan(scratch.batch, AGENT + 1, 0, 3, &ids, &scratch.err));
}
END_TEST

SUITE_WITH("store/cs", open_with_names, scratch_end, an_object_comes_back_as_it_was_put,
           an_equal_object_is_not_written, ids_are_dense_per_agent_and_never_used_again,
           a_removed_object_leaves_nothing_behind,
           an_object_is_found_by_its_anchor_and_by_any_spelling_of_its_dn,
           a_dn_finds_what_the_system_has_before_what_is_wanted_before_a_placeholder,
           a_transient_object_is_not_found_by_the_dn_it_gave_away,
           a_renamed_object_is_found_by_its_new_name_only,
           children_are_those_directly_below, a_reference_makes_one_placeholder_a_dn,
           a_value_is_found_with_and_without_regard_to_case,
           who_is_not_chosen_is_not_read, the_link_is_read_without_the_object,
           values_are_those_of_the_imported_image,
           a_newly_indexed_attribute_finds_what_was_stored_before,
           referrers_are_known_in_every_layer,
           an_object_stands_in_the_queues_that_its_state_asks_for,
           counts_follow_commits_and_rollbacks, a_scan_gives_ids_in_order_and_in_pages)
