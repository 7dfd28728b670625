/* SPDX-License-Identifier: Apache-2.0 */

/* The schema of the settings, found by name. */

#include <stdlib.h>

#include "settings.h"

static uint32_t hash_of(const char *name)
{
    uint32_t hash = 2166136261u;

    for (; *name != '\0'; name++)
        hash = (hash ^ (unsigned char)(*name | 0x20)) * 16777619u;
    return hash ^ hash >> 15;
}

/* Where it is, or would be. Of two attributes of one name the first counts. */
static size_t slot_of(const struct settings *set, const char *name)
{
    size_t at = hash_of(name) & (set->slots - 1);

    while (set->index[at] != NULL && strcasecmp(set->index[at]->name, name) != 0)
        at = (at + 1) & (set->slots - 1);
    return at;
}

/* What every directory keeps its passwords in, whatever a schema says of it. */
static const char *const secrets[] = {
    "unicodePwd",   "userPassword", "export_password", "dBCSPwd",
    "ntPwdHistory", "lmPwdHistory", "sambaNTPassword", "sambaLMPassword"};

static bool is_usual_secret(const char *attribute)
{
    for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++)
        if (strcasecmp(secrets[i], attribute) == 0)
            return true;
    return false;
}

static void make_index(struct settings *set)
{
    const struct ma_schema *schema = set->schema;

    for (set->slots = 16; set->slots < schema->attribute_count * 2;)
        set->slots *= 2;
    set->index = pool_alloc(&set->pool, set->slots * sizeof *set->index);
    set->secret =
        pool_alloc(&set->pool, (schema->attribute_count + 1) * sizeof *set->secret);
    if (set->pool.failed)
        return;
    memset(set->index, 0, set->slots * sizeof *set->index);
    for (size_t i = 0; i < schema->attribute_count; i++) {
        const struct ma_schema_attribute *a = &schema->attributes[i];
        size_t at = slot_of(set, a->name);

        set->secret[i] = a->secret || is_usual_secret(a->name);
        if (set->index[at] == NULL)
            set->index[at] = a;
    }
}

static int by_class_name(const void *a, const void *b)
{
    return strcasecmp((*(const struct ma_schema_class *const *)a)->name,
                      (*(const struct ma_schema_class *const *)b)->name);
}

void settings_schema_read(struct settings *set)
{
    static const struct ma_schema empty = {.size = sizeof empty};
    const struct ma_schema *schema = set->host->schema(set->host);

    set->schema = schema == NULL ? &empty : schema;
    schema = set->schema;
    make_index(set);
    set->classes =
        pool_alloc(&set->pool, (schema->class_count + 1) * sizeof *set->classes);
    if (set->pool.failed)
        return;
    for (size_t i = 0; i < schema->class_count; i++)
        set->classes[i] = &schema->classes[i];
    qsort(set->classes, schema->class_count, sizeof *set->classes, by_class_name);
}

const struct ma_schema_attribute *settings_attribute(const struct settings *set,
                                                     const char *name)
{
    return set->index[slot_of(set, name)];
}

const struct ma_schema_class *settings_class(const struct settings *set, const char *name)
{
    const struct ma_schema_class key = {.name = name};
    const struct ma_schema_class *at = &key;
    const struct ma_schema_class **found = bsearch(
        &at, set->classes, set->schema->class_count, sizeof *set->classes, by_class_name);

    return found == NULL ? NULL : *found;
}

bool settings_is_secret(const struct settings *set, const char *attribute)
{
    const struct ma_schema_attribute *a = settings_attribute(set, attribute);

    return a == NULL ? is_usual_secret(attribute)
                     : set->secret[a - set->schema->attributes];
}
