/* SPDX-License-Identifier: Apache-2.0 */
#include "mapping.h"

#include <ctype.h>

#include "reply.h"

void mapping_free(struct mapping *m)
{
    json_decref(m->json);
    pool_free(&m->pool);
    memset(m, 0, sizeof *m);
}

/* --- lookups ---------------------------------------------------------------------- */

const struct mapped_class *mapping_class(const struct mapping *m, const char *name)
{
    for (size_t i = 0; name != NULL && i < m->count; i++)
        if (strcasecmp(m->classes[i].name, name) == 0)
            return &m->classes[i];
    return NULL;
}

const struct mapped *mapping_attribute(const struct mapped_class *class, const char *name)
{
    for (size_t i = 0; i < class->count; i++)
        if (strcasecmp(class->attributes[i].name, name) == 0)
            return &class->attributes[i];
    return NULL;
}

const struct mapped *mapping_disables(const struct mapped_class *class)
{
    for (size_t i = 0; i < class->count; i++)
        if (class->attributes[i].path.schema == NULL &&
            (strcasecmp(class->attributes[i].path.attribute, "active") == 0 ||
             strcasecmp(class->attributes[i].path.attribute, "accountEnabled") == 0))
            return &class->attributes[i];
    return NULL;
}

static const char *to_hex(const struct mapped_class *class, const char *value,
                          struct pool *pool)
{
    static const char digits[] = "0123456789ABCDEF";
    size_t head = strlen(class->dn_head), tail = strlen(class->dn_tail);
    char *text = pool_alloc(pool, head + 2 * strlen(value) + tail + 1);
    char *at = text;

    if (text == NULL)
        return NULL;
    memcpy(at, class->dn_head, head);
    for (at += head; *value != '\0'; value++) {
        *at++ = digits[(unsigned char)*value >> 4];
        *at++ = digits[(unsigned char)*value & 15];
    }
    memcpy(at, class->dn_tail, tail + 1);
    return text;
}

const char *mapping_dn(const struct mapped_class *class, const json_t *resource,
                       struct pool *pool)
{
    return mapping_dn_of(class, path_find(&class->dn_path, resource),
                         member_text(resource, "id"), pool);
}

const char *mapping_dn_of(const struct mapped_class *class, json_t *found, const char *id,
                          struct pool *pool)
{
    struct path_walk walk = {&class->dn_path, found, 0};
    const char *value = json_string_value(path_next(&walk));

    if (value == NULL || value[0] == '\0') /* made in the cloud: named by its anchor */
        value = class->dn_form == DN_HEX && id != NULL ? mapping_anchor(class, id, pool)
                                                       : NULL;
    if (value == NULL)
        return NULL;
    return class->dn_form == DN_HEX ? to_hex(class, value, pool)
                                    : pool_text(pool, value, strlen(value));
}

static int digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c == '\0' ? NULL : strchr(digits, tolower((unsigned char)c));

    return at == NULL ? -1 : (int)(at - digits);
}

const char *mapping_of_dn(const struct mapped_class *class, const char *dn,
                          struct pool *pool)
{
    size_t head, tail, length = strlen(dn);
    char *out;

    if (class->dn_form == DN_PLAIN)
        return dn;
    head = strlen(class->dn_head);
    tail = strlen(class->dn_tail);
    if (length < head + tail || strncasecmp(dn, class->dn_head, head) != 0 ||
        strcasecmp(dn + length - tail, class->dn_tail) != 0 ||
        (length - head - tail) % 2 != 0)
        return NULL;
    length = (length - head - tail) / 2;
    out = pool_alloc(pool, length + 1);
    for (size_t i = 0; out != NULL && i < length; i++) {
        int high = digit(dn[head + 2 * i]), low = digit(dn[head + 2 * i + 1]);

        if (high < 0 || low < 0 || (high == 0 && low == 0))
            return NULL;
        out[i] = (char)(high * 16 + low);
    }
    if (out != NULL)
        out[length] = '\0';
    return out;
}

const char *mapping_anchor(const struct mapped_class *class, const char *id,
                           struct pool *pool)
{
    size_t head = strlen(class->anchor_head), length = strlen(id);
    char *text = pool_alloc(pool, head + length + 1);

    if (text == NULL)
        return NULL;
    memcpy(text, class->anchor_head, head);
    memcpy(text + head, id, length + 1);
    return text;
}

const char *mapping_id(const struct mapped_class *class, struct ma_value anchor,
                       struct pool *pool)
{
    size_t head = strlen(class->anchor_head);

    if (anchor.length > head && strncasecmp(anchor.data, class->anchor_head, head) == 0)
        return pool_text(pool, anchor.data + head, anchor.length - head);
    return pool_text(pool, anchor.data, anchor.length);
}
