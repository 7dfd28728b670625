/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FILE_MA_CHANGE_H
#define FILE_MA_CHANGE_H

#include "map.h"
#include "source.h"

/*
 * An exported entry put into a record: the attributes it sets, its class, its naming
 * attribute, the columns of its anchor. Secrets are left out unless the operator wants
 * them in the file. `problem` has an export error of the product.
 */

/* Sets, adds and takes away values as the entry says. False: the record is of no use. */
bool change_attributes(const struct settings *set, const struct columns *columns,
                       const struct ma_entry *entry, struct record *record,
                       struct problem *problem);
/* The same as operations, for a change record of LDIF. */
void change_operations(const struct settings *set, const struct ma_entry *entry,
                       struct record *record);
/* objectClass from the top down, or the column of the class. */
void change_class(const struct settings *set, const struct ma_entry *entry,
                  struct record *record);
/* The first RDN's attribute gets its value if it has none, or if `anew`. */
void change_naming(const struct settings *set, struct record *record, bool anew);
/* Columns of the anchor and of the DN that the entry gives only as a whole. */
void change_keys(const struct settings *set, const struct ma_entry *entry,
                 struct record *record);
/* The columns to write: the file's, the settings', else all of the schema. */
struct columns change_columns(const struct settings *set, struct pool *pool,
                              const struct columns *known);

#endif
