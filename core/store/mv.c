/* SPDX-License-Identifier: Apache-2.0 */
#include "store/mv.h"

#include "base/error.h"
#include "store/batch.h"
#include "store/large.h"

static struct store_key mv_key(uint64_t id)
{
    return store_key_u64((struct store_key){0}, id);
}

static enum ma_status unreadable(uint64_t id, struct ma_error *err)
{
    return ma_fail(err, MA_BROKEN,
                   "metaverse object %llu cannot be read from the store; mactl db verify "
                   "says what else is wrong, a backup what was right",
                   (unsigned long long)id);
}

/* An object as it is stored: the stubs of its large attributes, then what mv_encode
 * made. */
struct stored {
    struct slice row; /* empty: not there */
    struct large_list large;
    struct mv_object object; /* without the values of large attributes */
};

static enum ma_status read_row(struct batch *batch, uint64_t id, struct slice *out,
                               struct ma_error *err)
{
    struct store_key key = mv_key(id);
    enum ma_status status = batch_get(batch, TABLE_MV, store_key_view(&key), out);

    return batch_failure(batch, err) != MA_OK ? err->status : status;
}

static enum ma_status decode(struct arena *arena, uint64_t id, struct stored *stored,
                             struct ma_error *err)
{
    struct slice rest;

    if (!large_decode(arena, stored->row, &stored->large, &rest) ||
        !mv_decode(arena, rest, &stored->object))
        return unreadable(id, err);
    stored->object.id = id;
    return MA_OK;
}

/* A copy that lives in the arena. */
static enum ma_status read_object(struct batch *batch, struct arena *arena, uint64_t id,
                                  struct stored *out, struct ma_error *err)
{
    enum ma_status status = read_row(batch, id, &out->row, err);

    if (status != MA_OK)
        return status;
    batch->store->work.objects_read++;
    out->row = arena_slice(arena, out->row);
    return decode(arena, id, out, err);
}

enum ma_status mv_get(struct batch *batch, struct arena *arena, uint64_t id,
                      struct mv_object *out, struct ma_error *err)
{
    const struct large_place place = {batch, 0, id};
    struct stored stored = {0};
    enum ma_status status = read_object(batch, arena, id, &stored, err);

    if (status == MA_OK)
        status = large_fill(&place, &stored.large, arena, &stored.object.entry, err);
    if (status == MA_OK)
        *out = stored.object;
    return status;
}

enum ma_status mv_get_values(struct batch *batch, struct arena *arena, uint64_t id,
                             const struct value_set *wanted, size_t count,
                             struct mv_object *out, struct ma_error *err)
{
    const struct large_place place = {batch, 0, id};
    struct large_some some = {0};
    struct stored stored = {0};
    enum ma_status status = read_object(batch, arena, id, &stored, err);

    if (status == MA_OK)
        status = large_fill_some(&place, &stored.large, wanted, count, arena, &some,
                                 &stored.object.entry, err);
    if (status != MA_OK)
        return status;
    *out = stored.object;
    out->partial = some.names;
    out->partial_count = some.count;
    out->wanted = arena_copy(arena, wanted, sizeof *wanted * count);
    out->wanted_count = (uint32_t)count;
    return MA_OK;
}

enum ma_status mv_want(struct batch *batch, struct arena *arena,
                       const struct value_set *values, struct mv_object *object,
                       struct entry *before, struct ma_error *err)
{
    const struct large_place place = {batch, 0, object->id};
    struct large_more more = {.values = values,
                              .wanted = &object->wanted,
                              .wanted_count = &object->wanted_count};
    struct stored stored = {0};
    enum ma_status status = read_row(batch, object->id, &stored.row, err);

    if (status == MA_OK)
        status = decode(arena, object->id, &stored, err);
    more.stored = &stored.large;
    if (status == MA_OK)
        status = large_want(&place, &more, arena, &object->entry, err);
    if (status == MA_OK)
        *before = large_with(arena, before, &more.found);
    return status;
}

/* --- put and remove ---------------------------------------------------------------- */

struct put {
    struct batch *batch;
    const struct mv_object *object;
    struct stored stored;
    struct large_plan plan;
    bool encoded; /* as it will be, for no value is elsewhere */
};

static void write_object(struct put *p)
{
    struct batch *batch = p->batch;
    const struct large_place place = {batch, 0, p->object->id};
    const struct indexed *indexed = indexed_of(batch, 0);
    struct store_key key = mv_key(p->object->id);
    struct mv_object before = p->stored.object;
    struct mv_object after = *p->object;

    before.entry = p->plan.before;
    after.entry = p->plan.after;
    derived_clear(&batch->before);
    if (p->stored.row.length > 0)
        derive_mv(batch->store, indexed, &before, &batch->scratch, &batch->before);
    else
        count_change(batch, COUNT_ALL, 0, 1);
    derive_mv(batch->store, indexed, &after, &batch->scratch, &batch->after);
    derived_change(batch, 0, after.id, &batch->before, &batch->after);
    large_write(&place, &p->plan);
    batch_put(batch, TABLE_MV, store_key_view(&key), buf_view(&batch->row));
}

static enum ma_status plan_values(struct put *p, struct ma_error *err)
{
    const struct large_place place = {p->batch, 0, p->object->id};
    const struct large_put how = {.stored = &p->stored.large,
                                  .before = &p->stored.object.entry,
                                  .after = &p->object->entry,
                                  .partial = p->object->partial,
                                  .partial_count = p->object->partial_count,
                                  .sets = p->object->wanted,
                                  .named = p->object->wanted_count,
                                  .count = p->object->wanted_count};

    return large_compare(&place, &how, &p->batch->scratch, &p->plan, err);
}

static void encode(const struct put *p)
{
    struct batch *batch = p->batch;
    struct mv_object slim = *p->object;

    slim.entry = p->plan.kept;
    buf_clear(&batch->row);
    large_encode(&p->plan.stubs, &batch->row);
    mv_encode(&slim, &batch->row);
}

/* Whether the row as it would be is the row as it is. */
static bool is_equal(const struct put *p)
{
    return slice_equal(p->stored.row, buf_view(&p->batch->row));
}

static bool is_equal_small(struct put *p)
{
    if (large_is_in(p->stored.row) || large_entry(&p->object->entry))
        return false;
    p->plan.kept = p->object->entry;
    encode(p);
    p->encoded = true;
    return is_equal(p);
}

static enum ma_status put(struct put *p, struct ma_error *err)
{
    uint64_t id = p->object->id;
    enum ma_status status = read_row(p->batch, id, &p->stored.row, err);

    if (status != MA_OK && status != MA_NOT_FOUND)
        return status;
    if (is_equal_small(p))
        return MA_OK;
    if (status == MA_OK && decode(&p->batch->scratch, id, &p->stored, err) != MA_OK)
        return err->status;
    if (plan_values(p, err) != MA_OK)
        return err->status;
    if (!p->encoded)
        encode(p);
    if (!is_equal(p))
        write_object(p);
    return MA_OK;
}

void mv_take_identity(struct batch *batch, struct mv_object *object)
{
    if (object->id == 0)
        object->id = batch_next(batch, "mv");
    if (guid_is_zero(&object->guid))
        object->guid = guid_new();
}

enum ma_status mv_put(struct batch *batch, struct mv_object *object, struct ma_error *err)
{
    struct arena_mark mark = arena_mark(&batch->scratch);
    struct put p = {.batch = batch, .object = object};
    enum ma_status status;

    mv_take_identity(batch, object);
    status = put(&p, err);
    arena_rewind(&batch->scratch, mark);
    return status;
}

static enum ma_status remove_object(struct batch *batch, uint64_t id,
                                    struct ma_error *err)
{
    const struct large_place place = {batch, 0, id};
    struct store_key key = mv_key(id);
    struct stored stored = {0};
    enum ma_status status = read_object(batch, &batch->scratch, id, &stored, err);

    if (status == MA_OK)
        status =
            large_fill(&place, &stored.large, &batch->scratch, &stored.object.entry, err);
    if (status == MA_OK)
        status = large_drop(&place, &stored.large, err);
    if (status != MA_OK)
        return status;
    derive_mv(batch->store, indexed_of(batch, 0), &stored.object, &batch->scratch,
              &batch->before);
    derived_clear(&batch->after);
    derived_change(batch, 0, id, &batch->before, &batch->after);
    count_change(batch, COUNT_ALL, 0, -1);
    batch_remove(batch, TABLE_MV, store_key_view(&key));
    return MA_OK;
}

enum ma_status mv_remove(struct batch *batch, uint64_t id, struct ma_error *err)
{
    struct arena_mark mark = arena_mark(&batch->scratch);
    enum ma_status status = remove_object(batch, id, err);

    arena_rewind(&batch->scratch, mark);
    return status;
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
    /* Of a large attribute, only the value that is looked for. */
    const struct value_set value = {wanted->attribute, &wanted->value, 1};
    struct arena_mark mark = arena_mark(&batch->scratch);
    struct mv_object object;
    enum ma_status status =
        mv_get_values(batch, &batch->scratch, id, &value,
                      wanted->attribute == NAME_NONE ? 0 : 1, &object, err);

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
    return scan_referrers(batch, 0, id, out, err);
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
        batch_scan_keys(batch, TABLE_LINKS, store_key_view(&prefix), slice_of("", 0),
                        SIZE_MAX, &batch->scratch, &rows, err);

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
