/* SPDX-License-Identifier: Apache-2.0 */
#include "sync/references.h"

#include "sync/inbound.h"
#include "sync/provision.h"
#include "sync/task.h"
#include "sync/walk.h"

/* How often they are completed in one step. Rules that undo each other would go on for
 * ever; what is left stays queued for the next synchronisation. */
enum { ROUNDS = 16 };

/* An error here is the object's; its other changes of this step stand. */
static enum ma_status reference_unit(struct unit *unit, const struct task *task,
                                     struct ma_error *err)
{
    struct connector *connector;
    enum ma_status status = unit_connector(unit, task->space, task->id, &connector, err);

    if (status != MA_OK)
        return status;
    unit->again = true;
    unit->completes = sync_is_partial(unit->sync, task->space, task->id);
    if (!delta_is_empty(&connector->object.pending_import)) {
        /* its own synchronisation is to come */
        sync_postpone(unit->sync, SYNC_QUEUE_REFERENCE, task->space, task->id);
        return MA_OK;
    }
    status = inbound_references(unit, connector, err);
    return task_settle(unit, task->space, task->id, status, err);
}

static enum ma_status references_of(struct sync *sync, uint64_t id, void *context,
                                    struct ma_error *err)
{
    const uint32_t agent = *(const uint32_t *)context;
    const struct task task = {.run = reference_unit, .space = agent, .id = id};
    enum ma_status status = task_do(sync, &task, err);

    if (status == MA_OK || status == MA_NOT_FOUND)
        sync_dequeue(sync, SYNC_QUEUE_REFERENCE, agent, id);
    return status == MA_NOT_FOUND ? MA_OK : status;
}

/* The metaverse object has no error of its own: the first imported connector carries it.
 */
static const struct cs_object *carrier_of(const struct meta *meta)
{
    for (size_t i = 0; i < meta->connectors.count; i++)
        if (object_was_imported(&meta->connectors.items[i]->object))
            return &meta->connectors.items[i]->object;
    return meta->connectors.count == 0 ? NULL : &meta->connectors.items[0]->object;
}

static enum ma_status flow_out_of(struct unit *unit, struct meta *meta,
                                  struct ma_error *err)
{
    enum ma_status status = MA_OK;

    if (meta->connectors.count > 0) {
        struct cs_object carrier = *carrier_of(meta);

        status = provision_run(unit, meta, NULL, err);
        status = task_settle(unit, carrier.agent, carrier.id, status, err);
    }
    return status;
}

static enum ma_status outbound_unit(struct unit *unit, const struct task *task,
                                    struct ma_error *err)
{
    struct meta *meta;
    enum ma_status status = unit_meta(unit, task->id, &meta, err);

    unit->again = true;
    if (status == MA_OK)
        status = unit_load_connectors(unit, meta, err);
    if (status == MA_OK)
        status = flow_out_of(unit, meta, err);
    if (status == MA_OK && unit->error.type != NULL)
        sync_postpone(unit->sync, SYNC_QUEUE_OUTBOUND, 0, task->id);
    return status;
}

static enum ma_status outbound_of(struct sync *sync, uint64_t id, void *context,
                                  struct ma_error *err)
{
    const struct task task = {.run = outbound_unit, .id = id};
    enum ma_status status = task_do(sync, &task, err);

    (void)context;
    if (status == MA_OK || status == MA_NOT_FOUND)
        sync_dequeue(sync, SYNC_QUEUE_OUTBOUND, 0, id);
    return status == MA_NOT_FOUND ? MA_OK : status;
}

/* --- retries ---------------------------------------------------------------------- */

/* Metaverse objects whose provisioning could not be done, or was undone by an import. */
static enum ma_status retry_unit(struct unit *unit, const struct task *task,
                                 struct ma_error *err)
{
    struct meta *meta;
    enum ma_status status = unit_meta(unit, task->id, &meta, err);

    if (status == MA_OK)
        status = unit_load_connectors(unit, meta, err);
    if (status != MA_OK)
        return status;
    meta->object.provisioning_retry = false;
    meta->object.reference_retry = false;
    meta->dirty = meta->connectors.count > 0;
    return flow_out_of(unit, meta, err);
}

static enum ma_status retry_of(struct sync *sync, uint64_t id, void *context,
                               struct ma_error *err)
{
    const struct task task = {.run = retry_unit, .id = id, .whole = true};
    enum ma_status status = task_do(sync, &task, err);

    (void)context; /* a retry has no options */
    return status == MA_NOT_FOUND ? MA_OK : status;
}

static enum ma_status more_retries(struct sync *sync, uint64_t after, id_list *out,
                                   struct ma_error *err)
{
    return mv_queue(sync->batch, after, WALK_CHUNK, out, err);
}

enum ma_status references_retry(struct sync *sync, struct ma_error *err)
{
    struct walk walk = {
        .sync = sync, .more = more_retries, .visit = retry_of, .progress = true};

    return walk_run(&walk, err);
}

/* --- all of them ------------------------------------------------------------------ */

/* Walks one queue until it is empty; what is visited leaves it. */
static enum ma_status drain(struct sync *sync, enum sync_queue queue, uint32_t space,
                            bool *any, struct ma_error *err)
{
    struct walk walk = {.sync = sync,
                        .visit =
                            queue == SYNC_QUEUE_OUTBOUND ? outbound_of : references_of,
                        .context = &space};
    id_list ids = {0};
    enum ma_status status;

    do {
        ids.count = 0;
        status =
            cs_queue(sync->batch, (enum cs_queue)queue, space, 0, WALK_CHUNK, &ids, err);
        *any = *any || ids.count > 0;
        if (status == MA_OK)
            status = walk_chunk(&walk, &ids, err);
    } while (status == MA_OK && ids.count > 0);
    VEC_FREE(&ids);
    return status;
}

/* Completing referential updates: whoever waits for what this step linked. A pass may
 * provision, which others wait for in turn; each round works off what the last one left.
 */
enum ma_status references_complete(struct sync *sync, struct ma_error *err)
{
    const struct program *program = sync->program;
    enum ma_status status = MA_OK;
    bool any = true;

    for (int round = 0; status == MA_OK && any && round < ROUNDS; round++) {
        any = false;
        for (size_t a = 0; status == MA_OK && a < program->agent_count; a++)
            status =
                drain(sync, SYNC_QUEUE_REFERENCE, program->agents[a].number, &any, err);
        if (status == MA_OK)
            status = drain(sync, SYNC_QUEUE_OUTBOUND, 0, &any, err);
    }
    return status;
}
