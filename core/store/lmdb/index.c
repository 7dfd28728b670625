/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The index is two tables. Hashes fall anywhere, so in a large table each entry of a
 * commit makes a page of its own dirty, which is memory until the commit: 16 MB for 5 000
 * objects among 100 000. So a commit writes what changed into a small table, `recent`,
 * whose pages are soon all dirty and stay few; and whenever that has become large it is
 * merged into `index` in the order of the hashes, some pages a transaction, which writes
 * a page once for many commits. A reader looks into both.
 *
 * In `recent` an id is one that was added, or with the bit GONE one that was removed and
 * is in `index` still; never both of one hash and id. What both have is one entry, so a
 * merge that is not finished is no harm: `recent` is emptied at its end.
 */

#include "store/ids.h"
#include "store/lmdb/lmdb_store.h"

#define GONE (UINT64_C(1) << 63)

enum {
    MERGE_PAGES = 256, /* of `recent`: then it is merged */
    MOST_PAGES = 768,  /* of `index` that one transaction of a merge makes dirty, about */
    MOST_STEPS = 1000, /* somebody else who writes lets it begin anew */
    RUN = 4            /* ids of one hash, from which on it pays to put them together */
};

static int stat_of(MDB_txn *txn, MDB_dbi table, MDB_stat *stat)
{
    *stat = (MDB_stat){0};
    return table == 0 ? 0 : mdb_stat(txn, table, stat);
}

static uint64_t number_of(MDB_val value)
{
    uint64_t number;

    memcpy(&number, value.mv_data, sizeof number);
    return number;
}

/* --- one pair ------------------------------------------------------------------------
 */

static int has_pair(MDB_cursor *cursor, uint64_t hash, uint64_t id, bool *found)
{
    MDB_val key = {sizeof hash, &hash};
    MDB_val value = {sizeof id, &id};
    int code = mdb_cursor_get(cursor, &key, &value, MDB_GET_BOTH);

    *found = code == 0;
    return code == MDB_NOTFOUND ? 0 : code;
}

static int put_pair(MDB_cursor *cursor, uint64_t hash, uint64_t id)
{
    MDB_val key = {sizeof hash, &hash};
    MDB_val value = {sizeof id, &id};
    int code = mdb_cursor_put(cursor, &key, &value, MDB_NODUPDATA);

    return code == MDB_KEYEXIST ? 0 : code;
}

/* Ids of one hash, which ascend: those of children of one parent, mostly behind all that
 * it has. Where they are not, or some are there already, they are put one by one. */
static int put_pairs(MDB_cursor *cursor, uint64_t hash, const id_list *ids)
{
    MDB_val key = {sizeof hash, &hash};
    MDB_val values[2] = {{sizeof *ids->items, ids->items}, {.mv_size = ids->count}};
    int code = MDB_KEYEXIST;

    if (ids->count >= RUN)
        code = mdb_cursor_put(cursor, &key, values, MDB_MULTIPLE | MDB_APPENDDUP);
    if (code != MDB_KEYEXIST)
        return code;
    code = 0;
    for (size_t i = 0; i < ids->count && code == 0; i++)
        code = put_pair(cursor, hash, ids->items[i]);
    return code;
}

static int take_pair(MDB_cursor *cursor, uint64_t hash, uint64_t id, bool *found)
{
    int code = has_pair(cursor, hash, id, found);

    return code == 0 && *found ? mdb_cursor_del(cursor, 0) : code;
}

/* --- what a commit changes -----------------------------------------------------------
 */

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

    return (stat_of(txn, backend->recent, &stat) == 0 && stat.ms_entries == 0) ||
           (backend->pure_at > 0 && backend->pure_at + 1 == mdb_txn_id(txn));
}

static int add(const struct changing *in, uint64_t hash, uint64_t id)
{
    bool was_gone = false;
    bool found = false;
    int code = in->pure ? 0 : take_pair(in->recent, hash, id | GONE, &was_gone);

    if (code == 0 && was_gone) /* a merge may have taken it out already */
        code = has_pair(in->index, hash, id, &found);
    return code != 0 || found ? code : put_pair(in->recent, hash, id);
}

static int take_out(struct changing *in, uint64_t hash, uint64_t id)
{
    bool found;
    int code = take_pair(in->recent, hash, id, &found);

    if (code == 0)
        code = has_pair(in->index, hash, id, &found);
    if (code != 0 || !found)
        return code;
    in->pure = false;
    return put_pair(in->recent, hash, id | GONE);
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

    if (!in->pure || count < RUN) {
        for (size_t i = 0; i < count && code == 0; i++)
            code = change_one(in, &writes[i]);
        return code;
    }
    in->run.count = 0;
    for (size_t i = 0; i < count; i++)
        VEC_ADD(&in->run, writes[i].id);
    return put_pairs(in->recent, writes->hash, &in->run);
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

/* --- merging -------------------------------------------------------------------------
 */

struct merge {
    struct backend *backend;
    size_t last;   /* transaction; another one in between, and it begins anew */
    uint64_t hash; /* what was merged so far is before this pair */
    uint64_t value;
    bool done;
    uint64_t
        run_hash; /* of the additions that are put together when they are all known */
    id_list run;
};

/* As many as fall on so many pages, if they fall evenly. */
static size_t entries_at_once(const struct backend *backend, const MDB_stat *recent,
                              const MDB_stat *index)
{
    size_t most = backend->merge_pages == 0 ? MOST_PAGES : backend->merge_pages;
    size_t pages = index->ms_leaf_pages < recent->ms_entries ? index->ms_leaf_pages
                                                             : recent->ms_entries;

    return pages <= most ? recent->ms_entries
                         : recent->ms_entries / (pages / most + 1) + 1;
}

static int end_run(struct merge *m, MDB_cursor *index)
{
    int code = put_pairs(index, m->run_hash, &m->run);

    m->run.count = 0;
    return code;
}

static int merge_pair(struct merge *m, MDB_cursor *index)
{
    bool found;
    int code = m->run.count > 0 && m->run_hash != m->hash ? end_run(m, index) : 0;

    if (code == 0 && (m->value & GONE) != 0)
        return take_pair(index, m->hash, m->value & ~GONE, &found);
    m->run_hash = m->hash;
    VEC_ADD(&m->run, m->value);
    return code;
}

static int seek(const struct merge *m, MDB_cursor *recent, MDB_val *key, MDB_val *value)
{
    uint64_t hash = m->hash;
    uint64_t from = m->value;
    int code;

    *key = (MDB_val){sizeof hash, &hash};
    *value = (MDB_val){sizeof from, &from};
    code = mdb_cursor_get(recent, key, value, MDB_GET_BOTH_RANGE);
    if (code == 0)
        return mdb_cursor_get(recent, key, value, MDB_GET_CURRENT);
    if (code != MDB_NOTFOUND || hash == UINT64_MAX)
        return code;
    hash++;
    *key = (MDB_val){sizeof hash, &hash};
    return mdb_cursor_get(recent, key, value, MDB_SET_RANGE);
}

static int walk_pairs(struct merge *m, MDB_cursor *recent, MDB_cursor *index, size_t most)
{
    MDB_val key;
    MDB_val value;
    int code = seek(m, recent, &key, &value);

    while (code == 0) {
        m->hash = number_of(key);
        m->value = number_of(value);
        if (most-- == 0)
            return 0; /* here it goes on */
        code = merge_pair(m, index);
        if (code == 0)
            code = mdb_cursor_get(recent, &key, &value, MDB_NEXT);
    }
    return code;
}

/* Up to `most` pairs; MDB_NOTFOUND: these were the last. */
static int merge_pairs(struct merge *m, MDB_cursor *recent, MDB_cursor *index,
                       size_t most)
{
    int code = walk_pairs(m, recent, index, most);
    int last = code == 0 || code == MDB_NOTFOUND ? end_run(m, index) : 0;

    return last != 0 ? last : code;
}

static int merge_in(struct merge *m, MDB_txn *txn)
{
    struct backend *backend = m->backend;
    MDB_cursor *recent = NULL;
    MDB_cursor *index = NULL;
    MDB_stat small;
    MDB_stat large;
    int code = stat_of(txn, backend->recent, &small);

    if (code == 0)
        code = stat_of(txn, backend->index, &large);
    if (code == 0)
        code = mdb_cursor_open(txn, backend->recent, &recent);
    if (code == 0)
        code = mdb_cursor_open(txn, backend->index, &index);
    m->run.count = 0;
    if (code == 0)
        code = merge_pairs(m, recent, index, entries_at_once(backend, &small, &large));
    if (recent != NULL)
        mdb_cursor_close(recent);
    if (index != NULL)
        mdb_cursor_close(index);
    m->done = code == MDB_NOTFOUND;
    return m->done ? mdb_drop(txn, backend->recent, 0) : code;
}

/* One transaction of it. */
static int merge_some(struct merge *m)
{
    MDB_txn *txn;
    size_t number;
    int code = mdb_txn_begin(m->backend->env, NULL, 0, &txn);

    if (code != 0)
        return code;
    number = mdb_txn_id(txn);
    if (number != m->last + 1) { /* somebody wrote, perhaps before where we are */
        m->hash = 0;
        m->value = 0;
    }
    m->last = number;
    code = merge_in(m, txn);
    if (code != 0) {
        mdb_txn_abort(txn);
        return code;
    }
    code = mdb_txn_commit(txn);
    m->backend->commits += code == 0;
    return code;
}

static bool is_merge_due(struct backend *backend)
{
    MDB_txn *txn;
    MDB_stat stat = {0};

    if (mdb_txn_begin(backend->env, NULL, MDB_RDONLY, &txn) != 0)
        return false;
    if (stat_of(txn, backend->recent, &stat) != 0)
        stat.ms_leaf_pages = 0;
    mdb_txn_abort(txn);
    return stat.ms_leaf_pages >=
           (backend->merge_pages == 0 ? MERGE_PAGES : backend->merge_pages);
}

void lmdb_merge_index(struct backend *backend)
{
    struct merge m = {.backend = backend};
    unsigned most = backend->merge_steps == 0 ? MOST_STEPS : backend->merge_steps;

    if (!is_merge_due(backend))
        return;
    while (!m.done && most-- > 0)
        if (merge_some(&m) != 0)
            break;
    VEC_FREE(&m.run);
}

/* --- reading -------------------------------------------------------------------------
 */

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
    code = stat_of(snapshot->txn, backend->recent, &stat);
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
    if ((value & GONE) != 0)
        ids_take_out(ids, from, value & ~GONE);
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
        VEC_ADD(out, number_of(id));
        code = mdb_cursor_get(snapshot->cursor, &key, &id, MDB_NEXT_DUP);
    }
    if (code == MDB_NOTFOUND && snapshot->has_recent) {
        key = (MDB_val){sizeof hash, &hash};
        code = mdb_cursor_get(snapshot->recent, &key, &id, MDB_SET_KEY);
    }
    while (code == 0) {
        change_list(out, from, number_of(id));
        code = mdb_cursor_get(snapshot->recent, &key, &id, MDB_NEXT_DUP);
    }
    return code == MDB_NOTFOUND ? MA_OK
                                : lmdb_fail(snapshot->backend, code, "look up", err);
}

enum ma_status snapshot_has(struct snapshot *snapshot, uint64_t hash, uint64_t id,
                            bool *out, struct ma_error *err)
{
    bool gone = false;
    int code = look(snapshot);

    *out = false;
    if (code == 0 && snapshot->has_recent)
        code = has_pair(snapshot->recent, hash, id, out);
    if (code == 0 && !*out && snapshot->has_recent)
        code = has_pair(snapshot->recent, hash, id | GONE, &gone);
    if (code == 0 && !*out && !gone)
        code = has_pair(snapshot->cursor, hash, id, out);
    return code == 0 ? MA_OK : lmdb_fail(snapshot->backend, code, "look up", err);
}

uint64_t snapshot_recent_bytes(struct snapshot *snapshot)
{
    MDB_stat stat;

    if (lmdb_snapshot(snapshot) != 0 ||
        stat_of(snapshot->txn, snapshot->backend->recent, &stat) != 0)
        return 0;
    return stat.ms_psize * (stat.ms_branch_pages + stat.ms_leaf_pages);
}

/* --- all of it ------------------------------------------------------------------------
 */

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
        if (code == 0 && (found != 0 || number_of(key) < *out))
            *out = number_of(key);
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
