/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "history/event.h"
#include "suite.h"

START_TEST(an_event_comes_out_as_it_went_in)
{
    struct event event = {.kind = EVENT_TICK,
                          .run = 4182,
                          .step = 2,
                          .done = 7412,
                          .expected = 9130,
                          .text = "a \"quoted\"\nline",
                          .status = MA_CONFLICT,
                          .time = 1764000000123};
    struct event back;
    ARENA_AUTO arena = {0};
    BUF_AUTO line = {0};

    event.counters.of[COUNTER_CONNECTOR_FLOW] = 3;
    event.counters.of[COUNTER_OUT_FLOW] = 5; /* of the same name */
    event_encode(&event, &line);

    ck_assert(event_decode(&arena, buf_view(&line), &back));
    ck_assert_int_eq(back.kind, EVENT_TICK);
    ck_assert_uint_eq(back.run, 4182);
    ck_assert_uint_eq(back.step, 2);
    ck_assert_uint_eq(back.done, 7412);
    ck_assert_uint_eq(back.expected, 9130);
    ck_assert_str_eq(back.text, event.text);
    ck_assert_int_eq(back.status, MA_CONFLICT);
    ck_assert_int_eq(back.time, event.time);
    ck_assert_uint_eq(back.counters.of[COUNTER_CONNECTOR_FLOW], 3);
    ck_assert_uint_eq(back.counters.of[COUNTER_OUT_FLOW], 5);
}
END_TEST

START_TEST(an_event_is_one_line)
{
    struct event event = {.kind = EVENT_LOG, .text = "two\nlines"};
    BUF_AUTO line = {0};

    event_encode(&event, &line);

    ck_assert_ptr_eq(memchr(line.at, '\n', line.length), line.at + line.length - 1);
}
END_TEST

START_TEST(a_line_that_is_no_event_is_refused)
{
    struct event event;
    ARENA_AUTO arena = {0};

    ck_assert(!event_decode(&arena, slice_text("what a plugin prints"), &event));
    ck_assert(!event_decode(&arena, slice_text("{\"event\":\"unheard-of\"}"), &event));
    ck_assert(!event_decode(&arena, slice_text("[]"), &event));
}
END_TEST

START_TEST(text_that_is_no_utf_8_is_shown_in_hex)
{
    struct event event = {.kind = EVENT_OBJECT_ERROR, .dn = "cn=M\xfcller"};
    struct event back;
    ARENA_AUTO arena = {0};
    BUF_AUTO line = {0};

    event_encode(&event, &line);

    ck_assert(event_decode(&arena, buf_view(&line), &back));
    ck_assert_str_eq(back.dn, "cn=M\\xFCller");
}
END_TEST

START_TEST(sending_to_nobody_says_so)
{
    struct event event = {.kind = EVENT_LOG, .text = "hello"};
    int ends[2];

    signal(SIGPIPE, SIG_IGN);
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert(event_send(ends[1], &event));
    close(ends[0]);

    ck_assert(!event_send(ends[1], &event));
    close(ends[1]);
}
END_TEST

SUITE("history/event", an_event_comes_out_as_it_went_in, an_event_is_one_line,
      a_line_that_is_no_event_is_refused, text_that_is_no_utf_8_is_shown_in_hex,
      sending_to_nobody_says_so)
