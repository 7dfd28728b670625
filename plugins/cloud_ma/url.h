/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLOUD_MA_URL_H
#define CLOUD_MA_URL_H

#include "support/bytes.h"

/* URLs: which are safe to use, which are of one host, and what is put into them. */

/* https; without TLS only what never leaves this machine. No user and password in it. */
enum ma_status url_check(const char *url, struct ma_error *err);
/* Whether both have the same scheme, host and port. */
bool url_same_host(const char *a, const char *b);
/* What is to be put into the path or query of a URL, escaped. */
void url_escape(struct bytes *out, const char *text, size_t length);

#endif
