/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_BYTES_H
#define SUPPORT_BYTES_H

#include <mactl/ma.h>

/*
 * Memory of a plugin. In a plugin memory may fail, so both kinds remember it: once
 * `failed` is set nothing is added any more, and whoever is about to act on the result
 * asks once. A pool ends all at once, or begins anew for the next record.
 */
struct bytes {
    char *at; /* a NUL stands behind `length`, once anything was added */
    size_t length;
    size_t capacity;
    bool failed;
};

void bytes_add(struct bytes *bytes, const void *data, size_t length);
void bytes_text(struct bytes *bytes, const char *text);
void bytes_char(struct bytes *bytes, char c);
void bytes_clear(struct bytes *bytes);
void bytes_free(struct bytes *bytes);

struct pool {
    struct pool_chunk *chunk;
    bool failed;
    bool on_disk;
    int fd;      /* where on_disk */
    size_t used; /* of the file */
};

/* For what may be larger than memory: the chunks of the empty pool are mapped from a
 * nameless file in this folder, which the kernel may take from memory at any time and
 * which ends with the process. Where there can be none, or it is full, they are allocated
 * as ever. */
void pool_begin_on_disk(struct pool *pool, const char *folder);

/* NULL where memory failed. */
void *pool_alloc(struct pool *pool, size_t size);
/* With a NUL behind it. "" where memory failed. */
const char *pool_text(struct pool *pool, const void *data, size_t length);
struct ma_value pool_value(struct pool *pool, const void *data, size_t length);
/* The array `items` of `count` elements with room for one more; NULL: memory failed. */
void *pool_grow(struct pool *pool, void *items, size_t count, size_t *capacity,
                size_t size);
/* Keeps one chunk, so a loop allocates nothing. */
void pool_reset(struct pool *pool);
void pool_free(struct pool *pool);

#endif
