/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_KNOWN_H
#define STORE_KNOWN_H

#include "store/store.h"

/*
 * What a batch knows of who has an anchor or a DN without a look into the store, for
 * imports, which ask for both with each entry. All of it is of what the batch itself has
 * read and written since known_begin, so it holds only while no other process commits;
 * and each answer is the one that the store would give.
 *
 * 1. A space that was empty has what the batch wrote, and nothing else. A set of the
 *    hashes that it wrote says who is nobody; it may say too little, never too much.
 * 2. Entries come in the order in which they came the last time, mostly, so the next
 *    anchor is that of the next row.
 * 3. Many refer to one. Whoever was the only candidate for a DN is the only one until the
 *    hash of that DN is written again.
 */
struct known_dn;

struct known {
    bool active;
    uint64_t others; /* commits of other processes, as it began */
    uint32_t empty;  /* the space that was; 0: none */
    unsigned char *hashes;
    uint32_t space; /* where an anchor was found last, and of which object */
    uint64_t id;
    bool in_turn; /* it was the one behind the one before it */
    struct known_dn *dns;
    uint32_t *changes; /* how often a hash was written, for some hashes each */
    uint32_t age;      /* what was learned in another one holds no more */
};

/* From here on. One space at most is asked for whether it is empty: `space`. */
enum ma_status known_begin(struct batch *batch, uint32_t space, struct ma_error *err);
void known_end(struct known *known);
void known_written(struct known *known, uint64_t hash);
/* What was written was taken back. */
void known_undone(struct known *known);

/* Nothing in the index of this space has the hash. False says nothing. */
bool known_is_nobody(struct batch *batch, uint32_t space, uint64_t hash);

/* Whose anchor is asked for next, if one can be guessed: 0 if not. */
uint64_t known_next(const struct known *known, uint32_t space);
/* Who it was; 0: nobody, or it was guessed wrong. */
void known_found(struct known *known, uint32_t space, uint64_t id);

/* Who has this DN, as it is spelled; 0 says nothing. */
uint64_t known_dn(struct batch *batch, uint32_t space, struct slice dn);
/* `id` is the only one that the index has for it, under this hash. */
void known_dn_learn(struct batch *batch, uint32_t space, struct slice dn, uint64_t hash,
                    uint64_t id);

#endif
