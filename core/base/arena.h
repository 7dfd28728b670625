/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

#include "base/slice.h"

/*
 * Memory that ends all at once: a page of an import, an object in evaluation, an
 * expression. Allocation is a pointer moved forward; nothing is ended singly. A reset
 * keeps the first chunk, so a loop that resets after each object allocates nothing.
 * Allocations are aligned for any type and never fail.
 */
struct arena {
    struct arena_chunk *chunk;
    size_t used; /* bytes given out since the last reset, for limits */
};

/* Where an arena stood; everything younger is ended by arena_rewind. */
struct arena_mark {
    struct arena_chunk *chunk;
    size_t at;
    size_t used;
};

/* Not zeroed; a size of 0 gives a place, too. */
void *arena_alloc(struct arena *arena, size_t size) __attribute__((returns_nonnull));
/* The same, zeroed. */
void *arena_zero(struct arena *arena, size_t size) __attribute__((returns_nonnull));
void *arena_copy(struct arena *arena, const void *data, size_t size)
    __attribute__((returns_nonnull));
/* NUL-terminated copies. */
char *arena_text(struct arena *arena, const char *text) __attribute__((returns_nonnull));
char *arena_textn(struct arena *arena, const char *text, size_t length)
    __attribute__((returns_nonnull));
char *arena_print(struct arena *arena, const char *fmt, ...)
    __attribute__((returns_nonnull, format(printf, 2, 3)));
/* A copy with a NUL behind it that the length does not count. */
struct slice arena_slice(struct arena *arena, struct slice bytes);

/* Back to a mark, or to nothing: what was given since is ended. */
struct arena_mark arena_mark(const struct arena *arena);
void arena_rewind(struct arena *arena, struct arena_mark mark);
void arena_reset(struct arena *arena);
/* Ends the memory; the arena may be used again, empty. */
void arena_free(struct arena *arena);

#define ARENA_AUTO __attribute__((cleanup(arena_free))) struct arena
#define ARENA_ARRAY(arena, type, count)                                                  \
    ((type *)arena_zero((arena), sizeof(type) * ((count) == 0 ? 1 : (count))))

#endif
