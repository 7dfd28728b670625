/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Delta imports, and the watermark that they begin at. Of SCIM they read what was
 * modified since a little before the last import, and find what is gone by the ids of all
 * objects; Graph tells a round of changes.
 */

#include <stdlib.h>
#include <time.h>

#include "fetch.h"
#include "graph.h"
#include "import.h"
#include "listing.h"
#include "reply.h"

enum { OVERLAP = 300 };

/* --- the watermark -------------------------------------------------------------------
 */

static void stamp(char *out, int64_t seconds)
{
    time_t time = (time_t)seconds;
    struct tm tm;

    gmtime_r(&time, &tm);
    strftime(out, STAMP, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

/* Behind the first line, for each class of Graph where its next round begins. */
static char *mark_text(const struct import *im, const char *generation, const char *since)
{
    struct bytes text = {0};

    bytes_text(&text, "1 ");
    bytes_text(&text, generation);
    bytes_char(&text, ' ');
    bytes_text(&text, since);
    bytes_char(&text, ' ');
    bytes_text(&text, im->s->base);
    for (size_t i = 0; im->links != NULL && i < im->s->mapping.count; i++) {
        bytes_char(&text, '\n');
        bytes_text(&text, im->links[i] == NULL ? "-" : im->links[i]);
    }
    if (text.failed)
        bytes_free(&text);
    return text.at;
}

enum ma_status import_finish(struct import *im, unsigned char flags, struct ma_error *err)
{
    struct session *s = im->s;
    const char *folder = s->host->folder(s->host);
    char generation[GENERATION], since[STAMP], *mark;
    struct timespec now;
    enum ma_status status;

    clock_gettime(CLOCK_REALTIME, &now);
    snprintf(generation, sizeof generation, "%llx%05lx", (unsigned long long)now.tv_sec,
             (unsigned long)now.tv_nsec / 1000);
    stamp(since, (im->date == 0 ? (int64_t)now.tv_sec : im->date) - OVERLAP);
    status = ids_save(&s->ids, folder, generation, flags, err);
    if (status != MA_OK)
        return status;
    mark = mark_text(im, generation, since);
    if (mark == NULL)
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    status = s->host->watermark(s->host, ma_value_of(mark), err);
    free(mark);
    ids_clean(folder, generation, im->known);
    return status;
}

static enum ma_status read_mark(struct import *im, struct ma_error *err)
{
    struct ma_value mark = im->req->watermark;
    char text[1200], base[1024] = "";

    snprintf(text, sizeof text, "%.*s", (int)mark.length,
             mark.data == NULL ? "" : mark.data);
    if (sscanf(text, "1 %23s %23s %1023s", im->known, im->since, base) != 3)
        return ma_fail(err, MA_FULL_NEEDED,
                       "there was no full import yet that a delta "
                       "import could go on from");
    if (strcmp(base, im->s->base) != 0)
        return ma_fail(err, MA_FULL_NEEDED,
                       "the last import was one of %s, and this agent has the url %s now",
                       base, im->s->base);
    return MA_OK;
}

static enum ma_status load_known(struct import *im, struct ma_error *err)
{
    const char *folder = im->s->host->folder(im->s->host);
    enum ma_status status = ids_load(&im->s->ids, folder, im->known, ID_KNOWN, err);

    if (status == MA_NOT_FOUND)
        return ma_fail(err, MA_FULL_NEEDED,
                       "the ids that the last import left are not there any more (%s)",
                       folder);
    return status;
}

/* --- delta ---------------------------------------------------------------------------
 */

static enum ma_status give_deletes(struct import *im, struct ma_error *err)
{
    struct session *s = im->s;

    for (size_t i = 0; i < s->ids.count; i++) {
        const struct id *id = &s->ids.items[i];
        struct ma_entry entry = {.size = sizeof entry, .change = MA_DELETE};

        if ((id->flags & ID_KNOWN) == 0 || (id->flags & ID_GONE) == 0 ||
            id->class >= s->mapping.count)
            continue;
        pool_reset(&im->pool);
        entry.anchor = ma_value_of(
            mapping_anchor(&s->mapping.classes[id->class], id->id, &im->pool));
        entry.dn = id->dn[0] == '\0' ? NULL : id->dn;
        entry.object_type = s->mapping.classes[id->class].name;
        if (s->host->emit(s->host, &entry, err) != MA_OK)
            return err->status;
    }
    return MA_OK;
}

/* Whether a filter by the time of modification finds anything where there is something. A
 * server that does not know the attribute answers "none". */
static enum ma_status filter_works(struct import *im, bool *works, struct ma_error *err)
{
    struct session *s = im->s;
    const struct quirks *q = &s->quirks;

    *works = q->deltas == DELTA_LAST_MODIFIED;
    if (q->deltas != DELTA_AUTO || q->filters == NO || !s->server.filter)
        return MA_OK;
    for (size_t i = 0; i < s->mapping.count; i++) {
        const struct mapped_class *class = &s->mapping.classes[i];
        struct listing listing;
        json_t *page = NULL;

        if (!import_knows_any(im, class) || !import_selects(im, class))
            continue;
        listing_begin(&listing, s, class, NULL);
        listing.filter = "meta.lastModified ge \"1990-01-01T00:00:00Z\"";
        listing.count = 1;
        *works = listing_next(&listing, &page, err) == MA_OK && page != NULL;
        json_decref(page);
        listing_end(&listing);
        if (!*works && err->status == MA_CANCELLED)
            return err->status;
        if (!*works)
            break;
    }
    err->status = MA_OK;
    return MA_OK;
}

/* --- delta of Graph ------------------------------------------------------------------
 */

static enum ma_status read_links(struct import *im, struct ma_error *err)
{
    const char *at = im->req->watermark.data;
    const char *end = at + im->req->watermark.length;

    for (size_t i = 0; i < im->s->mapping.count; i++) {
        const char *line = memchr(at, '\n', (size_t)(end - at));
        const char *stop;

        if (line == NULL)
            return ma_fail(err, MA_FULL_NEEDED, "the last import was one of SCIM");
        at = line + 1;
        stop = memchr(at, '\n', (size_t)(end - at));
        if (stop == NULL)
            stop = end;
        if (*at != '-' && (im->links[i] = strndup(at, (size_t)(stop - at))) == NULL)
            return ma_fail(err, MA_NO_MEMORY, "out of memory");
    }
    return MA_OK;
}

static enum ma_status give_change(struct import *im, const struct mapped_class *class,
                                  const char *id, const json_t *change,
                                  struct ma_error *err)
{
    struct session *s = im->s;
    struct id *known = ids_find(&s->ids, id);
    struct ma_entry entry = {.size = sizeof entry, .object_type = class->name};
    const char *dn = mapping_dn(class, change, &im->pool);
    bool names = path_find(&class->dn_path, change) != NULL;

    entry.anchor = ma_value_of(mapping_anchor(class, id, &im->pool));
    entry.dn = pool_text(&im->pool, known->dn, strlen(known->dn));
    if (graph_entry(s, class, change, im->req->attributes, &im->pool, &entry, err) !=
        MA_OK)
        return err->status;
    known = ids_find(&s->ids, id); /* the table may have moved */
    if (entry.change == MA_DELETE)
        known->flags |= ID_GONE;
    else if (names && dn != NULL && strcmp(dn, known->dn) != 0) {
        entry.new_dn = dn;
        (void)ids_put(&s->ids, class_number(s, class), id, dn);
    }
    return s->host->emit(s->host, &entry, err);
}

/* What is new is read whole; a delete of what nobody knew is none. */
static enum ma_status give_round(struct import *im, const struct mapped_class *class,
                                 json_t *changes, struct ma_error *err)
{
    struct session *s = im->s;
    const char *id;
    json_t *change;

    json_object_foreach(changes, id, change)
    {
        const struct id *known = ids_find(&s->ids, id);
        struct wanted wanted = {class_number(s, class), id};
        enum ma_status status = MA_OK;

        pool_reset(&im->pool);
        if (known != NULL && (known->flags & ID_KNOWN) != 0)
            status = give_change(im, class, id, change, err);
        else if (json_object_get(change, "@removed") == NULL)
            status = fetch_all(s, &wanted, 1, import_found, im, err);
        if (status != MA_OK)
            return status;
    }
    return MA_OK;
}

static enum ma_status graph_delta(struct import *im, struct ma_error *err)
{
    const struct mapping *m = &im->s->mapping;

    if (read_mark(im, err) != MA_OK || load_known(im, err) != MA_OK ||
        read_links(im, err) != MA_OK)
        return err->status;
    for (size_t i = 0; i < m->count; i++) {
        json_t *changes = NULL;
        enum ma_status status;

        if (im->links[i] == NULL)
            continue;
        status = graph_round(im->s, &im->links[i], &changes, err);
        if (status == MA_OK)
            status = give_round(im, &m->classes[i], changes, err);
        json_decref(changes);
        if (status != MA_OK)
            return status;
    }
    return import_finish(im, ID_KNOWN | ID_EMITTED, err);
}

enum ma_status import_delta(struct import *im, struct ma_error *err)
{
    char filter[80];
    bool works;

    if (im->s->mapping.graph)
        return graph_delta(im, err);
    if (read_mark(im, err) != MA_OK || load_known(im, err) != MA_OK ||
        filter_works(im, &works, err) != MA_OK)
        return err->status;
    if (!works)
        im->s->host->log(im->s->host, MA_LOG_INFO,
                         "the service cannot say what was modified: all is read");
    snprintf(filter, sizeof filter, "meta.lastModified ge \"%s\"", im->since);
    if (import_classes(im, 0, "", works ? filter : NULL, err) != MA_OK ||
        (works && import_scan(im, err) != MA_OK) ||
        import_ask_for(im, ID_LISTED, ID_KNOWN | ID_EMITTED | ID_GONE, err) != MA_OK ||
        import_ask_for(im, ID_KNOWN, ID_LISTED | ID_EMITTED | ID_GONE, err) != MA_OK ||
        give_deletes(im, err) != MA_OK)
        return err->status;
    return import_finish(im, ID_KNOWN | ID_LISTED | ID_EMITTED, err);
}
