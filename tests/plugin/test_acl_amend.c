/* SPDX-License-Identifier: Apache-2.0 */
#include "acl.h"
#include "amend.h"

#define GROUP "S-1-5-21-1-2-3-1104"
#define HASH "7cb4c7d3-8787-42b0-b438-3c5d479ad31e"
#define USER "bf967aba-0de6-11d0-a285-00aa003049e2"
#define GRANT "(OA;CIIO;WP;" HASH ";" USER ";" GROUP ")"

static struct acl_domain none;

static void added(const char *list, const char *grant, struct bytes *out)
{
    struct acl_of from;
    struct ma_error error;

    acl_of(&from, list, &none, list);
    ck_assert_msg(amend_add(acl_value(&from.bytes), grant, out, &error) == MA_OK,
                  "%s: %s", list, error.text);
    bytes_free(&from.bytes);
}

static enum ma_status refused(const char *list, const char *grant)
{
    struct acl_of from;
    struct bytes out = {0};
    struct ma_error error = {0};
    enum ma_status status;

    acl_of(&from, list, &none, list);
    status = amend_add(acl_value(&from.bytes), grant, &out, &error);
    bytes_free(&from.bytes);
    bytes_free(&out);
    return status;
}

static void becomes(const char *list, const char *grant, const char *wanted)
{
    struct bytes out = {0};
    struct bytes text = {0};
    struct descriptor sd;
    struct ma_error error;

    added(list, grant, &out);
    ck_assert_msg(descriptor_read(acl_value(&out), &sd, &error) == MA_OK, "%s",
                  error.text);
    sddl_print(&sd, NULL, &text);
    ck_assert_str_eq(text.at, wanted);
    bytes_free(&out);
    bytes_free(&text);
}

static const char *mark(const char *list)
{
    static char marks[2][AMEND_MARK];
    static size_t next;
    struct acl_of from;
    struct ma_error error;
    char *out = marks[next++ % 2];

    acl_of(&from, list, &none, list);
    ck_assert_int_eq(amend_mark(acl_value(&from.bytes), out, &error), MA_OK);
    bytes_free(&from.bytes);
    return out;
}

START_TEST(an_entry_stands_behind_the_explicit_ones_and_what_comes_down_is_not_sent)
{
    becomes("D:AI(D;;WP;;;S-1-5-7)(A;;RP;;;S-1-5-11)(A;ID;RP;;;S-1-5-9)", GRANT,
            "D:AI(D;;WP;;;AN)(A;;RP;;;AU)" GRANT);
}
END_TEST

START_TEST(a_list_that_is_cut_off_keeps_all_of_its_entries)
{
    becomes("D:PAI(A;;RP;;;S-1-5-11)(A;ID;RP;;;S-1-5-9)", GRANT,
            "D:PAI(A;;RP;;;AU)" GRANT "(A;ID;RP;;;ED)");
}
END_TEST

START_TEST(an_entry_that_stands_there_leaves_the_mark_as_it_is)
{
    struct bytes out = {0};
    char after[AMEND_MARK];
    struct ma_error error;

    added("D:AI(A;;RP;;;S-1-5-11)" GRANT, GRANT, &out);
    ck_assert_int_eq(amend_mark(acl_value(&out), after, &error), MA_OK);
    ck_assert_str_eq(after, mark("D:AI(A;;RP;;;S-1-5-11)" GRANT));
    bytes_free(&out);
}
END_TEST

START_TEST(a_mark_is_of_what_is_the_objects_own_in_any_order)
{
    ck_assert_str_eq(mark("D:AI(A;;RP;;;S-1-5-11)(A;;WP;;;S-1-5-9)"),
                     mark("D:AI(A;;WP;;;S-1-5-9)(A;;RP;;;S-1-5-11)"));
    ck_assert_str_eq(mark("D:AI(A;;RP;;;S-1-5-11)"),
                     mark("D:(A;;RP;;;S-1-5-11)(A;ID;RP;;;S-1-5-9)"));
    ck_assert_str_ne(mark("D:(A;;RP;;;S-1-5-11)"), mark("D:(A;;RPWP;;;S-1-5-11)"));
    ck_assert_str_ne(mark("D:(A;;RP;;;S-1-5-11)"), mark("D:P(A;;RP;;;S-1-5-11)"));
    ck_assert_str_ne(mark("D:P(A;;RP;;;S-1-5-11)"),
                     mark("D:P(A;;RP;;;S-1-5-11)(A;ID;RP;;;S-1-5-9)"));
    ck_assert_str_ne(mark("D:"), mark("O:S-1-5-18"));
}
END_TEST

START_TEST(no_program_sets_what_is_more_than_the_right_to_write_for_some)
{
    const char *const grants[] = {
        "(OD;;WP;" HASH ";;" GROUP ")",
        "(A;;GA;;;" GROUP ")",
        "(A;;WPWD;;;" GROUP ")",
        "(OA;;CR;" HASH ";;" GROUP ")",
        "(OA;;RP;" HASH ";;" GROUP ")",
        "(OA;;WP;" HASH ";;S-1-1-0)",
        "(A;;WP;;;S-1-5-11)",
        "(A;;WP;;;S-1-5-32-545)",
        "(A;;WP;;;S-1-5-21-1-2-3-513)",
        GRANT GRANT,
        "(A;;WP;;;" GROUP,
        "",
    };

    for (size_t i = 0; i < sizeof grants / sizeof grants[0]; i++)
        ck_assert_msg(refused("D:(A;;RP;;;S-1-5-11)", grants[i]) == MA_INVALID, "%s",
                      grants[i]);
    becomes("D:", "(OA;CIIO;RPWP;;" USER ";" GROUP ")",
            "D:(OA;CIIO;RPWP;;" USER ";" GROUP ")");
}
END_TEST

static void remains(const char *list, const char *grant, const char *wanted)
{
    struct acl_of from;
    struct bytes out = {0};
    struct bytes text = {0};
    struct descriptor sd;
    struct ma_error error;

    acl_of(&from, list, &none, list);
    ck_assert_msg(amend_remove(acl_value(&from.bytes), grant, &out, &error) == MA_OK,
                  "%s: %s", list, error.text);
    ck_assert_int_eq(descriptor_read(acl_value(&out), &sd, &error), MA_OK);
    sddl_print(&sd, NULL, &text);
    ck_assert_str_eq(text.at, wanted);
    bytes_free(&from.bytes);
    bytes_free(&out);
    bytes_free(&text);
}

START_TEST(an_entry_is_taken_out_and_all_others_stay)
{
    static const char other[] = "(OA;CIIO;WP;" HASH ";" USER ";S-1-5-21-1-2-3-1105)";
    static const char wider[] = "(OA;CIIO;RPWP;" HASH ";" USER ";" GROUP ")";
    static const char reads[] = "(OA;CIIO;RP;" HASH ";" USER ";" GROUP ")";
    char list[512];
    char wanted[512];

    snprintf(list, sizeof list, "D:AI(A;;RP;;;AU)%s" GRANT, other);
    snprintf(wanted, sizeof wanted, "D:AI(A;;RP;;;AU)%s", other);
    remains(list, GRANT, wanted);
    remains(wanted, GRANT, wanted); /* it has none */
    snprintf(list, sizeof list, "D:AI%s", wider);
    snprintf(wanted, sizeof wanted, "D:AI%s", reads);
    remains(list, GRANT, wanted); /* what more it allows stays */
    remains("D:AI(A;;WP;;;AU)(D;;WP;;;AN)" GRANT, GRANT,
            "D:AI(A;;WP;;;AU)(D;;WP;;;AN)"); /* in an order of its own */
}
END_TEST

START_TEST(what_was_added_is_taken_out_to_the_same_list)
{
    static const char list[] = "D:AI(D;;WP;;;AN)(A;;RP;;;AU)";
    struct bytes more = {0};
    struct bytes out = {0};
    char after[AMEND_MARK];
    struct ma_error error;

    added(list, GRANT, &more);
    ck_assert_int_eq(amend_remove(acl_value(&more), GRANT, &out, &error), MA_OK);
    ck_assert_int_eq(amend_mark(acl_value(&out), after, &error), MA_OK);
    ck_assert_str_eq(after, mark(list));
    bytes_free(&more);
    bytes_free(&out);
}
END_TEST

START_TEST(a_list_that_needs_a_human_is_left_alone)
{
    ck_assert_int_eq(refused("O:S-1-5-18", GRANT), MA_INVALID);
    ck_assert_int_eq(refused("D:(A;;WP;;;S-1-5-11)(D;;WP;;;S-1-5-7)", GRANT),
                     MA_CONFLICT);
}
END_TEST

SUITE("acl/amend",
      an_entry_stands_behind_the_explicit_ones_and_what_comes_down_is_not_sent,
      a_list_that_is_cut_off_keeps_all_of_its_entries,
      an_entry_that_stands_there_leaves_the_mark_as_it_is,
      a_mark_is_of_what_is_the_objects_own_in_any_order,
      no_program_sets_what_is_more_than_the_right_to_write_for_some,
      an_entry_is_taken_out_and_all_others_stay,
      what_was_added_is_taken_out_to_the_same_list,
      a_list_that_needs_a_human_is_left_alone)
