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

/* Of two threads each takes what the other one has not begun with. */
START_TEST(who_waits_takes_answers_apart_too)
{
    struct http_call calls[PAGES];
    struct parse parses[PAGES] = {0};

    begin();
    ck_assert(!parser_help(parser));
    for (unsigned i = 0; i < PAGES; i++) {
        page(&calls[i], i);
        parser_start(parser, &parses[i], &calls[i]);
    }
    while (parser_help(parser))
        ;
    for (unsigned i = 0; i < PAGES; i++) {
        json_t *json = NULL;

        ck_assert_int_eq(parser_finish(parser, &parses[i], &json, &err), MA_OK);
        ck_assert_uint_eq(json_array_size(member(json, "items")), ITEMS);
        parser_drop(parser, json);
        bytes_free(&calls[i].answer);
    }
    ck_assert(!parser_help(parser));
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

static json_t *parsed(const struct http_call *call)
{
    struct parse parse = {0};
    json_t *json = NULL;

    parser_start(parser, &parse, call);
    ck_assert_msg(parser_finish(parser, &parse, &json, &err) == MA_OK, "%s", err.text);
    return json;
}

START_TEST(what_was_dropped_last_is_ended_too)
{
    begin();
    for (unsigned i = 0; i < PAGES; i++)
        parser_drop(parser, json_pack("{s:[i,i]}", "numbers", 1, 2));
    end(); /* the leak checker looks */

    begin();
    for (unsigned i = 0; i < PAGES; i++) {
        struct http_call call;

        page(&call, i);
        parser_drop(parser, parsed(&call));
        bytes_free(&call.answer);
    }
    end();
}
END_TEST

/* A page with a text that is larger than the others. */
static void large_page(struct http_call *call, unsigned number)
{
    static char large[64 << 10];

    memset(large, 'x', sizeof large - 1);
    page(call, number);
    call->answer.length--; /* the page goes on */
    bytes_text(&call->answer, ",\"large\":\"");
    bytes_text(&call->answer, large);
    bytes_text(&call->answer, "\"}");
}

/* As whoever keeps a part of a page. */
START_TEST(what_is_kept_of_a_page_outlives_it)
{
    json_t *kept[PAGES];

    begin();
    for (unsigned i = 0; i < PAGES; i++) {
        struct http_call call;
        json_t *json;

        (i % 2 == 0 ? page : large_page)(&call, i);
        json = parsed(&call);
        kept[i] = json_incref(json_array_get(member(json, "items"), i));
        json_decref(json); /* another thread than the one that took it */
        parser_drop(parser, parsed(&call));
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

/* Whoever has the page itself, or took something out of it, has it as it was; and what
 * lies elsewhere, because it is large, is not forgotten: the leak checker looks. */
START_TEST(a_page_that_is_not_whole_any_more_goes_piece_by_piece)
{
    struct http_call call;
    json_t *json, *item;

    begin();
    large_page(&call, 7);
    json = parsed(&call);
    ck_assert_uint_eq(json_string_length(member(json, "large")), (64 << 10) - 1);
    parser_drop(parser, json);
    bytes_free(&call.answer);

    page(&call, 7);
    json = parsed(&call);
    item = json_incref(json_array_get(member(json, "items"), ITEMS - 1));
    ck_assert_int_eq(json_array_remove(member(json, "items"), 0), 0);
    parser_drop(parser, json);
    bytes_free(&call.answer);
    page(&call, 8);
    json = json_incref(parsed(&call));
    parser_drop(parser, json);
    bytes_free(&call.answer);
    end();

    ck_assert_str_eq(member_text(item, "id"), "7-199");
    ck_assert_uint_eq(json_array_size(member(json, "items")), ITEMS);
    json_decref(item);
    json_decref(json);
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
        if (i % 2 == 0)
            parser_drop(parser, parsed(&call));
        else
            json_decref(parsed(&call));
        if (i == 10)
            before = memory();
    }
    ck_assert_msg(memory() < before + (8 << 20), "%zu instead of %zu", memory(), before);
    bytes_free(&call.answer);
    end();
}
END_TEST

/* --- where the next page is ------------------------------------------------------- */

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

/* Where there is much in between. */
START_TEST(the_next_page_is_seen_at_either_end_of_a_large_page)
{
    static char much[40000];
    static const char *const forms[] = {"{\"next\":\"a\",\"value\":\"%s\"}",
                                        "{\"value\":\"%s\",\"next\":\"a\"}"};

    memset(much, 'x', sizeof much - 1);
    for (size_t i = 0; i < 2; i++) {
        struct bytes page = {0};
        const char *place = strstr(forms[i], "%s");
        char *next;

        bytes_add(&page, forms[i], (size_t)(place - forms[i]));
        bytes_text(&page, much);
        bytes_text(&page, place + 2);
        next = ahead_text(&page, "next");
        ck_assert_ptr_nonnull(next);
        ck_assert_str_eq(next, "a");
        free(next);
        bytes_free(&page);
    }
}
END_TEST

SUITE("plugin/cloud_parser", many_answers_are_each_taken_apart_and_ended,
      who_waits_takes_answers_apart_too,
      what_is_wrong_is_told_as_if_nobody_else_had_read_it,
      what_was_dropped_last_is_ended_too, what_is_kept_of_a_page_outlives_it,
      a_page_that_is_not_whole_any_more_goes_piece_by_piece,
      a_thousand_pages_take_no_more_memory_than_ten,
      the_next_page_is_seen_before_a_page_is_taken_apart,
      the_next_page_is_seen_at_either_end_of_a_large_page)
