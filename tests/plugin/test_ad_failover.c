/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A domain controller goes away while the agent speaks to it, and the next one takes
 * over: imports begin anew or go on, exports go over with what was under way.
 */

#include "hosted.h"
#include "ldap_world.h"

static struct hosted h;
static struct ldap_script first;  /* 127.0.0.1 */
static struct ldap_script second; /* 127.0.0.2, the same port */
static struct buf asked;          /* of the second, changes and lookups */

static void begin(void)
{
    hosted_begin(&h);
    script_begin_two(&first, &second);
    script_bind(&h, &first);
    second.invocation = "other invocation";
}

static void name_both(void)
{
    hosted_param(&h, "server", "127.0.0.1");
    hosted_param(&h, "server", "127.0.0.2");
}

static void end(void)
{
    hosted_end(&h);
    script_end(&first);
    script_end(&second);
    buf_free(&asked);
}

/* Nobody listens there any more. */
static void die(struct ldap_call *call)
{
    shutdown(call->script->listener, SHUT_RDWR);
    script_hang_up(call);
}

#define ck_servers(expected) ck_assert_str_eq(h.servers.at, expected)

/* --- full imports ----------------------------------------------------------------- */

static void has_two_and_three(struct ldap_call *call)
{
    if (first_cookie(call))
        return;
    person(call, "CN=2,DC=x,DC=example", GUID("2"));
    person(call, "CN=3,DC=x,DC=example", GUID("3"));
    script_done(call, LDAP_SUCCESS, NULL, 0, "");
}

static void dies_behind_a_page(struct ldap_call *call)
{
    if (first_cookie(call))
        return;
    if (call->cookie[0] != '\0') {
        die(call);
        return;
    }
    person(call, "CN=1,DC=x,DC=example", GUID("1"));
    person(call, "CN=2,DC=x,DC=example", GUID("2"));
    script_done(call, LDAP_SUCCESS, NULL, 0, "more");
}

static void dies_in_a_page(struct ldap_call *call)
{
    if (first_cookie(call))
        return;
    person(call, "CN=1,DC=x,DC=example", GUID("1"));
    die(call);
}

static void dies_at_once(struct ldap_call *call)
{
    die(call);
}

/* Of the first of two containers it tells, and is gone. */
static void dies_behind_a_container(struct ldap_call *call)
{
    if (first_cookie(call))
        return;
    if (strcmp(call->base, "OU=A,DC=x,DC=example") != 0) {
        die(call);
        return;
    }
    person(call, "CN=1,OU=A,DC=x,DC=example", GUID("1"));
    script_done(call, LDAP_SUCCESS, NULL, 0, "");
}

static void is_silent(struct ldap_call *call)
{
    (void)call;
}

static const struct {
    const char *what;
    void (*serve)(struct ldap_call *);
} deaths[] = {
    {"behind a page", dies_behind_a_page},
    {"in a page", dies_in_a_page},
    {"before all", dies_at_once},
    {"at the time limit", is_silent},
};

#define TWO_AND_THREE                                                                    \
    "present guid number 0002 [CN=2,DC=x,DC=example] objectGUID=guid number 0002 "       \
    "objectClass=user\n"                                                                 \
    "present guid number 0003 [CN=3,DC=x,DC=example] objectGUID=guid number 0003 "       \
    "objectClass=user\n"

START_TEST(a_full_import_begins_anew_on_the_next_server)
{
    name_both();
    for (size_t i = 0; i < sizeof deaths / sizeof deaths[0]; i++) {
        first.serve = deaths[i].serve;
        second.serve = has_two_and_three;
        h.time_limit = 1;

        ck_assert_msg(hosted_import(&h, AD_MA, true) == MA_OK, "%s: %s", deaths[i].what,
                      h.err.text);
        ck_heard(&h, TWO_AND_THREE);
        ck_assert_uint_eq(h.started_over, 1);
        ck_assert_ptr_nonnull(strstr(h.watermark.at, "dirsync 127.0.0.2 "));
        ck_servers("+127.0.0.1 -127.0.0.1 +127.0.0.2 ");
        end();
        begin();
        name_both();
    }
}
END_TEST

START_TEST(containers_behind_a_full_import_are_read_again_on_the_next_server)
{
    static const char *const included[] = {"OU=A,DC=x,DC=example", "OU=B,DC=x,DC=example",
                                           NULL};

    name_both();
    h.included = included;
    first.serve = dies_behind_a_container;
    second.serve = has_two_and_three;

    ck_assert_msg(hosted_import(&h, AD_MA, true) == MA_OK, "%s", h.err.text);
    ck_heard(&h, TWO_AND_THREE); /* who is met in both is told once */
    ck_assert_uint_eq(h.checkpoints, 2);
}
END_TEST

static void goes_on_behind_a_container(struct ldap_call *call)
{
    if (call->script->state++ == 0 || is_dirsync(call))
        dies_behind_a_container(call);
    else
        has_two_and_three(call);
}

/* The next run finds the first server with another database. */
START_TEST(what_a_run_that_died_has_seen_elsewhere_does_not_count)
{
    static const char *const included[] = {"OU=A,DC=x,DC=example", "OU=B,DC=x,DC=example",
                                           NULL};

    name_both();
    h.included = included;
    h.die_after = 1;
    first.serve = goes_on_behind_a_container;
    ck_assert_int_eq(hosted_import(&h, AD_MA, true), MA_CANCELLED);
    first.invocation = "other invocation";
    first.serve = has_two_and_three;

    ck_assert_msg(hosted_import(&h, AD_MA, true) == MA_OK, "%s", h.err.text);
    ck_assert_uint_eq(h.started_over, 1);
    ck_heard(&h, TWO_AND_THREE);
}
END_TEST

START_TEST(where_all_servers_die_the_import_ends_with_what_happened)
{
    name_both();
    first.serve = dies_behind_a_page;
    second.serve = dies_in_a_page;

    ck_assert_int_eq(hosted_import(&h, AD_MA, true), MA_UNREACHABLE);
    ck_assert_msg(strstr(h.err.text, "127.0.0.2") != NULL, "%s", h.err.text);
    ck_assert_uint_eq(h.watermark.length, 0);
    ck_servers("+127.0.0.1 -127.0.0.1 +127.0.0.2 -127.0.0.2 ");
}
END_TEST

START_TEST(servers_are_changed_five_times_and_no_more)
{
    static struct ldap_script more[6];
    static char addresses[6][16];

    name_both();
    first.serve = second.serve = dies_in_a_page;
    for (size_t i = 0; i < 6; i++) {
        snprintf(addresses[i], sizeof addresses[i], "127.0.0.%zu", i + 3);
        script_begin_at(&more[i], addresses[i], first.port);
        more[i].serve = dies_in_a_page;
        hosted_param(&h, "server", addresses[i]);
    }

    ck_assert_int_eq(hosted_import(&h, AD_MA, true), MA_UNREACHABLE);
    ck_assert_ptr_nonnull(strstr(h.err.text, "5 domain controllers were lost"));
    ck_assert_uint_eq(h.started_over, 4);
    for (size_t i = 0; i < 6; i++)
        script_end(&more[i]);
}
END_TEST

/* --- delta imports ---------------------------------------------------------------- */

static void change(struct ldap_call *call, const char *guid, const char *title)
{
    script_entry(call, "CN=1,DC=x,DC=example", "objectGUID", guid, "instanceType", "4",
                 "title", title, NULL);
}

static void dies_behind_a_piece(struct ldap_call *call)
{
    if (first_cookie(call))
        return;
    if (!is_dirsync(call))
        script_done(call, LDAP_SUCCESS, NULL, 0, NULL);
    else if (strcmp(call->cookie, "cookie0") == 0) {
        change(call, GUID("1"), "a");
        script_done(call, LDAP_SUCCESS, NULL, 1, "cookie1");
    } else {
        change(call, GUID("2"), "lost on the way");
        die(call);
    }
}

static void goes_on_behind_a_piece(struct ldap_call *call)
{
    if (!is_dirsync(call))
        script_done(call, LDAP_SUCCESS, NULL, 0, NULL);
    else {
        ck_assert_str_eq(call->cookie, "cookie1");
        change(call, GUID("2"), "b");
        script_done(call, LDAP_SUCCESS, NULL, 0, "cookie2");
    }
}

START_TEST(a_delta_import_goes_on_at_another_address_of_the_same_database)
{
    name_both();
    first.serve = dies_behind_a_piece;
    second.serve = goes_on_behind_a_piece;
    second.invocation = first.invocation;
    ck_assert_int_eq(hosted_import(&h, AD_MA, true), MA_OK);

    ck_assert_msg(hosted_import(&h, AD_MA, false) == MA_OK, "%s", h.err.text);
    ck_heard(&h, "modify guid number 0001 [CN=1,DC=x,DC=example] title=a\n"
                 "modify guid number 0002 [CN=1,DC=x,DC=example] title=b\n");
    ck_assert_uint_eq(h.started_over, 0);
    ck_assert_ptr_nonnull(strstr(h.watermark.at, "dirsync 127.0.0.2 "));
    ck_assert_ptr_nonnull(strstr(h.watermark.at, "Y29va2llMg==")); /* cookie2 */
}
END_TEST

START_TEST(a_delta_import_that_loses_its_server_needs_a_full_one_of_another_database)
{
    name_both();
    first.serve = dies_behind_a_piece;
    second.serve = goes_on_behind_a_piece;
    ck_assert_int_eq(hosted_import(&h, AD_MA, true), MA_OK);

    ck_assert_int_eq(hosted_import(&h, AD_MA, false), MA_FULL_NEEDED);
    ck_assert_ptr_nonnull(strstr(
        h.err.text, "the last import was from domain controller 127.0.0.1, this is "
                    "127.0.0.2"));
    ck_assert_ptr_nonnull(strstr(h.watermark.at, "Y29va2llMA==")); /* cookie0 */
}
END_TEST

/* --- exports ---------------------------------------------------------------------- */

static const struct ma_value title[] = {{"x", 1}};
static const struct ma_attribute titles[] = {
    {.name = "title", .values = title, .count = 1}};

static struct ma_entry entry_of(enum ma_change change, const char *dn, const char *guid)
{
    return (struct ma_entry){.size = sizeof(struct ma_entry),
                             .change = change,
                             .anchor = {guid, strlen(guid)},
                             .dn = dn,
                             .object_type = "user",
                             .attributes = titles,
                             .count = 1};
}

static const char *word_of(const struct ldap_call *call)
{
    return call->op == LDAP_REQ_ADD      ? "add"
           : call->op == LDAP_REQ_MODIFY ? "modify"
           : call->op == LDAP_REQ_MODRDN ? "rename"
           : call->op == LDAP_REQ_DELETE ? "delete"
                                         : "look";
}

static void note(const struct ldap_call *call)
{
    buf_print(&asked, "%s %s\n", word_of(call), call->base);
}

/* It takes what it is asked to do, and is gone. */
static void dies_unasked(struct ldap_call *call)
{
    if (call->op != LDAP_REQ_SEARCH && ++call->script->state == 2)
        die(call);
}

static void accepts(struct ldap_call *call)
{
    note(call);
    if (call->op == LDAP_REQ_SEARCH && strcmp(call->attribute, "*") != 0)
        script_entry(call, call->base, "objectGUID", GUID("7"), NULL);
    script_done(call, LDAP_SUCCESS, NULL, 0, NULL);
}

static void has_it(struct ldap_call *call)
{
    note(call);
    if (call->op == LDAP_REQ_SEARCH && strcmp(call->attribute, "*") == 0)
        script_entry(call, call->base, "objectClass", "user", "title", "x", "objectGUID",
                     GUID("7"), NULL);
    else if (call->op == LDAP_REQ_SEARCH)
        script_entry(call, "CN=new,DC=x,DC=example", "objectGUID", GUID("2"), NULL);
    script_done(call, LDAP_SUCCESS, NULL, 0, NULL);
}

#define GUID_1 "<GUID=67756964206e756d6265722030303031>"
#define GUID_2 "<GUID=67756964206e756d6265722030303032>"

/* Two lines of one window; the server dies with the second request. */
static void lose(const struct ma_entry *a, const struct ma_entry *b,
                 void (*next)(struct ldap_call *))
{
    const struct ma_entry *const entries[] = {a, b};

    first.serve = dies_unasked;
    second.serve = next;
    ck_assert_msg(hosted_export(&h, AD_MA, entries, 2) == MA_OK, "%s", h.err.text);
    ck_servers("+127.0.0.1 -127.0.0.1 +127.0.0.2 ");
}

/* By another name it is the same database: what it does not have was not done. */
START_TEST(an_add_without_an_answer_is_looked_up_in_the_same_database_before_it_is_sent)
{
    const struct ma_entry a = entry_of(MA_ADD, "CN=a,DC=x,DC=example", "");
    const struct ma_entry b = entry_of(MA_MODIFY, "CN=1,DC=x,DC=example", GUID("1"));

    name_both();
    second.invocation = first.invocation;
    lose(&a, &b, accepts);

    ck_heard(&h, "1 exported\n0 exported\n");
    ck_assert_str_eq(asked.at, "look CN=a,DC=x,DC=example\n"
                               "add CN=a,DC=x,DC=example\n"
                               "modify " GUID_1 "\n"
                               "look CN=a,DC=x,DC=example\n");
}
END_TEST

#define PUT_OFF "failed cd-connectivity-error"

static void dies_with_the_first(struct ldap_call *call)
{
    if (call->op != LDAP_REQ_SEARCH)
        die(call);
}

/* Another database may not have it yet: made there as well, it would be there twice. */
START_TEST(an_add_that_another_database_does_not_have_yet_is_left_to_the_next_export)
{
    const struct ma_entry a = entry_of(MA_ADD, "CN=a,DC=x,DC=example", "");
    const struct ma_entry *const entries[] = {&a};

    name_both();
    first.serve = dies_with_the_first;
    second.serve = accepts;

    ck_assert_msg(hosted_export(&h, AD_MA, entries, 1) == MA_OK, "%s", h.err.text);
    ck_heard(&h, "0 " PUT_OFF "\n");
    ck_assert_str_eq(asked.at, "look CN=a,DC=x,DC=example\n");
    ck_assert_str_eq(h.error_literal, "Whether the object was added is not known.");
    ck_assert_str_eq(h.server_detail,
                     "the domain controller that was to add 'CN=a,DC=x,DC=example' went "
                     "away without an answer, and 127.0.0.2 does not have it, or not "
                     "yet: the next export looks again");
}
END_TEST

START_TEST(where_mactl_xml_wants_it_a_lost_add_is_sent_again_at_once)
{
    const struct ma_entry a = entry_of(MA_ADD, "CN=a,DC=x,DC=example", "");
    const struct ma_entry b = entry_of(MA_MODIFY, "CN=1,DC=x,DC=example", GUID("1"));

    name_both();
    hosted_param(&h, "resend-lost-adds", "true");
    lose(&a, &b, accepts);

    ck_heard(&h, "1 exported\n0 exported\n");
}
END_TEST

START_TEST(an_add_that_was_done_is_not_sent_again_and_has_its_anchor)
{
    const struct ma_entry a = entry_of(MA_ADD, "CN=a,DC=x,DC=example", "");
    const struct ma_entry b = entry_of(MA_MODIFY, "CN=1,DC=x,DC=example", GUID("1"));

    name_both();
    lose(&a, &b, has_it);

    ck_heard(&h, "0 exported\n1 exported\n");
    ck_assert_str_eq(h.anchors.at, "guid number 0007\n\n");
    ck_assert_str_eq(asked.at, "look CN=a,DC=x,DC=example\nmodify " GUID_1 "\n");
}
END_TEST

START_TEST(a_rename_that_was_done_is_not_sent_again_what_comes_behind_it_is)
{
    struct ma_entry a = entry_of(MA_MODIFY, "CN=2,DC=x,DC=example", GUID("2"));
    const struct ma_entry b = entry_of(MA_DELETE, "CN=1,DC=x,DC=example", GUID("1"));

    name_both();
    a.new_dn = "CN=new,DC=x,DC=example";
    lose(&a, &b, has_it);

    ck_heard(&h, "0 exported\n1 exported\n");
    ck_assert_str_eq(asked.at, "look " GUID_2 "\nmodify " GUID_2 "\ndelete " GUID_1 "\n");
}
END_TEST

/* A new container, who is put into it, and a change of the same object: each waits for
 * the one before. */
START_TEST(what_waits_for_one_that_was_lost_waits_for_it_on_the_next_server_too)
{
    const struct ma_entry unit = entry_of(MA_ADD, "OU=u,DC=x,DC=example", "");
    const struct ma_entry member = entry_of(MA_ADD, "CN=m,OU=u,DC=x,DC=example", "");
    const struct ma_entry again = entry_of(MA_MODIFY, "CN=m,OU=u,DC=x,DC=example", "");
    const struct ma_entry *const entries[] = {&unit, &member, &again};

    name_both();
    second.invocation = first.invocation;
    first.serve = dies_with_the_first;
    second.serve = accepts;

    ck_assert_msg(hosted_export(&h, AD_MA, entries, 3) == MA_OK, "%s", h.err.text);
    ck_heard(&h, "0 exported\n1 exported\n2 exported\n");
    ck_assert_str_eq(asked.at, "look OU=u,DC=x,DC=example\n"
                               "add OU=u,DC=x,DC=example\n"
                               "look OU=u,DC=x,DC=example\n"
                               "add CN=m,OU=u,DC=x,DC=example\n"
                               "look CN=m,OU=u,DC=x,DC=example\n"
                               "modify CN=m,OU=u,DC=x,DC=example\n");
}
END_TEST

/* A container of which nobody knows is not made a second time for what is put into it,
 * nor in the next batch. */
static void has_the_domain_only(struct ldap_call *call)
{
    bool is_domain = strcasecmp(call->base, "DC=x,DC=example") == 0;

    if (is_domain)
        script_entry(call, call->base, "objectClass", "domainDNS", NULL);
    script_done(call, is_domain ? LDAP_SUCCESS : LDAP_NO_SUCH_OBJECT, NULL, 0, NULL);
}

static void lacks_the_unit(struct ldap_call *call)
{
    note(call);
    has_the_domain_only(call);
}

START_TEST(what_belongs_into_a_container_in_doubt_waits_with_it)
{
    const struct ma_entry unit = entry_of(MA_ADD, "OU=u,DC=x,DC=example", "");
    const struct ma_entry member = entry_of(MA_ADD, "CN=m,ou=U, DC=x,DC=example", "");
    const struct ma_entry *const entries[] = {&unit, &member};

    name_both();
    hosted_param(&h, "component-mapping", "OU=organizationalUnit");
    first.serve = dies_with_the_first;
    second.serve = lacks_the_unit;

    ck_assert_msg(hosted_export(&h, AD_MA, entries, 2) == MA_OK, "%s", h.err.text);
    ck_heard(&h, "0 " PUT_OFF "\n1 " PUT_OFF "\n");
    ck_assert_ptr_null(strstr(asked.at, "add OU=u"));
    ck_assert_ptr_null(strstr(asked.at, "add ou=U"));
}
END_TEST

/* The missing container itself is what the server dies with. */
static void dies_with_the_container(struct ldap_call *call)
{
    if (call->op == LDAP_REQ_ADD && strncmp(call->base, "OU=u", 4) == 0)
        die(call);
    else
        has_the_domain_only(call);
}

START_TEST(a_container_that_a_lost_server_was_to_make_is_not_made_by_the_next)
{
    const struct ma_entry a = entry_of(MA_ADD, "CN=a,OU=u,DC=x,DC=example", "");
    const struct ma_entry b = entry_of(MA_ADD, "CN=b,OU=u,DC=x,DC=example", "");
    const struct ma_entry *const entries[] = {&a, &b};

    name_both();
    hosted_param(&h, "component-mapping", "OU=organizationalUnit");
    first.serve = dies_with_the_container;
    second.serve = lacks_the_unit;

    ck_assert_msg(hosted_export(&h, AD_MA, entries, 2) == MA_OK, "%s", h.err.text);
    ck_assert_ptr_nonnull(strstr(h.heard.at, "0 " PUT_OFF "\n"));
    ck_assert_ptr_nonnull(strstr(h.heard.at, "1 " PUT_OFF "\n"));
    ck_assert_ptr_null(strstr(asked.at, "add OU=u"));
}
END_TEST

/* Its container is missing, says the server, and is gone when it is asked about it. */
static void refuses_and_dies(struct ldap_call *call)
{
    if (call->op == LDAP_REQ_SEARCH)
        die(call);
    else
        script_done(call, LDAP_NO_SUCH_OBJECT, NULL, 0, NULL);
}

START_TEST(a_refusal_that_was_looked_into_is_asked_anew_of_the_next_server)
{
    const struct ma_entry a = entry_of(MA_ADD, "CN=a,OU=u,DC=x,DC=example", "");
    const struct ma_entry *const entries[] = {&a};

    name_both();
    first.serve = refuses_and_dies;
    second.serve = accepts;

    ck_assert_msg(hosted_export(&h, AD_MA, entries, 1) == MA_OK, "%s", h.err.text);
    ck_heard(&h, "0 exported\n");
    ck_assert_str_eq(asked.at, "add CN=a,OU=u,DC=x,DC=example\n"
                               "look CN=a,OU=u,DC=x,DC=example\n");
}
END_TEST

START_TEST(an_export_that_loses_its_last_server_ends_and_nobody_is_told_a_guess)
{
    const struct ma_entry a = entry_of(MA_ADD, "CN=a,DC=x,DC=example", "");
    const struct ma_entry *const entries[] = {&a};

    name_both();
    first.serve = second.serve = dies_at_once;

    ck_assert_int_eq(hosted_export(&h, AD_MA, entries, 1), MA_UNREACHABLE);
    ck_heard(&h, "");
}
END_TEST

/* --- which server ----------------------------------------------------------------- */

#define PREFERRED "adma-partition-data/preferred-dcs/preferred-dc"

static const struct parameter prefers[] = {
    {.name = PREFERRED, .value = "127.0.0.9", .type = ""},
    {.name = PREFERRED, .value = "127.0.0.2", .type = ""},
    {.name = "adma-partition-data/dc-failover", .value = "0", .type = ""}};
static const struct partition partitions[] = {
    {.name = "DC=x,DC=example", .selected = true},
    {.name = "DC=y,DC=x,DC=example",
     .selected = true,
     .parameters = prefers,
     .parameter_count = 3}};

static void make_partitions(void)
{
    h.agent.partitions = partitions;
    h.agent.partition_count = 2;
    first.serve = second.serve = has_two_and_three;
}

START_TEST(of_several_servers_the_one_that_holds_the_partition_is_taken)
{
    make_partitions();
    name_both();
    first.holds = "DC=x,DC=example";
    second.holds = "dc=y,dc=x,dc=example";

    h.partition = "DC=y,DC=x,DC=example";
    ck_assert_msg(hosted_import(&h, AD_MA, true) == MA_OK, "%s", h.err.text);
    ck_servers("-127.0.0.1 +127.0.0.2 ");
    h.partition = "DC=x,DC=example";
    ck_assert_msg(hosted_import(&h, AD_MA, true) == MA_OK, "%s", h.err.text);
    ck_servers("-127.0.0.1 +127.0.0.2 +127.0.0.1 ");
}
END_TEST

/* Where mactl.xml names none. 127.0.0.9 does not listen. */
START_TEST(the_preferred_servers_of_a_partition_are_asked_in_their_order_and_no_others)
{
    make_partitions();
    hosted_private(&h, "adma-configuration/forest-name", "x.example");
    h.partition = "DC=y,DC=x,DC=example";

    ck_assert_msg(hosted_import(&h, AD_MA, true) == MA_OK, "%s", h.err.text);
    ck_servers("-127.0.0.9 +127.0.0.2 ");
    second.serve = dies_in_a_page;
    ck_assert_int_eq(hosted_import(&h, AD_MA, true), MA_UNREACHABLE);
    ck_servers("-127.0.0.9 +127.0.0.2 -127.0.0.9 +127.0.0.2 -127.0.0.2 -127.0.0.9 ");
}
END_TEST

START_TEST(what_mactl_xml_names_is_asked_instead_of_preferred_servers)
{
    make_partitions();
    hosted_param(&h, "server", "127.0.0.1");
    h.partition = "DC=y,DC=x,DC=example";

    ck_assert_msg(hosted_import(&h, AD_MA, true) == MA_OK, "%s", h.err.text);
    ck_servers("+127.0.0.1 ");
}
END_TEST

/* --- before it is known what is pending ------------------------------------------- */

static void export_a(enum ma_status expected)
{
    const struct ma_entry a = entry_of(MA_MODIFY, "CN=a,DC=x,DC=example", GUID("1"));
    const struct ma_entry *const entries[] = {&a};

    h.early = true;
    first.serve = second.serve = accepts;
    ck_assert_msg(hosted_export(&h, AD_MA, entries, 1) == expected, "%s", h.err.text);
}

START_TEST(who_connected_early_does_not_connect_again)
{
    h.agent.partitions = partitions;
    h.agent.partition_count = 1;
    name_both();

    export_a(MA_OK);
    ck_servers("+127.0.0.1 ");
    ck_assert_str_eq(asked.at, "modify " GUID_1 "\n");
}
END_TEST

START_TEST(what_failed_early_is_told_once_and_not_tried_twice)
{
    h.agent.partitions = partitions;
    h.agent.partition_count = 1;
    hosted_param(&h, "server", "127.0.0.9");

    export_a(MA_UNREACHABLE);
    ck_servers("-127.0.0.9 ");
    ck_heard(&h, "");
}
END_TEST

/* It could be any of them. */
START_TEST(of_several_partitions_none_is_connected_to_early)
{
    make_partitions();
    name_both();
    first.holds = "DC=y,DC=x,DC=example";
    second.holds = "DC=x,DC=example";

    export_a(MA_OK);
    ck_servers("-127.0.0.1 +127.0.0.2 ");
}
END_TEST

SUITE_WITH("plugin/ad_failover", begin, end, a_full_import_begins_anew_on_the_next_server,
           containers_behind_a_full_import_are_read_again_on_the_next_server,
           what_a_run_that_died_has_seen_elsewhere_does_not_count,
           where_all_servers_die_the_import_ends_with_what_happened,
           servers_are_changed_five_times_and_no_more,
           a_delta_import_goes_on_at_another_address_of_the_same_database,
           a_delta_import_that_loses_its_server_needs_a_full_one_of_another_database,
           an_add_without_an_answer_is_looked_up_in_the_same_database_before_it_is_sent,
           an_add_that_another_database_does_not_have_yet_is_left_to_the_next_export,
           where_mactl_xml_wants_it_a_lost_add_is_sent_again_at_once,
           an_add_that_was_done_is_not_sent_again_and_has_its_anchor,
           a_rename_that_was_done_is_not_sent_again_what_comes_behind_it_is,
           what_waits_for_one_that_was_lost_waits_for_it_on_the_next_server_too,
           what_belongs_into_a_container_in_doubt_waits_with_it,
           a_container_that_a_lost_server_was_to_make_is_not_made_by_the_next,
           a_refusal_that_was_looked_into_is_asked_anew_of_the_next_server,
           an_export_that_loses_its_last_server_ends_and_nobody_is_told_a_guess,
           of_several_servers_the_one_that_holds_the_partition_is_taken,
           the_preferred_servers_of_a_partition_are_asked_in_their_order_and_no_others,
           what_mactl_xml_names_is_asked_instead_of_preferred_servers,
           who_connected_early_does_not_connect_again,
           what_failed_early_is_told_once_and_not_tried_twice,
           of_several_partitions_none_is_connected_to_early)
