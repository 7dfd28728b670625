/* SPDX-License-Identifier: Apache-2.0 */

/* mactl ma set-cloud: where a service is, and what opens it. */

#include "cloud_given.h"
#include "commands.h"

static struct {
    struct cloud_given cloud;
    int what_if;
} given;

static enum exit_code check(void)
{
    if (!cloud_given_any(&given.cloud) && given.cloud.key == NULL)
        return command_error(EXIT_USAGE, NULL,
                             "nothing was given to set: --connect-to, --client-id, "
                             "--tenant, --token-url or a secret");
    return cloud_given_check(&given.cloud);
}

static enum exit_code set_agent(const struct invocation *call, const char *agent)
{
    struct agent_setting setting = {.call = call, .request = {.agent = agent}};

    cloud_given_set(&given.cloud, &setting);
    return agent_setting_run(&setting, given.what_if != 0);
}

static enum exit_code set_cloud(const struct invocation *call, int argc,
                                const char **argv)
{
    static const char *const categories[] = {"Extensible", "Extensible2", NULL};
    enum exit_code code = check();

    (void)argc;
    if (code == EXIT_OK)
        code = agent_setting_check(call, argv[0], categories);
    if (code == EXIT_OK)
        code = cloud_given_read(&given.cloud, given.what_if != 0, "secret");
    if (code == EXIT_OK)
        code = set_agent(call, argv[0]);
    cloud_given_end(&given.cloud);
    return code;
}

static const struct poptOption options[] = {
    CLOUD_GIVEN_OPTIONS(given.cloud),
    SECRET_GIVEN_OPTIONS(given.cloud.secret, "secret"),
    {"what-if", 0, POPT_ARG_NONE, &given.what_if, 0, "Say what would change", NULL},
    POPT_TABLEEND};

const struct command command_ma_set_cloud = {
    .words = "ma set-cloud",
    .arguments = "MA",
    .summary = "Where a service in the cloud is, and what opens it",
    .help =
        "What is not given stays. With --client-id the secret is asked for, without an "
        "echo; it\nis kept in a file of secrets/, unless a file, a credential of systemd "
        "or a certificate\nhas it, or a platform gives a token. What opened the service "
        "before is forgotten. The\ncounterpart of Set-MIISExtMAConfiguration.\n\n"
        "    mactl ma set-cloud AAD --connect-to https://scim.example/v2 --secret-stdin\n"
        "    mactl ma set-cloud AAD --tenant contoso.onmicrosoft.com --client-id ID\n"
        "    mactl ma set-cloud AAD --certificate sync.pem --what-if",
    .options = options,
    .least = 1,
    .most = 1,
    .run = set_cloud,
};
