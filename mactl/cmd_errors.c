/* SPDX-License-Identifier: Apache-2.0 */

/* mactl errors list|show: what is wrong with objects at present. */

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "command.h"
#include "commands.h"
#include "listing.h"
#include "reading.h"
#include "render_error.h"
#include "render_run.h"
#include "report/standing.h"

static struct {
    int limit;
} given = {.limit = LIMIT_NOT_GIVEN};

/* --- list ------------------------------------------------------------------------- */

static const struct render_column columns[] = {
    {.title = "ID"},
    {.title = "AGENT", .shrinks = true},
    {.title = "DN", .shrinks = true},
    {.title = "NAME", .shrinks = true},
    {.title = "ERROR"},
    {.title = "FIRST", .wide = true},
    {.title = "TRIES", .number = true},
    {.title = "RULE", .shrinks = true, .wide = true},
};

static const char *first_occurred(const struct invocation *call, const json_t *error)
{
    return render_time(call, json_get_time(error, "first_occurred"));
}

static void add_error(const struct invocation *call, struct listing *listing,
                      json_t *error)
{
    struct arena *arena = call->arena;
    uint64_t tries = json_get_number(error, "retry_count");
    const char *const cells[] = {
        json_get_text(arena, error, "id"),
        json_get_text(arena, error, "agent"),
        json_get_text(arena, error, "dn"),
        json_get_text(arena, error, "name"),
        json_get_text(arena, error, "type"),
        first_occurred(call, error),
        arena_print(arena, "%llu", (unsigned long long)(tries == 0 ? 1 : tries)),
        json_get_text(arena, error, "rule"),
    };

    listing_add(listing, json_incref(error), cells);
}

static enum ma_status find(const struct invocation *call, const struct reading *reading,
                           int argc, const char **argv, size_t most,
                           struct listing *listing, struct ma_error *err)
{
    const struct compiled_agent *agent = NULL;
    json_t *errors = NULL;
    json_t *error;
    size_t at;
    enum ma_status status =
        argc == 0 ? MA_OK : opened_agent(&reading->opened, argv[0], &agent, err);

    if (status == MA_OK)
        status = standing_errors(&reading->show, agent, most, &errors, err);
    json_array_foreach(errors, at, error) add_error(call, listing, error);
    if (json_array_size(errors) == most)
        listing->more = listing_limit(call->arena, most);
    json_decref(errors);
    return status;
}

static enum exit_code list(const struct invocation *call, int argc, const char **argv)
{
    struct listing listing = {.schema = "mactl/errors/1",
                              .key = "errors",
                              .columns = columns,
                              .column_count = sizeof columns / sizeof columns[0],
                              .empty = "no errors"};
    struct reading reading = {0};
    struct ma_error err = {0};
    size_t most;
    enum ma_status status;
    enum exit_code code = command_limit(given.limit, STANDING_LIMIT, &most);

    if (code != EXIT_OK)
        return code;
    status = reading_begin(&reading, call, &err);
    if (status == MA_OK)
        status = find(call, &reading, argc, argv, most, &listing, &err);
    code = status == MA_OK ? listing_print(call, &listing) : command_fail(&err);
    listing_drop(&listing);
    reading_end(&reading);
    return code;
}

/* --- show ------------------------------------------------------------------------- */

/* What shows more of the object than its error. */
static void print_next(const struct invocation *call, const json_t *error)
{
    struct arena *arena = call->arena;
    const char *kind = json_get_text(arena, error, "kind");
    const char *agent = json_get_text(arena, error, "agent");
    const char *dn = json_get_text(arena, error, "dn");

    if (kind == NULL || agent == NULL || dn == NULL ||
        strcmp(kind, "discovery-error") == 0)
        return;
    command_next(call, "%s %s %s %s", render_program(call),
                 strcmp(kind, "import-error") == 0 ? "preview" : "cs show",
                 render_word(arena, agent), render_word(arena, dn));
}

static enum exit_code print(const struct invocation *call, json_t *error)
{
    if (call->output == OUTPUT_JSON || call->output == OUTPUT_JSONL) {
        json_object_set_new(error, "schema", json_string("mactl/error/1"));
        return render_json(error);
    }
    render_error(call, error);
    print_next(call, error);
    json_decref(error);
    return EXIT_OK;
}

static enum exit_code show(const struct invocation *call, int argc, const char **argv)
{
    struct reading reading = {0};
    struct ma_error err = {0};
    json_t *error = NULL;
    enum ma_status status = reading_begin(&reading, call, &err);
    enum exit_code code;

    (void)argc;
    if (status == MA_OK)
        status = standing_error(&reading.show, argv[0], &error, &err);
    code = status == MA_OK ? print(call, error) : command_fail(&err);
    reading_end(&reading);
    return code;
}

static const struct poptOption list_options[] = {
    {"limit", 'n', POPT_ARG_INT, &given.limit, 0, "At most so many; 1000", "N"},
    POPT_TABLEEND};

const struct command command_errors_list = {
    .words = "errors list",
    .arguments = "[MA]",
    .summary = "Objects whose import, synchronisation or export fails at present",
    .help = "    mactl errors list\n    mactl errors list contoso.com -o wide\n"
            "    mactl errors list -o json",
    .options = list_options,
    .most = 1,
    .formats = FORMAT_LIST,
    .run = list,
};

const struct command command_errors_show = {
    .words = "errors show",
    .arguments = "ID",
    .summary = "One of them: its cause, since when, and what to do",
    .help = "    mactl errors show sync-2-17",
    .least = 1,
    .most = 1,
    .formats = FORMAT_LINES,
    .run = show,
};
