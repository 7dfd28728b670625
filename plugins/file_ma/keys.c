/* SPDX-License-Identifier: Apache-2.0 */

/* Old keys of a renamed object stay; who finds one compares with the object. */

#include <stdlib.h>

#include "directory_state.h"
#include "map.h"
#include "support/dn.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

enum { BUCKETS = 1 << 16 };

bool keys_begin(struct directory *d)
{
    d->by_anchor = calloc(BUCKETS, sizeof(struct node *));
    d->by_dn = calloc(BUCKETS, sizeof(struct node *));
    d->by_reference = calloc(BUCKETS, sizeof(struct node *));
    return d->by_anchor != NULL && d->by_dn != NULL && d->by_reference != NULL;
}

void keys_end(struct directory *d)
{
    free(d->by_anchor);
    free(d->by_dn);
    free(d->by_reference);
}

static struct node **bucket(struct node **table, const void *key, size_t length)
{
    return &table[XXH3_64bits(key, length) & (BUCKETS - 1)];
}

static void index_add(struct directory *d, struct node **table, const void *key,
                      size_t length, struct object *object)
{
    struct node **head = bucket(table, key, length);
    struct node *node = pool_alloc(&d->pool, sizeof *node);

    if (node == NULL)
        return;
    *node = (struct node){*head, object};
    *head = node;
}

struct object *keys_find_anchor(const struct directory *d, struct ma_value anchor)
{
    if (anchor.length == 0)
        return NULL;
    for (struct node *n = *bucket(d->by_anchor, anchor.data, anchor.length); n != NULL;
         n = n->next)
        if (!n->object->gone && n->object->anchor.length == anchor.length &&
            memcmp(n->object->anchor.data, anchor.data, anchor.length) == 0)
            return n->object;
    return NULL;
}

struct object *keys_find_dn(struct directory *d, const char *dn)
{
    const char *key = dn == NULL ? "" : dn_fold(&d->pool, dn);

    if (key[0] == '\0')
        return NULL;
    for (struct node *n = *bucket(d->by_dn, key, strlen(key)); n != NULL; n = n->next)
        if (!n->object->gone && n->object->dn_key != NULL &&
            strcmp(n->object->dn_key, key) == 0)
            return n->object;
    return NULL;
}

struct object *keys_find(struct directory *d, const struct ma_entry *entry)
{
    struct object *object = keys_find_anchor(d, entry->anchor);

    return object != NULL ? object : keys_find_dn(d, entry->dn);
}

bool keys_is_reference(const struct settings *set, const char *name)
{
    const struct ma_schema_attribute *a = settings_attribute(set, name);

    return a != NULL && a->type == MA_REFERENCE;
}

size_t keys_data_of(const char *value)
{
    size_t length = strlen(value);
    char *end = NULL;
    unsigned long count;
    size_t at;

    if ((value[0] != 'B' && value[0] != 'S') || value[1] != ':' || value[2] < '0' ||
        value[2] > '9')
        return 0;
    count = strtoul(value + 2, &end, 10);
    at = (size_t)(end - value) + 1;
    return *end == ':' && count < length && at + count < length &&
                   value[at + count] == ':'
               ? at + count + 1
               : 0;
}

void keys_add_reference(struct directory *d, const char *key, struct object *object)
{
    index_add(d, d->by_reference, key, strlen(key), object);
}

struct node *keys_referrers(const struct directory *d, const char *key)
{
    return *bucket(d->by_reference, key, strlen(key));
}

static void take_references(struct directory *d, struct object *object)
{
    for (size_t f = 0; f < object->record.count; f++) {
        const struct field *field = &object->record.fields[f];

        if (!keys_is_reference(d->set, field->name))
            continue;
        for (size_t v = 0; v < field->count; v++) {
            const char *value = field->values[v].data;

            keys_add_reference(d, dn_fold(&d->pool, value + keys_data_of(value)), object);
        }
    }
}

void keys_add_dn(struct directory *d, struct object *object)
{
    index_add(d, d->by_dn, object->dn_key, strlen(object->dn_key), object);
}

void keys_add_anchor(struct directory *d, struct object *object)
{
    index_add(d, d->by_anchor, object->anchor.data, object->anchor.length, object);
}

bool keys_take(struct directory *d, struct object *object, struct problem *problem)
{
    const char *dn = NULL;

    if (!map_anchor(d->set, &object->record, &object->anchor, problem) ||
        !map_dn(d->set, &object->record, &dn, problem))
        return false;
    object->dn_key = dn_fold(&d->pool, dn);
    keys_add_dn(d, object);
    keys_add_anchor(d, object);
    take_references(d, object);
    return true;
}
