/* SPDX-License-Identifier: Apache-2.0 */

/*
 * `recent` goes into `index`, in the order of the hashes and some pages a transaction;
 * why is said in index.c. Nothing that can be read changes, so it may end anywhere.
 */

#include "store/lmdb/pairs.h"

enum {
    MERGE_PAGES = 256, /* of `recent`: then it is merged */
    MOST_PAGES = 768,  /* of `index` that one transaction of a merge makes dirty, about */
    MOST_STEPS = 1000  /* somebody else who writes lets it begin anew */
};

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
    int code = pairs_put_all(index, m->run_hash, &m->run);

    m->run.count = 0;
    return code;
}

static int merge_pair(struct merge *m, MDB_cursor *index)
{
    bool found;
    int code = m->run.count > 0 && m->run_hash != m->hash ? end_run(m, index) : 0;

    if (code == 0 && (m->value & PAIRS_GONE) != 0)
        return pairs_take(index, m->hash, m->value & ~PAIRS_GONE, &found);
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
        m->hash = pairs_number(key);
        m->value = pairs_number(value);
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
    int code = pairs_stat(txn, backend->recent, &small);

    if (code == 0)
        code = pairs_stat(txn, backend->index, &large);
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
    if (pairs_stat(txn, backend->recent, &stat) != 0)
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
