/* SPDX-License-Identifier: Apache-2.0 */
#include "towers.h"

/* Values that rules merge into an attribute which the system and others fill too:
 * attribute 4 here stands for proxyAddresses. */

/* Scenario 20 */
START_TEST(one_value_is_added_and_the_others_are_not_touched)
{
    given("user cn=a 4=SMTP:a,smtp:b");
    merged(4, "x500:L");

    ck_tower("user cn=a 4=SMTP:a,smtp:b | UA update 4+x500:L");
    ck_assert_str_eq(owned_text(), "4=x500:L");
}
END_TEST

/* Scenario 20 */
START_TEST(a_new_value_takes_the_place_of_the_owned_one)
{
    given("user cn=a 4=SMTP:a,smtp:b");
    merged(4, "x500:L");
    exported();
    seen("user cn=a 4=SMTP:a,smtp:b,x500:L");
    tower_absorb(&images, &object);
    ck_tower("user cn=a 4=SMTP:a,smtp:b,x500:L");
    ck_assert_str_eq(owned_text(), "4=x500:L");

    merged(4, "x500:M");
    ck_tower("user cn=a 4=SMTP:a,smtp:b,x500:L | UA update 4+x500:M-x500:L");
    exported();
    seen("user cn=a 4=SMTP:a,smtp:b,x500:M");
    ck_assert(!staged.warning.happened);
    ck_assert_str_eq(owned_text(), "4=x500:M");
}
END_TEST

/* Scenario 20 */
START_TEST(a_value_that_is_there_in_another_case_is_neither_exported_nor_claimed)
{
    given("user cn=a 4=X500:l,smtp:b");
    merged(4, "x500:L");
    ck_tower("user cn=a 4=X500:l,smtp:b");
    ck_assert_str_eq(owned_text(), "");

    merged(4, "");
    ck_tower("user cn=a 4=X500:l,smtp:b");
}
END_TEST

START_TEST(only_what_is_owned_goes)
{
    given("user cn=a 4=smtp:b");
    merged(4, "x500:L,smtp:b");
    exported();
    seen("user cn=a 4=smtp:b,x500:L");
    tower_absorb(&images, &object);
    merged(4, "");

    ck_tower("user cn=a 4=smtp:b,x500:L | UA update 4-x500:L");
    ck_assert_str_eq(owned_text(), "4=x500:L");
    exported();
    seen("user cn=a 4=smtp:b");
    ck_assert_str_eq(owned_text(), "");
}
END_TEST

START_TEST(a_merged_value_that_was_not_exported_is_dropped_again)
{
    given("user cn=a 4=smtp:b");
    merged(4, "x500:L");
    merged(4, "x500:M");
    ck_tower("user cn=a 4=smtp:b | UA update 4+x500:M");
    ck_assert_str_eq(owned_text(), "4=x500:M");

    merged(4, "");
    ck_tower("user cn=a 4=smtp:b");
    ck_assert_str_eq(owned_text(), "");
}
END_TEST

START_TEST(an_owned_value_that_was_changed_in_case_is_still_owned)
{
    given("user cn=a 4=smtp:b");
    merged(4, "x500:L");
    exported();
    seen("user cn=a 4=X500:l,smtp:b");
    ck_assert(staged.confirmed && !staged.warning.happened);
    ck_tower("user cn=a 4=smtp:b | PI update 4+X500:l");
    tower_absorb(&images, &object);
    merged(4, "x500:L");
    ck_tower("user cn=a 4=X500:l,smtp:b");

    merged(4, "x500:M");
    ck_tower("user cn=a 4=X500:l,smtp:b | UA update 4+x500:M-X500:l");
}
END_TEST

START_TEST(a_pending_value_that_came_in_another_case_is_not_exported)
{
    given("user cn=a 4=smtp:b");
    merged(4, "x500:L");
    seen("user cn=a 4=X500:l,smtp:b");

    ck_tower("user cn=a 4=smtp:b | PI update 4+X500:l");
}
END_TEST

START_TEST(ownership_ends_when_an_import_shows_the_value_gone)
{
    given("user cn=a 4=smtp:b");
    merged(4, "x500:L");
    exported();
    seen("user cn=a 4=smtp:b,x500:L");
    seen("user cn=a 4=smtp:b");
    ck_assert_str_eq(owned_text(), "");

    seen("user cn=a 4=smtp:b,x500:L");
    tower_absorb(&images, &object);
    merged(4, "");
    ck_tower("user cn=a 4=smtp:b,x500:L");
}
END_TEST

START_TEST(a_value_that_was_not_taken_is_still_owned)
{
    given("user cn=a 4=smtp:b");
    merged(4, "x500:L");
    exported();
    seen("user cn=a 4=smtp:b");

    ck_tower("user cn=a 4=smtp:b | UA update 4+x500:L");
    ck_assert(staged.warning.happened);
    ck_assert_str_eq(owned_text(), "4=x500:L");
}
END_TEST

START_TEST(a_value_merged_into_an_empty_attribute_does_not_wipe_what_comes)
{
    given("user cn=a 1=x");
    merged(4, "x500:L");
    ck_tower("user cn=a 1=x | UA update 4+x500:L");
    want("user cn=a 1=y 4=x500:L");
    ck_tower("user cn=a 1=x | UA update 1=y 4+x500:L");

    seen("user cn=a 1=x 4=smtp:b");
    ck_tower("user cn=a 1=x | PI update 4=smtp:b | UA update 1=y 4+x500:L");
    ck_layer(LAYER_UNAPPLIED, "user cn=a 1=y 4=smtp:b,x500:L");
}
END_TEST

START_TEST(a_value_is_merged_into_a_pending_add)
{
    want("user cn=a 1=x");
    merged(4, "x500:L");
    ck_tower("- | UA add user cn=a 1=x 4+x500:L");
    want("user cn=a 1=y 4=x500:L");
    ck_tower("- | UA add user cn=a 1=y 4+x500:L");

    exported();
    seen("user cn=a 1=y 4=smtp:b,x500:L");
    ck_assert(staged.confirmed && !staged.warning.happened);
    ck_assert_str_eq(owned_text(), "4=x500:L");
}
END_TEST

START_TEST(nothing_is_merged_into_what_shall_go)
{
    given("user cn=a 4=smtp:b");
    tower_want_gone(&images, &object);
    merged(4, "x500:L");

    ck_tower("user cn=a 4=smtp:b | UA delete");
    ck_assert_str_eq(owned_text(), "");
}
END_TEST

START_TEST(two_spellings_of_one_merged_value_are_one)
{
    given("user cn=a 4=smtp:b");
    merged(4, "X500:L,x500:l");

    ck_tower("user cn=a 4=smtp:b | UA update 4+X500:L");
}
END_TEST

START_TEST(attributes_are_owned_apart)
{
    given("user cn=a 4=smtp:b");
    merged(4, "x500:L");
    merged(3, "q,p");
    ck_assert_str_eq(owned_text(), "3=p 3=q 4=x500:L");

    merged(4, "");
    ck_tower("user cn=a 4=smtp:b | UA update 3+p,q");
    ck_assert_str_eq(owned_text(), "3=p 3=q");
}
END_TEST

START_TEST(a_deleted_object_owns_nothing)
{
    given("user cn=a 4=smtp:b");
    object.mv = 5;
    merged(4, "x500:L");
    exported();
    gone(false);

    ck_assert_str_eq(owned_text(), "");
}
END_TEST

/* Binary values have no case. */
START_TEST(bytes_are_compared_exactly)
{
    static const struct slice upper[] = {{"A", 1}};
    static const struct slice lower[] = {{"a", 1}};

    given("user cn=a 1=x");
    object.hologram.entry =
        entry_with(&images, &object.hologram.entry, 4, VALUE_BINARY, upper, 1);
    tower_want_merged(&images, &object, 4, VALUE_BINARY, lower, 1);

    ck_tower("user cn=a 1=x 4=A | UA update 4+a");
}
END_TEST

START_TEST(a_value_that_was_accepted_stays_owned_while_imports_are_silent_on_it)
{
    given("user cn=a 4=smtp:b");
    merged(4, "x500:L");
    exported();
    merged(4, "x500:M");
    changed("user cn=a", "user cn=a 2=x");

    ck_assert_str_eq(owned_text(), "4=x500:L 4=x500:M");
    seen("user cn=a 2=x 4=smtp:b,x500:L");
    merged(4, "x500:M");
    ck_assert(strstr(tower_text(), "UA update 4+x500:M-x500:L") != NULL);
}
END_TEST

START_TEST(a_value_on_its_way_out_stays_owned_until_it_is_out)
{
    given("user cn=a 4=smtp:b");
    merged(4, "x500:L");
    exported();
    seen("user cn=a 4=smtp:b,x500:L");
    tower_absorb(&images, &object);
    merged(4, "x500:M");
    escrow();
    merged(4, "x500:M");
    tower_recover(&images, &object); /* its run died before it was sent */
    merged(4, "x500:M");

    ck_tower("user cn=a 4=smtp:b,x500:L | UA update 4+x500:M-x500:L");
}
END_TEST

START_TEST(a_value_that_may_have_arrived_stays_owned_until_an_import_says)
{
    given("user cn=a 4=smtp:b");
    merged(4, "x500:L");
    escrow();
    merged(4, "x500:M");
    tower_recover(&images, &object);
    exported();
    merged(4, "x500:M");
    ck_tower("user cn=a 4=smtp:b | UC update 4+x500:M");
    changed("user cn=a", "user cn=a2");

    seen("user cn=a2 4=smtp:b,x500:L,x500:M");
    tower_absorb(&images, &object);
    merged(4, "x500:M");

    ck_tower("user cn=a2 4=smtp:b,x500:L,x500:M | UA update 4-x500:L");
}
END_TEST

SUITE_WITH("space/owned", tower_begin, images_end,
           one_value_is_added_and_the_others_are_not_touched,
           a_new_value_takes_the_place_of_the_owned_one,
           a_value_that_is_there_in_another_case_is_neither_exported_nor_claimed,
           only_what_is_owned_goes, a_merged_value_that_was_not_exported_is_dropped_again,
           an_owned_value_that_was_changed_in_case_is_still_owned,
           a_pending_value_that_came_in_another_case_is_not_exported,
           ownership_ends_when_an_import_shows_the_value_gone,
           a_value_that_was_not_taken_is_still_owned,
           a_value_that_was_accepted_stays_owned_while_imports_are_silent_on_it,
           a_value_on_its_way_out_stays_owned_until_it_is_out,
           a_value_that_may_have_arrived_stays_owned_until_an_import_says,
           a_value_merged_into_an_empty_attribute_does_not_wipe_what_comes,
           a_value_is_merged_into_a_pending_add, nothing_is_merged_into_what_shall_go,
           two_spellings_of_one_merged_value_are_one, attributes_are_owned_apart,
           a_deleted_object_owns_nothing, bytes_are_compared_exactly)
