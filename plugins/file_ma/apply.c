/* SPDX-License-Identifier: Apache-2.0 */

/* What the engine wants of a directory, done to its objects in memory. */

#include "change.h"
#include "directory_state.h"
#include "identifier.h"
#include "map.h"
#include "source.h"
#include "support/dn.h"
#include "support/guid.h"

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
    return directory_holds(d, &d->columns, record, problem);
}

static void add(struct directory *d, const struct ma_entry *entry,
                struct outcome *outcome)
{
    struct object *object = keys_find(d, entry);
    struct problem problem = {0};
    struct record draft;

    if (object != NULL) {
        outcome->anchor = object->anchor;
        differs(outcome, MA_ADD_TO_UPDATE, "cd-existing-object", "it is there already");
        return;
    }
    object = directory_new(d);
    if (object == NULL)
        return;
    if (!build(d, entry, &draft, &problem)) {
        failed(outcome, &problem);
        return;
    }
    directory_put(d, object, &draft);
    if (!keys_take(d, object, &draft, &problem)) {
        failed(outcome, &problem);
        return;
    }
    if (keys_find_anchor(d, object->anchor) != NULL) {
        (void)problem_set(&problem, "duplicate-anchor", NULL,
                          "another object has this anchor");
        failed(outcome, &problem);
        return;
    }
    keys_take_references(d, object, &draft);
    directory_keep(d, object);
    outcome->anchor = object->anchor;
}

/* --- modify, replace, delete ------------------------------------------------------ */

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

/* Only what the entry brings: an object refers to the rest already. */
static void take_new_references(struct directory *d, struct object *object,
                                const struct ma_entry *entry)
{
    for (size_t i = 0; i < entry->count; i++) {
        const struct ma_attribute *a = &entry->attributes[i];

        for (size_t v = 0; v < a->count && keys_is_reference(d->set, a->name); v++)
            keys_add_reference(d, a->values[v].data + dn_data_of(a->values[v].data),
                               object);
    }
}

/* What it would hold; nothing is changed. */
static bool changed(struct directory *d, const struct object *object,
                    const struct ma_entry *entry, struct record *record,
                    struct problem *problem)
{
    directory_look(d, object, record);
    if (entry->change == MA_REPLACE)
        clear_replaced(d, record);
    return change_attributes(d->set, &d->columns, entry, record, problem) &&
           directory_holds(d, &d->columns, record, problem) &&
           rename_is_possible(d, object, entry, problem);
}

static void update(struct directory *d, const struct ma_entry *entry,
                   struct outcome *outcome)
{
    struct object *object = keys_find(d, entry);
    struct problem problem = {0};
    struct record record;

    if (object == NULL) {
        differs(outcome,
                entry->change == MA_REPLACE ? MA_UPDATE_TO_ADD : MA_EXPORT_FAILED,
                "cd-missing-object", "the object is not in the file");
        return;
    }
    if (!changed(d, object, entry, &record, &problem)) {
        failed(outcome, &problem);
        return;
    }
    directory_put(d, object, &record);
    directory_touch(d, object);
    take_new_references(d, object, entry);
    if (rename_object(d, object, entry))
        directory_look(d, object, &record);
    if (keys_take(d, object, &record, &problem))
        outcome->anchor = object->anchor;
    else
        failed(outcome, &problem);
}

/* Deleting what is not there any more is what was wanted: a run that died between the
 * write and its report offers the delete again. */
static void delete (struct directory *d, const struct ma_entry *entry)
{
    struct object *object = keys_find(d, entry);

    if (object == NULL)
        return;
    object->gone = true;
    if (object->dn_key != NULL)
        rename_references(d, object->dn_key, NULL);
    directory_touch(d, object);
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
