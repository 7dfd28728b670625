/* SPDX-License-Identifier: Apache-2.0 */
#include "bytes.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static bool reserve(struct bytes *bytes, size_t more)
{
    size_t wanted = bytes->length + more + 1;
    size_t capacity = bytes->capacity == 0 ? 256 : bytes->capacity;
    char *grown;

    if (bytes->failed)
        return false;
    if (wanted <= bytes->capacity)
        return true;
    while (capacity < wanted)
        capacity *= 2;
    grown = realloc(bytes->at, capacity);
    bytes->failed = grown == NULL;
    if (grown == NULL)
        return false;
    bytes->at = grown;
    bytes->capacity = capacity;
    return true;
}

void bytes_add(struct bytes *bytes, const void *data, size_t length)
{
    if (!reserve(bytes, length))
        return;
    if (length > 0)
        memcpy(bytes->at + bytes->length, data, length);
    bytes->length += length;
    bytes->at[bytes->length] = '\0';
}

void bytes_text(struct bytes *bytes, const char *text)
{
    bytes_add(bytes, text, strlen(text));
}

void bytes_char(struct bytes *bytes, char c)
{
    bytes_add(bytes, &c, 1);
}

void bytes_clear(struct bytes *bytes)
{
    bytes->length = 0;
    if (bytes->at != NULL)
        bytes->at[0] = '\0';
}

void bytes_free(struct bytes *bytes)
{
    free(bytes->at);
    *bytes = (struct bytes){0};
}

struct pool_chunk {
    struct pool_chunk *next;
    size_t used;
    size_t size;
    bool mapped;
    _Alignas(max_align_t) char data[];
};

enum { CHUNK = 32 * 1024, DISK_CHUNK = 1024 * 1024, ALIGN = 16 };

void pool_begin_on_disk(struct pool *pool, const char *folder)
{
    *pool = (struct pool){.fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600)};
    pool->on_disk = pool->fd >= 0;
}

/* The space is reserved first: a hole of a full disk would be a signal later. */
static struct pool_chunk *map_chunk(struct pool *pool, size_t size)
{
    size_t room = sizeof(struct pool_chunk) + size;
    size_t mapped = (room + DISK_CHUNK - 1) / DISK_CHUNK * DISK_CHUNK;
    struct pool_chunk *chunk;

    if (!pool->on_disk ||
        posix_fallocate(pool->fd, (off_t)pool->used, (off_t)mapped) != 0)
        return NULL;
    chunk = mmap(NULL, mapped, PROT_READ | PROT_WRITE, MAP_SHARED, pool->fd,
                 (off_t)pool->used);
    if (chunk == MAP_FAILED)
        return NULL;
    pool->used += mapped;
    *chunk = (struct pool_chunk){.size = mapped - sizeof *chunk, .mapped = true};
    return chunk;
}

static struct pool_chunk *new_chunk(struct pool *pool, size_t size)
{
    size_t room = size > CHUNK ? size : CHUNK;
    struct pool_chunk *chunk = map_chunk(pool, size);

    if (chunk == NULL) {
        chunk = malloc(sizeof *chunk + room);
        pool->failed |= chunk == NULL;
        if (chunk == NULL)
            return NULL;
        *chunk = (struct pool_chunk){.size = room};
    }
    chunk->next = pool->chunk;
    pool->chunk = chunk;
    return chunk;
}

static void free_chunk(struct pool_chunk *chunk)
{
    if (chunk->mapped)
        (void)munmap(chunk, sizeof *chunk + chunk->size);
    else
        free(chunk);
}

void *pool_alloc(struct pool *pool, size_t size)
{
    struct pool_chunk *chunk = pool->chunk;
    size_t rounded = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    void *memory;

    if (pool->failed)
        return NULL;
    if (chunk == NULL || chunk->size - chunk->used < rounded)
        chunk = new_chunk(pool, rounded);
    if (chunk == NULL)
        return NULL;
    memory = chunk->data + chunk->used;
    chunk->used += rounded;
    return memory;
}

const char *pool_text(struct pool *pool, const void *data, size_t length)
{
    char *copy = pool_alloc(pool, length + 1);

    if (copy == NULL)
        return "";
    if (length > 0)
        memcpy(copy, data, length);
    copy[length] = '\0';
    return copy;
}

struct ma_value pool_value(struct pool *pool, const void *data, size_t length)
{
    const char *copy = pool_text(pool, data, length);

    return (struct ma_value){copy, pool->failed ? 0 : length};
}

void *pool_grow(struct pool *pool, void *items, size_t count, size_t *capacity,
                size_t size)
{
    size_t wanted = *capacity == 0 ? 4 : *capacity * 2;
    void *grown;

    if (count < *capacity)
        return items;
    grown = pool_alloc(pool, wanted * size);
    if (grown == NULL)
        return NULL;
    if (count > 0)
        memcpy(grown, items, count * size);
    *capacity = wanted;
    return grown;
}

void pool_reset(struct pool *pool)
{
    while (pool->chunk != NULL &&
           (pool->chunk->next != NULL || pool->chunk->size > CHUNK)) {
        struct pool_chunk *next = pool->chunk->next;

        free_chunk(pool->chunk);
        pool->chunk = next;
    }
    if (pool->chunk != NULL)
        pool->chunk->used = 0;
    pool->failed = false;
}

void pool_free(struct pool *pool)
{
    while (pool->chunk != NULL) {
        struct pool_chunk *next = pool->chunk->next;

        free_chunk(pool->chunk);
        pool->chunk = next;
    }
    if (pool->on_disk)
        close(pool->fd);
    *pool = (struct pool){0};
}
