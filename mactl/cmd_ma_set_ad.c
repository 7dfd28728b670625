/* SPDX-License-Identifier: Apache-2.0 */

/* mactl ma set-ad: the forest of an agent, its account, and where it looks. */

#include <stdlib.h>

#include "agent_setting.h"
#include "commands.h"
#include "open.h"
#include "render.h"

static struct {
    char *forest;
    char *login;
    char *domain;
    char **containers;
    char *keytab;
    struct secret_given password;
    int what_if;
} given;

static enum exit_code usage(void)
{
    if (secret_given_ways(&given.password) + (unsigned)(given.keytab != NULL) > 1)
        return command_error(EXIT_USAGE, NULL,
                             "a password comes from one place: --password-file, "
                             "--password-stdin, --credential or --keytab");
    if (given.forest == NULL && given.login == NULL && given.domain == NULL &&
        given.containers == NULL && given.keytab == NULL &&
        secret_given_ways(&given.password) == 0)
        return command_error(EXIT_USAGE, NULL,
                             "nothing was given to set: --forest, --login, --domain, "
                             "--container or a password");
    return EXIT_OK;
}

/* Of another account the password is another one, too. */
static enum exit_code read_password(const struct invocation *call)
{
    bool ask = given.login != NULL && given.keytab == NULL && !given.what_if;

    return secret_given_read(&given.password, ask,
                             arena_print(call->arena, "Password of %s: ",
                                         given.login == NULL ? "" : given.login),
                             "password");
}

static enum exit_code set_agent(const struct invocation *call, const char *agent)
{
    struct agent_setting setting = {.call = call, .request = {.agent = agent}};
    enum exit_code code;

    setting.request.forest = given.forest;
    setting.request.containers = (const char *const *)given.containers;
    agent_setting_add(&setting, "login", given.login);
    agent_setting_add(&setting, "domain", given.domain);
    code = agent_setting_directory(&setting, &given.password, given.keytab);
    return code == EXIT_OK ? agent_setting_run(&setting, given.what_if != 0) : code;
}

static void free_given(void)
{
    for (size_t i = 0; given.containers != NULL && given.containers[i] != NULL; i++)
        free(given.containers[i]);
    free(given.containers);
    free(given.forest);
    free(given.login);
    free(given.domain);
    free(given.keytab);
    secret_given_end(&given.password);
}

static enum exit_code set_ad(const struct invocation *call, int argc, const char **argv)
{
    static const char *const categories[] = {"AD", "ADAM", "AD GAL", NULL};
    enum exit_code code = usage();

    (void)argc;
    if (code == EXIT_OK)
        code = agent_setting_check(call, argv[0], categories);
    if (code == EXIT_OK)
        code = read_password(call);
    if (code == EXIT_OK)
        code = set_agent(call, argv[0]);
    free_given();
    return code;
}

static const struct poptOption options[] = {
    {"forest", 0, POPT_ARG_STRING, &given.forest, 0,
     "DNS name of the forest; partitions keep their ids", "NAME"},
    {"login", 0, POPT_ARG_STRING, &given.login, 0, "The account", "NAME"},
    {"domain", 0, POPT_ARG_STRING, &given.domain, 0, "... and its domain", "NAME"},
    {"container", 0, POPT_ARG_ARGV, &given.containers, 0,
     "What is read of the partition that holds it; repeat for several", "DN"},
    {"keytab", 0, POPT_ARG_STRING, &given.keytab, 0, "Stands for a password", "FILE"},
    SECRET_GIVEN_OPTIONS(given.password, "password"),
    {"what-if", 0, POPT_ARG_NONE, &given.what_if, 0, "Say what would change", NULL},
    POPT_TABLEEND};

const struct command command_ma_set_ad = {
    .words = "ma set-ad",
    .arguments = "MA",
    .summary = "The forest of an agent, its account, and where it looks",
    .help =
        "What is not given stays, and so do all partitions, as run profiles point to "
        "them. With\n--login the password is asked for, without an echo; it is kept in "
        "a file of secrets/, unless\na file, a credential of systemd or a keytab has "
        "it. The counterpart of Set-MIISADMAConfiguration.\n\n    mactl ma set-ad "
        "contoso.com --forest contoso.com --login svc-mactl\n    mactl ma set-ad "
        "contoso.com --login svc-mactl --credential contoso\n    mactl ma set-ad "
        "contoso.com --container OU=Staff,DC=contoso,DC=com --what-if",
    .options = options,
    .least = 1,
    .most = 1,
    .run = set_ad,
};
