/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLOUD_MA_ATTEMPT_H
#define CLOUD_MA_ATTEMPT_H

#include "http.h"

/*
 * One attempt of a call, as libcurl is told of it: what is sent, what is taken of the
 * answer, and what an attempt may never do.
 */

/* Makes call->easy, ready to be sent, for all but the bearer. False: no memory. */
bool attempt_prepare(const struct http_settings *set, struct http_call *call);
/* The handle must be out of the multi handle by then. */
void attempt_end(struct http_call *call);

#endif
