/* SPDX-License-Identifier: Apache-2.0 */

/* mactl pending: what waits for synchronisation or for an export. */

#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "commands.h"
#include "listing.h"
#include "object_text.h"
#include "reading.h"
#include "run/json.h"

static struct {
    int import;
    int export;
    char *op;
    int limit;
    int changes;
} given;

/* --- all agents ------------------------------------------------------------------- */

static const struct {
    enum cs_queue queue;
    const char *title;
    const char *key;
} queues[] = {
    {QUEUE_SYNC, "IMPORTS", "imports"},
    {QUEUE_EXPORT, "EXPORTS", "exports"},
    {QUEUE_UNCONFIRMED, "UNCONFIRMED", "unconfirmed"},
    {QUEUE_IMPORT_ERROR, "SYNC-ERRORS", "import_errors"},
    {QUEUE_EXPORT_ERROR, "EXPORT-ERRORS", "export_errors"},
    {QUEUE_DISCONNECTOR, "DISCONNECTORS", "disconnectors"},
};

enum { QUEUES = sizeof queues / sizeof queues[0] };

static enum ma_status add_agent(const struct invocation *call,
                                const struct reading *reading,
                                const struct compiled_agent *agent,
                                struct listing *listing, struct ma_error *err)
{
    const char *cells[QUEUES + 1] = {agent->config->name};
    json_t *json = json_pack("{s:o}", "agent", json_of_text(agent->config->name));
    enum ma_status status = MA_OK;

    for (size_t i = 0; status == MA_OK && i < QUEUES; i++) {
        uint64_t length = 0;

        status =
            cs_queue_length(reading->batch, queues[i].queue, agent->number, &length, err);
        cells[i + 1] = arena_print(call->arena, "%llu", (unsigned long long)length);
        json_object_set_new(json, queues[i].key, json_integer((json_int_t)length));
    }
    if (status == MA_OK)
        listing_add(listing, json, cells);
    else
        json_decref(json);
    return status;
}

static enum ma_status list_agents(const struct invocation *call,
                                  const struct reading *reading, struct listing *listing,
                                  struct ma_error *err)
{
    const struct program *program = reading->opened.program;
    enum ma_status status = MA_OK;

    for (size_t i = 0; status == MA_OK && i < program->agent_count; i++)
        status = add_agent(call, reading, &program->agents[i], listing, err);
    return status;
}

static const struct render_column agent_columns[] = {
    {.title = "AGENT", .shrinks = true},
    {.title = "IMPORTS", .number = true},
    {.title = "EXPORTS", .number = true},
    {.title = "UNCONFIRMED", .number = true},
    {.title = "SYNC-ERRORS", .number = true},
    {.title = "EXPORT-ERRORS", .number = true},
    {.title = "DISCONNECTORS", .number = true},
};

/* --- one agent -------------------------------------------------------------------- */

static const struct render_column columns[] = {
    {.title = "OPERATION"}, {.title = "DN", .shrinks = true},
    {.title = "TYPE"},      {.title = "ATTRIBUTES", .shrinks = true},
    {.title = "ERROR"},
};

static const struct delta *delta_of(const struct cs_object *object)
{
    if (given.import)
        return &object->pending_import;
    return delta_is_empty(&object->unapplied) ? &object->escrowed : &object->unapplied;
}

/* A change of the name goes by itself: that is what an operator looks for. */
static const char *operation(const struct delta *delta)
{
    return delta->op == DELTA_UPDATE && delta->dn != NULL ? "rename"
                                                          : show_delta_op(delta);
}

static const char *attributes(const struct reading *reading, struct arena *arena,
                              const struct delta *delta)
{
    BUF_AUTO text = {0};

    for (uint32_t i = 0; i < delta->count; i++)
        buf_print(&text, "%s%s", i == 0 ? "" : " ",
                  names_text(reading->opened.program->names, delta->attrs[i].name));
    return text.length == 0 ? NULL : arena_text(arena, text.at);
}

static void add_object(const struct invocation *call, const struct reading *reading,
                       const struct compiled_agent *agent, const struct cs_object *object,
                       struct listing *listing)
{
    const struct delta *delta = delta_of(object);
    const struct object_error *error =
        given.import ? &object->import_error : &object->export_error;
    struct arena *arena = call->arena;
    const char *const cells[] = {
        operation(delta),
        object_dn(arena, object),
        program_type_name(reading->opened.program,
                          program_agent(reading->opened.program, object->agent),
                          object_type(arena, object)),
        attributes(reading, arena, delta),
        error->count > 0 ? error->type : NULL,
    };
    json_t *json = json_object();

    json_put_text(json, "operation", cells[0]);
    json_put_text(json, "dn", cells[1]);
    json_put_text(json, "type", cells[2]);
    json_put_flag(json, "in_flight", !given.import && delta_is_empty(&object->unapplied));
    json_put_text(json, "error", cells[4]);
    json_object_set_new(json, "change", show_delta_json(&reading->show, agent, delta));
    listing_add(listing, json, cells);
}

static bool is_wanted(const struct cs_object *object)
{
    const struct delta *delta = delta_of(object);

    return !delta_is_empty(delta) &&
           (given.op == NULL || strcmp(given.op, operation(delta)) == 0 ||
            strcmp(given.op, show_delta_op(delta)) == 0);
}

enum { PAGE = 500, DEFAULT_LIMIT = 1000 };

static void print_changes(const struct invocation *call, const struct reading *reading,
                          const struct compiled_agent *agent,
                          const struct cs_object *object)
{
    const struct object_style style = {.show = &reading->show, .arena = call->arena};
    const struct delta *delta = delta_of(object);
    const char *dn = object_dn(call->arena, object);
    BUF_AUTO out = {0};

    buf_print(&out, "%s  %s\n", operation(delta),
              render_clean(call->arena, dn == NULL ? "(no DN)" : dn));
    object_delta_text(&style, agent, delta, &out);
    fwrite(out.at, 1, out.length, stdout);
}

/* Everything that is listed lives until the end: the number is limited. */
static enum ma_status list_objects(const struct invocation *call,
                                   const struct reading *reading,
                                   const struct compiled_agent *agent,
                                   struct listing *listing, struct ma_error *err)
{
    enum cs_queue queue = given.import ? QUEUE_SYNC : QUEUE_EXPORT;
    size_t most = given.limit > 0 ? (size_t)given.limit : DEFAULT_LIMIT;
    id_list ids = {0};
    uint64_t after = 0;
    bool more = true;
    size_t listed = 0;
    enum ma_status status = MA_OK;

    while (status == MA_OK && more && listed < most) {
        ids.count = 0;
        status = cs_queue(reading->batch, queue, agent->number, after, PAGE, &ids, err);
        more = ids.count == PAGE;
        for (size_t i = 0; status == MA_OK && i < ids.count && listed < most; i++) {
            struct cs_object object;

            after = ids.items[i];
            status =
                cs_get(reading->batch, call->arena, agent->number, after, &object, err);
            if (status != MA_OK || !is_wanted(&object))
                continue;
            listed++;
            if (given.changes)
                print_changes(call, reading, agent, &object);
            else
                add_object(call, reading, agent, &object, listing);
        }
    }
    VEC_FREE(&ids);
    if (status == MA_OK && listed == most)
        command_next(call, "only the first %zu: --limit has more", most);
    return status;
}

/* --- the command ------------------------------------------------------------------ */

static enum ma_status list(const struct invocation *call, const struct reading *reading,
                           int argc, const char **argv, struct listing *listing,
                           struct ma_error *err)
{
    const struct compiled_agent *agent;
    enum ma_status status;

    if (argc == 0)
        return list_agents(call, reading, listing, err);
    status = opened_agent(&reading->opened, argv[0], &agent, err);
    return status == MA_OK ? list_objects(call, reading, agent, listing, err) : status;
}

static enum exit_code pending(const struct invocation *call, int argc, const char **argv)
{
    struct listing listing = {
        .schema = "mactl/pending/1",
        .key = argc == 0 ? "agents" : "objects",
        .columns = argc == 0 ? agent_columns : columns,
        .column_count = argc == 0 ? sizeof agent_columns / sizeof agent_columns[0]
                                  : sizeof columns / sizeof columns[0],
        .name = argc == 0 ? 0 : 1,
        .empty = given.changes ? NULL : "nothing is pending"};
    struct reading reading = {0};
    struct ma_error err = {0};
    enum ma_status status = MA_OK;
    enum exit_code code = EXIT_OK;

    if (given.import && given.export)
        return command_error(EXIT_USAGE, NULL,
                             "--import and --export exclude each other");
    given.changes = given.changes && argc > 0 && call->output == OUTPUT_TEXT;
    status = reading_begin(&reading, call, &err);
    if (status == MA_OK)
        status = list(call, &reading, argc, argv, &listing, &err);
    if (status == MA_OK && !given.changes)
        code = listing_print(call, &listing);
    listing_drop(&listing);
    reading_end(&reading);
    free(given.op);
    return status == MA_OK ? code : command_fail(&err);
}

static const struct poptOption options[] = {
    {"import", 0, POPT_ARG_NONE, &given.import, 0, "What waits for synchronisation",
     NULL},
    {"export", 0, POPT_ARG_NONE, &given.export, 0, "What waits for an export (default)",
     NULL},
    {"op", 0, POPT_ARG_STRING, &given.op, 0,
     "Only add, update, rename, delete, delete-add or obsolete", "OPERATION"},
    {"changes", 0, POPT_ARG_NONE, &given.changes, 0, "Every value that comes or goes",
     NULL},
    {"limit", 'n', POPT_ARG_INT, &given.limit, 0, "At most so many objects; 1000", "N"},
    POPT_TABLEEND};

const struct command command_pending = {
    .words = "pending",
    .arguments = "[MA]",
    .summary = "What waits: of every agent in numbers, of one object by object",
    .help = "    mactl pending\n    mactl pending AAD --op delete\n"
            "    mactl pending AAD --changes\n    mactl pending HR --import -o json",
    .options = options,
    .most = 1,
    .run = pending,
};
