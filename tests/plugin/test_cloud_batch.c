/* SPDX-License-Identifier: Apache-2.0 */

/* Several requests in one: what each is told, and which is sent again. */

#include "suite.h"

#include "batch.h"
#include "scripted.h"

#define JSON(body)                                                                       \
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: "                  \
    "close\r\n\r\n" body
#define COUNT(list) (sizeof(list) / sizeof(list)[0])

static struct scripted server;
static struct http *http;
static struct http_call calls[3];
static char urls[3][128];
static struct ma_error err;

static void quiet(const struct ma_host *host, enum ma_level level, const char *fmt, ...)
{
    (void)host;
    (void)level;
    (void)fmt;
}

static bool never(const struct ma_host *host)
{
    (void)host;
    return false;
}

static const struct ma_host host = {
    .size = sizeof host, .log = quiet, .cancelled = never};

/* Three changes of three users, all on their way; `version`: of the second. */
static void start_three(struct http_settings set, const char *version,
                        const struct answer *answers, size_t count)
{
    set.attempts = 4;
    set.call_timeout = 600;
    set.batch = 20;
    memset(&err, 0, sizeof err);
    memset(calls, 0, sizeof calls);
    scripted_begin(&server, answers, count);
    set.base = server.url;
    ck_assert_int_eq(http_open(&http, &host, &set, &err), MA_OK);
    for (size_t i = 0; i < COUNT(calls); i++) {
        snprintf(urls[i], sizeof urls[i], "%s/users/%zu", server.url, i + 1);
        calls[i] = (struct http_call){.method = HTTP_PATCH,
                                      .url = urls[i],
                                      .body = "{\"jobTitle\":\"T\"}",
                                      .body_length = 16,
                                      .content_type = "application/json",
                                      .if_match = i == 1 ? version : NULL,
                                      .batch = true};
        http_start(http, &calls[i]);
    }
}

static void send_three(const struct answer *answers, size_t count)
{
    start_three((struct http_settings){0}, NULL, answers, count);
    ck_assert_int_eq(http_drain(http, &err), MA_OK);
}

static void end(void)
{
    for (size_t i = 0; i < COUNT(calls); i++)
        http_release(http, &calls[i]);
    http_close(http);
    scripted_stop(&server);
}

START_TEST(each_request_of_a_batch_has_its_own_answer_in_any_order)
{
    static const struct answer answers[] = {
        {JSON("{\"responses\":["
              "{\"id\":\"3\",\"status\":403,\"headers\":{\"request-id\":\"r3\"},"
              "\"body\":{\"error\":{\"code\":\"No\"}}},"
              "{\"id\":\"1\",\"status\":204},"
              "{\"id\":\"2\",\"status\":200,\"body\":{\"id\":\"2\"}}]}"),
         .end = END_CLOSE}};

    send_three(answers, COUNT(answers));

    ck_assert_uint_eq(http_sent(http), 1);
    ck_assert_int_eq(calls[0].code, 204);
    ck_assert_int_eq(calls[1].code, 200);
    ck_assert_str_eq(calls[1].answer.at, "{\"id\":\"2\"}");
    ck_assert_int_eq(calls[2].code, 403);
    ck_assert_str_eq(calls[2].request_id, "r3");
    ck_assert_ptr_nonnull(strstr(server.requests[0], "/$batch HTTP"));
    ck_assert_ptr_nonnull(strstr(server.requests[0], "\"url\":\"/users/2\""));
    ck_assert_ptr_nonnull(strstr(server.requests[0], "\"Content-Type\""));
    end();
}
END_TEST

START_TEST(only_what_was_too_much_is_sent_again)
{
    static const struct answer answers[] = {
        {JSON("{\"responses\":[{\"id\":\"1\",\"status\":204},"
              "{\"id\":\"2\",\"status\":429,\"headers\":{\"Retry-After\":\"0.1\"}},"
              "{\"id\":\"3\",\"status\":204}]}"),
         .end = END_CLOSE},
        {JSON("{}"), .end = END_CLOSE}};

    send_three(answers, COUNT(answers));

    ck_assert_uint_eq(http_sent(http), 2);
    ck_assert_int_eq(calls[1].code, 200);
    ck_assert_ptr_nonnull(strstr(server.requests[1], "/users/2 HTTP"));
    end();
}
END_TEST

START_TEST(each_request_of_a_batch_has_a_wait_of_its_own)
{
    static const struct answer answers[] = {
        {JSON("{\"responses\":[{\"id\":\"1\",\"status\":204},"
              "{\"id\":\"2\",\"status\":429,\"headers\":{\"Retry-After\":\"900\"}},"
              "{\"id\":\"3\",\"status\":204}]}"),
         .end = END_CLOSE},
        {JSON("{}"), .end = END_CLOSE}};

    /* which is longer than anybody waits */
    start_three((struct http_settings){.patience = 600}, NULL, answers, COUNT(answers));
    ck_assert_int_eq(http_drain(http, &err), MA_OK);

    ck_assert_uint_eq(http_sent(http), 1);
    ck_assert_int_eq(calls[0].code, 204);
    ck_assert_int_eq(calls[1].code, 429);
    ck_assert_int_eq(calls[2].code, 204);
    end();
}
END_TEST

START_TEST(a_batch_takes_no_more_than_the_rate_allows)
{
    static const struct answer answers[] = {{JSON("{}"), .end = END_CLOSE}};

    /* one at once, and the next in a quarter of an hour */
    start_three((struct http_settings){.rate = 0.001}, NULL, answers, COUNT(answers));
    while (scripted_asked(&server) == 0)
        ck_assert_int_eq(http_wait(http, &err), MA_OK);

    ck_assert_uint_eq(http_sent(http), 1);
    ck_assert_ptr_nonnull(strstr(server.requests[0], "/users/1 HTTP"));
    ck_assert_int_eq(calls[1].code, 0);
    ck_assert_int_eq(calls[2].code, 0);
    end();
}
END_TEST

START_TEST(a_change_of_a_version_goes_alone)
{
    static const struct answer answers[] = {
        {.bytes = JSON("{\"responses\":[{\"id\":\"1\",\"status\":204},"
                       "{\"id\":\"2\",\"status\":204}]}"),
         .match = "/$batch HTTP"},
        {.bytes = JSON("{}"), .match = "/users/2 HTTP", .also = "If-Match: W/\"7\""}};

    start_three((struct http_settings){0}, "W/\"7\"", answers, COUNT(answers));
    ck_assert_int_eq(http_drain(http, &err), MA_OK);

    ck_assert_uint_eq(http_sent(http), 2);
    ck_assert_int_eq(calls[0].code, 204);
    ck_assert_int_eq(calls[1].code, 200);
    ck_assert_int_eq(calls[2].code, 204);
    end();
}
END_TEST

START_TEST(a_batch_that_is_not_taken_is_sent_one_by_one)
{
    static const struct answer answers[] = {
        {"HTTP/1.1 400 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
         .end = END_CLOSE},
        {JSON("{}"), .end = END_CLOSE}};

    send_three(answers, COUNT(answers));

    ck_assert_uint_eq(http_sent(http), 4);
    for (size_t i = 0; i < COUNT(calls); i++)
        ck_assert_int_eq(calls[i].code, 200);
    end();
}
END_TEST

/* Alone: what was left out once would be left out again. */
START_TEST(what_a_batch_says_nothing_of_is_asked_again)
{
    static const struct answer answers[] = {
        {JSON("{\"responses\":[{\"id\":\"1\",\"status\":204},"
              "{\"id\":\"9\",\"status\":204}]}"),
         .end = END_CLOSE},
        {JSON("{}"), .end = END_CLOSE},
        {JSON("{}"), .end = END_CLOSE}};

    send_three(answers, COUNT(answers));

    ck_assert_uint_eq(http_sent(http), 3);
    for (unsigned i = 1; i < 3; i++) {
        char line[40];

        snprintf(line, sizeof line, "/users/%u HTTP", i + 1);
        ck_assert_int_eq(calls[i].code, 200);
        ck_assert(!calls[i].batch);
        ck_assert_msg(strstr(server.requests[1], line) != NULL ||
                          strstr(server.requests[2], line) != NULL,
                      "%s", server.requests[i]);
    }
    end();
}
END_TEST

START_TEST(a_call_that_is_given_up_leaves_its_batch)
{
    static const struct answer answers[] = {
        {JSON("{\"responses\":[{\"id\":\"1\",\"status\":204},"
              "{\"id\":\"2\",\"status\":204}]}"),
         .end = END_CLOSE}};
    struct http_call *both[] = {&calls[0], &calls[1]};
    struct batch *batch;

    send_three(answers, 1);
    batch = batch_pack(&(struct http_settings){.base = server.url}, both, 2);
    ck_assert_ptr_nonnull(batch);

    batch_forget(&calls[0]);

    ck_assert_ptr_eq(batch_next(batch), &calls[1]);
    ck_assert_ptr_null(batch_next(batch));
    batch_free(batch);
    end();
}
END_TEST

SUITE("plugin/cloud_batch", each_request_of_a_batch_has_its_own_answer_in_any_order,
      only_what_was_too_much_is_sent_again, each_request_of_a_batch_has_a_wait_of_its_own,
      a_batch_takes_no_more_than_the_rate_allows, a_change_of_a_version_goes_alone,
      a_batch_that_is_not_taken_is_sent_one_by_one,
      what_a_batch_says_nothing_of_is_asked_again,
      a_call_that_is_given_up_leaves_its_batch)
