/* SPDX-License-Identifier: Apache-2.0 */
#include "audit.h"
#include "suite.h"

/*
 * Whom a login means, where several domains of a forest have an account of the same
 * name: data/forest.ldif with data/twins.ldif, once as a dump and once as two domain
 * controllers that each know their own domain.
 */

#define ROOT "DC=corp,DC=example"
#define CHILD "DC=child,DC=corp,DC=example"
#define USERS "CN=Users,"
#define DATA SOURCE_DIR "/tests/plugin/data/"
#define NAME_IT ": name it as DOMAIN\\name, or by its DN or SID"

static struct audit audit;
static struct dump dump;
static struct ma_host host;
static struct ma_error err;

static enum ma_status ignore(const struct ma_host *unused,
                             const struct ma_finding *finding, struct ma_error *error)
{
    (void)unused;
    (void)finding;
    (void)error;
    return MA_OK;
}

/* --- a domain controller: nothing of the other domain ----------------------------- */

static enum ma_status search(struct origin *origin, const struct origin_query *query,
                             const struct origin_taker *taker, struct ma_error *error)
{
    (void)origin;
    return dump.origin.search(&dump.origin, query, taker, error);
}

static enum ma_status give_root(const struct origin_taker *taker, struct ma_error *error)
{
    static const struct ma_value configuration = {"CN=Configuration," ROOT,
                                                  sizeof "CN=Configuration," ROOT - 1};
    static const struct ma_value schema = {"CN=Schema,CN=Configuration," ROOT,
                                           sizeof "CN=Schema,CN=Configuration," ROOT - 1};
    struct answer_attribute attributes[] = {
        {.name = "configurationNamingContext", .values = &configuration, .count = 1},
        {.name = "schemaNamingContext", .values = &schema, .count = 1}};
    const struct answer answer = {.dn = "", .attributes = attributes, .count = 2};

    return taker->entry(taker->context, 0, &answer, error);
}

static enum ma_status read_these(struct origin *origin, const char *const *dns,
                                 size_t count, const char *const *attributes,
                                 const struct origin_taker *taker, struct ma_error *error)
{
    (void)origin;
    if (count == 1 && dns[0][0] == '\0')
        return give_root(taker, error);
    return dump.origin.read(&dump.origin, dns, count, attributes, taker, error);
}

static struct origin controller = {search, read_these, false};
static struct place here[2] = {
    {.domain = ROOT, .key = "dc=corp,dc=example", .origin = &controller},
    {.domain = CHILD, .key = "dc=child,dc=corp,dc=example", .origin = &controller}};

/* --- asking ----------------------------------------------------------------------- */

struct asked {
    const char *login;
    const char *domain;  /* told beside it */
    const char *object;  /* the domain of the object */
    const char *account; /* NULL: it is an error */
    const char *error;
};

static void begin(const struct asked *asked, bool live)
{
    static struct place *items[] = {&here[0], &here[1]};

    host = (struct ma_host){.size = sizeof host, .finding = ignore};
    audit = (struct audit){.host = &host, .feature = "", .account = asked->login};
    audit.request = (struct realm_request){.group = "", .home = asked->domain};
    err = (struct ma_error){0};
    dump_begin(&dump, NULL);
    ck_assert_msg(dump_load(&dump, DATA "forest.ldif", &err) == MA_OK &&
                      dump_load(&dump, DATA "twins.ldif", &err) == MA_OK &&
                      dump_ready(&dump, &err) == MA_OK,
                  "%s", err.text);
    if (!live)
        audit.places.dump = &dump;
    else
        audit.places = (struct places){.items = items, .count = 2, .capacity = 2};
}

static void end(void)
{
    if (audit.places.dump == NULL)
        audit.places.count = 0; /* they are ours */
    audit_end(&audit);
    dump_end(&dump);
}

static void try(const struct asked *asked, bool live)
{
    struct realm *realm = NULL;
    enum ma_status status;
    char dn[256];

    begin(asked, live);
    (void)snprintf(dn, sizeof dn, "CN=x,%s", asked->object);
    status = audit_realm(&audit, dn, &realm, &err);
    if (asked->account == NULL) {
        ck_assert_msg(status != MA_OK, "'%s' is somebody", asked->login);
        ck_assert_str_eq(err.text, asked->error);
    } else {
        ck_assert_msg(status == MA_OK, "'%s': %s", asked->login, err.text);
        ck_assert_str_eq(realm->principal.dn, asked->account);
    }
    end();
}

static void try_all(const struct asked *asked, size_t count)
{
    for (size_t i = 0; i < 2 * count; i++)
        try(&asked[i / 2], i % 2 == 1);
}

/* --- where it says ---------------------------------------------------------------- */

#define ROOT_SYNC "CN=sync," USERS ROOT
#define CHILD_SYNC "CN=sync," USERS CHILD
#define MAILED "CN=mailed," USERS CHILD
#define TRY_ALL(list) try_all(list, sizeof(list) / sizeof *(list))

START_TEST(an_account_is_the_one_that_its_login_names_not_its_namesake_nearby)
{
    static const struct asked cases[] = {
        {"KID\\sync", "", ROOT, CHILD_SYNC, NULL},
        {"CORP\\sync", "", CHILD, ROOT_SYNC, NULL},
        {"kid\\SYNC", "", CHILD, CHILD_SYNC, NULL},
        {"child.corp.example\\sync", "", ROOT, CHILD_SYNC, NULL},
        {"sync@child.corp.example", "", ROOT, CHILD_SYNC, NULL},
        {"sync@corp.example", "", CHILD, ROOT_SYNC, NULL},
        {"sync@CHILD.CORP.EXAMPLE", "", ROOT, CHILD_SYNC, NULL},
        {"sync@KID", "", ROOT, CHILD_SYNC, NULL},
        {"cn=sync, cn=users," CHILD, "", ROOT, CHILD_SYNC, NULL},
        {ROOT_SYNC, "", CHILD, ROOT_SYNC, NULL},
        {"S-1-5-21-4-5-6-1100", "", ROOT, CHILD_SYNC, NULL},
        {"S-1-5-21-1-2-3-1100", "", CHILD, ROOT_SYNC, NULL},
        {"sync", "child.corp.example", ROOT, CHILD_SYNC, NULL},
        {"sync", "corp.example", CHILD, ROOT_SYNC, NULL},
        {"root.sync@mail.example", "", CHILD, ROOT_SYNC, NULL},
        {"mailed@corp.example", "", ROOT, MAILED, NULL},
        {"mailed@child.corp.example", "", ROOT, MAILED, NULL},
        {"mailed", "", ROOT, MAILED, NULL},
    };

    TRY_ALL(cases);
}
END_TEST

START_TEST(a_login_that_means_two_accounts_is_an_error_that_names_both)
{
    static const struct asked cases[] = {
        {"sync", "", ROOT, NULL,
         "the account 'sync' may be " ROOT_SYNC " or " CHILD_SYNC NAME_IT},
        {"two@mail.example", "", ROOT, NULL,
         "the account 'two@mail.example' may be CN=two-a," USERS ROOT
         " or CN=two-b," USERS CHILD NAME_IT},
        {"claimed@corp.example", "", CHILD, NULL,
         "the account 'claimed@corp.example' may be CN=claims," USERS ROOT
         " or CN=claimed," USERS ROOT NAME_IT},
    };

    try(&cases[0], true);
    try(&cases[1], true);
    try(&cases[2], true);
    try(&cases[2], false);
}
END_TEST

START_TEST(who_is_not_where_the_login_says_is_nobody)
{
    static const struct asked cases[] = {
        {"CORP\\mailed", "", CHILD, NULL,
         "the account 'CORP\\mailed' is not in " ROOT
         ": name it with the parameter 'audit-account'"},
        {"mailed", "corp.example", CHILD, NULL,
         "the account 'mailed' is not in " ROOT
         ": name it with the parameter 'audit-account'"},
        {"KID\\claimed", "", ROOT, NULL,
         "the account 'KID\\claimed' is not in " CHILD
         ": name it with the parameter 'audit-account'"},
        {"CN=nobody," USERS CHILD, "", ROOT, NULL,
         "the account 'CN=nobody," USERS CHILD "' is not in " CHILD
         ": name it with the parameter 'audit-account'"},
    };
    static const struct asked no_domain = {
        "ELSEWHERE\\sync", "", ROOT, NULL,
        "the account 'ELSEWHERE\\sync': no domain is called 'ELSEWHERE', but CORP, KID"};
    static const struct asked nowhere = {"nobody", "", ROOT, NULL,
                                         "the account 'nobody' is not in " ROOT ", " CHILD
                                         ": name it with the parameter 'audit-account'"};

    TRY_ALL(cases);
    try(&no_domain, true);
    try(&nowhere, true);
}
END_TEST

SUITE("acl/login", an_account_is_the_one_that_its_login_names_not_its_namesake_nearby,
      a_login_that_means_two_accounts_is_an_error_that_names_both,
      who_is_not_where_the_login_says_is_nobody)
