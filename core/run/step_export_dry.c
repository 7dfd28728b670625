/* SPDX-License-Identifier: Apache-2.0 */

/* A dry export: on a copy of the store, and nobody is written to. */

#include "history/result.h"
#include "run/pending.h"
#include "run/refusals.h"

/* --- counted --------------------------------------------------------------------- */

static enum counter counter_of(const struct cs_object *object)
{
    return export_counter(delta_is_empty(&object->unapplied) ? &object->escrowed
                                                             : &object->unapplied);
}

static enum ma_status count_pending(void *with, struct batch *batch, struct arena *arena,
                                    const struct cs_object *object, struct ma_error *err)
{
    const struct step_context *context = with;
    struct history *history = ledger_history(context->ledger);

    (void)batch;
    (void)err;
    if (pending_in_partition(context, object))
        history->count(history, counter_of(object), context->agent->number, object->id,
                       object_dn(arena, object));
    return MA_OK;
}

/* --- guarded ---------------------------------------------------------------------- */

/* Asks the guards as an export would; the store is a copy. */
static const char *dry_guards(const struct step_context *context, struct ma_error *err)
{
    const struct export_request request = {
        .store = context->opened->store,
        .program = context->opened->program,
        .agent = context->agent,
        .partition = context->partition,
        .step = context->step,
        .guard = pending_guard(context),
        .history = ledger_history(context->ledger),
    };
    struct export_step *step = NULL;
    const char *result = NULL;
    enum ma_status status = export_begin(&step, &request, err);

    if (status == MA_OK)
        status = export_check(step, &result, err);
    export_end(step);
    if (result != NULL)
        return result;
    return status == MA_OK ? RESULT_SUCCESS : "stopped-server";
}

/* --- refused ---------------------------------------------------------------------- */

struct numbering {
    const struct step_context *context;
    id_list ids;
};

static enum ma_status add_number(void *with, struct batch *batch, struct arena *arena,
                                 const struct cs_object *object, struct ma_error *err)
{
    struct numbering *numbering = with;

    (void)batch;
    (void)arena;
    (void)err;
    if (pending_in_partition(numbering->context, object))
        VEC_ADD(&numbering->ids, object->id);
    return MA_OK;
}

/* Objects, whatever number of attributes each is refused for. */
static size_t count_certain(const refusal_list *list)
{
    uint64_t last = 0;
    size_t count = 0;

    for (size_t i = 0; i < list->count; i++)
        if (!list->items[i].unsure && list->items[i].object != last) {
            last = list->items[i].object;
            count++;
        }
    return count;
}

/* What the agent will refuse is no matter of the run: a run that cannot tell is no worse
 * for it. */
static const char *refused_note(const struct step_context *context)
{
    struct arena *arena = context->opened->program->arena;
    struct numbering numbering = {.context = context};
    struct batch *batch = batch_begin(context->opened->store);
    const struct refusals_request request = {.opened = context->opened,
                                             .batch = batch,
                                             .agent = context->agent,
                                             .ids = &numbering.ids,
                                             .arena = arena};
    const char *note = NULL;
    struct ma_error err = {0};
    refusal_list found = {0};
    size_t count;

    if (pending_each(context, add_number, &numbering, &err) != MA_OK ||
        refusals_find(&request, &found, &err) != MA_OK)
        note =
            arena_print(arena, "what the agent will refuse is not known: %s", err.text);
    count = count_certain(&found);
    if (count > 0)
        note = arena_print(arena, "the agent will refuse %zu of them: mactl pending '%s'",
                           count, context->agent->config->name);
    VEC_FREE(&found);
    VEC_FREE(&numbering.ids);
    batch_end(batch);
    return note;
}

const char *step_export_dry(const struct step_context *context, struct ma_error *err)
{
    static const char counted[] = "dry run: counted, nothing was sent";
    const char *refused = refused_note(context);

    ledger_current(context->ledger)->note =
        refused == NULL
            ? counted
            : arena_print(context->opened->program->arena, "%s; %s", counted, refused);
    if (pending_each(context, count_pending, (void *)(uintptr_t)context, err) != MA_OK)
        return "stopped-server";
    return dry_guards(context, err);
}
