/* SPDX-License-Identifier: Apache-2.0 */
#include "ids.h"

#include <ctype.h>
#include <limits.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

enum { FIRST_SLOTS = 1024 };

/* --- the table -------------------------------------------------------------------- */

static uint32_t hash(const char *text)
{
    return (uint32_t)XXH3_64bits(text, strlen(text));
}

/* The same for texts that differ in the case of letters of ASCII. */
static uint32_t hash_folded(const char *text)
{
    uint32_t h = 2166136261u;

    for (; *text != '\0'; text++)
        h = (h ^ (uint32_t)tolower((unsigned char)*text)) * 16777619u;
    return h;
}

static void enter(uint32_t *table, size_t slots, uint32_t hashed, size_t number)
{
    size_t at = hashed & (slots - 1);

    while (table[at] != 0)
        at = (at + 1) & (slots - 1);
    table[at] = (uint32_t)number + 1;
}

static void begin(struct ids *ids)
{
    if (ids->folder != NULL && ids->pool.chunk == NULL)
        pool_begin_on_disk(&ids->pool, ids->folder);
}

/* Out of the pool, so what it grows out of stays there until the end: as much again. */
static uint32_t *new_table(struct ids *ids, size_t slots)
{
    uint32_t *table = pool_alloc(&ids->pool, slots * sizeof *table);

    if (table != NULL)
        memset(table, 0, slots * sizeof *table);
    return table;
}

static bool grow_by_id(struct ids *ids)
{
    size_t slots = ids->slots == 0 ? FIRST_SLOTS : ids->slots * 2;
    uint32_t *table = new_table(ids, slots);

    if (table == NULL)
        return false;
    for (size_t i = 0; i < ids->count; i++)
        enter(table, slots, ids->items[i].hash, i);
    ids->by_id = table;
    ids->slots = slots;
    return true;
}

/* A DN that is changed later leaves its old entry behind, until there is no room. */
void ids_index_dns(struct ids *ids)
{
    size_t slots = FIRST_SLOTS;
    uint32_t *table;

    while (slots < ids->count * 4)
        slots *= 2;
    if (ids->slots == 0)
        begin(ids);
    table = new_table(ids, slots);
    ids->failed |= table == NULL;
    if (table == NULL)
        return;
    ids->named = 0;
    for (size_t i = 0; i < ids->count; i++) {
        if (ids->items[i].dn[0] == '\0')
            continue;
        enter(table, slots, hash_folded(ids->items[i].dn), i);
        ids->named++;
    }
    ids->by_dn = table;
    ids->dn_slots = slots;
}

static struct id *find(const struct ids *ids, const char *id, uint32_t hashed)
{
    if (ids->slots == 0)
        return NULL;
    for (size_t at = hashed & (ids->slots - 1); ids->by_id[at] != 0;
         at = (at + 1) & (ids->slots - 1)) {
        struct id *found = &ids->items[ids->by_id[at] - 1];

        if (found->hash == hashed && strcmp(found->id, id) == 0)
            return found;
    }
    return NULL;
}

struct id *ids_find(const struct ids *ids, const char *id)
{
    return find(ids, id, hash(id));
}

struct id *ids_by_dn(const struct ids *ids, const char *dn)
{
    if (ids->by_dn == NULL || dn[0] == '\0')
        return NULL;
    for (size_t at = hash_folded(dn) & (ids->dn_slots - 1); ids->by_dn[at] != 0;
         at = (at + 1) & (ids->dn_slots - 1)) {
        struct id *found = &ids->items[ids->by_dn[at] - 1];

        if (strcasecmp(found->dn, dn) == 0 && (found->flags & ID_GONE) == 0)
            return found;
    }
    return NULL;
}

static bool make_room(struct ids *ids)
{
    struct id *items;

    if ((ids->count + 1) * 2 > ids->slots && !grow_by_id(ids))
        return false;
    items = pool_grow(&ids->pool, ids->items, ids->count, &ids->capacity, sizeof *items);
    if (items != NULL)
        ids->items = items;
    return items != NULL;
}

static void name(struct ids *ids, size_t number, const char *dn)
{
    if (dn == NULL || dn[0] == '\0' || strcmp(ids->items[number].dn, dn) == 0)
        return;
    ids->items[number].dn = pool_text(&ids->pool, dn, strlen(dn));
    if (ids->by_dn == NULL)
        return;
    if ((ids->named + 1) * 2 > ids->dn_slots) {
        ids_index_dns(ids);
        return;
    }
    enter(ids->by_dn, ids->dn_slots, hash_folded(dn), number);
    ids->named++;
}

struct id *ids_put(struct ids *ids, unsigned char class, const char *id, const char *dn)
{
    uint32_t hashed = hash(id);
    struct id *found = find(ids, id, hashed);
    size_t number = found == NULL ? ids->count : (size_t)(found - ids->items);

    if (ids->slots == 0)
        begin(ids);
    if (found == NULL && !make_room(ids)) {
        ids->failed = true;
        return NULL;
    }
    if (found == NULL) {
        ids->items[number] = (struct id){.class = class,
                                         .hash = hashed,
                                         .id = pool_text(&ids->pool, id, strlen(id)),
                                         .dn = ""};
        enter(ids->by_id, ids->slots, hashed, number);
        ids->count++;
    } else if (class != UCHAR_MAX)
        found->class = class;
    name(ids, number, dn);
    ids->failed |= ids->pool.failed;
    return &ids->items[number];
}

void ids_begin(struct ids *ids, const char *folder)
{
    ids_free(ids);
    ids->folder = folder;
}

void ids_free(struct ids *ids)
{
    pool_free(&ids->pool);
    memset(ids, 0, sizeof *ids);
}
