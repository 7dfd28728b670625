/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_LARGE_H
#define STORE_LARGE_H

#include "store/cs.h"

/*
 * Large attributes: those with more than 64 values are not in the row of their object.
 * The row has a stub of each (how many values, and the sum of their hashes, which does
 * not depend on an order); the values are rows of TABLE_VALUES. Two sets are equal where
 * their stubs are, so an import without changes touches no value.
 *
 * An object can also be held with some values of its large attributes only, the values at
 * stake. What is done to sets by value gives the same on them as on the whole.
 */
enum { LARGEST_INLINE = 64 };

struct large {
    uint32_t attribute;
    enum value_type type;
    uint64_t count;
    uint64_t sum;
};

struct large_list {
    struct large *items; /* sorted by attribute; in an arena */
    size_t count;
};

struct large_place {
    struct batch *batch;
    uint32_t space;
    uint64_t id;
};

/* The stubs stand in front of the object's own bytes. */
void large_encode(const struct large_list *list, struct buf *out);
/* The rest of the row, or false where the stubs cannot be read. */
bool large_decode(struct arena *arena, struct slice row, struct large_list *out,
                  struct slice *rest);

/* The same for who does not ask for the stubs. */
bool large_skip(struct slice row, struct slice *rest);

/* Whether a row has stubs, an entry attributes that are large. */
bool large_is_in(struct slice row); /* true for an empty one: nothing to compare with */
bool large_entry(const struct entry *entry);

/* `entry` with all values of the large attributes. */
enum ma_status large_fill(const struct large_place *place, const struct large_list *list,
                          struct arena *arena, struct entry *entry, struct ma_error *err);
/* The same with those of `sets` only, and two witnesses that stand for the others. Of
 * text also the values that differ from them in case alone: the index cannot tell them
 * apart; of a reference that is not there also those to the same object with data. An
 * attribute whose values are all at stake is read as a whole; the others are in *out. */
struct large_some {
    const uint32_t *names;
    uint32_t count;
};
enum ma_status large_fill_some(const struct large_place *place,
                               const struct large_list *list,
                               const struct value_set *sets, size_t count,
                               struct arena *arena, struct large_some *out,
                               struct entry *entry, struct ma_error *err);

/* More values are wanted of an entry that was filled so. */
struct large_more {
    const struct large_list *stored;
    const struct value_set *values;
    const struct value_set **wanted; /* those that were, and are */
    uint32_t *wanted_count;
    struct attr found; /* which of the values are stored */
};
enum ma_status large_want(const struct large_place *place, struct large_more *more,
                          struct arena *arena, struct entry *entry, struct ma_error *err);
/* `entry`, that holds these values too. */
struct entry large_with(struct arena *arena, const struct entry *entry,
                        const struct attr *found);

bool large_is_witness(struct slice value);
struct attr large_without_witnesses(struct arena *arena, const struct attr *attr);

/* What a put has to do about values. */
struct large_plan {
    struct entry kept;       /* of the new entry, what goes into the row */
    struct large_list stubs; /* and what stands in front of it */
    struct entry before;     /* both entries with the values at stake, to derive from */
    struct entry after;
    struct attr *drop; /* value rows that go and that come */
    struct attr *add;
    size_t drop_count;
    size_t add_count;
};

/* What a put knows. */
struct large_put {
    const struct large_list *stored; /* the stubs of the row as it is */
    const struct entry *before;      /* and its entry */
    const struct entry *after;       /* the new entry */
    const uint32_t *partial;         /* of these `after` holds the values at stake only */
    uint32_t partial_count;
    /* Values that deltas speak of, or that were wanted. The first `named` of the sets
     * were read with the object: where it does not hold them now, they go. */
    const struct value_set *sets;
    size_t named;
    size_t count;
};
enum ma_status large_compare(const struct large_place *place, const struct large_put *put,
                             struct arena *arena, struct large_plan *plan,
                             struct ma_error *err);
void large_write(const struct large_place *place, const struct large_plan *plan);
/* Removes all value rows of an object. */
enum ma_status large_drop(const struct large_place *place, const struct large_list *list,
                          struct ma_error *err);

/* --- the parts, for large_put.c and verification ---------------------------------- */

/* NULL where the attribute is not large. */
const struct large *large_stub(const struct large_list *list, uint32_t attribute);
/* All values of one attribute, sorted. MA_BROKEN: they are not as many as they should be.
 */
enum ma_status large_read(const struct large_place *place, const struct large *large,
                          struct arena *arena, struct attr *out, struct ma_error *err);
/* Which of the values of `sets` are stored, other spellings of them included. */
enum ma_status large_look_up(const struct large_place *place, const struct large *large,
                             const struct value_set *sets, size_t count,
                             struct arena *arena, struct attr *out, struct ma_error *err);
/* The values of `sets` themselves, as one attribute. */
struct attr large_named(struct arena *arena, const struct large *large,
                        const struct value_set *sets, size_t count);
struct attr large_minus(struct arena *arena, const struct attr *a, const struct attr *b);
struct attr large_plus(struct arena *arena, const struct attr *a, const struct attr *b);
/* `entry` and attributes that it has not, sorted by name. */
struct entry large_join(struct arena *arena, const struct entry *entry,
                        const struct attr *more, size_t count);

struct store_key large_prefix(uint32_t space, uint64_t id, uint32_t attribute);
uint64_t large_sum(const struct store *store, const struct attr *attr);

#endif
