/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ACL_AUDIT_FOREST_H
#define ACL_AUDIT_FOREST_H

#include "support/bytes.h"
#include "support/guid.h"

/*
 * What an audit has to know of a forest's schema: which GUID is which attribute, class,
 * property set or right, and which attributes a class may have. It is filled from the
 * live directory, never from a table of ours: public tables of these GUIDs are wrong too
 * often, and Exchange moves attributes from one set to another (acl-audit, decision 1).
 */
enum forest_kind { FOREST_ATTRIBUTE, FOREST_CLASS, FOREST_SET, FOREST_RIGHT };

enum { /* of an attribute: why nobody writes it, whatever the rights are */
       FOREST_SYSTEM_ONLY = 1,
       FOREST_CONSTRUCTED = 2,
       FOREST_BACK_LINK = 4
};

struct forest_item {
    enum forest_kind kind;
    const char *name; /* lDAPDisplayName, or displayName of a set or a right */
    unsigned char guid[GUID_SIZE];
    bool in_set; /* attribute: of the property set `set` */
    unsigned char set[GUID_SIZE];
    unsigned flags;
    const char *superior;           /* class: subClassOf */
    const char *const *may_contain; /* class: all four lists; ends with NULL */
    const char *const *auxiliary;   /* class: both lists; ends with NULL */
};

struct forest {
    struct pool pool;
    struct forest_item *items;
    size_t count;
    size_t capacity;
    struct forest_item **by_guid;
    struct forest_item **by_name;
    bool partial; /* of a dump: what is not here may be in the forest */
};

/* A copy of the item; its texts and lists must live as long as the forest (forest_text
 * keeps one). False: no memory. */
bool forest_add(struct forest *forest, const struct forest_item *item);
const char *forest_text(struct forest *forest, const char *text, size_t length);
/* After the last item, before the first question. False: no memory. */
bool forest_ready(struct forest *forest);
void forest_end(struct forest *forest);

/* Names without regard to case; NULL: there is none. */
const struct forest_item *forest_named(const struct forest *forest, enum forest_kind kind,
                                       const char *name);
const struct forest_item *forest_guid(const struct forest *forest,
                                      const unsigned char guid[GUID_SIZE]);
/* Whether objects of the class may have the attribute: by itself, by what it inherits, or
 * by an auxiliary class. */
bool forest_allows(const struct forest *forest, const struct forest_item *class,
                   const char *attribute);

#endif
