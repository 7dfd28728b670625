/* SPDX-License-Identifier: Apache-2.0 */

/* A new object: made, or found where it is there already. */

#include "job_parts.h"

#include "fetch.h"
#include "refs.h"

enum ma_status job_post(struct job *job, struct ma_error *err)
{
    if (job->s->mapping.graph)
        return job_post_properties(job, err);
    json_decref(job->resource);
    job->resource = json_object();
    if (!body_apply(job->s, job->class, job->entry, job->resource, &job->problem)) {
        job_fail_problem(job);
        return MA_OK;
    }
    if (!body_finish_new(job->class, job->resource))
        return job_no_memory(err);
    return job_send_json(job, JOB_POST, HTTP_POST, job->resource, err);
}

static enum ma_status made(struct job *job, const char *id, struct ma_error *err)
{
    struct id *put;

    job->id = pool_text(job->pool, id, strlen(id));
    job->result.anchor = ma_value_of(mapping_anchor(job->class, job->id, job->pool));
    if (job->class->dn_is_id && job->class->dn_form == DN_PLAIN)
        job->result.dn = job->id;
    put = ids_put(&job->s->ids, class_number(job->s, job->class), id, job->entry->dn);
    if (job->pool->failed || put == NULL)
        return job_no_memory(err);
    put->flags |= ID_MADE;
    return MA_OK;
}

/* It is there: the engine offers it again, as an update of what was found. */
static enum ma_status found(struct job *job, const char *id, struct ma_error *err)
{
    if (made(job, id, err) != MA_OK)
        return err->status;
    job->result.error_type = "cd-existing-object";
    job_done(job, MA_ADD_TO_UPDATE);
    return MA_OK;
}

static enum ma_status look_up(struct job *job, struct ma_error *err)
{
    const char *id = NULL;

    if (refs_existing(job->s, job->class, job->resource, job->entry->dn, job->pool, &id,
                      err) != MA_OK)
        return err->status;
    if (id != NULL)
        return found(job, id, err);
    if (job_tries_again(job))
        return job_post(job, err);
    if (job->call.uncertain) {
        job_fail_unanswered(job);
        return MA_OK;
    }
    job_take_refusal(job, &job->call);
    job_fail(job, "cd-existing-object", job->refusal.literal);
    return MA_OK;
}

enum ma_status job_posted(struct job *job, struct ma_error *err)
{
    json_t *json = NULL;
    const char *id;
    enum ma_status status;

    if (job->call.uncertain || job_is_conflict(job))
        return look_up(job, err);
    if (job->call.code < 200 || job->call.code >= 300) {
        job_refuse(job);
        return MA_OK;
    }
    if (reply_json(&job->call, &json, err) != MA_OK ||
        (id = member_text(json, "id")) == NULL) {
        json_decref(json); /* it was made, and the answer does not say under which id */
        job->call.uncertain = false;
        return look_up(job, err);
    }
    status = made(job, id, err);
    json_decref(json);
    return status == MA_OK ? job_begin_links(job, err) : status;
}

/* Whether it came back although nobody said so; where it did not, and is not among the
 * deleted any more either, it is made. */
static enum ma_status look_for_restored(struct job *job, struct ma_error *err)
{
    json_t *there = NULL;
    enum ma_status status =
        session_get(job->s, job->class, job->target, &there, NULL, err);

    json_decref(there);
    if (status == MA_OK)
        return found(job, job->target, err);
    if (status != MA_NOT_FOUND)
        return status;
    err->status = MA_OK;
    if (!job->call.uncertain)
        return job_post_properties(job, err);
    if (job_tries_again(job))
        return job_restore(job, err);
    job_fail_unanswered(job);
    return MA_OK;
}

enum ma_status job_restored(struct job *job, struct ma_error *err)
{
    if (job->call.uncertain || job->call.code == 404)
        return look_for_restored(job, err);
    if (job->call.code >= 200 && job->call.code < 300)
        return found(job, job->target, err);
    job_refuse(job);
    return MA_OK;
}
