/* SPDX-License-Identifier: Apache-2.0 */
#include "sync/sync.h"

#include "base/clock.h"
#include "sync/crew.h"
#include "sync/inbound.h"
#include "sync/references.h"
#include "sync/task.h"
#include "sync/unchanged.h"
#include "sync/walk.h"

/* --- one object ------------------------------------------------------------------- */

/* What was left undone, or was changed otherwise than by an import, is not said by value.
 */
static bool needs_all(const struct cs_object *object)
{
    return object->import_error.count > 0 || object->full_sync ||
           object->reference_retry || object->provisioning_retry;
}

static enum ma_status object_unit(struct unit *unit, const struct task *task,
                                  struct ma_error *err)
{
    struct connector *connector;
    enum ma_status status = unit_connector(unit, task->space, task->id, &connector, err);

    if (status == MA_NOT_FOUND)
        return MA_OK; /* removed by an earlier object of this step */
    if (status != MA_OK)
        return status;
    if (unit->by_value && needs_all(&connector->object)) {
        unit->wants_whole = true;
        return MA_OK;
    }
    status = inbound_run(unit, connector, task->options, err);
    /* Its references are as complete as they can be by now. */
    if (status == MA_OK && !sync_is_partial(unit->sync, task->space, task->id))
        sync_dequeue(unit->sync, SYNC_QUEUE_REFERENCE, task->space, task->id);
    if (status == MA_OK && unit->partial)
        sync_enqueue_partial(unit->sync, task->space, task->id);
    if (status == MA_OK)
        sync_dequeue(unit->sync, SYNC_MARK, task->space, task->id);
    return task_settle(unit, task->space, task->id, status, err);
}

static enum ma_status one_object(struct sync *sync, uint64_t id,
                                 const struct inbound_options *options,
                                 struct ma_error *err)
{
    const struct task task = {.run = object_unit,
                              .space = sync->request->agent->number,
                              .id = id,
                              .options = options};
    enum ma_status status = task_do(sync, &task, err);

    if (status == MA_OK)
        sync_dequeue(sync, SYNC_QUEUE_JOIN, task.space, id);
    return status;
}

static enum ma_status visit_object(struct sync *sync, uint64_t id, void *context,
                                   struct ma_error *err)
{
    enum ma_status status;

    if (unchanged_since(sync, id))
        return MA_OK;
    unchanged_begin(sync);
    status = one_object(sync, id, context, err);
    unchanged_end(sync, id, status);
    return status;
}

/* --- which objects ---------------------------------------------------------------- */

static enum ma_status more_objects(struct sync *sync, uint64_t after, id_list *out,
                                   struct ma_error *err)
{
    return cs_scan(sync->batch, sync->request->agent->number, after, WALK_CHUNK, out,
                   err);
}

static enum ma_status more_pending(struct sync *sync, uint64_t after, id_list *out,
                                   struct ma_error *err)
{
    return cs_queue(sync->batch, QUEUE_SYNC, sync->request->agent->number, after,
                    WALK_CHUNK, out, err);
}

static enum ma_status more_joins(struct sync *sync, uint64_t after, id_list *out,
                                 struct ma_error *err)
{
    return cs_queue(sync->batch, (enum cs_queue)SYNC_QUEUE_JOIN,
                    sync->request->agent->number, after, WALK_CHUNK, out, err);
}

static enum ma_status more_disconnectors(struct sync *sync, uint64_t after, id_list *out,
                                         struct ma_error *err)
{
    return cs_queue(sync->batch, QUEUE_DISCONNECTOR, sync->request->agent->number, after,
                    WALK_CHUNK, out, err);
}

static enum ma_status only_object(struct sync *sync, uint64_t after, id_list *out,
                                  struct ma_error *err)
{
    (void)err;
    if (after < sync->request->only)
        VEC_ADD(out, sync->request->only);
    return MA_OK;
}

/* Only the script knows what it searches by: its disconnectors are all tried again. */
static bool has_scripted_joins(const struct compiled_agent *agent)
{
    for (size_t r = 0; r < agent->inbound_count; r++)
        for (size_t j = 0; j < agent->inbound[r]->join_count; j++)
            for (size_t k = 0; k < agent->inbound[r]->joins[j].count; k++)
                if (agent->inbound[r]->joins[j].keys[k].script != NULL)
                    return true;
    return false;
}

static enum ma_status all_objects(struct sync *sync, struct ma_error *err)
{
    struct inbound_options options = {.full = sync->request->full};
    struct walk walk = {.sync = sync,
                        .more = sync->request->full ? more_objects : more_pending,
                        .visit = visit_object,
                        .context = &options,
                        .progress = true,
                        .limit = sync->request->object_limit};
    enum ma_status status;

    if (sync->request->only != 0)
        walk.more = only_object;
    status = walk_run(&walk, err);
    if (status != MA_OK || sync->request->full || sync->request->only != 0)
        return status;
    walk.more =
        has_scripted_joins(sync->request->agent) ? more_disconnectors : more_joins;
    return walk_run(&walk, err);
}

/* --- the step --------------------------------------------------------------------- */

static void expect(struct sync *sync)
{
    struct ma_error err;
    uint64_t length = 0;

    if (!sync->request->full &&
        cs_queue_length(sync->batch, QUEUE_SYNC, sync->request->agent->number, &length,
                        &err) == MA_OK)
        sync->history->expect(sync->history, length);
}

static bool failed_objects(struct sync *sync, struct ma_error *err)
{
    uint64_t length = 0;

    return cs_queue_length(sync->batch, QUEUE_IMPORT_ERROR, sync->request->agent->number,
                           &length, err) == MA_OK &&
           length > 0;
}

static const char *result_of(struct sync *sync, enum ma_status status)
{
    struct ma_error err;

    if (status == MA_CANCELLED)
        return "stopped-user-termination-from-wmi-or-ui";
    if (status == MA_LIMIT)
        return "stopped-object-limit";
    if (status != MA_OK)
        return "stopped-server";
    return sync->failures > 0 || failed_objects(sync, &err) ? "completed-sync-errors"
                                                            : "success";
}

static enum ma_status prepare(struct sync *sync, struct ma_error *err)
{
    const struct program *program = sync->program;
    enum ma_status status = store_index_attributes(sync->batch, 0, program->mv_indexed,
                                                   program->mv_indexed_count, err);

    for (size_t i = 0; status == MA_OK && i < program->agent_count; i++)
        status = store_index_attributes(sync->batch, program->agents[i].number,
                                        program->agents[i].indexed,
                                        program->agents[i].indexed_count, err);
    return status;
}

enum ma_status sync_run(const struct sync_request *request, const char **result,
                        struct ma_error *err)
{
    struct sync sync = {.request = request,
                        .program = request->program,
                        .batch = batch_begin(request->store),
                        .history = request->history,
                        .dn_name = names_intern_text(request->program->names, "dn"),
                        .now = clock_now()};
    enum ma_status status = prepare(&sync, err);

    if (request->threads > 1)
        sync.crew = crew_begin(&sync, request->threads);
    expect(&sync);
    if (status == MA_OK)
        status = all_objects(&sync, err);
    if (status == MA_OK && request->only == 0)
        status = references_retry(&sync, err);
    if (status == MA_OK)
        status = references_complete(&sync, err);
    if (status == MA_OK || status == MA_CANCELLED || status == MA_LIMIT) {
        struct ma_error late;

        if (walk_commit(&sync, true, &late) != MA_OK) {
            *err = late;
            status = late.status;
        }
    }
    crew_end(sync.crew);
    *result = result_of(&sync, status);
    sync.history->flows_evaluated += sync.flows_evaluated;
    sync.history->unchanged += sync.unchanged;
    history_settled(sync.history, false);
    batch_end(sync.batch);
    VEC_FREE(&sync.told);
    arena_free(&sync.remembered);
    arena_free(&sync.arena);
    return status;
}
