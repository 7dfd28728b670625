/* SPDX-License-Identifier: Apache-2.0 */
#include "audit.h"
#include "suite.h"

/*
 * What an account is given beyond what the rules write: data/forest.ldif whose child
 * domain has the entries of Entra Connect's script (data/narrow.ldif).
 */

#define CHILD "DC=child,DC=corp,DC=example"
#define HOLDER "CN=AdminSDHolder,CN=System," CHILD
#define DATA SOURCE_DIR "/tests/plugin/data/"
#define USER "bf967aba-0de6-11d0-a285-00aa003049e2"
#define GROUP "bf967a9c-0de6-11d0-a285-00aa003049e2"
#define PROXY "bf967a06-0de6-11d0-a285-00aa003049e2"
#define SYNC "S-1-5-21-4-5-6-1100"

static struct audit audit;
static struct dump dump;
static struct ma_host host;
static struct ma_error err;
static const char *const *writes;
static char said[16384];

static const char *param_at(const struct ma_host *unused, const char *name, size_t index)
{
    size_t count = 0;

    (void)unused;
    if (strcmp(name, "audit-writes") != 0)
        return NULL;
    while (writes[count] != NULL)
        count++;
    return index < count ? writes[index] : NULL;
}

static const char *shown(const char *text)
{
    return text == NULL ? "-" : text;
}

static enum ma_status take(const struct ma_host *unused, const struct ma_finding *finding,
                           struct ma_error *error)
{
    size_t length = strlen(said);

    (void)unused;
    (void)error;
    (void)snprintf(said + length, sizeof said - length,
                   "%s %s of %s at %s: %s; grant %s; revoke %s\n", finding->code,
                   shown(finding->attribute), shown(finding->object_type),
                   shown(finding->place), shown(finding->cause), shown(finding->grant),
                   shown(finding->revoke));
    return MA_OK;
}

static void ask(const char *const *needs, bool narrow, bool notes)
{
    struct realm *realm;

    writes = needs;
    said[0] = '\0';
    err = (struct ma_error){0};
    host = (struct ma_host){.size = sizeof host, .finding = take, .param_at = param_at};
    audit = (struct audit){.host = &host,
                           .feature = "",
                           .account = "KID\\sync",
                           .narrow = narrow,
                           .notes = notes,
                           .request = {.group = "", .home = ""},
                           .places = {.dump = &dump}};
    dump_begin(&dump, NULL);
    ck_assert_msg(dump_load(&dump, DATA "narrow.ldif", &err) == MA_OK &&
                      dump_load(&dump, DATA "forest.ldif", &err) == MA_OK &&
                      dump_ready(&dump, &err) == MA_OK,
                  "%s", err.text);
    ck_assert_msg(audit_realm(&audit, "CN=x," CHILD, &realm, &err) == MA_OK, "%s",
                  err.text);
    audit_end(&audit);
    dump_end(&dump);
}

static void says(const char *line)
{
    ck_assert_msg(strstr(said, line) != NULL, "'%s' is not in:\n%s", line, said);
}

static void says_not(const char *line)
{
    ck_assert_msg(strstr(said, line) == NULL, "'%s' is in:\n%s", line, said);
}

static size_t count(const char *word)
{
    size_t found = 0;

    for (const char *at = said; (at = strstr(at, word)) != NULL; at++)
        found++;
    return found;
}

static const char *const proxies[] = {"user:proxyAddresses", NULL};
static const char *const nobody[] = {NULL};

START_TEST(an_entry_for_all_attributes_is_measured_against_what_the_rules_write)
{
    ask(proxies, false, false);
    says("GRANTS-BEYOND-NEED - of user at " CHILD
         ": sync may write 3 attributes of user; the rules write 1 of them: "
         "proxyAddresses; grant -; revoke (OA;CIIO;WP;;" USER ";" SYNC ")\n");
    says("GRANTS-BEYOND-NEED - of group at " CHILD
         ": sync may write 2 attributes of group; the rules write 0 of them; grant -; "
         "revoke (OA;CIIO;WP;;" GROUP ";" SYNC ")\n");
    says("HOLDER-BEYOND-NEED - of user at " HOLDER
         ": sync may write 3 attributes of user; the rules write 0 of them; here it is "
         "of no use: leave administrators out; grant -; revoke (OA;CIIO;WP;;" USER
         ";" SYNC ")\n");
    /* its property set has proxyAddresses alone, that of somebody else is none of its */
    ck_assert_uint_eq(count("BEYOND-NEED"), 3);
    says_not("GRANTED-BY-MORE");
}
END_TEST

START_TEST(what_the_rules_need_stands_in_its_place)
{
    static const char *const more[] = {"user:proxyAddresses",  "group:member",
                                       "group:proxyAddresses", "user:noSuchAttribute",
                                       ":adminCount",          NULL};

    ask(more, true, false);
    says("GRANTED-BY-MORE proxyAddresses of user at " CHILD
         ": it is allowed by an entry for much more; grant (OA;CIIO;WP;" PROXY ";" USER
         ";" SYNC "); revoke -\n");
    says("GRANTED-BY-MORE adminCount of user at " CHILD);
    says("may write 3 attributes of user; the rules write 2 of them: ");
    /* an entry for what is needed and no more is left alone; AdminSDHolder needs none */
    says_not("may write 2 attributes of group");
    ck_assert_uint_eq(count("GRANTED-BY-MORE"), 2);
}
END_TEST

START_TEST(each_attribute_beyond_the_need_is_told_to_who_wants_to_know)
{
    ask(proxies, false, true);
    says("BEYOND-NEED lockoutTime of user at " CHILD);
    says("BEYOND-NEED adminCount of user at " CHILD);
    says("BEYOND-NEED member of group at " CHILD);
    says_not("BEYOND-NEED proxyAddresses of user at " CHILD);
}
END_TEST

START_TEST(where_it_is_not_known_what_is_written_nothing_is_too_much)
{
    ask(nobody, true, true);
    says_not("BEYOND-NEED");
}
END_TEST

SUITE("acl/narrow", an_entry_for_all_attributes_is_measured_against_what_the_rules_write,
      what_the_rules_need_stands_in_its_place,
      each_attribute_beyond_the_need_is_told_to_who_wants_to_know,
      where_it_is_not_known_what_is_written_nothing_is_too_much)
