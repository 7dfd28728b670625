/* SPDX-License-Identifier: Apache-2.0 */
#include "model/schema.h"

#include <strings.h>

const struct schema_attribute *schema_attribute(const struct schema *schema,
                                                const char *name)
{
    for (size_t i = 0; i < schema->attribute_count; i++)
        if (strcasecmp(schema->attributes[i].name, name) == 0)
            return &schema->attributes[i];
    return NULL;
}

const struct schema_class *schema_class(const struct schema *schema, const char *name)
{
    for (size_t i = 0; i < schema->class_count; i++)
        if (strcasecmp(schema->classes[i].name, name) == 0)
            return &schema->classes[i];
    return NULL;
}

static bool has_itself(const struct schema *schema, const struct schema_class *of,
                       const char *attribute)
{
    for (size_t i = 0; i < of->attribute_count; i++)
        if (strcasecmp(schema->attributes[of->attributes[i]].name, attribute) == 0)
            return true;
    return false;
}

/* `left` ends a schema whose classes are above one another in a circle. */
static bool has(const struct schema *schema, const struct schema_class *of,
                const char *attribute, size_t left)
{
    if (left == 0)
        return false;
    if (has_itself(schema, of, attribute))
        return true;
    for (size_t i = 0; i < of->auxiliary_count; i++)
        if (has(schema, &schema->classes[of->auxiliaries[i]], attribute, left - 1))
            return true;
    return of->superior >= 0 &&
           has(schema, &schema->classes[of->superior], attribute, left - 1);
}

enum { DEEPEST_CHAIN = 32 };

bool schema_class_has(const struct schema *schema, const struct schema_class *of,
                      const char *attribute)
{
    return has(schema, of, attribute, DEEPEST_CHAIN);
}

size_t schema_class_depth(const struct schema *schema, const struct schema_class *of)
{
    size_t depth = 0;

    while (of->superior >= 0 && depth < DEEPEST_CHAIN) {
        of = &schema->classes[of->superior];
        depth++;
    }
    return depth;
}

/* The last arc tells; a syntax of the directory is 1.3.6.1.4.1.1466.115.121.1.N, one of
 * the product 1.2.840.113556.1.4.N. DN-with-binary and DN-with-string name an object, and
 * OR-names (1221) are read as references too. */
static const struct {
    const char *syntax;
    enum value_type type;
} syntaxes[] = {
    {"1.3.6.1.4.1.1466.115.121.1.15", VALUE_STRING},
    {"1.3.6.1.4.1.1466.115.121.1.44", VALUE_STRING},
    {"1.3.6.1.4.1.1466.115.121.1.26", VALUE_STRING},
    {"1.3.6.1.4.1.1466.115.121.1.24", VALUE_STRING},
    {"1.3.6.1.4.1.1466.115.121.1.53", VALUE_STRING},
    {"1.3.6.1.4.1.1466.115.121.1.36", VALUE_STRING},
    {"1.3.6.1.4.1.1466.115.121.1.38", VALUE_STRING},
    {"1.3.6.1.4.1.1466.115.121.1.43", VALUE_STRING},
    {"1.3.6.1.4.1.1466.115.121.1.12", VALUE_REFERENCE},
    {"1.3.6.1.4.1.1466.115.121.1.27", VALUE_NUMBER},
    {"1.3.6.1.4.1.1466.115.121.1.7", VALUE_BOOLEAN},
    {"1.3.6.1.4.1.1466.115.121.1.5", VALUE_BINARY},
    {"1.3.6.1.4.1.1466.115.121.1.40", VALUE_BINARY},
    {"1.2.840.113556.1.4.903", VALUE_REFERENCE},
    {"1.2.840.113556.1.4.904", VALUE_REFERENCE},
    {"1.2.840.113556.1.4.905", VALUE_STRING},
    {"1.2.840.113556.1.4.906", VALUE_NUMBER},
    {"1.2.840.113556.1.4.907", VALUE_BINARY},
    {"1.2.840.113556.1.4.1221", VALUE_REFERENCE},
    {"1.2.840.113556.1.4.1362", VALUE_STRING},
};

bool schema_syntax_carries_data(const char *syntax)
{
    static const char *const with_data[] = {"1.2.840.113556.1.4.903",
                                            "1.2.840.113556.1.4.904"};

    for (size_t i = 0; syntax != NULL && i < sizeof with_data / sizeof *with_data; i++)
        if (strcmp(syntax, with_data[i]) == 0)
            return true;
    return false;
}

bool schema_type_of_syntax(const char *syntax, enum value_type *out)
{
    for (size_t i = 0; i < sizeof syntaxes / sizeof syntaxes[0]; i++)
        if (strcmp(syntaxes[i].syntax, syntax) == 0) {
            *out = syntaxes[i].type;
            return true;
        }
    return false;
}

bool schema_is_time(const struct schema_attribute *attribute)
{
    return attribute->syntax != NULL &&
           strcmp(attribute->syntax, "1.3.6.1.4.1.1466.115.121.1.24") == 0;
}
