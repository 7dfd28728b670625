/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLOUD_MA_BATCH_FORM_H
#define CLOUD_MA_BATCH_FORM_H

#include <jansson.h>

#include "batch.h"

/*
 * How a protocol writes several requests as one, and their answers. What is the same in
 * all is in batch.c, which asks nothing else of a form.
 */
struct batch_form {
    const char *path; /* below the base */
    const char *content_type;
    const char *answers; /* the member of the answer that has them all */
    json_t *(*whole)(json_t *requests);
    /* One of them, `number` from 1; NULL: no memory. `path` is that below the base. */
    json_t *(*request)(const struct http_call *call, const char *path, size_t number);
    /* Which request this is the answer of, from 1; 0: of none that is known. */
    size_t (*number)(const struct batch *batch, const json_t *answer);
    /* Code, body and what else there is, into the call. */
    void (*take)(struct http_call *item, const json_t *answer);
};

extern const struct batch_form batch_odata, batch_bulk;

const char *batch_method(const struct http_call *call);
/* The body as JSON; NULL: no memory. */
json_t *batch_body(const struct http_call *call);
/* A text is taken as it is, all else as JSON. */
void batch_take_body(struct http_call *item, const json_t *body);

#endif
