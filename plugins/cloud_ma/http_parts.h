/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLOUD_MA_HTTP_PARTS_H
#define CLOUD_MA_HTTP_PARTS_H

#include "http.h"

/*
 * What the parts of the HTTP core share. A call is in one of two lists: it waits (queue)
 * or is under way (flying). launch.c takes it from the first to the second, settle.c out
 * of the second, to its end or into the first again; http.c drives both, and ends them.
 */

struct call_list {
    struct http_call *first;
    struct http_call *last;
};

struct http {
    const struct ma_host *host;
    struct http_settings set;
    CURLM *multi;
    http_bearer *bearer;
    void *bearer_context;
    struct call_list queue; /* in the order of their start */
    struct call_list flying;
    struct bucket bucket;
    struct window window;
    unsigned in_flight;
    int64_t resume_at; /* nobody sends before */
    uint64_t sent;
    uint32_t chance;
    bool cancelled;
    bool authorizing;
};

int64_t http_now(void); /* ms, of a clock that nobody sets */

/* Of the list that it is in, if it is. */
void http_take_out(struct http_call *call);
void http_put_last(struct call_list *list, struct http_call *call);
void http_end_attempt(struct http *http, struct http_call *call);
/* The end of the call, whatever it was. */
void http_end_call(struct http_call *call, enum ma_status status, bool uncertain);

/* Sends what may be sent now: by the window, the rate, and what a busy service said. */
void http_launch(struct http *http);
/* Takes the answers that are there. */
void http_settle(struct http *http);

#endif
