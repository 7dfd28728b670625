/* SPDX-License-Identifier: Apache-2.0 */

/* mactl acl fix: the least that would make refused writes possible: planned first, and
 * set when somebody who may says so. */

#include "auditing.h"
#include "base/json.h"
#include "command.h"
#include "commands.h"
#include "fix_apply.h"
#include "grant_script.h"
#include "listing.h"
#include "render_run.h"
#include "rights/grant.h"

static struct {
    char *script;
    char *feature;
    char *group;
    char *account;
    char *plan;
    char *apply;
    char *roll_back;
    char *backup;
    char *admin;
    struct secret_given password;
    char *cache;
    const char **dumps;
    int allow_holder;
    int allow_blocked;
    int force;
    int narrow;
} given;

static const struct render_column columns[] = {
    {.title = "AT", .shrinks = true},
    {.title = "ATTRIBUTE"},
    {.title = "OF"},
    {.title = "FOR"},
    {.title = "HEALS", .number = true},
    {.title = "NEEDS", .shrinks = true},
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
    json_put_text(json, "consent", entry->consent);
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
        entry->consent == NULL ? NULL
                               : arena_print(call->arena, "--allow-%s", entry->consent),
        entry->grant,
    };

    listing_add(listing, entry_json(entry), cells);
}

static void add_removal(const struct invocation *call,
                        const struct audit_removal *removal, struct listing *listing)
{
    json_t *json = json_object();
    const char *const cells[] = {
        removal->place,
        "all others, no more",
        removal->object_type,
        removal->trustee,
        NULL,
        removal->consent == NULL
            ? NULL
            : arena_print(call->arena, "--allow-%s", removal->consent),
        removal->grant,
    };

    json_put_text(json, "place", removal->place);
    json_put_text(json, "type", removal->object_type);
    json_put_text(json, "trustee", removal->trustee);
    json_put_text(json, "revoke", removal->grant);
    json_put_text(json, "consent", removal->consent);
    listing_add(listing, json, cells);
}

static void add_by_hand(const struct invocation *call, const struct audit_group *group,
                        struct listing *listing)
{
    json_t *json = audit_group_json(group);
    const char *const cells[] = {
        group->place != NULL ? group->place : group->dn,
        group->attribute,
        group->object_type,
        NULL,
        arena_print(call->arena, "%llu", (unsigned long long)group->objects),
        arena_print(call->arena, "a person: %s", group->code),
        group->remedy,
    };

    json_put_flag(json, "by_hand", true);
    listing_add(listing, json, cells);
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
    for (size_t i = 0; i < plan->removals.count; i++)
        add_removal(call, &plan->removals.items[i], &listing);
    for (size_t i = 0; i < plan->by_hand.count; i++)
        add_by_hand(call, plan->by_hand.items[i], &listing);
    return listing_print(call, &listing);
}

/* --- the document ------------------------------------------------------------------- */

static struct grant_request request_of(const struct auditing *auditing)
{
    return (struct grant_request){.instance = auditing->reading.opened.instance,
                                  .agent = auditing->agent->config,
                                  .plugin = "acl_audit"};
}

static enum ma_status keep_plan(const struct auditing *auditing,
                                const struct audit_plan *plan, struct ma_error *err)
{
    const struct grant_request request = request_of(auditing);
    struct arena *arena = auditing->call->arena;
    const char *agent = request.agent->name;
    const char *path = given.plan != NULL
                           ? given.plan
                           : arena_print(arena, "%s/acl-plan.json",
                                         instance_madata(request.instance, agent));
    json_t *document = NULL;
    enum ma_status status = grant_plan(&request, plan, &document, err);

    if (status == MA_OK)
        status = grant_write(path, document, true, err);
    json_decref(document);
    if (status == MA_OK)
        command_next(auditing->call, "mactl acl fix %s --apply %s --admin NAME",
                     render_word(arena, agent), render_word(arena, path));
    return status;
}

static void print_list(void *context, const struct grant_list *list)
{
    grant_script_list(context, list->dn, list->bytes);
}

static enum ma_status print_lists(const struct auditing *auditing,
                                  const struct audit_plan *plan, struct ma_error *err)
{
    struct grant_request request = request_of(auditing);
    json_t *document = NULL;
    enum ma_status status = grant_plan(&request, plan, &document, err);

    request.consents =
        GRANT_ON_BLOCKED; /* as in the other scripts, for a person to read */
    if (status == MA_OK)
        status = grant_lists(&request, document, print_list, auditing->call->arena, err);
    json_decref(document);
    return status;
}

static enum ma_status show_plan(const struct auditing *auditing,
                                const struct grant_language *language,
                                const struct audit_plan *plan, enum exit_code *code,
                                struct ma_error *err)
{
    if (language != NULL) {
        grant_script_print(language, plan);
        return language->entry == NULL ? print_lists(auditing, plan, err) : MA_OK;
    }
    *code = print_plan(auditing->call, plan);
    return plan->entries.count + plan->removals.count == 0
               ? MA_OK
               : keep_plan(auditing, plan, err);
}

static enum exit_code show(const struct auditing *auditing,
                           const struct grant_language *language)
{
    struct audit_plan plan;
    struct ma_error err = {0};
    enum exit_code code = EXIT_OK;

    audit_plan_make(&auditing->tally, &plan);
    if (given.narrow)
        audit_plan_narrow(&auditing->tally, &plan);
    if (show_plan(auditing, language, &plan, &code, &err) != MA_OK)
        code = command_fail(&err);
    else if (code == EXIT_OK &&
             plan.entries.count + plan.removals.count + plan.by_hand.count > 0)
        code = EXIT_DIFFERENCES;
    audit_plan_end(&plan);
    return code;
}

/* --- the command -------------------------------------------------------------------- */

static enum exit_code apply(const struct invocation *call, const char *agent)
{
    const struct fix_options options = {
        .agent = agent,
        .plan = given.apply,
        .backup_to_put = given.roll_back,
        .backup = given.backup,
        .force = given.force != 0,
        .consents = (given.allow_holder ? GRANT_ON_HOLDER : 0u) |
                    (given.allow_blocked ? GRANT_ON_BLOCKED : 0u),
        .login = given.admin,
        .cache = given.cache,
        .password = &given.password,
    };
    enum exit_code code;

    if (given.apply != NULL && given.roll_back != NULL)
        return command_error(EXIT_USAGE, NULL,
                             "--apply and --roll-back: one of them, please");
    code = fix_carry_out(call, &options);
    secret_given_end(&given.password);
    return code;
}

static enum exit_code fix(const struct invocation *call, int argc, const char **argv)
{
    const struct auditing_options options = {
        .feature = given.feature,
        .group = given.group,
        .account = given.account,
        .dumps = given.dumps,
        .narrow = given.narrow != 0,
    };
    struct auditing auditing = {.call = call, .options = &options};
    const struct grant_language *language =
        given.script == NULL ? NULL : grant_language(given.script);
    struct ma_error err = {0};
    enum exit_code code;

    (void)argc;
    if (given.apply != NULL || given.roll_back != NULL)
        return apply(call, argv[0]);
    if (given.script != NULL && language == NULL)
        return command_error(
            EXIT_USAGE, NULL,
            "there is no script '%s': dsacls, powershell, samba-tool or ldif",
            given.script);
    if (given.narrow && given.feature != NULL)
        return command_error(EXIT_USAGE, NULL,
                             "--narrow is to what the rules write: not with --feature");
    if (given.dumps != NULL && (language == NULL || language->entry == NULL))
        return command_error(EXIT_USAGE, NULL,
                             "of a dump there is no plan to carry out: --script dsacls, "
                             "powershell or samba-tool");
    if (auditing_run(&auditing, argv[0], &err) == MA_OK)
        code = show(&auditing, language);
    else
        code = command_fail(&err);
    auditing_end(&auditing);
    return code;
}

static const struct poptOption options[] = {
    {"script", 0, POPT_ARG_STRING, &given.script, 0,
     "As a script: dsacls, powershell, samba-tool, ldif", "NAME"},
    {"plan", 0, POPT_ARG_STRING, &given.plan, 0,
     "Where the plan is written; acl-plan.json in the agent's folder without it", "FILE"},
    {"narrow", 0, POPT_ARG_NONE, &given.narrow, 0,
     "Replace entries for all attributes by those of the attributes that are written",
     NULL},
    {"apply", 0, POPT_ARG_STRING, &given.apply, 0, "Carry out this plan", "PLAN"},
    {"roll-back", 0, POPT_ARG_STRING, &given.roll_back, 0,
     "Put the lists back that --apply has kept", "BACKUP"},
    {"force", 0, POPT_ARG_NONE, &given.force, 0,
     "Put them back although somebody changed them since", NULL},
    {"backup", 0, POPT_ARG_STRING, &given.backup, 0,
     "Where the lists are kept before they are written", "FILE"},
    {"allow-adminsdholder", 0, POPT_ARG_NONE, &given.allow_holder, 0,
     "Entries on AdminSDHolder, too", NULL},
    {"allow-blocked-inheritance", 0, POPT_ARG_NONE, &given.allow_blocked, 0,
     "Entries where inheritance is off, too", NULL},
    {"admin", 0, POPT_ARG_STRING, &given.admin, 0,
     "Who sets it; the agent's own account without it", "NAME"},
    SECRET_GIVEN_OPTIONS(given.password, "password"),
    {"cache", 0, POPT_ARG_STRING, &given.cache, 0,
     "A cache of Kerberos tickets instead of a password", "CACHE"},
    {"feature", 0, POPT_ARG_STRING, &given.feature, 0,
     "Only what this needs: exchange-hybrid, password-writeback, hash-sync ...", "NAME"},
    {"ldif", 0, POPT_ARG_ARGV, &given.dumps, 0,
     "A dump instead of the directory, for --script", "FILE"},
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
        "changed: a plan is written, and printed as a list or as a script. --apply "
        "carries out a plan that still fits, with the password of somebody who may, "
        "asked for on the terminal. Denies and schemas are for people; AdminSDHolder and "
        "what has its inheritance off need their consent.\n\n"
        "    mactl acl fix contoso.com\n"
        "    mactl acl fix contoso.com --script samba-tool\n"
        "    mactl acl fix contoso.com --apply madata/contoso.com/acl-plan.json --admin "
        "Administrator",
    .options = options,
    .least = 1,
    .most = 1,
    .formats = FORMAT_ANY,
    .run = fix,
};
