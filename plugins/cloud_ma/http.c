/* SPDX-License-Identifier: Apache-2.0 */
#include "http.h"

#include <stdlib.h>
#include <time.h>

#include "attempt.h"
#include "batch.h"
#include "url.h"
#include "verdict.h"

enum {
    SLICE = 200, /* milliseconds between two looks at a cancel */
    BEARER_SIZE = 16 << 10,
    CONNECT_TIMEOUT = 10,
    CALL_TIMEOUT = 120,
    PATIENCE = 900,
    ATTEMPTS = 8,
    WINDOW = 8,
    PAGE_LIMIT = 64 << 20,
};

struct http {
    const struct ma_host *host;
    struct http_settings set;
    CURLM *multi;
    http_bearer *bearer;
    void *bearer_context;
    struct http_call *queue; /* in the order of their start */
    struct http_call *flying;
    struct bucket bucket;
    struct window window;
    unsigned in_flight;
    int64_t resume_at; /* nobody sends before */
    uint64_t sent;
    uint32_t chance;
    bool cancelled;
    bool authorizing;
};

static int64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static uint32_t chance(struct http *http)
{
    http->chance = http->chance * 1664525u + 1013904223u;
    return http->chance >> 8;
}

/* --- opening -------------------------------------------------------------------------
 */

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
    http->chance = (uint32_t)now_ms() ^ (uint32_t)(uintptr_t)http;
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

void http_authorize(struct http *http, http_bearer *bearer, void *context)
{
    http->bearer = bearer;
    http->bearer_context = context;
}

uint64_t http_sent(const struct http *http)
{
    return http->sent;
}

/* --- one attempt ---------------------------------------------------------------------
 */

static void end_attempt(struct http *http, struct http_call *call)
{
    if (call->easy == NULL)
        return;
    curl_multi_remove_handle(http->multi, call->easy);
    attempt_end(call);
}

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

/* --- what became of it ---------------------------------------------------------------
 */

static void take_out(struct http_call **list, const struct http_call *call)
{
    while (*list != NULL && *list != call)
        list = &(*list)->next;
    if (*list != NULL)
        *list = call->next;
}

static void put_last(struct http_call **list, struct http_call *call)
{
    while (*list != NULL)
        list = &(*list)->next;
    call->next = NULL;
    *list = call;
}

static void finish(struct http_call *call, enum ma_status status, bool uncertain)
{
    call->status = status;
    call->uncertain = uncertain;
    call->finished = true;
    if (call->done != NULL)
        call->done(call);
}

static bool wait_and_repeat(struct http *http, struct http_call *call)
{
    int64_t now = now_ms();
    int64_t wait = retry_wait(++call->attempt, call->after, chance(http));

    if (call->attempt >= http->set.attempts ||
        now + wait - call->begun > (int64_t)http->set.patience * 1000)
        return false;
    call->not_before = now + wait;
    if (verdict_is_busy(call) && call->not_before > http->resume_at)
        http->resume_at = call->not_before;
    http->host->log(http->host, MA_LOG_DEBUG, "%s; again in %lld ms", call->text,
                    (long long)wait);
    put_last(&http->queue, call);
    return true;
}

static bool ask_again(struct http *http, struct http_call *call)
{
    if (call->refreshed || http->bearer == NULL || call->anonymous)
        return false;
    call->refreshed = call->fresh = true;
    put_last(&http->queue, call);
    return true;
}

/* The end of the call, or one more attempt. */
static void judge(struct http *http, struct http_call *call, CURLcode code)
{
    enum retry_class class = verdict_class(call, code);

    verdict_describe(call, code);
    if (code == CURLE_OK && call->code == 401 && ask_again(http, call))
        return;
    if ((class == RETRY_SAFE || (class == RETRY_UNCERTAIN && !call->once)) &&
        wait_and_repeat(http, call))
        return;
    finish(call, verdict_status(call, code), class == RETRY_UNCERTAIN);
}

/* What the service does not take together it is asked one by one. */
static bool send_apart(struct http *http, struct batch *batch)
{
    struct http_call *call;

    if (!batch_is_refused(batch))
        return false;
    http->host->log(http->host, MA_LOG_DEBUG, "%s: the server answered %ld; %s",
                    batch->call.url, batch->call.code,
                    "its requests are sent one by one");
    while ((call = batch_next(batch)) != NULL) {
        call->batch = false;
        put_last(&http->queue, call);
    }
    return true;
}

/* Each of its requests has an answer of its own, and may be sent again without the
 * others. True: the server was too busy for one. */
static bool settle_batch(struct http *http, struct batch *batch, CURLcode code)
{
    struct http_call *call;
    bool busy = false;

    if (code == CURLE_OK && send_apart(http, batch))
        return false;
    batch_unpack(batch, code);
    while ((call = batch_next(batch)) != NULL) {
        busy |= verdict_is_busy(call);
        judge(http, call, call->code == 0 && code == CURLE_OK ? CURLE_GOT_NOTHING : code);
    }
    return busy;
}

static void settle(struct http *http, struct http_call *call, CURLcode code)
{
    struct batch *batch = call->envelope;
    bool busy;

    curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &call->code);
    take_out(&http->flying, call);
    http->in_flight--;
    end_attempt(http, call);
    busy = verdict_is_busy(call);
    if (batch == NULL)
        judge(http, call, code);
    else
        busy |= settle_batch(http, batch, code);
    batch_free(batch);
    if (busy)
        window_bad(&http->window);
    else if (code == CURLE_OK)
        window_good(&http->window);
}

/* --- the loop ------------------------------------------------------------------------
 */

static void collect(struct http *http)
{
    struct http_call *call;
    CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(http->multi, &left)) != NULL) {
        CURLcode code = message->data.result;

        if (message->msg != CURLMSG_DONE)
            continue;
        for (call = http->flying; call != NULL && call->easy != message->easy_handle;)
            call = call->next;
        if (call != NULL)
            settle(http, call, code);
    }
}

static bool is_ready(const struct http *http, const struct http_call *call, int64_t now)
{
    return call->not_before <= now && (now >= http->resume_at || call->anonymous) &&
           (!http->authorizing || call->anonymous);
}

/* The first of the queue whose time has come. */
static struct http_call *ready(struct http *http, int64_t now)
{
    struct http_call *call = http->queue;

    while (call != NULL && !is_ready(http, call, now))
        call = call->next;
    return call;
}

static void cannot_send(struct http *http, struct http_call *call,
                        const struct ma_error *err)
{
    end_attempt(http, call);
    snprintf(call->text, sizeof call->text, "%s", err->text);
    finish(call, err->status, false);
}

static void launch(struct http *http, struct http_call *call)
{
    struct batch *batch = call->envelope;
    struct ma_error err = {0};

    if (begin_attempt(http, call, &err) == MA_OK) {
        http->in_flight++;
        put_last(&http->flying, call);
        return;
    }
    cannot_send(http, call, &err);
    while (batch != NULL && (call = batch_next(batch)) != NULL)
        cannot_send(http, call, &err);
    batch_free(batch);
}

/* This one and those behind it that may go with it, as far as the rate allows. */
static size_t gather(struct http *http, struct http_call *first, struct http_call **calls)
{
    int64_t now = now_ms();
    size_t count = 0;
    struct http_call *next;

    for (struct http_call *call = first; call != NULL && count < http->set.batch;
         call = next) {
        next = call->next;
        if (call != first &&
            (!is_ready(http, call, now) || !batch_takes(http->set.base, call) ||
             bucket_take(&http->bucket, now) > 0))
            continue;
        take_out(&http->queue, call);
        calls[count++] = call;
    }
    return count;
}

static void launch_together(struct http *http, struct http_call *first)
{
    struct http_call *calls[BATCH_MOST];
    size_t count = gather(http, first, calls);
    struct batch *batch = count > 1 ? batch_pack(http->set.base, calls, count) : NULL;

    if (batch != NULL) {
        launch(http, &batch->call);
        return;
    }
    for (size_t i = 0; i < count; i++) /* one, or no memory for more */
        launch(http, calls[i]);
}

static void send_waiting(struct http *http)
{
    struct http_call *call;

    while ((http->in_flight < http->window.limit || http->authorizing) &&
           (call = ready(http, now_ms())) != NULL) {
        if (bucket_take(&http->bucket, now_ms()) > 0)
            return;
        if (batch_takes(http->set.base, call) && http->set.batch > 1) {
            launch_together(http, call);
            continue;
        }
        take_out(&http->queue, call);
        launch(http, call);
    }
}

void http_start(struct http *http, struct http_call *call)
{
    call->finished = false;
    call->envelope = call->in = NULL;
    call->attempt = 0;
    call->refreshed = call->fresh = false;
    call->begun = now_ms();
    call->not_before = call->begun + call->delay;
    call->text[0] = '\0';
    if (http->cancelled)
        finish(call, MA_CANCELLED, false);
    else
        put_last(&http->queue, call);
}

void http_pump(struct http *http)
{
    int running;

    send_waiting(http);
    curl_multi_perform(http->multi, &running);
    collect(http);
    send_waiting(http);
}

static void cancel(struct http_call *call, bool flew)
{
    snprintf(call->text, sizeof call->text, "cancelled");
    finish(call, MA_CANCELLED, flew);
}

static void cancel_all(struct http *http)
{
    struct http_call *call, *item;

    while ((call = http->flying) != NULL || (call = http->queue) != NULL) {
        struct batch *batch = call->envelope;
        bool flew = call->easy != NULL;

        take_out(&http->flying, call);
        take_out(&http->queue, call);
        http->in_flight -= flew;
        end_attempt(http, call);
        cancel(call, flew);
        while (batch != NULL && (item = batch_next(batch)) != NULL)
            cancel(item, flew);
        batch_free(batch);
    }
}

static enum ma_status wait_a_little(struct http *http, struct ma_error *err)
{
    if (http->host->cancelled(http->host))
        http->cancelled = true;
    if (http->cancelled) {
        cancel_all(http);
        return ma_fail(err, MA_CANCELLED, "cancelled");
    }
    http_pump(http);
    if (http->queue != NULL || http->flying != NULL)
        curl_multi_poll(http->multi, NULL, 0, http->in_flight > 0 ? SLICE : SLICE / 10,
                        NULL);
    return MA_OK;
}

enum ma_status http_finish(struct http *http, struct http_call *call,
                           struct ma_error *err)
{
    while (!call->finished)
        if (wait_a_little(http, err) != MA_OK)
            return err->status;
    return MA_OK;
}

enum ma_status http_drain(struct http *http, struct ma_error *err)
{
    while (http->queue != NULL || http->flying != NULL)
        if (wait_a_little(http, err) != MA_OK)
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
        take_out(&http->flying, call);
        http->in_flight--;
        end_attempt(http, call);
    } else {
        take_out(&http->queue, call);
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
