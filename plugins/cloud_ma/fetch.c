/* SPDX-License-Identifier: Apache-2.0 */
#include "fetch.h"

#include <stdlib.h>

#include "layout.h"
#include "listing.h"
#include "reply.h"

enum { AT_ONCE = 160, NO_CLASS = 255 };

unsigned char class_number(const struct session *s, const struct mapped_class *class)
{
    return (unsigned char)(class - s->mapping.classes);
}

/* --- one by one ------------------------------------------------------------------- */

static enum ma_status take(struct http_call *call, json_t **out, struct ma_error *err)
{
    enum ma_status status;

    *out = NULL;
    if (call->status != MA_OK)
        return ma_fail(err, call->status, "%s", call->text);
    if (call->code == 200)
        return reply_json(call, out, err);
    status = session_refused(call, err);
    return status == MA_NOT_FOUND ? MA_OK : status;
}

static enum ma_status fetch_some(struct session *s, const struct wanted *wanted,
                                 size_t count, fetch_each *each, void *context,
                                 struct ma_error *err)
{
    struct http_call calls[AT_ONCE] = {0};
    char *urls[AT_ONCE] = {0};
    enum ma_status status = MA_OK;
    json_t *resource;

    for (size_t i = 0; i < count && status == MA_OK; i++) {
        urls[i] =
            session_object_url(s, &s->mapping.classes[wanted[i].class], wanted[i].id);
        calls[i].url = urls[i];
        calls[i].accept = "application/scim+json, application/json";
        calls[i].batch = s->mapping.graph;
        if (urls[i] == NULL)
            status = ma_fail(err, MA_NO_MEMORY, "out of memory");
        else
            http_start(s->http, &calls[i]);
    }
    for (size_t i = 0; i < count && status == MA_OK; i++) {
        status = http_finish(s->http, &calls[i], err);
        resource = NULL;
        if (status == MA_OK)
            status = take(&calls[i], &resource, err);
        if (status == MA_OK)
            status = each(context, &s->mapping.classes[wanted[i].class], wanted[i].id,
                          resource, err);
        json_decref(resource);
    }
    for (size_t i = 0; i < count; i++) {
        http_release(s->http, &calls[i]);
        free(urls[i]);
    }
    return status;
}

enum ma_status fetch_all(struct session *s, const struct wanted *wanted, size_t count,
                         fetch_each *each, void *context, struct ma_error *err)
{
    enum ma_status status = MA_OK;

    for (size_t i = 0; i < count && status == MA_OK; i += AT_ONCE)
        status = fetch_some(s, wanted + i, count - i < AT_ONCE ? count - i : AT_ONCE,
                            each, context, err);
    return status;
}

/* --- an id somebody refers to ----------------------------------------------------- */

static enum ma_status remember(void *context, const struct mapped_class *class,
                               const char *id, json_t *resource, struct ma_error *err)
{
    struct session *s = context;
    struct pool pool = {0};
    const char *dn = resource == NULL ? NULL : mapping_dn(class, resource, &pool);

    if (dn != NULL && ids_put(&s->ids, class_number(s, class), id, dn) == NULL)
        (void)ma_fail(err, MA_NO_MEMORY, "out of memory");
    pool_free(&pool);
    return s->ids.failed ? MA_NO_MEMORY : MA_OK;
}

static enum ma_status look_up(struct session *s, const char *id, struct ma_error *err)
{
    for (size_t i = 0; i < s->mapping.count; i++) {
        const struct wanted wanted = {.class = (unsigned char)i, .id = id};
        enum ma_status status = fetch_all(s, &wanted, 1, remember, s, err);
        struct id *found = ids_find(&s->ids, id);

        if (status != MA_OK || (found != NULL && found->dn[0] != '\0'))
            return status;
    }
    return MA_OK;
}

enum ma_status fetch_dn(void *context, const char *id, const char **dn,
                        struct ma_error *err)
{
    struct session *s = context;
    struct id *found = ids_find(&s->ids, id);

    *dn = NULL;
    if (found == NULL || (found->dn[0] == '\0' && (found->flags & ID_GONE) == 0)) {
        if (look_up(s, id, err) != MA_OK)
            return err->status;
        found = ids_find(&s->ids, id);
    }
    if (found == NULL && (found = ids_put(&s->ids, NO_CLASS, id, NULL)) == NULL)
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    if (found->dn[0] == '\0')
        found->flags |= ID_GONE;
    if ((found->flags & ID_GONE) != 0)
        s->host->log(s->host, MA_LOG_DEBUG, "a reference to %s, which is not there", id);
    else
        *dn = found->dn; /* what the table has once said stays where it is */
    return MA_OK;
}

/* --- all ids ---------------------------------------------------------------------- */

static enum ma_status take_ids(struct session *s, const struct mapped_class *class,
                               const json_t *items, unsigned char flags, size_t *fresh,
                               struct ma_error *err)
{
    struct layouts read = {0};
    struct pool pool = {0};
    json_t *resource;
    size_t i;

    json_array_foreach(items, i, resource)
    {
        const char *id;
        struct id *put;

        pool.failed |= !layouts_read(&read, class, resource);
        if (pool.failed)
            break;
        id = json_string_value(layouts_own(&read, LAYOUT_ID));
        if (id == NULL)
            continue;
        put = ids_put(&s->ids, class_number(s, class), id,
                      mapping_dn_of(class, layouts_own(&read, LAYOUT_DN), id, &pool));
        if (put == NULL || pool.failed)
            break;
        *fresh += (put->flags & flags) == 0;
        put->flags |= flags;
    }
    s->ids.failed |= pool.failed;
    pool_free(&pool);
    layouts_free(&read);
    return s->ids.failed ? ma_fail(err, MA_NO_MEMORY, "out of memory") : MA_OK;
}

enum ma_status fetch_ids(struct session *s, const struct mapped_class *class,
                         unsigned char flags, struct ma_error *err)
{
    struct listing listing;
    char attributes[600];
    size_t distinct = 0, fresh;
    enum ma_status status;
    json_t *page;

    listing_begin(&listing, s, class, NULL);
    snprintf(attributes, sizeof attributes, "id,%s", class->dn_path.whole);
    listing.attributes = class->dn_is_id ? "id" : attributes;
    listing.eager = true;
    while ((status = listing_next(&listing, &page, err)) == MA_OK && page != NULL) {
        fresh = 0;
        status = take_ids(s, class, listing_items(&listing, page), flags, &fresh, err);
        listing_drop(&listing, page);
        if (status != MA_OK)
            break;
        distinct += fresh;
        if (fresh == 0)
            listing_stuck(&listing);
    }
    if (status == MA_OK)
        status = listing_check(&listing, distinct, err);
    listing_end(&listing);
    return status;
}
