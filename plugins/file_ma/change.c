/* SPDX-License-Identifier: Apache-2.0 */
#include "change.h"

#include "support/dn.h"

static bool is_left_out(const struct settings *set, const char *name)
{
    return strcasecmp(name, "dn") == 0 ||
           (!set->write_secrets && settings_is_secret(set, name));
}

static bool has_column(const struct columns *columns, const char *name)
{
    for (size_t i = 0; i < columns->count; i++)
        if (strcasecmp(columns->items[i].name, name) == 0)
            return true;
    return false;
}

static bool by_columns(const struct settings *set)
{
    return set->format == FORMAT_DELIMITED || set->format == FORMAT_FIXED;
}

/* Exactly, or ignoring case where the type does. */
static size_t find_value(const struct settings *set, const struct field *field,
                         struct ma_value value)
{
    const struct ma_schema_attribute *a = settings_attribute(set, field->name);
    size_t at = field_index(field->values, field->count, value.data, value.length);

    if (at < field->count || (a != NULL && a->type == MA_BYTES))
        return at;
    for (at = 0; at < field->count; at++)
        if (field->values[at].length == value.length &&
            strncasecmp(field->values[at].data, value.data, value.length) == 0)
            break;
    return at;
}

static void apply(const struct settings *set, struct record *record,
                  const struct ma_attribute *a)
{
    struct field *field = record_field(record, a->name, strlen(a->name));

    if (field == NULL)
        return;
    if (a->op == MA_SET)
        field_clear(field);
    for (size_t i = 0; i < a->removed_count; i++) {
        size_t at = find_value(
            set, field, map_out(set, record->pool, a->name, a->type, a->removed[i]));

        if (at < field->count)
            field_drop(field, at);
    }
    for (size_t i = 0; i < a->count; i++) {
        struct ma_value value =
            map_out(set, record->pool, a->name, a->type, a->values[i]);

        if (field_index(field->values, field->count, value.data, value.length) ==
            field->count)
            field_add(record, field, value.data, value.length);
    }
}

bool change_attributes(const struct settings *set, const struct columns *columns,
                       const struct ma_entry *entry, struct record *record,
                       struct problem *problem)
{
    for (size_t i = 0; i < entry->count; i++) {
        const struct ma_attribute *a = &entry->attributes[i];

        if (is_left_out(set, a->name))
            continue;
        if (by_columns(set) && !has_column(columns, a->name)) {
            if (a->count == 0)
                continue;
            return problem_set(problem, "insufficient-columns", a->name,
                               "the file has no column '%s'", a->name);
        }
        apply(set, record, a);
    }
    return true;
}

void change_operations(const struct settings *set, const struct ma_entry *entry,
                       struct record *record)
{
    for (size_t i = 0; i < entry->count; i++) {
        const struct ma_attribute *a = &entry->attributes[i];
        struct field *field;

        if (is_left_out(set, a->name))
            continue;
        field = record_field(record, a->name, strlen(a->name));
        if (field == NULL)
            return;
        field->op = a->op;
        for (size_t k = 0; k < a->count; k++) {
            struct ma_value v =
                map_out(set, record->pool, a->name, a->type, a->values[k]);

            field_add(record, field, v.data, v.length);
        }
        for (size_t k = 0; k < a->removed_count; k++) {
            struct ma_value v =
                map_out(set, record->pool, a->name, a->type, a->removed[k]);

            field_remove(record, field, v.data, v.length);
        }
    }
}

static const char *class_value(const struct settings *set, const char *type)
{
    for (size_t i = 0; i < set->mapping_count; i++)
        if (strcasecmp(set->mappings[i].primary, type) == 0)
            return set->mappings[i].value;
    return type;
}

static void add_superiors(const struct settings *set, struct record *record,
                          struct field *field, const char *name, unsigned depth)
{
    const struct ma_schema_class *class = settings_class(set, name);

    if (class != NULL && class->superior != NULL &&
        strcasecmp(class->superior, name) != 0 && depth < 64)
        add_superiors(set, record, field, class->superior, depth + 1);
    field_add(record, field, name, strlen(name));
}

void change_class(const struct settings *set, const struct ma_entry *entry,
                  struct record *record)
{
    struct field *field;

    if (set->object_class_column == NULL || entry->object_type == NULL)
        return;
    field =
        record_field(record, set->object_class_column, strlen(set->object_class_column));
    if (field == NULL || field->count > 0)
        return;
    if (set->format == FORMAT_LDIF && set->mapping_count == 0) {
        add_superiors(set, record, field, entry->object_type, 0);
    } else {
        const char *value = class_value(set, entry->object_type);

        field_add(record, field, value, strlen(value));
    }
}

void change_naming(const struct settings *set, struct record *record, bool anew)
{
    const char *type;
    const char *value;
    const struct ma_schema_attribute *a;
    struct field *field;

    if (set->format != FORMAT_LDIF || record->dn == NULL ||
        !dn_rdn(record->pool, record->dn, &type, &value))
        return;
    a = settings_attribute(set, type);
    if (a != NULL)
        type = a->name;
    field = record_field(record, type, strlen(type));
    if (field == NULL || (field->count > 0 && !anew))
        return;
    field_clear(field);
    field_add(record, field, value, strlen(value));
}

static void set_if_empty(struct record *record, const char *name, const char *data,
                         size_t length)
{
    struct field *field = record_field(record, name, strlen(name));

    if (field != NULL && field->count == 0 && length > 0)
        field_add(record, field, data, length);
}

static size_t parts_of(const char *text, size_t length)
{
    size_t parts = 1;

    for (size_t i = 0; i < length; i++)
        parts += text[i] == '+';
    return parts;
}

static void set_anchor_columns(const struct settings *set, struct ma_value anchor,
                               struct record *record)
{
    const char *at = anchor.data;
    const char *end = anchor.data + anchor.length;

    if (set->anchor.count > 1 && parts_of(at, anchor.length) != set->anchor.count)
        return;
    for (size_t i = 0; i < set->anchor.count && at <= end; i++) {
        const char *plus =
            set->anchor.count == 1 ? NULL : memchr(at, '+', (size_t)(end - at));
        size_t length = (size_t)((plus == NULL ? end : plus) - at);
        struct ma_value value = map_out(set, record->pool, set->anchor.items[i],
                                        MA_UNTYPED, (struct ma_value){at, length});

        set_if_empty(record, set->anchor.items[i], value.data, value.length);
        at += length + 1;
    }
}

void change_keys(const struct settings *set, const struct ma_entry *entry,
                 struct record *record)
{
    if (set->format == FORMAT_LDIF)
        return;
    if (entry->anchor.length > 0)
        set_anchor_columns(set, entry->anchor, record);
    if (entry->dn != NULL && set->dn.count == 1)
        set_if_empty(record, set->dn.items[0], entry->dn, strlen(entry->dn));
}

static void add_column(struct pool *pool, struct columns *columns, const char *name)
{
    struct column *grown;

    if (name == NULL || has_column(columns, name))
        return;
    grown = pool_grow(pool, columns->items, columns->count, &columns->capacity,
                      sizeof *grown);
    if (grown == NULL)
        return;
    columns->items = grown;
    grown[columns->count++] = (struct column){pool_text(pool, name, strlen(name)), 0};
}

struct columns change_columns(const struct settings *set, struct pool *pool,
                              const struct columns *known)
{
    struct columns columns = {0};

    if (known->count > 0 || set->format != FORMAT_DELIMITED)
        return *known;
    for (size_t i = 0; i < set->anchor.count; i++)
        add_column(pool, &columns, set->anchor.items[i]);
    for (size_t i = 0; i < set->dn.count; i++)
        add_column(pool, &columns, set->dn.items[i]);
    add_column(pool, &columns, set->object_class_column);
    for (size_t i = 0; i < set->schema->attribute_count; i++)
        if (!is_left_out(set, set->schema->attributes[i].name))
            add_column(pool, &columns, set->schema->attributes[i].name);
    if (set->mode == MODE_RECORDS)
        add_column(pool, &columns, set->change_column);
    return columns;
}
