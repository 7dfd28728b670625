/* SPDX-License-Identifier: Apache-2.0 */

/* Records as LDIF. */

#include "ldif.h"
#include "support/text.h"

/* The first byte that is not printable ASCII, or 127; `length`: there is none. */
static size_t plain_at(const char *at, size_t length)
{
    const uint64_t high = UINT64_C(0x8080808080808080);
    const uint64_t blanks = UINT64_C(0x2020202020202020);
    size_t count = 0;

    for (uint64_t word; count + sizeof word <= length; count += sizeof word) {
        memcpy(&word, at + count, sizeof word);
        if (((word | (word - blanks)) & high) != 0)
            break;
    }
    while (count < length && (unsigned char)(at[count] - ' ') < 0x60)
        count++;
    return count;
}

/* RFC 2849 SAFE-STRING, and no blank at the end (note 8). */
static bool is_safe(const struct ma_value *value)
{
    const unsigned char *at = (const unsigned char *)value->data;

    if (value->length == 0)
        return true;
    if (at[0] == ' ' || at[0] == ':' || at[0] == '<' || at[value->length - 1] == ' ')
        return false;
    for (size_t i = plain_at(value->data, value->length); i < value->length; i++)
        if (at[i] == '\0' || at[i] == '\n' || at[i] == '\r' || at[i] > 127)
            return false;
    return true;
}

enum { WIDTH = 76 };

/* The line that begins at `start` and is the last one. Its end moves first. */
static void fold(struct bytes *out, size_t start)
{
    size_t length = out->length - start;
    size_t breaks = length <= WIDTH ? 0 : (length - 2) / (WIDTH - 1);

    for (size_t i = 0; i < breaks; i++)
        bytes_add(out, "\n ", 2);
    for (size_t i = out->failed ? 0 : breaks; i > 0; i--) {
        size_t from = WIDTH + (i - 1) * (WIDTH - 1);
        size_t n = i == breaks ? length - from : WIDTH - 1;
        char *at = out->at + start + from;

        memmove(at + 2 * i, at, n);
        memcpy(at + 2 * i - 2, "\n ", 2);
    }
}

static void write_value(struct bytes *out, const char *name, struct ma_value value)
{
    size_t start = out->length;

    bytes_text(out, name);
    if (is_safe(&value)) {
        bytes_add(out, ": ", 2);
        bytes_add(out, value.data, value.length);
    } else {
        bytes_add(out, ":: ", 3);
        text_base64(out, value.data, value.length);
    }
    fold(out, start);
    bytes_char(out, '\n');
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

static bool has_dn(const struct record *record, struct problem *problem)
{
    return record->dn != NULL && record->dn[0] != '\0'
               ? true
               : problem_set(problem, "invalid-dn", NULL, "an LDIF record needs a DN");
}

/* All that is written is ASCII, but for names, which have to be it. */
bool ldif_holds(const struct record *record, struct problem *problem)
{
    for (size_t i = 0; i < record->count; i++) {
        const struct field *field = &record->fields[i];

        if (plain_at(field->name, field->length) < field->length)
            return problem_set(problem, "invalid-attribute-value", field->name,
                               "a name that LDIF cannot hold");
    }
    return has_dn(record, problem);
}

bool ldif_write(const struct settings *set, const struct columns *columns,
                const struct record *record, struct bytes *out, struct problem *problem)
{
    (void)set;
    (void)columns;
    if (!has_dn(record, problem))
        return false;
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
