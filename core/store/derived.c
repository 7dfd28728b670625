/* SPDX-License-Identifier: Apache-2.0 */
#include "store/batch.h"

#include "base/buf.h"
#include "base/order.h"
#include "base/text.h"
#include "model/dn.h"

/* --- keys -------------------------------------------------------------------------- */

struct store_key object_key(uint32_t space, uint64_t id)
{
    return store_key_u64(store_key_u32((struct store_key){0}, space), id);
}

struct store_key ref_key(uint32_t space, uint64_t target, uint64_t from,
                         uint32_t attribute)
{
    return store_key_u32(store_key_u64(object_key(space, target), from), attribute);
}

struct store_key link_key(uint64_t mv, uint32_t agent, uint64_t id)
{
    struct store_key key = store_key_u64((struct store_key){0}, mv);

    return store_key_u64(store_key_u32(key, agent), id);
}

struct store_key queue_prefix(unsigned queue, uint32_t space)
{
    struct store_key key = {.bytes = {(unsigned char)queue}, .length = 1};

    return store_key_u32(key, space);
}

struct store_key queue_key(unsigned queue, uint32_t space, uint64_t id)
{
    return store_key_u64(queue_prefix(queue, space), id);
}

/* --- changes ----------------------------------------------------------------------- */

/* Walks two sorted sets at once: < 0: the first has what the second has not, > 0: the
 * other way round, 0: both have it. */
static int side(size_t i, size_t first, size_t j, size_t second, int order)
{
    return i == first ? 1 : j == second ? -1 : order;
}

static void change_hashes(struct batch *batch, uint64_t id, const id_list *before,
                          const id_list *after)
{
    size_t i = 0;
    size_t j = 0;

    while (i < before->count || j < after->count) {
        int at = side(i, before->count, j, after->count,
                      i < before->count && j < after->count
                          ? order_u64(&before->items[i], &after->items[j])
                          : 0);

        if (at < 0)
            batch_unindex(batch, before->items[i], id);
        if (at > 0)
            batch_index(batch, after->items[j], id);
        i += at <= 0;
        j += at >= 0;
    }
}

static void change_row(struct batch *batch, enum store_table table, struct store_key key,
                       bool add)
{
    if (add)
        batch_put(batch, table, store_key_view(&key), slice_of("", 0));
    else
        batch_remove(batch, table, store_key_view(&key));
}

static void change_ref(struct batch *batch, uint32_t space, uint64_t id,
                       const struct reference *ref, bool add)
{
    change_row(batch, TABLE_REFS, ref_key(space, ref->target, id, ref->attribute), add);
}

static void change_refs(struct batch *batch, uint32_t space, uint64_t id,
                        const struct derived *before, const struct derived *after)
{
    const struct reference *old = before->refs.items;
    const struct reference *new = after->refs.items;
    size_t i = 0;
    size_t j = 0;

    while (i < before->refs.count || j < after->refs.count) {
        int at = side(i, before->refs.count, j, after->refs.count,
                      i < before->refs.count && j < after->refs.count
                          ? reference_compare(&old[i], &new[j])
                          : 0);

        if (at < 0)
            change_ref(batch, space, id, &old[i], false);
        if (at > 0)
            change_ref(batch, space, id, &new[j], true);
        i += at <= 0;
        j += at >= 0;
    }
}

static void change_link(struct batch *batch, uint32_t space, uint64_t id, uint64_t before,
                        uint64_t after)
{
    if (before == after)
        return;
    if (before != 0)
        change_row(batch, TABLE_LINKS, link_key(before, space, id), false);
    if (after != 0)
        change_row(batch, TABLE_LINKS, link_key(after, space, id), true);
}

static void change_queues(struct batch *batch, uint32_t space, uint64_t id,
                          uint64_t before, uint64_t after)
{
    for (uint64_t left = before ^ after; left != 0; left &= left - 1) {
        unsigned queue = (unsigned)__builtin_ctzll(left);
        bool is = after >> queue & 1;

        change_row(batch, TABLE_QUEUE, queue_key(queue, space, id), is);
        count_change(batch, queue, space, is ? 1 : -1);
    }
}

void derived_change(struct batch *batch, uint32_t space, uint64_t id,
                    const struct derived *before, const struct derived *after)
{
    change_hashes(batch, id, &before->hashes, &after->hashes);
    change_refs(batch, space, id, before, after);
    change_link(batch, space, id, before->link, after->link);
    change_queues(batch, space, id, before->queues, after->queues);
}

/* --- counts ------------------------------------------------------------------------ */

static struct store_key count_key(unsigned queue, uint32_t space)
{
    struct store_key key = store_key_bytes((struct store_key){0}, slice_text("count."));

    return store_key_u32(store_key_u32(key, queue), space);
}

enum ma_status count_get(struct batch *batch, unsigned queue, uint32_t space,
                         uint64_t *out, struct ma_error *err)
{
    struct store_key key = count_key(queue, space);
    struct slice row;
    struct reader reader;

    *out = 0;
    if (batch->base != NULL)
        return attempt_length(batch, store_key_view(&key), out);
    if (batch_get(batch, TABLE_META, store_key_view(&key), &row) == MA_OK) {
        reader = reader_of(row);
        *out = reader_u64(&reader);
    }
    return batch_failure(batch, err);
}

void count_change(struct batch *batch, unsigned queue, uint32_t space, int64_t by)
{
    struct store_key key = count_key(queue, space);
    struct ma_error ignored = {0}; /* a failed read fails the commit as well */
    uint64_t count;

    if (batch->base != NULL)
        attempt_count(batch, store_key_view(&key), by);
    else if (!batch_add_number(batch, store_key_view(&key), by, &count) &&
             count_get(batch, queue, space, &count, &ignored) == MA_OK)
        batch_put_number(batch, store_key_view(&key), count + (uint64_t)by);
}

/* --- scans ------------------------------------------------------------------------- */

static uint64_t number_at(struct slice key, size_t at)
{
    struct reader reader = reader_of(slice_of(key.at + at, key.length - at));

    return reader_u64(&reader);
}

/* Ids stand at the end of the keys, so `prefix` and an id are a whole key. */
enum ma_status scan_ids(struct batch *batch, enum store_table table,
                        struct store_key prefix, uint64_t after, size_t limit,
                        id_list *out, struct ma_error *err)
{
    struct store_key from = store_key_u64(prefix, after);
    struct arena_mark mark = arena_mark(&batch->scratch);
    store_rows rows = {0};
    enum ma_status status =
        batch_scan_keys(batch, table, store_key_view(&prefix), store_key_view(&from),
                        limit, &batch->scratch, &rows, err);

    for (size_t i = 0; i < rows.count && status == MA_OK; i++) {
        VEC_ADD(out, number_at(rows.items[i].key, prefix.length));
    }
    VEC_FREE(&rows);
    arena_rewind(&batch->scratch, mark);
    return status;
}

enum ma_status scan_referrers(struct batch *batch, uint32_t space, uint64_t target,
                              id_list *out, struct ma_error *err)
{
    struct store_key prefix = object_key(space, target);
    struct arena_mark mark = arena_mark(&batch->scratch);
    size_t from = out->count;
    store_rows rows = {0};
    enum ma_status status =
        batch_scan_keys(batch, TABLE_REFS, store_key_view(&prefix), slice_of("", 0),
                        SIZE_MAX, &batch->scratch, &rows, err);

    for (size_t i = 0; i < rows.count && status == MA_OK; i++) {
        uint64_t id = number_at(rows.items[i].key, prefix.length);

        if (out->count == from || out->items[out->count - 1] != id)
            VEC_ADD(out, id);
    }
    VEC_FREE(&rows);
    arena_rewind(&batch->scratch, mark);
    return status;
}
