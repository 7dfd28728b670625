/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The agent for Active Directory against a server that behaves as Samba cannot: DirSync
 * in pieces, Windows' words, a window of exports. What it says is from MS-ADTS and from
 * published logs of domain controllers.
 */

#include <poll.h>
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

/* --- changes ---------------------------------------------------------------------- */

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

static _Atomic unsigned asked_how;

static void linked_values(struct ldap_call *call)
{
    if (first_cookie(call))
        return;
    if (is_dirsync(call)) {
        asked_how = (unsigned)call->flags;
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
    /* LDAP_DIRSYNC_INCREMENTAL_VALUES, LDAP_DIRSYNC_ANCESTORS_FIRST_ORDER */
    ck_assert_uint_eq(asked_how, 0x80000800u);
}
END_TEST

/* What tells that an object has another place; "" is an attribute without values. */
static const struct {
    const char *name;
    const char *value;
} signs[] = {
    {"name", "1"}, {"parentGUID", GUID("a")}, {"isDeleted", ""}, {"objectClass", "user"}};
static _Atomic size_t sign;

static void has_a_new_place(struct ldap_call *call)
{
    if (first_cookie(call))
        return;
    if (is_dirsync(call))
        script_entry(call, "CN=1,DC=x,DC=example", "objectGUID", GUID("1"),
                     signs[sign].name, signs[sign].value, NULL);
    else if (memmem(call->filter.bv_val, call->filter.bv_len, GUID("1"), 16) != NULL)
        person(call, "CN=1,DC=x,DC=example", GUID("1"));
    else if (strcmp(call->base, "CN=1,DC=x,DC=example") == 0)
        person(call, "CN=2,CN=1,DC=x,DC=example", GUID("2"));
    script_done(call, LDAP_SUCCESS, NULL, 0, is_dirsync(call) ? "cookie1" : NULL);
}

#define WHOLE                                                                            \
    "present guid number 0001 [CN=1,DC=x,DC=example] objectGUID=guid number 0001 "       \
    "objectClass=user\n"
#define BELOW                                                                            \
    "present guid number 0002 [CN=2,CN=1,DC=x,DC=example] objectGUID=guid number 0002 "  \
    "objectClass=user\n"

/* A new object has nobody below it of whom there is no change of its own. */
START_TEST(what_may_have_another_place_is_read_whole_and_all_below_it)
{
    script.serve = has_a_new_place;
    for (sign = 0; sign < sizeof signs / sizeof signs[0]; sign++) {
        ck_assert_int_eq(hosted_import(&h, AD_MA, true), MA_OK);

        ck_assert_int_eq(hosted_import(&h, AD_MA, false), MA_OK);
        ck_assert_msg(strcmp(h.heard.at, strcmp(signs[sign].name, "objectClass") == 0
                                             ? WHOLE
                                             : WHOLE BELOW) == 0,
                      "%s: %s", signs[sign].name, h.heard.at);
    }
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

/* --- what a mark does not lead to any more ---------------------------------------- */

static const char *_Atomic lifetime; /* days; NULL: the forest does not say */
static _Atomic int lifetime_code;

static void has_tombstones(struct ldap_call *call)
{
    if (first_cookie(call))
        return;
    if (strcmp(call->base, "CN=Directory Service,CN=Windows NT,CN=Services,"
                           "CN=Configuration,DC=x,DC=example") == 0 &&
        lifetime != NULL)
        script_entry(call, call->base, "tombstoneLifetime", lifetime, NULL);
    script_done(call,
                strstr(call->base, "CN=Services") != NULL ? lifetime_code : LDAP_SUCCESS,
                NULL, 0, is_dirsync(call) ? "cookie1" : NULL);
}

static const struct {
    int days; /* since the last import; -1: the mark is of a version that kept no time */
    const char *lifetime;
    const char *refused;
} ages[] = {
    {179, "180", NULL},
    {180, "180", "180 days ago, and what was deleted is told for 180 days only"},
    {59, NULL, NULL},
    {60, NULL, "60 days ago, and what was deleted is told for 60 days only"},
    {1, "2", NULL},
    {-1, "180", NULL},
};

static void date_watermark(int days)
{
    struct buf old = h.watermark;
    const char *rest = strstr(old.at, "dirsync");

    ck_assert_ptr_nonnull(rest);
    h.watermark = (struct buf){0};
    if (days >= 0)
        buf_print(&h.watermark, "at %lld ", (long long)time(NULL) - days * 86400LL - 60);
    buf_text(&h.watermark, rest);
    buf_free(&old);
}

/* The cookie would be good: it tells of changes, and not of whom nobody remembers. */
START_TEST(who_comes_when_tombstones_are_gone_needs_a_full_import)
{
    script.configuration = "CN=Configuration,DC=x,DC=example";
    script.serve = has_tombstones;
    for (size_t i = 0; i < sizeof ages / sizeof ages[0]; i++) {
        bool good = ages[i].refused == NULL;
        long long before;

        lifetime = ages[i].lifetime;
        ck_assert_int_eq(hosted_import(&h, AD_MA, true), MA_OK);
        ck_assert_int_eq(strncmp(h.watermark.at, "at ", 3), 0);
        before = strtoll(h.watermark.at + 3, NULL, 10) - 1;
        date_watermark(ages[i].days);

        ck_assert_msg(hosted_import(&h, AD_MA, false) == (good ? MA_OK : MA_FULL_NEEDED),
                      "%d days: %s", ages[i].days, h.err.text);
        if (good) /* and its mark is of now */
            ck_assert_int_gt(strtoll(h.watermark.at + 3, NULL, 10), before);
        else
            ck_assert_ptr_nonnull(strstr(h.err.text, ages[i].refused));
    }
}
END_TEST

/* Not to this account, or to nobody: then it is what it is where nobody has set one. */
START_TEST(a_lifetime_of_tombstones_that_cannot_be_read_is_the_usual_one)
{
    static const int codes[] = {LDAP_INSUFFICIENT_ACCESS, LDAP_NO_SUCH_OBJECT};

    script.configuration = "CN=Configuration,DC=x,DC=example";
    script.serve = has_tombstones;
    lifetime = NULL;
    for (size_t i = 0; i < 2; i++) {
        lifetime_code = codes[i];
        ck_assert_int_eq(hosted_import(&h, AD_MA, true), MA_OK);
        date_watermark(59);
        ck_assert_msg(hosted_import(&h, AD_MA, false) == MA_OK, "%s", h.err.text);
        date_watermark(60);
        ck_assert_int_eq(hosted_import(&h, AD_MA, false), MA_FULL_NEEDED);
    }
    lifetime_code = LDAP_SUCCESS;
}
END_TEST

static void has_nothing(struct ldap_call *call)
{
    script_done(call, LDAP_SUCCESS, NULL, 0, NULL);
}

START_TEST(a_server_that_counts_less_than_before_needs_a_full_import)
{
    hosted_param(&h, "delta", "usn");
    script.serve = has_nothing;
    ck_assert_int_eq(hosted_import(&h, AD_MA, true), MA_OK);
    memcpy(strstr(h.watermark.at, " 5000") + 1, "5001", 4);

    ck_assert_int_eq(hosted_import(&h, AD_MA, false), MA_FULL_NEEDED);
    ck_assert_ptr_nonnull(
        strstr(h.err.text, "counts its changes to 5000, and was at 5001"));
}
END_TEST

/* --- without DirSync -------------------------------------------------------------- */

/* A container has another name, and its person a DN that no change of hers tells. */
static void has_change_numbers(struct ldap_call *call)
{
    static const char next[] = "uSNChanged\004\0045001"; /* behind 5000, in BER */
    bool changes = memmem(call->filter.bv_val, call->filter.bv_len, "uSNChanged", 10);

    if (changes &&
        memmem(call->filter.bv_val, call->filter.bv_len, next, sizeof next - 1) != NULL) {
        script_entry(call, "OU=B,DC=x,DC=example", "objectGUID", GUID("1"), "objectClass",
                     "organizationalUnit", NULL);
        script_entry(call, "CN=3\\0ADEL:3,CN=Deleted Objects,DC=x,DC=example",
                     "objectGUID", GUID("3"), "isDeleted", "TRUE", NULL);
    } else if (!changes && strcmp(call->base, "OU=B,DC=x,DC=example") == 0) {
        person(call, "CN=2,OU=B,DC=x,DC=example", GUID("2"));
    }
    script_done(call, LDAP_SUCCESS, NULL, 0, NULL);
}

START_TEST(by_change_numbers_all_behind_the_last_come_and_what_is_below_a_container)
{
    hosted_param(&h, "delta", "usn");
    script.serve = has_change_numbers;
    ck_assert_msg(hosted_import(&h, AD_MA, true) == MA_OK, "%s", h.err.text);
    ck_assert_ptr_nonnull(strstr(h.watermark.at, "usn 127.0.0.1 "));

    ck_assert_msg(hosted_import(&h, AD_MA, false) == MA_OK, "%s", h.err.text);
    ck_heard(&h, "present guid number 0001 [OU=B,DC=x,DC=example] objectGUID=guid number "
                 "0001 objectClass=organizationalUnit\n"
                 "delete guid number 0003 [CN=3\\0ADEL:3,CN=Deleted "
                 "Objects,DC=x,DC=example]\n"
                 "present guid number 0002 [CN=2,OU=B,DC=x,DC=example] objectGUID=guid "
                 "number 0002 objectClass=user\n");
    ck_assert_ptr_nonnull(strstr(h.watermark.at, " 5000"));
}
END_TEST

/* --- what moves while it is read -------------------------------------------------- */

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
        person(call, "CN=4,CN=2,OU=A,DC=x,DC=example", GUID("4")); /* along with it */
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
                 "number 0002 objectClass=user\n"
                 "present guid number 0004 [CN=4,CN=2,OU=A,DC=x,DC=example] "
                 "objectGUID=guid number 0004 objectClass=user\n");
    /* the next delta import begins where this one did */
    ck_assert_ptr_nonnull(strstr(h.watermark.at, "Y29va2llMA==")); /* cookie0 */
}
END_TEST

/* What the first run showed of the first container still counts. */
START_TEST(a_killed_full_import_goes_on_behind_the_containers_that_it_read)
{
    static const char *const included[] = {"OU=A,DC=x,DC=example", "OU=B,DC=x,DC=example",
                                           NULL};

    h.included = included;
    script.serve = two_containers;
    h.die_after = 1;
    ck_assert_int_eq(hosted_import(&h, AD_MA, true), MA_CANCELLED);
    ck_assert_ptr_nonnull(strstr(h.heard.at, "[CN=1,OU=A,DC=x,DC=example]"));

    ck_assert_msg(hosted_import(&h, AD_MA, true) == MA_OK, "%s", h.err.text);
    ck_assert_uint_eq(h.started_over, 0);
    ck_assert_ptr_null(strstr(h.heard.at, "[CN=1,OU=A,DC=x,DC=example]"));
    ck_assert_ptr_nonnull(strstr(h.heard.at, "[CN=3,OU=B,DC=x,DC=example]"));
    ck_assert_ptr_nonnull(strstr(h.heard.at, "[CN=2,OU=A,DC=x,DC=example]")); /* moved */
    ck_assert_ptr_nonnull(strstr(h.watermark.at, "Y29va2llMA==")); /* cookie0 */
}
END_TEST

/* --- refusals, in the words of Windows -------------------------------------------- */

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

/* Neither TLS nor a layer of Kerberos. */
START_TEST(a_password_is_not_sent_on_a_connection_that_others_read)
{
    static const struct ma_attribute password = {
        .name = "unicodePwd", .values = values, .count = 1};
    struct ma_entry entry = change;
    const struct ma_entry *const one[] = {&entry};

    entry.attributes = &password;
    entry.count = 1;
    script.serve = refuses_changes;

    ck_assert_int_eq(hosted_export(&h, AD_MA, one, 1), MA_OK);
    ck_heard(&h, "0 failed password-set-disallowed\n");
    ck_assert_int_eq(script.state, 0);
}
END_TEST

/* --- the window ------------------------------------------------------------------- */

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

static bool is_expected;

/* Is the second one here before the first one is answered? Sent together, it is. Who is
 * expected is waited for, however slow the machine. */
static void looks_for_another(struct ldap_call *call)
{
    struct pollfd next = {.fd = call->script->connection, .events = POLLIN};

    if (call->op == LDAP_REQ_MODIFY &&
        strcmp(call->base, "<GUID=67756964206e756d6265722030303031>") == 0)
        script.state = poll(&next, 1, is_expected ? -1 : 500) > 0;
    script_done(call, LDAP_SUCCESS, NULL, 0, NULL);
}

static const struct {
    const char *dn;
    struct ma_value manager;
    int sent_together;
} seconds[] = {
    {"CN=2,DC=x,DC=example", {"CN=9,DC=x,DC=example", 20}, 1},
    {"CN=2,DC=x,DC=example", {"cn=1, DC=x,DC=example", 21}, 0},
    {"CN=2,cn=1, DC=x,DC=example", {"CN=9,DC=x,DC=example", 20}, 0},
    {"DC=x,DC=example", {"CN=9,DC=x,DC=example", 20}, 0},
};

START_TEST(who_is_below_or_above_or_refers_to_who_is_under_way_waits_others_do_not)
{
    struct ma_attribute manager = {.name = "manager", .type = MA_REFERENCE, .count = 1};
    struct ma_entry a = person_to_change("CN=1,DC=x,DC=example", GUID("1"));
    struct ma_entry b = person_to_change("CN=2,DC=x,DC=example", GUID("2"));
    const struct ma_entry *const both[] = {&a, &b};

    b.attributes = &manager;
    script.serve = looks_for_another;
    for (size_t i = 0; i < sizeof seconds / sizeof seconds[0]; i++) {
        b.dn = seconds[i].dn;
        manager.values = &seconds[i].manager;
        is_expected = seconds[i].sent_together;

        ck_assert_int_eq(hosted_export(&h, AD_MA, both, 2), MA_OK);
        ck_heard(&h, "0 exported\n1 exported\n");
        ck_assert_msg(script.state == seconds[i].sent_together, "%zu", i);
    }
}
END_TEST

/* --- patience --------------------------------------------------------------------- */

static void says_nothing(struct ldap_call *call)
{
    (void)call;
    h.cancelled = true;
}

START_TEST(who_is_silent_is_left_at_a_cancel)
{
    struct timespec from;
    struct timespec to;

    script.serve = says_nothing;
    clock_gettime(CLOCK_MONOTONIC, &from);

    ck_assert_int_eq(hosted_import(&h, AD_MA, true), MA_CANCELLED);
    clock_gettime(CLOCK_MONOTONIC, &to);
    ck_assert_int_lt(to.tv_sec - from.tv_sec, 60); /* the limit of a call is 120 */
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

SUITE_WITH("plugin/ad_wire", begin, end, changes_come_in_pieces_and_each_is_a_checkpoint,
           a_killed_delta_import_goes_on_behind_its_checkpoint,
           linked_values_come_one_by_one_and_an_emptied_attribute_without_any,
           what_may_have_another_place_is_read_whole_and_all_below_it,
           a_cookie_that_is_refused_needs_a_full_import,
           another_database_needs_a_full_import,
           who_comes_when_tombstones_are_gone_needs_a_full_import,
           a_lifetime_of_tombstones_that_cannot_be_read_is_the_usual_one,
           a_server_that_counts_less_than_before_needs_a_full_import,
           by_change_numbers_all_behind_the_last_come_and_what_is_below_a_container,
           who_moves_from_an_unread_container_into_a_read_one_is_not_missed,
           a_killed_full_import_goes_on_behind_the_containers_that_it_read,
           a_refusal_has_the_number_of_its_first_digits_and_the_attribute_to_blame,
           a_refused_change_is_split_unless_that_is_not_wanted,
           the_next_batch_is_on_its_way_before_the_last_one_is_answered,
           a_password_is_not_sent_on_a_connection_that_others_read,
           one_object_keeps_its_order_over_two_batches,
           who_is_below_or_above_or_refers_to_who_is_under_way_waits_others_do_not,
           who_is_silent_is_left_at_a_cancel, who_is_silent_is_left_at_the_time_limit)
