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

/* --- what others did meanwhile ---------------------------------------------------- */

enum { CONFLICT = -1 }; /* no code of LMDB, nor of errno */

static bool same(int code, MDB_val a, MDB_val b)
{
    return code == MDB_NOTFOUND || slice_equal(lmdb_slice(a), lmdb_slice(b));
}

/* Whether the row is still what the snapshot shows. */
static int compare_row(const struct snapshot *base, MDB_txn *txn, MDB_dbi table,
                       struct slice row_key)
{
    MDB_val key = lmdb_value(row_key);
    MDB_val then = {0};
    MDB_val now = {0};
    int before = mdb_get(base->txn, table, &key, &then);
    int after = mdb_get(txn, table, &key, &now);

    if ((before != 0 && before != MDB_NOTFOUND) || (after != 0 && after != MDB_NOTFOUND))
        return before != 0 && before != MDB_NOTFOUND ? before : after;
    return before == after && same(before, then, now) ? 0 : CONFLICT;
}

static int compare_table(const struct snapshot *base, MDB_txn *txn,
                         const struct overlay *overlay, enum store_table table)
{
    MDB_dbi database = base->backend->tables[table];
    int code = 0;

    for (const struct write *at = overlay_seek(overlay, table, slice_of("", 0));
         at != NULL && code == 0; at = at->next[0])
        if (at->state != WRITE_NONE)
            code = compare_row(base, txn, database, at->key);
    return code;
}

static bool others_wrote(const struct snapshot *base, MDB_txn *txn)
{
    uint64_t since = (uint64_t)mdb_txn_id(txn) - 1 - base->commit;

    return since > base->backend->commits - base->own;
}

/*
 * Locks keep runs apart that would write the same objects, so this finds next to nothing;
 * where it does, an update would be lost. A base that was given back meanwhile, because
 * the map had to move, shows nothing any more: then any change may be one of ours.
 */
static int compare(const struct snapshot *base, MDB_txn *txn,
                   const struct overlay *overlay)
{
    int code = 0;

    if (base == NULL || !others_wrote(base, txn))
        return 0;
    if (!base->reading)
        return CONFLICT;
    for (int table = 0; table < TABLE_COUNT && code == 0; table++)
        code = compare_table(base, txn, overlay, (enum store_table)table);
    return code;
}

/* Of a batch that began before another process numbered names: those numbers are taken.
 */
static int compare_names(struct backend *backend, MDB_txn *txn,
                         const struct overlay *overlay)
{
    int code = MDB_NOTFOUND;

    for (const struct write *at = overlay_seek(overlay, TABLE_NAMES, slice_of("", 0));
         at != NULL && code == MDB_NOTFOUND; at = at->next[0]) {
        MDB_val key = lmdb_value(at->key);
        MDB_val now = {0};

        if (at->state == WRITE_PUT)
            code = mdb_get(txn, backend->tables[TABLE_NAMES], &key, &now);
    }
    return code == MDB_NOTFOUND ? 0 : code == 0 ? CONFLICT : code;
}

/* What only removes may find nothing to remove, and is then no commit for LMDB. */
static bool puts_something(const struct overlay *overlay)
{
    for (int table = 0; table < TABLE_COUNT; table++)
        for (const struct write *at =
                 overlay_seek(overlay, (enum store_table)table, slice_of("", 0));
             at != NULL; at = at->next[0])
            if (at->state == WRITE_PUT)
                return true;
    return false;
}

/* --- all of it -------------------------------------------------------------------- */

static int apply_in(struct backend *backend, MDB_txn *txn, const struct overlay *overlay,
                    const struct snapshot *base, bool *pure)
{
    int code = compare_names(backend, txn, overlay);

    if (code == 0)
        code = compare(base, txn, overlay);
    for (int table = 0; table < TABLE_COUNT && code == 0; table++)
        code = apply_table(backend, txn, overlay, (enum store_table)table);
    if (code == 0)
        code = lmdb_apply_index(backend, txn, overlay, pure);
    return code;
}

static int apply_once(struct backend *backend, const struct overlay *overlay,
                      const struct snapshot *base)
{
    MDB_txn *txn;
    bool pure = false;
    size_t number;
    int code = mdb_txn_begin(backend->env, NULL, 0, &txn);

    if (code != 0)
        return code;
    number = mdb_txn_id(txn);
    code = apply_in(backend, txn, overlay, base, &pure);
    if (code != 0) {
        mdb_txn_abort(txn);
        return code;
    }
    code = mdb_txn_commit(txn);
    if (code != 0 || !puts_something(overlay)) {
        backend->pure_at = 0; /* its number may be the next one's */
        return code;
    }
    backend->pure_at = pure ? number : 0;
    backend->commits++;
    return code;
}

static bool is_too_small(int code)
{
    return code == MDB_MAP_FULL || code == MDB_MAP_RESIZED;
}

/* Too small a map undoes the transaction; the overlay is whole, so it is done again. */
static int apply(struct backend *backend, const struct overlay *overlay,
                 const struct snapshot *base, bool may_move)
{
    const struct snapshot *held = base != NULL && base->reading ? base : NULL;
    MDB_envinfo info;
    int code = apply_once(backend, overlay, held);

    while (may_move && is_too_small(code)) {
        mdb_env_info(backend->env, &info);
        code = lmdb_grow(backend, code == MDB_MAP_FULL ? info.me_mapsize * 2 : 0);
        if (code == 0)
            code = apply_once(backend, overlay, held);
    }
    return code;
}

static enum ma_status say(struct backend *backend, int code, struct ma_error *err)
{
    if (backend->trouble == STORE_FINE || backend->trouble == STORE_CONTENDED)
        backend->trouble = code == CONFLICT ? STORE_CONTENDED : STORE_FINE;
    if (code == CONFLICT)
        return ma_fail(err, MA_CONFLICT,
                       "store '%s': another run changed what this one was about to "
                       "write: run again",
                       backend->folder);
    if (is_too_small(code))
        return ma_fail(err, MA_LIMIT, "store '%s': it has to grow first",
                       backend->folder);
    return code == 0 ? MA_OK : lmdb_fail(backend, code, "commit", err);
}

static enum ma_status try_apply(struct backend *backend, const struct overlay *overlay,
                                const struct snapshot *base, bool may_move,
                                struct ma_error *err)
{
    if (backend->read_only)
        return ma_fail(err, MA_BROKEN, "store '%s': it is open for reading only",
                       backend->folder);
    if (say(backend, apply(backend, overlay, base, may_move), err) != MA_OK)
        return err->status;
    lmdb_merge_index(backend);
    return MA_OK;
}

enum ma_status backend_apply(struct backend *backend, const struct overlay *overlay,
                             const struct snapshot *base, struct ma_error *err)
{
    return try_apply(backend, overlay, base, true, err);
}

enum ma_status backend_apply_in_place(struct backend *backend,
                                      const struct overlay *overlay,
                                      const struct snapshot *base, struct ma_error *err)
{
    return try_apply(backend, overlay, base, false, err);
}
