/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The index is two tables. Hashes fall anywhere, so in a large table each entry of a
 * commit makes a page of its own dirty, which is memory until the commit: 16 MB for 5 000
 * objects among 100 000. So a commit writes what changed into a small table, `recent`,
 * whose pages are soon all dirty and stay few; and whenever that has become large it is
 * merged into `index` in the order of the hashes, some pages a transaction, which writes
 * a page once for many commits. A reader looks into both.
 *
 * In `recent` an id is one that was added, or with the bit PAIRS_GONE one that was
 * removed and is in `index` still; never both of one hash and id. What both have is one
 * entry, so a merge that is not finished is no harm: `recent` is emptied at its end.
 */

#include "store/ids.h"
#include "store/lmdb/pairs.h"

/* --- what a commit changes -------------------------------------------------------- */

struct changing {
    MDB_cursor *recent;
    MDB_cursor *index;
    bool pure; /* nothing in `recent` was removed: it has additions only */
    id_list run;
};

/* Known where `recent` is empty, and behind a commit of this process: another one's, and
 * a merge, take a number of their own. */
static bool is_pure(const struct backend *backend, MDB_txn *txn)
{
    MDB_stat stat;

    return (pairs_stat(txn, backend->recent, &stat) == 0 && stat.ms_entries == 0) ||
           (backend->pure_at > 0 && backend->pure_at + 1 == mdb_txn_id(txn));
}

static int add(const struct changing *in, uint64_t hash, uint64_t id)
{
    bool was_gone = false;
    bool found = false;
    int code = in->pure ? 0 : pairs_take(in->recent, hash, id | PAIRS_GONE, &was_gone);

    if (code == 0 && was_gone) /* a merge may have taken it out already */
        code = pairs_has(in->index, hash, id, &found);
    return code != 0 || found ? code : pairs_put(in->recent, hash, id);
}

static int take_out(struct changing *in, uint64_t hash, uint64_t id)
{
    bool found;
    int code = pairs_take(in->recent, hash, id, &found);

    if (code == 0)
        code = pairs_has(in->index, hash, id, &found);
    if (code != 0 || !found)
        return code;
    in->pure = false;
    return pairs_put(in->recent, hash, id | PAIRS_GONE);
}

/* How many of these come under one hash, so that they may be put together. */
static size_t run_of(const index_writes *sorted, size_t from)
{
    size_t end = from;

    while (end < sorted->count && sorted->items[end].add &&
           sorted->items[end].hash == sorted->items[from].hash)
        end++;
    return end - from;
}

static int change_one(struct changing *in, const struct index_write *write)
{
    return write->add ? add(in, write->hash, write->id)
                      : take_out(in, write->hash, write->id);
}

static int change_run(struct changing *in, const struct index_write *writes, size_t count)
{
    int code = 0;

    if (!in->pure || count < 2) {
        for (size_t i = 0; i < count && code == 0; i++)
            code = change_one(in, &writes[i]);
        return code;
    }
    in->run.count = 0;
    for (size_t i = 0; i < count; i++)
        VEC_ADD(&in->run, writes[i].id);
    return pairs_put_all(in->recent, writes->hash, &in->run);
}

static int apply_sorted(struct backend *backend, MDB_txn *txn, const index_writes *sorted,
                        bool *pure)
{
    struct changing in = {.pure = *pure};
    int code = mdb_cursor_open(txn, backend->recent, &in.recent);
    size_t count;

    if (code == 0)
        code = mdb_cursor_open(txn, backend->index, &in.index);
    for (size_t i = 0; i < sorted->count && code == 0; i += count) {
        count = run_of(sorted, i);
        if (count == 0)
            count = 1; /* one that goes */
        code = change_run(&in, &sorted->items[i], count);
    }
    VEC_FREE(&in.run);
    if (in.recent != NULL)
        mdb_cursor_close(in.recent);
    if (in.index != NULL)
        mdb_cursor_close(in.index);
    *pure = in.pure;
    return code;
}

int lmdb_apply_index(struct backend *backend, MDB_txn *txn, const struct overlay *overlay,
                     bool *pure)
{
    index_writes sorted = {0};
    int code = 0;

    *pure = is_pure(backend, txn);
    if (overlay->index.count > 0) {
        overlay_index_sorted(overlay, &sorted);
        code = apply_sorted(backend, txn, &sorted, pure);
    }
    VEC_FREE(&sorted);
    return code;
}

/* --- reading ---------------------------------------------------------------------- */

/* Each look-up needs them, and there are many: they are kept, and renewed with the
 * snapshot. None on `recent` where nothing is in it. */
static int look(struct snapshot *snapshot)
{
    struct backend *backend = snapshot->backend;
    int code = lmdb_snapshot(snapshot);
    bool stale = snapshot->cursor_at != snapshot->number;
    MDB_stat stat;

    if (code != 0 || (!stale && snapshot->cursor != NULL))
        return code;
    code = pairs_stat(snapshot->txn, backend->recent, &stat);
    snapshot->has_recent = stat.ms_entries > 0;
    if (code == 0)
        code = lmdb_cursor_on(snapshot, backend->index, &snapshot->cursor, stale);
    if (code == 0 && snapshot->has_recent)
        code = lmdb_cursor_on(snapshot, backend->recent, &snapshot->recent, stale);
    if (code == 0)
        snapshot->cursor_at = snapshot->number;
    return code;
}

static void change_list(id_list *ids, size_t from, uint64_t value)
{
    if ((value & PAIRS_GONE) != 0)
        ids_take_out(ids, from, value & ~PAIRS_GONE);
    else
        ids_take_in(ids, from, value);
}

enum ma_status snapshot_find(struct snapshot *snapshot, uint64_t hash, id_list *out,
                             struct ma_error *err)
{
    MDB_val key = {sizeof hash, &hash};
    MDB_val id = {0};
    size_t from = out->count;
    int code = look(snapshot);

    if (code == 0)
        code = mdb_cursor_get(snapshot->cursor, &key, &id, MDB_SET_KEY);
    while (code == 0) {
        VEC_ADD(out, pairs_number(id));
        code = mdb_cursor_get(snapshot->cursor, &key, &id, MDB_NEXT_DUP);
    }
    if (code == MDB_NOTFOUND && snapshot->has_recent) {
        key = (MDB_val){sizeof hash, &hash};
        code = mdb_cursor_get(snapshot->recent, &key, &id, MDB_SET_KEY);
    }
    while (code == 0) {
        change_list(out, from, pairs_number(id));
        code = mdb_cursor_get(snapshot->recent, &key, &id, MDB_NEXT_DUP);
    }
    return code == MDB_NOTFOUND ? MA_OK
                                : lmdb_fail(snapshot->backend, code, "look up", err);
}

enum ma_status snapshot_guess(struct snapshot *snapshot, uint64_t hash, size_t most,
                              id_list *out, struct ma_error *err)
{
    MDB_val key = {sizeof hash, &hash};
    MDB_val id = {0};
    int code = look(snapshot);

    if (code == 0)
        code = mdb_cursor_get(snapshot->cursor, &key, &id, MDB_SET_KEY);
    while (code == 0 && most-- > 0) {
        VEC_ADD(out, pairs_number(id));
        code = mdb_cursor_get(snapshot->cursor, &key, &id, MDB_NEXT_DUP);
    }
    return code == 0 || code == MDB_NOTFOUND
               ? MA_OK
               : lmdb_fail(snapshot->backend, code, "look up", err);
}

enum ma_status snapshot_has(struct snapshot *snapshot, uint64_t hash, uint64_t id,
                            bool *out, struct ma_error *err)
{
    bool gone = false;
    int code = look(snapshot);

    *out = false;
    if (code == 0 && snapshot->has_recent)
        code = pairs_has(snapshot->recent, hash, id, out);
    if (code == 0 && !*out && snapshot->has_recent)
        code = pairs_has(snapshot->recent, hash, id | PAIRS_GONE, &gone);
    if (code == 0 && !*out && !gone)
        code = pairs_has(snapshot->cursor, hash, id, out);
    return code == 0 ? MA_OK : lmdb_fail(snapshot->backend, code, "look up", err);
}

uint64_t snapshot_recent_bytes(struct snapshot *snapshot)
{
    MDB_stat stat;

    if (lmdb_snapshot(snapshot) != 0 ||
        pairs_stat(snapshot->txn, snapshot->backend->recent, &stat) != 0)
        return 0;
    return stat.ms_psize * (stat.ms_branch_pages + stat.ms_leaf_pages);
}

/* --- all of it -------------------------------------------------------------------- */

/* The least hash that either table has from this one on. */
static int next_hash(const struct snapshot *snapshot, uint64_t from, uint64_t *out)
{
    MDB_cursor *const cursors[] = {snapshot->cursor,
                                   snapshot->has_recent ? snapshot->recent : NULL};
    int found = MDB_NOTFOUND;

    for (size_t i = 0; i < 2 && cursors[i] != NULL; i++) {
        MDB_val key = {sizeof from, &from};
        MDB_val value;
        int code = mdb_cursor_get(cursors[i], &key, &value, MDB_SET_RANGE);

        if (code != 0 && code != MDB_NOTFOUND)
            return code;
        if (code == 0 && (found != 0 || pairs_number(key) < *out))
            *out = pairs_number(key);
        found = code == 0 ? 0 : found;
    }
    return found;
}

static void add_pairs(uint64_t hash, const id_list *ids, const struct index_pair *after,
                      size_t limit, index_pairs *out)
{
    for (size_t i = 0; i < ids->count && out->count < limit; i++)
        if (after == NULL || after->hash != hash || after->id < ids->items[i])
            VEC_ADD(out, (struct index_pair){hash, ids->items[i]});
}

enum ma_status snapshot_index(struct snapshot *snapshot, const struct index_pair *after,
                              size_t limit, index_pairs *out, struct ma_error *err)
{
    uint64_t hash = after == NULL ? 0 : after->hash;
    id_list ids = {0};
    enum ma_status status = MA_OK;
    struct index_pair last = after == NULL ? (struct index_pair){0} : *after;
    int code = look(snapshot);

    out->count = 0;
    while (code == 0 && status == MA_OK && out->count < limit &&
           (code = next_hash(snapshot, hash, &hash)) == 0) {
        ids.count = 0;
        status = snapshot_find(snapshot, hash, &ids, err);
        add_pairs(hash, &ids, after == NULL ? NULL : &last, limit, out);
        if (hash++ == UINT64_MAX)
            break;
    }
    VEC_FREE(&ids);
    if (code != 0 && code != MDB_NOTFOUND)
        return lmdb_fail(snapshot->backend, code, "read the index", err);
    return status;
}
