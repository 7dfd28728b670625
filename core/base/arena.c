/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

enum { FIRST_CHUNK = 16 * 1024, LARGEST_CHUNK = 1024 * 1024 };

struct arena_chunk {
    struct arena_chunk *before;
    size_t size;
    size_t at;
    alignas(max_align_t) unsigned char bytes[];
};

static size_t aligned(size_t size)
{
    return (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
}

static void add_chunk(struct arena *arena, size_t need)
{
    size_t size = arena->chunk == NULL ? FIRST_CHUNK : arena->chunk->size * 2;
    struct arena_chunk *chunk;

    if (size > LARGEST_CHUNK)
        size = LARGEST_CHUNK;
    if (size < need)
        size = need;
    chunk = mem_resize(NULL, sizeof *chunk + size);
    *chunk = (struct arena_chunk){.before = arena->chunk, .size = size};
    arena->chunk = chunk;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    size_t need = aligned(size == 0 ? 1 : size);
    void *p;

    if (arena->chunk == NULL || arena->chunk->size - arena->chunk->at < need)
        add_chunk(arena, need);
    p = arena->chunk->bytes + arena->chunk->at;
    arena->chunk->at += need;
    arena->used += need;
    return p;
}

void *arena_zero(struct arena *arena, size_t size)
{
    return memset(arena_alloc(arena, size), 0, size == 0 ? 1 : size);
}

void *arena_copy(struct arena *arena, const void *data, size_t size)
{
    void *p = arena_alloc(arena, size);

    if (size > 0)
        memcpy(p, data, size);
    return p;
}

char *arena_textn(struct arena *arena, const char *text, size_t length)
{
    char *copy = arena_alloc(arena, length + 1);

    if (length > 0)
        memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

char *arena_text(struct arena *arena, const char *text)
{
    return arena_textn(arena, text, strlen(text));
}

struct slice arena_slice(struct arena *arena, struct slice bytes)
{
    return slice_of(arena_textn(arena, bytes.at, bytes.length), bytes.length);
}

char *arena_print(struct arena *arena, const char *fmt, ...)
{
    va_list args;
    va_list again;
    int length;
    char *text;

    va_start(args, fmt);
    va_copy(again, args);
    length = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (length < 0)
        length = 0;
    text = arena_alloc(arena, (size_t)length + 1);
    vsnprintf(text, (size_t)length + 1, fmt, again);
    va_end(again);
    return text;
}

struct arena_mark arena_mark(const struct arena *arena)
{
    size_t at = arena->chunk == NULL ? 0 : arena->chunk->at;

    return (struct arena_mark){arena->chunk, at, arena->used};
}

void arena_rewind(struct arena *arena, struct arena_mark mark)
{
    while (arena->chunk != mark.chunk) {
        struct arena_chunk *before = arena->chunk->before;

        /* An arena marked when empty keeps its first chunk. */
        if (before == NULL && mark.chunk == NULL) {
            arena->chunk->at = 0;
            arena->used = mark.used;
            return;
        }
        free(arena->chunk);
        arena->chunk = before;
    }
    if (arena->chunk != NULL)
        arena->chunk->at = mark.at;
    arena->used = mark.used;
}

void arena_reset(struct arena *arena)
{
    arena_rewind(arena, (struct arena_mark){NULL, 0, 0});
}

void arena_free(struct arena *arena)
{
    while (arena->chunk != NULL) {
        struct arena_chunk *before = arena->chunk->before;

        free(arena->chunk);
        arena->chunk = before;
    }
    arena->used = 0;
}
