/* SPDX-License-Identifier: Apache-2.0 */
#include "expr_object.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* --- values --------------------------------------------------------------------- */

/* One value as it was given. */
struct given {
    uint32_t name;
    enum value_type type;
    bool detected; /* the type is what the text looks like */
    struct slice text;
    struct slice content;
};

struct given_list {
    struct given *items;
    size_t count;
};

static bool read_bytes(struct arena *arena, struct given *given)
{
    given->type = VALUE_BINARY;
    return text_from_base64(arena, given->content, &given->content);
}

static bool read_hex(struct arena *arena, struct given *given)
{
    given->type = VALUE_BINARY;
    return text_from_hex(arena, given->content, &given->content);
}

static bool read_text(struct arena *arena, struct given *given)
{
    (void)arena;
    given->type = VALUE_STRING;
    return true;
}

static bool read_reference(struct arena *arena, struct given *given)
{
    (void)arena;
    given->type = VALUE_REFERENCE;
    return true;
}

static const struct {
    const char *prefix;
    bool (*read)(struct arena *, struct given *);
} prefixes[] = {
    {"base64:", read_bytes},
    {"hex:", read_hex},
    {"text:", read_text},
    {"ref:", read_reference},
};

/* A number as it is written without zeros in front; true and false. */
static enum value_type type_of(struct arena *arena, struct slice text)
{
    int64_t number;

    if (text_to_number(text, &number) &&
        slice_equal(text, slice_text(arena_print(arena, "%" PRId64, number))))
        return VALUE_NUMBER;
    if (text_caseequal(text, slice_text("true")) ||
        text_caseequal(text, slice_text("false")))
        return VALUE_BOOLEAN;
    return VALUE_STRING;
}

static bool read_value(struct arena *arena, const char *text, struct given *out)
{
    out->text = slice_text(text);
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
        size_t length = strlen(prefixes[i].prefix);

        if (strncmp(text, prefixes[i].prefix, length) == 0) {
            out->content = slice_text(text + length);
            return prefixes[i].read(arena, out);
        }
    }
    out->content = out->text;
    out->type = type_of(arena, out->text);
    out->detected = true;
    return true;
}

static size_t length_of(const char *const *texts)
{
    size_t count = 0;

    while (texts != NULL && texts[count] != NULL)
        count++;
    return count;
}

/* "attribute=value"; without the sign the attribute has no value. */
static enum exit_code read_given(struct expr_object *object, const char *option,
                                 const char *const *texts, struct given_list *out)
{
    struct arena *arena = object->arena;

    out->items = ARENA_ARRAY(arena, struct given, length_of(texts));
    for (out->count = 0; texts != NULL && texts[out->count] != NULL; out->count++) {
        const char *text = texts[out->count];
        const char *sign = strchr(text, '=');
        struct given *given = &out->items[out->count];
        struct slice name = text_strip(
            slice_of(text, sign == NULL ? strlen(text) : (size_t)(sign - text)));

        if (name.length == 0 || !text_is_utf8(slice_text(text)))
            return command_error(EXIT_USAGE, "mactl expr eval --help",
                                 "%s %s: an attribute is given as NAME=VALUE", option,
                                 text);
        given->name = names_intern(object->names, name);
        if (sign != NULL && !read_value(arena, sign + 1, given))
            return command_error(EXIT_USAGE, "mactl expr eval --help",
                                 "%s %s: the value cannot be read", option, text);
    }
    return EXIT_OK;
}

/* All values of an attribute have one type: what only looks like another is a text. */
static bool unify(struct given_list *list, uint32_t name, enum value_type *out)
{
    bool detected = true;

    *out = VALUE_NONE;
    for (size_t i = 0; i < list->count; i++) {
        const struct given *given = &list->items[i];

        if (given->name != name || given->type == VALUE_NONE)
            continue;
        detected = detected && given->detected;
        if (*out != VALUE_NONE && *out != given->type)
            *out = detected || given->detected ? VALUE_STRING : VALUE_NONE;
        else
            *out = given->type;
        if (*out == VALUE_NONE)
            return false;
    }
    return true;
}

/* The id of a reference is its place among the DNs, plus one. */
static uint64_t id_of(const struct slice *dns, struct slice dn)
{
    uint64_t id = 0;

    while (!slice_equal(dns[id], dn))
        id++;
    return id + 1;
}

static struct slice canonical(struct arena *arena, const struct given *given,
                              enum value_type type, const struct slice *dns)
{
    struct slice value = given->detected ? given->text : given->content;
    struct ma_error err;

    if (type == VALUE_REFERENCE)
        return value_of_id(arena, id_of(dns, value));
    (void)value_read(arena, type, value, &value, &err); /* it looked like one */
    return value;
}

static enum exit_code build(struct expr_object *object, struct given_list *list,
                            struct entry *out)
{
    struct arena *arena = object->arena;
    struct entry_builder builder = entry_builder(arena);

    for (size_t i = 0; i < list->count; i++) {
        const struct given *given = &list->items[i];
        struct slice *value = ARENA_ARRAY(arena, struct slice, 1);
        enum value_type type;

        if (!unify(list, given->name, &type))
            return command_error(EXIT_USAGE, NULL,
                                 "the values of '%s' are of different types",
                                 names_text(object->names, given->name));
        if (given->type == VALUE_NONE)
            continue;
        *value = canonical(arena, given, type, object->dns);
        entry_add(&builder, given->name, type, value, 1);
    }
    *out = entry_build(&builder);
    return EXIT_OK;
}

static bool is_given(const struct given_list *list, uint32_t name)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].name == name)
            return true;
    return false;
}

/* What was imported is what was set, but for the attributes given with --imported. */
static void complete(struct arena *arena, struct given_list *imported,
                     const struct given_list *set)
{
    struct given_list all = {
        .items = ARENA_ARRAY(arena, struct given, set->count + imported->count)};

    for (size_t i = 0; i < imported->count; i++)
        all.items[all.count++] = imported->items[i];
    for (size_t i = 0; i < set->count; i++)
        if (!is_given(imported, set->items[i].name))
            all.items[all.count++] = set->items[i];
    *imported = all;
}

static int by_bytes(const void *a, const void *b)
{
    return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

/* The DNs in their order, so that ids sort as they do. */
static void number_references(struct expr_object *object, const struct given_list *set,
                              const struct given_list *imported)
{
    const struct given_list *const lists[] = {set, imported};
    size_t most = set->count + imported->count;
    struct slice *dns = ARENA_ARRAY(object->arena, struct slice, most);
    size_t count = 0;

    for (size_t i = 0; i < 2; i++)
        for (size_t j = 0; j < lists[i]->count; j++)
            if (lists[i]->items[j].type == VALUE_REFERENCE)
                dns[count++] = lists[i]->items[j].content;
    if (count > 1)
        qsort(dns, count, sizeof *dns, by_bytes);
    object->dns = dns;
}

/* --- the object as a source --------------------------------------------------------- */

/* The DNs of references, which a value has by number. */
static void resolve(const struct expr_object *object, struct expr_value *value)
{
    if (value->kind == EXPR_REFERENCE)
        value->bytes = object->dns[value->number - 1];
}

static struct expr_value attribute(const struct expr_source *source, struct arena *arena,
                                   enum expr_layer layer, uint32_t name, const char *text)
{
    const struct expr_object *object = (const struct expr_object *)source;
    const struct attr *attr = entry_find(&object->layers[layer], name);
    struct expr_value value = {.kind = EXPR_NULL};
    struct expr_value *items;

    (void)text;
    if (attr == NULL)
        return value;
    value = expr_of_attr(arena, attr);
    if (value.kind != EXPR_SET) {
        resolve(object, &value);
        return value;
    }
    items = arena_copy(arena, value.items, sizeof *items * value.count);
    for (uint32_t i = 0; i < value.count; i++)
        resolve(object, &items[i]);
    value.items = items;
    return value;
}

static uint64_t count_values(const struct expr_source *source, uint32_t name,
                             const char *text)
{
    const struct expr_object *object = (const struct expr_object *)source;
    const struct attr *attr = entry_find(&object->layers[EXPR_EXPECTED], name);

    (void)text;
    return attr == NULL ? 0 : attr->count;
}

static const char *parameter(const struct expr_source *source, const char *name)
{
    const struct expr_object *object = (const struct expr_object *)source;
    size_t length = strlen(name);

    for (size_t i = 0; object->parameters != NULL && object->parameters[i] != NULL; i++)
        if (strncasecmp(object->parameters[i], name, length) == 0 &&
            object->parameters[i][length] == '=')
            return object->parameters[i] + length + 1;
    return NULL;
}

/* --- reading ------------------------------------------------------------------------ */

/* A name must stand before the sign, and what stands behind it must be a text. */
static enum exit_code check_parameters(const char *const *parameters)
{
    for (size_t i = 0; parameters != NULL && parameters[i] != NULL; i++)
        if (strchr(parameters[i], '=') == NULL || parameters[i][0] == '=' ||
            !text_is_utf8(slice_text(parameters[i])))
            return command_error(EXIT_USAGE, "mactl expr eval --help",
                                 "--param %s: a parameter is given as NAME=VALUE",
                                 parameters[i]);
    return EXIT_OK;
}

enum exit_code expr_object_read(struct expr_object *object, struct arena *arena,
                                struct names *names, const struct expr_given *given)
{
    struct given_list set = {0};
    struct given_list imported = {0};
    enum exit_code code = check_parameters(given->parameters);

    *object = (struct expr_object){
        .source = {.attribute = attribute, .count = count_values, .parameter = parameter},
        .arena = arena,
        .names = names,
        .parameters = given->parameters};
    if (code == EXIT_OK)
        code = read_given(object, "--set", given->set, &set);
    if (code == EXIT_OK)
        code = read_given(object, "--imported", given->imported, &imported);
    if (code != EXIT_OK)
        return code;
    number_references(object, &set, &imported);
    complete(arena, &imported, &set);
    code = build(object, &set, &object->layers[EXPR_EXPECTED]);
    if (code == EXIT_OK)
        code = build(object, &imported, &object->layers[EXPR_IMPORTED]);
    return code;
}
