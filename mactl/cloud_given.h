/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACTL_CLOUD_GIVEN_H
#define MACTL_CLOUD_GIVEN_H

#include "agent_setting.h"

/*
 * How an operator says where a service in the cloud is, and what opens it: a secret, a
 * certificate, or a token of somebody else. `ma set-cloud` and `coexistence enable` take
 * the same options; those of the secret have names of their own. Ended by
 * cloud_given_end.
 */
struct cloud_given {
    char *url;
    char *client;
    char *tenant;
    char *token_url;
    char *certificate;
    char *key; /* NULL: in the certificate's file */
    char *federated;
    struct secret_given secret;
};

#define CLOUD_GIVEN_OPTIONS(given)                                                       \
    {"connect-to", 0, POPT_ARG_STRING, &(given).url, 0, "Where the cloud's service is",  \
     "URL"},                                                                             \
        {"client-id",                                                                    \
         0,                                                                              \
         POPT_ARG_STRING,                                                                \
         &(given).client,                                                                \
         0,                                                                              \
         "Who asks for a token; without it the secret is the bearer",                    \
         "ID"},                                                                          \
        {"tenant", 0, POPT_ARG_STRING, &(given).tenant, 0, "Graph: the tenant", "ID"},   \
        {"token-url",        0,    POPT_ARG_STRING, &(given).token_url, 0,               \
         "Who gives tokens", "URL"},                                                     \
        {"certificate",                                                                  \
         0,                                                                              \
         POPT_ARG_STRING,                                                                \
         &(given).certificate,                                                           \
         0,                                                                              \
         "Stands for a secret; PEM, with its key",                                       \
         "FILE"},                                                                        \
        {"certificate-key",                                                              \
         0,                                                                              \
         POPT_ARG_STRING,                                                                \
         &(given).key,                                                                   \
         0,                                                                              \
         "The key, where it is in a file of its own",                                    \
         "FILE"},                                                                        \
    {                                                                                    \
        "federated-token", 0, POPT_ARG_STRING, &(given).federated, 0,                    \
            "Stands for a secret; the platform writes it", "FILE"                        \
    }

/* Only https: what opens the service must not travel in clear, unless it is a test on
 * this machine. */
bool cloud_url_is_safe(const char *url);

/* Whether anything was given. */
bool cloud_given_any(const struct cloud_given *given);
/* A usage error: it is opened in two ways, a key is without its certificate, or the
 * secret would travel in clear. */
enum exit_code cloud_given_check(const struct cloud_given *given);
/* The secret, asked for where another client has none yet; `word`: as of
 * secret_given_read. */
enum exit_code cloud_given_read(struct cloud_given *given, bool what_if,
                                const char *word);
/* All of it, for the agent. */
void cloud_given_set(const struct cloud_given *given, struct agent_setting *setting);
void cloud_given_end(struct cloud_given *given);

#endif
