/* SPDX-License-Identifier: Apache-2.0 */

/* What changes by value: who becomes a member of a group, and who is none any more. */

#include "body.h"

#include "refs.h"
#include "reply.h"

const struct mapped *body_member_attribute(const struct mapped_class *class)
{
    for (size_t i = 0; i < class->count; i++)
        if (class->attributes[i].members)
            return &class->attributes[i];
    return NULL;
}

/* A set of texts: an object with them as keys. */
static json_t *set_of(const json_t *list)
{
    json_t *set = json_object();
    json_t *item;
    size_t i;

    json_array_foreach(list, i, item) if (json_is_string(item))(void)
        json_object_set_new(set, json_string_value(item), json_true());
    return set;
}

json_t *body_member_ids(const struct mapped_class *class, const json_t *resource)
{
    json_t *list = path_get(&body_member_attribute(class)->path, resource);
    json_t *set = set_of(list);

    json_decref(list);
    return set;
}

/* Ids of the values that are not in `known` (NULL: of all). What is not there any more is
 * in no group either. */
static size_t ids_of(const struct session *s, const struct ma_value *values, size_t count,
                     const json_t *known, const char **out)
{
    size_t n = 0;

    for (size_t i = 0; i < count; i++) {
        const char *id = refs_id(s, values[i].data);

        if (id != NULL && json_object_get(known, id) == NULL)
            out[n++] = id;
    }
    return n;
}

static size_t others(const json_t *known, const struct session *s,
                     const struct ma_attribute *a, struct pool *pool, const char **out)
{
    json_t *wanted = json_object();
    const char *key;
    json_t *value;
    size_t n = 0;

    for (size_t i = 0; i < a->count; i++) {
        const char *id = refs_id(s, a->values[i].data);

        if (id != NULL)
            (void)json_object_set_new(wanted, id, json_true());
    }
    json_object_foreach((json_t *)known, key,
                        value) if (json_object_get(wanted, key) == NULL) out[n++] =
        pool_text(pool, key, strlen(key));
    json_decref(wanted);
    return n;
}

bool body_members(const struct session *s, const struct mapped_class *class,
                  const struct ma_entry *entry, const json_t *current, struct pool *pool,
                  struct memberships *out)
{
    const struct mapped *mapped = body_member_attribute(class);
    const struct ma_attribute *a = mapped == NULL ? NULL : ma_find(entry, mapped->name);
    json_t *known;

    memset(out, 0, sizeof *out);
    if (a == NULL)
        return true;
    known = current == NULL ? NULL : body_member_ids(class, current);
    out->adds = pool_alloc(pool, (a->count + 1) * sizeof *out->adds);
    out->removes = pool_alloc(pool, (a->removed_count + json_object_size(known) + 1) *
                                        sizeof *out->removes);
    if (out->adds != NULL && out->removes != NULL) {
        out->add_count = ids_of(s, a->values, a->count, known, out->adds);
        if (a->op == MA_VALUES)
            out->remove_count =
                ids_of(s, a->removed, a->removed_count, NULL, out->removes);
        else if (known != NULL)
            out->remove_count = others(known, s, a, pool, out->removes);
    }
    json_decref(known);
    return out->adds != NULL && out->removes != NULL && !pool->failed;
}

json_t *body_add_members(const struct mapped_class *class, const char *const *ids,
                         size_t count)
{
    const struct mapped *mapped = body_member_attribute(class);
    json_t *values = json_array();

    for (size_t i = 0; i < count; i++)
        (void)json_array_append_new(values, json_pack("{s:s}", "value", ids[i]));
    return json_pack("[{s:s, s:s, s:o}]", "op", "add", "path", mapped->path.whole,
                     "value", values);
}

static json_t *remove_values(const struct mapped *mapped, const char *const *ids,
                             size_t count)
{
    json_t *values = json_array();

    for (size_t i = 0; i < count; i++)
        (void)json_array_append_new(values, json_pack("{s:s}", "value", ids[i]));
    return json_pack("[{s:s, s:s, s:o}]", "op", "remove", "path", mapped->path.whole,
                     "value", values);
}

json_t *body_remove_members(const struct quirks *quirks, const struct mapped_class *class,
                            const char *const *ids, size_t count)
{
    const struct mapped *mapped = body_member_attribute(class);
    json_t *operations;

    if (quirks->removal == REMOVAL_VALUES)
        return remove_values(mapped, ids, count);
    operations = json_array();
    for (size_t i = 0; i < count; i++) {
        char path[1024];

        snprintf(path, sizeof path, "%s[value eq \"%s\"]", mapped->path.whole, ids[i]);
        (void)json_array_append_new(
            operations, json_pack("{s:s, s:s}", "op", "remove", "path", path));
    }
    return operations;
}
