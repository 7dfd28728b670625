/* SPDX-License-Identifier: Apache-2.0 */
#include "batch.h"

#include <stdlib.h>
#include <time.h>

#include "reply.h"

static const char *const methods[] = {[HTTP_GET] = "GET",
                                      [HTTP_POST] = "POST",
                                      [HTTP_PATCH] = "PATCH",
                                      [HTTP_PUT] = "PUT",
                                      [HTTP_DELETE] = "DELETE"};

/* --- there ---------------------------------------------------------------------------
 */

bool batch_takes(const char *base, const struct http_call *call)
{
    size_t length = strlen(base);

    return call->batch && call->if_match == NULL && !call->anonymous &&
           strncmp(call->url, base, length) == 0 && call->url[length] == '/';
}

/* Without a name for the content a body is refused. */
static bool put_body(json_t *request, const struct http_call *call)
{
    json_t *body;

    if (call->body == NULL)
        return true;
    body = json_loadb(call->body, call->body_length, 0, NULL);
    return body != NULL && json_object_set_new(request, "body", body) == 0 &&
           json_object_set_new(request, "headers",
                               json_pack("{s:s}", "Content-Type", call->content_type)) ==
               0;
}

static json_t *request_of(const char *base, const struct http_call *call, size_t number)
{
    char id[24];
    json_t *request;

    snprintf(id, sizeof id, "%zu", number);
    request = json_pack("{s:s, s:s, s:s}", "id", id, "method", methods[call->method],
                        "url", call->url + strlen(base));
    if (put_body(request, call))
        return request;
    json_decref(request);
    return NULL;
}

static char *body_of(const char *base, struct http_call *const *calls, size_t count)
{
    json_t *list = json_array();
    json_t *whole = json_pack("{s:o}", "requests", list);
    bool good = whole != NULL;
    char *text;

    for (size_t i = 0; i < count && good; i++)
        good = json_array_append_new(list, request_of(base, calls[i], i + 1)) == 0;
    text = good ? json_dumps(whole, JSON_COMPACT) : NULL;
    json_decref(whole);
    return text;
}

struct batch *batch_pack(const char *base, struct http_call *const *calls, size_t count)
{
    struct batch *batch = calloc(1, sizeof *batch);

    if (batch == NULL)
        return NULL;
    batch->body = body_of(base, calls, count);
    if (batch->body == NULL || asprintf(&batch->url, "%s/$batch", base) < 0) {
        free(batch->body);
        free(batch);
        return NULL;
    }
    batch->call = (struct http_call){.method = HTTP_POST,
                                     .url = batch->url,
                                     .body = batch->body,
                                     .body_length = strlen(batch->body),
                                     .content_type = "application/json",
                                     .envelope = batch};
    for (; batch->count < count; batch->count++) {
        struct http_call *item = calls[batch->count];

        batch->items[batch->count] = item;
        batch->call.fresh |= item->fresh;
        batch->call.once |= item->once;
        item->fresh = false;
        item->in = batch;
    }
    return batch;
}

void batch_free(struct batch *batch)
{
    if (batch == NULL)
        return;
    bytes_free(&batch->call.answer);
    free(batch->url);
    free(batch->body);
    free(batch);
}

/* --- and back ------------------------------------------------------------------------
 */

bool batch_is_refused(const struct batch *batch)
{
    long code = batch->call.code;

    return code >= 400 && code < 500 && code != 401 &&
           retry_of_status(code, false) == RETRY_DONE;
}

static void begin_answer(struct http_call *item)
{
    bytes_clear(&item->answer);
    item->code = 0;
    item->after = -1;
    item->too_large = 0;
    item->type[0] = item->etag[0] = item->request_id[0] = '\0';
    snprintf(item->problem, sizeof item->problem,
             "the answer of the batch says nothing of it");
}

/* What became of the whole became of each. */
static void inherit(struct http_call *item, const struct http_call *whole)
{
    item->code = whole->code;
    item->after = whole->after;
    item->too_large = whole->too_large;
    item->page_limit = whole->page_limit;
    memcpy(item->type, whole->type, sizeof item->type);
    memcpy(item->request_id, whole->request_id, sizeof item->request_id);
    memcpy(item->problem, whole->problem, sizeof item->problem);
    bytes_add(&item->answer, whole->answer.at, whole->answer.length);
}

/* What is no JSON comes as a text. */
static void take_body(struct http_call *item, const json_t *body)
{
    char *text;

    if (body == NULL || json_is_null(body))
        return;
    if (json_is_string(body)) {
        bytes_text(&item->answer, json_string_value(body));
        return;
    }
    text = json_dumps(body, JSON_COMPACT);
    if (text == NULL)
        item->answer.failed = true;
    else
        bytes_text(&item->answer, text);
    free(text);
    snprintf(item->type, sizeof item->type, "application/json");
}

static void take_answer(struct batch *batch, const json_t *answer)
{
    const char *id = member_text(answer, "id");
    size_t number = id == NULL ? 0 : strtoul(id, NULL, 10);
    const json_t *headers = member(answer, "headers");
    const char *after = member_text(headers, "Retry-After");
    const char *request = member_text(headers, "request-id");
    const char *used = member_text(headers, "x-ms-throttle-limit-percentage");
    const char *type = member_text(headers, "Content-Type");
    struct http_call *item;

    if (number < 1 || number > batch->count || batch->items[number - 1] == NULL)
        return;
    item = batch->items[number - 1];
    item->code = (long)json_integer_value(member(answer, "status"));
    item->date = batch->call.date;
    item->problem[0] = '\0';
    item->used = used == NULL ? 0 : strtod(used, NULL);
    if (after != NULL)
        item->after = retry_after(after, (int64_t)time(NULL));
    snprintf(item->type, sizeof item->type, "%s", type == NULL ? "" : type);
    snprintf(item->request_id, sizeof item->request_id, "%s",
             request == NULL ? batch->call.request_id : request);
    take_body(item, member(answer, "body"));
}

void batch_unpack(struct batch *batch, CURLcode code)
{
    bool good = code == CURLE_OK && batch->call.code == 200;
    struct ma_error ignored = {0};
    json_t *whole = NULL;
    json_t *answer;
    size_t i;

    for (i = 0; i < batch->count; i++) {
        if (batch->items[i] == NULL)
            continue;
        begin_answer(batch->items[i]);
        if (!good)
            inherit(batch->items[i], &batch->call);
    }
    if (!good || reply_json(&batch->call, &whole, &ignored) != MA_OK)
        return;
    json_array_foreach(member(whole, "responses"), i, answer) take_answer(batch, answer);
    json_decref(whole);
}

struct http_call *batch_next(struct batch *batch)
{
    struct http_call *item = NULL;

    for (size_t i = 0; i < batch->count && item == NULL; i++) {
        item = batch->items[i];
        batch->items[i] = NULL;
    }
    if (item != NULL)
        item->in = NULL;
    return item;
}

void batch_forget(struct http_call *call)
{
    struct batch *batch = call->in;

    for (size_t i = 0; batch != NULL && i < batch->count; i++)
        if (batch->items[i] == call)
            batch->items[i] = NULL;
    call->in = NULL;
}
