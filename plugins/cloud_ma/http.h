/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLOUD_MA_HTTP_H
#define CLOUD_MA_HTTP_H

#include <curl/curl.h>

#include "retry.h"
#include "support/bytes.h"

/*
 * HTTP as this agent needs it: many requests at once over few connections, each with its
 * limits, sent again by the rules of retry.h. One thread: whoever waits for one call
 * (http_finish) or for all (http_drain) drives all of them. TLS is verified, redirects
 * are not followed, and only the configured host ever sees the bearer. A cancel ends
 * every wait within a quarter of a second.
 */

enum http_method { HTTP_GET, HTTP_POST, HTTP_PATCH, HTTP_PUT, HTTP_DELETE };

enum batch_kind { BATCH_ODATA, BATCH_BULK }; /* batch.h */

struct http_settings {
    const char *base;    /* https://host/path: what the bearer is for */
    const char *ca_file; /* NULL: the system's */
    const char *proxy;   /* NULL: the environment's; "" none */
    const char *no_proxy;
    const char *proxy_user;   /* "user:password", NULL: none */
    unsigned connect_timeout; /* seconds; each has a default where it is 0 */
    unsigned call_timeout;    /* of one attempt */
    unsigned patience;        /* of one call with all its attempts */
    unsigned attempts;
    unsigned window;   /* requests in flight */
    double rate;       /* requests a second, 0: no limit of ours */
    size_t page_limit; /* bytes of an answer, unpacked */
    unsigned batch;    /* requests in one, of those that may be; 0, 1: none */
    enum batch_kind batch_form;
    const char *header; /* one more of each request; NULL: none */
    size_t batch_limit; /* bytes of such a request; 0: any number */
};

/* A call is its caller's, who keeps it until it is done. What it points at, too. */
struct http_call {
    enum http_method method;
    const char *url;
    const char *body; /* NULL: none */
    size_t body_length;
    const char *content_type; /* of the body */
    const char *accept;
    const char *if_match; /* NULL: unconditional */
    unsigned delay;       /* ms: not sent before */
    bool probe;           /* 500 is an answer too: that the server cannot do it */
    bool once;            /* must not be executed twice */
    bool anonymous;       /* without the bearer, which is sent to no other host anyway */
    bool batch;           /* may be sent together with others, in one request */
    void (*done)(struct http_call *call); /* may start calls; NULL: nothing to do */
    void *context;

    /* The answer; `text` says what went wrong where `status` is not MA_OK. */
    enum ma_status status;
    char text[508];
    long code;      /* of HTTP */
    bool uncertain; /* it may have been executed although it failed */
    struct bytes answer;
    char type[80];
    char etag[128];
    char request_id[80];
    int64_t date; /* the server's clock, seconds since 1970; 0: it did not say */
    double used;  /* of what the service allows, 1: all; 0: it did not say */

    /* Its progress, of http.c alone. */
    struct call_list *list; /* that it is in; NULL: none */
    struct http_call *next;
    struct http_call *before;
    CURL *easy;
    struct curl_slist *headers;
    size_t body_sent; /* of one that must not be executed twice */
    char problem[CURL_ERROR_SIZE];
    int64_t begun;
    int64_t not_before;
    int64_t after;
    unsigned attempt;
    bool finished;
    size_t too_large; /* the limit that was exceeded */
    size_t page_limit;
    bool refreshed;
    bool fresh;
    struct batch *envelope; /* it is the request that brings others */
    struct batch *in;       /* which one it is under way with */
};

struct http;

/* Gives the bearer; `fresh`: the last one was refused. It may use http_finish. */
typedef enum ma_status http_bearer(void *context, bool fresh, char *out, size_t capacity,
                                   struct ma_error *err);

enum ma_status http_open(struct http **out, const struct ma_host *host,
                         const struct http_settings *set, struct ma_error *err);
void http_close(struct http *http);
/* From now on so many requests go in one, of those that may; see http_settings. */
void http_bulk(struct http *http, unsigned most, size_t limit);
/* Until then no bearer is sent. */
void http_authorize(struct http *http, http_bearer *bearer, void *context);

/* Queues it. */
void http_start(struct http *http, struct http_call *call);
/* Does what can be done without waiting. */
void http_pump(struct http *http);
/* Waits. What fails of the call is in the call; MA_CANCELLED and MA_BROKEN are answered.
 */
enum ma_status http_finish(struct http *http, struct http_call *call,
                           struct ma_error *err);
/* Does what can be done, and waits until there is more of it, or http_wake. */
enum ma_status http_wait(struct http *http, struct ma_error *err);
/* From any thread. */
void http_wake(struct http *http);
enum ma_status http_drain(struct http *http, struct ma_error *err);
/* Start and finish; what failed of the call is answered too. */
enum ma_status http_do(struct http *http, struct http_call *call, struct ma_error *err);
/* Ends it, wherever it stands, and frees what it holds; then it can be used again. */
void http_release(struct http *http, struct http_call *call);

/* How many requests were sent, repetitions included. */
uint64_t http_sent(const struct http *http);

#endif
