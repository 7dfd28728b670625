/* SPDX-License-Identifier: Apache-2.0 */
#include "audit.h"
#include "ldap_script.h"
#include "suite.h"

/*
 * Domain controllers that do not say the same: which of them are asked, and what is told
 * of their lists. Who answers at all is scripted; what they say are two dumps, one of
 * them behind the other.
 */

#define CHILD "DC=child,DC=corp,DC=example"
#define PERSON "CN=child-local,OU=People," CHILD
#define FOREST SOURCE_DIR "/tests/plugin/data/forest.ldif"
#define GRANT "(OA;;WP;bf967a06-0de6-11d0-a285-00aa003049e2;;S-1-5-21-4-5-6-1201)"
#define LIST "O:BAG:BAD:AI" GRANT "\n"

static struct ma_host host;
static struct ma_error err;
static char said[8192];

static enum ma_status take(const struct ma_host *unused, const struct ma_finding *finding,
                           struct ma_error *error)
{
    size_t length = strlen(said);

    (void)unused;
    (void)error;
    (void)snprintf(said + length, sizeof said - length, "%s %s %s at %s: %s (%s)\n",
                   finding->dn == NULL ? "-" : finding->dn, finding->code,
                   finding->attribute == NULL ? "-" : finding->attribute,
                   finding->place == NULL ? "-" : finding->place, finding->cause,
                   finding->evidence == NULL ? "" : finding->evidence);
    return MA_OK;
}

/* --- what two of them say --------------------------------------------------------- */

/* The forest, with `from` as `to`; `to` NULL: without the entry whose DN `from` is. */
static void write_other(char *path, const char *from, const char *to)
{
    static char text[65536];
    FILE *in = fopen(FOREST, "r");
    FILE *out = fdopen(mkstemp(path), "w");
    size_t length;
    char *at;
    char *end;

    ck_assert_ptr_nonnull(in);
    ck_assert_ptr_nonnull(out);
    length = fread(text, 1, sizeof text - 1, in);
    ck_assert_uint_lt(length, sizeof text - 1);
    text[length] = '\0';
    at = strstr(text, from);
    ck_assert_ptr_nonnull(at);
    end = to == NULL ? strstr(at, "\n\n") : at + strlen(from);
    ck_assert_ptr_nonnull(end);
    (void)fprintf(out, "%.*s%s%s", (int)(at - text), text, to == NULL ? "" : to, end);
    (void)fclose(in);
    (void)fclose(out);
}

static void load(struct dump *dump, const char *path)
{
    dump_begin(dump, NULL);
    ck_assert_msg(dump_load(dump, path, &err) == MA_OK && dump_ready(dump, &err) == MA_OK,
                  "%s", err.text);
}

static void ask(struct audit *audit)
{
    static const char *const attributes[] = {"proxyAddresses", "lockoutTime", NULL};
    const struct ma_planned planned = {
        .dn = PERSON, .object_type = "user", .attributes = attributes};

    said[0] = '\0';
    ck_assert_msg(audit_check(audit, &planned, 1, &err) == MA_OK, "%s", err.text);
}

/* What an audit says when the forest is asked, and the other is the forest but for this.
 */
static void compare(const char *from, const char *to)
{
    char path[] = "/tmp/mactl-test-XXXXXX";
    struct dump here;
    struct dump there;
    struct replica replica = {.host = "dc2", .origin = &there.origin};
    struct replica *others = &replica;
    struct audit audit = {.host = &host, .feature = ""};

    host = (struct ma_host){.size = sizeof host, .finding = take};
    write_other(path, from, to);
    load(&here, FOREST);
    load(&there, path);
    audit.places.dump = &here;
    audit.account = "sync";
    audit.request = (struct realm_request){.group = "", .home = ""};
    ask(&audit);
    ck_assert_ptr_null(strstr(said, "REPL-LAG"));
    audit.realms[0]->replicas = (struct replicas){.items = &others, .count = 1};
    ask(&audit);
    audit_end(&audit);
    dump_end(&here);
    dump_end(&there);
    unlink(path);
}

START_TEST(another_list_there_is_told_where_it_decides_otherwise)
{
    compare(LIST, "O:BAG:BAD:AI(D;;WP;;;S-1-5-21-4-5-6-1100)" GRANT "\n");
    ck_assert_ptr_nonnull(
        strstr(said, PERSON " REPL-LAG proxyAddresses at dc2: the one that was asked "
                            "allows it; dc2, which has another list, refuses it "
                            "((D;;WP;;;S-1-5-21-4-5-6-1100))"));
    ck_assert_ptr_null(strstr(said, "REPL-LAG lockoutTime"));
}
END_TEST

START_TEST(a_right_that_is_only_there_is_told)
{
    compare(LIST, "O:BAG:BAD:AI" GRANT
                  "(OA;;WP;28630ebf-41d5-11d1-a9c1-0000f80367c1;;S-1-5-21-4-5-6-1201)\n");
    ck_assert_ptr_nonnull(strstr(said, "REPL-LAG lockoutTime at dc2: the one that was "
                                       "asked refuses it; dc2, which has another list, "
                                       "allows it ((OA;;WP;28630ebf"));
    ck_assert_ptr_null(strstr(said, "REPL-LAG proxyAddresses"));
}
END_TEST

START_TEST(another_list_that_comes_to_the_same_is_not_told)
{
    compare(LIST, "O:BAG:BAD:AI(A;;RP;;;AU)" GRANT "\n");
    ck_assert_ptr_null(strstr(said, "REPL-LAG"));
}
END_TEST

START_TEST(an_object_that_is_only_here_is_told)
{
    compare("dn: " PERSON, NULL);
    ck_assert_ptr_nonnull(strstr(said, PERSON " REPL-LAG - at dc2: the one that was "
                                              "asked has the object, and dc2 has not"));
}
END_TEST

/* --- which are asked -------------------------------------------------------------- */

enum { SERVERS = 3 };
static struct ldap_script servers[SERVERS]; /* 127.0.0.1 and on, the same port */
static const char *const names[] = {"127.0.0.1", "127.0.0.2", "127.0.0.3", NULL};
static char port[16];

static const char *param(const struct ma_host *unused, const char *name)
{
    const char *const known[][2] = {{"port", port},
                                    {"authentication", "simple"},
                                    {"tls", "none"},
                                    {"allow-clear-password", "true"},
                                    {"login", "CN=svc"}};

    (void)unused;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(known[i][0], name) == 0)
            return known[i][1];
    return NULL;
}

static const char *param_at(const struct ma_host *unused, const char *name, size_t index)
{
    (void)unused;
    return strcmp(name, "server") == 0 && index < SERVERS ? names[index] : NULL;
}

static enum ma_status secret(const struct ma_host *unused, const char *name, char *out,
                             size_t capacity, struct ma_error *error)
{
    (void)unused;
    (void)name;
    (void)error;
    (void)snprintf(out, capacity, "secret");
    return MA_OK;
}

static void served_by(const struct ma_host *unused, const char *server,
                      const struct ma_error *why)
{
    (void)unused;
    (void)server;
    (void)why;
}

static const struct ma_partition *no_partition(const struct ma_host *unused, size_t index)
{
    (void)unused;
    (void)index;
    return NULL;
}

static const char *no_partition_param(const struct ma_host *unused, const char *partition,
                                      const char *name, size_t index)
{
    (void)unused;
    (void)partition;
    (void)name;
    (void)index;
    return NULL;
}

static void log_nothing(const struct ma_host *unused, enum ma_level level,
                        const char *fmt, ...)
{
    (void)unused;
    (void)level;
    (void)fmt;
}

static void serve(struct ldap_call *call)
{
    script_done(call, LDAP_NO_SUCH_OBJECT, NULL, 0, NULL);
}

static void begin_servers(void)
{
    host = (struct ma_host){.size = sizeof host,
                            .log = log_nothing,
                            .param = param,
                            .param_at = param_at,
                            .secret = secret,
                            .served_by = served_by,
                            .partition = no_partition,
                            .partition_param = no_partition_param};
    for (size_t i = 0; i < SERVERS; i++) {
        script_begin_at(&servers[i], names[i], i == 0 ? 0 : servers[0].port);
        servers[i].serve = serve;
    }
    (void)snprintf(port, sizeof port, "%u", servers[0].port);
}

/* The second of these is the first by another name. */
START_TEST(the_others_are_found_and_the_same_one_again_is_none)
{
    struct settings set = {0};
    struct places places = {.set = &set};
    struct replicas replicas = {0};
    struct place *place;

    begin_servers();
    servers[2].invocation = "other invocation";
    ck_assert_msg(settings_read(&set, &host, &err) == MA_OK, "%s", err.text);
    ck_assert_msg(places_of(&places, "DC=x,DC=example", &place, &err) == MA_OK, "%s",
                  err.text);
    ck_assert_msg(replicas_open(&replicas, &places, place, &err) == MA_OK, "%s",
                  err.text);
    ck_assert_str_eq(place->directory->host, names[0]);
    ck_assert_uint_eq(replicas.count, 1);
    ck_assert_str_eq(replicas.items[0]->host, names[2]);
    replicas_close(&replicas);
    places_free(&places);
    settings_free(&set);
    for (size_t i = 0; i < SERVERS; i++)
        script_end(&servers[i]);
}
END_TEST

SUITE("plugin/acl_lag", another_list_there_is_told_where_it_decides_otherwise,
      a_right_that_is_only_there_is_told, another_list_that_comes_to_the_same_is_not_told,
      an_object_that_is_only_here_is_told,
      the_others_are_found_and_the_same_one_again_is_none)
