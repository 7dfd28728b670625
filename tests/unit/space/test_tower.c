/* SPDX-License-Identifier: Apache-2.0 */
#include "space/tower.h"

#include "towers.h"

/* Synchronisation and export; the imports are in test_tower_import.c. The numbers T1 to
 * T34 are the rows of the table in docs/internals/tower.md. */

/* T10 */
START_TEST(a_synchronised_import_is_the_hologram)
{
    const struct object_error error = {.type = "flow-failure", .last = 1};

    given("user cn=a 1=x");
    seen("user cn=a 1=y");
    tower_sync_failed(&object, &error);
    object.full_sync = true;
    tower_absorb(&images, &object);

    ck_tower("user cn=a 1=y");
    ck_assert_uint_eq(object.import_error.count, 0);
    ck_assert_uint_eq(object.import_modifications, 0);
    ck_assert(!object_needs_sync(&object));
}
END_TEST

/* T10 */
START_TEST(absorbing_leaves_the_export_layers)
{
    given("user cn=a 1=x 2=x");
    want("user cn=a 1=y 2=x");
    exported();
    want("user cn=a 1=z 2=x");
    changed("user cn=a 2=x", "user cn=a 2=y");
    tower_absorb(&images, &object);

    ck_tower("user cn=a 1=x 2=y | UC update 1=y | UA update 1=z");
}
END_TEST

/* T8 */
START_TEST(an_absorbed_delete_leaves_nothing)
{
    given("user cn=a 1=x");
    gone(false);
    tower_absorb(&images, &object);

    ck_tower("-");
    ck_assert(object_is_empty(&object));
}
END_TEST

/* T11 */
START_TEST(a_failed_object_keeps_its_import_and_counts)
{
    given("user cn=a 1=x");
    seen("user cn=a 1=y");
    tower_sync_failed(&object,
                      &(struct object_error){.type = "flow-failure", .last = 10});
    tower_sync_failed(&object, &(struct object_error){.type = "other", .last = 20});

    ck_tower("user cn=a 1=x | PI update 1=y");
    ck_assert_uint_eq(object.import_error.count, 2);
    ck_assert_int_eq(object.import_error.first, 10);
    ck_assert_int_eq(object.import_error.last, 20);
    ck_assert_str_eq(object.import_error.type, "other");
    ck_assert(object_needs_sync(&object));
}
END_TEST

/* T12 */
START_TEST(a_provisioned_object_is_a_pending_add)
{
    want("user cn=a 1=x 3=a,b");

    ck_tower("- | UA add user cn=a 1=x 3+a,b");
    ck_assert_str_eq(object_dn(&images, &object), "cn=a");
    ck_assert_uint_eq(object_type(&images, &object), TYPE_USER);
    ck_assert_uint_eq(object.anchor.length, 0);
    ck_assert(!object_was_imported(&object));
    ck_assert(object_needs_export(&object));
}
END_TEST

/* T13 */
START_TEST(what_flows_out_and_is_not_so_yet_is_the_pending_export)
{
    given("user cn=a 1=x 2=x 3=a,b");
    want("user cn=a 1=y 2=x 3=b,c");
    ck_tower("user cn=a 1=x 2=x 3=a,b | UA update 1=y 3+c-a");

    want("user cn=a 1=x 2=x 3=b,c");
    ck_tower("user cn=a 1=x 2=x 3=a,b | UA update 3+c-a");

    want("user cn=a 1=x 2=x 3=a,b");
    ck_tower("user cn=a 1=x 2=x 3=a,b");
}
END_TEST

/* Scenario 1: the second synchronisation compares with what was sent. */
START_TEST(what_was_exported_is_not_exported_again)
{
    given("user cn=a 1=x");
    want("user cn=b 1=y");
    exported();
    want("user CN=B 1=y");

    ck_tower("user cn=a 1=x | UC update cn=b 1=y");
}
END_TEST

START_TEST(a_dn_or_type_that_is_not_wanted_stays)
{
    struct image wanted = image_of("user cn=q 1=y");

    given("user cn=a 1=x");
    wanted.dn = NULL;
    wanted.object_type = 0;
    tower_want(&images, &object, &wanted);

    ck_tower("user cn=a 1=x | UA update 1=y");
}
END_TEST

START_TEST(a_rename_is_exported_as_one)
{
    given("user cn=a 1=x");
    want("user cn=b 1=x");

    ck_tower("user cn=a 1=x | UA update cn=b");
    ck_assert_str_eq(object_dn(&images, &object), "cn=b");
    ck_assert_str_eq(object_imported_dn(&object), "cn=a");
}
END_TEST

START_TEST(another_type_is_exported_as_delete_add)
{
    given("user cn=a 1=x 2=y");
    want("contact cn=a 1=x");
    ck_tower("user cn=a 1=x 2=y | UA delete-add contact cn=a 1=x");

    exported();
    seen("contact cn=a 1=x");
    ck_tower("user cn=a 1=x 2=y | PI delete-add contact cn=a 1=x");
    ck_assert(staged.confirmed && !staged.warning.happened);
}
END_TEST

/* T14 */
START_TEST(an_add_that_was_never_exported_goes_without_a_trace)
{
    want("user cn=a 1=x");

    ck_assert(tower_want_gone(&images, &object));
}
END_TEST

/* T14 */
START_TEST(of_what_is_gone_already_nothing_is_to_be_deleted)
{
    given("user cn=a 1=x");
    gone(false);

    ck_assert(tower_want_gone(&images, &object));
}
END_TEST

/* T15 */
START_TEST(a_delete_supersedes_the_pending_update)
{
    given("user cn=a 1=x");
    object.mv = 5;
    object.link_cause = LINK_JOIN;
    want("user cn=b 1=y");

    ck_assert(!tower_want_gone(&images, &object));
    ck_tower("user cn=a 1=x | UA delete");
    ck_assert_uint_eq(object.mv, 0);
    ck_assert_int_eq(object.state, STATE_EXPLICIT);
    ck_assert_int_eq(object.link_cause, LINK_NONE);
    ck_assert_str_eq(object_dn(&images, &object), "cn=a");
}
END_TEST

START_TEST(an_exported_add_is_deleted_by_an_export)
{
    want("user cn=a 1=x");
    exported();

    ck_assert(!tower_want_gone(&images, &object));
    ck_tower("- | UC add user cn=a 1=x | UA delete");
    ck_assert(exported());
}
END_TEST

START_TEST(a_delete_that_is_not_wanted_any_more_is_an_update)
{
    given("user cn=a 1=x");
    tower_want_gone(&images, &object);
    want("user cn=a 1=y");

    ck_tower("user cn=a 1=x | UA update 1=y");
}
END_TEST

START_TEST(a_deleted_object_that_is_wanted_again_is_added)
{
    given("user cn=a 1=x");
    tower_want_gone(&images, &object);
    exported();
    want("user cn=a 1=y");
    ck_tower("user cn=a 1=x | UC delete | UA add user cn=a 1=y");

    exported();
    ck_tower("user cn=a 1=x | UC delete-add user cn=a 1=y");
    seen("user cn=a 1=y");
    ck_tower("user cn=a 1=x | PI update 1=y");
    ck_assert(!staged.warning.happened);
}
END_TEST

START_TEST(an_object_that_is_deleted_already_is_not_deleted_twice)
{
    given("user cn=a 1=x");
    tower_want_gone(&images, &object);
    exported();

    ck_assert(!tower_want_gone(&images, &object));
    ck_tower("user cn=a 1=x | UC delete");
}
END_TEST

/* T16 */
START_TEST(an_export_is_on_its_way_before_it_is_sent)
{
    given("user cn=a 1=x");
    want("user cn=a 1=y");
    tower_escrow(&images, &object, 42);

    ck_tower("user cn=a 1=x | ES update 1=y");
    ck_assert_uint_eq(object.export_batch, 42);
    ck_assert(object_needs_export(&object));
}
END_TEST

/* T17 */
START_TEST(what_was_accepted_waits_for_its_import)
{
    given("user cn=a 1=x 3=a,b");
    object.export_error.count = 3;
    want("user cn=a 1=y 3=a,b,c");
    exported();
    want("user cn=a 1=y 2=z 3=b,c,d");
    exported();

    ck_tower("user cn=a 1=x 3=a,b | UC update 1=y 2=z 3+c,d-a");
    ck_assert_uint_eq(object.export_error.count, 0);
    ck_assert(object_is_unconfirmed(&object) && !object_needs_export(&object));
}
END_TEST

/* T17 */
START_TEST(an_accepted_add_has_the_anchor_that_was_returned)
{
    char anchor[] = "4711";

    want("user cn=a 1=x");
    escrow();
    tower_exported(&images, &object, slice_text(anchor), false);
    anchor[0] = 'x';

    ck_tower("- | UC add user cn=a 1=x");
    ck_assert(slice_equal(object.anchor, slice_text("4711")));
    ck_assert(object.rebuild);
}
END_TEST

START_TEST(an_update_returns_to_what_was_imported_while_it_is_unconfirmed)
{
    given("user cn=a 1=x");
    want("user cn=a 1=y");
    exported();
    want("user cn=a 1=x");
    ck_tower("user cn=a 1=x | UC update 1=y | UA update 1=x");

    exported();
    ck_tower("user cn=a 1=x");
}
END_TEST

/* T18 */
START_TEST(a_refused_export_is_pending_again_under_what_is_wanted_by_now)
{
    given("user cn=a 1=x 2=x");
    want("user cn=a 1=y 2=y");
    escrow();
    want("user cn=a 1=z 2=y");
    refused("permission-issue", 10);

    ck_tower("user cn=a 1=x 2=x | UA update 1=z 2=y");
    ck_assert_uint_eq(object.export_error.count, 1);
}
END_TEST

/* T18, scenario 6 */
START_TEST(a_failed_export_keeps_the_newest_and_when_it_began)
{
    char type[] = "permission-issue";

    given("user cn=a 1=o");
    want("user cn=a 1=A");
    escrow();
    refused(type, 10);
    type[0] = '?';
    want("user cn=a 1=B");
    escrow();
    refused("other", 20);
    ck_assert_uint_eq(object.export_error.count, 2);
    ck_assert_int_eq(object.export_error.first, 10);
    ck_assert_str_eq(object.export_error.type, "other");
    escrow();
    ck_tower("user cn=a 1=o | ES update 1=B");

    tower_exported(&images, &object, slice_of("", 0), false);
    ck_assert_uint_eq(object.export_error.count, 0);
    ck_assert_ptr_null(object.export_error.type);
}
END_TEST

START_TEST(a_refusal_of_what_is_not_wanted_any_more_is_forgiven)
{
    given("user cn=a 1=x");
    want("user cn=a 1=y");
    escrow();
    refused("permission-issue", 10);
    tower_forgive(&object);
    ck_assert_uint_eq(object.export_error.count, 1);

    want("user cn=a 1=x");
    tower_forgive(&object);

    ck_assert_uint_eq(object.export_error.count, 0);
}
END_TEST

/* T18 with T14 */
START_TEST(a_refused_add_that_nobody_wants_any_more_leaves_nothing)
{
    want("user cn=a 1=x");
    escrow();
    ck_assert(!tower_want_gone(&images, &object));
    ck_tower("- | ES add user cn=a 1=x | UA delete");
    refused("permission-issue", 10);

    ck_assert(object_is_empty(&object));
}
END_TEST

/* T18 */
START_TEST(a_refused_delete_of_what_is_wanted_again_becomes_an_update)
{
    given("user cn=a 1=x");
    tower_want_gone(&images, &object);
    escrow();
    want("user cn=a 1=y");
    ck_tower("user cn=a 1=x | ES delete | UA add user cn=a 1=y");
    refused("permission-issue", 10);

    ck_tower("user cn=a 1=x | UA update 1=y");
}
END_TEST

/* T19 */
START_TEST(what_was_on_its_way_when_a_run_died_is_offered_again)
{
    given("user cn=a 1=x 2=x");
    want("user cn=a 1=y 2=x");
    escrow();
    want("user cn=a 1=y 2=y");
    tower_recover(&images, &object);

    ck_tower("user cn=a 1=x 2=x | UA update 1=y 2=y");
    ck_assert_uint_eq(object.export_error.count, 0);
    ck_assert(!object.rebuild);
}
END_TEST

/* T19 with 1.4: the import that shows it is its confirmation. */
START_TEST(an_add_of_unknown_outcome_is_ours_when_an_import_shows_it)
{
    want("user cn=a 1=x");
    escrow();
    tower_recover(&images, &object);
    ck_tower("- | UA add user cn=a 1=x");
    ck_assert(object.rebuild);

    seen("user cn=a 1=x");
    ck_tower("- | PI add user cn=a 1=x");
    ck_assert(!object.rebuild);
}
END_TEST

/* T19 with T14: it may be there. */
START_TEST(an_add_of_unknown_outcome_that_nobody_wants_is_deleted)
{
    want("user cn=a 1=x");
    escrow();
    tower_recover(&images, &object);

    ck_assert(!tower_want_gone(&images, &object));
    ck_tower("- | UA delete user cn=a");
    ck_assert_str_eq(object_dn(&images, &object), "cn=a");
    ck_assert_uint_eq(object_type(&images, &object), TYPE_USER);
    ck_assert(!object_is_empty(&object));
    ck_assert(exported());
}
END_TEST

START_TEST(a_delete_of_unknown_use_ends_when_a_full_import_did_not_show_it)
{
    want("user cn=a 1=x");
    escrow();
    tower_recover(&images, &object);
    tower_want_gone(&images, &object);
    staged = tower_never_came(&images, &object);

    ck_assert(staged.gone && !staged.warning.happened);
}
END_TEST

START_TEST(a_delete_of_unknown_use_stays_when_an_import_shows_it)
{
    want("user cn=a 1=x");
    escrow();
    tower_recover(&images, &object);
    tower_want_gone(&images, &object);
    seen("user cn=a 1=x");

    ck_tower("- | PI add user cn=a 1=x | UA delete");
}
END_TEST

/* T20 */
START_TEST(what_is_confirmed_at_once_is_a_pending_import)
{
    given("user cn=a 1=x");
    want("user cn=b 1=y");
    ck_assert(!exported_at_once());

    ck_tower("user cn=a 1=x | PI update cn=b 1=y");
}
END_TEST

/* T20 */
START_TEST(an_add_confirmed_at_once_is_imported)
{
    want("user cn=a 1=x");
    ck_assert(!exported_at_once());

    ck_tower("- | PI add user cn=a 1=x");
    ck_assert(!object.rebuild && object_was_imported(&object));
}
END_TEST

/* T20 */
START_TEST(a_delete_confirmed_at_once_removes_the_row)
{
    given("user cn=a 1=x");
    tower_want_gone(&images, &object);

    ck_assert(exported_at_once());
}
END_TEST

/* T20: between escrow and result it was wanted again. */
START_TEST(a_delete_confirmed_at_once_of_what_is_wanted_again_starts_over)
{
    given("user cn=a 1=x");
    tower_want_gone(&images, &object);
    escrow();
    want("user cn=a 1=y");
    ck_assert(!tower_exported(&images, &object, slice_of("", 0), true));

    ck_tower("- | UA add user cn=a 1=y");
    ck_assert_uint_eq(object.anchor.length, 0);
}
END_TEST

/* T28 */
START_TEST(only_the_newest_value_is_exported)
{
    given("user cn=a 1=o");
    want("user cn=a 1=A");
    exported();
    want("user cn=a 1=B");
    want("user cn=a 1=C");

    ck_tower("user cn=a 1=o | UC update 1=A | UA update 1=C");
}
END_TEST

/* T29 is in test_tower_import.c. */

START_TEST(one_member_costs_one_value)
{
    static const struct slice m2[] = {{"m2", 2}};
    static const struct slice m3[] = {{"m3", 2}};
    const struct attr_delta comes = {.name = 4,
                                     .type = VALUE_STRING,
                                     .op = DELTA_VALUES,
                                     .add_count = 1,
                                     .adds = m3,
                                     .del_count = 1,
                                     .dels = m2};
    const struct attr_delta back = {
        .name = 4, .type = VALUE_STRING, .op = DELTA_VALUES, .add_count = 1, .adds = m2};

    given("group cn=g 4=m1,m2");
    tower_want_values(&images, &object, &comes);
    ck_tower("group cn=g 4=m1,m2 | UA update 4+m3-m2");
    tower_want_values(&images, &object, &comes);
    ck_tower("group cn=g 4=m1,m2 | UA update 4+m3-m2");
    tower_want_values(&images, &object, &back);
    ck_tower("group cn=g 4=m1,m2 | UA update 4+m3");
}
END_TEST

START_TEST(a_change_by_value_leaves_a_pending_delete_alone)
{
    static const struct slice x[] = {{"x", 1}};
    const struct attr_delta comes = {
        .name = 4, .type = VALUE_STRING, .op = DELTA_VALUES, .add_count = 1, .adds = x};

    given("user cn=a 4=y");
    tower_want_gone(&images, &object);
    tower_want_values(&images, &object, &comes);

    ck_tower("user cn=a 4=y | UA delete");
}
END_TEST

START_TEST(a_transient_is_never_exported)
{
    given("user cn=a 1=x");
    want("user cn=a 1=y");
    object.transient = true;

    ck_assert(!object_needs_export(&object));
}
END_TEST

SUITE_WITH(
    "space/tower", tower_begin, images_end, a_synchronised_import_is_the_hologram,
    absorbing_leaves_the_export_layers, an_absorbed_delete_leaves_nothing,
    a_failed_object_keeps_its_import_and_counts, a_provisioned_object_is_a_pending_add,
    what_flows_out_and_is_not_so_yet_is_the_pending_export,
    what_was_exported_is_not_exported_again, a_dn_or_type_that_is_not_wanted_stays,
    a_rename_is_exported_as_one, another_type_is_exported_as_delete_add,
    an_add_that_was_never_exported_goes_without_a_trace,
    of_what_is_gone_already_nothing_is_to_be_deleted,
    a_delete_supersedes_the_pending_update, an_exported_add_is_deleted_by_an_export,
    a_delete_that_is_not_wanted_any_more_is_an_update,
    a_deleted_object_that_is_wanted_again_is_added,
    an_object_that_is_deleted_already_is_not_deleted_twice,
    an_export_is_on_its_way_before_it_is_sent, what_was_accepted_waits_for_its_import,
    an_accepted_add_has_the_anchor_that_was_returned,
    an_update_returns_to_what_was_imported_while_it_is_unconfirmed,
    a_refused_export_is_pending_again_under_what_is_wanted_by_now,
    a_failed_export_keeps_the_newest_and_when_it_began,
    a_refusal_of_what_is_not_wanted_any_more_is_forgiven,
    a_refused_add_that_nobody_wants_any_more_leaves_nothing,
    a_refused_delete_of_what_is_wanted_again_becomes_an_update,
    what_was_on_its_way_when_a_run_died_is_offered_again,
    an_add_of_unknown_outcome_is_ours_when_an_import_shows_it,
    an_add_of_unknown_outcome_that_nobody_wants_is_deleted,
    a_delete_of_unknown_use_ends_when_a_full_import_did_not_show_it,
    a_delete_of_unknown_use_stays_when_an_import_shows_it,
    what_is_confirmed_at_once_is_a_pending_import, an_add_confirmed_at_once_is_imported,
    a_delete_confirmed_at_once_removes_the_row,
    a_delete_confirmed_at_once_of_what_is_wanted_again_starts_over,
    only_the_newest_value_is_exported, one_member_costs_one_value,
    a_change_by_value_leaves_a_pending_delete_alone, a_transient_is_never_exported)
