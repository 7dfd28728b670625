/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLOUD_MA_JOB_H
#define CLOUD_MA_JOB_H

#include "body.h"
#include "reply.h"

/*
 * One exported entry on its way: a chain of requests, each begun when the answer of the
 * one before was looked at. Entries do not wait for one another; what happens to one
 * object stays in order.
 *
 *   add      POST, then its members in chunks; Graph: what was deleted is restored
 *   update   GET where it must be known what is there, PATCH or PUT, then members
 *   delete   DELETE, or a PATCH that disables
 *
 * What may have been executed, and would do harm a second time, is looked up before it is
 * sent again: a POST, a restore, and members that are added by a PATCH, which there are
 * servers that store twice. All else is the same when it is done twice. A chunk of
 * members that is refused is halved until the one to blame stands alone. Members that
 * leave a group of Graph have a request each, and those of a chunk are under way at once.
 */
enum phase {
    JOB_RESTORE,
    JOB_POST,
    JOB_GET,
    JOB_WRITE,
    JOB_LINK,
    JOB_MEMBERS,
    JOB_LEAVE, /* several requests at once: its leavers */
    JOB_DELETE,
    JOB_WAIT, /* for the others of the batch, whose wave is not over */
    JOB_DONE
};

/* Graph: all objects of a batch before the links between them, and the few links before
 * the many: what is referred to has had time to become known everywhere. */
enum wave { WAVE_OBJECTS, WAVE_MANAGERS, WAVE_MEMBERS };

struct job {
    struct session *s;
    const struct ma_entry *entry;
    const struct mapped_class *class;
    struct pool *pool;
    enum phase phase;
    const char *id;
    json_t *current;
    json_t *resource;
    json_t *rest; /* operations of the next request; NULL: none */
    char etag[128];
    struct memberships members;
    struct leaver *leavers; /* as many as the chunk, while they are under way */
    size_t added, removed;  /* of the members, so far */
    size_t chunk;           /* of the request under way */
    size_t most;            /* members of the next one; 0: as many as allowed */
    size_t link;            /* Graph: number of the attribute behind the last link */
    const char *target;     /* the id that it leads to */
    const char *behind;     /* the rest of the URL of the next request */
    unsigned again;
    unsigned lag;   /* ms that were waited for other replicas */
    enum wave wave; /* that it waits for */
    bool restored;  /* that was tried */
    char *url;
    char *body;
    struct http_call call;

    struct ma_result result;
    struct entry_problem problem;
    struct refusal refusal;
};

/* Begins it, or ends it at once. */
enum ma_status job_begin(struct job *job, struct session *s, const struct ma_entry *entry,
                         struct pool *pool, struct ma_error *err);
/* Waits for its request and goes on. Fails for what concerns the whole run only. */
enum ma_status job_step(struct job *job, struct ma_error *err);
/* Goes on with one that waited: its wave has come. */
enum ma_status job_go_on(struct job *job, struct ma_error *err);
/* The result of one that is done. */
const struct ma_result *job_result(struct job *job);
void job_end(struct job *job);

#endif
