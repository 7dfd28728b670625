/* SPDX-License-Identifier: Apache-2.0 */

/* What cloud_ma does when a change was sent and no answer came: what would do harm a
 * second time is looked up before, all else is sent again. */

#include "scim_world.h"

#define ALL_USERS                                                                        \
    LIST(8, USER("m0") "," USER("m1") "," USER("m2") "," USER("m3") "," USER(            \
                "m4") "," USER("m5") "," USER("m6") "," USER("m7"))
#define LISTS                                                                            \
    {.bytes = ALL_USERS, .match = "GET /scim/Users?"},                                   \
    {                                                                                    \
        .bytes = NONE, .match = "GET /scim/Groups?"                                      \
    }
#define GROUP(shown)                                                                     \
    {                                                                                    \
        .bytes = OK "{\"id\":\"g\",\"displayName\":\"G\"" shown "}",                     \
        .match = "GET /scim/Groups/g "                                                   \
    }
#define SHOWN(list) ",\"members\":[" list "]"
#define M(id) "{\"value\":\"" id "\"}"
#define PATCHED                                                                          \
    {                                                                                    \
        .bytes = SCIM("204 No Content"), .match = "PATCH /scim/Groups/g"                 \
    }
#define LOST(request, count)                                                             \
    {                                                                                    \
        .bytes = "", .end = END_RESET, .match = (request), .times = (count)              \
    }

static enum ma_status add_members(const struct answer *answers, size_t count)
{
    struct ma_value values[MEMBERS], removed[MEMBERS];
    struct ma_attribute a;
    struct ma_entry entry = members(&a, values, removed, 0);

    return export(answers, count, &entry);
}

static const char *last_with(const char *text)
{
    for (size_t i = server.asked; i-- > 0;)
        if (strstr(server.requests[i], text) != NULL)
            return server.requests[i];
    ck_abort_msg("nobody was asked: %s", text);
    return NULL;
}

static void attempts(const char *most)
{
    for (size_t i = 0; i < h.binding.parameter_count; i++)
        if (strcmp(h.parameters[i].name, "attempts") == 0)
            h.parameters[i].value = most;
}

/* --- members ---------------------------------------------------------------------- */

START_TEST(members_whose_answer_did_not_come_are_looked_up)
{
    static const struct answer some[] = {
        LISTS, LOST("PATCH /scim/Groups/g", 1),
        GROUP(SHOWN(M("m6") "," M("m1") "," M("x") "," M("m2"))), PATCHED};
    const char *again;

    ck_assert_msg(add_members(some, COUNT(some)) == MA_OK, "%s", h.err.text);
    ck_heard(&h, "0 exported\n");
    ck_assert_uint_eq(asked_for("PATCH "), 2);
    again = last_with("PATCH ");
    for (int m = 0; m < MEMBERS; m++) {
        char text[16];

        snprintf(text, sizeof text, "\"m%d\"", m);
        ck_assert_msg((strstr(again, text) == NULL) == (m == 1 || m == 2 || m == 6),
                      "member %d: %s", m, again);
    }
}
END_TEST

START_TEST(members_that_all_came_are_not_sent_again)
{
    static const struct answer all[] = {
        LISTS, LOST("PATCH /scim/Groups/g", 0),
        GROUP(SHOWN(M("m0") "," M("m1") "," M("m2") "," M("m3") "," M("m4") "," M(
            "m5") "," M("m6") "," M("m7")))};

    attempts("3"); /* of what may be sent again */
    ck_assert_msg(add_members(all, COUNT(all)) == MA_OK, "%s", h.err.text);
    ck_heard(&h, "0 exported\n");
    ck_assert_uint_eq(asked_for("PATCH "), 1);
}
END_TEST

START_TEST(members_that_a_service_never_shows_are_sent_again)
{
    static const struct answer none[] = {LISTS, LOST("PATCH /scim/Groups/g", 1),
                                         GROUP(""), PATCHED};

    ck_assert_msg(add_members(none, COUNT(none)) == MA_OK, "%s", h.err.text);
    ck_heard(&h, "0 exported\n");
    ck_assert_uint_eq(asked_for("PATCH "), 2);
    ck_assert_ptr_nonnull(strstr(last_with("PATCH "), "\"m0\""));
}
END_TEST

START_TEST(members_that_never_get_an_answer_are_the_groups_trouble)
{
    static const struct answer lost[] = {LISTS, LOST("PATCH /scim/Groups/g", 0),
                                         GROUP("")};
    static const struct answer broken[] = {
        LISTS,
        {.bytes = SCIM("500 Oops") "{}", .match = "PATCH /scim/Groups/g"},
        GROUP("")};

    ck_assert_msg(add_members(lost, COUNT(lost)) == MA_OK, "%s", h.err.text);
    ck_heard(&h, "0 failed cd-connectivity-error\n");
    ck_assert_uint_eq(asked_for("PATCH "), 3);
    ck_assert_msg(add_members(broken, COUNT(broken)) == MA_OK, "%s", h.err.text);
    ck_heard(&h, "0 failed cd-connectivity-error\n");
    ck_assert_uint_eq(asked_for("PATCH "), 3);
}
END_TEST

START_TEST(a_group_that_went_meanwhile_is_missing)
{
    static const struct answer gone[] = {LISTS, LOST("PATCH /scim/Groups/g", 0)};

    ck_assert_msg(add_members(gone, COUNT(gone)) == MA_OK, "%s", h.err.text);
    ck_heard(&h, "0 failed cd-missing-object\n");
}
END_TEST

START_TEST(members_that_are_removed_twice_are_gone_once)
{
    static const struct answer answers[] = {
        LISTS,
        LOST("PATCH /scim/Groups/g", 1),
        {.bytes = SCIM("400 Bad") "{\"scimType\":\"noTarget\"}",
         .match = "PATCH /scim/Groups/g"}};
    struct ma_value values[MEMBERS], removed[MEMBERS];
    struct ma_attribute a;
    struct ma_entry entry = members(&a, values, removed, 2);

    attempts("2");
    ck_assert_msg(export(answers, COUNT(answers), &entry) == MA_OK, "%s", h.err.text);
    ck_heard(&h, "0 exported\n");
    ck_assert_uint_eq(asked_for("GET /scim/Groups/g "), 0);
}
END_TEST

/* --- what ends the same when it is done twice ------------------------------------- */

START_TEST(a_changed_value_is_sent_again)
{
    static const struct answer answers[] = {
        LOST("PATCH /scim/Users/n", 1),
        {.bytes = SCIM("204 No Content"), .match = "PATCH /scim/Users/n"}};

    attempts("2");
    ck_assert_msg(export(answers, COUNT(answers), &changed) == MA_OK, "%s", h.err.text);
    ck_heard(&h, "0 exported\n");
    ck_assert_uint_eq(asked_for("PATCH "), 2);
    ck_assert_uint_eq(asked_for("GET /scim/Users"), 0);
}
END_TEST

START_TEST(a_change_of_a_version_that_was_made_is_seen_to_be_made)
{
    static const struct ma_value mail = {"n@y", 3};
    static const struct ma_attribute mails[] = {
        {.name = "mail", .type = MA_TEXT, .values = &mail, .count = 1}};
#define VERSION(tag, body)                                                               \
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nETag: W/\"" tag "\"\r\n"       \
    "Connection: close\r\n\r\n" body
    static const struct answer answers[] = {
        {.bytes = OK "{\"etag\":{\"supported\":true}}", .match = "ServiceProviderConfig"},
        {.bytes = VERSION("1", USER("n")), .match = "GET /scim/Users/n", .times = 1},
        LOST("PATCH /scim/Users/n", 1),
        {.bytes = SCIM("412 Changed") "{}", .match = "PATCH /scim/Users/n"},
        {.bytes = VERSION("2", "{\"id\":\"n\",\"userName\":\"n@x\",\"emails\":[{\"type\":"
                               "\"work\",\"value\":\"n@y\",\"primary\":true}]}"),
         .match = "GET /scim/Users/n"}};
    struct ma_entry entry = changed;

    attempts("2");
    entry.attributes = mails;
    ck_assert_msg(export(answers, COUNT(answers), &entry) == MA_OK, "%s", h.err.text);
    ck_heard(&h, "0 exported\n");
    ck_assert_uint_eq(asked_for("PATCH "), 2);
}
END_TEST

START_TEST(what_was_deleted_twice_is_gone)
{
    static const struct answer answers[] = {
        LOST("DELETE /scim/Users/n", 1),
        {.bytes = SCIM("404 Not Found") "{}", .match = "DELETE /scim/Users/n"}};
    struct ma_entry gone = changed;

    attempts("2");
    gone.change = MA_DELETE;
    gone.count = 0;
    ck_assert_msg(export(answers, COUNT(answers), &gone) == MA_OK, "%s", h.err.text);
    ck_heard(&h, "0 exported\n");
    ck_assert_uint_eq(asked_for("DELETE "), 2);
}
END_TEST

SUITE_WITH("plugin/cloud_repeated", begin, end,
           members_whose_answer_did_not_come_are_looked_up,
           members_that_all_came_are_not_sent_again,
           members_that_a_service_never_shows_are_sent_again,
           members_that_never_get_an_answer_are_the_groups_trouble,
           a_group_that_went_meanwhile_is_missing,
           members_that_are_removed_twice_are_gone_once, a_changed_value_is_sent_again,
           a_change_of_a_version_that_was_made_is_seen_to_be_made,
           what_was_deleted_twice_is_gone)
