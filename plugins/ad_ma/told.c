/* SPDX-License-Identifier: Apache-2.0 */
#include "told.h"

#include <stdlib.h>

/* FNV-1a, 64 bits; 0 stands for a free slot. */
static uint64_t hash_of(struct ma_value anchor)
{
    uint64_t hash = 0xcbf29ce484222325u;

    for (size_t i = 0; i < anchor.length; i++)
        hash = (hash ^ (unsigned char)anchor.data[i]) * 0x100000001b3u;
    return hash == 0 ? 1 : hash;
}

/* The slot that has the hash, or would. */
static size_t slot_of(const struct told *told, uint64_t hash)
{
    size_t at = (size_t)(hash % told->capacity);

    while (told->slots[at] != 0 && told->slots[at] != hash)
        at = (at + 1) % told->capacity;
    return at;
}

static bool grow(struct told *told)
{
    struct told grown = {.capacity = told->capacity == 0 ? 1024 : told->capacity * 2};

    grown.slots = calloc(grown.capacity, sizeof *grown.slots);
    if (grown.slots == NULL)
        return false;
    for (size_t i = 0; i < told->capacity; i++)
        if (told->slots[i] != 0)
            grown.slots[slot_of(&grown, told->slots[i])] = told->slots[i];
    grown.count = told->count;
    free(told->slots);
    *told = grown;
    return true;
}

bool told_add(struct told *told, struct ma_value anchor)
{
    uint64_t hash = hash_of(anchor);
    size_t at;

    if (2 * (told->count + 1) > told->capacity && !grow(told))
        return false;
    at = slot_of(told, hash);
    told->count += told->slots[at] == 0;
    told->slots[at] = hash;
    return true;
}

bool told_has(const struct told *told, struct ma_value anchor)
{
    return told->capacity > 0 && told->slots[slot_of(told, hash_of(anchor))] != 0;
}

void told_free(struct told *told)
{
    free(told->slots);
    *told = (struct told){0};
}
