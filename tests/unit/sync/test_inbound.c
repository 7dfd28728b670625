/* SPDX-License-Identifier: Apache-2.0 */

/* The classic family: HR projects, a directory and an address book join. */

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
#define AD_ANA "CN=Ana,DC=corp,DC=example"
#define AD(dn, ...) world_import(&w, "AD", dn, "user", __VA_ARGS__)
#define LDAP_ANA "uid=ana,DC=dir,DC=example"
#define LDAP(dn, ...) world_import(&w, "LDAP", dn, "inetOrgPerson", __VA_ARGS__)

static void ana_everywhere(void)
{
    HR("1", "sn=Lima", "title=Head");
    AD(AD_ANA, "employeeID=1", "title=Clerk", "telephoneNumber=11", "displayName=Lima");
    LDAP(LDAP_ANA, "employeeNumber=1", "telephoneNumber=22", "title=Head");
    world_sync(&w, "HR", false);
    world_sync(&w, "AD", false);
    world_sync(&w, "LDAP", false);
}

START_TEST(a_person_is_projected_and_its_attributes_flow_in)
{
    HR("1", "sn=Lima", "givenName=Ana", "title=Head");

    ck_assert_str_eq(world_sync(&w, "HR", false), "success");

    ck_assert_str_eq(world_mv(&w, "employeeID", "1"),
                     "person cn=Lima employeeID=1 givenName=Ana sn=Lima source=HR "
                     "title=Head");
    ck_assert_uint_eq(w.counted[COUNTER_DISCONNECTOR_PROJECTED_FLOW], 1);
}
END_TEST

START_TEST(a_second_synchronisation_finds_nothing_to_do)
{
    ana_everywhere();

    world_sync(&w, "HR", false);

    ck_assert_uint_eq(
        w.counted[COUNTER_CONNECTOR_FLOW] + w.counted[COUNTER_CONNECTOR_NO_FLOW], 0);
}
END_TEST

START_TEST(a_full_synchronisation_changes_nothing_that_is_in_order)
{
    ana_everywhere();

    world_sync(&w, "HR", true);

    ck_assert_uint_eq(w.counted[COUNTER_CONNECTOR_NO_FLOW], 1);
    ck_assert_uint_eq(w.counted[COUNTER_CONNECTOR_FLOW], 0);
}
END_TEST

START_TEST(an_object_joins_by_its_key_and_ignores_case_of_it)
{
    HR("a7", "sn=Lima");
    AD(AD_ANA, "employeeID=A7", "telephoneNumber=11");
    world_sync(&w, "HR", false);

    world_sync(&w, "AD", false);

    ck_assert_str_eq(world_state(&w, "AD", AD_ANA), "connector");
    ck_assert_uint_eq(w.counted[COUNTER_DISCONNECTOR_JOINED_FLOW], 1);
    ck_assert_str_eq(world_mv(&w, "employeeID", "a7"),
                     "person cn=Lima employeeID=a7 sn=Lima source=HR telephoneNumber=11");
}
END_TEST

START_TEST(the_higher_ranked_source_wins_and_the_next_takes_over_when_it_has_none)
{
    ana_everywhere();
    ck_assert_ptr_nonnull(strstr(world_mv(&w, "employeeID", "1"), "title=Head"));

    HR("1", "sn=Lima");
    world_sync(&w, "HR", false);

    ck_assert_ptr_nonnull(strstr(world_mv(&w, "employeeID", "1"), "title=Clerk"));
}
END_TEST

START_TEST(what_the_metaverse_holds_flows_out_to_joined_connectors)
{
    ana_everywhere();

    ck_assert_str_eq(world_pending(&w, "AD", AD_ANA), "update title=Head");
    ck_assert_str_eq(world_pending(&w, "LDAP", LDAP_ANA), "update telephoneNumber=11");
}
END_TEST

START_TEST(an_exported_value_is_not_exported_again_before_it_is_confirmed)
{
    ana_everywhere();
    world_export(&w, "AD", false);

    world_sync(&w, "HR", true);
    world_sync(&w, "AD", true);

    ck_assert_uint_eq(world_pending_count(&w, "AD"), 0);
}
END_TEST

START_TEST(a_confirmed_export_is_processed_without_flow)
{
    ana_everywhere();
    world_export(&w, "AD", true);

    world_sync(&w, "AD", false);

    ck_assert_uint_eq(w.counted[COUNTER_CONNECTOR_NO_FLOW], 1);
    ck_assert_uint_eq(world_pending_count(&w, "AD"), 0);
}
END_TEST

START_TEST(a_value_of_a_lower_ranked_source_is_not_exported_to_a_higher_one)
{
    HR("1", "sn=Lima");
    AD(AD_ANA, "employeeID=1", "displayName=Lima");
    LDAP(LDAP_ANA, "employeeNumber=1", "telephoneNumber=22");
    world_sync(&w, "HR", false);
    world_sync(&w, "AD", false);

    world_sync(&w, "LDAP", false);

    ck_assert_ptr_nonnull(strstr(world_mv(&w, "employeeID", "1"), "telephoneNumber=22"));
    ck_assert_str_eq(world_pending(&w, "AD", AD_ANA), "none");
}
END_TEST

START_TEST(a_pending_value_goes_when_the_targets_own_value_wins_again)
{
    ana_everywhere();
    ck_assert_str_eq(world_pending(&w, "AD", AD_ANA), "update title=Head");

    HR("1", "sn=Lima");
    world_sync(&w, "HR", false);

    ck_assert_str_eq(world_pending(&w, "AD", AD_ANA), "none");
}
END_TEST

START_TEST(a_pending_value_goes_when_a_source_below_the_target_takes_over)
{
    HR("1", "sn=Lima", "title=Head");
    AD(AD_ANA, "employeeID=1", "displayName=Lima");
    LDAP(LDAP_ANA, "employeeNumber=1", "title=Boss");
    world_sync(&w, "HR", false);
    world_sync(&w, "AD", false);
    world_sync(&w, "LDAP", false);
    ck_assert_str_eq(world_pending(&w, "AD", AD_ANA), "update title=Head");

    HR("1", "sn=Lima");
    world_sync(&w, "HR", false);

    ck_assert_ptr_nonnull(strstr(world_mv(&w, "employeeID", "1"), "title=Boss"));
    ck_assert_str_eq(world_pending(&w, "AD", AD_ANA), "none");
}
END_TEST

START_TEST(of_equals_the_last_writer_wins_and_the_other_is_told)
{
    HR("1", "sn=Lima");
    AD(AD_ANA, "employeeID=1", "displayName=Lima", "pager=11");
    LDAP(LDAP_ANA, "employeeNumber=1", "pager=22");
    world_sync(&w, "HR", false);
    world_sync(&w, "AD", false);
    world_sync(&w, "LDAP", false);

    ck_assert_ptr_nonnull(strstr(world_mv(&w, "employeeID", "1"), "pager=22"));
    ck_assert_str_eq(world_pending(&w, "AD", AD_ANA), "update pager=22");
    AD(AD_ANA, "employeeID=1", "displayName=Lima", "pager=33");
    world_sync(&w, "AD", false);
    ck_assert_ptr_nonnull(strstr(world_mv(&w, "employeeID", "1"), "pager=33"));
    ck_assert_str_eq(world_pending(&w, "AD", AD_ANA), "none");
    ck_assert_str_eq(world_pending(&w, "LDAP", LDAP_ANA), "update pager=33");
}
END_TEST

START_TEST(of_equals_one_that_has_nothing_does_not_write)
{
    HR("1", "sn=Lima");
    AD(AD_ANA, "employeeID=1", "displayName=Lima", "pager=11");
    LDAP(LDAP_ANA, "employeeNumber=1");
    world_sync(&w, "HR", false);
    world_sync(&w, "AD", false);

    world_sync(&w, "LDAP", false);

    ck_assert_ptr_nonnull(strstr(world_mv(&w, "employeeID", "1"), "pager=11"));
    ck_assert_str_eq(world_pending(&w, "LDAP", LDAP_ANA), "update pager=11");
}
END_TEST

START_TEST(of_equals_only_a_change_writes)
{
    HR("1", "sn=Lima");
    AD(AD_ANA, "employeeID=1", "displayName=Lima", "pager=11");
    LDAP(LDAP_ANA, "employeeNumber=1", "pager=22");
    world_sync(&w, "HR", false);
    world_sync(&w, "AD", false);
    world_sync(&w, "LDAP", false);

    AD(AD_ANA, "employeeID=1", "displayName=Lima", "pager=11", "telephoneNumber=1");
    world_sync(&w, "AD", false);

    ck_assert_ptr_nonnull(strstr(world_mv(&w, "employeeID", "1"), "pager=22"));
    world_sync(&w, "AD", true);
    ck_assert_ptr_nonnull(strstr(world_mv(&w, "employeeID", "1"), "pager=11"));
}
END_TEST

#define AD_BO "CN=Bo,DC=corp,DC=example"
#define LDAP_CY "uid=cy,DC=dir,DC=example"

/* Three persons; LDAP wrote last who is Ana's assistant: Cy. */
static void ana_with_two_assistants(void)
{
    HR("1", "sn=Lima");
    HR("2", "sn=Bo");
    HR("3", "sn=Cy");
    AD(AD_ANA, "employeeID=1", "displayName=Lima", "assistant=@" AD_BO);
    AD(AD_BO, "employeeID=2", "displayName=Bo");
    LDAP(LDAP_ANA, "employeeNumber=1"); /* before Cy in every order */
    LDAP(LDAP_ANA, "employeeNumber=1", "assistant=@" LDAP_CY);
    LDAP(LDAP_CY, "employeeNumber=3");
    world_sync(&w, "HR", false);
    world_sync(&w, "AD", false);
    world_sync(&w, "LDAP", false);
}

START_TEST(of_equals_one_whose_reference_is_completed_later_writes_in_its_step)
{
    ana_with_two_assistants();

    ck_assert_ptr_nonnull(strstr(world_mv(&w, "employeeID", "1"), "assistant=@Cy"));
}
END_TEST

START_TEST(of_equals_a_reference_that_comes_back_does_not_write)
{
    ana_with_two_assistants();

    AD(AD_BO, "employeeID=2", "displayName=service");
    world_sync(&w, "AD", false);
    ck_assert_str_eq(world_state(&w, "AD", AD_BO), "filtered");
    ck_assert_ptr_nonnull(strstr(world_mv(&w, "employeeID", "1"), "assistant=@Cy"));
    AD(AD_BO, "employeeID=2", "displayName=Bo");
    world_sync(&w, "AD", false);

    ck_assert_str_eq(world_state(&w, "AD", AD_BO), "connector");
    ck_assert_ptr_nonnull(strstr(world_mv(&w, "employeeID", "1"), "assistant=@Cy"));
}
END_TEST

START_TEST(what_an_agent_gave_flows_back_to_another_of_its_attributes)
{
    HR("1", "sn=Lima");
    AD(AD_ANA, "employeeID=1", "displayName=Lima", "mail=ana");
    world_sync(&w, "HR", false);

    world_sync(&w, "AD", false);

    ck_assert_str_eq(world_pending(&w, "AD", AD_ANA), "update mailNickname=ana");
}
END_TEST

START_TEST(a_null_is_exported_only_where_deletions_are_not_suppressed)
{
    ana_everywhere();
    world_export(&w, "AD", true);
    world_sync(&w, "AD", false);

    HR("1", "title=Head");
    AD(AD_ANA, "employeeID=1", "displayName=Lima");
    world_sync(&w, "HR", false);
    world_sync(&w, "AD", false);

    ck_assert_ptr_null(strstr(world_mv(&w, "employeeID", "1"), "sn="));
    ck_assert_str_eq(world_pending(&w, "AD", AD_ANA), "update title=Head");
}
END_TEST

START_TEST(an_hr_delete_ends_the_metaverse_object_and_each_agent_deprovisions_as_it_says)
{
    ana_everywhere();

    world_gone(&w, "HR", "1");
    world_sync(&w, "HR", false);

    ck_assert_uint_eq(w.counted[COUNTER_CONNECTOR_DELETE_REMOVE_MV], 1);
    ck_assert_uint_eq(world_mv_count(&w), 0);
    ck_assert_str_eq(world_state(&w, "HR", "1"), "absent");
    ck_assert_str_eq(world_pending(&w, "AD", AD_ANA), "delete");
    ck_assert_str_eq(world_state(&w, "AD", AD_ANA), "explicit");
    ck_assert_str_eq(world_pending(&w, "LDAP", LDAP_ANA), "none");
    ck_assert_str_eq(world_state(&w, "LDAP", LDAP_ANA), "normal");
}
END_TEST

START_TEST(what_deprovisioning_made_a_disconnector_is_tried_again)
{
    ana_everywhere();
    world_gone(&w, "HR", "1");
    world_sync(&w, "HR", false);
    ck_assert_str_eq(world_state(&w, "LDAP", LDAP_ANA), "normal");

    world_sync(&w, "LDAP", false);

    ck_assert_uint_eq(w.counted[COUNTER_DISCONNECTOR_REMAINS], 1);
    world_sync(&w, "LDAP", false);
    ck_assert_uint_eq(w.counted[COUNTER_DISCONNECTOR_REMAINS], 0);
}
END_TEST

START_TEST(a_delete_of_a_joined_object_leaves_the_metaverse_and_recalls_what_it_gave)
{
    ana_everywhere();

    world_gone(&w, "AD", AD_ANA);
    world_sync(&w, "AD", false);

    ck_assert_uint_eq(w.counted[COUNTER_CONNECTOR_DELETE_LEAVE_MV], 1);
    ck_assert_str_eq(world_mv(&w, "employeeID", "1"),
                     "person cn=Lima employeeID=1 sn=Lima source=HR telephoneNumber=22 "
                     "title=Head");
}
END_TEST

START_TEST(a_scripted_deletion_rule_that_nobody_answers_fails_the_object_whole)
{
    struct compiled_deletion *rule = (struct compiled_deletion *)w.program->deletions;

    ana_everywhere();
    rule->kind = MV_DELETE_SCRIPTED;
    world_gone(&w, "HR", "1");

    ck_assert_str_eq(world_sync(&w, "HR", false), "completed-sync-errors");

    ck_assert_str_eq(world_errors(&w), "HR 1 extension-entry-point-not-implemented -\n");
    ck_assert_str_eq(world_state(&w, "HR", "1"), "connector");
    ck_assert_ptr_nonnull(strstr(world_mv(&w, "employeeID", "1"), "title=Head"));
    ck_assert_str_eq(world_pending(&w, "AD", AD_ANA), "update title=Head");
}
END_TEST

START_TEST(with_recall_off_the_values_stay)
{
    HR("1", "sn=Lima");
    LDAP(LDAP_ANA, "employeeNumber=1", "telephoneNumber=22");
    world_sync(&w, "HR", false);
    world_sync(&w, "LDAP", false);

    world_gone(&w, "LDAP", LDAP_ANA);
    world_sync(&w, "LDAP", false);

    ck_assert_ptr_nonnull(strstr(world_mv(&w, "employeeID", "1"), "telephoneNumber=22"));
    world_sync(&w, "HR", true);
    ck_assert_ptr_nonnull(strstr(world_mv(&w, "employeeID", "1"), "telephoneNumber=22"));
}
END_TEST

START_TEST(a_filtered_object_is_no_connector_until_the_filter_lets_go)
{
    HR("1", "sn=Lima", "status=contractor");
    world_sync(&w, "HR", false);
    ck_assert_str_eq(world_state(&w, "HR", "1"), "filtered");
    ck_assert_uint_eq(w.counted[COUNTER_DISCONNECTOR_FILTERED], 1);

    HR("1", "sn=Lima", "status=employee");
    world_sync(&w, "HR", false);

    ck_assert_str_eq(world_state(&w, "HR", "1"), "connector");
}
END_TEST

START_TEST(a_connector_that_meets_the_filter_is_disconnected)
{
    HR("1", "sn=Lima");
    world_sync(&w, "HR", false);

    HR("1", "sn=Lima", "status=contractor");
    world_sync(&w, "HR", false);

    ck_assert_str_eq(world_state(&w, "HR", "1"), "filtered");
    ck_assert_uint_eq(w.counted[COUNTER_CONNECTOR_FILTERED_REMOVE_MV], 1);
    ck_assert_uint_eq(world_mv_count(&w), 0);
}
END_TEST

START_TEST(an_export_that_the_targets_own_filter_would_catch_fails_the_object_whole)
{
    HR("1", "sn=Lima");
    AD(AD_ANA, "employeeID=1");
    world_sync(&w, "HR", false);
    world_sync(&w, "AD", false);

    HR("1", "sn=service");
    ck_assert_str_eq(world_sync(&w, "HR", false), "completed-sync-errors");

    ck_assert_str_eq(world_errors(&w), "HR 1 connector-filter-rule-violation -\n");
    ck_assert_ptr_nonnull(strstr(world_mv(&w, "employeeID", "1"), "sn=Lima"));
    ck_assert_uint_eq(w.counted[COUNTER_FLOW_FAILURE], 1);
}
END_TEST

START_TEST(a_failed_object_is_tried_again_and_its_error_goes_with_success)
{
    an_export_that_the_targets_own_filter_would_catch_fails_the_object_whole_fn(0);

    HR("1", "sn=Melo");
    ck_assert_str_eq(world_sync(&w, "HR", false), "success");

    ck_assert_ptr_nonnull(strstr(world_mv(&w, "employeeID", "1"), "sn=Melo"));
}
END_TEST

START_TEST(a_disconnector_joins_when_its_partner_appears_in_another_agent)
{
    AD(AD_ANA, "employeeID=1", "telephoneNumber=11");
    world_sync(&w, "AD", false);
    ck_assert_uint_eq(w.counted[COUNTER_DISCONNECTOR_REMAINS], 1);
    HR("1", "sn=Lima");
    world_sync(&w, "HR", false);

    world_sync(&w, "AD", false);

    ck_assert_str_eq(world_state(&w, "AD", AD_ANA), "connector");
    ck_assert_uint_eq(w.counted[COUNTER_DISCONNECTOR_JOINED_FLOW], 1);
}
END_TEST

START_TEST(an_ambiguous_criterion_joins_nobody_and_says_so)
{
    HR("1", "sn=Lima");
    HR("2", "sn=Melo");
    AD(AD_ANA, "employeeID=1", "mail=a@corp.example");
    AD("CN=Bo,DC=corp,DC=example", "employeeID=2", "mail=a@corp.example");
    world_sync(&w, "HR", false);
    world_sync(&w, "AD", false);

    AD("CN=Cy,DC=corp,DC=example", "mail=a@corp.example");
    world_sync(&w, "AD", false);

    ck_assert_str_eq(world_state(&w, "AD", "CN=Cy,DC=corp,DC=example"), "normal");
    ck_assert_str_eq(world_errors(&w), "AD CN=Cy,DC=corp,DC=example ambiguous-join -\n");
}
END_TEST

START_TEST(two_objects_of_one_agent_on_one_person_are_an_error_of_the_second)
{
    HR("1", "sn=Lima");
    AD(AD_ANA, "employeeID=1");
    AD("CN=Ana2,DC=corp,DC=example", "employeeID=1");
    world_sync(&w, "HR", false);

    world_sync(&w, "AD", false);

    ck_assert_str_eq(world_state(&w, "AD", AD_ANA), "connector");
    ck_assert_str_eq(world_state(&w, "AD", "CN=Ana2,DC=corp,DC=example"), "normal");
    ck_assert_str_eq(world_errors(&w), "AD CN=Ana2,DC=corp,DC=example "
                                       "ambiguous-import-flow-from-multiple-connectors "
                                       "-\n");
}
END_TEST

START_TEST(a_reference_is_completed_in_the_same_step_whatever_came_first)
{
    HR("1", "sn=Lima", "manager=@2");
    HR("2", "sn=Melo", "manager=@3");

    world_sync(&w, "HR", false);

    ck_assert_ptr_nonnull(strstr(world_mv(&w, "employeeID", "1"), "manager=@Melo"));
    ck_assert_ptr_null(strstr(world_mv(&w, "employeeID", "2"), "manager"));
    ck_assert_str_eq(world_state(&w, "HR", "3"), "placeholder");

    HR("3", "sn=Nunes");
    world_sync(&w, "HR", false);
    ck_assert_ptr_nonnull(strstr(world_mv(&w, "employeeID", "2"), "manager=@Nunes"));
}
END_TEST

START_TEST(a_reference_flows_out_as_the_targets_own_object_once_that_is_there)
{
    HR("1", "sn=Lima", "manager=@2");
    HR("2", "sn=Melo");
    AD(AD_ANA, "employeeID=1", "displayName=Lima");
    world_sync(&w, "HR", false);
    world_sync(&w, "AD", false);
    ck_assert_str_eq(world_pending(&w, "AD", AD_ANA), "none");

    AD("CN=Bo,DC=corp,DC=example", "employeeID=2", "displayName=Melo");
    world_sync(&w, "AD", false);

    ck_assert_str_eq(world_pending(&w, "AD", AD_ANA),
                     "update manager=@CN=Bo,DC=corp,DC=example");
}
END_TEST

START_TEST(a_deleted_target_takes_the_references_to_it_along)
{
    HR("1", "sn=Lima", "manager=@2");
    HR("2", "sn=Melo");
    world_sync(&w, "HR", false);

    world_gone(&w, "HR", "2");
    world_sync(&w, "HR", false);

    ck_assert_str_eq(world_state(&w, "HR", "2"), "placeholder");
    ck_assert_ptr_null(strstr(world_mv(&w, "employeeID", "1"), "manager"));
}
END_TEST

START_TEST(an_import_of_another_agent_waits_for_its_own_synchronisation)
{
    ana_everywhere();
    AD(AD_ANA, "employeeID=1", "title=Clerk", "telephoneNumber=99", "displayName=Lima");

    HR("1", "sn=Lima", "title=Chief");
    world_sync(&w, "HR", false);
    ck_assert_ptr_nonnull(strstr(world_mv(&w, "employeeID", "1"), "telephoneNumber=11"));

    world_sync(&w, "AD", false);
    ck_assert_ptr_nonnull(strstr(world_mv(&w, "employeeID", "1"), "telephoneNumber=99"));
}
END_TEST

START_TEST(what_its_system_deleted_is_not_made_anew_before_its_own_synchronisation)
{
    world_import(&w, "HR", "k1", "person", "employeeID=k1", "title=a");
    world_sync(&w, "HR", false);
    world_import(&w, "LDAP", "CN=x,DC=dir,DC=example", "inetOrgPerson",
                 "employeeNumber=k1", "title=a");
    world_sync(&w, "LDAP", false);
    ck_assert_str_eq(world_state(&w, "LDAP", "CN=x,DC=dir,DC=example"), "connector");
    world_gone(&w, "LDAP", "CN=x,DC=dir,DC=example");

    world_sync(&w, "HR", true);

    ck_assert_uint_eq(world_pending_count(&w, "LDAP"), 0);
}
END_TEST

SUITE_WITH("sync/inbound", begin, end, a_person_is_projected_and_its_attributes_flow_in,
           a_second_synchronisation_finds_nothing_to_do,
           a_full_synchronisation_changes_nothing_that_is_in_order,
           an_object_joins_by_its_key_and_ignores_case_of_it,
           the_higher_ranked_source_wins_and_the_next_takes_over_when_it_has_none,
           what_the_metaverse_holds_flows_out_to_joined_connectors,
           an_exported_value_is_not_exported_again_before_it_is_confirmed,
           a_confirmed_export_is_processed_without_flow,
           a_value_of_a_lower_ranked_source_is_not_exported_to_a_higher_one,
           a_pending_value_goes_when_the_targets_own_value_wins_again,
           a_pending_value_goes_when_a_source_below_the_target_takes_over,
           of_equals_the_last_writer_wins_and_the_other_is_told,
           of_equals_one_that_has_nothing_does_not_write, of_equals_only_a_change_writes,
           of_equals_one_whose_reference_is_completed_later_writes_in_its_step,
           of_equals_a_reference_that_comes_back_does_not_write,
           what_an_agent_gave_flows_back_to_another_of_its_attributes,
           a_null_is_exported_only_where_deletions_are_not_suppressed,
           an_hr_delete_ends_the_metaverse_object_and_each_agent_deprovisions_as_it_says,
           what_deprovisioning_made_a_disconnector_is_tried_again,
           a_delete_of_a_joined_object_leaves_the_metaverse_and_recalls_what_it_gave,
           a_scripted_deletion_rule_that_nobody_answers_fails_the_object_whole,
           with_recall_off_the_values_stay,
           a_filtered_object_is_no_connector_until_the_filter_lets_go,
           a_connector_that_meets_the_filter_is_disconnected,
           an_export_that_the_targets_own_filter_would_catch_fails_the_object_whole,
           a_failed_object_is_tried_again_and_its_error_goes_with_success,
           a_disconnector_joins_when_its_partner_appears_in_another_agent,
           an_ambiguous_criterion_joins_nobody_and_says_so,
           two_objects_of_one_agent_on_one_person_are_an_error_of_the_second,
           a_reference_is_completed_in_the_same_step_whatever_came_first,
           a_reference_flows_out_as_the_targets_own_object_once_that_is_there,
           a_deleted_target_takes_the_references_to_it_along,
           an_import_of_another_agent_waits_for_its_own_synchronisation,
           what_its_system_deleted_is_not_made_anew_before_its_own_synchronisation)
