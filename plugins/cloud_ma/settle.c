/* SPDX-License-Identifier: Apache-2.0 */
#include "http_parts.h"

#include "batch.h"
#include "verdict.h"

static uint32_t chance(struct http *http)
{
    http->chance = http->chance * 1664525u + 1013904223u;
    return http->chance >> 8;
}

/* --- what became of a call -------------------------------------------------------- */

static bool wait_and_repeat(struct http *http, struct http_call *call)
{
    int64_t now = http_now();
    int64_t wait = retry_wait(++call->attempt, call->after, chance(http));

    if (call->attempt >= http->set.attempts ||
        now + wait - call->begun > (int64_t)http->set.patience * 1000)
        return false;
    call->not_before = now + wait;
    if (verdict_is_busy(call) && call->not_before > http->resume_at)
        http->resume_at = call->not_before;
    http->host->log(http->host, MA_LOG_DEBUG, "%s; again in %lld ms", call->text,
                    (long long)wait);
    http_put_last(&http->queue, call);
    return true;
}

static bool ask_again(struct http *http, struct http_call *call)
{
    if (call->refreshed || http->bearer == NULL || call->anonymous)
        return false;
    call->refreshed = call->fresh = true;
    http_put_last(&http->queue, call);
    return true;
}

/* From four fifths on the service says how much of its limit is used. Whoever waits then
 * is not refused: nothing at first, five seconds where all is used twice. */
static void slow_down(struct http *http, const struct http_call *call)
{
    enum { STEP = 5000 };
    const double from = 0.8, most = 1.8;
    double over = (call->used > most ? most : call->used) - from;
    int64_t until = http_now() + (int64_t)(over * STEP);

    if (over < 0)
        return;
    if (until > http->resume_at)
        http->resume_at = until;
    http->host->log(http->host, MA_LOG_DEBUG, "%d %% of the limit is used: slower",
                    (int)(call->used * 100));
}

/* The end of the call, or one more attempt. */
static void judge(struct http *http, struct http_call *call, CURLcode code)
{
    enum retry_class class = verdict_class(call, code);

    verdict_describe(call, code);
    slow_down(http, call);
    if (code == CURLE_OK && call->code == 401 && ask_again(http, call))
        return;
    if ((class == RETRY_SAFE || (class == RETRY_UNCERTAIN && !call->once)) &&
        wait_and_repeat(http, call))
        return;
    http_end_call(call, verdict_status(call, code), class == RETRY_UNCERTAIN);
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
    if (batch_is_unknown(batch))
        http->set.batch = 0;
    while ((call = batch_next(batch)) != NULL) {
        call->batch = false;
        http_put_last(&http->queue, call);
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
        bool silent = call->code == 0 && code == CURLE_OK;

        busy |= verdict_is_busy(call);
        call->batch &= !silent; /* alone it has an answer of its own */
        judge(http, call, silent ? CURLE_GOT_NOTHING : code);
    }
    return busy;
}

static void settle(struct http *http, struct http_call *call, CURLcode code)
{
    struct batch *batch = call->envelope;
    bool busy;

    curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &call->code);
    http_take_out(call);
    http->in_flight--;
    http_end_attempt(http, call);
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

void http_settle(struct http *http)
{
    struct http_call *call;
    CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(http->multi, &left)) != NULL) {
        CURLcode code = message->data.result;

        if (message->msg != CURLMSG_DONE)
            continue;
        for (call = http->flying.first;
             call != NULL && call->easy != message->easy_handle;)
            call = call->next;
        if (call != NULL)
            settle(http, call, code);
    }
}
