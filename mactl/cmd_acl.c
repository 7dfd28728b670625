/* SPDX-License-Identifier: Apache-2.0 */

/* mactl acl audit|effective: what a directory would refuse to have written, and why. */

#include <stdlib.h>
#include <string.h>

#include "audit_baseline.h"
#include "command.h"
#include "commands.h"
#include "find_object.h"
#include "listing.h"
#include "reading.h"
#include "render_run.h"
#include "run/json.h"

static struct {
    char *object;
    char *feature;
    char *attribute;
    char *group;
    char *account;
    char *baseline;
    int pending;
    int verify;
} given;

/* --- features ---------------------------------------------------------------------- */

/* What Microsoft documents that Exchange hybrid writes back, in both spellings. */
static const char *const exchange_hybrid[] = {
    "msExchSafeSendersHash",    "msExchBlockedSendersHash",
    "msExchSafeRecipientsHash", "msExchSafeRecipientHash",
    "msExchArchiveStatus",      "msExchUCVoiceMailSettings",
    "msExchUserHoldPolicies",   "proxyAddresses",
    "publicDelegates",          "msDS-ExternalDirectoryObjectID",
    "msExchDelegateListLink",   NULL};
static const char *const consistency[] = {"mS-DS-ConsistencyGuid", NULL};
static const char *const membership[] = {"member", NULL};

static const struct {
    const char *name;
    const char *const *attributes;
} features[] = {
    {"exchange-hybrid", exchange_hybrid},
    {"consistency-guid", consistency},
    {"group-membership", membership},
};

/* NULL: all that flows. */
static enum ma_status wanted_attributes(struct arena *arena, const char *const **out,
                                        struct ma_error *err)
{
    *out = NULL;
    if (given.attribute != NULL) {
        const char **one = arena_zero(arena, 2 * sizeof *one);

        one[0] = given.attribute;
        *out = one;
        return MA_OK;
    }
    if (given.feature == NULL)
        return MA_OK;
    for (size_t i = 0; i < sizeof features / sizeof features[0]; i++)
        if (strcmp(features[i].name, given.feature) == 0) {
            *out = features[i].attributes;
            return MA_OK;
        }
    return ma_fail(err, MA_INVALID,
                   "there is no feature '%s': exchange-hybrid, consistency-guid and "
                   "group-membership are known",
                   given.feature);
}

/* --- one audit --------------------------------------------------------------------- */

struct auditing {
    const struct invocation *call;
    struct reading reading;
    struct audit_tally tally;
    struct listing *cells; /* of one object; NULL: groups are enough */
    struct parameter parameters[3];
    size_t parameter_count;
    uint64_t objects;
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
    listing_add(auditing->cells, audit_finding_json(finding), texts);
}

static enum ma_status take(void *context, const struct ma_finding *finding,
                           struct ma_error *err)
{
    struct auditing *auditing = context;

    (void)err;
    audit_tally_add(&auditing->tally, finding);
    if (auditing->cells != NULL && finding->dn != NULL)
        add_cell(auditing, finding);
    return MA_OK;
}

static void set_parameter(struct auditing *auditing, const char *name, const char *value)
{
    if (value != NULL)
        auditing->parameters[auditing->parameter_count++] =
            (struct parameter){.name = name, .value = value};
}

static enum ma_status only_one(const struct auditing *auditing,
                               const struct compiled_agent *agent, uint64_t *id,
                               struct ma_error *err)
{
    struct cs_object object;
    enum ma_status status;

    *id = 0;
    if (given.object == NULL)
        return MA_OK;
    status = find_cs_object(&auditing->reading, auditing->call->arena, agent,
                            given.object, &object, err);
    if (status == MA_OK)
        *id = object.id;
    return status;
}

static enum ma_status ask(struct auditing *auditing, const struct compiled_agent *agent,
                          struct ma_error *err)
{
    struct audit_request request = {
        .opened = &auditing->reading.opened,
        .batch = auditing->reading.batch,
        .agent = agent,
        .plugin = "acl_audit",
        .pending = given.pending != 0,
        .finding = take,
        .context = auditing,
        .parameters = auditing->parameters,
    };
    enum ma_status status =
        wanted_attributes(auditing->call->arena, &request.attributes, err);

    set_parameter(auditing, "audit-group", given.group);
    set_parameter(auditing, "audit-account", given.account);
    set_parameter(auditing, "audit-verify", given.verify ? "true" : NULL);
    request.parameter_count = auditing->parameter_count;
    if (status == MA_OK)
        status = only_one(auditing, agent, &request.only, err);
    return status == MA_OK ? audit_run(&request, &auditing->objects, err) : status;
}

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

static void print_summary(const struct auditing *auditing)
{
    const struct audit_tally *tally = &auditing->tally;
    enum output output = auditing->call->output;

    if ((output == OUTPUT_TEXT || output == OUTPUT_WIDE) && !auditing->call->quiet)
        fprintf(stderr,
                "%llu objects, %llu writes: %llu allowed, %llu refused, %llu unsure; "
                "%llu modifications would fail whole\n",
                (unsigned long long)auditing->objects,
                (unsigned long long)(tally->allowed + tally->refused + tally->unsure),
                (unsigned long long)tally->allowed, (unsigned long long)tally->refused,
                (unsigned long long)tally->unsure, (unsigned long long)tally->whole);
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

    print_summary(auditing);
    code = listing_print(auditing->call, &listing);
    if (news > 0 && code == EXIT_OK)
        command_next(auditing->call, "mactl acl effective %s DN -o wide",
                     render_word(auditing->call->arena, agent));
    return code == EXIT_OK && news > 0 ? EXIT_DIFFERENCES : code;
}

/* --- one object ----------------------------------------------------------------------
 */

static const struct render_column cell_columns[] = {
    {.title = "ATTRIBUTE"},
    {.title = "VERDICT"},
    {.title = "CODE"},
    {.title = "CAUSE", .shrinks = true},
    {.title = "ENTRY", .wide = true},
    {.title = "REMEDY", .wide = true},
};

static enum exit_code print_cells(const struct auditing *auditing)
{
    bool clean = auditing->tally.groups.count == 0 && auditing->tally.whole == 0;
    enum exit_code code = listing_print(auditing->call, auditing->cells);

    return code == EXIT_OK && !clean ? EXIT_DIFFERENCES : code;
}

static enum exit_code run_audit(const struct invocation *call, const char *agent_name)
{
    struct listing cells = {.schema = "mactl/acl-effective/1",
                            .key = "attributes",
                            .columns = cell_columns,
                            .column_count = sizeof cell_columns / sizeof cell_columns[0],
                            .empty = "nothing is written to this object"};
    struct auditing auditing = {.call = call, .cells = given.object ? &cells : NULL};
    const struct compiled_agent *agent = NULL;
    struct ma_error err = {0};
    json_t *baseline = NULL;
    enum ma_status status = audit_baseline_read(given.baseline, &baseline, &err);
    enum exit_code code;

    audit_tally_begin(&auditing.tally, call->arena);
    if (status == MA_OK)
        status = reading_begin(&auditing.reading, call, &err);
    if (status == MA_OK)
        status = opened_agent(&auditing.reading.opened, agent_name, &agent, &err);
    if (status == MA_OK)
        status = ask(&auditing, agent, &err);
    if (status != MA_OK)
        code = command_fail(&err);
    else
        code = auditing.cells ? print_cells(&auditing)
                              : print_groups(&auditing, agent_name, baseline);
    listing_drop(&cells);
    audit_tally_end(&auditing.tally);
    json_decref(baseline);
    reading_end(&auditing.reading);
    return code;
}

static enum exit_code audit(const struct invocation *call, int argc, const char **argv)
{
    (void)argc;
    return run_audit(call, argv[0]);
}

/* --- effective ------------------------------------------------------------------------
 */

static enum exit_code effective(const struct invocation *call, int argc,
                                const char **argv)
{
    (void)argc;
    given.object = arena_text(call->arena, argv[1]);
    return run_audit(call, argv[0]);
}

#define COMMON                                                                           \
    {"group",      0, POPT_ARG_STRING,                                                   \
     &given.group, 0, "The group that should have the rights; '' for none",              \
     "NAME"},                                                                            \
        {"account",      0, POPT_ARG_STRING,                                             \
         &given.account, 0, "Whose rights; the agent's own account without it",          \
         "NAME"},                                                                        \
    {                                                                                    \
        "verify-as-service-account", 0, POPT_ARG_NONE, &given.verify, 0,                 \
            "Compare with what the server says itself", NULL                             \
    }

static const struct poptOption audit_options[] = {
    {"object", 0, POPT_ARG_STRING, &given.object, 0, "This object alone, each attribute",
     "DN"},
    {"feature", 0, POPT_ARG_STRING, &given.feature, 0,
     "Only what this needs: exchange-hybrid, consistency-guid, group-membership", "NAME"},
    {"pending", 0, POPT_ARG_NONE, &given.pending, 0, "Only what waits to be exported",
     NULL},
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
        "    mactl acl audit contoso.com --object 'CN=Ana "
        "Lima,OU=Sync,DC=contoso,DC=com'",
    .options = audit_options,
    .least = 1,
    .most = 1,
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
    .run = effective,
};
