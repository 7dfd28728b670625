/* SPDX-License-Identifier: Apache-2.0 */

/* What cannot go now, or not in this form, goes in a later pass of the same run. */

#include "exporting.h"

/* --- in another form -------------------------------------------------------------- */

START_TEST(an_update_of_what_is_not_there_becomes_an_add)
{
    have("A1", "cn=a,dc=x", "user", "mail=m", "whenCreated=w", NULL);
    want("cn=a,dc=x", NULL, "title=t", NULL);
    answer("cn=a,dc=x", SPECIAL(MA_UPDATE_TO_ADD), 1);

    export_all("success");

    ck_sent("modify cn=a,dc=x title=t\n--\n"
            "add cn=a,dc=x user mail=m title=t\n--\n");
    ck_count(COUNTER_EXPORT_UPDATE, 1);
    ck_object(&s, "cn=a,dc=x",
              "cn=a,dc=x user [Ncn=a,dc=x] H{mail=m whenCreated=w} UC{update title=t}");
}
END_TEST

START_TEST(an_add_of_what_is_there_becomes_an_update)
{
    want("cn=a,dc=x", "user", "title=t", "mail=m", "mail=n", NULL);
    answer("cn=a,dc=x",
           (struct ma_result){.outcome = MA_ADD_TO_UPDATE, .anchor = {"A7", 2}}, 1);

    export_all("success");

    ck_sent("add cn=a,dc=x user mail=m,n title=t\n--\n"
            "modify cn=a,dc=x mail=m,n title=t\n--\n");
    ck_object(&s, "cn=a,dc=x", "cn=a,dc=x user [A7] UC{add mail+=m,n title=t} rebuild");
}
END_TEST

START_TEST(an_add_is_never_turned_on_an_object_of_somebody_else)
{
    have("A7", "cn=b,dc=x", "user", "title=boss", NULL);
    want("cn=a,dc=x", "user", "title=t", NULL);
    answer("cn=a,dc=x",
           (struct ma_result){.outcome = MA_ADD_TO_UPDATE, .anchor = {"A7", 2}}, 0);

    export_all("completed-export-errors");

    ck_sent("add cn=a,dc=x user title=t\n--\n");
    ck_assert_ptr_nonnull(strstr(s.heard.at, "export-error duplicate-anchor cn=a,dc=x"));
    ck_object(&s, "cn=b,dc=x", "cn=b,dc=x user [A7] H{title=boss}");
}
END_TEST

START_TEST(two_objects_never_have_one_anchor)
{
    want("cn=a,dc=x", "user", NULL);
    want("cn=b,dc=x", "user", NULL);
    answer("cn=a,dc=x", (struct ma_result){.outcome = MA_EXPORTED, .anchor = {"A7", 2}},
           0);
    answer("cn=b,dc=x", (struct ma_result){.outcome = MA_EXPORTED, .anchor = {"A7", 2}},
           0);

    export_all("completed-export-errors");

    ck_object(&s, "cn=a,dc=x", "cn=a,dc=x user [A7] UC{add} rebuild");
    ck_assert_ptr_nonnull(strstr(s.heard.at, "export-error duplicate-anchor cn=b,dc=x"));
    ck_count(COUNTER_EXPORT_FAILURE, 1);
}
END_TEST

START_TEST(a_system_that_cannot_decide_is_left_alone)
{
    want("cn=a,dc=x", "user", NULL);
    answer("cn=a,dc=x", SPECIAL(MA_ADD_TO_UPDATE), 0);

    export_all("completed-export-errors");

    ck_assert_ptr_nonnull(
        strstr(s.heard.at, "export-error cd-existing-object cn=a,dc=x"));
    ck_count(COUNTER_EXPORT_FAILURE, 1);
    ck_sent("add cn=a,dc=x user\n--\nmodify cn=a,dc=x\n--\nmodify cn=a,dc=x\n--\n"
            "modify cn=a,dc=x\n--\n");
}
END_TEST

/* --- later ------------------------------------------------------------------------ */

START_TEST(later_is_the_next_pass_while_anything_gets_on)
{
    have("G1", "cn=g,dc=x", "group", NULL);
    want("cn=g,dc=x", NULL, "title=t", NULL);
    want("cn=a,dc=x", "user", NULL);
    answer("cn=g,dc=x", SPECIAL(MA_RETRY_LATER), 1);
    answer("cn=a,dc=x", SPECIAL(MA_PARENT_MISSING), 1);
    want("cn=b,dc=x", "user", NULL);

    export_all("success");

    ck_sent("modify cn=g,dc=x title=t\nadd cn=a,dc=x user\nadd cn=b,dc=x user\n--\n"
            "modify cn=g,dc=x title=t\nadd cn=a,dc=x user\n--\n");
}
END_TEST

START_TEST(what_never_gets_on_is_an_error)
{
    want("cn=a,dc=x", "user", NULL);
    want("cn=b,dc=x", "user", NULL);
    answer("cn=a,dc=x", SPECIAL(MA_RETRY_LATER), 0);
    answer("cn=b,dc=x", SPECIAL(MA_PARENT_MISSING), 0);

    export_all("completed-export-errors");

    ck_sent("add cn=a,dc=x user\nadd cn=b,dc=x user\n--\n");
    ck_assert_ptr_nonnull(
        strstr(s.heard.at, "export-error dn-attributes-failure cn=a,dc=x 1"));
    ck_assert_ptr_nonnull(
        strstr(s.heard.at, "export-error non-existent-parent cn=b,dc=x 1"));
    ck_object(&s, "cn=a,dc=x", "cn=a,dc=x user [] UA{add} dn-attributes-failure*1");
}
END_TEST

/* --- references ------------------------------------------------------------------- */

START_TEST(two_new_objects_may_refer_to_one_another)
{
    want("cn=a,dc=x", "user", NULL);
    want("cn=b,dc=x", "user", "title=t", "manager=cn=a,dc=x", NULL);
    want("cn=a,dc=x", "user", "manager=cn=b,dc=x", NULL);

    export_all("success");

    ck_sent("add cn=a,dc=x user\n--\n"
            "add cn=b,dc=x user title=t manager=cn=a,dc=x\n--\n"
            "modify cn=a,dc=x manager=cn=b,dc=x\n--\n");
    ck_count(COUNTER_EXPORT_ADD, 2);
    ck_count(COUNTER_EXPORT_UPDATE, 0);
    ck_object(&s, "cn=a,dc=x",
              "cn=a,dc=x user [Ncn=a,dc=x] UC{add manager=<cn=b,dc=x>} rebuild");
}
END_TEST

START_TEST(a_new_object_may_refer_to_itself)
{
    want("cn=a,dc=x", "user", NULL);
    want("cn=a,dc=x", "user", "manager=cn=a,dc=x", NULL);

    export_all("success");

    ck_sent("add cn=a,dc=x user\n--\nmodify cn=a,dc=x manager=cn=a,dc=x\n--\n");
}
END_TEST

START_TEST(a_member_that_the_system_refuses_does_not_hold_back_the_group)
{
    have("A1", "cn=a,dc=x", "user", NULL);
    want("cn=b,dc=x", "user", NULL);
    want("cn=g,dc=x", "group", "member=cn=a,dc=x", "member=cn=b,dc=x", NULL);
    answer("cn=b,dc=x", FAILED("permission-issue"), 1);

    export_all("completed-export-errors");
    ck_sent("add cn=b,dc=x user\n--\nadd cn=g,dc=x group member=cn=a,dc=x\n--\n");
    ck_object(&s, "cn=g,dc=x",
              "cn=g,dc=x group [Ncn=g,dc=x] UC{add member+=<cn=a,dc=x>} UA{update "
              "member+=<cn=b,dc=x>} rebuild");
    ck_count(COUNTER_EXPORT_ADD, 1);

    export_all("success");
    ck_sent("add cn=b,dc=x user\n--\nmodify cn=g,dc=x member+cn=b,dc=x\n--\n");
}
END_TEST

START_TEST(a_set_of_which_nothing_can_go_waits_as_a_whole)
{
    have("A1", "cn=a,dc=x", "user", NULL);
    have("A3", "cn=c,dc=x", "user", NULL);
    want("cn=b,dc=x", "user", NULL);
    want("cn=a,dc=x", NULL, "manager=cn=b,dc=x", "title=t", NULL);
    answer("cn=b,dc=x", FAILED("permission-issue"), 1);

    export_all("completed-export-errors");

    ck_sent("add cn=b,dc=x user\n--\nmodify cn=a,dc=x title=t\n--\n");
    ck_object(&s, "cn=a,dc=x",
              "cn=a,dc=x user [A1] H{} UC{update title=t} UA{update "
              "manager=<cn=b,dc=x>}");
}
END_TEST

START_TEST(a_system_that_wants_references_afterwards_gets_them_so)
{
    have("A1", "cn=a,dc=x", "user", NULL);
    want("cn=b,dc=x", "user", "manager=cn=a,dc=x", NULL);
    request.capabilities = MA_CAN_NO_REFERENCES_FIRST;

    export_all("success");

    ck_sent("add cn=b,dc=x user\n--\nmodify cn=b,dc=x manager=cn=a,dc=x\n--\n");
}
END_TEST

START_TEST(a_member_is_taken_away_by_its_name)
{
    have("A1", "cn=a,dc=x", "user", NULL);
    have("A2", "cn=b,dc=x", "user", NULL);
    have("G1", "cn=g,dc=x", "group", "member=cn=a,dc=x", "member=cn=b,dc=x", NULL);
    want("cn=g,dc=x", NULL, "member=cn=b,dc=x", NULL);

    export_all("success");

    ck_sent("modify cn=g,dc=x member-cn=a,dc=x\n--\n");
}
END_TEST

START_TEST(a_reference_is_the_name_that_its_target_has_by_then)
{
    have("A1", "cn=a,dc=x", "user", NULL);
    have("G1", "cn=g,dc=x", "group", NULL);
    stepped_want(&s, "cn=a,dc=x", "cn=z,dc=x", NULL, NULL);
    want("cn=g,dc=x", NULL, "member=cn=z,dc=x", NULL);

    export_all("success");

    ck_sent("modify cn=a,dc=x -> cn=z,dc=x\n--\n"
            "modify cn=g,dc=x member+cn=z,dc=x\n--\n");
}
END_TEST

/* --- places ----------------------------------------------------------------------- */

START_TEST(a_parent_goes_first_and_alone)
{
    have("A1", "cn=m,dc=x", "user", NULL);
    want("ou=o,dc=x", "organizationalUnit", "manager=cn=m,dc=x", NULL);
    want("cn=a,ou=o,dc=x", "user", NULL);

    export_all("success");

    ck_sent("add ou=o,dc=x organizationalUnit manager=cn=m,dc=x\n--\n"
            "add cn=a,ou=o,dc=x user\n--\n");
}
END_TEST

START_TEST(a_move_below_a_new_container_waits_for_it)
{
    have("A1", "cn=a,dc=x", "user", NULL);
    want("ou=o,dc=x", "organizationalUnit", NULL);
    stepped_want(&s, "cn=a,dc=x", "cn=a,ou=o,dc=x", NULL, NULL);
    answer("ou=o,dc=x", FAILED("permission-issue"), 1);

    export_all("completed-export-errors");
    ck_sent("add ou=o,dc=x organizationalUnit\n--\n");
    ck_count(COUNTER_EXPORT_FAILURE, 1);

    export_all("success");
    ck_sent("add ou=o,dc=x organizationalUnit\n--\n"
            "modify cn=a,dc=x -> cn=a,ou=o,dc=x\n--\n");
}
END_TEST

SUITE_WITH("export/passes", begin, end, an_update_of_what_is_not_there_becomes_an_add,
           an_add_of_what_is_there_becomes_an_update,
           an_add_is_never_turned_on_an_object_of_somebody_else,
           two_objects_never_have_one_anchor, a_system_that_cannot_decide_is_left_alone,
           later_is_the_next_pass_while_anything_gets_on, what_never_gets_on_is_an_error,
           two_new_objects_may_refer_to_one_another, a_new_object_may_refer_to_itself,
           a_member_that_the_system_refuses_does_not_hold_back_the_group,
           a_set_of_which_nothing_can_go_waits_as_a_whole,
           a_system_that_wants_references_afterwards_gets_them_so,
           a_member_is_taken_away_by_its_name,
           a_reference_is_the_name_that_its_target_has_by_then,
           a_parent_goes_first_and_alone, a_move_below_a_new_container_waits_for_it)
