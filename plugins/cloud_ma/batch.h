/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLOUD_MA_BATCH_H
#define CLOUD_MA_BATCH_H

#include "http.h"

/*
 * Several requests in one, as OData has it in JSON (POST .../$batch): each with its own
 * answer, its own code and its own Retry-After, in any order. It saves ways, no quota:
 * the service counts each request. None depends on another, so the service is free to do
 * them side by side.
 */

enum { BATCH_MOST = 20 };

struct batch {
    struct http_call call; /* the request that brings the others */
    struct http_call *items[BATCH_MOST];
    size_t count;
    char *url;
    char *body;
};

/* Whether the call may go in one: below `base`, and without conditions. */
bool batch_takes(const char *base, const struct http_call *call);
/* The caller's; NULL: no memory. */
struct batch *batch_pack(const char *base, struct http_call *const *calls, size_t count);
void batch_free(struct batch *batch);

/* The whole was refused for what it is: nothing in it was done. */
bool batch_is_refused(const struct batch *batch);
/* Gives each its answer; where the whole has none (`code`, or a refusal), that of the
 * whole. One that has none has the code 0. */
void batch_unpack(struct batch *batch, CURLcode code);
/* Takes one out; NULL: there are no more. */
struct http_call *batch_next(struct batch *batch);
/* The caller of this one does not want its answer any more. */
void batch_forget(struct http_call *call);

#endif
