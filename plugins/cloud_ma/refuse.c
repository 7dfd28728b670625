/* SPDX-License-Identifier: Apache-2.0 */
#include "refuse.h"

#include "onpremises.h"

static bool refuse(struct entry_problem *problem, const char *type, const char *attribute,
                   const char *text)
{
    problem->type = type;
    problem->attribute = attribute;
    snprintf(problem->text, sizeof problem->text, "%s", text);
    return true;
}

bool refuse_class(const struct mapped_class *class, struct entry_problem *problem)
{
    const char *why =
        class == NULL ? "the mapping has no such object type" : class->read_only;

    return why != NULL && refuse(problem, "no-export-to-this-object-type", NULL, why);
}

/* The anchor shows what the service has chosen: nobody writes it anywhere. */
bool refuse_not_of_body(const struct mapping *mapping, const struct mapped *mapped,
                        const char *name)
{
    return (mapping->anchor != NULL && strcasecmp(mapping->anchor, name) == 0) ||
           (mapped != NULL && (mapped->members || mapped->link));
}

bool refuse_attribute(const struct mapping *mapping, const struct mapped_class *class,
                      const struct ma_attribute *a, struct entry_problem *problem)
{
    const struct mapped *mapped = mapping_attribute(class, a->name);

    if (refuse_not_of_body(mapping, mapped, a->name))
        return false;
    if (mapped == NULL)
        return refuse(problem, "schema-violation", a->name,
                      "the mapping has no such attribute");
    return mapped->read_only != NULL &&
           refuse(problem, "readonly-attribute", a->name, mapped->read_only);
}

bool refuse_mastered(const struct mapped_class *class, const struct ma_attribute *a,
                     struct entry_problem *problem)
{
    const struct mapped *mapped = mapping_attribute(class, a->name);

    return mapped != NULL && graph_is_mastered(mapped->path.attribute) &&
           refuse(problem, "readonly-attribute", mapped->name,
                  "the object is synchronised from an on-premises directory, which alone "
                  "changes this attribute: nothing was sent");
}
