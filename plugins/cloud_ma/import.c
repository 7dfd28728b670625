/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Imports. SCIM has neither deltas nor a word for "this listing was complete", so both
 * are made here. What an earlier import showed and a listing does not show is asked for,
 * one by one, before it counts as gone.
 */

#include "import.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "entry.h"
#include "fetch.h"
#include "graph.h"
#include "listing.h"
#include "reply.h"

#define PART "part"

/* --- one resource --------------------------------------------------------------------
 */

static enum ma_status note(struct import *im, const struct id *id, struct ma_error *err)
{
    if (im->page_count == im->page_capacity) {
        size_t capacity = im->page_capacity == 0 ? 512 : im->page_capacity * 2;
        size_t *page = realloc(im->page, capacity * sizeof *page);

        if (page == NULL)
            return ma_fail(err, MA_NO_MEMORY, "out of memory");
        im->page = page;
        im->page_capacity = capacity;
    }
    im->page[im->page_count++] = (size_t)(id - im->s->ids.items);
    return MA_OK;
}

static enum ma_status reject(struct import *im, const struct ma_entry *entry,
                             const struct entry_problem *problem, struct ma_error *err)
{
    const struct ma_rejection rejection = {.size = sizeof rejection,
                                           .type = problem->type,
                                           .dn = entry->dn,
                                           .attribute = problem->attribute,
                                           .text = problem->text};

    return im->s->host->reject(im->s->host, &rejection, err);
}

static enum ma_status give(struct import *im, const struct mapped_class *class,
                           const json_t *resource, struct ma_error *err)
{
    struct session *s = im->s;
    struct entry_problem problem = {0};
    struct ma_entry entry;
    enum ma_status status =
        entry_of_resource(&s->mapping, class, resource, im->req->attributes, fetch_dn, s,
                          &im->pool, &entry, &problem, err);

    if (status == MA_OK)
        return s->host->emit(s->host, &entry, err);
    return problem.type != NULL ? reject(im, &entry, &problem, err) : status;
}

/* We disabled it instead of deleting it, and nobody has enabled it since. */
static bool is_as_deleted(const struct id *id, const json_t *resource)
{
    const json_t *active = member(resource, "active");

    return (id->flags & ID_DISABLED) != 0 &&
           (json_is_false(active) ||
            (json_is_string(active) &&
             strcasecmp(json_string_value(active), "false") == 0));
}

void import_synced(struct id *id, const json_t *resource)
{
    const json_t *synced = json_object_get(resource, "onPremisesSyncEnabled");

    if (json_is_true(synced))
        id->flags |= ID_SYNCED;
    else if (synced != NULL)
        id->flags &= (unsigned char)~ID_SYNCED;
}

/* What was given already, by another page of the same listing, is passed over. */
static enum ma_status take(struct import *im, const struct mapped_class *class,
                           const json_t *resource, size_t *fresh, struct ma_error *err)
{
    static const struct entry_problem nameless = {.type = "missing-anchor-component",
                                                  .text = "a resource without an id"};
    struct session *s = im->s;
    const char *id = member_text(resource, "id");
    struct id *put;
    size_t number;

    pool_reset(&im->pool);
    if (id == NULL || id[0] == '\0')
        return reject(im, &(struct ma_entry){.dn = NULL}, &nameless, err);
    put = ids_put(&s->ids, class_number(s, class), id,
                  mapping_dn(class, resource, &im->pool));
    if (put == NULL)
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    if ((put->flags & ID_EMITTED) != 0)
        return MA_OK;
    if (is_as_deleted(put, resource)) {
        *fresh += (put->flags & ID_GONE) == 0;
        put->flags |= ID_GONE;
        return MA_OK;
    }
    ++*fresh;
    number =
        (size_t)(put - s->ids.items); /* the table may move while references are read */
    put->flags = (put->flags | ID_EMITTED) & (unsigned char)~ID_GONE;
    import_synced(put, resource);
    if (give(im, class, resource, err) != MA_OK)
        return err->status;
    return note(im, &s->ids.items[number], err);
}

enum ma_status import_found(void *context, const struct mapped_class *class,
                            const char *id, json_t *resource, struct ma_error *err)
{
    struct import *im = context;
    struct id *known = ids_find(&im->s->ids, id);
    size_t fresh = 0;

    if (resource != NULL && im->s->mapping.graph) {
        json_t *items = json_pack("[O]", resource);
        enum ma_status status = graph_members(im->s, class, items, err);

        json_decref(items);
        if (status != MA_OK)
            return status;
    }
    if (resource != NULL)
        return take(im, class, resource, &fresh, err);
    if (known != NULL)
        known->flags |= ID_GONE;
    return MA_OK;
}

/* --- a class -------------------------------------------------------------------------
 */

bool import_selects(const struct import *im, const struct mapped_class *class)
{
    const char *const *types = im->req->object_types;

    if (types == NULL)
        return true;
    for (; *types != NULL; types++)
        if (strcasecmp(*types, class->name) == 0)
            return true;
    return false;
}

bool import_knows_any(const struct import *im, const struct mapped_class *class)
{
    const struct ids *ids = &im->s->ids;
    unsigned char number = class_number(im->s, class);

    for (size_t i = 0; i < ids->count; i++)
        if (ids->items[i].class == number && (ids->items[i].flags & ID_KNOWN) != 0)
            return true;
    return false;
}

/* A class that the server never had may be missing; one that had objects may not. */
static enum ma_status is_missing(const struct import *im,
                                 const struct mapped_class *class, bool *missing,
                                 struct ma_error *err)
{
    *missing = false;
    if (!im->s->server.types_known || server_has(im->s, class))
        return MA_OK;
    if (!class->optional || import_knows_any(im, class))
        return ma_fail(err, MA_INVALID,
                       "%s/ResourceTypes has no '%s', and objects of type '%s' are "
                       "wanted from there",
                       im->s->base, class->endpoint, class->name);
    *missing = true;
    return MA_OK;
}

/* Without ResourceTypes the refusal of the listing says it. */
static enum ma_status forgive(const struct import *im, const struct mapped_class *class,
                              struct ma_error *err)
{
    if (err->status != MA_NOT_FOUND)
        return err->status;
    if (class->optional && !im->s->server.types_known && !import_knows_any(im, class)) {
        im->s->host->log(im->s->host, MA_LOG_INFO, "the service has no %s",
                         class->endpoint);
        return MA_OK;
    }
    err->status = MA_INVALID; /* it is no file of ours that is missing */
    return err->status;
}

static enum ma_status keep_page(struct import *im, const struct listing *listing,
                                struct ma_error *err)
{
    struct session *s = im->s;
    char where[2200], rest[2100];
    enum ma_status status;

    if (!im->req->full) {
        im->page_count = 0;
        return MA_OK;
    }
    listing_where(listing, rest, sizeof rest);
    snprintf(where, sizeof where, "%u %s", (unsigned)class_number(s, listing->class),
             rest);
    status = s->host->checkpoint(s->host, ma_value_of(where), err);
    if (status == MA_OK)
        status = ids_append(&s->ids, s->host->folder(s->host), PART, im->page,
                            im->page_count, err);
    im->page_count = 0;
    return status;
}

static enum ma_status take_page(struct import *im, struct listing *listing, json_t *page,
                                struct ma_error *err)
{
    size_t fresh = 0, i;
    json_t *resource;

    if (im->s->mapping.graph &&
        graph_members(im->s, listing->class, listing_items(listing, page), err) != MA_OK)
        return err->status;
    json_array_foreach(listing_items(listing, page), i, resource)
    {
        if (take(im, listing->class, resource, &fresh, err) != MA_OK)
            return err->status;
        if (i % 32 == 31)
            http_pump(im->s->http); /* the next page comes in meanwhile */
    }
    if (im->date == 0)
        im->date = listing->date;
    if (fresh == 0)
        listing_stuck(listing);
    return keep_page(im, listing, err);
}

/* Those of the class that the listing showed, whether the engine was given them or not.
 */
static size_t shown(const struct import *im, const struct mapped_class *class)
{
    const struct ids *ids = &im->s->ids;
    size_t count = 0;

    for (size_t i = 0; i < ids->count; i++)
        count += ids->items[i].class == class_number(im->s, class) &&
                 (ids->items[i].flags & (ID_EMITTED | ID_DISABLED)) != 0;
    return count;
}

static enum ma_status read_class(struct import *im, const struct mapped_class *class,
                                 const char *filter, const char *where,
                                 struct ma_error *err)
{
    struct listing listing;
    enum ma_status status;
    json_t *page;

    listing_begin(&listing, im->s, class, where);
    listing.filter = filter;
    while ((status = listing_next(&listing, &page, err)) == MA_OK && page != NULL) {
        status = take_page(im, &listing, page, err);
        json_decref(page);
        if (status != MA_OK)
            break;
    }
    if (status == MA_OK && filter == NULL)
        status = listing_check(&listing, shown(im, class), err);
    else if (status != MA_OK)
        status = forgive(im, class, err);
    listing_end(&listing);
    return status;
}

/* --- what concerns all classes -------------------------------------------------------
 */

/* References become DNs, and an object may come before the one that it refers to. */
static bool needs_ids(const struct import *im)
{
    const struct mapping *m = &im->s->mapping;

    for (size_t c = 0; c < m->count; c++)
        for (size_t a = 0; a < m->classes[c].count; a++)
            if (m->classes[c].attributes[a].type == MA_REFERENCE &&
                !m->classes[c].attributes[a].write_only)
                return true;
    return false;
}

enum ma_status import_scan(struct import *im, struct ma_error *err)
{
    struct session *s = im->s;

    for (size_t i = 0; i < s->mapping.count; i++) {
        const struct mapped_class *class = &s->mapping.classes[i];
        bool missing;

        if (is_missing(im, class, &missing, err) != MA_OK)
            return err->status;
        if (!missing && fetch_ids(s, class, ID_LISTED, err) != MA_OK &&
            forgive(im, class, err) != MA_OK)
            return err->status;
    }
    return MA_OK;
}

/* Those with one of `with` and none of `without`, asked for. */
enum ma_status import_ask_for(struct import *im, unsigned char with,
                              unsigned char without, struct ma_error *err)
{
    const struct ids *ids = &im->s->ids;
    struct wanted *list = calloc(ids->count + 1, sizeof *list);
    size_t count = 0;
    enum ma_status status;

    if (list == NULL)
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    for (size_t i = 0; i < ids->count; i++) {
        const struct id *id = &ids->items[i];

        if ((id->flags & with) != 0 && (id->flags & without) == 0 &&
            id->class < im->s->mapping.count &&
            import_selects(im, &im->s->mapping.classes[id->class]))
            list[count++] = (struct wanted){id->class, id->id};
    }
    if (count > 0)
        im->s->host->log(im->s->host, MA_LOG_DEBUG, "%zu objects are asked for by id",
                         count);
    status = fetch_all(im->s, list, count, import_found, im, err);
    free(list);
    return status;
}

enum ma_status import_classes(struct import *im, size_t first, const char *where,
                              const char *filter, struct ma_error *err)
{
    const struct mapping *m = &im->s->mapping;

    for (size_t i = first; i < m->count; i++) {
        bool missing;

        if (is_missing(im, &m->classes[i], &missing, err) != MA_OK)
            return err->status;
        if (!missing && import_selects(im, &m->classes[i]) &&
            read_class(im, &m->classes[i], filter,
                       i == first && where[0] != '\0' ? where : NULL, err) != MA_OK)
            return err->status;
    }
    return MA_OK;
}

/* --- full ----------------------------------------------------------------------------
 */

/* What a run that was killed had given to the engine; first class and place. */
static enum ma_status resume(struct import *im, size_t *class, char *where,
                             size_t capacity, struct ma_error *err)
{
    struct session *s = im->s;
    const char *folder = s->host->folder(s->host);
    char text[2300];
    unsigned number;
    int at = 0;

    *class = 0;
    where[0] = '\0';
    snprintf(text, sizeof text, "%.*s", (int)im->req->checkpoint.length,
             im->req->checkpoint.data == NULL ? "" : im->req->checkpoint.data);
    if (sscanf(text, "%u %n", &number, &at) != 1 || at == 0 || number >= s->mapping.count)
        ids_clean(folder, im->known, NULL);
    else if (ids_load(&s->ids, folder, PART, ID_EMITTED, err) == MA_OK) {
        *class = number;
        snprintf(where, capacity, "%s", text + at);
    } else if (err->status != MA_NOT_FOUND)
        return err->status;
    err->status = MA_OK;
    return MA_OK;
}

/* Changes that happen while all is read are those of the next delta import. */
static enum ma_status begin_rounds(struct import *im, struct ma_error *err)
{
    const struct mapping *m = &im->s->mapping;

    for (size_t i = 0; i < m->count; i++)
        if (import_selects(im, &m->classes[i]) &&
            graph_now(im->s, &m->classes[i], &im->links[i], err) != MA_OK)
            return err->status;
    return MA_OK;
}

/* The ids that the last import left: those that its watermark names. */
static bool has_mark(struct import *im)
{
    char text[64];

    snprintf(text, sizeof text, "%.*s", (int)im->req->watermark.length,
             im->req->watermark.data == NULL ? "" : im->req->watermark.data);
    return sscanf(text, "1 %23s", im->known) == 1;
}

static enum ma_status full(struct import *im, struct ma_error *err)
{
    struct session *s = im->s;
    const char *folder = s->host->folder(s->host);
    char where[2100];
    size_t first;

    (void)mkdir(folder, 0700); /* it is there, or the next file says why not */
    if ((has_mark(im) || ids_newest(folder, im->known, sizeof im->known)) &&
        ids_load(&s->ids, folder, im->known, ID_KNOWN, err) != MA_OK &&
        err->status != MA_NOT_FOUND)
        return err->status;
    if ((s->mapping.graph && begin_rounds(im, err) != MA_OK) ||
        resume(im, &first, where, sizeof where, err) != MA_OK ||
        (needs_ids(im) && import_scan(im, err) != MA_OK) ||
        import_classes(im, first, where, NULL, err) != MA_OK ||
        import_ask_for(im, ID_KNOWN | ID_LISTED, ID_EMITTED | ID_GONE, err) != MA_OK)
        return err->status;
    return import_finish(im, ID_EMITTED, err);
}

/* --- the agent's ---------------------------------------------------------------------
 */

enum ma_status import_entries(void *session, const struct ma_import *request,
                              struct ma_error *err)
{
    struct import im = {.s = session, .req = request};
    enum ma_status status;

    ids_free(&im.s->ids);
    im.links = calloc(im.s->mapping.count + 1, sizeof *im.links);
    status = im.links == NULL ? ma_fail(err, MA_NO_MEMORY, "out of memory")
                              : discover(im.s, err);
    if (status == MA_OK)
        status = ids_load_disabled(&im.s->ids, im.s->host->folder(im.s->host), err);
    if (status == MA_OK)
        status = request->full ? full(&im, err) : import_delta(&im, err);
    for (size_t i = 0; im.links != NULL && i < im.s->mapping.count; i++)
        free(im.links[i]);
    free(im.links);
    json_decref(im.late);
    pool_free(&im.pool);
    free(im.page);
    return status;
}

enum ma_status read_entries(void *session, const struct ma_value *anchors, size_t count,
                            struct ma_error *err)
{
    static const struct ma_import whole = {.size = sizeof whole};
    struct import im = {.s = session, .req = &whole};
    struct pool pool = {0};
    enum ma_status status = MA_OK;

    for (size_t i = 0; i < count && status == MA_OK; i++)
        for (size_t c = 0; c < im.s->mapping.count && status == MA_OK; c++) {
            const struct mapped_class *class = &im.s->mapping.classes[c];
            const char *id = mapping_id(class, anchors[i], &pool);
            struct wanted wanted = {.class = (unsigned char)c, .id = id};
            struct id *known = ids_find(&im.s->ids, id);

            if (known != NULL && known->class != c)
                continue;
            if (known != NULL)
                known->flags &= (unsigned char)~ID_EMITTED;
            status = fetch_all(im.s, &wanted, 1, import_found, &im, err);
        }
    pool_free(&pool);
    pool_free(&im.pool);
    free(im.page);
    return status;
}
