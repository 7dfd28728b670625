/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The end of a complete import. What a full import did not show is gone, unless so much
 * is missing that the source is to be doubted; then nothing is let go. All of this may be
 * cut short and done again; the watermark comes with the last commit.
 */

#include <stdlib.h>

#include "base/clock.h"
#include "model/dn.h"
#include "model/result.h"
#include "space/tower.h"
#include "stage/due.h"
#include "stage/state.h"
#include "store/tree.h"

enum { CHUNK = 1000 };

/* An object that the import did not show. */
struct lost {
    uint64_t id;
    size_t depth;
};
typedef VEC_OF(struct lost) lost_list;

static void lost_end(lost_list *list)
{
    VEC_FREE(list);
}

static void ids_end(id_list *list)
{
    VEC_FREE(list);
}
#define IDS_AUTO __attribute__((cleanup(ids_end))) id_list

/* --- what is lost ----------------------------------------------------------------- */

/* An object that was provisioned may not know its partition: then its DN tells. */
static bool belongs(struct stage *stage, const struct cs_object *object, const char *dn)
{
    const struct partition *p = stage->req.partition;

    if (p == NULL || object->partition == stage->partition)
        return true;
    if (object->partition != 0)
        return false;
    if (agent_partitions_selected(stage->req.agent->config) <= 1)
        return true;
    return dn != NULL && dn_is_under(slice_text(dn), slice_text(p->name));
}

static bool is_lost(struct stage *stage, const struct cs_object *object)
{
    if (object->placeholder != PLACEHOLDER_NOT)
        return false;
    if (!object_was_imported(object) && !object->rebuild)
        return false;
    return belongs(stage, object, object_dn(&stage->scratch, object));
}

static enum ma_status add_lost(struct stage *stage, uint64_t id, lost_list *out,
                               uint64_t *gone, struct ma_error *err)
{
    struct cs_object object;
    enum ma_status status;
    const char *dn;

    arena_reset(&stage->scratch);
    status =
        cs_get_outline(stage->batch, &stage->scratch, stage->agent, id, &object, err);
    if (status == MA_NOT_FOUND || (status == MA_OK && !is_lost(stage, &object)))
        return MA_OK;
    if (status != MA_OK)
        return status;
    dn = object_dn(&stage->scratch, &object);
    VEC_ADD(out, (struct lost){id, dn == NULL ? 0 : dn_depth(slice_text(dn))});
    /* What we deleted ourselves, and what never came, says nothing about the source. */
    *gone += object_was_imported(&object) && object.unconfirmed.op != DELTA_DELETE;
    return MA_OK;
}

static enum ma_status collect(struct stage *stage, lost_list *out, uint64_t *gone,
                              struct ma_error *err)
{
    uint64_t after = 0;
    bool more = true;

    while (more) {
        IDS_AUTO ids = {0};

        if (cs_scan(stage->batch, stage->agent, after, CHUNK, &ids, err) != MA_OK)
            return err->status;
        for (size_t i = 0; i < ids.count; i++)
            if (!seen_has(&stage->seen, ids.items[i]) &&
                add_lost(stage, ids.items[i], out, gone, err) != MA_OK)
                return err->status;
        more = ids.count == CHUNK;
        after = ids.count == 0 ? after : ids.items[ids.count - 1];
    }
    return MA_OK;
}

/* --- guards ----------------------------------------------------------------------- */

static uint64_t delete_limit(const struct stage *stage)
{
    return stage->req.step == NULL ? 0 : stage->req.step->delete_limit;
}

static bool is_doubtful(struct stage *stage, uint64_t gone)
{
    uint64_t limit = delete_limit(stage);
    uint64_t before = page_last_complete(stage);

    /* After delta imports there may be more than the last full import had. */
    if (before < gone)
        before = stage->seen.count + gone;
    if (gone == 0)
        return false;
    return (limit > 0 && stage->deletes + gone > limit) ||
           gone * 100 > before * stage->req.loss_percent;
}

static enum ma_status doubt(struct stage *stage, uint64_t gone, struct ma_error *err)
{
    stage->stopped = "stopped-deletion-limit";
    return ma_fail(
        err, MA_LIMIT,
        "the import shows %llu objects and lacks %llu that were there: none is "
        "let go. If they are gone indeed, raise import-loss-percent in "
        "mactl.xml (%u now), or <delete> of the run profile (%llu now), for "
        "this import",
        (unsigned long long)stage->seen.count, (unsigned long long)gone,
        stage->req.loss_percent, (unsigned long long)delete_limit(stage));
}

/* --- letting go ------------------------------------------------------------------- */

/* Children before their parents. */
static int deepest_first(const void *a, const void *b)
{
    const struct lost *x = a;
    const struct lost *y = b;

    if (x->depth != y->depth)
        return x->depth < y->depth ? 1 : -1;
    return (x->id > y->id) - (x->id < y->id);
}

/* T25: accepted by the system and not shown by it. Whose DN another object has by now is
 * given up. */
static enum ma_status never_came(struct stage *stage, struct cs_object *object,
                                 const char *dn, struct ma_error *err)
{
    struct stage_result result;
    struct history *history = stage->req.history;
    struct object_error error = {.count = 1,
                                 .type = "exported-change-not-reimported",
                                 .text = "the system does not show an object that it "
                                         "accepted; it is offered again",
                                 .step = "staging"};

    if (object->transient)
        return tree_drop_unexported(stage->batch, object, err);
    result = tower_never_came(&stage->scratch, object);
    if (result.warning.happened) {
        error.first = error.last = clock_now();
        stage->warnings++;
        history->sync_error(history, stage->agent, object->id, dn, &error,
                            &result.warning.lost, &result.warning.seen);
    }
    return result.gone ? tree_drop(stage->batch, object, err)
                       : cs_put(stage->batch, object, err);
}

static enum ma_status let_go(struct stage *stage, uint64_t id, struct ma_error *err)
{
    struct cs_object object;
    enum ma_status status;
    const char *dn;

    arena_reset(&stage->scratch);
    status =
        cs_get_outline(stage->batch, &stage->scratch, stage->agent, id, &object, err);
    if (status != MA_OK)
        return status == MA_NOT_FOUND ? MA_OK : status;
    dn = object_dn(&stage->scratch, &object);
    if (!object_was_imported(&object))
        return never_came(stage, &object, dn, err);
    return entry_leave(stage, &object, true, dn, err);
}

static enum ma_status go_on(struct stage *stage, struct ma_error *err)
{
    struct history *history = stage->req.history;

    if (history->cancelled(history))
        return ma_fail(err, MA_CANCELLED, "the import was cancelled");
    return batch_is_due(stage->batch) ? page_commit(stage, err) : MA_OK;
}

static enum ma_status obsolete(struct stage *stage, struct ma_error *err)
{
    __attribute__((cleanup(lost_end))) lost_list lost = {0};
    uint64_t gone = 0;

    if (collect(stage, &lost, &gone, err) != MA_OK)
        return err->status;
    if (is_doubtful(stage, gone))
        return doubt(stage, gone, err);
    if (lost.count > 1)
        qsort(lost.items, lost.count, sizeof *lost.items, deepest_first);
    for (size_t i = 0; i < lost.count; i++)
        if (let_go(stage, lost.items[i].id, err) != MA_OK || go_on(stage, err) != MA_OK)
            return err->status;
    return MA_OK;
}

/* --- transients and placeholders -------------------------------------------------- */

/* Those that the system still has, and nobody knows where. */
static enum ma_status count_transients(struct stage *stage, uint64_t *out,
                                       struct ma_error *err)
{
    IDS_AUTO ids = {0};

    *out = 0;
    if (cs_queue(stage->batch, QUEUE_TRANSIENT, stage->agent, 0, SIZE_MAX, &ids, err) !=
        MA_OK)
        return err->status;
    for (size_t i = 0; i < ids.count; i++) {
        struct cs_object object;

        arena_reset(&stage->scratch);
        if (cs_get_outline(stage->batch, &stage->scratch, stage->agent, ids.items[i],
                           &object, err) == MA_OK)
            *out += object_was_imported(&object);
    }
    return MA_OK;
}

static enum ma_status prune_placeholders(struct stage *stage, struct ma_error *err)
{
    uint64_t after = 0;
    bool more = true;

    while (more) {
        IDS_AUTO ids = {0};

        if (cs_queue(stage->batch, QUEUE_PLACEHOLDER, stage->agent, after, CHUNK, &ids,
                     err) != MA_OK)
            return err->status;
        for (size_t i = 0; i < ids.count; i++)
            if (tree_prune(stage->batch, stage->agent, ids.items[i], err) != MA_OK ||
                go_on(stage, err) != MA_OK)
                return err->status;
        more = ids.count == CHUNK;
        after = ids.count == 0 ? after : ids.items[ids.count - 1];
    }
    return MA_OK;
}

/* --- the last commit -------------------------------------------------------------- */

/* The agent as a whole waited for a full import: its other partitions still do. */
static void full_import_done(struct stage *stage)
{
    const struct agent *agent = stage->req.agent->config;
    struct slice row;

    if (agent_get(stage->batch, stage->agent, NULL, "full-import", &row) == MA_OK) {
        for (size_t i = 0; i < agent->partition_count; i++)
            if (agent->partitions[i].selected &&
                &agent->partitions[i] != stage->req.partition)
                agent_set(stage->batch, stage->agent, agent->partitions[i].name,
                          "full-import", slice_text("1"));
        agent_clear(stage->batch, stage->agent, NULL, "full-import");
    }
    agent_clear(stage->batch, stage->agent, stage->part, "full-import");
}

static enum ma_status last_commit(struct stage *stage, bool complete,
                                  struct ma_error *err)
{
    if (stage->req.full && complete) {
        page_remember_complete(stage);
        if (!stage->req.keep_watermark) { /* a drop file may be old */
            due_remember(stage->batch, stage->agent, stage->req.agent->config,
                         stage->req.partition);
            agent_set_absent(stage->batch, stage->agent, stage->absent.items,
                             stage->absent.count);
        }
        full_import_done(stage);
    }
    if (complete && stage->marked && !stage->req.keep_watermark)
        agent_set(stage->batch, stage->agent, stage->part, "watermark", stage->mark);
    /* The marks go with the rows; what is left of them in memory must not come back. */
    page_forget(stage);
    if (batch_commit(stage->batch, err) != MA_OK)
        return err->status;
    history_settled(stage->req.history, true);
    return MA_OK;
}

static const char *how_it_ended(const struct stage *stage, uint64_t transients)
{
    if (transients > 0)
        return "completed-transient-objects";
    return stage->warnings > 0 ? "completed-warnings" : "success";
}

/* A source that shows nothing at all is doubted, unless nothing was known of it. */
static enum ma_status nothing_seen(struct stage *stage, const char **result,
                                   struct ma_error *err)
{
    IDS_AUTO ids = {0};

    if (cs_scan(stage->batch, stage->agent, 0, 1, &ids, err) != MA_OK ||
        last_commit(stage, ids.count == 0, err) != MA_OK)
        return err->status;
    *result = "completed-no-objects";
    return MA_OK;
}

static enum ma_status complete(struct stage *stage, const char **result,
                               struct ma_error *err)
{
    uint64_t transients;

    *result = NULL;
    if (tree_heirs_settle(stage->heirs, err) != MA_OK)
        return err->status;
    if (stage->req.full && stage->seen.count == 0)
        return nothing_seen(stage, result, err);
    if (stage->req.full && obsolete(stage, err) != MA_OK)
        return err->status;
    if (stage->req.full && prune_placeholders(stage, err) != MA_OK)
        return err->status;
    if (count_transients(stage, &transients, err) != MA_OK)
        return err->status;
    if (last_commit(stage, true, err) != MA_OK)
        return err->status;
    *result = how_it_ended(stage, transients);
    return MA_OK;
}

enum ma_status end_complete(struct stage *stage, const char **result,
                            struct ma_error *err)
{
    enum ma_status status = complete(stage, result, err);
    struct ma_error failure = {0};

    if (status != MA_CANCELLED && status != MA_LIMIT)
        return status;
    /* What was let go by now is gone; the next full import goes on with the rest. */
    *result =
        stage->stopped != NULL ? stage->stopped : result_of_status(status, RESULT_DURING);
    page_forget(stage);
    if (batch_commit(stage->batch, &failure) == MA_OK) {
        history_settled(stage->req.history, true);
        return status;
    }
    *result = NULL;
    *err = failure;
    return failure.status;
}
