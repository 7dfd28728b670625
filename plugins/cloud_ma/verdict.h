/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLOUD_MA_VERDICT_H
#define CLOUD_MA_VERDICT_H

#include "http.h"

/*
 * What an attempt of a call came to, from libcurl's word and the answer: whether the call
 * may be sent again, what it is for its caller, and what an operator is told.
 */

enum retry_class verdict_class(const struct http_call *call, CURLcode code);
enum ma_status verdict_status(const struct http_call *call, CURLcode code);
/* Whether the server had too much to do. */
bool verdict_is_busy(const struct http_call *call);
/* Into call->text. */
void verdict_describe(struct http_call *call, CURLcode code);

#endif
