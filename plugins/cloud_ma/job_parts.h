/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLOUD_MA_JOB_PARTS_H
#define CLOUD_MA_JOB_PARTS_H

#include "job.h"

/* What the files job*.c have of one another; of nobody else. */

/* --- how it ends (job_result.c) */
void job_done(struct job *job, enum ma_outcome outcome);
void job_fail(struct job *job, const char *type, const char *literal);
void job_fail_problem(struct job *job);
/* Well, but for members that were refused. */
void job_succeed(struct job *job);
/* Code and words of an answer, into the result. */
void job_take_refusal(struct job *job, const struct http_call *call);
/* As this answer says, or its last one. */
void job_refuse_as(struct job *job, const struct http_call *call);
void job_refuse(struct job *job);
/* Nobody answered whether it was done, as often as it was tried. */
void job_fail_unanswered(struct job *job);

/* --- its requests (job.c); `body` is taken, NULL: none */
enum ma_status job_no_memory(struct ma_error *err);
enum ma_status job_send_body(struct job *job, enum phase phase, enum http_method method,
                             char *body, struct ma_error *err);
enum ma_status job_send_json(struct job *job, enum phase phase, enum http_method method,
                             const json_t *json, struct ma_error *err);
/* A PATCH of these operations, which are taken. */
enum ma_status job_send_operations(struct job *job, enum phase phase, json_t *operations,
                                   struct ma_error *err);
/* Waits for this request. Fails for what concerns the whole run only. */
enum ma_status job_finish(struct job *job, struct http_call *call, struct ma_error *err);
/* Whether its last request was not done, as far as was looked, and may be sent once more:
 * then the next one waits a while, longer each time. */
bool job_tries_again(struct job *job);

/* --- a new object (job_add.c) */
enum ma_status job_post(struct job *job, struct ma_error *err);
enum ma_status job_posted(struct job *job, struct ma_error *err);
enum ma_status job_restored(struct job *job, struct ma_error *err);

/* --- members (job_members.c) */
enum ma_status job_begin_members(struct job *job, struct ma_error *err);
enum ma_status job_members_answered(struct job *job, struct ma_error *err);
/* The next chunk, or the end. */
enum ma_status job_next_members(struct job *job, struct ma_error *err);
/* The chunk under way is done. */
void job_members_done(struct job *job);
/* Whether the service says no to these members, and not to the request as such. */
bool job_is_refused_member(const struct http_call *call);
/* `call` was refused because of this member: the first one is told. */
void job_blame_member(struct job *job, const struct http_call *call, const char *id);

/* --- Graph (job_graph.c) */
enum ma_status job_post_properties(struct job *job, struct ma_error *err);
/* Asks for the deleted object that is its target. */
enum ma_status job_restore(struct job *job, struct ma_error *err);
enum ma_status job_write_properties(struct job *job, struct ma_error *err);
enum ma_status job_disable(struct job *job, struct ma_error *err);
/* The managers, then the members. */
enum ma_status job_begin_links(struct job *job, struct ma_error *err);
enum ma_status job_linked(struct job *job, struct ma_error *err);
/* The way to a link below the object, `/NAME/ID/$ref` or, without an id, `/NAME/$ref`;
 * the pool's. NULL: no memory. */
const char *job_link_of(struct job *job, const char *name, const char *id);
enum ma_status job_bind_members(struct job *job, struct ma_error *err);

/* --- members that leave a group of Graph (job_leave.c) */
enum ma_status job_unbind_members(struct job *job, struct ma_error *err);
enum ma_status job_unbound(struct job *job, struct ma_error *err);
void job_end_leavers(struct job *job);
/* Whether a POST was refused because the object is there. */
bool job_is_conflict(const struct job *job);
/* Whether it has to wait for this wave; then it does. */
bool job_waits(struct job *job, enum wave wave);
/* "Not there" is said of an object that this session made, or of a link to one: the
 * replica that answered does not know it yet. Asks it again, later each time, about a
 * minute in all. False: it is to be believed. */
bool job_lags(struct job *job, const char *const *ids, size_t count);

#endif
