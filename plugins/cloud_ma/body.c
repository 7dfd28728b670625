/* SPDX-License-Identifier: Apache-2.0 */
#include "body_parts.h"

#include "refs.h"
#include "refuse.h"
#include "reply.h"

/* --- values ----------------------------------------------------------------------- */

bool body_fail(struct entry_problem *problem, const char *type, const char *attribute,
               const char *text)
{
    problem->type = type;
    problem->attribute = attribute;
    snprintf(problem->text, sizeof problem->text, "%s", text);
    return false;
}

static json_t *value_out(const struct session *s, const struct mapped *mapped,
                         struct ma_value value)
{
    const char *id;

    if (mapped->type != MA_REFERENCE)
        return entry_value(mapped, value, s->quirks.booleans == BOOLEAN_TEXT);
    id = refs_id(s, value.data);
    return id == NULL ? NULL : json_string(id);
}

bool body_values(const struct session *s, const struct mapped *mapped,
                 const struct ma_value *values, size_t count, json_t *out,
                 struct entry_problem *problem)
{
    for (size_t i = 0; i < count; i++) {
        json_t *value = value_out(s, mapped, values[i]);

        if (value == NULL && mapped->type == MA_REFERENCE)
            return body_fail(problem, "dn-attributes-failure", mapped->name,
                             "the object that it refers to is not there");
        if (value == NULL)
            return body_fail(problem, "invalid-attribute-value", mapped->name,
                             "the value does not fit its type");
        (void)json_array_append_new(out, value); /* a lost value is told by body_patch */
    }
    return true;
}

static void remove_values(const struct session *s, const struct mapped *mapped,
                          const struct ma_attribute *a, json_t *list)
{
    for (size_t i = 0; i < a->removed_count; i++) {
        json_t *gone = value_out(s, mapped, a->removed[i]);

        for (size_t k = json_array_size(list); gone != NULL && k-- > 0;)
            if (json_equal(json_array_get(list, k), gone))
                (void)json_array_remove(list, k);
        json_decref(gone);
    }
}

static void drop_doubles(json_t *list)
{
    for (size_t i = json_array_size(list); i-- > 1;)
        for (size_t k = 0; k < i; k++)
            if (json_equal(json_array_get(list, k), json_array_get(list, i))) {
                (void)json_array_remove(list, i);
                break;
            }
}

/* A server that wants a reference as a plain text gets one. */
struct path body_path(const struct session *s, const struct mapped *mapped)
{
    struct path path = mapped->path;

    if (mapped->type == MA_REFERENCE && !mapped->many &&
        s->quirks.references == REFERENCE_TEXT)
        path.sub = NULL;
    return path;
}

bool body_apply_one(const struct session *s, const struct mapped *mapped,
                    const struct ma_attribute *a, json_t *resource,
                    struct entry_problem *problem)
{
    struct path path = body_path(s, mapped);
    json_t *values = a->op == MA_SET ? json_array() : path_get(&path, resource);
    bool good;

    if (a->op == MA_VALUES && !mapped->many && a->count > 0)
        (void)json_array_clear(values);
    if (a->op == MA_VALUES)
        remove_values(s, mapped, a, values);
    good = body_values(s, mapped, a->values, a->count, values, problem);
    if (mapped->many && json_array_size(values) < 1000)
        drop_doubles(values);
    if (good && !path_put(&path, resource, values, mapped->many))
        good = body_fail(problem, "unexpected-error", mapped->name, "out of memory");
    json_decref(values);
    return good;
}

/* --- attributes of an entry ------------------------------------------------------- */

/* NULL and no problem: it is not for the resource. */
const struct mapped *body_writable(const struct session *s,
                                   const struct mapped_class *class,
                                   const struct ma_attribute *a,
                                   struct entry_problem *problem)
{
    const struct mapped *mapped = mapping_attribute(class, a->name);

    return refuse_not_of_body(&s->mapping, mapped, a->name) ||
                   refuse_attribute(&s->mapping, class, a, problem)
               ? NULL
               : mapped;
}

static bool names_path(const struct mapped_class *class, const struct ma_entry *entry,
                       const struct path *path)
{
    for (size_t i = 0; i < entry->count; i++) {
        const struct mapped *mapped = mapping_attribute(class, entry->attributes[i].name);

        if (mapped != NULL && strcasecmp(mapped->path.whole, path->whole) == 0)
            return true;
    }
    return false;
}

/* What the DN is made of, where no attribute says it. NULL: nothing is to be set. */
const char *body_dn_value(const struct mapped_class *class, const struct ma_entry *entry,
                          struct pool *pool)
{
    bool is_new = entry->change == MA_ADD || entry->change == MA_DELETE_ADD;
    const char *dn = is_new ? entry->dn : entry->new_dn;

    if (class->dn_is_id || dn == NULL || names_path(class, entry, &class->dn_path))
        return NULL;
    return mapping_of_dn(class, dn, pool);
}

static bool apply_dn(const struct mapped_class *class, const struct ma_entry *entry,
                     json_t *resource)
{
    struct pool pool = {0};
    const char *value = body_dn_value(class, entry, &pool);
    json_t *values = value == NULL ? NULL : json_pack("[s]", value);
    bool good = values == NULL || path_put(&class->dn_path, resource, values, false);

    json_decref(values);
    pool_free(&pool);
    return good;
}

bool body_apply(const struct session *s, const struct mapped_class *class,
                const struct ma_entry *entry, json_t *resource,
                struct entry_problem *problem)
{
    for (size_t i = 0; i < entry->count; i++) {
        const struct ma_attribute *a = &entry->attributes[i];
        const struct mapped *mapped = body_writable(s, class, a, problem);

        if (problem->type != NULL ||
            (mapped != NULL && !body_apply_one(s, mapped, a, resource, problem)))
            return false;
    }
    return apply_dn(class, entry, resource) ||
           body_fail(problem, "unexpected-error", NULL, "out of memory");
}

bool body_clear_others(const struct mapped_class *class, const struct ma_entry *entry,
                       json_t *resource)
{
    json_t *none = json_array();
    bool good = none != NULL;

    for (size_t i = 0; i < class->count && good; i++) {
        const struct mapped *mapped = &class->attributes[i];

        if (!mapped->members && mapped->read_only == NULL &&
            ma_find(entry, mapped->name) == NULL &&
            !names_path(class, entry, &mapped->path) &&
            strcasecmp(mapped->path.whole, class->dn_path.whole) != 0)
            good = path_put(&mapped->path, resource, none, mapped->many);
    }
    json_decref(none);
    return good;
}

/* A server may take what is silent about it as disabled. */
bool body_finish_new(const struct mapped_class *class, json_t *resource)
{
    json_t *schemas = json_array();
    const char *key;
    json_t *value;
    bool good = json_array_append(schemas, json_array_get(class->schemas, 0)) == 0;

    json_object_foreach(resource, key, value) if (strncasecmp(key, "urn:", 4) == 0) good =
        good && json_array_append_new(schemas, json_string(key)) == 0;
    if (mapping_disables(class) != NULL && member(resource, "active") == NULL)
        good = good && json_object_set_new(resource, "active", json_true()) == 0;
    return json_object_set_new(resource, "schemas", schemas) == 0 && good;
}
