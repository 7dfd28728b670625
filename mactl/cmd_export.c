/* SPDX-License-Identifier: Apache-2.0 */

/* mactl export approve|revoke: what a guard has stopped may go, once. */

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "command.h"
#include "commands.h"
#include "render.h"
#include "render_run.h"
#include "run/approve.h"
#include "user.h"

static struct {
    long long most;
    char *reason;
} given = {.most = -1};

static enum exit_code read_run(const char *word, uint64_t *out)
{
    int64_t number = 0;

    if (strcmp(word, "last") != 0 &&
        (!text_to_number(slice_text(word), &number) || number <= 0))
        return command_error(EXIT_USAGE, "mactl runs list",
                             "'%s' is no number of a run, nor \"last\"", word);
    *out = (uint64_t)number;
    return EXIT_OK;
}

static enum exit_code print(const struct invocation *call, const struct approved *done,
                            const struct approve_request *request, const char *action)
{
    if (call->output == OUTPUT_JSON)
        return render_json(json_pack(
            "{s:s, s:s, s:I, s:o, s:o, s:I, s:I, s:o, s:o}", "schema", "mactl/approval/1",
            "action", action, "run", (json_int_t)done->run, "agent",
            json_of_text(done->agent), "set", json_of_text(done->set), "pending",
            (json_int_t)done->guarded, "max", (json_int_t)request->most, "user",
            json_of_text(request->user), "reason", json_of_text(request->reason)));
    printf("%s: run %llu, %llu pending in %s, set %.8s\n", action,
           (unsigned long long)done->run, (unsigned long long)done->guarded, done->agent,
           done->set);
    return EXIT_OK;
}

static enum exit_code usage_of_approval(void)
{
    if (given.most >= 0 && given.reason != NULL &&
        text_strip(slice_text(given.reason)).length > 0)
        return EXIT_OK;
    return command_error(EXIT_USAGE, NULL,
                         "--max N says how many you approve of, --reason T why");
}

static enum exit_code decide(const struct invocation *call, const char *run, bool revokes)
{
    struct approve_request request = {.folder = call->folder,
                                      .most = given.most < 0 ? 0 : (uint64_t)given.most,
                                      .reason = given.reason,
                                      .user = user_name()};
    struct approved done;
    struct ma_error err = {0};
    enum exit_code code = read_run(run, &request.run);
    enum ma_status status;

    if (code == EXIT_OK && !revokes)
        code = usage_of_approval();
    if (code != EXIT_OK)
        return code;
    status = revokes ? approve_revoke(&request, call->arena, &done, &err)
                     : approve_exports(&request, call->arena, &done, &err);
    if (status != MA_OK)
        return command_fail(&err);
    code = print(call, &done, &request, revokes ? "revoked" : "approved");
    if (!revokes)
        command_next(call, "%s run-profile %s %s", render_program(call),
                     render_word(call->arena, done.agent),
                     render_word(call->arena, done.profile));
    return code;
}

static enum exit_code approve(const struct invocation *call, int argc, const char **argv)
{
    enum exit_code code = decide(call, argv[0], false);

    (void)argc;
    free(given.reason);
    return code;
}

static enum exit_code revoke(const struct invocation *call, int argc, const char **argv)
{
    enum exit_code code = decide(call, argv[0], true);

    (void)argc;
    free(given.reason);
    return code;
}

static const struct poptOption approve_options[] = {
    {"max", 0, POPT_ARG_LONGLONG, &given.most, 0, "What the guard counts, at most", "N"},
    {"reason", 0, POPT_ARG_STRING, &given.reason, 0, "Why; kept in the history", "TEXT"},
    POPT_TABLEEND};

static const struct poptOption revoke_options[] = {
    {"reason", 0, POPT_ARG_STRING, &given.reason, 0, "Why; kept in the history", "TEXT"},
    POPT_TABLEEND};

const struct command command_export_approve = {
    .words = "export approve",
    .arguments = "RUN",
    .summary = "Lets go, once, what a guard stopped in this run",
    .help = "    mactl export approve 17 --max 812 --reason 'Sales was closed, CHG-1234'",
    .options = approve_options,
    .least = 1,
    .most = 1,
    .run = approve,
};

const struct command command_export_revoke = {
    .words = "export revoke",
    .arguments = "RUN",
    .summary = "Takes an approval back that was not used yet",
    .help = "    mactl export revoke 17",
    .options = revoke_options,
    .least = 1,
    .most = 1,
    .run = revoke,
};
