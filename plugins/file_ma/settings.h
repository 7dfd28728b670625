/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FILE_MA_SETTINGS_H
#define FILE_MA_SETTINGS_H

#include "record.h"

/*
 * What an operator can say, read once when a session opens: from mactl.xml by short
 * names, else from the private configuration of the file agents by its paths (and of
 * agents of other kinds as far as it says the same). Then the schema, with an index.
 */
enum format { FORMAT_LDIF, FORMAT_DELIMITED, FORMAT_AVP, FORMAT_FIXED };

/* MODE_DIRECTORY: `file` is the connected system itself: imports read it, exports rewrite
 * it. MODE_RECORDS: imports read a file, exports write another one. */
enum mode { MODE_DIRECTORY, MODE_RECORDS };

struct names {
    const char **items;
    size_t count;
    size_t capacity;
};

/* A column of a file with columns. */
struct column {
    const char *name;
    unsigned width; /* characters; fixed-width only */
};

struct columns {
    struct column *items;
    size_t count;
    size_t capacity;
};

struct class_mapping {
    const char *primary;
    const char *value;
};

struct settings {
    const struct ma_host *host;
    struct pool pool; /* everything here lives in it */
    enum format format;
    enum mode mode;
    unsigned code_page;
    const char *file; /* paths; NULL: not given */
    const char *delta_file;
    const char *input_file;
    const char *output_file;
    bool append;
    const char *delimiter; /* UTF-8 */
    const char *qualifier; /* "" none */
    bool header;
    const char *separator; /* of values in a column; "" none */
    struct columns columns;
    bool ldap_dn;
    struct names anchor;             /* none: the DN */
    struct names dn;                 /* columns that form it */
    const char *object_class;        /* every object's; NULL: a column says it */
    const char *object_class_column; /* NULL: none */
    struct class_mapping *mappings;
    size_t mapping_count;
    size_t mapping_capacity;
    const char *change_column; /* NULL: none */
    const char *change_values[3];
    const char *anchor_seed;
    bool generate_anchor;
    bool write_secrets;
    const struct ma_schema *schema;
    const struct ma_schema_attribute **index; /* by name, case ignored: a table of hashes
                                                 with `slots`, a power of two */
    size_t slots;
    bool *secret;                           /* for each attribute of the schema */
    const struct ma_schema_class **classes; /* by name, sorted, case ignored */
};

enum { CHANGE_ADD, CHANGE_MODIFY, CHANGE_DELETE, CHANGES };

/* Ended by settings_free even where it failed. */
enum ma_status settings_read(struct settings *set, const struct ma_host *host,
                             struct ma_error *err);
void settings_free(struct settings *set);
/* The schema of the host and its index; part of settings_read. */
void settings_schema_read(struct settings *set);

/* NULL where the schema has none of that name. */
const struct ma_schema_attribute *settings_attribute(const struct settings *set,
                                                     const char *name);
const struct ma_schema_class *settings_class(const struct settings *set,
                                             const char *name);
bool names_has(const struct names *names, const char *name);
/* Passwords: never written in clear unless the operator said so. */
bool settings_is_secret(const struct settings *set, const char *attribute);

#endif
