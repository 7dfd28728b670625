/* SPDX-License-Identifier: Apache-2.0 */

/* The first half of reading a schema: what each element says, by numbers of ids. */

#include "config/dsml.h"

#include "base/text.h"
#include "config/dsml_parts.h"

/* --- ids -------------------------------------------------------------------------- */

static void ids_grow(struct ids *ids)
{
    struct ids grown = *ids;

    grown.capacity = ids->capacity == 0 ? 256 : ids->capacity * 2;
    grown.slots = mem_zero_array(grown.capacity, sizeof *grown.slots);
    for (size_t i = 0; i < ids->capacity; i++) {
        size_t at;

        if (ids->slots[i].number == 0)
            continue;
        at = text_hash(ids->slots[i].text, 0) % grown.capacity;
        while (grown.slots[at].number != 0)
            at = (at + 1) % grown.capacity;
        grown.slots[at] = ids->slots[i];
    }
    free(ids->slots);
    *ids = grown;
}

/* Case matters: they are ids of XML, and short ones run through both cases. */
static uint32_t ids_number(struct ids *ids, struct arena *arena, struct slice text)
{
    size_t at;

    if ((size_t)ids->count * 2 >= ids->capacity)
        ids_grow(ids);
    at = text_hash(text, 0) % ids->capacity;
    while (ids->slots[at].number != 0) {
        if (slice_equal(ids->slots[at].text, text))
            return ids->slots[at].number - 1;
        at = (at + 1) % ids->capacity;
    }
    ids->slots[at] = (struct id_entry){arena_slice(arena, text), ++ids->count};
    VEC_ADD(&ids->texts, ids->slots[at].text);
    return ids->count - 1;
}

/* --- its life --------------------------------------------------------------------- */

struct dsml *dsml_new(void)
{
    return mem_zero(sizeof(struct dsml));
}

void dsml_free(struct dsml *dsml)
{
    if (dsml == NULL)
        return;
    arena_free(&dsml->arena);
    free(dsml->attribute_ids.slots);
    VEC_FREE(&dsml->attribute_ids.texts);
    free(dsml->class_ids.slots);
    VEC_FREE(&dsml->class_ids.texts);
    VEC_FREE(&dsml->attributes);
    VEC_FREE(&dsml->classes);
    VEC_FREE(&dsml->rules);
    VEC_FREE(&dsml->members);
    VEC_FREE(&dsml->auxiliaries);
    VEC_FREE(&dsml->syntaxes);
    free(dsml);
}

static void dsml_clear(struct dsml *dsml)
{
    struct dsml empty = {0};
    struct dsml old = *dsml;

    *dsml = empty;
    dsml_free(mem_copy(&old, sizeof old));
}

/* --- reading ---------------------------------------------------------------------- */

static bool flag_of(const struct xml *xml, const char *name)
{
    bool flag = false;

    (void)text_to_flag(text_strip(xml_attribute(xml, name)), &flag);
    return flag;
}

static struct slice reference_of(const struct xml *xml, const char *name)
{
    struct slice text = text_strip(xml_attribute(xml, name));

    if (text.length > 0 && text.at[0] == '#')
        return slice_of(text.at + 1, text.length - 1);
    return text;
}

static uint32_t attribute_number(struct xml *xml, struct slice id)
{
    return ids_number(&xml->dsml->attribute_ids, &xml->dsml->arena, id);
}

static uint32_t class_number(struct xml *xml, struct slice id)
{
    return ids_number(&xml->dsml->class_ids, &xml->dsml->arena, id);
}

static void *class_begin(struct xml *xml, void *object)
{
    struct slice superior = reference_of(xml, "superior");
    struct read_class class = {.id = class_number(xml, reference_of(xml, "id")),
                               .place = xml_place(xml),
                               .superior = NOBODY,
                               .first = xml->dsml->members.count};

    (void)object;
    if (superior.length > 0)
        class.superior = class_number(xml, superior);
    VEC_ADD(&xml->dsml->classes, class);
    return &xml->dsml->classes.items[xml->dsml->classes.count - 1];
}

static void class_end(struct xml *xml, void *object, struct slice text)
{
    struct read_class *class = object;

    (void)text;
    class->last = xml->dsml->members.count;
    if (class->name == NULL)
        class->name = "";
}

static void *member_begin(struct xml *xml, void *object)
{
    (void)object;
    VEC_ADD(&xml->dsml->members,
            (struct membership){attribute_number(xml, reference_of(xml, "ref"))});
    return &xml->dsml->members.items[xml->dsml->members.count - 1];
}

static void *rule_begin(struct xml *xml, void *object)
{
    const struct dsml *dsml = xml->dsml;
    struct read_rule rule = {.id = class_number(xml, reference_of(xml, "id")),
                             .place = xml_place(xml),
                             .first = dsml->members.count,
                             .first_auxiliary = dsml->auxiliaries.count};

    (void)object;
    VEC_ADD(&xml->dsml->rules, rule);
    return &xml->dsml->rules.items[xml->dsml->rules.count - 1];
}

static void rule_end(struct xml *xml, void *object, struct slice text)
{
    struct read_rule *rule = object;

    (void)text;
    rule->last = xml->dsml->members.count;
    rule->last_auxiliary = xml->dsml->auxiliaries.count;
}

static void *auxiliary_begin(struct xml *xml, void *object)
{
    VEC_ADD(&xml->dsml->auxiliaries, class_number(xml, reference_of(xml, "ref")));
    return object;
}

static void *attribute_begin(struct xml *xml, void *object)
{
    struct read_attribute attribute = {
        .id = attribute_number(xml, reference_of(xml, "id")),
        .place = xml_place(xml),
        .is = {.name = "", .syntax = ""},
        .writable = true,
    };

    (void)object;
    VEC_ADD(&xml->dsml->attributes, attribute);
    return &xml->dsml->attributes.items[xml->dsml->attributes.count - 1];
}

static void attribute_end(struct xml *xml, void *object, struct slice text)
{
    struct read_attribute *attribute = object;

    (void)xml, (void)text;
    attribute->is.read_only = attribute->is.read_only || !attribute->writable;
    attribute->is.indexed = attribute->is.indexed || attribute->indexable;
}

/* A file has thousands of attributes and some twenty syntaxes. */
static const char *shared_syntax(struct xml *xml, struct slice text)
{
    struct dsml *dsml = xml->dsml;

    for (size_t i = dsml->syntaxes.count; i-- > 0;)
        if (strlen(dsml->syntaxes.items[i]) == text.length &&
            memcmp(dsml->syntaxes.items[i], text.at, text.length) == 0)
            return dsml->syntaxes.items[i];
    if (dsml->syntaxes.count > 64)
        return arena_textn(xml->arena, text.at, text.length);
    VEC_ADD(&dsml->syntaxes, arena_textn(xml->arena, text.at, text.length));
    return dsml->syntaxes.items[dsml->syntaxes.count - 1];
}

static void syntax_end(struct xml *xml, void *object, struct slice text)
{
    struct schema_attribute *attribute = &((struct read_attribute *)object)->is;

    attribute->syntax = shared_syntax(xml, text);
    if (schema_type_of_syntax(attribute->syntax, &attribute->type))
        return;
    attribute->type = VALUE_STRING;
    xml_say(xml, FINDING_WARNING, NULL, "its values are read as text",
            "syntax '%s' is not known", attribute->syntax);
}

static void schema_end(struct xml *xml, void *object, struct slice text)
{
    (void)text;
    dsml_link(xml, object);
    dsml_clear(xml->dsml);
}

static void *schema_begin(struct xml *xml, void *object)
{
    struct schema *schema = object;

    dsml_clear(xml->dsml);
    schema->validated = !flag_of(xml, "no-objectclass-validation");
    return schema;
}

/* --- the table -------------------------------------------------------------------- */

static const struct choice class_kinds[] = {
    {"structural", CLASS_STRUCTURAL},
    {"auxiliary", CLASS_AUXILIARY},
    {"abstract", CLASS_ABSTRACT},
    {NULL, 0},
};
static const struct choice operations[] = {{"ImportOnly", IMPORT_ONLY},
                                           {"ExportOnly", EXPORT_ONLY},
                                           {"ImportExport", IMPORT_EXPORT},
                                           {NULL, 0}};

static const struct attribute_row class_attributes[] = {
    {"id", true, DUTY_MUST, CONTENT_WORD},
    {"type", false, DUTY_SHOULD, CONTENT_CHOICE, FIELD(struct read_class, kind),
     .choices = class_kinds},
    {"superior", false, DUTY_MUST, CONTENT_WORD},
    {"locked", false, DUTY_KEEP, CONTENT_FLAG},
    {.name = NULL},
};
static const struct attribute_row member_attributes[] = {
    {"ref", true, DUTY_MUST, CONTENT_WORD},
    {"required", false, DUTY_SHOULD, CONTENT_FLAG, FIELD(struct membership, required)},
    {"isAnchor", false, DUTY_SHOULD, CONTENT_FLAG, FIELD(struct membership, anchor)},
    {"allowedOperation", false, DUTY_SHOULD, CONTENT_CHOICE,
     FIELD(struct membership, operation), .choices = operations},
    {.name = NULL},
};
static const struct attribute_row type_attributes[] = {
    {"id", true, DUTY_MUST, CONTENT_WORD},
    {"single-value", false, DUTY_MUST, CONTENT_FLAG,
     FIELD(struct read_attribute, is.single_valued)},
    {"indexable", false, DUTY_SHOULD, CONTENT_FLAG,
     FIELD(struct read_attribute, indexable)},
    {"indexed", false, DUTY_SHOULD, CONTENT_FLAG,
     FIELD(struct read_attribute, is.indexed)},
    {"immutable", false, DUTY_SHOULD, CONTENT_FLAG,
     FIELD(struct read_attribute, is.immutable)},
    {"export-only", false, DUTY_MUST, CONTENT_FLAG,
     FIELD(struct read_attribute, is.export_only)},
    {"encrypted", false, DUTY_MUST, CONTENT_FLAG,
     FIELD(struct read_attribute, is.encrypted)},
    {"range-lower", false, DUTY_KEEP, CONTENT_WORD},
    {"range-upper", false, DUTY_KEEP, CONTENT_WORD},
    {"user-modification", false, DUTY_SHOULD, CONTENT_FLAG,
     FIELD(struct read_attribute, writable)},
    {"isreadonly", false, DUTY_SHOULD, CONTENT_FLAG,
     FIELD(struct read_attribute, is.read_only)},
    {.name = NULL},
};
static const struct attribute_row schema_attributes[] = {
    {"no-objectclass-validation", false, DUTY_SHOULD, CONTENT_FLAG},
    {.name = NULL},
};

#define DSML .dsml = true
#define SCHEMA "dsml/directory-schema"

static const struct element rows[] = {
    {"dsml", OCCURS_OPTIONAL, DUTY_MUST, DSML},
    {SCHEMA, OCCURS_ONE, DUTY_MUST, DSML, .attributes = schema_attributes,
     .begin = schema_begin, .end = schema_end},
    {SCHEMA "/class", OCCURS_MANY, DUTY_MUST, DSML, .attributes = class_attributes,
     .begin = class_begin, .end = class_end},
    {SCHEMA "/class/name", OCCURS_ONE, DUTY_MUST, CONTENT_WORD,
     FIELD(struct read_class, name), DSML},
    {SCHEMA "/class/attribute", OCCURS_MANY, DUTY_MUST, DSML,
     .attributes = member_attributes, .begin = member_begin},
    {SCHEMA "/dit-content-rule", OCCURS_MANY, DUTY_SHOULD, DSML,
     .attributes = ATTRIBUTES({"id", true, DUTY_MUST, CONTENT_WORD}), .begin = rule_begin,
     .end = rule_end},
    {SCHEMA "/dit-content-rule/attribute", OCCURS_MANY, DUTY_SHOULD, DSML,
     .attributes = member_attributes, .begin = member_begin},
    {SCHEMA "/dit-content-rule/aux-class", OCCURS_MANY, DUTY_SHOULD, DSML,
     .attributes = ATTRIBUTES({"ref", true, DUTY_MUST, CONTENT_WORD}),
     .begin = auxiliary_begin},
    {SCHEMA "/attribute-type", OCCURS_MANY, DUTY_MUST, DSML,
     .attributes = type_attributes, .begin = attribute_begin, .end = attribute_end},
    {SCHEMA "/attribute-type/name", OCCURS_ONE, DUTY_MUST, CONTENT_WORD,
     FIELD(struct read_attribute, is.name), DSML},
    {SCHEMA "/attribute-type/syntax", OCCURS_ONE, DUTY_MUST, CONTENT_WORD, DSML,
     .end = syntax_end},
};
const struct group schema_group = GROUP("schema", rows);
