/* SPDX-License-Identifier: Apache-2.0 */

/* The second half of reading a schema: numbers of ids become indexes. */

#include "config/dsml_parts.h"

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

void dsml_link(struct xml *xml, struct schema *schema)
{
    struct dsml *dsml = xml->dsml;
    struct schema_attribute *attributes =
        ARENA_ARRAY(xml->arena, struct schema_attribute, dsml->attributes.count);
    struct linking link = {xml, NULL, NULL};

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
}
