/* SPDX-License-Identifier: Apache-2.0 */
#include "schema.h"

#include <stdlib.h>
#include <strings.h>

struct loading {
    struct origin *origin;
    struct forest *forest;
    const struct answer *entry;
};

static const char *text_of(struct loading *loading, const char *name)
{
    const struct answer_attribute *found = answer_find(loading->entry, name);

    if (found == NULL || found->count == 0)
        return NULL;
    return forest_text(loading->forest, found->values[0].data, found->values[0].length);
}

static bool guid_of(struct loading *loading, const char *name,
                    unsigned char out[GUID_SIZE])
{
    const struct answer_attribute *found = answer_find(loading->entry, name);

    if (found == NULL || found->count == 0 || found->values[0].length != GUID_SIZE)
        return false;
    memcpy(out, found->values[0].data, GUID_SIZE);
    return true;
}

static unsigned long number_of(struct loading *loading, const char *name)
{
    const char *text = text_of(loading, name);

    return text == NULL ? 0 : strtoul(text, NULL, 10);
}

static bool flag_of(struct loading *loading, const char *name)
{
    const char *text = text_of(loading, name);

    return text != NULL && strcmp(text, "TRUE") == 0;
}

/* Names on their way into a list that ends with NULL. */
struct list {
    const char **names;
    size_t count;
    size_t capacity;
};

static bool list_add(struct loading *loading, struct list *list, const char *name)
{
    const char **grown = pool_grow(&loading->forest->pool, list->names, list->count,
                                   &list->capacity, sizeof *grown);

    if (grown == NULL)
        return false;
    list->names = grown;
    list->names[list->count++] = name;
    return true;
}

/* All values of these attributes as one list; NULL: there are none, or no memory, which
 * the pool remembers. */
static const char *const *list_of(struct loading *loading, const char *const *names)
{
    struct list list = {0};
    bool good = true;

    for (; *names != NULL; names++) {
        const struct answer_attribute *found = answer_find(loading->entry, *names);
        size_t i;

        for (i = 0; found != NULL && i < found->count && good; i++)
            good = list_add(loading, &list,
                            forest_text(loading->forest, found->values[i].data,
                                        found->values[i].length));
    }
    return good && list.count > 0 && list_add(loading, &list, NULL) ? list.names : NULL;
}

/* Bit 4 of systemFlags; an odd linkID is a back link (MS-ADTS 3.1.1.1.6). */
static unsigned attribute_flags(struct loading *loading)
{
    unsigned flags = flag_of(loading, "systemOnly") ? FOREST_SYSTEM_ONLY : 0;

    if (number_of(loading, "systemFlags") & 4)
        flags |= FOREST_CONSTRUCTED;
    if (number_of(loading, "linkID") % 2 == 1)
        flags |= FOREST_BACK_LINK;
    return flags;
}

static bool is_class(struct loading *loading)
{
    const struct answer_attribute *classes = answer_find(loading->entry, "objectClass");
    size_t i;

    for (i = 0; classes != NULL && i < classes->count; i++)
        if (strcasecmp(classes->values[i].data, "classSchema") == 0)
            return true;
    return false;
}

static void fill_class(struct loading *loading, struct forest_item *item)
{
    static const char *const may[] = {"mayContain", "systemMayContain", "mustContain",
                                      "systemMustContain", NULL};
    static const char *const auxiliary[] = {"auxiliaryClass", "systemAuxiliaryClass",
                                            NULL};

    item->kind = FOREST_CLASS;
    item->superior = text_of(loading, "subClassOf");
    item->may_contain = list_of(loading, may);
    item->auxiliary = list_of(loading, auxiliary);
}

static enum ma_status take(void *context, size_t index, const struct answer *entry,
                           struct ma_error *err)
{
    struct loading *loading = context;
    struct forest_item item = {.kind = FOREST_ATTRIBUTE};

    (void)index;
    loading->entry = entry;
    item.name = text_of(loading, "lDAPDisplayName");
    if (item.name == NULL || !guid_of(loading, "schemaIDGUID", item.guid))
        return MA_OK;
    if (is_class(loading)) {
        fill_class(loading, &item);
    } else {
        item.in_set = guid_of(loading, "attributeSecurityGUID", item.set);
        item.flags = attribute_flags(loading);
    }
    return forest_add(loading->forest, &item)
               ? MA_OK
               : ma_fail(err, MA_NO_MEMORY, "no memory for the schema");
}

/* A right that gives reading and writing of properties is a property set: 0x30. */
static enum ma_status take_right(void *context, size_t index, const struct answer *entry,
                                 struct ma_error *err)
{
    struct loading *loading = context;
    struct forest_item item = {.kind = FOREST_RIGHT};
    const char *guid;

    (void)index;
    loading->entry = entry;
    item.name = text_of(loading, "cn");
    guid = text_of(loading, "rightsGuid");
    if (item.name == NULL || guid == NULL || !guid_read(guid, strlen(guid), item.guid))
        return MA_OK;
    if ((number_of(loading, "validAccesses") & 0x30) != 0)
        item.kind = FOREST_SET;
    return forest_add(loading->forest, &item)
               ? MA_OK
               : ma_fail(err, MA_NO_MEMORY, "no memory for the schema");
}

static const char *const schema_attributes[] = {"lDAPDisplayName",
                                                "objectClass",
                                                "schemaIDGUID",
                                                "attributeSecurityGUID",
                                                "systemOnly",
                                                "systemFlags",
                                                "linkID",
                                                "subClassOf",
                                                "mayContain",
                                                "systemMayContain",
                                                "mustContain",
                                                "systemMustContain",
                                                "auxiliaryClass",
                                                "systemAuxiliaryClass",
                                                NULL};
static const char *const right_attributes[] = {"cn", "rightsGuid", "validAccesses", NULL};

static enum ma_status load_part(struct loading *loading, const char *base,
                                const char *const *classes, const char *const *attributes,
                                enum ma_status (*entry)(void *, size_t,
                                                        const struct answer *,
                                                        struct ma_error *),
                                struct ma_error *err)
{
    const struct origin_query query = {
        .base = base, .one_level = true, .classes = classes, .attributes = attributes};
    const struct origin_taker taker = {.entry = entry, .context = loading};

    return loading->origin->search(loading->origin, &query, &taker, err);
}

enum ma_status schema_load(struct origin *origin, const struct schema_place *place,
                           struct forest *out, struct ma_error *err)
{
    static const char *const schemas[] = {"attributeSchema", "classSchema", NULL};
    static const char *const right[] = {"controlAccessRight", NULL};
    struct loading loading = {.origin = origin, .forest = out};
    char rights[1024] = "";
    enum ma_status status;

    if (place->configuration[0] != '\0')
        (void)snprintf(rights, sizeof rights, "CN=Extended-Rights,%s",
                       place->configuration);
    status = load_part(&loading, place->schema, schemas, schema_attributes, take, err);
    if (status == MA_OK)
        status = load_part(&loading, rights, right, right_attributes, take_right, err);
    if (status == MA_OK && (out->pool.failed || !forest_ready(out)))
        status = ma_fail(err, MA_NO_MEMORY, "no memory for the schema");
    /* what every schema has */
    out->partial = status == MA_OK && origin->offline &&
                   (forest_named(out, FOREST_CLASS, "top") == NULL ||
                    forest_named(out, FOREST_ATTRIBUTE, "objectClass") == NULL);
    return status;
}
