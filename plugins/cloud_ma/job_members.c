/* SPDX-License-Identifier: Apache-2.0 */

/* The members of a group, by value, in the chunks that the service takes. */

#include "job_parts.h"

#include "body.h"

enum ma_status job_next_members(struct job *job, struct ma_error *err)
{
    const struct quirks *q = &job->s->quirks;
    const struct memberships *m = &job->members;
    bool adding = job->added < m->add_count;
    size_t left = adding ? m->add_count - job->added : m->remove_count - job->removed;
    size_t most = (size_t)(adding ? q->adds : q->removes);

    if (left == 0) {
        job_succeed(job);
        return MA_OK;
    }
    if (job->most != 0 && job->most < most)
        most = job->most;
    job->chunk = left < most ? left : most;
    job->etag[0] = '\0'; /* a change by value needs no version */
    if (job->s->mapping.graph)
        return adding ? job_bind_members(job, err) : job_unbind_members(job, err);
    return job_send_operations(
        job, JOB_MEMBERS,
        adding
            ? body_add_members(job->class, m->adds + job->added, job->chunk)
            : body_remove_members(q, job->class, m->removes + job->removed, job->chunk),
        err);
}

enum ma_status job_begin_members(struct job *job, struct ma_error *err)
{
    if (job_waits(job, WAVE_MEMBERS))
        return MA_OK;
    job->added = job->removed = job->most = job->again = 0;
    if (!body_members(job->s, job->class, job->entry, job->current, job->pool,
                      &job->members))
        return job_no_memory(err);
    return job_next_members(job, err);
}

void job_members_done(struct job *job)
{
    if (job->added < job->members.add_count)
        job->added += job->chunk;
    else
        job->removed += job->chunk;
    job->most = 0;
    job->again = 0;
}

/* --- a chunk that may have been added --------------------------------------------- */

/* Those of the chunk that the group has come first, and count as added. */
static void count_those_there(struct job *job, const json_t *group)
{
    const char **chunk = job->members.adds + job->added;
    json_t *there = body_member_ids(job->class, group);
    size_t n = 0;

    for (size_t i = 0; i < job->chunk; i++) {
        const char *id = chunk[i];

        if (json_object_get(there, id) == NULL)
            continue;
        chunk[i] = chunk[n];
        chunk[n++] = id;
    }
    json_decref(there);
    job->added += n;
    job->chunk -= n;
}

/* What a group that shows no members has of them nobody can tell: to such a service they
 * are sent again. */
static enum ma_status look_up_members(struct job *job, struct ma_error *err)
{
    json_t *group = NULL;
    enum ma_status status = session_get(job->s, job->class, job->id, &group, NULL, err);

    if (status == MA_NOT_FOUND) {
        err->status = MA_OK;
        job_fail(job, "cd-missing-object", err->text);
        return MA_OK;
    }
    if (status != MA_OK)
        return status;
    count_those_there(job, group);
    json_decref(group);
    if (job->chunk == 0) {
        job_members_done(job);
        return job_next_members(job, err);
    }
    if (job_tries_again(job))
        return job_next_members(job, err);
    job_fail_unanswered(job);
    return MA_OK;
}

/* --- a chunk that was refused ----------------------------------------------------- */

bool job_is_refused_member(const struct http_call *call)
{
    long code = call->code;

    return code == 400 || code == 403 || code == 404 || code == 409 || code == 413 ||
           code == 422;
}

void job_blame_member(struct job *job, const struct http_call *call, const char *id)
{
    char text[500];

    if (job->result.error_type != NULL)
        return;
    job_take_refusal(job, call);
    snprintf(text, sizeof text, "member %s: %s", id, job->refusal.literal);
    job->result.error_type =
        call->code == 403 ? "permission-issue" : "dn-attributes-failure";
    job->result.error_literal = pool_text(job->pool, text, strlen(text));
}

/* One member stands alone. That it is one, or is none any more, may be what was wanted;
 * Graph has no code of its own for it. */
static void judge_member(struct job *job)
{
    struct refusal why;

    if (job->added == job->members.add_count) {
        if (job->call.code != 400 && job->call.code != 404)
            job_blame_member(job, &job->call, job->members.removes[job->removed]);
        return;
    }
    reply_refusal(&job->call, &why);
    if (!job->s->mapping.graph || strstr(why.literal, "already exist") == NULL)
        job_blame_member(job, &job->call, job->members.adds[job->added]);
}

enum ma_status job_members_answered(struct job *job, struct ma_error *err)
{
    long code = job->call.code;

    if (job->call.uncertain && job->call.once)
        return look_up_members(job, err);
    if (code >= 200 && code < 300) {
        job_members_done(job);
        return job_next_members(job, err);
    }
    if (job_lags(job, job->members.adds + job->added,
                 job->added < job->members.add_count ? job->chunk : 0))
        return MA_OK;
    if (!job_is_refused_member(&job->call)) {
        job_refuse(job);
        return MA_OK;
    }
    if (job->chunk > 1) {
        job->most = job->chunk / 2;
        return job_next_members(job, err);
    }
    judge_member(job);
    job_members_done(job);
    return job_next_members(job, err);
}
