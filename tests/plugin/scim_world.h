/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIM_WORLD_H
#define SCIM_WORLD_H

/*
 * cloud_ma and a server of SCIM that says what a test wants: its answers are bytes, each
 * for a request that it matches. What the tests of SCIM have in common: an agent with
 * users and groups, what it is told to import and to export, a group of eight.
 */

#include "hosted.h"
#include "scripted.h"

#define COUNT(list) (sizeof(list) / sizeof(list)[0])
#define SCIM(status)                                                                     \
    "HTTP/1.1 " status                                                                   \
    "\r\nContent-Type: application/scim+json\r\nConnection: close\r\n\r\n"
#define OK SCIM("200 OK")
#define LIST(total, resources)                                                           \
    OK "{\"totalResults\":" #total ",\"Resources\":[" resources "]}"
#define USER(id) "{\"id\":\"" id "\",\"userName\":\"" id "@x\"}"
#define NONE LIST(0, "")
/* A page of users, by what of the query asks for it; all other questions find nothing. */
#define GET_USERS(query, answer)                                                         \
    {                                                                                    \
        .bytes = answer, .match = "GET /scim/Users?" query                               \
    }
#define NO_GROUPS                                                                        \
    {                                                                                    \
        .bytes = NONE, .match = "GET /scim/Groups?"                                      \
    }

static struct hosted h;
static struct scripted server;

static void begin(void)
{
    setenv("MACTL_SCHEMAS", SOURCE_DIR "/schemas", 1);
    scripted_port = 0;
    hosted_begin(&h);
    hosted_attribute(&h, "userName", VALUE_STRING, true);
    hosted_attribute(&h, "title", VALUE_STRING, true);
    hosted_attribute(&h, "active", VALUE_BOOLEAN, true);
    hosted_attribute(&h, "mail", VALUE_STRING, true);
    hosted_attribute(&h, "manager", VALUE_REFERENCE, true);
    hosted_attribute(&h, "members", VALUE_REFERENCE, false);
    hosted_class(&h, "user", -1);
    hosted_class(&h, "group", -1);
    hosted_param(&h, "attempts", "1");
}

static void end(void)
{
    hosted_end(&h);
}

static const struct secret_source secret = {
    .name = "password", .kind = SECRET_FILE, .where = "bearer"};

static void serve(const struct answer *answers, size_t count)
{
    static char url[64];

    scripted_begin(&server, answers, count);
    snprintf(url, sizeof url, "%s", server.url);
    for (size_t i = 0; i < h.binding.parameter_count; i++)
        if (strcmp(h.parameters[i].name, "url") == 0)
            h.parameters[i].value = url;
    if (h.binding.secret_count == 0) {
        hosted_param(&h, "url", url);
        hosted_text(&h, "bearer", "b");
        ck_assert_int_eq(chmod(hosted_path(&h, "bearer"), 0600), 0);
        h.binding.secrets = &secret;
        h.binding.secret_count = 1;
    }
}

static inline enum ma_status import(const struct answer *answers, size_t count, bool full)
{
    enum ma_status status;

    serve(answers, count);
    status = hosted_import(&h, CLOUD_MA, full);
    scripted_stop(&server);
    return status;
}

static inline enum ma_status export(const struct answer *answers, size_t count,
                                    const struct ma_entry *entry) {
    enum ma_status status;

    serve(answers, count);
    status = hosted_export(&h, CLOUD_MA, &entry, 1);
    scripted_stop(&server);
    return status;
}

static size_t asked_for(const char *text)
{
    size_t n = 0;

    for (size_t i = 0; i < server.asked && i < 64; i++)
        n += strstr(server.requests[i], text) != NULL;
    return n;
}

static const struct answer three[] = {
    {.bytes = LIST(3, USER("a") "," USER("b") "," USER("c")),
     .match = "GET /scim/Users?"},
    NO_GROUPS};

/* --- what is exported ------------------------------------------------------------- */

static const struct ma_value title = {"Boss", 4};
static const struct ma_attribute titles[] = {
    {.name = "title", .type = MA_TEXT, .values = &title, .count = 1}};
static const struct ma_entry changed = {.size = sizeof changed,
                                        .change = MA_MODIFY,
                                        .anchor = {"n", 1},
                                        .dn = "n@x",
                                        .object_type = "user",
                                        .attributes = titles,
                                        .count = 1};

enum { MEMBERS = 8 };

static const struct answer group[] = {
    {.bytes = LIST(8, USER("m0") "," USER("m1") "," USER("m2") "," USER("m3") "," USER(
                          "m4") "," USER("m5") "," USER("m6") "," USER("m7")),
     .match = "GET /scim/Users?"},
    {.bytes = NONE, .match = "GET /scim/Groups?"},
    {.bytes = SCIM("404 No") "{\"detail\":\"no such member\"}",
     .match = "PATCH /scim/Groups/g",
     .also = "\"m5\""},
    {.bytes = SCIM("204 No Content"), .match = "PATCH /scim/Groups/g"}};

static inline struct ma_entry members(struct ma_attribute *a, struct ma_value *values,
                                      struct ma_value *removed, size_t removes)
{
    static char texts[MEMBERS][8];

    for (int i = 0; i < MEMBERS; i++) {
        snprintf(texts[i], sizeof texts[i], "m%d@x", i);
        values[i] = removed[i] = ma_value_of(texts[i]);
    }
    *a = (struct ma_attribute){.name = "members",
                               .op = MA_VALUES,
                               .type = MA_REFERENCE,
                               .values = values,
                               .count = removes > 0 ? 0 : MEMBERS,
                               .removed = removed,
                               .removed_count = removes};
    return (struct ma_entry){.size = sizeof(struct ma_entry),
                             .change = MA_MODIFY,
                             .anchor = {"g", 1},
                             .dn = "G",
                             .object_type = "group",
                             .attributes = a,
                             .count = 1};
}

#endif
