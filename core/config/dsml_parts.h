/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONFIG_DSML_PARTS_H
#define CONFIG_DSML_PARTS_H

#include "config/xml.h"

/*
 * The schema of an agent or of the metaverse, which is DSML. Everything in it refers to
 * everything else by id, forward too, and in the files of directories an id tells
 * nothing ("Adl"): so each id, seen first where it is defined or where it is referred
 * to, gets a number, and at the end numbers become indexes of attributes and classes.
 * What is referred to and was never defined is left out with a warning.
 */

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

/* The schema of what was read; what is left out is said. */
void dsml_link(struct xml *xml, struct schema *schema);

#endif
