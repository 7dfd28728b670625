/* SPDX-License-Identifier: Apache-2.0 */

/* mactl explain: where a value comes from, and why the others did not win. */

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "command.h"
#include "commands.h"
#include "explained.h"
#include "find_object.h"
#include "object_text.h"
#include "remark.h"
#include "render.h"
#include "show/secret.h"

/* --- values ----------------------------------------------------------------------- */

static const char *join_values(const struct explaining *x,
                               const struct compiled_agent *space,
                               const struct attr *attr)
{
    struct arena *arena = x->call->arena;
    BUF_AUTO text = {0};

    if (attr == NULL)
        return NULL;
    for (uint32_t i = 0; i < attr->count; i++)
        buf_print(&text, "%s\"%s\"", i == 0 ? "" : "; ",
                  show_value(&x->reading.show, arena, space, attr->name, attr->type,
                             attr->values[i]));
    return arena_text(arena, text.at);
}

/* --- what is asked ---------------------------------------------------------------- */

static enum ma_status explain_mv(const struct explaining *x, uint64_t mv,
                                 uint32_t attribute, struct explained *out,
                                 struct ma_error *err)
{
    struct arena *arena = x->call->arena;
    const struct object_style style = {.show = &x->reading.show, .arena = arena};
    struct mv_object object;
    enum ma_status status = mv_get(x->reading.batch, arena, mv, &object, err);

    if (status != MA_OK)
        return status;
    *out = (struct explained){
        .object = arena_print(arena, "metaverse %s", object_mv_label(&style, &object)),
        .attribute = names_text(x->reading.opened.program->names, attribute),
        .value = join_values(x, NULL, entry_find(&object.entry, attribute)),
    };
    out->secret = secret_attribute(x->reading.opened.program, NULL, out->attribute);
    return sync_explain_mv(x->reading.batch, x->reading.opened.program, arena, mv,
                           attribute, &out->candidates, err);
}

static bool changes(const struct delta *delta, uint32_t attribute)
{
    return attribute == NAME_NONE ? delta->dn != NULL
                                  : delta_find(delta, attribute) != NULL;
}

static const char *waiting(const struct cs_object *object, uint32_t attribute)
{
    if (changes(&object->unapplied, attribute))
        return "pending export, not sent yet";
    if (changes(&object->escrowed, attribute))
        return "on its way";
    if (changes(&object->unconfirmed, attribute))
        return "exported, not confirmed by an import yet";
    return NULL;
}

/* Of the whole tower; NAME_NONE: the DN. */
static const char *top_value(const struct explaining *x,
                             const struct compiled_agent *agent,
                             const struct cs_object *object, uint32_t attribute)
{
    struct arena *arena = x->call->arena;
    struct image top = object_image(arena, object, LAYER_UNAPPLIED);

    return attribute == NAME_NONE
               ? arena_print(arena, "\"%s\"", object_dn(arena, object))
               : join_values(x, agent, entry_find(&top.entry, attribute));
}

static enum ma_status explain_cs(const struct explaining *x,
                                 const struct compiled_agent *agent,
                                 const struct cs_object *object, uint32_t attribute,
                                 struct explained *out, struct ma_error *err)
{
    struct arena *arena = x->call->arena;

    *out = (struct explained){
        .object =
            arena_print(arena, "%s: %s", agent->config->name, object_dn(arena, object)),
        .attribute = attribute == NAME_NONE
                         ? "dn"
                         : names_text(x->reading.opened.program->names, attribute),
        .value = top_value(x, agent, object, attribute),
        .pending = waiting(object, attribute),
        .imported = remark_on_import(arena, object),
        .exported = remark_on_export(arena, object),
        .of_system = true,
    };
    out->secret = attribute != NAME_NONE &&
                  secret_attribute(x->reading.opened.program, agent, out->attribute);
    return sync_explain_cs(x->reading.batch, x->reading.opened.program, arena,
                           agent->number, object->id, attribute, &out->candidates, err);
}

/* --- the chain -------------------------------------------------------------------- */

typedef VEC_OF(struct explained) chain;

static void end_chain(chain *all)
{
    for (size_t i = 0; i < all->count; i++)
        VEC_FREE(&all->items[i].candidates);
    VEC_FREE(all);
}

static const struct flow *winner(const struct explained *e)
{
    for (size_t i = 0; i < e->candidates.count; i++)
        if (explained_won(&e->candidates.items[i]))
            return e->candidates.items[i].flow;
    return NULL;
}

/* What the winning export flow read of the metaverse. */
static enum ma_status add_sources(const struct explaining *x, chain *all, uint64_t mv,
                                  struct ma_error *err)
{
    const struct flow *flow = winner(&all->items[0]);
    enum ma_status status = MA_OK;

    for (size_t i = 0; flow != NULL && status == MA_OK && i < flow->source_count; i++) {
        struct explained source = {.object = NULL};

        status = explain_mv(x, mv, flow->sources[i], &source, err);
        VEC_ADD(all, source);
    }
    return status;
}

/* "dn" is the DN, where the schema has no attribute of that name. */
static enum ma_status find_target(const struct explaining *x,
                                  const struct compiled_agent *agent, const char *name,
                                  uint32_t *out, struct ma_error *err)
{
    enum ma_status status = find_attribute(&x->reading, name, out, err);

    if (strcasecmp(name, "dn") != 0 ||
        (status == MA_OK &&
         program_cs_attribute(agent, x->reading.opened.program, *out).known))
        return status;
    *out = NAME_NONE;
    return MA_OK;
}

static enum ma_status explain_of_agent(const struct explaining *x, const char **argv,
                                       chain *all, struct ma_error *err)
{
    const struct compiled_agent *agent;
    struct cs_object object;
    struct explained first = {.object = NULL};
    uint32_t attribute;
    enum ma_status status = opened_agent(&x->reading.opened, argv[0], &agent, err);

    if (status == MA_OK)
        status =
            find_cs_object(&x->reading, x->call->arena, agent, argv[1], &object, err);
    if (status == MA_OK)
        status = find_target(x, agent, argv[2], &attribute, err);
    if (status != MA_OK)
        return status;
    status = explain_cs(x, agent, &object, attribute, &first, err);
    VEC_ADD(all, first);
    if (status == MA_OK && object.mv != 0)
        status = add_sources(x, all, object.mv, err);
    return status;
}

static enum ma_status explain_of_metaverse(const struct explaining *x, const char **argv,
                                           chain *all, struct ma_error *err)
{
    struct mv_object object;
    struct explained first = {.object = NULL};
    uint32_t attribute;
    enum ma_status status =
        find_mv_object(&x->reading, x->call->arena, argv[1], &object, err);

    if (status == MA_OK)
        status = find_attribute(&x->reading, argv[2], &attribute, err);
    if (status != MA_OK)
        return status;
    status = explain_mv(x, object.id, attribute, &first, err);
    VEC_ADD(all, first);
    return status;
}

static void print_chain(const struct explaining *x, const chain *all)
{
    json_t *list;

    if (x->call->output != OUTPUT_JSON && x->call->output != OUTPUT_JSONL) {
        for (size_t i = 0; i < all->count; i++)
            explained_print(x, &all->items[i]);
        return;
    }
    list = json_array();
    for (size_t i = 0; i < all->count; i++)
        json_array_append_new(list, explained_json(x, &all->items[i]));
    render_json(json_pack("{s:s, s:o}", "schema", "mactl/explain/1", "chain", list));
}

static enum exit_code explain(const struct invocation *call, int argc, const char **argv)
{
    struct explaining x = {.call = call};
    struct ma_error err = {0};
    chain all = {0};
    enum ma_status status = reading_begin(&x.reading, call, &err);
    bool metaverse = strcmp(argv[0], "mv") == 0;

    (void)argc;
    if (status == MA_OK)
        status = metaverse ? explain_of_metaverse(&x, argv, &all, &err)
                           : explain_of_agent(&x, argv, &all, &err);
    if (status == MA_OK)
        print_chain(&x, &all);
    end_chain(&all);
    reading_end(&x.reading);
    return status == MA_OK ? EXIT_OK : command_fail(&err);
}

const struct command command_explain = {
    .words = "explain",
    .arguments = "MA|mv DN|GUID ATTRIBUTE",
    .summary = "Where a value comes from, which rule won, and why the others did not",
    .help =
        "Of a connector-space object: the export flows into the attribute, and what "
        "the winner\nread of the metaverse. Of a metaverse object: the import "
        "flows.\n\n"
        "    mactl explain AAD 'CN=Ana Lima,...' department\n"
        "    mactl explain mv 7c1e9a30-58c2-4c0b-9c70-5d9b0a3a1f11 department -o json",
    .least = 3,
    .most = 3,
    .formats = FORMAT_LINES,
    .run = explain,
};
