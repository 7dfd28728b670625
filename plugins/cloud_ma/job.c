/* SPDX-License-Identifier: Apache-2.0 */
#include "job_parts.h"

#include <stdlib.h>

#include "fetch.h"
#include "refs.h"
#include "refuse.h"

enum { TRIES = 3, FIRST_WAIT = 250 /* ms */ };

enum ma_status job_no_memory(struct ma_error *err)
{
    return ma_fail(err, MA_NO_MEMORY, "out of memory");
}

/* --- requests --------------------------------------------------------------------- */

static char *url_of(const struct job *job, enum phase phase)
{
    if (phase == JOB_GET)
        return session_object_url(job->s, job->class, job->id);
    if (phase == JOB_RESTORE)
        return session_url(job->s, NULL, NULL, job->behind);
    return session_url(job->s, job->class, phase == JOB_POST ? NULL : job->id,
                       job->behind);
}

/* Graph refuses a member that a group has, and a PATCH or DELETE of all else ends the
 * same when it is done twice. */
static bool happens_once(const struct job *job, enum phase phase)
{
    return phase == JOB_POST || phase == JOB_RESTORE ||
           (phase == JOB_MEMBERS && !job->s->mapping.graph &&
            job->added < job->members.add_count);
}

enum ma_status job_send_body(struct job *job, enum phase phase, enum http_method method,
                             char *body, struct ma_error *err)
{
    free(job->url);
    free(job->body);
    job->body = body;
    job->url = url_of(job, phase);
    job->behind = NULL;
    if (job->url == NULL)
        return job_no_memory(err);
    job->phase = phase;
    job->call.method = method;
    job->call.url = job->url;
    job->call.body = body;
    job->call.body_length = body == NULL ? 0 : strlen(body);
    job->call.content_type =
        job->s->mapping.graph ? "application/json" : "application/scim+json";
    job->call.accept = job->s->mapping.graph ? "application/json"
                                             : "application/scim+json, application/json";
    job->call.once = happens_once(job, phase);
    job->call.batch = job->s->mapping.graph || method != HTTP_GET;
    job->call.if_match = method != HTTP_POST && job->etag[0] != '\0' ? job->etag : NULL;
    http_start(job->s->http, &job->call);
    job->call.delay = 0;
    return MA_OK;
}

bool job_tries_again(struct job *job)
{
    if (!job->call.uncertain || ++job->again >= TRIES)
        return false;
    job->call.delay = FIRST_WAIT << job->again;
    return true;
}

enum ma_status job_send_json(struct job *job, enum phase phase, enum http_method method,
                             const json_t *json, struct ma_error *err)
{
    char *body = json_dumps(json, JSON_COMPACT);

    return body == NULL ? job_no_memory(err)
                        : job_send_body(job, phase, method, body, err);
}

/* What the service does not take in one request waits for the next. */
static void keep_rest(struct job *job, enum phase phase, json_t *operations)
{
    size_t most = (size_t)job->s->quirks.operations;

    json_decref(job->rest);
    job->rest = NULL;
    if (phase != JOB_WRITE || most == 0 || json_array_size(operations) <= most)
        return;
    job->rest = json_array();
    for (size_t i = most; i < json_array_size(operations); i++)
        (void)json_array_append(job->rest, json_array_get(operations, i));
    while (json_array_size(operations) > most)
        (void)json_array_remove(operations, most);
}

enum ma_status job_send_operations(struct job *job, enum phase phase, json_t *operations,
                                   struct ma_error *err)
{
    const struct quirks *q = &job->s->quirks;
    char *body;

    keep_rest(job, phase, operations);
    body = operations == NULL ? NULL : body_patch(q, operations);
    json_decref(operations);
    return body == NULL ? job_no_memory(err)
                        : job_send_body(job, phase, HTTP_PATCH, body, err);
}

static enum ma_status read_current(struct job *job, struct ma_error *err)
{
    job->etag[0] = '\0';
    return job_send_body(job, JOB_GET, HTTP_GET, NULL, err);
}

/* --- update ----------------------------------------------------------------------- */

static enum ma_status write_direct(struct job *job, struct ma_error *err)
{
    json_t *operations =
        body_direct(job->s, job->class, job->entry, job->pool, &job->problem);

    if (job->problem.type != NULL || json_array_size(operations) == 0) {
        json_decref(operations);
        if (job->problem.type == NULL)
            return job_begin_members(job, err);
        job_fail_problem(job);
        return MA_OK;
    }
    return job_send_operations(job, JOB_WRITE, operations, err);
}

static bool writes_whole(const struct job *job)
{
    return job->s->quirks.writing == WRITE_PUT ||
           (job->s->quirks.writing == WRITE_AUTO && !job->s->server.patch);
}

/* RFC 7644 3.5.1 lets a server keep what a PUT leaves out. */
static bool name_what_goes(const json_t *before, json_t *after)
{
    const char *key;
    json_t *value;
    bool good = true;

    json_object_foreach((json_t *)before, key, value)
    {
        json_t *now = json_object_get(after, key);

        if (now == NULL)
            good = good && json_object_set_new(after, key, json_null()) == 0;
        else if (json_is_object(value) && json_is_object(now))
            good = good && name_what_goes(value, now);
    }
    return good;
}

/* The whole resource, with its members where it has them: a server without PATCH knows no
 * other way. Without having seen them nothing is sent that would clear them. */
static enum ma_status put_whole(struct job *job, struct ma_error *err)
{
    const struct mapped *members = body_member_attribute(job->class);
    const struct ma_attribute *a =
        members == NULL ? NULL : ma_find(job->entry, members->name);
    struct mapped as_list;

    if (a != NULL && path_find(&members->path, job->current) == NULL && a->op != MA_SET) {
        job_fail(
            job, "cd-error",
            "the service does not show the members of the group, and without PATCH they "
            "can only be replaced as a whole: nothing was sent");
        return MA_OK;
    }
    if (a != NULL) {
        as_list = *members;
        as_list.members = false;
        if (!body_apply_one(job->s, &as_list, a, job->resource, &job->problem)) {
            job_fail_problem(job);
            return MA_OK;
        }
    }
    if (json_equal(job->current, job->resource)) {
        job_succeed(job);
        return MA_OK;
    }
    if (job->s->quirks.cleared == CLEARED_NULL &&
        !name_what_goes(job->current, job->resource))
        return job_no_memory(err);
    (void)json_object_del(job->resource, "meta");
    return job_send_json(job, JOB_WRITE, HTTP_PUT, job->resource, err);
}

static enum ma_status write_known(struct job *job, struct ma_error *err)
{
    json_t *operations;

    if (job->s->mapping.graph)
        return job_write_properties(job, err);

    json_decref(job->resource);
    job->resource = json_deep_copy(job->current);
    if (job->resource == NULL)
        return job_no_memory(err);
    if (!body_apply(job->s, job->class, job->entry, job->resource, &job->problem)) {
        job_fail_problem(job);
        return MA_OK;
    }
    if (job->entry->change == MA_REPLACE &&
        !body_clear_others(job->class, job->entry, job->resource))
        return job_no_memory(err);
    if (writes_whole(job))
        return put_whole(job, err);
    operations = body_difference(job->class, job->current, job->resource);
    if (json_array_size(operations) > 0)
        return job_send_operations(job, JOB_WRITE, operations, err);
    json_decref(operations);
    return job_begin_members(job, err);
}

static enum ma_status got(struct job *job, struct ma_error *err)
{
    if (job->call.code == 404) {
        job->result.error_type = "cd-missing-object";
        job_done(job, MA_UPDATE_TO_ADD);
        return MA_OK;
    }
    if (job->call.code != 200) {
        job_refuse(job);
        return MA_OK;
    }
    json_decref(job->current);
    job->current = NULL;
    if (reply_json(&job->call, &job->current, err) != MA_OK)
        return err->status;
    if (job->s->quirks.etags == YES ||
        (job->s->quirks.etags == AUTO && job->s->server.etag))
        snprintf(job->etag, sizeof job->etag, "%s", job->call.etag);
    return write_known(job, err);
}

/* 412: somebody else wrote in between. 400 of an operation on what is not there: with a
 * look at what is there the operations are others. */
static bool look_again(const struct job *job)
{
    return job->call.code == 412 ||
           (job->call.code == 400 && job->current == NULL && !job->s->mapping.graph);
}

static enum ma_status written(struct job *job, struct ma_error *err)
{
    if (job->call.code >= 200 && job->call.code < 300) {
        if (writes_whole(job)) {
            job_succeed(job);
            return MA_OK;
        }
        if (job->rest != NULL) {
            job->etag[0] = '\0'; /* that version is gone by our own hand */
            return job_send_operations(job, JOB_WRITE, json_incref(job->rest), err);
        }
        return job_begin_links(job, err);
    }
    if (job_lags(job, NULL, 0))
        return MA_OK;
    if (job->call.code == 404) {
        job->result.error_type = "cd-missing-object";
        job_done(job, MA_UPDATE_TO_ADD);
        return MA_OK;
    }
    if (look_again(job) && ++job->again < TRIES)
        return read_current(job, err);
    job_refuse(job);
    return MA_OK;
}

static enum ma_status update(struct job *job, struct ma_error *err)
{
    if (job->entry->anchor.length == 0) {
        job_fail(job, "missing-anchor-component", "the object has no id yet");
        return MA_OK;
    }
    if (body_needs_current(job->s, job->class, job->entry))
        return read_current(job, err);
    return job->s->mapping.graph ? job_write_properties(job, err)
                                 : write_direct(job, err);
}

/* --- delete ----------------------------------------------------------------------- */

static enum ma_status delete_it(struct job *job, struct ma_error *err)
{
    json_t *operation;

    if (job->s->quirks.deleting == DELETE_REALLY || mapping_disables(job->class) == NULL)
        return job_send_body(job, JOB_DELETE, HTTP_DELETE, NULL, err);
    if (job->s->mapping.graph)
        return job_disable(job, err);
    operation = json_pack("[{s:s, s:s, s:o}]", "op", "replace", "path", "active", "value",
                          job->s->quirks.booleans == BOOLEAN_TEXT ? json_string("False")
                                                                  : json_false());
    return job_send_operations(job, JOB_DELETE, operation, err);
}

static enum ma_status deleted(struct job *job, struct ma_error *err)
{
    struct id *id = ids_find(&job->s->ids, job->id);

    if ((job->call.code < 200 || job->call.code >= 300) && job->call.code != 404 &&
        job->call.code != 410) {
        job_refuse(job);
        return MA_OK;
    }
    if (id != NULL)
        id->flags |= ID_GONE;
    if (job->call.method == HTTP_PATCH && job->call.code < 300 &&
        ids_disabled(job->s->host->folder(job->s->host), job->id, err) != MA_OK)
        return err->status;
    if (job->entry->change == MA_DELETE_ADD)
        return job_post(job, err);
    job_succeed(job);
    return MA_OK;
}

/* --- all of them ------------------------------------------------------------------ */

/* A reference to what is not there yet is for a later pass. */
static bool lacks_reference(struct job *job)
{
    for (size_t i = 0; i < job->entry->count; i++) {
        const struct ma_attribute *a = &job->entry->attributes[i];
        const struct mapped *mapped = mapping_attribute(job->class, a->name);

        for (size_t v = 0; mapped != NULL && mapped->type == MA_REFERENCE && v < a->count;
             v++) {
            char text[500];

            if (refs_id(job->s, a->values[v].data) != NULL)
                continue;
            snprintf(text, sizeof text, "%s: %s is not there", a->name,
                     a->values[v].data);
            job->result.error_type = "dn-attributes-failure";
            job->result.error_literal = pool_text(job->pool, text, strlen(text));
            job_done(job, MA_RETRY_LATER);
            return true;
        }
    }
    return false;
}

/* The object comes from a directory of its own: then the attribute is changed there. */
static bool is_mastered(struct job *job)
{
    const struct id *id = ids_find(&job->s->ids, job->id);

    if (!job->s->mapping.graph || id == NULL || (id->flags & ID_SYNCED) == 0)
        return false;
    for (size_t i = 0; i < job->entry->count; i++)
        if (refuse_mastered(job->class, &job->entry->attributes[i], &job->problem)) {
            job_fail_problem(job);
            return true;
        }
    return false;
}

/* Whether nothing of the class can be written, by our own word or that of the service. */
static bool is_closed(struct job *job)
{
    if (refuse_class(job->class, &job->problem))
        job_fail_problem(job);
    else if (job->s->server.types_known && !server_has(job->s, job->class))
        job_fail(job, "no-export-to-this-object-type",
                 "the service has no such resources");
    return job->phase == JOB_DONE;
}

enum ma_status job_begin(struct job *job, struct session *s, const struct ma_entry *entry,
                         struct pool *pool, struct ma_error *err)
{
    *job = (struct job){.s = s, .entry = entry, .pool = pool};
    job->class = mapping_class(&s->mapping, entry->object_type);
    if (is_closed(job))
        return MA_OK;
    job->id = mapping_id(job->class, entry->anchor, pool);
    if (entry->change != MA_DELETE && lacks_reference(job))
        return MA_OK;
    if (entry->change == MA_ADD)
        return job_post(job, err);
    if (entry->change == MA_DELETE || entry->change == MA_DELETE_ADD)
        return delete_it(job, err);
    return is_mastered(job) ? MA_OK : update(job, err);
}

static enum ma_status (*const steps[])(struct job *, struct ma_error *) = {
    [JOB_RESTORE] = job_restored,
    [JOB_POST] = job_posted,
    [JOB_GET] = got,
    [JOB_WRITE] = written,
    [JOB_MEMBERS] = job_members_answered,
    [JOB_DELETE] = deleted,
    [JOB_LINK] = job_linked,
    [JOB_LEAVE] = job_unbound,
};

/* What the service says to one request, and means for all. */
static enum ma_status concerns_all(const struct http_call *call, struct ma_error *err)
{
    if (call->status != MA_OK && !(call->uncertain && call->once))
        return ma_fail(err, call->status, "%s", call->text);
    return call->code == 401 ? session_refused(call, err) : MA_OK;
}

enum ma_status job_finish(struct job *job, struct http_call *call, struct ma_error *err)
{
    enum ma_status status = http_finish(job->s->http, call, err);

    return status == MA_OK ? concerns_all(call, err) : status;
}

enum ma_status job_step(struct job *job, struct ma_error *err)
{
    if (job->phase != JOB_LEAVE && job_finish(job, &job->call, err) != MA_OK)
        return err->status;
    return steps[job->phase](job, err);
}

enum ma_status job_go_on(struct job *job, struct ma_error *err)
{
    return job->wave == WAVE_MANAGERS ? job_begin_links(job, err)
                                      : job_begin_members(job, err);
}
