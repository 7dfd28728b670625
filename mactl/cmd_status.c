/* SPDX-License-Identifier: Apache-2.0 */

/* mactl status: how the instance is at this moment, and with --watch how it goes on. */

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/json.h"
#include "command.h"
#include "commands.h"
#include "reading.h"
#include "render.h"
#include "render_run.h"
#include "report/status.h"

static struct {
    int watch;
} given;

/* --- JSON ------------------------------------------------------------------------- */

static json_t *running_json(const struct beacon_state *state)
{
    json_t *object = json_object();

    json_put_number(object, "run", state->run);
    json_put_text(object, "agent", state->agent);
    json_put_text(object, "profile", state->profile);
    json_put_number(object, "process", (uint64_t)state->process);
    json_put_time(object, "start", state->start);
    json_put_number(object, "step", state->step);
    json_put_number(object, "steps", state->steps);
    json_put_text(object, "type", state->type);
    json_put_number(object, "done", state->done);
    json_put_number(object, "expected", state->expected);
    return object;
}

static json_t *brief_json(const struct run_record *record)
{
    json_t *object;

    if (record->agent == NULL)
        return json_null();
    object = json_object();
    json_put_number(object, "run", record->number);
    json_put_text(object, "profile", record->profile);
    json_put_text(object, "result", record->result);
    json_put_time(object, "end", record->end);
    return object;
}

static json_t *needs_json(const struct status_agent *agent)
{
    json_t *list = json_array();

    for (size_t i = 0; i < agent->full_import_count; i++) {
        json_t *object = json_object();

        json_put_text(object, "partition", agent->full_imports[i].partition);
        json_put_text(object, "because", agent->full_imports[i].because);
        json_array_append_new(list, object);
    }
    return list;
}

static json_t *agent_json(const struct status_agent *agent)
{
    return json_pack(
        "{s:o, s:o, s:o, s:I, s:I, s:I, s:{s:I, s:I, s:I}, s:o, s:o}", "agent",
        json_of_text(agent->agent->name), "last_success", brief_json(&agent->good),
        "last_run", brief_json(&agent->last), "imports", (json_int_t)agent->imports,
        "exports", (json_int_t)agent->exports, "unconfirmed",
        (json_int_t)agent->unconfirmed, "errors", "imports",
        (json_int_t)agent->errors.imports, "synchronisations",
        (json_int_t)agent->errors.syncs, "exports", (json_int_t)agent->errors.exports,
        "full_import_needed", needs_json(agent), "full_synchronisation_needed",
        json_of_text(agent->full_sync));
}

static json_t *status_json(const struct status *status)
{
    json_t *running = json_array();
    json_t *agents = json_array();
    json_t *notes = json_array();

    for (size_t i = 0; i < status->running_count; i++)
        json_array_append_new(running, running_json(&status->running[i]));
    for (size_t i = 0; i < status->agent_count; i++)
        json_array_append_new(agents, agent_json(&status->agents[i]));
    for (size_t i = 0; i < status->note_count; i++)
        json_array_append_new(notes, json_of_text(status->notes[i]));
    return json_pack("{s:s, s:o, s:o, s:{s:b, s:o}, s:o}", "schema", "mactl/status/1",
                     "running", running, "agents", agents, "staging", "on",
                     (int)status->staging.on, "because",
                     json_of_text(status->staging.because), "notes", notes);
}

/* --- text ------------------------------------------------------------------------- */

static const struct render_column columns[] = {
    {.title = "AGENT", .shrinks = true},
    {.title = "LAST SUCCESS"},
    {.title = "PROFILE", .shrinks = true, .wide = true},
    {.title = "LAST RESULT"},
    {.title = "IMPORTS", .number = true},
    {.title = "EXPORTS", .number = true},
    {.title = "UNCONFIRMED", .number = true},
    {.title = "ERRORS", .number = true},
    {.title = "NEEDS"},
};

enum { COLUMNS = sizeof columns / sizeof columns[0] };

static uint64_t errors_of(const struct status_agent *agent)
{
    return agent->errors.imports + agent->errors.syncs + agent->errors.exports;
}

static const char *needs_of(const struct status_agent *agent)
{
    if (agent->full_import_count > 0)
        return agent->full_sync == NULL ? "full import" : "full import, full sync";
    return agent->full_sync == NULL ? NULL : "full sync";
}

static const char *number(struct arena *arena, uint64_t count)
{
    return arena_print(arena, "%llu", (unsigned long long)count);
}

static void fill_row(const struct invocation *call, const struct status_agent *agent,
                     const char **cells)
{
    struct arena *arena = call->arena;
    const char *const row[COLUMNS] = {
        agent->agent->name,
        render_time(call, agent->good.end),
        agent->good.profile,
        agent->last.result,
        number(arena, agent->imports),
        number(arena, agent->exports),
        number(arena, agent->unconfirmed),
        number(arena, errors_of(agent)),
        needs_of(agent),
    };

    memcpy(cells, row, sizeof row);
}

static void print_running(const struct invocation *call, const struct status *status)
{
    if (status->running_count == 0)
        puts("nothing runs");
    for (size_t i = 0; i < status->running_count; i++) {
        const struct beacon_state *run = &status->running[i];

        printf("run %llu  %s / %s  since %s  process %ld\n", (unsigned long long)run->run,
               run->agent, run->profile, render_time(call, run->start), run->process);
        if (run->step == 0)
            continue;
        printf(" %u/%u %s", run->step, run->steps, run->type);
        if (run->expected > 0)
            printf("  %llu of %llu", (unsigned long long)run->done,
                   (unsigned long long)run->expected);
        else if (run->done > 0)
            printf("  %llu", (unsigned long long)run->done);
        putchar('\n');
    }
}

static void print_needs(const struct status_agent *agent)
{
    const char *name = agent->agent->name;

    for (size_t i = 0; i < agent->full_import_count; i++) {
        const struct status_need *need = &agent->full_imports[i];

        printf("%s needs a full import: %s%s%s%s\n", name, need->because,
               need->partition == NULL ? "" : " (partition ",
               need->partition == NULL ? "" : need->partition,
               need->partition == NULL ? "" : ")");
    }
    if (agent->full_sync != NULL)
        printf("%s needs a full synchronisation: %s; the next one is\n", name,
               agent->full_sync);
}

static void print_text(const struct invocation *call, const struct status *status)
{
    const char **cells =
        ARENA_ARRAY(call->arena, const char *, status->agent_count *COLUMNS);

    print_running(call, status);
    for (size_t i = 0; i < status->agent_count; i++)
        fill_row(call, &status->agents[i], &cells[i * COLUMNS]);
    render_table(call, columns, COLUMNS, cells, status->agent_count);
    for (size_t i = 0; i < status->agent_count; i++)
        print_needs(&status->agents[i]);
    if (status->staging.on)
        printf("staging mode is on, nothing is exported: %s\n", status->staging.because);
    for (size_t i = 0; i < status->note_count; i++)
        printf("note: %s\n", status->notes[i]);
}

static void print_next(const struct invocation *call, const struct status *status)
{
    uint64_t errors = 0;
    uint64_t pending = 0;

    for (size_t i = 0; i < status->agent_count; i++) {
        errors += errors_of(&status->agents[i]);
        pending += status->agents[i].imports + status->agents[i].exports;
    }
    if (errors > 0)
        command_next(call, "%s errors list", render_program(call));
    if (pending > 0)
        command_next(call, "%s pending", render_program(call));
}

/* --- once ------------------------------------------------------------------------- */

static enum exit_code print(const struct invocation *call, const struct status *status)
{
    json_t *document;

    switch (call->output) {
    case OUTPUT_JSON:
        return render_json(status_json(status));
    case OUTPUT_JSONL:
        document = status_json(status);
        json_dumpf(document, stdout, JSON_COMPACT | JSON_ENSURE_ASCII);
        putchar('\n');
        json_decref(document);
        return EXIT_OK;
    case OUTPUT_TEXT:
    case OUTPUT_WIDE:
        print_text(call, status);
        return EXIT_OK;
    default:
        return command_error(EXIT_USAGE, NULL,
                             "the status comes as text, wide, json or jsonl");
    }
}

static enum exit_code once(const struct invocation *call)
{
    struct reading reading = {0};
    struct status status;
    struct ma_error err = {0};
    enum exit_code code;
    enum ma_status got = reading_begin(&reading, call, &err);

    if (got == MA_OK)
        got = status_read(&status, call->arena, &reading.opened, reading.batch, &err);
    code = got == MA_OK ? print(call, &status) : command_fail(&err);
    if (code == EXIT_OK && given.watch == 0)
        print_next(call, &status);
    reading_end(&reading);
    return code;
}

/* --- for as long as somebody looks ------------------------------------------------ */

static volatile sig_atomic_t interrupted;

static void on_signal(int signal)
{
    interrupted = signal;
}

enum { LOOK_AGAIN = 300 * 1000 * 1000 }; /* nanoseconds */

static void wait_for_news(const char *folder, uint64_t seen)
{
    const struct timespec pause = {.tv_nsec = LOOK_AGAIN};

    while (interrupted == 0 && status_token(folder) == seen)
        nanosleep(&pause, NULL);
}

/* Each time below the last where it is no terminal. */
static void begin_page(const struct invocation *call, bool first)
{
    if (call->output != OUTPUT_TEXT && call->output != OUTPUT_WIDE)
        return;
    if (isatty(STDOUT_FILENO))
        fputs("\033[H\033[2J", stdout);
    else if (!first)
        putchar('\n');
}

static enum exit_code watch(const struct invocation *call)
{
    const struct sigaction action = {.sa_handler = on_signal};
    enum exit_code code = EXIT_OK;

    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    for (bool first = true; code == EXIT_OK && interrupted == 0; first = false) {
        ARENA_AUTO arena = {0};
        struct invocation page = *call;
        uint64_t seen = status_token(call->folder);

        page.arena = &arena;
        begin_page(call, first);
        code = once(&page);
        if (fflush(stdout) != 0)
            break; /* nobody looks any more */
        if (code == EXIT_OK)
            wait_for_news(call->folder, seen);
    }
    return code;
}

static enum exit_code status(const struct invocation *call, int argc, const char **argv)
{
    (void)argc;
    (void)argv;
    return given.watch ? watch(call) : once(call);
}

static const struct poptOption options[] = {
    {"watch", 'w', POPT_ARG_NONE, &given.watch, 0,
     "Show it again whenever it changes, until Ctrl-C", NULL},
    POPT_TABLEEND};

const struct command command_status = {
    .words = "status",
    .summary = "What runs, what waits, what fails, and what needs more than a delta",
    .help = "    mactl status\n    mactl status --watch\n    mactl status -o json",
    .options = options,
    .formats = FORMAT_ANY,
    .run = status,
};
