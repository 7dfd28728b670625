/* SPDX-License-Identifier: Apache-2.0 */

/* Several changes in one request of SCIM: what each is told, when it is done so, and what
 * becomes of those whose answer is missing. */

#include "scim_world.h"

#define CONFIG(bulk)                                                                     \
    {                                                                                    \
        .bytes = OK "{\"bulk\":" bulk "}", .match = "GET /scim/ServiceProviderConfig"    \
    }
#define BULK(operations)                                                                 \
    {                                                                                    \
        .bytes = OK "{\"Operations\":[" operations "]}", .match = "POST /scim/Bulk"      \
    }
#define SUPPORTED "{\"supported\":true,\"maxOperations\":100,\"maxPayloadSize\":100000}"
#define PATCHED(id)                                                                      \
    "{\"method\":\"PATCH\",\"location\":\"https://h/scim/Users/" id                      \
    "\",\"status\":\"200\"}"
#define ALONE                                                                            \
    {.bytes = SCIM("204 No Content"), .match = "PATCH /scim/Users/"},                    \
    {                                                                                    \
        .bytes = NONE, .match = "GET /scim/"                                             \
    }

enum { PEOPLE = 4 };

static char anchors[PEOPLE][4] = {"a", "b", "c", "d"};
static struct ma_entry people[PEOPLE];

/* The first is new, all others get a title. */
static enum ma_status change_people(const struct answer *answers, size_t count,
                                    size_t people_count, bool new)
{
    static const struct ma_value name = {"n@x", 3};
    static const struct ma_attribute names[] = {
        {.name = "userName", .type = MA_TEXT, .values = &name, .count = 1}};
    const struct ma_entry *entries[PEOPLE];
    enum ma_status status;

    for (size_t i = 0; i < people_count; i++) {
        people[i] = changed;
        people[i].anchor = ma_value_of(anchors[i]);
        entries[i] = &people[i];
    }
    if (new) {
        people[0].change = MA_ADD;
        people[0].anchor = (struct ma_value){0};
        people[0].attributes = names;
    }
    serve(answers, count);
    status = hosted_export(&h, CLOUD_MA, entries, people_count);
    scripted_stop(&server);
    return status;
}

static const char *bulk_number(size_t number)
{
    for (size_t i = 0; i < server.asked; i++)
        if (strstr(server.requests[i], "POST /scim/Bulk") != NULL && number-- == 0)
            return server.requests[i];
    ck_abort_msg("there was no such bulk");
    return NULL;
}

static void param(const char *name, const char *value)
{
    for (size_t i = 0; i < h.binding.parameter_count; i++)
        if (strcmp(h.parameters[i].name, name) == 0)
            h.parameters[i].value = value;
}

START_TEST(each_change_of_a_bulk_has_its_own_answer)
{
    static const struct answer answers[] = {
        CONFIG(SUPPORTED),
        BULK(
            PATCHED("d") ",{\"method\":\"PATCH\",\"location\":\"/Users/b\",\"status\":"
                         "{\"code\":\"403\"},\"response\":{\"detail\":\"never\"}},"
                         "{\"method\":\"POST\",\"bulkId\":\"1\",\"status\":\"201\","
                         "\"location\":\"https://h/scim/Users/new%2B1\"}," PATCHED("c"))};
    const char *bulk;

    ck_assert_msg(change_people(answers, COUNT(answers), 4, true) == MA_OK, "%s",
                  h.err.text);
    ck_heard(&h, "0 exported\n1 failed permission-issue\n2 exported\n3 exported\n");
    ck_assert_str_eq(h.anchors.at, "new+1\n\n\n\n"); /* of each */
    bulk = bulk_number(0);
    ck_assert_ptr_nonnull(strstr(bulk, "urn:ietf:params:scim:api:messages:2.0:BulkReq"));
    ck_assert_ptr_nonnull(strstr(bulk, "\"method\":\"POST\",\"path\":\"/Users\","
                                       "\"bulkId\":\"1\",\"data\":{"));
    ck_assert_ptr_nonnull(strstr(bulk, "\"method\":\"PATCH\",\"path\":\"/Users/b\","
                                       "\"data\":{"));
    ck_assert_ptr_null(strstr(bulk, "failOnErrors"));
    ck_assert_uint_eq(asked_for("PATCH /"), 0);
}
END_TEST

static const struct {
    const char *config;
    const char *setting;
    bool used;
} uses[] = {
    {OK "{\"bulk\":" SUPPORTED "}", "auto", true},
    {OK "{\"bulk\":" SUPPORTED "}", "no", false},
    {OK "{\"bulk\":{\"supported\":false}}", "auto", false},
    {OK "{\"bulk\":{\"supported\":false}}", "yes", true},
    {OK "{}", "auto", false},
    {SCIM("404 Not Found") "{}", "auto", false},
    {SCIM("404 Not Found") "{}", "yes", true},
};

START_TEST(a_bulk_is_sent_where_the_service_or_a_setting_says_so)
{
    hosted_param(&h, "bulk", "auto");
    for (size_t i = 0; i < COUNT(uses); i++) {
        const struct answer answers[] = {
            {.bytes = uses[i].config, .match = "GET /scim/ServiceProviderConfig"},
            BULK(PATCHED("a") "," PATCHED("b")),
            ALONE};

        param("bulk", uses[i].setting);
        ck_assert_msg(change_people(answers, COUNT(answers), 2, false) == MA_OK,
                      "%zu: %s", i, h.err.text);
        ck_heard(&h, "0 exported\n1 exported\n");
        ck_assert_msg((asked_for("POST /scim/Bulk") == 1) == uses[i].used, "%zu", i);
        ck_assert_msg((asked_for("PATCH /") == 0) == uses[i].used, "%zu", i);
    }
}
END_TEST

static const struct {
    const char *config;
    size_t bulks;
    size_t alone;
} sizes[] = {
    {OK "{\"bulk\":{\"supported\":true}}", 1, 0},
    {OK "{\"bulk\":{\"supported\":true,\"maxOperations\":2}}", 2, 0},
    {OK "{\"bulk\":{\"supported\":true,\"maxOperations\":3}}", 1, 1},
    {OK "{\"bulk\":{\"supported\":true,\"maxOperations\":1}}", 0, 4},
    {OK "{\"bulk\":{\"supported\":true,\"maxPayloadSize\":1100}}", 2, 0},
    {OK "{\"bulk\":{\"supported\":true,\"maxPayloadSize\":300}}", 0, 4},
};

START_TEST(a_bulk_is_no_larger_than_the_service_takes)
{
    for (size_t i = 0; i < COUNT(sizes); i++) {
        const struct answer answers[] = {
            {.bytes = sizes[i].config, .match = "GET /scim/ServiceProviderConfig"},
            BULK(PATCHED("a") "," PATCHED("b") "," PATCHED("c") "," PATCHED("d")),
            ALONE};

        ck_assert_msg(change_people(answers, COUNT(answers), 4, false) == MA_OK,
                      "%zu: %s", i, h.err.text);
        ck_assert_msg(asked_for("POST /scim/Bulk") == sizes[i].bulks, "%zu: %zu", i,
                      asked_for("POST /scim/Bulk"));
        ck_assert_msg(asked_for("PATCH /") == sizes[i].alone, "%zu: %zu", i,
                      asked_for("PATCH /"));
        ck_heard(&h, "0 exported\n1 exported\n2 exported\n3 exported\n");
    }
}
END_TEST

START_TEST(what_a_bulk_says_nothing_of_is_sent_alone)
{
    static const struct answer answers[] = {CONFIG(SUPPORTED), BULK(PATCHED("a")), ALONE};

    param("attempts", "2");
    ck_assert_msg(change_people(answers, COUNT(answers), 2, false) == MA_OK, "%s",
                  h.err.text);
    ck_heard(&h, "0 exported\n1 exported\n");
    ck_assert_uint_eq(asked_for("POST /scim/Bulk"), 1);
    ck_assert_uint_eq(asked_for("PATCH /scim/Users/b"), 1);
    ck_assert_uint_eq(asked_for("PATCH /scim/Users/a"), 0);
}
END_TEST

START_TEST(a_new_object_whose_bulk_was_lost_is_looked_up)
{
    static const struct answer answers[] = {
        CONFIG(SUPPORTED),
        {.bytes = "", .end = END_RESET, .match = "POST /scim/Bulk", .times = 1},
        {.bytes = LIST(1, "{\"id\":\"n\",\"userName\":\"n@x\"}"), .match = "filter="},
        BULK(PATCHED("b") "," PATCHED("c")),
        {.bytes = SCIM("204 No Content"), .match = "PATCH /scim/Users/"}};

    param("attempts", "2");
    ck_assert_msg(change_people(answers, COUNT(answers), 3, true) == MA_OK, "%s",
                  h.err.text);
    ck_heard(&h, "0 add-to-update cd-existing-object\n1 exported\n2 exported\n");
    ck_assert_uint_eq(asked_for("\"method\":\"POST\""), 1);
    ck_assert_uint_eq(asked_for("POST /scim/Users"), 0);
}
END_TEST

static const char *const unknown[] = {SCIM("404 Not Found") "{}", SCIM("405 No") "{}",
                                      SCIM("501 Not Implemented") "{}"};

START_TEST(a_service_without_bulk_is_asked_for_it_once)
{
    hosted_param(&h, "bulk", "yes");
    hosted_param(&h, "bulk-operations", "2");
    for (size_t i = 0; i < COUNT(unknown); i++) {
        const struct answer answers[] = {
            CONFIG("{\"supported\":false}"),
            {.bytes = unknown[i], .match = "POST /scim/Bulk"},
            {.bytes = OK USER("b"), .match = "GET /scim/Users/b"},
            ALONE};

        hosted_param(&h, "requests-at-once", "1");
        ck_assert_msg(change_people(answers, COUNT(answers), 4, false) == MA_OK,
                      "%zu: %s", i, h.err.text);
        ck_heard(&h, "0 exported\n1 exported\n2 exported\n3 exported\n");
        ck_assert_uint_eq(asked_for("POST /scim/Bulk"), 1);
        ck_assert_uint_eq(asked_for("PATCH /"), 4);
    }
}
END_TEST

START_TEST(a_bulk_that_is_too_large_is_sent_one_by_one)
{
    static const struct answer answers[] = {
        CONFIG(SUPPORTED),
        {.bytes = SCIM("413 Too Large") "{}", .match = "POST /scim/Bulk"},
        ALONE};

    ck_assert_msg(change_people(answers, COUNT(answers), 3, false) == MA_OK, "%s",
                  h.err.text);
    ck_heard(&h, "0 exported\n1 exported\n2 exported\n");
    ck_assert_uint_eq(asked_for("PATCH /"), 3);
}
END_TEST

SUITE_WITH("plugin/cloud_bulk", begin, end, each_change_of_a_bulk_has_its_own_answer,
           a_bulk_is_sent_where_the_service_or_a_setting_says_so,
           a_bulk_is_no_larger_than_the_service_takes,
           what_a_bulk_says_nothing_of_is_sent_alone,
           a_new_object_whose_bulk_was_lost_is_looked_up,
           a_service_without_bulk_is_asked_for_it_once,
           a_bulk_that_is_too_large_is_sent_one_by_one)
