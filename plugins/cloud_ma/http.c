/* SPDX-License-Identifier: Apache-2.0 */
#include "http.h"

#include <ctype.h>
#include <stdlib.h>
#include <time.h>

#include "attempt.h"
#include "url.h"

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

static const struct {
    CURLcode code;
    enum retry_class class; /* of a request that ended so */
} failures[] = {
    {CURLE_COULDNT_CONNECT, RETRY_SAFE},
    {CURLE_COULDNT_RESOLVE_HOST, RETRY_SAFE},
    {CURLE_COULDNT_RESOLVE_PROXY, RETRY_SAFE},
    {CURLE_SSL_CONNECT_ERROR, RETRY_SAFE},
    {CURLE_PEER_FAILED_VERIFICATION, RETRY_DONE},
    {CURLE_SSL_CACERT_BADFILE, RETRY_DONE},
    {CURLE_URL_MALFORMAT, RETRY_DONE},
    {CURLE_UNSUPPORTED_PROTOCOL, RETRY_DONE},
};

/* JSON that does not end. Where a connection was closed instead of a length told, libcurl
 * takes it as complete, and so it does half of a gzip stream. */
static bool is_cut(const struct http_call *call)
{
    size_t length = call->answer.length;

    if (call->code < 200 || call->code > 299 || length == 0 ||
        strcasestr(call->type, "json") == NULL)
        return false;
    while (length > 0 && isspace((unsigned char)call->answer.at[length - 1]))
        length--;
    return length == 0 || strchr("}]", call->answer.at[length - 1]) == NULL;
}

static enum retry_class class_of(const struct http_call *call, CURLcode code)
{
    if (code == CURLE_OK)
        return is_cut(call) ? RETRY_UNCERTAIN
                            : retry_of_status(call->code, call->after >= 0);
    if (call->too_large || call->answer.failed)
        return RETRY_DONE;
    for (size_t i = 0; i < sizeof failures / sizeof failures[0]; i++)
        if (failures[i].code == code)
            return failures[i].class;
    return RETRY_UNCERTAIN;
}

/* The query is long, and says less than what went wrong. */
static void describe(struct http_call *call, CURLcode code)
{
    const char *words =
        call->problem[0] != '\0' ? call->problem : curl_easy_strerror(code);
    int length = (int)strcspn(call->url, "?");

    if (call->too_large)
        snprintf(call->text, sizeof call->text,
                 "%.*s: the answer is larger than %zu bytes", length, call->url,
                 call->too_large);
    else if (code != CURLE_OK)
        snprintf(call->text, sizeof call->text, "%.*s: %s", length, call->url, words);
    else if (is_cut(call))
        snprintf(call->text, sizeof call->text, "%.*s: the answer ends in the middle",
                 length, call->url);
    else
        snprintf(call->text, sizeof call->text, "%.*s: the server answered %ld", length,
                 call->url, call->code);
}

static enum ma_status status_of(const struct http_call *call, CURLcode code)
{
    if (call->answer.failed)
        return MA_NO_MEMORY;
    if (call->too_large)
        return MA_INVALID;
    return code == CURLE_OK && !is_cut(call) ? MA_OK : MA_UNREACHABLE;
}

static bool wait_and_repeat(struct http *http, struct http_call *call)
{
    int64_t now = now_ms();
    int64_t wait = retry_wait(++call->attempt, call->after, chance(http));

    if (call->attempt >= http->set.attempts ||
        now + wait - call->begun > (int64_t)http->set.patience * 1000)
        return false;
    call->not_before = now + wait;
    if (call->code == 429 || call->code == 503) {
        window_bad(&http->window);
        if (call->not_before > http->resume_at)
            http->resume_at = call->not_before;
    }
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

static void settle(struct http *http, struct http_call *call, CURLcode code)
{
    enum retry_class class;

    curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &call->code);
    take_out(&http->flying, call);
    http->in_flight--;
    end_attempt(http, call);
    class = class_of(call, code);
    describe(call, code);
    if (code == CURLE_OK && call->code == 401 && ask_again(http, call))
        return;
    if ((class == RETRY_SAFE || (class == RETRY_UNCERTAIN && !call->once)) &&
        wait_and_repeat(http, call))
        return;
    if (class == RETRY_DONE && code == CURLE_OK)
        window_good(&http->window);
    finish(call, status_of(call, code), class == RETRY_UNCERTAIN);
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

/* The first of the queue whose time has come. */
static struct http_call *ready(struct http *http, int64_t now)
{
    for (struct http_call *c = http->queue; c != NULL; c = c->next)
        if (c->not_before <= now && (now >= http->resume_at || c->anonymous) &&
            (!http->authorizing || c->anonymous))
            return c;
    return NULL;
}

static void launch(struct http *http, struct http_call *call)
{
    struct ma_error err = {0};

    take_out(&http->queue, call);
    if (begin_attempt(http, call, &err) == MA_OK) {
        http->in_flight++;
        put_last(&http->flying, call);
        return;
    }
    end_attempt(http, call);
    snprintf(call->text, sizeof call->text, "%s", err.text);
    finish(call, err.status, false);
}

static void send_waiting(struct http *http)
{
    struct http_call *call;

    while ((http->in_flight < http->window.limit || http->authorizing) &&
           (call = ready(http, now_ms())) != NULL) {
        if (bucket_take(&http->bucket, now_ms()) > 0)
            return;
        launch(http, call);
    }
}

void http_start(struct http *http, struct http_call *call)
{
    call->finished = false;
    call->attempt = 0;
    call->refreshed = call->fresh = false;
    call->begun = now_ms();
    call->not_before = 0;
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

static void cancel_all(struct http *http)
{
    struct http_call *call;

    while ((call = http->flying) != NULL || (call = http->queue) != NULL) {
        bool flew = call->easy != NULL;

        take_out(&http->flying, call);
        take_out(&http->queue, call);
        http->in_flight -= flew;
        end_attempt(http, call);
        snprintf(call->text, sizeof call->text, "cancelled");
        finish(call, MA_CANCELLED, flew);
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
