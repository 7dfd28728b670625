/* SPDX-License-Identifier: Apache-2.0 */

/* mactl mv search|show: metaverse objects. */

#include "base/json.h"
#include "command.h"
#include "commands.h"
#include "find_object.h"
#include "object_lineage.h"
#include "object_text.h"
#include "render_run.h"
#include "search.h"

static struct {
    int lineage;
} given;

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
                  agent == NULL ? OBJECT_NO_AGENT : agent->config->name);
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

static enum ma_status begin_search(struct searching *s, int argc, const char **argv,
                                   struct query *out, struct ma_error *err)
{
    struct arena *arena = s->call->arena;
    const char **words = ARENA_ARRAY(arena, const char *, (size_t)argc);

    for (int i = 0; i < argc; i++)
        words[i] = i == 0 && is_type(s->reading, argv[0])
                       ? arena_print(arena, "type=%s", argv[0])
                       : argv[i];
    return query_parse(arena, words, (size_t)argc, out, err);
}

static enum ma_status add_found(const struct searching *s, uint64_t id,
                                struct listing *listing, struct ma_error *err)
{
    struct mv_object object;
    enum ma_status status = mv_get(s->reading->batch, s->call->arena, id, &object, err);

    if (status == MA_OK)
        add_object(s->call, s->reading, &object, listing);
    return status;
}

static enum exit_code search(const struct invocation *call, int argc, const char **argv)
{
    static const struct search kind = {
        .listing = {.schema = "mactl/mv/1",
                    .key = "objects",
                    .columns = columns,
                    .column_count = sizeof columns / sizeof columns[0],
                    .name = 3,
                    .empty = "no objects"},
        .begin = begin_search,
        .add = add_found,
    };

    return search_run(call, &kind, argc, argv);
}

/* --- show ------------------------------------------------------------------------- */

/* A value, and one of those who give it. */
static const struct render_column lineage_columns[] = {
    {.title = "ATTRIBUTE"},
    {.title = "VALUE", .shrinks = true},
    {.title = "AGENT", .shrinks = true},
    {.title = "DN", .shrinks = true, .wide = true},
    {.title = "RULE", .shrinks = true},
    {.title = "PRECEDENCE", .number = true},
    {.title = "RUN", .number = true},
    {.title = "SINCE", .wide = true},
};

static json_t *lineage_json(const char *const *cells, const struct object_lineage *line)
{
    json_t *json = json_object();

    json_put_text(json, "attribute", cells[0]);
    json_put_text(json, "value", line->value);
    if (line->name != NULL)
        json_put_text(json, "name", line->name);
    json_put_text(json, "agent", cells[2]);
    json_put_text(json, "dn", cells[3]);
    json_put_text(json, "rule", cells[4]);
    if (line->has_precedence)
        json_object_set_new(json, "precedence", json_integer(line->precedence));
    json_put_number(json, "run", line->run);
    json_put_time(json, "time", line->time);
    return json;
}

static void add_line(const struct invocation *call, struct listing *listing,
                     const struct object_lineage *line)
{
    struct arena *arena = call->arena;
    const char *const cells[] = {
        line->attribute,
        line->name != NULL ? line->name : line->value,
        line->agent,
        line->dn,
        line->rule,
        line->has_precedence ? arena_print(arena, "%ld", line->precedence) : NULL,
        line->run == 0 ? NULL : arena_print(arena, "%llu", (unsigned long long)line->run),
        render_time(call, line->time),
    };

    listing_add(listing, lineage_json(cells, line), cells);
}

static enum exit_code print_lineage(const struct invocation *call,
                                    const struct object_style *style,
                                    const struct mv_object *object)
{
    struct listing listing = {.schema = "mactl/lineage/1",
                              .key = "values",
                              .columns = lineage_columns,
                              .column_count =
                                  sizeof lineage_columns / sizeof lineage_columns[0],
                              .empty = "no values"};
    object_lineages lines = {0};

    object_lineage(style, object, &lines);
    for (size_t i = 0; i < lines.count; i++)
        add_line(call, &listing, &lines.items[i]);
    VEC_FREE(&lines);
    return listing_print(call, &listing);
}

static enum exit_code print_object(const struct invocation *call,
                                   const struct object_style *style,
                                   const struct mv_object *object)
{
    BUF_AUTO out = {0};

    if (given.lineage)
        return print_lineage(call, style, object);
    if (call->output == OUTPUT_JSON || call->output == OUTPUT_JSONL)
        return render_json(object_mv_json(style, object));
    if (call->output == OUTPUT_CSV || call->output == OUTPUT_NAME)
        return command_error(EXIT_USAGE, NULL,
                             "an object comes as text, wide, json or jsonl; as csv comes "
                             "its --lineage");
    object_mv_text(style, object, &out);
    fwrite(out.at, 1, out.length, stdout);
    return EXIT_OK;
}

static enum exit_code show(const struct invocation *call, int argc, const char **argv)
{
    struct reading reading = {0};
    struct ma_error err = {0};
    struct mv_object object;
    const struct object_style style = {.show = &reading.show, .arena = call->arena};
    enum ma_status status = reading_begin(&reading, call, &err);
    enum exit_code code;

    (void)argc;
    if (status == MA_OK)
        status = find_mv_object(&reading, call->arena, argv[0], &object, &err);
    code = status == MA_OK ? print_object(call, &style, &object) : command_fail(&err);
    reading_end(&reading);
    return code;
}

static const struct poptOption show_options[] = {
    {"lineage", 0, POPT_ARG_NONE, &given.lineage, 0,
     "Of every value: agent, rule, its precedence, and the run that brought it", NULL},
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
    .formats = FORMAT_LIST,
    .run = search,
};

const struct command command_mv_show = {
    .words = "mv show",
    .arguments = "GUID",
    .summary =
        "One object of the metaverse: its attributes, who gave them, its connectors",
    .help = "    mactl mv show 7c1e9a30-58c2-4c0b-9c70-5d9b0a3a1f11\n"
            "    mactl mv show 7c1e9a30-58c2-4c0b-9c70-5d9b0a3a1f11 --lineage",
    .options = show_options,
    .least = 1,
    .most = 1,
    .formats = FORMAT_LIST,
    .run = show,
};
