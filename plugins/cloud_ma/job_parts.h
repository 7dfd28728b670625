/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLOUD_MA_JOB_PARTS_H
#define CLOUD_MA_JOB_PARTS_H

#include "job.h"

/* What job.c and job_graph.c have of one another; of nobody else. */

/* --- the end of a job (job.c) */
enum ma_status job_no_memory(struct ma_error *err);
void job_done(struct job *job, enum ma_outcome outcome);
void job_fail(struct job *job, const char *type, const char *literal);
void job_fail_problem(struct job *job);
/* As its last answer says. */
void job_refuse(struct job *job);

/* --- its requests (job.c); `body` is taken, NULL: none */
enum ma_status job_send_body(struct job *job, enum phase phase, enum http_method method,
                             char *body, struct ma_error *err);
enum ma_status job_send_json(struct job *job, enum phase phase, enum http_method method,
                             const json_t *json, struct ma_error *err);
enum ma_status job_begin_members(struct job *job, struct ma_error *err);

/* --- Graph (job_graph.c) */
enum ma_status job_post_properties(struct job *job, struct ma_error *err);
enum ma_status job_write_properties(struct job *job, struct ma_error *err);
enum ma_status job_disable(struct job *job, struct ma_error *err);
/* The managers, then the members. */
enum ma_status job_begin_links(struct job *job, struct ma_error *err);
enum ma_status job_linked(struct job *job, struct ma_error *err);
enum ma_status job_bind_members(struct job *job, struct ma_error *err);
enum ma_status job_unbind_member(struct job *job, struct ma_error *err);
/* Whether a POST was refused because the object is there. */
bool job_is_conflict(const struct job *job);

#endif
