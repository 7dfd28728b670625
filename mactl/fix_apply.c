/* SPDX-License-Identifier: Apache-2.0 */
#include "fix_apply.h"

#include "base/json.h"
#include "instance/opened.h"
#include "listing.h"
#include "render_run.h"
#include "rights/grant.h"

/* --- what was done ----------------------------------------------------------------- */

struct report {
    const struct invocation *call;
    struct listing listing;
    size_t written;
    size_t left; /* for people, or without their consent */
};

static const struct render_column columns[] = {
    {.title = "OUTCOME"},
    {.title = "AT", .shrinks = true},
    {.title = "ATTRIBUTE"},
    {.title = "OF"},
    {.title = "FOR"},
    {.title = "NEEDS", .shrinks = true},
    {.title = "ENTRY", .wide = true},
};

static const char *const outcomes[] = {
    [GRANT_SET] = "set",
    [GRANT_PRESENT] = "present",
    [GRANT_SKIPPED] = "skipped",
    [GRANT_RESTORED] = "restored",
    [GRANT_AS_WAS] = "as it was",
    [GRANT_TAKEN] = "taken out",
    [GRANT_ABSENT] = "was not there",
};

static void add_row(struct report *report, const char *outcome,
                    const struct grant_step *step, const char *needs)
{
    struct arena *arena = report->call->arena;
    const char *cells[] = {outcome,       step->place, step->attribute, step->type,
                           step->trustee, needs,       step->grant};
    json_t *json = json_object();

    json_put_text(json, "outcome", outcome);
    json_put_text(json, "place", step->place);
    json_put_text(json, "attribute", step->attribute);
    json_put_text(json, "type", step->type);
    json_put_text(json, "trustee", step->trustee);
    json_put_text(json, "needs", needs);
    json_put_text(json, "grant", step->grant);
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++)
        cells[i] = cells[i] == NULL ? NULL : arena_text(arena, cells[i]);
    listing_add(&report->listing, json, cells);
}

static void take_step(void *context, const struct grant_step *step)
{
    struct report *report = context;
    bool skipped = step->outcome == GRANT_SKIPPED;

    report->left += skipped;
    report->written += step->outcome == GRANT_SET || step->outcome == GRANT_TAKEN ||
                       step->outcome == GRANT_RESTORED;
    add_row(report, outcomes[step->outcome], step,
            skipped ? arena_print(report->call->arena, "--allow-%s", step->consent)
                    : NULL);
}

static void add_by_hand(struct report *report, const json_t *plan)
{
    struct arena *arena = report->call->arena;
    size_t at;
    json_t *group;

    json_array_foreach(json_object_get(plan, "by_hand"), at, group)
    {
        const char *place = json_get_text(arena, group, "place");
        const char *dn = json_get_text(arena, group, "dn");
        const struct grant_step step = {.place = place != NULL ? place : dn,
                                        .attribute =
                                            json_get_text(arena, group, "attribute"),
                                        .type = json_get_text(arena, group, "type")};
        const char *remedy = json_get_text(arena, group, "remedy");

        add_row(report, "by hand", &step,
                arena_print(arena, "%s: %s", json_get_text(arena, group, "code"),
                            remedy == NULL ? "" : remedy));
        report->left++;
    }
}

static enum exit_code print_report(struct report *report, const char *agent,
                                   const char *backup)
{
    enum exit_code code = listing_print(report->call, &report->listing);

    if (report->written > 0)
        command_next(report->call, "what it was is kept: mactl acl fix %s --roll-back %s",
                     render_word(report->call->arena, agent),
                     render_word(report->call->arena, backup));
    return code == EXIT_OK && report->left > 0 ? EXIT_DIFFERENCES : code;
}

/* --- with whose credentials -------------------------------------------------------- */

/* A ticket needs no password, and the agent's own account has its own. */
static enum exit_code read_password(const struct invocation *call,
                                    const struct fix_options *options)
{
    const char *words;

    if (secret_given_ways(options->password) + (unsigned)(options->cache != NULL) > 1)
        return command_error(EXIT_USAGE, NULL,
                             "the password or a ticket is given in one way only");
    if (options->login == NULL || options->cache != NULL)
        return EXIT_OK;
    words = arena_print(call->arena, "Password of %s: ", options->login);
    return secret_given_now(options->password, words, "password");
}

/* --- both of them ------------------------------------------------------------------ */

static enum ma_status carry_out(const struct fix_options *options,
                                const struct grant_request *request,
                                struct report *report, struct ma_error *err)
{
    bool back = options->backup_to_put != NULL;
    json_t *document = NULL;
    enum ma_status status = grant_read(back ? options->backup_to_put : options->plan,
                                       back ? GRANT_BACKUP : GRANT_PLAN,
                                       request->agent->name, &document, err);

    if (status == MA_OK)
        status = back ? grant_roll_back(request, document, options->force, err)
                      : grant_apply(request, document, err);
    if (status == MA_OK && !back)
        add_by_hand(report, document);
    json_decref(document);
    return status;
}

static enum ma_status with_instance(const struct invocation *call,
                                    const struct fix_options *options,
                                    struct opened *opened, struct report *report,
                                    const char **backup, struct ma_error *err)
{
    const struct opened_request files = {.folder = call->folder, .read_only = true};
    struct grant_request request = {
        .plugin = "acl_audit",
        .admin = {.login = options->login, .cache = options->cache},
        .consents = options->consents,
        .step = take_step,
        .context = report};
    enum ma_status status = opened_files(opened, &files, err);

    if (status == MA_OK)
        status = config_find_agent(opened->config, options->agent, &request.agent, err);
    if (status != MA_OK)
        return status;
    if (options->password->has_value)
        request.admin.password = options->password->value;
    request.instance = opened->instance;
    request.backup =
        options->backup != NULL
            ? options->backup
            : grant_backup_path(call->arena,
                                instance_madata(opened->instance, request.agent->name),
                                "acl-backup");
    *backup = request.backup;
    return carry_out(options, &request, report, err);
}

enum exit_code fix_carry_out(const struct invocation *call,
                             const struct fix_options *options)
{
    struct report report = {
        .call = call,
        .listing = {.schema = "mactl/acl-apply/1",
                    .key = "steps",
                    .columns = columns,
                    .column_count = sizeof columns / sizeof columns[0],
                    .empty = "there was nothing to do"}};
    struct opened opened = {0};
    struct ma_error err = {0};
    const char *backup = NULL;
    enum exit_code code = read_password(call, options);

    if (code != EXIT_OK)
        return code;
    if (with_instance(call, options, &opened, &report, &backup, &err) == MA_OK) {
        code = print_report(&report, options->agent, backup);
    } else {
        listing_drop(&report.listing);
        code = command_fail(&err);
    }
    opened_end(&opened);
    return code;
}
