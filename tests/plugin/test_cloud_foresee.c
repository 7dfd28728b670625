/* SPDX-License-Identifier: Apache-2.0 */

/* cloud_ma, asked what it will refuse, without a server, a URL or a secret. */

#include "hosted.h"

static struct hosted h;

static enum ma_status hear_finding(void *context, const struct ma_finding *f,
                                   struct ma_error *err)
{
    (void)context;
    (void)err;
    buf_print(&h.heard, "%zu %s %s %s\n", f->index,
              f->verdict == MA_REFUSED ? "refused" : "unsure",
              f->attribute == NULL ? "(all)" : f->attribute, f->code);
    hear_text(h.error_literal, sizeof h.error_literal, f->cause);
    hear_text(h.server_detail, sizeof h.server_detail, f->remedy);
    return MA_OK;
}

static void begin(void)
{
    setenv("MACTL_SCHEMAS", SOURCE_DIR "/schemas", 1);
    hosted_begin(&h);
    hosted_attribute(&h, "jobTitle", VALUE_STRING, true);
    hosted_attribute(&h, "usageLocation", VALUE_STRING, true);
    hosted_attribute(&h, "proxyAddresses", VALUE_STRING, false);
    hosted_attribute(&h, "onPremisesSyncEnabled", VALUE_BOOLEAN, true);
    hosted_attribute(&h, "members", VALUE_REFERENCE, false);
    hosted_class(&h, "user", -1);
    hosted_class(&h, "group", -1);
    hosted_param(&h, "mapping", "graph");
}

static void end(void)
{
    hosted_end(&h);
}

/* As an import leaves it: b comes from a directory, a and the group g do not. */
static void noted(void)
{
    hosted_text(&h, "cloud-ids.0000000000000001",
                "mactl-cloud-ids 1\n0\ta\ta@x\n0s\tb\tb@x\n1\tg\tgroup\n");
}

static enum ma_status foresee(const struct ma_pending *pending, size_t count)
{
    const struct host_request request = {.agent = &h.agent,
                                         .binding = &h.binding,
                                         .madata = h.folder,
                                         .instance = h.folder,
                                         .without_secrets = true,
                                         .sink = {.finding = hear_finding}};
    struct plugin *plugin;
    struct ma_host *host;
    enum ma_status status;

    buf_clear(&h.heard);
    ck_assert_msg(plugin_load(&plugin, CLOUD_MA, NULL, &h.err) == MA_OK, "%s",
                  h.err.text);
    host = host_new(&request);
    status = plugin_description(plugin)->agent->foresee(host, pending, count, &h.err);
    host_free(host);
    plugin_unload(plugin);
    return status;
}

/* A change of these attributes; the arrays live until the next. */
static struct ma_entry change_of(const char *anchor, const char *type,
                                 const char *const *names)
{
    static struct ma_attribute attributes[4][8];
    static size_t next;
    struct ma_attribute *own = attributes[next++ % 4];
    struct ma_entry entry = {.size = sizeof entry,
                             .change = MA_MODIFY,
                             .anchor = ma_value_of(anchor),
                             .dn = anchor,
                             .object_type = type,
                             .attributes = own};

    for (; names[entry.count] != NULL; entry.count++)
        own[entry.count] = (struct ma_attribute){.name = names[entry.count]};
    return entry;
}

#define NAMES(...) ((const char *const[]){__VA_ARGS__, NULL})

START_TEST(what_a_directory_has_is_refused_of_its_objects_only)
{
    const struct ma_entry a = change_of("a", "user", NAMES("jobTitle"));
    const struct ma_entry b =
        change_of("b", "user", NAMES("usageLocation", "jobTitle", "proxyAddresses"));
    const struct ma_entry g = change_of("g", "group", NAMES("members"));
    const struct ma_pending pending[] = {{.entry = &a}, {.entry = &b}, {.entry = &g}};

    noted();
    ck_assert_msg(foresee(pending, 3) == MA_OK, "%s", h.err.text);

    ck_heard(&h, "1 refused jobTitle readonly-attribute\n"
                 "1 refused proxyAddresses readonly-attribute\n");
}
END_TEST

START_TEST(the_words_are_those_of_the_export_and_the_remedy_says_where)
{
    const struct ma_entry b = change_of("b", "user", NAMES("jobTitle"));
    const struct ma_pending pending = {.entry = &b};

    noted();
    ck_assert_int_eq(foresee(&pending, 1), MA_OK);

    ck_assert_str_eq(h.error_literal,
                     "the object is synchronised from an on-premises directory, which "
                     "alone changes this attribute: nothing was sent");
    ck_assert_ptr_nonnull(strstr(h.server_detail, "change it in that directory"));
}
END_TEST

START_TEST(what_no_import_noted_is_as_the_object_says_or_is_not_known)
{
    static const struct ma_value yes = {"true", 4};
    const struct ma_attribute synced = {
        .name = "onPremisesSyncEnabled", .values = &yes, .count = 1};
    const struct ma_entry silent = {.size = sizeof silent, .object_type = "user"};
    const struct ma_entry says = {
        .size = sizeof says, .object_type = "user", .attributes = &synced, .count = 1};
    const struct ma_entry c = change_of("c", "user", NAMES("jobTitle"));
    const struct ma_pending pending[] = {
        {.entry = &c, .stored = &says},
        {.entry = &c, .stored = &silent},
        {.entry = &c}, /* made by us, and not seen yet: so it is the cloud's */
    };

    ck_assert_msg(foresee(pending, 3) == MA_OK, "%s", h.err.text);

    ck_heard(&h, "0 refused jobTitle readonly-attribute\n"
                 "1 unsure jobTitle readonly-attribute\n");
    ck_assert_ptr_nonnull(strstr(h.server_detail, "full import"));
}
END_TEST

START_TEST(a_new_object_is_refused_what_nobody_may_set)
{
    struct ma_entry made = change_of("", "user", NAMES("jobTitle", "proxyAddresses"));
    struct ma_entry alien = change_of("", "printer", NAMES("jobTitle"));
    struct ma_entry gone = change_of("b", "user", NAMES("jobTitle"));
    const struct ma_pending pending[] = {
        {.entry = &made}, {.entry = &alien}, {.entry = &gone}};

    made.change = alien.change = MA_ADD;
    gone.change = MA_DELETE;
    noted();
    ck_assert_int_eq(foresee(pending, 3), MA_OK);

    ck_heard(&h, "0 refused proxyAddresses readonly-attribute\n"
                 "1 refused (all) no-export-to-this-object-type\n");
}
END_TEST

START_TEST(a_mapping_that_is_not_there_is_an_error)
{
    const struct ma_entry a = change_of("a", "user", NAMES("jobTitle"));
    const struct ma_pending pending = {.entry = &a};

    h.parameters[0].value = "nowhere.json";
    ck_assert_int_ne(foresee(&pending, 1), MA_OK);
    ck_assert_ptr_nonnull(strstr(h.err.text, "nowhere.json"));
}
END_TEST

SUITE_WITH("plugin/cloud_foresee", begin, end,
           what_a_directory_has_is_refused_of_its_objects_only,
           the_words_are_those_of_the_export_and_the_remedy_says_where,
           what_no_import_noted_is_as_the_object_says_or_is_not_known,
           a_new_object_is_refused_what_nobody_may_set,
           a_mapping_that_is_not_there_is_an_error)
