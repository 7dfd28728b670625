/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_ENTRY_H
#define MODEL_ENTRY_H

#include "base/buf.h"
#include "model/value.h"

/*
 * A set of attributes: what an object holds. Always canonical: attributes sorted by name
 * number, values sorted by bytes, none twice, none without values. So two entries
 * are equal exactly when their encodings are, and "did it change?" is a memcmp.
 *
 * Entries are values: functions make new ones in an arena and never change their
 * arguments. The values point into whatever they were made from.
 */
struct attr {
    uint32_t name;
    enum value_type type;
    uint32_t count;
    const struct slice *values;
};

struct entry {
    uint32_t count;
    const struct attr *attrs;
};

/* Some values of an attribute, in any order. */
struct value_set {
    uint32_t attribute; /* NAME_NONE: references in whatever attribute */
    const struct slice *values;
    uint32_t count;
};

/* NULL where the entry has no such attribute. */
const struct attr *entry_find(const struct entry *entry, uint32_t name);
bool attr_has(const struct attr *attr, struct slice value);
bool attr_equal(const struct attr *a, const struct attr *b);
bool entry_equal(const struct entry *a, const struct entry *b);

static inline bool names_have(const uint32_t *names, uint32_t count, uint32_t name)
{
    for (uint32_t i = 0; i < count; i++)
        if (names[i] == name)
            return true;
    return false;
}

/* Builds an entry in any order; entry_build sorts, drops doubles and empty attributes.
 * The builder and the result live in the arena. */
struct entry_builder {
    struct arena *arena;
    struct attr *attrs; /* unsorted; one name may stand here more than once: a union */
    uint32_t count;
    uint32_t capacity;
};

struct entry_builder entry_builder(struct arena *arena);
void entry_add(struct entry_builder *builder, uint32_t name, enum value_type type,
               const struct slice *values, uint32_t count);
struct entry entry_build(struct entry_builder *builder);

/* A copy of `entry` in which this attribute has these values (sorted and uniqued here);
 * count 0 takes it out. */
struct entry entry_with(struct arena *arena, const struct entry *entry, uint32_t name,
                        enum value_type type, const struct slice *values, uint32_t count);

/* The canonical bytes: varint count, then for each attribute varint name, byte type,
 * varint number of values, and each value counted. */
void entry_encode(const struct entry *entry, struct buf *out);
/* Whether these are the bytes of it; nothing is written for that. */
bool entry_is_encoded(const struct entry *entry, struct slice bytes);
/* Zero copy: the values point into `bytes`. False where the bytes are not canonical. */
bool entry_decode(struct arena *arena, struct slice bytes, struct entry *out);

/* A deep copy whose values live in the arena too. */
struct entry entry_copy(struct arena *arena, const struct entry *entry);

#endif
