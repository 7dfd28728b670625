/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Delta imports, and the watermark that they begin at. Of SCIM they read what was
 * modified since a little before the last import, and find what is gone by the ids of all
 * objects.
 */

#include <stdlib.h>
#include <time.h>

#include "delta.h"
#include "fetch.h"
#include "import.h"
#include "listing.h"
#include "reply.h"

enum { OVERLAP = 300 };

/* --- the watermark ---------------------------------------------------------------- */

static void stamp(char *out, int64_t seconds)
{
    time_t time = (time_t)seconds;
    struct tm tm;

    gmtime_r(&time, &tm);
    strftime(out, STAMP, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

/* Behind the first line, for each class of Graph where its next round begins, and the new
 * objects that could not be read yet. */
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
    delta_put_late(im, &text);
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

enum ma_status delta_mark(struct import *im, struct ma_error *err)
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

enum ma_status delta_known(struct import *im, struct ma_error *err)
{
    const char *folder = im->s->host->folder(im->s->host);
    enum ma_status status = ids_load(&im->s->ids, folder, im->known, ID_KNOWN, err);

    if (status == MA_NOT_FOUND)
        return ma_fail(err, MA_FULL_NEEDED,
                       "the ids that the last import left are not there any more (%s)",
                       folder);
    return status;
}

/* --- delta ------------------------------------------------------------------------ */

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
        listing.probe = true;
        listing.attributes = "id"; /* a group may be large */
        *works = listing_first(&listing, &page, err) == MA_OK &&
                 json_array_size(listing_items(&listing, page)) > 0;
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

enum ma_status import_delta(struct import *im, struct ma_error *err)
{
    char filter[80];
    bool works;

    if (im->s->mapping.graph)
        return delta_graph(im, err);
    if (delta_mark(im, err) != MA_OK || delta_known(im, err) != MA_OK ||
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
