/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLOUD_MA_MAPPING_H
#define CLOUD_MA_MAPPING_H

#include "path.h"

/*
 * What the service calls the classes and attributes of the agent: a file that an admin
 * edits, JSON (schemas/cloud/README.md describes it). Read once a session, together with
 * the schema of the agent, which says the types.
 */

/* How a DN is made of the attribute that it is made of. */
enum dn_form {
    DN_PLAIN, /* it is the value */
    DN_HEX,   /* the value as hexadecimal digits between a head and a tail */
};

struct mapped {
    const char *name; /* of the agent */
    struct path path;
    enum ma_type type;
    bool many;    /* several values */
    bool members; /* a list of references that may be long: changed by value only */
    bool link;    /* Graph: one reference, written by a request of its own */
    const char *read_only; /* why an export of it is refused; NULL: it is not */
    bool write_only;
    const char *hidden; /* values that begin so are defaults of ours, and not shown */
};

struct mapped_class {
    const char *name;     /* of the agent */
    const char *endpoint; /* "/Users" */
    const json_t *schemas;
    const char *anchor_head; /* the anchor is this and the id */
    bool optional;           /* a server may not have this class */
    const char *read_only;   /* why nothing of it can be written; NULL: it can */
    const json_t *defaults;  /* of a new object, where the entry says nothing */
    const char *select;      /* Graph: what is asked for, NULL: SCIM */
    const char *expand;      /* Graph: NULL: nothing */
    struct path dn_path;     /* what the DN is made of */
    bool dn_is_id;
    enum dn_form dn_form;
    const char *dn_head;
    const char *dn_tail;
    struct path *unique; /* what finds an object that is there already */
    size_t unique_count;
    struct path *restore; /* Graph: what says that it is one that was deleted */
    size_t restore_count;
    struct mapped *attributes;
    size_t count;
};

struct mapping {
    const char *file;
    const char *anchor;        /* attribute that shows the anchor; NULL: none does */
    bool graph;                /* Microsoft Graph, not SCIM */
    const char *extension_app; /* whose directory extensions are used */
    struct mapped_class *classes;
    size_t count;
    struct pool pool;
    json_t *json;
};

/* `file` NULL: as the schema of the agent suggests. MA_INVALID: wrong, with the place. */
enum ma_status mapping_read(struct mapping *mapping, const struct ma_host *host,
                            const char *file, struct ma_error *err);
void mapping_free(struct mapping *mapping);

/* By the name of the agent, without regard to case; NULL. */
const struct mapped_class *mapping_class(const struct mapping *mapping, const char *name);
const struct mapped *mapping_attribute(const struct mapped_class *class,
                                       const char *name);

/* The attribute that disables an object; NULL: it cannot be. */
const struct mapped *mapping_disables(const struct mapped_class *class);

/* The DN of a resource; NULL: what it is made of is not there. In the pool. */
const char *mapping_dn(const struct mapped_class *class, const json_t *resource,
                       struct pool *pool);
/* The same of what stands where the DN's path leads, or NULL, and of the id. */
const char *mapping_dn_of(const struct mapped_class *class, json_t *found, const char *id,
                          struct pool *pool);
/* What the DN was made of; NULL: it is no DN of this class. */
const char *mapping_of_dn(const struct mapped_class *class, const char *dn,
                          struct pool *pool);
const char *mapping_anchor(const struct mapped_class *class, const char *id,
                           struct pool *pool);
/* The id in an anchor. */
const char *mapping_id(const struct mapped_class *class, struct ma_value anchor,
                       struct pool *pool);

#endif
