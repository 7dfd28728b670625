/* SPDX-License-Identifier: Apache-2.0 */
#include "audit.h"
#include "dump_ldif.h"
#include "suite.h"

/*
 * The audit of a dump, and through it what one domain controller of a lab cannot show:
 * tokens across domains and forests. data/forest.ldif has a forest of two domains and an
 * account of another forest; each person in it is granted to one group.
 */

#define ROOT "DC=corp,DC=example"
#define CHILD "DC=child,DC=corp,DC=example"
#define FOREST SOURCE_DIR "/tests/plugin/data/forest.ldif"

static struct audit audit;
static struct dump dump;
static struct ma_host host;
static struct ma_error err;
static char said[8192]; /* "dn attribute code verdict\n" of all findings */

static enum ma_status take(const struct ma_host *unused, const struct ma_finding *finding,
                           struct ma_error *error)
{
    static const char *const verdicts[] = {
        [MA_ALLOWED] = "allowed", [MA_REFUSED] = "refused", [MA_UNSURE] = "unsure"};
    size_t length = strlen(said);

    (void)unused;
    (void)error;
    (void)snprintf(said + length, sizeof said - length, "%s %s %s %s%s%s\n",
                   finding->dn == NULL ? "-" : finding->dn,
                   finding->attribute == NULL ? "-" : finding->attribute, finding->code,
                   verdicts[finding->verdict], finding->dn == NULL ? ": " : "",
                   finding->dn == NULL ? finding->cause : "");
    return MA_OK;
}

static void begin(const char *account, const char *group)
{
    host = (struct ma_host){.size = sizeof host, .finding = take};
    audit = (struct audit){.host = &host, .feature = ""};
    audit.account = account;
    audit.request = (struct realm_request){.group = group, .home = ""};
    audit.places.dump = &dump;
    err = (struct ma_error){0};
    said[0] = '\0';
}

static void end(void)
{
    audit_end(&audit);
    dump_end(&dump);
}

static void load(const char *account, const char *group)
{
    begin(account, group);
    dump_begin(&dump, NULL);
    ck_assert_msg(dump_load(&dump, FOREST, &err) == MA_OK &&
                      dump_ready(&dump, &err) == MA_OK,
                  "%s", err.text);
}

static enum ma_status ask(const char *dn, const char *attribute)
{
    const char *const attributes[] = {attribute, NULL};
    const struct ma_planned planned = {
        .dn = dn, .object_type = "user", .attributes = attributes};

    return audit_check(&audit, &planned, 1, &err);
}

static void says(const char *line)
{
    ck_assert_msg(strstr(said, line) != NULL, "'%s' is not in:\n%s", line, said);
}

static void says_not(const char *line)
{
    ck_assert_msg(strstr(said, line) == NULL, "'%s' is in:\n%s", line, said);
}

/* --- tokens ------------------------------------------------------------------------- */

START_TEST(a_token_has_the_groups_of_the_objects_domain)
{
    static const struct {
        const char *account;
        const char *group; /* that is expected */
        const char *dn;
        const char *code;
    } cases[] = {
        /* an account of the child writes in the root */
        {"sync", "", "CN=to-root-local,OU=People," ROOT, "OK"},
        {"sync", "", "CN=to-child-local,OU=People," ROOT, "NO-ACE"},
        {"sync", "", "CN=to-universal,OU=People," ROOT, "OK"},
        {"sync", "", "CN=to-history,OU=People," ROOT, "OK"},
        {"sync", "", "CN=to-everybody,OU=People," ROOT, "OK"},
        {"sync", "", "CN=to-foreign,OU=People," ROOT, "NO-ACE"},
        /* in its own domain */
        {"sync", "", "CN=child-local,OU=People," CHILD, "OK"},
        {"sync", "", "CN=root-local,OU=People," CHILD, "NO-ACE"},
        {"sync", "", "CN=by-primary,OU=People," CHILD, "OK"},
        {"sync", "", "CN=behind-list,OU=People," CHILD, "NO-ACE"},
        {"sync@child.corp.example", "", "CN=by-primary,OU=People," CHILD, "OK"},
        {"cn=sync,cn=users," CHILD, "", "CN=by-primary,OU=People," CHILD, "OK"},
        /* of another forest, through what stands for it here */
        {"OTHER\\outsider", "", "CN=to-foreign,OU=People," ROOT, "OK"},
        {"outsider", "", "CN=to-root-local,OU=People," ROOT, "NO-ACE"},
        {"outsider", "", "CN=to-everybody,OU=People," ROOT, "OK"},
        /* the group that should have it */
        {"sync", "child-local", "CN=to-child-local,OU=People," ROOT, "GROUP-WRONG-SCOPE"},
        {"sync", "root-local", "CN=root-local,OU=People," CHILD, "GROUP-WRONG-SCOPE"},
        {"outsider", "universal", "CN=to-universal,OU=People," ROOT, "NOT-MEMBER"},
        {"sync", "list", "CN=behind-list,OU=People," CHILD, "NO-ACE"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char line[512];

        load(cases[i].account, cases[i].group);
        ck_assert_msg(ask(cases[i].dn, "proxyAddresses") == MA_OK, "%s", err.text);
        (void)snprintf(line, sizeof line, "%s proxyAddresses %s %s\n", cases[i].dn,
                       cases[i].code,
                       strcmp(cases[i].code, "OK") == 0 ? "allowed" : "refused");
        says(line);
        end();
    }
}
END_TEST

START_TEST(each_domain_has_its_own_token_in_one_audit)
{
    const char *const attributes[] = {"proxyAddresses", NULL};
    const struct ma_planned planned[] = {
        {.dn = "CN=to-root-local,OU=People," ROOT, .attributes = attributes},
        {.dn = "CN=child-local,OU=People," CHILD, .attributes = attributes},
        {.dn = "CN=to-child-local,OU=People," ROOT, .attributes = attributes},
        {.dn = "CN=root-local,OU=People," CHILD, .attributes = attributes},
        {.dn = "CN=x,DC=elsewhere", .attributes = attributes},
    };

    load("sync", "");
    ck_assert_msg(audit_check(&audit, planned, 5, &err) == MA_OK, "%s", err.text);
    says("CN=to-root-local,OU=People," ROOT " proxyAddresses OK allowed\n");
    says("CN=child-local,OU=People," CHILD " proxyAddresses OK allowed\n");
    says("CN=to-child-local,OU=People," ROOT " proxyAddresses NO-ACE refused\n");
    says("CN=root-local,OU=People," CHILD " proxyAddresses NO-ACE refused\n");
    says("CN=x,DC=elsewhere - DOMAIN-UNREACHED unsure\n");
    end();
}
END_TEST

/* --- the account ------------------------------------------------------------------ */

START_TEST(what_is_wrong_with_the_account_is_said_once)
{
    load("outsider", "child-local");
    ck_assert(ask("CN=to-foreign,OU=People," ROOT, "proxyAddresses") == MA_OK);
    ck_assert(ask("CN=child-local,OU=People," CHILD, "proxyAddresses") == MA_OK);
    says("- - PRINCIPAL-DISABLED unsure: the account outsider is disabled");
    says("- - GROUP-WRONG-SCOPE unsure: what outsider gets from child-local");
    says("- - NOT-MEMBER unsure: outsider is not in the group child-local");
    says(
        "- - ACCOUNT-WEAK allowed: outsider could be taken over: S-1-5-21-7-8-9-1700, no "
        "administrator, may set its password, by an entry of a container above");
    ck_assert_ptr_eq(strstr(strstr(said, "PRINCIPAL-DISABLED") + 1, "PRINCIPAL-DISABLED"),
                     NULL);
    end();
    load("sync", "no such group");
    ck_assert(ask("CN=child-local,OU=People," CHILD, "proxyAddresses") == MA_OK);
    says("- - GROUP-MISSING unsure: for sync there is no group no such group");
    says_not("ACCOUNT-WEAK");
    says_not("DUMP-LACKS");
    end();
    load("nobody", "");
    ck_assert(ask("CN=child-local,OU=People," CHILD, "proxyAddresses") == MA_NOT_FOUND);
    ck_assert_str_eq(err.text,
                     "the account 'nobody' is not in " CHILD ", " ROOT
                     ", DC=other,DC=example: name it with the parameter 'audit-account'");
    end();
}
END_TEST

/* --- rights that are no attributes ------------------------------------------------ */

START_TEST(a_right_is_asked_for_as_an_attribute_is)
{
    load("sync", "");
    ck_assert(ask("CN=child-local,OU=People," CHILD,
                  "right:User-Force-Change-Password") == MA_OK);
    says("right:User-Force-Change-Password NO-ACE refused\n");
    ck_assert(ask("CN=child-local,OU=People," CHILD, "right:No-Such-Right") == MA_OK);
    says("right:No-Such-Right SCHEMA-MISSING refused\n");
    ck_assert(ask("CN=to-root-local,OU=People," ROOT, "read:proxyAddresses") == MA_OK);
    says("read:proxyAddresses OK allowed\n");
    ck_assert(ask("OU=People," ROOT, "create:group") == MA_OK);
    says("OU=People," ROOT " create:group NO-ACE refused\n");
    end();
}
END_TEST

/* --- what a dump lacks ------------------------------------------------------------ */

START_TEST(what_a_dump_lacks_is_unsure)
{
    load("sync", "");
    ck_assert(ask("CN=no-list,OU=People," CHILD, "proxyAddresses") == MA_OK);
    says("CN=no-list,OU=People," CHILD " proxyAddresses CANNOT-READ-SD unsure\n");
    ck_assert(ask("CN=gone,OU=People," CHILD, "proxyAddresses") == MA_OK);
    says("CN=gone,OU=People," CHILD " - NOT-FOUND unsure\n");
    end();
}
END_TEST

static enum ma_status read_text(const char *text)
{
    FILE *in = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
    enum ma_status status = dump_ldif_read(&dump, in, "more.ldif", &err);

    (void)fclose(in);
    return status;
}

#define SMALL                                                                            \
    "dn: CN=user,CN=Schema\nobjectClass: classSchema\nlDAPDisplayName: user\n"           \
    "schemaIDGUID: bf967aba-0de6-11d0-a285-00aa003049e2\n\n"                             \
    "dn: DC=x\nobjectClass: domainDNS\nobjectSid: S-1-5-21-1-2-3\n\n"                    \
    "dn: CN=u,DC=x\nobjectClass: user\nnTSecurityDescriptor: D:(A;;RP;;;AU)\n\n"         \
    "dn: CN=sync,DC=x\nobjectClass: user\nsAMAccountName: sync\n"                        \
    "objectSid: S-1-5-21-1-2-3-1100\n"

static void load_text(const char *text, const char *more)
{
    begin("sync", "");
    dump_begin(&dump, NULL);
    ck_assert_msg(read_text(text) == MA_OK, "%s", err.text);
    ck_assert_msg(read_text(more) == MA_OK, "%s", err.text);
    ck_assert_msg(dump_ready(&dump, &err) == MA_OK, "%s", err.text);
}

START_TEST(a_small_dump_says_each_thing_that_is_not_in_it)
{
    load_text(SMALL, "\n");
    ck_assert_msg(ask("CN=u,DC=x", "proxyAddresses") == MA_OK, "%s", err.text);
    says("DUMP-LACKS unsure: the dump has no list of AdminSDHolder");
    says("DUMP-LACKS unsure: the dump has no Administrators");
    says("DUMP-LACKS unsure: the dump has no list of the domain's head");
    says("DUMP-LACKS unsure: the dump has no list of the account");
    says("DUMP-LACKS unsure: the dump has a part of the schema only");
    says("DUMP-LACKS unsure: the dump has no property sets");
    says("CN=u,DC=x proxyAddresses SCHEMA-MISSING unsure\n");
    end();
}
END_TEST

START_TEST(a_token_that_may_lack_groups_is_sure_of_nothing)
{
    load_text(SMALL "primaryGroupID: 513\n", "\n");
    ck_assert_msg(ask("CN=u,DC=x", "proxyAddresses") == MA_OK, "%s", err.text);
    says("CN=u,DC=x proxyAddresses TOKEN-INCOMPLETE unsure\n");
    end();
    load_text(SMALL "memberOf: CN=g,DC=x\n", "\n");
    ck_assert_msg(ask("CN=u,DC=x", "proxyAddresses") == MA_OK, "%s", err.text);
    says("CN=u,DC=x proxyAddresses TOKEN-INCOMPLETE unsure\n");
    end();
    load_text(SMALL "memberOf: CN=g,DC=x\n",
              "dn: cn=g,dc=x\nobjectClass: group\ngroupType: -2147483646\n"
              "objectSid: S-1-5-21-1-2-3-1200\n");
    ck_assert_msg(ask("CN=u,DC=x", "proxyAddresses") == MA_OK, "%s", err.text);
    says_not("TOKEN-INCOMPLETE");
    end();
}
END_TEST

START_TEST(a_dump_without_a_schema_or_a_domain_is_none)
{
    load_text("dn: DC=x\nobjectClass: domainDNS\nobjectSid: S-1-5-21-1-2-3\n", "\n");
    ck_assert(ask("CN=u,DC=x", "proxyAddresses") == MA_INVALID);
    ck_assert_ptr_ne(strstr(err.text, "there is no schema to be read"), NULL);
    ck_assert(ask("CN=u,DC=y", "proxyAddresses") == MA_NOT_FOUND);
    ck_assert_ptr_ne(strstr(err.text, "the dump has no domain above CN=u,DC=y"), NULL);
    end();
}
END_TEST

/* --- LDIF ------------------------------------------------------------------------- */

START_TEST(hostile_text_is_refused_with_its_line)
{
    static const struct {
        const char *text;
        const char *error;
    } cases[] = {
        {"dn: CN=a\nx\n", "more.ldif:2: a line without ':'"},
        {"objectClass: user\n", "more.ldif:1: a record begins with its dn"},
        {"dn: CN=a\ncn: x\ndn: CN=b\n",
         "more.ldif:3: a second dn: a blank line between the records is missing"},
        {"# a\n\ndn: CN=a\nobjectSid:: !!!!\n", "more.ldif:4: this is no Base64"},
        {"dn: CN=a\ncn:: YQ=\n", "more.ldif:2: this is no Base64"},
        {"dn: CN=a\ncn:< file:///etc/passwd\n",
         "more.ldif:2: a value by URL, which is not read: dump the value itself"},
        {"dn: CN=a\nchangetype: delete\n",
         "more.ldif:2: a change: a dump has entries as they are"},
        {"dn: CN=a\n: x\n", "more.ldif:2: this is no name of an attribute"},
        {"dn: CN=a\nc n: x\n", "more.ldif:2: this is no name of an attribute"},
        {"dn: nonsense\n",
         "more.ldif:1: this is no DN: type=value, separated by commas, is wanted"},
        {"dn:: AENOPWE=\n", "more.ldif:1: a NUL in the dn"},
        {"include: file:///etc/passwd\n", "more.ldif:1: a record begins with its dn"},
        {"dn: CN=a\ncn: x\n y\n z\n\ncn: b\n",
         "more.ldif:6: a record begins with its dn"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        dump_begin(&dump, NULL);
        ck_assert_msg(read_text(cases[i].text) == MA_INVALID, "case %zu is read", i);
        ck_assert_str_eq(err.text, cases[i].error);
        dump_end(&dump);
    }
}
END_TEST

START_TEST(a_list_that_is_none_is_refused_with_its_entry)
{
    begin("sync", "");
    dump_begin(&dump, NULL);
    ck_assert(read_text("dn: DC=x\nobjectClass: domainDNS\nobjectSid: S-1-5-21-1-2-3\n\n"
                        "dn: CN=a,DC=x\nnTSecurityDescriptor: D:(A;;XX;;;AU)\n") ==
              MA_OK);
    ck_assert(dump_ready(&dump, &err) == MA_INVALID);
    ck_assert_msg(strncmp(err.text, "more.ldif:5: CN=a,DC=x: SDDL, character", 39) == 0,
                  "%s", err.text);
    end();
    load_text(SMALL, "dn: CN=b,DC=x\nobjectClass: user\nnTSecurityDescriptor:: AAAA\n");
    ck_assert(ask("CN=b,DC=x", "proxyAddresses") == MA_OK);
    end();
}
END_TEST

START_TEST(what_tools_print_around_entries_is_passed_over)
{
    dump_begin(&dump, NULL);
    ck_assert_msg(
        read_text("# extended LDIF\n#\n# a\n  folded comment\n\n"
                  "version: 1\n\ndn:\nnamingContexts: DC=x\n\n"
                  "dn: CN=a,\r\n DC=x\r\ncn: a\r\nmember;range=0-1: CN=b,DC=x\r\n"
                  "\r\n# search reference\nref: ldap://x/y\n\n"
                  "# search result\nsearch: 2\nresult: 0 Success\n") == MA_OK,
        "%s", err.text);
    ck_assert_uint_eq(dump.count, 1);
    ck_assert(dump_has(&dump, "cn=A, dc=X"));
    dump_end(&dump);
}
END_TEST

SUITE("acl/dump", a_token_has_the_groups_of_the_objects_domain,
      each_domain_has_its_own_token_in_one_audit,
      what_is_wrong_with_the_account_is_said_once,
      a_right_is_asked_for_as_an_attribute_is, what_a_dump_lacks_is_unsure,
      a_small_dump_says_each_thing_that_is_not_in_it,
      a_token_that_may_lack_groups_is_sure_of_nothing,
      a_dump_without_a_schema_or_a_domain_is_none, hostile_text_is_refused_with_its_line,
      a_list_that_is_none_is_refused_with_its_entry,
      what_tools_print_around_entries_is_passed_over)
