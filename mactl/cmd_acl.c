/* SPDX-License-Identifier: Apache-2.0 */

/* mactl acl audit|effective: what a directory would refuse to have written, and why. */

#include <string.h>

#include "audit_baseline.h"
#include "auditing.h"
#include "auditing_matrix.h"
#include "command.h"
#include "commands.h"
#include "listing.h"
#include "render_run.h"

static struct {
    char *object;
    char *feature;
    char *attribute;
    char *group;
    char *account;
    char *baseline;
    char *home;
    const char **dumps;
    int all;
    int pending;
    int verify;
    int matrix;
    int every_controller;
} given;

/* --- the whole agent ---------------------------------------------------------------- */

static const struct render_column group_columns[] = {
    {.title = "CODE"},
    {.title = "OBJECTS", .number = true},
    {.title = "ATTRIBUTE", .shrinks = true},
    {.title = "AT", .shrinks = true},
    {.title = "CAUSE", .shrinks = true},
    {.title = "REMEDY", .wide = true},
    {.title = "ENTRY", .wide = true},
    {.title = "FIRST", .wide = true},
};

static void add_group(const struct auditing *auditing, const struct audit_group *group,
                      struct listing *listing)
{
    const char *const cells[] = {
        group->code,
        arena_print(auditing->call->arena, "%llu", (unsigned long long)group->objects),
        group->attribute,
        group->place,
        group->cause,
        group->remedy,
        group->evidence,
        group->dn,
    };

    listing_add(listing, audit_group_json(group), cells);
}

static size_t add_groups(const struct auditing *auditing, const json_t *baseline,
                         struct listing *listing)
{
    size_t news = 0;

    for (size_t i = 0; i < auditing->tally.groups.count; i++) {
        const struct audit_group *group = &auditing->tally.groups.items[i];

        if (audit_baseline_has(baseline, group))
            continue;
        add_group(auditing, group, listing);
        news++;
    }
    return news;
}

static enum exit_code print_groups(const struct auditing *auditing, const char *agent,
                                   const json_t *baseline)
{
    struct listing listing = {.schema = "mactl/acl-audit/1",
                              .key = "findings",
                              .columns = group_columns,
                              .column_count =
                                  sizeof group_columns / sizeof group_columns[0],
                              .empty = "no findings"};
    size_t news = add_groups(auditing, baseline, &listing);
    enum exit_code code;

    auditing_summary(auditing);
    code = listing_print(auditing->call, &listing);
    if (news > 0 && code == EXIT_OK)
        command_next(auditing->call, "mactl acl effective %s DN -o wide",
                     render_word(auditing->call->arena, agent));
    return code == EXIT_OK && news > 0 ? EXIT_DIFFERENCES : code;
}

/* --- one object ------------------------------------------------------------------- */

static const struct render_column cell_columns[] = {
    {.title = "ATTRIBUTE"},
    {.title = "VERDICT"},
    {.title = "CODE"},
    {.title = "CAUSE", .shrinks = true},
    {.title = "ENTRY", .wide = true},
    {.title = "REMEDY", .wide = true},
};

static void add_cell(struct auditing *auditing, const struct ma_finding *finding)
{
    struct arena *arena = auditing->call->arena;
    const char *texts[] = {finding->attribute == NULL ? "(all)" : finding->attribute,
                           audit_verdict_text(finding->verdict),
                           finding->code,
                           finding->cause,
                           finding->evidence,
                           finding->remedy};

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        texts[i] = texts[i] == NULL ? NULL : arena_text(arena, texts[i]);
    listing_add(auditing->context, audit_finding_json(finding), texts);
}

static bool is_attribute(const json_t *cell)
{
    return json_object_get(cell, "attribute") != NULL;
}

static bool is_allowed(const json_t *cell)
{
    const char *verdict = json_string_value(json_object_get(cell, "verdict"));

    return verdict != NULL && strcmp(verdict, audit_verdict_text(MA_ALLOWED)) == 0;
}

/* What becomes of each attribute when all of them are sent: one that is refused takes the
 * others along, unless what was refused is split. */
static void add_outcomes(json_t *cells)
{
    bool whole = true;
    size_t at;
    json_t *cell;

    json_array_foreach(cells, at, cell) whole &= !is_attribute(cell) || is_allowed(cell);
    json_array_foreach(cells, at, cell)
    {
        if (!is_attribute(cell))
            continue;
        json_object_set_new(cell, "whole", json_string(whole ? "written" : "refused"));
        json_object_set_new(cell, "split",
                            json_string(is_allowed(cell) ? "written" : "refused"));
    }
}

static enum exit_code print_cells(const struct auditing *auditing, struct listing *cells)
{
    bool clean = auditing->tally.groups.count == 0 && auditing->tally.whole == 0;
    enum exit_code code;

    add_outcomes(cells->items);
    code = listing_print(auditing->call, cells);
    return code == EXIT_OK && !clean ? EXIT_DIFFERENCES : code;
}

/* All objects by their causes, or one by its attributes. */
static enum exit_code run_audit(const struct invocation *call, const char *agent,
                                const struct auditing_options *options)
{
    struct listing cells = {.schema = "mactl/acl-effective/1",
                            .key = "attributes",
                            .columns = cell_columns,
                            .column_count = sizeof cell_columns / sizeof cell_columns[0],
                            .empty = "nothing is written to this object"};
    bool one = options->object != NULL;
    struct auditing auditing = {.call = call,
                                .options = options,
                                .finding = one ? add_cell : NULL,
                                .context = &cells};
    struct ma_error err = {0};
    json_t *baseline = NULL;
    enum ma_status status = audit_baseline_read(given.baseline, &baseline, &err);
    enum exit_code code;

    if (status == MA_OK)
        status = auditing_run(&auditing, agent, &err);
    if (status != MA_OK)
        code = command_fail(&err);
    else
        code = one ? print_cells(&auditing, &cells)
                   : print_groups(&auditing, agent, baseline);
    listing_drop(&cells);
    json_decref(baseline);
    auditing_end(&auditing);
    return code;
}

static struct auditing_options options_given(const char *object)
{
    return (struct auditing_options){.object = object,
                                     .feature = given.feature,
                                     .attribute = given.attribute,
                                     .group = given.group,
                                     .account = given.account,
                                     .home = given.home,
                                     .dumps = given.dumps,
                                     .pending = given.pending != 0,
                                     .verify = given.verify != 0,
                                     .every_controller = given.every_controller != 0};
}

/* What does not go together; NULL: nothing of what is given. */
static const char *clash(void)
{
    if (given.all && given.object != NULL)
        return "--all or --object: one of them, please";
    if (given.matrix && (given.object != NULL || given.baseline != NULL))
        return "--matrix is of all objects, and whole: --object and --baseline do not go "
               "with it";
    if (given.every_controller && given.dumps != NULL)
        return "--every-controller asks domain controllers: a dump is of one";
    return NULL;
}

static enum exit_code audit(const struct invocation *call, int argc, const char **argv)
{
    const struct auditing_options options = options_given(given.object);

    (void)argc;
    if (clash() != NULL)
        return command_error(EXIT_USAGE, NULL, "%s", clash());
    if (given.matrix)
        return auditing_matrix(call, argv[0], &options);
    return run_audit(call, argv[0], &options);
}

/* --- effective -------------------------------------------------------------------- */

static enum exit_code effective(const struct invocation *call, int argc,
                                const char **argv)
{
    const struct auditing_options options = options_given(argv[1]);

    (void)argc;
    if (clash() != NULL)
        return command_error(EXIT_USAGE, NULL, "%s", clash());
    return run_audit(call, argv[0], &options);
}

#define COMMON                                                                           \
    {"group",      0, POPT_ARG_STRING,                                                   \
     &given.group, 0, "The group that should have the rights; '' for none",              \
     "NAME"},                                                                            \
        {"account",      0, POPT_ARG_STRING,                                             \
         &given.account, 0, "Whose rights; the agent's own account without it",          \
         "NAME"},                                                                        \
        {"account-domain",                                                               \
         0,                                                                              \
         POPT_ARG_STRING,                                                                \
         &given.home,                                                                    \
         0,                                                                              \
         "The DNS name of the account's domain, where its name does not tell",           \
         "DOMAIN"},                                                                      \
        {"ldif",       0, POPT_ARG_ARGV,                                                 \
         &given.dumps, 0, "A dump instead of the directory; several for several files",  \
         "FILE"},                                                                        \
        {"every-controller",                                                             \
         0,                                                                              \
         POPT_ARG_NONE,                                                                  \
         &given.every_controller,                                                        \
         0,                                                                              \
         "Compare with the other domain controllers",                                    \
         NULL},                                                                          \
    {                                                                                    \
        "verify-as-service-account", 0, POPT_ARG_NONE, &given.verify, 0,                 \
            "Compare with what the server says itself", NULL                             \
    }

static const struct poptOption audit_options[] = {
    {"object", 0, POPT_ARG_STRING, &given.object, 0, "This object alone, each attribute",
     "DN"},
    {"all", 0, POPT_ARG_NONE, &given.all, 0, "All objects, as without it", NULL},
    {"feature", 0, POPT_ARG_STRING, &given.feature, 0,
     "Only what this needs: exchange-hybrid, password-writeback, hash-sync ...", "NAME"},
    {"pending", 0, POPT_ARG_NONE, &given.pending, 0, "Only what waits to be exported",
     NULL},
    {"matrix", 0, POPT_ARG_NONE, &given.matrix, 0,
     "Each feature in each container: what passes, too", NULL},
    {"baseline", 0, POPT_ARG_STRING, &given.baseline, 0,
     "Only what an earlier -o json does not have", "FILE"},
    COMMON,
    POPT_TABLEEND};

static const struct poptOption effective_options[] = {{"attribute", 0, POPT_ARG_STRING,
                                                       &given.attribute, 0,
                                                       "This attribute alone", "NAME"},
                                                      COMMON,
                                                      POPT_TABLEEND};

const struct command command_acl_audit = {
    .words = "acl audit",
    .arguments = "MA",
    .summary = "What a directory would refuse to have written, and what would mend it",
    .help =
        "For each object that the agent has, and each attribute that the configuration "
        "writes to it: may the agent's account? Nothing is written. The exit code is "
        "20 where something was found.\n\n"
        "    mactl acl audit contoso.com\n"
        "    mactl acl audit contoso.com --feature exchange-hybrid\n"
        "    mactl acl audit contoso.com --matrix\n"
        "    mactl acl audit contoso.com --object 'CN=Ana "
        "Lima,OU=Sync,DC=contoso,DC=com'",
    .options = audit_options,
    .least = 1,
    .most = 1,
    .formats = FORMAT_ANY,
    .run = audit,
};

const struct command command_acl_effective = {
    .words = "acl effective",
    .arguments = "MA DN",
    .summary = "Which attributes of one object the agent's account may write, and why",
    .help =
        "    mactl acl effective contoso.com 'CN=Ana Lima,OU=Sync,DC=contoso,DC=com'\n"
        "    mactl acl effective contoso.com 'CN=Ana Lima,OU=Sync,DC=contoso,DC=com' "
        "--attribute proxyAddresses -o wide",
    .options = effective_options,
    .least = 2,
    .most = 2,
    .formats = FORMAT_ANY,
    .run = effective,
};
