/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Exports: the entries of a batch at once, as far as the limits of requests allow; each
 * is reported as soon as it is done, so that what a run that dies had written is known.
 */

#include <stdlib.h>

#include "job.h"
#include "refs.h"

static enum ma_status report(struct session *s, struct job *job, size_t index,
                             struct ma_error *err)
{
    enum ma_status status = s->host->exported(s->host, index, job_result(job), err);

    job_end(job);
    return status;
}

/* One round: each job that is under way goes one request further. */
static enum ma_status round_of(struct session *s, struct job *jobs, size_t count,
                               struct ma_error *err)
{
    enum ma_status status = MA_OK;

    for (size_t i = 0; i < count && status == MA_OK; i++) {
        if (jobs[i].s == NULL || jobs[i].phase == JOB_WAIT)
            continue;
        if (jobs[i].phase != JOB_DONE)
            status = job_step(&jobs[i], err);
        if (status == MA_OK && jobs[i].phase == JOB_DONE)
            status = report(s, &jobs[i], i, err);
    }
    return status;
}

static size_t count_of(const struct job *jobs, size_t count, bool waiting)
{
    size_t n = 0;

    for (size_t i = 0; i < count; i++)
        n += jobs[i].s != NULL && (jobs[i].phase == JOB_WAIT) == waiting;
    return n;
}

static enum ma_status next_wave(struct session *s, struct job *jobs, size_t count,
                                struct ma_error *err)
{
    enum ma_status status = MA_OK;

    s->wave++;
    for (size_t i = 0; i < count && status == MA_OK; i++)
        if (jobs[i].s != NULL && (int)jobs[i].wave == s->wave)
            status = job_go_on(&jobs[i], err);
    return status;
}

static enum ma_status run(struct session *s, struct job *jobs,
                          const struct ma_entry *const *entries, size_t count,
                          struct pool *pool, struct ma_error *err)
{
    enum ma_status status = MA_OK;

    s->wave = WAVE_OBJECTS;
    for (size_t i = 0; i < count && status == MA_OK; i++)
        status = job_begin(&jobs[i], s, entries[i], pool, err);
    while (status == MA_OK) {
        if (count_of(jobs, count, false) > 0)
            status = round_of(s, jobs, count, err);
        else if (count_of(jobs, count, true) > 0)
            status = next_wave(s, jobs, count, err);
        else
            break;
    }
    for (size_t i = 0; i < count; i++)
        job_end(&jobs[i]);
    return status;
}

enum ma_status export_entries(void *session, const struct ma_entry *const *entries,
                              size_t count, struct ma_error *err)
{
    struct session *s = session;
    struct pool pool = {0};
    struct job *jobs = calloc(count + 1, sizeof *jobs);
    enum ma_status status;

    if (jobs == NULL)
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    status = discover(s, err);
    if (status == MA_OK)
        status = refs_prepare(s, entries, count, err);
    if (status == MA_OK)
        status = run(s, jobs, entries, count, &pool, err);
    pool_free(&pool);
    free(jobs);
    return status;
}
