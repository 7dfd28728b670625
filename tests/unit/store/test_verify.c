/* SPDX-License-Identifier: Apache-2.0 */
#include "store/verify.h"

#include <signal.h>

#include "objects.h"
#include "store/batch.h"
#include "store/large.h"

/* A sound store, one thing broken by hand in each test, and what is said about it. */

enum { GROUP = 101 };

static struct buf said;

static void hear(void *context, const char *defect)
{
    (void)context;
    buf_text(&said, defect);
    buf_char(&said, '\n');
}

static void make_sound_store(void)
{
    const uint32_t indexed[] = {MAIL};
    struct mv_object person = {.type = USER};
    struct cs_object object;
    uint64_t ids[100];
    char dn[32];

    open_with_names();
    ck_ok(store_index_attributes(scratch.batch, AGENT, indexed, 1, &scratch.err));
    ck_ok(mv_put(scratch.batch, &person, &scratch.err));
    for (unsigned i = 1; i <= 100; i++) {
        snprintf(dn, sizeof dn, "CN=m%u,DC=x", i);
        object = settled(dn, with_text(no_entry(), MAIL, dn));
        object.mv = i == 1;
        store_object(object);
        ids[i - 1] = i;
    }
    object = settled("CN=g,DC=x", with_refs(no_entry(), MEMBER, ids, 100));
    object.unapplied = (struct delta){.op = DELTA_DELETE};
    ck_assert_uint_eq(store_object(object), GROUP);
    scratch_commit();
}

static void end(void)
{
    buf_free(&said);
    scratch_end();
}

static const char *verify(uint64_t defects)
{
    struct store_verification result;

    scratch_commit();
    buf_clear(&said);
    buf_text(&said, "");
    ck_ok(store_verify(scratch.store, hear, NULL, &result, &scratch.err));
    ck_assert_msg(result.defects == defects, "%llu defects:\n%s",
                  (unsigned long long)result.defects, said.at);
    return said.at;
}

static void drop_key(enum store_table table, struct store_key key)
{
    batch_remove(scratch.batch, table, store_key_view(&key));
}

static void put_key(enum store_table table, struct store_key key, const char *row)
{
    batch_put(scratch.batch, table, store_key_view(&key), slice_text(row));
}

START_TEST(a_sound_store_has_no_defects)
{
    struct store_verification result;

    ck_assert_str_eq(verify(0), "");
    ck_ok(store_verify(scratch.store, hear, NULL, &result, &scratch.err));
    ck_assert_uint_eq(result.objects, 102);
    ck_assert_uint_gt(result.rows, 300);
    ck_assert_uint_gt(result.index_entries, 400);
}
END_TEST

START_TEST(a_row_that_cannot_be_read_is_named)
{
    put_key(TABLE_CS, object_key(AGENT, 5), "rubbish");

    /* What it stood in is not taken for left over. */
    ck_assert_str_eq(
        verify(1), "agent 3, object 5: it cannot be read, or values of it are missing\n");
}
END_TEST

START_TEST(a_missing_index_entry_is_named)
{
    uint64_t hash =
        store_hash(scratch.store, AGENT, INDEX_ANCHOR, slice_text("CN=m5,DC=x"));

    batch_unindex(scratch.batch, hash, 5);

    ck_assert_ptr_nonnull(
        strstr(verify(1), "agent 3, object 5: the index lacks its entry "));
}
END_TEST

START_TEST(an_index_entry_too_many_is_named)
{
    batch_index(scratch.batch, 0xabcdef, 7);

    ck_assert_str_eq(verify(1),
                     "index: entry 0000000000abcdef of object 7 follows from none\n");
}
END_TEST

START_TEST(references_are_checked_both_ways)
{
    drop_key(TABLE_REFS, ref_key(AGENT, 9, GROUP, MEMBER));
    ck_assert_str_eq(
        verify(1), "agent 3, object 101: its reference member to object 9 has no row\n");
    put_key(TABLE_REFS, ref_key(AGENT, 9, GROUP, MEMBER), "");
    put_key(TABLE_REFS, ref_key(AGENT, 9, 10, MEMBER), "");
    ck_assert_str_eq(
        verify(1),
        "agent 3, object 10: there is a row in refs that does not follow from it\n");
}
END_TEST

START_TEST(a_reference_into_nothing_is_named)
{
    ck_ok(cs_remove(scratch.batch, AGENT, 9, &scratch.err));

    ck_assert_str_eq(
        verify(1),
        "agent 3, object 101: it refers by member to object 9, which is gone\n");
}
END_TEST

START_TEST(links_are_checked_both_ways)
{
    drop_key(TABLE_LINKS, link_key(1, AGENT, 1));
    ck_assert_str_eq(verify(2),
                     "metaverse, object 1: it has no connector\n"
                     "agent 3, object 1: its link to metaverse object 1 is not known "
                     "there\n");
    put_key(TABLE_LINKS, link_key(1, AGENT, 1), "");
    put_key(TABLE_LINKS, link_key(1, AGENT, 2), "");
    ck_assert_str_eq(
        verify(1),
        "agent 3, object 2: there is a row in links that does not follow from it\n");
}
END_TEST

START_TEST(queues_are_exact)
{
    drop_key(TABLE_QUEUE, queue_key(QUEUE_EXPORT, AGENT, GROUP));
    ck_assert_str_eq(verify(1), "agent 3, object 101: it is not in the queue export\n");
    put_key(TABLE_QUEUE, queue_key(QUEUE_EXPORT, AGENT, GROUP), "");
    put_key(TABLE_QUEUE, queue_key(QUEUE_EXPORT, AGENT, 2), "");
    put_key(TABLE_QUEUE, queue_key(QUEUE_SYNC, AGENT, 4711), "");
    ck_assert_str_eq(
        verify(2),
        "agent 3, object 4711: there is a row in queue that does not follow from it\n"
        "agent 3, object 2: there is a row in queue that does not follow from it\n");
}
END_TEST

START_TEST(what_synchronisation_wants_to_look_at_again_is_no_defect)
{
    put_key(TABLE_QUEUE, queue_key(64, AGENT, GROUP), "");
    put_key(TABLE_QUEUE, queue_key(66, 0, 4711), "");

    ck_assert_str_eq(verify(0), "");
}
END_TEST

START_TEST(counts_are_exact)
{
    count_change(scratch.batch, QUEUE_EXPORT, AGENT, 1);
    count_change(scratch.batch, COUNT_ALL, AGENT, -1);

    ck_assert_str_eq(verify(2),
                     "agent 3: 100 objects are counted and there are 101\n"
                     "agent 3: 2 objects are counted in the queue export and there are "
                     "1\n");
}
END_TEST

static struct store_key member_key(uint64_t member)
{
    return store_key_u64(large_prefix(AGENT, GROUP, MEMBER), member);
}

START_TEST(values_are_checked_against_their_stub)
{
    drop_key(TABLE_VALUES, member_key(9));
    ck_assert_str_eq(
        verify(1),
        "agent 3, object 101: it cannot be read, or values of it are missing\n");
    put_key(TABLE_VALUES, member_key(4711), "");
    ck_assert_ptr_nonnull(
        strstr(verify(3), "the values of member are not those it was stored with"));
    drop_key(TABLE_VALUES, member_key(4711));
    put_key(TABLE_VALUES, member_key(9), "");
    put_key(TABLE_VALUES, store_key_u64(large_prefix(AGENT, 2, MAIL), 1), "");
    ck_assert_str_eq(
        verify(1),
        "agent 3, object 2: there is a row in values that does not follow from it\n");
}
END_TEST

START_TEST(a_tower_without_an_object_is_named)
{
    put_key(TABLE_TOWER, object_key(AGENT, 4711), "x");

    ck_assert_str_eq(
        verify(1),
        "agent 3, object 4711: there is a row in tower that does not follow from it\n");
}
END_TEST

START_TEST(a_number_that_was_never_given_out_is_named)
{
    struct cs_object object = settled("CN=z,DC=x", no_entry());

    object.id = 4711;
    store_object(object);

    ck_assert_str_eq(verify(1),
                     "agent 3, object 4711: numbers were given out up to 101 only\n");
}
END_TEST

/* --- killed ----------------------------------------------------------------------- */

/* Renames, member changes, queues, removals; a commit after each. */
static void live(void)
{
    scratch_open();
    for (uint64_t i = 2; i <= 5; i++) {
        struct cs_object object = load(i);

        object.hologram.dn = arena_print(&scratch.arena, "CN=n%u,OU=o,DC=x", (unsigned)i);
        object.hologram.entry = with_text(no_entry(), MAIL, "new");
        object.full_sync = true;
        store_object(object);
        object = load(GROUP);
        object.hologram.entry =
            with_refs(no_entry(), MEMBER, &(uint64_t){i}, i % 2 == 0 ? 1 : 0);
        store_object(object);
        scratch_commit();
        ck_ok(cs_remove(scratch.batch, AGENT, 50 + i, &scratch.err));
        scratch_commit();
    }
}

START_TEST(a_store_killed_at_any_moment_is_sound)
{
    char nth[16];
    int signal = SIGKILL;

    for (int n = 1; signal != 0; n++) {
        end();
        make_sound_store();
        scratch_close();
        snprintf(nth, sizeof nth, "%d", n);
        setenv("MACTL_DIE_AT", nth, 1);
        signal = scratch_child(live);
        unsetenv("MACTL_DIE_AT");
        scratch_open();
        verify(0);
        ck_assert_int_eq(signal, n <= 16 ? SIGKILL : 0);
    }
}
END_TEST

START_TEST(a_reference_whose_giver_is_to_be_synchronised_is_no_defect)
{
    const struct mv_lineage line = {.attribute = MEMBER, .agent = AGENT, .object = 2};
    const uint64_t gone[] = {77};
    struct mv_object group = {.type = USER,
                              .entry = with_refs(no_entry(), MEMBER, gone, 1),
                              .lineage = &line,
                              .lineage_count = 1};
    struct cs_object giver;

    ck_ok(mv_put(scratch.batch, &group, &scratch.err));
    ck_ok(cs_get(scratch.batch, &scratch.arena, AGENT, 2, &giver, &scratch.err));
    giver.mv = group.id;
    ck_ok(cs_put(scratch.batch, &giver, &scratch.err));
    ck_assert_str_eq(
        verify(1),
        "metaverse, object 2: it refers by member to object 77, which is gone\n");

    giver.full_sync = true;
    ck_ok(cs_put(scratch.batch, &giver, &scratch.err));
    verify(0);
}
END_TEST

SUITE_WITH("store/verify", make_sound_store, end, a_sound_store_has_no_defects,
           a_row_that_cannot_be_read_is_named, a_missing_index_entry_is_named,
           an_index_entry_too_many_is_named, references_are_checked_both_ways,
           a_reference_into_nothing_is_named,
           a_reference_whose_giver_is_to_be_synchronised_is_no_defect,
           links_are_checked_both_ways, queues_are_exact,
           what_synchronisation_wants_to_look_at_again_is_no_defect, counts_are_exact,
           values_are_checked_against_their_stub, a_tower_without_an_object_is_named,
           a_number_that_was_never_given_out_is_named,
           a_store_killed_at_any_moment_is_sound)
