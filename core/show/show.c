/* SPDX-License-Identifier: Apache-2.0 */
#include "show/show.h"

#include <stdlib.h>

#include "base/json.h"
#include "base/text.h"
#include "show/secret.h"

static const char *name_of(const struct show *show, uint32_t name)
{
    return names_text(show->program->names, name);
}

static bool is_secret(const struct show *show, const struct compiled_agent *space,
                      uint32_t attribute)
{
    return secret_attribute(show->program, space, name_of(show, attribute));
}

const char *show_dn(const struct show *show, struct arena *arena, uint32_t agent,
                    uint64_t id)
{
    struct cs_object object;
    struct ma_error ignored;

    if (cs_get_outline(show->batch, arena, agent, id, &object, &ignored) != MA_OK)
        return NULL;
    return object_dn(arena, &object);
}

static const char *guid_of_mv(const struct show *show, struct arena *arena, uint64_t id)
{
    struct mv_object object;
    struct ma_error ignored;
    char text[GUID_TEXT];

    if (mv_get(show->batch, arena, id, &object, &ignored) != MA_OK)
        return NULL;
    return arena_text(arena, guid_format(&object.guid, GUID_PLAIN, text));
}

/* A number that points nowhere is shown as such: it must not hide. */
static const char *reference(const struct show *show, struct arena *arena,
                             const struct compiled_agent *space, struct slice value)
{
    uint64_t id = value_id(value);
    struct slice data = value_data(value);
    const char *text = space == NULL ? guid_of_mv(show, arena, id)
                                     : show_dn(show, arena, space->number, id);

    if (text == NULL)
        text = arena_print(arena, "(dangling %llu)", (unsigned long long)id);
    return data.length == 0
               ? text
               : arena_print(arena, "%.*s:%s", (int)data.length, data.at, text);
}

static const char *plain(const struct show *show, struct arena *arena,
                         const struct compiled_agent *space, enum value_type type,
                         struct slice value)
{
    struct slice text;

    if (type == VALUE_REFERENCE)
        return reference(show, arena, space, value);
    text = value_show(arena, type, value);
    return arena_textn(arena, text.at, text.length);
}

const char *show_value(const struct show *show, struct arena *arena,
                       const struct compiled_agent *space, uint32_t attribute,
                       enum value_type type, struct slice value)
{
    if (is_secret(show, space, attribute))
        return SECRET_MASK;
    return plain(show, arena, space, type, value);
}

/* --- JSON ------------------------------------------------------------------------- */

static json_t *value_json(const struct show *show, const struct compiled_agent *space,
                          enum value_type type, struct slice value)
{
    ARENA_AUTO arena = {0};

    switch (type) {
    case VALUE_NUMBER:
        return json_integer(value_number(value));
    case VALUE_BOOLEAN:
        return json_boolean(value_flag(value));
    case VALUE_BINARY:
        return json_pack("{s:s}", "base64", plain(show, &arena, space, type, value));
    default:
        return json_of_text(plain(show, &arena, space, type, value));
    }
}

json_t *show_values_json(const struct show *show, const struct compiled_agent *space,
                         uint32_t attribute, enum value_type type,
                         const struct slice *values, uint32_t count)
{
    json_t *all = json_array();
    bool secret = is_secret(show, space, attribute);

    for (uint32_t i = 0; i < count; i++)
        json_array_append_new(all, secret ? json_string(SECRET_MASK)
                                          : value_json(show, space, type, values[i]));
    return all;
}

static int by_name(const void *a, const void *b)
{
    const struct shown *first = a;
    const struct shown *second = b;

    return text_casecompare(slice_text(first->name), slice_text(second->name));
}

size_t show_sorted(const struct show *show, struct arena *arena,
                   const struct compiled_agent *space, const struct entry *entry,
                   struct shown **out)
{
    struct shown *all = ARENA_ARRAY(arena, struct shown, entry->count);

    for (uint32_t i = 0; i < entry->count; i++)
        all[i] = (struct shown){
            &entry->attrs[i],
            program_attribute_name(show->program, space, entry->attrs[i].name)};
    qsort(all, entry->count, sizeof all[0], by_name);
    *out = all;
    return entry->count;
}

json_t *show_entry_json(const struct show *show, const struct compiled_agent *space,
                        const struct entry *entry)
{
    ARENA_AUTO arena = {0};
    json_t *object = json_object();
    struct shown *all;
    size_t count = show_sorted(show, &arena, space, entry, &all);

    for (size_t i = 0; i < count; i++) {
        const struct attr *a = all[i].attr;

        json_object_set_new(
            object, all[i].name,
            show_values_json(show, space, a->name, a->type, a->values, a->count));
    }
    return object;
}

json_t *show_image_json(const struct show *show, const struct compiled_agent *space,
                        const struct image *image)
{
    json_t *object;

    if (!image->exists)
        return json_null();
    object = json_object();
    json_put_text(object, "dn", image->dn);
    json_put_text(object, "type", name_of(show, image->object_type));
    json_object_set_new(object, "attributes",
                        show_entry_json(show, space, &image->entry));
    return object;
}

const char *show_delta_op(const struct delta *delta)
{
    static const char *const names[] = {[DELTA_NONE] = "none",
                                        [DELTA_ADD] = "add",
                                        [DELTA_UPDATE] = "update",
                                        [DELTA_DELETE] = "delete",
                                        [DELTA_DELETE_ADD] = "delete-add"};

    return delta->obsoletion ? "obsolete" : names[delta->op];
}

static json_t *change_json(const struct show *show, const struct compiled_agent *space,
                           const struct attr_delta *change)
{
    json_t *object = json_pack("{s:s, s:s}", "name",
                               program_attribute_name(show->program, space, change->name),
                               "operation", change->op == DELTA_SET ? "set" : "values");

    json_object_set_new(object, "add",
                        show_values_json(show, space, change->name, change->type,
                                         change->adds, change->add_count));
    if (change->op == DELTA_VALUES)
        json_object_set_new(object, "delete",
                            show_values_json(show, space, change->name, change->type,
                                             change->dels, change->del_count));
    return object;
}

json_t *show_delta_json(const struct show *show, const struct compiled_agent *space,
                        const struct delta *delta)
{
    json_t *object;
    json_t *changes;

    if (delta_is_empty(delta))
        return json_null();
    object = json_pack("{s:s}", "operation", show_delta_op(delta));
    json_put_text(object, "dn", delta->dn);
    if (delta->object_type != NAME_NONE)
        json_put_text(object, "type",
                      program_type_name(show->program, space, delta->object_type));
    changes = json_array();
    for (uint32_t i = 0; i < delta->count; i++)
        json_array_append_new(changes, change_json(show, space, &delta->attrs[i]));
    json_object_set_new(object, "attributes", changes);
    return object;
}

/* --- metaverse -------------------------------------------------------------------- */

/* NULL: none of its values says. */
static const char *name_of_entry(const struct show *show, struct arena *arena,
                                 const struct entry *entry)
{
    static const char *const names[] = {"displayName", "cn",   "accountName",
                                        "uid",         "mail", "sAMAccountName"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const struct attr *attr =
            entry_find(entry, names_find(show->program->names, slice_text(names[i])));

        if (attr != NULL && attr->count > 0 && attr->type == VALUE_STRING)
            return arena_textn(arena, attr->values[0].at, attr->values[0].length);
    }
    return NULL;
}

const char *show_mv_name(const struct show *show, struct arena *arena,
                         const struct mv_object *object)
{
    const char *name = name_of_entry(show, arena, &object->entry);
    char guid[GUID_TEXT];

    return name != NULL ? name
                        : arena_text(arena, guid_format(&object->guid, GUID_PLAIN, guid));
}

/* --- connector space -------------------------------------------------------------- */

const char *show_cs_name(const struct show *show, struct arena *arena,
                         const struct cs_object *object)
{
    struct image image = object_image(arena, object, LAYER_UNAPPLIED);
    struct mv_object linked;
    struct ma_error ignored; /* then there is no name to show */
    const char *name;

    if (!image.exists)
        image = object_image(arena, object, LAYER_IMPORT);
    name = image.exists ? name_of_entry(show, arena, &image.entry) : NULL;
    if (name != NULL || object->mv == 0 ||
        mv_get_values(show->batch, arena, object->mv, NULL, 0, &linked, &ignored) !=
            MA_OK)
        return name;
    return name_of_entry(show, arena, &linked.entry);
}

void show_put_error(json_t *object, const struct object_error *error)
{
    json_put_text(object, "type", error->type);
    json_put_text(object, "text", error->text);
    json_put_text(object, "code", error->code);
    json_put_text(object, "literal", error->literal);
    json_put_text(object, "detail", error->detail);
    json_put_text(object, "algorithm_step", error->step);
    json_put_text(object, "rule", error->rule);
    json_put_text(object, "attribute", error->attribute);
    if (error->findings != NULL)
        json_object_set_new(object, "findings",
                            json_loads(error->findings, JSON_REJECT_DUPLICATES, NULL));
    json_put_number(object, "retry_count", error->count);
    json_put_time(object, "first_occurred", error->first);
}
