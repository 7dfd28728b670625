/* SPDX-License-Identifier: Apache-2.0 */
#include "batch.h"

#include <stdlib.h>

#include "batch_form.h"
#include "reply.h"

enum { AROUND = 300 }; /* bytes of a request beside its body and its URL, at most */

static const struct batch_form *const forms[] = {
    [BATCH_ODATA] = &batch_odata, [BATCH_BULK] = &batch_bulk};

const char *batch_method(const struct http_call *call)
{
    static const char *const methods[] = {[HTTP_GET] = "GET",
                                          [HTTP_POST] = "POST",
                                          [HTTP_PATCH] = "PATCH",
                                          [HTTP_PUT] = "PUT",
                                          [HTTP_DELETE] = "DELETE"};

    return methods[call->method];
}

json_t *batch_body(const struct http_call *call)
{
    return json_loadb(call->body, call->body_length, 0, NULL);
}

/* --- there ------------------------------------------------------------------------ */

size_t batch_bytes(const struct http_call *call)
{
    return call->body_length + strlen(call->url) + AROUND;
}

bool batch_takes(const struct http_settings *set, const struct http_call *call)
{
    size_t length = strlen(set->base);

    return set->batch > 1 && call->batch && call->if_match == NULL && !call->anonymous &&
           strncmp(call->url, set->base, length) == 0 && call->url[length] == '/' &&
           (set->batch_limit == 0 || batch_bytes(call) <= set->batch_limit);
}

static char *body_of(const struct batch_form *form, const char *base,
                     struct http_call *const *calls, size_t count)
{
    json_t *list = json_array();
    bool good = list != NULL;
    json_t *whole;
    char *text;

    for (size_t i = 0; i < count && good; i++)
        good =
            json_array_append_new(
                list, form->request(calls[i], calls[i]->url + strlen(base), i + 1)) == 0;
    whole = form->whole(list);
    text = good && whole != NULL ? json_dumps(whole, JSON_COMPACT) : NULL;
    json_decref(whole);
    return text;
}

static void put_in(struct batch *batch, struct http_call *item)
{
    batch->items[batch->count++] = item;
    batch->call.fresh |= item->fresh;
    batch->call.once |= item->once;
    item->fresh = false;
    item->in = batch;
}

struct batch *batch_pack(const struct http_settings *set, struct http_call *const *calls,
                         size_t count)
{
    struct batch *batch = calloc(1, sizeof *batch);

    if (batch == NULL)
        return NULL;
    batch->form = forms[set->batch_form];
    batch->body = body_of(batch->form, set->base, calls, count);
    if (batch->body == NULL ||
        asprintf(&batch->url, "%s%s", set->base, batch->form->path) < 0) {
        free(batch->body);
        free(batch);
        return NULL;
    }
    batch->call = (struct http_call){.method = HTTP_POST,
                                     .url = batch->url,
                                     .body = batch->body,
                                     .body_length = strlen(batch->body),
                                     .content_type = batch->form->content_type,
                                     .accept = batch->form->content_type,
                                     .envelope = batch};
    for (size_t i = 0; i < count; i++)
        put_in(batch, calls[i]);
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

/* --- and back --------------------------------------------------------------------- */

bool batch_is_unknown(const struct batch *batch)
{
    long code = batch->call.code;

    return code == 404 || code == 405 || code == 501;
}

bool batch_is_refused(const struct batch *batch)
{
    long code = batch->call.code;

    return batch_is_unknown(batch) || (code >= 400 && code < 500 && code != 401 &&
                                       retry_of_status(code, false) == RETRY_DONE);
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

void batch_take_body(struct http_call *item, const json_t *body)
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
    size_t number = batch->form->number(batch, answer);
    struct http_call *item;

    if (number < 1 || number > batch->count || batch->items[number - 1] == NULL)
        return;
    item = batch->items[number - 1];
    item->date = batch->call.date;
    item->problem[0] = '\0';
    memcpy(item->request_id, batch->call.request_id, sizeof item->request_id);
    batch->form->take(item, answer);
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
    json_array_foreach(member(whole, batch->form->answers), i, answer)
        take_answer(batch, answer);
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
