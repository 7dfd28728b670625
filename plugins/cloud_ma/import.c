/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Imports. SCIM has neither deltas nor a word for "this listing was complete", so both
 * are made here. What an earlier import showed and a listing does not show is asked for,
 * one by one, before it counts as gone.
 */

#include "import.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "fetch.h"
#include "graph.h"

/* --- full ------------------------------------------------------------------------- */

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

/* What a run that was killed had given to the engine; first class and place. */
static enum ma_status resume(struct import *im, size_t *class, char *where,
                             size_t capacity, struct ma_error *err)
{
    struct session *s = im->s;
    const char *folder = s->host->folder(s->host);
    char text[2300];
    unsigned long long length;
    unsigned number;
    int at = 0;

    *class = 0;
    where[0] = '\0';
    snprintf(text, sizeof text, "%.*s", (int)im->req->checkpoint.length,
             im->req->checkpoint.data == NULL ? "" : im->req->checkpoint.data);
    if (sscanf(text, "%u %llu %n", &number, &length, &at) != 2 || at == 0 ||
        number >= s->mapping.count)
        ids_clean(folder, im->known, NULL);
    else if (ids_load_first(&s->ids, folder, IMPORT_PART, length, ID_EMITTED, err) ==
             MA_OK) {
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

static void end(struct import *im)
{
    pool_free(&im->pool);
    layouts_free(&im->layouts);
    free(im->wanted);
    free(im->page);
}

/* --- the agent's ------------------------------------------------------------------ */

enum ma_status import_entries(void *session, const struct ma_import *request,
                              struct ma_error *err)
{
    struct import im = {.s = session, .req = request};
    enum ma_status status;

    ids_begin(&im.s->ids, im.s->host->folder(im.s->host));
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
    end(&im);
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
    end(&im);
    return status;
}
