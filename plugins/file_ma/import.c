/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Imports. A checkpoint is the identity of the file and the number of records behind us;
 * a run that was killed reads over as many. A watermark is the identity of the data file
 * and of the delta file that were read: a delta file that did not change is not read
 * again, and one that did is read from its beginning.
 */

#include <stdlib.h>

#include "directory.h"
#include "file.h"
#include "map.h"
#include "session.h"
#include "source.h"
#include "support/dn.h"

enum { PAGE = 500, MARK_SIZE = 2 * IDENTITY_SIZE + 32 };

struct import {
    struct session *session;
    const struct ma_import *request;
    struct map map;
    const char *path;
    char identity[IDENTITY_SIZE];
    uint64_t skip; /* records that a killed run of this step had staged */
    uint64_t in_page;
};

/* --- marks ------------------------------------------------------------------------ */

/* "<name>=<identity>;" of a watermark, or "". */
static void mark_part(struct ma_value mark, const char *name, char out[IDENTITY_SIZE])
{
    char text[MARK_SIZE] = "";
    const char *at = text;
    size_t length = strlen(name);

    out[0] = '\0';
    if (mark.length > 0 && mark.length < sizeof text)
        memcpy(text, mark.data, mark.length);
    while (*at != '\0') {
        size_t n = strcspn(at, ";");

        if (n > length && n - length <= IDENTITY_SIZE && strncmp(at, name, length) == 0 &&
            at[length] == '=')
            snprintf(out, IDENTITY_SIZE, "%.*s", (int)(n - length - 1), at + length + 1);
        at += n + (at[n] == ';');
    }
}

static enum ma_status set_watermark(const struct import *import, bool of_delta,
                                    struct ma_error *err)
{
    const struct ma_host *host = import->session->host;
    char data[IDENTITY_SIZE];
    char delta[IDENTITY_SIZE];
    char mark[MARK_SIZE];

    mark_part(import->request->watermark, "data", data);
    mark_part(import->request->watermark, "delta", delta);
    snprintf(mark, sizeof mark, "data=%s;delta=%s;", of_delta ? data : import->identity,
             of_delta ? import->identity : delta);
    return host->watermark(host, ma_value_of(mark), err);
}

static void read_checkpoint(struct import *import)
{
    struct ma_value where = import->request->checkpoint;
    size_t length = strlen(import->identity);
    char text[MARK_SIZE] = "";

    if (where.length > 0 && where.length < sizeof text)
        memcpy(text, where.data, where.length);
    if (length > 0 && strncmp(text, import->identity, length) == 0 && text[length] == ' ')
        import->skip = strtoull(text + length, NULL, 10);
}

static enum ma_status page_end(struct import *import, uint64_t records,
                               struct ma_error *err)
{
    const struct ma_host *host = import->session->host;
    char where[IDENTITY_SIZE + 32];

    import->in_page = 0;
    snprintf(where, sizeof where, "%s %llu", import->identity,
             (unsigned long long)records);
    return host->checkpoint(host, ma_value_of(where), err);
}

/* --- records ---------------------------------------------------------------------- */

/* `dn`: by what the operator knows the record; NULL: nothing of it could be read. */
static enum ma_status reject(struct import *import, const struct record *record,
                             const char *dn, const struct problem *problem,
                             struct ma_error *err)
{
    const struct ma_host *host = import->session->host;
    const struct ma_rejection rejection = {
        .size = sizeof rejection,
        .type = problem->type,
        .dn = dn,
        .attribute = problem->attribute,
        .text = problem->text,
        .entry = record->entry,
        .line = problem->line != 0 ? problem->line : record->line,
        .column = problem->column,
    };

    return host->reject(host, &rejection, err);
}

static enum ma_status take(struct import *import, struct record *record,
                           struct problem *problem, struct ma_error *err)
{
    const struct ma_host *host = import->session->host;
    struct ma_entry entry;
    enum mapped mapped = map_record(&import->map, record, &entry, problem);

    if (record->pool->failed)
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    if (mapped == MAP_BAD)
        return reject(import, record, entry.dn, problem, err);
    if (mapped == MAP_OTHER)
        return MA_OK;
    import->in_page++;
    return host->emit(host, &entry, err);
}

static enum ma_status next_record(struct import *import, struct source *source,
                                  bool *more, struct ma_error *err)
{
    struct record record;
    struct problem problem;
    enum next next = source_next(source, &record, &problem, err);

    *more = next != NEXT_END;
    if (next == NEXT_FAILED)
        return err->status;
    if (next == NEXT_END || source->entries <= import->skip)
        return MA_OK;
    if (next == NEXT_BAD)
        return reject(import, &record, record.dn, &problem, err);
    return take(import, &record, &problem, err);
}

static enum ma_status read_records(struct import *import, struct source *source,
                                   struct ma_error *err)
{
    const struct ma_host *host = import->session->host;
    uint64_t page = import->request->page_size > 0 ? import->request->page_size : PAGE;
    enum ma_status status = MA_OK;
    bool more = true;

    while (status == MA_OK && more) {
        if (host->cancelled(host))
            return ma_fail(err, MA_CANCELLED, "the import was cancelled");
        status = next_record(import, source, &more, err);
        if (status == MA_OK && import->in_page >= page)
            status = page_end(import, source->entries, err);
    }
    if (status == MA_OK && import->in_page > 0)
        status = page_end(import, source->entries, err);
    return status;
}

static enum ma_status read_file(struct import *import, struct ma_error *err)
{
    struct source source = {0};
    enum ma_status status;
    int fd = -1;

    file_identity(import->path, import->identity);
    read_checkpoint(import);
    if (file_open(import->path, &fd, err) != MA_OK)
        return err->status;
    status = source_open(&source, &import->session->set, fd, err);
    if (status == MA_OK)
        status = read_records(import, &source, err);
    source_close(&source);
    return status;
}

/* --- which file ------------------------------------------------------------------- */

static enum ma_status full_import(struct import *import, struct ma_error *err)
{
    const struct settings *set = &import->session->set;

    import->path = set->input_file != NULL ? set->input_file : set->file;
    if (import->path == NULL)
        return ma_fail(err, MA_INVALID,
                       "no file to import: the run step has no input-file, and mactl.xml "
                       "no parameter 'file'");
    /* A file that is away is no system without objects. */
    return read_file(import, err) == MA_OK ? set_watermark(import, false, err)
                                           : err->status;
}

/* Without a delta file, whole objects of the data file if it is another one than last
 * time. What was deleted only a full import sees. */
static enum ma_status changed_data(struct import *import, struct ma_error *err)
{
    char seen[IDENTITY_SIZE];

    import->map.delta = false;
    mark_part(import->request->watermark, "data", seen);
    file_identity(import->path, import->identity);
    if (seen[0] != '\0' && strcmp(seen, import->identity) == 0)
        return set_watermark(import, false, err);
    return full_import(import, err);
}

static enum ma_status delta_import(struct import *import, struct ma_error *err)
{
    const struct settings *set = &import->session->set;
    char seen[IDENTITY_SIZE];

    import->path = set->input_file != NULL ? set->input_file : set->delta_file;
    if (import->path == NULL) {
        import->path = set->file;
        return changed_data(import, err);
    }
    mark_part(import->request->watermark, "delta", seen);
    file_identity(import->path, import->identity);
    if (import->identity[0] != '\0' && strcmp(seen, import->identity) != 0 &&
        read_file(import, err) != MA_OK)
        return err->status;
    return set_watermark(import, true, err);
}

/* Reported as exported, and not in the file yet. */
static enum ma_status settle(const struct session *s, struct ma_error *err)
{
    return s->set.mode == MODE_DIRECTORY && s->set.file != NULL
               ? directory_settle(&s->set, err)
               : MA_OK;
}

enum ma_status import_entries(void *session, const struct ma_import *request,
                              struct ma_error *err)
{
    struct session *s = session;
    struct pool pool = {0};
    struct import import = {
        .session = s,
        .request = request,
        .map = {.set = &s->set, .delta = !request->full},
    };
    enum ma_status status;

    if (settle(s, err) != MA_OK)
        return err->status;
    map_select(&import.map, &pool, request->attributes);
    if (request->partition != NULL && s->set.ldap_dn && dn_is_ldap(request->partition))
        import.map.partition = dn_fold(&pool, request->partition);
    if (pool.failed)
        status = ma_fail(err, MA_NO_MEMORY, "out of memory");
    else
        status = request->full ? full_import(&import, err) : delta_import(&import, err);
    pool_free(&pool);
    return status;
}

/* --- again, by anchor ------------------------------------------------------------- */

static int by_bytes(const void *a, const void *b)
{
    const struct ma_value *x = a;
    const struct ma_value *y = b;
    size_t n = x->length < y->length ? x->length : y->length;
    int order = n == 0 ? 0 : memcmp(x->data, y->data, n);

    return order != 0 ? order : (x->length > y->length) - (x->length < y->length);
}

static enum ma_status emit_asked(struct session *s, struct source *source,
                                 const struct ma_value *sorted, size_t count,
                                 struct ma_error *err)
{
    const struct map map = {.set = &s->set};
    struct record record;
    struct problem problem;
    struct ma_entry entry;
    enum ma_status status = MA_OK;
    enum next next;

    while (status == MA_OK &&
           (next = source_next(source, &record, &problem, err)) != NEXT_END) {
        if (next == NEXT_FAILED)
            return err->status;
        if (next == NEXT_RECORD &&
            map_record(&map, &record, &entry, &problem) == MAP_ENTRY &&
            bsearch(&entry.anchor, sorted, count, sizeof *sorted, by_bytes) != NULL)
            status = s->host->emit(s->host, &entry, err);
    }
    return status;
}

enum ma_status import_again(void *session, const struct ma_value *anchors, size_t count,
                            struct ma_error *err)
{
    struct session *s = session;
    struct ma_value *sorted = calloc(count + 1, sizeof *sorted);
    struct source source = {0};
    enum ma_status status = MA_OK;
    int fd = -1;

    if (sorted == NULL)
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    if (settle(s, err) != MA_OK) {
        free(sorted);
        return err->status;
    }
    if (count > 0)
        memcpy(sorted, anchors, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, by_bytes);
    if (s->set.file == NULL)
        status = ma_fail(err, MA_INVALID,
                         "objects can be read again only where 'file' is the system");
    else if ((status = file_open(s->set.file, &fd, err)) == MA_OK) {
        status = source_open(&source, &s->set, fd, err);
        if (status == MA_OK)
            status = emit_asked(s, &source, sorted, count, err);
        source_close(&source);
    }
    free(sorted);
    return status;
}
