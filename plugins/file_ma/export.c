/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Exports. A batch is on disk, whole, before any of its entries is reported; a run that
 * dies in between offers the batch again, and doing it twice does no harm.
 */

#include <stdlib.h>

#include "change.h"
#include "directory.h"
#include "file.h"
#include "session.h"
#include "support/dn.h"

static enum ma_status report(const struct ma_host *host, size_t index,
                             const struct outcome *outcome, struct ma_error *err)
{
    const struct ma_result result = {
        .size = sizeof result,
        .outcome = outcome->outcome,
        .anchor = outcome->anchor,
        .error_type = outcome->error_type,
        .error_literal = outcome->error_type == NULL ? NULL : outcome->text,
    };

    return host->exported(host, index, &result, err);
}

static enum ma_status report_all(const struct ma_host *host,
                                 const struct outcome *outcomes, size_t count,
                                 struct ma_error *err)
{
    enum ma_status status = MA_OK;

    for (size_t i = 0; i < count && status == MA_OK; i++)
        status = report(host, i, &outcomes[i], err);
    return status;
}

/* --- the file is the system ------------------------------------------------------- */

static enum ma_status current_directory(struct session *s, struct ma_error *err)
{
    if (s->set.file == NULL)
        return ma_fail(err, MA_INVALID,
                       "no file to export to: mactl.xml has no parameter 'file'");
    if (s->directory != NULL && directory_is_current(s->directory))
        return MA_OK;
    directory_close(s->directory);
    s->directory = NULL;
    return directory_open(&s->directory, &s->set, err);
}

static enum ma_status to_directory(struct session *s,
                                   const struct ma_entry *const *entries, size_t count,
                                   struct outcome *outcomes, struct ma_error *err)
{
    enum ma_status status = current_directory(s, err);

    for (size_t i = 0; i < count && status == MA_OK; i++)
        status = directory_apply(s->directory, entries[i], &outcomes[i], err);
    if (status == MA_OK)
        status = directory_save(s->directory, err);
    if (status != MA_OK) {
        directory_close(s->directory);
        s->directory = NULL;
    }
    return status;
}

/* --- a file of changes ------------------------------------------------------------ */

struct batch {
    const struct settings *set;
    struct columns columns;
    struct pool pool;
    struct bytes text;
};

static bool put(struct batch *b, const struct record *record, struct problem *problem)
{
    return format_ops_of(b->set->format)
        ->write(b->set, &b->columns, record, &b->text, problem);
}

static void begin_change(struct batch *b, struct record *record, enum ma_change change,
                         const char *dn)
{
    record_begin(record, &b->pool);
    record->is_change = true;
    record->change = change;
    record->dn = dn;
}

static bool put_rename(struct batch *b, const struct ma_entry *entry,
                       struct problem *problem)
{
    struct record record;
    const char *parent = dn_parent(entry->new_dn);
    size_t length = (size_t)(parent - entry->new_dn);

    begin_change(b, &record, MA_MODIFY, entry->dn);
    record.new_rdn =
        pool_text(&b->pool, entry->new_dn, *parent == '\0' ? length : length - 1);
    record.new_superior = parent;
    record.delete_old_rdn = true;
    return put(b, &record, problem);
}

static bool put_ldif_modify(struct batch *b, const struct ma_entry *entry,
                            struct problem *problem)
{
    struct record record;
    const char *dn = entry->dn;

    if (entry->new_dn != NULL && entry->new_dn[0] != '\0') {
        if (!put_rename(b, entry, problem))
            return false;
        dn = entry->new_dn;
    }
    begin_change(b, &record, MA_MODIFY, dn);
    change_operations(b->set, entry, &record);
    return record.count == 0 || put(b, &record, problem);
}

static bool put_ldif_add(struct batch *b, const struct ma_entry *entry,
                         struct problem *problem)
{
    struct record record;

    begin_change(b, &record, MA_ADD, entry->dn);
    change_class(b->set, entry, &record);
    change_operations(b->set, entry, &record);
    change_naming(b->set, &record, false);
    return put(b, &record, problem);
}

static bool put_ldif(struct batch *b, const struct ma_entry *entry,
                     struct problem *problem)
{
    struct record record;

    if (entry->change == MA_MODIFY || entry->change == MA_REPLACE)
        return put_ldif_modify(b, entry, problem);
    if (entry->change == MA_DELETE || entry->change == MA_DELETE_ADD) {
        begin_change(b, &record, MA_DELETE, entry->dn);
        if (!put(b, &record, problem))
            return false;
    }
    return entry->change == MA_DELETE || put_ldif_add(b, entry, problem);
}

static bool has_value_changes(const struct ma_entry *entry)
{
    for (size_t i = 0; i < entry->count; i++)
        if (entry->attributes[i].op == MA_VALUES)
            return true;
    return false;
}

static const char *change_value(const struct settings *set, enum ma_change change)
{
    if (change == MA_DELETE)
        return set->change_values[CHANGE_DELETE];
    return set->change_values[change == MA_MODIFY || change == MA_REPLACE ? CHANGE_MODIFY
                                                                          : CHANGE_ADD];
}

static bool put_row(struct batch *b, const struct ma_entry *entry,
                    struct problem *problem)
{
    const struct settings *set = b->set;
    struct record record;

    if (entry->change == MA_DELETE && set->change_column == NULL)
        return problem_set(problem, "insufficient-columns", NULL,
                           "a delete needs a column for the change type");
    if (entry->change == MA_MODIFY && has_value_changes(entry))
        return problem_set(problem, "ambiguous-update", NULL,
                           "single values cannot be changed in a file of rows: export "
                           "whole objects (export-type 3), or use mode 'directory'");
    record_begin(&record, &b->pool);
    if (entry->change != MA_DELETE) {
        change_class(set, entry, &record);
        if (!change_attributes(set, &b->columns, entry, &record, problem))
            return false;
    }
    change_keys(set, entry, &record);
    if (set->change_column != NULL) {
        const char *value = change_value(set, entry->change);
        struct field *field =
            record_field(&record, set->change_column, strlen(set->change_column));

        if (field != NULL)
            field_clear(field);
        field_add(&record, field, value, strlen(value));
    }
    return put(b, &record, problem);
}

/* An entry that fails leaves nothing of itself in the batch. */
static void put_entry(struct batch *b, const struct ma_entry *entry,
                      struct bytes *encoded, struct outcome *outcome)
{
    struct problem problem = {0};
    size_t before = encoded->length;
    bool good;

    *outcome = (struct outcome){.outcome = MA_EXPORTED};
    bytes_clear(&b->text);
    good = b->set->format == FORMAT_LDIF ? put_ldif(b, entry, &problem)
                                         : put_row(b, entry, &problem);
    if (good && !file_encode(b->set, &b->text, encoded))
        good =
            problem_set(&problem, "code-page-conversion", NULL,
                        "a character that code page %u does not have", b->set->code_page);
    if (good)
        return;
    encoded->length = before;
    outcome->outcome = MA_EXPORT_FAILED;
    outcome->error_type = problem.type;
    snprintf(outcome->text, sizeof outcome->text, "%s", problem.text);
}

static enum ma_status write_batch(struct session *s, struct batch *b,
                                  const struct bytes *encoded, struct ma_error *err)
{
    struct replacement r = {.fd = -1};
    char identity[IDENTITY_SIZE];
    bool keep = s->wrote || s->set.append;
    struct bytes head = {0};
    struct bytes head_encoded = {0};
    enum ma_status status = replacement_begin(&r, s->set.output_file, keep, err);

    file_identity(s->set.output_file, identity);
    if (status == MA_OK && (!keep || identity[0] == '\0')) {
        format_ops_of(s->set.format)->head(&s->set, &b->columns, &head);
        if (head.length > 0 && file_encode(&s->set, &head, &head_encoded))
            status = replacement_add(&r, head_encoded.at, head_encoded.length, err);
    }
    if (status == MA_OK && encoded->length > 0)
        status = replacement_add(&r, encoded->at, encoded->length, err);
    if (status == MA_OK)
        status = replacement_commit(&r, err);
    replacement_end(&r);
    bytes_free(&head);
    bytes_free(&head_encoded);
    s->wrote |= status == MA_OK;
    return status;
}

static enum ma_status to_records(struct session *s, const struct ma_entry *const *entries,
                                 size_t count, struct outcome *outcomes,
                                 struct ma_error *err)
{
    struct batch b = {.set = &s->set};
    struct bytes encoded = {0};
    enum ma_status status;

    if (s->set.output_file == NULL)
        return ma_fail(err, MA_INVALID,
                       "no file to export to: the run step has no output-file, and "
                       "mactl.xml no parameter 'file'");
    b.columns = change_columns(&s->set, &b.pool, &s->set.columns);
    for (size_t i = 0; i < count; i++)
        put_entry(&b, entries[i], &encoded, &outcomes[i]);
    if (b.pool.failed || b.text.failed || encoded.failed)
        status = ma_fail(err, MA_NO_MEMORY, "out of memory");
    else
        status = write_batch(s, &b, &encoded, err);
    pool_free(&b.pool);
    bytes_free(&b.text);
    bytes_free(&encoded);
    return status;
}

enum ma_status export_entries(void *session, const struct ma_entry *const *entries,
                              size_t count, struct ma_error *err)
{
    struct session *s = session;
    struct outcome *outcomes = calloc(count + 1, sizeof *outcomes);
    enum ma_status status;

    if (outcomes == NULL)
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    status = s->set.mode == MODE_DIRECTORY
                 ? to_directory(s, entries, count, outcomes, err)
                 : to_records(s, entries, count, outcomes, err);
    if (status == MA_OK)
        status = report_all(s->host, outcomes, count, err);
    free(outcomes);
    return status;
}

enum ma_status export_finish(void *session, struct ma_error *err)
{
    struct session *s = session;

    return s->directory == NULL ? MA_OK : directory_finish(s->directory, err);
}
