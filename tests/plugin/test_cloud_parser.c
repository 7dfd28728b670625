/* SPDX-License-Identifier: Apache-2.0 */

/* Answers taken apart on a second thread. */

#include "suite.h"

#include <stdio.h>

#include "parser.h"

enum { PAGES = 40, ITEMS = 200 };

static struct parser *parser;
static struct ma_error err;

static void begin(void)
{
    err = (struct ma_error){0};
    parser = parser_new();
    ck_assert_ptr_nonnull(parser);
}

static void end(void)
{
    parser_free(parser);
}

static void answer(struct http_call *call, const char *text)
{
    *call = (struct http_call){.url = "https://service/page", .type = "application/json"};
    bytes_text(&call->answer, text);
}

/* A page of that number. */
static void page(struct http_call *call, unsigned number)
{
    char item[64];

    answer(call, "{\"items\":[");
    for (unsigned i = 0; i < ITEMS; i++) {
        snprintf(item, sizeof item, "%s{\"id\":\"%u-%u\"}", i == 0 ? "" : ",", number, i);
        bytes_text(&call->answer, item);
    }
    bytes_text(&call->answer, "]}");
}

START_TEST(many_answers_are_each_taken_apart_and_ended)
{
    struct http_call calls[PAGES];
    struct parse parses[PAGES];

    begin();
    for (unsigned i = 0; i < PAGES; i++) {
        page(&calls[i], i);
        parser_start(parser, &parses[i], &calls[i]);
    }

    for (unsigned i = PAGES; i-- > 0;) { /* the last one first */
        json_t *json = NULL;
        char id[32];

        ck_assert_int_eq(parser_finish(parser, &parses[i], &json, &err), MA_OK);
        ck_assert(!parses[i].begun);
        snprintf(id, sizeof id, "%u-%u", i, ITEMS - 1);
        ck_assert_str_eq(
            member_text(json_array_get(member(json, "items"), ITEMS - 1), "id"), id);
        parser_drop(parser, json);
        bytes_free(&calls[i].answer);
    }
    end();
}
END_TEST

START_TEST(what_is_wrong_is_told_as_if_nobody_else_had_read_it)
{
    struct http_call bad, good;
    struct parse first, second;
    json_t *json = NULL;

    begin();
    answer(&bad, "{\"a\":1,\n\"a\":2}");
    answer(&good, "{\"a\":1}");
    parser_start(parser, &first, &bad);
    parser_start(parser, &second, &good);

    ck_assert_int_eq(parser_finish(parser, &first, &json, &err), MA_UNEXPECTED);
    ck_assert_msg(strstr(err.text, "https://service/page:2:") != NULL, "%s", err.text);
    ck_assert_ptr_null(json);
    ck_assert_int_eq(parser_finish(parser, &second, &json, &err), MA_OK);

    json_decref(json);
    bytes_free(&bad.answer);
    bytes_free(&good.answer);
    end();
}
END_TEST

START_TEST(what_was_dropped_last_is_ended_too)
{
    begin();
    for (unsigned i = 0; i < PAGES; i++)
        parser_drop(parser, json_pack("{s:[i,i]}", "numbers", 1, 2));
    end(); /* the leak checker looks */

    begin();
    for (unsigned i = 0; i < PAGES; i++) {
        struct http_call call;
        struct parse parse;
        json_t *json = NULL;

        page(&call, i);
        parser_start(parser, &parse, &call);
        ck_assert_int_eq(parser_finish(parser, &parse, &json, &err), MA_OK);
        parser_drop(parser, json);
        bytes_free(&call.answer);
    }
    end();
}
END_TEST

SUITE("plugin/cloud_parser", many_answers_are_each_taken_apart_and_ended,
      what_is_wrong_is_told_as_if_nobody_else_had_read_it,
      what_was_dropped_last_is_ended_too)
