/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What a job does otherwise where the service is Microsoft Graph: a new object and a
 * change are properties by name, members and managers are links with requests of their
 * own.
 */

#include "deleted.h"
#include "job_parts.h"
#include "refs.h"
#include "url.h"

/* Graph: up to 20 links in a PATCH of the group, all of them or none. */
enum ma_status job_bind_members(struct job *job, struct ma_error *err)
{
    json_t *links = json_array();
    json_t *body;
    enum ma_status status;

    for (size_t i = 0; i < job->chunk; i++)
        (void)json_array_append_new(links,
                                    json_sprintf("%s/directoryObjects/%s", job->s->base,
                                                 job->members.adds[job->added + i]));
    body = json_pack("{s:o}", "members@odata.bind", links);
    status = body == NULL ? job_no_memory(err)
                          : job_send_json(job, JOB_MEMBERS, HTTP_PATCH, body, err);
    json_decref(body);
    return status;
}

/* The link, and not what it leads to: a DELETE without $ref deletes the member itself. */
const char *job_link_of(struct job *job, const char *name, const char *id)
{
    struct bytes text = {0};
    const char *out;

    bytes_char(&text, '/');
    bytes_text(&text, name);
    if (id != NULL) {
        bytes_char(&text, '/');
        url_escape(&text, id, strlen(id));
    }
    bytes_text(&text, "/$ref");
    out = text.failed ? NULL : pool_text(job->pool, text.at, text.length);
    bytes_free(&text);
    return out;
}

/* Graph: a manager is a link with requests of its own. */
static enum ma_status next_link(struct job *job, struct ma_error *err)
{
    for (; job->link < job->entry->count; job->link++) {
        const struct ma_attribute *a = &job->entry->attributes[job->link];
        const struct mapped *mapped = mapping_attribute(job->class, a->name);
        json_t *body;
        enum ma_status status;

        if (mapped == NULL || !mapped->link)
            continue;
        job->link++;
        job->behind = job_link_of(job, mapped->path.attribute, NULL);
        if (job->behind == NULL)
            return job_no_memory(err);
        if (a->count == 0)
            return job_send_body(job, JOB_LINK, HTTP_DELETE, NULL, err);
        job->target = refs_id(job->s, a->values[0].data);
        body =
            json_pack("{s:o}", "@odata.id",
                      json_sprintf("%s/directoryObjects/%s", job->s->base, job->target));
        status = body == NULL ? job_no_memory(err)
                              : job_send_json(job, JOB_LINK, HTTP_PUT, body, err);
        json_decref(body);
        return status;
    }
    return job_begin_members(job, err);
}

bool job_waits(struct job *job, enum wave wave)
{
    if (!job->s->mapping.graph || job->s->wave >= (int)wave)
        return false;
    job->phase = JOB_WAIT;
    job->wave = wave;
    return true;
}

enum { FIRST_LAG = 500, LONGEST_LAG = 30000 };

static bool was_made(const struct job *job, const char *id)
{
    const struct id *known = id == NULL ? NULL : ids_find(&job->s->ids, id);

    return known != NULL && (known->flags & ID_MADE) != 0;
}

bool job_lags(struct job *job, const char *const *ids, size_t count)
{
    bool made = was_made(job, job->id);

    for (size_t i = 0; i < count; i++)
        made |= was_made(job, ids[i]);
    if (!job->s->mapping.graph || job->call.code != 404 || !made ||
        job->lag > LONGEST_LAG)
        return false;
    job->call.delay = job->lag == 0 ? FIRST_LAG : job->lag;
    job->lag += job->call.delay;
    http_start(job->s->http, &job->call);
    job->call.delay = 0;
    return true;
}

enum ma_status job_begin_links(struct job *job, struct ma_error *err)
{
    if (job_waits(job, WAVE_MANAGERS))
        return MA_OK;
    job->link = 0;
    return next_link(job, err);
}

/* Of a link that shall go, that it is not there is what is wanted. */
enum ma_status job_linked(struct job *job, struct ma_error *err)
{
    bool gone = job->call.method == HTTP_DELETE && job->call.code == 404;

    if (!gone && job_lags(job, &job->target, 1))
        return MA_OK;
    if ((job->call.code >= 200 && job->call.code < 300) || gone)
        return next_link(job, err);
    job_refuse(job);
    if (job->call.code == 404) { /* its object is not everywhere yet */
        job->result.error_type = "dn-attributes-failure";
        job_done(job, MA_RETRY_LATER);
    }
    return MA_OK;
}

/* Graph takes no null in a new object. */
static void drop_nulls(json_t *object)
{
    const char *key;
    json_t *value;
    void *next;

    json_object_foreach_safe(object, next, key, value) if (json_is_null(value))(void)
        json_object_del(object, key);
}

enum ma_status job_restore(struct job *job, struct ma_error *err)
{
    struct bytes path = {0};

    bytes_text(&path, "/directory/deletedItems/");
    url_escape(&path, job->target, strlen(job->target));
    bytes_text(&path, "/restore");
    job->behind = path.failed ? NULL : pool_text(job->pool, path.at, path.length);
    bytes_free(&path);
    return job->behind == NULL ? job_no_memory(err)
                               : job_send_body(job, JOB_RESTORE, HTTP_POST, NULL, err);
}

/* What was deleted, and is this very object, comes back with its id and its links, or is
 * said to be there. */
static enum ma_status restore(struct job *job, bool *begun, struct ma_error *err)
{
    enum ma_status status;
    char text[300];

    *begun = false;
    if (job->restored || job->entry->change != MA_ADD)
        return MA_OK;
    job->restored = true;
    status =
        deleted_find(job->s, job->class, job->resource, job->pool, &job->target, err);
    if (status != MA_OK || job->target == NULL)
        return status;
    *begun = true;
    if (job->s->quirks.restore != RESTORE_FAIL)
        return job_restore(job, err);
    snprintf(text, sizeof text,
             "it is among the deleted as %s: restore it, or remove it for good, or let "
             "the parameter 'restore' say what becomes of it",
             job->target);
    job_fail(job, "cd-existing-object", text);
    return MA_OK;
}

enum ma_status job_post_properties(struct job *job, struct ma_error *err)
{
    bool begun;

    json_decref(job->resource);
    job->resource = body_properties(job->s, job->class, job->entry, NULL, &job->problem);
    if (job->resource == NULL) {
        job_fail_problem(job);
        return MA_OK;
    }
    drop_nulls(job->resource);
    if (restore(job, &begun, err) != MA_OK)
        return err->status;
    if (begun)
        return MA_OK;
    if (!body_defaults(job->class, job->resource))
        return job_no_memory(err);
    return job_send_json(job, JOB_POST, HTTP_POST, job->resource, err);
}

bool job_is_conflict(const struct job *job)
{
    struct refusal why;

    if (job->call.code != 400 || !job->s->mapping.graph)
        return job->call.code == 409;
    reply_refusal(&job->call, &why);
    return strcmp(why.kind, "ObjectConflict") == 0;
}

enum ma_status job_write_properties(struct job *job, struct ma_error *err)
{
    json_t *body =
        body_properties(job->s, job->class, job->entry, job->current, &job->problem);
    enum ma_status status = MA_OK;

    if (body == NULL)
        job_fail_problem(job);
    else if (json_object_size(body) == 0)
        status = job_begin_links(job, err);
    else
        status = job_send_json(job, JOB_WRITE, HTTP_PATCH, body, err);
    json_decref(body);
    return status;
}

enum ma_status job_disable(struct job *job, struct ma_error *err)
{
    json_t *body = json_pack("{s:b}", "accountEnabled", 0);
    enum ma_status status = body == NULL
                                ? job_no_memory(err)
                                : job_send_json(job, JOB_DELETE, HTTP_PATCH, body, err);

    json_decref(body);
    return status;
}
