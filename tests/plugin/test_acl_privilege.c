/* SPDX-License-Identifier: Apache-2.0 */
#include "acl.h"
#include "privilege.h"

#define DOMAIN "S-1-5-21-1-2-3"
#define ACCOUNT DOMAIN "-1104"
#define RESET "00299570-246d-11d0-a768-00aa006e0529"
#define SECRETS "1131f6ad-9c07-11d1-f79f-00c04fc2dcd2"
#define CHANGES "1131f6aa-9c07-11d1-f79f-00c04fc2dcd2"

/* The names of what was found, with blanks between; of a token of the account, of
 * everybody, and of `more`. */
static const char *found(const char *list, const char *more)
{
    static char text[512];
    static const struct acl_domain none;
    const char *const sids[] = {ACCOUNT, "S-1-1-0", "S-1-5-11", more};
    json_t *names = json_array();
    struct privilege out[PRIVILEGES];
    unsigned char domain[SID_MOST];
    struct acl_token token;
    struct acl_of own;
    size_t count;

    for (size_t i = 0; i < sizeof sids / sizeof sids[0] && sids[i] != NULL; i++)
        json_array_append_new(names, json_string(sids[i]));
    acl_sid(DOMAIN, domain);
    acl_token(&token, names);
    acl_of(&own, list, &none, list);
    count = privilege_find(&own.sd, &token.token, domain, out);
    text[0] = '\0';
    for (size_t i = 0; i < count; i++)
        sprintf(text + strlen(text), "%s%s %d", i == 0 ? "" : ", ",
                privilege_name(out[i].code), out[i].ace);
    bytes_free(&own.bytes);
    json_decref(names);
    return text;
}

START_TEST(what_a_write_back_needs_is_no_privilege)
{
    ck_assert_str_eq(found("D:(OA;CIIO;WP;bf967a06-0de6-11d0-a285-00aa003049e2;;" ACCOUNT
                           ")"
                           "(OA;;CR;" CHANGES ";;" ACCOUNT ")(A;;LCRPLORC;;;S-1-5-11)"
                           "(A;;GA;;;S-1-5-18)(A;;WD;;;" DOMAIN "-1999)",
                           NULL),
                     "");
}
END_TEST

START_TEST(each_grant_that_goes_beyond_is_named_with_its_entry)
{
    ck_assert_str_eq(found("D:(A;;RP;;;S-1-5-11)(OA;;CR;" SECRETS ";;" ACCOUNT ")", NULL),
                     "MAY-READ-SECRETS 1");
    ck_assert_str_eq(found("D:(OA;CIIO;CR;" RESET ";;" ACCOUNT ")", NULL),
                     "MAY-RESET-PASSWORDS 0");
    ck_assert_str_eq(found("D:(A;CI;CR;;;" ACCOUNT ")", NULL),
                     "MAY-RESET-PASSWORDS 0, MAY-READ-SECRETS 0");
    ck_assert_str_eq(found("D:(A;CI;WDWO;;;" ACCOUNT ")(A;CI;WP;;;S-1-1-0)", NULL),
                     "MAY-CHANGE-RIGHTS 0, MAY-TAKE-OWNERSHIP 0, MAY-WRITE-EVERYTHING 1");
}
END_TEST

START_TEST(full_control_and_administrators_say_it_all)
{
    ck_assert_str_eq(found("D:(A;CI;GA;;;" ACCOUNT ")", NULL), "MAY-DO-EVERYTHING 0");
    ck_assert_str_eq(found("D:(A;CI;GA;;;" ACCOUNT ")", DOMAIN "-512"),
                     "IS-ADMINISTRATOR -1");
    ck_assert_str_eq(found("D:", "S-1-5-32-548"), "IS-ADMINISTRATOR -1");
    ck_assert_str_eq(found("D:", DOMAIN "-513"), "");
}
END_TEST

START_TEST(what_denies_or_depends_is_no_grant)
{
    ck_assert_str_eq(found("D:(D;;WD;;;" ACCOUNT ")(OD;;CR;" RESET ";;" ACCOUNT ")"
                           "(XA;;WD;;;" ACCOUNT ";(Member_of {SID(BA)}))",
                           NULL),
                     "");
}
END_TEST

SUITE("acl/privilege", what_a_write_back_needs_is_no_privilege,
      each_grant_that_goes_beyond_is_named_with_its_entry,
      full_control_and_administrators_say_it_all, what_denies_or_depends_is_no_grant)
