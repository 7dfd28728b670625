/* SPDX-License-Identifier: Apache-2.0 */
#include "body.h"

#include <stdlib.h>
#include <sys/random.h>

#include "refs.h"
#include "reply.h"

#define PATCH_SCHEMA "urn:ietf:params:scim:api:messages:2.0:PatchOp"

/* --- values --------------------------------------------------------------------------
 */

static bool fail(struct entry_problem *problem, const char *type, const char *attribute,
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

static bool values_out(const struct session *s, const struct mapped *mapped,
                       const struct ma_value *values, size_t count, json_t *out,
                       struct entry_problem *problem)
{
    for (size_t i = 0; i < count; i++) {
        json_t *value = value_out(s, mapped, values[i]);

        if (value == NULL && mapped->type == MA_REFERENCE)
            return fail(problem, "dn-attributes-failure", mapped->name,
                        "the object that it refers to is not there");
        if (value == NULL)
            return fail(problem, "invalid-attribute-value", mapped->name,
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
static struct path path_of(const struct session *s, const struct mapped *mapped)
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
    struct path path = path_of(s, mapped);
    json_t *values = a->op == MA_SET ? json_array() : path_get(&path, resource);
    bool good;

    if (a->op == MA_VALUES && !mapped->many && a->count > 0)
        (void)json_array_clear(values);
    if (a->op == MA_VALUES)
        remove_values(s, mapped, a, values);
    good = values_out(s, mapped, a->values, a->count, values, problem);
    if (mapped->many && json_array_size(values) < 1000)
        drop_doubles(values);
    if (good && !path_put(&path, resource, values, mapped->many))
        good = fail(problem, "unexpected-error", mapped->name, "out of memory");
    json_decref(values);
    return good;
}

/* --- attributes of an entry ----------------------------------------------------------
 */

static bool is_anchor(const struct session *s, const char *name)
{
    return s->mapping.anchor != NULL && strcasecmp(s->mapping.anchor, name) == 0;
}

/* NULL and no problem: it is not for the resource. */
static const struct mapped *writable(const struct session *s,
                                     const struct mapped_class *class,
                                     const struct ma_attribute *a,
                                     struct entry_problem *problem)
{
    const struct mapped *mapped = mapping_attribute(class, a->name);

    if (is_anchor(s, a->name) || (mapped != NULL && (mapped->members || mapped->link)))
        return NULL;
    if (mapped == NULL)
        (void)fail(problem, "schema-violation", a->name,
                   "the mapping has no such attribute");
    else if (mapped->read_only != NULL)
        (void)fail(problem, "readonly-attribute", a->name, mapped->read_only);
    return problem->type == NULL ? mapped : NULL;
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
static const char *dn_value(const struct mapped_class *class,
                            const struct ma_entry *entry, struct pool *pool)
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
    const char *value = dn_value(class, entry, &pool);
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
        const struct mapped *mapped = writable(s, class, a, problem);

        if (problem->type != NULL ||
            (mapped != NULL && !body_apply_one(s, mapped, a, resource, problem)))
            return false;
    }
    return apply_dn(class, entry, resource) ||
           fail(problem, "unexpected-error", NULL, "out of memory");
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

/* --- operations ----------------------------------------------------------------------
 */

/* Graph clears and replaces by name; only single values of a list need the others. */
static bool changes_values(const struct mapped_class *class, const struct ma_entry *entry)
{
    for (size_t i = 0; i < entry->count; i++) {
        const struct mapped *mapped = mapping_attribute(class, entry->attributes[i].name);

        if (mapped != NULL && !mapped->members && mapped->many &&
            entry->attributes[i].op == MA_VALUES)
            return true;
    }
    return false;
}

bool body_needs_current(const struct session *s, const struct mapped_class *class,
                        const struct ma_entry *entry)
{
    if (s->mapping.graph)
        return entry->change == MA_REPLACE || changes_values(class, entry);
    if (s->quirks.writing == WRITE_PUT ||
        (s->quirks.writing == WRITE_AUTO && !s->server.patch) ||
        entry->change == MA_REPLACE)
        return true;
    for (size_t i = 0; i < entry->count; i++) {
        const struct mapped *mapped = mapping_attribute(class, entry->attributes[i].name);

        if (mapped != NULL &&
            (mapped->members ? entry->attributes[i].op == MA_SET
                             : mapped->many || mapped->path.filter_name != NULL))
            return true;
    }
    return false;
}

/* `value` is taken; NULL: the attribute goes. */
static bool add_operation(json_t *operations, const char *path, json_t *value)
{
    json_t *operation =
        value == NULL
            ? json_pack("{s:s, s:s}", "op", "remove", "path", path)
            : json_pack("{s:s, s:s, s:o}", "op", "replace", "path", path, "value", value);

    return json_array_append_new(operations, operation) == 0;
}

/* One single value. A reference is the whole of its attribute. */
static bool direct_one(const struct session *s, const struct mapped *mapped,
                       const struct ma_attribute *a, struct pool *pool,
                       json_t *operations, struct entry_problem *problem)
{
    struct path path = path_of(s, mapped);
    json_t *values = json_array();
    json_t *value = NULL;
    bool good = values_out(s, mapped, a->values, a->count, values, problem);
    bool whole = mapped->type == MA_REFERENCE;

    if (good && json_array_size(values) > 0) {
        value = json_incref(json_array_get(values, 0));
        if (whole && path.sub != NULL)
            value = json_pack("{s:o}", path.sub, value);
    }
    if (good && !add_operation(operations,
                               whole ? path.whole : path_operation(&path, pool), value))
        good = fail(problem, "unexpected-error", mapped->name, "out of memory");
    json_decref(values);
    return good;
}

json_t *body_direct(const struct session *s, const struct mapped_class *class,
                    const struct ma_entry *entry, struct pool *pool,
                    struct entry_problem *problem)
{
    json_t *operations = json_array();
    const char *dn = dn_value(class, entry, pool);

    for (size_t i = 0; i < entry->count && problem->type == NULL; i++) {
        const struct mapped *mapped = writable(s, class, &entry->attributes[i], problem);

        if (mapped != NULL)
            (void)direct_one(s, mapped, &entry->attributes[i], pool, operations, problem);
    }
    if (dn != NULL && problem->type == NULL)
        (void)add_operation(operations, path_operation(&class->dn_path, pool),
                            json_string(dn));
    return operations;
}

static void random_text(char out[33])
{
    unsigned char bytes[16] = {0};

    (void)!getrandom(bytes, sizeof bytes, 0); /* 16 bytes are never given in part */
    for (size_t i = 0; i < sizeof bytes; i++)
        snprintf(out + 2 * i, 3, "%02x", bytes[i]);
}

static json_t *default_value(const json_t *json)
{
    const char *text = json_string_value(json);
    const char *mark = text == NULL ? NULL : strstr(text, "{random}");
    char random[33];
    const char *key;
    json_t *value, *out;

    if (json_is_object(json)) {
        out = json_object();
        json_object_foreach((json_t *)json, key, value)
        {
            (void)json_object_set_new(out, key, default_value(value));
        }
        return out;
    }
    if (mark == NULL)
        return json_deep_copy(json);
    random_text(random);
    return json_sprintf("%.*s%s%s", (int)(mark - text), text, random, mark + 8);
}

/* What cannot be without a value gets its default again. */
static json_t *cleared(const struct mapped_class *class, const char *name, bool many)
{
    const json_t *fallback = json_object_get(class->defaults, name);

    if (fallback != NULL)
        return default_value(fallback);
    return many ? json_array() : json_null();
}

static bool put_property(json_t *out, const struct mapped_class *class,
                         const struct path *path, const json_t *from, bool many)
{
    json_t *value = path_find(path, from);
    json_t *object = json_object_get(out, path->attribute);

    if (path->sub == NULL)
        return json_object_set_new(out, path->attribute,
                                   value != NULL
                                       ? json_incref(value)
                                       : cleared(class, path->attribute, many)) == 0;
    if (object == NULL &&
        json_object_set_new(out, path->attribute, object = json_object()) != 0)
        return false;
    value = member(value, path->sub);
    return json_object_set_new(object, path->sub,
                               value != NULL ? json_incref(value) : json_null()) == 0;
}

json_t *body_properties(const struct session *s, const struct mapped_class *class,
                        const struct ma_entry *entry, const json_t *current,
                        struct entry_problem *problem)
{
    json_t *state = current == NULL ? json_object() : json_deep_copy(current);
    json_t *out = json_object();
    struct pool pool = {0};
    bool good = body_apply(s, class, entry, state, problem);

    for (size_t i = 0; i < entry->count && good; i++) {
        const struct mapped *mapped = writable(s, class, &entry->attributes[i], problem);

        if (mapped != NULL)
            good = put_property(out, class, &mapped->path, state, mapped->many);
    }
    if (good && dn_value(class, entry, &pool) != NULL)
        good = put_property(out, class, &class->dn_path, state, false);
    pool_free(&pool);
    json_decref(state);
    if (good)
        return out;
    if (problem->type == NULL)
        (void)fail(problem, "unexpected-error", NULL, "out of memory");
    json_decref(out);
    return NULL;
}

bool body_defaults(const struct mapped_class *class, json_t *resource)
{
    const char *key;
    json_t *value, *old;

    json_object_foreach((json_t *)class->defaults, key, value)
    {
        old = json_object_get(resource, key);
        if ((old == NULL || json_is_null(old)) &&
            json_object_set_new(resource, key, default_value(value)) != 0)
            return false;
    }
    return true;
}

static bool is_in(const json_t *operations, const char *path)
{
    json_t *operation;
    size_t i;

    json_array_foreach(operations, i,
                       operation) if (strcasecmp(member_text(operation, "path"), path) ==
                                      0) return true;
    return false;
}

static void add_difference(json_t *operations, const struct path *path,
                           const json_t *before, const json_t *after)
{
    json_t *old = path_find(path, before);
    json_t *new = path_find(path, after);

    if ((old == NULL && new == NULL) ||
        (old != NULL && new != NULL &&json_equal(old, new)))
        return;
    if (!is_in(operations, path->whole))
        (void)add_operation(operations, path->whole, json_incref(new));
}

json_t *body_difference(const struct mapped_class *class, const json_t *before,
                        const json_t *after)
{
    json_t *operations = json_array();

    for (size_t i = 0; i < class->count; i++)
        if (!class->attributes[i].members)
            add_difference(operations, &class->attributes[i].path, before, after);
    if (!class->dn_is_id)
        add_difference(operations, &class->dn_path, before, after);
    return operations;
}

char *body_patch(const json_t *operations)
{
    json_t *body =
        json_pack("{s:[s], s:O}", "schemas", PATCH_SCHEMA, "Operations", operations);
    char *text = body == NULL ? NULL : json_dumps(body, JSON_COMPACT);

    json_decref(body);
    return text;
}
