/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONFIG_XML_H
#define CONFIG_XML_H

#include <stdarg.h>

#include "base/buf.h"
#include "base/vec.h"
#include "config/element.h"
#include "config/findings.h"

/*
 * Walks a file of a configuration along the table of elements and fills the structs of
 * config.h. The parser is libxml2's, used through SAX2: the text reader that sits on the
 * same parser reads up to 512 bytes ahead, so its positions are wrong within a line, and
 * it builds nodes only to drop them. What is promised of every file, hostile ones too:
 *
 *   no network, no external and no declared entities: any DOCTYPE is an error;
 *   a file above LARGEST_FILE, a text or attribute above LARGEST_TEXT, elements nested
 *   deeper than DEEPEST are errors; otherwise a file is read as a stream, and memory
 *   goes with what is kept of it, at most LARGEST_CONFIG;
 *   errors and other findings about one file are at most MOST_FINDINGS each, and the
 *   last of them says that there are more;
 *   the reader never stops at the first: only XML that is not well-formed ends a file.
 */

enum {
    LARGEST_FILE = 256 * 1024 * 1024,
    LARGEST_TEXT = 4 * 1024 * 1024,
    LARGEST_CONFIG = 512 * 1024 * 1024, /* what is kept of all files */
    DEEPEST = 200,
    MOST_FINDINGS = 1000,
    KNOWN_SLOTS = 4096 /* of names that were listed: more than findings */
};

/* One row in place, with what may stand below it. */
struct node {
    const struct element *row;
    const char *name;
    struct node **children;
    size_t child_count;
};

/* The rows of all groups, linked. Lives in the arena it was built in. */
struct table {
    struct node *root;
    struct table_group *groups; /* those built so far */
};
struct table table_build(struct arena *arena);
/* The child of this name; `hint` is where the last one was found. NULL: none. */
const struct node *node_child(const struct node *node, const char *name, bool dsml,
                              unsigned *hint);

/* An element that is open. */
struct frame {
    const struct node *node; /* NULL: unknown, or not to be looked into */
    const char *name;
    void *object;
    void *inside; /* the object of its children */
    struct place place;
    uint64_t seen; /* of the node's children: a bit each */
    unsigned hint;
    bool has_children;
    const struct element *flat; /* the row that flattens all this; NULL: none */
    void *flat_object;
    size_t flat_path; /* length of the path below that row */
};

enum read_result {
    READ_DONE,   /* to its end; there may be findings all the same */
    READ_BROKEN, /* an error was found that ended it */
    READ_FOREIGN /* it is XML, but none of ours: see `foreign` */
};

struct dsml;

struct xml {
    struct config *config; /* being made */
    struct arena *arena;   /* the config's */
    const struct table *table;
    struct finding_list *findings;
    const char *file;
    char root[80];          /* name of the root element */
    char foreign[80];       /* the same, where it is none of ours */
    bool has_classic_rules; /* the file has rules that only the classic family has */

    /* What handlers of nested elements share. */
    struct agent *agent;
    struct dsml *dsml;
    const char *mv_type;
    size_t every_dn; /* index, plus one, of the dn_construction of every class */

    struct frame frames[DEEPEST + 1]; /* [0]: the file itself */
    size_t depth;
    struct buf text;
    struct buf path;
    bool stopped;
    size_t said; /* findings of this file that are no errors */
    size_t errors_said;
    uint64_t *known; /* hashes of unknown names that were listed */
    void *parser;
    const unsigned char **raw; /* attributes of the element that begins */
    size_t raw_count;
    int fd;           /* the file */
    uint64_t taken;   /* bytes of it */
    struct buf *kept; /* they are put here, too; NULL: they are not kept */
};

/* Reads one file; what is found goes to xml->findings. */
enum read_result xml_run(struct xml *xml, int fd);
void xml_free(struct xml *xml);

/* --- for handlers ------------------------------------------------------------- */

struct place xml_place(const struct xml *xml);
/* The raw value of an attribute of the element that begins; at == NULL: it has none. */
struct slice xml_attribute(const struct xml *xml, const char *name);
/* A finding about the element that is open. */
void xml_say(struct xml *xml, enum finding_level level, const char *construct,
             const char *consequence, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));
/* The same at a place read earlier, where no construct is meant. */
void xml_say_at(struct xml *xml, struct place place, enum finding_level level,
                const char *consequence, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));
void xml_vsay(struct xml *xml, struct place place, enum finding_level level,
              const char *construct, const char *consequence, const char *fmt,
              va_list args);
/* The end of a format-version: there is but one. */
void xml_version_end(struct xml *xml, void *object, struct slice text);
/* Whether this name is new below this node: unknown names are listed once a file. */
bool xml_is_news(struct xml *xml, const void *where, const char *name);
/* True the first time in a file: what need not be said for each occurrence. */
bool xml_once(struct xml *xml, const char *what);
/* Adds a zeroed item and returns it; older items may move. */
void *xml_add(struct xml *xml, const struct list_field *list, void *object);
void xml_add_text(struct xml *xml, text_list *list, struct slice text);
/* The same, unless it is in the list in any case; for lists of a few. */
void xml_add_new_text(struct xml *xml, text_list *list, struct slice text);
size_t text_list_count(text_list list);

#endif
