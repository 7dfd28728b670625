/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_TREE_H
#define STORE_TREE_H

#include "store/cs.h"
#include "store/tree_heirs.h"

/*
 * The DNs of a connector space are a tree, though each object keeps its own as a whole.
 * What follows from that for other objects than the one in hand is done here, within the
 * batch: ancestors exist, at least as placeholders; a DN belongs to one object of the
 * system; what lies below a container moves with it; what is still referred to does not
 * vanish. Used by imports and exports.
 */

/* Placeholders for all ancestors of this DN that are not there. */
enum ma_status tree_parents(struct batch *batch, uint32_t agent, const char *dn,
                            struct ma_error *err);
/* Those that were there a moment ago are looked up again. */
void tree_forget(struct batch *batch);

/* Exported, or on its way when a run died: the system may have it. */
bool tree_was_sent(const struct cs_object *object);
/* Of whom nobody but synchronisation ever knew. */
bool tree_never_left(const struct cs_object *object);

/* An import that shows how things are names objects by the DNs that they have at its end,
 * and in any order. So what it has said of a DN by now, and was taken for the object that
 * had the DN then, is meant for whoever has it in the end; and what it has placed
 * already does not move once more with its container. Without the two functions an entry
 * tells a step of a history instead: there a DN means what it meant at that moment. NULL
 * where it is no import. */
struct tree_readers {
    /* Whether the import in progress read this reference. */
    bool (*read_it)(void *context, uint64_t referrer, uint64_t target);
    /* Whether it said where the object is. */
    bool (*is_placed)(void *context, uint64_t id);
    void *context;
    /* Puts off what is inherited; NULL: it is done at once. */
    struct tree_heirs *heirs;
};

static inline bool tree_reads(const struct tree_readers *readers)
{
    return readers != NULL && readers->read_it != NULL;
}

/* Whoever holds the DN gives it up, because the system has another object there:
 *   a placeholder is inherited: what refers to it refers to the claimant from now on;
 *   an object that was never exported is dropped, and its metaverse object asked to
 *     provision again;
 *   a pending rename to this DN is withdrawn;
 *   any other becomes a transient: it keeps a name of its own until the import says where
 *     it is now.
 * *heir is a placeholder for the DN, or 0; it may be NULL. `claimant` 0: the object is
 * not stored yet and has to take over the heir's id, so that references to the DN stay
 * valid. */
enum ma_status tree_claim(struct batch *batch, uint32_t agent, const char *dn,
                          uint64_t claimant, const struct tree_readers *readers,
                          uint64_t *heir, struct ma_error *err);

/* The object is about to leave this DN: what the import in progress says of the DN is
 * meant for another, for whom a placeholder stands from now on. */
enum ma_status tree_left(struct batch *batch, uint32_t agent, uint64_t id, const char *dn,
                         const struct tree_readers *readers, struct ma_error *err);

enum tree_cause {
    TREE_IMPORTED, /* the import shows it: layer I of what lies below follows */
    TREE_EXPORTED  /* the system accepted it: what lies below is expected there */
};
/* The object `id` was `from` and is `to`: all below follows. Costs what lies below. */
enum ma_status tree_follow(struct batch *batch, uint32_t agent, uint64_t id,
                           const char *from, const char *to, enum tree_cause cause,
                           const struct tree_readers *readers, struct ma_error *err);

/* In what the import shows, one refers to whoever has the DNs of these by now, instead of
 * them. Ascending ids. */
enum ma_status tree_refer(struct batch *batch, uint32_t agent, uint64_t referrer,
                          const struct tree_leaver *leavers, size_t count,
                          struct ma_error *err);
/* What refers to the one, in any layer, refers to the other: they are the same. */
enum ma_status tree_inherit(struct batch *batch, uint32_t agent, uint64_t from,
                            uint64_t to, struct ma_error *err);

/* Nothing is left of the object: its row goes, or becomes a placeholder while anything
 * refers to it or lies below it. */
enum ma_status tree_drop(struct batch *batch, const struct cs_object *object,
                         struct ma_error *err);
/* The same where it had never been exported: its metaverse object is asked again. */
enum ma_status tree_drop_unexported(struct batch *batch, const struct cs_object *object,
                                    struct ma_error *err);

/* Removes the placeholder if nothing needs it any more, and those above it that were
 * there for it alone. */
enum ma_status tree_prune(struct batch *batch, uint32_t agent, uint64_t id,
                          struct ma_error *err);
/* The same of who was above this DN, from which an object has just gone. */
enum ma_status tree_prune_above(struct batch *batch, uint32_t agent, const char *dn,
                                struct ma_error *err);

#endif
