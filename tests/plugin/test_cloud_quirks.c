/* SPDX-License-Identifier: Apache-2.0 */

/* Each setting of cloud_ma that describes a server, and the files that gather them. */

#include "scim_world.h"

static const struct answer patched[] = {
    {.bytes = LIST(2, USER("m0") "," USER("m1")), .match = "GET /scim/Users?"},
    {.bytes = NONE, .match = "GET /scim/Groups?"},
    {.bytes = SCIM("204 No Content"), .match = "PATCH /scim/Users/g"}};

static const struct ma_value no_value = {"false", 5}, boss = {"m1@x", 4};
static const struct ma_attribute inactive = {
    .name = "active", .type = MA_FLAG, .values = &no_value, .count = 1};
static const struct ma_attribute led = {
    .name = "manager", .type = MA_REFERENCE, .values = &boss, .count = 1};
static const struct ma_attribute both[] = {
    {.name = "title", .type = MA_TEXT, .values = &title, .count = 1},
    {.name = "active", .type = MA_FLAG, .values = &no_value, .count = 1}};

/* A setting, what is changed, and what the service is then sent: so often, with this. */
static const struct {
    const char *param;
    const char *value;
    const struct ma_attribute *change;
    size_t count;
    size_t patches;
    const char *sent;
} wants[] = {
    {"booleans", "json", &inactive, 1, 1, "\"path\":\"active\",\"value\":false"},
    {"booleans", "text", &inactive, 1, 1, "\"path\":\"active\",\"value\":\"False\""},
    {"references", "object", &led, 1, 1, "\"value\":{\"value\":\"m1\"}"},
    {"references", "text", &led, 1, 1, "\"value\":\"m1\""},
    {"operation-words", "lower", titles, 1, 1, "\"op\":\"replace\""},
    {"operation-words", "capital", titles, 1, 1, "\"op\":\"Replace\""},
    {"operation-paths", "given", titles, 1, 1, "\"path\":\"title\",\"value\":\"Boss\""},
    {"operation-paths", "none", titles, 1, 1,
     "\"Operations\":[{\"op\":\"replace\",\"value\":{\"title\":\"Boss\"}}]"},
    {"operation-paths", "none", &led, 1, 1,
     "\"value\":{\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\":{"
     "\"manager\":"},
    {"operations", "2", both, 2, 1, "\"path\":\"active\""},
    {"operations", "1", both, 2, 2, "\"path\":\"active\""},
};

START_TEST(a_change_is_put_as_the_service_wants_it)
{
    for (size_t i = 0; i < COUNT(wants); i++) {
        struct ma_entry entry = changed;

        end();
        begin();
        hosted_param(&h, "filters", "no");
        hosted_param(&h, wants[i].param, wants[i].value);
        entry.attributes = wants[i].change;
        entry.count = wants[i].count;
        entry.anchor = ma_value_of("g");
        ck_assert_msg(export(patched, COUNT(patched), &entry) == MA_OK, "%s", h.err.text);
        ck_heard(&h, "0 exported\n");
        ck_assert_uint_eq(asked_for("PATCH "), wants[i].patches);
        ck_assert_msg(strstr(server.requests[server.asked - 1], wants[i].sent) != NULL,
                      "%s %s: %s", wants[i].param, wants[i].value,
                      server.requests[server.asked - 1]);
    }
}
END_TEST

START_TEST(what_goes_is_named_where_all_is_put)
{
    static const struct answer answers[] = {
        {.bytes = OK "{\"id\":\"n\",\"userName\":\"n@x\",\"nickName\":\"N\","
                     "\"title\":\"T\",\"meta\":{\"version\":\"1\"}}",
         .match = "GET /scim/Users/n"},
        {.bytes = OK USER("n"), .match = "PUT /scim/Users/n"}};
    static const struct ma_attribute no_title = {.name = "title", .type = MA_TEXT};
    struct ma_entry entry = changed;

    entry.attributes = &no_title;
    hosted_param(&h, "write", "put");
    ck_assert_int_eq(export(answers, COUNT(answers), &entry), MA_OK);
    ck_heard(&h, "0 exported\n");
    ck_assert_ptr_null(strstr(server.requests[server.asked - 1], "title"));

    hosted_param(&h, "cleared", "null");
    ck_assert_int_eq(export(answers, COUNT(answers), &entry), MA_OK);
    ck_heard(&h, "0 exported\n");
    ck_assert_ptr_nonnull(strstr(server.requests[server.asked - 1], "\"title\":null"));
    ck_assert_ptr_nonnull(
        strstr(server.requests[server.asked - 1], "\"nickName\":\"N\""));
    ck_assert_ptr_null(strstr(server.requests[server.asked - 1], "meta"));
}
END_TEST

START_TEST(members_are_removed_by_values_where_a_filter_is_not_understood)
{
    struct ma_value values[MEMBERS], removed[MEMBERS];
    struct ma_attribute a;
    struct ma_entry entry = members(&a, values, removed, 3);

    hosted_param(&h, "member-removal", "values");
    ck_assert_msg(export(group, COUNT(group), &entry) == MA_OK, "%s", h.err.text);
    ck_assert_uint_eq(asked_for("PATCH "), 1);
    ck_assert_uint_eq(asked_for("{\"op\":\"remove\",\"path\":\"members\",\"value\":[{"
                                "\"value\":\"m0\"},{\"value\":\"m1\"}"),
                      1);
}
END_TEST

START_TEST(so_many_members_are_added_as_the_service_takes)
{
    struct ma_value values[MEMBERS], removed[MEMBERS];
    struct ma_attribute a;
    struct ma_entry entry = members(&a, values, removed, 0);

    hosted_param(&h, "members-added", "3");
    a.count = 5;
    ck_assert_msg(export(group, COUNT(group), &entry) == MA_OK, "%s", h.err.text);
    ck_assert_uint_eq(asked_for("PATCH "), 2);
}
END_TEST

/* What a listing asks for. */
static const struct {
    const char *param;
    const char *value;
    const char *asked;
    bool there;
} listed[] = {
    {"page-size", "7", "count=7", true},
    {"paging", "index", "startIndex=1", true},
    {"paging", "cursor", "cursor=", true},
    {"paging", "none", "startIndex", false},
    {"profile", "generic", "count=500", true},
    {"profile", "entra", "cursor=&count=100", true},
    {"profile", "okta", "startIndex=1&count=100", true},
    {"profile", "aws", "startIndex=1&count=100", true},
};

START_TEST(a_listing_is_asked_for_as_the_service_knows_it)
{
    static const struct answer answers[] = {{.bytes = NONE, .match = "GET /scim/"}};

    for (size_t i = 0; i < COUNT(listed); i++) {
        end();
        begin();
        hosted_param(&h, listed[i].param, listed[i].value);
        ck_assert_msg(import(answers, COUNT(answers), true) == MA_OK, "%s", h.err.text);
        ck_assert_msg((asked_for(listed[i].asked) > 0) == listed[i].there, "%s %s",
                      listed[i].param, listed[i].value);
    }
}
END_TEST

START_TEST(a_profile_is_a_file_and_a_parameter_has_the_last_word)
{
    struct ma_entry gone = changed;

    gone.change = MA_DELETE;
    gone.attributes = NULL;
    gone.count = 0;
    gone.anchor = ma_value_of("g");
    hosted_param(&h, "profile", "okta");
    ck_assert_int_eq(export(patched, COUNT(patched), &gone), MA_OK);
    ck_assert_uint_eq(asked_for("\"path\":\"active\",\"value\":false"), 1);
    end();
    begin();
    hosted_text(&h, "mine.json",
                "{\"mactl-profile\":1,\"settings\":{\"delete\":\"disable\",\"booleans\":"
                "\"text\",\"operation-words\":\"capital\"}}");
    hosted_param(&h, "profile", "mine.json");
    hosted_param(&h, "operation-words", "lower");
    ck_assert_msg(export(patched, COUNT(patched), &gone) == MA_OK, "%s", h.err.text);
    ck_assert_uint_eq(
        asked_for("\"op\":\"replace\",\"path\":\"active\",\"value\":\"False\""), 1);
}
END_TEST

static const struct {
    const char *text;
    const char *word;
} bad_profiles[] = {
    {"{\n  \"mactl-profile\": 1,\n", "mine.json:3:"},
    {"{}", "mine.json: it is no profile"},
    {"{\"mactl-profile\":2}", "it is no profile: \"mactl-profile\": 1"},
    {"{\"mactl-profile\":1}", "a profile has \"settings\""},
    {"{\"mactl-profile\":1,\n \"paging\":\"index\", \"settings\":{}}",
     "mine.json:2:2: a profile has mactl-profile, description and settings, no 'paging'"},
    {"{\"mactl-profile\":1,\"settings\":{\n\t\"paging\":\"index\",\n  "
     "\"pagesize\":7}}",
     "mine.json:3:3: there is no setting 'pagesize'; there are: paging, write"},
    {"{\"mactl-profile\":1,\"settings\":{\"paging\":\"pages\"}}",
     "mine.json:1:32: 'pages' is none of: auto, index, cursor, none"},
    {"{\"mactl-profile\":1,\"settings\":{\"paging\":7}}", "\"paging\" is to be a text"},
    {"{\"mactl-profile\":1,\"settings\":{\"page-size\":70000}}",
     "mine.json:1:32: '70000' is no number from 1 to 10000"},
    {"{\"mactl-profile\":1,\"settings\":{\"page-size\":true}}",
     "\"page-size\" is to be a number"},
};

START_TEST(a_wrong_profile_is_told_with_its_place)
{
    hosted_param(&h, "profile", "mine.json");
    for (size_t i = 0; i < COUNT(bad_profiles); i++) {
        hosted_text(&h, "mine.json", bad_profiles[i].text);
        ck_assert_int_eq(import(three, COUNT(three), true), MA_INVALID);
        ck_assert_msg(strstr(h.err.text, bad_profiles[i].word) != NULL, "%s", h.err.text);
        ck_assert_uint_eq(server.asked, 0);
    }
}
END_TEST

SUITE_WITH("plugin/cloud_quirks", begin, end, a_change_is_put_as_the_service_wants_it,
           what_goes_is_named_where_all_is_put,
           members_are_removed_by_values_where_a_filter_is_not_understood,
           so_many_members_are_added_as_the_service_takes,
           a_listing_is_asked_for_as_the_service_knows_it,
           a_profile_is_a_file_and_a_parameter_has_the_last_word,
           a_wrong_profile_is_told_with_its_place)
