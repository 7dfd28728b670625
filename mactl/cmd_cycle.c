/* SPDX-License-Identifier: Apache-2.0 */

/* mactl cycle: all imports, all synchronisations, all exports, confirming imports. */

#include <stdlib.h>

#include "base/json.h"
#include "cmd_cycle.h"
#include "commands.h"
#include "open.h"
#include "progress.h"
#include "render.h"
#include "render_run.h"
#include "run/cycle.h"
#include "user.h"

static struct {
    int until_quiet;
    int full;
    int rounds;
    char *progress;
} given = {.rounds = LIMIT_NOT_GIVEN};

struct hearing {
    const struct invocation *call;
    json_t **document; /* takes what is said at the end; NULL: it is printed */
    struct progress progress;
};

static bool is_text(const struct invocation *call)
{
    return call->output == OUTPUT_TEXT || call->output == OUTPUT_WIDE;
}

/* --- while it goes on ------------------------------------------------------------- */

static void hear(void *context, const struct event *event)
{
    progress_hear(&((struct hearing *)context)->progress, event);
}

static json_t *run_json(const struct cycle_run *run)
{
    const struct run_record *record = &run->record;

    return json_pack(
        "{s:i, s:s, s:I, s:o, s:o, s:o, s:i, s:o, s:o}", "round", (int)run->round,
        "phase", cycle_word(run->kind), "run", (json_int_t)record->number, "agent",
        json_of_text(record->agent), "profile", json_of_text(record->profile), "result",
        json_of_text(record->result), "errors", (int)record_error_count(record), "start",
        json_of_time(record->start), "end", json_of_time(record->end));
}

/* A run is one line: `runs show` has the rest. */
static void ended(void *context, const struct cycle_run *run)
{
    struct hearing *hearing = context;
    const struct run_record *record = &run->record;
    unsigned errors = record_error_count(record);

    progress_end(&hearing->progress);
    hearing->progress.drawn = 0;
    if (hearing->call->output == OUTPUT_JSONL) {
        json_t *document = run_json(run);

        json_dumpf(document, stdout, JSON_COMPACT | JSON_ENSURE_ASCII);
        putchar('\n');
        json_decref(document);
    } else if (is_text(hearing->call)) {
        printf("run %llu  %s / %s  %s  %s", (unsigned long long)record->number,
               record->agent, record->profile, record->result,
               render_duration(hearing->call->arena, record->end - record->start));
        printf(errors > 0 ? "  errors %u\n" : "\n", errors);
    }
    fflush(stdout);
}

/* --- what came of it -------------------------------------------------------------- */

static json_t *left_json(const struct cycle_outcome *out)
{
    json_t *list = json_array();

    for (size_t i = 0; i < out->left_count; i++) {
        const struct cycle_left *left = &out->left[i];

        json_array_append_new(list, json_pack("{s:o, s:I, s:I, s:I, s:I}", "agent",
                                              json_of_text(left->agent), "imports",
                                              (json_int_t)left->imports, "exports",
                                              (json_int_t)left->exports, "unconfirmed",
                                              (json_int_t)left->unconfirmed, "errors",
                                              (json_int_t)left->errors));
    }
    return list;
}

static json_t *outcome_json(const struct cycle_outcome *out)
{
    json_t *runs = json_array();

    for (size_t i = 0; i < out->count; i++)
        json_array_append_new(runs, run_json(&out->runs[i]));
    return json_pack("{s:s, s:i, s:b, s:b, s:o, s:o, s:o}", "schema", "mactl/cycle/1",
                     "rounds", (int)out->rounds, "quiet", (int)out->quiet, "staging",
                     (int)out->staging.on, "stopped_by",
                     out->stopped == NULL
                         ? json_null()
                         : json_integer((json_int_t)out->stopped->number),
                     "runs", runs, "left", left_json(out));
}

/* "3 to synchronise, 1 with errors"; NULL: nothing is left. */
static const char *left_text(struct arena *arena, const struct cycle_left *left)
{
    const struct {
        uint64_t count;
        const char *what;
    } parts[] = {
        {left->imports, "to synchronise"},
        {left->exports, "to export"},
        {left->unconfirmed, "not confirmed"},
        {left->errors, "with errors"},
    };
    const char *text = NULL;

    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (parts[i].count > 0)
            text = arena_print(arena, "%s%s%llu %s", text == NULL ? "" : text,
                               text == NULL ? "" : ", ",
                               (unsigned long long)parts[i].count, parts[i].what);
    return text;
}

static void print_text(const struct invocation *call, const struct cycle_outcome *out)
{
    printf("%s after %s, %s\n",
           out->stopped != NULL || out->signal != 0 ? "stopped"
           : out->quiet                             ? "quiet"
                                                    : "done",
           render_count(call->arena, out->rounds, "round", "rounds"),
           render_count(call->arena, out->count, "run", "runs"));
    if (out->stopped != NULL && out->stopped->text != NULL)
        printf("  because    %s\n", render_clean(call->arena, out->stopped->text));
    if (out->staging.on)
        puts("  staging    nothing was exported");
    for (size_t i = 0; i < out->left_count; i++) {
        const char *left = left_text(call->arena, &out->left[i]);

        if (left != NULL)
            printf("  left       %s: %s\n", out->left[i].agent, left);
    }
}

static void print_next(const struct invocation *call, const struct cycle_outcome *out)
{
    bool errors = false;

    if (out->stopped != NULL) {
        render_run_next(call, out->stopped);
        return;
    }
    for (size_t i = 0; i < out->left_count; i++)
        errors = errors || out->left[i].errors > 0;
    if (errors)
        command_next(call, "%s errors list", render_program(call));
    else if (!out->quiet && !given.until_quiet)
        command_next(call, "%s cycle --until-quiet", render_program(call));
    else if (!out->quiet)
        command_next(call, "%s pending", render_program(call));
}

static enum exit_code exit_of(const struct cycle_outcome *out)
{
    enum exit_code worst = EXIT_OK;

    if (out->stopped != NULL || out->signal != 0)
        return render_exit(out->stopped == NULL ? RESULT_CANCELLED : out->stopped->result,
                           out->signal);
    for (size_t i = 0; i < out->count; i++) {
        enum exit_code code = render_exit(out->runs[i].record.result, 0);

        /* a delta import that had to become a full one is no failure */
        if ((code == EXIT_WARNINGS || code == EXIT_OBJECT_ERRORS) && code > worst)
            worst = code;
    }
    return worst == EXIT_OK && given.until_quiet && !out->quiet ? EXIT_WARNINGS : worst;
}

static enum exit_code print(const struct hearing *hearing,
                            const struct cycle_outcome *out)
{
    const struct invocation *call = hearing->call;
    json_t *document;

    if (hearing->document != NULL)
        *hearing->document = outcome_json(out);
    else if (call->output == OUTPUT_JSON)
        render_json(outcome_json(out));
    else if (call->output == OUTPUT_JSONL) {
        document = outcome_json(out);
        json_dumpf(document, stdout, JSON_COMPACT | JSON_ENSURE_ASCII);
        putchar('\n');
        json_decref(document);
    } else {
        print_text(call, out);
        print_next(call, out);
    }
    return exit_of(out);
}

/* --- the command ------------------------------------------------------------------ */

static enum exit_code failed(const struct hearing *hearing,
                             const struct cycle_outcome *out, const struct ma_error *err)
{
    if (out->signal != 0)
        return print(hearing, out);
    if (err->status == MA_CONFLICT)
        return command_error(EXIT_BUSY, "wait for it, or: mactl status", "%s (%s): %s",
                             RESULT_BUSY, RESULT_BUSY_CODE, err->text);
    return command_fail(err);
}

static enum exit_code check(const struct invocation *call, struct hearing *hearing)
{
    struct instance *instance = NULL;
    enum exit_code code;

    if (given.rounds != LIMIT_NOT_GIVEN && given.rounds <= 0)
        return command_error(EXIT_USAGE, NULL, "--rounds %d: a number above 0",
                             given.rounds);
    if (!is_text(call) && call->output != OUTPUT_JSON && call->output != OUTPUT_JSONL)
        return command_error(EXIT_USAGE, NULL, "a cycle is told as text, json or jsonl");
    if (!progress_begin(&hearing->progress, call, given.progress))
        return command_error(EXIT_USAGE, NULL,
                             "--progress %s: auto, tty, plain, json or off",
                             given.progress);
    code = open_instance(&instance, call);
    if (code == EXIT_OK)
        instance_close(instance);
    return code;
}

enum exit_code cycle_command(const struct invocation *call, bool full, json_t **document)
{
    static const char *const program[] = {"mactl", "run-worker", NULL};
    struct hearing hearing = {.call = call, .document = document};
    const struct cycle_request request = {
        .folder = call->folder,
        .user = user_name(),
        .full = full,
        .until_quiet = given.until_quiet != 0,
        .rounds = given.rounds == LIMIT_NOT_GIVEN ? 0 : (unsigned)given.rounds,
        .program = program,
        .hear = hear,
        .ended = ended,
        .context = &hearing,
    };
    struct cycle_outcome out;
    struct ma_error err = {0};
    enum exit_code code = check(call, &hearing);

    if (code == EXIT_OK) {
        enum ma_status status = cycle_run_all(&request, call->arena, &out, &err);

        progress_end(&hearing.progress);
        code = status == MA_OK ? print(&hearing, &out) : failed(&hearing, &out, &err);
    }
    free(given.progress);
    return code;
}

static enum exit_code cycle(const struct invocation *call, int argc, const char **argv)
{
    (void)argc;
    (void)argv;
    return cycle_command(call, given.full != 0, NULL);
}

static const struct poptOption options[] = {
    {"until-quiet", 0, POPT_ARG_NONE, &given.until_quiet, 0,
     "As many rounds as it takes until nothing waits", NULL},
    {"full", 0, POPT_ARG_NONE, &given.full, 0,
     "Full imports and full synchronisations in the first round", NULL},
    {"rounds", 0, POPT_ARG_INT, &given.rounds, 0, "At most so many rounds; 10", "N"},
    {"progress", 0, POPT_ARG_STRING, &given.progress, 0, "auto, tty, plain, json or off",
     "HOW"},
    POPT_TABLEEND};

const struct command command_cycle = {
    .words = "cycle",
    .summary =
        "All agents import, synchronise and export, and what was sent is confirmed",
    .help = "A run that needs a human, because a guard stopped it, a system cannot be "
            "reached or a\nplugin failed, ends the cycle. Objects that failed do not. "
            "mactl.xml can name the run\nprofiles: <cycle>.\n\n"
            "    mactl cycle\n    mactl cycle --full --until-quiet\n"
            "    mactl cycle -o json",
    .options = options,
    .formats = FORMAT_ANY,
    .run = cycle,
};
