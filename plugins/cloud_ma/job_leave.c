/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Members that leave a group of Graph. Each goes by a DELETE of its own link, and those
 * of a chunk are under way at once, so that they go in one $batch. A link that is not
 * there is what is wanted.
 */

#include "job_parts.h"

#include <stdlib.h>

struct leaver {
    struct http_call call;
    char *url;
};

static bool start(struct job *job, struct leaver *leaver, const char *id)
{
    const char *link =
        job_link_of(job, body_member_attribute(job->class)->path.attribute, id);

    leaver->url = link == NULL ? NULL : session_url(job->s, job->class, job->id, link);
    if (leaver->url == NULL)
        return false;
    leaver->call = (struct http_call){.method = HTTP_DELETE,
                                      .url = leaver->url,
                                      .accept = "application/json",
                                      .batch = true};
    http_start(job->s->http, &leaver->call);
    return true;
}

enum ma_status job_unbind_members(struct job *job, struct ma_error *err)
{
    job->phase = JOB_LEAVE;
    job->leavers = calloc(job->chunk, sizeof *job->leavers);
    if (job->leavers == NULL)
        return job_no_memory(err);
    for (size_t i = 0; i < job->chunk; i++)
        if (!start(job, &job->leavers[i], job->members.removes[job->removed + i]))
            return job_no_memory(err);
    return MA_OK;
}

static void judge(struct job *job, const struct http_call *call, const char *id)
{
    if ((call->code >= 200 && call->code < 300) || call->code == 404)
        return;
    if (job_is_refused_member(call))
        job_blame_member(job, call, id);
    else
        job_refuse_as(job, call);
}

enum ma_status job_unbound(struct job *job, struct ma_error *err)
{
    for (size_t i = 0; i < job->chunk; i++)
        if (job_finish(job, &job->leavers[i].call, err) != MA_OK)
            return err->status;
    for (size_t i = 0; i < job->chunk && job->phase != JOB_DONE; i++)
        judge(job, &job->leavers[i].call, job->members.removes[job->removed + i]);
    job_end_leavers(job);
    if (job->phase == JOB_DONE)
        return MA_OK;
    job_members_done(job);
    return job_next_members(job, err);
}

void job_end_leavers(struct job *job)
{
    for (size_t i = 0; job->leavers != NULL && i < job->chunk; i++) {
        http_release(job->s->http, &job->leavers[i].call);
        free(job->leavers[i].url);
    }
    free(job->leavers);
    job->leavers = NULL;
}
