/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ACL_AUDIT_DUMP_H
#define ACL_AUDIT_DUMP_H

#include "origin.h"

/*
 * A directory as somebody dumped it, in one or several LDIF files of any order: an audit
 * of it needs no server. Kept are the attributes that an audit reads, by folded DN, in a
 * nameless file beside memory where they are many. Which end of a membership a dump has,
 * member or memberOf, makes no difference. What other tools write as text is understood:
 * SIDs and GUIDs in their usual form, and nTSecurityDescriptor as SDDL.
 */
struct dump {
    struct origin origin;
    struct pool pool;
    void *tree;                  /* of <search.h> */
    struct dump_entry **entries; /* in the order of the files */
    size_t count;
    size_t capacity;
    struct answer answer; /* of the entry in hand */
};

/* `folder` for what does not fit into memory; NULL: in memory. */
void dump_begin(struct dump *dump, const char *folder);
/* MA_INVALID: the message begins with file:line. */
enum ma_status dump_load(struct dump *dump, const char *file, struct ma_error *err);
/* After the last file: texts that stand for bytes are turned into them. */
enum ma_status dump_ready(struct dump *dump, struct ma_error *err);
void dump_end(struct dump *dump);

bool dump_has(const struct dump *dump, const char *dn);
/* The DN of the domain's head that the name lies under, as the dump has it; NULL: none
 * of the heads. */
const char *dump_domain(const struct dump *dump, const char *dn);
/* Whether it is such a head. */
bool dump_is_domain(const struct dump *dump, const char *dn);
/* That of the forest's root; NULL: there is no head at all. */
const char *dump_root(const struct dump *dump);

/* An entry on its way in, for the reader of LDIF. */
struct dump_entry {
    const char *key; /* folded DN */
    const char *dn;
    const char *file;
    unsigned long line;
    struct answer_attribute *attributes;
    size_t count;
};
bool dump_keeps(const char *attribute, size_t length);
enum ma_status dump_add(struct dump *dump, const struct dump_entry *entry,
                        struct ma_error *err);

#endif
