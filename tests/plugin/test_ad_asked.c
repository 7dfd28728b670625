/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What the agent for Active Directory asks a server for, and what it makes of each way in
 * which that can say no: the codes are those of RFC 4511 and of MS-ADTS 3.1.1.3.4.1.3.
 */

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

static bool filters_for(const struct ldap_call *call, const char *text)
{
    return memmem(call->filter.bv_val, call->filter.bv_len, text, strlen(text)) != NULL;
}

/* --- what is selected ------------------------------------------------------------- */

static char asked_full[256];
static char asked_delta[256];
static _Atomic bool all_classes; /* are in each filter */

static void notes_what_is_asked(struct ldap_call *call)
{
    if (first_cookie(call))
        return;
    if (call->control[0] == '\0') { /* looks whether the container is there */
        script_done(call, LDAP_SUCCESS, NULL, 0, NULL);
        return;
    }
    all_classes = all_classes && filters_for(call, "user") && filters_for(call, "group");
    snprintf(is_dirsync(call) ? asked_delta : asked_full, sizeof asked_full, "%s",
             call->attributes);
    script_done(call, LDAP_SUCCESS, NULL, 0, is_dirsync(call) ? "cookie1" : "");
}

START_TEST(an_import_asks_for_the_selected_classes_and_attributes_and_no_others)
{
    static const char *const types[] = {"user", "group", NULL};
    static const char *const attributes[] = {"title", "OBJECTCLASS", NULL};

    h.selected_types = types;
    h.selected_attributes = attributes;
    script.serve = notes_what_is_asked;
    all_classes = true;

    ck_assert_msg(hosted_import(&h, AD_MA, true) == MA_OK, "%s", h.err.text);
    ck_assert_str_eq(asked_full, "title OBJECTCLASS objectGUID ");

    ck_assert_msg(hosted_import(&h, AD_MA, false) == MA_OK, "%s", h.err.text);
    ck_assert_str_eq(asked_delta,
                     "title OBJECTCLASS objectGUID name parentGUID isDeleted ");
    ck_assert(all_classes);
}
END_TEST

static _Atomic int code;

static void has_a_schema(struct ldap_call *call)
{
    if (first_cookie(call))
        return;
    if (strcmp(call->base, "CN=Aggregate") != 0) {
        script_done(call, LDAP_SUCCESS, NULL, 0, NULL);
        return;
    }
    if (code == LDAP_SUCCESS)
        script_entry(call, call->base, "attributeTypes",
                     "( 2.5.4.12 NAME ( 'title' 'jobTitle' ) "
                     "SYNTAX '1.3.6.1.4.1.1466.115.121.1.15' )",
                     NULL);
    script_done(call, code, NULL, 0, NULL);
}

static const struct {
    const char *subschema;
    int code;
    const char *heard;
} schemas[] = {
    {"CN=Aggregate", LDAP_SUCCESS, "absent extensionAttribute1\n"},
    {"CN=Aggregate", LDAP_INSUFFICIENT_ACCESS, ""},
    {"CN=Aggregate", LDAP_NO_SUCH_OBJECT, ""},
    {NULL, LDAP_SUCCESS, ""},
};

/* What is absent drops its flows: who may not read a schema would drop them all. */
START_TEST(what_a_schema_lacks_is_told_and_of_one_that_cannot_be_read_nothing)
{
    static const char *const attributes[] = {"TITLE", "jobtitle", "extensionAttribute1",
                                             NULL};

    h.selected_attributes = attributes;
    script.serve = has_a_schema;
    for (size_t i = 0; i < sizeof schemas / sizeof schemas[0]; i++) {
        script.subschema = schemas[i].subschema;
        code = schemas[i].code;

        ck_assert_msg(hosted_import(&h, AD_MA, true) == MA_OK, "%zu: %s", i, h.err.text);
        ck_heard(&h, schemas[i].heard);
    }
}
END_TEST

/* --- binds ------------------------------------------------------------------------ */

static void is_not_asked(struct ldap_call *call)
{
    call->script->state++;
    script_done(call, LDAP_SUCCESS, NULL, 0, NULL);
}

static const struct {
    int code;
    enum ma_status status;
} bind_codes[] = {
    {LDAP_INVALID_CREDENTIALS, MA_DENIED},
    {LDAP_INAPPROPRIATE_AUTH, MA_DENIED},
    {LDAP_STRONG_AUTH_REQUIRED, MA_DENIED},
    {LDAP_CONFIDENTIALITY_REQUIRED, MA_DENIED},
    {LDAP_AUTH_METHOD_NOT_SUPPORTED, MA_DENIED},
    {LDAP_BUSY, MA_UNREACHABLE},
    {LDAP_UNAVAILABLE, MA_UNREACHABLE},
    {LDAP_OPERATIONS_ERROR, MA_INVALID},
};

/* Where the account is refused no other server is tried: that would lock it. */
START_TEST(a_bind_that_is_refused_is_no_server_that_is_away)
{
    script.serve = is_not_asked;
    for (size_t i = 0; i < sizeof bind_codes / sizeof bind_codes[0]; i++) {
        script.bind_code = bind_codes[i].code;

        ck_assert_msg(hosted_import(&h, AD_MA, true) == bind_codes[i].status, "%d: %d %s",
                      bind_codes[i].code, h.err.status, h.err.text);
        ck_assert_ptr_nonnull(strstr(h.err.text, "simple bind as 'CN=svc'"));
    }
    ck_assert_int_eq(script.state, 0);
}
END_TEST

static void refuses_tls(struct ldap_call *call)
{
    script_done(call, LDAP_UNAVAILABLE, "00000000: LdapErr: DSID-0C090EA6", 0, NULL);
}

/* Nobody in between can talk the agent out of TLS. */
START_TEST(where_starttls_is_refused_no_password_goes_out)
{
    h.binding.parameter_count = 0;
    script_bind(&h, &script);
    hosted_param(&h, "server", "127.0.0.1");
    for (size_t i = 0; i < h.binding.parameter_count; i++)
        if (strcmp(h.parameters[i].name, "tls") == 0)
            h.parameters[i].value = "starttls";
    script.serve = refuses_tls;

    ck_assert_int_eq(hosted_import(&h, AD_MA, true), MA_UNREACHABLE);
    ck_assert_str_eq(script.bound, "");
}
END_TEST

/* --- searches --------------------------------------------------------------------- */

static void refuses_the_second_page(struct ldap_call *call)
{
    if (first_cookie(call))
        return;
    if (call->cookie[0] != '\0') {
        script_done(call, code, NULL, 0, NULL);
        return;
    }
    person(call, "CN=1,DC=x,DC=example", GUID("1"));
    script_done(call, LDAP_SUCCESS, NULL, 0, "two");
}

static const struct {
    int code;
    enum ma_status status;
} page_codes[] = {
    {LDAP_BUSY, MA_UNREACHABLE},
    {LDAP_UNAVAILABLE, MA_UNREACHABLE},
    {LDAP_TIMELIMIT_EXCEEDED, MA_UNREACHABLE},
    {LDAP_INSUFFICIENT_ACCESS, MA_DENIED},
    {LDAP_ADMINLIMIT_EXCEEDED, MA_INVALID},
    {LDAP_SIZELIMIT_EXCEEDED, MA_INVALID},
    {LDAP_UNWILLING_TO_PERFORM, MA_INVALID},
};

START_TEST(a_next_page_that_is_refused_ends_the_import_without_a_watermark)
{
    script.serve = refuses_the_second_page;
    for (size_t i = 0; i < sizeof page_codes / sizeof page_codes[0]; i++) {
        code = page_codes[i].code;

        ck_assert_msg(hosted_import(&h, AD_MA, true) == page_codes[i].status, "%d: %s",
                      code, h.err.text);
        ck_assert_uint_eq(h.watermark.length, 0);
    }
}
END_TEST

/* The control is there, and what is in it is none. */
static void has_a_broken_control(struct ldap_call *call)
{
    static const struct berval broken = {3, (char *)(uintptr_t) "\x30\x09\x02"};
    BerElement *ber;

    if (first_cookie(call))
        return;
    person(call, "CN=1,DC=x,DC=example", GUID("1"));
    ber = ber_alloc_t(LBER_USE_DER);
    ber_printf(ber, "{it{ess}t{{sO}}}", call->id, LDAP_RES_SEARCH_RESULT, LDAP_SUCCESS,
               "", "", (ber_tag_t)LDAP_TAG_CONTROLS, LDAP_CONTROL_PAGEDRESULTS, &broken);
    script_flush(call, ber);
}

/* Whoever took it for the last page would take the rest for gone. */
START_TEST(a_page_whose_control_cannot_be_read_is_not_the_last)
{
    script.serve = has_a_broken_control;

    ck_assert_int_eq(hosted_import(&h, AD_MA, true), MA_INVALID);
    ck_assert_ptr_nonnull(strstr(h.err.text, "no cookie to go on with"));
    ck_assert_uint_eq(h.watermark.length, 0);
}
END_TEST

/* --- DirSync ---------------------------------------------------------------------- */

static void does_no_dirsync(struct ldap_call *call)
{
    script_done(call, is_dirsync(call) ? code : LDAP_SUCCESS, NULL, 0, NULL);
}

START_TEST(who_does_no_dirsync_is_asked_for_change_numbers)
{
    static const int codes[] = {LDAP_INSUFFICIENT_ACCESS, LDAP_UNWILLING_TO_PERFORM,
                                LDAP_UNAVAILABLE_CRITICAL_EXTENSION};

    script.serve = does_no_dirsync;
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        code = codes[i];
        hosted_forget(&h.watermark);

        ck_assert_msg(hosted_import(&h, AD_MA, true) == MA_OK, "%d: %s", code,
                      h.err.text);
        ck_assert_msg(strstr(h.watermark.at, "usn 127.0.0.1 ") != NULL, "%d: %s", code,
                      h.watermark.at);
    }
    code = LDAP_BUSY; /* says nothing of what it does */
    ck_assert_int_eq(hosted_import(&h, AD_MA, true), MA_UNREACHABLE);
}
END_TEST

static void refuses_the_cookie(struct ldap_call *call)
{
    if (!first_cookie(call))
        script_done(call, is_dirsync(call) ? code : LDAP_SUCCESS, NULL, 0, NULL);
}

/* Servers differ in how they say that a cookie is not theirs. */
static const struct {
    int code;
    enum ma_status status;
} cookie_codes[] = {
    {LDAP_INSUFFICIENT_ACCESS, MA_FULL_NEEDED},
    {LDAP_UNWILLING_TO_PERFORM, MA_FULL_NEEDED},
    {LDAP_UNAVAILABLE_CRITICAL_EXTENSION, MA_FULL_NEEDED},
    {LDAP_PROTOCOL_ERROR, MA_FULL_NEEDED},
    {LDAP_OPERATIONS_ERROR, MA_FULL_NEEDED},
    {LDAP_CONSTRAINT_VIOLATION, MA_FULL_NEEDED},
    {LDAP_OTHER, MA_FULL_NEEDED},
    {LDAP_BUSY, MA_UNREACHABLE},
    {LDAP_NO_SUCH_OBJECT, MA_NOT_FOUND},
};

START_TEST(a_cookie_is_refused_in_many_ways_and_each_needs_a_full_import)
{
    script.serve = refuses_the_cookie;
    for (size_t i = 0; i < sizeof cookie_codes / sizeof cookie_codes[0]; i++) {
        ck_assert_msg(hosted_import(&h, AD_MA, true) == MA_OK, "%s", h.err.text);
        code = cookie_codes[i].code;

        ck_assert_msg(hosted_import(&h, AD_MA, false) == cookie_codes[i].status,
                      "%d: %d %s", code, h.err.status, h.err.text);
        ck_assert_ptr_nonnull(strstr(h.watermark.at, "Y29va2llMA==")); /* cookie0 */
    }
}
END_TEST

/* A piece, and whoever it says has moved cannot be read. */
static void moves_and_goes_away(struct ldap_call *call)
{
    if (first_cookie(call))
        return;
    if (is_dirsync(call)) {
        script_entry(call, "CN=1,DC=x,DC=example", "objectGUID", GUID("1"), "name", "1",
                     NULL);
        script_done(call, LDAP_SUCCESS, NULL, 0, "cookie1");
    } else if (filters_for(call, GUID("1"))) {
        script_done(call, LDAP_UNAVAILABLE, NULL, 0, NULL);
    } else {
        script_done(call, LDAP_SUCCESS, NULL, 0, NULL);
    }
}

/* Else the next import would begin behind a move that nobody has heard of. */
START_TEST(the_cookie_of_a_piece_counts_when_all_it_announced_was_read)
{
    script.serve = moves_and_goes_away;
    ck_assert_msg(hosted_import(&h, AD_MA, true) == MA_OK, "%s", h.err.text);

    ck_assert_int_eq(hosted_import(&h, AD_MA, false), MA_UNREACHABLE);
    ck_assert_uint_eq(h.checkpoint.length, 0);
    ck_assert_ptr_nonnull(strstr(h.watermark.at, "Y29va2llMA==")); /* cookie0 */
}
END_TEST

/* Beside the values that came the attribute itself, without any (MS-ADTS
 * 3.1.1.3.1.3.3). */
static void says_a_linked_attribute_twice(struct ldap_call *call)
{
    if (first_cookie(call))
        return;
    if (is_dirsync(call))
        script_entry(call, "CN=G,DC=x,DC=example", "objectGUID", GUID("1"), "member", "",
                     "member;range=1-1", "CN=new", NULL);
    script_done(call, LDAP_SUCCESS, NULL, 0, is_dirsync(call) ? "cookie1" : NULL);
}

START_TEST(an_empty_attribute_beside_its_values_removes_none)
{
    script.serve = says_a_linked_attribute_twice;
    ck_assert_msg(hosted_import(&h, AD_MA, true) == MA_OK, "%s", h.err.text);

    ck_assert_msg(hosted_import(&h, AD_MA, false) == MA_OK, "%s", h.err.text);
    ck_heard(&h, "modify guid number 0001 [CN=G,DC=x,DC=example] member+CN=new\n");
}
END_TEST

/* --- change numbers --------------------------------------------------------------- */

static const char *_Atomic class;

static void has_a_changed_object(struct ldap_call *call)
{
    if (filters_for(call, "uSNChanged")) {
        script_entry(call, "CN=B,DC=x,DC=example", "objectGUID", GUID("1"), "objectClass",
                     class, "isDeleted", "FALSE", NULL);
        script_done(call, LDAP_SUCCESS, NULL, 0, NULL);
        return;
    }
    if (strcmp(call->base, "CN=B,DC=x,DC=example") == 0)
        call->script->state++;
    script_done(call, LDAP_SUCCESS, NULL, 0, NULL);
}

static const struct {
    const char *class;
    int below; /* searches */
} classes[] = {
    {"organizationalUnit", 1},
    {"container", 1},
    {"MSEXCHSYSTEMOBJECTSCONTAINER", 1},
    {"user", 0},
};

START_TEST(what_lies_below_a_changed_container_is_read_again_and_the_number_moves_on)
{
    hosted_param(&h, "delta", "usn");
    script.serve = has_a_changed_object;
    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++) {
        script.usn = "5000";
        ck_assert_msg(hosted_import(&h, AD_MA, true) == MA_OK, "%s", h.err.text);
        class = classes[i].class;
        script.usn = "6000";
        script.state = 0;

        ck_assert_msg(hosted_import(&h, AD_MA, false) == MA_OK, "%s", h.err.text);
        ck_assert_msg(script.state == classes[i].below, "%s: %d", classes[i].class,
                      script.state);
        ck_assert_int_eq(strncmp(h.heard.at, "present ", 8), 0);
        ck_assert_ptr_nonnull(strstr(h.watermark.at, " 6000"));
    }
}
END_TEST

SUITE_WITH("plugin/ad_asked", begin, end,
           an_import_asks_for_the_selected_classes_and_attributes_and_no_others,
           what_a_schema_lacks_is_told_and_of_one_that_cannot_be_read_nothing,
           a_bind_that_is_refused_is_no_server_that_is_away,
           where_starttls_is_refused_no_password_goes_out,
           a_next_page_that_is_refused_ends_the_import_without_a_watermark,
           a_page_whose_control_cannot_be_read_is_not_the_last,
           who_does_no_dirsync_is_asked_for_change_numbers,
           a_cookie_is_refused_in_many_ways_and_each_needs_a_full_import,
           the_cookie_of_a_piece_counts_when_all_it_announced_was_read,
           an_empty_attribute_beside_its_values_removes_none,
           what_lies_below_a_changed_container_is_read_again_and_the_number_moves_on)
