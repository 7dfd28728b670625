/* SPDX-License-Identifier: Apache-2.0 */

/* Declarative joins: HR makes persons, a directory has users by employeeID. */

#include "world.h"

#include "store/tree.h"

static struct world w;

static void begin(void)
{
    world_begin_with(&w, SOURCE_DIR "/tests/integration/data/pair/export", "");
}

static void end(void)
{
    world_end(&w);
}

#define HR(id, ...) world_import(&w, "HR", id, "person", "employeeID=" id, __VA_ARGS__)
#define USER(dn, ...) world_import(&w, "Directory", dn, "user", __VA_ARGS__)
#define STAFF ",OU=Staff,DC=corp,DC=example"

START_TEST(an_object_that_was_imported_and_not_synchronised_yet_is_joined_not_made_anew)
{
    HR("1", "displayName=Ana");
    USER("CN=Old" STAFF, "employeeID=1");

    world_sync(&w, "HR", false);

    ck_assert_str_eq(world_state(&w, "Directory", "CN=Old" STAFF), "connector");
    ck_assert_uint_eq(world_pending_count(&w, "Directory"), 1);
    ck_assert_str_eq(world_pending(&w, "Directory", "CN=Old" STAFF),
                     "update CN=Ana" STAFF " displayName=Ana");
    world_sync(&w, "Directory", false);
    ck_assert_str_eq(world_errors(&w), "");
}
END_TEST

START_TEST(what_an_import_takes_away_of_a_key_joins_no_more)
{
    USER("CN=Old" STAFF, "employeeID=1");
    world_sync(&w, "Directory", false);
    USER("CN=Old" STAFF, "employeeID=2");
    HR("1", "displayName=Ana");

    world_sync(&w, "HR", false);

    ck_assert_str_eq(world_state(&w, "Directory", "CN=Old" STAFF), "normal");
    ck_assert_str_eq(world_state(&w, "Directory", "CN=Ana" STAFF), "connector");
}
END_TEST

START_TEST(who_was_deleted_and_is_referred_to_is_made_anew)
{
    HR("1", "displayName=Ana");
    HR("2", "displayName=Bo", "manager=@1");
    world_sync(&w, "HR", false);
    world_export(&w, "Directory", true);
    world_sync(&w, "Directory", false);

    world_gone(&w, "Directory", "CN=Ana" STAFF);
    world_sync(&w, "Directory", false);

    ck_assert_str_eq(world_errors(&w), "");
    ck_assert_str_eq(world_state(&w, "Directory", "CN=Ana" STAFF), "connector");
    ck_assert_ptr_nonnull(
        strstr(world_pending(&w, "Directory", "CN=Ana" STAFF), "add CN=Ana"));
}
END_TEST

/* As an import does it that shows another object under its DN. */
static void give_way(const char *dn)
{
    const struct compiled_agent *agent = world_agent(&w, "Directory");
    struct batch *batch = batch_begin(w.store);
    struct cs_object object = world_object(&w, batch, agent, dn, dn);

    object.transient = true;
    WORLD_OK(&w, cs_put(batch, &object, &w.err));
    WORLD_OK(&w, batch_commit(batch, &w.err));
    batch_end(batch);
}

START_TEST(who_is_gone_and_gave_its_name_to_another_is_let_go)
{
    HR("1", "displayName=Ana");
    world_sync(&w, "HR", false);
    world_export(&w, "Directory", true);
    world_sync(&w, "Directory", false);
    world_gone(&w, "Directory", "CN=Ana" STAFF);
    give_way("CN=Ana" STAFF);
    world_import_at(&w, "Directory", "other", "CN=Ana" STAFF, "user",
                    (const char *const[]){"employeeID=7", NULL});

    world_sync(&w, "Directory", false);

    ck_assert_uint_eq(w.counted[COUNTER_CONNECTOR_DELETE_LEAVE_MV], 1);
    ck_assert_str_eq(world_state(&w, "Directory", "CN=Ana" STAFF), "connector");
}
END_TEST

static void ana_in_the_directory(void)
{
    HR("1", "displayName=Ana");
    world_sync(&w, "HR", false);
    world_export(&w, "Directory", true);
    world_sync(&w, "Directory", false);
}

START_TEST(another_type_counts_with_its_own_synchronisation)
{
    ana_in_the_directory();

    world_import(&w, "HR", "1", "robot", "employeeID=1");
    USER("CN=Ana" STAFF, "employeeID=1", "displayName=Ana", "telephoneNumber=11");
    world_sync(&w, "Directory", false);
    ck_assert_str_eq(world_mv(&w, "employeeID", "1"),
                     "person displayName=Ana employeeID=1 telephoneNumber=11");

    world_sync(&w, "HR", false);
    ck_assert_uint_eq(world_mv_count(&w), 0);
}
END_TEST

START_TEST(nothing_flows_to_what_has_another_type_by_now)
{
    ana_in_the_directory();

    world_import(&w, "Directory", "CN=Ana" STAFF, "robot", "employeeID=1");
    HR("1", "displayName=Ana", "title=Head");
    world_sync(&w, "HR", false);

    ck_assert_str_eq(world_errors(&w), "");
    ck_assert_str_eq(world_pending(&w, "Directory", "CN=Ana" STAFF), "none");
}
END_TEST

static void parents_of(const char *dn)
{
    struct batch *batch = batch_begin(w.store);

    WORLD_OK(&w, tree_parents(batch, world_agent(&w, "Directory")->number, dn, &w.err));
    WORLD_OK(&w, batch_commit(batch, &w.err));
    batch_end(batch);
}

START_TEST(containers_that_were_there_for_one_object_go_with_it)
{
    USER("CN=Old" STAFF, "employeeID=7");
    world_sync(&w, "Directory", false);
    parents_of("CN=Old" STAFF);
    ck_assert_str_eq(world_state(&w, "Directory", "DC=corp,DC=example"), "placeholder");

    world_gone(&w, "Directory", "CN=Old" STAFF);
    world_sync(&w, "Directory", false);

    ck_assert_str_eq(world_state(&w, "Directory", "DC=corp,DC=example"), "absent");
}
END_TEST

SUITE_WITH("sync/join", begin, end,
           an_object_that_was_imported_and_not_synchronised_yet_is_joined_not_made_anew,
           what_an_import_takes_away_of_a_key_joins_no_more,
           who_was_deleted_and_is_referred_to_is_made_anew,
           who_is_gone_and_gave_its_name_to_another_is_let_go,
           another_type_counts_with_its_own_synchronisation,
           nothing_flows_to_what_has_another_type_by_now,
           containers_that_were_there_for_one_object_go_with_it)
