/* SPDX-License-Identifier: Apache-2.0 */
#include "sync/unchanged.h"

#include "base/buf.h"
#include "space/object.h"
#include "store/look.h"
#include "store/memo.h"

static bool is_asked_for(const struct sync *sync)
{
    const struct sync_request *request = sync->request;

    return request->evaluator != NULL && request->full && request->only == 0;
}

static struct memo_of memo_of(const struct sync *sync, uint64_t id)
{
    return (struct memo_of){sync->request->agent->number, id, sync->request->evaluator};
}

/* --- what the history is told ---------------------------------------------------------
 *
 * Counters, each with the object that came out in it; its DN is in its row.
 */

/* Mostly, of one object there is more than one thing to tell. */
static const char *known_dn(const struct sync *sync, uint32_t agent, uint64_t id)
{
    for (size_t i = 0; i < sync->told.count; i++)
        if (sync->told.items[i].id == id && sync->told.items[i].agent == agent)
            return sync->told.items[i].dn;
    return NULL;
}

/* NULL: there is no such object. */
static const char *dn_of(struct sync *sync, uint32_t agent, uint64_t id)
{
    struct cs_object object;
    struct ma_error err;
    const char *dn;

    if (look_at(sync->batch, agent, id, &object, &err) != MA_OK)
        return NULL;
    dn = object_dn(&sync->remembered, &object);
    return dn == NULL ? "" : dn;
}

static bool read_told(struct sync *sync, struct slice bytes)
{
    struct reader reader = reader_of(bytes);

    arena_reset(&sync->remembered);
    sync->told.count = 0;
    while (reader_left(&reader) > 0) {
        struct sync_told told = {.counter = (enum counter)reader_varint32(&reader),
                                 .agent = reader_varint32(&reader)};

        told.id = reader_varint(&reader);
        told.dn = known_dn(sync, told.agent, told.id);
        if (told.dn == NULL && !reader.bad)
            told.dn = dn_of(sync, told.agent, told.id);
        if (told.dn == NULL || told.counter >= COUNTER_COUNT)
            return false;
        VEC_ADD(&sync->told, told);
    }
    return true;
}

static void tell(struct sync *sync)
{
    for (size_t i = 0; i < sync->told.count; i++) {
        const struct sync_told *told = &sync->told.items[i];

        sync->history->count(sync->history, told->counter, told->agent, told->id,
                             told->dn);
    }
}

static bool has_that_dn(struct sync *sync, const struct sync_told *told)
{
    const char *dn = dn_of(sync, told->agent, told->id);

    return dn != NULL && strcmp(dn, told->dn) == 0;
}

static bool write_told(struct sync *sync, struct buf *out)
{
    for (size_t i = 0; i < sync->told.count; i++) {
        const struct sync_told *told = &sync->told.items[i];

        if (!has_that_dn(sync, told))
            return false;
        buf_varint(out, told->counter);
        buf_varint(out, told->agent);
        buf_varint(out, told->id);
    }
    return true;
}

/* --- the unit --------------------------------------------------------------------- */

bool unchanged_since(struct sync *sync, uint64_t id)
{
    const struct memo_of of = memo_of(sync, id);
    struct slice told;

    if (!is_asked_for(sync) || sync->request->evaluate_all ||
        !memo_holds(sync->batch, &of, &told) || !read_told(sync, told))
        return false;
    tell(sync);
    sync->unchanged++;
    return true;
}

void unchanged_begin(struct sync *sync)
{
    if (!is_asked_for(sync))
        return;
    arena_reset(&sync->remembered);
    sync->told.count = 0;
    sync->varies = false;
    sync->before.writes = batch_writes(sync->batch);
    sync->before.noted = sync->noted.count;
    sync->before.failures = sync->failures;
    sync->listens = true;
    memo_listen(sync->batch, &sync->remembered);
}

static bool came_to_nothing(const struct sync *sync)
{
    return !sync->varies && !sync->left && sync->failures == sync->before.failures &&
           sync->noted.count == sync->before.noted &&
           batch_writes(sync->batch) == sync->before.writes;
}

void unchanged_end(struct sync *sync, uint64_t id, enum ma_status status)
{
    const struct memo_of of = memo_of(sync, id);
    BUF_AUTO told = {0};

    if (!sync->listens)
        return;
    sync->listens = false;
    if (status == MA_OK && came_to_nothing(sync) && write_told(sync, &told))
        (void)memo_put(sync->batch, &of,
                       buf_view(&told)); /* else it is evaluated again */
    memo_cease(sync->batch);
}
