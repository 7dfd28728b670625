/* SPDX-License-Identifier: Apache-2.0 */

/* mactl acl fix: the least that would make refused writes possible, for a person to set.
 */

#include "auditing.h"
#include "command.h"
#include "commands.h"
#include "grant_script.h"
#include "listing.h"
#include "run/json.h"

static struct {
    char *script;
    char *feature;
    char *group;
    char *account;
} given;

static const struct render_column columns[] = {
    {.title = "AT", .shrinks = true},
    {.title = "ATTRIBUTE"},
    {.title = "OF"},
    {.title = "FOR"},
    {.title = "HEALS", .number = true},
    {.title = "ENTRY", .wide = true},
};

static json_t *entry_json(const struct audit_entry *entry)
{
    json_t *json = json_object();

    json_put_text(json, "place", entry->place);
    json_put_text(json, "attribute", entry->attribute);
    json_put_text(json, "type", entry->object_type);
    json_put_text(json, "trustee", entry->trustee);
    json_put_text(json, "grant", entry->grant);
    json_put_flag(json, "comes_down", entry->comes_down);
    json_put_number(json, "objects", entry->objects);
    return json;
}

static void add_entry(const struct invocation *call, const struct audit_entry *entry,
                      struct listing *listing)
{
    const char *const cells[] = {
        entry->place,
        entry->attribute,
        entry->object_type,
        entry->trustee,
        arena_print(call->arena, "%llu", (unsigned long long)entry->objects),
        entry->grant,
    };

    listing_add(listing, entry_json(entry), cells);
}

static enum exit_code print_plan(const struct invocation *call,
                                 const struct audit_plan *plan)
{
    struct listing listing = {.schema = "mactl/acl-fix/1",
                              .key = "entries",
                              .columns = columns,
                              .column_count = sizeof columns / sizeof columns[0],
                              .empty = "nothing that a program may set is missing"};

    for (size_t i = 0; i < plan->entries.count; i++)
        add_entry(call, &plan->entries.items[i], &listing);
    if (plan->by_hand.count > 0)
        command_next(call,
                     "%zu causes are for people: --script samba-tool lists them, too",
                     plan->by_hand.count);
    return listing_print(call, &listing);
}

static enum exit_code show(const struct auditing *auditing,
                           const struct grant_language *language)
{
    struct audit_plan plan;
    enum exit_code code = EXIT_OK;
    bool differs;

    audit_plan_make(&auditing->tally, &plan);
    differs = plan.entries.count + plan.by_hand.count > 0;
    if (language != NULL)
        grant_script_print(language, &plan);
    else
        code = print_plan(auditing->call, &plan);
    audit_plan_end(&plan);
    return code == EXIT_OK && differs ? EXIT_DIFFERENCES : code;
}

static enum exit_code fix(const struct invocation *call, int argc, const char **argv)
{
    const struct auditing_options options = {
        .feature = given.feature, .group = given.group, .account = given.account};
    struct auditing auditing = {.call = call, .options = &options};
    const struct grant_language *language =
        given.script == NULL ? NULL : grant_language(given.script);
    struct ma_error err = {0};
    enum exit_code code;

    (void)argc;
    if (given.script != NULL && language == NULL)
        return command_error(EXIT_USAGE, NULL,
                             "there is no script '%s': dsacls, powershell or samba-tool",
                             given.script);
    if (auditing_run(&auditing, argv[0], &err) == MA_OK)
        code = show(&auditing, language);
    else
        code = command_fail(&err);
    auditing_end(&auditing);
    return code;
}

static const struct poptOption options[] = {
    {"script", 0, POPT_ARG_STRING, &given.script, 0,
     "As a script: dsacls, powershell, samba-tool", "NAME"},
    {"feature", 0, POPT_ARG_STRING, &given.feature, 0,
     "Only what this needs: exchange-hybrid, consistency-guid, group-membership", "NAME"},
    {"group", 0, POPT_ARG_STRING, &given.group, 0,
     "The group that should have the rights; '' for none", "NAME"},
    {"account", 0, POPT_ARG_STRING, &given.account, 0,
     "Whose rights; the agent's own account without it", "NAME"},
    POPT_TABLEEND};

const struct command command_acl_fix = {
    .words = "acl fix",
    .arguments = "MA",
    .summary = "The least rights that would make the refused writes possible",
    .help =
        "One entry for an attribute and a class at a place, for the group. Nothing is "
        "changed: the script is for a person with the right to do it. Denies, "
        "AdminSDHolder and schemas are never in it.\n\n"
        "    mactl acl fix contoso.com\n"
        "    mactl acl fix contoso.com --script samba-tool",
    .options = options,
    .least = 1,
    .most = 1,
    .run = fix,
};
