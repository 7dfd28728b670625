/* SPDX-License-Identifier: Apache-2.0 */
#include "refs.h"

#include <stdlib.h>

#include "fetch.h"
#include "listing.h"
#include "reply.h"

enum { FEW = 16 }; /* more than so many are found by reading all ids */

/* --- by a filter ------------------------------------------------------------------ */

/* attribute eq "value", as RFC 7644 3.4.2.2 quotes it; OData: 'value'. */
static char *equals(const struct session *s, const struct path *path, const char *value)
{
    struct bytes text = {0};
    char quote = s->mapping.graph ? '\'' : '"';

    bytes_text(&text, path->whole);
    if (path->filter_name == NULL && path->sub != NULL) {
        bytes_char(&text, '.');
        bytes_text(&text, path->sub);
    }
    bytes_text(&text, " eq ");
    bytes_char(&text, quote);
    for (; *value != '\0'; value++) {
        if (s->mapping.graph ? *value == quote : strchr("\"\\", *value) != NULL)
            bytes_char(&text, s->mapping.graph ? quote : '\\');
        bytes_char(&text, *value);
    }
    bytes_char(&text, quote);
    if (text.failed)
        bytes_free(&text);
    return text.at;
}

static bool has_value(const struct path *path, const json_t *resource, const char *value)
{
    json_t *values = path_get(path, resource);
    bool found = false;
    json_t *item;
    size_t i;

    json_array_foreach(values, i, item) found |=
        json_is_string(item) && strcasecmp(json_string_value(item), value) == 0;
    json_decref(values);
    return found;
}

static enum ma_status first_with(struct listing *listing, const struct path *path,
                                 const char *value, json_t **out, struct ma_error *err)
{
    json_t *page, *resource;
    enum ma_status status = listing_next(listing, &page, err);
    size_t i;

    if (status != MA_OK || page == NULL)
        return status;
    json_array_foreach(
        listing_items(listing, page), i,
        resource) if (*out == NULL && member_text(resource, "id") != NULL &&
                      has_value(path, resource, value)) *out = json_incref(resource);
    json_decref(page);
    return MA_OK;
}

/* A server that cannot filter by this is asked no more of that kind. */
static enum ma_status by_filter(struct session *s, const struct mapped_class *class,
                                const struct path *path, const char *value, json_t **out,
                                struct ma_error *err)
{
    struct listing listing;
    char *filter = equals(s, path, value);
    enum ma_status status;

    *out = NULL;
    if (filter == NULL)
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    listing_begin(&listing, s, class, NULL);
    listing.filter = filter;
    listing.count = 10;
    listing.probe = true;
    status = first_with(&listing, path, value, out, err);
    if (listing_code(&listing) >= 400 && listing_code(&listing) != 401 &&
        status != MA_OK) {
        s->host->log(s->host, MA_LOG_DEBUG, "%s", err->text);
        status = err->status = MA_OK;
    }
    listing_end(&listing);
    free(filter);
    return status;
}

/* --- the ids of all --------------------------------------------------------------- */

/* What the last import left is a beginning; references that it does not know are looked
 * for. */
static enum ma_status load(struct session *s, struct ma_error *err)
{
    char generation[64];
    const char *folder = s->host->folder(s->host);

    if (s->ids_loaded)
        return MA_OK;
    s->ids_loaded = true;
    ids_index_dns(&s->ids);
    if (!ids_newest(folder, generation, sizeof generation) ||
        ids_load(&s->ids, folder, generation, ID_KNOWN, err) == MA_OK ||
        err->status == MA_NOT_FOUND)
        err->status = MA_OK;
    return err->status;
}

static enum ma_status scan(struct session *s, struct ma_error *err)
{
    if (s->ids_scanned)
        return MA_OK;
    s->ids_scanned = true;
    for (size_t i = 0; i < s->mapping.count; i++) {
        if (s->server.types_known && !server_has(s, &s->mapping.classes[i]))
            continue;
        if (fetch_ids(s, &s->mapping.classes[i], ID_LISTED, err) != MA_OK &&
            !session_lacks(err->status))
            return err->status;
        err->status =
            MA_OK; /* what is missing in the listing will be said to be missing */
    }
    return MA_OK;
}

const char *refs_id(const struct session *s, const char *dn)
{
    struct id *found = ids_by_dn(&s->ids, dn);

    if (found != NULL)
        return found->id;
    for (size_t i = 0; i < s->mapping.count; i++)
        if (s->mapping.classes[i].dn_is_id && s->mapping.classes[i].dn_form == DN_PLAIN)
            return dn;
    return NULL;
}

static enum ma_status find_dn(struct session *s, const char *dn, struct ma_error *err)
{
    struct pool pool = {0};
    enum ma_status status = MA_OK;

    for (size_t i = 0; i < s->mapping.count && status == MA_OK; i++) {
        const struct mapped_class *class = &s->mapping.classes[i];
        const char *value = mapping_of_dn(class, dn, &pool);
        json_t *found = NULL;

        if (value == NULL || class->dn_is_id ||
            (s->server.types_known && !server_has(s, class)))
            continue;
        status = by_filter(s, class, &class->dn_path, value, &found, err);
        if (found != NULL)
            (void)ids_put(&s->ids, class_number(s, class), member_text(found, "id"), dn);
        json_decref(found);
        if (found != NULL)
            break;
    }
    pool_free(&pool);
    return s->ids.failed ? ma_fail(err, MA_NO_MEMORY, "out of memory") : status;
}

/* --- what is referred to ---------------------------------------------------------- */

struct list {
    const char **items;
    size_t count;
    size_t capacity;
    bool failed;
};

static void add_unknown(const struct session *s, struct list *list,
                        const struct ma_value *values, size_t count)
{
    for (size_t i = 0; i < count && !list->failed; i++) {
        if (refs_id(s, values[i].data) != NULL)
            continue;
        if (list->count == list->capacity) {
            size_t capacity = list->capacity == 0 ? 64 : list->capacity * 2;
            const char **items = realloc(list->items, capacity * sizeof *items);

            if (items == NULL) {
                list->failed = true;
                return;
            }
            list->items = items;
            list->capacity = capacity;
        }
        list->items[list->count++] = values[i].data;
    }
}

static void collect(const struct session *s, struct list *list,
                    const struct ma_entry *entry)
{
    const struct mapped_class *class = mapping_class(&s->mapping, entry->object_type);

    for (size_t i = 0; class != NULL && i < entry->count; i++) {
        const struct ma_attribute *a = &entry->attributes[i];
        const struct mapped *mapped = mapping_attribute(class, a->name);

        if (mapped == NULL || mapped->type != MA_REFERENCE)
            continue;
        add_unknown(s, list, a->values, a->count);
        add_unknown(s, list, a->removed, a->removed_count);
    }
}

static enum ma_status find_all(struct session *s, const struct list *list,
                               struct ma_error *err)
{
    bool left = list->count > 0;

    if (list->count <= FEW && s->quirks.filters != NO)
        for (size_t i = left = 0; i < list->count; i++) {
            if (refs_id(s, list->items[i]) == NULL &&
                find_dn(s, list->items[i], err) != MA_OK)
                return err->status;
            left |= refs_id(s, list->items[i]) == NULL;
        }
    return left ? scan(s, err) : MA_OK;
}

enum ma_status refs_prepare(struct session *s, const struct ma_entry *const *entries,
                            size_t count, struct ma_error *err)
{
    struct list list = {0};
    enum ma_status status = load(s, err);

    for (size_t i = 0; i < count && status == MA_OK; i++)
        collect(s, &list, entries[i]);
    if (list.failed)
        status = ma_fail(err, MA_NO_MEMORY, "out of memory");
    if (status == MA_OK)
        status = find_all(s, &list, err);
    free(list.items);
    return status;
}

/* --- what is there already -------------------------------------------------------- */

enum ma_status refs_existing(struct session *s, const struct mapped_class *class,
                             const json_t *resource, const char *dn, struct pool *pool,
                             const char **id, struct ma_error *err)
{
    *id = NULL;
    for (size_t i = 0; i < class->unique_count && *id == NULL; i++) {
        json_t *values = path_get(&class->unique[i], resource);
        const char *value = json_string_value(json_array_get(values, 0));
        enum ma_status status = MA_OK;
        json_t *found = NULL;

        if (value != NULL)
            status = by_filter(s, class, &class->unique[i], value, &found, err);
        if (found != NULL)
            *id = pool_text(pool, member_text(found, "id"),
                            strlen(member_text(found, "id")));
        json_decref(found);
        json_decref(values);
        if (status != MA_OK)
            return status;
    }
    if (*id == NULL && dn != NULL && !class->dn_is_id) {
        s->ids_scanned = false; /* it may have come since */
        if (scan(s, err) != MA_OK)
            return err->status;
        *id = refs_id(s, dn);
    }
    return MA_OK;
}
