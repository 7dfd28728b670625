/* SPDX-License-Identifier: Apache-2.0 */
#include "render_run.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "history/result.h"
#include "render.h"

/* The two tables say the same: mactl-exit-codes(7) and the results of a run. */
_Static_assert((int)RESULT_EXIT_OK == (int)EXIT_OK, "exit code");
_Static_assert((int)RESULT_EXIT_FAILED == (int)EXIT_INTERNAL, "exit code");
_Static_assert((int)RESULT_EXIT_WARNINGS == (int)EXIT_WARNINGS, "exit code");
_Static_assert((int)RESULT_EXIT_OBJECT_ERRORS == (int)EXIT_OBJECT_ERRORS, "exit code");
_Static_assert((int)RESULT_EXIT_LIMIT == (int)EXIT_SAFETY_LIMIT, "exit code");
_Static_assert((int)RESULT_EXIT_BUSY == (int)EXIT_BUSY, "exit code");
_Static_assert((int)RESULT_EXIT_UNREACHABLE == (int)EXIT_UNREACHABLE, "exit code");
_Static_assert((int)RESULT_EXIT_PLUGIN == (int)EXIT_PLUGIN, "exit code");
_Static_assert((int)RESULT_EXIT_INTERRUPTED == (int)EXIT_INTERRUPTED, "exit code");

enum exit_code render_exit(const char *result, int signal)
{
    enum result_exit code = result_exit(result);

    if (code == RESULT_EXIT_INTERRUPTED && signal == SIGTERM)
        return EXIT_TERMINATED;
    return (enum exit_code)code;
}

/* --- words ------------------------------------------------------------------------ */

const char *render_duration(struct arena *arena, int64_t milliseconds)
{
    int64_t seconds = milliseconds / 1000;

    if (seconds < 60)
        return arena_print(arena, "%lld.%lld s", (long long)seconds,
                           (long long)(milliseconds % 1000 / 100));
    if (seconds < 3600)
        return arena_print(arena, "%lld min %lld s", (long long)(seconds / 60),
                           (long long)(seconds % 60));
    return arena_print(arena, "%lld h %lld min", (long long)(seconds / 3600),
                       (long long)(seconds % 3600 / 60));
}

const char *render_time(const struct invocation *call, int64_t time)
{
    time_t seconds = (time_t)(time / 1000);
    struct tm tm;
    char text[64];

    if (time == 0)
        return NULL;
    localtime_r(&seconds, &tm);
    strftime(text, sizeof text,
             call->output == OUTPUT_WIDE ? "%Y-%m-%d %H:%M:%S %z" : "%Y-%m-%d %H:%M:%S",
             &tm);
    return arena_text(call->arena, text);
}

const char *render_word(struct arena *arena, const char *name)
{
    BUF_AUTO out = {0};

    if (name[0] != '\0' && strpbrk(name, " \t\"'\\$`*?[](){}<>|&;#~!") == NULL)
        return name;
    buf_char(&out, '\'');
    for (; *name != '\0'; name++) {
        if (*name == '\'')
            buf_text(&out, "'\\''");
        else
            buf_char(&out, *name);
    }
    buf_char(&out, '\'');
    return arena_text(arena, out.at);
}

const char *render_program(const struct invocation *call)
{
    const char *home = getenv("MACTL_HOME");
    bool told = call->folder_given && (home == NULL || strcmp(home, call->folder) != 0);

    return !told ? "mactl"
                 : arena_print(call->arena, "mactl -C %s",
                               render_word(call->arena, call->folder));
}

/* --- counters --------------------------------------------------------------------- */

enum { INDENT = 13, WIDTH = 80 };

static const struct {
    const char *title;
    const char *prefix; /* said once by the title */
} groups[COUNTER_GROUPS] = {
    [COUNTERS_OF_STAGING] = {"staged", "stage-"},
    [COUNTERS_OF_DISCOVERY] = {"discovery", ""},
    [COUNTERS_OF_INBOUND] = {"inbound", ""},
    [COUNTERS_OF_OUTBOUND] = {"outbound", ""},
    [COUNTERS_OF_EXPORT] = {"exported", "export-"},
};

/* Words side by side up to the edge, then on a line of their own. */
struct filler {
    size_t column;
};

static void fill(struct filler *filler, const char *text)
{
    size_t length = strlen(text);

    if (filler->column > INDENT && filler->column + 2 + length > WIDTH) {
        printf("\n%*s", INDENT, "");
        filler->column = INDENT;
    } else if (filler->column > INDENT) {
        fputs("  ", stdout);
        filler->column += 2;
    }
    fputs(text, stdout);
    filler->column += length;
}

static bool has_group(const struct counters *counters, enum counter_group group)
{
    for (int c = 0; c < COUNTER_COUNT; c++)
        if (counters->of[c] > 0 && counter_group((enum counter)c) == group)
            return true;
    return false;
}

static void print_group(struct arena *arena, const struct agent_counters *agent,
                        enum counter_group group)
{
    struct filler filler = {.column = INDENT};
    size_t skip = strlen(groups[group].prefix);

    if (!has_group(&agent->counters, group))
        return;
    printf("  %-*s", INDENT - 2, groups[group].title);
    if (group == COUNTERS_OF_OUTBOUND)
        fill(&filler, arena_print(arena, "%s:", agent->agent));
    for (int c = 0; c < COUNTER_COUNT; c++)
        if (agent->counters.of[c] > 0 && counter_group((enum counter)c) == group)
            fill(&filler,
                 arena_print(arena, "%s %llu", counter_text((enum counter)c) + skip,
                             (unsigned long long)agent->counters.of[c]));
    putchar('\n');
}

static void print_counters(struct arena *arena, const struct step_record *step)
{
    for (int group = 0; group < COUNTER_GROUPS; group++)
        for (size_t i = 0; i < step->agent_count; i++)
            print_group(arena, &step->agents[i], (enum counter_group)group);
}

/* What it cost. Values of large attributes are worth a line wherever there were any. */
static void print_work(const struct invocation *call, const struct step_work *done)
{
    const struct store_work *work = &done->store;
    struct arena *arena = call->arena;
    const char *objects = "";
    const char *unchanged = "";
    const char *values = "";

    if (call->output == OUTPUT_WIDE)
        objects = arena_print(arena, "%llu objects read  %llu flows evaluated  ",
                              (unsigned long long)work->objects_read,
                              (unsigned long long)done->flows_evaluated);
    if (call->output == OUTPUT_WIDE && done->unchanged > 0)
        unchanged = arena_print(arena, "%llu objects unchanged  ",
                                (unsigned long long)done->unchanged);
    if (work->values_read + work->values_written > 0)
        values = arena_print(arena, "%llu values read, %llu written",
                             (unsigned long long)work->values_read,
                             (unsigned long long)work->values_written);
    if (objects[0] != '\0' || values[0] != '\0')
        printf("  %-*s%s%s%s\n", INDENT - 2, "work", objects, unchanged, values);
}

/* --- steps ------------------------------------------------------------------------ */

static void print_line(const struct invocation *call, const char *title, const char *text)
{
    if (text != NULL)
        printf("  %-*s%s\n", INDENT - 2, title, render_clean(call->arena, text));
}

static const char *duration_of(struct arena *arena, int64_t start, int64_t end)
{
    return end == 0 ? "running" : render_duration(arena, end - start);
}

/* A server that served the whole step is of interest to those who ask for much only. */
static void print_servers(const struct invocation *call, const struct step_record *step)
{
    for (size_t i = 0; i < step->incident_count; i++)
        print_line(call, "server",
                   arena_print(call->arena, "%s: %s (%s)", step->incidents[i].server,
                               step->incidents[i].result, step->incidents[i].text));
    if (step->incident_count > 0 || call->output == OUTPUT_WIDE)
        print_line(call, "server", step->server);
}

static void print_step(const struct invocation *call, const struct run_record *record,
                       const struct step_record *step)
{
    struct arena *arena = call->arena;

    printf(" %u/%zu %s%s%s  %s  %s\n", step->number, record->steps_planned, step->type,
           step->subtype == NULL ? "" : " ", step->subtype == NULL ? "" : step->subtype,
           step->result, duration_of(arena, step->start, step->end));
    print_line(call, "partition", call->output == OUTPUT_WIDE ? step->partition : NULL);
    print_line(call, "connection",
               step->connection != NULL && strcmp(step->connection, "success") != 0
                   ? step->connection
                   : NULL);
    print_servers(call, step);
    print_line(call, "drop file", step->file);
    print_counters(arena, step);
    print_work(call, &step->work);
    print_line(call, "note", step->note);
    print_line(call, "because", step->text);
    if (step->errors > 0 && record->dry)
        printf("  %-*s%u\n", INDENT - 2, "errors", step->errors);
    else if (step->errors > 0)
        printf("  %-*s%u   %s runs show %llu --errors\n", INDENT - 2, "errors",
               step->errors, render_program(call), (unsigned long long)record->number);
}

static void print_approval(const struct invocation *call,
                           const struct approval_record *approval)
{
    struct arena *arena = call->arena;

    print_line(call, approval->revoked ? "revoked" : "approved",
               arena_print(arena, "up to %llu by %s, %s%s%s",
                           (unsigned long long)approval->most,
                           approval->user == NULL ? "?" : approval->user,
                           render_time(call, approval->time),
                           approval->reason == NULL ? "" : ": ",
                           approval->reason == NULL ? "" : approval->reason));
}

void render_run(const struct invocation *call, const struct run_record *record)
{
    struct arena *arena = call->arena;

    if (record->dry)
        fputs("dry run", stdout);
    else
        printf("run %llu", (unsigned long long)record->number);
    printf("  %s / %s  %s  %s\n", record->agent, record->profile, record->result,
           duration_of(arena, record->start, record->end));
    if (record->text != NULL && record->step_count == 0)
        print_line(call, "because", record->text);
    for (size_t i = 0; i < record->step_count; i++)
        print_step(call, record, &record->steps[i]);
    for (size_t i = 0; i < record->approval_count; i++)
        print_approval(call, &record->approvals[i]);
}

/* --- what to do next -------------------------------------------------------------- */

static void next_profile(const struct invocation *call, const char *agent,
                         const char *profile, uint64_t count, const char *what)
{
    if (count > 0 && profile != NULL)
        command_next(call, "%llu %s in %s: %s run-profile %s %s",
                     (unsigned long long)count, what, agent, render_program(call),
                     render_word(call->arena, agent), render_word(call->arena, profile));
}

/* The exact line that lets go what a guard has stopped. */
static bool next_of_guard(const struct invocation *call, const struct run_record *record)
{
    bool deletes = strstr(record->result, "deletion") != NULL;

    for (size_t i = 0; i < record->step_count; i++) {
        const struct step_record *step = &record->steps[i];

        if (step->guarded_set == NULL)
            continue;
        command_next(call, "%s pending %s%s", render_program(call),
                     render_word(call->arena, record->agent),
                     deletes ? " --op delete" : " --changes");
        command_next(call,
                     "if they are meant: %s export approve %llu --max %llu --reason "
                     "\"...\"  (set %.8s; void if it changes)",
                     render_program(call), (unsigned long long)record->number,
                     (unsigned long long)step->guarded, step->guarded_set);
        return true;
    }
    return false;
}

static bool next_of_limit(const struct invocation *call, const struct run_record *record)
{
    static const struct {
        const char *result;
        const char *words;
        const char *option;
    } table[] = {
        {"stopped-deletion-limit", "ma show", " says where it stops"},
        {"no-start-full-import-required", "ma show", " lists its run profiles"},
        {"no-start-connection", "ma test", " tries what a run needs"},
        {"no-start-credentials", "ma test", " tries what a run needs"},
        {"stopped-connectivity", "ma test", " tries what a run needs"},
    };

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (strcmp(record->result, table[i].result) == 0) {
            command_next(call, "%s %s %s%s", render_program(call), table[i].words,
                         render_word(call->arena, record->agent), table[i].option);
            return true;
        }
    return false;
}

/* What a guard holds back is looked at first: no other hint then. */
void render_run_next(const struct invocation *call, const struct run_record *record)
{
    if (record->dry || next_of_guard(call, record) || next_of_limit(call, record))
        return;
    for (size_t i = 0; i < record->pending_count; i++) {
        const struct pending_work *p = &record->pending[i];

        next_profile(call, p->agent, p->sync_profile, p->imports, "pending imports");
        next_profile(call, p->agent, p->export_profile, p->exports, "pending exports");
        if (p->exports > 0 && p->export_profile == NULL)
            command_next(call, "%llu pending exports in %s: %s pending %s",
                         (unsigned long long)p->exports, p->agent, render_program(call),
                         render_word(call->arena, p->agent));
    }
}
