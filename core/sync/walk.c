/* SPDX-License-Identifier: Apache-2.0 */
#include "sync/walk.h"

#include "base/error.h"
#include "sync/crew.h"

enum ma_status walk_commit(struct sync *sync, bool force, struct ma_error *err)
{
    if (!force && !batch_is_due(sync->batch))
        return MA_OK;
    if (batch_writes(sync->batch) > 0 && batch_commit(sync->batch, err) != MA_OK)
        return err->status;
    batch_release(sync->batch);
    return history_keep(sync->history, err);
}

static bool cancelled(struct sync *sync)
{
    return sync->history->cancelled != NULL && sync->history->cancelled(sync->history);
}

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
    return walk_commit(walk->sync, false, err);
}

/* How many of so many the limit allows. */
static size_t allowed(const struct walk *walk, size_t count)
{
    uint64_t left = walk->limit - walk->done;

    return walk->limit == 0 || left > count ? count : (size_t)left;
}

enum ma_status walk_chunk(struct walk *walk, const id_list *ids, struct ma_error *err)
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

/* What the history gathers goes behind the commits of the walk. One that writes nothing
 * has none. */
static enum ma_status keep_history(struct walk *walk, size_t count, struct ma_error *err)
{
    walk->unsaved += count;
    if (walk->unsaved < WALK_SAVE)
        return MA_OK;
    walk->unsaved = 0;
    return batch_writes(walk->sync->batch) > 0 ? MA_OK
                                               : walk_commit(walk->sync, true, err);
}

enum ma_status walk_run(struct walk *walk, struct ma_error *err)
{
    id_list ids = {0};
    uint64_t after = 0;
    enum ma_status status;

    do {
        ids.count = 0;
        status = walk->more(walk->sync, after, &ids, err);
        if (status == MA_OK)
            status = walk_chunk(walk, &ids, err);
        if (status == MA_OK)
            status = keep_history(walk, ids.count, err);
        if (ids.count > 0)
            after = ids.items[ids.count - 1];
    } while (status == MA_OK && ids.count > 0);
    VEC_FREE(&ids);
    return status;
}
