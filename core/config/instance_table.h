/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONFIG_INSTANCE_TABLE_H
#define CONFIG_INSTANCE_TABLE_H

#include "base/buf.h"
#include "config/instance.h"

/*
 * The elements and attributes of mactl.xml: the reader walks this table, and its schema
 * is written from it. Elements without children may stand in any order, any number of
 * times; what must not be there twice the reader knows.
 */

enum mactl_element {
    ELEMENT_MACTL,
    ELEMENT_AGENT,
    ELEMENT_EXTENSION,
    ELEMENT_SETTING,
    ELEMENT_GUARD,
    ELEMENT_CYCLE,
    ELEMENT_PARAMETER,
    ELEMENT_SECRET,
    ELEMENT_COUNT,
    ELEMENT_NONE = ELEMENT_COUNT
};

enum attribute_kind {
    ATTRIBUTE_TEXT, /* not empty */
    ATTRIBUTE_VERSION,
    ATTRIBUTE_NUMBER,
    ATTRIBUTE_PERCENT,
    ATTRIBUTE_FLAG
};

enum attribute_duty {
    ATTRIBUTE_OPTIONAL,
    ATTRIBUTE_REQUIRED,
    ATTRIBUTE_ONE_OF, /* exactly one of those that say so */
    ATTRIBUTE_SOME_OF /* at least one of those that say so */
};

struct mactl_attribute {
    const char *name;
    enum attribute_duty duty;
    enum attribute_kind kind;
};

enum { MOST_ATTRIBUTES = 12 };

struct mactl_rule {
    const char *name;
    enum mactl_element parent;
    bool text;
    struct mactl_attribute attributes[MOST_ATTRIBUTES];
};

extern const struct mactl_rule mactl_rules[ELEMENT_COUNT];

size_t mactl_attribute_count(const struct mactl_rule *rule);

/* The table as RELAX NG: schemas/mactl.rng. */
void mactl_schema_write(struct buf *out);

#endif
