/* SPDX-License-Identifier: Apache-2.0 */
#include "store/batch.h"

#include <signal.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/text.h"

enum { DUE_OBJECTS = 5000, DUE_BYTES = 32 << 20, DUE_MICROSECONDS = 1000000 };
enum {
    PAGE = 4096,
    INDEX_ENTRY = 40
}; /* bytes that an entry takes up, half-full pages */

/* --- deaths ------------------------------------------------------------------------ */

static uint64_t die_at;
static uint64_t moments;

void store_die_at(struct store *store, uint64_t nth)
{
    (void)store;
    if (nth != die_at) /* the same again, by another open: the count goes on */
        moments = 0;
    die_at = nth;
}

static void moment(void)
{
    if (++moments == die_at)
        raise(SIGKILL);
}

/* --- begin and end ----------------------------------------------------------------- */

struct batch *batch_begin(struct store *store)
{
    struct batch *batch = mem_zero(sizeof *batch);

    batch->store = store;
    batch->snapshot = snapshot_new(store->backend);
    return batch;
}

void batch_forget_indexed(struct batch *batch)
{
    for (size_t i = 0; i < batch->indexed.count; i++)
        free(batch->indexed.items[i].attributes);
    VEC_FREE(&batch->indexed);
}

void batch_end(struct batch *batch)
{
    if (batch == NULL)
        return;
    batch_forget_indexed(batch);
    snapshot_free(batch->snapshot);
    overlay_free(&batch->overlay);
    arena_free(&batch->scratch);
    VEC_FREE(&batch->found);
    buf_free(&batch->parent);
    buf_free(&batch->row);
    buf_free(&batch->tower);
    derived_free(&batch->before);
    derived_free(&batch->after);
    free(batch);
}

struct store *batch_store(struct batch *batch)
{
    return batch->store;
}

void batch_release(struct batch *batch)
{
    snapshot_release(batch->snapshot);
    batch_forget_indexed(batch);
    batch_forget_parent(batch);
}

/* --- rows -------------------------------------------------------------------------- */

/* A reader must know the names that the writer has made up since. */
static enum ma_status look(struct batch *batch, struct ma_error *err)
{
    uint64_t before = snapshot_number(batch->snapshot);
    enum ma_status status = snapshot_take(batch->snapshot, err);

    if (status != MA_OK || !batch->store->read_only ||
        snapshot_number(batch->snapshot) == before)
        return status;
    return store_load_names(batch->store, batch, err);
}

enum ma_status batch_failure(const struct batch *batch, struct ma_error *err)
{
    if (batch->failure.status != MA_OK)
        *err = batch->failure;
    return batch->failure.status;
}

enum ma_status batch_get(struct batch *batch, enum store_table table, struct slice key,
                         struct slice *out)
{
    const struct write *write = overlay_find(&batch->overlay, table, key);

    if (write != NULL && write->state == WRITE_REMOVE)
        return MA_NOT_FOUND;
    if (write != NULL) {
        *out = write->value;
        return MA_OK;
    }
    if (look(batch, &batch->failure) != MA_OK)
        return batch->failure.status;
    return snapshot_get(batch->snapshot, table, key, out, &batch->failure);
}

static void write_row(struct batch *batch, enum store_table table, struct slice key,
                      enum write_state state, struct slice row)
{
    overlay_set(&batch->overlay, table, key, state, row);
    batch->objects += table == TABLE_CS || table == TABLE_MV;
    if (batch->since == 0)
        batch->since = clock_monotonic();
}

void batch_put(struct batch *batch, enum store_table table, struct slice key,
               struct slice row)
{
    write_row(batch, table, key, WRITE_PUT, row);
}

void batch_remove(struct batch *batch, enum store_table table, struct slice key)
{
    write_row(batch, table, key, WRITE_REMOVE, slice_of("", 0));
}

/* --- rows in order: the overlay merged with the snapshot
 * -------------------------------- */

struct merge {
    struct slice prefix;
    struct slice from; /* exclusive; empty: none */
    struct walk below;
    const struct write *above;
};

static bool begins_with(struct slice key, struct slice prefix)
{
    return key.length >= prefix.length &&
           slice_equal(slice_of(key.at, prefix.length), prefix);
}

static const struct write *above_in(const struct merge *merge)
{
    const struct write *at = merge->above;

    while (at != NULL && at->state == WRITE_NONE)
        at = at->next[0];
    return at != NULL && begins_with(at->key, merge->prefix) ? at : NULL;
}

/* The next row of both, the batch's own word counting; false at the end. `key` lives as
 * long as the snapshot and the overlay. `gone`: the batch removed it. */
static enum ma_status merge_next(struct batch *batch, struct merge *merge,
                                 struct store_row *row, bool *gone, bool *ended,
                                 struct ma_error *err)
{
    bool below = !merge->below.ended && begins_with(merge->below.row.key, merge->prefix);
    int order;

    merge->above = above_in(merge);
    *ended = !below && merge->above == NULL;
    if (*ended)
        return MA_OK;
    order = !below ? 1
            : merge->above == NULL
                ? -1
                : slice_compare(merge->below.row.key, merge->above->key);
    *gone = order >= 0 && merge->above->state == WRITE_REMOVE;
    *row = order < 0 ? merge->below.row
                     : (struct store_row){merge->above->key, merge->above->value};
    if (order >= 0)
        merge->above = merge->above->next[0];
    return order <= 0 ? walk_next(&merge->below, batch->snapshot, err) : MA_OK;
}

static enum ma_status merge_rows(struct batch *batch, struct merge *merge, size_t limit,
                                 bool keys_only, struct arena *arena, store_rows *out,
                                 struct ma_error *err)
{
    struct store_row row;
    bool gone = false;
    bool ended = false;

    while (out->count < limit) {
        enum ma_status status = merge_next(batch, merge, &row, &gone, &ended, err);

        if (status != MA_OK || ended)
            return status;
        if (!gone && (merge->from.length == 0 || !slice_equal(row.key, merge->from)))
            VEC_ADD(out, (struct store_row){arena_slice(arena, row.key),
                                            keys_only ? slice_of("", 0)
                                                      : arena_slice(arena, row.value)});
    }
    return MA_OK;
}

static enum ma_status scan(struct batch *batch, enum store_table table,
                           struct slice prefix, struct slice from, size_t limit,
                           bool keys_only, struct arena *arena, store_rows *out,
                           struct ma_error *err)
{
    struct slice begin = slice_compare(from, prefix) > 0 ? from : prefix;
    struct merge merge = {.prefix = prefix, .from = from};
    enum ma_status status = look(batch, err);

    out->count = 0;
    merge.above = overlay_seek(&batch->overlay, table, begin);
    if (status == MA_OK)
        status = walk_begin(&merge.below, batch->snapshot, table, begin, err);
    if (status == MA_OK)
        status = merge_rows(batch, &merge, limit, keys_only, arena, out, err);
    walk_end(&merge.below);
    return status;
}

enum ma_status batch_scan(struct batch *batch, enum store_table table,
                          struct slice prefix, struct slice from, size_t limit,
                          struct arena *arena, store_rows *out, struct ma_error *err)
{
    return scan(batch, table, prefix, from, limit, false, arena, out, err);
}

enum ma_status batch_scan_keys(struct batch *batch, enum store_table table,
                               struct slice prefix, struct slice from, size_t limit,
                               struct arena *arena, store_rows *out, struct ma_error *err)
{
    return scan(batch, table, prefix, from, limit, true, arena, out, err);
}

/* --- the index --------------------------------------------------------------------- */

uint64_t store_hash(const struct store *store, uint32_t space, uint32_t attribute,
                    struct slice value)
{
    uint64_t place = (uint64_t)space << 32 | attribute;

    return text_hash(value, store->seed ^ place * 0x9e3779b97f4a7c15u);
}

static void write_index(struct batch *batch, uint64_t hash, uint64_t id, bool add)
{
    overlay_index(&batch->overlay, hash, id, add);
    if (batch->since == 0)
        batch->since = clock_monotonic();
}

void batch_index(struct batch *batch, uint64_t hash, uint64_t id)
{
    write_index(batch, hash, id, true);
}

void batch_unindex(struct batch *batch, uint64_t hash, uint64_t id)
{
    write_index(batch, hash, id, false);
    batch_forget_parent(batch);
}

static size_t place_of(const id_list *ids, size_t from, uint64_t id)
{
    size_t end = ids->count;

    if (end > from && ids->items[end - 1] < id) /* ids are mostly given out in order */
        return end;
    while (from < end) {
        size_t middle = from + (end - from) / 2;

        if (ids->items[middle] < id)
            from = middle + 1;
        else
            end = middle;
    }
    return from;
}

static void take_in(id_list *ids, size_t from, uint64_t id)
{
    size_t at = place_of(ids, from, id);

    if (at < ids->count && ids->items[at] == id)
        return;
    VEC_ADD(ids, id);
    memmove(&ids->items[at + 1], &ids->items[at],
            (ids->count - 1 - at) * sizeof *ids->items);
    ids->items[at] = id;
}

static void take_out(id_list *ids, size_t from, uint64_t id)
{
    size_t at = place_of(ids, from, id);

    if (at == ids->count || ids->items[at] != id)
        return;
    ids->count--;
    memmove(&ids->items[at], &ids->items[at + 1], (ids->count - at) * sizeof *ids->items);
}

/* Oldest first, so that the last word on an id is the one that counts. */
static void replay(const struct batch *batch, const struct index_write *youngest,
                   id_list *out, size_t from)
{
    VEC_OF(const struct index_write *) chain = {0};

    for (; youngest != NULL; youngest = overlay_index_before(&batch->overlay, youngest))
        VEC_ADD(&chain, youngest);
    while (chain.count > 0) {
        const struct index_write *write = chain.items[--chain.count];

        if (write->add)
            take_in(out, from, write->id);
        else
            take_out(out, from, write->id);
    }
    VEC_FREE(&chain);
}

enum ma_status batch_find(struct batch *batch, uint64_t hash, id_list *out,
                          struct ma_error *err)
{
    size_t from = out->count;
    const struct index_write *youngest = overlay_index_last(&batch->overlay, hash);
    enum ma_status status = look(batch, err);

    if (status == MA_OK)
        status = snapshot_find(batch->snapshot, hash, out, err);
    if (status == MA_OK && youngest != NULL)
        replay(batch, youngest, out, from);
    return status;
}

/* --- counters ---------------------------------------------------------------------- */

static struct store_key counter_key(const char *counter)
{
    struct store_key key = store_key_bytes((struct store_key){0}, slice_text("counter."));

    return store_key_bytes(key, slice_text(counter));
}

uint64_t batch_last(struct batch *batch, const char *counter)
{
    struct store_key key = counter_key(counter);
    struct slice row;
    struct reader reader;

    if (batch_get(batch, TABLE_META, store_key_view(&key), &row) != MA_OK)
        return 0;
    reader = reader_of(row);
    return reader_u64(&reader);
}

uint64_t batch_next(struct batch *batch, const char *counter)
{
    struct store_key key = counter_key(counter);
    uint64_t number = batch_last(batch, counter) + 1;
    BUF_AUTO row = {0};

    buf_u64(&row, number);
    batch_put(batch, TABLE_META, store_key_view(&key), buf_view(&row));
    return number;
}

/* --- marks and commits ------------------------------------------------------------- */

size_t batch_mark(struct batch *batch)
{
    return overlay_mark(&batch->overlay);
}

void batch_rollback(struct batch *batch, size_t mark)
{
    overlay_rollback(&batch->overlay, mark);
    batch_forget_indexed(batch);
    batch_forget_parent(batch);
}

size_t batch_writes(const struct batch *batch)
{
    return overlay_mark(&batch->overlay);
}

/* Index entries fall anywhere: in a large index each makes a page of its own dirty, which
 * is memory until the commit; in a small one they share pages. */
static uint64_t dirty_index_bytes(struct batch *batch)
{
    uint64_t entries = batch->overlay.index.count;
    uint64_t most;

    if (batch->index_bytes == 0 && entries > 0)
        batch->index_bytes = 1 + snapshot_index_bytes(batch->snapshot);
    most = batch->index_bytes + entries * INDEX_ENTRY;
    return entries * PAGE < most ? entries * PAGE : most;
}

bool batch_is_due(struct batch *batch)
{
    if (batch->since == 0)
        return false;
    return batch->objects >= DUE_OBJECTS ||
           overlay_bytes(&batch->overlay) + dirty_index_bytes(batch) >= DUE_BYTES ||
           clock_monotonic() - batch->since >= DUE_MICROSECONDS;
}

static void begin_anew(struct batch *batch)
{
    overlay_clear(&batch->overlay);
    batch->objects = 0;
    batch->since = 0;
    batch->index_bytes = 0;
    batch_release(batch);
}

static bool has_new_names(const struct store *store)
{
    return !store->read_only && names_count(store->names) > store->names_saved;
}

enum ma_status batch_commit(struct batch *batch, struct ma_error *err)
{
    enum ma_status status;

    if (batch_failure(batch, err) != MA_OK)
        return err->status;
    if (batch_writes(batch) > 0 || has_new_names(batch->store)) {
        store_save_names(batch);
        moment();
        status =
            backend_apply(batch->store->backend, &batch->overlay, batch->snapshot, err);
        if (status != MA_OK)
            return status;
        moment();
        batch->store->names_saved = names_count(batch->store->names);
    }
    begin_anew(batch);
    return MA_OK;
}
