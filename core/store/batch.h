/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_BATCH_H
#define STORE_BATCH_H

#include "base/buf.h"
#include "store/backend.h"
#include "store/derived.h"
#include "store/known.h"
#include "store/premise.h"

/*
 * The inside of stores and batches, for the files of this folder: a store is a backend
 * with the names and the seed; a batch is an overlay over a snapshot.
 */
/* A DN and what the index knows it by: one that was looked up is written next. */
struct dn_memo {
    uint32_t space;
    size_t length; /* 0: none */
    char dn[232];
    uint64_t hash;
};

struct store {
    struct backend *backend;
    struct names *names;
    uint32_t names_saved; /* those above wait for a commit */
    uint64_t seed;
    bool read_only;
    struct store_work work;
    struct dn_memo dns[2]; /* of objects, of parents */
    size_t parent_length;  /* of the parent that a DN had last */
    char parent[232];
};

/* The indexed attributes of a space, as last read. */
struct indexed {
    uint32_t space;
    uint32_t *attributes;
    size_t count;
};

struct batch {
    struct store *store;
    struct snapshot *snapshot;
    struct overlay overlay;
    /* Of an attempt (attempt.h): the batch that it lies above, and what was read of it.
     * NULL: the snapshot is all that lies below. */
    struct batch *base;
    struct premise premise;
    struct premise_mark memo_from; /* what was read before is no part of the next memo */
    size_t memo_writes;            /* of the overlay, as it began; undone ones count */
    struct buf memo;
    size_t objects;       /* rows of TABLE_CS and TABLE_MV written */
    uint64_t memo_bytes;  /* of the rows of TABLE_MEMO written */
    int64_t since;        /* of the first write; 0: none */
    uint64_t index_bytes; /* that a commit writes to, as this batch began; 0: not asked */
    struct ma_error failure;
    /* Within a call only, kept because they are large and wanted often. */
    struct arena scratch; /* rewind what you took */
    id_list found;
    id_list candidates;
    struct buf row;
    struct buf tower;
    struct derived before;
    struct derived after;
    VEC_OF(struct indexed) indexed; /* dropped by whatever may change it */
    /* A DN that an object of this agent has: objects that come one after the other mostly
     * have one parent. Forgotten (0) by whatever may take it from there. */
    uint32_t parent_of;
    struct buf parent;
    struct known known;
    uint32_t counter_of; /* the agent whose ids are numbered by this counter; 0: none */
    char counter[16];
};

/* Names that another process added since: only a read-only store can miss some. */
enum ma_status store_load_names(struct store *store, struct batch *batch,
                                struct ma_error *err);
/* Into the overlay, the names that no commit has saved. */
void store_save_names(struct batch *batch);
/* batch_scan for who wants the keys only: `value` is empty. */
enum ma_status batch_scan_keys(struct batch *batch, enum store_table table,
                               struct slice prefix, struct slice from, size_t limit,
                               struct arena *arena, store_rows *out,
                               struct ma_error *err);
void batch_forget_indexed(struct batch *batch);
/* Whether what is read of it is kept in its premise. */
static inline bool batch_is_noted(const struct batch *batch)
{
    return batch->base != NULL || batch->premise.keeps_keys;
}
static inline void batch_forget_parent(struct batch *batch)
{
    batch->parent_of = 0;
}
/* Takes the snapshot, if it is not held. */
enum ma_status batch_look(struct batch *batch, struct ma_error *err);
void batch_write(struct batch *batch, enum store_table table, struct slice key,
                 enum write_state state, struct slice row);
/* A row of TABLE_META that is a number. */
void batch_put_number(struct batch *batch, struct slice key, uint64_t number);
/* Adds to one that the batch has written already, as most are: each object of an import
 * changes the same few. False: it has not. */
bool batch_add_number(struct batch *batch, struct slice key, int64_t by, uint64_t *sum);
/* batch_find in a space that may be known to have nobody with the hash. */
enum ma_status batch_find_in(struct batch *batch, uint32_t space, uint64_t hash,
                             id_list *out, struct ma_error *err);
void batch_write_index(struct batch *batch, uint64_t hash, uint64_t id, bool add);
/* Of batches above another one: rows of TABLE_META, by their value; lengths of queues,
 * which are sums; and the end. */
enum ma_status attempt_number(struct batch *above, struct slice key, struct slice *out);
enum ma_status attempt_length(struct batch *above, struct slice key, uint64_t *out);
void attempt_count(struct batch *above, struct slice key, int64_t by);
void attempt_end(struct batch *above);

#endif
