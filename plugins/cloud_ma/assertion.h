/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLOUD_MA_ASSERTION_H
#define CLOUD_MA_ASSERTION_H

#include "support/bytes.h"

/*
 * What a client shows instead of a secret (RFC 7523): a JWT that it signed with the key
 * of a certificate that the service knows. PS256 names the certificate by its SHA-256,
 * as Microsoft's documentation has it today; RS256 by its SHA-1, as it had it.
 */
struct assertion {
    const char *client;
    const char *audience;         /* the URL of the token endpoint */
    const char *certificate_file; /* PEM */
    const char *key;              /* PEM, private, not encrypted */
    const char *algorithm;        /* PS256 or RS256 */
};

/* Good for ten minutes, and once. MA_DENIED: certificate or key are of no use; the text
 * has nothing of the key. *days: how long the certificate lasts. */
enum ma_status assertion_make(const struct assertion *set, struct bytes *out, int *days,
                              struct ma_error *err);

#endif
