/* SPDX-License-Identifier: Apache-2.0 */

/* HTTP and JSON of cloud_ma against a server that does what no server should. */

#include "suite.h"

#include <time.h>

#include "reply.h"
#include "scripted.h"
#include "token.h"
#include "url.h"

#define HEAD(status, type) "HTTP/1.1 " status "\r\nContent-Type: " type "\r\n"
#define JSON(status, body)                                                               \
    HEAD(status, "application/scim+json") "Connection: close\r\n\r\n" body
#define RETRY(status, after)                                                             \
    HEAD(status, "application/json")                                                     \
    "Retry-After: " after "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
#define COUNT(list) (sizeof(list) / sizeof(list)[0])

/* The clock of the agent, by which tokens end. */
static time_t later;

time_t time(time_t *out)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    if (out != NULL)
        *out = now.tv_sec + later;
    return now.tv_sec + later;
}

static struct scripted server;
static struct http *http;
static struct ma_error err;
static struct http_call call;
static bool cancel;
static const char *secret_text;

static void quiet(const struct ma_host *host, enum ma_level level, const char *fmt, ...)
{
    (void)host;
    (void)level;
    (void)fmt;
}

static bool is_cancelled(const struct ma_host *host)
{
    (void)host;
    return cancel;
}

static enum ma_status give_secret(const struct ma_host *host, const char *name, char *out,
                                  size_t capacity, struct ma_error *e)
{
    (void)host;
    if (secret_text == NULL)
        return ma_fail(e, MA_NOT_FOUND, "no secret '%s'", name);
    snprintf(out, capacity, "%s", secret_text);
    return MA_OK;
}

static const struct ma_host host = {
    .size = sizeof host, .log = quiet, .cancelled = is_cancelled, .secret = give_secret};

static void begin(const struct answer *answers, size_t count, struct http_settings set)
{
    cancel = false;
    memset(&err, 0, sizeof err);
    memset(&call, 0, sizeof call);
    scripted_begin(&server, answers, count);
    set.base = server.url;
    call.url = server.url;
    ck_assert_int_eq(http_open(&http, &host, &set, &err), MA_OK);
}

static void end(void)
{
    http_release(http, &call);
    http_close(http);
    scripted_stop(&server);
}

/* No call comes near its limit, on any machine, but where it is to. */
enum { NO_HURRY = 600, SOON_MS = 60000 };

static const struct http_settings usual = {.attempts = 3, .call_timeout = NO_HURRY};

static int64_t elapsed_ms(const struct timespec *since)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (now.tv_sec - since->tv_sec) * 1000 + (now.tv_nsec - since->tv_nsec) / 1000000;
}

/* --- what is sent again ----------------------------------------------------------- */

static const struct answer broken_once[] = {
    {HEAD("200 OK", "application/json") "Content-Length: 100\r\n\r\n{\"a\":",
     .end = END_RESET},
    {JSON("200 OK", "{\"a\":1}"), .end = END_CLOSE}};
static const struct answer closed_once[] = {
    {HEAD("200 OK", "application/json") "Content-Length: 100\r\n\r\n{\"a\":",
     .end = END_CLOSE},
    {JSON("200 OK", "{\"a\":1}"), .end = END_CLOSE}};
static const struct answer nothing_once[] = {
    {"", .end = END_CLOSE}, {JSON("200 OK", "{\"a\":1}"), .end = END_CLOSE}};
static const struct answer html_once[] = {
    {HEAD("502 Bad Gateway", "text/html") "\r\n<html>sorry", .end = END_CLOSE},
    {JSON("200 OK", "{\"a\":1}"), .end = END_CLOSE}};
static const char half_gzip[] = HEAD(
    "200 OK", "application/json") "Content-Encoding: gzip\r\nConnection: close\r\n\r\n"
                                  "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xab\x56";
static const struct answer gzip_once[] = {
    {.bytes = half_gzip, .length = sizeof half_gzip - 1, .end = END_CLOSE},
    {JSON("200 OK", "{\"a\":1}"), .end = END_CLOSE}};
static const struct answer busy_once[] = {
    {HEAD("503 Service Unavailable", "text/html") "\r\n<html>later", .end = END_CLOSE},
    {JSON("200 OK", "{\"a\":1}"), .end = END_CLOSE}};

static const struct {
    const char *name;
    const struct answer *answers;
} once_broken[] = {
    {"a reset in the middle of a body", broken_once},
    {"a body that ends too soon", closed_once},
    {"no answer at all", nothing_once},
    {"HTML on 502", html_once},
    {"half of a gzip stream", gzip_once},
    {"503 of whoever it is that is in between", busy_once},
};

START_TEST(a_broken_answer_is_asked_for_again)
{
    for (size_t i = 0; i < COUNT(once_broken); i++) {
        begin(once_broken[i].answers, 2, usual);

        ck_assert_msg(http_do(http, &call, &err) == MA_OK, "%s: %s", once_broken[i].name,
                      err.text);
        ck_assert_msg(strcmp(call.answer.at, "{\"a\":1}") == 0, "%s",
                      once_broken[i].name);
        ck_assert_uint_eq(scripted_asked(&server), 2);
        end();
    }
}
END_TEST

START_TEST(what_must_happen_once_is_not_sent_again_when_it_may_have_happened)
{
    for (size_t i = 0; i < COUNT(once_broken); i++) {
        begin(once_broken[i].answers, 2, usual);
        call.method = HTTP_POST;
        call.body = "{}";
        call.body_length = 2;
        call.once = true;

        (void)http_do(http, &call, &err);
        ck_assert_msg(call.uncertain, "%s", once_broken[i].name);
        ck_assert_uint_eq(scripted_asked(&server), 1);
        end();
    }
}
END_TEST

START_TEST(a_storm_of_refusals_ends_well_and_even_a_post_is_sent_again)
{
    static const struct answer storm[] = {
        {RETRY("429 Too Many Requests", "0.01"), .end = END_CLOSE},
        {RETRY("429 Too Many Requests", "0"), .end = END_CLOSE},
        {RETRY("503 Busy", "0.02"), .end = END_CLOSE},
        {RETRY("429 Too Many Requests", "0.01"), .end = END_CLOSE},
        {JSON("201 Created", "{\"id\":\"1\"}"), .end = END_CLOSE}};

    begin(storm, COUNT(storm), (struct http_settings){.attempts = 8});
    call.method = HTTP_POST;
    call.body = "{}";
    call.body_length = 2;
    call.once = true;

    ck_assert_int_eq(http_do(http, &call, &err), MA_OK);
    ck_assert_int_eq(call.code, 201);
    ck_assert(!call.uncertain);
    ck_assert_uint_eq(scripted_asked(&server), COUNT(storm));
    end();
}
END_TEST

START_TEST(a_server_that_is_busy_is_asked_nothing_else_until_its_time)
{
    static const struct answer busy[] = {
        {RETRY("429 Too Many Requests", "900"), .end = END_CLOSE}};
    struct http_call other = {.url = server.url};

    begin(busy, 1, (struct http_settings){.attempts = 3, .patience = 3600});
    http_start(http, &call);
    while (call.attempt == 0)
        ck_assert_int_eq(http_wait(http, &err), MA_OK);

    http_start(http, &other);
    http_pump(http);
    ck_assert_ptr_null(other.easy);
    ck_assert_ptr_null(call.easy);
    ck_assert_uint_eq(scripted_asked(&server), 1);

    http_release(http, &other);
    end();
}
END_TEST

START_TEST(patience_has_an_end)
{
    static const struct answer busy[] = {{RETRY("503 Busy", "3600"), .end = END_CLOSE}};

    begin(busy, 1, (struct http_settings){.attempts = 8, .patience = 5});

    ck_assert_int_eq(http_do(http, &call, &err), MA_OK);
    ck_assert_int_eq(call.code, 503);
    ck_assert_uint_eq(scripted_asked(&server), 1);
    end();
}
END_TEST

/* --- limits ----------------------------------------------------------------------- */

START_TEST(a_slow_drip_ends_with_the_time_of_a_call)
{
    static const struct answer drip[] = {
        {HEAD("200 OK", "application/json") "Content-Length: 1000\r\n\r\n{\"a\": 1      ",
         .end = END_DRIP}};

    begin(drip, 1, (struct http_settings){.attempts = 1, .call_timeout = 1});

    ck_assert_int_eq(http_do(http, &call, &err), MA_UNREACHABLE);
    ck_assert_msg(strstr(err.text, "timed out") != NULL, "%s", err.text);
    end();
}
END_TEST

/* 100 000 blanks, packed into 133 bytes. */
static const char bomb[] = HEAD(
    "200 OK", "application/json") "Content-Encoding: gzip\r\nConnection: close\r\n\r\n"
                                  "\037\213\010\000\000\000\000\000\002\003\355\301\061"
                                  "\001\000\000\000\302"
                                  "\240\052\353\237\322\032\036\100\001\000\000\000\000"
                                  "\000\000\000\000\000"
                                  "\000\000\000\000\000\000\000\000\000\000\000\000\000"
                                  "\000\000\000\000\000"
                                  "\000\000\000\000\000\000\000\000\000\000\000\000\000"
                                  "\000\000\000\000\000"
                                  "\000\000\000\000\000\000\000\000\000\000\000\000\000"
                                  "\000\000\000\000\000"
                                  "\000\000\000\000\000\000\000\000\000\000\000\000\000"
                                  "\000\000\000\000\000"
                                  "\000\000\000\000\000\000\000\000\000\000\000\000\000"
                                  "\000\000\257\006\055"
                                  "\360\171\312\240\206\001\000";

START_TEST(the_limit_of_a_page_counts_what_was_unpacked)
{
    static const struct answer small[] = {
        {.bytes = bomb, .length = sizeof bomb - 1, .end = END_CLOSE}};

    begin(small, 1, (struct http_settings){.attempts = 3, .page_limit = 50000});

    ck_assert_int_eq(http_do(http, &call, &err), MA_UNEXPECTED);
    ck_assert_ptr_nonnull(strstr(err.text, "larger than 50000 bytes"));
    ck_assert_uint_eq(scripted_asked(&server), 1);
    end();
}
END_TEST

START_TEST(a_cancel_ends_a_wait_long_before_its_time)
{
    static const struct answer stall[] = {{"HTTP/1.1 200 OK\r\n", .end = END_STALL}};
    struct timespec since;

    begin(stall, 1, usual);
    http_start(http, &call);
    while (scripted_asked(&server) == 0)
        http_pump(http);
    cancel = true;
    clock_gettime(CLOCK_MONOTONIC, &since);

    ck_assert_int_eq(http_finish(http, &call, &err), MA_CANCELLED);
    ck_assert_int_lt(elapsed_ms(&since), SOON_MS);
    end();
}
END_TEST

/* --- who gets the bearer ---------------------------------------------------------- */

static unsigned renewed;

static enum ma_status bearer(void *context, bool fresh, char *out, size_t capacity,
                             struct ma_error *e)
{
    (void)context;
    (void)e;
    renewed += fresh;
    snprintf(out, capacity, "secret-%u", renewed);
    return MA_OK;
}

START_TEST(a_redirect_is_not_followed_and_a_foreign_host_gets_no_bearer)
{
    static const struct answer moved[] = {
        {"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/x\r\nContent-Length: "
         "0\r\nConnection: close\r\n\r\n",
         .end = END_CLOSE}};
    char other[64];

    begin(moved, 1, usual);
    http_authorize(http, bearer, NULL);
    ck_assert_int_eq(http_do(http, &call, &err), MA_OK);
    ck_assert_int_eq(call.code, 302);
    ck_assert_ptr_nonnull(
        strcasestr(server.requests[0], "authorization: bearer secret-"));

    snprintf(other, sizeof other, "http://localhost:%s/scim",
             strrchr(server.url, ':') + 1);
    *strchr(strrchr(other, ':'), '/') = '\0';
    call.url = other;
    ck_assert_int_eq(http_do(http, &call, &err), MA_OK);
    ck_assert_ptr_null(strcasestr(server.requests[1], "authorization"));
    end();
}
END_TEST

static const struct {
    const char *url;
    bool same;
} hosts[] = {
    {"https://graph.example/v1.0", true},
    {"https://GRAPH.example:443/beta", true},
    {"https://graph.example:8443/", false},
    {"http://graph.example/v1.0", false},
    {"https://graph.example.org/", false},
    {"https://x@other.example/", false},
    {"/v1.0/users", false},
};

START_TEST(a_host_is_its_name_its_port_and_how_it_is_spoken_to)
{
    for (size_t i = 0; i < COUNT(hosts); i++)
        ck_assert_msg(url_same_host("https://graph.example/v1.0", hosts[i].url) ==
                          hosts[i].same,
                      "%s", hosts[i].url);
}
END_TEST

START_TEST(a_refused_bearer_is_renewed_once)
{
    static const struct answer no[] = {
        {JSON("401 No", "{\"detail\":\"expired\"}"), .end = END_CLOSE}};
    struct refusal why;

    renewed = 0;
    begin(no, 1, usual);
    http_authorize(http, bearer, NULL);

    ck_assert_int_eq(http_do(http, &call, &err), MA_OK);
    ck_assert_int_eq(call.code, 401);
    ck_assert_uint_eq(scripted_asked(&server), 2);
    ck_assert_uint_eq(renewed, 1);
    ck_assert_ptr_nonnull(strstr(server.requests[1], "secret-1"));
    reply_refusal(&call, &why);
    ck_assert_str_eq(why.literal, "expired");
    end();
}
END_TEST

static const struct {
    const char *url;
    const char *word;
} bad_urls[] = {
    {"http://scim.example/v2", "https is needed"},
    {"ftp://127.0.0.1/", "https is needed"},
    {"https://user:pw@scim.example/", "refused"},
    {"scim", "no URL"},
};

START_TEST(what_would_leave_the_machine_in_clear_is_refused)
{
    for (size_t i = 0; i < COUNT(bad_urls); i++) {
        const struct http_settings set = {.base = bad_urls[i].url};

        ck_assert_int_eq(http_open(&http, &host, &set, &err), MA_INVALID);
        ck_assert_msg(strstr(err.text, bad_urls[i].word) != NULL, "%s", err.text);
        ck_assert_ptr_null(strstr(err.text, "pw@"));
    }
}
END_TEST

/* --- tokens ----------------------------------------------------------------------- */

START_TEST(a_token_is_asked_for_once_and_again_when_it_was_refused)
{
    static const struct answer answers[] = {
        {HEAD("200 OK",
              "application/json") "Connection: close\r\n\r\n{\"access_token\":\"one\","
                                  "\"expires_in\":3600}",
         .end = END_CLOSE},
        {JSON("200 OK", "{}"), .end = END_CLOSE},
        {JSON("401 No", "{}"), .end = END_CLOSE},
        {HEAD("200 OK",
              "application/json") "Connection: close\r\n\r\n{\"access_token\":\"two\","
                                  "\"expires_in\":\"3600\"}",
         .end = END_CLOSE},
        {JSON("200 OK", "{}"), .end = END_CLOSE}};
    struct token_settings set = {.client_id = "me", .scope = "a b"};
    struct token *token;

    begin(answers, COUNT(answers), usual);
    secret_text = "s&cret";
    set.url = server.url;
    ck_assert_int_eq(token_open(&token, &host, http, &set, &err), MA_OK);
    http_authorize(http, token_bearer, token);

    ck_assert_int_eq(http_do(http, &call, &err), MA_OK);
    ck_assert_int_eq(http_do(http, &call, &err), MA_OK);
    ck_assert_int_eq(call.code, 200);

    ck_assert_ptr_nonnull(strstr(server.requests[0], "grant_type=client_credentials"));
    ck_assert_ptr_nonnull(strstr(server.requests[0], "client_secret=s%26cret"));
    ck_assert_ptr_nonnull(strstr(server.requests[0], "scope=a%20b"));
    ck_assert_ptr_null(strcasestr(server.requests[0], "authorization"));
    ck_assert_ptr_nonnull(strstr(server.requests[1], "Bearer one"));
    ck_assert_ptr_nonnull(strstr(server.requests[2], "Bearer one"));
    ck_assert_ptr_nonnull(strstr(server.requests[4], "Bearer two"));
    end();
    token_close(token);
}
END_TEST

/* A tenth of its life before its end, or five minutes. */
START_TEST(a_token_is_renewed_before_it_ends)
{
    static const struct answer answers[] = {
        {HEAD("200 OK",
              "application/json") "Connection: close\r\n\r\n"
                                  "{\"access_token\":\"one\",\"expires_in\":600}",
         .end = END_CLOSE},
        {JSON("200 OK", "{}"), .end = END_CLOSE},
        {JSON("200 OK", "{}"), .end = END_CLOSE},
        {HEAD("200 OK",
              "application/json") "Connection: close\r\n\r\n"
                                  "{\"access_token\":\"two\",\"expires_in\":86400}",
         .end = END_CLOSE},
        {JSON("200 OK", "{}"), .end = END_CLOSE},
        {JSON("200 OK", "{}"), .end = END_CLOSE},
        {HEAD("200 OK", "application/json") "Connection: close\r\n\r\n"
                                            "{\"access_token\":\"three\"}",
         .end = END_CLOSE},
        {JSON("200 OK", "{}"), .end = END_CLOSE}};
    static const time_t at[] = {0, 500, 550, 550 + 86000, 550 + 86200};
    static const char *const bearers[] = {NULL,  "one", "one", NULL,
                                          "two", "two", NULL,  "three"};
    struct token_settings set = {.client_id = "me"};
    struct token *token;

    begin(answers, COUNT(answers), usual);
    secret_text = "x";
    set.url = server.url;
    ck_assert_int_eq(token_open(&token, &host, http, &set, &err), MA_OK);
    http_authorize(http, token_bearer, token);

    for (size_t i = 0; i < COUNT(at); i++) {
        later = at[i];
        ck_assert_int_eq(http_do(http, &call, &err), MA_OK);
    }
    later = 0;

    ck_assert_uint_eq(server.asked, COUNT(bearers));
    for (size_t i = 0; i < COUNT(bearers); i++) {
        char line[40];

        snprintf(line, sizeof line, "Bearer %s\r\n", bearers[i]);
        ck_assert_msg(bearers[i] == NULL
                          ? strcasestr(server.requests[i], "authorization") == NULL
                          : strstr(server.requests[i], line) != NULL,
                      "%zu: %s", i, server.requests[i]);
    }
    end();
    token_close(token);
}
END_TEST

START_TEST(a_refused_client_is_a_matter_of_credentials_and_its_secret_is_not_told)
{
    static const struct answer no[] = {
        {HEAD(
             "401 No",
             "application/json") "Connection: close\r\n\r\n{\"error\":\"invalid_client\","
                                 "\"error_description\":\"AADSTS7000215: Invalid\"}",
         .end = END_CLOSE}};
    struct token_settings set = {.client_id = "me"};
    struct token *token;

    begin(no, 1, usual);
    secret_text = "geheim";
    set.url = server.url;
    ck_assert_int_eq(token_open(&token, &host, http, &set, &err), MA_OK);
    http_authorize(http, token_bearer, token);

    ck_assert_int_eq(http_do(http, &call, &err), MA_DENIED);
    ck_assert_ptr_nonnull(strstr(err.text, "AADSTS7000215"));
    ck_assert_ptr_null(strstr(err.text, "geheim"));
    ck_assert_uint_eq(scripted_asked(&server), 1);
    end();
    token_close(token);

    begin(no, 1, usual);
    secret_text = NULL;
    set.url = NULL;
    ck_assert_int_eq(token_open(&token, &host, http, &set, &err), MA_OK);
    http_authorize(http, token_bearer, token);
    ck_assert_int_eq(http_do(http, &call, &err), MA_DENIED);
    ck_assert_uint_eq(scripted_asked(&server), 0);
    end();
    token_close(token);
}
END_TEST

/* --- JSON ------------------------------------------------------------------------- */

static enum ma_status parse(const char *text, size_t length, json_t **out)
{
    *out = NULL;
    return reply_parse(text, length, "it", out, &err);
}

static const struct {
    const char *text;
    const char *word;
} bad_json[] = {
    {"", "empty"},
    {"{\"a\":", "no JSON"},
    {"{\"a\":1}x", "no JSON"},
    {"[1]", "object is wanted"},
    {"{\"a\":1,\"a\":2}", "duplicate"},
    {"{\"a\":\"\xff\xfe\"}", "no JSON"},
    {"{\"a\":\"\\u0000\"}", "no JSON"},
    {"{\"a\":\"\\ud800\"}", "no JSON"},
    {"<html>", "no JSON"},
};

START_TEST(json_that_is_none_is_told_with_its_place)
{
    json_t *json;

    for (size_t i = 0; i < COUNT(bad_json); i++) {
        ck_assert_int_eq(parse(bad_json[i].text, strlen(bad_json[i].text), &json),
                         MA_INVALID);
        ck_assert_msg(strstr(err.text, bad_json[i].word) != NULL, "%s", err.text);
        ck_assert_ptr_null(json);
    }
}
END_TEST

START_TEST(json_is_no_deeper_than_it_may_be)
{
    enum { MANY = 100000 };
    static const char flat[] = "{\"a\":\"[[[[\\\"[[\",\"B\":[[1]]}";
    char *deep = malloc(2 * MANY + 20);
    json_t *json;

    memcpy(deep, "{\"a\":", 5);
    memset(deep + 5, '[', MANY);
    ck_assert_int_eq(parse(deep, MANY + 5, &json), MA_INVALID);
    ck_assert_ptr_nonnull(strstr(err.text, "nested deeper than 64"));
    memcpy(deep, "{\"\\\\\\\"\\\\\":", 10); /* the quote behind two of three is no end */
    memset(deep + 10, '[', MANY);
    ck_assert_int_eq(parse(deep, MANY + 10, &json), MA_INVALID);
    ck_assert_ptr_nonnull(strstr(err.text, "nested deeper than 64"));
    memcpy(deep, "{\"a\":\"\\\\\\\"", 10); /* and this is a text without one */
    ck_assert_int_eq(parse(deep, MANY + 10, &json), MA_INVALID);
    ck_assert_ptr_null(strstr(err.text, "nested deeper"));
    memset(deep + 10 + MANY, ']', 1);
    memcpy(deep + 11 + MANY, "\"}", 2);
    ck_assert_int_eq(parse(deep, MANY + 13, &json), MA_OK);
    ck_assert_uint_eq(json_string_length(member(json, "a")), MANY + 3);
    json_decref(json);
    free(deep);

    ck_assert_int_eq(parse(flat, strlen(flat), &json), MA_OK);
    ck_assert_ptr_nonnull(member(json, "b"));
    json_decref(json);
}
END_TEST

START_TEST(what_is_not_called_json_is_not_read_as_such)
{
    static const struct answer page[] = {
        {HEAD("200 OK", "text/html; charset=utf-8") "Connection: close\r\n\r\n{\"a\":1}",
         .end = END_CLOSE}};
    json_t *json = NULL;

    begin(page, 1, usual);
    ck_assert_int_eq(http_do(http, &call, &err), MA_OK);
    ck_assert_int_eq(reply_json(&call, &json, &err), MA_UNEXPECTED);
    ck_assert_ptr_nonnull(strstr(err.text, "answered 'text/html; charset=utf-8'"));
    end();
}
END_TEST

/* --- arithmetic ------------------------------------------------------------------- */

static const struct {
    const char *text;
    int64_t ms;
} afters[] = {
    {"3", 3000},
    {"0.25", 250},
    {"0", 0},
    {" 2 ", 2000},
    {"", -1},
    {"soon", -1},
    {"-1", -1},
    {"1e99", -1},
    {"Sun, 06 Nov 1994 08:49:47 GMT", 10000},
    {"Sun, 06 Nov 1994 08:49:30 GMT", 0},
};

START_TEST(retry_after_is_read_in_all_its_forms)
{
    for (size_t i = 0; i < COUNT(afters); i++)
        ck_assert_msg(retry_after(afters[i].text, 784111777) == afters[i].ms, "%s",
                      afters[i].text);
}
END_TEST

START_TEST(a_wait_is_never_shorter_than_asked_for_and_grows)
{
    ck_assert_int_eq(retry_wait(1, -1, 0), 500);
    ck_assert_int_eq(retry_wait(2, -1, 0), 1000);
    ck_assert_int_eq(retry_wait(30, -1, 0), 120000);
    ck_assert_int_eq(retry_wait(1, 1000, 0), 1000);
    ck_assert_int_eq(retry_wait(2, 1000, 0), 1000);
    ck_assert_int_eq(retry_wait(3, 1000, 0), 2000);
    ck_assert_int_eq(retry_wait(5, 1000, 0), 8000);
    ck_assert_int_eq(retry_wait(5, 300000, 0), 300000);
    ck_assert_int_gt(retry_wait(1, 1000, 200), 1000); /* not all at once */
    for (uint32_t chance = 0; chance < 1000; chance++) {
        ck_assert_int_ge(retry_wait(1, 1000, chance), 1000);
        ck_assert_int_le(retry_wait(1, 1000, chance), 1250);
    }
}
END_TEST

START_TEST(a_bucket_gives_its_rate_and_no_more)
{
    struct bucket bucket = {.rate = 10};
    int64_t now = 1000;
    unsigned sent = 0;

    for (; now < 11000; now++)
        while (bucket_take(&bucket, now) == 0)
            sent++;
    ck_assert_uint_ge(sent, 105);
    ck_assert_uint_le(sent, 110);
    for (sent = 0, now += 60000; bucket_take(&bucket, now) == 0;) /* an idle minute */
        sent++;
    ck_assert_uint_le(sent, 10);
    ck_assert_int_eq(bucket_take(&(struct bucket){.rate = 0}, now), 0);
}
END_TEST

START_TEST(a_window_is_halved_by_trouble_and_grows_slowly)
{
    struct window window = {.limit = 8, .most = 8};

    window_bad(&window);
    window_bad(&window);
    ck_assert_uint_eq(window.limit, 2);
    window_good(&window);
    ck_assert_uint_eq(window.limit, 2);
    window_good(&window);
    ck_assert_uint_eq(window.limit, 3);
    for (int i = 0; i < 100; i++)
        window_good(&window);
    ck_assert_uint_eq(window.limit, 8);
    for (int i = 0; i < 100; i++)
        window_bad(&window);
    ck_assert_uint_eq(window.limit, 1);
}
END_TEST

SUITE("plugin/cloud_http", a_broken_answer_is_asked_for_again,
      what_must_happen_once_is_not_sent_again_when_it_may_have_happened,
      a_storm_of_refusals_ends_well_and_even_a_post_is_sent_again,
      a_server_that_is_busy_is_asked_nothing_else_until_its_time, patience_has_an_end,
      a_slow_drip_ends_with_the_time_of_a_call,
      the_limit_of_a_page_counts_what_was_unpacked,
      a_cancel_ends_a_wait_long_before_its_time,
      a_redirect_is_not_followed_and_a_foreign_host_gets_no_bearer,
      a_host_is_its_name_its_port_and_how_it_is_spoken_to,
      a_host_is_its_name_its_port_and_how_it_is_spoken_to,
      a_refused_bearer_is_renewed_once, what_would_leave_the_machine_in_clear_is_refused,
      a_token_is_asked_for_once_and_again_when_it_was_refused,
      a_token_is_renewed_before_it_ends,
      a_refused_client_is_a_matter_of_credentials_and_its_secret_is_not_told,
      json_that_is_none_is_told_with_its_place, json_is_no_deeper_than_it_may_be,
      what_is_not_called_json_is_not_read_as_such, retry_after_is_read_in_all_its_forms,
      a_wait_is_never_shorter_than_asked_for_and_grows,
      a_bucket_gives_its_rate_and_no_more, a_window_is_halved_by_trouble_and_grows_slowly)
