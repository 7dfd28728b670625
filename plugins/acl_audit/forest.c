/* SPDX-License-Identifier: Apache-2.0 */
#include "forest.h"

#include <stdlib.h>
#include <strings.h>

enum { DEEPEST = 32 }; /* classes above one another; a cycle ends there */

const char *forest_text(struct forest *forest, const char *text, size_t length)
{
    return pool_text(&forest->pool, text, length);
}

bool forest_add(struct forest *forest, const struct forest_item *item)
{
    struct forest_item *items = pool_grow(&forest->pool, forest->items, forest->count,
                                          &forest->capacity, sizeof *items);

    if (items == NULL)
        return false;
    forest->items = items;
    items[forest->count++] = *item;
    return true;
}

static int compare_guids(const void *a, const void *b)
{
    const struct forest_item *left = *(struct forest_item *const *)a;
    const struct forest_item *right = *(struct forest_item *const *)b;

    return memcmp(left->guid, right->guid, GUID_SIZE);
}

static int compare_names(const void *a, const void *b)
{
    const struct forest_item *left = *(struct forest_item *const *)a;
    const struct forest_item *right = *(struct forest_item *const *)b;

    if (left->kind != right->kind)
        return left->kind < right->kind ? -1 : 1;
    return strcasecmp(left->name, right->name);
}

static struct forest_item **sorted(struct forest *forest,
                                   int (*compare)(const void *, const void *))
{
    struct forest_item **list =
        pool_alloc(&forest->pool, (forest->count + 1) * sizeof *list);
    size_t i;

    if (list == NULL)
        return NULL;
    for (i = 0; i < forest->count; i++)
        list[i] = &forest->items[i];
    qsort(list, forest->count, sizeof *list, compare);
    return list;
}

bool forest_ready(struct forest *forest)
{
    forest->by_guid = sorted(forest, compare_guids);
    forest->by_name = sorted(forest, compare_names);
    return forest->by_guid != NULL && forest->by_name != NULL;
}

void forest_end(struct forest *forest)
{
    pool_free(&forest->pool);
    *forest = (struct forest){.count = 0};
}

static const struct forest_item *find(struct forest_item *const *list, size_t count,
                                      const struct forest_item *like,
                                      int (*compare)(const void *, const void *))
{
    struct forest_item *const *found =
        count == 0 ? NULL : bsearch(&like, list, count, sizeof *list, compare);

    return found == NULL ? NULL : *found;
}

const struct forest_item *forest_named(const struct forest *forest, enum forest_kind kind,
                                       const char *name)
{
    struct forest_item like = {.kind = kind, .name = name};

    return find(forest->by_name, forest->count, &like, compare_names);
}

const struct forest_item *forest_guid(const struct forest *forest,
                                      const unsigned char guid[GUID_SIZE])
{
    struct forest_item like = {.kind = FOREST_ATTRIBUTE};

    memcpy(like.guid, guid, GUID_SIZE);
    return find(forest->by_guid, forest->count, &like, compare_guids);
}

static bool lists(const char *const *names, const char *name)
{
    for (; names != NULL && *names != NULL; names++)
        if (strcasecmp(*names, name) == 0)
            return true;
    return false;
}

static bool allows(const struct forest *forest, const char *class_name,
                   const char *attribute, int depth)
{
    const struct forest_item *class =
        class_name == NULL ? NULL : forest_named(forest, FOREST_CLASS, class_name);
    const char *const *auxiliary;

    if (class == NULL || depth > DEEPEST)
        return false;
    if (lists(class->may_contain, attribute))
        return true;
    for (auxiliary = class->auxiliary; auxiliary != NULL && *auxiliary != NULL;
         auxiliary++)
        if (allows(forest, *auxiliary, attribute, depth + 1))
            return true;
    return class->superior != NULL && strcasecmp(class->superior, class->name) != 0 &&
           allows(forest, class->superior, attribute, depth + 1);
}

bool forest_allows(const struct forest *forest, const struct forest_item *class,
                   const char *attribute)
{
    return allows(forest, class->name, attribute, 0);
}
