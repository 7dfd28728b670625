/* SPDX-License-Identifier: Apache-2.0 */

/* The schema of the settings, found by name. */

#include <stdlib.h>

#include "settings.h"

static int by_attribute_name(const void *a, const void *b)
{
    return strcasecmp((*(const struct ma_schema_attribute *const *)a)->name,
                      (*(const struct ma_schema_attribute *const *)b)->name);
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
    set->index =
        pool_alloc(&set->pool, (schema->attribute_count + 1) * sizeof *set->index);
    set->classes =
        pool_alloc(&set->pool, (schema->class_count + 1) * sizeof *set->classes);
    if (set->pool.failed)
        return;
    for (size_t i = 0; i < schema->attribute_count; i++)
        set->index[i] = &schema->attributes[i];
    for (size_t i = 0; i < schema->class_count; i++)
        set->classes[i] = &schema->classes[i];
    qsort(set->index, schema->attribute_count, sizeof *set->index, by_attribute_name);
    qsort(set->classes, schema->class_count, sizeof *set->classes, by_class_name);
}

const struct ma_schema_attribute *settings_attribute(const struct settings *set,
                                                     const char *name)
{
    const struct ma_schema_attribute key = {.name = name};
    const struct ma_schema_attribute *at = &key;
    const struct ma_schema_attribute **found =
        bsearch(&at, set->index, set->schema->attribute_count, sizeof *set->index,
                by_attribute_name);

    return found == NULL ? NULL : *found;
}

const struct ma_schema_class *settings_class(const struct settings *set, const char *name)
{
    const struct ma_schema_class key = {.name = name};
    const struct ma_schema_class *at = &key;
    const struct ma_schema_class **found = bsearch(
        &at, set->classes, set->schema->class_count, sizeof *set->classes, by_class_name);

    return found == NULL ? NULL : *found;
}

/* What every directory keeps its passwords in, whatever a schema says of it. */
static const char *const secrets[] = {
    "unicodePwd",   "userPassword", "export_password", "dBCSPwd",
    "ntPwdHistory", "lmPwdHistory", "sambaNTPassword", "sambaLMPassword"};

bool settings_is_secret(const struct settings *set, const char *attribute)
{
    const struct ma_schema_attribute *a = settings_attribute(set, attribute);

    if (a != NULL && a->secret)
        return true;
    for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++)
        if (strcasecmp(secrets[i], attribute) == 0)
            return true;
    return false;
}
