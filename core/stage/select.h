/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STAGE_SELECT_H
#define STAGE_SELECT_H

#include "config/config.h"
#include "model/names.h"

/*
 * What of a connected system is wanted: the attributes of attribute-inclusion with their
 * types, the object types and the containers of the partition. Made once for a step. An
 * agent selects too, as far as it can; the engine does so in any case.
 */

struct attribute {
    bool selected;
    bool known; /* to the schema; else an entry says the type */
    enum value_type type;
    bool single;
    bool export_only;
    bool is_32_bit;    /* numbers above 2^31 are negative ones */
    bool is_time;      /* read in one spelling */
    bool carries_data; /* "B:8:00112233:cn=..." */
};

/* What an entry says that it is. */
struct entry_type {
    bool selected;
    uint32_t number; /* of the name, where it is selected */
};

struct last_type;

struct selection {
    const struct agent *agent;
    const struct partition *partition; /* NULL: everything */
    struct names *names;
    struct attribute *attributes;        /* by number */
    const struct schema_class **classes; /* by number; NULL: not the name of one */
    uint32_t count;
    uint32_t *places; /* the number that the n-th attribute of an entry had last */
    struct last_type *last;
    size_t *inclusions; /* how deep the containers of the partition are, plus one */
    size_t *exclusions;
    bool all;            /* no inclusion: what the schema has */
    bool without_schema; /* then whatever comes */
    uint64_t fingerprint;
};

/* Lives in the arena. */
void select_begin(struct selection *selection, struct arena *arena, struct names *names,
                  const struct agent *agent, const struct partition *partition);

/* The n-th of its entry. False: the attribute is of no interest. */
bool select_attribute(const struct selection *selection, const struct ma_entry *entry,
                      size_t n, uint32_t *name, struct attribute *out);
/* Whether an import leaves the attribute alone: it never shows it. */
bool select_keeps(const struct selection *selection, uint32_t name);

bool select_has_container(const struct selection *selection, const char *dn);

/* The object type: as the agent says, else the deepest class of objectClass that the
 * schema has. False, and *error a discovery error, where there is none. */
bool select_type(const struct selection *selection, const struct ma_entry *entry,
                 struct entry_type *out, const char **error);

#endif
