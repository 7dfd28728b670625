/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLOUD_MA_TOKEN_H
#define CLOUD_MA_TOKEN_H

#include "http.h"

/*
 * The bearer of the requests: the secret "password" as it is, or one that a token
 * endpoint gives for a client whose secret that is, for one that signs with the key of a
 * certificate, or for a token that a platform keeps in a file. Kept in memory only,
 * renewed before it ends, once when it was refused.
 */
struct token;

struct token_settings {
    const char *url; /* NULL: the secret is the bearer */
    const char *client_id;
    const char *scope;            /* NULL: none is asked for */
    const char *federated_file;   /* NULL: the secret */
    const char *certificate_file; /* its key is the secret; NULL: none */
    const char *algorithm;        /* of what that key signs; NULL: PS256 */
};

enum ma_status token_open(struct token **out, const struct ma_host *host,
                          struct http *http, const struct token_settings *set,
                          struct ma_error *err);
void token_close(struct token *token);

/* An http_bearer. */
enum ma_status token_bearer(void *token, bool fresh, char *out, size_t capacity,
                            struct ma_error *err);

#endif
