/* SPDX-License-Identifier: Apache-2.0 */
#include "import.h"

#include <stdlib.h>

#include "entry.h"
#include "fetch.h"
#include "graph.h"
#include "reply.h"

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

static bool is_wanted(const struct import *im, const char *name)
{
    for (const char *const *each = im->req->attributes; *each != NULL; each++)
        if (strcasecmp(*each, name) == 0)
            return true;
    return false;
}

/* Objects of one class come together, so the names are compared once a class. */
static bool choose_attributes(struct import *im, const struct mapped_class *class)
{
    if (im->req->attributes == NULL || im->wanted_of == class)
        return true;
    free(im->wanted);
    im->wanted_of = NULL;
    im->wanted = calloc(class->count + 1, sizeof *im->wanted);
    if (im->wanted == NULL)
        return false;
    for (size_t i = 0; i < class->count; i++)
        im->wanted[i] = is_wanted(im, class->attributes[i].name);
    im->wanted_of = class;
    return true;
}

/* What was read. */
static enum ma_status give(struct import *im, const char *dn, struct ma_error *err)
{
    struct session *s = im->s;
    struct entry_problem problem = {0};
    struct ma_entry entry;
    enum ma_status status;

    if (!choose_attributes(im, im->layouts.class))
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    status = entry_of_resource(&s->mapping, &im->layouts, dn, im->wanted, fetch_dn, s,
                               &im->pool, &entry, &problem, err);
    if (status == MA_OK)
        return s->host->emit(s->host, &entry, err);
    return problem.type != NULL ? reject(im, &entry, &problem, err) : status;
}

/* We disabled it instead of deleting it, and nobody has enabled it since. */
static bool is_as_deleted(const struct id *id, const json_t *active)
{
    return (id->flags & ID_DISABLED) != 0 &&
           (json_is_false(active) ||
            (json_is_string(active) &&
             strcasecmp(json_string_value(active), "false") == 0));
}

void import_synced(struct id *id, const json_t *synced)
{
    if (json_is_true(synced))
        id->flags |= ID_SYNCED;
    else if (synced != NULL)
        id->flags &= (unsigned char)~ID_SYNCED;
}

/* What was given already, by another page of the same listing, is passed over. */
enum ma_status import_take(struct import *im, const struct mapped_class *class,
                           const json_t *resource, size_t *fresh, struct ma_error *err)
{
    static const struct entry_problem nameless = {.type = "missing-anchor-component",
                                                  .text = "a resource without an id"};
    struct session *s = im->s;
    const char *id, *dn;
    struct id *put;
    size_t number;

    pool_reset(&im->pool);
    if (!layouts_read(&im->layouts, class, resource))
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    id = json_string_value(layouts_own(&im->layouts, LAYOUT_ID));
    if (id == NULL || id[0] == '\0')
        return reject(im, &(struct ma_entry){.dn = NULL}, &nameless, err);
    dn = mapping_dn_of(class, layouts_own(&im->layouts, LAYOUT_DN), id, &im->pool);
    put = ids_put(&s->ids, class_number(s, class), id, dn);
    if (put == NULL)
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    if ((put->flags & ID_EMITTED) != 0)
        return MA_OK;
    if (is_as_deleted(put, layouts_own(&im->layouts, LAYOUT_ACTIVE))) {
        *fresh += (put->flags & ID_GONE) == 0;
        put->flags |= ID_GONE;
        return MA_OK;
    }
    ++*fresh;
    number =
        (size_t)(put - s->ids.items); /* the table may move while references are read */
    put->flags = (put->flags | ID_EMITTED) & (unsigned char)~ID_GONE;
    import_synced(put, layouts_own(&im->layouts, LAYOUT_SYNCED));
    if (give(im, dn, err) != MA_OK)
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
        return import_take(im, class, resource, &fresh, err);
    if (known != NULL)
        known->flags |= ID_GONE;
    return MA_OK;
}
