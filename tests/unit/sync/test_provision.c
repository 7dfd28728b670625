/* SPDX-License-Identifier: Apache-2.0 */

/* The declarative family, on the hybrid sample: a forest, a cloud, eighteen rules. */

#include "world.h"

#define CLOUD "fabrikam.onmicrosoft.example - AAD"
#define FOREST "fabrikam.example"
#define STAFF ",OU=Sales,OU=Staff,DC=fabrikam,DC=example"
#define ANA "CN=Ana" STAFF
#define BO "CN=Bo" STAFF
/* objectGUID "AAAAAAAAAAAAAAAAAAAAAA==" in Base64, in hex of its UTF-8 */
#define GUID_A "AAAAAAAAAAAAAAAAAAAAAA=="
#define CLOUD_A "CN={414141414141414141414141414141414141414141413D3D}"
#define GUID_B "AQAAAAAAAAAAAAAAAAAAAA=="
#define CLOUD_B "CN={41514141414141414141414141414141414141414141413D3D}"

static struct world w;

static void begin(void)
{
    world_begin_with(&w, SOURCE_DIR "/docs/examples/hybrid/export", "");
}

static void end(void)
{
    world_end(&w);
}

#define USER(dn, guid, ...)                                                              \
    world_import(&w, FOREST, dn, "user", "objectGUID=" guid, "userAccountControl=512",   \
                 __VA_ARGS__)

static void ana(void)
{
    USER(ANA, GUID_A, "cn=Ana", "sAMAccountName=ana", "department=Sales",
         "mailNickname=ana", "proxyAddresses=SMTP:ana@fabrikam.example",
         "proxyAddresses=smtp:a.lima@fabrikam.example");
}

/* Ana is in the cloud, confirmed, and both sides are synchronised. */
static void ana_in_the_cloud(void)
{
    ana();
    world_sync(&w, FOREST, false);
    world_export(&w, CLOUD, true);
    world_sync(&w, CLOUD, false);
}

/* What the cloud holds of Ana, with the name that its mailbox has. */
static void cloud_says(const char *legacy)
{
    world_import(&w, CLOUD, CLOUD_A, "user", "sourceAnchor=" GUID_A,
                 "userPrincipalName=ana@fabrikam.example", "accountEnabled=True",
                 "commonName=Ana", "displayName=Ana", "department=Sales", "alias=ana",
                 "proxyAddresses=SMTP:ana@fabrikam.example",
                 "proxyAddresses=smtp:a.lima@fabrikam.example",
                 arena_print(&w.arena, "cloudLegacyExchangeDN=%s", legacy));
}

START_TEST(a_user_is_projected_and_provisioned_to_the_cloud)
{
    ana();

    ck_assert_str_eq(world_sync(&w, FOREST, false), "success");

    ck_assert_str_eq(world_errors(&w), "");
    ck_assert_str_eq(world_pending(&w, CLOUD, CLOUD_A),
                     "add " CLOUD_A " accountEnabled=true alias=ana commonName=Ana "
                     "department=Sales displayName=Ana "
                     "proxyAddresses+SMTP:ana@fabrikam.example+"
                     "smtp:a.lima@fabrikam.example sourceAnchor=" GUID_A
                     " userPrincipalName=ana@fabrikam.example");
    ck_assert_uint_eq(w.counted[COUNTER_OUT_ADD_FLOW], 1);
}
END_TEST

START_TEST(our_own_rule_of_lower_precedence_number_wins)
{
    USER(ANA, GUID_A, "cn=Ana", "sAMAccountName=ana", "department=Field");

    world_sync(&w, FOREST, false);

    ck_assert_ptr_nonnull(strstr(world_mv(&w, "cn", "Ana"), "department=Field Service"));
}
END_TEST

START_TEST(a_critical_system_object_is_out_of_scope_and_stays_a_disconnector)
{
    USER(ANA, GUID_A, "cn=Ana", "sAMAccountName=ana", "isCriticalSystemObject=TRUE");

    world_sync(&w, FOREST, false);

    ck_assert_str_eq(world_state(&w, FOREST, ANA), "normal");
    ck_assert_uint_eq(world_mv_count(&w), 0);
}
END_TEST

START_TEST(a_cloud_filtered_object_is_projected_but_not_provisioned)
{
    USER(ANA, GUID_A, "cn=Ana", "sAMAccountName=AAD_ana");

    world_sync(&w, FOREST, false);

    ck_assert_ptr_nonnull(strstr(world_mv(&w, "cn", "Ana"), "cloudFiltered=true"));
    ck_assert_uint_eq(world_pending_count(&w, CLOUD), 0);
}
END_TEST

START_TEST(an_object_that_leaves_scope_is_deleted_in_the_cloud)
{
    ana_in_the_cloud();
    ck_assert_str_eq(world_state(&w, CLOUD, CLOUD_A), "connector");

    USER(ANA, GUID_A, "cn=Ana", "sAMAccountName=AAD_ana");
    world_sync(&w, FOREST, false);

    ck_assert_str_eq(world_pending(&w, CLOUD, CLOUD_A), "delete");
    ck_assert_str_eq(world_state(&w, CLOUD, CLOUD_A), "explicit");
}
END_TEST

START_TEST(back_in_scope_before_the_delete_went_out_the_object_is_kept)
{
    an_object_that_leaves_scope_is_deleted_in_the_cloud_fn(0);

    ana();
    world_sync(&w, FOREST, false);

    ck_assert_str_eq(world_errors(&w), "");
    ck_assert_str_eq(world_state(&w, CLOUD, CLOUD_A), "connector");
    ck_assert_str_eq(world_pending(&w, CLOUD, CLOUD_A), "none");
}
END_TEST

START_TEST(back_in_scope_after_the_delete_went_out_the_object_is_provisioned_anew)
{
    an_object_that_leaves_scope_is_deleted_in_the_cloud_fn(0);
    world_export(&w, CLOUD, false);

    ana();
    world_sync(&w, FOREST, false);

    ck_assert_str_eq(world_state(&w, CLOUD, CLOUD_A), "connector");
    ck_assert_ptr_nonnull(strstr(world_pending(&w, CLOUD, CLOUD_A), "add " CLOUD_A));
    ck_assert_uint_eq(w.counted[COUNTER_OUT_ADD_FLOW], 1);
    ck_assert_uint_eq(w.counted[COUNTER_OUT_RENAME_FLOW], 0);
}
END_TEST

START_TEST(an_add_that_was_never_exported_vanishes_with_its_metaverse_object)
{
    ana();
    world_sync(&w, FOREST, false);

    world_gone(&w, FOREST, ANA);
    world_sync(&w, FOREST, false);

    ck_assert_uint_eq(world_mv_count(&w), 0);
    ck_assert_str_eq(world_state(&w, CLOUD, CLOUD_A), "absent");
    ck_assert_uint_eq(world_pending_count(&w, CLOUD), 0);
}
END_TEST

START_TEST(a_deleted_user_is_deleted_in_the_cloud)
{
    ana_in_the_cloud();

    world_gone(&w, FOREST, ANA);
    world_sync(&w, FOREST, false);

    ck_assert_str_eq(world_pending(&w, CLOUD, CLOUD_A), "delete");
    ck_assert_uint_eq(world_mv_count(&w), 0);
}
END_TEST

START_TEST(the_clouds_name_comes_back_as_one_added_value)
{
    ana_in_the_cloud();

    cloud_says("/o=L/cn=ana");
    world_sync(&w, CLOUD, false);

    ck_assert_str_eq(world_pending(&w, FOREST, ANA),
                     "update proxyAddresses+x500:/o=L/cn=ana");
    ck_assert_str_eq(world_pending(&w, CLOUD, CLOUD_A), "none");
}
END_TEST

START_TEST(the_added_value_goes_up_to_the_cloud_only_once_it_was_read_back)
{
    the_clouds_name_comes_back_as_one_added_value_fn(0);
    world_export(&w, FOREST, false);
    world_sync(&w, FOREST, true);
    ck_assert_str_eq(world_pending(&w, CLOUD, CLOUD_A), "none");

    USER(ANA, GUID_A, "cn=Ana", "sAMAccountName=ana", "department=Sales",
         "mailNickname=ana", "proxyAddresses=SMTP:ana@fabrikam.example",
         "proxyAddresses=smtp:a.lima@fabrikam.example",
         "proxyAddresses=x500:/o=L/cn=ana");
    world_sync(&w, FOREST, false);

    ck_assert_str_eq(world_pending(&w, CLOUD, CLOUD_A),
                     "update proxyAddresses+x500:/o=L/cn=ana");
}
END_TEST

START_TEST(what_the_cloud_gave_is_recalled_when_its_object_leaves_scope)
{
    the_clouds_name_comes_back_as_one_added_value_fn(0);

    USER(ANA, GUID_A, "cn=Ana", "sAMAccountName=AAD_ana", "department=Sales",
         "mailNickname=ana", "proxyAddresses=SMTP:ana@fabrikam.example",
         "proxyAddresses=smtp:a.lima@fabrikam.example");
    world_sync(&w, FOREST, false);

    ck_assert_str_eq(world_pending(&w, CLOUD, CLOUD_A), "delete");
    ck_assert_ptr_null(strstr(world_mv(&w, "cn", "Ana"), "cloudLegacyExchangeDN"));
    ck_assert_str_eq(world_pending(&w, FOREST, ANA), "none");
}
END_TEST

START_TEST(what_the_cloud_gave_is_there_again_when_its_object_is_kept)
{
    what_the_cloud_gave_is_recalled_when_its_object_leaves_scope_fn(0);

    USER(ANA, GUID_A, "cn=Ana", "sAMAccountName=ana", "department=Sales",
         "mailNickname=ana", "proxyAddresses=SMTP:ana@fabrikam.example",
         "proxyAddresses=smtp:a.lima@fabrikam.example");
    world_sync(&w, FOREST, false);
    ck_assert_str_eq(world_pending(&w, CLOUD, CLOUD_A), "none");

    world_sync(&w, CLOUD, false);

    ck_assert_ptr_nonnull(
        strstr(world_mv(&w, "cn", "Ana"), "cloudLegacyExchangeDN=/o=L/cn=ana"));
    ck_assert_str_eq(world_pending(&w, FOREST, ANA),
                     "update proxyAddresses+x500:/o=L/cn=ana");
}
END_TEST

START_TEST(another_name_replaces_our_own_value_and_no_other)
{
    the_added_value_goes_up_to_the_cloud_only_once_it_was_read_back_fn(0);

    cloud_says("/o=M/cn=ana");
    world_sync(&w, CLOUD, false);

    ck_assert_str_eq(world_pending(&w, FOREST, ANA),
                     "update proxyAddresses+x500:/o=M/cn=ana-x500:/o=L/cn=ana");
}
END_TEST

START_TEST(a_value_that_is_there_in_other_case_is_not_added)
{
    USER(ANA, GUID_A, "cn=Ana", "sAMAccountName=ana", "department=Sales",
         "mailNickname=ana", "proxyAddresses=X500:/o=l/CN=ANA");
    world_sync(&w, FOREST, false);
    world_export(&w, CLOUD, true);
    world_sync(&w, CLOUD, false);

    cloud_says("/o=L/cn=ana");
    world_sync(&w, CLOUD, false);

    ck_assert_str_eq(world_pending(&w, FOREST, ANA), "none");
}
END_TEST

START_TEST(a_value_that_was_there_before_is_never_taken_away)
{
    a_value_that_is_there_in_other_case_is_not_added_fn(0);

    cloud_says("/o=M/cn=ana");
    world_sync(&w, CLOUD, false);

    ck_assert_str_eq(world_pending(&w, FOREST, ANA),
                     "update proxyAddresses+x500:/o=M/cn=ana");
}
END_TEST

START_TEST(the_five_other_values_are_written_back_as_they_are)
{
    ana_in_the_cloud();

    world_import(&w, CLOUD, CLOUD_A, "user", "sourceAnchor=" GUID_A,
                 "cloudMSExchSafeSendersHash=AQI=", "cloudMSExchBlockedSendersHash=AwQ=",
                 "cloudMSExchSafeRecipientsHash=BQY=", "cloudMSExchArchiveStatus=1",
                 "cloudMSExchUCVoiceMailSettings=ExchangeHostedVoiceMail=1");
    world_sync(&w, CLOUD, false);

    ck_assert_str_eq(world_pending(&w, FOREST, ANA),
                     "update msExchArchiveStatus=1 msExchBlockedSendersHash=AwQ= "
                     "msExchSafeRecipientsHash=BQY= msExchSafeSendersHash=AQI= "
                     "msExchUCVoiceMailSettings=ExchangeHostedVoiceMail=1");
}
END_TEST

START_TEST(members_are_references_of_the_cloud_whatever_came_first)
{
    world_import(&w, FOREST, "CN=G" STAFF, "group", "objectGUID=" GUID_B, "cn=G",
                 "groupType=-2147483646", "member=@" ANA);
    ana();

    world_sync(&w, FOREST, false);

    ck_assert_str_eq(world_errors(&w), "");
    ck_assert_ptr_nonnull(strstr(world_mv(&w, "cn", "G"), "member=@Ana"));
    ck_assert_uint_eq(world_pending_count(&w, CLOUD), 2);
}
END_TEST

START_TEST(an_error_function_undoes_the_object_and_names_the_attribute)
{
    USER(ANA, GUID_A, "cn=Ana");

    ck_assert_str_eq(world_sync(&w, FOREST, false), "completed-sync-errors");

    ck_assert_str_eq(world_errors(&w), FOREST
                     " " ANA " sync-rule-error-function-triggered userPrincipalName\n");
    ck_assert_uint_eq(world_mv_count(&w), 0);
    ck_assert_str_eq(world_state(&w, FOREST, ANA), "normal");
}
END_TEST

START_TEST(a_cloud_object_with_the_same_anchor_is_joined_and_then_owned)
{
    world_import(&w, CLOUD, "CN=old", "user", "sourceAnchor=" GUID_A, "displayName=Old");
    world_sync(&w, CLOUD, false);
    ck_assert_str_eq(world_state(&w, CLOUD, "CN=old"), "normal");

    ana();
    world_sync(&w, FOREST, false);
    ck_assert_str_eq(world_state(&w, CLOUD, "CN=old"), "connector");

    USER(ANA, GUID_A, "cn=Ana", "sAMAccountName=AAD_ana");
    world_sync(&w, FOREST, false);
    ck_assert_str_eq(world_state(&w, CLOUD, "CN=old"), "explicit");
}
END_TEST

#define ANA_AS_CONTACT                                                                   \
    "commonName=Ana displayName=Ana "                                                    \
    "proxyAddresses=SMTP:ana@fabrikam.example sourceAnchor=" GUID_A

START_TEST(an_object_whose_name_was_wanted_flows_in_with_the_next_delta)
{
    world_import(&w, CLOUD, CLOUD_A, "user", "cloudLegacyExchangeDN=/o=x/cn=ana");
    world_sync(&w, CLOUD, false);

    ana();
    world_sync(&w, FOREST, false);
    ck_assert_str_eq(world_state(&w, CLOUD, CLOUD_A), "connector");
    world_sync(&w, CLOUD, false);

    ck_assert_str_ne(world_mv(&w, "cloudLegacyExchangeDN", "/o=x/cn=ana"), "");
}
END_TEST

START_TEST(a_user_who_becomes_a_contact_is_made_anew_in_the_cloud)
{
    ana_in_the_cloud();

    world_import(&w, FOREST, ANA, "contact", "objectGUID=" GUID_A, "cn=Ana",
                 "displayName=Ana", "proxyAddresses=SMTP:ana@fabrikam.example");
    ck_assert_str_eq(world_sync(&w, FOREST, false), "success");

    ck_assert_str_eq(world_pending(&w, CLOUD, CLOUD_A),
                     "delete-add " CLOUD_A " " ANA_AS_CONTACT);
    ck_assert_str_eq(world_state(&w, CLOUD, CLOUD_A), "connector");
    ck_assert_uint_eq(w.counted[COUNTER_CONNECTOR_DELETE_ADD_PROCESSED], 1);
    ck_assert_uint_eq(w.counted[COUNTER_OUT_DELETE_ADD_FLOW], 1);

    world_sync(&w, CLOUD, true);
    world_sync(&w, FOREST, true);
    ck_assert_str_eq(world_pending(&w, CLOUD, CLOUD_A),
                     "delete-add " CLOUD_A " " ANA_AS_CONTACT);
}
END_TEST

START_TEST(made_anew_and_confirmed_there_is_peace)
{
    a_user_who_becomes_a_contact_is_made_anew_in_the_cloud_fn(0);

    world_export(&w, CLOUD, false);
    world_sync(&w, FOREST, true);
    ck_assert_str_eq(world_pending(&w, CLOUD, CLOUD_A), "none");
    world_import(&w, CLOUD, CLOUD_A, "contact", "commonName=Ana", "displayName=Ana",
                 "proxyAddresses=SMTP:ana@fabrikam.example", "sourceAnchor=" GUID_A);
    ck_assert_str_eq(world_sync(&w, CLOUD, false), "success");

    ck_assert_str_eq(world_errors(&w), "");
    ck_assert_str_eq(world_pending(&w, CLOUD, CLOUD_A), "none");
    ck_assert_str_eq(world_state(&w, CLOUD, CLOUD_A), "connector");
    ck_assert_uint_eq(world_mv_count(&w), 1);
}
END_TEST

START_TEST(an_unsent_user_who_becomes_a_contact_is_added_as_one)
{
    ana();
    world_sync(&w, FOREST, false);

    world_import(&w, FOREST, ANA, "contact", "objectGUID=" GUID_A, "cn=Ana",
                 "displayName=Ana", "proxyAddresses=SMTP:ana@fabrikam.example");
    ck_assert_str_eq(world_sync(&w, FOREST, false), "success");

    ck_assert_str_eq(world_pending(&w, CLOUD, CLOUD_A),
                     "add " CLOUD_A " " ANA_AS_CONTACT);
}
END_TEST

static void switch_rules(const char *begin, bool on)
{
    for (size_t i = 0; i < w.config->rule_count; i++) {
        struct sync_rule *rule = (struct sync_rule *)&w.config->rules[i];

        if (strncmp(rule->name, begin, strlen(begin)) == 0)
            rule->disabled = !on;
    }
    world_compile(&w);
}

START_TEST(whom_no_rule_provisions_any_more_is_let_go)
{
    ana_in_the_cloud();

    switch_rules("Out to AAD", false);
    world_sync(&w, FOREST, true);

    ck_assert_str_eq(world_pending(&w, CLOUD, CLOUD_A), "delete");
    ck_assert_str_eq(world_state(&w, CLOUD, CLOUD_A), "explicit");
}
END_TEST

static struct sync_rule *rule_named(const char *name)
{
    for (size_t i = 0; i < w.config->rule_count; i++)
        if (strcmp(w.config->rules[i].name, name) == 0)
            return (struct sync_rule *)&w.config->rules[i];
    ck_abort_msg("there is no rule %s", name);
}

/* The rule is the cloud's from now on, and Ana has nothing there. */
START_TEST(what_a_rule_gave_goes_with_it_though_another_agent_could_give_it)
{
    USER(ANA, GUID_A, "cn=Ana", "sAMAccountName=AAD_ana", "displayName=Ana Lima");
    world_sync(&w, FOREST, false);
    ck_assert_ptr_nonnull(strstr(world_mv(&w, "cn", "Ana"), "displayName=Ana Lima"));

    rule_named("In from AD - User Common")->agent =
        rule_named("In from AAD - User Join")->agent;
    world_compile(&w);
    world_sync(&w, FOREST, true);

    ck_assert_ptr_null(strstr(world_mv(&w, "cn", "Ana"), "displayName="));
}
END_TEST

/* A new rule concerns who did not change. Their full synchronisation failed, and a delta
 * makes up for all of it. */
START_TEST(what_failed_in_a_full_synchronisation_a_delta_does_with_all_targets)
{
    switch_rules("Out to AAD - User Join", false);
    ana();
    world_sync(&w, FOREST, false);
    world_import(&w, CLOUD, CLOUD_A, "contact", "displayName=Stranger");
    switch_rules("Out to AAD - User Join", true);
    world_sync(&w, FOREST, true);
    ck_assert_ptr_nonnull(strstr(world_errors(&w), "sync-rule-flow-provisioning-failed"));

    world_gone(&w, CLOUD, CLOUD_A);
    world_sync(&w, CLOUD, false);
    world_sync(&w, FOREST, false);

    ck_assert_str_eq(world_errors(&w), "");
    ck_assert_str_eq(world_state(&w, CLOUD, CLOUD_A), "connector");
}
END_TEST

START_TEST(a_second_full_synchronisation_wants_nothing_new)
{
    ana_in_the_cloud();
    the_five_other_values_are_written_back_as_they_are_fn(0);
    world_export(&w, FOREST, true);
    world_sync(&w, FOREST, true);
    world_sync(&w, CLOUD, true);

    ck_assert_uint_eq(world_pending_count(&w, FOREST), 0);
}
END_TEST

SUITE_WITH("sync/provision", begin, end, a_user_is_projected_and_provisioned_to_the_cloud,
           our_own_rule_of_lower_precedence_number_wins,
           a_critical_system_object_is_out_of_scope_and_stays_a_disconnector,
           a_cloud_filtered_object_is_projected_but_not_provisioned,
           an_object_that_leaves_scope_is_deleted_in_the_cloud,
           back_in_scope_before_the_delete_went_out_the_object_is_kept,
           back_in_scope_after_the_delete_went_out_the_object_is_provisioned_anew,
           an_add_that_was_never_exported_vanishes_with_its_metaverse_object,
           a_deleted_user_is_deleted_in_the_cloud,
           the_clouds_name_comes_back_as_one_added_value,
           the_added_value_goes_up_to_the_cloud_only_once_it_was_read_back,
           what_the_cloud_gave_is_recalled_when_its_object_leaves_scope,
           what_the_cloud_gave_is_there_again_when_its_object_is_kept,
           another_name_replaces_our_own_value_and_no_other,
           a_value_that_is_there_in_other_case_is_not_added,
           a_value_that_was_there_before_is_never_taken_away,
           the_five_other_values_are_written_back_as_they_are,
           members_are_references_of_the_cloud_whatever_came_first,
           an_error_function_undoes_the_object_and_names_the_attribute,
           a_cloud_object_with_the_same_anchor_is_joined_and_then_owned,
           an_object_whose_name_was_wanted_flows_in_with_the_next_delta,
           a_user_who_becomes_a_contact_is_made_anew_in_the_cloud,
           made_anew_and_confirmed_there_is_peace,
           an_unsent_user_who_becomes_a_contact_is_added_as_one,
           whom_no_rule_provisions_any_more_is_let_go,
           what_a_rule_gave_goes_with_it_though_another_agent_could_give_it,
           what_failed_in_a_full_synchronisation_a_delta_does_with_all_targets,
           a_second_full_synchronisation_wants_nothing_new)
