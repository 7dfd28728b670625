/* SPDX-License-Identifier: Apache-2.0 */

/* How a job ends: an outcome, and the words of the service as an error of the product. */

#include "job_parts.h"

void job_done(struct job *job, enum ma_outcome outcome)
{
    job->phase = JOB_DONE;
    job->result.outcome = outcome;
}

void job_fail(struct job *job, const char *type, const char *literal)
{
    job->result.error_type = type;
    job->result.error_literal = pool_text(job->pool, literal, strlen(literal));
    job_done(job, MA_EXPORT_FAILED);
}

void job_fail_problem(struct job *job)
{
    char text[400];

    snprintf(text, sizeof text, "%s%s%s",
             job->problem.attribute == NULL ? "" : job->problem.attribute,
             job->problem.attribute == NULL ? "" : ": ", job->problem.text);
    job_fail(job, job->problem.type, text);
}

void job_succeed(struct job *job)
{
    if (job->result.error_type == NULL)
        job_done(job, MA_EXPORTED);
    else
        job_done(job, MA_EXPORT_FAILED); /* some of the members were refused */
}

/* A refusal by its code and the word of RFC 7644 3.12; "" is any word. */
static const struct {
    long code;
    const char *kind;
    const char *type;
} refusals[] = {
    {400, "uniqueness", "cd-existing-attribute-or-value"},
    {400, "mutability", "readonly-attribute"},
    {400, "invalidValue", "invalid-attribute-value"},
    {400, "invalidPath", "schema-violation"},
    {400, "invalidSyntax", "syntax-violation"},
    {400, "ObjectConflict", "cd-existing-attribute-or-value"},
    {400, "", "constraint-violation"},
    {403, "", "permission-issue"},
    {404, "", "cd-missing-object"},
    {409, "", "cd-existing-attribute-or-value"},
    {413, "", "constraint-violation"},
    {422, "", "constraint-violation"},
    {429, "", "cd-connectivity-error"},
    {503, "", "cd-connectivity-error"},
};

static const char *type_of(const struct job *job, const struct http_call *call)
{
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++)
        if (refusals[i].code == call->code &&
            (refusals[i].kind[0] == '\0' ||
             strcasecmp(refusals[i].kind, job->refusal.kind) == 0))
            return refusals[i].type;
    return "cd-error";
}

void job_take_refusal(struct job *job, const struct http_call *call)
{
    reply_refusal(call, &job->refusal);
    job->result.error_code =
        pool_text(job->pool, job->refusal.code, strlen(job->refusal.code));
    if (call->request_id[0] != '\0')
        job->result.server_detail =
            pool_text(job->pool, call->request_id, strlen(call->request_id));
}

void job_refuse_as(struct job *job, const struct http_call *call)
{
    job_take_refusal(job, call);
    job_fail(job, type_of(job, call), job->refusal.literal);
}

void job_refuse(struct job *job)
{
    job_refuse_as(job, &job->call);
}

void job_fail_unanswered(struct job *job)
{
    job_take_refusal(job, &job->call);
    job_fail(job, "cd-connectivity-error", job->refusal.literal);
}

const struct ma_result *job_result(struct job *job)
{
    job->result.size = sizeof job->result;
    return &job->result;
}

void job_end(struct job *job)
{
    if (job->s != NULL)
        http_release(job->s->http, &job->call);
    job_end_leavers(job);
    json_decref(job->current);
    json_decref(job->resource);
    json_decref(job->rest);
    free(job->url);
    free(job->body);
    memset(job, 0, sizeof *job);
}
