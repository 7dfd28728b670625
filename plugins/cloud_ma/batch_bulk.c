/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Several changes in one, as SCIM has them (RFC 7644 3.7). failOnErrors is left out: each
 * is done, whatever became of the others. An answer names a new object by its bulkId and
 * all else by its location alone, and may leave out what was made: then the location says
 * its id.
 */

#include <stdlib.h>

#include "batch_form.h"
#include "reply.h"

static json_t *whole(json_t *requests)
{
    return json_pack("{s:[s], s:o}", "schemas",
                     "urn:ietf:params:scim:api:messages:2.0:BulkRequest", "Operations",
                     requests);
}

static json_t *request(const struct http_call *call, const char *path, size_t number)
{
    json_t *out = json_pack("{s:s, s:s}", "method", batch_method(call), "path", path);
    bool good = out != NULL;
    char id[24];

    snprintf(id, sizeof id, "%zu", number);
    if (call->method == HTTP_POST)
        good = good && json_object_set_new(out, "bulkId", json_string(id)) == 0;
    if (call->body != NULL)
        good = good && json_object_set_new(out, "data", batch_body(call)) == 0;
    if (good)
        return out;
    json_decref(out);
    return NULL;
}

/* /Users/2819c223 of a URL. */
static const char *last_two(const char *url)
{
    const char *at = url + strlen(url);

    for (int slashes = 0; at > url && slashes < 2;)
        slashes += *--at == '/';
    return at;
}

static bool is_answer_of(const struct http_call *call, const char *method,
                         const char *location)
{
    return call != NULL && call->method != HTTP_POST &&
           strcasecmp(batch_method(call), method) == 0 &&
           strcmp(last_two(call->url), last_two(location)) == 0;
}

static size_t number(const struct batch *batch, const json_t *answer)
{
    const char *id = member_text(answer, "bulkId");
    const char *method = member_text(answer, "method");
    const char *location = member_text(answer, "location");

    if (id != NULL)
        return strtoul(id, NULL, 10);
    for (size_t i = 0; i < batch->count && method != NULL && location != NULL; i++)
        if (is_answer_of(batch->items[i], method, location))
            return i + 1;
    return 0;
}

/* "201", 201, or as drafts had it, {"code": "201"}. */
static long status_of(const json_t *answer)
{
    const json_t *status = member(answer, "status");

    if (json_is_object(status))
        status = member(status, "code");
    return json_is_string(status) ? strtol(json_string_value(status), NULL, 10)
                                  : (long)json_integer_value(status);
}

/* Of a new object nothing is needed but its id. */
static void take_location(struct http_call *item, const char *location)
{
    const char *slash = location == NULL ? NULL : strrchr(location, '/');
    char *id = slash == NULL ? NULL : curl_easy_unescape(NULL, slash + 1, 0, NULL);
    json_t *made = id == NULL ? NULL : json_pack("{s:s}", "id", id);

    if (made != NULL)
        batch_take_body(item, made);
    json_decref(made);
    curl_free(id);
}

static void take(struct http_call *item, const json_t *answer)
{
    const json_t *response = member(answer, "response");

    item->code = status_of(answer);
    if (json_is_object(response))
        batch_take_body(item, response);
    else if (item->method == HTTP_POST && item->code >= 200 && item->code < 300)
        take_location(item, member_text(answer, "location"));
}

const struct batch_form batch_bulk = {.path = "/Bulk",
                                      .content_type = "application/scim+json",
                                      .answers = "Operations",
                                      .whole = whole,
                                      .request = request,
                                      .number = number,
                                      .take = take};
