/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONFIG_ELEMENT_H
#define CONFIG_ELEMENT_H

#include <stdint.h>

#include "config/config.h"

/* A row says what is special about it. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

/*
 * The table of elements: one row for each element of each file that is read. It says
 * where the element stands, how often, what it holds, which attributes it has, what the
 * engine owes it (duty) and where its value goes. The reader walks a file along it, what
 * is not in it is listed as unknown, and the RELAX NG schemas are written from it.
 *
 * Rows come in groups. A group is what may stand at one place; a row names the groups
 * that its element takes in, so that a piece that occurs in several places (a schema, a
 * mapping) is described once, and one that holds itself (fn/arg/fn) can be described at
 * all. The order of rows is the order of nothing: files differ in it.
 */

/* What the engine owes an element. MUST: it acts on it. SHOULD: it acts on it or says
 * that it does not (`remark`). KEEP: it stays in the file that is handed back. */
enum duty { DUTY_KEEP, DUTY_SHOULD, DUTY_MUST };

enum occurs { OCCURS_OPTIONAL, OCCURS_ONE, OCCURS_MANY };

enum content {
    CONTENT_ELEMENTS, /* elements only */
    CONTENT_WORD,     /* text; blanks around it mean nothing */
    CONTENT_DATA,     /* text as it is; only one of blanks with a line end is empty */
    CONTENT_FLAG,     /* 0 1 true false -1, in any case; empty is false */
    CONTENT_NUMBER,   /* decimal, not negative; empty is 0 */
    CONTENT_HEX,      /* without 0x */
    CONTENT_GUID,     /* braces and case mean nothing */
    CONTENT_CHOICE,   /* one of `choices`, in any case */
    CONTENT_ANYTHING  /* not looked into */
};

struct choice {
    const char *word;
    int value;
};

/* Where a value goes in the object that the element belongs to. Size 0: nowhere. */
struct field {
    uint16_t offset;
    uint16_t size;
};
#define FIELD(type, member)                                                              \
    {                                                                                    \
        offsetof(type, member), sizeof(((type *)0)->member)                              \
    }

/* The element is an item of an array of the object; the item is the element's object. */
struct list_field {
    uint16_t items;
    uint16_t count;
    uint16_t size;
    uint16_t place; /* offset of the item's place, plus one; 0: it has none */
};
#define LIST(type, member, counter, item)                                                \
    {                                                                                    \
        offsetof(type, member), offsetof(type, counter), sizeof(item),                   \
            offsetof(item, place) + 1                                                    \
    }
#define LIST_PLACELESS(type, member, counter, item)                                      \
    {                                                                                    \
        offsetof(type, member), offsetof(type, counter), sizeof(item), 0                 \
    }

/* Said once a file where the element or attribute occurs with a value other than empty
 * and `unless`. */
struct remark {
    enum finding_level level;
    const char *construct;
    const char *consequence; /* NULL: there is no remark */
    const char *unless;
};

struct attribute_row {
    const char *name; /* NULL ends the array */
    bool required;
    enum duty duty;
    enum content content;
    struct field field;
    const struct choice *choices;
    struct remark remark;
};

struct xml;

struct element {
    const char *path; /* below the group, names between slashes */
    enum occurs occurs;
    enum duty duty;
    enum content content;
    struct field field; /* of the text */
    bool texts;         /* the field is a text_list: each occurrence adds one */
    const struct choice *choices;
    const struct attribute_row *attributes;
    const struct group *const *groups; /* taken in; NULL-terminated */
    struct list_field list;
    uint16_t inner; /* the children's object begins at this offset in the element's */
    bool flatten;   /* not an item itself: leaves below become parameters in `list` */
    bool dsml;      /* its name is of a DSML namespace */
    struct remark remark;
    /* Before the children. Gets the object, answers the one to go on with; NULL: nothing
     * below is read. */
    void *(*begin)(struct xml *xml, void *object);
    /* After the children, with the text. */
    void (*end)(struct xml *xml, void *object, struct slice text);
};

struct group {
    const char *name;
    const struct element *rows;
    size_t count;
};
#define GROUP(group_name, table)                                                         \
    {                                                                                    \
        .name = (group_name), .rows = (table), .count = sizeof(table) / sizeof(table)[0] \
    }
#define GROUPS(...) ((const struct group *const[]){__VA_ARGS__, NULL})
#define ATTRIBUTES(...) ((const struct attribute_row[]){__VA_ARGS__, {.name = NULL}})

/* An array of texts that ends with NULL and knows its length before its first item. */
typedef const char *const *text_list;
extern const text_list text_list_empty;

/* Those whose top rows are the roots of files: file_group, agent_group, rule_group. */
extern const struct group *const root_groups[];
/* All others, by subject. */
extern const struct group file_group;      /* the wrappers around ma-data and mv-data */
extern const struct group agent_group;     /* ma-data */
extern const struct group classic_group;   /* its filter, join, projection, export flow */
extern const struct group schema_group;    /* dsml */
extern const struct group private_group;   /* private-configuration */
extern const struct group partition_group; /* ma-partition-data/partition */
extern const struct group profile_group;   /* ma-run-data/run-configuration */
extern const struct group mapping_group;   /* direct-mapping ... */
extern const struct group clause_group_rows; /* scope */
extern const struct group metaverse_group;   /* mv-data */
extern const struct group flow_group;        /* import-attribute-flow */
extern const struct group rule_group;        /* synchronizationRule */

extern const struct choice scope_operators[];
extern const struct choice merge_types[];
/* Of an element parameter with @name, whose text is the value. */
extern const struct attribute_row parameter_attributes[];
void *parameter_begin(struct xml *xml, void *object);
/* Of ssl-bind, an agent's or a partition's. */
extern const struct attribute_row ssl_attributes[];
/* Of src-attribute. */
extern const struct attribute_row source_attributes[];
void *source_begin(struct xml *xml, void *object);

#endif
