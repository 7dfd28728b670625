/* SPDX-License-Identifier: Apache-2.0 */
#include "directory.h"

#include <libgen.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "change.h"
#include "directory_state.h"
#include "source.h"

/* A smaller file is written as a whole for each batch: that is two syncs and few pages. A
 * larger one has a journal, and takes it in when that is larger than the file. */
enum { JOURNAL_FROM = 1 << 20, JOURNAL_LEAST = 16 << 20 };

/* --- objects ---------------------------------------------------------------------- */

struct object *directory_new(struct directory *d)
{
    struct object **grown =
        pool_grow(&d->pool, d->objects, d->count, &d->capacity, sizeof(struct object *));
    struct object *object = pool_alloc(&d->pool, sizeof *object);

    if (grown == NULL || object == NULL)
        return NULL;
    d->objects = grown;
    *object = (struct object){.gone = true};
    return object;
}

void directory_keep(struct directory *d, struct object *object)
{
    object->gone = false;
    object->number = d->count;
    d->objects[d->count++] = object;
    directory_touch(d, object);
}

bool directory_holds(const struct directory *d, const struct columns *columns,
                     const struct record *record, struct problem *problem)
{
    const struct format_ops *ops = format_ops_of(d->set->format);
    struct bytes text = {0};
    struct bytes encoded = {0};
    bool good;

    if (ops->holds != NULL)
        return ops->holds(record, problem);
    good = ops->write(d->set, columns, record, &text, problem);
    if (good && !file_encode(d->set, &text, &encoded))
        good =
            problem_set(problem, "code-page-conversion", NULL,
                        "a character that code page %u does not have", d->set->code_page);
    bytes_free(&text);
    bytes_free(&encoded);
    return good;
}

void directory_look(struct directory *d, const struct object *object,
                    struct record *record)
{
    record_begin(record, &d->scratch);
    (void)packed_open(object->content, record); /* it was packed here, or looked at */
}

void directory_put(struct directory *d, struct object *object,
                   const struct record *record)
{
    struct bytes *packing = &d->packing;
    struct ma_value copy;

    bytes_clear(packing);
    packed_add(packing, record);
    d->pool.failed |= packing->failed;
    copy = pool_value(&d->pool, packing->at, packing->length);
    object->content = (struct packed){copy.data, copy.length};
}

void directory_touch(struct directory *d, struct object *object)
{
    struct object **grown;

    if (object->touched)
        return;
    grown = pool_grow(&d->pool, d->touched, d->touched_count, &d->touched_capacity,
                      sizeof(struct object *));
    if (grown == NULL)
        return;
    d->touched = grown;
    grown[d->touched_count++] = object;
    object->touched = true;
}

struct pool directory_apart(struct directory *d)
{
    struct pool before = d->scratch;

    d->scratch = (struct pool){0};
    return before;
}

void directory_back(struct directory *d, struct pool before)
{
    before.failed |= d->scratch.failed;
    pool_free(&d->scratch);
    d->scratch = before;
}

static void forget_touched(struct directory *d)
{
    for (size_t i = 0; i < d->touched_count; i++)
        d->touched[i]->touched = false;
    d->touched_count = 0;
}

static void take_identity(struct directory *d)
{
    struct stat st;

    file_identity(d->set->file, d->identity);
    d->file_size = stat(d->set->file, &st) == 0 ? (size_t)st.st_size : 0;
}

/* --- reading ---------------------------------------------------------------------- */

static enum ma_status refuse(const struct directory *d, const struct record *record,
                             const struct problem *problem, struct ma_error *err)
{
    return ma_fail(err, MA_INVALID,
                   "'%s' cannot be rewritten, as record %llu at line %llu would be lost: "
                   "%s: %.200s",
                   d->set->file, (unsigned long long)record->entry,
                   (unsigned long long)(problem->line > 0 ? problem->line : record->line),
                   problem->type, problem->text);
}

static enum ma_status take_record(struct directory *d, const struct columns *columns,
                                  const struct record *record, struct ma_error *err)
{
    struct object *object = directory_new(d);
    struct problem problem = {0};

    if (object == NULL)
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    if (record->is_change && record->change != MA_ADD) {
        (void)problem_set(&problem, "invalid-change-type", NULL, "a change record");
        return refuse(d, record, &problem, err);
    }
    if (!directory_holds(d, columns, record, &problem) ||
        !keys_take(d, object, record, &problem))
        return refuse(d, record, &problem, err);
    keys_take_references(d, object, record);
    directory_put(d, object, record);
    directory_keep(d, object);
    pool_reset(&d->scratch);
    return MA_OK;
}

static enum ma_status read_all(struct directory *d, struct source *source,
                               struct ma_error *err)
{
    struct record record;
    struct problem problem;
    enum next next;

    while ((next = source_next(source, &record, &problem, err)) != NEXT_END) {
        if (next == NEXT_FAILED)
            return err->status;
        if (next == NEXT_BAD)
            return refuse(d, &record, &problem, err);
        if (take_record(d, &source->columns, &record, err) != MA_OK)
            return err->status;
    }
    for (size_t i = 0; i < source->columns.count; i++) {
        const struct column *c = &source->columns.items[i];
        struct column *grown = pool_grow(&d->pool, d->columns.items, d->columns.count,
                                         &d->columns.capacity, sizeof *grown);

        if (grown == NULL)
            return ma_fail(err, MA_NO_MEMORY, "out of memory");
        d->columns.items = grown;
        grown[d->columns.count++] =
            (struct column){pool_text(&d->pool, c->name, strlen(c->name)), c->width};
    }
    return MA_OK;
}

static enum ma_status read_file(struct directory *d, struct ma_error *err)
{
    struct source source = {0};
    enum ma_status status;
    int fd = -1;

    take_identity(d);
    status = file_open(d->set->file, &fd, err);
    if (status == MA_OK) {
        status = source_open(&source, d->set, fd, err);
        if (status == MA_OK)
            status = read_all(d, &source, err);
        source_close(&source);
    } else if (status == MA_NOT_FOUND) {
        d->columns = d->set->columns;
        status = MA_OK;
    }
    d->columns = change_columns(d->set, &d->pool, &d->columns);
    if (status == MA_OK && d->pool.failed)
        status = ma_fail(err, MA_NO_MEMORY, "out of memory");
    return status;
}

/* --- writing ---------------------------------------------------------------------- */

enum { WRITE_BLOCK = 256 * 1024 };

static enum ma_status flush(const struct directory *d, struct replacement *r,
                            struct bytes *text, struct ma_error *err)
{
    struct bytes encoded = {0};
    bool plain = file_is_plain(d->set, text);
    const struct bytes *out = plain ? text : &encoded;
    enum ma_status status = MA_OK;

    if (!plain && !file_encode(d->set, text, &encoded))
        status = ma_fail(err, MA_INVALID, "'%s' cannot be written in code page %u",
                         d->set->file, d->set->code_page);
    else if (encoded.failed || text->failed)
        status = ma_fail(err, MA_NO_MEMORY, "out of memory");
    else
        status = replacement_add(r, out->length == 0 ? "" : out->at, out->length, err);
    bytes_free(&encoded);
    bytes_clear(text);
    return status;
}

static enum ma_status write_object(struct directory *d, const struct object *object,
                                   struct bytes *text, struct ma_error *err)
{
    struct record record;
    struct problem problem = {0};

    pool_reset(&d->scratch);
    directory_look(d, object, &record);
    if (d->scratch.failed)
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    return format_ops_of(d->set->format)
                   ->write(d->set, &d->columns, &record, text, &problem)
               ? MA_OK
               : ma_fail(
                     err, MA_INVALID,
                     "'%s' cannot be rewritten, as an object would be lost: %s: %.200s",
                     d->set->file, problem.type, problem.text);
}

static enum ma_status write_objects(struct directory *d, struct replacement *r,
                                    struct ma_error *err)
{
    struct bytes text = {0};
    enum ma_status status = MA_OK;

    format_ops_of(d->set->format)->head(d->set, &d->columns, &text);
    for (size_t i = 0; i < d->count && status == MA_OK; i++) {
        if (d->objects[i]->gone)
            continue;
        status = write_object(d, d->objects[i], &text, err);
        if (status == MA_OK && text.length > WRITE_BLOCK)
            status = flush(d, r, &text, err);
    }
    if (status == MA_OK)
        status = flush(d, r, &text, err);
    bytes_free(&text);
    return status;
}

/* The gone ones leave; the others are numbered as they stand in the file. */
static void close_ranks(struct directory *d)
{
    size_t kept = 0;

    forget_touched(d);
    for (size_t i = 0; i < d->count; i++) {
        struct object *object = d->objects[i];

        if (object->gone)
            continue;
        object->number = kept;
        d->objects[kept++] = object;
    }
    d->count = kept;
}

/* Whoever finds both the new file and the journal can tell that it has served. */
static enum ma_status seal_journal(struct directory *d, struct replacement *r,
                                   struct ma_error *err)
{
    char identity[IDENTITY_SIZE];

    if (d->journal.fd < 0)
        return MA_OK;
    if (replacement_sync(r, identity, err) != MA_OK)
        return err->status;
    return journal_seal(&d->journal, identity, err);
}

static enum ma_status write_whole(struct directory *d, struct ma_error *err)
{
    struct replacement r = {.fd = -1};
    enum ma_status status = replacement_begin(&r, d->set->file, false, err);

    if (status == MA_OK)
        status = write_objects(d, &r, err);
    if (status == MA_OK)
        status = seal_journal(d, &r, err);
    if (status == MA_OK)
        status = replacement_commit(&r, err);
    replacement_end(&r);
    if (status != MA_OK)
        return status;
    journal_remove(&d->journal);
    close_ranks(d);
    take_identity(d);
    return MA_OK;
}

static enum ma_status write_journal(struct directory *d, struct ma_error *err)
{
    if (d->journal.fd < 0 && journal_begin(&d->journal, d->identity, err) != MA_OK)
        return err->status;
    for (size_t i = 0; i < d->touched_count; i++) {
        const struct object *object = d->touched[i];

        journal_add(&d->journal, object->number,
                    object->gone ? (struct packed){0} : object->content);
    }
    if (journal_commit(&d->journal, err) != MA_OK)
        return err->status;
    forget_touched(d);
    return MA_OK;
}

enum ma_status directory_save(struct directory *d, struct ma_error *err)
{
    if (d->touched_count == 0)
        return MA_OK;
    if (d->journal.fd < 0 && d->file_size < JOURNAL_FROM)
        return write_whole(d, err);
    if (write_journal(d, err) != MA_OK)
        return err->status;
    return d->journal.size > JOURNAL_LEAST && d->journal.size > d->file_size
               ? write_whole(d, err)
               : MA_OK;
}

enum ma_status directory_finish(struct directory *d, struct ma_error *err)
{
    return d->journal.fd < 0 ? MA_OK : write_whole(d, err);
}

/* --- what a dead run left --------------------------------------------------------- */

static bool take_content(struct directory *d, struct object *object, struct packed packed,
                         struct problem *problem)
{
    struct record record;

    record_begin(&record, &d->scratch);
    if (!packed_open(packed, &record))
        return problem_set(problem, "parse-error", NULL, "it is damaged");
    directory_put(d, object, &record);
    keys_take_references(d, object, &record);
    return keys_take(d, object, &record, problem);
}

static enum ma_status replay(void *context, size_t number, struct packed packed,
                             struct ma_error *err)
{
    struct directory *d = context;
    struct problem problem = {0};
    struct object *object = number < d->count ? d->objects[number] : directory_new(d);
    bool good;

    if (object == NULL)
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    if (number > d->count)
        return ma_fail(err, MA_BROKEN, "'%s' is not of this file", d->journal.path);
    if (number == d->count)
        directory_keep(d, object);
    object->gone = packed.length == 0;
    directory_touch(d, object);
    good = object->gone || take_content(d, object, packed, &problem);
    d->pool.failed |= d->scratch.failed;
    pool_reset(&d->scratch);
    return good ? MA_OK
                : ma_fail(err, MA_BROKEN, "'%s' cannot be taken in: %s", d->journal.path,
                          problem.text);
}

static void say_stale(const struct directory *d)
{
    const struct ma_host *host = d->set->host;

    host->log(host, MA_LOG_WARNING,
              "'%s' was replaced while an export that died had not taken all of its "
              "changes into it: those are given up; a full import shows what is missing",
              d->set->file);
}

static enum ma_status take_journal(struct directory *d, struct ma_error *err)
{
    enum journal_found found;

    if (journal_prepare(&d->journal, d->set->file, err) != MA_OK ||
        journal_read(&d->journal, d->identity, replay, d, &found, err) != MA_OK)
        return err->status;
    if (d->pool.failed)
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    if (found == JOURNAL_STALE)
        say_stale(d);
    if (found == JOURNAL_OURS)
        return write_whole(d, err);
    journal_remove(&d->journal);
    return MA_OK;
}

/* --- begin and end ---------------------------------------------------------------- */

/* As large as the file, or more. */
static void begin_pool(struct directory *d)
{
    char *copy = strdup(d->set->file);

    if (copy != NULL)
        pool_begin_on_disk(&d->pool, dirname(copy));
    free(copy);
}

static enum ma_status load(struct directory *d, struct ma_error *err)
{
    if (read_file(d, err) != MA_OK)
        return err->status;
    forget_touched(d);
    return take_journal(d, err);
}

enum ma_status directory_open(struct directory **out, const struct settings *set,
                              struct ma_error *err)
{
    struct directory *d = calloc(1, sizeof *d);

    if (d == NULL)
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    d->set = set;
    d->journal.fd = -1;
    begin_pool(d);
    if (load(d, err) == MA_OK) {
        *out = d;
        return MA_OK;
    }
    directory_close(d);
    return err->status;
}

void directory_close(struct directory *d)
{
    if (d == NULL)
        return;
    journal_end(&d->journal);
    bytes_free(&d->packing);
    pool_free(&d->pool);
    pool_free(&d->scratch);
    free(d);
}

bool directory_is_current(const struct directory *d)
{
    char now[IDENTITY_SIZE];

    file_identity(d->set->file, now);
    return strcmp(now, d->identity) == 0;
}

enum ma_status directory_settle(const struct settings *set, struct ma_error *err)
{
    struct directory *d = NULL;

    if (!journal_exists(set->file) || directory_open(&d, set, err) == MA_OK) {
        directory_close(d);
        return MA_OK;
    }
    return err->status == MA_CONFLICT ? MA_OK : err->status;
}
