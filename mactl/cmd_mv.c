/* SPDX-License-Identifier: Apache-2.0 */

/* mactl mv search|show: metaverse objects. */

#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "commands.h"
#include "find_object.h"
#include "listing.h"
#include "object_text.h"
#include "run/json.h"
#include "run/query.h"

static struct {
    int limit;
    long long after;
} given;

enum { DEFAULT_LIMIT = 100 };

/* --- search ----------------------------------------------------------------------- */

static const struct render_column columns[] = {
    {.title = "TYPE"},
    {.title = "NAME", .shrinks = true},
    {.title = "CONNECTORS", .shrinks = true},
    {.title = "GUID"},
};

/* The agents, each once, in the order of their numbers. */
static const char *agents_of(const struct reading *reading, struct arena *arena,
                             uint64_t mv)
{
    connector_list connectors = {0};
    struct ma_error ignored;
    BUF_AUTO text = {0};

    if (mv_connectors(reading->batch, mv, &connectors, &ignored) != MA_OK)
        connectors.count = 0;
    for (size_t i = 0; i < connectors.count; i++) {
        const struct compiled_agent *agent =
            program_agent(reading->opened.program, connectors.items[i].agent);

        if (i > 0 && connectors.items[i].agent == connectors.items[i - 1].agent)
            continue;
        buf_print(&text, "%s%s", text.length == 0 ? "" : ", ",
                  agent == NULL ? "?" : agent->config->name);
    }
    VEC_FREE(&connectors);
    return text.length == 0 ? NULL : arena_text(arena, text.at);
}

static void add_object(const struct invocation *call, const struct reading *reading,
                       const struct mv_object *object, struct listing *listing)
{
    char guid[GUID_TEXT];
    const char *const cells[] = {
        program_type_name(reading->opened.program, NULL, object->type),
        show_mv_name(&reading->show, call->arena, object),
        agents_of(reading, call->arena, object->id),
        arena_text(call->arena, guid_format(&object->guid, GUID_PLAIN, guid)),
    };
    json_t *json = json_pack("{s:I}", "object", (json_int_t)object->id);

    json_put_text(json, "guid", cells[3]);
    json_put_text(json, "type", cells[0]);
    json_put_text(json, "name", cells[1]);
    json_put_text(json, "connectors", cells[2]);
    json_object_set_new(json, "attributes",
                        show_entry_json(&reading->show, NULL, &object->entry));
    listing_add(listing, json, cells);
}

/* A first word that is a type of the metaverse stands for type=. */
static bool is_type(const struct reading *reading, const char *word)
{
    return schema_class(&reading->opened.config->metaverse.schema, word) != NULL;
}

static enum ma_status find(const struct invocation *call, const struct reading *reading,
                           int argc, const char **argv, struct listing *listing,
                           id_list *ids, struct ma_error *err)
{
    size_t limit = given.limit > 0 ? (size_t)given.limit : DEFAULT_LIMIT;
    const char **words = ARENA_ARRAY(call->arena, const char *, (size_t)argc);
    struct query query;
    enum ma_status status;

    for (int i = 0; i < argc; i++)
        words[i] = i == 0 && is_type(reading, argv[0])
                       ? arena_print(call->arena, "type=%s", argv[0])
                       : argv[i];
    status = query_parse(call->arena, words, (size_t)argc, &query, err);
    if (status == MA_OK)
        status = query_mv(&query, &reading->show, (uint64_t)given.after, limit, ids, err);
    for (size_t i = 0; status == MA_OK && i < ids->count; i++) {
        struct mv_object object;

        status = mv_get(reading->batch, call->arena, ids->items[i], &object, err);
        if (status == MA_OK)
            add_object(call, reading, &object, listing);
    }
    if (status == MA_OK && ids->count == limit)
        command_next(call, "more: the same with --after=%llu",
                     (unsigned long long)ids->items[limit - 1]);
    return status;
}

static enum exit_code search(const struct invocation *call, int argc, const char **argv)
{
    struct listing listing = {.schema = "mactl/mv/1",
                              .key = "objects",
                              .columns = columns,
                              .column_count = sizeof columns / sizeof columns[0],
                              .name = 3,
                              .empty = "no objects"};
    struct reading reading = {0};
    struct ma_error err = {0};
    id_list ids = {0};
    enum ma_status status = reading_begin(&reading, call, &err);
    enum exit_code code = EXIT_OK;

    if (status == MA_OK)
        status = find(call, &reading, argc, argv, &listing, &ids, &err);
    if (status == MA_OK)
        code = listing_print(call, &listing);
    listing_drop(&listing);
    VEC_FREE(&ids);
    reading_end(&reading);
    return status == MA_OK ? code : command_fail(&err);
}

/* --- show ------------------------------------------------------------------------- */

static enum exit_code show(const struct invocation *call, int argc, const char **argv)
{
    struct reading reading = {0};
    struct ma_error err = {0};
    struct mv_object object;
    enum ma_status status = reading_begin(&reading, call, &err);
    const struct object_style style = {.show = &reading.show, .arena = call->arena};
    BUF_AUTO out = {0};

    (void)argc;
    if (status == MA_OK)
        status = find_mv_object(&reading, call->arena, argv[0], &object, &err);
    if (status == MA_OK && (call->output == OUTPUT_JSON || call->output == OUTPUT_JSONL))
        render_json(object_mv_json(&style, &object));
    else if (status == MA_OK) {
        object_mv_text(&style, &object, &out);
        fwrite(out.at, 1, out.length, stdout);
    }
    reading_end(&reading);
    return status == MA_OK ? EXIT_OK : command_fail(&err);
}

static const struct poptOption search_options[] = {
    {"limit", 'n', POPT_ARG_INT, &given.limit, 0, "At most so many objects; 100", "N"},
    {"after", 0, POPT_ARG_LONGLONG, &given.after, 0, "Go on behind this object", "ID"},
    POPT_TABLEEND};

const struct command command_mv_search = {
    .words = "mv search",
    .arguments = "[TYPE] [TERM...]",
    .summary = "Finds objects of the metaverse",
    .help = "Every TERM must hold: attribute=value, where * stands for anything, or a "
            "text that is\nsomewhere in a value.\n\n"
            "    mactl mv search person 'department=Sales*'\n"
            "    mactl mv search ana -o json",
    .options = search_options,
    .most = -1,
    .run = search,
};

const struct command command_mv_show = {
    .words = "mv show",
    .arguments = "GUID",
    .summary =
        "One object of the metaverse: its attributes, who gave them, its connectors",
    .help = "    mactl mv show 7c1e9a30-58c2-4c0b-9c70-5d9b0a3a1f11",
    .least = 1,
    .most = 1,
    .run = show,
};
