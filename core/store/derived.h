/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_DERIVED_H
#define STORE_DERIVED_H

#include "store/mv.h"
#include "store/store.h"

/*
 * What follows from an object and is kept beside it: entries of the index, reference
 * rows, its link, its places in queues. Always computed from the object alone, so a put
 * writes the difference of two of these, and verification computes it again.
 */
struct indexed;

struct reference {
    uint64_t target;
    uint32_t attribute;
};

struct derived {
    id_list hashes;                /* sorted, unique */
    VEC_OF(struct reference) refs; /* in any layer; sorted, unique */
    uint64_t queues;               /* bit n: it stands in queue n */
    uint64_t link;                 /* metaverse object; 0: none */
};

/* What is indexed besides attributes, as attribute numbers that no name has. */
enum index_of {
    INDEX_DN = INT32_MAX - 1,
    INDEX_ANCHOR = INT32_MAX - 2,
    INDEX_PARENT = INT32_MAX - 3,
    INDEX_GUID = INT32_MAX - 4
};

/* The queue number under which all objects of a space are counted. */
enum { COUNT_ALL = 0 };

/* By target, then by attribute: < 0, 0, > 0. */
int reference_compare(const struct reference *a, const struct reference *b);

void derived_clear(struct derived *derived);
void derived_free(struct derived *derived);

/* `derived` is cleared first; `scratch` may be rewound afterwards. */
void derive_cs(struct store *store, const struct indexed *indexed,
               const struct cs_object *object, struct arena *scratch,
               struct derived *derived);
/* Of an object before and after, with what both have for certain left out: an export
 * changes deltas, and neither what was imported nor names, which are dear to index. */
void derive_change(struct store *store, const struct indexed *indexed,
                   const struct cs_object *before, const struct cs_object *after,
                   struct arena *scratch, struct derived *was, struct derived *is);
void derive_mv(struct store *store, const struct indexed *indexed,
               const struct mv_object *object, struct arena *scratch,
               struct derived *derived);
/* Writes what makes `after` of `before`. */
void derived_change(struct batch *batch, uint32_t space, uint64_t id,
                    const struct derived *before, const struct derived *after);

/* As the index wants it: text folded, the rest as it is. */
struct slice index_form(struct arena *arena, enum value_type type, struct slice value);
/* dn_parent; sooner where it is that of the DN before. */
struct slice parent_dn(struct store *store, struct slice dn);
uint64_t index_dn(struct store *store, struct arena *scratch, uint32_t space,
                  uint32_t attribute, struct slice dn);
uint64_t value_hash(struct batch *batch, uint32_t space, uint32_t attribute,
                    enum value_type type, struct slice value);
/* Whether the attribute holds this value: text without regard to case unless `exact`. */
bool attr_matches(const struct attr *attr, enum value_type type, struct slice value,
                  bool exact);

/* A row for each attribute that refers, so that none has to know of the others. */
struct store_key ref_key(uint32_t space, uint64_t target, uint64_t from,
                         uint32_t attribute);
/* Who refers to `target`, ascending, each once; appended. */
enum ma_status scan_referrers(struct batch *batch, uint32_t space, uint64_t target,
                              id_list *out, struct ma_error *err);
struct store_key link_key(uint64_t mv, uint32_t agent, uint64_t id);
struct store_key queue_key(unsigned queue, uint32_t space, uint64_t id);
struct store_key queue_prefix(unsigned queue, uint32_t space);
struct store_key object_key(uint32_t space, uint64_t id);

/* Objects of a queue, or of all. */
void count_change(struct batch *batch, unsigned queue, uint32_t space, int64_t by);
enum ma_status count_get(struct batch *batch, unsigned queue, uint32_t space,
                         uint64_t *out, struct ma_error *err);

/* The indexed attributes of a space; lives until the next call. */
const struct indexed *indexed_of(struct batch *batch, uint32_t space);
bool indexed_has(const struct indexed *indexed, uint32_t attribute);

/* The ids at the end of the keys behind `prefix`, above `after`. */
enum ma_status scan_ids(struct batch *batch, enum store_table table,
                        struct store_key prefix, uint64_t after, size_t limit,
                        id_list *out, struct ma_error *err);

#endif
