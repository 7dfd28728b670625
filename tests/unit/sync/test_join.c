/* SPDX-License-Identifier: Apache-2.0 */

/* Declarative joins: HR makes persons, a directory has users by employeeID. */

#include "world.h"

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

SUITE_WITH("sync/join", begin, end,
           an_object_that_was_imported_and_not_synchronised_yet_is_joined_not_made_anew,
           what_an_import_takes_away_of_a_key_joins_no_more,
           who_was_deleted_and_is_referred_to_is_made_anew)
