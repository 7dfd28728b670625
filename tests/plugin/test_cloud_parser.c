/* SPDX-License-Identifier: Apache-2.0 */

/* Answers taken apart on a second thread. */

#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "ahead.h"
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
    struct parse parses[PAGES] = {0};

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
    struct parse first = {0}, second = {0};
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
        struct parse parse = {0};
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

/* As whoever keeps a part of a page, or a text that is larger than the others. */
START_TEST(what_is_kept_of_a_page_outlives_it)
{
    static char large[64 << 10];
    json_t *kept[PAGES];

    begin();
    memset(large, 'x', sizeof large - 1);
    for (unsigned i = 0; i < PAGES; i++) {
        struct http_call call;
        struct parse parse = {0};
        json_t *json = NULL;

        page(&call, i);
        call.answer.length--; /* the page goes on */
        bytes_text(&call.answer, ",\"large\":\"");
        bytes_text(&call.answer, large);
        bytes_text(&call.answer, "\"}");
        parser_start(parser, &parse, &call);
        ck_assert_msg(parser_finish(parser, &parse, &json, &err) == MA_OK, "%s",
                      err.text);
        ck_assert_uint_eq(json_string_length(member(json, "large")), sizeof large - 1);
        kept[i] = json_incref(json_array_get(member(json, "items"), i));
        if (i % 2 == 0)
            parser_drop(parser, json);
        else
            json_decref(json); /* another thread than the one that took it */
        bytes_free(&call.answer);
    }
    end();

    for (unsigned i = 0; i < PAGES; i++) {
        char id[32];

        snprintf(id, sizeof id, "%u-%u", i, i);
        ck_assert_str_eq(member_text(kept[i], "id"), id);
        json_decref(kept[i]);
    }
}
END_TEST

static size_t memory(void)
{
    size_t all = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");

    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fscanf(file, "%zu %zu", &all, &resident), 2);
    fclose(file);
    return resident * (size_t)sysconf(_SC_PAGESIZE);
}

START_TEST(a_thousand_pages_take_no_more_memory_than_ten)
{
    struct http_call call;
    size_t before = 0;

    begin();
    page(&call, 1);
    for (unsigned i = 0; i < 1000; i++) {
        struct parse parse = {0};
        json_t *json = NULL;

        parser_start(parser, &parse, &call);
        ck_assert_int_eq(parser_finish(parser, &parse, &json, &err), MA_OK);
        parser_drop(parser, json);
        if (i == 10)
            before = memory();
    }
    ck_assert_msg(memory() < before + (32 << 20), "%zu instead of %zu", memory(), before);
    bytes_free(&call.answer);
    end();
}
END_TEST

/* --- where the next page is ----------------------------------------------------------
 */

static const struct {
    const char *page;
    const char *next; /* NULL: it is not seen */
} guesses[] = {
    {"{\"next\":\"a\",\"value\":[]}", "a"},
    {"{\"value\":[],\"next\" : \"https:\\/\\/s\\u0026\"}", "https://s&"},
    {"{\"value\":[\"next\"]}", NULL},
    {"{\"value\":\"\\\"next\\\":\\\"a\\\"\"}", NULL},
    {"{\"next\":1}", NULL},
    {"{\"next\":null}", NULL},
    {"{\"next\":\"a", NULL},
    {"{\"next\":", NULL},
    {"{\"next\"", NULL},
    {"", NULL},
};

START_TEST(the_next_page_is_seen_before_a_page_is_taken_apart)
{
    for (size_t i = 0; i < sizeof guesses / sizeof guesses[0]; i++) {
        struct bytes page = {0};
        char *next;

        bytes_text(&page, guesses[i].page);
        next = ahead_text(&page, "next");
        ck_assert_msg(guesses[i].next == NULL
                          ? next == NULL
                          : next != NULL && strcmp(next, guesses[i].next) == 0,
                      "%s: %s", guesses[i].page, next == NULL ? "nothing" : next);
        free(next);
        bytes_free(&page);
    }
}
END_TEST

SUITE("plugin/cloud_parser", many_answers_are_each_taken_apart_and_ended,
      what_is_wrong_is_told_as_if_nobody_else_had_read_it,
      what_was_dropped_last_is_ended_too, what_is_kept_of_a_page_outlives_it,
      a_thousand_pages_take_no_more_memory_than_ten,
      the_next_page_is_seen_before_a_page_is_taken_apart)
