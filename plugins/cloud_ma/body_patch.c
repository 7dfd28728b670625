/* SPDX-License-Identifier: Apache-2.0 */
#include "body_parts.h"

#include "reply.h"

#define PATCH_SCHEMA "urn:ietf:params:scim:api:messages:2.0:PatchOp"

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
    struct path path = body_path(s, mapped);
    json_t *values = json_array();
    json_t *value = NULL;
    bool good = body_values(s, mapped, a->values, a->count, values, problem);
    bool whole = mapped->type == MA_REFERENCE;

    if (good && json_array_size(values) > 0) {
        value = json_incref(json_array_get(values, 0));
        if (whole && path.sub != NULL)
            value = json_pack("{s:o}", path.sub, value);
    }
    if (good && !add_operation(operations,
                               whole ? path.whole : path_operation(&path, pool), value))
        good = body_fail(problem, "unexpected-error", mapped->name, "out of memory");
    json_decref(values);
    return good;
}

json_t *body_direct(const struct session *s, const struct mapped_class *class,
                    const struct ma_entry *entry, struct pool *pool,
                    struct entry_problem *problem)
{
    json_t *operations = json_array();
    const char *dn = body_dn_value(class, entry, pool);

    for (size_t i = 0; i < entry->count && problem->type == NULL; i++) {
        const struct mapped *mapped =
            body_writable(s, class, &entry->attributes[i], problem);

        if (mapped != NULL)
            (void)direct_one(s, mapped, &entry->attributes[i], pool, operations, problem);
    }
    if (dn != NULL && problem->type == NULL)
        (void)add_operation(operations, path_operation(&class->dn_path, pool),
                            json_string(dn));
    return operations;
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

/* --- as the service wants it ------------------------------------------------------ */

/* {"name": {"givenName": value}} for name.givenName; what a colon ends is a schema. */
static json_t *nested(const char *path, json_t *value)
{
    const char *colon = strncasecmp(path, "urn:", 4) == 0 ? strrchr(path, ':') : NULL;
    const char *name = colon == NULL ? path : colon + 1;
    const char *dot = strchr(name, '.');
    json_t *out = value;

    if (dot != NULL)
        out = json_pack("{s:o}", dot + 1, out);
    out =
        json_pack("{s%:o}", name, dot == NULL ? strlen(name) : (size_t)(dot - name), out);
    return colon == NULL ? out : json_pack("{s%:o}", path, (size_t)(colon - path), out);
}

/* Only a replacement of what no filter chooses can do without a path. */
static void drop_path(json_t *operation)
{
    const char *path = member_text(operation, "path");
    json_t *value = member(operation, "value");
    const char *op = member_text(operation, "op");

    if (path == NULL || value == NULL || strchr(path, '[') != NULL ||
        strcmp(op, "replace") != 0)
        return;
    (void)json_object_set_new(operation, "value", nested(path, json_incref(value)));
    (void)json_object_del(operation, "path");
}

static void capitalise(json_t *operation)
{
    const char *op = member_text(operation, "op");
    char word[16];

    snprintf(word, sizeof word, "%s", op);
    word[0] = (char)(word[0] - 'a' + 'A');
    (void)json_object_set_new(operation, "op", json_string(word));
}

char *body_patch(const struct quirks *quirks, json_t *operations)
{
    json_t *body, *operation;
    char *text;
    size_t i;

    json_array_foreach(operations, i, operation)
    {
        if (quirks->paths == PATHS_NONE)
            drop_path(operation);
        if (quirks->wording == WORDS_CAPITAL)
            capitalise(operation);
    }
    body = json_pack("{s:[s], s:O}", "schemas", PATCH_SCHEMA, "Operations", operations);
    text = body == NULL ? NULL : json_dumps(body, JSON_COMPACT);
    json_decref(body);
    return text;
}
