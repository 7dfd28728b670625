/* SPDX-License-Identifier: Apache-2.0 */
#include "attempt.h"

#include <stdlib.h>

#include <ctype.h>
#include <sys/random.h>
#include <time.h>

enum {
    ERROR_LIMIT = 1 << 20,
    STALLED = 60, /* seconds at less than a byte a second */
};

/* --- the answer ------------------------------------------------------------------- */

static size_t limit_of(const struct http_call *call)
{
    return call->code >= 400 ? ERROR_LIMIT : call->page_limit;
}

/* Counts what was unpacked: a small file may hold a large one. */
static size_t take_body(char *data, size_t size, size_t count, void *context)
{
    struct http_call *call = context;
    size_t length = size * count;

    curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &call->code);
    if (length > limit_of(call) - call->answer.length) {
        call->too_large = limit_of(call);
        return 0;
    }
    bytes_add(&call->answer, data, length);
    return call->answer.failed ? 0 : length;
}

static void keep(char *out, size_t capacity, const char *value)
{
    snprintf(out, capacity, "%s", value);
}

/* The value of a header line of that name, without the blanks around it; else NULL. */
static const char *header_is(char *line, const char *name)
{
    size_t length = strlen(name);
    char *end;

    if (strncasecmp(line, name, length) != 0 || line[length] != ':')
        return NULL;
    line += length + 1;
    while (*line == ' ' || *line == '\t')
        line++;
    end = line + strlen(line);
    while (end > line && isspace((unsigned char)end[-1]))
        *--end = '\0';
    return line;
}

static void take_line(struct http_call *call, char *line)
{
    const char *value;

    if (strncmp(line, "HTTP/", 5) == 0) { /* an answer begins: forget an interim one */
        call->type[0] = call->etag[0] = call->request_id[0] = '\0';
        call->after = -1;
        call->used = 0;
    } else if ((value = header_is(line, "x-ms-throttle-limit-percentage")) != NULL)
        call->used = strtod(value, NULL);
    else if ((value = header_is(line, "content-type")) != NULL)
        keep(call->type, sizeof call->type, value);
    else if ((value = header_is(line, "etag")) != NULL)
        keep(call->etag, sizeof call->etag, value);
    else if ((value = header_is(line, "request-id")) != NULL ||
             (value = header_is(line, "x-request-id")) != NULL)
        keep(call->request_id, sizeof call->request_id, value);
    else if ((value = header_is(line, "retry-after")) != NULL)
        call->after = retry_after(value, (int64_t)time(NULL));
    else if ((value = header_is(line, "date")) != NULL) {
        time_t date = curl_getdate(value, NULL);

        call->date = date == (time_t)-1 ? 0 : (int64_t)date;
    }
}

static size_t take_header(char *data, size_t size, size_t count, void *context)
{
    char line[1024];
    size_t length = size * count;
    size_t kept = length < sizeof line - 1 ? length : sizeof line - 1;

    memcpy(line, data, kept);
    line[kept] = '\0';
    take_line(context, line);
    return length;
}

/* --- the request ------------------------------------------------------------------ */

static bool add_whole(struct http_call *call, const char *line)
{
    struct curl_slist *more =
        line == NULL ? NULL : curl_slist_append(call->headers, line);

    if (more != NULL)
        call->headers = more;
    return line == NULL || more != NULL;
}

static bool add_header(struct http_call *call, const char *name, const char *value)
{
    char line[512];

    snprintf(line, sizeof line, "%s: %s", name, value == NULL ? "" : value);
    return add_whole(call, value == NULL ? NULL : line);
}

/* By which the service's support finds the request; Graph says it again in its errors. */
static bool add_id(struct http_call *call)
{
    unsigned char b[16];
    char id[40];

    if (getrandom(b, sizeof b, 0) != (ssize_t)sizeof b)
        return true; /* it does without */
    snprintf(id, sizeof id,
             "%02x%02x%02x%02x-%02x%02x-4%x%02x-a%x%02x-%02x%02x%02x%02x%02x%02x", b[0],
             b[1], b[2], b[3], b[4], b[5], b[6] & 15, b[7], b[8] & 15, b[9], b[10], b[11],
             b[12], b[13], b[14], b[15]);
    return add_header(call, "client-request-id", id);
}

static bool add_headers(const struct http_settings *set, struct http_call *call)
{
    return add_id(call) && add_whole(call, set->header) &&
           add_header(call, "Accept",
                      call->accept == NULL ? "application/json" : call->accept) &&
           add_header(call, "Content-Type",
                      call->body == NULL ? NULL : call->content_type) &&
           add_header(call, "If-Match", call->if_match) && add_header(call, "Expect", "");
}

static size_t give_body(char *out, size_t size, size_t count, void *context)
{
    struct http_call *call = context;
    size_t left = call->body_length - call->body_sent;
    size_t length = left < size * count ? left : size * count;

    if (length > 0)
        memcpy(out, call->body + call->body_sent, length);
    call->body_sent += length;
    return length;
}

static int refuse_to_rewind(void *context, curl_off_t offset, int origin)
{
    (void)context;
    (void)offset;
    (void)origin;
    return CURL_SEEKFUNC_FAIL;
}

/* Where a connection that was used before ends without an answer, libcurl sends a request
 * again by itself, a POST too. Only one whose body it cannot rewind it gives back; one
 * without a body, as a restore, may come twice, and its refusal is looked into. */
static void set_body_once(CURL *easy, struct http_call *call)
{
    call->body_sent = 0;
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body_length);
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, give_body);
    curl_easy_setopt(easy, CURLOPT_READDATA, call);
    curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, refuse_to_rewind);
}

static void set_method(CURL *easy, struct http_call *call)
{
    static const char *const names[] = {[HTTP_GET] = "GET",
                                        [HTTP_POST] = "POST",
                                        [HTTP_PATCH] = "PATCH",
                                        [HTTP_PUT] = "PUT",
                                        [HTTP_DELETE] = "DELETE"};

    if (call->once)
        set_body_once(easy, call);
    else if (call->body != NULL) {
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                         (curl_off_t)call->body_length);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, call->body);
    }
    if (call->method != HTTP_GET)
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, names[call->method]);
}

static void set_safety(CURL *easy, const struct http_settings *set)
{
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (set->ca_file != NULL)
        curl_easy_setopt(easy, CURLOPT_CAINFO, set->ca_file);
    if (set->proxy != NULL)
        curl_easy_setopt(easy, CURLOPT_PROXY, set->proxy);
    if (set->no_proxy != NULL)
        curl_easy_setopt(easy, CURLOPT_NOPROXY, set->no_proxy);
    if (set->proxy_user != NULL)
        curl_easy_setopt(easy, CURLOPT_PROXYUSERPWD, set->proxy_user);
}

static void set_times(CURL *easy, const struct http_settings *set)
{
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, (long)set->connect_timeout);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT, (long)set->call_timeout);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, (long)STALLED);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(easy, CURLOPT_MAXLIFETIME_CONN, 600L);
}

static void set_answer(const struct http_settings *set, struct http_call *call)
{
    CURL *easy = call->easy;

    bytes_clear(&call->answer);
    call->code = 0;
    call->after = -1;
    call->too_large = 0;
    call->page_limit = set->page_limit;
    call->problem[0] = '\0';
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, call->problem);
    curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "mactl-cloud_ma/1.0");
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, call);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, call);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    curl_easy_setopt(easy, CURLOPT_PIPEWAIT, 1L);
}

bool attempt_prepare(const struct http_settings *set, struct http_call *call)
{
    call->easy = curl_easy_init();
    if (call->easy == NULL || !add_headers(set, call))
        return false;
    set_answer(set, call);
    set_safety(call->easy, set);
    set_times(call->easy, set);
    set_method(call->easy, call);
    curl_easy_setopt(call->easy, CURLOPT_URL, call->url);
    curl_easy_setopt(call->easy, CURLOPT_HTTPHEADER, call->headers);
    if (call->attempt > 0) /* what broke is asked for over another connection */
        curl_easy_setopt(call->easy, CURLOPT_FRESH_CONNECT, 1L);
    return true;
}

void attempt_end(struct http_call *call)
{
    curl_easy_cleanup(call->easy);
    curl_slist_free_all(call->headers);
    call->easy = NULL;
    call->headers = NULL;
}
