/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_LMDB_PAIRS_H
#define STORE_LMDB_PAIRS_H

#include "store/lmdb/lmdb_store.h"

/*
 * The pairs of hash and id of which both tables of the index are made (index.c), for who
 * changes them and who merges them. What is answered is a code of LMDB.
 */
#define PAIRS_GONE (UINT64_C(1) << 63) /* of an id in `recent`: it was removed */

/* Zeros where there is no such table. */
int pairs_stat(MDB_txn *txn, MDB_dbi table, MDB_stat *stat);
int pairs_has(MDB_cursor *cursor, uint64_t hash, uint64_t id, bool *found);
int pairs_put(MDB_cursor *cursor, uint64_t hash, uint64_t id);
/* Ids of one hash, which ascend: those of children of one parent, mostly behind all that
 * it has. Where they are not, or some are there already, they are put one by one. */
int pairs_put_all(MDB_cursor *cursor, uint64_t hash, const id_list *ids);
int pairs_take(MDB_cursor *cursor, uint64_t hash, uint64_t id, bool *found);

static inline uint64_t pairs_number(MDB_val value)
{
    uint64_t number;

    memcpy(&number, value.mv_data, sizeof number);
    return number;
}

#endif
