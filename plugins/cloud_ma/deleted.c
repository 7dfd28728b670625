/* SPDX-License-Identifier: Apache-2.0 */
#include "deleted.h"

#include "listing.h"
#include "reply.h"
#include "url.h"

/* What Graph can restore, by the endpoint of its class. */
static const struct {
    const char *endpoint;
    const char *path;
} kinds[] = {
    {"/users", "/directory/deletedItems/microsoft.graph.user"},
    {"/groups", "/directory/deletedItems/microsoft.graph.group"},
};

static const char *path_of(const struct mapped_class *class)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(kinds[i].endpoint, class->endpoint) == 0)
            return kinds[i].path;
    return NULL;
}

static enum ma_status read_all(struct session *s, const struct mapped_class *class,
                               json_t *all, struct ma_error *err)
{
    struct mapped_class at = *class;
    struct bytes select = {0};
    struct listing listing;
    enum ma_status status;
    json_t *page;

    at.endpoint = path_of(class);
    bytes_text(&select, "id,deletedDateTime");
    for (size_t i = 0; i < class->restore_count; i++) {
        bytes_char(&select, ',');
        bytes_text(&select, class->restore[i].attribute);
    }
    listing_begin(&listing, s, &at, NULL);
    listing.attributes = select.at;
    while ((status = select.failed ? ma_fail(err, MA_NO_MEMORY, "out of memory")
                                   : listing_next(&listing, &page, err)) == MA_OK &&
           page != NULL) {
        (void)json_array_extend(all, listing_items(&listing, page));
        json_decref(page);
    }
    listing_end(&listing);
    bytes_free(&select);
    return status;
}

/* Without the right to see them nothing is restored. */
static enum ma_status list_of(struct session *s, const struct mapped_class *class,
                              json_t **out, struct ma_error *err)
{
    if (s->deleted == NULL)
        s->deleted = json_object();
    *out = json_object_get(s->deleted, class->name);
    if (*out != NULL)
        return MA_OK;
    *out = json_array();
    if (json_object_set_new(s->deleted, class->name, *out) != 0)
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    if (read_all(s, class, *out, err) == MA_OK)
        return MA_OK;
    if (err->status != MA_DENIED && !session_lacks(err->status))
        return err->status;
    s->host->log(s->host, MA_LOG_WARNING,
                 "what was deleted cannot be restored, and is made anew: %s", err->text);
    err->status = MA_OK;
    return MA_OK;
}

static bool is_same(const struct path *path, const json_t *one, const json_t *other)
{
    json_t *a = path_get(path, one);
    json_t *b = path_get(path, other);
    const char *x = json_string_value(json_array_get(a, 0));
    const char *y = json_string_value(json_array_get(b, 0));
    bool same = x != NULL && y != NULL && strcmp(x, y) == 0;

    json_decref(a);
    json_decref(b);
    return same;
}

static bool is_any(const struct mapped_class *class, const json_t *one,
                   const json_t *resource)
{
    for (size_t i = 0; i < class->restore_count; i++)
        if (is_same(&class->restore[i], one, resource))
            return true;
    return false;
}

/* Times of Graph sort as texts. */
static bool went_later(const json_t *one, const json_t *other)
{
    const char *a = member_text(one, "deletedDateTime");
    const char *b = member_text(other, "deletedDateTime");

    return other == NULL || (a != NULL && (b == NULL || strcmp(a, b) > 0));
}

enum ma_status deleted_find(struct session *s, const struct mapped_class *class,
                            const json_t *resource, struct pool *pool, const char **id,
                            struct ma_error *err)
{
    json_t *list, *one, *last = NULL;
    size_t i;

    *id = NULL;
    if (s->quirks.restore == RESTORE_NO || class->restore_count == 0 ||
        path_of(class) == NULL)
        return MA_OK;
    if (list_of(s, class, &list, err) != MA_OK)
        return err->status;
    json_array_foreach(list, i, one)
    {
        if (member_text(one, "id") != NULL && is_any(class, one, resource) &&
            went_later(one, last))
            last = one;
    }
    if (last != NULL)
        *id = pool_text(pool, member_text(last, "id"), strlen(member_text(last, "id")));
    return MA_OK;
}
