/* SPDX-License-Identifier: Apache-2.0 */

/* mactl pending: what waits for synchronisation or for an export. */

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "command.h"
#include "commands.h"
#include "listing.h"
#include "object_text.h"
#include "reading.h"
#include "refused.h"

static struct {
    int import;
    int export;
    char *op;
    int limit;
    int changes;
    int csv;
} given = {.limit = LIMIT_NOT_GIVEN};

static const char *const operations[] = {"add",    "update",     "rename",
                                         "delete", "delete-add", "obsolete"};

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

/* --- objects ---------------------------------------------------------------------- */

static const struct render_column columns[] = {
    {.title = "OPERATION"},
    {.title = "DN", .shrinks = true},
    {.title = "NAME", .shrinks = true},
    {.title = "TYPE"},
    {.title = "ATTRIBUTES", .shrinks = true},
    {.title = "ERROR"},
    {.title = "REFUSED", .wide = true},  /* before it is sent */
    {.title = "AGENT", .shrinks = true}, /* where it is not given */
};

enum { COLUMNS = sizeof columns / sizeof columns[0] };

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

struct walking {
    const struct invocation *call;
    const struct reading *reading;
    struct listing *listing;
    size_t most;
    size_t listed;
    refusal_list refused; /* of the agent that is listed */
    refused_groups groups;
};

static void add_object(struct walking *w, const struct compiled_agent *agent,
                       const struct cs_object *object)
{
    const struct reading *reading = w->reading;
    const struct delta *delta = delta_of(object);
    const struct object_error *error =
        given.import ? &object->import_error : &object->export_error;
    struct arena *arena = w->call->arena;
    const char *const cells[] = {
        operation(delta),
        object_dn(arena, object),
        show_cs_name(&reading->show, arena, object),
        program_type_name(reading->opened.program,
                          program_agent(reading->opened.program, object->agent),
                          object_type(arena, object)),
        attributes(reading, arena, delta),
        error->count > 0 ? error->type : NULL,
        refused_names(arena, &w->refused, object->id),
        agent->config->name,
    };
    json_t *json = json_object();

    json_put_text(json, "operation", cells[0]);
    json_put_text(json, "dn", cells[1]);
    json_put_text(json, "name", cells[2]);
    json_put_text(json, "type", cells[3]);
    json_put_flag(json, "in_flight", !given.import && delta_is_empty(&object->unapplied));
    json_put_text(json, "error", cells[5]);
    refused_put_json(json, &w->refused, object->id);
    json_put_text(json, "agent", agent->config->name);
    json_object_set_new(json, "change", show_delta_json(&reading->show, agent, delta));
    listing_add(w->listing, json, cells);
    refused_group(&w->groups, &w->refused, object->id, agent->config->name, cells[1]);
}

static bool is_wanted(const struct cs_object *object)
{
    const struct delta *delta = delta_of(object);

    return !delta_is_empty(delta) &&
           (given.op == NULL || strcmp(given.op, operation(delta)) == 0 ||
            strcmp(given.op, show_delta_op(delta)) == 0);
}

enum { PAGE = 500, DEFAULT_LIMIT = 1000 };

static void print_changes(const struct walking *w, const struct compiled_agent *agent,
                          const struct cs_object *object)
{
    struct arena *arena = w->call->arena;
    const struct object_style style = {.show = &w->reading->show, .arena = arena};
    const struct delta *delta = delta_of(object);
    const char *dn = object_dn(arena, object);
    BUF_AUTO out = {0};

    buf_print(&out, "%s  %s\n", operation(delta),
              render_clean(arena, dn == NULL ? "(no DN)" : dn));
    object_delta_text(&style, agent, delta, &out);
    refused_put_text(arena, &w->refused, object->id, &out);
    fwrite(out.at, 1, out.length, stdout);
}

/* Those of the agent that are to be listed, as far as there is room for them. */
static enum ma_status choose(struct walking *w, const struct compiled_agent *agent,
                             id_list *out, struct ma_error *err)
{
    enum cs_queue queue = given.import ? QUEUE_SYNC : QUEUE_EXPORT;
    ARENA_AUTO arena = {0};
    id_list ids = {0};
    uint64_t after = 0;
    bool more = true;
    enum ma_status status = MA_OK;

    while (status == MA_OK && more && w->listed + out->count < w->most) {
        ids.count = 0;
        status =
            cs_queue(w->reading->batch, queue, agent->number, after, PAGE, &ids, err);
        more = ids.count == PAGE;
        for (size_t i = 0;
             status == MA_OK && i < ids.count && w->listed + out->count < w->most; i++) {
            struct cs_object object;

            arena_reset(&arena);
            after = ids.items[i];
            status =
                cs_get(w->reading->batch, &arena, agent->number, after, &object, err);
            if (status == MA_OK && is_wanted(&object))
                VEC_ADD(out, after);
        }
    }
    VEC_FREE(&ids);
    return status;
}

static enum ma_status list_one(struct walking *w, const struct compiled_agent *agent,
                               uint64_t id, struct ma_error *err)
{
    struct cs_object object;
    enum ma_status status =
        cs_get(w->reading->batch, w->call->arena, agent->number, id, &object, err);

    if (status != MA_OK)
        return status;
    w->listed++;
    if (given.changes)
        print_changes(w, agent, &object);
    else
        add_object(w, agent, &object);
    return MA_OK;
}

static void find_refused(struct walking *w, const struct compiled_agent *agent,
                         const id_list *ids)
{
    const struct refusals_request request = {.opened = &w->reading->opened,
                                             .batch = w->reading->batch,
                                             .agent = agent,
                                             .ids = ids,
                                             .arena = w->call->arena};

    w->refused.count = 0;
    if (!given.import)
        refused_find(&request, &w->refused);
}

/* Everything that is listed lives until the end: the number is limited. */
static enum ma_status list_objects(struct walking *w, const struct compiled_agent *agent,
                                   struct ma_error *err)
{
    id_list ids = {0};
    enum ma_status status = choose(w, agent, &ids, err);

    if (status == MA_OK && ids.count > 0)
        find_refused(w, agent, &ids);
    for (size_t i = 0; status == MA_OK && i < ids.count; i++)
        status = list_one(w, agent, ids.items[i], err);
    VEC_FREE(&ids);
    return status;
}

/* --- the command ------------------------------------------------------------------ */

/* In numbers, unless something is asked for that only objects have. */
static bool wants_objects(int argc)
{
    return argc > 0 || given.import || given.export || given.op != NULL ||
           given.changes || given.csv;
}

static enum ma_status list(struct walking *w, int argc, const char **argv,
                           struct ma_error *err)
{
    const struct program *program = w->reading->opened.program;
    const struct compiled_agent *only = NULL;
    enum ma_status status = MA_OK;

    if (!wants_objects(argc))
        return list_agents(w->call, w->reading, w->listing, err);
    if (argc > 0)
        status = opened_agent(&w->reading->opened, argv[0], &only, err);
    for (size_t i = 0; status == MA_OK && i < program->agent_count; i++)
        if (only == NULL || only == &program->agents[i])
            status = list_objects(w, &program->agents[i], err);
    if (status == MA_OK && w->listed == w->most)
        w->listing->more = listing_limit(w->call->arena, w->most);
    return status;
}

static enum exit_code usage(size_t *most)
{
    if (given.import && given.export)
        return command_error(EXIT_USAGE, NULL,
                             "--import and --export exclude each other");
    for (size_t i = 0; given.op != NULL; i++) {
        if (i == sizeof operations / sizeof operations[0])
            return command_unknown("operation", given.op, operations, i);
        if (strcmp(given.op, operations[i]) == 0)
            break;
    }
    return command_limit(given.limit, DEFAULT_LIMIT, most);
}

static struct listing listing_of(int argc)
{
    if (wants_objects(argc))
        return (struct listing){.schema = "mactl/pending/1",
                                .key = "objects",
                                .columns = columns,
                                .column_count = argc > 0 ? COLUMNS - 1 : COLUMNS,
                                .name = 1,
                                .empty = given.changes ? NULL : "nothing is pending"};
    return (struct listing){.schema = "mactl/pending/1",
                            .key = "agents",
                            .columns = agent_columns,
                            .column_count =
                                sizeof agent_columns / sizeof agent_columns[0],
                            .empty = "there are no agents"};
}

static enum exit_code show(const struct invocation *call, int argc, const char **argv,
                           size_t most)
{
    struct listing listing = listing_of(argc);
    struct reading reading = {0};
    struct walking w = {
        .call = call, .reading = &reading, .listing = &listing, .most = most};
    struct ma_error err = {0};
    enum ma_status status;
    enum exit_code code = EXIT_OK;

    given.changes = given.changes && call->output == OUTPUT_TEXT;
    status = reading_begin(&reading, call, &err);
    if (status == MA_OK)
        status = list(&w, argc, argv, &err);
    if (status != MA_OK)
        code = command_fail(&err);
    else if (!given.changes)
        code = listing_print(call, &listing);
    else
        listing_hint(call, &listing);
    if (call->output == OUTPUT_TEXT || call->output == OUTPUT_WIDE)
        refused_print_groups(call->arena, &w.groups);
    listing_drop(&listing);
    VEC_FREE(&w.refused);
    VEC_FREE(&w.groups);
    reading_end(&reading);
    return code;
}

static enum exit_code pending(const struct invocation *call, int argc, const char **argv)
{
    struct invocation as = *call;
    size_t most;
    enum exit_code code = usage(&most);

    if (given.csv)
        as.output = OUTPUT_CSV;
    if (code == EXIT_OK)
        code = show(&as, argc, argv, most);
    free(given.op);
    return code;
}

static const struct poptOption options[] = {
    {"import", 0, POPT_ARG_NONE, &given.import, 0, "What waits for synchronisation",
     NULL},
    {"export", 0, POPT_ARG_NONE, &given.export, 0, "What waits for an export (default)",
     NULL},
    {"op", 0, POPT_ARG_STRING, &given.op, 0,
     "Only add, update, rename, delete, delete-add or obsolete", "OPERATION"},
    {"csv", 0, POPT_ARG_NONE, &given.csv, 0, "The same as -o csv", NULL},
    {"changes", 0, POPT_ARG_NONE, &given.changes, 0, "Every value that comes or goes",
     NULL},
    {"limit", 'n', POPT_ARG_INT, &given.limit, 0, "At most so many objects; 1000", "N"},
    POPT_TABLEEND};

const struct command command_pending = {
    .words = "pending",
    .arguments = "[MA]",
    .summary = "What waits: of every agent in numbers, or object by object",
    .help = "    mactl pending\n    mactl pending AAD --op delete\n"
            "    mactl pending AAD --changes\n    mactl pending HR --import -o json\n"
            "    mactl pending --op delete --csv",
    .options = options,
    .most = 1,
    .formats = FORMAT_LIST,
    .run = pending,
};
