/* SPDX-License-Identifier: Apache-2.0 */

/* Old keys of a renamed object stay; who finds one compares with the object. */

#include <stdlib.h>

#include "directory_state.h"
#include "map.h"
#include "support/dn.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

enum { FIRST_SLOTS = 1024 };

/* --- an index --------------------------------------------------------------------- */

static struct node **slot_of(const struct index *index, uint64_t hash)
{
    return &index->slots[hash & (index->size - 1)];
}

static void put_node(struct index *index, struct node *node)
{
    struct node **slot = slot_of(index, node->hash);

    node->next = *slot;
    *slot = node;
}

/* The slots it grows out of stay in the pool until the end: as much again. */
static bool grow(struct directory *d, struct index *index)
{
    struct index grown = {.size = index->size == 0 ? FIRST_SLOTS : index->size * 2,
                          .count = index->count};
    size_t bytes = grown.size * sizeof *grown.slots;

    grown.slots = pool_alloc(&d->pool, bytes);
    if (grown.slots == NULL)
        return false;
    memset(grown.slots, 0, bytes);
    for (size_t i = 0; i < index->size; i++)
        for (struct node *node = index->slots[i], *next; node != NULL; node = next) {
            next = node->next;
            put_node(&grown, node);
        }
    *index = grown;
    return true;
}

static void index_add(struct directory *d, struct index *index, uint64_t hash,
                      struct object *object)
{
    struct node *node;

    if (index->count == index->size && !grow(d, index))
        return;
    node = pool_alloc(&d->pool, sizeof *node);
    if (node == NULL)
        return;
    *node = (struct node){.object = object, .hash = hash};
    put_node(index, node);
    index->count++;
}

static struct node *from(struct node *node, uint64_t hash)
{
    while (node != NULL && node->hash != hash)
        node = node->next;
    return node;
}

static struct node *first(const struct index *index, uint64_t hash)
{
    return index->size == 0 ? NULL : from(*slot_of(index, hash), hash);
}

static uint64_t hash_of(const void *key, size_t length)
{
    return XXH3_64bits(key, length);
}

static uint64_t hash_of_text(const char *key)
{
    return hash_of(key, strlen(key));
}

/* --- objects ---------------------------------------------------------------------- */

static bool has_anchor(const struct object *object, struct ma_value anchor)
{
    return object->anchor.length == anchor.length &&
           memcmp(object->anchor.data, anchor.data, anchor.length) == 0;
}

struct object *keys_find_anchor(const struct directory *d, struct ma_value anchor)
{
    uint64_t hash = hash_of(anchor.data, anchor.length);

    if (anchor.length == 0)
        return NULL;
    for (struct node *n = first(&d->by_anchor, hash); n != NULL; n = from(n->next, hash))
        if (!n->object->gone && has_anchor(n->object, anchor))
            return n->object;
    return NULL;
}

static bool has_key(const struct object *object, const char *key)
{
    return object->dn_key != NULL && strcmp(object->dn_key, key) == 0;
}

struct object *keys_find_dn(struct directory *d, const char *dn)
{
    const char *key = dn == NULL ? "" : dn_fold(&d->scratch, dn);
    uint64_t hash = hash_of_text(key);

    if (key[0] == '\0')
        return NULL;
    for (struct node *n = first(&d->by_dn, hash); n != NULL; n = from(n->next, hash))
        if (!n->object->gone && has_key(n->object, key))
            return n->object;
    return NULL;
}

struct object *keys_find(struct directory *d, const struct ma_entry *entry)
{
    struct object *object = keys_find_anchor(d, entry->anchor);

    return object != NULL ? object : keys_find_dn(d, entry->dn);
}

static void take_dn(struct directory *d, struct object *object, const char *dn)
{
    const char *key = dn_fold(&d->scratch, dn);

    if (has_key(object, key))
        return;
    object->dn_key = pool_text(&d->pool, key, strlen(key));
    index_add(d, &d->by_dn, hash_of_text(key), object);
}

static void take_anchor(struct directory *d, struct object *object,
                        struct ma_value anchor)
{
    if (object->anchor.data != NULL && has_anchor(object, anchor))
        return;
    object->anchor = pool_value(&d->pool, anchor.data, anchor.length);
    index_add(d, &d->by_anchor, hash_of(anchor.data, anchor.length), object);
}

bool keys_take(struct directory *d, struct object *object, const struct record *record,
               struct problem *problem)
{
    struct ma_value anchor;
    const char *dn = NULL;

    if (!map_anchor(d->set, record, &anchor, problem) ||
        !map_dn(d->set, record, &dn, problem))
        return false;
    take_dn(d, object, dn);
    take_anchor(d, object, anchor);
    return true;
}

void keys_rename(struct directory *d, struct object *object, const char *dn)
{
    take_dn(d, object, dn);
    if (d->set->anchor.count == 0)
        take_anchor(d, object, ma_value_of(object->dn_key));
}

/* --- references ------------------------------------------------------------------- */

bool keys_is_reference(const struct settings *set, const char *name)
{
    const struct ma_schema_attribute *a = settings_attribute(set, name);

    return a != NULL && a->type == MA_REFERENCE;
}

void keys_add_reference(struct directory *d, const char *dn, struct object *object)
{
    const char *key = dn_fold(&d->scratch, dn);

    index_add(d, &d->by_reference, hash_of_text(key), object);
}

struct object **keys_referrers(struct directory *d, const char *key)
{
    uint64_t hash = hash_of_text(key);
    struct object **list;
    size_t count = 0;

    for (struct node *n = first(&d->by_reference, hash); n != NULL;
         n = from(n->next, hash))
        count++;
    list = pool_alloc(&d->scratch, (count + 1) * sizeof(struct object *));
    if (list == NULL)
        return NULL;
    count = 0;
    for (struct node *n = first(&d->by_reference, hash); n != NULL;
         n = from(n->next, hash))
        list[count++] = n->object;
    list[count] = NULL;
    return list;
}

void keys_take_references(struct directory *d, struct object *object,
                          const struct record *record)
{
    for (size_t f = 0; f < record->count; f++) {
        const struct field *field = &record->fields[f];

        if (!keys_is_reference(d->set, field->name))
            continue;
        for (size_t v = 0; v < field->count; v++) {
            const char *value = field->values[v].data;

            keys_add_reference(d, value + dn_data_of(value), object);
        }
    }
}
