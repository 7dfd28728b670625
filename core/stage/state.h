/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STAGE_STATE_H
#define STAGE_STATE_H

#include "base/vec.h"
#include "space/tower.h"
#include "stage/seen.h"
#include "stage/select.h"
#include "stage/stage.h"
#include "store/tree.h"

/*
 * An import step from the inside, for the files of this folder: what it has in hand, and
 * what each file does for the others. stage.h is what everybody else sees.
 */
struct read_reference {
    uint64_t referrer;
    uint64_t target;
};

/* An import step in progress, shared by the modules of this folder. */
struct stage {
    struct stage_request req;
    struct batch *batch;
    uint32_t agent;       /* number of the store */
    uint32_t partition;   /* 1-based; 0: the agent has none */
    const char *part;     /* key of what is remembered of it; NULL as above */
    struct arena arena;   /* of the step */
    struct arena scratch; /* of one entry */
    struct selection select;
    struct seen seen;
    uint32_t sid; /* attribute by which SIDs are resolved; NAME_NONE: none */

    struct slice watermark;  /* of the last complete import */
    struct slice checkpoint; /* the agent's, of a killed run of this step */
    struct buf page;   /* row of the last page's checkpoint, not committed; or empty */
    struct slice mark; /* what the agent promises as the next watermark */
    bool marked;
    VEC_OF(const char *) absent; /* attributes that the system has not */
    bool
        over; /* its checkpoint and set of seen objects are gone, or go with the commit */

    unsigned waiting;    /* entries since anything was settled */
    uint64_t entries;    /* that the agent gave, of all runs of this step */
    uint64_t here;       /* calls of the agent in this process */
    uint64_t deletes;    /* staged by this step */
    uint64_t errors;     /* discovery errors, of all runs of this step */
    uint64_t warnings;   /* exported changes not reimported */
    const char *stopped; /* result string of the limit that was met; NULL: none */

    /* References that this process read: of the entry in hand, and, in a delta import, of
     * all before. A full import asks its seen objects instead. */
    id_list targets;
    VEC_OF(struct read_reference) references;
    size_t references_sorted; /* of them, from the first on */

    struct tree_heirs *heirs; /* none is open when the batch is committed */

    /* Anchors of objects that a delta import changes and that were never seen whole. */
    VEC_OF(struct ma_value) wanted;
    bool reading_wanted;
};

/* Why an entry is not staged: a discovery error of the manual. */
struct problem {
    const char *type; /* NULL: nothing is wrong */
    const char *attribute;
    char text[256];
};
/* Always MA_INVALID, so that it can be returned. */
enum ma_status problem_set(struct problem *problem, const char *type,
                           const char *attribute, const char *fmt, ...) MA_PRINTF(4, 5);

/* --- read.c: an entry becomes an image or a delta --------------------------------- */

/* Everything the agent showed. MA_INVALID with a problem: the entry is not staged. */
enum ma_status read_image(struct stage *stage, const struct ma_entry *entry,
                          struct image *out, struct problem *problem,
                          struct ma_error *err);
/* What it says has changed; `now` is what is known of the object. */
enum ma_status read_change(struct stage *stage, const struct ma_entry *entry,
                           const struct image *now, struct delta *out,
                           struct problem *problem, struct ma_error *err);

/* --- match.c: who an entry is ----------------------------------------------------- */

/* The DN, or the anchor, which serves as one in a system without; NULL: it has neither.
 */
const char *match_name(struct arena *arena, const struct ma_entry *entry);

/* --- entry.c: what becomes of one entry ------------------------------------------- */

enum ma_status entry_take(struct stage *stage, const struct ma_entry *entry,
                          struct problem *problem, struct ma_error *err);
/* The object is not in the system any more (tower_gone), and is counted. What has lost
 * its DN to another, and is but a wish by now, is given up. `dn`: by which it was known.
 */
enum ma_status entry_leave(struct stage *stage, struct cs_object *object, bool obsolete,
                           const char *dn, struct ma_error *err);

/* --- readers.c: which references this import read --------------------------------- */

/* `at_its_end`: the entry in hand shows how things are then. */
struct tree_readers readers_of(struct stage *stage, bool at_its_end);
/* The object is stored as the entry in hand says; `placed`: the entry said where it is.
 */
void readers_note(struct stage *stage, uint64_t referrer, bool placed);

/* --- sid.c: references that are SIDs ---------------------------------------------- */

bool sid_is(struct slice value);
enum ma_status sid_resolve(struct stage *stage, struct slice sid, uint64_t *out,
                           struct ma_error *err);
/* The object showed up: whoever referred to its SID refers to it now. */
enum ma_status sid_settle(struct stage *stage, const struct cs_object *object,
                          struct ma_error *err);

/* --- page.c: commits -------------------------------------------------------------- */

void page_restore(struct stage *stage);
/* Commits what is staged and seen, with the checkpoint of the last page. */
enum ma_status page_commit(struct stage *stage, struct ma_error *err);
/* A page is complete: its checkpoint goes with the next commit. */
void page_end(struct stage *stage, struct slice where);
/* The step is over, or its checkpoint is of no use; within the batch. */
void page_forget(struct stage *stage);
/* What was seen so far counts for nothing, and no checkpoint leads back to it. */
enum ma_status page_start_over(struct stage *stage, struct ma_error *err);

/* How many objects the last complete full import showed; 0: not known. */
uint64_t page_last_complete(struct stage *stage);
void page_remember_complete(struct stage *stage);

/* --- end.c: what a complete import means for what it did not show ----------------- */

/* Everything that follows from a complete import without errors, up to the last commit.
 * *result is the step's. */
enum ma_status end_complete(struct stage *stage, const char **result,
                            struct ma_error *err);

#endif
