/* SPDX-License-Identifier: Apache-2.0 */
#include "map.h"

#include <stdlib.h>

#include "support/dn.h"
#include "support/text.h"

enum { ANCHOR_LIMIT = 800, DEPTH_LIMIT = 64 };

/* --- values ----------------------------------------------------------------------- */

static bool from_base64(struct pool *pool, const char *name, struct ma_value *value,
                        struct problem *problem)
{
    struct bytes out = {0};
    bool good = text_from_base64(&out, value->data, value->length);

    if (good)
        *value = pool_value(pool, out.at == NULL ? "" : out.at, out.length);
    pool->failed |= out.failed;
    bytes_free(&out);
    return good ? true
                : problem_set(problem, "invalid-base64-value", name, "this is no Base64");
}

/* A SID stands for its object in some attributes of Active Directory. */
static bool is_sid(struct ma_value value)
{
    return value.length >= 8 && value.data[0] == 1 &&
           value.length == 8 + 4 * (size_t)(unsigned char)value.data[1];
}

static bool value_in(const struct settings *set, struct pool *pool,
                     const struct ma_schema_attribute *a, const char *name,
                     struct ma_value *value, struct problem *problem)
{
    enum ma_type type = a == NULL ? MA_UNTYPED : a->type;
    bool flag;

    if (type == MA_BYTES && set->format != FORMAT_LDIF)
        return from_base64(pool, name, value, problem);
    if (type == MA_INTEGER && !text_is_number(value->data, value->length))
        return problem_set(problem, "invalid-numeric-value", name,
                           "this is no number of 64 bits");
    if (type == MA_FLAG) {
        if (!text_is_flag(value->data, value->length, &flag))
            return problem_set(problem, "invalid-boolean-value", name,
                               "wanted TRUE or FALSE");
        *value = ma_value_of(flag ? "true" : "false");
    }
    if (type == MA_REFERENCE && set->ldap_dn && !is_sid(*value) &&
        !dn_is_ldap(value->data + dn_data_of(value->data)))
        return problem_set(problem, "reference-value-not-ldap-conformant", name,
                           "a reference is a DN");
    return true;
}

struct ma_value map_out(const struct settings *set, struct pool *pool, const char *name,
                        enum ma_type type, struct ma_value value)
{
    const struct ma_schema_attribute *a = settings_attribute(set, name);
    struct bytes out = {0};

    if (a != NULL)
        type = a->type;
    if (type == MA_FLAG && set->format == FORMAT_LDIF)
        return ma_value_of(value.length == 4 ? "TRUE" : "FALSE");
    if (type != MA_BYTES || set->format == FORMAT_LDIF)
        return value;
    text_base64(&out, value.data, value.length);
    value = pool_value(pool, out.at == NULL ? "" : out.at, out.length);
    pool->failed |= out.failed;
    bytes_free(&out);
    return value;
}

/* --- class ------------------------------------------------------------------------ */

static size_t depth(const struct settings *set, const struct ma_schema_class *class)
{
    size_t n = 0;

    /* "top" of Active Directory is its own superior */
    while (class != NULL && class->superior != NULL &&
           strcasecmp(class->superior, class->name) != 0 && n < DEPTH_LIMIT) {
        class = settings_class(set, class->superior);
        n++;
    }
    return n;
}

static const char *mapped_class(const struct settings *set, const char *value)
{
    for (size_t i = 0; i < set->mapping_count; i++)
        if (strcasecmp(set->mappings[i].value, value) == 0)
            return set->mappings[i].primary;
    return value;
}

/* The deepest class that the schema has, a structural one before any other; of equals the
 * one that stands last, as a directory lists the most special one last. */
static const char *deepest_class(const struct settings *set, const struct field *field)
{
    const char *best = NULL;
    size_t best_rank = 0;

    for (size_t i = 0; i < field->count; i++) {
        const char *name = mapped_class(set, field->values[i].data);
        const struct ma_schema_class *class = settings_class(set, name);
        size_t rank = depth(set, class);

        if (class == NULL && set->schema->class_count > 0)
            continue;
        if (class != NULL && class->structural)
            rank += DEPTH_LIMIT + 1;
        if (best == NULL || rank >= best_rank) {
            best = class == NULL ? name : class->name;
            best_rank = rank;
        }
    }
    return best;
}

static bool map_class(const struct settings *set, const struct record *record,
                      const char **out, struct problem *problem)
{
    const struct field *field = set->object_class_column == NULL
                                    ? NULL
                                    : record_find(record, set->object_class_column);

    *out = set->object_class;
    if (field == NULL || field->count == 0)
        return *out != NULL ? true
                            : problem_set(problem, "missing-object-class",
                                          set->object_class_column,
                                          "nothing says what kind of object this is");
    *out = deepest_class(set, field);
    if (*out == NULL)
        *out = set->object_class;
    return *out != NULL
               ? true
               : problem_set(problem, "unmappable-object-type", set->object_class_column,
                             "'%s' is no class of the schema",
                             field->values[field->count - 1].data);
}

/* --- DN and anchor ---------------------------------------------------------------- */

bool map_dn(const struct settings *set, const struct record *record, const char **out,
            struct problem *problem)
{
    struct bytes joined = {0};
    bool good = true;

    if (set->format == FORMAT_LDIF) {
        *out = record->dn;
    } else {
        for (size_t i = 0; i < set->dn.count && good; i++) {
            const char *part = record_text(record, set->dn.items[i]);

            if (i > 0)
                bytes_char(&joined, ',');
            if (part != NULL)
                bytes_text(&joined, part);
            else
                good = problem_set(problem, "missing-dn", set->dn.items[i],
                                   "a column of the DN is empty");
        }
        *out = pool_text(record->pool, joined.at == NULL ? "" : joined.at, joined.length);
        record->pool->failed |= joined.failed;
        bytes_free(&joined);
    }
    if (good && (*out == NULL || (*out)[0] == '\0'))
        return problem_set(problem, "missing-dn", NULL, "the record has no DN");
    if (good && set->ldap_dn && !dn_is_ldap(*out))
        return problem_set(problem, "dn-not-ldap-conformant", NULL,
                           "wanted type=value, separated by commas");
    return good;
}

static bool add_component(const struct settings *set, const struct record *record,
                          const char *name, struct bytes *out, struct problem *problem)
{
    const struct field *field = record_find(record, name);
    struct ma_value value;

    if (field == NULL || field->count == 0)
        return problem_set(problem, "missing-anchor-component", name,
                           "the anchor '%s' is missing", name);
    if (field->count > 1)
        return problem_set(problem, "multi-valued-anchor-component", name,
                           "the anchor '%s' has %zu values", name, field->count);
    value = field->values[0];
    if (!value_in(set, record->pool, settings_attribute(set, name), name, &value,
                  problem))
        return false;
    if (out->length > 0)
        bytes_char(out, '+');
    bytes_add(out, value.data, value.length);
    return true;
}

static bool has_any_component(const struct settings *set, const struct record *record)
{
    for (size_t i = 0; i < set->anchor.count; i++) {
        const struct field *field = record_find(record, set->anchor.items[i]);

        if (field != NULL && field->count > 0)
            return true;
    }
    return false;
}

bool map_anchor(const struct settings *set, const struct record *record,
                struct ma_value *out, struct problem *problem)
{
    struct bytes joined = {0};
    bool good = true;

    *out = (struct ma_value){"", 0};
    if (set->anchor.count == 0) {
        if (record->dn != NULL)
            *out = ma_value_of(dn_fold(record->pool, record->dn));
        return true;
    }
    if (record->is_change && record->change != MA_ADD && set->format == FORMAT_LDIF &&
        (record->change == MA_MODIFY || !has_any_component(set, record)))
        return true;
    for (size_t i = 0; i < set->anchor.count && good; i++)
        good = add_component(set, record, set->anchor.items[i], &joined, problem);
    if (good && joined.length > ANCHOR_LIMIT)
        good = problem_set(problem, "anchor-too-long", set->anchor.items[0],
                           "%zu bytes, wanted %d at most", joined.length, ANCHOR_LIMIT);
    if (good)
        *out =
            pool_value(record->pool, joined.at == NULL ? "" : joined.at, joined.length);
    record->pool->failed |= joined.failed;
    bytes_free(&joined);
    return good;
}

const char *map_renamed(const struct record *record)
{
    const char *parent = record->new_superior != NULL && record->new_superior[0] != '\0'
                             ? record->new_superior
                             : dn_parent(record->dn);
    struct bytes out = {0};
    const char *dn;

    bytes_text(&out, record->new_rdn);
    if (parent[0] != '\0') {
        bytes_char(&out, ',');
        bytes_text(&out, parent);
    }
    dn = pool_text(record->pool, out.at == NULL ? "" : out.at, out.length);
    record->pool->failed |= out.failed;
    bytes_free(&out);
    return dn;
}

/* --- change type ------------------------------------------------------------------ */

static bool change_of_column(const struct settings *set, struct record *record,
                             struct problem *problem)
{
    static const enum ma_change changes[CHANGES] = {
        [CHANGE_ADD] = MA_ADD, [CHANGE_MODIFY] = MA_MODIFY, [CHANGE_DELETE] = MA_DELETE};
    const struct field *field =
        set->change_column == NULL ? NULL : record_find(record, set->change_column);

    if (field == NULL || field->count == 0)
        return problem_set(problem, "missing-change-type", set->change_column,
                           "a record of a delta import says what happened");
    if (field->count > 1)
        return problem_set(problem, "multi-valued-change-type", set->change_column,
                           "several change types");
    for (size_t i = 0; i < CHANGES; i++)
        if (strcasecmp(field->values[0].data, set->change_values[i]) == 0) {
            record->is_change = true;
            record->change = changes[i];
            return true;
        }
    return problem_set(problem, "invalid-change-type", set->change_column,
                       "'%.60s' is none of %.40s, %.40s, %.40s", field->values[0].data,
                       set->change_values[0], set->change_values[1],
                       set->change_values[2]);
}

static bool map_change(const struct map *map, struct record *record,
                       struct problem *problem)
{
    if (map->delta && map->set->format != FORMAT_LDIF)
        return change_of_column(map->set, record, problem);
    if (map->delta && !record->is_change)
        return problem_set(problem, "missing-change-type", NULL,
                           "a record of a delta import has a changetype");
    if (!map->delta && record->is_change && record->change != MA_ADD)
        return problem_set(problem, "invalid-change-type", NULL,
                           "a full import reads objects, not their changes");
    return true;
}

/* --- attributes ------------------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
    return strcasecmp(*(const char *const *)a, *(const char *const *)b);
}

void map_select(struct map *map, struct pool *pool, const char *const *attributes)
{
    size_t count = 0;

    if (attributes == NULL)
        return;
    while (attributes[count] != NULL)
        count++;
    map->attributes = pool_alloc(pool, (count + 1) * sizeof *map->attributes);
    if (map->attributes == NULL)
        return;
    memcpy(map->attributes, attributes, count * sizeof *map->attributes);
    qsort(map->attributes, count, sizeof *map->attributes, by_name);
    map->attribute_count = count;
}

static bool is_selected(const struct map *map, const char *name)
{
    return bsearch(&name, map->attributes, map->attribute_count, sizeof *map->attributes,
                   by_name) != NULL;
}

/* The name of the schema for a field; NULL: the field is not imported. */
static const char *wanted(const struct map *map, const struct field *field,
                          const struct ma_schema_attribute **attribute)
{
    const struct settings *set = map->set;
    const char *name = field->name;
    size_t length = strlen(name);
    char base[128];

    if (length > 7 && length < sizeof base &&
        strcasecmp(name + length - 7, ";binary") == 0) {
        snprintf(base, sizeof base, "%.*s", (int)(length - 7), name);
        name = base;
    }
    *attribute = settings_attribute(set, name);
    if (*attribute != NULL)
        name = (*attribute)->name;
    else if (set->schema->attribute_count > 0 || name == base)
        return NULL;
    if (set->change_column != NULL && strcasecmp(name, set->change_column) == 0)
        return NULL;
    return map->attributes == NULL || is_selected(map, name) ? name : NULL;
}

static bool values_in(const struct settings *set, struct pool *pool,
                      const struct ma_schema_attribute *a, const char *name,
                      struct ma_value *values, size_t count, struct problem *problem)
{
    for (size_t i = 0; i < count; i++)
        if (!value_in(set, pool, a, name, &values[i], problem))
            return false;
    return true;
}

static bool map_attribute(const struct map *map, struct record *record,
                          struct field *field, struct ma_entry *entry,
                          struct ma_attribute *out, struct problem *problem)
{
    const struct ma_schema_attribute *a = NULL;
    const char *name = wanted(map, field, &a);
    bool empty = field->count == 0 && field->removed_count == 0;

    if (name == NULL || (empty && entry->change != MA_MODIFY))
        return true;
    if (a != NULL && a->single_valued && field->count > 1)
        return problem_set(problem, "multi-single-mismatch", name,
                           "%zu values of a single-valued attribute", field->count);
    if (!values_in(map->set, record->pool, a, name, field->values, field->count,
                   problem) ||
        !values_in(map->set, record->pool, a, name, field->removed, field->removed_count,
                   problem))
        return false;
    out[entry->count++] = (struct ma_attribute){
        .name = name,
        .op = record->is_change && record->change == MA_MODIFY ? field->op : MA_SET,
        .type = a == NULL ? MA_UNTYPED : a->type,
        .values = field->values,
        .count = field->count,
        .removed = field->removed,
        .removed_count = field->removed_count,
    };
    return true;
}

static bool map_attributes(const struct map *map, struct record *record,
                           struct ma_entry *entry, struct problem *problem)
{
    struct ma_attribute *all =
        pool_alloc(record->pool, (record->count + 1) * sizeof *all);

    if (all == NULL || entry->change == MA_DELETE)
        return true;
    entry->attributes = all;
    for (size_t i = 0; i < record->count; i++)
        if (!map_attribute(map, record, &record->fields[i], entry, all, problem))
            return false;
    return true;
}

/* A rename changes the naming attribute too: the directory that wrote this did so. */
static void rename_naming_attribute(struct record *record)
{
    const char *type;
    const char *value;
    struct field *field;

    if (!dn_rdn(record->pool, record->new_rdn, &type, &value))
        return;
    field = record_field(record, type, strlen(type));
    if (field == NULL)
        return;
    field->op = MA_VALUES;
    field_add(record, field, value, strlen(value));
    if (record->delete_old_rdn && dn_rdn(record->pool, record->dn, &type, &value) &&
        strcasecmp(type, field->name) == 0 &&
        field_index(field->values, field->count, value, strlen(value)) == field->count)
        field_remove(record, field, value, strlen(value));
}

static bool map_rename(const struct map *map, struct record *record,
                       struct ma_entry *entry, struct problem *problem)
{
    if (record->new_rdn == NULL)
        return true;
    if (map->set->anchor.count == 0)
        return problem_set(problem, "need-full-object", NULL,
                           "the DN is the anchor, so a rename is another object");
    entry->new_dn = map_renamed(record);
    if (!dn_is_ldap(entry->new_dn))
        return problem_set(problem, "invalid-dn", NULL, "the new DN is none");
    rename_naming_attribute(record);
    return true;
}

/* --- a record --------------------------------------------------------------------- */

enum mapped map_record(const struct map *map, struct record *record,
                       struct ma_entry *entry, struct problem *problem)
{
    const struct settings *set = map->set;
    bool needs_class;

    *entry = (struct ma_entry){.size = sizeof *entry, .position = record->entry};
    if (!map_dn(set, record, &entry->dn, problem))
        return MAP_BAD;
    if (map->partition != NULL &&
        !dn_is_under(dn_fold(record->pool, entry->dn), map->partition))
        return MAP_OTHER;
    if (!map_change(map, record, problem))
        return MAP_BAD;
    entry->change = record->is_change ? record->change : MA_PRESENT;
    needs_class = entry->change == MA_PRESENT || entry->change == MA_ADD;
    if (!map_anchor(set, record, &entry->anchor, problem) ||
        (needs_class && !map_class(set, record, &entry->object_type, problem)) ||
        !map_rename(map, record, entry, problem) ||
        !map_attributes(map, record, entry, problem))
        return MAP_BAD;
    if (!needs_class && set->object_class != NULL)
        entry->object_type = set->object_class;
    return MAP_ENTRY;
}
