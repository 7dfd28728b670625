/* SPDX-License-Identifier: Apache-2.0 */
#include "base/guid.h"

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

SUITE("base/guid", a_guid_is_read_in_any_case_with_or_without_braces,
      what_is_no_guid_is_refused, both_forms_are_written)
