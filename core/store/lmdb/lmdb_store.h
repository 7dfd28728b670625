/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_LMDB_STORE_H
#define STORE_LMDB_STORE_H

#include <lmdb.h>

#include "store/backend.h"

/*
 * The LMDB environment: a named database a table and one for the index. Never NOSYNC,
 * never WRITEMAP: a commit is on disk when it returns. A folder is opened once a process,
 * because LMDB's locks do not survive being closed twice. LMDB lets one transaction write
 * at a time; what several processes think out meanwhile is compared when it is applied.
 */
enum { NO_TABLE = 0 }; /* a number that LMDB keeps for itself */

struct backend {
    char *folder;
    MDB_env *env;
    MDB_dbi tables[TABLE_COUNT]; /* NO_TABLE: there is none, so it is empty */
    MDB_dbi index;
    MDB_dbi recent; /* what changed in it lately (index.c); 0: of a store without */
    size_t pure_at; /* the commit after which `recent` had additions only (index.c) */
    unsigned merge_pages;
    unsigned merge_steps;
    bool read_only;
    _Atomic enum store_trouble trouble; /* whoever reads may tell */
    unsigned long long device;
    unsigned long long inode;
    long process; /* that opened it: a child inherits the list, but has nothing open */
    struct snapshot *snapshots; /* all of them: the map may move only when none reads */
    uint64_t commits;           /* that this process made */
    struct backend *next;       /* open in this process */
};

/* Where a table was read last: rows are mostly read in their order, and the next one is
 * on the page of the one before. */
struct place {
    MDB_cursor *cursor; /* NULL: nobody has */
    uint64_t at;        /* the number of the snapshot that it belongs to */
    size_t length;      /* of the key of the row that it stands on; 0: not known */
    unsigned char key[16];
};

struct snapshot {
    struct backend *backend;
    MDB_txn *txn; /* NULL: never taken */
    struct place places[TABLE_COUNT];
    MDB_cursor *cursor; /* on the index; NULL: nobody has looked anything up */
    MDB_cursor *recent; /* on what changed in it lately */
    bool has_recent;
    uint64_t cursor_at; /* the number for which they were renewed */
    bool reading;
    uint64_t number;
    uint64_t commit; /* of LMDB, that it shows */
    uint64_t own;    /* commits of this process until then */
    struct snapshot *next;
};

/* Reports what LMDB said: "store 'DIR': cannot <doing>: <its words>". */
enum ma_status lmdb_fail(struct backend *backend, int code, const char *doing,
                         struct ma_error *err);
/* Opens the cursor, or renews a stale one, in what the snapshot shows. */
int lmdb_cursor_on(struct snapshot *snapshot, MDB_dbi table, MDB_cursor **cursor,
                   bool stale);
/* From now on a file that was cut off, or a disk that fails, is told in words. */
void lmdb_watch_map(void);
/* A larger map, or (bytes 0) the one another process made. Gives back all snapshots. */
int lmdb_grow(struct backend *backend, size_t bytes);
/* The changes of the index, within a commit; whether `recent` has only additions then. */
int lmdb_apply_index(struct backend *backend, MDB_txn *txn, const struct overlay *overlay,
                     bool *pure);
/* Behind a commit: what changed lately goes into the index, where it has become much.
 * Nothing that can be read changes; what does not succeed is left to the next commit. */
void lmdb_merge_index(struct backend *backend);
/* Takes the snapshot if it is not held. */
int lmdb_snapshot(struct snapshot *snapshot);

static inline MDB_val lmdb_value(struct slice bytes)
{
    return (MDB_val){bytes.length, (void *)(uintptr_t)bytes.at};
}

static inline struct slice lmdb_slice(MDB_val value)
{
    return slice_of(value.mv_data, value.mv_size);
}

#endif
