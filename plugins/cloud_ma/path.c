/* SPDX-License-Identifier: Apache-2.0 */
#include "path.h"

#include "reply.h"

/* --- reading one ------------------------------------------------------------------ */

/* [type eq "work"]; *at stands behind it afterwards. */
static bool parse_filter(struct path *path, struct pool *pool, const char **at)
{
    const char *name = *at + 1;
    size_t length = strcspn(name, " ]");
    const char *value = name + length;
    size_t value_length;

    if (length == 0 || strncmp(value, " eq \"", 5) != 0)
        return false;
    value += 5;
    value_length = strcspn(value, "\"");
    if (strncmp(value + value_length, "\"]", 2) != 0)
        return false;
    path->filter_name = pool_text(pool, name, length);
    path->filter_value = pool_text(pool, value, value_length);
    *at = value + value_length + 2;
    return true;
}

/* The URN of an extension ends with the last colon before the attribute. */
static const char *split_schema(struct path *path, struct pool *pool, const char *text)
{
    size_t head = strcspn(text, "[");
    const char *colon = NULL;

    if (strncasecmp(text, "urn:", 4) != 0)
        return text;
    for (size_t i = 0; i < head; i++)
        if (text[i] == ':')
            colon = text + i;
    path->schema = pool_text(pool, text, (size_t)(colon - text));
    return colon + 1;
}

enum ma_status path_parse(struct path *path, struct pool *pool, const char *text,
                          struct ma_error *err)
{
    const char *at;
    size_t length;

    memset(path, 0, sizeof *path);
    at = split_schema(path, pool, text);
    length = strcspn(at, ".[");
    path->attribute = pool_text(pool, at, length);
    path->whole = pool_text(pool, text, (size_t)(at - text) + length);
    at += length;
    if (length == 0 || (*at == '[' && !parse_filter(path, pool, &at)))
        return ma_fail(err, MA_INVALID,
                       "'%s' is no path: wanted is name, name.part, or "
                       "name[type eq \"work\"].part, after the URN of an extension",
                       text);
    if (*at == '.')
        path->sub = pool_text(pool, at + 1, strlen(at + 1));
    if ((*at != '\0' && *at != '.') || (path->sub != NULL && *path->sub == '\0'))
        return ma_fail(err, MA_INVALID, "'%s' is no path: there is '%s' behind it", text,
                       at);
    return pool->failed ? ma_fail(err, MA_NO_MEMORY, "out of memory") : MA_OK;
}

const char *path_operation(const struct path *path, struct pool *pool)
{
    char text[512];

    if (path->sub == NULL || path->filter_name != NULL)
        return path->whole;
    snprintf(text, sizeof text, "%s.%s", path->whole, path->sub);
    return pool_text(pool, text, strlen(text));
}

/* --- values out ------------------------------------------------------------------- */

static json_t *home(const struct path *path, const json_t *resource)
{
    return path->schema == NULL ? (json_t *)resource : member(resource, path->schema);
}

json_t *path_find(const struct path *path, const json_t *resource)
{
    return member(home(path, resource), path->attribute);
}

static bool passes(const struct path *path, const json_t *element)
{
    const char *is;

    if (path->filter_name == NULL)
        return true;
    is = member_text(element, path->filter_name);
    return is != NULL && strcasecmp(is, path->filter_value) == 0;
}

/* A manager that is a plain text is its "value". */
static json_t *part_of(const struct path *path, json_t *element)
{
    if (path->sub == NULL || !json_is_object(element))
        return element;
    return member(element, path->sub);
}

size_t path_most(const json_t *found)
{
    return json_is_array(found) ? json_array_size(found) : found != NULL;
}

json_t *path_next(struct path_walk *walk)
{
    while (walk->at < path_most(walk->found)) {
        json_t *element = json_is_array(walk->found)
                              ? json_array_get(walk->found, walk->at)
                              : walk->found;
        json_t *value = passes(walk->path, element) ? part_of(walk->path, element) : NULL;

        walk->at++;
        if (value != NULL && !json_is_null(value) && !json_is_object(value) &&
            !json_is_array(value))
            return value;
    }
    return NULL;
}

json_t *path_get(const struct path *path, const json_t *resource)
{
    struct path_walk walk = {path, path_find(path, resource), 0};
    json_t *values = json_array();
    json_t *value;

    while ((value = path_next(&walk)) != NULL)
        (void)json_array_append(values, value); /* memory: the run ends elsewhere */
    return values;
}

/* --- values in -------------------------------------------------------------------- */

static void remove_member(json_t *object, const char *name)
{
    const char *key;
    json_t *value;
    void *next;

    json_object_foreach_safe(object, next, key, value) if (strcasecmp(key, name) == 0)(
        void) json_object_del(object, key);
}

static bool set_member(json_t *object, const char *name, json_t *value)
{
    remove_member(object, name);
    return json_object_set_new(object, name, value) == 0;
}

static json_t *make_home(const struct path *path, json_t *resource)
{
    json_t *found = home(path, resource);

    if (found == NULL && set_member(resource, path->schema, json_object()))
        found = home(path, resource);
    return found;
}

static json_t *new_element(const struct path *path, json_t *value)
{
    json_t *element;

    if (path->sub == NULL)
        return json_incref(value);
    element = json_object();
    (void)json_object_set(element, path->sub, value); /* NULL is told by its user */
    if (path->filter_name != NULL)
        (void)json_object_set_new(element, path->filter_name,
                                  json_string(path->filter_value));
    return element;
}

static bool equal_values(const json_t *a, const json_t *b)
{
    return a != NULL && b != NULL && json_equal(a, b);
}

/* The element that has the value already, with all that else stands in it. */
static json_t *element_with(const struct path *path, const json_t *array,
                            const json_t *value)
{
    json_t *element;
    size_t i;

    json_array_foreach(array, i,
                       element) if (passes(path, element) &&
                                    equal_values(part_of(path, element),
                                                 value)) return json_incref(element);
    return NULL;
}

/* The only element of its kind keeps its other parts when its value changes. */
static json_t *renewed(const struct path *path, const json_t *old, json_t *value,
                       size_t count)
{
    json_t *only = NULL;
    json_t *element;
    size_t i;

    if (path->filter_name == NULL || count != 1)
        return new_element(path, value);
    json_array_foreach(old, i,
                       element) if (passes(path, element) && json_is_object(element))
        only = only == NULL ? element : only;
    if (only == NULL)
        return new_element(path, value);
    only = json_copy(only);
    (void)set_member(only, path->sub, json_incref(value));
    return only;
}

static json_t *array_with(const struct path *path, const json_t *old,
                          const json_t *values)
{
    json_t *array = json_array();
    json_t *item;
    size_t i;

    json_array_foreach(old, i, item) if (!passes(path, item))(void)
        json_array_append(array, item);
    json_array_foreach(values, i, item)
    {
        json_t *element = element_with(path, old, item);

        if (element == NULL)
            element = renewed(path, old, item, json_array_size(values));
        (void)json_array_append_new(array, element);
    }
    return array;
}

static bool put_single(const struct path *path, json_t *holder, const json_t *values)
{
    json_t *value = json_array_get(values, 0);
    json_t *object = member(holder, path->attribute);

    if (path->sub == NULL)
        return value == NULL || set_member(holder, path->attribute, json_incref(value));
    if (!json_is_object(object)) {
        if (value == NULL)
            return true;
        if (!set_member(holder, path->attribute, json_object()))
            return false;
        object = member(holder, path->attribute);
    }
    remove_member(object, path->sub);
    if (value != NULL)
        return json_object_set(object, path->sub, value) == 0;
    if (json_object_size(object) == 0)
        remove_member(holder, path->attribute);
    return true;
}

bool path_put(const struct path *path, json_t *resource, const json_t *values, bool many)
{
    json_t *holder =
        json_array_size(values) > 0 ? make_home(path, resource) : home(path, resource);
    json_t *array;

    if (holder == NULL)
        return json_array_size(values) == 0;
    if (!many && path->filter_name == NULL) {
        if (path->sub == NULL)
            remove_member(holder, path->attribute);
        return put_single(path, holder, values);
    }
    array = array_with(path, member(holder, path->attribute), values);
    if (json_array_size(array) > 0)
        return set_member(holder, path->attribute, array);
    json_decref(array);
    remove_member(holder, path->attribute);
    return true;
}
