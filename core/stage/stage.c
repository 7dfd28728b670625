/* SPDX-License-Identifier: Apache-2.0 */
#include "stage/stage.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "model/result.h"
#include "stage/state.h"

/* TSHOOT: a step that met so many errors has no sound source. */
enum { MOST_ERRORS = 5000, MOST_WAITING = 5000 };

/* --- begin and end ---------------------------------------------------------------- */

static void read_slice(struct stage *stage, const char *name, struct slice *out)
{
    struct slice row;

    if (agent_get(stage->batch, stage->agent, stage->part, name, &row) == MA_OK)
        *out = arena_slice(&stage->arena, row);
}

static bool is_set(const struct stage *stage, const char *partition, const char *name)
{
    struct slice row;

    return agent_get(stage->batch, stage->agent, partition, name, &row) == MA_OK;
}

static enum ma_status check_full(const struct stage *stage, struct ma_error *err)
{
    const struct agent *agent = stage->req.agent->config;

    if (stage->req.full || (!is_set(stage, NULL, "full-import") &&
                            !is_set(stage, stage->part, "full-import")))
        return MA_OK;
    return ma_fail(
        err, MA_FULL_NEEDED,
        "'%s' needs a full import before a delta import: it is new, or what is "
        "selected of it was changed",
        agent->name);
}

/* The attribute that SIDs are looked up by, if anything here is given as a SID. */
static uint32_t sid_attribute(const struct stage *stage)
{
    const struct compiled_agent *agent = stage->req.agent;
    uint32_t sid = names_find(stage->select.names, slice_text("objectSid"));

    for (size_t i = 0; i < agent->indexed_count && sid != NAME_NONE; i++)
        if (agent->indexed[i] == sid)
            return sid;
    return NAME_NONE;
}

enum ma_status stage_begin(struct stage **out, const struct stage_request *request,
                           struct ma_error *err)
{
    struct stage *stage = mem_zero(sizeof *stage);

    stage->req = *request;
    stage->req.capabilities |= request->agent->config->capabilities;
    stage->batch = batch_begin(request->store);
    stage->agent = request->agent->number;
    stage->heirs = tree_heirs_new(stage->batch, stage->agent);
    stage->partition = partition_tag(request->partition);
    stage->part = request->partition == NULL ? NULL : request->partition->name;
    select_begin(&stage->select, &stage->arena, store_names(request->store),
                 request->agent->config, request->partition);
    if (check_full(stage, err) != MA_OK) {
        stage_end(stage);
        return err->status;
    }
    /* Committed with the first page; the same list that synchronisation wants. */
    if (cs_import_begins(stage->batch, stage->agent, err) != MA_OK ||
        store_index_attributes(stage->batch, stage->agent, request->agent->indexed,
                               request->agent->indexed_count, err) != MA_OK) {
        stage_end(stage);
        return err->status;
    }
    stage->sid = sid_attribute(stage);
    read_slice(stage, "watermark", &stage->watermark);
    page_restore(stage);
    request->history->expect(request->history,
                             request->full ? page_last_complete(stage) : 0);
    batch_release(stage->batch);
    *out = stage;
    return MA_OK;
}

struct slice stage_watermark(const struct stage *stage)
{
    return stage->watermark;
}

struct slice stage_checkpoint(const struct stage *stage)
{
    return stage->checkpoint;
}

void stage_end(struct stage *stage)
{
    if (stage == NULL)
        return;
    history_settled(stage->req.history, false);
    seen_end(&stage->seen);
    tree_heirs_free(stage->heirs);
    batch_end(stage->batch);
    buf_free(&stage->page);
    VEC_FREE(&stage->wanted);
    VEC_FREE(&stage->targets);
    VEC_FREE(&stage->references);
    VEC_FREE(&stage->absent);
    arena_free(&stage->scratch);
    arena_free(&stage->arena);
    free(stage);
}

/* --- the agent's calls ------------------------------------------------------------ */

static enum ma_status take_error(struct stage *stage, const struct ma_rejection *error,
                                 struct ma_error *err)
{
    stage->req.history->discovery_error(stage->req.history, error);
    if (++stage->errors <= MOST_ERRORS)
        return MA_OK;
    stage->stopped = "stopped-error-limit";
    return ma_fail(err, MA_LIMIT, "more than %d entries could not be staged",
                   MOST_ERRORS);
}

static enum ma_status refuse(struct stage *stage, const struct ma_entry *entry,
                             const struct problem *problem, struct ma_error *err)
{
    const struct ma_rejection rejection = {
        .size = sizeof rejection,
        .type = problem->type,
        .dn = match_name(&stage->scratch, entry),
        .attribute = problem->attribute,
        .text = problem->text,
        .entry = entry->position,
    };

    return take_error(stage, &rejection, err);
}

static enum ma_status check_limits(struct stage *stage, struct ma_error *err)
{
    struct history *history = stage->req.history;
    uint64_t limit = stage->req.step == NULL ? 0 : stage->req.step->object_limit;

    if (stage->stopped != NULL)
        return ma_fail(err, MA_LIMIT, "the step was stopped: %s", stage->stopped);
    if (history->cancelled(history))
        return ma_fail(err, MA_CANCELLED, "the import was cancelled");
    if (limit == 0 || stage->entries < limit || stage->reading_wanted)
        return MA_OK;
    stage->stopped = "stopped-object-limit";
    return ma_fail(err, MA_LIMIT, "the step may take %llu objects, and there are more",
                   (unsigned long long)limit);
}

/* What fails besides the entry and the limits is the store, and no fault of the agent
 * that hands the status back. */
static enum ma_status noted(struct stage *stage, enum ma_status status)
{
    if (status != MA_OK && status != MA_LIMIT && status != MA_CANCELLED &&
        stage->stopped == NULL)
        stage->stopped = "stopped-server";
    return status;
}

/* What was counted waits for the commit of what was written. Where nothing was, there is
 * nothing to wait for; and it does not wait in ever larger numbers. */
static enum ma_status settle(struct stage *stage, struct ma_error *err)
{
    bool many = ++stage->waiting >= MOST_WAITING;

    if (!many && !batch_is_due(stage->batch))
        return MA_OK;
    stage->waiting = 0;
    if (batch_writes(stage->batch) > 0)
        return page_commit(stage, err);
    history_settled(stage->req.history, true);
    return MA_OK;
}

enum ma_status stage_entry(struct stage *stage, const struct ma_entry *entry,
                           struct ma_error *err)
{
    struct problem problem = {0};
    enum ma_status status = check_limits(stage, err);
    struct tree_heirs_mark heirs = tree_heirs_mark(stage->heirs);
    size_t mark;

    if (status != MA_OK)
        return status;
    stage->here++;
    stage->entries++;
    arena_reset(&stage->scratch);
    stage->targets.count = 0;
    mark = batch_mark(stage->batch);
    status = entry_take(stage, entry, &problem, err);
    if (status != MA_OK) {
        batch_rollback(stage->batch, mark);
        tree_heirs_rollback(stage->heirs, heirs);
    }
    if (status == MA_INVALID && problem.type != NULL)
        status = refuse(stage, entry, &problem, err);
    if (status != MA_OK) {
        (void)error_in(err, "entry '%s'", entry->dn == NULL ? "" : entry->dn);
        return noted(stage, status);
    }
    stage->req.history->advance(stage->req.history, 1);
    return noted(stage, settle(stage, err));
}

enum ma_status stage_reject(struct stage *stage, const struct ma_rejection *rejection,
                            struct ma_error *err)
{
    enum ma_status status = check_limits(stage, err);

    if (status != MA_OK)
        return status;
    stage->here++;
    return take_error(stage, rejection, err);
}

enum ma_status stage_page(struct stage *stage, struct ma_value where,
                          struct ma_error *err)
{
    stage->here++;
    page_end(stage, slice_of(where.data, where.length));
    if (stage->req.lazy_pages && !batch_is_due(stage->batch))
        return MA_OK;
    return noted(stage, page_commit(stage, err));
}

enum ma_status stage_mark(struct stage *stage, struct ma_value watermark,
                          struct ma_error *err)
{
    (void)err;
    stage->here++;
    stage->mark = arena_slice(&stage->arena, slice_of(watermark.data, watermark.length));
    stage->marked = true;
    return MA_OK;
}

enum ma_status stage_absent(struct stage *stage, const char *attribute,
                            struct ma_error *err)
{
    (void)err;
    VEC_ADD(&stage->absent, arena_text(&stage->arena, attribute));
    return MA_OK;
}

enum ma_status stage_start_over(struct stage *stage, struct ma_error *err)
{
    if (!stage->req.full)
        return ma_fail(err, MA_BROKEN, "only a full import can start over");
    stage->here++;
    stage->entries = 0;
    stage->absent.count = 0;
    stage->marked = false;
    return noted(stage, page_start_over(stage, err));
}

/* --- objects that were changed and never seen whole ------------------------------- */

static enum ma_status was_read(struct stage *stage, struct slice anchor, bool *out,
                               struct ma_error *err)
{
    struct cs_object object;
    uint64_t id;
    enum ma_status status = cs_find_anchor(stage->batch, stage->agent, anchor, &id, err);

    arena_reset(&stage->scratch);
    if (status == MA_OK)
        status =
            cs_get_outline(stage->batch, &stage->scratch, stage->agent, id, &object, err);
    *out = status == MA_OK && object_was_imported(&object);
    return status == MA_NOT_FOUND ? MA_OK : status;
}

static enum ma_status check_wanted(struct stage *stage, struct ma_value anchor,
                                   struct ma_error *err)
{
    struct ma_rejection error = {
        .size = sizeof error,
        .type = "need-full-object",
        .text = "a change of an object that was never imported, and the system does not "
                "give it: a full import is needed",
    };
    bool read;

    if (was_read(stage, slice_of(anchor.data, anchor.length), &read, err) != MA_OK)
        return err->status;
    if (text_is_utf8(slice_of(anchor.data, anchor.length)))
        error.dn = anchor.data;
    return read ? MA_OK : take_error(stage, &error, err);
}

static enum ma_status read_wanted(struct stage *stage, struct ma_error *err)
{
    enum ma_status status;

    if (stage->wanted.count == 0)
        return MA_OK;
    stage->reading_wanted = true;
    status = stage->req.read(stage->req.context, stage->wanted.items, stage->wanted.count,
                             err);
    for (size_t i = 0; i < stage->wanted.count && status == MA_OK; i++)
        status = check_wanted(stage, stage->wanted.items[i], err);
    return status;
}

/* --- the end ---------------------------------------------------------------------- */

/* A step that the system cut short goes on where it stood; any other begins anew. */
static enum ma_status end_early(struct stage *stage, enum ma_status import,
                                const char **result, struct ma_error *err)
{
    if (import != MA_UNREACHABLE)
        page_forget(stage);
    if (page_commit(stage, err) != MA_OK)
        return err->status;
    *result =
        stage->stopped != NULL
            ? stage->stopped
            : result_of_status(import, stage->here == 0 ? RESULT_BEFORE : RESULT_DURING);
    return MA_OK;
}

enum ma_status stage_finish(struct stage *stage, enum ma_status import,
                            const char **result, struct ma_error *err)
{
    if (import == MA_OK && stage->stopped == NULL)
        import = read_wanted(stage, err);
    if (import != MA_OK || stage->stopped != NULL)
        return end_early(stage, import, result, err);
    if (stage->errors == 0)
        return end_complete(stage, result, err);
    page_forget(stage);
    if (page_commit(stage, err) != MA_OK)
        return err->status;
    *result = "completed-discovery-errors";
    return MA_OK;
}
