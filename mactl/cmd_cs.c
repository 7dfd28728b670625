/* SPDX-License-Identifier: Apache-2.0 */

/* mactl cs search|show: connector-space objects. */

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "command.h"
#include "commands.h"
#include "find_object.h"
#include "object_text.h"
#include "refused.h"
#include "search.h"

static struct {
    char *hologram;
} given;

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

static void add_object(const struct searching *s, const struct cs_object *object,
                       struct listing *listing)
{
    const struct program *program = s->reading->opened.program;
    struct arena *arena = s->call->arena;
    char guid[GUID_TEXT];
    const char *const cells[] = {
        object_dn(arena, object),
        program_type_name(program, s->agent, object_type(arena, object)),
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

static enum ma_status begin_search(struct searching *s, int argc, const char **argv,
                                   struct query *out, struct ma_error *err)
{
    enum ma_status status = opened_agent(&s->reading->opened, argv[0], &s->agent, err);

    return status == MA_OK
               ? query_parse(s->call->arena, argv + 1, (size_t)argc - 1, out, err)
               : status;
}

static enum ma_status add_found(const struct searching *s, uint64_t id,
                                struct listing *listing, struct ma_error *err)
{
    struct cs_object object;
    enum ma_status status =
        cs_get(s->reading->batch, s->call->arena, s->agent->number, id, &object, err);

    if (status == MA_OK)
        add_object(s, &object, listing);
    return status;
}

static enum exit_code search(const struct invocation *call, int argc, const char **argv)
{
    static const struct search kind = {
        .listing = {.schema = "mactl/cs/1",
                    .key = "objects",
                    .columns = columns,
                    .column_count = sizeof columns / sizeof columns[0],
                    .empty = "no objects"},
        .begin = begin_search,
        .add = add_found,
    };

    return search_run(call, &kind, argc, argv);
}

/* --- show ------------------------------------------------------------------------- */

static const struct {
    const char *word;
    const char *title;
    const char *key;
    enum tower_layer layer;
} holograms[] = {
    {"synchronized", "synchronized", "synchronized", LAYER_HOLOGRAM},
    {"pending-import", "pending import", "pending_import", LAYER_IMPORT},
    {"unconfirmed-export", "unconfirmed export", "unconfirmed_export", LAYER_UNCONFIRMED},
    {"escrowed-export", "escrowed export", "escrowed_export", LAYER_ESCROWED},
    {"pending-export", "pending export", "unapplied_export", LAYER_UNAPPLIED},
};

enum { HOLOGRAMS = sizeof holograms / sizeof holograms[0] };

static bool is_wanted(size_t hologram)
{
    return strcmp(given.hologram, "all") == 0 ||
           strcmp(given.hologram, holograms[hologram].word) == 0;
}

static enum exit_code check_hologram(void)
{
    const char *names[HOLOGRAMS + 1];

    for (size_t i = 0; i < HOLOGRAMS; i++) {
        names[i] = holograms[i].word;
        if (given.hologram == NULL || is_wanted(i))
            return EXIT_OK;
    }
    names[HOLOGRAMS] = "all";
    return command_unknown("hologram", given.hologram, names, HOLOGRAMS + 1);
}

static json_t *holograms_json(const struct object_style *style,
                              const struct compiled_agent *agent,
                              const struct cs_object *object)
{
    json_t *all = json_object();

    for (size_t i = 0; i < HOLOGRAMS; i++) {
        struct image image = object_image(style->arena, object, holograms[i].layer);

        if (is_wanted(i))
            json_object_set_new(all, holograms[i].key,
                                show_image_json(style->show, agent, &image));
    }
    return all;
}

/* What the object is in this layer, whole: with all the layers below it. */
static void put_holograms(const struct object_style *style,
                          const struct compiled_agent *agent,
                          const struct cs_object *object, struct buf *out)
{
    for (size_t i = 0; i < HOLOGRAMS; i++) {
        struct image image = object_image(style->arena, object, holograms[i].layer);

        if (!is_wanted(i))
            continue;
        buf_print(out, "%s%s\n", holograms[i].title, image.exists ? "" : ": not there");
        object_image_text(style, agent, &image, out);
    }
}

/* Only where something is pending: the plugin is asked for it. */
static refusal_list find_refused(const struct invocation *call,
                                 const struct reading *reading,
                                 const struct compiled_agent *agent,
                                 const struct cs_object *object)
{
    uint64_t id = object->id;
    const id_list one = {.items = &id, .count = 1};
    const struct refusals_request request = {.opened = &reading->opened,
                                             .batch = reading->batch,
                                             .agent = agent,
                                             .ids = &one,
                                             .arena = call->arena};
    refusal_list found = {0};

    if (!delta_is_empty(&object->unapplied) || !delta_is_empty(&object->escrowed))
        refused_find(&request, &found);
    return found;
}

static void put_refused(struct arena *arena, const refusal_list *refused, uint64_t id,
                        struct buf *out)
{
    if (refused->count == 0)
        return;
    buf_text(out, "the export will refuse\n");
    refused_put_text(arena, refused, id, out);
}

static enum exit_code print_object(const struct invocation *call,
                                   const struct reading *reading,
                                   const struct compiled_agent *agent,
                                   const struct cs_object *object)
{
    const struct object_style style = {.show = &reading->show, .arena = call->arena};
    refusal_list refused = find_refused(call, reading, agent, object);
    BUF_AUTO out = {0};
    json_t *json;

    if (call->output == OUTPUT_JSON || call->output == OUTPUT_JSONL) {
        json = object_cs_json(&style, agent, object);
        if (given.hologram != NULL)
            json_object_set_new(json, "holograms", holograms_json(&style, agent, object));
        refused_put_json(json, &refused, object->id);
        VEC_FREE(&refused);
        return render_json(json);
    }
    if (given.hologram != NULL)
        put_holograms(&style, agent, object, &out);
    else
        object_cs_text(&style, agent, object, &out);
    put_refused(call->arena, &refused, object->id, &out);
    fwrite(out.at, 1, out.length, stdout);
    VEC_FREE(&refused);
    return EXIT_OK;
}

static enum exit_code show(const struct invocation *call, int argc, const char **argv)
{
    struct reading reading = {0};
    struct ma_error err = {0};
    const struct compiled_agent *agent;
    struct cs_object object;
    enum exit_code code = check_hologram();
    enum ma_status status = MA_OK;

    (void)argc;
    if (code == EXIT_OK) {
        status = reading_begin(&reading, call, &err);
        if (status == MA_OK)
            status = opened_agent(&reading.opened, argv[0], &agent, &err);
        if (status == MA_OK)
            status = find_cs_object(&reading, call->arena, agent, argv[1], &object, &err);
        code = status == MA_OK ? print_object(call, &reading, agent, &object)
                               : command_fail(&err);
        reading_end(&reading);
    }
    free(given.hologram);
    return code;
}

static const struct poptOption show_options[] = {
    {"hologram", 0, POPT_ARG_STRING, &given.hologram, 0,
     "The object whole, as it is in this layer: synchronized, pending-import, "
     "unconfirmed-export, escrowed-export, pending-export, all",
     "LAYER"},
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
    .formats = FORMAT_LIST,
    .run = search,
};

const struct command command_cs_show = {
    .words = "cs show",
    .arguments = "MA DN",
    .summary = "One object of a connector space: every layer, link, error",
    .options = show_options,
    .help =
        "~ is set, + is added, - is removed, > is the new name, ! will be refused by the "
        "agent.\n\n"
        "    mactl cs show contoso.com 'CN=Ana Lima,OU=EMEA,DC=contoso,DC=com'\n"
        "    mactl cs show contoso.com 'CN=Ana Lima,OU=EMEA,DC=contoso,DC=com' "
        "--hologram all",
    .least = 2,
    .most = 2,
    .formats = FORMAT_LINES,
    .run = show,
};
