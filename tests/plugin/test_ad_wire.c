/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The agent for Active Directory against a server that behaves as Samba cannot: DirSync
 * in pieces, long attributes, limits, Windows' words, and servers that are ill. What it
 * says is from MS-ADTS and from published logs of domain controllers.
 */

#include <time.h>

#include "hosted.h"
#include "ldap_world.h"

static struct hosted h;
static struct ldap_script script;

static void begin(void)
{
    hosted_begin(&h);
    script_begin(&script);
    script_bind(&h, &script);
    hosted_param(&h, "server", "127.0.0.1");
}

static void end(void)
{
    hosted_end(&h);
    script_end(&script);
}

/* --- pages ---------------------------------------------------------------------------
 */

static void three_pages(struct ldap_call *call)
{
    if (first_cookie(call))
        return;
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

/* To itself: who follows goes round for ever. */
static void referring(struct ldap_call *call)
{
    BerElement *ber = ber_alloc_t(LBER_USE_DER);
    char url[320];

    if (first_cookie(call)) {
        ber_free(ber, 1);
        return;
    }
    call->script->state++;
    snprintf(url, sizeof url, "ldap://127.0.0.1:%u/%s", call->script->port, call->base);
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

START_TEST(a_server_that_refers_to_itself_is_asked_once)
{
    script.serve = referring;

    ck_assert_int_eq(hosted_import(&h, AD_MA, true), MA_INVALID);
    ck_assert_int_eq(script.state, 1);
}
END_TEST

/* --- long attributes -----------------------------------------------------------------
 */

enum { AT_ONCE = 1500 };

static const unsigned sizes[] = {1501, 5001, 50000};
static _Atomic unsigned members; /* of the group */

/* AD gives 1500 values of an attribute, and says which. */
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
    ber_printf(ber, "{it{s{{s[s]}{s[", call->id, LDAP_RES_SEARCH_ENTRY,
               "CN=G,DC=x,DC=example", "objectGUID", GUID("1"), text);
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

/* --- changes -------------------------------------------------------------------------
 */

static void one_change(struct ldap_call *call, const char *guid, const char *title)
{
    script_entry(call, "CN=1,DC=x,DC=example", "objectGUID", guid, "instanceType", "4",
                 "title", title, NULL);
}

/* Three pieces, each with its cookie. */
static void changes_in_pieces(struct ldap_call *call)
{
    if (first_cookie(call))
        return;
    if (!is_dirsync(call))
        script_done(call, LDAP_SUCCESS, NULL, 0, NULL);
    else if (strcmp(call->cookie, "cookie0") == 0) {
        one_change(call, GUID("1"), "a");
        script_done(call, LDAP_SUCCESS, NULL, 1, "cookie1");
    } else if (strcmp(call->cookie, "cookie1") == 0) {
        one_change(call, GUID("2"), "b");
        script_done(call, LDAP_SUCCESS, NULL, 1, "cookie2");
    } else {
        one_change(call, GUID("3"), "c");
        script_done(call, LDAP_SUCCESS, NULL, 0, "cookie3");
    }
}

START_TEST(changes_come_in_pieces_and_each_is_a_checkpoint)
{
    script.serve = changes_in_pieces;
    ck_assert_int_eq(hosted_import(&h, AD_MA, true), MA_OK);

    ck_assert_int_eq(hosted_import(&h, AD_MA, false), MA_OK);

    ck_heard(&h, "modify guid number 0001 [CN=1,DC=x,DC=example] title=a\n"
                 "modify guid number 0002 [CN=1,DC=x,DC=example] title=b\n"
                 "modify guid number 0003 [CN=1,DC=x,DC=example] title=c\n");
    ck_assert_uint_eq(h.checkpoints, 3);
    ck_assert_ptr_nonnull(strstr(h.watermark.at, "Y29va2llMw==")); /* cookie3 */
}
END_TEST

START_TEST(a_killed_delta_import_goes_on_behind_its_checkpoint)
{
    script.serve = changes_in_pieces;
    ck_assert_int_eq(hosted_import(&h, AD_MA, true), MA_OK);
    h.die_after = 2;
    ck_assert_int_eq(hosted_import(&h, AD_MA, false), MA_CANCELLED);

    ck_assert_int_eq(hosted_import(&h, AD_MA, false), MA_OK);

    ck_heard(&h, "modify guid number 0003 [CN=1,DC=x,DC=example] title=c\n");
}
END_TEST

static void linked_values(struct ldap_call *call)
{
    if (first_cookie(call))
        return;
    if (is_dirsync(call)) {
        ck_assert_uint_eq((unsigned)call->flags & 0x80000000u, 0x80000000u);
        script_entry(call, "CN=G,DC=x,DC=example", "objectGUID", GUID("1"),
                     "member;range=1-1", "CN=new", "member;range=0-0", "CN=old",
                     "description", "", NULL);
    }
    script_done(call, LDAP_SUCCESS, NULL, 0, is_dirsync(call) ? "cookie1" : NULL);
}

START_TEST(linked_values_come_one_by_one_and_an_emptied_attribute_without_any)
{
    script.serve = linked_values;
    ck_assert_int_eq(hosted_import(&h, AD_MA, true), MA_OK);

    ck_assert_int_eq(hosted_import(&h, AD_MA, false), MA_OK);

    ck_heard(&h, "modify guid number 0001 [CN=G,DC=x,DC=example] member-CN=old+CN=new "
                 "description=\n");
}
END_TEST

static void cookie_is_old(struct ldap_call *call)
{
    if (first_cookie(call))
        return;
    if (is_dirsync(call))
        script_done(call, LDAP_UNAVAILABLE_CRITICAL_EXTENSION,
                    "000020EF: SvcErr: DSID-03140594, problem 5010 (UNAVAIL_EXTENSION)",
                    0, NULL);
    else
        script_done(call, LDAP_SUCCESS, NULL, 0, NULL);
}

START_TEST(a_cookie_that_is_refused_needs_a_full_import)
{
    script.serve = cookie_is_old;
    ck_assert_int_eq(hosted_import(&h, AD_MA, true), MA_OK);

    ck_assert_int_eq(hosted_import(&h, AD_MA, false), MA_FULL_NEEDED);
    ck_assert_ptr_nonnull(strstr(h.err.text, "000020EF"));
}
END_TEST

START_TEST(another_database_needs_a_full_import)
{
    script.serve = changes_in_pieces;
    ck_assert_int_eq(hosted_import(&h, AD_MA, true), MA_OK);
    script.invocation = "other invocation";

    ck_assert_int_eq(hosted_import(&h, AD_MA, false), MA_FULL_NEEDED);
    ck_assert_ptr_nonnull(strstr(h.err.text, "restored or made anew"));
}
END_TEST

/* --- what moves while it is read
 * --------------------------------------------------------
 */

static void move_of_two(struct ldap_call *call, bool to)
{
    script_entry(call, to ? "CN=2,OU=A,DC=x,DC=example" : "CN=9,OU=Z,DC=x,DC=example",
                 "objectGUID", to ? GUID("2") : GUID("9"), "instanceType", "4", "name",
                 "2", "parentGUID", GUID("a"), NULL);
}

/* Two containers. Behind the first, 2 moves there from the second; 9 goes where nothing
 * is selected, and 1 only changes. */
static void two_containers(struct ldap_call *call)
{
    if (first_cookie(call))
        return;
    if (is_dirsync(call)) {
        move_of_two(call, true);
        move_of_two(call, false);
        one_change(call, GUID("1"), "a");
        script_done(call, LDAP_SUCCESS, NULL, 0, "cookie1");
        return;
    }
    if (strcmp(call->base, "OU=A,DC=x,DC=example") == 0)
        person(call, "CN=1,OU=A,DC=x,DC=example", GUID("1"));
    else if (strcmp(call->base, "OU=B,DC=x,DC=example") == 0)
        person(call, "CN=3,OU=B,DC=x,DC=example", GUID("3"));
    else if (memmem(call->filter.bv_val, call->filter.bv_len, GUID("2"), 16) != NULL)
        person(call, "CN=2,OU=A,DC=x,DC=example", GUID("2"));
    else if (strcmp(call->base, "CN=2,OU=A,DC=x,DC=example") == 0)
        person(call, "CN=2,OU=A,DC=x,DC=example", GUID("2"));
    script_done(call, LDAP_SUCCESS, NULL, 0, "");
}

START_TEST(who_moves_from_an_unread_container_into_a_read_one_is_not_missed)
{
    static const char *const included[] = {"OU=A,DC=x,DC=example", "OU=B,DC=x,DC=example",
                                           NULL};

    h.included = included;
    script.serve = two_containers;

    ck_assert_msg(hosted_import(&h, AD_MA, true) == MA_OK, "%s", h.err.text);
    ck_heard(&h, "present guid number 0001 [CN=1,OU=A,DC=x,DC=example] objectGUID=guid "
                 "number 0001 objectClass=user\n"
                 "present guid number 0003 [CN=3,OU=B,DC=x,DC=example] objectGUID=guid "
                 "number 0003 objectClass=user\n"
                 "present guid number 0002 [CN=2,OU=A,DC=x,DC=example] objectGUID=guid "
                 "number 0002 objectClass=user\n");
    /* the next delta import begins where this one did */
    ck_assert_ptr_nonnull(strstr(h.watermark.at, "Y29va2llMA==")); /* cookie0 */
}
END_TEST

/* --- a value that fills the memory
 * ----------------------------------------------------------
 */

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

/* --- refusals, in the words of Windows -----------------------------------------------
 */

static void refuses_changes(struct ldap_call *call)
{
    if (call->op == LDAP_REQ_SEARCH) {
        if (strcmp(call->attribute, "allowedAttributesEffective") == 0)
            script_entry(call, call->base, "allowedAttributesEffective", "title",
                         "allowedAttributesEffective", "info", NULL);
        script_done(call, LDAP_SUCCESS, NULL, 0, NULL);
        return;
    }
    /* the first is refused, the rest of a split is not */
    if (call->op == LDAP_REQ_MODIFY && script.state++ > 0)
        script_done(call, LDAP_SUCCESS, NULL, 0, NULL);
    else
        script_done(
            call, LDAP_INSUFFICIENT_ACCESS,
            "00002098: SecErr: DSID-03150F94, problem 4003 (INSUFF_ACCESS_RIGHTS), "
            "data 0\n",
            0, NULL);
}

static const struct ma_value values[] = {{"x", 1}};
static const struct ma_attribute attributes[] = {
    {.name = "title", .values = values, .count = 1},
    {.name = "proxyAddresses", .values = values, .count = 1}};
static const struct ma_entry change = {.size = sizeof change,
                                       .change = MA_MODIFY,
                                       .anchor = {GUID("1"), 16},
                                       .dn = "CN=1,DC=x,DC=example",
                                       .attributes = attributes,
                                       .count = 2};

START_TEST(a_refusal_has_the_number_of_its_first_digits_and_the_attribute_to_blame)
{
    const struct ma_entry *const one[] = {&change};

    hosted_param(&h, "split-refused", "false");
    script.serve = refuses_changes;

    ck_assert_int_eq(hosted_export(&h, AD_MA, one, 1), MA_OK);
    ck_heard(&h, "0 failed permission-issue\n");
    ck_assert_str_eq(h.error_code, "8344");
    ck_assert_str_eq(h.error_literal,
                     "Insufficient access rights to perform the operation.");
    ck_assert_str_eq(
        h.server_detail,
        "LDAP 50: 00002098: SecErr: DSID-03150F94, problem 4003 "
        "(INSUFF_ACCESS_RIGHTS), data 0; the account may not write: proxyAddresses; "
        "with the parameter split-refused the rest is written");
    ck_assert_int_eq(script.state, 1);
}
END_TEST

START_TEST(a_refused_change_is_split_unless_that_is_not_wanted)
{
    const struct ma_entry *const one[] = {&change};

    script.serve = refuses_changes;

    ck_assert_int_eq(hosted_export(&h, AD_MA, one, 1), MA_OK);
    ck_heard(&h, "0 failed permission-issue\n");
    ck_assert_ptr_nonnull(strstr(h.server_detail, "the rest was written"));
    ck_assert_int_eq(script.state, 2);
}
END_TEST

/* --- the window ------------------------------------------------------------------------
 */

static struct ma_entry person_to_change(const char *dn, const char *guid)
{
    struct ma_entry entry = change;

    entry.dn = dn;
    entry.anchor = (struct ma_value){guid, 16};
    entry.count = 1;
    return entry;
}

/* The first change is answered when the third one has come, with the others before it. */
static void waits_for_three(struct ldap_call *call)
{
    static struct ldap_call held[2];

    if (call->op != LDAP_REQ_MODIFY) {
        script_done(call, LDAP_SUCCESS, NULL, 0, NULL);
        return;
    }
    if (script.state < 2) {
        held[script.state++] = *call;
        return;
    }
    script_done(call, LDAP_SUCCESS, NULL, 0, NULL);
    script_done(&held[1], LDAP_SUCCESS, NULL, 0, NULL);
    script_done(&held[0], LDAP_SUCCESS, NULL, 0, NULL);
}

START_TEST(the_next_batch_is_on_its_way_before_the_last_one_is_answered)
{
    const struct ma_entry a = person_to_change("CN=1,DC=x,DC=example", GUID("1"));
    const struct ma_entry b = person_to_change("CN=2,DC=x,DC=example", GUID("2"));
    const struct ma_entry c = person_to_change("CN=3,DC=x,DC=example", GUID("3"));
    const struct ma_entry *const some[] = {&a, &b};
    const struct ma_entry *const more[] = {&c};

    script.serve = waits_for_three;
    h.more = more;
    h.more_count = 1;

    ck_assert_int_eq(hosted_export(&h, AD_MA, some, 2), MA_OK);
    ck_heard(&h, "2 exported\n1 exported\n0 exported\n");
}
END_TEST

static void answers_one_by_one(struct ldap_call *call)
{
    script.state += call->op == LDAP_REQ_MODIFY;
    script_done(call, LDAP_SUCCESS, NULL, 0, NULL);
}

/* As an object that is exported in two parts: the second is sent when the first is there.
 */
START_TEST(one_object_keeps_its_order_over_two_batches)
{
    const struct ma_entry a = person_to_change("CN=1,DC=x,DC=example", GUID("1"));
    const struct ma_entry below =
        person_to_change("CN=2,CN=1,DC=x,DC=example", GUID("2"));
    const struct ma_entry *const some[] = {&a};
    const struct ma_entry *const more[] = {&below, &a};

    script.serve = answers_one_by_one;
    h.more = more;
    h.more_count = 2;

    ck_assert_int_eq(hosted_export(&h, AD_MA, some, 1), MA_OK);
    ck_heard(&h, "0 exported\n1 exported\n2 exported\n");
    ck_assert_int_eq(script.state, 3);
}
END_TEST

/* --- patience ------------------------------------------------------------------------
 */

static void says_nothing(struct ldap_call *call)
{
    (void)call;
    h.cancelled = true;
}

START_TEST(who_is_silent_is_left_within_a_second_of_a_cancel)
{
    struct timespec from;
    struct timespec to;

    script.serve = says_nothing;
    clock_gettime(CLOCK_MONOTONIC, &from);

    ck_assert_int_eq(hosted_import(&h, AD_MA, true), MA_CANCELLED);
    clock_gettime(CLOCK_MONOTONIC, &to);
    ck_assert_int_lt(to.tv_sec - from.tv_sec, 3); /* on a machine that is busy */
}
END_TEST

static void is_slow(struct ldap_call *call)
{
    (void)call;
}

START_TEST(who_is_silent_is_left_at_the_time_limit)
{
    script.serve = is_slow;
    h.time_limit = 1;

    ck_assert_int_eq(hosted_import(&h, AD_MA, true), MA_UNREACHABLE);
    ck_assert_ptr_nonnull(strstr(h.err.text, "no answer within the time limit"));
}
END_TEST

SUITE_WITH("plugin/ad_wire", begin, end, every_page_is_read_an_empty_one_too,
           a_server_that_is_ill_ends_the_import_without_a_watermark,
           a_server_that_refers_to_itself_is_asked_once,
           a_long_attribute_is_read_to_its_last_member,
           changes_come_in_pieces_and_each_is_a_checkpoint,
           a_killed_delta_import_goes_on_behind_its_checkpoint,
           linked_values_come_one_by_one_and_an_emptied_attribute_without_any,
           a_cookie_that_is_refused_needs_a_full_import,
           another_database_needs_a_full_import,
           who_moves_from_an_unread_container_into_a_read_one_is_not_missed,
           a_value_of_100_megabytes_comes_whole,
           a_refusal_has_the_number_of_its_first_digits_and_the_attribute_to_blame,
           a_refused_change_is_split_unless_that_is_not_wanted,
           the_next_batch_is_on_its_way_before_the_last_one_is_answered,
           one_object_keeps_its_order_over_two_batches,
           who_is_silent_is_left_within_a_second_of_a_cancel,
           who_is_silent_is_left_at_the_time_limit)
