/* SPDX-License-Identifier: Apache-2.0 */

/*
 * As whom the agent for Active Directory binds, and how, where the configuration says it
 * of a partition: what each server hears, and what is made of the settings.
 */

#include "hosted.h"
#include "ldap_world.h"

#define OWN "adma-partition-data/"
#define X "DC=x,DC=example"
#define Y "DC=y,DC=x,DC=example"
#define C "CN=Configuration,DC=x,DC=example"

static struct hosted h;
static struct ldap_script script;
static struct partition partitions[3];
static struct parameter own[8];
static struct secret_source secrets[2];
static char files[2][128];
static char port[16];

/* A partition's settings are the first `count` of own[]. */
static void own_says(size_t index, size_t count)
{
    partitions[index].parameters = own;
    partitions[index].parameter_count = count;
}

static void name_secret(size_t index, const char *name, const char *value)
{
    snprintf(files[index], sizeof files[index], "%s/secret%zu", h.folder, index);
    hosted_text(&h, strrchr(files[index], '/') + 1, value);
    chmod(files[index], 0600);
    secrets[index] =
        (struct secret_source){.name = name, .kind = SECRET_FILE, .where = files[index]};
    h.binding.secrets = secrets;
    h.binding.secret_count = index + 1;
}

static void agrees(struct ldap_call *call)
{
    if (call->op == LDAP_REQ_SEARCH && first_cookie(call))
        return;
    script_done(call, LDAP_SUCCESS, NULL, 0, call->op == LDAP_REQ_SEARCH ? "" : NULL);
}

/* The agent binds simply, as CN=svc; the second partition has an account of its own. */
static void begin(void)
{
    hosted_begin(&h);
    script_begin(&script);
    script.serve = agrees;
    snprintf(port, sizeof port, "%u", script.port);
    hosted_param(&h, "server", "127.0.0.1");
    hosted_param(&h, "port", port);
    hosted_param(&h, "tls", "none");
    hosted_param(&h, "allow-clear-password", "true");
    hosted_private(&h, "adma-configuration/simple-bind", "1");
    hosted_private(&h, "adma-configuration/forest-login-user", "CN=svc");
    name_secret(0, "password", "secret");
    partitions[0] = (struct partition){.name = X, .selected = true};
    partitions[1] = (struct partition){.name = Y, .selected = true};
    partitions[2] = (struct partition){.name = C, .selected = true};
    h.agent.partitions = partitions;
    h.agent.partition_count = 3;
    own[0] = (struct parameter){.name = OWN "login-user", .value = "CN=other"};
    own_says(1, 1);
}

static void end(void)
{
    world_end(&h, &script);
}

static enum ma_status import_of(const char *partition)
{
    h.partition = partition;
    return hosted_import(&h, AD_MA, true);
}

static void export_all(const char *const *names, size_t count)
{
    static const struct ma_entry delete = {.size = sizeof delete, .change = MA_DELETE};
    struct ma_entry entries[4];
    const struct ma_entry *list[4];

    for (size_t i = 0; i < count; i++) {
        entries[i] = delete;
        entries[i].dn = names[i];
        list[i] = &entries[i];
    }
    ck_assert_msg(hosted_export(&h, AD_MA, list, count) == MA_OK, "%s", h.err.text);
}

/* --- who -------------------------------------------------------------------------- */

START_TEST(a_partition_is_bound_to_as_its_account_with_its_password_else_as_the_agent)
{
    name_secret(1, "password:" Y, "other secret");

    ck_assert_msg(import_of(X) == MA_OK, "%s", h.err.text);
    ck_assert_msg(import_of(Y) == MA_OK, "%s", h.err.text);
    ck_assert_str_eq(script.bound, "CN=svc secret;CN=other other secret;");
}
END_TEST

START_TEST(an_export_binds_anew_where_the_next_partition_has_another_account)
{
    name_secret(1, "password:" C, "other secret");
    own_says(2, 1);
    partitions[1].parameter_count = 0;

    export_all((const char *const[]){"CN=a," X, "CN=b," C, "CN=c," C, "CN=d," X}, 4);
    ck_heard(&h, "0 exported\n1 exported\n2 exported\n3 exported\n");
    ck_assert_str_eq(script.bound, "CN=svc secret;CN=other other secret;CN=svc secret;");
}
END_TEST

START_TEST(partitions_of_a_domain_that_say_what_the_agent_says_share_a_connection)
{
    own[0].value = "CN=SVC";
    own[1] = (struct parameter){.name = OWN "simple-bind", .value = "1"};
    own[2] = (struct parameter){.name = OWN "sign-and-seal", .value = "1"};
    own_says(2, 3);

    export_all((const char *const[]){"CN=a," X, "CN=b," C}, 2);
    ck_assert_str_eq(script.bound, "CN=svc secret;");
}
END_TEST

/* It would count as a wrong one, and lock the account in the end. */
START_TEST(the_password_of_the_agent_is_not_tried_for_the_account_of_a_partition)
{
    ck_assert_int_eq(import_of(Y), MA_DENIED);
    ck_assert_str_eq(h.err.text, "partition " Y " has an account of its own, CN=other: "
                                 "mactl.xml does not say where the secret 'password:" Y
                                 "' comes from");
    ck_assert_str_eq(script.bound, "");
    ck_assert_msg(import_of(X) == MA_OK, "%s", h.err.text);
}
END_TEST

START_TEST(the_login_that_mactl_xml_names_is_that_of_every_partition)
{
    hosted_param(&h, "login", "CN=named");

    ck_assert_msg(import_of(Y) == MA_OK, "%s", h.err.text);
    ck_assert_str_eq(script.bound, "CN=named secret;");
}
END_TEST

/* --- how -------------------------------------------------------------------------- */

START_TEST(a_partition_that_wants_no_simple_bind_gets_none)
{
    own[0] = (struct parameter){.name = OWN "simple-bind", .value = "0"};
    hosted_param(&h, "credentials-cache", "FILE:/nonexistent");

    ck_assert_int_eq(import_of(Y), MA_DENIED);
    ck_assert_ptr_nonnull(strstr(h.err.text, "Kerberos"));
    ck_assert_str_eq(script.bound, "");
}
END_TEST

START_TEST(a_setting_of_a_partition_that_makes_no_sense_is_named_with_it)
{
    own[0] = (struct parameter){.name = OWN "ssl-bind", .value = "perhaps"};

    ck_assert_int_eq(import_of(Y), MA_INVALID);
    ck_assert_str_eq(h.err.text,
                     "partition " Y ": " OWN "ssl-bind='perhaps': wanted true or false");
    ck_assert_msg(import_of(X) == MA_OK, "%s", h.err.text);
}
END_TEST

SUITE_WITH("plugin/ad_logon", begin, end,
           a_partition_is_bound_to_as_its_account_with_its_password_else_as_the_agent,
           an_export_binds_anew_where_the_next_partition_has_another_account,
           partitions_of_a_domain_that_say_what_the_agent_says_share_a_connection,
           the_password_of_the_agent_is_not_tried_for_the_account_of_a_partition,
           the_login_that_mactl_xml_names_is_that_of_every_partition,
           a_partition_that_wants_no_simple_bind_gets_none,
           a_setting_of_a_partition_that_makes_no_sense_is_named_with_it)
