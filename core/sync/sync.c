/* SPDX-License-Identifier: Apache-2.0 */
#include "sync/sync.h"

#include "base/clock.h"
#include "base/error.h"
#include "space/tower.h"
#include "store/mv.h"
#include "sync/crew.h"
#include "sync/inbound.h"
#include "sync/provision.h"

/* ROUNDS: how often references are completed in one step. Rules that undo each other
 * would go on for ever; what is left stays queued for the next synchronisation. */
enum { CHUNK = 1000, ROUNDS = 16 };

/* --- one object ------------------------------------------------------------------------
 */

/* The unit is taken back; the object remembers why. */
static enum ma_status record_failure(struct sync *sync, uint32_t agent, uint64_t id,
                                     const struct object_error *why, struct ma_error *err)
{
    struct cs_object object;
    enum ma_status status =
        cs_get_outline(sync->batch, &sync->arena, agent, id, &object, err);
    const char *dn;

    if (status != MA_OK)
        return status;
    tower_sync_failed(&object, why);
    sync->failures++;
    dn = object_dn(&sync->arena, &object);
    sync->history->count(sync->history, COUNTER_FLOW_FAILURE, agent, id, dn);
    sync->history->sync_error(sync->history, agent, id, dn, &object.import_error, NULL,
                              NULL);
    return cs_put(sync->batch, &object, err);
}

/* Keeps the unit, or takes it back and lets the object carry the error. */
static enum ma_status settle(struct unit *unit, uint32_t agent, uint64_t id,
                             enum ma_status status, struct ma_error *err)
{
    struct object_error why = unit->error;

    if (unit->wants_whole)
        return MA_OK; /* it is done again */
    if (status == MA_OK)
        return unit_keep(unit, err);
    if (why.type == NULL)
        return status;
    unit_drop(unit);
    return record_failure(unit->sync, agent, id, &why, err);
}

/* A unit to be done: of the object `id` of a space. */
struct task {
    enum ma_status (*run)(struct unit *unit, const struct task *task,
                          struct ma_error *err);
    uint32_t space;
    uint64_t id;
    bool whole; /* never by value */
    const struct inbound_options *options;
};

/* By value first, unless all is to be looked at anyway. */
static enum ma_status do_task(struct sync *sync, const struct task *task,
                              struct ma_error *err)
{
    bool by_value = !task->whole && !sync->request->full && sync->request->only == 0 &&
                    !sync->request->whole_objects;
    enum ma_status status;
    struct unit unit;
    bool again;

    do {
        unit_begin(&unit, sync);
        unit.by_value = by_value;
        status = task->run(&unit, task, err);
        again = by_value && unit.wants_whole;
        if (again)
            unit_drop(&unit);
        unit_end(&unit);
        by_value = false;
    } while (again);
    return status;
}

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
    return settle(unit, task->space, task->id, status, err);
}

static enum ma_status one_object(struct sync *sync, uint64_t id,
                                 const struct inbound_options *options,
                                 struct ma_error *err)
{
    const struct task task = {.run = object_unit,
                              .space = sync->request->agent->number,
                              .id = id,
                              .options = options};
    enum ma_status status = do_task(sync, &task, err);

    if (status == MA_OK)
        sync_dequeue(sync, SYNC_QUEUE_JOIN, task.space, id);
    return status;
}

/* --- loops over queues
 * ------------------------------------------------------------------ */

static enum ma_status commit_if_due(struct sync *sync, bool force, struct ma_error *err)
{
    if (!force && !batch_is_due(sync->batch))
        return MA_OK;
    if (batch_writes(sync->batch) > 0 && batch_commit(sync->batch, err) != MA_OK)
        return err->status;
    history_settled(sync->history, true);
    return MA_OK;
}

static bool cancelled(struct sync *sync)
{
    return sync->history->cancelled != NULL && sync->history->cancelled(sync->history);
}

struct walk {
    struct sync *sync;
    /* The next ids above `after`. */
    enum ma_status (*more)(struct sync *sync, uint64_t after, id_list *out,
                           struct ma_error *err);
    enum ma_status (*visit)(struct sync *sync, uint64_t id, void *context,
                            struct ma_error *err);
    void *context;
    bool progress;  /* each is one of the objects that the step is about */
    uint64_t limit; /* objects, 0: none */
    uint64_t done;
};

/* One of them, and what is due is committed unless the crew does that better. */
static enum ma_status visit(const struct walk *walk, const struct crew_work *work,
                            size_t i, struct ma_error *err)
{
    struct crew *crew = walk->sync->crew;
    enum ma_status status =
        crew == NULL ? work->visit(walk->sync, work->ids[i], work->context, err)
                     : crew_visit(crew, work, i, err);

    if (status != MA_OK || (crew != NULL && crew_will_commit(crew, work, i + 1)))
        return status;
    return commit_if_due(walk->sync, false, err);
}

/* How many of so many the limit allows. */
static size_t allowed(const struct walk *walk, size_t count)
{
    uint64_t left = walk->limit - walk->done;

    return walk->limit == 0 || left > count ? count : (size_t)left;
}

static enum ma_status visit_chunk(struct walk *walk, const id_list *ids,
                                  struct ma_error *err)
{
    const struct crew_work work = {.ids = ids->items,
                                   .count = allowed(walk, ids->count),
                                   .visit = walk->visit,
                                   .context = walk->context};
    enum ma_status status = MA_OK;

    for (size_t i = 0; status == MA_OK && i < work.count; i++) {
        if (cancelled(walk->sync))
            return ma_fail(err, MA_CANCELLED, "cancelled");
        status = visit(walk, &work, i, err);
        walk->done++;
        if (walk->progress)
            walk->sync->history->advance(walk->sync->history, 1);
    }
    if (status == MA_OK && work.count < ids->count)
        return ma_fail(err, MA_LIMIT, "the limit of %llu objects is reached",
                       (unsigned long long)walk->limit);
    return status;
}

static enum ma_status walk_run(struct walk *walk, struct ma_error *err)
{
    id_list ids = {0};
    uint64_t after = 0;
    enum ma_status status;

    do {
        ids.count = 0;
        status = walk->more(walk->sync, after, &ids, err);
        if (status == MA_OK)
            status = visit_chunk(walk, &ids, err);
        if (ids.count > 0)
            after = ids.items[ids.count - 1];
    } while (status == MA_OK && ids.count > 0);
    VEC_FREE(&ids);
    return status;
}

static enum ma_status more_objects(struct sync *sync, uint64_t after, id_list *out,
                                   struct ma_error *err)
{
    return cs_scan(sync->batch, sync->request->agent->number, after, CHUNK, out, err);
}

static enum ma_status more_pending(struct sync *sync, uint64_t after, id_list *out,
                                   struct ma_error *err)
{
    return cs_queue(sync->batch, QUEUE_SYNC, sync->request->agent->number, after, CHUNK,
                    out, err);
}

static enum ma_status more_joins(struct sync *sync, uint64_t after, id_list *out,
                                 struct ma_error *err)
{
    return cs_queue(sync->batch, (enum cs_queue)SYNC_QUEUE_JOIN,
                    sync->request->agent->number, after, CHUNK, out, err);
}

static enum ma_status more_disconnectors(struct sync *sync, uint64_t after, id_list *out,
                                         struct ma_error *err)
{
    return cs_queue(sync->batch, QUEUE_DISCONNECTOR, sync->request->agent->number, after,
                    CHUNK, out, err);
}

static enum ma_status only_object(struct sync *sync, uint64_t after, id_list *out,
                                  struct ma_error *err)
{
    (void)err;
    if (after < sync->request->only)
        VEC_ADD(out, sync->request->only);
    return MA_OK;
}

static enum ma_status visit_object(struct sync *sync, uint64_t id, void *context,
                                   struct ma_error *err)
{
    return one_object(sync, id, context, err);
}

/* --- the reference pass ---------------------------------------------------------------
 */

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
    return settle(unit, task->space, task->id, status, err);
}

static enum ma_status references_of(struct sync *sync, uint64_t id, void *context,
                                    struct ma_error *err)
{
    const uint32_t agent = *(const uint32_t *)context;
    const struct task task = {.run = reference_unit, .space = agent, .id = id};
    enum ma_status status = do_task(sync, &task, err);

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
        status = settle(unit, carrier.agent, carrier.id, status, err);
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
    enum ma_status status = do_task(sync, &task, err);

    (void)context;
    if (status == MA_OK || status == MA_NOT_FOUND)
        sync_dequeue(sync, SYNC_QUEUE_OUTBOUND, 0, id);
    return status == MA_NOT_FOUND ? MA_OK : status;
}

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
    enum ma_status status = do_task(sync, &task, err);

    (void)context; /* a retry has no options */
    return status == MA_NOT_FOUND ? MA_OK : status;
}

static enum ma_status more_retries(struct sync *sync, uint64_t after, id_list *out,
                                   struct ma_error *err)
{
    return mv_queue(sync->batch, after, CHUNK, out, err);
}

static enum ma_status retry_metas(struct sync *sync, struct ma_error *err)
{
    struct walk walk = {
        .sync = sync, .more = more_retries, .visit = retry_of, .progress = true};

    return walk_run(&walk, err);
}

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
        status = cs_queue(sync->batch, (enum cs_queue)queue, space, 0, CHUNK, &ids, err);
        *any = *any || ids.count > 0;
        if (status == MA_OK)
            status = visit_chunk(&walk, &ids, err);
    } while (status == MA_OK && ids.count > 0);
    VEC_FREE(&ids);
    return status;
}

/* Completing referential updates: whoever waits for what this step linked. A pass may
 * provision, which others wait for in turn; each round works off what the last one left.
 */
static enum ma_status complete_references(struct sync *sync, struct ma_error *err)
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

/* --- the step
 * --------------------------------------------------------------------------- */

static void expect(struct sync *sync)
{
    struct ma_error err;
    uint64_t length = 0;

    if (!sync->request->full &&
        cs_queue_length(sync->batch, QUEUE_SYNC, sync->request->agent->number, &length,
                        &err) == MA_OK)
        sync->history->expect(sync->history, length);
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
        status = retry_metas(&sync, err);
    if (status == MA_OK)
        status = complete_references(&sync, err);
    if (status == MA_OK || status == MA_CANCELLED || status == MA_LIMIT) {
        struct ma_error late;

        if (commit_if_due(&sync, true, &late) != MA_OK) {
            *err = late;
            status = late.status;
        }
    }
    crew_end(sync.crew);
    *result = result_of(&sync, status);
    sync.history->flows_evaluated += sync.flows_evaluated;
    history_settled(sync.history, false);
    batch_end(sync.batch);
    arena_free(&sync.arena);
    return status;
}
