/* SPDX-License-Identifier: Apache-2.0 */

/* Parts of the agent for Active Directory that need no server. */

#include "suite.h"

#include "errors.h"
#include "mark.h"
#include "mods.h"
#include "scope.h"
#include "session.h"
#include "support/bind.h"

/* --- scope ------------------------------------------------------------------------ */

static struct pool pool;
static struct scope scope;

static void make(const char *const *included, const char *const *excluded)
{
    const struct ma_import request = {
        .size = sizeof request, .included = included, .excluded = excluded};

    scope_make(&scope, &pool, "DC=x", &request);
}

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

static void end(void)
{
    pool_free(&pool);
}

START_TEST(the_longest_container_of_both_lists_decides)
{
    make(LIST("OU=A,DC=x", "OU=C,OU=B,OU=A,DC=x"), LIST("DC=x", "ou=b, ou=a,dc=x"));

    ck_assert(scope_has(&scope, "CN=1,OU=A,DC=x"));
    ck_assert(!scope_has(&scope, "CN=1,OU=B,OU=A,DC=x"));
    ck_assert(scope_has(&scope, "CN=1,OU=C,OU=B,OU=A,DC=x"));
    ck_assert(!scope_has(&scope, "CN=1,DC=x"));
    ck_assert(!scope_has(&scope, "CN=1,OU=AA,DC=x"));
}
END_TEST

START_TEST(a_container_of_both_lists_is_excluded)
{
    make(LIST("OU=A,DC=x"), LIST("OU=A,DC=x"));

    ck_assert(!scope_has(&scope, "CN=1,OU=A,DC=x"));
    ck_assert(!scope_has(&scope, "OU=A,DC=x"));
}
END_TEST

START_TEST(what_is_below_another_root_is_no_root)
{
    make(LIST("OU=C,OU=B,OU=A,DC=x", "OU=A,DC=x", "ou=a,dc=x", "OU=D,DC=x"), NULL);

    ck_assert_uint_eq(scope.root_count, 2);
    ck_assert_str_eq(scope.roots[0], "OU=A,DC=x");
    ck_assert_str_eq(scope.roots[1], "OU=D,DC=x");
}
END_TEST

START_TEST(without_inclusions_the_partition_is_the_root)
{
    make(NULL, LIST("OU=A,DC=x"));

    ck_assert_uint_eq(scope.root_count, 1);
    ck_assert_str_eq(scope.roots[0], "DC=x");
    ck_assert(scope_has(&scope, "CN=1,DC=x"));
    ck_assert(!scope_has(&scope, "CN=1,OU=A,DC=x"));
}
END_TEST

/* --- marks ------------------------------------------------------------------------ */

START_TEST(a_mark_is_read_as_it_was_written)
{
    const struct mark marks[] = {
        {.method = DELTA_DIRSYNC,
         .host = "dc1",
         .invocation = "i",
         .made = 1764500000,
         .cookie = {"\0\1\2", 3}},
        {.method = DELTA_OBJECT_SECURITY,
         .host = "dc1",
         .invocation = "",
         .cookie = {"x", 1}},
        {.method = DELTA_USN, .host = "dc2", .invocation = "i", .usn = 1u << 31},
    };

    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        for (int full = 0; full < 2; full++) {
            struct mark mark = marks[i];
            struct mark read;
            struct bytes text = {0};

            mark.roots_done = full ? 7 : 0;
            mark_write(&mark, full, &text);
            ck_assert(mark_read(&read, &pool, (struct ma_value){text.at, text.length}));
            ck_assert_int_eq(read.method, mark.method);
            ck_assert_str_eq(read.host, mark.host);
            ck_assert_str_eq(read.invocation, mark.invocation);
            ck_assert_uint_eq(read.usn, mark.usn);
            ck_assert_int_eq(read.made, mark.made);
            ck_assert_uint_eq(read.roots_done, mark.roots_done);
            ck_assert_uint_eq(read.cookie.length, mark.cookie.length);
            if (mark.cookie.length > 0)
                ck_assert_mem_eq(read.cookie.data, mark.cookie.data, mark.cookie.length);
            bytes_free(&text);
        }
}
END_TEST

START_TEST(what_is_no_mark_is_none)
{
    static const char *const texts[] = {"",
                                        "full",
                                        "data=1;delta=2;",
                                        "dirsync dc1 i",
                                        "dirsync dc1 i !!!!",
                                        "usn dc1 i 0",
                                        "usn dc1 i x"};
    struct mark mark;

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        ck_assert_msg(!mark_read(&mark, &pool, ma_value_of(texts[i])), "%s", texts[i]);
}
END_TEST

/* --- errors ----------------------------------------------------------------------- */

/* What domain controllers say; from Windows where it has a DSID, from Samba where not. */
static const struct {
    int ldap;
    const char *said;
    const char *type;
    const char *code;
} said[] = {
    {50, "00002098: SecErr: DSID-03150F94, problem 4003 (INSUFF_ACCESS_RIGHTS), data 0",
     "permission-issue", "8344"},
    {50, "00002098: Object CN=b,DC=x has no write property access\n", "permission-issue",
     "8344"},
    {50, NULL, "permission-issue", "8344"},
    {68, "00002071: UpdErr: DSID-03050332, problem 6005 (ENTRY_EXISTS), data 0",
     "cd-existing-object", "8305"},
    {68, "00000524: UpdErr: DSID-031A11E2, problem 6005 (ENTRY_EXISTS), data 0",
     "cd-existing-object", "1316"},
    {32, "0000208D: NameErr: DSID-03100288, problem 2001 (NO_OBJECT), data 0",
     "cd-missing-object", "8333"},
    {53, "0000052D: SvcErr: DSID-031A12D2, problem 5003 (WILL_NOT_PERFORM), data 0",
     "password-policy-violation", "1325"},
    {53, "0000001F: SvcErr: DSID-031A12D2, problem 5003 (WILL_NOT_PERFORM), data 0",
     "cd-error", "31"},
    {19, "000021C8: AtrErr: DSID-03200EE7, #1: 0: 000021C8", "constraint-violation",
     "8648"},
    {20, "00002081: AtrErr: DSID-030F1249", "constraint-violation", "8321"},
    {67, "00002016: UpdErr: DSID-0305115B, problem 6004 (CANT_ON_RDN)",
     "modify-naming-attribute", "8214"},
    {51, "busy", "cd-connectivity-error", "8206"},
    {80, "0123", "cd-error", ""},
};

START_TEST(an_error_is_the_number_in_front_of_the_words)
{
    for (size_t i = 0; i < sizeof said / sizeof said[0]; i++) {
        struct failure f;

        errors_of(&f, said[i].ldap, said[i].said);
        ck_assert_msg(strcmp(f.type, said[i].type) == 0, "%zu: %s", i, f.type);
        ck_assert_msg(strcmp(f.code, said[i].code) == 0, "%zu: %s", i, f.code);
        ck_assert_ptr_nonnull(f.literal);
        if (said[i].said != NULL)
            ck_assert_ptr_nonnull(strstr(f.detail, "LDAP "));
        ck_assert_ptr_null(strchr(f.detail, '\n'));
    }
}
END_TEST

START_TEST(detail_that_grows_too_long_is_cut)
{
    struct failure f;

    errors_of(&f, 50, "00002098: no");
    for (int i = 0; i < 100; i++)
        errors_add(&f, "and another sentence of some length");

    ck_assert_uint_eq(strlen(f.detail), sizeof f.detail - 1);
}
END_TEST

/* --- requests --------------------------------------------------------------------- */

static const struct ma_value pwd = {"P\xc3\xa4\xf0\x9f\x94\x91", 7}; /* P, ae, a key */
static const struct ma_attribute password = {
    .name = "unicodePwd", .type = MA_TEXT, .values = &pwd, .count = 1};
static const struct ma_entry account = {.size = sizeof account,
                                        .change = MA_ADD,
                                        .dn = "CN=1,DC=x",
                                        .object_type = "user",
                                        .attributes = &password,
                                        .count = 1};

START_TEST(a_password_is_quoted_utf16)
{
    static const char wanted[] = "\"\0P\0\xe4\0\x3d\xd8\x11\xdd\"\0";
    const struct mods_request request = {
        .entry = &account, .add = true, .sealed = true, .dn = account.dn};
    struct failure f = {0};
    struct mods mods;

    ck_assert(mods_make(&mods, &request, &f));

    ck_assert_uint_eq(mods.count, 2);
    ck_assert_str_eq(mods.list[0]->mod_type, "objectClass");
    ck_assert_uint_eq(mods.list[1]->mod_bvalues[0]->bv_len, sizeof wanted - 1);
    ck_assert_mem_eq(mods.list[1]->mod_bvalues[0]->bv_val, wanted, sizeof wanted - 1);
    mods_free(&mods);
}
END_TEST

/* Of an account that is there it is set, whatever it was: nobody knows the old one. */
START_TEST(a_password_of_a_change_takes_the_place_of_the_old_one)
{
    struct ma_entry entry = account;
    const struct mods_request request = {
        .entry = &entry, .sealed = true, .dn = account.dn};
    struct failure f = {0};
    struct mods mods;

    entry.change = MA_MODIFY;
    ck_assert(mods_make(&mods, &request, &f));

    ck_assert_uint_eq(mods.count, 1);
    ck_assert_int_eq(mods.list[0]->mod_op, LDAP_MOD_REPLACE | LDAP_MOD_BVALUES);
    mods_free(&mods);
}
END_TEST

START_TEST(a_password_does_not_go_where_others_can_read_it)
{
    const struct mods_request request = {
        .entry = &account, .add = true, .sealed = false, .dn = account.dn};
    struct failure f = {0};
    struct mods mods;

    for (int add = 0; add < 2; add++) {
        struct mods_request either = request;

        either.add = add != 0;
        ck_assert(!mods_make(&mods, &either, &f));
        ck_assert_str_eq(f.type, "password-set-disallowed");
        mods_free(&mods);
    }
}
END_TEST

START_TEST(what_names_the_object_is_left_to_the_rename)
{
    static const struct ma_value name = {"A, B", 4};
    static const struct ma_value yes = {"true", 4};
    static const struct ma_attribute both[] = {
        {.name = "cn", .type = MA_TEXT, .values = &name, .count = 1},
        {.name = "flag", .type = MA_FLAG, .values = &yes, .count = 1}};
    const struct ma_entry entry = {
        .size = sizeof entry, .change = MA_MODIFY, .attributes = both, .count = 2};
    const struct mods_request request = {.entry = &entry, .dn = "CN=A\\, B,DC=x"};
    struct failure f = {0};
    struct mods mods;

    ck_assert(mods_make(&mods, &request, &f));

    ck_assert_uint_eq(mods.count, 1);
    ck_assert_str_eq(mods.list[0]->mod_type, "flag");
    ck_assert_str_eq(mods.list[0]->mod_bvalues[0]->bv_val, "TRUE");
    mods_free(&mods);
}
END_TEST

/* --- what holds where nobody says anything ---------------------------------------- */

static const char *only_a_server(const struct ma_host *host, const char *name,
                                 size_t index)
{
    (void)host;
    return strcmp(name, "server") == 0 && index == 0 ? "dc1.x.example" : NULL;
}

static const char *only_the_first(const struct ma_host *host, const char *name)
{
    return only_a_server(host, name, 0);
}

static enum ma_status no_secret(const struct ma_host *host, const char *name, char *out,
                                size_t capacity, struct ma_error *err)
{
    (void)host;
    (void)out;
    (void)capacity;
    return ma_fail(err, MA_NOT_FOUND, "%s", name);
}

static const struct ma_partition *no_partition(const struct ma_host *host, size_t index)
{
    (void)host;
    (void)index;
    return NULL;
}

static const struct ma_host silent = {.size = sizeof silent,
                                      .param = only_the_first,
                                      .param_at = only_a_server,
                                      .secret = no_secret,
                                      .partition = no_partition};

START_TEST(a_call_takes_120_seconds_at_most_unless_the_step_says_otherwise)
{
    struct session session = {.host = &silent};
    struct ma_error err;

    ck_assert_int_eq(settings_read(&session.set, &silent, &err), MA_OK);
    ck_assert_uint_eq(session.set.logon.link.time_limit, 120);
    session_patience(&session, 7);
    ck_assert_uint_eq(session.set.logon.link.time_limit, 7);
    session_patience(&session, 0);
    ck_assert_uint_eq(session.set.logon.link.time_limit, 120);
    settings_free(&session.set);
}
END_TEST

START_TEST(without_a_word_nothing_is_deleted_below_and_a_connection_is_sealed)
{
    struct settings set;
    struct ma_error err;

    ck_assert_int_eq(settings_read(&set, &silent, &err), MA_OK);
    ck_assert(!set.tree_delete);
    ck_assert(set.split_refused);
    ck_assert_uint_eq(set.window, 32);
    ck_assert_str_eq(set.anchor, "objectGUID");
    ck_assert_int_eq(set.logon.link.method, LINK_GSSAPI);
    ck_assert(set.logon.link.seal);
    ck_assert(!set.logon.link.clear_password);
    settings_free(&set);
}
END_TEST

/* --- the logon of a partition ----------------------------------------------------- */

#define AGENT "adma-configuration/"
#define OWN "adma-partition-data/"
#define CHILD "DC=child,DC=x,DC=example"

struct setting {
    const char *name;
    const char *value;
};

/* The configuration, the partition in it, and mactl.xml: by name each. */
static const struct setting *settings;

static const char *look_up(const char *name)
{
    for (size_t i = 0; settings[i].name != NULL; i++)
        if (strcmp(settings[i].name, name) == 0)
            return settings[i].value;
    return NULL;
}

static const char *param_said(const struct ma_host *host, const char *name)
{
    (void)host;
    return strcmp(name, AGENT "forest-name") == 0         ? "x.example"
           : strcmp(name, AGENT "forest-login-user") == 0 ? "svc"
                                                          : look_up(name);
}

static const char *param_at_said(const struct ma_host *host, const char *name,
                                 size_t index)
{
    return index == 0 ? param_said(host, name) : NULL;
}

static const char *partition_said(const struct ma_host *host, const char *partition,
                                  const char *name, size_t index)
{
    (void)host;
    return index == 0 && strcmp(partition, CHILD) == 0 ? look_up(name) : NULL;
}

static const struct ma_partition *only_child(const struct ma_host *host, size_t index)
{
    static const struct ma_partition child = {.size = sizeof child, .name = CHILD};

    (void)host;
    return index == 0 ? &child : NULL;
}

static enum ma_status any_secret(const struct ma_host *host, const char *name, char *out,
                                 size_t capacity, struct ma_error *err)
{
    (void)host;
    (void)err;
    snprintf(out, capacity, "of %s", name);
    return MA_OK;
}

static const struct ma_host saying = {.size = sizeof saying,
                                      .param = param_said,
                                      .param_at = param_at_said,
                                      .secret = any_secret,
                                      .partition = only_child,
                                      .partition_param = partition_said};

/* "tls,method,seal,crl user" */
static const char *written(const struct logon *logon)
{
    static const char *const securities[] = {
        [LINK_PLAIN] = "none", [LINK_STARTTLS] = "starttls", [LINK_LDAPS] = "ldaps"};
    static char text[PRINCIPAL_SIZE + 64];

    snprintf(text, sizeof text, "%s,%s%s%s %s", securities[logon->link.security],
             logon->link.method == LINK_SIMPLE ? "simple" : "kerberos",
             logon->link.seal ? ",seal" : "", logon->link.crl_check ? ",crl" : "",
             logon->user);
    return text;
}

#define SAYS(...)                                                                        \
    {                                                                                    \
        __VA_ARGS__,                                                                     \
        {                                                                                \
            NULL, NULL                                                                   \
        }                                                                                \
    }
#define USER                                                                             \
    {                                                                                    \
        OWN "login-user", "own"                                                          \
    }

static const struct {
    const char *what;
    struct setting settings[6];
    const char *expected;
    bool same;
} logons[] = {
    {"nothing", SAYS({"", ""}), "none,kerberos,seal svc@X.EXAMPLE", true},
    {"the agent only", SAYS({AGENT "ssl-bind", "1"}, {AGENT "sign-and-seal", "0"}),
     "ldaps,kerberos svc@X.EXAMPLE", true},
    {"a simple bind", SAYS({AGENT "simple-bind", "1"}),
     "starttls,simple,seal svc@x.example", true},
    {"a simple bind, TLS", SAYS({AGENT "simple-bind", "1"}, {AGENT "ssl-bind", "1"}),
     "ldaps,simple,seal svc@x.example", true},
    {"TLS", SAYS({OWN "ssl-bind", "1"}), "ldaps,kerberos,seal svc@X.EXAMPLE", false},
    {"no TLS", SAYS({AGENT "ssl-bind", "1"}, {OWN "ssl-bind", "0"}),
     "none,kerberos,seal svc@X.EXAMPLE", false},
    {"TLS as mactl.xml says", SAYS({OWN "ssl-bind", "1"}, {"tls", "starttls"}),
     "starttls,kerberos,seal svc@X.EXAMPLE", true},
    {"not sealed", SAYS({OWN "sign-and-seal", "0"}), "none,kerberos svc@X.EXAMPLE",
     false},
    {"lists of who is revoked",
     SAYS({OWN "ssl-bind", "1"}, {AGENT "ssl-bind", "1"},
          {OWN "ssl-bind@crl-check", "1"}),
     "ldaps,kerberos,seal,crl svc@X.EXAMPLE", false},
    {"no lists, by mactl.xml",
     SAYS({OWN "ssl-bind@crl-check", "1"}, {"crl-check", "false"}),
     "none,kerberos,seal svc@X.EXAMPLE", true},
    {"simple, kerberos by mactl.xml",
     SAYS({OWN "simple-bind", "1"}, {"authentication", "kerberos"}),
     "none,kerberos,seal svc@X.EXAMPLE", true},
    {"empty", SAYS({OWN "login-user", ""}, {OWN "ssl-bind", ""}),
     "none,kerberos,seal svc@X.EXAMPLE", true},
    {"a user of the forest", SAYS(USER), "none,kerberos,seal own@X.EXAMPLE", false},
    {"a user of the agent's domain", SAYS(USER, {AGENT "forest-login-domain", "y.z"}),
     "none,kerberos,seal own@Y.Z", false},
    {"a user and its domain",
     SAYS(USER, {OWN "login-domain", "y.z"}, {AGENT "forest-login-domain", "a.b"}),
     "none,kerberos,seal own@Y.Z", false},
    {"the short name of the partition", SAYS(USER, {OWN "login-domain", "CHILD"}),
     "none,kerberos,seal own@CHILD.X.EXAMPLE", false},
    {"another short name", SAYS(USER, {OWN "login-domain", "CHI"}),
     "none,kerberos,seal own@X.EXAMPLE", false},
    {"a domain, and no user of it", SAYS({OWN "login-domain", "y.z"}),
     "none,kerberos,seal svc@X.EXAMPLE", true},
    {"a user, and the login of mactl.xml", SAYS(USER, {"login", "named"}),
     "none,kerberos,seal named@X.EXAMPLE", true},
};

START_TEST(a_partition_is_bound_to_as_it_says_else_as_the_agent_says)
{
    for (size_t i = 0; i < sizeof logons / sizeof logons[0]; i++) {
        struct settings set;
        struct logon logon;
        struct ma_error err = {0};

        settings = logons[i].settings;
        ck_assert_msg(settings_read(&set, &saying, &err) == MA_OK, "%s: %s",
                      logons[i].what, err.text);
        ck_assert_msg(settings_logon(&set, CHILD, &logon, &err) == MA_OK, "%s: %s",
                      logons[i].what, err.text);
        ck_assert_msg(strcmp(written(&logon), logons[i].expected) == 0, "%s: %s",
                      logons[i].what, written(&logon));
        ck_assert_msg(settings_same_logon(&set, NULL, CHILD) == logons[i].same, "%s",
                      logons[i].what);
        logon_end(&logon);
        settings_free(&set);
    }
}
END_TEST

/* --- binds ------------------------------------------------------------------------ */

static const struct {
    const char *what;
    struct link_settings settings;
    enum ma_status status;
} binds[] = {
    {"all there",
     {.security = LINK_STARTTLS, .method = LINK_SIMPLE, .user = "u", .password = "p"},
     MA_OK},
    {"no TLS",
     {.security = LINK_PLAIN, .method = LINK_SIMPLE, .user = "u", .password = "p"},
     MA_INVALID},
    {"no TLS, as wanted",
     {.security = LINK_PLAIN,
      .method = LINK_SIMPLE,
      .clear_password = true,
      .user = "u",
      .password = "p"},
     MA_OK},
    {"nobody",
     {.security = LINK_LDAPS, .method = LINK_SIMPLE, .password = "p"},
     MA_INVALID},
    {"no name",
     {.security = LINK_LDAPS, .method = LINK_SIMPLE, .user = "", .password = "p"},
     MA_INVALID},
    {"no password",
     {.security = LINK_LDAPS, .method = LINK_SIMPLE, .user = "u"},
     MA_DENIED},
    {"an empty one: that would be nobody, and succeed",
     {.security = LINK_LDAPS, .method = LINK_SIMPLE, .user = "u", .password = ""},
     MA_DENIED},
    {"Kerberos", {.security = LINK_PLAIN, .method = LINK_GSSAPI}, MA_OK},
};

START_TEST(a_simple_bind_has_a_name_a_password_and_tls)
{
    for (size_t i = 0; i < sizeof binds / sizeof binds[0]; i++) {
        struct ma_error err = {0};

        ck_assert_msg(bind_check(&binds[i].settings, &err) == binds[i].status, "%s: %s",
                      binds[i].what, err.text);
    }
}
END_TEST

/* --- directories ------------------------------------------------------------------ */

static const struct {
    const char *a;
    const char *b;
    bool same;
} places[] = {
    {"CN=a,OU=o,DC=x,DC=y", "CN=b,CN=c,DC=x,DC=y", true},
    {"CN=a,DC=x,DC=y", "cn=b, dc=X, dc=Y", true},
    {"CN=a,DC=x,DC=y", "CN=b, DC = x,DC=y", false},
    {"CN=a,DC=x,DC=y", "CN=b,DC=z,DC=x,DC=y", false},
    {"DC=z,DC=x,DC=y", "OU=o,DC=x,DC=y", false},
    {"CN=a,O=x", "CN=b,O=z", true},
    {"CN=a,O=x", "CN=b,DC=x", false},
};

START_TEST(what_ends_with_the_same_domain_is_of_one_directory)
{
    static const struct setting none[] = {{NULL, NULL}};
    struct settings set;
    struct ma_error err = {0};

    settings = none;
    ck_assert_int_eq(settings_read(&set, &saying, &err), MA_OK);
    set.partitions_differ = false;
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        ck_assert_msg(directory_same(&set, places[i].a, places[i].b) == places[i].same,
                      "%s and %s", places[i].a, places[i].b);
    settings_free(&set);
}
END_TEST

/* The domain may be written in another way, and the object be any of it. */
START_TEST(what_was_tried_of_a_domain_is_told_the_first_who_asks_for_it)
{
    static const struct setting none[] = {{NULL, NULL}};
    const struct ma_error why = {.status = MA_UNREACHABLE, .text = "nobody is there"};
    struct settings set;
    struct tried tried = {0};
    struct ma_error err = {0};

    settings = none;
    ck_assert_int_eq(settings_read(&set, &saying, &err), MA_OK);
    set.partitions_differ = false;
    ck_assert(!tried_failed(&tried, &set, "DC=x,DC=y", &err));

    tried_keep(&tried, "DC=x,DC=y", &why);
    ck_assert(tried_failed(&tried, &set, "CN=a, dc=X, dc=Y", &err));
    ck_assert_str_eq(err.text, "nobody is there");
    ck_assert(!tried_failed(&tried, &set, "DC=x,DC=y", &err));

    tried_keep(&tried, "DC=x,DC=y", &why);
    ck_assert(!tried_failed(&tried, &set, "DC=z,DC=x,DC=y", &err));
    settings_free(&set);
}
END_TEST

SUITE_WITH("plugin/ad_parts", NULL, end, the_longest_container_of_both_lists_decides,
           a_container_of_both_lists_is_excluded, what_is_below_another_root_is_no_root,
           without_inclusions_the_partition_is_the_root, a_mark_is_read_as_it_was_written,
           what_is_no_mark_is_none, an_error_is_the_number_in_front_of_the_words,
           detail_that_grows_too_long_is_cut, a_password_is_quoted_utf16,
           a_password_of_a_change_takes_the_place_of_the_old_one,
           a_password_does_not_go_where_others_can_read_it,
           what_names_the_object_is_left_to_the_rename,
           a_call_takes_120_seconds_at_most_unless_the_step_says_otherwise,
           without_a_word_nothing_is_deleted_below_and_a_connection_is_sealed,
           a_partition_is_bound_to_as_it_says_else_as_the_agent_says,
           a_simple_bind_has_a_name_a_password_and_tls,
           what_ends_with_the_same_domain_is_of_one_directory,
           what_was_tried_of_a_domain_is_told_the_first_who_asks_for_it)
