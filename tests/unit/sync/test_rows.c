/* SPDX-License-Identifier: Apache-2.0 */

/* Rows of the transition table (docs/internals/tower.md) that are about more than one
 * object, or about what synchronisation makes of what an import has shown. */

#include "store/derived.h"
#include "world.h"

static struct world w;

static void begin(void)
{
    world_begin_with(&w, SOURCE_DIR "/tests/unit/sync/data/classic", "");
}

static void end(void)
{
    world_end(&w);
}

#define HR(id, ...) world_import(&w, "HR", id, "person", "employeeID=" id, __VA_ARGS__)
#define AD(dn, ...) world_import(&w, "AD", dn, "user", __VA_ARGS__)
#define LDAP(dn, ...) world_import(&w, "LDAP", dn, "inetOrgPerson", __VA_ARGS__)
#define AD_ANA "CN=Ana,DC=corp,DC=example"
#define AD_BO "CN=Bo,DC=corp,DC=example"
#define AD_EVE "CN=Eve,DC=corp,DC=example"
#define LDAP_ANA "uid=ana,DC=dir,DC=example"

/* T8 */
START_TEST(a_deleted_disconnector_goes_or_stays_as_a_placeholder_for_who_refers_to_it)
{
    AD(AD_ANA, "displayName=Ana", "manager=@" AD_BO);
    AD(AD_BO, "displayName=Bo");
    AD(AD_EVE, "displayName=Eve");
    world_sync(&w, "AD", false);
    ck_assert_str_eq(world_state(&w, "AD", AD_BO), "normal");

    world_gone(&w, "AD", AD_BO);
    world_gone(&w, "AD", AD_EVE);
    ck_assert_str_eq(world_sync(&w, "AD", false), "success");

    ck_assert_str_eq(world_state(&w, "AD", AD_BO), "placeholder");
    ck_assert_str_eq(world_state(&w, "AD", AD_EVE), "absent");
    ck_assert_uint_eq(w.counted[COUNTER_CONNECTOR_DELETE_LEAVE_MV], 0);
    ck_assert_uint_eq(w.counted[COUNTER_CONNECTOR_DELETE_REMOVE_MV], 0);
}
END_TEST

/* T10, T11 */
START_TEST(an_object_that_fails_keeps_its_import_and_is_tried_by_every_delta)
{
    HR("1", "sn=Lima");
    AD(AD_ANA, "employeeID=1");
    world_sync(&w, "HR", false);
    world_sync(&w, "AD", false);

    HR("1", "sn=service", "title=Head");
    for (int i = 0; i < 2; i++) {
        ck_assert_str_eq(world_sync(&w, "HR", false), "completed-sync-errors");
        ck_assert_uint_eq(w.counted[COUNTER_FLOW_FAILURE], 1);
        ck_assert_ptr_null(strstr(world_mv(&w, "employeeID", "1"), "title"));
        ck_assert_str_eq(world_pending(&w, "AD", AD_ANA), "update displayName=Lima");
    }

    HR("1", "sn=Melo", "title=Head");
    ck_assert_str_eq(world_sync(&w, "HR", false), "success");
    ck_assert_uint_eq(w.counted[COUNTER_CONNECTOR_FLOW], 1);
    world_sync(&w, "HR", false);
    ck_assert_uint_eq(w.counted[COUNTER_CONNECTOR_FLOW], 0);
}
END_TEST

/* T24: equal precedence, so AD may take back what LDAP gave. */
START_TEST(a_value_that_inbound_rules_accept_is_not_offered_again)
{
    HR("1", "sn=Lima");
    AD(AD_ANA, "employeeID=1", "displayName=Lima", "pager=1");
    LDAP(LDAP_ANA, "employeeNumber=1", "pager=1");
    world_sync(&w, "HR", false);
    world_sync(&w, "AD", false);
    LDAP(LDAP_ANA, "employeeNumber=1", "pager=7");
    world_sync(&w, "LDAP", false);
    ck_assert_str_eq(world_pending(&w, "AD", AD_ANA), "update pager=7");
    world_export(&w, "AD", false);

    AD(AD_ANA, "employeeID=1", "displayName=Lima", "pager=8");
    ck_assert_str_eq(world_pending(&w, "AD", AD_ANA), "update pager=7");
    world_sync(&w, "AD", false);

    ck_assert_ptr_nonnull(strstr(world_mv(&w, "employeeID", "1"), "pager=8"));
    ck_assert_str_eq(world_pending(&w, "AD", AD_ANA), "none");
}
END_TEST

/* T30 */
START_TEST(a_reference_to_a_placeholder_flows_nowhere_and_is_no_error)
{
    HR("1", "sn=Lima", "manager=@2");

    ck_assert_str_eq(world_sync(&w, "HR", false), "success");

    ck_assert_str_eq(world_errors(&w), "");
    ck_assert_str_eq(world_state(&w, "HR", "2"), "placeholder");
    ck_assert_ptr_null(strstr(world_mv(&w, "employeeID", "1"), "manager"));
}
END_TEST

/* T31 */
START_TEST(who_refers_to_a_placeholder_is_completed_in_the_step_that_links_it)
{
    HR("1", "sn=Lima", "manager=@2");
    AD(AD_ANA, "employeeID=1", "displayName=Lima");
    AD(AD_BO, "employeeID=2", "displayName=Melo");
    world_sync(&w, "HR", false);
    world_sync(&w, "AD", false);
    ck_assert_str_eq(world_state(&w, "AD", AD_BO), "normal");

    HR("2", "sn=Melo");
    world_sync(&w, "HR", false);
    ck_assert_ptr_nonnull(strstr(world_mv(&w, "employeeID", "1"), "manager=@Melo"));
    ck_assert_str_eq(world_pending(&w, "AD", AD_ANA), "none");

    world_sync(&w, "AD", false);
    ck_assert_str_eq(world_pending(&w, "AD", AD_ANA), "update manager=@" AD_BO);
}
END_TEST

/* T32 */
START_TEST(what_referred_to_a_deleted_object_is_cleared_in_every_agent)
{
    HR("1", "sn=Lima", "manager=@2");
    HR("2", "sn=Melo");
    AD(AD_ANA, "employeeID=1", "displayName=Lima", "manager=@" AD_BO);
    AD(AD_BO, "employeeID=2", "displayName=Melo");
    world_sync(&w, "HR", false);
    world_sync(&w, "AD", false);
    ck_assert_str_eq(world_pending(&w, "AD", AD_ANA), "none");

    world_gone(&w, "HR", "2");
    ck_assert_str_eq(world_sync(&w, "HR", false), "success");

    ck_assert_str_eq(world_state(&w, "HR", "2"), "placeholder");
    ck_assert_ptr_null(strstr(world_mv(&w, "employeeID", "1"), "manager"));
    ck_assert_str_eq(world_pending(&w, "AD", AD_BO), "delete");
    ck_assert_str_eq(world_pending(&w, "AD", AD_ANA), "update manager=");
}
END_TEST

/* T34: what waits in a damaged row is not guessed, and no other object is touched. */
START_TEST(a_damaged_object_stops_the_step_and_is_named)
{
    struct batch *batch = batch_begin(w.store);
    struct sync_request request = {.store = w.store,
                                   .program = w.program,
                                   .agent = world_agent(&w, "HR"),
                                   .history = &w.history};
    struct store_key key = object_key(request.agent->number, 2);
    const char *result = "";

    HR("1", "sn=Lima");
    HR("2", "sn=Melo");
    batch_put(batch, TABLE_CS, store_key_view(&key), slice_text("rubbish"));
    WORLD_OK(&w, batch_commit(batch, &w.err));
    batch_end(batch);

    ck_assert_int_eq(sync_run(&request, &result, &w.err), MA_BROKEN);

    ck_assert_str_eq(result, "stopped-server");
    ck_assert_ptr_nonnull(strstr(w.err.text, "object 2 of agent"));
    ck_assert_ptr_nonnull(strstr(w.err.text, "mactl db verify"));
    ck_assert_uint_eq(world_mv_count(&w), 0);
}
END_TEST

SUITE_WITH("sync/rows", begin, end,
           a_deleted_disconnector_goes_or_stays_as_a_placeholder_for_who_refers_to_it,
           an_object_that_fails_keeps_its_import_and_is_tried_by_every_delta,
           a_value_that_inbound_rules_accept_is_not_offered_again,
           a_reference_to_a_placeholder_flows_nowhere_and_is_no_error,
           who_refers_to_a_placeholder_is_completed_in_the_step_that_links_it,
           what_referred_to_a_deleted_object_is_cleared_in_every_agent,
           a_damaged_object_stops_the_step_and_is_named)
