/* SPDX-License-Identifier: Apache-2.0 */

/* Which attributes are indexed for joins: kept in TABLE_META, a list a space. */

#include "base/buf.h"
#include "base/order.h"
#include "store/batch.h"

enum { OBJECTS_AT_ONCE = 500 };

static struct store_key list_key(uint32_t space)
{
    return store_key_u32(store_key_bytes((struct store_key){0}, slice_text("indexed.")),
                         space);
}

static struct indexed read_list(struct batch *batch, uint32_t space)
{
    struct store_key key = list_key(space);
    struct indexed indexed = {.space = space};
    struct slice row;
    struct reader reader;

    if (batch_get(batch, TABLE_META, store_key_view(&key), &row) != MA_OK)
        return indexed;
    reader = reader_of(row);
    indexed.attributes = mem_zero_array(reader_left(&reader), sizeof *indexed.attributes);
    while (reader_left(&reader) > 0)
        indexed.attributes[indexed.count++] = (uint32_t)reader_varint(&reader);
    return indexed;
}

const struct indexed *indexed_of(struct batch *batch, uint32_t space)
{
    for (size_t i = 0; i < batch->indexed.count; i++)
        if (batch->indexed.items[i].space == space)
            return &batch->indexed.items[i];
    VEC_ADD(&batch->indexed, read_list(batch, space));
    return &batch->indexed.items[batch->indexed.count - 1];
}

bool indexed_has(const struct indexed *indexed, uint32_t attribute)
{
    for (size_t i = 0; i < indexed->count; i++)
        if (indexed->attributes[i] == attribute)
            return true;
    return false;
}

/* --- a change ---------------------------------------------------------------------- */

static struct indexed make_list(uint32_t space, const uint32_t *attributes, size_t count)
{
    struct indexed list = {.space = space};

    list.attributes = mem_copy(attributes, sizeof *attributes * count);
    list.count = order_unique_u32(list.attributes, count);
    return list;
}

static bool equal_lists(const struct indexed *a, const struct indexed *b)
{
    return a->count == b->count &&
           (a->count == 0 ||
            memcmp(a->attributes, b->attributes, sizeof *a->attributes * a->count) == 0);
}

struct reindex {
    struct batch *batch;
    const struct indexed *before;
    const struct indexed *after;
    struct derived old;
    struct derived new;
};

static enum ma_status reindex_cs(struct reindex *r, uint64_t id, struct arena *arena,
                                 struct ma_error *err)
{
    struct store *store = r->batch->store;
    struct cs_object object;
    enum ma_status status = cs_get(r->batch, arena, r->after->space, id, &object, err);

    if (status != MA_OK)
        return status;
    derive_cs(store, r->before, &object, arena, &r->old);
    derive_cs(store, r->after, &object, arena, &r->new);
    derived_change(r->batch, r->after->space, id, &r->old, &r->new);
    return MA_OK;
}

static enum ma_status reindex_mv(struct reindex *r, uint64_t id, struct arena *arena,
                                 struct ma_error *err)
{
    struct store *store = r->batch->store;
    struct mv_object object;
    enum ma_status status = mv_get(r->batch, arena, id, &object, err);

    if (status != MA_OK)
        return status;
    derive_mv(store, r->before, &object, arena, &r->old);
    derive_mv(store, r->after, &object, arena, &r->new);
    derived_change(r->batch, 0, id, &r->old, &r->new);
    return MA_OK;
}

static enum ma_status next_ids(struct reindex *r, id_list *ids, struct ma_error *err)
{
    uint64_t after = ids->count == 0 ? 0 : ids->items[ids->count - 1];

    return r->after->space == 0
               ? mv_scan(r->batch, after, OBJECTS_AT_ONCE, ids, err)
               : cs_scan(r->batch, r->after->space, after, OBJECTS_AT_ONCE, ids, err);
}

static enum ma_status reindex_all(struct reindex *r, struct ma_error *err)
{
    ARENA_AUTO arena = {0};
    id_list ids = {0};
    enum ma_status status;

    do {
        status = next_ids(r, &ids, err);
        for (size_t i = 0; i < ids.count && status == MA_OK; i++) {
            arena_reset(&arena);
            status = r->after->space == 0 ? reindex_mv(r, ids.items[i], &arena, err)
                                          : reindex_cs(r, ids.items[i], &arena, err);
        }
    } while (status == MA_OK && ids.count == OBJECTS_AT_ONCE);
    VEC_FREE(&ids);
    return status;
}

static void save_list(struct batch *batch, const struct indexed *list)
{
    struct store_key key = list_key(list->space);
    BUF_AUTO row = {0};

    for (size_t i = 0; i < list->count; i++)
        buf_varint(&row, list->attributes[i]);
    batch_put(batch, TABLE_META, store_key_view(&key), buf_view(&row));
    batch_forget_indexed(batch);
}

enum ma_status store_index_attributes(struct batch *batch, uint32_t space,
                                      const uint32_t *attributes, size_t count,
                                      struct ma_error *err)
{
    struct indexed before = read_list(batch, space);
    struct indexed after = make_list(space, attributes, count);
    struct reindex r = {.batch = batch, .before = &before, .after = &after};
    enum ma_status status = batch_failure(batch, err);

    if (status == MA_OK && !equal_lists(&before, &after)) {
        status = reindex_all(&r, err);
        if (status == MA_OK)
            save_list(batch, &after);
    }
    derived_free(&r.old);
    derived_free(&r.new);
    free(before.attributes);
    free(after.attributes);
    return status;
}
