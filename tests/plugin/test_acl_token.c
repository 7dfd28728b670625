/* SPDX-License-Identifier: Apache-2.0 */
#include "audit.h"
#include "suite.h"
#include "support/sid.h"

/*
 * What domain controllers say of tokens that no server at hand says: of two domains, of a
 * logon that is older than a membership, of one that is read-only. Their directory is
 * data/forest.ldif; what they compute themselves is scripted here.
 */

#define ROOT "DC=corp,DC=example"
#define CHILD "DC=child,DC=corp,DC=example"
#define SYNC "CN=sync,CN=Users," CHILD
#define FOREST SOURCE_DIR "/tests/plugin/data/forest.ldif"

/* SIDs as text; NULL-terminated lists. */
struct server {
    struct origin origin;
    const char *const *root_token; /* tokenGroups of the root DSE; NULL: it has none */
    const char *const *token;      /* of the account */
    const char *const *universal;  /* its tokenGroupsGlobalAndUniversal */
    bool read_only;
    const char *schema; /* what it calls its own; "": nothing; NULL: that of the forest */
    const char *writable; /* what it lets the account write; NULL: nobody asked */
    char asked[8192];     /* each "member=" that was searched for */
};

static struct audit audit;
static struct dump dump;
static struct ma_host host;
static struct ma_error err;
static char said[8192];

static enum ma_status take(const struct ma_host *unused, const struct ma_finding *finding,
                           struct ma_error *error)
{
    size_t length = strlen(said);

    (void)unused;
    (void)error;
    (void)snprintf(said + length, sizeof said - length, "%s %s: %s\n",
                   finding->dn == NULL ? "-" : finding->dn, finding->code,
                   finding->evidence == NULL ? "" : finding->evidence);
    return MA_OK;
}

/* --- a domain controller ---------------------------------------------------------- */

static enum ma_status search(struct origin *origin, const struct origin_query *query,
                             const struct origin_taker *taker, struct ma_error *error)
{
    struct server *server = (struct server *)origin;

    struct origin_term terms[8];
    struct origin_query named = *query;

    for (size_t i = 0; i < query->count; i++) {
        terms[i] = query->terms[i];
        if (strcmp(terms[i].attribute, "member") == 0 &&
            strlen(server->asked) + terms[i].length + 2 < sizeof server->asked)
            strcat(strcat(server->asked, terms[i].data), "\n");
        if (strcmp(terms[i].data, "<SID=S-1-5-21-1-2-3-1300>") == 0) {
            terms[i].data = "CN=universal,CN=Users," ROOT; /* a server knows who it is */
            terms[i].length = strlen(terms[i].data);
        }
    }
    named.terms = terms;
    return dump.origin.search(&dump.origin, &named, taker, error);
}

/* An attribute with these SIDs; nothing where there are none. */
static size_t add_sids(struct answer_attribute *out, const char *name,
                       const char *const *texts, struct pool *pool)
{
    struct ma_value *values = pool_alloc(pool, 16 * sizeof *values);
    size_t count = 0;

    for (; texts != NULL && texts[count] != NULL; count++) {
        unsigned char sid[SID_MOST];

        ck_assert_uint_eq(sid_parse(texts[count], strlen(texts[count]), sid),
                          strlen(texts[count]));
        values[count] = pool_value(pool, sid, sid_size(sid));
    }
    *out = (struct answer_attribute){.name = name, .values = values, .count = count};
    return texts == NULL ? 0 : 1;
}

static enum ma_status give(const struct server *server, const char *dn,
                           const char *attribute, const struct origin_taker *taker,
                           struct ma_error *error)
{
    static const struct ma_value read_only = {"1.2.840.113556.1.4.1920", 23};
    static const struct ma_value configuration = {"CN=Configuration," ROOT,
                                                  sizeof "CN=Configuration," ROOT - 1};
    const char *schema =
        server->schema == NULL ? "CN=Schema,CN=Configuration," ROOT : server->schema;
    const struct ma_value schema_value = {schema, strlen(schema)};
    struct answer_attribute attributes[4];
    struct pool pool = {0};
    struct answer answer = {.dn = dn, .attributes = attributes};
    enum ma_status status;

    if (dn[0] == '\0')
        answer.count = add_sids(attributes, "tokenGroups", server->root_token, &pool);
    else if (strcmp(attribute, "tokenGroups") == 0)
        answer.count = add_sids(attributes, attribute, server->token, &pool);
    else
        answer.count = add_sids(attributes, attribute, server->universal, &pool);
    if (dn[0] == '\0' && server->read_only)
        attributes[answer.count++] = (struct answer_attribute){
            .name = "supportedCapabilities", .values = &read_only, .count = 1};
    if (dn[0] == '\0')
        attributes[answer.count++] = (struct answer_attribute){
            .name = "configurationNamingContext", .values = &configuration, .count = 1};
    if (dn[0] == '\0' && schema[0] != '\0')
        attributes[answer.count++] = (struct answer_attribute){
            .name = "schemaNamingContext", .values = &schema_value, .count = 1};
    status = taker->entry(taker->context, 0, &answer, error);
    pool_free(&pool);
    return status;
}

/* What the dump says of an entry, and which attribute the account may write. */
struct opinion {
    const struct server *server;
    const struct origin_taker *taker;
};

static enum ma_status give_opinion(void *context, size_t index,
                                   const struct answer *entry, struct ma_error *error)
{
    const struct opinion *in = context;
    const char *writable = in->server->writable;
    const struct ma_value value = {writable, strlen(writable)};
    struct answer_attribute attributes[16];
    struct answer more = *entry;

    ck_assert_uint_lt(entry->count, sizeof attributes / sizeof attributes[0]);
    memcpy(attributes, entry->attributes, entry->count * sizeof attributes[0]);
    attributes[more.count++] = (struct answer_attribute){
        .name = "allowedAttributesEffective", .values = &value, .count = 1};
    more.attributes = attributes;
    return in->taker->entry(in->taker->context, index, &more, error);
}

static enum ma_status read_these(struct origin *origin, const char *const *dns,
                                 size_t count, const char *const *attributes,
                                 const struct origin_taker *taker, struct ma_error *error)
{
    struct opinion opinion = {(struct server *)origin, taker};
    const struct origin_taker with_opinion = {.entry = give_opinion, .context = &opinion};

    if (count == 1 &&
        (dns[0][0] == '\0' || strncmp(attributes[0], "tokenGroups", 11) == 0))
        return give((struct server *)origin, dns[0], attributes[0], taker, error);
    if (opinion.server->writable != NULL)
        taker = &with_opinion;
    return dump.origin.read(&dump.origin, dns, count, attributes, taker, error);
}

static void add_place(struct place *place, const char *domain, struct server *server)
{
    static struct place *items[2];

    server->origin = (struct origin){search, read_these, false};
    *place = (struct place){.domain = domain, .key = domain, .origin = &server->origin};
    place->key =
        strcmp(domain, ROOT) == 0 ? "dc=corp,dc=example" : "dc=child,dc=corp,dc=example";
    items[audit.places.count++] = place;
    audit.places.items = items;
}

static void begin(const char *login, const char *group)
{
    host = (struct ma_host){.size = sizeof host, .finding = take};
    audit = (struct audit){.host = &host, .feature = ""};
    audit.account = login;
    audit.request =
        (struct realm_request){.group = group, .home = "", .check = true, .is_us = true};
    said[0] = '\0';
    dump_begin(&dump, NULL);
    ck_assert_msg(dump_load(&dump, FOREST, &err) == MA_OK &&
                      dump_ready(&dump, &err) == MA_OK,
                  "%s", err.text);
}

static void ask(const char *dn)
{
    static const char *const attributes[] = {"proxyAddresses", NULL};
    const struct ma_planned planned = {.dn = dn, .attributes = attributes};

    ck_assert_msg(audit_check(&audit, &planned, 1, &err) == MA_OK, "%s", err.text);
}

static void end(void)
{
    audit.places.count = 0; /* they are ours */
    audit_end(&audit);
    dump_end(&dump);
}

static bool says(const char *text)
{
    return strstr(said, text) != NULL;
}

/* --- the account's own domain ----------------------------------------------------- */

#define CHILD_SID(rid) "S-1-5-21-4-5-6-" rid
#define UNIVERSAL "S-1-5-21-1-2-3-1300", "S-1-5-21-9-9-9-777"
#define TOKEN                                                                            \
    CHILD_SID("513"), CHILD_SID("1200"), CHILD_SID("1201"), CHILD_SID("1204"),           \
        CHILD_SID("1205")

static const char *const whole[] = {TOKEN, NULL};
static const char *const more[] = {TOKEN, CHILD_SID("1999"), NULL};
static const char *const fewer[] = {CHILD_SID("513"), NULL};

START_TEST(the_servers_token_and_our_own_closure_have_to_be_the_same)
{
    static const struct {
        const char *const *token;
        const char *differs;
    } cases[] = {{whole, NULL},
                 {more, "TOKEN-DIFFERS: S-1-5-21-4-5-6-1999"},
                 {fewer, "TOKEN-DIFFERS: S-1-5-21-4-5-6-1200"}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct server server = {.token = cases[i].token};
        struct place place;

        begin("sync", "");
        add_place(&place, CHILD, &server);
        ask("CN=child-local,OU=People," CHILD);
        ck_assert_msg(cases[i].differs == NULL ? !says("TOKEN-DIFFERS")
                                               : says(cases[i].differs),
                      "case %zu: %s", i, said);
        end();
    }
}
END_TEST

START_TEST(a_logon_that_is_older_than_the_membership_is_told)
{
    static const struct {
        const char *const *logon;
        bool stale;
    } cases[] = {{whole, false}, {fewer, true}, {NULL, false}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct server server = {.token = whole, .root_token = cases[i].logon};
        struct place place;

        begin("sync", "child-local");
        add_place(&place, CHILD, &server);
        ask("CN=child-local,OU=People," CHILD);
        ck_assert_msg(says("MEMBER-STALE-TOKEN") == cases[i].stale, "case %zu: %s", i,
                      said);
        end();
    }
}
END_TEST

START_TEST(a_read_only_domain_controller_is_told)
{
    for (int read_only = 0; read_only < 2; read_only++) {
        struct server server = {.token = whole, .read_only = read_only != 0};
        struct place place;

        begin("sync", "");
        add_place(&place, CHILD, &server);
        ask("CN=child-local,OU=People," CHILD);
        ck_assert_int_eq(says("CONNECTED-RODC"), read_only);
        end();
    }
}
END_TEST

/* The account may write proxyAddresses here, and no other attribute. */
START_TEST(a_server_that_says_otherwise_of_a_write_is_told)
{
    static const struct {
        const char *writable;
        bool disagrees;
    } cases[] = {{"proxyAddresses", false}, {"lockoutTime", true}, {NULL, false}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct server server = {.token = whole, .writable = cases[i].writable};
        struct place place;

        begin("sync", "");
        audit.second_opinion = cases[i].writable != NULL;
        add_place(&place, CHILD, &server);
        ask("CN=child-local,OU=People," CHILD);
        ck_assert_msg(says("CN=child-local,OU=People," CHILD " OK"), "%s", said);
        ck_assert_msg(says("DISAGREES") == cases[i].disagrees, "case %zu: %s", i, said);
        end();
    }
}
END_TEST

START_TEST(a_server_without_a_schema_is_not_told_as_a_dump_is)
{
    static const char *const attributes[] = {"proxyAddresses", NULL};
    static const struct ma_planned planned = {.dn = "CN=child-local,OU=People," CHILD,
                                              .attributes = attributes};
    static const struct {
        const char *schema;
        const char *text;
    } cases[] = {{"", "the server names no schema of its own (schemaNamingContext): it "
                      "is no domain controller"},
                 {"CN=Other", "nothing of CN=Other can be read: let the account read"}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct server server = {.token = whole, .schema = cases[i].schema};
        struct place place;

        begin("sync", "");
        add_place(&place, CHILD, &server);
        ck_assert_int_eq(audit_check(&audit, &planned, 1, &err), MA_INVALID);
        ck_assert_msg(strstr(err.text, cases[i].text) != NULL, "%s", err.text);
        ck_assert_ptr_null(strstr(err.text, "dump"));
        end();
    }
}
END_TEST

/* --- another domain --------------------------------------------------------------- */

/* The account's domain says what does not depend on the place; the domain of the object
 * is asked for its own groups, by name and by SID. */
static void ask_from_the_child(const char *login, const char *home, struct server *root,
                               struct server *child)
{
    struct place places[2];

    begin(login, "");
    audit.request.home = home;
    add_place(&places[0], ROOT, root);
    add_place(&places[1], CHILD, child);
    ask("CN=to-root-local,OU=People," ROOT);
    ask("CN=to-child-local,OU=People," ROOT);
    ask("CN=to-history,OU=People," ROOT);
    ck_assert_msg(says("CN=to-root-local,OU=People," ROOT " OK"), "%s: %s", login, said);
    ck_assert_msg(says("CN=to-child-local,OU=People," ROOT " NO-ACE"), "%s", said);
    ck_assert_msg(says("CN=to-history,OU=People," ROOT " OK"), "%s", said);
    end();
}

START_TEST(groups_of_the_objects_domain_are_asked_of_its_own_server)
{
    static const char *const universal[] = {CHILD_SID("1200"), UNIVERSAL, NULL};
    static const struct {
        const char *login;
        const char *home;
    } names[] = {{"sync@child.corp.example", ""},
                 {"KID\\sync", ""},
                 {SYNC, ""},
                 {"sync", "child.corp.example"}};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct server root = {.read_only = false};
        struct server child = {.universal = universal};

        ask_from_the_child(names[i].login, names[i].home, &root, &child);
        ck_assert_ptr_ne(strstr(root.asked, SYNC "\n"), NULL);
        ck_assert_ptr_ne(strstr(root.asked, "<SID=S-1-5-21-4-5-6-1200>\n"), NULL);
        ck_assert_ptr_ne(strstr(root.asked, "CN=S-1-5-21-4-5-6-1100,"
                                            "CN=ForeignSecurityPrincipals," ROOT),
                         NULL);
    }
}
END_TEST

SUITE("acl/token", the_servers_token_and_our_own_closure_have_to_be_the_same,
      a_logon_that_is_older_than_the_membership_is_told,
      a_read_only_domain_controller_is_told,
      a_server_that_says_otherwise_of_a_write_is_told,
      a_server_without_a_schema_is_not_told_as_a_dump_is,
      groups_of_the_objects_domain_are_asked_of_its_own_server)
