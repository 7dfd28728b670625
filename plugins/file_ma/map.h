/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FILE_MA_MAP_H
#define FILE_MA_MAP_H

#include "settings.h"

/*
 * Between records, which have the spelling of a file, and entries, which have the types
 * of the schema: class, DN and anchor, numbers and booleans, Base64 in formats of text.
 * What is made lives in the pool of the record.
 */

/* What an import selects; made once a step. */
struct map {
    const struct settings *set;
    const char **attributes; /* sorted, case ignored; NULL: all */
    size_t attribute_count;
    const char *partition; /* folded; NULL: any */
    bool delta;
};

/* The selection of an import, sorted for map_record; lives in the pool. */
void map_select(struct map *map, struct pool *pool, const char *const *attributes);

/* What map_record says besides failing: MAP_OTHER is of another partition. */
enum mapped { MAP_ENTRY, MAP_BAD, MAP_OTHER };

enum mapped map_record(const struct map *map, struct record *record,
                       struct ma_entry *entry, struct problem *problem);

/* The anchor of a record; false where a part is missing. Empty where the format does not
 * need one in a record of changes. */
bool map_anchor(const struct settings *set, const struct record *record,
                struct ma_value *out, struct problem *problem);
/* The DN: of the record, or made from its columns. */
bool map_dn(const struct settings *set, const struct record *record, const char **out,
            struct problem *problem);
/* A value of an entry in the spelling of the file; perhaps the value itself. */
struct ma_value map_out(const struct settings *set, struct pool *pool, const char *name,
                        enum ma_type type, struct ma_value value);
/* The DN after the rename of an LDIF record. */
const char *map_renamed(const struct record *record);

#endif
