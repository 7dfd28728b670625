/* SPDX-License-Identifier: Apache-2.0 */
#include "store/lmdb/lmdb_store.h"

struct snapshot *snapshot_new(struct backend *backend)
{
    struct snapshot *snapshot = mem_zero(sizeof *snapshot);

    snapshot->backend = backend;
    snapshot->next = backend->snapshots;
    backend->snapshots = snapshot;
    return snapshot;
}

static void leave_places(struct snapshot *snapshot)
{
    for (size_t i = 0; i < TABLE_COUNT; i++)
        if (snapshot->places[i].cursor != NULL)
            mdb_cursor_close(snapshot->places[i].cursor);
}

void snapshot_free(struct snapshot *snapshot)
{
    if (snapshot == NULL)
        return;
    for (struct snapshot **at = &snapshot->backend->snapshots; *at != NULL;
         at = &(*at)->next)
        if (*at == snapshot) {
            *at = snapshot->next;
            break;
        }
    leave_places(snapshot);
    if (snapshot->cursor != NULL)
        mdb_cursor_close(snapshot->cursor);
    if (snapshot->recent != NULL)
        mdb_cursor_close(snapshot->recent);
    if (snapshot->txn != NULL)
        mdb_txn_abort(snapshot->txn);
    free(snapshot);
}

/* The reader's slot is kept, so that taking it again is a few instructions. */
void snapshot_release(struct snapshot *snapshot)
{
    if (snapshot->reading)
        mdb_txn_reset(snapshot->txn);
    snapshot->reading = false;
}

uint64_t snapshot_number(const struct snapshot *snapshot)
{
    return snapshot->number;
}

bool snapshot_same(const struct snapshot *a, const struct snapshot *b)
{
    return a->reading && b->reading && a->commit == b->commit;
}

uint64_t snapshot_of_others(const struct snapshot *snapshot)
{
    return snapshot->commit - snapshot->own;
}

static int begin(struct snapshot *snapshot)
{
    if (snapshot->txn != NULL)
        return mdb_txn_renew(snapshot->txn);
    return mdb_txn_begin(snapshot->backend->env, NULL, MDB_RDONLY, &snapshot->txn);
}

/* A failed begin or renew leaves nothing behind. */
int lmdb_snapshot(struct snapshot *snapshot)
{
    int code;

    if (snapshot->reading)
        return 0;
    code = begin(snapshot);
    if (code == MDB_MAP_RESIZED) { /* another process made it larger */
        code = lmdb_grow(snapshot->backend, 0);
        if (code == 0)
            code = begin(snapshot);
    }
    if (code != 0)
        return code;
    snapshot->reading = true;
    snapshot->number++;
    snapshot->commit = mdb_txn_id(snapshot->txn);
    snapshot->own = snapshot->backend->commits;
    return 0;
}

enum ma_status snapshot_take(struct snapshot *snapshot, struct ma_error *err)
{
    int code = lmdb_snapshot(snapshot);

    return code == 0 ? MA_OK : lmdb_fail(snapshot->backend, code, "begin to read", err);
}

int lmdb_cursor_on(struct snapshot *snapshot, MDB_dbi table, MDB_cursor **cursor,
                   bool stale)
{
    if (*cursor == NULL)
        return mdb_cursor_open(snapshot->txn, table, cursor);
    return stale ? mdb_cursor_renew(snapshot->txn, *cursor) : 0;
}

/* --- rows in turn ------------------------------------------------------------------ */

/* Keys end in a number, and whoever reads rows in their order asks for the next one. */
static bool is_next(const struct place *place, const MDB_val *key)
{
    uint64_t here;
    uint64_t next;
    size_t before = place->length - sizeof next;

    if (place->length < sizeof next || key->mv_size != place->length ||
        memcmp(place->key, key->mv_data, before) != 0)
        return false;
    memcpy(&here, place->key + before, sizeof here);
    memcpy(&next, (const char *)key->mv_data + before, sizeof next);
    return be64toh(next) == be64toh(here) + 1;
}

/* The row behind this one is that of the next number, or there is none. */
static int step(struct place *place, const MDB_val *key, MDB_val *value)
{
    MDB_val next;
    int code = mdb_cursor_get(place->cursor, &next, value, MDB_NEXT);

    if (code == 0 && !slice_equal(lmdb_slice(next), lmdb_slice(*key)))
        code = MDB_NOTFOUND;
    return code;
}

static void stand_on(struct place *place, const MDB_val *key)
{
    place->length = key->mv_size <= sizeof place->key ? key->mv_size : 0;
    memcpy(place->key, key->mv_data, place->length);
}

static int get(struct snapshot *snapshot, enum store_table table, MDB_val *key,
               MDB_val *value)
{
    struct place *place = &snapshot->places[table];
    bool stale = place->at != snapshot->number;
    int code =
        lmdb_cursor_on(snapshot, snapshot->backend->tables[table], &place->cursor, stale);

    if (code != 0)
        return code;
    place->at = snapshot->number;
    code = !stale && is_next(place, key)
               ? step(place, key, value)
               : mdb_cursor_get(place->cursor, key, value, MDB_SET);
    place->length = 0;
    if (code == 0)
        stand_on(place, key);
    return code;
}

enum ma_status snapshot_get(struct snapshot *snapshot, enum store_table table,
                            struct slice key, struct slice *out, struct ma_error *err)
{
    MDB_val k = lmdb_value(key);
    MDB_val v;
    int code = lmdb_snapshot(snapshot);

    if (snapshot->backend->tables[table] == NO_TABLE)
        return MA_NOT_FOUND;
    if (code == 0)
        code = get(snapshot, table, &k, &v);
    if (code == MDB_NOTFOUND)
        return MA_NOT_FOUND;
    if (code != 0)
        return lmdb_fail(snapshot->backend, code, "read", err);
    *out = lmdb_slice(v);
    return MA_OK;
}

/* --- rows in order ----------------------------------------------------------------- */

static enum ma_status arrive(struct walk *walk, const struct snapshot *snapshot, int code,
                             MDB_val key, MDB_val value, struct ma_error *err)
{
    walk->ended = code != 0;
    if (code != 0 && code != MDB_NOTFOUND)
        return lmdb_fail(snapshot->backend, code, "read on", err);
    if (code == 0)
        walk->row = (struct store_row){lmdb_slice(key), lmdb_slice(value)};
    return MA_OK;
}

enum ma_status walk_begin(struct walk *walk, struct snapshot *snapshot,
                          enum store_table table, struct slice key, struct ma_error *err)
{
    MDB_val k = lmdb_value(key);
    MDB_val v = {0};
    MDB_cursor *cursor = NULL;
    int code = lmdb_snapshot(snapshot);

    *walk = (struct walk){.ended = true};
    if (snapshot->backend->tables[table] == NO_TABLE)
        return MA_OK;
    if (code == 0)
        code = mdb_cursor_open(snapshot->txn, snapshot->backend->tables[table], &cursor);
    if (code != 0)
        return lmdb_fail(snapshot->backend, code, "read", err);
    walk->cursor = cursor;
    code = mdb_cursor_get(cursor, &k, &v, key.length == 0 ? MDB_FIRST : MDB_SET_RANGE);
    return arrive(walk, snapshot, code, k, v, err);
}

enum ma_status walk_next(struct walk *walk, const struct snapshot *snapshot,
                         struct ma_error *err)
{
    MDB_val k = {0};
    MDB_val v = {0};
    int code = mdb_cursor_get(walk->cursor, &k, &v, MDB_NEXT);

    return arrive(walk, snapshot, code, k, v, err);
}

void walk_end(struct walk *walk)
{
    if (walk->cursor != NULL)
        mdb_cursor_close(walk->cursor);
    *walk = (struct walk){.ended = true};
}
