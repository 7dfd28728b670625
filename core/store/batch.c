/* SPDX-License-Identifier: Apache-2.0 */
#include "store/batch.h"

#include <signal.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/text.h"
#include "store/attempt.h"
#include "store/ids.h"

enum {
    DUE_OBJECTS = 5000,
    DUE_BYTES = 32 << 20,
    DUE_MEMO_BYTES = 4 << 20,
    DUE_MICROSECONDS = 1000000
};
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
    attempt_end(batch);
    arena_free(&batch->scratch);
    VEC_FREE(&batch->found);
    VEC_FREE(&batch->candidates);
    known_end(&batch->known);
    buf_free(&batch->parent);
    buf_free(&batch->memo);
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
enum ma_status batch_look(struct batch *batch, struct ma_error *err)
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

/* What this batch, or the one below it, says of the row; NULL: nothing. */
static const struct write *find_write(struct batch *batch, enum store_table table,
                                      struct slice key)
{
    const struct write *own = overlay_find(&batch->overlay, table, key);

    if (batch_is_noted(batch) && (own == NULL || batch->base == NULL))
        premise_row(&batch->premise, table, key);
    return own != NULL || batch->base == NULL
               ? own
               : overlay_find(&batch->base->overlay, table, key);
}

static enum ma_status read_row(struct batch *batch, enum store_table table,
                               struct slice key, struct slice *out)
{
    const struct write *write = find_write(batch, table, key);

    if (write != NULL && write->state == WRITE_REMOVE)
        return MA_NOT_FOUND;
    if (write != NULL) {
        *out = write->value;
        return MA_OK;
    }
    if (batch_look(batch, &batch->failure) != MA_OK)
        return batch->failure.status;
    return snapshot_get(batch->snapshot, table, key, out, &batch->failure);
}

enum ma_status batch_get(struct batch *batch, enum store_table table, struct slice key,
                         struct slice *out)
{
    size_t noted = batch->premise.rows.count;
    enum ma_status status;

    if (batch->base != NULL && table == TABLE_META)
        return attempt_number(batch, key, out);
    status = read_row(batch, table, key, out);
    if (status == MA_OK && batch->premise.rows.count > noted)
        premise_found(&batch->premise, *out);
    return status;
}

void batch_write(struct batch *batch, enum store_table table, struct slice key,
                 enum write_state state, struct slice row)
{
    overlay_set(&batch->overlay, table, key, state, row);
    batch->objects += table == TABLE_CS || table == TABLE_MV;
    batch->memo_bytes += table == TABLE_MEMO ? row.length : 0;
    if (batch->since == 0)
        batch->since = clock_monotonic();
}

void batch_put(struct batch *batch, enum store_table table, struct slice key,
               struct slice row)
{
    batch_write(batch, table, key, WRITE_PUT, row);
}

void batch_remove(struct batch *batch, enum store_table table, struct slice key)
{
    batch_write(batch, table, key, WRITE_REMOVE, slice_of("", 0));
}

/* --- the index --------------------------------------------------------------------- */

uint64_t store_hash(const struct store *store, uint32_t space, uint32_t attribute,
                    struct slice value)
{
    uint64_t place = (uint64_t)space << 32 | attribute;

    return text_hash(value, store->seed ^ place * 0x9e3779b97f4a7c15u);
}

void batch_write_index(struct batch *batch, uint64_t hash, uint64_t id, bool add)
{
    overlay_index(&batch->overlay, hash, id, add);
    known_written(&batch->known, hash);
    if (batch->since == 0)
        batch->since = clock_monotonic();
}

void batch_index(struct batch *batch, uint64_t hash, uint64_t id)
{
    batch_write_index(batch, hash, id, true);
}

void batch_unindex(struct batch *batch, uint64_t hash, uint64_t id)
{
    batch_write_index(batch, hash, id, false);
    batch_forget_parent(batch);
}

static void change_ids(id_list *ids, size_t from, const struct index_write *write)
{
    if (write->add)
        ids_take_in(ids, from, write->id);
    else
        ids_take_out(ids, from, write->id);
}

/* Oldest first, so that the last word on an id is the one that counts. */
static void replay(const struct overlay *overlay, uint64_t hash, id_list *out,
                   size_t from)
{
    const struct index_write *youngest = overlay_index_last(overlay, hash);
    VEC_OF(const struct index_write *) chain = {0};

    if (youngest != NULL && youngest->before == 0) {
        change_ids(out, from, youngest);
        return;
    }
    for (; youngest != NULL; youngest = overlay_index_before(overlay, youngest))
        VEC_ADD(&chain, youngest);
    while (chain.count > 0)
        change_ids(out, from, chain.items[--chain.count]);
    VEC_FREE(&chain);
}

enum ma_status batch_find(struct batch *batch, uint64_t hash, id_list *out,
                          struct ma_error *err)
{
    size_t from = out->count;
    enum ma_status status = batch_look(batch, err);

    if (status == MA_OK)
        status = snapshot_find(batch->snapshot, hash, out, err);
    if (batch_is_noted(batch))
        premise_index(&batch->premise, hash);
    if (status == MA_OK && batch->base != NULL)
        replay(&batch->base->overlay, hash, out, from);
    if (status == MA_OK)
        replay(&batch->overlay, hash, out, from);
    return status;
}

enum ma_status batch_find_in(struct batch *batch, uint32_t space, uint64_t hash,
                             id_list *out, struct ma_error *err)
{
    return known_is_nobody(batch, space, hash) ? MA_OK
                                               : batch_find(batch, hash, out, err);
}

/* --- counters ---------------------------------------------------------------------- */

void batch_put_number(struct batch *batch, struct slice key, uint64_t number)
{
    uint64_t row = htobe64(number);

    batch_put(batch, TABLE_META, key, slice_of((const char *)&row, sizeof row));
}

bool batch_add_number(struct batch *batch, struct slice key, int64_t by, uint64_t *sum)
{
    const struct write *row = overlay_find(&batch->overlay, TABLE_META, key);
    struct reader reader;
    uint64_t stored;

    if (row == NULL || row->state != WRITE_PUT)
        return false;
    reader = reader_of(row->value);
    *sum = reader_u64(&reader) + (uint64_t)by;
    stored = htobe64(*sum);
    overlay_set_again(&batch->overlay, row,
                      slice_of((const char *)&stored, sizeof stored));
    return true;
}

static struct store_key counter_key(const char *counter)
{
    struct store_key key = store_key_bytes((struct store_key){0}, slice_text("counter."));

    return store_key_bytes(key, slice_text(counter));
}

static uint64_t number_of(struct batch *batch, struct slice key)
{
    struct slice row;
    struct reader reader;

    if (batch_get(batch, TABLE_META, key, &row) != MA_OK)
        return 0;
    reader = reader_of(row);
    return reader_u64(&reader);
}

uint64_t batch_last(struct batch *batch, const char *counter)
{
    struct store_key key = counter_key(counter);

    return number_of(batch, store_key_view(&key));
}

uint64_t batch_next(struct batch *batch, const char *counter)
{
    struct store_key key = counter_key(counter);
    uint64_t number;

    if (!batch_is_noted(batch) &&
        batch_add_number(batch, store_key_view(&key), 1, &number))
        return number;
    number = number_of(batch, store_key_view(&key)) + 1;
    batch_put_number(batch, store_key_view(&key), number);
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
    known_undone(&batch->known);
}

size_t batch_writes(const struct batch *batch)
{
    return overlay_mark(&batch->overlay);
}

/* Index entries fall anywhere in the pages of what changed lately (store/lmdb/index.c),
 * which are few. */
static uint64_t dirty_index_bytes(struct batch *batch)
{
    uint64_t entries = batch->overlay.index.count;
    uint64_t most;

    if (batch->index_bytes == 0 && entries > 0)
        batch->index_bytes = 1 + snapshot_recent_bytes(batch->snapshot);
    most = batch->index_bytes + entries * INDEX_ENTRY;
    return entries * PAGE < most ? entries * PAGE : most;
}

/* Rows fall on a page each where they are not near to another, and their own bytes are in
 * the overlay's. */
static uint64_t dirty_row_bytes(const struct batch *batch)
{
    return (uint64_t)batch->overlay.apart * PAGE;
}

/* Memos come in the order of objects into a table of their own, so small commits of them
 * write no page twice, and of large ones each byte is held twice. */
bool batch_is_due(struct batch *batch)
{
    if (batch->since == 0)
        return false;
    return batch->objects >= DUE_OBJECTS || batch->memo_bytes >= DUE_MEMO_BYTES ||
           overlay_bytes(&batch->overlay) + dirty_row_bytes(batch) +
                   dirty_index_bytes(batch) >=
               DUE_BYTES ||
           clock_monotonic() - batch->since >= DUE_MICROSECONDS;
}

static void begin_anew(struct batch *batch)
{
    overlay_clear(&batch->overlay);
    batch->objects = 0;
    batch->memo_bytes = 0;
    batch->since = 0;
    batch->index_bytes = 0;
    batch_release(batch);
}

static bool has_new_names(const struct store *store)
{
    return !store->read_only && names_count(store->names) > store->names_saved;
}

static bool has_work(const struct batch *batch)
{
    return batch_writes(batch) > 0 || has_new_names(batch->store);
}

typedef enum ma_status backend_write(struct backend *backend,
                                     const struct overlay *overlay,
                                     const struct snapshot *base, struct ma_error *err);

static enum ma_status save(struct batch *batch, backend_write *apply,
                           struct ma_error *err)
{
    enum ma_status status;

    if (!has_work(batch))
        return MA_OK;
    moment();
    status = apply(batch->store->backend, &batch->overlay, batch->snapshot, err);
    if (status != MA_OK)
        return status;
    moment();
    batch->store->names_saved = names_count(batch->store->names);
    return MA_OK;
}

enum ma_status batch_commit(struct batch *batch, struct ma_error *err)
{
    enum ma_status status;

    if (batch_failure(batch, err) != MA_OK)
        return err->status;
    if (has_work(batch))
        store_save_names(batch);
    status = save(batch, backend_apply, err);
    if (status == MA_OK)
        begin_anew(batch);
    return status;
}

enum ma_status batch_save(struct batch *batch, struct ma_error *err)
{
    if (batch_failure(batch, err) != MA_OK)
        return err->status;
    if (has_new_names(batch->store))
        return ma_fail(err, MA_LIMIT, "there are names to be saved with it");
    return save(batch, backend_apply_in_place, err);
}

bool batch_saved(struct batch *batch)
{
    uint64_t others = snapshot_of_others(batch->snapshot);

    begin_anew(batch);
    return batch_look(batch, &batch->failure) == MA_OK &&
           snapshot_of_others(batch->snapshot) == others;
}
