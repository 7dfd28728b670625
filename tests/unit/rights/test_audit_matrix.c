/* SPDX-License-Identifier: Apache-2.0 */
#include "rights/audit_matrix.h"
#include "suite.h"

#define BASE "DC=fabrikam,DC=example"
#define SALES "OU=Sales," BASE

static const struct partition partitions[] = {{.name = BASE}};
static const struct agent agent = {.partitions = partitions, .partition_count = 1};
static struct arena arena;
static struct audit_matrix matrix;

static void before(void)
{
    audit_matrix_begin(&matrix, &arena);
    audit_matrix_feature(&matrix, "rules");
}

static void after(void)
{
    audit_matrix_end(&matrix);
    arena_free(&arena);
}

static void add(const char *dn, const char *attribute, enum ma_verdict verdict,
                const char *code, const char *entry)
{
    const struct ma_finding finding = {.size = sizeof finding,
                                       .dn = dn,
                                       .attribute = attribute,
                                       .verdict = verdict,
                                       .code = code,
                                       .evidence = entry,
                                       .object_type = "user"};

    audit_matrix_add(&matrix, &agent, &finding);
}

static const struct audit_cell *only_cell(void)
{
    audit_matrix_sort(&matrix);
    ck_assert_uint_eq(matrix.cells.count, 1);
    return &matrix.cells.items[0];
}

static void ck_result(enum audit_result result)
{
    ck_assert_str_eq(audit_result_text(audit_cell_result(only_cell())),
                     audit_result_text(result));
}

START_TEST(what_passes_is_a_cell_with_the_entries_that_decided)
{
    const struct audit_cell *cell;

    add("CN=a," SALES, "title", MA_ALLOWED, "OK", "(OA;;WP;;;Y)");
    add("CN=a," SALES, "mail", MA_ALLOWED, "OK", "(OA;;WP;;;X)");
    add("CN=b," SALES, "mail", MA_ALLOWED, "OK", "(OA;;WP;;;X)");
    cell = only_cell();
    ck_assert_str_eq(cell->container, SALES);
    ck_assert_str_eq(cell->object_type, "user");
    ck_assert_uint_eq(cell->objects, 2);
    ck_assert_uint_eq(cell->writes[MA_ALLOWED], 3);
    ck_assert_uint_eq(cell->deciders.count, 2);
    ck_assert_str_eq(cell->deciders.items[0].entry, "(OA;;WP;;;X)");
    ck_assert_uint_eq(cell->deciders.items[0].writes, 2);
    ck_result(AUDIT_PASSES);
}
END_TEST

START_TEST(the_worst_is_the_result_of_the_cell)
{
    static const struct {
        enum ma_verdict verdict;
        const char *code;
        enum audit_result result;
    } steps[] = {{MA_ALLOWED, "OK", AUDIT_PASSES},
                 {MA_ALLOWED, "GRANT-TOO-WIDE", AUDIT_OVER_GRANTED},
                 {MA_UNSURE, "CONDITIONAL", AUDIT_UNSURE},
                 {MA_REFUSED, "NO-ACE", AUDIT_FAILS}};

    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        add("CN=a," SALES, "mail", steps[i].verdict, steps[i].code, NULL);
        ck_result(steps[i].result);
    }
}
END_TEST

START_TEST(what_is_refused_is_told_before_what_is_allowed_more_often)
{
    add("CN=a," SALES, "mail", MA_ALLOWED, "OK", "(A;;WP;;;X)");
    add("CN=b," SALES, "mail", MA_ALLOWED, "OK", "(A;;WP;;;X)");
    add("CN=c," SALES, "mail", MA_REFUSED, "NO-ACE", NULL);
    ck_assert_str_eq(only_cell()->deciders.items[0].code, "NO-ACE");
}
END_TEST

START_TEST(a_modification_that_fails_whole_is_no_write_more)
{
    add("CN=a," SALES, "mail", MA_REFUSED, "NO-ACE", NULL);
    add("CN=a," SALES, NULL, MA_REFUSED, "MODIFY", NULL);
    ck_assert_uint_eq(only_cell()->whole, 1);
    ck_assert_uint_eq(only_cell()->objects, 1);
    ck_assert_uint_eq(only_cell()->writes[MA_REFUSED], 1);
    ck_assert_uint_eq(only_cell()->deciders.count, 1);
}
END_TEST

START_TEST(the_head_of_a_domain_and_a_right_to_create_are_of_the_place_itself)
{
    add("dc=fabrikam, dc=example", "right:Unexpire-Password", MA_ALLOWED, "OK", NULL);
    add(SALES, "create:group", MA_REFUSED, "NO-ACE", NULL);
    add(SALES, NULL, MA_REFUSED, "MODIFY", NULL);
    audit_matrix_sort(&matrix);
    ck_assert_uint_eq(matrix.cells.count, 2);
    ck_assert_str_eq(matrix.cells.items[0].container, "dc=fabrikam, dc=example");
    ck_assert_str_eq(matrix.cells.items[1].container, SALES);
    ck_assert_uint_eq(matrix.cells.items[1].whole, 1);
}
END_TEST

START_TEST(features_stay_in_order_and_one_without_a_cell_says_so)
{
    add("CN=b,OU=Zebra," BASE, "mail", MA_ALLOWED, "OK", NULL);
    add("CN=a,OU=Ape," BASE, "mail", MA_ALLOWED, "OK", NULL);
    audit_matrix_feature(&matrix, "another");
    audit_matrix_feature(&matrix, "basic");
    add("CN=a,OU=Ape," BASE, "mail", MA_ALLOWED, "OK", NULL);
    audit_matrix_sort(&matrix);
    ck_assert_uint_eq(matrix.cells.count, 4);
    ck_assert_str_eq(matrix.cells.items[0].container, "OU=Ape," BASE);
    ck_assert_str_eq(matrix.cells.items[1].container, "OU=Zebra," BASE);
    ck_assert_uint_eq(matrix.cells.items[2].feature, 1);
    ck_assert_int_eq(audit_cell_result(&matrix.cells.items[2]), AUDIT_NOTHING);
    ck_assert_uint_eq(matrix.cells.items[3].objects, 1);
}
END_TEST

START_TEST(what_is_said_of_the_account_is_counted_once)
{
    add(NULL, NULL, MA_UNSURE, "NOT-MEMBER", NULL);
    audit_matrix_feature(&matrix, "another");
    add(NULL, NULL, MA_UNSURE, "NOT-MEMBER", NULL);
    ck_assert_uint_eq(matrix.besides, 1);
    ck_assert_uint_eq(matrix.cells.count, 0);
}
END_TEST

START_TEST(a_thousand_objects_are_one_cell)
{
    for (int i = 0; i < 1000; i++) {
        char dn[64];

        snprintf(dn, sizeof dn, "CN=%d," SALES, i);
        add(dn, "mail", MA_ALLOWED, "OK", "(OA;;WP;;;X)");
    }
    ck_assert_uint_eq(only_cell()->objects, 1000);
    ck_assert_uint_eq(only_cell()->deciders.count, 1);
    ck_assert_uint_eq(only_cell()->deciders.items[0].writes, 1000);
}
END_TEST

SUITE_WITH("rights/audit_matrix", before, after,
           what_passes_is_a_cell_with_the_entries_that_decided,
           the_worst_is_the_result_of_the_cell,
           what_is_refused_is_told_before_what_is_allowed_more_often,
           a_modification_that_fails_whole_is_no_write_more,
           the_head_of_a_domain_and_a_right_to_create_are_of_the_place_itself,
           features_stay_in_order_and_one_without_a_cell_says_so,
           what_is_said_of_the_account_is_counted_once, a_thousand_objects_are_one_cell)
