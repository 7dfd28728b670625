/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_OVERLAY_H
#define STORE_OVERLAY_H

#include "store/store.h"

/*
 * The writes of a batch that are not committed yet. For each table the rows in the order
 * of their keys, so that a scan can be merged with what lies below and a commit applies
 * them in order; a hash beside it, so that a look-up costs no search. Index changes are
 * a log, because they are many and are read by hash only. Every change is in the undo
 * log. Knows nothing of where the store keeps its data.
 */
enum write_state {
    WRITE_NONE, /* undone: what lies below counts */
    WRITE_PUT,
    WRITE_REMOVE
};

enum { WRITE_LEVELS = 14 }; /* of a skip list with a quarter a level: 4^14 rows */

struct write {
    struct slice key;
    struct slice value;
    uint64_t hash; /* of table and key */
    unsigned char table;
    unsigned char state;
    unsigned char height;
    uint32_t wave; /* of overlay.wave, when it was written last */
    struct write *next[];
};

struct index_write {
    uint64_t hash;
    uint64_t id;
    uint32_t before; /* number of the one before of the same hash; 0: none */
    bool add;
};

struct undo {
    struct write *write; /* NULL: the youngest index change */
    struct slice value;
    unsigned char state;
};

struct index_slot {
    uint64_t hash;
    uint32_t last; /* number of the youngest change of this hash, 1-based; 0: undone */
    uint32_t wave;
    bool used;
};

/* Where a row was put in. */
struct write_finger {
    struct write *row;                  /* NULL: nowhere yet */
    struct write *before[WRITE_LEVELS]; /* what stood before it; NULL: the head */
};

/* Of its tables of hashes. An attempt has an overlay of its own, and most are of one
 * person: some fifteen rows. */
enum { OVERLAY_FIRST_SLOTS = 64 };

/* Keys often come in order, or in two orders in turn: those of two queues. */
enum { WRITE_FINGERS = 2 };

struct write_list {
    struct write *head[WRITE_LEVELS];
    struct write_finger fingers[WRITE_FINGERS];
    unsigned char height; /* of the highest row */
    unsigned char oldest; /* of the fingers: the next to be moved */
};

struct overlay {
    struct arena arena;
    struct write_list lists[TABLE_COUNT];
    struct write **slots;
    size_t slot_count;
    size_t write_count;
    size_t apart; /* rows that had no other near by when they came (spread.h) */
    VEC_OF(struct index_write) index;
    struct index_slot *index_slots;
    size_t index_slot_count;
    size_t index_slots_used;
    VEC_OF(struct undo) undo;
    uint64_t dice;
    uint32_t wave;      /* counts the calls of overlay_begin_wave */
    size_t wave_writes; /* since the last one */
};

void overlay_free(struct overlay *overlay);
/* Empty again, after a commit. */
void overlay_clear(struct overlay *overlay);

/* NULL where this batch has not written the row. */
const struct write *overlay_find(const struct overlay *overlay, enum store_table table,
                                 struct slice key);
void overlay_set(struct overlay *overlay, enum store_table table, struct slice key,
                 enum write_state state, struct slice value);
/* The same for a row that overlay_find gave: another value. */
void overlay_set_again(struct overlay *overlay, const struct write *row,
                       struct slice value);
/* The first row whose key is not below `key`; undone ones included. */
const struct write *overlay_seek(const struct overlay *overlay, enum store_table table,
                                 struct slice key);

void overlay_index(struct overlay *overlay, uint64_t hash, uint64_t id, bool add);
/* What the batch did to this hash, youngest first; NULL: nothing. */
const struct index_write *overlay_index_last(const struct overlay *overlay,
                                             uint64_t hash);
const struct index_write *overlay_index_before(const struct overlay *overlay,
                                               const struct index_write *write);
/* Takes the youngest change back: for overlay_rollback. */
void overlay_index_undo(struct overlay *overlay);
/* Sorted by hash and id, only the youngest word on each; in `out`. */
typedef VEC_OF(struct index_write) index_writes;
void overlay_index_sorted(const struct overlay *overlay, index_writes *out);

/* What is written from here on is new, until the next wave begins. What a rollback undoes
 * stays new: who asks is told rather too much. */
void overlay_begin_wave(struct overlay *overlay);
/* Whether a row of this table whose key has this hash is new. */
bool overlay_has_new_row(const struct overlay *overlay, enum store_table table,
                         uint64_t hash);
/* Whether a row is new whose key begins with `prefix`, is not below `from` and not above
 * `to` (empty: as far as the prefix goes). */
bool overlay_has_new_between(const struct overlay *overlay, enum store_table table,
                             struct slice prefix, struct slice from, struct slice to);
bool overlay_has_new_index(const struct overlay *overlay, uint64_t hash);
/* What the functions above know a key by. */
uint64_t overlay_hash(enum store_table table, struct slice key);

/* Memory that the writes hold. */
size_t overlay_bytes(const struct overlay *overlay);

size_t overlay_mark(const struct overlay *overlay);
void overlay_rollback(struct overlay *overlay, size_t mark);

#endif
