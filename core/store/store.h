/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <endian.h>
#include <mactl/ma.h>

#include "base/arena.h"
#include "base/guid.h"
#include "base/vec.h"
#include "model/names.h"

/*
 * What is kept: ordered tables of bytes, and an index of hashes. One environment an
 * instance; any number of processes read it and write it. Everything above
 * works through a batch: reads see the batch's own writes first and the last commit
 * behind them; writes stay in memory until batch_commit puts them into one short
 * transaction. No transaction is open between calls, so evaluation, plugins and I/O may
 * take their time. Killed at any moment, the store is as of the last commit.
 *
 * Who writes beside others works on objects that are his: instance/lock.h sees to that.
 * What all share (names, counters of runs and agents) is small, and a commit that would
 * overwrite what another process wrote since is refused, and thought out again.
 *
 * Batch verbs only: nothing is called per value. store/lmdb/ implements this; any
 * other backend must pass tests/unit/store/conformance.c.
 */

enum store_table {
    TABLE_META,   /* text key: format, seed, counters */
    TABLE_NAMES,  /* u32 number -> spelling */
    TABLE_CS,     /* agent u32, id u64 -> header and hologram */
    TABLE_TOWER,  /* agent u32, id u64 -> deltas and errors; absent at peace */
    TABLE_MV,     /* id u64 -> metaverse object */
    TABLE_VALUES, /* space u32, id u64, attribute u32, value -> nothing, or a long value
                   */
    TABLE_LINKS,  /* mv u64, agent u32, id u64 -> nothing */
    TABLE_REFS,   /* space u32, target u64, from u64, attribute u32 -> nothing: who refers
                   */
    TABLE_QUEUE,  /* queue u8, space u32, id u64 -> nothing */
    TABLE_AGENT,  /* agent guid, text key -> watermark, flags ... */
    TABLE_RUNS,   /* run u64 [, sub-key] -> history */
    TABLE_MEMO,   /* space u32, id u64 -> what came to nothing (store/memo.h). May be lost
                     at any time, and a store of before has none */
    TABLE_COUNT
};

struct store;
struct batch;

struct store_options {
    bool read_only;
    size_t map_size; /* bytes of address space to begin with; 0: plenty. It grows */
    /* Of the index: how many pages of recent changes are merged, in so many commits at
     * most; 0: as is good for it. */
    unsigned merge_pages;
    unsigned merge_steps;
};

/* Opens, or makes, the store in this folder (whose parent exists). A process opens a
 * folder once, and not before a fork. MA_CONFLICT: this one has it open already.
 * MA_NOT_FOUND: read_only, and there is no store yet. MA_INVALID: it is not
 * a store, or of another format. Names are loaded; what a batch interns is saved by its
 * commit. */
enum ma_status store_open(struct store **out, const char *folder,
                          const struct store_options *options, struct ma_error *err);
void store_close(struct store *store);
struct names *store_names(struct store *store);
/* From here on a new name is numbered in a transaction of its own, so that processes that
 * write at once agree on it. Before, a commit saves the new ones, and is refused where
 * another process numbered some meanwhile: open the store again. */
void store_share_names(struct store *store);
uint64_t store_seed(const struct store *store);

/* Keys are built by hand from big-endian numbers, so that their order is that of the
 * bytes. Bytes that do not fit are cut and their hash put in place of the rest: such a
 * key is still that of these bytes only. */
enum { STORE_KEY = 64 };
struct store_key {
    unsigned char bytes[STORE_KEY];
    size_t length;
};
/* What of the number fits. */
struct store_key store_key_cut(struct store_key key, uint64_t number);
static inline struct store_key store_key_number(struct store_key key, uint64_t number,
                                                size_t size)
{
    uint64_t bytes = htobe64(number << (64 - 8 * size));

    if (size > STORE_KEY - key.length)
        return store_key_cut(key, number);
    memcpy(key.bytes + key.length, &bytes, size);
    key.length += size;
    return key;
}
static inline struct store_key store_key_u32(struct store_key key, uint32_t number)
{
    return store_key_number(key, number, sizeof number);
}
static inline struct store_key store_key_u64(struct store_key key, uint64_t number)
{
    return store_key_number(key, number, sizeof number);
}
/* What of the bytes fits, and their hash. */
struct store_key store_key_long(struct store_key key, struct slice bytes);
static inline struct store_key store_key_bytes(struct store_key key, struct slice bytes)
{
    if (bytes.length > STORE_KEY - key.length)
        return store_key_long(key, bytes);
    if (bytes.length > 0)
        memcpy(key.bytes + key.length, bytes.at, bytes.length);
    key.length += bytes.length;
    return key;
}
struct slice store_key_view(const struct store_key *key);

/* --- batches ------------------------------------------------------------------ */

/* A store and its batches belong to one thread. Read-only ones have no commit. */
struct batch *batch_begin(struct store *store);
/* Forgets everything not committed. NULL is fine. */
void batch_end(struct batch *batch);
struct store *batch_store(struct batch *batch);

/* The row, or MA_NOT_FOUND with no text. The bytes live until the next commit of any
 * batch, or the next write of the same row, or batch_rollback or batch_release: copy what
 * you keep. Any other status: the store failed, batch_failure() has the text. */
enum ma_status batch_get(struct batch *batch, enum store_table table, struct slice key,
                         struct slice *out);
/* The failure of a batch_get; MA_OK where none failed. */
enum ma_status batch_failure(const struct batch *batch, struct ma_error *err);
void batch_put(struct batch *batch, enum store_table table, struct slice key,
               struct slice row);
void batch_remove(struct batch *batch, enum store_table table, struct slice key);

struct store_row {
    struct slice key;
    struct slice value;
};
typedef VEC_OF(struct store_row) store_rows;
/* Up to `limit` rows whose key begins with `prefix`, from `from` on (exclusive; empty:
 * the first), in the order of the keys, copied into the arena. They take the place of
 * what stood in `out`. A shorter answer than `limit` is the last. */
enum ma_status batch_scan(struct batch *batch, enum store_table table,
                          struct slice prefix, struct slice from, size_t limit,
                          struct arena *arena, store_rows *out, struct ma_error *err);

/* The index: (space, attribute, hash of a normalised value) -> ids. Hashes are a filter:
 * the caller verifies with the row. Space 0 is the metaverse, else the number of an
 * agent. */
typedef VEC_OF(uint64_t) id_list;
uint64_t store_hash(const struct store *store, uint32_t space, uint32_t attribute,
                    struct slice value);
void batch_index(struct batch *batch, uint64_t hash, uint64_t id);
void batch_unindex(struct batch *batch, uint64_t hash, uint64_t id);
/* Appends the ids, ascending. */
enum ma_status batch_find(struct batch *batch, uint64_t hash, id_list *out,
                          struct ma_error *err);

/* A new dense number of this counter ("cs.3", "mv", "run"); taken with the commit. */
uint64_t batch_next(struct batch *batch, const char *counter);
/* The last one given out; 0: none. */
uint64_t batch_last(struct batch *batch, const char *counter);

/* Objects are atomic: what was done since the mark is undone by a rollback. */
size_t batch_mark(struct batch *batch);
void batch_rollback(struct batch *batch, size_t mark);

/* True when a commit is due: 5 000 objects (rows of TABLE_CS and TABLE_MV), 32 MB of
 * memory that the commit will need about (its rows, and the pages that they fall on), or
 * 1 s after the first write. */
bool batch_is_due(struct batch *batch);
/* Rows and index entries written and not committed; 0: a commit has nothing to do. */
size_t batch_writes(const struct batch *batch);
/* Everything or nothing, durable on return; the batch goes on, empty. Where it fails, the
 * batch is as before and may be committed again. Numbers of marks are void. MA_CONFLICT:
 * another process changed what the batch is about to write, since it was read: nothing
 * is written, and whoever knows how begins the batch anew. */
enum ma_status batch_commit(struct batch *batch, struct ma_error *err);
/* Gives back the read snapshot, so that a long pause holds no old pages. */
void batch_release(struct batch *batch);

/* --- care --------------------------------------------------------------------- */

struct store_stats {
    uint64_t rows[TABLE_COUNT];
    uint64_t bytes[TABLE_COUNT];
    uint64_t index_entries;
    uint64_t index_bytes;
    uint64_t file_bytes;
    uint64_t map_bytes;
    uint64_t readers; /* snapshots, of all processes */
};
const char *store_table_name(enum store_table table);
/* What was looked at and written since the store was opened, as far as it tells whether a
 * change costs what it changes: objects of both spaces that were read, and values of
 * large attributes (store/large.h), in rows of their own or in pending changes. */
struct store_work {
    uint64_t objects_read;
    uint64_t values_read;
    uint64_t values_written;
};
struct store_work store_work(const struct store *store);
enum ma_status store_statistics(struct store *store, struct store_stats *out,
                                struct ma_error *err);
/* Where it lies; lives as long as the store. */
const char *store_folder(const struct store *store);
/* A consistent, compacted copy; `folder` must not exist. */
enum ma_status store_backup(struct store *store, const char *folder,
                            struct ma_error *err);
/* What the store itself failed at since it was opened, besides the statuses of its calls:
 * whoever passes on a status of somebody else's can tell by this whose fault it was. */
enum store_trouble { STORE_FINE, STORE_FAILED, STORE_DISK_FULL, STORE_CONTENDED };
enum store_trouble store_trouble(const struct store *store);
/* For tests that kill. Every commit that has something to write has two moments: 2k - 1
 * is just before the k-th commit becomes durable, 2k just after. The
 * process kills itself (SIGKILL) at the n-th moment from here; 0: never. Read from
 * MACTL_DIE_AT at open. A sweep counts up until a run survives. */
void store_die_at(struct store *store, uint64_t nth);

#endif
