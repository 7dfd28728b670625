/* SPDX-License-Identifier: Apache-2.0 */
#include "body_parts.h"

#include <sys/random.h>

#include "reply.h"

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
        const struct mapped *mapped =
            body_writable(s, class, &entry->attributes[i], problem);

        if (mapped != NULL)
            good = put_property(out, class, &mapped->path, state, mapped->many);
    }
    if (good && body_dn_value(class, entry, &pool) != NULL)
        good = put_property(out, class, &class->dn_path, state, false);
    pool_free(&pool);
    json_decref(state);
    if (good)
        return out;
    if (problem->type == NULL)
        (void)body_fail(problem, "unexpected-error", NULL, "out of memory");
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
