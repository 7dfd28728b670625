/* SPDX-License-Identifier: Apache-2.0 */
#include "run/one_object.h"

#include "history/result.h"
#include "store/mv.h"

struct walking {
    const struct one_object *one;
    unsigned number; /* of the last step */
    const char *result;
    struct ma_error *why;
    connector_list connectors; /* of its metaverse object, before and after */
};

enum ma_status one_object_find(const struct opened *opened,
                               const struct compiled_agent *agent, const char *dn,
                               uint64_t *out, struct ma_error *err)
{
    struct batch *batch = batch_begin(opened->store);
    enum ma_status status = cs_find_dn(batch, agent->number, dn, out, err);

    batch_end(batch);
    if (status == MA_NOT_FOUND)
        return ma_fail(err, MA_NOT_FOUND,
                       "'%s' has no object '%s'; an import brings new ones",
                       agent->config->name, dn);
    return status;
}

/* --- its steps -------------------------------------------------------------------- */

static bool take(struct walking *w, const struct step_context *context)
{
    struct ma_error err = {0};
    const char *result;

    if (++w->number > w->one->record->steps_planned)
        w->one->record->steps_planned = w->number;
    result = step_run(context, w->number, &err);
    if (result_worse(w->result, result) != w->result)
        *w->why = err;
    w->result = result_worse(w->result, result);
    return result_continues(result) && ledger_stopped(w->one->ledger) == STOP_NOT;
}

static struct step_context context_of(const struct walking *w,
                                      const struct compiled_agent *agent,
                                      const struct step *step)
{
    const struct one_object *one = w->one;

    return (struct step_context){
        .opened = one->opened,
        .ledger = one->ledger,
        .agent = agent,
        .step = step,
        .extensions = one->extensions,
        .dry = one->dry,
        .despite_staging = one->despite_staging,
    };
}

/* The partition that it lies in; NULL: not known. */
static const struct partition *partition_of(const struct walking *w)
{
    const struct one_object *one = w->one;
    const struct agent *agent = one->agent->config;
    struct batch *batch = batch_begin(one->opened->store);
    ARENA_AUTO arena = {0};
    struct cs_object object;
    struct ma_error ignored; /* the step that reads it tells */
    const struct partition *found = NULL;

    if (cs_get(batch, &arena, one->agent->number, one->object, &object, &ignored) ==
        MA_OK)
        found = agent_partition_tagged(agent, object.partition);
    batch_end(batch);
    return found;
}

static bool import(struct walking *w)
{
    const struct step step = {.type = STEP_DELTA_IMPORT, .stage_only = true};
    struct step_context context = context_of(w, w->one->agent, &step);

    context.only = w->one->object;
    context.partition = partition_of(w);
    return take(w, &context);
}

static bool synchronise(struct walking *w)
{
    const struct step step = {.type = STEP_FULL_SYNC};
    struct step_context context = context_of(w, w->one->agent, &step);

    context.only = w->one->object;
    return take(w, &context);
}

/* --- what it made pending --------------------------------------------------------- */

static bool is_known(const struct walking *w, const struct mv_connector *connector)
{
    for (size_t i = 0; i < w->connectors.count; i++)
        if (w->connectors.items[i].agent == connector->agent &&
            w->connectors.items[i].id == connector->id)
            return true;
    return false;
}

/* Asked before and after: what a synchronisation disconnects may have a delete pending.
 */
static void note_connectors(struct walking *w)
{
    const struct one_object *one = w->one;
    struct batch *batch = batch_begin(one->opened->store);
    ARENA_AUTO arena = {0};
    connector_list found = {0};
    struct cs_object object;
    struct ma_error ignored; /* an object that went has none */

    if (cs_get(batch, &arena, one->agent->number, one->object, &object, &ignored) ==
            MA_OK &&
        object.mv != 0)
        (void)mv_connectors(batch, object.mv, &found, &ignored);
    for (size_t i = 0; i < found.count; i++)
        if (!is_known(w, &found.items[i]))
            VEC_ADD(&w->connectors, found.items[i]);
    VEC_FREE(&found);
    batch_end(batch);
}

static bool waits(const struct walking *w, const struct mv_connector *connector)
{
    struct batch *batch = batch_begin(w->one->opened->store);
    ARENA_AUTO arena = {0};
    struct cs_object object;
    struct ma_error ignored; /* gone: nothing to export */
    bool pending = cs_get(batch, &arena, connector->agent, connector->id, &object,
                          &ignored) == MA_OK &&
                   object_needs_export(&object);

    batch_end(batch);
    return pending;
}

static bool export_to(struct walking *w, const struct compiled_agent *agent)
{
    const struct step step = {.type = STEP_EXPORT};
    struct step_context context = context_of(w, agent, &step);
    id_list ids = {0};
    bool go_on = true;

    for (size_t i = 0; i < w->connectors.count; i++)
        if (w->connectors.items[i].agent == agent->number &&
            waits(w, &w->connectors.items[i]))
            VEC_ADD(&ids, w->connectors.items[i].id);
    context.exports = &ids;
    if (ids.count > 0)
        go_on = take(w, &context);
    VEC_FREE(&ids);
    return go_on;
}

static void export_all(struct walking *w)
{
    const struct program *program = w->one->opened->program;
    bool go_on = w->one->exports;

    for (size_t i = 0; go_on && i < program->agent_count; i++)
        go_on = export_to(w, &program->agents[i]);
}

/* --- all of it -------------------------------------------------------------------- */

const char *one_object_run(const struct one_object *one, struct ma_error *why)
{
    struct walking w = {.one = one, .result = RESULT_RUNNING, .why = why};
    bool read;

    one->record->steps_planned = 2;
    read = import(&w);

    if (!read && one->lenient) { /* its step says why */
        w.result = RESULT_RUNNING;
        *why = (struct ma_error){0};
    }
    if (read || one->lenient) {
        note_connectors(&w);
        if (synchronise(&w)) {
            note_connectors(&w);
            export_all(&w);
        }
    }
    VEC_FREE(&w.connectors);
    return w.result;
}
