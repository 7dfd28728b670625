/* SPDX-License-Identifier: Apache-2.0 */
#include "space/tower.h"

#include "towers.h"

/* Imports; synchronisation and export are in test_tower.c. The numbers T1 to T34 are the
 * rows of the table in docs/internals/tower.md. */

static void ck_lost(const char *lost, const char *shown)
{
    ck_assert(staged.warning.happened);
    ck_delta(staged.warning.lost, lost);
    ck_image(staged.warning.seen, shown);
}

/* T1 */
START_TEST(a_new_entry_is_a_pending_add)
{
    seen("user cn=a 1=x");

    ck_tower("- | PI add user cn=a 1=x");
    ck_assert_int_eq(staged.outcome, STAGE_ADD);
    ck_assert(object_is_disconnector(&object) && object_needs_sync(&object));
    ck_assert(!object_needs_export(&object));
}
END_TEST

/* T1 */
START_TEST(a_placeholder_is_taken_over)
{
    object = object_placeholder(1, PLACEHOLDER_LINK, "cn=a");
    struct guid guid = object.guid;

    seen("user CN=A 1=x");

    ck_tower("- | PI add user CN=A 1=x");
    ck_assert_int_eq(object.placeholder, PLACEHOLDER_NOT);
    ck_assert(guid_equal(&guid, &object.guid));
    ck_assert(!staged.renamed);
}
END_TEST

/* T2 */
START_TEST(an_identical_entry_changes_nothing)
{
    given("user cn=a 1=x 3=a,b");
    seen("user CN=A 1=x 3=a,b");

    ck_tower("user cn=a 1=x 3=a,b");
    ck_assert_int_eq(staged.outcome, STAGE_NO_CHANGE);
    ck_assert_uint_eq(object.import_modifications, 0);
    ck_assert(!staged.renamed && !staged.confirmed && !staged.gone);
}
END_TEST

/* T3 */
START_TEST(a_second_import_replaces_the_pending_one)
{
    given("user cn=a 1=x 3=a,b");
    seen("user cn=a 1=y 3=a,b");
    ck_tower("user cn=a 1=x 3=a,b | PI update 1=y");
    ck_assert_int_eq(staged.outcome, STAGE_UPDATE);

    seen("user cn=a 1=x 3=b,c");
    ck_tower("user cn=a 1=x 3=a,b | PI update 3+c-a");
    ck_assert_int_eq(staged.outcome, STAGE_UPDATE);
    ck_assert_uint_eq(object.import_modifications, 2);
}
END_TEST

/* T3 */
START_TEST(a_pending_add_stays_an_add)
{
    seen("user cn=a 1=x");
    seen("user cn=a 1=y");

    ck_tower("- | PI add user cn=a 1=y");
    ck_assert_int_eq(staged.outcome, STAGE_UPDATE);
}
END_TEST

/* T4 */
START_TEST(an_import_that_reverts_leaves_nothing_pending)
{
    given("user cn=a 1=x");
    seen("user cn=a 1=y");
    seen("user cn=a 1=x");

    ck_tower("user cn=a 1=x");
    ck_assert_int_eq(staged.outcome, STAGE_UPDATE);
    ck_assert(!object_needs_sync(&object));
}
END_TEST

/* T4 */
START_TEST(a_deleted_object_that_is_back_is_not_deleted)
{
    given("user cn=a 1=x");
    gone(false);
    seen("user cn=a 1=x");

    ck_tower("user cn=a 1=x");
    ck_assert_int_eq(staged.outcome, STAGE_ADD);
}
END_TEST

/* T5 */
START_TEST(another_dn_is_a_rename)
{
    given("user cn=a 1=x");
    object.transient = true;
    seen("user cn=b 1=y");

    ck_tower("user cn=a 1=x | PI update cn=b 1=y");
    ck_assert_int_eq(staged.outcome, STAGE_RENAME);
    ck_assert(staged.renamed);
    ck_assert(!object.transient);
    ck_assert_str_eq(object_dn(&images, &object), "cn=b");
    ck_assert_str_eq(object_imported_dn(&object), "cn=b");
}
END_TEST

/* T5 with 1.4: it gave its DN away, and where it went is still to come. */
START_TEST(a_transient_is_one_until_an_import_says_its_dn)
{
    given("user cn=a 1=x");
    object.transient = true;
    changed("user cn=a 1=x", "user cn=a 1=y");
    ck_assert(object.transient);

    changed("user cn=a", "user cn=b");
    ck_assert(!object.transient);
    ck_tower("user cn=a 1=x | PI update cn=b 1=y");
}
END_TEST

/* T6 */
START_TEST(another_type_is_a_delete_add)
{
    given("user cn=a 1=x 2=y");
    seen("contact cn=a 1=x");

    ck_tower("user cn=a 1=x 2=y | PI delete-add contact cn=a 1=x");
    ck_assert_int_eq(staged.outcome, STAGE_DELETE_ADD);
    ck_assert_uint_eq(object_type(&images, &object), TYPE_CONTACT);
    ck_assert(!staged.renamed);
    seen("user cn=a 1=x 2=y");
    ck_tower("user cn=a 1=x 2=y");
}
END_TEST

/* T7 */
START_TEST(a_deleted_object_remains_until_synchronisation)
{
    given("user cn=a 1=x");
    gone(false);

    ck_tower("user cn=a 1=x | PI delete");
    ck_assert_int_eq(staged.outcome, STAGE_DELETE);
    ck_assert(!staged.gone && !object_was_imported(&object));
    ck_assert(object_needs_sync(&object));
    ck_assert_str_eq(object_dn(&images, &object), "cn=a");
}
END_TEST

/* T7 */
START_TEST(an_object_that_a_full_import_did_not_see_is_obsolete)
{
    given("user cn=a 1=x");
    gone(true);
    ck_tower("user cn=a 1=x | PI delete obsolete");

    gone(true);
    ck_assert_int_eq(staged.outcome, STAGE_NO_CHANGE);
    ck_tower("user cn=a 1=x | PI delete obsolete");
}
END_TEST

/* T7 */
START_TEST(a_deleted_object_has_nothing_left_to_export)
{
    given("user cn=a 1=x 2=x");
    want("user cn=a 1=y 2=x");
    exported();
    want("user cn=a 1=y 2=y");
    gone(false);

    ck_tower("user cn=a 1=x 2=x | PI delete");
    ck_assert(!staged.warning.happened);
}
END_TEST

START_TEST(an_add_that_was_deleted_before_synchronisation_leaves_nothing)
{
    seen("user cn=a 1=x");
    gone(false);

    ck_assert(staged.gone);
    ck_assert_int_eq(staged.outcome, STAGE_DELETE);
}
END_TEST

START_TEST(a_linked_object_is_kept_until_it_is_unlinked)
{
    want("user cn=a 1=x");
    object.mv = 5;
    exported();
    gone(false);

    ck_tower("- | PI delete user cn=a");
    ck_assert_str_eq(object_dn(&images, &object), "cn=a");
    ck_assert(!staged.gone && object_needs_sync(&object));
    tower_absorb(&images, &object);
    ck_assert(object_is_empty(&object));
}
END_TEST

START_TEST(a_delete_of_what_was_not_exported_yet_changes_nothing)
{
    want("user cn=a 1=x");
    gone(false);

    ck_tower("- | UA add user cn=a 1=x");
    ck_assert_int_eq(staged.outcome, STAGE_NO_CHANGE);
}
END_TEST

/* T21, scenario 2 */
START_TEST(what_is_confirmed_becomes_a_pending_import)
{
    given("user cn=a 1=x 3=a");
    want("user cn=b 1=y 3=b,c");
    exported();
    seen("user cn=b 1=y 3=b,c");

    ck_tower("user cn=a 1=x 3=a | PI update cn=b 1=y 3+b,c-a");
    ck_assert(staged.confirmed && !staged.warning.happened);
    ck_assert_int_eq(staged.outcome, STAGE_RENAME);
}
END_TEST

/* T21 */
START_TEST(an_add_is_confirmed_with_what_the_system_put_to_it)
{
    want("user cn=a 1=x 3=a,b");
    exported();
    seen("user cn=a 1=x 2=sid 3=a,b,c");

    ck_tower("- | PI add user cn=a 1=x 2=sid 3+a,b,c");
    ck_assert(staged.confirmed && !staged.warning.happened && !object.rebuild);
    ck_assert_int_eq(staged.outcome, STAGE_ADD);
}
END_TEST

/* T21: a set of one value is not the whole set where the system has more. */
START_TEST(a_value_is_confirmed_among_others_that_are_not_ours)
{
    given("user cn=a 4=w");
    want("user cn=a 4=x");
    exported();
    seen("user cn=a 4=x,y");
    ck_tower("user cn=a 4=w | PI update 4+x,y-w");
    ck_assert(staged.confirmed && !staged.warning.happened);

    given("user cn=a 4=w");
    want("user cn=a 4=x");
    exported();
    seen("user cn=a 4=w,x");
    ck_tower("user cn=a 4=w | PI update 4+x | UA update 4-w");
    ck_lost("update 4-w", "user cn=a 4=w,x");
}
END_TEST

START_TEST(a_pending_value_does_not_wipe_those_that_came_meanwhile)
{
    given("user cn=a 4=w");
    want("user cn=a 4=x");
    seen("user cn=a 4=w,y");

    ck_tower("user cn=a 4=w | PI update 4+y | UA update 4+x-w");
    ck_layer(LAYER_UNAPPLIED, "user cn=a 4=x,y");
}
END_TEST

/* T22, scenario 3 */
START_TEST(what_the_system_changed_is_offered_again)
{
    given("user cn=a 1=514 2=x");
    want("user cn=a 1=512 2=y");
    exported();
    seen("user cn=a 1=546 2=y");

    ck_tower("user cn=a 1=514 2=x | PI update 1=546 2=y | UA update 1=512");
    ck_assert(staged.confirmed);
    ck_lost("update 1=512", "user cn=a 1=546 2=y");
}
END_TEST

/* T22 */
START_TEST(what_the_system_did_not_take_is_offered_again_each_time)
{
    given("user cn=a 1=x 3=a,b");
    want("user cn=b 1=x 3=b,c");

    for (int i = 0; i < 3; i++) {
        ck_tower("user cn=a 1=x 3=a,b | UA update cn=b 3+c-a");
        exported();
        seen("user cn=a 1=x 3=a,b");
        ck_lost("update cn=b 3+c-a", "user cn=a 1=x 3=a,b");
        ck_assert(!staged.confirmed && !staged.renamed);
        ck_assert_int_eq(staged.outcome, STAGE_NO_CHANGE);
    }
}
END_TEST

/* T22 with T28 */
START_TEST(what_is_lost_does_not_win_over_what_is_wanted_by_now)
{
    given("user cn=a 1=x 2=x");
    want("user cn=a 1=y 2=y");
    exported();
    want("user cn=a 1=z 2=y");
    seen("user cn=a 1=x 2=x");
    ck_tower("user cn=a 1=x 2=x | UA update 1=z 2=y");

    given("user cn=a 1=x");
    want("user cn=a 1=y");
    exported();
    want("user cn=a 1=x");
    seen("user cn=a 1=x");
    ck_tower("user cn=a 1=x");
    ck_lost("update 1=y", "user cn=a 1=x");
}
END_TEST

START_TEST(what_is_lost_does_not_win_over_what_is_on_its_way)
{
    given("user cn=a 1=x");
    want("user cn=a 1=y");
    exported();
    want("user cn=a 1=z");
    escrow();
    seen("user cn=a 1=x");

    ck_tower("user cn=a 1=x | ES update 1=z");
}
END_TEST

/* T23, scenario 4 */
START_TEST(a_delta_import_that_does_not_speak_of_it_is_no_contradiction)
{
    given("user cn=a 1=x 2=x 3=a,b");
    want("user cn=b 1=y 2=x 3=a,c");
    exported();
    changed("user cn=a 2=x", "user cn=a 2=y");

    ck_tower("user cn=a 1=x 2=x 3=a,b | PI update 2=y | UC update cn=b 1=y 3+c-b");
    ck_assert(!staged.warning.happened && !staged.confirmed);
    ck_assert_int_eq(staged.outcome, STAGE_UPDATE);
}
END_TEST

/* T21, by a delta import */
START_TEST(a_delta_import_confirms_what_it_shows)
{
    given("user cn=a 1=x 2=x 3=a,b");
    want("user cn=b 1=y 2=z 3=a,c");
    exported();
    changed("user cn=a 1=x 3=a,b", "user cn=b 1=y 3=a,b,c");

    ck_tower("user cn=a 1=x 2=x 3=a,b | PI update cn=b 1=y 3+c | UC update 2=z 3-b");
    ck_assert(!staged.warning.happened && staged.confirmed);
    ck_assert(staged.renamed);
}
END_TEST

/* T22, by a delta import */
START_TEST(a_delta_import_contradicts_only_what_it_speaks_of)
{
    given("user cn=a 1=x 2=x 3=a,b");
    want("user cn=b 1=y 2=y 3=c,d");
    exported();
    changed("user cn=a 1=x 3=c,d", "user cn=z 1=q 3=a,d");

    ck_tower("user cn=a 1=x 2=x 3=a,b | PI update cn=z 1=q | UC update 2=y 3+d-b | "
             "UA update cn=b 1=y 3+c-a");
    ck_lost("update cn=b 1=y 3+c-a", "user cn=z 1=q 2=x 3=a,b");
}
END_TEST

START_TEST(an_update_of_an_unknown_object_fails)
{
    want("user cn=a 1=x");
    exported();
    changed("user cn=a 1=x", "user cn=a 1=y");

    ck_assert_int_eq(staged.outcome, STAGE_FAILURE);
    ck_tower("- | UC add user cn=a 1=x");
}
END_TEST

START_TEST(adds_and_deletes_of_a_delta_import_say_everything)
{
    want("user cn=a 1=x 2=x");
    exported();
    changed("", "user cn=a 1=x");
    ck_tower("- | PI add user cn=a 1=x | UA update 2=x");

    given("user cn=a 1=x");
    changed("user cn=a 1=x", "contact cn=a 2=y");
    ck_tower("user cn=a 1=x | PI delete-add contact cn=a 2=y");

    given("user cn=a 1=x");
    changed("user cn=a", "");
    ck_tower("user cn=a 1=x | PI delete");
}
END_TEST

/* T24 */
START_TEST(a_retry_goes_when_what_is_wanted_is_what_the_system_has)
{
    given("user cn=a 1=x");
    want("user cn=a 1=y");
    exported();
    seen("user cn=a 1=z");
    ck_tower("user cn=a 1=x | PI update 1=z | UA update 1=y");

    tower_absorb(&images, &object);
    want("user cn=a 1=z");
    ck_tower("user cn=a 1=z");
}
END_TEST

START_TEST(a_refusal_of_what_the_import_shows_is_forgiven)
{
    given("user cn=a 1=x");
    want("user cn=a 1=y");
    object.export_error = (struct object_error){.count = 1, .type = "permission-issue"};

    seen("user cn=a 1=y");

    ck_tower("user cn=a 1=x | PI update 1=y");
    ck_assert_uint_eq(object.export_error.count, 0);
}
END_TEST

/* T25 */
START_TEST(an_exported_add_that_never_came_is_added_again)
{
    want("user cn=a 1=x");
    exported();
    want("user cn=a 1=y");
    staged = tower_never_came(&images, &object);

    ck_tower("- | UA add user cn=a 1=y");
    ck_assert(!object.rebuild && !staged.gone);
    ck_lost("add user cn=a 1=x", "");
    ck_assert_int_eq(staged.outcome, STAGE_NO_CHANGE);
}
END_TEST

/* T25 */
START_TEST(obsoletion_exempts_an_exported_add)
{
    want("user cn=a 1=x");
    object.mv = 5;
    exported();
    gone(true);

    ck_tower("- | UA add user cn=a 1=x");
    ck_assert(staged.warning.happened);
}
END_TEST

START_TEST(an_add_that_never_came_and_is_not_wanted_leaves_nothing)
{
    want("user cn=a 1=x");
    exported();
    tower_want_gone(&images, &object);
    staged = tower_never_came(&images, &object);

    ck_assert(staged.gone && !staged.warning.happened);
}
END_TEST

START_TEST(only_an_exported_add_can_have_never_come)
{
    given("user cn=a 1=x");
    want("user cn=a 1=y");
    exported();
    staged = tower_never_came(&images, &object);
    ck_tower("user cn=a 1=x | UC update 1=y");
    ck_assert(!staged.gone && !staged.warning.happened);

    given("");
    want("user cn=a 1=x");
    staged = tower_never_came(&images, &object);
    ck_tower("- | UA add user cn=a 1=x");
    ck_assert(!staged.gone);
}
END_TEST

/* T26 */
START_TEST(an_exported_delete_is_confirmed_by_a_delete)
{
    given("user cn=a 1=x");
    tower_want_gone(&images, &object);
    exported();
    gone(false);

    ck_assert(staged.gone && staged.confirmed);
    ck_assert_int_eq(staged.outcome, STAGE_DELETE);
}
END_TEST

/* T26: whoever did it, nothing is left to want. */
START_TEST(a_delete_comes_true_before_it_is_exported)
{
    given("user cn=a 1=x");
    tower_want_gone(&images, &object);
    gone(false);

    ck_assert(staged.gone);
    ck_assert(!staged.confirmed);
}
END_TEST

/* T26 */
START_TEST(an_exported_delete_is_confirmed_by_a_full_import_without_it)
{
    given("user cn=a 1=x");
    tower_want_gone(&images, &object);
    exported();
    gone(true);

    ck_assert(staged.gone && staged.confirmed);
}
END_TEST

/* T26: a connector is synchronised first. */
START_TEST(an_exported_delete_of_a_connector_waits_for_synchronisation)
{
    given("user cn=a 1=x");
    tower_want_gone(&images, &object);
    exported();
    object.mv = 5;
    gone(false);

    ck_tower("user cn=a 1=x | PI delete");
    ck_assert(!staged.gone && staged.confirmed);
}
END_TEST

/* T26 with T12 */
START_TEST(a_confirmed_delete_of_what_is_wanted_again_starts_over)
{
    given("user cn=a 1=x");
    tower_want_gone(&images, &object);
    exported();
    object.mv = 5;
    want("user cn=a 1=y");
    gone(false);

    ck_tower("- | UA add user cn=a 1=y");
    ck_assert(!staged.gone);
    ck_assert_uint_eq(object.anchor.length, 0);
}
END_TEST

/* T27 */
START_TEST(an_exported_delete_that_a_full_import_still_sees_is_offered_again)
{
    given("user cn=a 1=x");
    tower_want_gone(&images, &object);
    exported();
    seen("user cn=a 1=x");

    ck_tower("user cn=a 1=x | UA delete");
    ck_lost("delete", "user cn=a 1=x");
}
END_TEST

/* T27: a change may have been made before the delete. */
START_TEST(an_exported_delete_is_not_contradicted_by_a_change)
{
    given("user cn=a 1=x");
    tower_want_gone(&images, &object);
    exported();
    changed("user cn=a 1=x", "user cn=a 1=y");

    ck_tower("user cn=a 1=x | PI update 1=y | UC delete");
    ck_assert(!staged.warning.happened);
}
END_TEST

/* T29 */
START_TEST(what_the_import_brings_by_itself_is_not_exported)
{
    given("user cn=a 1=x 2=x 3=a");
    want("user cn=b 1=y 2=y 3=b,c");
    seen("user cn=B 1=y 2=x 3=b");

    ck_tower("user cn=a 1=x 2=x 3=a | PI update cn=B 1=y 3=b | UA update 2=y 3+c");
    ck_assert(!staged.confirmed && !staged.warning.happened);
}
END_TEST

START_TEST(what_is_on_its_way_is_put_on_the_new_import)
{
    given("user cn=a 1=x 2=x");
    want("user cn=a 1=y 2=y");
    escrow();
    want("user cn=a 1=z 2=y");
    seen("user cn=a 1=y 2=q");

    ck_tower("user cn=a 1=x 2=x | PI update 1=y 2=q | ES update 2=y | UA update 1=z");
}
END_TEST

/* --- attributes that no import shows ------------------------------------------------ */

START_TEST(an_attribute_that_is_not_imported_is_kept)
{
    given("user cn=a 1=x 5=secret");
    seen_keeping("user cn=a 1=y", 5);

    ck_tower("user cn=a 1=x 5=secret | PI update 1=y");
}
END_TEST

START_TEST(an_attribute_that_is_not_imported_is_confirmed_with_the_object)
{
    given("user cn=a 1=x");
    want("user cn=a 1=x 5=secret");
    exported();
    seen_keeping("user cn=a 1=x", 5);

    ck_tower("user cn=a 1=x | PI update 5=secret");
    ck_assert(staged.confirmed && !staged.warning.happened);

    given("");
    want("user cn=a 1=x 5=secret");
    exported();
    seen_keeping("user cn=a 1=x", 5);
    ck_tower("- | PI add user cn=a 1=x 5=secret");
    ck_assert(!staged.warning.happened);
}
END_TEST

START_TEST(what_no_import_shows_is_settled_in_a_delta_import)
{
    const uint32_t attribute = 5;

    given("user cn=a 1=x");
    want("user cn=a 1=y 5=secret");
    exported();
    tower_settle(&images, &object, &attribute, 1);

    ck_tower("user cn=a 1=x | PI update 5=secret | UC update 1=y");
}
END_TEST

START_TEST(an_entry_without_dn_or_type_is_the_object_it_was)
{
    struct image now = image_of("user cn=q 1=y");

    now.dn = NULL;
    now.object_type = 0;
    given("user cn=a 1=x");
    staged = tower_seen(&images, &object, &now, NULL, 0);
    ck_tower("user cn=a 1=x | PI update 1=y");

    given("");
    want("user cn=b 1=y");
    exported();
    staged = tower_seen(&images, &object, &now, NULL, 0);
    ck_tower("- | PI add user cn=b 1=y");
}
END_TEST

SUITE_WITH("space/tower_import", tower_begin, images_end, a_new_entry_is_a_pending_add,
           a_placeholder_is_taken_over, an_identical_entry_changes_nothing,
           a_second_import_replaces_the_pending_one, a_pending_add_stays_an_add,
           an_import_that_reverts_leaves_nothing_pending,
           a_deleted_object_that_is_back_is_not_deleted, another_dn_is_a_rename,
           a_transient_is_one_until_an_import_says_its_dn, another_type_is_a_delete_add,
           a_deleted_object_remains_until_synchronisation,
           an_object_that_a_full_import_did_not_see_is_obsolete,
           a_deleted_object_has_nothing_left_to_export,
           an_add_that_was_deleted_before_synchronisation_leaves_nothing,
           a_linked_object_is_kept_until_it_is_unlinked,
           a_delete_of_what_was_not_exported_yet_changes_nothing,
           what_is_confirmed_becomes_a_pending_import,
           an_add_is_confirmed_with_what_the_system_put_to_it,
           a_value_is_confirmed_among_others_that_are_not_ours,
           a_pending_value_does_not_wipe_those_that_came_meanwhile,
           what_the_system_changed_is_offered_again,
           what_the_system_did_not_take_is_offered_again_each_time,
           what_is_lost_does_not_win_over_what_is_wanted_by_now,
           what_is_lost_does_not_win_over_what_is_on_its_way,
           a_delta_import_that_does_not_speak_of_it_is_no_contradiction,
           a_delta_import_confirms_what_it_shows,
           a_delta_import_contradicts_only_what_it_speaks_of,
           an_update_of_an_unknown_object_fails,
           adds_and_deletes_of_a_delta_import_say_everything,
           a_retry_goes_when_what_is_wanted_is_what_the_system_has,
           a_refusal_of_what_the_import_shows_is_forgiven,
           an_exported_add_that_never_came_is_added_again,
           obsoletion_exempts_an_exported_add,
           an_add_that_never_came_and_is_not_wanted_leaves_nothing,
           only_an_exported_add_can_have_never_come,
           an_exported_delete_is_confirmed_by_a_delete,
           a_delete_comes_true_before_it_is_exported,
           an_exported_delete_is_confirmed_by_a_full_import_without_it,
           an_exported_delete_of_a_connector_waits_for_synchronisation,
           a_confirmed_delete_of_what_is_wanted_again_starts_over,
           an_exported_delete_that_a_full_import_still_sees_is_offered_again,
           an_exported_delete_is_not_contradicted_by_a_change,
           what_the_import_brings_by_itself_is_not_exported,
           what_is_on_its_way_is_put_on_the_new_import,
           an_attribute_that_is_not_imported_is_kept,
           an_attribute_that_is_not_imported_is_confirmed_with_the_object,
           what_no_import_shows_is_settled_in_a_delta_import,
           an_entry_without_dn_or_type_is_the_object_it_was)
