/* SPDX-License-Identifier: Apache-2.0 */
#include "store/cs.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/error.h"
#include "store/batch.h"
#include "store/rows.h"

static enum ma_status unreadable(uint32_t agent, uint64_t id, struct ma_error *err)
{
    return ma_fail(err, MA_BROKEN,
                   "object %llu of agent %u in the store cannot be read: run mactl db "
                   "verify, then restore a backup or import in full into a new store",
                   (unsigned long long)id, (unsigned)agent);
}

/* Both rows as they are stored. */
static enum ma_status read_rows(struct batch *batch, uint32_t agent, uint64_t id,
                                struct cs_rows *out, struct ma_error *err)
{
    struct store_key key = object_key(agent, id);
    enum ma_status status = batch_get(batch, TABLE_CS, store_key_view(&key), &out->row);

    out->tower = slice_of("", 0);
    if (status == MA_OK)
        batch_get(batch, TABLE_TOWER, store_key_view(&key), &out->tower);
    return batch_failure(batch, err) != MA_OK ? err->status : status;
}

enum ma_status cs_get(struct batch *batch, struct arena *arena, uint32_t agent,
                      uint64_t id, struct cs_object *out, struct ma_error *err)
{
    struct cs_rows rows;
    enum ma_status status = read_rows(batch, agent, id, &rows, err);

    if (status != MA_OK)
        return status;
    rows.row = arena_slice(arena, rows.row);
    rows.tower = arena_slice(arena, rows.tower);
    if (!object_decode(arena, rows.row, rows.tower, out))
        return unreadable(agent, id, err);
    out->id = id;
    out->agent = agent;
    return MA_OK;
}

/* --- put --------------------------------------------------------------------------- */

static void take_identity(struct batch *batch, struct cs_object *object)
{
    char counter[32];

    if (object->id == 0) {
        snprintf(counter, sizeof counter, "cs.%u", (unsigned)object->agent);
        object->id = batch_next(batch, counter);
    }
    if (guid_is_zero(&object->guid))
        object->guid = guid_new();
}

/* What follows from the object as it is stored; nothing where it is not. */
static enum ma_status derive_stored(struct batch *batch, const struct indexed *indexed,
                                    uint32_t agent, uint64_t id,
                                    const struct cs_rows *rows, struct derived *out,
                                    struct ma_error *err)
{
    struct cs_object before;

    derived_clear(out);
    if (rows->row.length == 0)
        return MA_OK;
    if (!object_decode(&batch->scratch, rows->row, rows->tower, &before))
        return unreadable(agent, id, err);
    before.id = id;
    before.agent = agent;
    derive_cs(batch->store, indexed, &before, &batch->scratch, out);
    return MA_OK;
}

static void write_tower(struct batch *batch, const struct store_key *key,
                        struct slice before, struct slice after)
{
    if (slice_equal(before, after))
        return;
    if (after.length == 0)
        batch_remove(batch, TABLE_TOWER, store_key_view(key));
    else
        batch_put(batch, TABLE_TOWER, store_key_view(key), after);
}

static enum ma_status write_object(struct batch *batch, const struct cs_object *object,
                                   const struct cs_rows *before,
                                   const struct cs_rows *after, struct ma_error *err)
{
    struct store_key key = object_key(object->agent, object->id);
    const struct indexed *indexed = indexed_of(batch, object->agent);
    enum ma_status status = derive_stored(batch, indexed, object->agent, object->id,
                                          before, &batch->before, err);

    if (status != MA_OK)
        return status;
    derive_cs(batch->store, indexed, object, &batch->scratch, &batch->after);
    derived_change(batch, object->agent, object->id, &batch->before, &batch->after);
    if (before->row.length == 0)
        count_change(batch, COUNT_ALL, object->agent, 1);
    write_tower(batch, &key, before->tower, after->tower);
    if (!slice_equal(before->row, after->row))
        batch_put(batch, TABLE_CS, store_key_view(&key), after->row);
    return MA_OK;
}

static enum ma_status put(struct batch *batch, const struct cs_object *object,
                          struct ma_error *err)
{
    struct cs_rows before = {0};
    struct cs_rows after;
    enum ma_status status = read_rows(batch, object->agent, object->id, &before, err);

    if (status != MA_OK && status != MA_NOT_FOUND)
        return status;
    buf_clear(&batch->row);
    buf_clear(&batch->tower);
    object_encode(object, &batch->row, &batch->tower);
    after = (struct cs_rows){buf_view(&batch->row), buf_view(&batch->tower)};
    if (slice_equal(before.row, after.row) && slice_equal(before.tower, after.tower))
        return MA_OK;
    return write_object(batch, object, &before, &after, err);
}

enum ma_status cs_put(struct batch *batch, struct cs_object *object, struct ma_error *err)
{
    struct arena_mark mark = arena_mark(&batch->scratch);
    enum ma_status status;

    take_identity(batch, object);
    status = put(batch, object, err);
    arena_rewind(&batch->scratch, mark);
    return status;
}

/* --- remove ------------------------------------------------------------------------ */

static enum ma_status remove_object(struct batch *batch, uint32_t agent, uint64_t id,
                                    struct ma_error *err)
{
    struct store_key key = object_key(agent, id);
    struct cs_rows rows = {0};
    enum ma_status status = read_rows(batch, agent, id, &rows, err);

    if (status != MA_OK)
        return status;
    status = derive_stored(batch, indexed_of(batch, agent), agent, id, &rows,
                           &batch->before, err);
    if (status != MA_OK)
        return status;
    derived_clear(&batch->after);
    derived_change(batch, agent, id, &batch->before, &batch->after);
    count_change(batch, COUNT_ALL, agent, -1);
    write_tower(batch, &key, rows.tower, slice_of("", 0));
    batch_remove(batch, TABLE_CS, store_key_view(&key));
    return MA_OK;
}

enum ma_status cs_remove(struct batch *batch, uint32_t agent, uint64_t id,
                         struct ma_error *err)
{
    struct arena_mark mark = arena_mark(&batch->scratch);
    enum ma_status status = remove_object(batch, agent, id, err);

    arena_rewind(&batch->scratch, mark);
    return status;
}
