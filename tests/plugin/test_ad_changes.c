/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Exports of the agent for Active Directory, request by request: what a change of an
 * object becomes on the wire, and what is said of a refusal.
 */

#include "hosted.h"
#include "ldap_world.h"

#define PERMISSIVE_MODIFY "1.2.840.113556.1.4.1413" /* MS-ADTS 3.1.1.3.4.1.8 */
#define TREE_DELETE "1.2.840.113556.1.4.805"        /* MS-ADTS 3.1.1.3.4.1.15 */
#define DN_1 "CN=1,DC=x,DC=example"

static struct hosted h;
static struct ldap_script script;
static char asked_with[256]; /* the controls of the last change */

static void begin(void)
{
    world_begin(&h, &script);
    asked_with[0] = '\0';
}

static void end(void)
{
    world_end(&h, &script);
}

static const struct ma_value values[] = {{"x", 1}};
static const struct ma_attribute title[] = {
    {.name = "title", .values = values, .count = 1}};

static struct ma_entry entry_of(enum ma_change change)
{
    return (struct ma_entry){.size = sizeof(struct ma_entry),
                             .change = change,
                             .anchor = {GUID("1"), 16},
                             .dn = DN_1,
                             .object_type = "user",
                             .attributes = title,
                             .count = 1};
}

static void takes_all(struct ldap_call *call)
{
    if (call->op == LDAP_REQ_SEARCH)
        script_entry(call, call->base, "objectGUID", GUID("2"), NULL);
    else
        snprintf(asked_with, sizeof asked_with, "%s", call->controls);
    script_done(call, LDAP_SUCCESS, NULL, 0, NULL);
}

/* --- what is sent ----------------------------------------------------------------- */

static const struct {
    enum ma_change change;
    const char *new_dn;
    const char *requests;
    const char *anchor; /* of what was made; "" where nothing was */
} sent[] = {
    {MA_ADD, NULL, "A", GUID("2")},
    {MA_MODIFY, NULL, "M", ""},
    {MA_MODIFY, "CN=2,DC=x,DC=example", "RM", ""},
    {MA_REPLACE, NULL, "M", ""},
    {MA_REPLACE, "CN=2,DC=x,DC=example", "RM", ""},
    {MA_DELETE, NULL, "D", ""},
    {MA_DELETE_ADD, NULL, "DA", GUID("2")},
};

START_TEST(a_change_of_an_object_is_its_requests_in_their_order)
{
    char anchor[64];

    script.serve = takes_all;
    for (size_t i = 0; i < sizeof sent / sizeof sent[0]; i++) {
        struct ma_entry entry = entry_of(sent[i].change);
        const struct ma_entry *const one[] = {&entry};

        entry.new_dn = sent[i].new_dn;
        script.changes[0] = '\0';
        ck_assert_msg(hosted_export(&h, AD_MA, one, 1) == MA_OK, "%zu: %s", i,
                      h.err.text);
        ck_heard(&h, "0 exported\n");
        ck_assert_msg(strcmp(script.changes, sent[i].requests) == 0, "%zu: %s", i,
                      script.changes);
        snprintf(anchor, sizeof anchor, "%s\n", sent[i].anchor);
        ck_assert_msg(strcmp(h.anchors.at, anchor) == 0, "%zu: %s", i, h.anchors.at);
    }
}
END_TEST

static void export_one(enum ma_change change)
{
    struct ma_entry entry = entry_of(change);
    const struct ma_entry *const one[] = {&entry};

    ck_assert_int_eq(hosted_export(&h, AD_MA, one, 1), MA_OK);
}

/* A value that is there already, or gone already, is no error: what was sent twice does
 * no harm. */
START_TEST(a_modify_is_permissive)
{
    script.serve = takes_all;

    export_one(MA_MODIFY);
    ck_assert_str_eq(asked_with, PERMISSIVE_MODIFY " ");
}
END_TEST

START_TEST(a_delete_takes_a_tree_along_only_where_mactl_xml_says_so)
{
    script.serve = takes_all;
    export_one(MA_DELETE);
    ck_assert_str_eq(asked_with, "");

    hosted_param(&h, "tree-delete", "true");
    export_one(MA_DELETE);
    ck_assert_str_eq(asked_with, TREE_DELETE " ");
}
END_TEST

/* --- what is said of refusals ----------------------------------------------------- */

static _Atomic int refusal;
static const char *_Atomic words;

static void refuses(struct ldap_call *call)
{
    if (call->op == LDAP_REQ_SEARCH)
        script_done(call, LDAP_NO_SUCH_OBJECT, NULL, 0, NULL);
    else
        script_done(call, refusal, words, 0, NULL);
}

static const struct {
    enum ma_change change;
    const char *new_dn;
    int refusal;
    const char *words;
    const char *heard;
    const char *code;
} refusals[] = {
    {MA_MODIFY, "CN=2,DC=x,DC=example", LDAP_ALREADY_EXISTS,
     "00002071: UpdErr: DSID-03050332, problem 6005 (ENTRY_EXISTS), data 0",
     "0 failed rename-to-existing-dn\n", "8305"},
    {MA_ADD, NULL, LDAP_ALREADY_EXISTS,
     "00002071: UpdErr: DSID-03050332, problem 6005 (ENTRY_EXISTS), data 0",
     "0 failed cd-existing-object\n", "8305"},
    {MA_MODIFY, NULL, LDAP_NO_SUCH_OBJECT,
     "0000208D: NameErr: DSID-03100288, problem 2001 (NO_OBJECT), data 0",
     "0 failed cd-missing-object\n", "8333"},
    {MA_DELETE, NULL, LDAP_NO_SUCH_OBJECT,
     "0000208D: NameErr: DSID-03100288, problem 2001 (NO_OBJECT), data 0", "0 exported\n",
     ""},
    {MA_DELETE, NULL, LDAP_NOT_ALLOWED_ON_NONLEAF,
     "00002015: UpdErr: DSID-031A11E2, problem 6003 (CANT_ON_NON_LEAF), data 0",
     "0 failed cd-error\n", "8213"},
    {MA_MODIFY, NULL, LDAP_UNWILLING_TO_PERFORM,
     "0000052D: SvcErr: DSID-031A12D2, problem 5003 (WILL_NOT_PERFORM), data 0",
     "0 failed password-policy-violation\n", "1325"},
};

START_TEST(a_refusal_is_told_in_the_words_of_the_product)
{
    script.serve = refuses;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        struct ma_entry entry = entry_of(refusals[i].change);
        const struct ma_entry *const one[] = {&entry};

        entry.new_dn = refusals[i].new_dn;
        refusal = refusals[i].refusal;
        words = refusals[i].words;
        ck_assert_int_eq(hosted_export(&h, AD_MA, one, 1), MA_OK);
        ck_assert_msg(strcmp(h.heard.at, refusals[i].heard) == 0, "%zu: %s", i,
                      h.heard.at);
        ck_assert_msg(strcmp(h.error_code, refusals[i].code) == 0, "%zu: %s", i,
                      h.error_code);
    }
}
END_TEST

/* The object is there, its container too: left is what it refers to. */
static void lacks_a_reference(struct ldap_call *call)
{
    bool shown = call->op == LDAP_REQ_SEARCH && script.state == 0;

    if (shown)
        script_entry(call, call->base, "objectGUID", GUID("1"), NULL);
    script_done(call, shown ? LDAP_SUCCESS : LDAP_NO_SUCH_OBJECT, NULL, 0, NULL);
}

START_TEST(what_refers_to_what_is_not_there_yet_is_for_later)
{
    script.serve = lacks_a_reference;

    export_one(MA_MODIFY);
    ck_heard(&h, "0 later\n");
    export_one(MA_ADD);
    ck_heard(&h, "0 later\n");
    script.state =
        1; /* nor is the container, and nobody says of what class it would be */
    export_one(MA_ADD);
    ck_heard(&h, "0 parent-missing\n");
}
END_TEST

SUITE_WITH("plugin/ad_changes", begin, end,
           a_change_of_an_object_is_its_requests_in_their_order, a_modify_is_permissive,
           a_delete_takes_a_tree_along_only_where_mactl_xml_says_so,
           a_refusal_is_told_in_the_words_of_the_product,
           what_refers_to_what_is_not_there_yet_is_for_later)
