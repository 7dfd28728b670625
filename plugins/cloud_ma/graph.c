/* SPDX-License-Identifier: Apache-2.0 */
#include "graph.h"

#include <stdlib.h>

#include "body.h"
#include "entry.h"
#include "fetch.h"
#include "listing.h"
#include "reply.h"
#include "url.h"

/* --- members ---------------------------------------------------------------------- */

/* Of a large group the ids alone are kept, not what else is said of each. */
static bool keep_ids(json_t *all, const json_t *items)
{
    json_t *item;
    size_t i;

    json_array_foreach(items, i, item)
    {
        const char *id = member_text(item, "id");

        if (id != NULL && json_array_append_new(all, json_string(id)) != 0)
            return false;
    }
    return true;
}

static enum ma_status members_of(struct session *s, const struct mapped_class *class,
                                 const char *attribute, json_t *group,
                                 struct ma_error *err)
{
    struct listing listing;
    struct bytes path = {0};
    json_t *all = json_array();
    json_t *page;
    enum ma_status status;

    bytes_char(&path, '/');
    url_escape(&path, member_text(group, "id"), strlen(member_text(group, "id")));
    bytes_char(&path, '/');
    bytes_text(&path, attribute);
    listing_begin(&listing, s, class, NULL);
    listing.path = path.at;
    listing.attributes = "id";
    listing.count = 999;
    while ((status = path.failed ? ma_fail(err, MA_NO_MEMORY, "out of memory")
                                 : listing_next(&listing, &page, err)) == MA_OK &&
           page != NULL) {
        bool kept = keep_ids(all, listing_items(&listing, page));

        listing_drop(&listing, page);
        if (!kept) {
            status = ma_fail(err, MA_NO_MEMORY, "out of memory");
            break;
        }
    }
    listing_end(&listing);
    bytes_free(&path);
    if (status != MA_OK)
        json_decref(all);
    else if (json_object_set_new(group, attribute, all) != 0)
        status = ma_fail(err, MA_NO_MEMORY, "out of memory");
    return status;
}

enum ma_status graph_members(struct session *s, const struct mapped_class *class,
                             json_t *items, struct ma_error *err)
{
    const struct mapped *list = body_member_attribute(class);
    json_t *group;
    size_t i;

    if (list == NULL)
        return MA_OK;
    json_array_foreach(items, i, group)
    {
        if (member_text(group, "id") == NULL)
            continue;
        if (members_of(s, class, list->path.attribute, group, err) == MA_OK)
            continue;
        if (err->status != MA_NOT_FOUND) /* it went while we were reading */
            return err->status;
    }
    return MA_OK;
}

/* --- rounds ----------------------------------------------------------------------- */

/* The properties, and the links that a round tells about. */
static void put_delta_select(const struct mapped_class *class, struct bytes *query)
{
    bytes_text(query, "/delta?$select=");
    url_escape(query, class->select, strlen(class->select));
    for (size_t i = 0; i < class->count; i++)
        if (class->attributes[i].members || class->attributes[i].link) {
            bytes_char(query, ',');
            bytes_text(query, class->attributes[i].path.attribute);
        }
}

static enum ma_status keep_link(const struct session *s, const json_t *page, char **link,
                                struct ma_error *err)
{
    const char *text = member_text(page, "@odata.deltaLink");

    if (text == NULL)
        return ma_fail(err, MA_UNEXPECTED,
                       "the round of changes ended without a deltaLink");
    if (!url_same_host(text, s->base))
        return ma_fail(err, MA_UNEXPECTED, "the deltaLink is on another host: %s", text);
    free(*link);
    *link = strdup(text);
    return *link == NULL ? ma_fail(err, MA_NO_MEMORY, "out of memory") : MA_OK;
}

enum ma_status graph_now(struct session *s, const struct mapped_class *class, char **link,
                         struct ma_error *err)
{
    struct bytes query = {0};
    json_t *page = NULL;
    enum ma_status status;

    *link = NULL;
    put_delta_select(class, &query);
    bytes_text(&query, "&$deltatoken=latest");
    status = query.failed ? ma_fail(err, MA_NO_MEMORY, "out of memory")
                          : session_get_url(s, session_url(s, class, NULL, query.at),
                                            &page, NULL, err);
    if (status == MA_OK)
        status = keep_link(s, page, link, err);
    bytes_free(&query);
    json_decref(page);
    return status;
}

static bool append(json_t *to, const json_t *from, const char *name)
{
    json_t *old = json_object_get(to, name);
    json_t *new = json_object_get(from, name);

    return new == NULL || old == NULL || json_array_extend(old, new) == 0;
}

/* The last word wins, but slices of members add up. */
static bool gather(json_t *changes, const json_t *item)
{
    const char *id = member_text(item, "id");
    json_t *known = id == NULL ? NULL : json_object_get(changes, id);
    const char *key;
    json_t *value;

    if (id == NULL)
        return true;
    if (known == NULL || json_object_get(item, "@removed") != NULL)
        return json_object_set_new(changes, id, json_deep_copy(item)) == 0;
    (void)json_object_del(known, "@removed"); /* it is back */
    if (!append(known, item, "members@delta"))
        return false;
    json_object_foreach(
        (json_t *)item, key,
        value) if ((strcmp(key, "members@delta") != 0 ||
                    json_object_get(known, key) == NULL) &&
                   json_object_set_new(known, key, json_deep_copy(value)) !=
                       0) return false;
    return true;
}

/* 410, and two words that come with other codes. */
static bool is_forgotten(const struct http_call *call)
{
    struct refusal why;

    reply_refusal(call, &why);
    return call->code == 410 || strcasecmp(why.kind, "syncStateNotFound") == 0 ||
           strcasecmp(why.kind, "resyncRequired") == 0;
}

static enum ma_status page_at(struct session *s, const char *url, json_t **page,
                              struct ma_error *err)
{
    struct http_call call = {.method = HTTP_GET, .url = url};
    enum ma_status status = http_do(s->http, &call, err);

    if (status == MA_OK && call.code == 200)
        status = reply_json(&call, page, err);
    else if (status == MA_OK && is_forgotten(&call))
        status = ma_fail(err, MA_FULL_NEEDED,
                         "the service does not remember the last import any more");
    else if (status == MA_OK)
        status = session_refused(&call, err);
    http_release(s->http, &call);
    return status;
}

static enum ma_status take_round_page(json_t *changes, const json_t *page,
                                      struct ma_error *err)
{
    json_t *item;
    size_t i;

    if (!json_is_array(member(page, "value")))
        return ma_fail(err, MA_UNEXPECTED, "a page of changes has no 'value'");
    json_array_foreach(member(page, "value"), i,
                       item) if (!gather(changes, item)) return ma_fail(err, MA_NO_MEMORY,
                                                                        "out of memory");
    return MA_OK;
}

enum ma_status graph_round(struct session *s, char **link, json_t **out,
                           struct ma_error *err)
{
    json_t *changes = json_object();
    struct bytes links = {0};
    char *url = strdup(*link);
    enum ma_status status = MA_OK;

    while (status == MA_OK && url != NULL) {
        json_t *page = NULL;
        const char *next;

        status = page_at(s, url, &page, err);
        next = member_text(page, "@odata.nextLink");
        if (status == MA_OK)
            status = take_round_page(changes, page, err);
        if (status == MA_OK && next != NULL)
            status = listing_follow(&links, s->base, url, next, err);
        if (status == MA_OK && next == NULL)
            status = keep_link(s, page, link, err);
        free(url);
        url = status == MA_OK && next != NULL ? strdup(next) : NULL;
        json_decref(page);
    }
    free(url);
    bytes_free(&links);
    if (status == MA_OK)
        *out = changes;
    else
        json_decref(changes);
    return status;
}

/* --- a change as an entry --------------------------------------------------------- */

/* Ids with the last that was said of each: there, or removed. */
static json_t *last_words(const json_t *links)
{
    json_t *set = json_object();
    json_t *link;
    size_t i;

    json_array_foreach(links, i, link) if (member_text(link, "id") != NULL)(void)
        json_object_set_new(set, member_text(link, "id"),
                            json_boolean(member(link, "@removed") == NULL));
    return set;
}

static enum ma_status put_links(struct session *s, const struct mapped *mapped,
                                const json_t *links, struct pool *pool,
                                struct ma_attribute *out, struct ma_error *err)
{
    json_t *set = last_words(links);
    size_t most = json_object_size(set);
    struct ma_value *added = pool_alloc(pool, (most + 1) * sizeof *added);
    struct ma_value *gone = pool_alloc(pool, (most + 1) * sizeof *gone);
    enum ma_status status = MA_OK;
    const char *id, *dn;
    json_t *there;

    *out = (struct ma_attribute){.name = mapped->name,
                                 .op = mapped->members ? MA_VALUES : MA_SET,
                                 .type = MA_REFERENCE,
                                 .values = added,
                                 .removed = gone};
    json_object_foreach(set, id, there)
    {
        if (status == MA_OK && added != NULL && gone != NULL)
            status = fetch_dn(s, id, &dn, err);
        if (status != MA_OK || dn == NULL)
            continue;
        if (json_is_true(there))
            added[out->count++] = ma_value_of(dn);
        else if (mapped->members)
            gone[out->removed_count++] = ma_value_of(dn);
    }
    json_decref(set);
    return status;
}

static bool is_wanted(const char *const *attributes, const char *name)
{
    for (; attributes != NULL && *attributes != NULL; attributes++)
        if (strcasecmp(*attributes, name) == 0)
            return true;
    return attributes == NULL;
}

/* Its key in a change; NULL: nothing is said of it. */
static const json_t *said(const struct mapped *mapped, const json_t *change, bool *links)
{
    char key[128];

    *links = mapped->members || mapped->link;
    snprintf(key, sizeof key, "%s%s", mapped->path.attribute, *links ? "@delta" : "");
    return json_object_get(change, key);
}

enum ma_status graph_entry(struct session *s, const struct mapped_class *class,
                           const json_t *change, const char *const *attributes,
                           struct pool *pool, struct ma_entry *out, struct ma_error *err)
{
    struct ma_attribute *list = pool_alloc(pool, (class->count + 1) * sizeof *list);

    out->change = json_object_get(change, "@removed") == NULL ? MA_MODIFY : MA_DELETE;
    out->attributes = list;
    if (list == NULL)
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    for (size_t i = 0; i < class->count && out->change == MA_MODIFY; i++) {
        const struct mapped *mapped = &class->attributes[i];
        bool links;
        const json_t *value = said(mapped, change, &links);
        enum ma_status status;

        if (value == NULL || mapped->write_only || !is_wanted(attributes, mapped->name))
            continue;
        status = links ? put_links(s, mapped, value, pool, &list[out->count], err)
                       : entry_attribute(mapped, change, fetch_dn, s, pool,
                                         &list[out->count], err);
        if (status != MA_OK)
            return status;
        out->count++;
    }
    return pool->failed ? ma_fail(err, MA_NO_MEMORY, "out of memory") : MA_OK;
}
