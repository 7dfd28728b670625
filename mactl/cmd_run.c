/* SPDX-License-Identifier: Apache-2.0 */

/* mactl run-profile: starts a worker, shows how it goes, says what came of it. */

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "command.h"
#include "commands.h"
#include "config/folder.h"
#include "open.h"
#include "progress.h"
#include "render.h"
#include "render_run.h"
#include "run/run.h"
#include "user.h"

static struct {
    int step;
    long long limit;
    int dry;
    int despite_staging;
    int evaluate_all;
    char *progress;
} given;

static const struct poptOption options[] = {
    {"step", 0, POPT_ARG_INT, &given.step, 0, "Only this step of the profile", "N"},
    {"limit-objects", 0, POPT_ARG_LONGLONG, &given.limit, 0,
     "Stop each step after this many objects", "N"},
    {"dry-run", 0, POPT_ARG_NONE, &given.dry, 0,
     "Run on a copy of the store; nothing is kept or exported", NULL},
    {"despite-staging", 0, POPT_ARG_NONE, &given.despite_staging, 0,
     "Export also in staging mode, this once", NULL},
    {"evaluate-all", 0, POPT_ARG_NONE, &given.evaluate_all, 0,
     "Evaluate also what is known to come to nothing", NULL},
    {"progress", 0, POPT_ARG_STRING, &given.progress, 0, "auto, tty, plain, json or off",
     "HOW"},
    POPT_TABLEEND};

/* --- the supervisor's side -------------------------------------------------------- */

struct hearing {
    const struct invocation *call;
    struct progress progress;
};

static void hear(void *context, const struct event *event)
{
    struct hearing *hearing = context;
    BUF_AUTO line = {0};

    progress_hear(&hearing->progress, event);
    if (hearing->call->output != OUTPUT_JSONL)
        return;
    event_encode(event, &line);
    fwrite(line.at, 1, line.length, stdout);
    fflush(stdout);
}

static enum exit_code print_outcome(const struct invocation *call,
                                    const struct run_outcome *outcome)
{
    const struct run_record *record = &outcome->record;

    switch (call->output) {
    case OUTPUT_JSON:
        render_json(record_json(record));
        break;
    case OUTPUT_NAME:
        printf("%llu\n", (unsigned long long)record->number);
        break;
    case OUTPUT_JSONL: /* the last event had it */
        break;
    default:
        render_run(call, record);
        render_run_next(call, record);
    }
    return render_exit(record->result, outcome->signal);
}

/* Scripts of the old product look for these two words. */
static enum exit_code busy(const struct invocation *call, const struct ma_error *err)
{
    if (call->output == OUTPUT_JSON || call->output == OUTPUT_JSONL)
        render_json(json_pack("{s:s, s:s, s:s, s:o}", "schema", "mactl/run/1", "result",
                              RESULT_BUSY, "code", RESULT_BUSY_CODE, "text",
                              json_of_text(err->text)));
    return command_error(EXIT_BUSY, "wait for it, or: mactl runs list", "%s (%s): %s",
                         RESULT_BUSY, RESULT_BUSY_CODE, err->text);
}

static enum exit_code usage_of_numbers(void)
{
    if (given.step < 0)
        return command_error(EXIT_USAGE, NULL, "--step: steps count from 1");
    if (given.limit < 0)
        return command_error(EXIT_USAGE, NULL, "--limit-objects: a number above 0");
    return EXIT_OK;
}

/* --- what there is to run --------------------------------------------------------- */

static void list_profiles(const struct invocation *call, const struct agent *agent)
{
    fprintf(stderr, "run profiles of %s:%s\n", agent->name,
            agent->profile_count == 0 ? " none" : "");
    for (size_t i = 0; i < agent->profile_count; i++)
        fprintf(stderr, "  %s run-profile %s %s\n", render_program(call),
                render_word(call->arena, agent->name),
                render_word(call->arena, agent->profiles[i].name));
}

static bool has_profile(const struct config *config, const char *agent,
                        const char *profile)
{
    const struct agent *found = config_agent_named(config, agent);

    return found != NULL && agent_profile(found, profile) != NULL;
}

/* Who did not name a profile, or one that is not there, sees those that are. */
static void say_profiles(const struct invocation *call, const struct config *config,
                         const char *name)
{
    const struct agent *agent = name == NULL ? NULL : config_agent_named(config, name);

    if (agent != NULL)
        list_profiles(call, agent);
    for (size_t i = 0; name == NULL && i < config->agent_count; i++)
        list_profiles(call, &config->agents[i]);
    if (agent == NULL && name != NULL)
        fprintf(stderr, "next: %s ma list\n", render_program(call));
}

static enum exit_code which_profile(const struct invocation *call, int argc,
                                    const char **argv)
{
    struct config *config = NULL;
    enum exit_code code = open_config(&config, call);

    if (code != EXIT_OK)
        return code;
    if (argc == 0 || open_agent(config, argv[0]) != NULL) {
        fprintf(stderr,
                "error: mactl run-profile: %s\nusage: mactl run-profile MA PROFILE "
                "[OPTIONS]\n",
                argc == 0 ? "an agent and a run profile are missing"
                          : "a run profile is missing");
        say_profiles(call, config, argc == 0 ? NULL : argv[0]);
    }
    config_free(config);
    return EXIT_USAGE;
}

/* Behind the error of a worker that did not find what was named. */
static void say_what_there_is(const struct invocation *call, const char **argv)
{
    struct config *config = NULL;
    struct ma_error ignored = {0}; /* the error itself is told already */

    if (folder_read(&config, call->folder, &ignored) == MA_OK &&
        !has_profile(config, argv[0], argv[1]))
        say_profiles(call, config, argv[0]);
    config_free(config);
}

/* Before anything is made in a folder that is none. */
static enum exit_code check_instance(const struct invocation *call)
{
    struct instance *instance = NULL;
    enum exit_code code = open_instance(&instance, call);

    if (code == EXIT_OK)
        instance_close(instance);
    return code;
}

static enum exit_code run_profile(const struct invocation *call, int argc,
                                  const char **argv)
{
    static const char *const program[] = {"mactl", "run-worker", NULL};
    struct hearing hearing = {.call = call};
    const struct run_request request = {
        .folder = call->folder,
        .agent = argc < 2 ? NULL : argv[0],
        .profile = argc < 2 ? NULL : argv[1],
        .step = (unsigned)given.step,
        .object_limit = (uint64_t)given.limit,
        .dry_run = given.dry != 0,
        .despite_staging = given.despite_staging != 0,
        .evaluate_all = given.evaluate_all != 0,
        .user = user_name(),
    };
    struct run_outcome outcome;
    struct ma_error err = {0};
    enum ma_status status;
    enum exit_code code;

    if (usage_of_numbers() != EXIT_OK)
        return EXIT_USAGE;
    if (!progress_begin(&hearing.progress, call, given.progress))
        return command_error(EXIT_USAGE, NULL,
                             "--progress %s: auto, tty, plain, json or off",
                             given.progress);
    code = check_instance(call);
    if (code == EXIT_OK && argc < 2)
        code = which_profile(call, argc, argv);
    if (code != EXIT_OK)
        return code;
    status =
        run_supervise(&request, program, hear, &hearing, call->arena, &outcome, &err);
    progress_end(&hearing.progress);
    free(given.progress);
    if (status == MA_CONFLICT)
        return busy(call, &err);
    if (status == MA_INVALID &&
        folder_has_config(call->folder, &(struct ma_error){0}) == MA_OK)
        return command_error(EXIT_CONFIGURATION,
                             arena_print(call->arena, "mactl config validate %s/config",
                                         render_word(call->arena, call->folder)),
                             "%s", err.text);
    if (status == MA_OK)
        return print_outcome(call, &outcome);
    code = command_fail(&err);
    if (status == MA_NOT_FOUND)
        say_what_there_is(call, argv);
    return code;
}

/* --- the worker's side ------------------------------------------------------------ */

static struct {
    int events;
    int lock;
    int pulse;
    long supervisor;
    char *folder;
    char *user;
    char *object;
} worker = {.events = -1, .lock = -1, .pulse = -1};

static const struct poptOption worker_options[] = {
    {"events", 0, POPT_ARG_INT, &worker.events, 0, "Where to tell how it goes", "FD"},
    {"lock", 0, POPT_ARG_INT, &worker.lock, 0, "The run lock", "FD"},
    {"pulse", 0, POPT_ARG_INT, &worker.pulse, 0, "Where it can be watched", "FD"},
    {"supervisor", 0, POPT_ARG_LONG, &worker.supervisor, 0, "Whose worker it is", "PID"},
    {"folder", 0, POPT_ARG_STRING, &worker.folder, 0, "The instance", "DIR"},
    {"object", 0, POPT_ARG_STRING, &worker.object, 0, "One object, no profile", "DN"},
    {"user", 0, POPT_ARG_STRING, &worker.user, 0, "Who asked for the run", "NAME"},
    {"step", 0, POPT_ARG_INT, &given.step, 0, "Only this step", "N"},
    {"limit-objects", 0, POPT_ARG_LONGLONG, &given.limit, 0, "Limit of each step", "N"},
    {"dry-run", 0, POPT_ARG_NONE, &given.dry, 0, "On a copy of the store", NULL},
    {"despite-staging", 0, POPT_ARG_NONE, &given.despite_staging, 0,
     "Export in staging mode", NULL},
    {"evaluate-all", 0, POPT_ARG_NONE, &given.evaluate_all, 0, "Evaluate everything",
     NULL},
    POPT_TABLEEND};

static enum exit_code run_worker(const struct invocation *call, int argc,
                                 const char **argv)
{
    const struct run_worker work = {
        .request = {.folder = worker.folder != NULL ? worker.folder : call->folder,
                    .agent = argv[0],
                    .profile = argv[1],
                    .object = worker.object,
                    .step = (unsigned)given.step,
                    .object_limit = (uint64_t)given.limit,
                    .dry_run = given.dry != 0,
                    .despite_staging = given.despite_staging != 0,
                    .evaluate_all = given.evaluate_all != 0,
                    .user = worker.user},
        .events = worker.events,
        .lock = worker.lock,
        .pulse = worker.pulse,
        .supervisor = worker.supervisor,
    };
    bool began = run_work(&work);

    (void)argc;
    free(worker.folder);
    free(worker.user);
    free(worker.object);
    return began ? EXIT_OK : EXIT_INTERNAL;
}

/* --- the commands ----------------------------------------------------------------- */

#define HELP                                                                             \
    "Steps run in their order; a step that stopped, did not start or met discovery "     \
    "errors ends the\nprofile. Imports and exports of different agents go together; a "  \
    "synchronisation is alone.\nCtrl-C ends it at the next object, a second one at "     \
    "once. mactl-run-profile(1) has the results, mactl "                                 \
    "help exit-codes the codes.\n\n"                                                     \
    "    mactl run-profile contoso.com 'Delta Import'\n"                                 \
    "    mactl run-profile contoso.com 'Full Synchronization' --dry-run -o json"

const struct command command_run_profile = {
    .words = "run-profile",
    .arguments = "MA PROFILE",
    .summary = "Runs a run profile of a management agent",
    .help = HELP,
    .options = options,
    .least = 0, /* says which there are */
    .most = 2,
    .formats = FORMAT_LINES | FORMAT_NAMES,
    .run = run_profile,
};

const struct command command_run = {
    .words = "run",
    .arguments = "MA PROFILE",
    .summary = "The same as run-profile",
    .help = HELP,
    .options = options,
    .least = 0, /* says which there are */
    .most = 2,
    .hidden = true,
    .formats = FORMAT_LINES | FORMAT_NAMES,
    .run = run_profile,
};

const struct command command_run_worker = {
    .words = "run-worker",
    .arguments = "MA PROFILE",
    .summary = "The worker of run-profile; started by it",
    .options = worker_options,
    .least = 2,
    .most = 2,
    .hidden = true,
    .formats = FORMAT_ANY,
    .run = run_worker,
};
