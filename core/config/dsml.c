/* SPDX-License-Identifier: Apache-2.0 */
#include "config/dsml.h"

#include "base/text.h"

/*
 * The schema of an agent or of the metaverse, which is DSML. Everything in it refers to
 * everything else by id, forward too, and in the files of directories an id tells
 * nothing ("Adl"): so each id, seen first where it is defined or where it is referred
 * to, gets a number, and at the end numbers become indexes of attributes and classes.
 * What is referred to and was never defined is left out with a warning.
 */

/* --- ids -------------------------------------------------------------------------- */

struct id_entry {
    struct slice text;
    uint32_t number; /* plus one; 0: a free slot */
};

struct ids {
    struct id_entry *slots;
    size_t capacity;
    uint32_t count;
    VEC_OF(struct slice) texts; /* by number */
};

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

/* --- what is read, before it is linked -------------------------------------------- */

enum { NOBODY = UINT32_MAX };

struct membership {
    uint32_t attribute;
    bool required;
    bool anchor;
    uint8_t operation; /* 0: not said */
};

enum { IMPORT_ONLY = 1, EXPORT_ONLY, IMPORT_EXPORT };

struct read_class {
    uint32_t id;
    struct place place;
    const char *name;
    enum class_kind kind;
    uint32_t superior;
    /* Where its part of the memberships ends and begins; a content rule adds another. */
    size_t first;
    size_t last;
};

struct read_attribute {
    uint32_t id;
    struct place place;
    struct schema_attribute is;
    bool writable;
    bool indexable;
};

struct read_rule {
    uint32_t id;
    struct place place;
    size_t first;
    size_t last;
    size_t first_auxiliary;
    size_t last_auxiliary;
};

struct dsml {
    struct arena arena; /* ids */
    struct ids attribute_ids;
    struct ids class_ids;
    VEC_OF(struct read_attribute) attributes;
    VEC_OF(struct read_class) classes;
    VEC_OF(struct read_rule) rules;
    VEC_OF(struct membership) members;
    VEC_OF(uint32_t) auxiliaries;
    VEC_OF(const char *) syntaxes;
};

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

/* --- reading ----------------------------------------------------------------------- */

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

/* --- linking ----------------------------------------------------------------------- */

static void left_out(struct xml *xml, struct place place, const char *what,
                     struct slice id)
{
    xml_say_at(xml, place, FINDING_WARNING, "left out", "%s '#%.*s' is not defined", what,
               (int)(id.length > 80 ? 80 : id.length), id.at);
}

/* The table from numbers of ids to indexes, of the first definition of each. */
#define INDEX_OF(xml, list, ids, what)                                                   \
    index_ids((xml), (list).count == 0 ? NULL : &(list).items[0].id,                     \
              (list).count == 0 ? NULL : &(list).items[0].place, sizeof *(list).items,   \
              (list).count, &(ids), what)
static int *index_ids(struct xml *xml, const uint32_t *id, const struct place *place,
                      size_t stride, size_t count, const struct ids *ids,
                      const char *what)
{
    int *index = arena_alloc(&xml->dsml->arena, sizeof *index * (ids->count + 1));

    for (uint32_t i = 0; i < ids->count; i++)
        index[i] = -1;
    for (size_t i = 0; i < count; i++) {
        uint32_t number = *(const uint32_t *)((const char *)id + stride * i);
        struct place at = *(const struct place *)((const char *)place + stride * i);
        struct slice text = ids->texts.items[number];

        if (index[number] < 0)
            index[number] = (int)i;
        else
            xml_say_at(xml, at, FINDING_WARNING, "references mean the first",
                       "a second %s with the id '%.*s'", what,
                       (int)(text.length > 80 ? 80 : text.length), text.at);
    }
    return index;
}

struct linking {
    struct xml *xml;
    const int *attributes; /* index by number of id */
    const int *classes;
};

static int attribute_at(const struct linking *link, uint32_t number, struct place place)
{
    if (link->attributes[number] >= 0)
        return link->attributes[number];
    left_out(link->xml, place, "attribute",
             link->xml->dsml->attribute_ids.texts.items[number]);
    return -1;
}

static int class_at(const struct linking *link, uint32_t number, struct place place)
{
    if (number == NOBODY || link->classes[number] >= 0)
        return number == NOBODY ? -1 : link->classes[number];
    left_out(link->xml, place, "class", link->xml->dsml->class_ids.texts.items[number]);
    return -1;
}

/* The content rule of a class; NULL: it has none. `by_class` is beside the classes. */
static const struct read_rule **rules_by_class(const struct linking *link)
{
    struct dsml *dsml = link->xml->dsml;
    const struct read_rule **by_class =
        ARENA_ARRAY(&dsml->arena, const struct read_rule *, dsml->classes.count);

    for (size_t i = 0; i < dsml->rules.count; i++) {
        int class = class_at(link, dsml->rules.items[i].id, dsml->rules.items[i].place);

        if (class >= 0)
            by_class[class] = &dsml->rules.items[i];
    }
    return by_class;
}

static void link_members(const struct linking *link, struct schema_class *class,
                         size_t first, size_t last, struct place place)
{
    int *attributes = (int *)(uintptr_t) class->attributes;
    bool *required = (bool *)(uintptr_t) class->required;

    for (size_t i = first; i < last; i++) {
        const struct membership *member = &link->xml->dsml->members.items[i];
        int at = attribute_at(link, member->attribute, place);

        if (at < 0)
            continue;
        attributes[class->attribute_count] = at;
        required[class->attribute_count++] = member->required;
    }
}

static void link_auxiliaries(const struct linking *link, struct schema_class *class,
                             const struct read_rule *rule)
{
    int *auxiliaries =
        ARENA_ARRAY(link->xml->arena, int, rule->last_auxiliary - rule->first_auxiliary);

    class->auxiliaries = auxiliaries;
    for (size_t i = rule->first_auxiliary; i < rule->last_auxiliary; i++) {
        int at = class_at(link, link->xml->dsml->auxiliaries.items[i], rule->place);

        if (at >= 0)
            auxiliaries[class->auxiliary_count++] = at;
    }
}

static struct schema_class linked(const struct linking *link,
                                  const struct read_class *read,
                                  const struct read_rule *rule)
{
    size_t count =
        read->last - read->first + (rule == NULL ? 0 : rule->last - rule->first);
    struct schema_class class = {
        .name = read->name,
        .kind = read->kind,
        .superior = class_at(link, read->superior, read->place),
        .attributes = ARENA_ARRAY(link->xml->arena, int, count),
        .required = ARENA_ARRAY(link->xml->arena, bool, count),
    };

    link_members(link, &class, read->first, read->last, read->place);
    if (rule != NULL) {
        link_members(link, &class, rule->first, rule->last, rule->place);
        link_auxiliaries(link, &class, rule);
    }
    return class;
}

static void link_classes(const struct linking *link, struct schema *schema)
{
    const struct dsml *dsml = link->xml->dsml;
    const struct read_rule **rules = rules_by_class(link);
    struct schema_class *classes =
        ARENA_ARRAY(link->xml->arena, struct schema_class, dsml->classes.count);

    for (size_t i = 0; i < dsml->classes.count; i++) {
        classes[i] = linked(link, &dsml->classes.items[i], rules[i]);
        if (classes[i].superior == (int)i)
            classes[i].superior = -1; /* top is above itself in directories */
    }
    schema->classes = classes;
    schema->class_count = dsml->classes.count;
}

/* What a class says of the direction of its attribute holds for the attribute. */
static void link_directions(const struct linking *link, struct schema_attribute *of)
{
    const struct dsml *dsml = link->xml->dsml;

    for (size_t i = 0; i < dsml->members.count; i++) {
        const struct membership *member = &dsml->members.items[i];
        int at = link->attributes[member->attribute];

        if (at < 0)
            continue;
        of[at].read_only |= member->operation == IMPORT_ONLY;
        of[at].export_only |= member->operation == EXPORT_ONLY;
    }
}

/* For agents whose private configuration names no anchor. */
static void link_anchors(struct xml *xml)
{
    const struct dsml *dsml = xml->dsml;

    for (size_t i = 0; i < dsml->members.count && xml->agent != NULL; i++)
        if (dsml->members.items[i].anchor)
            xml_add_new_text(
                xml, &xml->agent->anchor,
                dsml->attribute_ids.texts.items[dsml->members.items[i].attribute]);
}

static void schema_end(struct xml *xml, void *object, struct slice text)
{
    struct dsml *dsml = xml->dsml;
    struct schema *schema = object;
    struct schema_attribute *attributes =
        ARENA_ARRAY(xml->arena, struct schema_attribute, dsml->attributes.count);
    struct linking link = {xml, NULL, NULL};

    (void)text;
    link.attributes =
        INDEX_OF(xml, dsml->attributes, dsml->attribute_ids, "attribute-type");
    link.classes = INDEX_OF(xml, dsml->classes, dsml->class_ids, "class");
    for (size_t i = 0; i < dsml->attributes.count; i++)
        attributes[i] = dsml->attributes.items[i].is;
    schema->attributes = attributes;
    schema->attribute_count = dsml->attributes.count;
    link_directions(&link, attributes);
    link_anchors(xml);
    link_classes(&link, schema);
    dsml_clear(dsml);
}

static void *schema_begin(struct xml *xml, void *object)
{
    struct schema *schema = object;

    dsml_clear(xml->dsml);
    schema->validated = !flag_of(xml, "no-objectclass-validation");
    return schema;
}

/* --- the table ------------------------------------------------------------------------
 */

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
