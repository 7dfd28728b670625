/* SPDX-License-Identifier: Apache-2.0 */
#include "hosted.h"

static struct ma_error err;

static void ck_refused(const char *file, enum ma_status status, const char *const *words)
{
    struct plugin *plugin = NULL;

    memset(&err, 0, sizeof err);
    ck_assert_int_eq(plugin_load(&plugin, file, NULL, &err), status);
    ck_assert_ptr_null(plugin);
    for (; *words != NULL; words++)
        ck_assert_msg(strstr(err.text, *words) != NULL, "'%s' is not in: %s", *words,
                      err.text);
}

#define REFUSED(file, status, ...)                                                       \
    ck_refused(file, status, (const char *const[]){file, __VA_ARGS__, NULL})

START_TEST(an_absent_plugin_is_refused_with_the_places_looked_at)
{
    static const char *const folders[] = {"/nowhere/a", "/nowhere/b", NULL};
    struct plugin *plugin = NULL;

    ck_assert_int_eq(plugin_load(&plugin, "ghost_ma", folders, &err), MA_NOT_FOUND);
    ck_assert_ptr_nonnull(strstr(err.text, "ghost_ma"));
    ck_assert_ptr_nonnull(strstr(err.text, "/nowhere/a, /nowhere/b"));
    REFUSED("/nowhere/ghost.so", MA_NOT_FOUND, "there is no plugin file");
}
END_TEST

START_TEST(a_file_that_is_no_library_is_refused)
{
    REFUSED(SOURCE_DIR "/CMakeLists.txt", MA_INVALID, "no shared library",
            "wanted an ELF file");
}
END_TEST

START_TEST(a_missing_dependency_is_named)
{
    REFUSED(BROKEN "/missing_dependency.so", MA_INVALID,
            "a library that it needs is missing", "libabsent_library.so");
}
END_TEST

START_TEST(an_undefined_symbol_refuses_at_load_however_it_was_linked)
{
    REFUSED(BROKEN "/undefined.so", MA_INVALID, "a symbol that nothing defines",
            "nobody_defines_this");
}
END_TEST

START_TEST(a_library_without_the_entry_is_refused)
{
    REFUSED(BROKEN "/no_entry.so", MA_INVALID, "wanted the function ma_plugin_entry",
            "found none");
}
END_TEST

START_TEST(another_interface_is_refused_with_wanted_and_found)
{
    char found[32];

    snprintf(found, sizeof found, "found %u", MA_ABI + 7);
    REFUSED(BROKEN "/wrong_abi.so", MA_INVALID, "wanted plugin interface", found);
}
END_TEST

START_TEST(descriptions_that_make_no_sense_are_refused)
{
    REFUSED(BROKEN "/no_description.so", MA_INVALID, "gives nothing");
    REFUSED(BROKEN "/bad_size.so", MA_INVALID, "its description says it is 12 bytes");
    REFUSED(BROKEN "/bad_agent.so", MA_INVALID, "no open or no close");
    REFUSED(BROKEN "/no_role.so", MA_INVALID, "wanted an agent, rules or an audit");
}
END_TEST

START_TEST(what_an_older_plugin_does_not_have_reads_as_null)
{
    struct plugin *plugin = NULL;
    const struct ma_plugin *d;

    ck_assert_msg(plugin_load(&plugin, BROKEN "/older.so", NULL, &err) == MA_OK, "%s",
                  err.text);

    d = plugin_description(plugin);
    ck_assert_str_eq(d->name, "older");
    ck_assert_ptr_nonnull(d->agent);
    ck_assert_ptr_null(d->audit);
    ck_assert(d->agent->export_entries == NULL);
    ck_assert(d->agent->discover == NULL);
    plugin_unload(plugin);
}
END_TEST

START_TEST(a_name_is_found_in_the_environment_first_then_in_the_folders)
{
    struct plugin *plugin = NULL;
    char folder[512];
    const char *folders[] = {folder, NULL};

    snprintf(folder, sizeof folder, "%s", LIST_MA);
    *strrchr(folder, '/') = '\0';
    ck_assert_int_eq(plugin_load(&plugin, "list_ma", folders, &err), MA_OK);
    ck_assert_str_eq(plugin_file(plugin), LIST_MA);
    plugin_unload(plugin);

    setenv("MACTL_PLUGIN_PATH", folder, 1);
    ck_assert_int_eq(plugin_load(&plugin, "list_ma.so", NULL, &err), MA_OK);
    plugin_unload(plugin);
    unsetenv("MACTL_PLUGIN_PATH");
    plugin_unload(NULL);
}
END_TEST

START_TEST(the_list_has_the_usable_and_the_refused_with_their_reasons)
{
    ARENA_AUTO arena = {0};
    const char *folders[] = {BROKEN, BROKEN, NULL};
    const struct plugin_found *found = NULL;
    size_t count = plugin_list(&arena, folders, &found);
    size_t usable = 0;
    size_t hidden = 0;

    ck_assert_uint_eq(count, 18);
    for (size_t i = 0; i < count; i++) {
        usable += found[i].refusal == NULL;
        hidden += found[i].hidden;
    }
    ck_assert_uint_eq(usable, 2);
    ck_assert_uint_eq(hidden, 9);
    ck_assert_str_eq(found[0].name, "bad_agent");
}
END_TEST

START_TEST(a_rules_extension_computes_with_a_draft_of_the_caller)
{
    struct plugin *plugin = NULL;
    const struct ma_flow *flow;
    const struct ma_value ada[] = {{"Ada", 3}, {"Lovelace", 8}};
    const struct ma_attribute attributes[] = {
        {.name = "givenName", .values = &ada[0], .count = 1},
        {.name = "sn", .values = &ada[1], .count = 1}};
    struct ma_entry entry = {.size = sizeof entry, .attributes = attributes, .count = 1};

    ck_assert_int_eq(plugin_load(&plugin, CORP_RULES, NULL, &err), MA_OK);
    flow = plugin_flow(plugin, "CORP.displayname");
    ck_assert_ptr_nonnull(flow);
    ck_assert_ptr_null(plugin_flow(plugin, "corp.nothing"));

    ck_assert_int_eq(flow->run(&entry, NULL, &err), MA_INVALID);
    ck_assert_str_eq(err.text, "givenName and sn are both required");
    plugin_unload(plugin);
}
END_TEST

SUITE("plugin/loader", an_absent_plugin_is_refused_with_the_places_looked_at,
      a_file_that_is_no_library_is_refused, a_missing_dependency_is_named,
      an_undefined_symbol_refuses_at_load_however_it_was_linked,
      a_library_without_the_entry_is_refused,
      another_interface_is_refused_with_wanted_and_found,
      descriptions_that_make_no_sense_are_refused,
      what_an_older_plugin_does_not_have_reads_as_null,
      a_name_is_found_in_the_environment_first_then_in_the_folders,
      the_list_has_the_usable_and_the_refused_with_their_reasons,
      a_rules_extension_computes_with_a_draft_of_the_caller)
