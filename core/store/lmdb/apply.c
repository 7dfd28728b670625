/* SPDX-License-Identifier: Apache-2.0 */
#include "store/lmdb/lmdb_store.h"

#include <errno.h>

#include "base/buf.h"

/* A key behind the last of the table goes to its end, which fills pages to the brim.
 * Copied, because writing moves what lies in pages. */
static int last_key(MDB_cursor *cursor, struct buf *last)
{
    MDB_val key;
    MDB_val value;
    int code = mdb_cursor_get(cursor, &key, &value, MDB_LAST);

    if (code == 0)
        buf_slice(last, lmdb_slice(key));
    return code == MDB_NOTFOUND ? 0 : code;
}

static int apply_row(MDB_cursor *cursor, MDB_txn *txn, MDB_dbi table,
                     const struct write *write, bool append)
{
    MDB_val key = lmdb_value(write->key);
    MDB_val value = lmdb_value(write->value);
    int code;

    if (write->state == WRITE_PUT)
        return mdb_cursor_put(cursor, &key, &value, append ? MDB_APPEND : 0);
    code = mdb_del(txn, table, &key, NULL);
    return code == MDB_NOTFOUND ? 0 : code;
}

static int apply_table(struct backend *backend, MDB_txn *txn,
                       const struct overlay *overlay, enum store_table table)
{
    const struct write *at = overlay_seek(overlay, table, slice_of("", 0));
    MDB_cursor *cursor = NULL;
    BUF_AUTO last = {0};
    bool append = false; /* rows come in order: once behind the last, always behind it */
    int code;

    if (at == NULL)
        return 0;
    code = mdb_cursor_open(txn, backend->tables[table], &cursor);
    if (code == 0)
        code = last_key(cursor, &last);
    for (; at != NULL && code == 0; at = at->next[0]) {
        if (at->state == WRITE_NONE)
            continue;
        append = append || slice_compare(at->key, buf_view(&last)) > 0;
        code = apply_row(cursor, txn, backend->tables[table], at, append);
    }
    if (cursor != NULL)
        mdb_cursor_close(cursor);
    return code;
}

static int apply_index_write(MDB_cursor *cursor, const struct index_write *write)
{
    uint64_t hash = write->hash;
    uint64_t id = write->id;
    MDB_val key = {sizeof hash, &hash};
    MDB_val value = {sizeof id, &id};
    int code;

    if (write->add) {
        code = mdb_cursor_put(cursor, &key, &value, MDB_NODUPDATA);
        return code == MDB_KEYEXIST ? 0 : code;
    }
    code = mdb_cursor_get(cursor, &key, &value, MDB_GET_BOTH);
    if (code == 0)
        code = mdb_cursor_del(cursor, 0);
    return code == MDB_NOTFOUND ? 0 : code;
}

static int apply_index(struct backend *backend, MDB_txn *txn,
                       const struct overlay *overlay)
{
    index_writes sorted = {0};
    MDB_cursor *cursor = NULL;
    int code = 0;

    overlay_index_sorted(overlay, &sorted);
    if (sorted.count > 0)
        code = mdb_cursor_open(txn, backend->index, &cursor);
    for (size_t i = 0; i < sorted.count && code == 0; i++)
        code = apply_index_write(cursor, &sorted.items[i]);
    if (cursor != NULL)
        mdb_cursor_close(cursor);
    VEC_FREE(&sorted);
    return code;
}

static int apply_once(struct backend *backend, const struct overlay *overlay)
{
    MDB_txn *txn;
    int code = mdb_txn_begin(backend->env, NULL, 0, &txn);

    if (code != 0)
        return code;
    for (int table = 0; table < TABLE_COUNT && code == 0; table++)
        code = apply_table(backend, txn, overlay, (enum store_table)table);
    if (code == 0)
        code = apply_index(backend, txn, overlay);
    if (code == 0)
        return mdb_txn_commit(txn);
    mdb_txn_abort(txn);
    return code;
}

/* Too small a map undoes the transaction; the overlay is whole, so it is done again. */
static int apply(struct backend *backend, const struct overlay *overlay)
{
    MDB_envinfo info;
    int code = apply_once(backend, overlay);

    while (code == MDB_MAP_FULL || code == MDB_MAP_RESIZED) {
        mdb_env_info(backend->env, &info);
        code = lmdb_grow(backend, code == MDB_MAP_FULL ? info.me_mapsize * 2 : 0);
        if (code == 0)
            code = apply_once(backend, overlay);
    }
    return code;
}

enum ma_status backend_apply(struct backend *backend, const struct overlay *overlay,
                             struct ma_error *err)
{
    int code;

    if (backend->read_only)
        return ma_fail(err, MA_BROKEN, "store '%s': it is open for reading only",
                       backend->folder);
    code = apply(backend, overlay);
    return code == 0 ? MA_OK : lmdb_fail(backend, code, "commit", err);
}
