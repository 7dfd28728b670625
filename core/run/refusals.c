/* SPDX-License-Identifier: Apache-2.0 */
#include "run/refusals.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "export/export.h"
#include "plugin/host.h"
#include "plugin/plugin.h"
#include "run/child.h"
#include "store/cs.h"

/* Asked about at once: their entries are in memory together. */
enum { PORTION = 5000, PATIENCE = 30 };

struct asking {
    const struct refusals_request *request;
    const char *plugin;
    struct arena arena; /* of the entries */
    VEC_OF(struct ma_pending) pending;
    id_list numbers;
};

/* --- what is pending -------------------------------------------------------------- */

static enum ma_status add(struct asking *asking, uint64_t id, struct ma_error *err)
{
    const struct refusals_request *r = asking->request;
    const struct program *program = r->opened->program;
    struct ma_pending pending;
    struct cs_object object;
    enum ma_status status =
        cs_get(r->batch, &asking->arena, r->agent->number, id, &object, err);

    if (status != MA_OK)
        return status;
    pending.entry =
        export_entry(r->batch, &asking->arena, program, r->agent, &object, err);
    if (pending.entry == NULL)
        return err->status == MA_NOT_FOUND ? MA_OK : err->status;
    pending.stored =
        export_stored_entry(r->batch, &asking->arena, program, r->agent, &object, err);
    if (pending.stored == NULL && err->status != MA_NOT_FOUND)
        return err->status;
    VEC_ADD(&asking->pending, pending);
    VEC_ADD(&asking->numbers, id);
    return MA_OK;
}

/* --- in a process of its own ------------------------------------------------------ */

struct telling {
    const struct asking *asking;
    FILE *out;
};

static enum ma_status tell(void *context, const struct ma_finding *f,
                           struct ma_error *err)
{
    const struct telling *telling = context;
    json_t *line;

    if (f->verdict == MA_ALLOWED)
        return MA_OK;
    if (f->verdict > MA_UNSURE || f->index >= telling->asking->pending.count)
        return ma_fail(err, MA_BROKEN, "a finding on what was not asked about");
    line = json_pack("{s:I}", "index", (json_int_t)f->index);
    json_put_text(line, "attribute", f->attribute);
    json_put_text(line, "type", f->code);
    json_put_text(line, "why", f->cause);
    json_put_text(line, "remedy", f->remedy);
    json_put_flag(line, "unsure", f->verdict == MA_UNSURE);
    json_dumpf(line, telling->out, JSON_COMPACT);
    fputc('\n', telling->out);
    json_decref(line);
    return MA_OK;
}

static enum ma_status ask(struct telling *telling, const struct plugin *plugin,
                          struct ma_error *err)
{
    const struct asking *asking = telling->asking;
    struct instance *instance = asking->request->opened->instance;
    const struct agent *agent = asking->request->agent->config;
    const struct ma_agent *plugin_agent = plugin_description(plugin)->agent;
    const struct host_request request = {
        .agent = agent,
        .binding = instance_binding(instance, agent),
        .plugin = plugin_description(plugin),
        .madata = instance_madata(instance, agent->name),
        .instance = instance->folder,
        .without_secrets = true,
        .sink = {.context = telling, .finding = tell},
    };
    struct ma_host *host;
    enum ma_status status;

    if (plugin_agent == NULL || plugin_agent->foresee == NULL)
        return MA_OK;
    host = host_new(&request);
    status =
        plugin_agent->foresee(host, asking->pending.items, asking->pending.count, err);
    host_free(host);
    return status;
}

/* The last line says how it went: without one, nothing did. */
static void answer(void *context, FILE *out)
{
    struct telling telling = {context, out};
    const struct asking *asking = context;
    struct instance *instance = asking->request->opened->instance;
    struct plugin *plugin = NULL;
    struct ma_error err = {0};
    json_t *line;
    enum ma_status status = plugin_load(
        &plugin, asking->plugin, plugin_folders(instance->arena, instance->folder), &err);

    if (status == MA_OK)
        status = ask(&telling, plugin, &err);
    plugin_unload(plugin);
    line = json_pack("{s:i, s:o}", "status", (int)status, "text", json_of_text(err.text));
    json_dumpf(line, out, JSON_COMPACT);
    fputc('\n', out);
    json_decref(line);
}

/* --- what was told ---------------------------------------------------------------- */

static struct refusal read_refusal(const struct asking *asking, const json_t *line)
{
    struct arena *arena = asking->request->arena;

    return (struct refusal){
        .object = asking->numbers.items[json_get_number(line, "index")],
        .attribute = json_get_text(arena, line, "attribute"),
        .type = json_get_text(arena, line, "type"),
        .why = json_get_text(arena, line, "why"),
        .remedy = json_get_text(arena, line, "remedy"),
        .unsure = json_get_flag(line, "unsure"),
    };
}

static enum ma_status read_end(const struct asking *asking, const json_t *line,
                               struct ma_error *err)
{
    enum ma_status status = (enum ma_status)json_get_number(line, "status");

    return status == MA_OK ? MA_OK
                           : ma_fail(err, status, "%s",
                                     json_get_text(asking->request->arena, line, "text"));
}

static int by_object(const void *a, const void *b)
{
    const struct refusal *left = a;
    const struct refusal *right = b;

    if (left->object != right->object)
        return left->object < right->object ? -1 : 1;
    return strcmp(left->attribute == NULL ? "" : left->attribute,
                  right->attribute == NULL ? "" : right->attribute);
}

static enum ma_status read_lines(const struct asking *asking, char *text,
                                 refusal_list *out, struct ma_error *err)
{
    bool ended = false;
    char *rest = NULL;

    for (char *at = strtok_r(text, "\n", &rest); at != NULL;
         at = strtok_r(NULL, "\n", &rest)) {
        json_t *line = json_loads(at, 0, NULL);

        ended = json_object_get(line, "status") != NULL;
        if (ended)
            (void)read_end(asking, line, err); /* told at the end */
        else if (line != NULL && json_get_number(line, "index") < asking->numbers.count)
            VEC_ADD(out, read_refusal(asking, line));
        json_decref(line);
    }
    return ended ? err->status : ma_fail(err, MA_BROKEN, "it answered in part only");
}

static enum ma_status ask_child(struct asking *asking, refusal_list *out,
                                struct ma_error *err)
{
    size_t before = out->count;
    BUF_AUTO text = {0};
    enum ma_status status;

    if (asking->pending.count == 0)
        return MA_OK;
    status = child_run(answer, asking, PATIENCE, &text, err);
    err->status = status;
    if (status == MA_OK)
        status = read_lines(asking, text.length == 0 ? (char[]){""} : text.at, out, err);
    if (status != MA_OK) {
        out->count = before;
        return error_in(err, "plugin '%s'", asking->plugin);
    }
    if (out->count > before)
        qsort(out->items + before, out->count - before, sizeof *out->items, by_object);
    return MA_OK;
}

/* --- all of it -------------------------------------------------------------------- */

enum ma_status refusals_find(const struct refusals_request *request, refusal_list *out,
                             struct ma_error *err)
{
    struct asking asking = {
        .request = request,
        .plugin = instance_plugin(request->opened->instance, request->agent->config)};
    size_t before = out->count;
    enum ma_status status = MA_OK;

    for (size_t i = 0;
         status == MA_OK && asking.plugin != NULL && i < request->ids->count; i++) {
        status = add(&asking, request->ids->items[i], err);
        if (status != MA_OK ||
            (i + 1 < request->ids->count && asking.pending.count < PORTION))
            continue;
        status = ask_child(&asking, out, err);
        asking.pending.count = asking.numbers.count = 0;
        arena_reset(&asking.arena);
    }
    VEC_FREE(&asking.pending);
    VEC_FREE(&asking.numbers);
    arena_free(&asking.arena);
    if (status != MA_OK)
        out->count = before;
    return status;
}

const struct refusal *refusals_of(const refusal_list *list, uint64_t object,
                                  size_t *count)
{
    size_t first = 0;
    size_t end = list->count;

    while (first < end) {
        size_t middle = first + (end - first) / 2;

        if (list->items[middle].object < object)
            first = middle + 1;
        else
            end = middle;
    }
    while (end < list->count && list->items[end].object == object)
        end++;
    *count = end - first;
    return *count == 0 ? NULL : &list->items[first];
}
