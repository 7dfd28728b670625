/* SPDX-License-Identifier: Apache-2.0 */

/* cloud_ma against servers of SCIM that lie, forget and break off. */

#include "scim_world.h"

/* --- listings --------------------------------------------------------------------- */

START_TEST(a_count_of_the_page_ends_nothing)
{
    static const struct answer answers[] = {
        GET_USERS("startIndex=1&", LIST(1, USER("a"))),
        GET_USERS("startIndex=2&", LIST(1, USER("b"))),
        GET_USERS("startIndex=3&", NONE),
        GET_USERS("attributes=id%2CuserName&startIndex=1&", LIST(1, USER("a"))),
        GET_USERS("attributes=id%2CuserName&startIndex=2&", LIST(1, USER("b"))),
        {.bytes = NONE, .match = "GET /scim/"}};

    ck_assert_msg(import(answers, COUNT(answers), true) == MA_OK, "%s", h.err.text);
    ck_heard(&h,
             "present a [a@x] user userName=a@x\npresent b [b@x] user userName=b@x\n");
    ck_assert_ptr_nonnull(h.watermark.at);
}
END_TEST

START_TEST(a_listing_shorter_than_the_count_is_not_believed)
{
    static const struct answer answers[] = {
        {.bytes = LIST(5, USER("a")),
         .match = "GET /scim/Users?",
         .also = "startIndex=1&"},
        {.bytes = LIST(5, ""), .match = "GET /scim/Users?"},
        NO_GROUPS};

    ck_assert_int_eq(import(answers, COUNT(answers), true), MA_UNEXPECTED);
    ck_assert_msg(strstr(h.err.text, "says it has 5, and listed 1") != NULL, "%s",
                  h.err.text);
    ck_assert_ptr_null(h.watermark.at);

    hosted_param(&h, "total-results", "ignored");
    ck_assert_int_eq(import(answers, COUNT(answers), true), MA_OK);
}
END_TEST

START_TEST(a_server_that_does_not_know_pages_is_read_once)
{
    static const struct answer answers[] = {
        {.bytes = LIST(2, USER("a") "," USER("b")), .match = "GET /scim/Users?"},
        NO_GROUPS};

    ck_assert_msg(import(answers, COUNT(answers), true) == MA_OK, "%s", h.err.text);
    ck_heard(&h,
             "present a [a@x] user userName=a@x\npresent b [b@x] user userName=b@x\n");
}
END_TEST

START_TEST(an_object_that_a_listing_lost_is_asked_for)
{
    static const struct answer answers[] = {
        {.bytes = LIST(3, USER("a") "," USER("b") "," USER("c")),
         .match = "GET /scim/Users?attributes=",
         .also = "startIndex=1&"},
        {.bytes = LIST(2, USER("a") "," USER("c")),
         .match = "GET /scim/Users?startIndex=1&"},
        {.bytes = NONE, .match = "GET /scim/Users?"},
        NO_GROUPS,
        {.bytes = OK USER("b"), .match = "GET /scim/Users/b"}};

    ck_assert_msg(import(answers, COUNT(answers), true) == MA_OK, "%s", h.err.text);
    ck_heard(&h, "present a [a@x] user userName=a@x\npresent c [c@x] user userName=c@x\n"
                 "present b [b@x] user userName=b@x\n");
}
END_TEST

static const struct {
    const char *page;
    enum scripted_end end;
    enum ma_status status;
} broken[] = {
    {"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<html>",
     END_CLOSE, MA_UNEXPECTED},
    {OK "{\"detail\":\"busy\"}", END_CLOSE, MA_UNEXPECTED},
    {OK "{\"totalResults\":3}", END_CLOSE, MA_UNEXPECTED},
    {OK "{\"Resources\":[{\"id\":\"b\",\"id\":\"c\"}]}", END_CLOSE, MA_UNEXPECTED},
    {OK "{\"Resources\":[", END_RESET, MA_UNREACHABLE},
    {"", END_CLOSE, MA_UNREACHABLE},
    {SCIM("500 Oops") "{}", END_CLOSE, MA_UNREACHABLE},
    {SCIM("403 No") "{}", END_CLOSE, MA_DENIED},
};

START_TEST(a_listing_that_breaks_off_is_no_end)
{
    for (size_t i = 0; i < COUNT(broken); i++) {
        const struct answer answers[] = {
            {.bytes = LIST(2, USER("a")),
             .match = "GET /scim/Users?",
             .also = "startIndex=1&"},
            {.bytes = NONE, .match = "GET /scim/Users?attributes"},
            {.bytes = broken[i].page, .end = broken[i].end, .match = "GET /scim/Users?"},
            NO_GROUPS};
        enum ma_status status;

        if (h.binding.secret_count == 0)
            hosted_param(&h, "total-results", "ignored");
        status = import(answers, COUNT(answers), true);
        ck_assert_msg(status == broken[i].status, "%zu: %d %s", i, (int)status,
                      h.err.text);
        ck_assert_ptr_null(h.watermark.at);
        hosted_forget(&h.checkpoint);
    }
}
END_TEST

START_TEST(a_cursor_is_followed_and_one_that_comes_again_is_an_error)
{
#define PAGE(id, next) OK "{\"resources\":[" USER(id) "]" next "}"
    static const struct answer good[] = {
        {.bytes = PAGE("a", ",\"nextCursor\":\"c+1\""),
         .match = "cursor=&",
         .also = "/Users?"},
        {.bytes = PAGE("b", ""), .match = "cursor=c%2B1&", .also = "/Users?"},
        NO_GROUPS};
    static const struct answer loop[] = {
        {.bytes = PAGE("a", ",\"nextCursor\":\"c\""), .match = "/Users?"}, NO_GROUPS};

    hosted_param(&h, "paging", "cursor");
    ck_assert_msg(import(good, COUNT(good), true) == MA_OK, "%s", h.err.text);
    ck_heard(&h,
             "present a [a@x] user userName=a@x\npresent b [b@x] user userName=b@x\n");
    ck_assert_int_eq(import(loop, COUNT(loop), true), MA_UNEXPECTED);
    ck_assert_ptr_nonnull(strstr(h.err.text, "would never end"));
}
END_TEST

/* What looks like the next page's place is asked for at once, and believed when the page
 * says so too. */
START_TEST(a_page_that_was_asked_for_at_a_wrong_place_is_forgotten)
{
    enum { PAD = 4 << 20, TRIES = 20 };
    static char large[PAD + 1000];
    static const char head[] =
        OK "{\"hint\":{\"nextCursor\":\"wrong\"},\"resources\":[" USER("a") "]";
    const struct answer answers[] = {
        {.bytes = large, .match = "cursor=&", .also = "/Users?"},
        {.bytes = OK "{\"resources\":[" USER("b") "]}",
         .match = "cursor=2&",
         .also = "/Users?"},
        {.bytes = OK "{\"resources\":[" USER("x") "],\"nextCursor\":\"worse\"}",
         .match = "cursor=wrong&"},
        {.bytes = OK "{\"resources\":[" USER("y") "]}", .match = "cursor=worse&"},
        NO_GROUPS};
    size_t asked = 0;

    /* long enough for the request to go out while it is taken apart */
    memset(large, ' ', sizeof large - 1);
    memcpy(large, head, sizeof head - 1);
    strcpy(large + PAD, ",\"nextCursor\":\"2\"}");
    hosted_param(&h, "paging", "cursor");
    for (int i = 0; i < TRIES && asked == 0; i++) {
        ck_assert_msg(import(answers, COUNT(answers), true) == MA_OK, "%s", h.err.text);
        asked = asked_for("cursor=wrong&");
        ck_heard(&h, "present a [a@x] user userName=a@x\npresent b [b@x] user "
                     "userName=b@x\n");
    }
    ck_assert_uint_gt(asked, 0);
}
END_TEST

START_TEST(a_value_that_does_not_fit_is_one_objects_trouble)
{
    static const struct answer answers[] = {
        {.bytes = LIST(3, "{\"id\":\"a\",\"userName\":\"a\",\"active\":\"perhaps\"},"
                          "{\"id\":\"b\",\"userName\":\"b\",\"active\":\"False\"},"
                          "{\"id\":\"c\"}"),
         .match = "GET /scim/Users?"},
        NO_GROUPS};

    ck_assert_msg(import(answers, COUNT(answers), true) == MA_OK, "%s", h.err.text);
    ck_heard(&h, "reject invalid-attribute-value entry 0 line 0 active\n"
                 "present b [b] user active=false userName=b\n"
                 "reject missing-dn entry 0 line 0\n");
}
END_TEST

/* --- deltas ----------------------------------------------------------------------- */

START_TEST(a_delta_without_a_filter_is_right_all_the_same)
{
    /* every filter finds nothing; b is listed no more, and is there; c is gone */
    static const struct answer answers[] = {
        {.bytes = NONE, .match = "filter="},
        {.bytes = LIST(2, USER("a") "," USER("d")), .match = "GET /scim/Users?"},
        {.bytes = OK USER("b"), .match = "GET /scim/Users/b"},
        NO_GROUPS};

    ck_assert_int_eq(import(three, COUNT(three), true), MA_OK);
    ck_assert_msg(import(answers, COUNT(answers), false) == MA_OK, "%s", h.err.text);
    ck_heard(&h, "present a [a@x] user userName=a@x\npresent d [d@x] user userName=d@x\n"
                 "present b [b@x] user userName=b@x\ndelete c [c@x] user\n");
}
END_TEST

START_TEST(a_delta_with_a_filter_reads_what_was_modified)
{
    static const struct answer answers[] = {{.bytes = LIST(1, USER("b")),
                                             .match = "filter=meta.lastModified",
                                             .also = "/Users?"},
                                            {.bytes = NONE, .match = "filter="},
                                            {.bytes = LIST(2, USER("a") "," USER("b")),
                                             .match = "GET /scim/Users?attributes"},
                                            NO_GROUPS};

    ck_assert_int_eq(import(three, COUNT(three), true), MA_OK);
    ck_assert_msg(import(answers, COUNT(answers), false) == MA_OK, "%s", h.err.text);
    ck_heard(&h, "present b [b@x] user userName=b@x\ndelete c [c@x] user\n");
}
END_TEST

/* By the clock of the service, and with room for what was stored meanwhile. */
START_TEST(a_delta_begins_before_the_last_import_did)
{
    static const struct answer answers[] = {
        {.bytes = "HTTP/1.1 200 OK\r\nContent-Type: application/scim+json\r\n"
                  "Date: Mon, 05 Jan 2026 10:00:00 GMT\r\nConnection: close\r\n\r\n"
                  "{\"totalResults\":1,\"Resources\":[" USER("a") "]}",
         .match = "GET /scim/Users?"},
        NO_GROUPS};

    ck_assert_msg(import(answers, COUNT(answers), true) == MA_OK, "%s", h.err.text);
    ck_assert_int_eq(import(three, COUNT(three), false), MA_OK);
    ck_assert_uint_ge(asked_for("meta.lastModified%20ge%20%222026-01-05T09%3A55%3A00Z"),
                      1);
}
END_TEST

START_TEST(a_delta_needs_the_ids_of_the_import_before)
{
    ck_assert_int_eq(import(three, COUNT(three), false), MA_FULL_NEEDED);
    ck_assert_int_eq(import(three, COUNT(three), true), MA_OK);
    ck_assert_int_eq(import(three, COUNT(three), false), MA_OK);
    hosted_forget(&h.watermark);
    buf_text(&h.watermark, "1 0123456789 2026-01-01T00:00:00Z http://127.0.0.1:1/scim");
    ck_assert_int_eq(import(three, COUNT(three), false), MA_FULL_NEEDED);
    ck_assert_ptr_nonnull(strstr(h.err.text, "was one of http://127.0.0.1:1/scim"));
}
END_TEST

/* --- exports ---------------------------------------------------------------------- */

static const struct ma_value name = {"n@x", 3};
static const struct ma_attribute names[] = {
    {.name = "userName", .type = MA_TEXT, .values = &name, .count = 1},
    {.name = "title", .type = MA_TEXT, .values = &title, .count = 1}};

static const struct ma_entry new_user = {.size = sizeof new_user,
                                         .change = MA_ADD,
                                         .dn = "n@x",
                                         .object_type = "user",
                                         .attributes = names,
                                         .count = 2};
START_TEST(a_new_object_whose_answer_did_not_come_is_looked_up)
{
    static const struct answer lost[] = {
        {.bytes = "", .end = END_RESET, .match = "POST /scim/Users"},
        {.bytes = LIST(1, USER("n")), .match = "filter=userName%20eq%20%22n%40x%22"},
        {.bytes = NONE, .match = "GET /scim/"}};
    static const struct answer never[] = {
        {.bytes = "", .end = END_RESET, .match = "POST /scim/Users", .times = 1},
        {.bytes = SCIM("201 Created") USER("n"), .match = "POST /scim/Users"},
        {.bytes = NONE, .match = "GET /scim/"}};

    ck_assert_msg(export(lost, COUNT(lost), &new_user) == MA_OK, "%s", h.err.text);
    ck_heard(&h, "0 add-to-update cd-existing-object\n");
    ck_assert_str_eq(h.anchors.at, "n\n");
    ck_assert_uint_eq(asked_for("POST "), 1);

    ck_assert_msg(export(never, COUNT(never), &new_user) == MA_OK, "%s", h.err.text);
    ck_heard(&h, "0 exported\n");
    ck_assert_uint_eq(asked_for("POST "), 2);
    ck_assert_ptr_nonnull(strstr(server.requests[server.asked - 1], "\"active\":true"));
}
END_TEST

START_TEST(an_object_that_is_there_is_found_though_filters_lie)
{
    static const struct answer answers[] = {
        {.bytes = SCIM("409 Conflict") "{\"scimType\":\"uniqueness\"}",
         .match = "POST /scim/Users"},
        {.bytes = NONE, .match = "filter="},
        {.bytes = LIST(1, USER("n")), .match = "GET /scim/Users?attributes"},
        {.bytes = NONE, .match = "GET /scim/"}};

    ck_assert_msg(export(answers, COUNT(answers), &new_user) == MA_OK, "%s", h.err.text);
    ck_heard(&h, "0 add-to-update cd-existing-object\n");
    ck_assert_str_eq(h.anchors.at, "n\n");
}
END_TEST

/* As servers do that do not know filters: all are listed. */
START_TEST(of_what_a_filter_answers_the_one_that_was_asked_for_is_taken)
{
    static const struct answer answers[] = {
        {.bytes = SCIM("409 Conflict") "{\"scimType\":\"uniqueness\"}",
         .match = "POST /scim/Users"},
        {.bytes = LIST(2, USER("m") "," USER("n")), .match = "filter="},
        {.bytes = NONE, .match = "GET /scim/"}};

    ck_assert_msg(export(answers, COUNT(answers), &new_user) == MA_OK, "%s", h.err.text);
    ck_heard(&h, "0 add-to-update cd-existing-object\n");
    ck_assert_str_eq(h.anchors.at, "n\n");
}
END_TEST

static const struct {
    const char *answer;
    const char *heard;
} refusals[] = {
    {SCIM("204 No Content"), "0 exported\n"},
    {SCIM("404 Not Found") "{}", "0 update-to-add cd-missing-object\n"},
    {SCIM("400 Bad") "{\"scimType\":\"mutability\",\"detail\":\"x\"}",
     "0 failed readonly-attribute\n"},
    {SCIM("400 Bad") "{\"scimType\":\"invalidValue\"}",
     "0 failed invalid-attribute-value\n"},
    {SCIM("400 Bad") "{\"scimType\":\"uniqueness\"}",
     "0 failed cd-existing-attribute-or-value\n"},
    {SCIM("400 Bad") "{\"scimType\":\"invalidPath\"}", "0 failed schema-violation\n"},
    {SCIM("400 Bad") "{\"scimType\":\"invalidSyntax\"}", "0 failed syntax-violation\n"},
    {SCIM("400 Bad") "{\"scimType\":\"noTarget\"}", "0 failed constraint-violation\n"},
    {SCIM("413 Large") "{}", "0 failed constraint-violation\n"},
    {SCIM("422 Bad") "{}", "0 failed constraint-violation\n"},
    {SCIM("403 No") "{}", "0 failed permission-issue\n"},
    {SCIM("409 Conflict") "{}", "0 failed cd-existing-attribute-or-value\n"},
    {SCIM("418 Teapot") "<html>", "0 failed cd-error\n"},
};

START_TEST(what_a_service_refuses_has_a_name_of_the_product)
{
    for (size_t i = 0; i < COUNT(refusals); i++) {
        const struct answer answers[] = {
            {.bytes = refusals[i].answer, .match = "PATCH /scim/Users/n"},
            {.bytes = OK USER("n"), .match = "GET /scim/Users/n"}};

        ck_assert_msg(export(answers, COUNT(answers), &changed) == MA_OK, "%s",
                      h.err.text);
        ck_assert_msg(strcmp(h.heard.at, refusals[i].heard) == 0, "%s: %s",
                      refusals[i].answer, h.heard.at);
    }
}
END_TEST

START_TEST(one_changed_value_is_one_small_operation)
{
    static const struct answer answers[] = {
        {.bytes = SCIM("204 No Content"), .match = "PATCH /scim/Users/n"}};

    ck_assert_int_eq(export(answers, COUNT(answers), &changed), MA_OK);
    ck_assert_uint_eq(asked_for("/scim/Users/n"), 1);
    ck_assert_ptr_nonnull(strstr(
        server.requests[server.asked - 1],
        "\"Operations\":[{\"op\":\"replace\",\"path\":\"title\",\"value\":\"Boss\"}]"));
}
END_TEST

START_TEST(without_patch_the_rest_of_an_object_is_sent_back)
{
    static const struct answer answers[] = {
        {.bytes =
             OK "{\"id\":\"n\",\"userName\":\"n@x\",\"title\":\"Old\",\"nickName\":\"N\","
                "\"meta\":{\"version\":\"1\"}}",
         .match = "GET /scim/Users/n"},
        {.bytes = SCIM("200 OK") USER("n"), .match = "PUT /scim/Users/n"}};
    const char *put;

    hosted_param(&h, "write", "put");
    ck_assert_int_eq(export(answers, COUNT(answers), &changed), MA_OK);
    ck_heard(&h, "0 exported\n");
    put = server.requests[server.asked - 1];
    ck_assert_ptr_nonnull(strstr(put, "\"title\":\"Boss\""));
    ck_assert_ptr_nonnull(strstr(put, "\"nickName\":\"N\""));
    ck_assert_ptr_null(strstr(put, "meta"));
}
END_TEST

/* Whoever sends back a group whose members were not shown clears it. */
START_TEST(without_patch_members_that_are_not_shown_are_not_replaced)
{
    const struct answer answers[] = {
        group[0],
        group[1],
        {.bytes = OK "{\"id\":\"g\",\"displayName\":\"G\"}",
         .match = "GET /scim/Groups/g"},
        {.bytes = OK "{\"id\":\"g\"}", .match = "PUT /scim/Groups/g"}};
    struct ma_value values[MEMBERS], removed[MEMBERS];
    struct ma_attribute a;

    hosted_param(&h, "write", "put");
    for (size_t removes = 0; removes <= 1; removes++) {
        struct ma_entry entry = members(&a, values, removed, removes);

        ck_assert_int_eq(export(answers, COUNT(answers), &entry), MA_OK);
        ck_assert_msg(strstr(h.heard.at, "cd-error") != NULL, "%s", h.heard.at);
        ck_assert_uint_eq(asked_for("PUT /"), 0);
    }
}
END_TEST

/* An operation on what is not there: with a look at what is there it is another one. */
START_TEST(an_operation_that_is_refused_is_put_anew_with_a_look)
{
    static const struct answer answers[] = {
        {.bytes = SCIM("400 No") "{\"scimType\":\"noTarget\"}",
         .match = "PATCH /scim/Users/n",
         .times = 1},
        {.bytes = OK "{\"id\":\"n\",\"userName\":\"n@x\"}", .match = "GET /scim/Users/n"},
        {.bytes = SCIM("204 No Content"), .match = "PATCH /scim/Users/n"}};

    ck_assert_int_eq(export(answers, COUNT(answers), &changed), MA_OK);
    ck_heard(&h, "0 exported\n");
    ck_assert_uint_eq(asked_for("GET /scim/Users/n"), 1);
    ck_assert_uint_eq(asked_for("PATCH /scim/Users/n"), 2);
}
END_TEST

START_TEST(a_service_that_says_it_knows_no_patch_gets_whole_objects)
{
    static const struct answer answers[] = {
        {.bytes = OK "{\"patch\":{\"supported\":false}}",
         .match = "ServiceProviderConfig"},
        {.bytes = OK "{\"id\":\"n\",\"userName\":\"n@x\",\"nickName\":\"N\"}",
         .match = "GET /scim/Users/n"},
        {.bytes = SCIM("200 OK") USER("n"), .match = "PUT /scim/Users/n"}};

    ck_assert_int_eq(export(answers, COUNT(answers), &changed), MA_OK);
    ck_heard(&h, "0 exported\n");
    ck_assert_ptr_nonnull(
        strstr(server.requests[server.asked - 1], "\"nickName\":\"N\""));
}
END_TEST

START_TEST(a_version_that_changed_is_read_again)
{
    static const struct ma_value mail = {"n@y", 3};
    static const struct ma_attribute mails[] = {
        {.name = "mail", .type = MA_TEXT, .values = &mail, .count = 1}};
    static const struct answer answers[] = {
        {.bytes = OK "{\"etag\":{\"supported\":true}}", .match = "ServiceProviderConfig"},
        {.bytes = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nETag: W/\"1\"\r\n"
                  "Connection: close\r\n\r\n" USER("n"),
         .match = "GET /scim/Users/n",
         .times = 1},
        {.bytes = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nETag: W/\"2\"\r\n"
                  "Connection: "
                  "close\r\n\r\n{\"id\":\"n\",\"emails\":[{\"type\":\"home\",\"value\":"
                  "\"h\"}]}",
         .match = "GET /scim/Users/n"},
        {.bytes = SCIM("412 Changed") "{}",
         .match = "PATCH /scim/Users/n",
         .also = "W/\"1\""},
        {.bytes = SCIM("200 OK") USER("n"),
         .match = "PATCH /scim/Users/n",
         .also = "W/\"2\""}};
    struct ma_entry entry = changed;

    entry.attributes = mails;
    ck_assert_msg(export(answers, COUNT(answers), &entry) == MA_OK, "%s", h.err.text);
    ck_heard(&h, "0 exported\n");
    ck_assert_ptr_nonnull(strstr(server.requests[server.asked - 1], "\"home\""));
    ck_assert_ptr_nonnull(strstr(server.requests[server.asked - 1], "n@y"));
}
END_TEST

START_TEST(a_disabled_object_counts_as_gone_until_somebody_enables_it)
{
    static const struct answer disable[] = {{.bytes = SCIM("200 OK") USER("b"),
                                             .match = "PATCH /scim/Users/b",
                                             .also = "\"path\":\"active\""}};
    static const struct answer off[] = {
        {.bytes =
             LIST(2, USER("a") ",{\"id\":\"b\",\"userName\":\"b@x\",\"active\":false}"),
         .match = "GET /scim/Users?"},
        NO_GROUPS};
    static const struct answer on[] = {
        {.bytes =
             LIST(2, USER("a") ",{\"id\":\"b\",\"userName\":\"b@x\",\"active\":true}"),
         .match = "GET /scim/Users?"},
        NO_GROUPS};
    static const struct ma_entry gone = {.size = sizeof gone,
                                         .change = MA_DELETE,
                                         .anchor = {"b", 1},
                                         .dn = "b@x",
                                         .object_type = "user"};

    hosted_param(&h, "delete", "disable");
    ck_assert_msg(export(disable, COUNT(disable), &gone) == MA_OK, "%s", h.err.text);
    ck_heard(&h, "0 exported\n");
    ck_assert_uint_eq(asked_for("DELETE "), 0);
    ck_assert_int_eq(import(off, COUNT(off), true), MA_OK);
    ck_heard(&h, "present a [a@x] user userName=a@x\n");
    ck_assert_int_eq(import(on, COUNT(on), true), MA_OK);
    ck_heard(&h, "present a [a@x] user userName=a@x\n"
                 "present b [b@x] user active=true userName=b@x\n");
}
END_TEST

/* --- members ---------------------------------------------------------------------- */

START_TEST(of_members_only_the_one_that_is_refused_is_missing)
{
    struct ma_value values[MEMBERS], removed[MEMBERS];
    struct ma_attribute a;
    struct ma_entry entry = members(&a, values, removed, 0);
    bool added[MEMBERS] = {false};

    hosted_param(&h, "filters", "no");
    ck_assert_msg(export(group, COUNT(group), &entry) == MA_OK, "%s", h.err.text);
    ck_heard(&h, "0 failed dn-attributes-failure\n");
    for (size_t i = 0; i < server.asked && i < 64; i++)
        if (strstr(server.requests[i], "PATCH ") != NULL &&
            strstr(server.requests[i], "\"m5\"") == NULL)
            for (int m = 0; m < MEMBERS; m++) {
                char text[16];

                snprintf(text, sizeof text, "\"m%d\"", m);
                added[m] |= strstr(server.requests[i], text) != NULL;
            }
    for (int m = 0; m < MEMBERS; m++)
        ck_assert_msg(added[m] == (m != 5), "member %d", m);
}
END_TEST

START_TEST(members_go_by_value_in_chunks_and_never_all_at_once)
{
    struct ma_value values[MEMBERS], removed[MEMBERS];
    struct ma_attribute a;
    struct ma_entry entry = members(&a, values, removed, 5);

    hosted_param(&h, "members-removed", "2");
    ck_assert_msg(export(group, COUNT(group), &entry) == MA_OK, "%s", h.err.text);
    ck_heard(&h, "0 exported\n");
    ck_assert_uint_eq(asked_for("PATCH "), 3);
    ck_assert_uint_eq(asked_for("members[value eq \\\"m0\\\"]"), 1);
    ck_assert_uint_eq(asked_for("\"op\":\"replace\""), 0);
}
END_TEST

START_TEST(a_reference_to_nobody_waits)
{
    static const struct ma_value boss = {"nobody@x", 8};
    static const struct ma_attribute bosses[] = {
        {.name = "manager", .type = MA_REFERENCE, .values = &boss, .count = 1}};
    static const struct answer answers[] = {{.bytes = NONE, .match = "GET /scim/"}};
    struct ma_entry entry = changed;

    entry.attributes = bosses;
    ck_assert_msg(export(answers, COUNT(answers), &entry) == MA_OK, "%s", h.err.text);
    ck_heard(&h, "0 later dn-attributes-failure\n");
    ck_assert_uint_eq(asked_for("PATCH "), 0);
}
END_TEST

/* --- what is wrong before anything is asked --------------------------------------- */

static const struct {
    const char *param;
    const char *value;
    const char *word;
} wrong[] = {
    {"profile", "nobody", "the profile: "},
    {"operation-words", "loud", "none of: lower, capital"},
    {"operations", "0", "no number from 1 to 10000"},
    {"paging", "pages", "none of: auto, index, cursor, none"},
    {"page-size", "0", "no number from 1 to 10000"},
    {"call-timeout", "soon", "no number above 0"},
    {"mapping", "nowhere", "nowhere.json"},
    {"token-url", "http://idp.example/token", "https is needed"},
};

START_TEST(a_wrong_parameter_is_told_by_its_name)
{
    for (size_t i = 0; i < COUNT(wrong); i++) {
        end();
        begin();
        hosted_param(&h, wrong[i].param, wrong[i].value);
        ck_assert_int_eq(import(three, COUNT(three), true), MA_INVALID);
        ck_assert_msg(strstr(h.err.text, wrong[i].word) != NULL, "%s", h.err.text);
        ck_assert_uint_eq(server.asked, 0);
    }
}
END_TEST

static const struct {
    const char *text;
    const char *word;
} mappings[] = {
    {"{", "mapping.json:1:"},
    {"{\"mactl-mapping\":2,\"classes\":{\"user\":{}}}", "\"mactl-mapping\": 1"},
    {"{\"mactl-mapping\":1,\"classes\":{\"user\":{}}}", "class 'user' needs an endpoint"},
    {"{\"mactl-mapping\":1,\"classes\":{\"user\":{\"endpoint\":\"/"
     "U\",\"schemas\":[\"s\"],"
     "\"attributes\":{\"a\":\"b[c\"}}}}",
     "attribute 'a': 'b[c' is no path"},
    {"{\"mactl-mapping\":1,\"classes\":{\"user\":{\"endpoint\":\"/"
     "U\",\"schemas\":[\"s\"],"
     "\"attributes\":{\"a\":{\"path\":\"b\",\"type\":\"date\"}}}}}",
     "no type 'date'"},
    {"{\"mactl-mapping\":1,\"classes\":{\"user\":{\"endpoint\":\"/"
     "U\",\"schemas\":[\"s\"],"
     "\"dn\":{\"from\":\"x\",\"form\":\"CN=\"}}}}",
     "has {hex} in it"},
};

START_TEST(a_wrong_mapping_is_told_with_its_place)
{
    hosted_param(&h, "mapping", "mapping.json");
    for (size_t i = 0; i < COUNT(mappings); i++) {
        hosted_text(&h, "mapping.json", mappings[i].text);
        ck_assert_int_eq(import(three, COUNT(three), true), MA_INVALID);
        ck_assert_msg(strstr(h.err.text, mappings[i].word) != NULL, "%s", h.err.text);
    }
}
END_TEST

SUITE_WITH("plugin/cloud_scim", begin, end, a_count_of_the_page_ends_nothing,
           a_listing_shorter_than_the_count_is_not_believed,
           a_server_that_does_not_know_pages_is_read_once,
           an_object_that_a_listing_lost_is_asked_for,
           a_listing_that_breaks_off_is_no_end,
           a_cursor_is_followed_and_one_that_comes_again_is_an_error,
           a_page_that_was_asked_for_at_a_wrong_place_is_forgotten,
           a_value_that_does_not_fit_is_one_objects_trouble,
           a_delta_without_a_filter_is_right_all_the_same,
           a_delta_with_a_filter_reads_what_was_modified,
           a_delta_begins_before_the_last_import_did,
           a_delta_needs_the_ids_of_the_import_before,
           a_new_object_whose_answer_did_not_come_is_looked_up,
           an_object_that_is_there_is_found_though_filters_lie,
           of_what_a_filter_answers_the_one_that_was_asked_for_is_taken,
           what_a_service_refuses_has_a_name_of_the_product,
           one_changed_value_is_one_small_operation,
           without_patch_the_rest_of_an_object_is_sent_back,
           without_patch_members_that_are_not_shown_are_not_replaced,
           an_operation_that_is_refused_is_put_anew_with_a_look,
           a_service_that_says_it_knows_no_patch_gets_whole_objects,
           a_version_that_changed_is_read_again,
           a_disabled_object_counts_as_gone_until_somebody_enables_it,
           of_members_only_the_one_that_is_refused_is_missing,
           members_go_by_value_in_chunks_and_never_all_at_once,
           a_reference_to_nobody_waits, a_wrong_parameter_is_told_by_its_name,
           a_wrong_mapping_is_told_with_its_place)
