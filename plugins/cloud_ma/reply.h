/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLOUD_MA_REPLY_H
#define CLOUD_MA_REPLY_H

#include <jansson.h>

#include "http.h"

/*
 * The JSON of an answer, read as if an enemy had written it: bounded depth, strict UTF-8,
 * no key twice, no NUL in a text. Names are looked up without regard to case: there are
 * servers that say "resources".
 */

enum { JSON_DEPTH = 64 };

/* A good answer, as JSON. MA_INVALID: it is none. The caller ends it. */
enum ma_status reply_json(const struct http_call *call, json_t **out,
                          struct ma_error *err);
/* An object from a text; MA_INVALID with the place. `what` names it in the error. */
enum ma_status reply_parse(const char *data, size_t length, const char *what,
                           json_t **out, struct ma_error *err);

/* A member, the case of its name ignored; NULL. */
json_t *member(const json_t *object, const char *name);
const char *member_text(const json_t *object, const char *name);

/* What a refusal says, of SCIM, of Graph or of OAuth; empty where it says nothing. */
struct refusal {
    char code[48];     /* "409 uniqueness" */
    char literal[320]; /* the server's words */
    char kind[32];     /* scimType, or the error's code */
};

void reply_refusal(const struct http_call *call, struct refusal *out);

#endif
