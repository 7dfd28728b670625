/* SPDX-License-Identifier: Apache-2.0 */
#include "http_parts.h"

#include <stdlib.h>
#include <time.h>

#include "attempt.h"
#include "batch.h"
#include "url.h"

enum {
    SLICE = 200, /* milliseconds between two looks at a cancel */
    CONNECT_TIMEOUT = 10,
    CALL_TIMEOUT = 120,
    PATIENCE = 900,
    ATTEMPTS = 8,
    WINDOW = 8,
    PAGE_LIMIT = 64 << 20,
};

/* --- what the parts share --------------------------------------------------------- */

int64_t http_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void http_take_out(struct http_call *call)
{
    struct call_list *list = call->list;

    if (list == NULL)
        return;
    *(call->before == NULL ? &list->first : &call->before->next) = call->next;
    *(call->next == NULL ? &list->last : &call->next->before) = call->before;
    call->list = NULL;
}

void http_put_last(struct call_list *list, struct http_call *call)
{
    call->list = list;
    call->next = NULL;
    call->before = list->last;
    *(list->last == NULL ? &list->first : &list->last->next) = call;
    list->last = call;
}

void http_end_attempt(struct http *http, struct http_call *call)
{
    if (call->easy == NULL)
        return;
    curl_multi_remove_handle(http->multi, call->easy);
    attempt_end(call);
}

void http_end_call(struct http_call *call, enum ma_status status, bool uncertain)
{
    call->status = status;
    call->uncertain = uncertain;
    call->finished = true;
    if (call->done != NULL)
        call->done(call);
}

/* --- opening ---------------------------------------------------------------------- */

static void fill_in(struct http_settings *set)
{
#define DEFAULT(member, value)                                                           \
    if (set->member == 0)                                                                \
    set->member = (value)
    DEFAULT(connect_timeout, CONNECT_TIMEOUT);
    DEFAULT(call_timeout, CALL_TIMEOUT);
    DEFAULT(patience, PATIENCE);
    DEFAULT(attempts, ATTEMPTS);
    DEFAULT(window, WINDOW);
    DEFAULT(page_limit, PAGE_LIMIT);
#undef DEFAULT
}

enum ma_status http_open(struct http **out, const struct ma_host *host,
                         const struct http_settings *set, struct ma_error *err)
{
    static bool ready;
    struct http *http;

    if (url_check(set->base, err) != MA_OK)
        return err->status;
    if (!ready && curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return ma_fail(err, MA_BROKEN, "libcurl does not start");
    ready = true;
    http = calloc(1, sizeof *http);
    if (http == NULL)
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    http->host = host;
    http->set = *set;
    fill_in(&http->set);
    http->bucket.rate = http->set.rate;
    http->window = (struct window){.limit = http->set.window, .most = http->set.window};
    http->chance = (uint32_t)http_now() ^ (uint32_t)(uintptr_t)http;
    http->multi = curl_multi_init();
    if (http->multi == NULL) {
        free(http);
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    }
    curl_multi_setopt(http->multi, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
    curl_multi_setopt(http->multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)http->set.window);
    *out = http;
    return MA_OK;
}

void http_bulk(struct http *http, unsigned most, size_t limit)
{
    http->set.batch = most;
    http->set.batch_form = BATCH_BULK;
    http->set.batch_limit = limit;
}

void http_authorize(struct http *http, http_bearer *bearer, void *context)
{
    http->bearer = bearer;
    http->bearer_context = context;
}

uint64_t http_sent(const struct http *http)
{
    return http->sent;
}

/* --- the loop --------------------------------------------------------------------- */

void http_start(struct http *http, struct http_call *call)
{
    call->finished = false;
    call->envelope = call->in = NULL;
    call->attempt = 0;
    call->refreshed = call->fresh = false;
    call->begun = http_now();
    call->not_before = call->begun + call->delay;
    call->text[0] = '\0';
    if (http->cancelled)
        http_end_call(call, MA_CANCELLED, false);
    else
        http_put_last(&http->queue, call);
}

void http_pump(struct http *http)
{
    int running;

    http_launch(http);
    curl_multi_perform(http->multi, &running);
    http_settle(http);
    http_launch(http);
}

static void cancel(struct http_call *call, bool flew)
{
    snprintf(call->text, sizeof call->text, "cancelled");
    http_end_call(call, MA_CANCELLED, flew);
}

static void cancel_all(struct http *http)
{
    struct http_call *call, *item;

    while ((call = http->flying.first) != NULL || (call = http->queue.first) != NULL) {
        struct batch *batch = call->envelope;
        bool flew = call->easy != NULL;

        http_take_out(call);
        http->in_flight -= flew;
        http_end_attempt(http, call);
        cancel(call, flew);
        while (batch != NULL && (item = batch_next(batch)) != NULL)
            cancel(item, flew);
        batch_free(batch);
    }
}

/* `anyway`: somebody else may wake us. */
static enum ma_status wait_a_little(struct http *http, bool anyway, struct ma_error *err)
{
    if (http->host->cancelled(http->host))
        http->cancelled = true;
    if (http->cancelled) {
        cancel_all(http);
        return ma_fail(err, MA_CANCELLED, "cancelled");
    }
    http_pump(http);
    if (anyway || http->queue.first != NULL || http->flying.first != NULL)
        curl_multi_poll(http->multi, NULL, 0, http->in_flight > 0 ? SLICE : SLICE / 10,
                        NULL);
    return MA_OK;
}

enum ma_status http_wait(struct http *http, struct ma_error *err)
{
    return wait_a_little(http, true, err);
}

void http_wake(struct http *http)
{
    (void)curl_multi_wakeup(http->multi); /* or the wait is over a little later */
}

enum ma_status http_finish(struct http *http, struct http_call *call,
                           struct ma_error *err)
{
    while (!call->finished)
        if (wait_a_little(http, false, err) != MA_OK)
            return err->status;
    return MA_OK;
}

enum ma_status http_drain(struct http *http, struct ma_error *err)
{
    while (http->queue.first != NULL || http->flying.first != NULL)
        if (wait_a_little(http, false, err) != MA_OK)
            return err->status;
    return MA_OK;
}

enum ma_status http_do(struct http *http, struct http_call *call, struct ma_error *err)
{
    http_start(http, call);
    if (http_finish(http, call, err) != MA_OK)
        return err->status;
    return call->status == MA_OK ? MA_OK : ma_fail(err, call->status, "%s", call->text);
}

void http_release(struct http *http, struct http_call *call)
{
    if (call->easy != NULL) {
        http_take_out(call);
        http->in_flight--;
        http_end_attempt(http, call);
    } else {
        http_take_out(call);
        batch_forget(call);
    }
    bytes_free(&call->answer);
}

void http_close(struct http *http)
{
    if (http == NULL)
        return;
    http->cancelled = true;
    cancel_all(http);
    curl_multi_cleanup(http->multi);
    free(http);
}
