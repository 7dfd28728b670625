/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AD_MA_SCHEMA_H
#define AD_MA_SCHEMA_H

#include "support/answer.h"

/*
 * The schema as the directory publishes it (RFC 4512 4.2): one entry with a line for each
 * definition. Active Directory says in the same entry, by attributes of its own, which
 * GUIDs its definitions have (MS-ADTS 3.1.1.3.1.1.1).
 */
struct subschema {
    struct link *link;
    LDAPMessage *message;
    struct answer answer; /* empty: the directory does not publish it, or not to us */
};

/* Asks for these attributes of the entry. subschema_end also after a failure. */
enum ma_status subschema_read(struct subschema *out, struct link *link,
                              const char *const *attributes, struct ma_error *err);
void subschema_end(struct subschema *subschema);

/* The names of all attributes that there are; sorted, small letters. */
struct schema_names {
    const char **names;
    size_t count;
    struct pool pool;
};

enum ma_status schema_names_read(struct schema_names *out, struct link *link,
                                 struct ma_error *err);
/* Of a directory that publishes nothing everything is believed. */
bool schema_names_has(const struct schema_names *names, const char *name);
void schema_names_free(struct schema_names *names);

#endif
