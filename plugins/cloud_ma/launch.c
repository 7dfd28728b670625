/* SPDX-License-Identifier: Apache-2.0 */
#include "http_parts.h"

#include <stdlib.h>

#include "attempt.h"
#include "batch.h"
#include "url.h"

enum { BEARER_SIZE = 16 << 10 };

/* --- one attempt ------------------------------------------------------------------ */

/* The bearer never is in a header list of ours: libcurl keeps it out of what it logs. */
static enum ma_status set_bearer(struct http *http, struct http_call *call,
                                 struct ma_error *err)
{
    char *bearer;
    enum ma_status status;

    if (http->bearer == NULL || call->anonymous ||
        !url_same_host(http->set.base, call->url))
        return MA_OK;
    bearer = calloc(1, BEARER_SIZE);
    if (bearer == NULL)
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    http->authorizing = true;
    status = http->bearer(http->bearer_context, call->fresh, bearer, BEARER_SIZE, err);
    http->authorizing = false;
    call->fresh = false;
    if (status == MA_OK && bearer[0] != '\0') {
        curl_easy_setopt(call->easy, CURLOPT_HTTPAUTH, (long)CURLAUTH_BEARER);
        curl_easy_setopt(call->easy, CURLOPT_XOAUTH2_BEARER, bearer);
    }
    explicit_bzero(bearer, BEARER_SIZE);
    free(bearer);
    return status;
}

static enum ma_status begin_attempt(struct http *http, struct http_call *call,
                                    struct ma_error *err)
{
    if (!attempt_prepare(&http->set, call))
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    if (set_bearer(http, call, err) != MA_OK)
        return err->status;
    if (curl_multi_add_handle(http->multi, call->easy) != CURLM_OK)
        return ma_fail(err, MA_BROKEN, "libcurl takes no request");
    http->sent++;
    return MA_OK;
}

/* --- whose turn it is ------------------------------------------------------------- */

static bool is_ready(const struct http *http, const struct http_call *call, int64_t now)
{
    return call->not_before <= now && (now >= http->resume_at || call->anonymous) &&
           (!http->authorizing || call->anonymous);
}

/* The first of the queue whose time has come. */
static struct http_call *ready(struct http *http, int64_t now)
{
    struct http_call *call = http->queue.first;

    while (call != NULL && !is_ready(http, call, now))
        call = call->next;
    return call;
}

static void cannot_send(struct http *http, struct http_call *call,
                        const struct ma_error *err)
{
    http_end_attempt(http, call);
    snprintf(call->text, sizeof call->text, "%s", err->text);
    http_end_call(call, err->status, false);
}

static void launch(struct http *http, struct http_call *call)
{
    struct batch *batch = call->envelope;
    struct ma_error err = {0};

    if (begin_attempt(http, call, &err) == MA_OK) {
        http->in_flight++;
        http_put_last(&http->flying, call);
        return;
    }
    cannot_send(http, call, &err);
    while (batch != NULL && (call = batch_next(batch)) != NULL)
        cannot_send(http, call, &err);
    batch_free(batch);
}

static bool is_too_much(const struct http *http, size_t bytes)
{
    return http->set.batch_limit != 0 && bytes > http->set.batch_limit;
}

/* This one and those behind it that may go with it, as far as the rate allows. */
static size_t gather(struct http *http, struct http_call *first, struct http_call **calls)
{
    int64_t now = http_now();
    size_t count = 0, bytes = 0;
    struct http_call *next;

    for (struct http_call *call = first;
         call != NULL && count < http->set.batch && count < BATCH_MOST; call = next) {
        next = call->next;
        if (call != first &&
            (!is_ready(http, call, now) || !batch_takes(&http->set, call) ||
             is_too_much(http, bytes + batch_bytes(call)) ||
             bucket_take(&http->bucket, now) > 0))
            continue;
        bytes += batch_bytes(call);
        http_take_out(call);
        calls[count++] = call;
    }
    return count;
}

static void launch_together(struct http *http, struct http_call *first)
{
    struct http_call *calls[BATCH_MOST];
    size_t count = gather(http, first, calls);
    struct batch *batch = count > 1 ? batch_pack(&http->set, calls, count) : NULL;

    if (batch != NULL) {
        launch(http, &batch->call);
        return;
    }
    for (size_t i = 0; i < count; i++) /* one, or no memory for more */
        launch(http, calls[i]);
}

void http_launch(struct http *http)
{
    struct http_call *call;

    while ((http->in_flight < http->window.limit || http->authorizing) &&
           (call = ready(http, http_now())) != NULL) {
        if (bucket_take(&http->bucket, http_now()) > 0)
            return;
        if (batch_takes(&http->set, call)) {
            launch_together(http, call);
            continue;
        }
        http_take_out(call);
        launch(http, call);
    }
}
