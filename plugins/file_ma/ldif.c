/* SPDX-License-Identifier: Apache-2.0 */

/* Records of LDIF: content and changes. */

#include "ldif.h"

static bool add_value(struct source *source, struct record *record,
                      struct problem *problem)
{
    struct ldif_pair pair;
    struct field *field;

    if (!ldif_line_split(source, &pair, problem))
        return false;
    if (ldif_line_is(&pair, "dn"))
        return ldif_line_wrong(
            source, problem, 1,
            "a second dn: a blank line between the records is missing");
    if (ldif_line_is(&pair, "changetype") || ldif_line_is(&pair, "control"))
        return ldif_line_wrong(source, problem, 1,
                               "this stands directly behind the dn only");
    field = record_field(record, pair.name, pair.name_length);
    if (pair.length > 0)
        field_add(record, field, pair.value, pair.length);
    return true;
}

static bool read_content(struct source *source, struct record *record,
                         struct problem *problem)
{
    bool first = true;

    while (first || ldif_line_more(source, problem)) {
        if (first && source->line.length == 0)
            return true;
        if (!add_value(source, record, problem))
            return false;
        first = false;
    }
    return problem->type == NULL;
}

/* Several operations on one attribute become one: added, taken away, or set. */
static void apply_add(struct record *record, struct field *field,
                      const struct ldif_pair *pair)
{
    size_t gone =
        field_index(field->removed, field->removed_count, pair->value, pair->length);

    if (gone < field->removed_count)
        field->removed[gone] = field->removed[--field->removed_count];
    if (field_index(field->values, field->count, pair->value, pair->length) ==
        field->count)
        field_add(record, field, pair->value, pair->length);
}

static void apply_delete(struct record *record, struct field *field,
                         const struct ldif_pair *pair)
{
    size_t there = field_index(field->values, field->count, pair->value, pair->length);

    if (there < field->count)
        field_drop(field, there);
    if (field->op == MA_VALUES)
        field_remove(record, field, pair->value, pair->length);
}

enum modify { MODIFY_ADD, MODIFY_DELETE, MODIFY_REPLACE, MODIFIES };

static bool read_modification(struct source *source, struct record *record,
                              enum modify how, const char *name, struct problem *problem)
{
    size_t before = record->count;
    struct field *field = record_field(record, name, strlen(name));
    size_t values = 0;

    if (field == NULL)
        return true;
    if (record->count > before)
        field->op = MA_VALUES;
    if (how == MODIFY_REPLACE) {
        field_clear(field);
        field->op = MA_SET;
    }
    while (ldif_line_more(source, problem) && strcmp(source->line.at, "-") != 0) {
        struct ldif_pair pair;

        if (!ldif_line_split(source, &pair, problem))
            return false;
        if (!ldif_line_is(&pair, name))
            return ldif_line_wrong(source, problem, 1,
                                   "not the attribute that is being modified");
        if (how == MODIFY_DELETE)
            apply_delete(record, field, &pair);
        else if (pair.length > 0)
            apply_add(record, field, &pair);
        values++;
    }
    if (how == MODIFY_DELETE && values == 0) {
        field_clear(field);
        field->op = MA_SET;
    }
    return problem->type == NULL;
}

static bool read_modify(struct source *source, struct record *record,
                        struct problem *problem)
{
    static const char *const words[MODIFIES] = {
        [MODIFY_ADD] = "add", [MODIFY_DELETE] = "delete", [MODIFY_REPLACE] = "replace"};

    while (source->line.length > 0 && ldif_line_more(source, problem)) {
        struct ldif_pair pair;
        size_t how = 0;

        if (!ldif_line_split(source, &pair, problem))
            return false;
        while (how < MODIFIES && !ldif_line_is(&pair, words[how]))
            how++;
        if (how == MODIFIES) {
            problem->line = source->line_number;
            return problem_set(problem, "invalid-modification-type", NULL,
                               "wanted add, delete or replace");
        }
        if (!read_modification(source, record, (enum modify)how,
                               ldif_line_text(source, &pair), problem))
            return false;
    }
    return problem->type == NULL;
}

static bool read_rename(struct source *source, struct record *record,
                        struct problem *problem)
{
    while (ldif_line_more(source, problem)) {
        struct ldif_pair pair;

        if (!ldif_line_split(source, &pair, problem))
            return false;
        if (ldif_line_is(&pair, "newrdn"))
            record->new_rdn = ldif_line_text(source, &pair);
        else if (ldif_line_is(&pair, "deleteoldrdn"))
            record->delete_old_rdn = pair.length == 1 && pair.value[0] == '1';
        else if (ldif_line_is(&pair, "newsuperior"))
            record->new_superior = ldif_line_text(source, &pair);
        else
            return ldif_line_wrong(source, problem, 1, "not of a rename");
    }
    if (problem->type == NULL && record->new_rdn == NULL)
        return ldif_line_wrong(source, problem, 1, "a rename without newrdn");
    return problem->type == NULL;
}

static bool read_rest(struct source *source, struct record *record,
                      struct problem *problem)
{
    return ldif_line_more(source, problem) ? read_content(source, record, problem)
                                           : problem->type == NULL;
}

static bool read_nothing(struct source *source, struct record *record,
                         struct problem *problem)
{
    (void)record;
    if (ldif_line_more(source, problem))
        return ldif_line_wrong(source, problem, 1, "a delete has nothing behind it");
    return problem->type == NULL;
}

static const struct {
    const char *name;
    enum ma_change change;
    bool (*read)(struct source *, struct record *, struct problem *);
} change_types[] = {
    {"add", MA_ADD, read_rest},          {"modify", MA_MODIFY, read_modify},
    {"delete", MA_DELETE, read_nothing}, {"modrdn", MA_MODIFY, read_rename},
    {"moddn", MA_MODIFY, read_rename},
};

static bool read_change(struct source *source, struct record *record,
                        const struct ldif_pair *pair, struct problem *problem)
{
    const char *name = ldif_line_text(source, pair);

    record->is_change = true;
    for (size_t i = 0; i < sizeof change_types / sizeof change_types[0]; i++)
        if (strcasecmp(change_types[i].name, name) == 0) {
            record->change = change_types[i].change;
            return change_types[i].read(source, record, problem);
        }
    problem->line = source->line_number;
    return problem_set(problem, "invalid-change-type", NULL,
                       "'%s': wanted add, modify, delete, modrdn or moddn", name);
}

static bool read_body(struct source *source, struct record *record,
                      struct problem *problem)
{
    struct ldif_pair pair;

    if (!ldif_line_more(source, problem))
        return problem->type == NULL;
    if (!ldif_line_split(source, &pair, problem))
        return false;
    if (ldif_line_is(&pair, "control"))
        return ldif_line_wrong(source, problem, 1, "controls are not read");
    if (ldif_line_is(&pair, "changetype"))
        return read_change(source, record, &pair, problem);
    return read_content(source, record, problem);
}

static bool read_dn(struct source *source, struct record *record, struct problem *problem)
{
    struct ldif_pair pair;

    if (!ldif_line_split(source, &pair, problem))
        return false;
    if (!ldif_line_is(&pair, "dn")) {
        problem->line = source->line_number;
        return problem_set(problem, "missing-dn", NULL,
                           "a record begins with its dn, this one with '%.*s'",
                           (int)(pair.name_length < 64 ? pair.name_length : 64),
                           pair.name);
    }
    if (memchr(pair.value, '\0', pair.length) != NULL)
        return problem_set(problem, "invalid-dn", NULL, "a NUL in the dn");
    record->dn = ldif_line_text(source, &pair);
    return true;
}

/* The first line that is neither blank nor the version. */
static bool find_record(struct source *source, struct problem *problem)
{
    while (ldif_line_next(source, problem) == 0) {
        if (source->line.length == 0)
            continue;
        if (source->started || strncasecmp(source->line.at, "version:", 8) != 0)
            return true;
        source->started = true;
    }
    return false;
}

static enum next ldif_next(struct source *source, struct record *record,
                           struct problem *problem)
{
    bool good;

    if (!find_record(source, problem))
        return NEXT_END;
    source->started = true;
    record->line = source->line_number;
    good = problem->type == NULL && read_dn(source, record, problem) &&
           read_body(source, record, problem) && problem->type == NULL;
    if (good)
        return NEXT_RECORD;
    ldif_line_skip(source);
    return NEXT_BAD;
}

const struct format_ops ldif_ops = {
    .next = ldif_next,
    .head = ldif_write_head,
    .holds = ldif_holds,
    .write = ldif_write,
};
