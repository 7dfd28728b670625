/* SPDX-License-Identifier: Apache-2.0 */

/*
 * LDIF, RFC 2849: content records and change records, comments, folded lines, Base64, the
 * version line. Values by URL are refused: a file from elsewhere must not make the engine
 * read another. Controls are refused. Written with folding at 76 columns.
 */

#include "source.h"
#include "support/text.h"

/* --- lines ----------------------------------------------------------------------------
 */

/* One logical line: its continuations, which begin with a blank, are part of it. */
static int unfolded(struct source *source, struct problem *problem)
{
    int status = source_line(source, problem);
    uint64_t first = source->line_number;
    bool cut = false;

    if (status < 0 || source->line.length == 0)
        return status;
    while (input_peek(source->input) == ' ') {
        (void)input_get(source->input);
        if (input_line(source->input, &source->line, RECORD_LIMIT, &cut) == INPUT_FAILED)
            return INPUT_FAILED;
    }
    if (cut && problem->type == NULL) {
        problem->line = first;
        (void)problem_set(problem, "parse-error", NULL, "a value of more than %d bytes",
                          RECORD_LIMIT);
    }
    source->line_number = first;
    return 0;
}

static int next_line(struct source *source, struct problem *problem)
{
    int status;

    do
        status = unfolded(source, problem);
    while (status == 0 && source->line.length > 0 && source->line.at[0] == '#');
    return status;
}

/* What is left of a record that cannot be used. */
static void skip_record(struct source *source)
{
    struct problem ignored = {.type = ""};

    while (source->line.length > 0 && source_line(source, &ignored) == 0)
        ;
}

/* --- name and value -------------------------------------------------------------------
 */

struct pair {
    const char *name;
    size_t name_length;
    const char *value; /* in the pool where it was Base64, else in the line */
    size_t length;
};

static bool parse_error(struct source *source, struct problem *problem, size_t column,
                        const char *text)
{
    problem->line = source->line_number;
    problem->column = column;
    return problem_set(problem, "parse-error", NULL, "%s", text);
}

static bool decode(struct source *source, struct pair *pair, struct problem *problem)
{
    struct bytes out = {0};
    bool good = text_from_base64(&out, pair->value, pair->length);
    struct ma_value value =
        pool_value(&source->pool, out.at == NULL ? "" : out.at, out.length);

    source->pool.failed |= out.failed;
    bytes_free(&out);
    pair->value = value.data;
    pair->length = value.length;
    if (good)
        return true;
    problem->line = source->line_number;
    return problem_set(problem, "invalid-base64-value",
                       pool_text(&source->pool, pair->name, pair->name_length),
                       "this is no Base64");
}

static bool check_name(struct source *source, const struct pair *pair,
                       struct problem *problem)
{
    if (pair->name_length == 0)
        return parse_error(source, problem, 1, "a line without a name in front of ':'");
    for (size_t i = 0; i < pair->name_length; i++) {
        char c = pair->name[i];

        if ((c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') &&
            strchr("-;._=", c) == NULL)
            return parse_error(source, problem, i + 1,
                               "this character cannot stand in a name");
        if (c == '\0')
            return parse_error(source, problem, i + 1, "a NUL");
    }
    return true;
}

static bool split(struct source *source, struct pair *pair, struct problem *problem)
{
    const char *line = source->line.at;
    size_t length = source->line.length;
    const char *colon = memchr(line, ':', length);
    size_t at;

    if (colon == NULL)
        return parse_error(source, problem, 1, "a line without ':'");
    *pair = (struct pair){.name = line, .name_length = (size_t)(colon - line)};
    if (!check_name(source, pair, problem))
        return false;
    at = pair->name_length + 1;
    if (at < length && line[at] == '<')
        return parse_error(source, problem, at + 1, "values by URL are not read");
    if (at < length && line[at] == ':') {
        for (at++; at < length && line[at] == ' '; at++)
            ;
        pair->value = line + at;
        pair->length = length - at;
        while (pair->length > 0 && pair->value[pair->length - 1] == ' ')
            pair->length--;
        return decode(source, pair, problem);
    }
    for (; at < length && line[at] == ' '; at++)
        ;
    pair->value = line + at;
    pair->length = length - at;
    if (memchr(pair->value, INPUT_BAD, pair->length) != NULL)
        return parse_error(source, problem, at + 1,
                           "bytes that are not of the code page");
    if (memchr(pair->value, '\0', pair->length) != NULL)
        return parse_error(source, problem, at + 1, "a NUL");
    return true;
}

static bool is(const struct pair *pair, const char *name)
{
    return strlen(name) == pair->name_length &&
           strncasecmp(pair->name, name, pair->name_length) == 0;
}

static const char *text_of(struct source *source, const struct pair *pair)
{
    return pool_text(&source->pool, pair->value, pair->length);
}

/* --- records --------------------------------------------------------------------------
 */

static bool add_value(struct source *source, struct record *record,
                      struct problem *problem)
{
    struct pair pair;
    struct field *field;

    if (!split(source, &pair, problem))
        return false;
    if (is(&pair, "dn"))
        return parse_error(source, problem, 1,
                           "a second dn: a blank line between the records is missing");
    if (is(&pair, "changetype") || is(&pair, "control"))
        return parse_error(source, problem, 1, "this stands directly behind the dn only");
    field = record_field(record, pair.name, pair.name_length);
    if (pair.length > 0)
        field_add(record, field, pair.value, pair.length);
    return true;
}

static bool more(struct source *source, struct problem *problem)
{
    return next_line(source, problem) == 0 && source->line.length > 0;
}

static bool read_content(struct source *source, struct record *record,
                         struct problem *problem)
{
    bool first = true;

    while (first || more(source, problem)) {
        if (first && source->line.length == 0)
            return true;
        if (!add_value(source, record, problem))
            return false;
        first = false;
    }
    return problem->type == NULL;
}

/* Several operations on one attribute become one: added, taken away, or set. */
static void apply_add(struct record *record, struct field *field, const struct pair *pair)
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
                         const struct pair *pair)
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
    while (more(source, problem) && strcmp(source->line.at, "-") != 0) {
        struct pair pair;

        if (!split(source, &pair, problem))
            return false;
        if (!is(&pair, name))
            return parse_error(source, problem, 1,
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

    while (source->line.length > 0 && more(source, problem)) {
        struct pair pair;
        size_t how = 0;

        if (!split(source, &pair, problem))
            return false;
        while (how < MODIFIES && !is(&pair, words[how]))
            how++;
        if (how == MODIFIES) {
            problem->line = source->line_number;
            return problem_set(problem, "invalid-modification-type", NULL,
                               "wanted add, delete or replace");
        }
        if (!read_modification(source, record, (enum modify)how, text_of(source, &pair),
                               problem))
            return false;
    }
    return problem->type == NULL;
}

static bool read_rename(struct source *source, struct record *record,
                        struct problem *problem)
{
    while (more(source, problem)) {
        struct pair pair;

        if (!split(source, &pair, problem))
            return false;
        if (is(&pair, "newrdn"))
            record->new_rdn = text_of(source, &pair);
        else if (is(&pair, "deleteoldrdn"))
            record->delete_old_rdn = pair.length == 1 && pair.value[0] == '1';
        else if (is(&pair, "newsuperior"))
            record->new_superior = text_of(source, &pair);
        else
            return parse_error(source, problem, 1, "not of a rename");
    }
    if (problem->type == NULL && record->new_rdn == NULL)
        return parse_error(source, problem, 1, "a rename without newrdn");
    return problem->type == NULL;
}

static bool read_rest(struct source *source, struct record *record,
                      struct problem *problem)
{
    return more(source, problem) ? read_content(source, record, problem)
                                 : problem->type == NULL;
}

static bool read_nothing(struct source *source, struct record *record,
                         struct problem *problem)
{
    (void)record;
    if (more(source, problem))
        return parse_error(source, problem, 1, "a delete has nothing behind it");
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
                        const struct pair *pair, struct problem *problem)
{
    const char *name = text_of(source, pair);

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
    struct pair pair;

    if (!more(source, problem))
        return problem->type == NULL;
    if (!split(source, &pair, problem))
        return false;
    if (is(&pair, "control"))
        return parse_error(source, problem, 1, "controls are not read");
    if (is(&pair, "changetype"))
        return read_change(source, record, &pair, problem);
    return read_content(source, record, problem);
}

static bool read_dn(struct source *source, struct record *record, struct problem *problem)
{
    struct pair pair;

    if (!split(source, &pair, problem))
        return false;
    if (!is(&pair, "dn")) {
        problem->line = source->line_number;
        return problem_set(problem, "missing-dn", NULL,
                           "a record begins with its dn, this one with '%.*s'",
                           (int)(pair.name_length < 64 ? pair.name_length : 64),
                           pair.name);
    }
    if (memchr(pair.value, '\0', pair.length) != NULL)
        return problem_set(problem, "invalid-dn", NULL, "a NUL in the dn");
    record->dn = text_of(source, &pair);
    return true;
}

/* The first line that is neither blank nor the version. */
static bool find_record(struct source *source, struct problem *problem)
{
    while (next_line(source, problem) == 0) {
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
    skip_record(source);
    return NEXT_BAD;
}

/* --- writing --------------------------------------------------------------------------
 */

/* RFC 2849 SAFE-STRING, and no blank at the end (note 8). */
static bool is_safe(const struct ma_value *value)
{
    const unsigned char *at = (const unsigned char *)value->data;

    if (value->length == 0)
        return true;
    if (at[0] == ' ' || at[0] == ':' || at[0] == '<' || at[value->length - 1] == ' ')
        return false;
    for (size_t i = 0; i < value->length; i++)
        if (at[i] == '\0' || at[i] == '\n' || at[i] == '\r' || at[i] > 127)
            return false;
    return true;
}

enum { WIDTH = 76 };

static void write_folded(struct bytes *out, const struct bytes *line)
{
    size_t at = 0;

    while (line->length - at > (at == 0 ? WIDTH : WIDTH - 1)) {
        size_t n = at == 0 ? WIDTH : WIDTH - 1;

        bytes_add(out, line->at + at, n);
        bytes_text(out, "\n ");
        at += n;
    }
    bytes_add(out, line->at + at, line->length - at);
    bytes_char(out, '\n');
}

static void write_value(struct bytes *out, const char *name, struct ma_value value)
{
    struct bytes line = {0};

    bytes_text(&line, name);
    if (is_safe(&value)) {
        bytes_text(&line, ": ");
        bytes_add(&line, value.data, value.length);
    } else {
        bytes_text(&line, ":: ");
        text_base64(&line, value.data, value.length);
    }
    if (!line.failed)
        write_folded(out, &line);
    out->failed |= line.failed;
    bytes_free(&line);
}

static void write_values(struct bytes *out, const char *name,
                         const struct ma_value *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        write_value(out, name, values[i]);
}

static void write_modification(struct bytes *out, const char *how, const char *name,
                               const struct ma_value *values, size_t count)
{
    write_value(out, how, ma_value_of(name));
    write_values(out, name, values, count);
    bytes_text(out, "-\n");
}

static void write_field_change(struct bytes *out, const struct field *field)
{
    if (field->op == MA_SET) {
        write_modification(out, "replace", field->name, field->values, field->count);
        return;
    }
    if (field->removed_count > 0)
        write_modification(out, "delete", field->name, field->removed,
                           field->removed_count);
    if (field->count > 0)
        write_modification(out, "add", field->name, field->values, field->count);
}

static void write_rename(struct bytes *out, const struct record *record)
{
    bytes_text(out, "changetype: modrdn\n");
    write_value(out, "newrdn", ma_value_of(record->new_rdn));
    bytes_text(out, record->delete_old_rdn ? "deleteoldrdn: 1\n" : "deleteoldrdn: 0\n");
    if (record->new_superior != NULL)
        write_value(out, "newsuperior", ma_value_of(record->new_superior));
}

static void write_content(struct bytes *out, const struct record *record)
{
    for (size_t i = 0; i < record->count; i++)
        write_values(out, record->fields[i].name, record->fields[i].values,
                     record->fields[i].count);
}

static bool ldif_write(const struct settings *set, const struct columns *columns,
                       const struct record *record, struct bytes *out,
                       struct problem *problem)
{
    (void)set;
    (void)columns;
    if (record->dn == NULL || record->dn[0] == '\0')
        return problem_set(problem, "invalid-dn", NULL, "an LDIF record needs a DN");
    write_value(out, "dn", ma_value_of(record->dn));
    if (!record->is_change) {
        write_content(out, record);
    } else if (record->new_rdn != NULL) {
        write_rename(out, record);
    } else if (record->change == MA_DELETE) {
        bytes_text(out, "changetype: delete\n");
    } else if (record->change == MA_MODIFY) {
        bytes_text(out, "changetype: modify\n");
        for (size_t i = 0; i < record->count; i++)
            write_field_change(out, &record->fields[i]);
    } else {
        bytes_text(out, "changetype: add\n");
        write_content(out, record);
    }
    bytes_char(out, '\n');
    return true;
}

static void ldif_head(const struct settings *set, const struct columns *columns,
                      struct bytes *out)
{
    (void)set;
    (void)columns;
    bytes_text(out, "version: 1\n\n");
}

const struct format_ops ldif_ops = {
    .next = ldif_next,
    .head = ldif_head,
    .write = ldif_write,
};
