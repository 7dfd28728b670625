/* SPDX-License-Identifier: Apache-2.0 */

/* Records as LDIF. */

#include "ldif.h"
#include "support/text.h"

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

bool ldif_write(const struct settings *set, const struct columns *columns,
                const struct record *record, struct bytes *out, struct problem *problem)
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

void ldif_write_head(const struct settings *set, const struct columns *columns,
                     struct bytes *out)
{
    (void)set;
    (void)columns;
    bytes_text(out, "version: 1\n\n");
}
