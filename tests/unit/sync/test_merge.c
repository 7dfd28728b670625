/* SPDX-License-Identifier: Apache-2.0 */

/* The hybrid sample with one more rule, which writes addresses otherwise than the shipped
 * one and holds for one department only. */

#include "world.h"

#define CLOUD "fabrikam.onmicrosoft.example - AAD"
#define FOREST "fabrikam.example"
#define ANA "CN=Ana,OU=Sales,OU=Staff,DC=fabrikam,DC=example"
#define GUID_A "AAAAAAAAAAAAAAAAAAAAAA=="

static struct world w;
static char config[64];

static void write_rule(const char *agent)
{
    char path[160];
    FILE *file;

    snprintf(path, sizeof path, "%s/SynchronizationRules/SynchronizationRule_mixed.xml",
             config);
    file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fprintf(file,
            "<synchronizationRule><id>{6a0c9f4e-52b1-4c53-9b07-1f0e6a1e0d77}</id>"
            "<name>Out to AD - Mixed</name><direction>Outbound</direction>"
            "<disabled>False</disabled><connector>{%s}</connector>"
            "<sourceObjectType>person</sourceObjectType>"
            "<targetObjectType>user</targetObjectType><linkType>Join</linkType>"
            "<precedence>140</precedence><attribute-mappings><mapping>"
            "<dest>proxyAddresses</dest><src><attr>mail</attr></src>"
            "<valueMergeType>Update</valueMergeType></mapping></attribute-mappings>"
            "<synchronizationCriteria><conditions><scope>"
            "<csAttribute>department</csAttribute><csOperator>EQUAL</csOperator>"
            "<csValue>Mixed</csValue></scope></conditions></synchronizationCriteria>"
            "</synchronizationRule>\n",
            agent);
    fclose(file);
}

static void begin(void)
{
    char command[256];

    snprintf(config, sizeof config, "/tmp/mactl-merge-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(config));
    snprintf(command, sizeof command,
             "cp -r " SOURCE_DIR "/docs/examples/hybrid/export/. %s", config);
    ck_assert_int_eq(system(command), 0);
    write_rule("80ccb0b2-673f-4608-b2e1-22961ca24c33");
    world_begin_with(&w, config, "");
}

static void end(void)
{
    world_end(&w);
    nftw(config, world_unlink, 16, FTW_DEPTH | FTW_PHYS);
}

static void ana_in(const char *department)
{
    world_import(&w, FOREST, ANA, "user", "objectGUID=" GUID_A, "userAccountControl=512",
                 "cn=Ana", "sAMAccountName=ana", "mailNickname=ana",
                 "mail=ana@fabrikam.example", "proxyAddresses=SMTP:ana@fabrikam.example",
                 arena_print(&w.arena, "department=%s", department));
}

START_TEST(a_rule_that_does_not_hold_need_not_agree_on_the_merge)
{
    ana_in("Sales");

    ck_assert_str_eq(world_sync(&w, FOREST, false), "success");

    ck_assert_str_eq(world_pending(&w, FOREST, ANA), "none");
}
END_TEST

START_TEST(rules_in_scope_that_do_not_agree_are_an_error_of_the_object)
{
    ana_in("Mixed");

    ck_assert_str_eq(world_sync(&w, FOREST, false), "completed-sync-errors");

    ck_assert_str_eq(world_errors(&w), FOREST
                     " " ANA " sync-rule-outbound-flow-rules-invalid proxyAddresses\n");
}
END_TEST

SUITE_WITH("sync/merge", begin, end,
           a_rule_that_does_not_hold_need_not_agree_on_the_merge,
           rules_in_scope_that_do_not_agree_are_an_error_of_the_object)
