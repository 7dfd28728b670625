/* SPDX-License-Identifier: Apache-2.0 */
#include "store/mv.h"

#include "base/buf.h"
#include "base/error.h"
#include "store/batch.h"

static struct store_key mv_key(uint64_t id)
{
    return store_key_u64((struct store_key){0}, id);
}

static enum ma_status unreadable(uint64_t id, struct ma_error *err)
{
    return ma_fail(err, MA_BROKEN,
                   "metaverse object %llu in the store cannot be read: run mactl db "
                   "verify, then restore a backup or import in full into a new store",
                   (unsigned long long)id);
}

static enum ma_status read_row(struct batch *batch, uint64_t id, struct slice *out,
                               struct ma_error *err)
{
    struct store_key key = mv_key(id);
    enum ma_status status = batch_get(batch, TABLE_MV, store_key_view(&key), out);

    return batch_failure(batch, err) != MA_OK ? err->status : status;
}

enum ma_status mv_get(struct batch *batch, struct arena *arena, uint64_t id,
                      struct mv_object *out, struct ma_error *err)
{
    struct slice row;
    enum ma_status status = read_row(batch, id, &row, err);

    if (status != MA_OK)
        return status;
    if (!mv_decode(arena, arena_slice(arena, row), out))
        return unreadable(id, err);
    out->id = id;
    return MA_OK;
}

/* --- put and remove ---------------------------------------------------------------- */

static enum ma_status derive_stored(struct batch *batch, uint64_t id, struct slice row,
                                    struct derived *out, struct ma_error *err)
{
    struct mv_object before;

    derived_clear(out);
    if (row.length == 0)
        return MA_OK;
    if (!mv_decode(&batch->scratch, row, &before))
        return unreadable(id, err);
    before.id = id;
    derive_mv(batch->store, indexed_of(batch, 0), &before, &batch->scratch, out);
    return MA_OK;
}

static enum ma_status put(struct batch *batch, const struct mv_object *object,
                          struct ma_error *err)
{
    struct store_key key = mv_key(object->id);
    struct slice before = {0};
    enum ma_status status = read_row(batch, object->id, &before, err);

    if (status != MA_OK && status != MA_NOT_FOUND)
        return status;
    buf_clear(&batch->row);
    mv_encode(object, &batch->row);
    if (slice_equal(before, buf_view(&batch->row)))
        return MA_OK;
    status = derive_stored(batch, object->id, before, &batch->before, err);
    if (status != MA_OK)
        return status;
    derive_mv(batch->store, indexed_of(batch, 0), object, &batch->scratch, &batch->after);
    derived_change(batch, 0, object->id, &batch->before, &batch->after);
    if (before.length == 0)
        count_change(batch, COUNT_ALL, 0, 1);
    batch_put(batch, TABLE_MV, store_key_view(&key), buf_view(&batch->row));
    return MA_OK;
}

enum ma_status mv_put(struct batch *batch, struct mv_object *object, struct ma_error *err)
{
    struct arena_mark mark = arena_mark(&batch->scratch);
    enum ma_status status;

    if (object->id == 0)
        object->id = batch_next(batch, "mv");
    if (guid_is_zero(&object->guid))
        object->guid = guid_new();
    status = put(batch, object, err);
    arena_rewind(&batch->scratch, mark);
    return status;
}

enum ma_status mv_remove(struct batch *batch, uint64_t id, struct ma_error *err)
{
    struct store_key key = mv_key(id);
    struct arena_mark mark = arena_mark(&batch->scratch);
    struct slice row;
    enum ma_status status = read_row(batch, id, &row, err);

    if (status == MA_OK)
        status = derive_stored(batch, id, row, &batch->before, err);
    arena_rewind(&batch->scratch, mark);
    if (status != MA_OK)
        return status;
    derived_clear(&batch->after);
    derived_change(batch, 0, id, &batch->before, &batch->after);
    count_change(batch, COUNT_ALL, 0, -1);
    batch_remove(batch, TABLE_MV, store_key_view(&key));
    return MA_OK;
}

/* --- finding ----------------------------------------------------------------------- */

struct wanted {
    const struct guid *guid; /* NULL: a value */
    uint32_t attribute;
    enum value_type type;
    struct slice value;
    bool exact;
};

static bool matches(const struct wanted *wanted, const struct mv_object *object)
{
    const struct attr *attr;

    if (wanted->guid != NULL)
        return guid_equal(&object->guid, wanted->guid);
    attr = entry_find(&object->entry, wanted->attribute);
    return attr != NULL && attr_matches(attr, wanted->type, wanted->value, wanted->exact);
}

static enum ma_status try_object(struct batch *batch, uint64_t id,
                                 const struct wanted *wanted, id_list *out,
                                 struct ma_error *err)
{
    struct arena_mark mark = arena_mark(&batch->scratch);
    struct mv_object object;
    enum ma_status status = mv_get(batch, &batch->scratch, id, &object, err);

    if (status == MA_OK && matches(wanted, &object))
        VEC_ADD(out, id);
    arena_rewind(&batch->scratch, mark);
    return status == MA_NOT_FOUND ? MA_OK : status; /* another space's, or a stray */
}

static enum ma_status find(struct batch *batch, uint64_t hash,
                           const struct wanted *wanted, id_list *out,
                           struct ma_error *err)
{
    id_list ids = {0};
    enum ma_status status = batch_find(batch, hash, &ids, err);

    for (size_t i = 0; i < ids.count && status == MA_OK; i++)
        status = try_object(batch, ids.items[i], wanted, out, err);
    VEC_FREE(&ids);
    return status;
}

enum ma_status mv_find_guid(struct batch *batch, const struct guid *guid, uint64_t *out,
                            struct ma_error *err)
{
    struct wanted wanted = {.guid = guid};
    uint64_t hash = store_hash(batch->store, 0, INDEX_GUID,
                               slice_of(guid->bytes, sizeof guid->bytes));
    id_list ids = {0};
    enum ma_status status = find(batch, hash, &wanted, &ids, err);

    if (status == MA_OK && ids.count == 0)
        status = MA_NOT_FOUND;
    if (status == MA_OK)
        *out = ids.items[0];
    VEC_FREE(&ids);
    return status;
}

enum ma_status mv_find_value(struct batch *batch, uint32_t attribute,
                             enum value_type type, struct slice value, bool exact,
                             id_list *out, struct ma_error *err)
{
    struct wanted wanted = {
        .attribute = attribute, .type = type, .value = value, .exact = exact};

    return find(batch, value_hash(batch, 0, attribute, type, value), &wanted, out, err);
}

/* --- references, connectors, scans ------------------------------------------------- */

enum ma_status mv_referrers(struct batch *batch, uint64_t id, id_list *out,
                            struct ma_error *err)
{
    return scan_ids(batch, TABLE_REFS, object_key(0, id), 0, SIZE_MAX, out, err);
}

static struct mv_connector connector_of(struct slice key)
{
    struct reader reader = reader_of(key);
    struct mv_connector connector;
    uint64_t agent = 0;

    reader_bytes(&reader, sizeof(uint64_t));
    for (int i = 0; i < 4; i++)
        agent = agent << 8 | reader_byte(&reader);
    connector.agent = (uint32_t)agent;
    connector.id = reader_u64(&reader);
    return connector;
}

enum ma_status mv_connectors(struct batch *batch, uint64_t id, connector_list *out,
                             struct ma_error *err)
{
    struct store_key prefix = mv_key(id);
    struct arena_mark mark = arena_mark(&batch->scratch);
    store_rows rows = {0};
    enum ma_status status =
        batch_scan(batch, TABLE_LINKS, store_key_view(&prefix), slice_of("", 0), SIZE_MAX,
                   &batch->scratch, &rows, err);

    out->count = 0;
    for (size_t i = 0; i < rows.count && status == MA_OK; i++)
        VEC_ADD(out, connector_of(rows.items[i].key));
    VEC_FREE(&rows);
    arena_rewind(&batch->scratch, mark);
    return status;
}

enum ma_status mv_scan(struct batch *batch, uint64_t after, size_t limit, id_list *out,
                       struct ma_error *err)
{
    out->count = 0;
    return scan_ids(batch, TABLE_MV, (struct store_key){0}, after, limit, out, err);
}

enum ma_status mv_queue(struct batch *batch, uint64_t after, size_t limit, id_list *out,
                        struct ma_error *err)
{
    out->count = 0;
    return scan_ids(batch, TABLE_QUEUE, queue_prefix(QUEUE_MV_RETRY, 0), after, limit,
                    out, err);
}

enum ma_status mv_count(struct batch *batch, uint64_t *out, struct ma_error *err)
{
    return count_get(batch, COUNT_ALL, 0, out, err);
}
