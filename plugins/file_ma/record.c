/* SPDX-License-Identifier: Apache-2.0 */
#include "record.h"

bool problem_set(struct problem *problem, const char *type, const char *attribute,
                 const char *fmt, ...)
{
    va_list args;

    problem->type = type;
    problem->attribute = attribute;
    va_start(args, fmt);
    vsnprintf(problem->text, sizeof problem->text, fmt, args);
    va_end(args);
    return false;
}

void record_begin(struct record *record, struct pool *pool)
{
    *record = (struct record){.pool = pool};
}

static const char *text_copy(struct pool *pool, const char *text)
{
    return text == NULL ? NULL : pool_text(pool, text, strlen(text));
}

struct field *record_find(const struct record *record, const char *name)
{
    for (size_t i = 0; i < record->count; i++)
        if (strcasecmp(record->fields[i].name, name) == 0)
            return &record->fields[i];
    return NULL;
}

/* The values of an attribute usually stand together: the last is looked at first. */
struct field *record_field(struct record *record, const char *name, size_t length)
{
    struct field *grown;

    length = strnlen(name, length);
    for (size_t i = record->count; i > 0; i--)
        if (record->fields[i - 1].length == length &&
            strncasecmp(record->fields[i - 1].name, name, length) == 0)
            return &record->fields[i - 1];
    grown = pool_grow(record->pool, record->fields, record->count, &record->capacity,
                      sizeof *grown);
    if (grown == NULL)
        return NULL;
    record->fields = grown;
    grown += record->count++;
    *grown =
        (struct field){.name = pool_text(record->pool, name, length), .length = length};
    return grown;
}

const char *record_text(const struct record *record, const char *name)
{
    const struct field *field = record_find(record, name);

    return field == NULL || field->count == 0 ? NULL : field->values[0].data;
}

static void add(struct record *record, struct ma_value **values, size_t *count,
                size_t *capacity, const void *data, size_t length)
{
    struct ma_value *grown =
        pool_grow(record->pool, *values, *count, capacity, sizeof *grown);

    if (grown == NULL)
        return;
    *values = grown;
    grown[(*count)++] = pool_value(record->pool, data, length);
}

void field_add(struct record *record, struct field *field, const void *data,
               size_t length)
{
    if (field != NULL)
        add(record, &field->values, &field->count, &field->capacity, data, length);
}

void field_remove(struct record *record, struct field *field, const void *data,
                  size_t length)
{
    if (field != NULL)
        add(record, &field->removed, &field->removed_count, &field->removed_capacity,
            data, length);
}

void field_clear(struct field *field)
{
    field->count = 0;
    field->removed_count = 0;
}

size_t field_index(const struct ma_value *values, size_t count, const void *data,
                   size_t length)
{
    for (size_t i = 0; i < count; i++)
        if (values[i].length == length && memcmp(values[i].data, data, length) == 0)
            return i;
    return count;
}

void field_drop(struct field *field, size_t index)
{
    memmove(field->values + index, field->values + index + 1,
            (field->count - index - 1) * sizeof *field->values);
    field->count--;
}

void record_drop(struct record *record, const char *name)
{
    struct field *field = record_find(record, name);

    if (field == NULL)
        return;
    memmove(field, field + 1,
            (size_t)(record->fields + record->count - field - 1) * sizeof *field);
    record->count--;
}

static void copy_values(struct pool *pool, const struct ma_value *from, size_t count,
                        struct ma_value **to, size_t *copied, size_t *capacity)
{
    *copied = 0;
    *capacity = count;
    *to = count == 0 ? NULL : pool_alloc(pool, count * sizeof **to);
    for (size_t i = 0; *to != NULL && i < count; i++)
        (*to)[(*copied)++] = pool_value(pool, from[i].data, from[i].length);
}

/* No larger than it has to be: the objects of a directory are copies. */
void record_copy(struct record *to, const struct record *from, struct pool *pool)
{
    *to = *from;
    to->pool = pool;
    to->dn = text_copy(pool, from->dn);
    to->new_rdn = text_copy(pool, from->new_rdn);
    to->new_superior = text_copy(pool, from->new_superior);
    to->fields = NULL;
    to->count = 0;
    to->capacity = from->count;
    if (from->count > 0)
        to->fields = pool_alloc(pool, from->count * sizeof *to->fields);
    for (size_t i = 0; to->fields != NULL && i < from->count; i++) {
        const struct field *old = &from->fields[i];
        struct field *field = &to->fields[to->count++];

        *field = (struct field){
            .name = text_copy(pool, old->name), .length = old->length, .op = old->op};
        copy_values(pool, old->values, old->count, &field->values, &field->count,
                    &field->capacity);
        copy_values(pool, old->removed, old->removed_count, &field->removed,
                    &field->removed_count, &field->removed_capacity);
    }
}
