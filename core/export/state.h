/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPORT_STATE_H
#define EXPORT_STATE_H

#include <sodium.h>

#include "base/pile.h"
#include "export/approval.h"
#include "export/courier.h"
#include "space/tower.h"
#include "store/cs.h"

/* An export step in progress, shared by the modules of this folder. */

/* As what an object is offered: as its delta says, or as the system asked for. */
enum form { FORM_OWN, FORM_ADD, FORM_UPDATE };

/* One object with a pending export. All of them are held for the whole step, in a file
 * where they are many. */
struct item {
    uint64_t id;
    uint32_t references; /* that come with the delta */
    uint16_t depth;
    uint8_t form; /* enum form */
    uint8_t conversions;
    uint8_t counter;   /* enum counter: of what was accepted */
    uint8_t waits_for; /* enum ma_outcome: what the agent asked for last, and never got on
                          since; MA_EXPORTED: just wait */
    bool removal : 1;  /* a delete or a delete-add */
    bool elsewhere : 1; /* of another partition: counts for the guards only */
    bool done : 1;      /* nothing more to do for it in this step */
    bool postponed : 1; /* what it needs is in a batch */
    bool offered : 1;   /* sent at least once */
    bool succeeded : 1; /* ... and accepted at least once */
    bool failed : 1;
    bool counted : 1; /* in the history */
};

/* A batch: entries[i] is of items[i]. */
struct hand {
    struct arena arena; /* of the entries */
    struct item **items;
    const struct ma_entry **entries;
    bool *reported;
    size_t count;
    bool out;                    /* with the agent, or on its way there */
    VEC_OF(const char *) moving; /* DNs of containers that are renamed */
};

/* One is filled, the others are out. */
enum { HANDS = COURIER_BATCHES + 1 };

struct export_step {
    struct export_request req;
    struct batch *batch;
    uint32_t agent;
    uint32_t partition; /* 1-based; 0: all */
    struct arena arena; /* of the step */
    struct pile pile;
    struct item *items; /* of it, in the order of export */
    size_t count;
    struct export_set set;
    bool approved; /* by `approval`: the guards let it go */
    struct export_approval approval;

    struct hand hands[HANDS];
    struct hand *packing;    /* is filled */
    size_t out;              /* how many are with the agent */
    struct courier *courier; /* NULL: batches are sent from here */
    size_t capacity;         /* entries of a batch */

    uint64_t number;  /* of this export step */
    bool numbered;    /* ... and committed */
    bool heard;       /* the agent reported on something */
    uint64_t offered; /* objects */
    uint64_t errors;
    uint64_t progress; /* of this pass */
    const char *stopped;
    enum ma_status broken; /* why it ends before its time: `why` */
    struct ma_error why;
    bool spoiled; /* ... a report that made no sense, or could not be stored */
};

/* --- export.c --------------------------------------------------------------------- */
/* The number of this step becomes that of the agent's last export. */
void export_number(struct export_step *step, bool successful);

/* --- plan.c: what is pending, in order -------------------------------------------- */
enum ma_status plan_make(struct export_step *step, struct ma_error *err);

/* --- set.c: the set of them ------------------------------------------------------- */
struct gathering {
    crypto_generichash_state hash;
    struct export_set set;
    struct batch *batch;
    struct buf bytes; /* of an object; kept because there are many */
};
void set_begin(struct gathering *gathering, struct batch *batch);
/* In the order of ids. Of the object it needs to know what is pending; where it matters
 * what the system has, that is read. */
enum ma_status set_add(struct gathering *gathering, struct arena *arena,
                       const struct cs_object *object, struct ma_error *err);
void set_end(struct gathering *gathering);

/* --- guard.c ---------------------------------------------------------------------- */
/* MA_LIMIT and *result where nothing may be sent. */
enum ma_status guard_check(struct export_step *step, const char **result,
                           struct ma_error *err);

/* --- outgoing.c: an object becomes an entry --------------------------------------- */
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

/* --- wait.c: what of an object can go now ----------------------------------------- */
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

/* --- hand.c: batches, packed, sent and back again --------------------------------- */
void hands_begin(struct export_step *step);
void hands_end(struct export_step *step);
/* An object, as far as it can go now; recorded as on its way. */
enum ma_status hand_pack(struct export_step *step, struct item *item,
                         struct cs_object *object, const struct parcel *parcel,
                         struct ma_error *err);
bool hand_is_full(const struct export_step *step);
/* Sends what is packed; after hand_home all of it is settled. The step's own failures
 * come back; what the agent says goes to `broken` and `why`. */
enum ma_status hand_send(struct export_step *step, struct ma_error *err);
/* Settles what was reported by now, and waits for nothing. */
enum ma_status hand_hear(struct export_step *step, struct ma_error *err);
/* Waits until nothing is with the agent. */
enum ma_status hand_home(struct export_step *step, struct ma_error *err);
/* What was packed and is not to be sent any more. */
enum ma_status hand_unpack(struct export_step *step, struct ma_error *err);
/* Anything that is packed, or with the agent. */
bool hand_has_any(const struct export_step *step);
/* Below a container that is being renamed. */
bool hand_moves(const struct export_step *step, const char *dn);

/* --- pass.c: the objects in their order, again and again as long as that helps ---- */
enum ma_status passes_make(struct export_step *step, struct ma_error *err);

/* --- settle.c: what became of it -------------------------------------------------- */
enum ma_status settle_result(struct export_step *step, struct hand *hand, size_t index,
                             const struct ma_result *outcome, struct ma_error *err);
/* A report that fits nothing which is with the agent. */
enum ma_status settle_nonsense(size_t index, struct ma_error *err);
/* The agent did not say, or was not asked: offered again. */
enum ma_status settle_unknown(struct export_step *step, struct hand *hand, size_t index,
                              bool sent, struct ma_error *err);
/* Counts what was accepted of an object of which more is to come. */
enum ma_status settle_count(struct export_step *step, struct item *item,
                            struct ma_error *err);
/* What it waited for never came. */
enum ma_status settle_waiting(struct export_step *step, struct item *item,
                              struct ma_error *err);

#endif
