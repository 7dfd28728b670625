/* SPDX-License-Identifier: Apache-2.0 */
#include "suite.h"
#include "support/guid.h"
#include "support/sid.h"

static size_t parsed(const char *text, unsigned char *out)
{
    return sid_parse(text, strlen(text), out);
}

START_TEST(a_sid_is_the_same_after_reading_and_writing)
{
    static const char *const texts[] = {
        "S-1-5-18", "S-1-5-21-1-2-3-512", "S-1-0x10000000000-1-2",
        "S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15",
        "S-1-5-21-4294967295-4294967295-4294967295-4294967295"};
    unsigned char sid[SID_MOST];
    char text[SID_TEXT];
    size_t i;

    for (i = 0; i < sizeof texts / sizeof *texts; i++) {
        ck_assert_uint_eq(parsed(texts[i], sid), strlen(texts[i]));
        ck_assert_uint_eq(sid_length(sid, sizeof sid), sid_size(sid));
        ck_assert_str_eq(sid_format(sid, text), texts[i]);
    }
}
END_TEST

START_TEST(what_is_no_sid_is_refused)
{
    static const char *const texts[] = {"",
                                        "S-1",
                                        "S-1-",
                                        "S-1-5-",
                                        "S-2-5-18",
                                        "S-1-281474976710656-1",
                                        "S-1-5-21-4294967296",
                                        "S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15-16"};
    unsigned char sid[SID_MOST];
    size_t i;

    for (i = 0; i < sizeof texts / sizeof *texts; i++)
        ck_assert_msg(parsed(texts[i], sid) == 0, "%s", texts[i]);
}
END_TEST

START_TEST(a_sid_of_the_wire_ends_inside_its_bytes)
{
    unsigned char sid[SID_MOST];

    ck_assert_uint_gt(parsed("S-1-5-21-1-2-3-512", sid), 0);

    ck_assert_uint_eq(sid_length(sid, 28), 28);
    ck_assert_uint_eq(sid_length(sid, 27), 0);
    ck_assert_uint_eq(sid_length(sid, 7), 0);
    sid[1] = 16;
    ck_assert_uint_eq(sid_length(sid, sizeof sid), 0);
    sid[0] = 0;
    ck_assert_uint_eq(sid_length(sid, sizeof sid), 0);
}
END_TEST

START_TEST(a_principal_is_its_domain_and_a_number)
{
    unsigned char domain[SID_MOST];
    unsigned char user[SID_MOST];
    char text[SID_TEXT];

    ck_assert_uint_gt(parsed("S-1-5-21-1-2-3", domain), 0);

    ck_assert(sid_with_rid(domain, 1601, user));
    ck_assert_str_eq(sid_format(user, text), "S-1-5-21-1-2-3-1601");
    ck_assert_uint_eq(sid_rid(user), 1601);
    ck_assert(!sid_equal(domain, user));
    ck_assert_int_lt(sid_compare(domain, user), 0);
}
END_TEST

static unsigned char *sid_of(const char *text)
{
    static unsigned char sids[8][SID_MOST];
    static size_t next;
    unsigned char *sid = sids[next++ % 8];

    ck_assert_uint_gt(parsed(text, sid), 0);
    return sid;
}

/* Sorted lists of them are searched by it. */
START_TEST(sids_have_one_order_the_shorter_first)
{
    static const char *const ordered[] = {"S-1-1-0", "S-1-5-18", "S-1-0-9-1",
                                          "S-1-5-21-1-2-3-4", "S-1-5-21-1-2-4-3"};

    for (size_t a = 0; a < 5; a++)
        for (size_t b = 0; b < 5; b++) {
            int order = sid_compare(sid_of(ordered[a]), sid_of(ordered[b]));

            ck_assert_msg((order > 0) == (a > b) && (order < 0) == (a < b), "%s %s: %d",
                          ordered[a], ordered[b], order);
            ck_assert(sid_equal(sid_of(ordered[a]), sid_of(ordered[b])) == (a == b));
        }
}
END_TEST

START_TEST(a_sid_is_read_in_any_case_and_has_room_for_15_numbers)
{
    unsigned char none[] = {1, 0, 0, 0, 0, 0, 0, 5};
    unsigned char out[SID_MOST];

    ck_assert(sid_equal(sid_of("s-1-0xABCDEFABCDEF-1"), sid_of("S-1-0xabcdefabcdef-1")));
    ck_assert_uint_eq(sid_rid(none), 0);
    ck_assert(
        !sid_with_rid(sid_of("S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15"), 16, out));
    ck_assert_uint_eq(sid_parse("S-1-5-18", 4, out), 0); /* it ends there */
}
END_TEST

START_TEST(a_guid_is_read_in_any_case_and_written_small)
{
    static const char upper[] = "7CB4C7D3-8787-42B0-B438-3C5D479AD31E";
    static const unsigned char wire[] = {0xd3, 0xc7, 0xb4, 0x7c, 0x87, 0x87, 0xb0, 0x42,
                                         0xb4, 0x38, 0x3c, 0x5d, 0x47, 0x9a, 0xd3, 0x1e};
    unsigned char guid[GUID_SIZE];
    struct bytes text = {0};

    ck_assert(guid_read(upper, 36, guid));
    ck_assert_mem_eq(guid, wire, sizeof wire);
    guid_text(&text, guid);
    ck_assert_str_eq(text.at, "7cb4c7d3-8787-42b0-b438-3c5d479ad31e");
    bytes_free(&text);
    ck_assert(!guid_read("7cb4c7d3x8787-42b0-b438-3c5d479ad31e", 36, guid));
    ck_assert(!guid_read("7cb4c7d3-8787-42b0-b438-3c5d479ad31g", 36, guid));
    ck_assert(!guid_read(upper, 35, guid));
}
END_TEST

SUITE("support/ids", a_sid_is_the_same_after_reading_and_writing,
      what_is_no_sid_is_refused, a_sid_of_the_wire_ends_inside_its_bytes,
      a_principal_is_its_domain_and_a_number, sids_have_one_order_the_shorter_first,
      a_sid_is_read_in_any_case_and_has_room_for_15_numbers,
      a_guid_is_read_in_any_case_and_written_small)
