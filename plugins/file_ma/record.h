/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FILE_MA_RECORD_H
#define FILE_MA_RECORD_H

#include "support/bytes.h"

/*
 * One record of a file, as the file has it: names and values in the spelling of the file
 * (Base64 of LDIF is decoded, the columns of a row are split at the multi-value
 * separator; types are not looked at). Written by the readers of the four formats; read
 * by map.c, which makes an entry of it, and by the writers. Lives in its pool.
 */
struct field {
    const char *name;
    size_t length; /* of the name */
    enum ma_attribute_op op;
    struct ma_value *values;
    size_t count;
    size_t capacity;
    struct ma_value *removed; /* change records only */
    size_t removed_count;
    size_t removed_capacity;
};

struct record {
    struct pool *pool;
    enum ma_change change;
    bool is_change;           /* it has a change type of its own */
    const char *dn;           /* NULL in formats without */
    const char *new_rdn;      /* modrdn */
    const char *new_superior; /* NULL: the parent stays */
    bool delete_old_rdn;
    struct field *fields;
    size_t count;
    size_t capacity;
    uint64_t entry; /* 1-based */
    uint64_t line;  /* of its first line */
};

/* Why a record cannot be used; `type` is a discovery error of the product. */
struct problem {
    const char *type;
    const char *attribute; /* NULL: none is to blame */
    uint64_t line;
    uint64_t column;
    char text[240];
};

/* Fills the problem; gives false, so that a reader can return it. */
bool problem_set(struct problem *problem, const char *type, const char *attribute,
                 const char *fmt, ...) MA_PRINTF(4, 5);

/* Everything of `from`, in another pool. */
void record_copy(struct record *to, const struct record *from, struct pool *pool);
void record_begin(struct record *record, struct pool *pool);
struct field *record_find(const struct record *record, const char *name);
/* The field of that name, made if need be; NULL: memory failed (the pool knows). */
struct field *record_field(struct record *record, const char *name, size_t length);
/* The first value as text, or NULL. */
const char *record_text(const struct record *record, const char *name);
/* Both copy the bytes into the pool. */
void field_add(struct record *record, struct field *field, const void *data,
               size_t length);
void field_remove(struct record *record, struct field *field, const void *data,
                  size_t length);
void field_clear(struct field *field);
/* The index of a value, or count. */
size_t field_index(const struct ma_value *values, size_t count, const void *data,
                   size_t length);
/* Takes values[index] out. */
void field_drop(struct field *field, size_t index);
void record_drop(struct record *record, const char *name);

#endif
