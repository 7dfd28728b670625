/* SPDX-License-Identifier: Apache-2.0 */

/* mactl cs search|show: connector-space objects. */

#include <stdlib.h>

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
    {.title = "DN", .shrinks = true},
    {.title = "TYPE"},
    {.title = "STATE"},
    {.title = "IMPORT"},
    {.title = "EXPORT"},
    {.title = "ERROR"},
    {.title = "ANCHOR", .wide = true},
};

static const char *op_or_null(const struct delta *delta)
{
    return delta_is_empty(delta) ? NULL : show_delta_op(delta);
}

/* What is on its way counts as pending too. */
static const char *export_op(const struct cs_object *object)
{
    return delta_is_empty(&object->unapplied) ? op_or_null(&object->escrowed)
                                              : show_delta_op(&object->unapplied);
}

static const char *error_type(const struct cs_object *object)
{
    if (object->import_error.count > 0)
        return object->import_error.type;
    return object->export_error.count > 0 ? object->export_error.type : NULL;
}

static void add_object(const struct invocation *call, const struct reading *reading,
                       const struct cs_object *object, struct listing *listing)
{
    struct arena *arena = call->arena;
    char guid[GUID_TEXT];
    const char *const cells[] = {
        object_dn(arena, object),
        program_type_name(reading->opened.program,
                          program_agent(reading->opened.program, object->agent),
                          object_type(arena, object)),
        query_state(object),
        op_or_null(&object->pending_import),
        export_op(object),
        error_type(object),
        object_anchor(arena, object->anchor),
    };
    json_t *json = json_pack("{s:I}", "object", (json_int_t)object->id);

    json_put_text(json, "dn", cells[0]);
    json_put_text(json, "type", cells[1]);
    json_put_text(json, "state", cells[2]);
    json_put_text(json, "pending_import", cells[3]);
    json_put_text(json, "pending_export", cells[4]);
    json_put_text(json, "error", cells[5]);
    json_put_text(json, "anchor", cells[6]);
    json_put_text(json, "guid", guid_format(&object->guid, GUID_PLAIN, guid));
    listing_add(listing, json, cells);
}

static enum ma_status find(const struct invocation *call, const struct reading *reading,
                           int argc, const char **argv, struct listing *listing,
                           id_list *ids, struct ma_error *err)
{
    size_t limit = given.limit > 0 ? (size_t)given.limit : DEFAULT_LIMIT;
    const struct compiled_agent *agent;
    struct query query;
    enum ma_status status = opened_agent(&reading->opened, argv[0], &agent, err);

    if (status == MA_OK)
        status = query_parse(call->arena, argv + 1, (size_t)argc - 1, &query, err);
    if (status == MA_OK)
        status = query_cs(&query, &reading->show, agent, (uint64_t)given.after, limit,
                          ids, err);
    for (size_t i = 0; status == MA_OK && i < ids->count; i++) {
        struct cs_object object;

        status = cs_get(reading->batch, call->arena, agent->number, ids->items[i],
                        &object, err);
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
    struct listing listing = {.schema = "mactl/cs/1",
                              .key = "objects",
                              .columns = columns,
                              .column_count = sizeof columns / sizeof columns[0],
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
    else
        listing_drop(&listing);
    VEC_FREE(&ids);
    reading_end(&reading);
    return status == MA_OK ? code : command_fail(&err);
}

/* --- show ------------------------------------------------------------------------- */

static enum exit_code print_object(const struct invocation *call,
                                   const struct reading *reading,
                                   const struct compiled_agent *agent,
                                   const struct cs_object *object)
{
    const struct object_style style = {.show = &reading->show, .arena = call->arena};
    BUF_AUTO out = {0};

    if (call->output == OUTPUT_JSON || call->output == OUTPUT_JSONL)
        return render_json(object_cs_json(&style, agent, object));
    object_cs_text(&style, agent, object, &out);
    fwrite(out.at, 1, out.length, stdout);
    return EXIT_OK;
}

static enum exit_code show(const struct invocation *call, int argc, const char **argv)
{
    struct reading reading = {0};
    struct ma_error err = {0};
    const struct compiled_agent *agent;
    struct cs_object object;
    enum ma_status status = reading_begin(&reading, call, &err);
    enum exit_code code;

    (void)argc;
    if (status == MA_OK)
        status = opened_agent(&reading.opened, argv[0], &agent, &err);
    if (status == MA_OK)
        status = find_cs_object(&reading, call->arena, agent, argv[1], &object, &err);
    code = status == MA_OK ? print_object(call, &reading, agent, &object)
                           : command_fail(&err);
    reading_end(&reading);
    return code;
}

static const struct poptOption search_options[] = {
    {"limit", 'n', POPT_ARG_INT, &given.limit, 0, "At most so many objects; 100", "N"},
    {"after", 0, POPT_ARG_LONGLONG, &given.after, 0, "Go on behind this object", "ID"},
    POPT_TABLEEND};

const struct command command_cs_search = {
    .words = "cs search",
    .arguments = "MA [TERM...]",
    .summary = "Finds objects of a connector space",
    .help =
        "Every TERM must hold: attribute=value, where * stands for anything, or a "
        "text that is\nsomewhere in the DN or in a value. Besides attributes: dn, "
        "type, state (connector,\ndisconnector, ...) and pending (import, export).\n\n"
        "    mactl cs search contoso.com 'department=Sales*' state=disconnector\n"
        "    mactl cs search contoso.com ana -o json",
    .options = search_options,
    .least = 1,
    .most = -1,
    .run = search,
};

const struct command command_cs_show = {
    .words = "cs show",
    .arguments = "MA DN",
    .summary = "One object of a connector space: every layer, link, error",
    .help = "~ is set, + is added, - is removed, > is the new name.\n\n"
            "    mactl cs show contoso.com 'CN=Ana Lima,OU=EMEA,DC=contoso,DC=com'",
    .least = 2,
    .most = 2,
    .run = show,
};
