/* SPDX-License-Identifier: Apache-2.0 */
#include "acl.h"
#include "cause.h"
#include "weakness.h"

/*
 * Each code that an audit of an object gives, by the smallest lists that have it: the
 * test fails when a code is added without a case here.
 */

#define DOMAIN "S-1-5-21-1-2-3"
#define ACCOUNT DOMAIN "-1100"
#define GROUP DOMAIN "-1200"
#define USER "bf967aba-0de6-11d0-a285-00aa003049e2"
#define GROUP_CLASS "bf967a9c-0de6-11d0-a285-00aa003049e2"
#define PROXY "bf967a06-0de6-11d0-a285-00aa003049e2"
#define PUBLIC "e48d0154-bcf8-11d1-8702-00c04fb96050"
#define PERSONAL "77b5b886-944a-11d1-aebd-0000f80367c1"
#define ADMIN_COUNT "bf967918-0de6-11d0-a285-00aa003049e2"
#define ZERO "00000000-0000-0000-0000-000000000000"
#define OTHER "11111111-2222-3333-4444-555555555555"
#define MINE "(OA;;WP;" PROXY ";;" ACCOUNT ")"
#define COMES(flags, class) "D:(OA;" flags ";WP;" PROXY ";" class ";" ACCOUNT ")"
#define READ "(A;;LCRPLORC;;;AU)"

struct testcase {
    enum cause_code code;
    const char *sd;        /* of the object; NULL: not given */
    const char *far;       /* of the upper of two containers; NULL: not readable */
    const char *attribute; /* NULL: proxyAddresses */
    const char *holder;    /* of AdminSDHolder, which protects it */
    enum admin_count admin_count;
    bool malformed;
    bool out_of_scope;
    bool distribution;
    bool notes;
    bool administrator;
};

static const struct testcase cases[] = {
    {.code = CAUSE_NONE, .sd = "D:" MINE, .far = "D:"},
    {.code = CAUSE_SCHEMA_MISSING, .sd = "D:" MINE, .attribute = "noSuch"},
    {.code = CAUSE_SCHEMA_MISSING, .sd = "D:" MINE, .attribute = "member"},
    {.code = CAUSE_SCHEMA_MISSING, .sd = "D:" MINE, .attribute = "right:noSuch"},
    {.code = CAUSE_NOT_WRITABLE, .sd = "D:" MINE, .attribute = "memberOf"},
    {.code = CAUSE_CANNOT_READ, .sd = NULL},
    {.code = CAUSE_MALFORMED, .sd = NULL, .malformed = true},
    {.code = CAUSE_NULL_DACL, .sd = "O:BA"},
    {.code = CAUSE_EMPTY_DACL, .sd = "D:"},
    {.code = CAUSE_CONDITIONAL, .sd = "D:(XA;;WP;;;" ACCOUNT ";(@USER.x == 1))"},
    {.code = CAUSE_DENY_ACE, .sd = "D:(D;;WP;;;" ACCOUNT ")" MINE},
    {.code = CAUSE_DENY_ACE_INHERITED, .sd = "D:(D;ID;WP;;;" ACCOUNT ")" MINE},
    {.code = CAUSE_ADMINSDHOLDER, .sd = "D:" READ, .holder = "D:" READ},
    {.code = CAUSE_ADMINSDHOLDER_IO, .sd = "D:" READ, .holder = COMES("CIIO", "")},
    {.code = CAUSE_NOT_MEMBER, .sd = "D:(OA;;WP;" PROXY ";;" GROUP ")"},
    {.code = CAUSE_GROUP_WRONG_SCOPE,
     .sd = "D:(OA;;WP;" PROXY ";;" GROUP ")",
     .out_of_scope = true},
    {.code = CAUSE_GROUP_NOT_SECURITY,
     .sd = "D:(OA;;WP;" PROXY ";;" GROUP ")",
     .distribution = true},
    {.code = CAUSE_RIGHT_MISSING, .sd = "D:(OA;;RP;" PROXY ";;" ACCOUNT ")", .far = "D:"},
    {.code = CAUSE_NO_ACE,
     .sd = "D:(OA;;RP;" PROXY ";;AU)",
     .far = "D:"}, /* it is for all to read */
    {.code = CAUSE_ZERO_GUID, .sd = "D:(OA;;WP;" ZERO ";;" ACCOUNT ")"},
    {.code = CAUSE_PROPSET_MISMATCH, .sd = "D:(OA;;WP;" PERSONAL ";;" ACCOUNT ")"},
    {.code = CAUSE_CLASS_MISMATCH, .sd = "D:(OA;;WP;" GROUP_CLASS ";;" ACCOUNT ")"},
    {.code = CAUSE_WRONG_GUID, .sd = "D:(OA;;WP;" OTHER ";;" ACCOUNT ")"},
    {.code = CAUSE_NO_ACE, .sd = "D:(OA;;WP;" OTHER ";;AU)", .far = "D:"},
    /* of several the one that comes first in the order of the codes */
    {.code = CAUSE_RIGHT_MISSING,
     .sd = "D:(OA;;RP;" PROXY ";;" ACCOUNT ")(OA;;WP;" OTHER ";;" ACCOUNT ")"},
    /* a container's own, which nothing below it gets */
    {.code = CAUSE_NO_ACE, .sd = "D:AI" READ, .far = COMES("", USER)},
    {.code = CAUSE_INHERITED_TYPE, .sd = COMES("CIIOID", GROUP_CLASS)},
    {.code = CAUSE_INHERIT_ONLY, .sd = COMES("CIIO", "")},
    {.code = CAUSE_ORPHANED,
     .sd = "D:P" READ,
     .far = COMES("CIIO", USER),
     .admin_count = ADMIN_COUNT_SET},
    {.code = CAUSE_INHERITANCE_BLOCKED, .sd = "D:P" READ, .far = COMES("CIIO", USER)},
    {.code = CAUSE_INHERITANCE_BLOCKED,
     .sd = "D:P(A;;RC;;;AU)",
     .far = COMES("CIIO", USER),
     .admin_count = ADMIN_COUNT_ZERO},
    {.code = CAUSE_BLOCKED_PERHAPS, .sd = "D:P(A;;RC;;;AU)", .far = COMES("CIIO", USER)},
    {.code = CAUSE_NO_PROPAGATE, .sd = "D:AI" READ, .far = COMES("CINPIO", USER)},
    {.code = CAUSE_INHERIT_STALE, .sd = "D:AI" READ, .far = COMES("CIIO", USER)},
    {.code = CAUSE_SELF_ONLY, .sd = "D:(OA;;WP;" PROXY ";;PS)", .far = "D:"},
    {.code = CAUSE_NO_ACE, .sd = "D:" READ, .far = "D:"},
    {.code = CAUSE_NO_ACE_SEEN, .sd = "D:" READ},
    /* remarks of what is allowed */
    {.code = CAUSE_NON_CANONICAL, .sd = "D:" MINE "(D;;WP;;;" ACCOUNT ")"},
    {.code = CAUSE_NONE,
     .sd = "D:" MINE "(D;ID;WP;;;" ACCOUNT ")"}, /* that is the order */
    {.code = CAUSE_GRANT_TOO_WIDE, .sd = "D:(OA;;WP;" PROXY ";;AU)"},
    {.code = CAUSE_GRANT_TOO_WIDE, .sd = "D:(OA;;WP;" PROXY ";;WD)"},
    {.code = CAUSE_GRANT_TOO_WIDE, .sd = "D:(OA;;WP;" PUBLIC ";;" ACCOUNT ")"},
    {.code = CAUSE_GRANT_TOO_WIDE, .sd = "D:(A;;WP;;;" ACCOUNT ")"},
    {.code = CAUSE_NONE, .sd = "D:(A;;WP;;;" ACCOUNT ")", .administrator = true},
    {.code = CAUSE_ORPHANED, .sd = "D:P" MINE, .admin_count = ADMIN_COUNT_SET},
    {.code = CAUSE_NONE,
     .sd = "D:P" MINE,
     .holder = "D:" MINE,
     .admin_count = ADMIN_COUNT_SET}, /* it is protected now */
    {.code = CAUSE_NONE, .sd = "D:" READ, .attribute = "read:memberOf"},
    {.code = CAUSE_NONE, .sd = "D:" READ, .attribute = "read:proxyAddresses"},
    {.code = CAUSE_DENY_IRRELEVANT, .sd = "D:(D;;DTSD;;;WD)" MINE, .notes = true},
    {.code = CAUSE_NONE, .sd = "D:(D;;DTSD;;;WD)" MINE},
};

static struct acl_domain domain;
static struct forest forest;

static void add(enum forest_kind kind, const char *name, const char *guid,
                const char *set, unsigned flags, const char *const *may)
{
    struct forest_item item = {
        .kind = kind, .name = name, .flags = flags, .may_contain = may};

    (void)acl_guid(guid, item.guid);
    item.in_set = acl_guid(set, item.set) != NULL;
    ck_assert(forest_add(&forest, &item));
}

static void before(void)
{
    static const char *const of_user[] = {"proxyAddresses", "memberOf", "adminCount",
                                          NULL};

    acl_domain(&domain, DOMAIN);
    add(FOREST_CLASS, "user", USER, NULL, 0, of_user);
    add(FOREST_CLASS, "group", GROUP_CLASS, NULL, 0, NULL);
    add(FOREST_SET, "Public-Information", PUBLIC, NULL, 0, NULL);
    add(FOREST_SET, "Personal-Information", PERSONAL, NULL, 0, NULL);
    add(FOREST_ATTRIBUTE, "proxyAddresses", PROXY, PUBLIC, 0, NULL);
    add(FOREST_ATTRIBUTE, "adminCount", ADMIN_COUNT, NULL, 0, NULL);
    add(FOREST_ATTRIBUTE, "member", "bf9679c0-0de6-11d0-a285-00aa003049e2", NULL, 0,
        NULL);
    add(FOREST_ATTRIBUTE, "memberOf", "bf967991-0de6-11d0-a285-00aa003049e2", NULL,
        FOREST_BACK_LINK, NULL);
    ck_assert(forest_ready(&forest));
}

static void after(void)
{
    forest_end(&forest);
}

static struct acl_of lists[4];

/* NULL: there is none, and no list. */
static const struct descriptor *list(size_t index, const char *text)
{
    lists[index] = (struct acl_of){.bytes = {0}};
    if (text == NULL)
        return NULL;
    acl_of(&lists[index], text, &domain, text);
    return &lists[index].sd;
}

static struct cause_answer ask(const struct testcase *c)
{
    struct acl_token token;
    unsigned char group[SID_MOST];
    json_t *sids = json_pack("[sss]", "S-1-1-0", "S-1-5-11", ACCOUNT);
    const struct cause_ancestor above[] = {{"OU=near", list(1, "D:AI")},
                                           {"OU=far", list(2, c->far)}};
    const struct cause_object object = {
        .dn = "CN=u",
        .sd = list(0, c->sd),
        .malformed = c->malformed,
        .object_class = forest_named(&forest, FOREST_CLASS, "user"),
        .ancestors = above,
        .ancestor_count = 2,
        .is_protected = c->holder != NULL,
        .admin_count = c->admin_count,
    };
    const struct cause_principal principal = {
        .token = &token.token,
        .group = group,
        .group_is_distribution = c->distribution,
        .group_is_out_of_scope = c->out_of_scope,
        .notes = c->notes,
        .is_administrator = c->administrator,
        .holder = list(3, c->holder),
    };
    struct cause_answer answer;

    acl_sid(GROUP, group);
    acl_token(&token, sids);
    answer = cause_find(&forest, &object, &principal,
                        c->attribute == NULL ? "proxyAddresses" : c->attribute);
    for (size_t i = 0; i < 4; i++)
        bytes_free(&lists[i].bytes);
    json_decref(sids);
    return answer;
}

START_TEST(each_code_has_lists_that_give_it)
{
    bool seen[CAUSE_CODES] = {false};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct cause_answer answer = ask(&cases[i]);
        enum cause_code code = answer.code == CAUSE_NONE ? answer.remark : answer.code;

        ck_assert_msg(code == cases[i].code, "case %zu: %s instead of %s", i,
                      cause_name(code), cause_name(cases[i].code));
        seen[code] = true;
    }
    for (int code = 0; code < CAUSE_CODES; code++)
        ck_assert_msg(seen[code], "no case has %s: %s", cause_name(code),
                      cause_text(code));
}
END_TEST

START_TEST(a_part_of_a_schema_is_sure_of_nothing_that_it_lacks)
{
    const struct testcase c = {
        .code = CAUSE_SCHEMA_MISSING, .sd = "D:" MINE, .attribute = "noSuch"};

    ck_assert_int_eq(ask(&c).access.verdict, ACCESS_DENIED);
    forest.partial = true;
    ck_assert_int_eq(ask(&c).access.verdict, ACCESS_UNKNOWN);
}
END_TEST

/* --- the account itself ----------------------------------------------------------- */

static const char *weakness(const char *text)
{
    static char said[256];
    unsigned char account[SID_MOST];
    unsigned char of[SID_MOST];
    char who[SID_TEXT];
    struct weakness found;

    acl_sid(ACCOUNT, account);
    acl_sid(DOMAIN, of);
    said[0] = '\0';
    if (weakness_find(list(0, text), account, of, &found))
        (void)snprintf(said, sizeof said, "%zu: %d %s %s%s", found.count, found.ace,
                       sid_format(found.sid, who), found.how,
                       found.inherited ? ", inherited" : "");
    bytes_free(&lists[0].bytes);
    return said;
}

START_TEST(an_account_that_others_could_take_over_is_weak)
{
    /* administrators and operators, the system, itself, who may read */
    ck_assert_str_eq(weakness("O:DAD:(A;;GA;;;DA)(A;;GA;;;EA)(A;;GA;;;BA)(A;;GA;;;SY)"
                              "(A;;GA;;;AO)(A;;WDCR;;;PS)(A;;WD;;;" ACCOUNT ")" READ
                              "(A;CIIO;GA;;;CO)(A;CIIO;GA;;;AU)"),
                     "");
    ck_assert_str_eq(
        weakness("D:(A;;GA;;;SY)(OA;ID;CR;00299570-246d-11d0-a768-00aa006e0529;;" GROUP
                 ")(A;;WD;;;AU)"),
        "2: 1 " GROUP " may set its password, inherited");
    ck_assert_str_eq(weakness("D:(A;;CR;;;" GROUP ")"),
                     "1: 0 " GROUP " may set its password");
    ck_assert_str_eq(weakness("D:(A;;WD;;;S-1-5-11)"),
                     "1: 0 S-1-5-11 may change its rights");
    ck_assert_str_eq(weakness("D:(A;;WO;;;" GROUP ")"),
                     "1: 0 " GROUP " may make himself its owner");
    ck_assert_str_eq(weakness("O:" GROUP "D:"), "1: -1 " GROUP " owns it");
    /* Domain Admins of another domain are not those of this; a right to change one's
     * password needs the old one; what denies gives nothing */
    ck_assert_str_eq(weakness("D:(A;;GA;;;S-1-5-21-9-9-9-512)"),
                     "1: 0 S-1-5-21-9-9-9-512 may change its rights");
    ck_assert_str_eq(weakness("D:(OA;;CR;ab721a53-1e2f-11d0-9819-00aa0040529b;;WD)"
                              "(D;;WD;;;" GROUP ")"),
                     "");
}
END_TEST

SUITE_WITH("acl/codes", before, after, each_code_has_lists_that_give_it,
           a_part_of_a_schema_is_sure_of_nothing_that_it_lacks,
           an_account_that_others_could_take_over_is_weak)
