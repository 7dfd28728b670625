/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What the agent for Active Directory reads of a server that behaves as Samba cannot:
 * page by page, long attributes in ranges, limits, and servers that are ill. What it says
 * is from MS-ADTS and RFC 2696.
 */

#include <errno.h>
#include <semaphore.h>
#include <time.h>

#include "hosted.h"
#include "ldap_world.h"

static struct hosted h;
static struct ldap_script script;

static void begin(void)
{
    world_begin(&h, &script);
}

static void end(void)
{
    world_end(&h, &script);
}

/* --- pages ------------------------------------------------------------------------ */

static sem_t second_page; /* was asked for */

static void three_pages(struct ldap_call *call)
{
    if (first_cookie(call))
        return;
    if (call->size != 2)
        call->script->state++; /* the size of the run profile's step, no other */
    if (strcmp(call->cookie, "two") == 0)
        sem_post(&second_page);
    if (call->cookie[0] == '\0') {
        person(call, "CN=1,DC=x,DC=example", GUID("1"));
        person(call, "CN=2,DC=x,DC=example", GUID("2"));
        script_done(call, LDAP_SUCCESS, NULL, 0, "two");
    } else if (strcmp(call->cookie, "two") == 0) {
        script_done(call, LDAP_SUCCESS, NULL, 0, "three"); /* an empty one */
    } else {
        person(call, "CN=3,DC=x,DC=example", GUID("3"));
        script_done(call, LDAP_SUCCESS, NULL, 0, "");
    }
}

START_TEST(every_page_is_read_an_empty_one_too)
{
    script.serve = three_pages;

    ck_assert_int_eq(hosted_import(&h, AD_MA, true), MA_OK);
    ck_heard(
        &h, "present guid number 0001 [CN=1,DC=x,DC=example] objectGUID=guid number 0001 "
            "objectClass=user\n"
            "present guid number 0002 [CN=2,DC=x,DC=example] objectGUID=guid number 0002 "
            "objectClass=user\n"
            "present guid number 0003 [CN=3,DC=x,DC=example] objectGUID=guid number 0003 "
            "objectClass=user\n");
    ck_assert_ptr_nonnull(strstr(h.watermark.at, "dirsync 127.0.0.1 "));
    ck_assert_int_eq(script.state, 0);
}
END_TEST

static bool asked_ahead;

static void wait_for_the_second(struct hosted *unused)
{
    struct timespec until;

    (void)unused;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 120; /* no test comes near unless it fails */
    asked_ahead = sem_timedwait(&second_page, &until) == 0;
    h.on_entry = NULL;
}

/* So that the server reads while the engine stores. */
START_TEST(the_next_page_is_asked_for_before_the_last_one_is_handed_on)
{
    ck_assert_int_eq(sem_init(&second_page, 0, 0), 0);
    script.serve = three_pages;
    h.on_entry = wait_for_the_second;

    ck_assert_int_eq(hosted_import(&h, AD_MA, true), MA_OK);
    ck_assert(asked_ahead);
    ck_assert_uint_eq(h.entries, 3);
}
END_TEST

static void endless(struct ldap_call *call)
{
    if (!first_cookie(call))
        script_done(call, LDAP_SUCCESS, NULL, 0, "on and on");
}

static void without_end(struct ldap_call *call)
{
    if (!first_cookie(call))
        script_done(call, LDAP_SIZELIMIT_EXCEEDED, "too many", 0, NULL);
}

/* To another one at the same port: who follows is heard there. */
static void referring(struct ldap_call *call)
{
    BerElement *ber = ber_alloc_t(LBER_USE_DER);
    char url[320];

    if (first_cookie(call)) {
        ber_free(ber, 1);
        return;
    }
    call->script->state++;
    snprintf(url, sizeof url, "ldap://127.0.0.2:%u/%s", call->script->port, call->base);
    ber_printf(ber, "{it{esst{s}}}", call->id, (ber_tag_t)LDAP_RES_SEARCH_RESULT,
               LDAP_REFERRAL, "", "0000202B: RefErr: DSID-031007EF, data 0",
               (ber_tag_t)LDAP_TAG_REFERRAL, url);
    script_flush(call, ber);
}

static void dies_in_a_page(struct ldap_call *call)
{
    if (first_cookie(call))
        return;
    person(call, "CN=1,DC=x,DC=example", GUID("1"));
    script_hang_up(call);
}

static void babbles(struct ldap_call *call)
{
    static const unsigned char noise[] = {0x30, 0x84, 0, 0, 0, 9, 2, 1, 5, 0x64, 0xff, 1};

    if (!first_cookie(call))
        script_raw(call, noise, sizeof noise);
    if (call->cookie[0] != '\0' || !is_dirsync(call))
        script_hang_up(call);
}

static void refuses_a_search(struct ldap_call *call)
{
    if (!first_cookie(call))
        script_done(call, LDAP_OPERATIONS_ERROR, "000004DC: LdapErr: DSID-0C090A5C", 0,
                    NULL);
}

static void without_a_cookie(struct ldap_call *call)
{
    script_done(call, LDAP_SUCCESS, NULL, 0, NULL);
}

static const struct {
    const char *what;
    void (*serve)(struct ldap_call *);
    enum ma_status status;
    const char *text;
} ills[] = {
    {"endless pages", endless, MA_INVALID, "there is no end"},
    {"a size limit", without_end, MA_INVALID, "too many"},
    {"a referral", referring, MA_INVALID, "Referral"},
    {"a server that dies", dies_in_a_page, MA_UNREACHABLE, "127.0.0.1"},
    {"no BER", babbles, MA_UNREACHABLE, "127.0.0.1"},
    {"an error", refuses_a_search, MA_INVALID, "000004DC"},
    {"DirSync without a cookie", without_a_cookie, MA_INVALID, "no cookie"},
};

/* No watermark, so nothing that was not shown counts as gone. */
START_TEST(a_server_that_is_ill_ends_the_import_without_a_watermark)
{
    for (size_t i = 0; i < sizeof ills / sizeof ills[0]; i++) {
        script.serve = ills[i].serve;

        ck_assert_msg(hosted_import(&h, AD_MA, true) == ills[i].status, "%s: %d %s",
                      ills[i].what, h.err.status, h.err.text);
        ck_assert_msg(strstr(h.err.text, ills[i].text) != NULL, "%s: %s", ills[i].what,
                      h.err.text);
        ck_assert_uint_eq(h.watermark.length, 0);
    }
}
END_TEST

static void is_asked(struct ldap_call *call)
{
    script_done(call, LDAP_SUCCESS, NULL, 0, NULL);
}

START_TEST(a_referral_is_not_followed)
{
    struct ldap_script other;

    script_begin_at(&other, "127.0.0.2", script.port);
    other.serve = is_asked;
    script.serve = referring;

    ck_assert_int_eq(hosted_import(&h, AD_MA, true), MA_INVALID);
    ck_assert_int_eq(script.state, 1);
    ck_assert_str_eq(other.bound, ""); /* nobody came, with or without a password */
    script_end(&other);
}
END_TEST

/* --- long attributes -------------------------------------------------------------- */

enum { AT_ONCE = 1500 };

static const unsigned sizes[] = {1501, 5001, 50000};
static _Atomic unsigned members; /* of the group */

/* AD gives 1500 values of an attribute, and says which; the attribute itself it says
 * without any (MS-ADTS 3.1.1.3.1.3.3). */
static void long_group(struct ldap_call *call)
{
    BerElement *ber;
    unsigned from = 0;
    unsigned to;
    char text[64];

    if (first_cookie(call))
        return;
    (void)sscanf(call->attribute, "member;range=%u", &from);
    to = from + AT_ONCE < members ? from + AT_ONCE : members;
    ber = ber_alloc_t(LBER_USE_DER);
    snprintf(text, sizeof text,
             to == members ? "member;range=%u-*" : "member;range=%u-%u", from, to - 1);
    ber_printf(ber, "{it{s{{s[s]}{s[]}{s[", call->id, LDAP_RES_SEARCH_ENTRY,
               "CN=G,DC=x,DC=example", "objectGUID", GUID("1"), "member", text);
    for (unsigned i = from; i < to; i++) {
        snprintf(text, sizeof text, "CN=%u", i);
        ber_printf(ber, "s", text);
    }
    ber_printf(ber, "]}}}}");
    script_flush(call, ber);
    script_done(call, LDAP_SUCCESS, NULL, 0, NULL);
}

/* Each once, in their order. */
static void ck_members(unsigned count)
{
    const char *at = strstr(h.heard.at, "member=");
    char *end;

    ck_assert_ptr_nonnull(at);
    at += strlen("member=");
    for (unsigned i = 0; i < count; i++) {
        ck_assert_int_eq(strncmp(at, "CN=", 3), 0);
        ck_assert_uint_eq(strtoul(at + 3, &end, 10), i);
        ck_assert_int_eq(*end, i + 1 < count ? ',' : '\n');
        at = end + 1;
    }
}

START_TEST(a_long_attribute_is_read_to_its_last_member)
{
    script.serve = long_group;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        members = sizes[i];

        ck_assert_msg(hosted_import(&h, AD_MA, true) == MA_OK, "%s", h.err.text);
        ck_members(sizes[i]);
    }
}
END_TEST

static void group_of(struct ldap_call *call, const char *range)
{
    script_entry(call, "CN=G,DC=x,DC=example", "objectGUID", GUID("1"), "objectClass",
                 "group", range, "CN=1", NULL);
    script_done(call, LDAP_SUCCESS, NULL, 0, "");
}

static void skips_a_range(struct ldap_call *call)
{
    if (!first_cookie(call))
        group_of(call, strncmp(call->attribute, "member;range=1-", 15) == 0
                           ? "member;range=2-*"
                           : "member;range=0-0");
}

START_TEST(a_range_that_is_left_out_ends_the_import)
{
    script.serve = skips_a_range;

    ck_assert_int_eq(hosted_import(&h, AD_MA, true), MA_INVALID);
    ck_assert_ptr_nonnull(
        strstr(h.err.text, "'member' of 'CN=G,DC=x,DC=example' comes out of order"));
    ck_assert_uint_eq(h.watermark.length, 0);
}
END_TEST

/* Values were removed while they were read: Samba says that there are none, others may
 * say nothing. */
static void has_no_more(struct ldap_call *call)
{
    if (first_cookie(call))
        return;
    if (strncmp(call->attribute, "member;range=1-", 15) != 0) {
        group_of(call, "member;range=0-0");
        return;
    }
    if (call->script->state == 0)
        script_entry(call, "CN=G,DC=x,DC=example", "member;range=1-*", "", NULL);
    else
        script_entry(call, "CN=G,DC=x,DC=example", "objectGUID", GUID("1"), NULL);
    script_done(call, LDAP_SUCCESS, NULL, 0, NULL);
}

START_TEST(a_long_attribute_that_got_shorter_ends_where_it_does)
{
    script.serve = has_no_more;
    for (script.state = 0; script.state < 2; script.state++) {
        ck_assert_msg(hosted_import(&h, AD_MA, true) == MA_OK, "%s", h.err.text);
        ck_assert_ptr_nonnull(strstr(h.heard.at, "objectClass=group member=CN=1\n"));
    }
}
END_TEST

static void goes_away_in_a_range(struct ldap_call *call)
{
    if (first_cookie(call))
        return;
    if (strncmp(call->attribute, "member;range=1-", 15) == 0) {
        if (call->script->state == 0)
            script_done(call, LDAP_NO_SUCH_OBJECT, "0000208D: NameErr: DSID-03100288", 0,
                        NULL);
        else
            script_done(call, LDAP_SUCCESS, NULL, 0, NULL); /* not to be seen any more */
        return;
    }
    person(call, "CN=2,DC=x,DC=example", GUID("2"));
    group_of(call, "member;range=0-0");
}

START_TEST(an_object_that_is_deleted_while_it_is_read_is_passed_over)
{
    script.serve = goes_away_in_a_range;
    for (script.state = 0; script.state < 2; script.state++) {
        ck_assert_msg(hosted_import(&h, AD_MA, true) == MA_OK, "%s", h.err.text);
        ck_heard(&h, "present guid number 0002 [CN=2,DC=x,DC=example] objectGUID=guid "
                     "number 0002 objectClass=user\n");
    }
}
END_TEST

static void has_two_long_attributes(struct ldap_call *call)
{
    const char *rest = strchr(call->attribute, ';');

    if (first_cookie(call))
        return;
    if (rest == NULL)
        script_entry(call, "CN=G,DC=x,DC=example", "objectGUID", GUID("1"),
                     "member;range=0-0", "CN=1", "url;range=0-0", "a", NULL);
    else
        script_entry(call, call->base,
                     call->attribute[0] == 'm' ? "member;range=1-*" : "url;range=1-*",
                     call->attribute[0] == 'm' ? "CN=2" : "b", NULL);
    script_done(call, LDAP_SUCCESS, NULL, 0, "");
}

START_TEST(each_long_attribute_of_an_object_is_read_to_its_end)
{
    script.serve = has_two_long_attributes;

    ck_assert_msg(hosted_import(&h, AD_MA, true) == MA_OK, "%s", h.err.text);
    ck_heard(&h, "present guid number 0001 [CN=G,DC=x,DC=example] objectGUID=guid number "
                 "0001 member=CN=1,CN=2 url=a,b\n");
}
END_TEST

/* --- a value that fills the memory ------------------------------------------------ */

enum { HUGE_VALUE = 100 * 1000 * 1000 };

static void shows_a_huge_value(struct ldap_call *call)
{
    BerElement *ber = ber_alloc_t(LBER_USE_DER);
    char *value = calloc(1, HUGE_VALUE);
    struct berval photo = {HUGE_VALUE, value};

    if (first_cookie(call)) {
        ber_free(ber, 1);
        free(value);
        return;
    }
    memset(value, 'x', HUGE_VALUE);
    ber_printf(ber, "{it{s{{s[s]}{s[O]}}}}", call->id, LDAP_RES_SEARCH_ENTRY,
               "CN=1,DC=x,DC=example", "objectGUID", GUID("1"), "thumbnailPhoto", &photo);
    free(value);
    script_flush(call, ber);
    script_done(call, LDAP_SUCCESS, NULL, 0, "");
}

START_TEST(a_value_of_100_megabytes_comes_whole)
{
    script.serve = shows_a_huge_value;

    ck_assert_msg(hosted_import(&h, AD_MA, true) == MA_OK, "%s", h.err.text);
    ck_assert_uint_gt(h.heard.length, HUGE_VALUE);
    ck_assert_ptr_nonnull(strstr(h.heard.at, "thumbnailPhoto=xxxx"));
}
END_TEST

SUITE_WITH("plugin/ad_pages", begin, end, every_page_is_read_an_empty_one_too,
           the_next_page_is_asked_for_before_the_last_one_is_handed_on,
           a_server_that_is_ill_ends_the_import_without_a_watermark,
           a_referral_is_not_followed, a_long_attribute_is_read_to_its_last_member,
           a_range_that_is_left_out_ends_the_import,
           a_long_attribute_that_got_shorter_ends_where_it_does,
           an_object_that_is_deleted_while_it_is_read_is_passed_over,
           each_long_attribute_of_an_object_is_read_to_its_end,
           a_value_of_100_megabytes_comes_whole)
