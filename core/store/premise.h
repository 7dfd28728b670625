/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_PREMISE_H
#define STORE_PREMISE_H

#include "store/overlay.h"

/*
 * What an attempt (attempt.h) was thought out with: every row, range of rows and hash of
 * the index that it read of the batch below it. It stands as long as none of them was
 * written since the wave began. Rows are known by their hash: two of one hash cost an
 * evaluation, no more. Numbers (rows of TABLE_META, most of all the counters) are written
 * by nearly everybody, so they are compared by their value instead, and may be supposed
 * to have one that they will have when it is the attempt's turn.
 */
struct premise_row {
    uint64_t hash; /* overlay_hash */
    enum store_table table;
    struct slice key; /* empty, unless keys are kept; then there is, too, */
    bool found;
    struct slice value; /* as it was found; lives as long as the bytes of batch_get */
};

struct premise_range {
    enum store_table table;
    struct slice prefix;
    struct slice from;
    struct slice to; /* empty: as far as the prefix goes */
};

struct premise_number {
    struct slice key;
    struct slice value; /* empty: no row */
    bool asked;         /* false: supposed, and nobody wanted to know */
};

/* How much of it there is. */
struct premise_mark {
    size_t rows;
    size_t ranges;
    size_t hashes;
};

struct premise {
    bool keeps_keys;     /* for who wants to know them again later (memo.h) */
    struct arena *arena; /* the caller's: what is copied lives there */
    VEC_OF(struct premise_row) rows;
    VEC_OF(struct premise_range) ranges;
    VEC_OF(uint64_t) hashes; /* of the index */
    VEC_OF(struct premise_number) numbers;
};

void premise_free(struct premise *premise);
/* Nothing was read yet, and nothing is supposed. */
void premise_clear(struct premise *premise);

struct premise_mark premise_mark(const struct premise *premise);

void premise_row(struct premise *premise, enum store_table table, struct slice key);
/* What became of the last row, where keys are kept. */
void premise_found(struct premise *premise, struct slice value);
void premise_range(struct premise *premise, enum store_table table, struct slice prefix,
                   struct slice from, struct slice to);
void premise_index(struct premise *premise, uint64_t hash);
/* NULL: neither asked for nor supposed. */
struct premise_number *premise_number(const struct premise *premise, struct slice key);
struct premise_number *premise_add_number(struct premise *premise, struct slice key,
                                          struct slice value);

/* Whether none of it is new in this overlay; numbers aside. */
bool premise_stands(const struct premise *premise, const struct overlay *overlay);
/* A copy in its arena. */
struct premise premise_keep(const struct premise *premise);

#endif
