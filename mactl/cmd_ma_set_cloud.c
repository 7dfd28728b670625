/* SPDX-License-Identifier: Apache-2.0 */

/* mactl ma set-cloud: where a service is, and what opens it. */

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "agent_setting.h"
#include "commands.h"

static struct {
    char *url;
    char *client;
    char *tenant;
    char *token_url;
    char *certificate;
    char *key;
    char *federated;
    struct secret_given secret;
    int what_if;
} given;

static enum exit_code usage(void)
{
    unsigned ways = secret_given_ways(&given.secret) +
                    (unsigned)(given.certificate != NULL) +
                    (unsigned)(given.federated != NULL);

    if (ways > 1)
        return command_error(EXIT_USAGE, NULL,
                             "what opens the service comes from one place: "
                             "--secret-file, --secret-stdin, --credential, --certificate "
                             "or --federated-token");
    if (given.certificate == NULL && given.key != NULL)
        return command_error(EXIT_USAGE, NULL, "--certificate-key is of a --certificate");
    if (given.url == NULL && given.client == NULL && given.tenant == NULL &&
        given.token_url == NULL && ways == 0)
        return command_error(EXIT_USAGE, NULL,
                             "nothing was given to set: --connect-to, --client-id, "
                             "--tenant, --token-url or a secret");
    return EXIT_OK;
}

/* Only https: what opens the service must not travel in clear, unless it is a test on
 * this machine. */
static enum exit_code check_url(const char *url)
{
    static const char *const good[] = {"https://", "http://127.0.0.1", "http://localhost",
                                       "http://[::1]"};

    for (size_t i = 0; url != NULL && i < sizeof good / sizeof good[0]; i++)
        if (strncasecmp(url, good[i], strlen(good[i])) == 0)
            return EXIT_OK;
    return url == NULL
               ? EXIT_OK
               : command_error(EXIT_USAGE, NULL,
                               "--connect-to %s: a URL that begins with https://", url);
}

static enum exit_code set_agent(const struct invocation *call, const char *agent)
{
    struct agent_setting setting = {.call = call, .request = {.agent = agent}};
    const struct cloud_opener opener = {&given.secret, given.certificate, given.key,
                                        given.federated};

    agent_setting_add(&setting, "url", given.url);
    agent_setting_add(&setting, "tenant", given.tenant);
    agent_setting_add(&setting, "token-url", given.token_url);
    agent_setting_add(&setting, "client-id", given.client);
    agent_setting_cloud(&setting, &opener);
    return agent_setting_run(&setting, given.what_if != 0);
}

/* Of another client the secret is another one, too. */
static enum exit_code read_secret(void)
{
    bool ask = given.client != NULL && given.certificate == NULL &&
               given.federated == NULL && !given.what_if;

    return secret_given_read(&given.secret, ask, "Secret of the client: ", "secret");
}

static void free_given(void)
{
    free(given.url);
    free(given.client);
    free(given.tenant);
    free(given.token_url);
    free(given.certificate);
    free(given.key);
    free(given.federated);
    secret_given_end(&given.secret);
}

static enum exit_code set_cloud(const struct invocation *call, int argc,
                                const char **argv)
{
    static const char *const categories[] = {"Extensible", "Extensible2", NULL};
    enum exit_code code = usage();

    (void)argc;
    if (code == EXIT_OK)
        code = check_url(given.url);
    if (code == EXIT_OK)
        code = agent_setting_check(call, argv[0], categories);
    if (code == EXIT_OK)
        code = read_secret();
    if (code == EXIT_OK)
        code = set_agent(call, argv[0]);
    free_given();
    return code;
}

static const struct poptOption options[] = {
    {"connect-to", 0, POPT_ARG_STRING, &given.url, 0, "Where the service is", "URL"},
    {"client-id", 0, POPT_ARG_STRING, &given.client, 0,
     "Who asks for a token; without it the secret is the bearer", "ID"},
    {"tenant", 0, POPT_ARG_STRING, &given.tenant, 0, "Graph: the tenant", "ID"},
    {"token-url", 0, POPT_ARG_STRING, &given.token_url, 0, "Who gives tokens", "URL"},
    {"certificate", 0, POPT_ARG_STRING, &given.certificate, 0,
     "Stands for a secret; PEM, with its key", "FILE"},
    {"certificate-key", 0, POPT_ARG_STRING, &given.key, 0,
     "The key, where it is in a file of its own", "FILE"},
    {"federated-token", 0, POPT_ARG_STRING, &given.federated, 0,
     "Stands for a secret; the platform writes it", "FILE"},
    SECRET_GIVEN_OPTIONS(given.secret, "secret"),
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
