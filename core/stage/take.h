/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STAGE_TAKE_H
#define STAGE_TAKE_H

#include "model/dn.h"
#include "stage/state.h"

/*
 * The entry in hand: of entry.c, of match.c, which finds whose it is, of same.c, which
 * knows the usual one, and of place.c, which finds the object a place.
 */
struct take {
    struct stage *stage;
    const struct ma_entry *entry;
    struct slice anchor;
    const char *dn;     /* by which the entry names the object */
    const char *target; /* the DN it has, or has from now on */
    bool found;
    bool new_anchor; /* no object has it */
    bool new_dn;     /* nor the target DN */
    bool by_value;   /* of large attributes, these values are enough */
    const struct value_set *wanted;
    size_t wanted_count;
    struct cs_object object;
    struct image before;         /* layer I */
    const struct image *shown;   /* what the entry shows, read before it was clear who
                                    it is; its DN is the object's */
    const char *known;           /* DN before the event, for the history */
    struct tree_readers readers; /* without functions where it tells of a rename as it
                                    happened */
    bool renamed;
    struct not_reimported rename_warning;
    uint32_t modifications; /* of the object, before */
    struct problem *problem;
    struct ma_error *err;
};

static inline struct arena *take_arena(struct take *t)
{
    return &t->stage->scratch;
}

static inline bool take_same_dn(const char *a, const char *b)
{
    return a != NULL && b != NULL && dn_equal(slice_text(a), slice_text(b));
}

/* Whether the entry says where the object is at the end of the import. */
static inline bool take_says_where(const struct take *t)
{
    return t->stage->req.full || (tree_reads(&t->readers) && t->entry->dn != NULL);
}

/* same.c. The usual entry of a full import shows what is known already: then it is told
 * to the history, and *done. Else nothing was done
 * but, perhaps, to read the image, or to learn that nobody has the anchor. */
enum ma_status same_take(struct take *t, bool *done);

/* match.c. The names that the entry gives, checked; and the object that they belong to,
 * in hand where there is one, else a fresh one. */
enum ma_status match_names(struct take *t);
enum ma_status match_object(struct take *t);
/* The object with this id in hand, and what the last import showed of it. */
enum ma_status match_load(struct take *t, uint64_t id);
enum ma_status match_duplicate(struct take *t, const char *what);

/* The target DN becomes the object's before its values are read, so that DNs among them
 * are what they are from now on. A known object is renamed, with all below it. */
enum ma_status place_take(struct take *t);
/* A new object: who named it before it came, itself included. */
enum ma_status place_heir(struct take *t);

#endif
