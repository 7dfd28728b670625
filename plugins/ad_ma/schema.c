/* SPDX-License-Identifier: Apache-2.0 */
#include "schema.h"

#include <ctype.h>
#include <ldap_schema.h>
#include <stdlib.h>

/* --- the entry ---------------------------------------------------------------------- */

static enum ma_status find_entry(struct link *link, struct pool *pool, const char **dn,
                                 struct ma_error *err)
{
    static const char *const attributes[] = {"subschemaSubentry", NULL};
    LDAPMessage *answer = NULL;
    enum ma_status status = link_read(link, "", LDAP_SCOPE_BASE, "(objectClass=*)",
                                      attributes, NULL, &answer, err);

    *dn = "";
    if (status == MA_OK)
        *dn = link_text(link, answer, attributes[0], pool);
    ldap_msgfree(answer);
    return status;
}

enum ma_status subschema_read(struct subschema *out, struct link *link,
                              const char *const *attributes, struct ma_error *err)
{
    struct pool pool = {0};
    LDAPMessage *entry;
    const char *dn;
    enum ma_status status;

    *out = (struct subschema){.link = link};
    status = find_entry(link, &pool, &dn, err);
    if (status == MA_OK && dn[0] != '\0')
        status = link_read(link, dn, LDAP_SCOPE_BASE, "(objectClass=*)", attributes, NULL,
                           &out->message, err);
    if (status == MA_NOT_FOUND || status == MA_DENIED)
        status = MA_OK; /* it is not for us */
    entry = status != MA_OK || out->message == NULL
                ? NULL
                : ldap_first_entry(link->ld, out->message);
    if (entry != NULL)
        status = answer_read(&out->answer, link, entry, err);
    pool_free(&pool);
    return status;
}

void subschema_end(struct subschema *s)
{
    answer_free(&s->answer);
    ldap_msgfree(s->message);
    *s = (struct subschema){0};
}

/* --- names -------------------------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char *folded(struct pool *pool, const char *name)
{
    char *copy = (char *)(uintptr_t)pool_text(pool, name, strlen(name));

    for (char *at = copy; *at != '\0'; at++)
        *at = (char)tolower((unsigned char)*at);
    return copy;
}

static void add_names(struct schema_names *out, size_t *capacity, const char *definition)
{
    int code;
    const char *at;
    LDAPAttributeType *type =
        ldap_str2attributetype(definition, &code, &at, LDAP_SCHEMA_ALLOW_ALL);

    for (char **name = type == NULL ? NULL : type->at_names;
         name != NULL && *name != NULL; name++) {
        const char **grown =
            pool_grow(&out->pool, out->names, out->count, capacity, sizeof *grown);

        if (grown == NULL)
            break;
        out->names = grown;
        out->names[out->count++] = folded(&out->pool, *name);
    }
    ldap_attributetype_free(type);
}

enum ma_status schema_names_read(struct schema_names *out, struct link *link,
                                 struct ma_error *err)
{
    static const char *const attributes[] = {"attributeTypes", NULL};
    struct subschema subschema;
    const struct answer_attribute *types;
    size_t capacity = 0;
    enum ma_status status = subschema_read(&subschema, link, attributes, err);

    *out = (struct schema_names){0};
    types = answer_find(&subschema.answer, attributes[0]);
    for (size_t i = 0; status == MA_OK && types != NULL && i < types->count; i++)
        add_names(out, &capacity, types->values[i].data);
    if (status == MA_OK && out->pool.failed)
        status = ma_fail(err, MA_NO_MEMORY, "out of memory");
    if (status == MA_OK && out->count > 0)
        qsort(out->names, out->count, sizeof *out->names, by_name);
    subschema_end(&subschema);
    return status;
}

bool schema_names_has(const struct schema_names *names, const char *name)
{
    struct pool pool = {0};
    const char *wanted = folded(&pool, name);
    bool has = names->count == 0 || bsearch(&wanted, names->names, names->count,
                                            sizeof *names->names, by_name) != NULL;

    pool_free(&pool);
    return has;
}

void schema_names_free(struct schema_names *names)
{
    pool_free(&names->pool);
    *names = (struct schema_names){0};
}
