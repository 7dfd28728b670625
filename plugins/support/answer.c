/* SPDX-License-Identifier: Apache-2.0 */
#include "support/answer.h"

#include <stdlib.h>

static enum ma_status no_memory(struct ma_error *err)
{
    return ma_fail(err, MA_NO_MEMORY, "out of memory");
}

/* --- names ---------------------------------------------------------------------------
 */

/* "range=0-1499" or "range=1500-*", the whole option. */
static bool read_range(const char *option, struct answer_attribute *out)
{
    char *end;

    if (strncasecmp(option, "range=", 6) != 0 || option[6] < '0' || option[6] > '9')
        return false;
    out->from = strtoul(option + 6, &end, 10);
    if (*end != '-')
        return false;
    out->last = end[1] == '*';
    out->to = out->last ? 0 : strtoul(end + 1, &end, 10);
    out->ranged = true;
    return true;
}

static void read_name(struct answer *answer, const struct berval *name,
                      struct answer_attribute *out)
{
    char *copy = (char *)(uintptr_t)pool_text(&answer->pool, name->bv_val, name->bv_len);
    char *option = strchr(copy, ';');

    out->name = copy;
    if (option != NULL && read_range(option + 1, out))
        *option = '\0';
}

/* --- values --------------------------------------------------------------------------
 */

static void forget_arrays(struct answer *answer)
{
    for (size_t i = 0; i < answer->array_count; i++)
        ber_memfree(answer->arrays[i]);
    answer->array_count = 0;
}

static bool keep_array(struct answer *answer, struct berval *values)
{
    size_t wanted = answer->array_capacity == 0 ? 64 : answer->array_capacity * 2;
    struct berval **grown;

    if (answer->array_count == answer->array_capacity) {
        grown = realloc(answer->arrays, wanted * sizeof(struct berval *));
        if (grown == NULL)
            return false;
        answer->arrays = grown;
        answer->array_capacity = wanted;
    }
    answer->arrays[answer->array_count++] = values;
    return true;
}

static bool read_values(struct answer *answer, const struct berval *values,
                        struct answer_attribute *out)
{
    struct ma_value *list;
    size_t count = 0;

    while (values != NULL && values[count].bv_val != NULL)
        count++;
    list = pool_alloc(&answer->pool, (count + 1) * sizeof *list);
    if (list == NULL)
        return false;
    for (size_t i = 0; i < count; i++)
        list[i] = (struct ma_value){values[i].bv_val, values[i].bv_len};
    out->values = list;
    out->count = count;
    return true;
}

static bool add(struct answer *answer, const struct berval *name, struct berval *values)
{
    struct answer_attribute *grown =
        pool_grow(&answer->pool, answer->attributes, answer->count, &answer->capacity,
                  sizeof *grown);
    struct answer_attribute *attribute;

    if (values != NULL && !keep_array(answer, values)) {
        ber_memfree(values);
        return false;
    }
    if (grown == NULL)
        return false;
    answer->attributes = grown;
    attribute = &grown[answer->count];
    *attribute = (struct answer_attribute){0};
    read_name(answer, name, attribute);
    if (!read_values(answer, values, attribute))
        return false;
    answer->count++;
    return true;
}

/* --- entries -------------------------------------------------------------------------
 */

static int read_attributes(struct answer *answer, struct link *link, LDAPMessage *entry,
                           BerElement *ber)
{
    struct berval name;
    struct berval *values;
    int code;

    while ((code = ldap_get_attribute_ber(link->ld, entry, ber, &name, &values)) ==
               LDAP_SUCCESS &&
           name.bv_val != NULL)
        if (!add(answer, &name, values))
            return LDAP_NO_MEMORY;
    return code;
}

enum ma_status answer_read(struct answer *answer, struct link *link, LDAPMessage *entry,
                           struct ma_error *err)
{
    BerElement *ber = NULL;
    struct berval dn = {0, NULL};
    int code;

    forget_arrays(answer);
    pool_reset(&answer->pool);
    answer->attributes = NULL;
    answer->count = answer->capacity = 0;
    code = ldap_get_dn_ber(link->ld, entry, &ber, &dn);
    if (code == LDAP_SUCCESS) {
        answer->dn = pool_text(&answer->pool, dn.bv_val, dn.bv_len);
        code = read_attributes(answer, link, entry, ber);
    }
    if (ber != NULL)
        ber_free(ber, 0);
    if (code == LDAP_NO_MEMORY || answer->pool.failed)
        return no_memory(err);
    return code == LDAP_SUCCESS
               ? MA_OK
               : link_fail(link, code, "an entry that cannot be read", NULL, err);
}

const struct answer_attribute *answer_find(const struct answer *answer, const char *name)
{
    for (size_t i = 0; i < answer->count; i++)
        if (strcasecmp(answer->attributes[i].name, name) == 0)
            return &answer->attributes[i];
    return NULL;
}

void answer_free(struct answer *answer)
{
    forget_arrays(answer);
    free(answer->arrays);
    pool_free(&answer->pool);
    *answer = (struct answer){0};
}

/* --- long attributes -----------------------------------------------------------------
 */

struct more {
    struct answer *answer;
    struct link *link;
    struct answer_attribute *attribute;
    struct ma_value *values;
    size_t capacity;
};

/* The values of one answer, copied: its message does not live as long. */
static bool append(struct more *m, const struct answer_attribute *part)
{
    struct pool *pool = &m->answer->pool;

    for (size_t i = 0; i < part->count; i++) {
        struct ma_value *grown =
            pool_grow(pool, m->values, m->attribute->count, &m->capacity, sizeof *grown);

        if (grown == NULL)
            return false;
        m->values = grown;
        grown[m->attribute->count++] =
            pool_value(pool, part->values[i].data, part->values[i].length);
    }
    m->attribute->values = m->values;
    m->attribute->last = part->last;
    m->attribute->to = part->to;
    return !pool->failed;
}

/* Samba has an answer without values behind the end: values were removed meanwhile, and a
 * later change says so. */
static enum ma_status take_part(struct more *m, LDAPMessage *message,
                                struct ma_error *err)
{
    struct answer answer = {0};
    LDAPMessage *entry = ldap_first_entry(m->link->ld, message);
    const struct answer_attribute *part;
    enum ma_status status;

    if (entry == NULL)
        return ma_fail(err, MA_NOT_FOUND, "%s: '%s' went away while it was read",
                       m->link->host, m->answer->dn);
    status = answer_read(&answer, m->link, entry, err);
    part = status == MA_OK ? answer_find(&answer, m->attribute->name) : NULL;
    if (status == MA_OK && (part == NULL || part->count == 0))
        m->attribute->last = true;
    else if (status == MA_OK && part->ranged && part->from != m->attribute->to + 1)
        status = ma_fail(err, MA_INVALID, "%s: '%s' of '%s' comes out of order",
                         m->link->host, m->attribute->name, m->answer->dn);
    else if (status == MA_OK && !append(m, part))
        status = no_memory(err);
    if (status == MA_OK && part != NULL && !part->ranged)
        m->attribute->last = true;
    answer_free(&answer);
    return status;
}

static enum ma_status ask_more(struct more *m, struct ma_error *err)
{
    char name[256];
    const char *attributes[] = {name, NULL};
    LDAPMessage *message = NULL;
    enum ma_status status;

    snprintf(name, sizeof name, "%s;range=%lu-*", m->attribute->name,
             m->attribute->to + 1);
    status = link_read(m->link, m->answer->dn, LDAP_SCOPE_BASE, "(objectClass=*)",
                       attributes, NULL, &message, err);
    if (status == MA_OK)
        status = take_part(m, message, err);
    ldap_msgfree(message);
    return status;
}

enum ma_status answer_complete(struct answer *answer, struct link *link,
                               struct answer_attribute *attribute, struct ma_error *err)
{
    struct more m = {.answer = answer, .link = link, .attribute = attribute};
    struct answer_attribute first = *attribute;
    enum ma_status status = MA_OK;

    attribute->count = 0;
    if (!append(&m, &first))
        return no_memory(err);
    while (status == MA_OK && !attribute->last)
        status = ask_more(&m, err);
    return status;
}
