/* SPDX-License-Identifier: Apache-2.0 */
#include "base/guid.h"

#include <sys/wait.h>
#include <unistd.h>

#include "suite.h"

START_TEST(a_guid_is_read_in_any_case_with_or_without_braces)
{
    struct guid a;
    struct guid b;

    ck_assert(guid_parse(slice_text("{B891884F-051E-4A83-95AF-2544101C9083}"), &a));
    ck_assert(guid_parse(slice_text(" b891884f-051e-4a83-95af-2544101c9083\n"), &b));
    ck_assert(guid_equal(&a, &b));
    ck_assert_uint_eq(a.bytes[0], 0x4f);
    ck_assert_uint_eq(a.bytes[8], 0x95);
}
END_TEST

START_TEST(what_is_no_guid_is_refused)
{
    struct guid guid;

    ck_assert(!guid_parse(slice_text("b891884f-051e-4a83-95af-2544101c908"), &guid));
    ck_assert(!guid_parse(slice_text("b891884f0051e-4a83-95af-2544101c9083"), &guid));
    ck_assert(!guid_parse(slice_text("{b891884f-051e-4a83-95af-2544101c9083"), &guid));
    ck_assert(!guid_parse(slice_text(""), &guid));
}
END_TEST

START_TEST(both_forms_are_written)
{
    struct guid guid;
    char out[GUID_TEXT];

    ck_assert(guid_parse(slice_text("B891884F-051E-4A83-95AF-2544101C9083"), &guid));
    ck_assert_str_eq(guid_format(&guid, GUID_PLAIN, out),
                     "b891884f-051e-4a83-95af-2544101c9083");
    ck_assert_str_eq(guid_format(&guid, GUID_BRACED_UPPER, out),
                     "{B891884F-051E-4A83-95AF-2544101C9083}");
}
END_TEST

START_TEST(a_child_of_a_fork_gives_out_guids_of_its_own)
{
    struct guid before = guid_new();
    struct guid of_child;
    struct guid next;
    int ends[2];
    int status;
    pid_t child;

    ck_assert_int_eq(pipe(ends), 0);
    child = fork();
    if (child == 0) {
        of_child = guid_new();
        _exit(write(ends[1], &of_child, sizeof of_child) != sizeof of_child);
    }
    next = guid_new();
    ck_assert_int_eq(read(ends[0], &of_child, sizeof of_child), sizeof of_child);
    ck_assert(waitpid(child, &status, 0) == child && status == 0);
    close(ends[0]);
    close(ends[1]);

    ck_assert(!guid_equal(&of_child, &next));
    ck_assert(!guid_equal(&before, &next));
}
END_TEST

START_TEST(no_two_of_many_guids_are_one)
{
    enum { MANY = 300 };
    struct guid all[MANY];

    for (size_t i = 0; i < MANY; i++) {
        all[i] = guid_new();
        for (size_t j = 0; j < i; j++)
            ck_assert(!guid_equal(&all[i], &all[j]));
    }
}
END_TEST

SUITE("base/guid", a_guid_is_read_in_any_case_with_or_without_braces,
      what_is_no_guid_is_refused, both_forms_are_written,
      a_child_of_a_fork_gives_out_guids_of_its_own, no_two_of_many_guids_are_one)
