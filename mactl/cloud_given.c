/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud_given.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static unsigned ways(const struct cloud_given *given)
{
    return secret_given_ways(&given->secret) + (unsigned)(given->certificate != NULL) +
           (unsigned)(given->federated != NULL);
}

bool cloud_given_any(const struct cloud_given *given)
{
    return given->url != NULL || given->client != NULL || given->tenant != NULL ||
           given->token_url != NULL || ways(given) > 0;
}

bool cloud_url_is_safe(const char *url)
{
    static const char *const good[] = {"https://", "http://127.0.0.1", "http://localhost",
                                       "http://[::1]"};

    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        if (strncasecmp(url, good[i], strlen(good[i])) == 0)
            return true;
    return false;
}

enum exit_code cloud_given_check(const struct cloud_given *given)
{
    if (ways(given) > 1)
        return command_error(EXIT_USAGE, NULL,
                             "what opens the service comes from one place: a secret of a "
                             "file, stdin or a credential, a certificate, or a federated "
                             "token");
    if (given->certificate == NULL && given->key != NULL)
        return command_error(EXIT_USAGE, NULL, "--certificate-key is of a --certificate");
    if (given->url != NULL && !cloud_url_is_safe(given->url))
        return command_error(EXIT_USAGE, NULL,
                             "--connect-to %s: a URL that begins with https://",
                             given->url);
    return EXIT_OK;
}

/* Of another client the secret is another one, too. */
enum exit_code cloud_given_read(struct cloud_given *given, bool what_if, const char *word)
{
    bool ask = given->client != NULL && given->certificate == NULL &&
               given->federated == NULL && !what_if;

    return secret_given_read(&given->secret, ask, "Secret of the client: ", word);
}

/* Where one of the three is given, the other two go. */
static void set_opener(const struct cloud_given *given, struct agent_setting *setting)
{
    static const char *const password[] = {"password", NULL};
    static const char *const key_of[] = {"certificate-key", NULL};
    static const char *const both[] = {"password", "certificate-key", NULL};
    const char *certificate = given->certificate;
    const struct secret_given key = {.file = given->key != NULL ? given->key
                                                                : given->certificate};
    bool secret = secret_given_ways(&given->secret) > 0 || given->secret.has_value;

    agent_setting_secret(setting, certificate != NULL ? "certificate-key" : "password",
                         certificate != NULL ? &key : &given->secret);
    if (certificate == NULL && given->federated == NULL && !secret)
        return;
    setting->request.gone = certificate != NULL ? password : secret ? key_of : both;
    agent_setting_add(
        setting, "certificate",
        certificate == NULL ? "" : agent_setting_path(setting->call, certificate));
    agent_setting_add(setting, "federated-token-file",
                      given->federated == NULL
                          ? ""
                          : agent_setting_path(setting->call, given->federated));
}

void cloud_given_set(const struct cloud_given *given, struct agent_setting *setting)
{
    agent_setting_add(setting, "url", given->url);
    agent_setting_add(setting, "tenant", given->tenant);
    agent_setting_add(setting, "token-url", given->token_url);
    agent_setting_add(setting, "client-id", given->client);
    set_opener(given, setting);
}

void cloud_given_end(struct cloud_given *given)
{
    free(given->url);
    free(given->client);
    free(given->tenant);
    free(given->token_url);
    free(given->certificate);
    free(given->key);
    free(given->federated);
    secret_given_end(&given->secret);
}
