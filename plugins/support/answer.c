/* SPDX-License-Identifier: Apache-2.0 */
#include "support/answer.h"

#include <stdlib.h>

static enum ma_status no_memory(struct ma_error *err)
{
    return ma_fail(err, MA_NO_MEMORY, "out of memory");
}

/* --- names ------------------------------------------------------------------------ */

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

/* --- values ----------------------------------------------------------------------- */

static ber_len_t left(BerElement *ber)
{
    ber_len_t bytes = 0;

    (void)ber_get_option(ber, LBER_OPT_BER_REMAINING_BYTES, &bytes);
    return bytes;
}

/* Of a sequence or a set that begins here: how many bytes are left behind it. */
static bool enter(BerElement *ber, ber_len_t *behind)
{
    ber_len_t length;

    if (ber_skip_tag(ber, &length) == LBER_DEFAULT || length > left(ber))
        return false;
    *behind = left(ber) - length;
    return true;
}

/* As they lie in the message, with a NUL behind each. ldap_get_attribute_ber would
 * allocate a list for each attribute of each entry. */
static int read_values(struct answer *answer, BerElement *ber,
                       struct answer_attribute *out)
{
    struct ma_value *list = NULL;
    size_t capacity = 0;
    ber_len_t behind;
    struct berval value;

    if (!enter(ber, &behind))
        return LDAP_DECODING_ERROR;
    while (left(ber) > behind) {
        struct ma_value *grown =
            pool_grow(&answer->pool, list, out->count, &capacity, sizeof *grown);

        if (grown == NULL)
            return LDAP_NO_MEMORY;
        if (ber_get_stringbv(ber, &value, 0) == LBER_DEFAULT)
            return LDAP_DECODING_ERROR;
        list = grown;
        list[out->count++] = (struct ma_value){value.bv_val, value.bv_len};
    }
    out->values = list;
    return left(ber) == behind ? LDAP_SUCCESS : LDAP_DECODING_ERROR;
}

static int read_attribute(struct answer *answer, BerElement *ber)
{
    struct answer_attribute *grown =
        pool_grow(&answer->pool, answer->attributes, answer->count, &answer->capacity,
                  sizeof *grown);
    struct berval name;
    ber_len_t behind;
    int code;

    if (grown == NULL)
        return LDAP_NO_MEMORY;
    answer->attributes = grown;
    grown[answer->count] = (struct answer_attribute){0};
    if (!enter(ber, &behind) || ber_get_stringbv(ber, &name, 0) == LBER_DEFAULT)
        return LDAP_DECODING_ERROR;
    read_name(answer, &name, &grown[answer->count]);
    code = read_values(answer, ber, &grown[answer->count]);
    if (code == LDAP_SUCCESS && left(ber) != behind)
        return LDAP_DECODING_ERROR;
    answer->count += code == LDAP_SUCCESS;
    return code;
}

/* --- entries ---------------------------------------------------------------------- */

enum ma_status answer_read(struct answer *answer, struct link *link, LDAPMessage *entry,
                           struct ma_error *err)
{
    BerElement *ber = NULL;
    struct berval dn = {0, NULL};
    int code;

    pool_reset(&answer->pool);
    answer->attributes = NULL;
    answer->count = answer->capacity = 0;
    code = ldap_get_dn_ber(link->ld, entry, &ber, &dn);
    if (code == LDAP_SUCCESS) {
        answer->dn = pool_text(&answer->pool, dn.bv_val, dn.bv_len);
        while (code == LDAP_SUCCESS && left(ber) > 0)
            code = read_attribute(answer, ber);
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
    pool_free(&answer->pool);
    *answer = (struct answer){0};
}

/* --- long attributes -------------------------------------------------------------- */

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

/* The range, where a server says the attribute itself beside it. */
static const struct answer_attribute *find_part(const struct answer *answer,
                                                const char *name)
{
    for (size_t i = 0; i < answer->count; i++)
        if (answer->attributes[i].ranged &&
            strcasecmp(answer->attributes[i].name, name) == 0)
            return &answer->attributes[i];
    return answer_find(answer, name);
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
    part = status == MA_OK ? find_part(&answer, m->attribute->name) : NULL;
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
