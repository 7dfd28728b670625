/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPORT_STATE_H
#define EXPORT_STATE_H

#include <sodium.h>

#include "export/approval.h"
#include "space/tower.h"
#include "store/cs.h"

/* An export step in progress, shared by the modules of this folder. */

/* As what an object is offered: as its delta says, or as the system asked for. */
enum form { FORM_OWN, FORM_ADD, FORM_UPDATE };

/* One object with a pending export. */
struct item {
    uint64_t id;
    uint32_t references; /* that come with the delta */
    uint32_t depth;
    bool removal;   /* a delete or a delete-add */
    bool elsewhere; /* of another partition: counts for the guards only */
    bool done;      /* nothing more to do for it in this step */
    bool postponed; /* what it needs is in the batch in hand */
    bool offered;   /* sent at least once */
    bool succeeded; /* ... and accepted at least once */
    bool failed;
    enum form form;
    unsigned conversions;
    enum counter counter;    /* of what was accepted */
    const char *waiting_for; /* export error if it never comes; NULL: just wait */
};

struct export_step {
    struct export_request req;
    struct batch *batch;
    uint32_t agent;
    uint32_t partition; /* 1-based; 0: all */
    struct arena arena; /* of the step */
    struct arena pack;  /* of the batch in hand */
    struct item *items; /* in the order of export */
    size_t count;
    struct export_set set;
    bool approved; /* by `approval`: the guards let it go */
    struct export_approval approval;

    /* The batch in hand: entries[i] is of hand[i]. */
    struct item **hand;
    const struct ma_entry **entries;
    bool *reported;
    size_t in_hand;
    size_t capacity;
    VEC_OF(const char *) moving; /* DNs in hand that are renamed */

    uint64_t number;  /* of this export step */
    bool numbered;    /* ... and committed */
    bool heard;       /* the agent reported on something */
    uint64_t offered; /* objects */
    uint64_t errors;
    uint64_t progress; /* of this pass */
    const char *stopped;
    enum ma_status broken; /* a result that makes no sense, or could not be stored */
    struct ma_error why;
};

/* --- plan.c: what is pending, in order
 * --------------------------------------------------- */
enum ma_status plan_make(struct export_step *step, struct ma_error *err);

/* --- set.c: the set of them
 * ---------------------------------------------------------------- */
struct gathering {
    crypto_generichash_state hash;
    struct export_set set;
    struct batch *batch;
};
void set_begin(struct gathering *gathering, struct batch *batch);
/* In the order of ids; `before`: as the system has it. */
enum ma_status set_add(struct gathering *gathering, const struct cs_object *object,
                       const struct image *before, struct ma_error *err);
void set_end(struct gathering *gathering);

/* --- guard.c
 * ------------------------------------------------------------------------------- */
/* MA_LIMIT and *result where nothing may be sent. */
enum ma_status guard_check(struct export_step *step, const char **result,
                           struct ma_error *err);

/* --- outgoing.c: an object becomes an entry
 * ------------------------------------------------- */
const struct ma_entry *
outgoing_entry(struct batch *batch, struct arena *arena, const struct program *program,
               const struct compiled_agent *agent, uint32_t plugin_capabilities,
               const struct cs_object *object, const struct delta *delta, enum form form,
               struct ma_error *err);

/* Whether an update, offered so, goes by value: then the object need not be whole. */
bool outgoing_by_value(const struct compiled_agent *agent, uint32_t plugin_capabilities,
                       enum form form);

/* What the schema says of an attribute; `known` false where it has none. */
struct attribute_info outgoing_attribute(const struct program *program,
                                         const struct compiled_agent *agent,
                                         uint32_t name);

/* --- wait.c: what of an object can go now
 * ----------------------------------------------------- */
enum readiness {
    READY,
    READY_IN_PART, /* some references have to wait: `rest` */
    FLUSH_FIRST,   /* something in hand has to be settled before */
    NOT_YET
};
struct parcel {
    struct delta send;
    struct delta rest;
};
enum ma_status wait_check(struct export_step *step, const struct item *item,
                          const struct cs_object *object, struct parcel *parcel,
                          enum readiness *out, struct ma_error *err);

/* --- settle.c: what became of it
 * ---------------------------------------------------------------- */
enum ma_status settle_result(struct export_step *step, size_t index,
                             const struct ma_result *outcome, struct ma_error *err);
/* The agent did not say, or was not asked: offered again. */
enum ma_status settle_unknown(struct export_step *step, size_t index, bool sent,
                              struct ma_error *err);
/* What it waited for never came. */
enum ma_status settle_waiting(struct export_step *step, struct item *item,
                              struct ma_error *err);

#endif
