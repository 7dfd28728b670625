/* SPDX-License-Identifier: Apache-2.0 */
#include "stage/seen.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"

enum { CHUNK = 1024, BITS = CHUNK * 8, NAME_SIZE = 32 };

static const char *chunk_name(size_t chunk, char *out)
{
    snprintf(out, NAME_SIZE, "seen.%08zu", chunk);
    return out;
}

static void *grown(void *at, size_t old, size_t new)
{
    char *bytes = mem_resize(at, new);

    memset(bytes + old, 0, new - old);
    return bytes;
}

static void reserve(struct seen *seen, size_t chunks)
{
    if (chunks <= seen->chunks)
        return;
    seen->bits = grown(seen->bits, seen->chunks * CHUNK, chunks * CHUNK);
    seen->now = grown(seen->now, seen->chunks * CHUNK, chunks * CHUNK);
    seen->dirty = grown(seen->dirty, seen->chunks * sizeof(bool), chunks * sizeof(bool));
    seen->chunks = chunks;
}

void seen_begin(struct seen *seen, uint64_t epoch)
{
    *seen = (struct seen){.epoch = epoch};
}

static void load_chunk(struct seen *seen, size_t chunk, struct slice row)
{
    struct reader reader = reader_of(row);
    uint64_t epoch = reader_u64(&reader);
    struct slice bits = reader_bytes(&reader, CHUNK);

    if (reader.bad || epoch != seen->epoch)
        return;
    memcpy(seen->bits + chunk * CHUNK, bits.at, CHUNK);
    for (size_t i = 0; i < CHUNK; i++)
        seen->count += (uint64_t)__builtin_popcount((unsigned char)bits.at[i]);
}

void seen_load(struct seen *seen, struct batch *batch, uint32_t agent,
               const char *partition, size_t chunks)
{
    char name[NAME_SIZE];
    struct slice row;

    reserve(seen, chunks);
    for (size_t i = 0; i < chunks; i++)
        if (agent_get(batch, agent, partition, chunk_name(i, name), &row) == MA_OK)
            load_chunk(seen, i, row);
}

static bool has(const struct seen *seen, const unsigned char *bits, uint64_t id)
{
    return id / BITS < seen->chunks && (bits[id / 8] & 1u << id % 8) != 0;
}

bool seen_has(const struct seen *seen, uint64_t id)
{
    return has(seen, seen->bits, id);
}

bool seen_now(const struct seen *seen, uint64_t id)
{
    return has(seen, seen->now, id);
}

void seen_add(struct seen *seen, uint64_t id)
{
    reserve(seen, id / BITS + 1);
    if (!has(seen, seen->bits, id)) {
        seen->count++;
        seen->dirty[id / BITS] = true;
    }
    seen->bits[id / 8] |= (unsigned char)(1u << id % 8);
    seen->now[id / 8] |= (unsigned char)(1u << id % 8);
}

void seen_save(struct seen *seen, struct batch *batch, uint32_t agent,
               const char *partition)
{
    char name[NAME_SIZE];

    for (size_t i = 0; i < seen->chunks; i++) {
        BUF_AUTO row = {0};

        if (!seen->dirty[i])
            continue;
        buf_u64(&row, seen->epoch);
        buf_bytes(&row, seen->bits + i * CHUNK, CHUNK);
        agent_set(batch, agent, partition, chunk_name(i, name), buf_view(&row));
        seen->dirty[i] = false;
    }
}

void seen_clear(const struct seen *seen, struct batch *batch, uint32_t agent,
                const char *partition)
{
    char name[NAME_SIZE];

    for (size_t i = 0; i < seen->chunks; i++)
        agent_clear(batch, agent, partition, chunk_name(i, name));
}

void seen_end(struct seen *seen)
{
    free(seen->bits);
    free(seen->now);
    free(seen->dirty);
    *seen = (struct seen){0};
}
