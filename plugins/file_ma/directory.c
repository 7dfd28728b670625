/* SPDX-License-Identifier: Apache-2.0 */
#include "directory.h"

#include <libgen.h>
#include <stdlib.h>

#include "change.h"
#include "file.h"
#include "identifier.h"
#include "support/dn.h"
#include "support/guid.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

struct object {
    struct record record;
    const char *dn_key; /* folded; NULL where the format has no DN */
    struct ma_value anchor;
    bool gone;
};

/* Old keys of a renamed object stay; who finds one compares with the object. */
struct node {
    struct node *next;
    struct object *object;
};

enum { BUCKETS = 1 << 16 };

struct directory {
    const struct settings *set;
    struct pool pool;
    struct pool scratch; /* of one change: what it comes to is copied out of it */
    struct object **objects;
    size_t count;
    size_t capacity;
    struct columns columns;
    struct node **by_anchor;
    struct node **by_dn;
    struct node **by_reference; /* who refers to a DN, or did */
    char identity[IDENTITY_SIZE];
    size_t written; /* of the objects, the first that the file has, as they are; 0: it has
                       to be written as a whole */
    bool dirty;
};

/* --- index ----------------------------------------------------------------------------
 */

static struct node **bucket(struct node **table, const void *key, size_t length)
{
    return &table[XXH3_64bits(key, length) & (BUCKETS - 1)];
}

static void index_add(struct directory *d, struct node **table, const void *key,
                      size_t length, struct object *object)
{
    struct node **head = bucket(table, key, length);
    struct node *node = pool_alloc(&d->pool, sizeof *node);

    if (node == NULL)
        return;
    *node = (struct node){*head, object};
    *head = node;
}

static struct object *find_anchor(const struct directory *d, struct ma_value anchor)
{
    if (anchor.length == 0)
        return NULL;
    for (struct node *n = *bucket(d->by_anchor, anchor.data, anchor.length); n != NULL;
         n = n->next)
        if (!n->object->gone && n->object->anchor.length == anchor.length &&
            memcmp(n->object->anchor.data, anchor.data, anchor.length) == 0)
            return n->object;
    return NULL;
}

static struct object *find_dn(struct directory *d, const char *dn)
{
    const char *key = dn == NULL ? "" : dn_fold(&d->pool, dn);

    if (key[0] == '\0')
        return NULL;
    for (struct node *n = *bucket(d->by_dn, key, strlen(key)); n != NULL; n = n->next)
        if (!n->object->gone && n->object->dn_key != NULL &&
            strcmp(n->object->dn_key, key) == 0)
            return n->object;
    return NULL;
}

static struct object *find_entry(struct directory *d, const struct ma_entry *entry)
{
    struct object *object = find_anchor(d, entry->anchor);

    return object != NULL ? object : find_dn(d, entry->dn);
}

static bool is_reference(const struct settings *set, const char *name)
{
    const struct ma_schema_attribute *a = settings_attribute(set, name);

    return a != NULL && a->type == MA_REFERENCE;
}

/* How much of a reference is data: "B:8:00112233:" before the name. */
static size_t data_of(const char *value)
{
    size_t length = strlen(value);
    char *end = NULL;
    unsigned long count;
    size_t at;

    if ((value[0] != 'B' && value[0] != 'S') || value[1] != ':' || value[2] < '0' ||
        value[2] > '9')
        return 0;
    count = strtoul(value + 2, &end, 10);
    at = (size_t)(end - value) + 1;
    return *end == ':' && count < length && at + count < length &&
                   value[at + count] == ':'
               ? at + count + 1
               : 0;
}

static const char *with_data(struct directory *d, const char *value, const char *dn)
{
    size_t data = data_of(value);
    size_t length = strlen(dn);
    struct bytes out = {0};
    const char *text;

    bytes_add(&out, value, data);
    bytes_add(&out, dn, length);
    text = pool_text(&d->pool, out.at == NULL ? "" : out.at, out.length);
    d->pool.failed |= out.failed;
    bytes_free(&out);
    return text;
}

static void take_references(struct directory *d, struct object *object)
{
    for (size_t f = 0; f < object->record.count; f++) {
        const struct field *field = &object->record.fields[f];

        if (!is_reference(d->set, field->name))
            continue;
        for (size_t v = 0; v < field->count; v++) {
            const char *value = field->values[v].data;
            const char *key = dn_fold(&d->pool, value + data_of(value));

            index_add(d, d->by_reference, key, strlen(key), object);
        }
    }
}

/* After anything that may have changed the keys of an object. */
static bool take_keys(struct directory *d, struct object *object, struct problem *problem)
{
    const char *dn = NULL;

    if (!map_anchor(d->set, &object->record, &object->anchor, problem) ||
        !map_dn(d->set, &object->record, &dn, problem))
        return false;
    object->dn_key = dn_fold(&d->pool, dn);
    index_add(d, d->by_dn, object->dn_key, strlen(object->dn_key), object);
    index_add(d, d->by_anchor, object->anchor.data, object->anchor.length, object);
    take_references(d, object);
    return true;
}

static struct object *new_object(struct directory *d)
{
    struct object **grown =
        pool_grow(&d->pool, d->objects, d->count, &d->capacity, sizeof(struct object *));
    struct object *object = pool_alloc(&d->pool, sizeof *object);

    if (grown == NULL || object == NULL)
        return NULL;
    d->objects = grown;
    *object = (struct object){0};
    record_begin(&object->record, &d->pool);
    return object;
}

/* --- reading --------------------------------------------------------------------------
 */

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

static enum ma_status take_record(struct directory *d, const struct record *record,
                                  struct ma_error *err)
{
    struct object *object = new_object(d);
    struct problem problem = {0};

    if (object == NULL)
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    record_copy(&object->record, record, &d->pool);
    object->record.is_change = false;
    if (record->is_change && record->change != MA_ADD) {
        (void)problem_set(&problem, "invalid-change-type", NULL, "a change record");
        return refuse(d, record, &problem, err);
    }
    if (!take_keys(d, object, &problem))
        return refuse(d, record, &problem, err);
    d->objects[d->count++] = object;
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
        if (take_record(d, &record, err) != MA_OK)
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

static enum ma_status load(struct directory *d, struct ma_error *err)
{
    struct source source = {0};
    enum ma_status status;
    int fd = -1;

    file_identity(d->set->file, d->identity);
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

/* As large as the file, or more. */
static void begin_pool(struct directory *d)
{
    char *copy = strdup(d->set->file);

    if (copy != NULL)
        pool_begin_on_disk(&d->pool, dirname(copy));
    free(copy);
}

enum ma_status directory_open(struct directory **out, const struct settings *set,
                              struct ma_error *err)
{
    struct directory *d = calloc(1, sizeof *d);

    if (d == NULL)
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    d->set = set;
    begin_pool(d);
    d->by_anchor = calloc(BUCKETS, sizeof(struct node *));
    d->by_dn = calloc(BUCKETS, sizeof(struct node *));
    d->by_reference = calloc(BUCKETS, sizeof(struct node *));
    if (d->by_anchor == NULL || d->by_dn == NULL || d->by_reference == NULL)
        (void)ma_fail(err, MA_NO_MEMORY, "out of memory");
    else if (load(d, err) == MA_OK) {
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
    pool_free(&d->pool);
    pool_free(&d->scratch);
    free(d->by_anchor);
    free(d->by_dn);
    free(d->by_reference);
    free(d);
}

bool directory_is_current(const struct directory *d)
{
    char now[IDENTITY_SIZE];

    file_identity(d->set->file, now);
    return strcmp(now, d->identity) == 0;
}

/* --- what the engine wants ------------------------------------------------------------
 */

static void failed(struct outcome *outcome, const struct problem *problem)
{
    outcome->outcome = MA_EXPORT_FAILED;
    outcome->error_type = problem->type;
    snprintf(outcome->text, sizeof outcome->text, "%s", problem->text);
}

static void differs(struct outcome *outcome, enum ma_outcome what, const char *type,
                    const char *text)
{
    outcome->outcome = what;
    outcome->error_type = type;
    snprintf(outcome->text, sizeof outcome->text, "%s", text);
}

/* Whether the record can be written at all: asked before it takes the old one's place. */
static bool can_be_written(const struct directory *d, const struct record *record,
                           struct problem *problem)
{
    struct bytes text = {0};
    struct bytes encoded = {0};
    bool good =
        format_ops_of(d->set->format)->write(d->set, &d->columns, record, &text, problem);

    if (good && !file_encode(d->set, &text, &encoded))
        good =
            problem_set(problem, "code-page-conversion", NULL,
                        "a character that code page %u does not have", d->set->code_page);
    bytes_free(&text);
    bytes_free(&encoded);
    return good;
}

/* A system gives its objects their keys: a GUID, as bytes or as text. */
static void give_anchor(const struct directory *d, struct record *record)
{
    const char *name = d->set->anchor.count == 1 ? d->set->anchor.items[0] : NULL;
    const struct ma_schema_attribute *a =
        name == NULL ? NULL : settings_attribute(d->set, name);
    struct field *field = name == NULL ? NULL : record_field(record, name, strlen(name));
    unsigned char guid[GUID_SIZE];
    struct bytes text = {0};
    const char *dn = record->dn == NULL ? "" : dn_fold(record->pool, record->dn);

    if (!d->set->generate_anchor || field == NULL || field->count > 0 ||
        !guid_make(guid, d->set->anchor_seed, dn))
        return;
    if ((a != NULL && a->type == MA_BYTES) || strcasecmp(name, "objectGUID") == 0) {
        struct ma_value value = map_out(d->set, record->pool, name, MA_BYTES,
                                        (struct ma_value){(char *)guid, sizeof guid});

        field_add(record, field, value.data, value.length);
    } else {
        guid_text(&text, guid);
        field_add(record, field, text.at == NULL ? "" : text.at, text.length);
    }
    record->pool->failed |= text.failed;
    bytes_free(&text);
}

static bool build(struct directory *d, const struct ma_entry *entry,
                  struct record *record, struct problem *problem)
{
    record_begin(record, &d->scratch);
    record->dn =
        entry->dn == NULL ? NULL : pool_text(&d->scratch, entry->dn, strlen(entry->dn));
    change_class(d->set, entry, record);
    if (!change_attributes(d->set, &d->columns, entry, record, problem))
        return false;
    change_keys(d->set, entry, record);
    change_naming(d->set, record, false);
    give_anchor(d, record);
    return can_be_written(d, record, problem);
}

static void add(struct directory *d, const struct ma_entry *entry,
                struct outcome *outcome)
{
    struct object *object = find_entry(d, entry);
    struct problem problem = {0};
    struct record draft;

    if (object != NULL) {
        outcome->anchor = object->anchor;
        differs(outcome, MA_ADD_TO_UPDATE, "cd-existing-object", "it is there already");
        return;
    }
    object = new_object(d);
    if (object == NULL)
        return;
    object->gone = true; /* not to be found before it is complete */
    if (!build(d, entry, &draft, &problem)) {
        failed(outcome, &problem);
        return;
    }
    record_copy(&object->record, &draft, &d->pool);
    if (!take_keys(d, object, &problem)) {
        failed(outcome, &problem);
        return;
    }
    if (find_anchor(d, object->anchor) != NULL) {
        (void)problem_set(&problem, "duplicate-anchor", NULL,
                          "another object has this anchor");
        failed(outcome, &problem);
        return;
    }
    object->gone = false;
    d->objects[d->count++] = object;
    d->dirty = true;
    outcome->anchor = object->anchor;
}

/* --- renames and references -----------------------------------------------------------
 */

static void point_field(struct directory *d, struct object *object, struct field *field,
                        const char *old_key, const char *dn)
{
    for (size_t v = field->count; v > 0; v--) {
        const char *value = field->values[v - 1].data;

        if (!dn_is(value + data_of(value), old_key))
            continue;
        if (dn == NULL) {
            field_drop(field, v - 1);
        } else {
            const char *key = dn_fold(&d->pool, dn);

            value = with_data(d, value, dn);
            field->values[v - 1] = pool_value(&d->pool, value, strlen(value));
            index_add(d, d->by_reference, key, strlen(key), object);
        }
    }
}

/* Values that are this DN become the other; NULL: they go. */
static void point_elsewhere(struct directory *d, const char *old_key, const char *dn)
{
    struct node *next;

    for (struct node *n = *bucket(d->by_reference, old_key, strlen(old_key)); n != NULL;
         n = next) {
        struct record *record = &n->object->record;

        next = n->next;
        for (size_t f = 0; f < record->count; f++)
            if (is_reference(d->set, record->fields[f].name))
                point_field(d, n->object, &record->fields[f], old_key, dn);
    }
}

/* The DN of an object below a renamed one: its own part, then the new name. */
static const char *below(struct directory *d, const char *dn, size_t levels,
                         const char *new_dn)
{
    const char *at = dn;
    struct bytes out = {0};
    const char *text;

    for (size_t i = 0; i < levels; i++)
        at = dn_parent(at);
    bytes_add(&out, dn, (size_t)(at - dn));
    bytes_text(&out, new_dn);
    text = pool_text(&d->pool, out.at == NULL ? "" : out.at, out.length);
    d->pool.failed |= out.failed;
    bytes_free(&out);
    return text;
}

static size_t levels(const char *dn)
{
    size_t n = 0;

    for (; *dn != '\0'; dn = dn_parent(dn))
        n++;
    return n;
}

static void move(struct directory *d, struct object *object, const char *dn)
{
    const char *old = object->dn_key;

    object->record.dn = dn;
    object->dn_key = dn_fold(&d->pool, dn);
    index_add(d, d->by_dn, object->dn_key, strlen(object->dn_key), object);
    if (d->set->anchor.count == 0) {
        object->anchor = ma_value_of(object->dn_key);
        index_add(d, d->by_anchor, object->anchor.data, object->anchor.length, object);
    }
    point_elsewhere(d, old, dn);
}

static void move_tree(struct directory *d, struct object *top, const char *new_dn)
{
    const char *old = top->dn_key;
    size_t depth = levels(old);

    for (size_t i = 0; i < d->count; i++) {
        struct object *o = d->objects[i];

        if (o != top && !o->gone && o->dn_key != NULL && dn_is_under(o->dn_key, old))
            move(d, o, below(d, o->record.dn, levels(o->dn_key) - depth, new_dn));
    }
    move(d, top, new_dn);
}

static bool rename_object(struct directory *d, struct object *object,
                          const struct ma_entry *entry, struct problem *problem)
{
    const char *dn;
    struct object *there;

    if (entry->new_dn == NULL || strcmp(entry->new_dn, "") == 0)
        return true;
    if (d->set->format != FORMAT_LDIF)
        return true;
    dn = pool_text(&d->pool, entry->new_dn, strlen(entry->new_dn));
    there = find_dn(d, dn);
    if (there != NULL && there != object)
        return problem_set(problem, "rename-to-existing-dn", NULL,
                           "another object has the new DN");
    if (!dn_is_ldap(dn))
        return problem_set(problem, "invalid-dn", NULL, "'%.150s' is no DN", dn);
    move_tree(d, object, dn);
    change_naming(d->set, &object->record, true);
    return true;
}

/* --- modify, replace, delete ----------------------------------------------------------
 */

/* What a replacement does not name goes, but for what the system owns. */
static void clear_replaced(const struct directory *d, struct record *record)
{
    for (size_t i = 0; i < record->count; i++) {
        struct field *field = &record->fields[i];
        const struct ma_schema_attribute *a = settings_attribute(d->set, field->name);

        if (a != NULL && !a->read_only && !names_has(&d->set->anchor, field->name) &&
            !names_has(&d->set->dn, field->name) &&
            (d->set->object_class_column == NULL ||
             strcasecmp(field->name, d->set->object_class_column) != 0))
            field_clear(field);
    }
}

/* One that the file has already. */
static void changed_object(struct directory *d)
{
    d->dirty = true;
    d->written = 0;
}

static void update(struct directory *d, const struct ma_entry *entry,
                   struct outcome *outcome)
{
    struct object *object = find_entry(d, entry);
    struct problem problem = {0};
    struct record changed;

    if (object == NULL) {
        differs(outcome,
                entry->change == MA_REPLACE ? MA_UPDATE_TO_ADD : MA_EXPORT_FAILED,
                "cd-missing-object", "the object is not in the file");
        return;
    }
    record_copy(&changed, &object->record, &d->scratch);
    if (entry->change == MA_REPLACE)
        clear_replaced(d, &changed);
    if (!change_attributes(d->set, &d->columns, entry, &changed, &problem) ||
        !can_be_written(d, &changed, &problem) ||
        !rename_object(d, object, entry, &problem)) {
        failed(outcome, &problem);
        return;
    }
    changed.dn = object->record.dn;
    record_copy(&object->record, &changed, &d->pool);
    if (entry->new_dn != NULL)
        change_naming(d->set, &object->record, true);
    if (take_keys(d, object, &problem))
        outcome->anchor = object->anchor;
    else
        failed(outcome, &problem);
    changed_object(d);
}

/* Deleting what is not there any more is what was wanted: a run that died between the
 * write and its report offers the delete again. */
static void delete (struct directory *d, const struct ma_entry *entry)
{
    struct object *object = find_entry(d, entry);

    if (object == NULL)
        return;
    object->gone = true;
    if (object->dn_key != NULL)
        point_elsewhere(d, object->dn_key, NULL);
    changed_object(d);
}

enum ma_status directory_apply(struct directory *d, const struct ma_entry *entry,
                               struct outcome *outcome, struct ma_error *err)
{
    *outcome = (struct outcome){.outcome = MA_EXPORTED};
    switch (entry->change) {
    case MA_PRESENT:
    case MA_ADD:
        add(d, entry, outcome);
        break;
    case MA_MODIFY:
    case MA_REPLACE:
        update(d, entry, outcome);
        break;
    case MA_DELETE:
        delete (d, entry);
        break;
    case MA_DELETE_ADD:
        delete (d, entry);
        add(d, entry, outcome);
        break;
    }
    d->pool.failed |= d->scratch.failed;
    pool_reset(&d->scratch);
    return d->pool.failed ? ma_fail(err, MA_NO_MEMORY, "out of memory") : MA_OK;
}

/* --- writing --------------------------------------------------------------------------
 */

enum { WRITE_BLOCK = 256 * 1024 };

static enum ma_status flush(const struct directory *d, struct replacement *r,
                            struct bytes *text, struct ma_error *err)
{
    struct bytes encoded = {0};
    enum ma_status status = MA_OK;

    if (!file_encode(d->set, text, &encoded))
        status = ma_fail(err, MA_INVALID, "'%s' cannot be written in code page %u",
                         d->set->file, d->set->code_page);
    else if (encoded.failed || text->failed)
        status = ma_fail(err, MA_NO_MEMORY, "out of memory");
    else
        status = replacement_add(r, encoded.length == 0 ? "" : encoded.at, encoded.length,
                                 err);
    bytes_free(&encoded);
    bytes_clear(text);
    return status;
}

static enum ma_status write_objects(struct directory *d, struct replacement *r,
                                    struct ma_error *err)
{
    const struct format_ops *ops = format_ops_of(d->set->format);
    struct bytes text = {0};
    struct problem problem = {0};
    enum ma_status status = MA_OK;

    if (d->written == 0)
        ops->head(d->set, &d->columns, &text);
    for (size_t i = d->written; i < d->count && status == MA_OK; i++) {
        const struct object *object = d->objects[i];

        if (object->gone)
            continue;
        if (!ops->write(d->set, &d->columns, &object->record, &text, &problem))
            status = refuse(d, &object->record, &problem, err);
        else if (text.length > WRITE_BLOCK)
            status = flush(d, r, &text, err);
    }
    if (status == MA_OK)
        status = flush(d, r, &text, err);
    bytes_free(&text);
    return status;
}

enum ma_status directory_save(struct directory *d, struct ma_error *err)
{
    struct replacement r = {.fd = -1};
    enum ma_status status;

    if (!d->dirty)
        return MA_OK;
    /* What came since the last batch stands behind what is there. */
    status = replacement_begin(&r, d->set->file, d->written > 0, err);
    if (status == MA_OK)
        status = write_objects(d, &r, err);
    if (status == MA_OK)
        status = replacement_commit(&r, err);
    replacement_end(&r);
    if (status == MA_OK) {
        d->dirty = false;
        d->written = d->count;
        file_identity(d->set->file, d->identity);
    }
    return status;
}
