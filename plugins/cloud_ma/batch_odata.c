/* SPDX-License-Identifier: Apache-2.0 */

/* Several requests in one, as OData 4.01 has them in JSON, and Graph. */

#include <stdlib.h>
#include <time.h>

#include "batch_form.h"
#include "reply.h"

static json_t *whole(json_t *requests)
{
    return json_pack("{s:o}", "requests", requests);
}

/* Without a name for the content a body is refused. */
static json_t *request(const struct http_call *call, const char *path, size_t number)
{
    char id[24];
    json_t *out;

    snprintf(id, sizeof id, "%zu", number);
    out =
        json_pack("{s:s, s:s, s:s}", "id", id, "method", batch_method(call), "url", path);
    if (call->body != NULL && (json_object_set_new(out, "body", batch_body(call)) != 0 ||
                               json_object_set_new(out, "headers",
                                                   json_pack("{s:s}", "Content-Type",
                                                             call->content_type)) != 0)) {
        json_decref(out);
        return NULL;
    }
    return out;
}

static size_t number(const struct batch *batch, const json_t *answer)
{
    const char *id = member_text(answer, "id");

    (void)batch;
    return id == NULL ? 0 : strtoul(id, NULL, 10);
}

static void take(struct http_call *item, const json_t *answer)
{
    const json_t *headers = member(answer, "headers");
    const char *after = member_text(headers, "Retry-After");
    const char *id = member_text(headers, "request-id");
    const char *used = member_text(headers, "x-ms-throttle-limit-percentage");
    const char *type = member_text(headers, "Content-Type");

    item->code = (long)json_integer_value(member(answer, "status"));
    item->used = used == NULL ? 0 : strtod(used, NULL);
    if (after != NULL)
        item->after = retry_after(after, (int64_t)time(NULL));
    snprintf(item->type, sizeof item->type, "%s", type == NULL ? "" : type);
    if (id != NULL)
        snprintf(item->request_id, sizeof item->request_id, "%s", id);
    batch_take_body(item, member(answer, "body"));
}

const struct batch_form batch_odata = {.path = "/$batch",
                                       .content_type = "application/json",
                                       .answers = "responses",
                                       .whole = whole,
                                       .request = request,
                                       .number = number,
                                       .take = take};
