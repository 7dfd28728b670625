/* SPDX-License-Identifier: Apache-2.0 */

/* mactl sync-object: one object from its system to all others. */

#include <stdlib.h>

#include "command.h"
#include "commands.h"
#include "open.h"
#include "progress.h"
#include "render.h"
#include "render_preview.h"
#include "render_run.h"
#include "run/run.h"
#include "user.h"

static struct {
    int commit;
    int despite_staging;
} given;

/* --- what it would do ------------------------------------------------------------- */

static enum exit_code dry(const struct invocation *call, const char **argv)
{
    const struct preview_request request = {
        .folder = call->folder, .agent = argv[0], .dn = argv[1], .read = true};
    struct preview preview;
    struct ma_error err = {0};
    enum exit_code code;

    if (preview_begin(&preview, &request, &err) != MA_OK)
        return command_fail(&err);
    code = render_preview(call, &preview, true);
    if (code == EXIT_DIFFERENCES)
        command_next(call, "%s sync-object %s %s --commit", render_program(call),
                     render_word(call->arena, argv[0]),
                     render_word(call->arena, argv[1]));
    preview_end(&preview);
    return code;
}

/* --- what it does ----------------------------------------------------------------- */

static void hear(void *context, const struct event *event)
{
    progress_hear(context, event);
}

static enum exit_code print(const struct invocation *call,
                            const struct run_outcome *outcome)
{
    if (call->output == OUTPUT_JSON || call->output == OUTPUT_JSONL)
        render_json(record_json(&outcome->record));
    else {
        render_run(call, &outcome->record);
        render_run_next(call, &outcome->record);
    }
    return render_exit(outcome->record.result, outcome->signal);
}

static enum exit_code commit(const struct invocation *call, const char **argv)
{
    static const char *const program[] = {"mactl", "run-worker", NULL};
    const struct run_request request = {
        .folder = call->folder,
        .agent = argv[0],
        .profile = "one object",
        .object = argv[1],
        .despite_staging = given.despite_staging != 0,
        .user = user_name(),
    };
    struct progress progress;
    struct run_outcome outcome;
    struct ma_error err = {0};
    enum ma_status status;

    (void)progress_begin(&progress, call, NULL); /* "auto" is there */
    status =
        run_supervise(&request, program, hear, &progress, call->arena, &outcome, &err);
    progress_end(&progress);
    if (status == MA_CONFLICT)
        return command_error(EXIT_BUSY, "wait for it, or: mactl status", "%s (%s): %s",
                             RESULT_BUSY, RESULT_BUSY_CODE, err.text);
    return status == MA_OK ? print(call, &outcome) : command_fail(&err);
}

static enum exit_code sync_object(const struct invocation *call, int argc,
                                  const char **argv)
{
    struct instance *instance = NULL;
    enum exit_code code = open_instance(&instance, call);

    (void)argc;
    if (code != EXIT_OK)
        return code;
    instance_close(instance);
    if (call->output == OUTPUT_CSV || call->output == OUTPUT_XML ||
        call->output == OUTPUT_NAME)
        return command_error(EXIT_USAGE, NULL, "it is told as text, wide, json or jsonl");
    return given.commit ? commit(call, argv) : dry(call, argv);
}

static const struct poptOption options[] = {
    {"commit", 0, POPT_ARG_NONE, &given.commit, 0, "Do it; else it is only shown", NULL},
    {"despite-staging", 0, POPT_ARG_NONE, &given.despite_staging, 0,
     "Export also in staging mode, this once", NULL},
    POPT_TABLEEND};

const struct command command_sync_object = {
    .words = "sync-object",
    .arguments = "MA DN",
    .summary = "One object: reads it, synchronises it, exports what that makes pending",
    .help = "Without --commit nothing is kept and nothing is sent. An agent that cannot "
            "read one object\ngives it as its last import left it. Other objects that "
            "wait, wait on.\n\n"
            "    mactl sync-object HR uid=1001,ou=people,dc=hr\n"
            "    mactl sync-object HR uid=1001,ou=people,dc=hr --commit",
    .options = options,
    .least = 2,
    .most = 2,
    .formats = FORMAT_ANY,
    .run = sync_object,
};
