/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AD_MA_OPERATION_H
#define AD_MA_OPERATION_H

#include "doubt.h"
#include "errors.h"
#include "support/ad_directory.h"
#include "support/dn.h"

/*
 * One object on its way out: the requests that it takes, one after the other, and what is
 * made of their answers. An object that has its GUID is spoken to by it, whatever its
 * name is by now. Done twice, each request does no harm.
 */
enum operation_step {
    STEP_DELETE,
    STEP_ADD,
    STEP_ANCHOR, /* reads what GUID the new object was given */
    STEP_RENAME,
    STEP_MODIFY,
    STEP_ALLOWED, /* a modify of what may be written, behind one that was refused */
    STEP_DONE
};

struct operation {
    const struct ma_entry *entry;
    size_t index;
    const enum operation_step *plan; /* where it is in it */
    int id;                          /* of the request under way */
    const char *target;              /* DN to speak to: <GUID=...> where there is one */
    const char *dn;                  /* that it has afterwards */
    struct folded from;              /* both names, to compare; the same where it stays */
    struct folded to;
    enum ma_outcome outcome;
    struct failure failure;
    struct ma_value anchor;
    const char *const *allowed; /* STEP_ALLOWED: the attributes that may be written */
    bool parents_made;
    bool doubted; /* the request was sent to a server that never answered */
    struct pool pool;
};

struct exporter {
    const struct ma_host *host;
    const struct settings *set;
    struct directory *directory;
    struct link *link;
    struct doubts *doubts;
    bool sealed;
};

void operation_begin(struct operation *operation, const struct ma_entry *entry,
                     size_t index);
/* Sends the next request; none is left: plan is at STEP_DONE. What cannot be sent for a
 * reason of its own ends the operation as a failure; another failure is that of the run.
 */
enum ma_status operation_send(struct exporter *exporter, struct operation *operation,
                              struct ma_error *err);
/* Takes the answer; the next step is operation_send's. */
enum ma_status operation_answer(struct exporter *exporter, struct operation *operation,
                                LDAPMessage *message, struct ma_error *err);
static inline bool operation_is_done(const struct operation *operation)
{
    return *operation->plan == STEP_DONE;
}
/* The server is another one from now on: what was under way may have been done. */
static inline void operation_lost(struct operation *operation)
{
    operation->doubted |= operation->id >= 0;
    operation->id = -1;
    operation->outcome = MA_EXPORTED; /* what a refusal was about to say is asked anew */
    operation->parents_made = false;
}
void operation_end(struct operation *operation);

/* --- refusal.c: what is behind a refusal; these read, and wait for it ------------- */

/* An object that is there already: EXPORTED if it is what was to be added, as a run that
 * died has left it. */
enum ma_status refusal_existing(struct exporter *exporter, struct operation *operation,
                                struct ma_error *err);
/* Something is not there: the object, its container, or what it refers to. A container
 * that the configuration can name a class for is made, and the step goes again. */
enum ma_status refusal_missing(struct exporter *exporter, struct operation *operation,
                               bool *again, struct ma_error *err);
/* The request was sent and never answered. What cannot be done twice, to add and to
 * rename, is not sent again where it was done; an add of which this server cannot know is
 * a failure, until the next export. */
enum ma_status refusal_doubt(struct exporter *exporter, struct operation *operation,
                             struct ma_error *err);
/* Which of the attributes may not be written. */
enum ma_status refusal_rights(struct exporter *exporter, struct operation *operation,
                              struct ma_error *err);

#endif
