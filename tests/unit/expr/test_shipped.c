/* SPDX-License-Identifier: Apache-2.0 */

/* The expressions that Azure AD Connect ships: shipped.txt, and what they mean. */

#include <stdio.h>

#include "expr_object.h"
#include "suite.h"

enum { DISTINCT = 86, LONGEST_LINE = 2048 };

static struct arena arena;
static struct names *names;
static const char *lines[DISTINCT + 1];
static size_t line_count;

static void read_lines(void)
{
    FILE *file = fopen(SOURCE_DIR "/tests/unit/expr/shipped.txt", "r");
    char line[LONGEST_LINE];

    ck_assert_ptr_nonnull(file);
    line_count = 0;
    while (fgets(line, sizeof line, file) != NULL && line_count <= DISTINCT)
        if (line[0] != '#')
            lines[line_count++] = arena_textn(&arena, line, strcspn(line, "\n"));
    fclose(file);
}

static void begin(void)
{
    arena = (struct arena){0};
    names = names_new();
    read_lines();
}

static void end(void)
{
    names_free(names);
    arena_free(&arena);
}

/* The one expression that begins so. */
static const char *line_of(const char *start)
{
    const char *found = NULL;

    for (size_t i = 0; i < line_count; i++)
        if (strncmp(lines[i], start, strlen(start)) == 0) {
            ck_assert_msg(found == NULL, "two expressions begin with %s", start);
            found = lines[i];
        }
    ck_assert_msg(found != NULL, "no expression begins with %s", start);
    return found;
}

/* `given` is a list that ends with NULL. */
static void gives(const char *text, const char *const *given, const char *wanted)
{
    struct object object = object_of(&arena, names, given);
    const char *got = object_show(&object, text);

    ck_assert_msg(strcmp(got, wanted) == 0, "%s\n   gives %s\n  wanted %s", text, got,
                  wanted);
}

#define ON(...) ((const char *const[]){__VA_ARGS__, NULL})
#define ON_NOTHING ((const char *const[]){NULL})

START_TEST(all_of_them_parse_and_print_to_an_equal_tree)
{
    ck_assert_uint_eq(line_count, DISTINCT);
    for (size_t i = 0; i < line_count; i++) {
        struct expr *tree = object_parse(&arena, names, lines[i]);
        const char *printed = expr_print(&arena, tree);
        struct expr *again = object_parse(&arena, names, printed);

        ck_assert_msg(expr_equal(tree, again), "%s\nprints %s", lines[i], printed);
        ck_assert_str_eq(expr_print(&arena, again), printed);
    }
}
END_TEST

START_TEST(no_two_of_them_are_equal)
{
    struct expr *trees[DISTINCT];

    for (size_t i = 0; i < DISTINCT; i++)
        trees[i] = object_parse(&arena, names, lines[i]);
    for (size_t i = 0; i < DISTINCT; i++)
        for (size_t j = 0; j < DISTINCT; j++)
            ck_assert_msg(expr_equal(trees[i], trees[j]) == (i == j), "%s\n%s", lines[i],
                          lines[j]);
}
END_TEST

START_TEST(none_of_them_fails_on_an_object_without_attributes_but_by_its_own_words)
{
    struct object object =
        object_of(&arena, names,
                  ON("%Domain.FQDN%=contoso.com", "%Domain.Netbios%=CONTOSO",
                     "%Forest.FQDN%=contoso.com", "%Forest.Netbios%=CONTOSO",
                     "%Connector.ID%={1}"));

    for (size_t i = 0; i < line_count; i++) {
        struct expr *tree = object_parse(&arena, names, lines[i]);
        struct expr_value value = expr_eval(tree, &object.source, &arena);

        ck_assert_msg(value.kind != EXPR_ERROR || value.triggered, "%s: %s", lines[i],
                      expr_show(&arena, &value));
    }
}
END_TEST

START_TEST(trim_flows)
{
    for (size_t i = 0; i < 45; i++) {
        const char *name = arena_textn(&arena, lines[i] + 6, strlen(lines[i]) - 8);

        ck_assert_msg(strncmp(lines[i], "Trim([", 6) == 0, "%s", lines[i]);
        gives(lines[i], ON(arena_print(&arena, "%s= a  b ", name)), "\"a  b\"");
        gives(lines[i], ON_NOTHING, "NULL");
        gives(lines[i],
              ON(arena_print(&arena, "%s= a", name), arena_print(&arena, "%s=b ", name)),
              "{\"a\", \"b\"}");
    }
}
END_TEST

START_TEST(names_and_descriptions)
{
    const char *text = line_of("IIF(IsNullOrEmpty([displayName]),[cn]");

    gives(text, ON("displayName=Ada", "cn=a"), "\"Ada\"");
    gives(text, ON("cn=a"), "\"a\"");
    gives(text, ON("displayName=", "cn=a"), "\"a\"");
    text = line_of("IIF(IsNullOrEmpty([description])");
    gives(text, ON("description= first ", "description=second"), "\"first\"");
    gives(text, ON_NOTHING, "NULL");
    gives(line_of("IIF(IsNullOrEmpty([postOfficeBox])"), ON("postOfficeBox=7 "), "\"7\"");
    gives(line_of("IIF(IsNullOrEmpty([url])"), ON("url=http://a"), "\"http://a\"");
    gives(line_of("Left(Trim([info])"), ON("info= note"), "\"note\"");
    gives(line_of("Left(Trim([info])"), ON_NOTHING, "\"\"");
    gives(line_of("IIF(IsPresent([mailNickname])"), ON("cn=a"), "\"a\"");
    gives(line_of("IIF(IsPresent([mailNickname])"), ON("cn=a", "mailNickname=b"),
          "\"b\"");
    gives(line_of("IIF(IsPresent([legacyExchangeDN])"), ON_NOTHING, "NULL");
    gives(line_of("IIF(IsPresent([legacyExchangeDN])"), ON("legacyExchangeDN=/o=x"),
          "\"/o=x\"");
}
END_TEST

START_TEST(description_is_cut_at_448_characters)
{
    const char *blanks = arena_print(&arena, "%448s", "");
    char *long_text = arena_print(&arena, "description=%s%s", blanks, "\u00e5rest");
    const char *text = line_of("IIF(IsNullOrEmpty([description])");
    char *wanted;

    memset(long_text + strlen("description="), 'x', 447);
    wanted = arena_print(&arena, "\"%.447s \"", long_text + strlen("description="));
    gives(text, ON(long_text), wanted);
}
END_TEST

START_TEST(account_enabled)
{
    const char *text = line_of("IIF(BitAnd([userAccountControl],2)=0");

    gives(text, ON("userAccountControl=512"), "True");
    gives(text, ON("userAccountControl=514"), "False");
    gives(text, ON_NOTHING, "False");
}
END_TEST

START_TEST(source_object_type_and_anchor)
{
    static const char guid[] = "objectGUID=hex:C3742C381D72344F80E557657B6CBC27";
    const char *text = line_of("IIF(IsPresent([msExchRecipientTypeDetails]), IIF(");

    gives(text, ON_NOTHING, "\"User\"");
    gives(text, ON("msExchRecipientTypeDetails=1"), "\"User\"");
    gives(text, ON("msExchRecipientTypeDetails=2"), "NULL");
    text = line_of("IIF(IsPresent([msExchRecipientTypeDetails]),IIF(");
    gives(text, ON(guid), "\"w3QsOB1yNE+A5Vdle2y8Jw==\"");
    gives(text, ON(guid, "msExchRecipientTypeDetails=2"), "NULL");
    gives(text, ON("objectGUID=text:abc"), "\"abc\"");
    gives(line_of("ConvertToBase64([objectGUID])"), ON("objectGUID=hex:000102"),
          "\"AAEC\"");
    gives(line_of("\"CN={\" & ConvertToUTF8Hex"), ON("sourceAnchor=Ab"), "\"CN={4162}\"");
    gives(line_of("StringFromSid"),
          ON("objectSid=hex:010200000000000520000000200200"
             "00"),
          "\"S-1-5-32-544\"");
}
END_TEST

START_TEST(parameters)
{
    gives(line_of("%Connector.ID%"), ON("%Connector.ID%={ABC}"), "\"{ABC}\"");
    gives(line_of("%Domain.FQDN%"), ON("%Domain.FQDN%=contoso.com"), "\"contoso.com\"");
    gives(line_of("%Forest.Netbios%"), ON("%Forest.Netbios%=CONTOSO"), "\"CONTOSO\"");
    gives(line_of("%Domain.Netbios%"), ON_NOTHING,
          "Error(\"there is no parameter %Domain.Netbios%\")");
}
END_TEST

START_TEST(proxy_addresses)
{
    const char *text = line_of("RemoveDuplicates(Trim(ImportedValue(");

    gives(text,
          ON("imported proxyAddresses= smtp:a@x", "imported proxyAddresses=smtp:a@x ",
             "imported proxyAddresses=SMTP:b@x", "proxyAddresses=smtp:pending@x"),
          "{\"smtp:a@x\", \"SMTP:b@x\"}");
    gives(text, ON("proxyAddresses=smtp:pending@x"), "NULL");
    text = line_of("IIF(IsNullOrEmpty([cloudLegacyExchangeDN])");
    gives(text, ON("cloudLegacyExchangeDN=/o=x"), "\"x500:/o=x\"");
    gives(text, ON_NOTHING, "NULL");
}
END_TEST

START_TEST(password_date)
{
    const char *text = line_of("IIF(IsPresent([pwdLastSet])");

    gives(text, ON("pwdLastSet=129699324000000000"), "\"20120101230000.0Z\"");
    gives(text, ON("pwdLastSet=0"), "\"16010101000000.0Z\"");
    gives(text, ON_NOTHING, "NULL");
    gives(text, ON("pwdLastSet=-1"),
          "Error(\"DateFromNum: the number is no date: it lies outside of 1601 to "
          "9999\")");
}
END_TEST

START_TEST(user_principal_name)
{
    const char *text = line_of("IIF(IsPresent([userPrincipalName])");

    gives(text, ON("userPrincipalName=a@x", "sAMAccountName=sam"), "\"a@x\"");
    gives(text, ON("sAMAccountName=sam", "%Domain.FQDN%=contoso.com"),
          "\"sam@contoso.com\"");
    gives(text, ON_NOTHING, "Error(\"AccountName is not present\")");
}
END_TEST

START_TEST(mail_enabled)
{
    const char *text = line_of("IIF(( (IsPresent([proxyAddresses]) = True)");

    gives(text, ON("proxyAddresses=SMTP:a@x"), "True");
    gives(text, ON("proxyAddresses=smtp:a@x", "proxyAddresses=SMTP:b@x"), "True");
    gives(text, ON("proxyAddresses=smtp:a@x"), "False");
    gives(text, ON("proxyAddresses=SMTP:a"), "False");
    gives(text, ON("mail=a@x"), "True");
    gives(text, ON("mail=a"), "False");
    gives(text, ON_NOTHING, "False");
}
END_TEST

START_TEST(cloud_filtered_users)
{
    const char *text =
        line_of("IIF(IsPresent([isCriticalSystemObject]) || IsPresent([sAM");

#define USER "sAMAccountName=ada", "dn=CN=Ada,DC=x"
    gives(text, ON(USER), "NULL");
    gives(text, ON(USER, "isCriticalSystemObject=true"), "True");
    gives(text, ON("dn=CN=Ada,DC=x"), "True");
    gives(text, ON("sAMAccountName=SUPPORT_388945a0", "dn=CN=Ada,DC=x"), "True");
    gives(text, ON(USER, "mailNickname=SystemMailbox{1}"), "True");
    gives(text, ON(USER, "mailNickname=SystemMailbox"), "NULL");
    gives(text, ON("sAMAccountName=AAD_1", "dn=CN=Ada,DC=x"), "True");
    gives(text, ON("sAMAccountName=aad_1", "dn=CN=Ada,DC=x"), "True");
    gives(text, ON(USER, "mailNickname=CAS_{x}"), "True");
    gives(text, ON(USER, "mailNickname=CAS_x"), "NULL");
    gives(text, ON("sAMAccountName=CAS_{x}", "dn=CN=Ada,DC=x"), "True");
    gives(text, ON("sAMAccountName=MSOL_1", "dn=CN=Ada,DC=x"), "True");
    gives(text, ON(USER, "msExchRecipientTypeDetails=16777216"), "True");
    gives(text, ON(USER, "msExchRecipientTypeDetails=128"), "NULL");
    gives(text, ON(USER, "msExchRecipientTypeDetails=4096"), "True");
    gives(text, ON("sAMAccountName=ada", "dn=CN=Ada\\0ACNF:1-2,DC=x"), "True");
    gives(text, ON("sAMAccountName=ada", "dn=CN=Ada\\0Acnf:1-2,DC=x"), "NULL");
    gives(text, ON("sAMAccountName=ada", "dn=CN=Ada,OU=a\\0ACNF:1,DC=x"), "NULL");
}
END_TEST

START_TEST(cloud_filtered_contacts_groups_and_devices)
{
    const char *contact = line_of("IIF(IsPresent([isCriticalSystemObject]) || ( (InStr(");
    const char *group = line_of("IIF(IsPresent([isCriticalSystemObject]) || [sAM");
    const char *device = line_of("IIF(IsNullOrEmpty([userCertificate]),True");

    gives(contact, ON("dn=CN=a,DC=x"), "NULL");
    gives(contact,
          ON("displayName=a (MSOL)", "msExchHideFromAddressLists=true", "dn=CN=a,DC=x"),
          "True");
    gives(contact, ON("displayName=a (MSOL)", "dn=CN=a,DC=x"), "NULL");
    gives(contact, ON("mailNickname=CAS_}", "dn=CN=a,DC=x"), "True");
    gives(contact, ON("dn=CN=a\\0ACNF:1,DC=x"), "True");
    gives(group, ON("sAMAccountName=g", "dn=CN=a,DC=x"), "NULL");
    gives(group, ON("sAMAccountName=MSOL_AD_Sync_RichCoexistence", "dn=CN=a,DC=x"),
          "True");
    gives(group, ON("msExchRecipientTypeDetails=1073741824", "dn=CN=a,DC=x"), "True");
    gives(group, ON("isCriticalSystemObject=true", "dn=CN=a,DC=x"), "True");
    gives(device, ON_NOTHING, "True");
    gives(device, ON("userCertificate=hex:30"), "NULL");
}
END_TEST

START_TEST(write_back_keeps_what_it_may_not_touch)
{
    const char *text = line_of("IIF([cloudSOAExchMailbox] = True,[cloudMSExchBlocked");

    gives(text, ON("cloudSOAExchMailbox=true", "cloudMSExchBlockedSendersHash=hex:01"),
          "hex:01");
    gives(text, ON("cloudSOAExchMailbox=true"), "NULL");
    gives(text, ON("cloudSOAExchMailbox=false"), "IgnoreThisFlow");
    gives(text, ON_NOTHING, "IgnoreThisFlow");
    gives(line_of("IIF(IsNullOrEmpty([countryCode])"), ON_NOTHING, "IgnoreThisFlow");
    gives(line_of("IIF(IsNullOrEmpty([countryCode])"), ON("countryCode=0"), "0");
    gives(line_of("IIF(IsNullOrEmpty([usageLocation])"), ON("usageLocation=DE"),
          "\"DE\"");
    gives(line_of("IIF(IsNullOrEmpty([cloudMSExchUserHoldPolicies])"), ON_NOTHING,
          "IgnoreThisFlow");
}
END_TEST

START_TEST(groups)
{
    const char *text = line_of("CBool(BitAnd([groupType]");

    gives(text, ON("groupType=-2147483646"), "True");
    gives(text, ON("groupType=2"), "False");
    gives(text, ON_NOTHING, "False");
    gives(line_of("ValueCount"), ON("member=a", "member=b"), "2");
    text = line_of("IIF(([memberCount]> 50000)");
    gives(text, ON("memberCount=50000"), "IgnoreThisFlow");
    gives(text, ON("memberCount=50001"),
          "Error(\"Maximum Group member count exceeded\")");
    text = line_of("CBool(IIF(IsNullOrEmpty([cloudMSExchRecipientDisplayType])");
    gives(text, ON_NOTHING, "False");
    gives(text, ON("cloudMSExchRecipientDisplayType=1073741824"), "True");
    gives(text, ON("cloudMSExchRecipientDisplayType=7"), "False");
}
END_TEST

START_TEST(source_anchor_may_not_change)
{
    const char *user = line_of("IIF(IsPresent([cloudSourceAnchor]), IIF(Word(");
    const char *other = line_of("IIF(IsPresent([cloudSourceAnchor]),IIF([cloud");
    static const char changed[] = "Error(\"SourceAnchor attribute has changed.\")";

#define ANCHORS "sourceAnchor=new", "cloudSourceAnchor=old"
    gives(user, ON("sourceAnchor=new"), "\"new\"");
    gives(user, ON(ANCHORS, "cloudAnchor=User_1", "sourceObjectType=User"), changed);
    gives(user, ON(ANCHORS, "cloudAnchor=Contact_1", "sourceObjectType=User"), "\"new\"");
    gives(other, ON(ANCHORS), changed);
    gives(other, ON("sourceAnchor=a", "cloudSourceAnchor=a"), "\"a\"");
    gives(line_of("ImportedValue(\"sourceAnchor\")"), ON("imported sourceAnchor=a"),
          "\"a\"");
}
END_TEST

/* 4 bytes of header, a length of 2 bytes, little-endian, and what it counts; then the
 * key. The key is kept, and its hash is put before it as an entry of its own. */
START_TEST(device_key)
{
    const char *text = line_of("IIF(IsNull([searchableDeviceKey])");

    gives(text, ON_NOTHING, "NULL");
    gives(text, ON("searchableDeviceKey=hex:0100000000000000"), "NULL");
    gives(text, ON("searchableDeviceKey=hex:00AABBCC0200EE1122334455"),
          "hex:00AABBCC0200EE1122"
          "200002"
          "40BE12C0839A7A44AC2BB6E4B337D30F8408FC50B317E457250719600411A906"
          "334455");
}
END_TEST

SUITE_WITH("expr/shipped", begin, end, all_of_them_parse_and_print_to_an_equal_tree,
           no_two_of_them_are_equal,
           none_of_them_fails_on_an_object_without_attributes_but_by_its_own_words,
           trim_flows, names_and_descriptions, description_is_cut_at_448_characters,
           account_enabled, source_object_type_and_anchor, parameters, proxy_addresses,
           password_date, user_principal_name, mail_enabled, cloud_filtered_users,
           cloud_filtered_contacts_groups_and_devices,
           write_back_keeps_what_it_may_not_touch, groups, source_anchor_may_not_change,
           device_key)
