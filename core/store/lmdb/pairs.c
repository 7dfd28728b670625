/* SPDX-License-Identifier: Apache-2.0 */
#include "store/lmdb/pairs.h"

enum { RUN = 4 }; /* ids of one hash, from which on it pays to put them together */

int pairs_stat(MDB_txn *txn, MDB_dbi table, MDB_stat *stat)
{
    *stat = (MDB_stat){0};
    return table == 0 ? 0 : mdb_stat(txn, table, stat);
}

int pairs_has(MDB_cursor *cursor, uint64_t hash, uint64_t id, bool *found)
{
    MDB_val key = {sizeof hash, &hash};
    MDB_val value = {sizeof id, &id};
    int code = mdb_cursor_get(cursor, &key, &value, MDB_GET_BOTH);

    *found = code == 0;
    return code == MDB_NOTFOUND ? 0 : code;
}

int pairs_put(MDB_cursor *cursor, uint64_t hash, uint64_t id)
{
    MDB_val key = {sizeof hash, &hash};
    MDB_val value = {sizeof id, &id};
    int code = mdb_cursor_put(cursor, &key, &value, MDB_NODUPDATA);

    return code == MDB_KEYEXIST ? 0 : code;
}

int pairs_put_all(MDB_cursor *cursor, uint64_t hash, const id_list *ids)
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
        code = pairs_put(cursor, hash, ids->items[i]);
    return code;
}

int pairs_take(MDB_cursor *cursor, uint64_t hash, uint64_t id, bool *found)
{
    int code = pairs_has(cursor, hash, id, found);

    return code == 0 && *found ? mdb_cursor_del(cursor, 0) : code;
}
