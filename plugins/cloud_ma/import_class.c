/* SPDX-License-Identifier: Apache-2.0 */
#include "import.h"

#include <stdlib.h>

#include "body.h"
#include "fetch.h"
#include "graph.h"
#include "listing.h"

/* --- a class ---------------------------------------------------------------------- */

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

/* First the ids, then the checkpoint with their length: the engine keeps it together with
 * the page, and later than it is told. */
static enum ma_status keep_page(struct import *im, const struct listing *listing,
                                struct ma_error *err)
{
    struct session *s = im->s;
    char where[2200], rest[2100];
    enum ma_status status;
    uint64_t length;

    if (!im->req->full) {
        im->page_count = 0;
        return MA_OK;
    }
    status = ids_append(&s->ids, s->host->folder(s->host), IMPORT_PART, im->page,
                        im->page_count, &length, err);
    im->page_count = 0;
    if (status != MA_OK)
        return status;
    listing_where(listing, rest, sizeof rest);
    snprintf(where, sizeof where, "%u %llu %s", (unsigned)class_number(s, listing->class),
             (unsigned long long)length, rest);
    return s->host->checkpoint(s->host, ma_value_of(where), err);
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
        if (import_take(im, listing->class, resource, &fresh, err) != MA_OK)
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

/* Of groups of Graph, the members were put into it. */
static void end_page(const struct import *im, const struct listing *listing, json_t *page)
{
    if (im->s->mapping.graph && body_member_attribute(listing->class) != NULL)
        json_decref(page);
    else
        listing_drop(listing, page);
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
        end_page(im, &listing, page);
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

/* --- what concerns all classes ---------------------------------------------------- */

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

/* The next of them, from number *at on, as many as there is room for. */
static size_t choose(const struct import *im, unsigned char with, unsigned char without,
                     size_t *at, struct wanted *list, size_t room)
{
    const struct ids *ids = &im->s->ids;
    size_t count = 0;

    for (; *at < ids->count && count < room; ++*at) {
        const struct id *id = &ids->items[*at];

        if ((id->flags & with) != 0 && (id->flags & without) == 0 &&
            id->class < im->s->mapping.count &&
            import_selects(im, &im->s->mapping.classes[id->class]))
            list[count++] = (struct wanted){id->class, id->id};
    }
    return count;
}

/* Portion by portion: where all have to be asked for, all would be a list. */
enum ma_status import_ask_for(struct import *im, unsigned char with,
                              unsigned char without, struct ma_error *err)
{
    enum { PORTION = 1024 };
    struct wanted list[PORTION];
    size_t count, at = 0, all = 0;
    enum ma_status status = MA_OK;

    while (status == MA_OK &&
           (count = choose(im, with, without, &at, list, PORTION)) > 0) {
        status = fetch_all(im->s, list, count, import_found, im, err);
        all += count;
    }
    if (all > 0)
        im->s->host->log(im->s->host, MA_LOG_DEBUG, "%zu objects were asked for by id",
                         all);
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
