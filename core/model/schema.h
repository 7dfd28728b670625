/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_SCHEMA_H
#define MODEL_SCHEMA_H

#include "model/value.h"

/*
 * What a connector space or the metaverse may hold: attributes with their types and
 * classes with their attributes. Read from the DSML of an imported configuration;
 * constant from then on. A class lists its own attributes; schema_class_has looks up
 * the chain of superiors and auxiliaries too.
 */
struct schema_attribute {
    const char *name;
    const char *syntax; /* the OID as configured */
    enum value_type type;
    bool single_valued;
    bool export_only; /* never compared with imports */
    bool read_only;   /* owned by the system */
    bool immutable;   /* settable at creation only */
    bool encrypted;   /* secret, no readback */
    bool indexed;
};

enum class_kind { CLASS_STRUCTURAL, CLASS_AUXILIARY, CLASS_ABSTRACT };

struct schema_class {
    const char *name;
    enum class_kind kind;
    int superior;           /* index of a class, -1 at the top */
    const int *auxiliaries; /* indexes of classes */
    size_t auxiliary_count;
    const int *attributes; /* indexes of attributes */
    const bool *required;  /* beside `attributes` */
    size_t attribute_count;
};

struct schema {
    const struct schema_attribute *attributes;
    size_t attribute_count;
    const struct schema_class *classes;
    size_t class_count;
    bool validated; /* false: no-objectclass-validation */
};

/* NULL where there is none; names without regard to case. */
const struct schema_attribute *schema_attribute(const struct schema *schema,
                                                const char *name);
const struct schema_class *schema_class(const struct schema *schema, const char *name);
/* Whether an object of this class may hold the attribute, inheritance included. */
bool schema_class_has(const struct schema *schema, const struct schema_class *of,
                      const char *attribute);
/* Number of superiors above: the deepest class of an object is its type. */
size_t schema_class_depth(const struct schema *schema, const struct schema_class *of);
/* Whether values are generalized times, which have several spellings. */
bool schema_is_time(const struct schema_attribute *attribute);
/* From a syntax OID (config-format 3); false where it is not known. */
bool schema_type_of_syntax(const char *syntax, enum value_type *out);
/* Whether a name of this syntax has data beside it: "B:8:00112233:cn=..."
 * (DN-with-binary) and "S:3:abc:cn=..." (DN-with-string). NULL: no. */
bool schema_syntax_carries_data(const char *syntax);

#endif
