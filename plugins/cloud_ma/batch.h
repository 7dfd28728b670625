/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLOUD_MA_BATCH_H
#define CLOUD_MA_BATCH_H

#include "http.h"

/*
 * Several requests in one: each with its own answer and its own code, in any order. It
 * saves ways, no quota: the service counts each request. None depends on another, so the
 * service is free to do them side by side.
 *
 *   BATCH_ODATA  as OData has it in JSON (POST .../$batch), each with a Retry-After
 *   BATCH_BULK   the bulk of SCIM (POST .../Bulk, RFC 7644 3.7), of changes alone
 */

enum { BATCH_MOST = 100 };

struct batch {
    const struct batch_form *form;
    struct http_call call; /* the request that brings the others */
    struct http_call *items[BATCH_MOST];
    size_t count;
    char *url;
    char *body;
};

/* Whether the call may go in one: below the base, without conditions, and small enough.
 */
bool batch_takes(const struct http_settings *set, const struct http_call *call);
/* About so many bytes it adds. */
size_t batch_bytes(const struct http_call *call);
/* The caller's; NULL: no memory. */
struct batch *batch_pack(const struct http_settings *set, struct http_call *const *calls,
                         size_t count);
void batch_free(struct batch *batch);

/* The whole was refused for what it is: nothing in it was done. */
bool batch_is_refused(const struct batch *batch);
/* And so would be every other one: the service has no such thing. */
bool batch_is_unknown(const struct batch *batch);
/* Gives each its answer; where the whole has none (`code`, or a refusal), that of the
 * whole. One that has none has the code 0. */
void batch_unpack(struct batch *batch, CURLcode code);
/* Takes one out; NULL: there are no more. */
struct http_call *batch_next(struct batch *batch);
/* The caller of this one does not want its answer any more. */
void batch_forget(struct http_call *call);

#endif
