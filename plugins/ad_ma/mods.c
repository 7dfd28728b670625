/* SPDX-License-Identifier: Apache-2.0 */
#include "mods.h"

#include "support/dn.h"

static const char password_name[] = "unicodePwd";

/* --- values ----------------------------------------------------------------------- */

/* RFC 4517 3.3.3 */
static struct ma_value as_boolean(struct ma_value value)
{
    return ma_value_of(value.length == 4 ? "TRUE" : "FALSE");
}

/* Code points of UTF-8 as UTF-16, little-endian. False: it is no UTF-8. */
static bool add_utf16(struct bytes *out, const unsigned char *at,
                      const unsigned char *end)
{
    static const unsigned char marks[] = {0, 0, 0xc0, 0xe0, 0xf0};

    while (at < end) {
        int size = *at < 0x80    ? 1
                   : *at >= 0xf0 ? 4
                   : *at >= 0xe0 ? 3
                   : *at >= 0xc0 ? 2
                                 : 0;
        uint32_t code = size == 1 ? *at : size == 0 ? 0 : *at - marks[size];

        if (size == 0 || end - at < size)
            return false;
        for (int i = 1; i < size; i++)
            code = code << 6 | (at[i] & 0x3f);
        at += size;
        if (code > 0xffff) {
            uint32_t high = 0xd800 + ((code - 0x10000) >> 10);

            bytes_char(out, (char)high);
            bytes_char(out, (char)(high >> 8));
            code = 0xdc00 + ((code - 0x10000) & 0x3ff);
        }
        bytes_char(out, (char)code);
        bytes_char(out, (char)(code >> 8));
    }
    return true;
}

static bool as_password(struct mods *mods, struct ma_value value, struct berval *out,
                        struct failure *failure)
{
    const unsigned char *at = (const unsigned char *)value.data;
    struct bytes text = {0};
    bool good;

    bytes_add(&text, "\"\0", 2);
    good = add_utf16(&text, at, at + value.length);
    bytes_add(&text, "\"\0", 2);
    if (!good)
        errors_set(failure, "invalid-attribute-value", "the password is no text");
    out->bv_val = (char *)(uintptr_t)pool_text(&mods->pool, text.at, text.length);
    out->bv_len = text.length;
    mods->secret = out;
    if (text.at != NULL)
        explicit_bzero(text.at, text.length);
    mods->pool.failed |= text.failed;
    bytes_free(&text);
    return good;
}

static struct berval **values_of(struct mods *mods, enum ma_type type,
                                 const struct ma_value *values, size_t count)
{
    struct berval *all = pool_alloc(&mods->pool, (count + 1) * sizeof *all);
    struct berval **list = pool_alloc(&mods->pool, (count + 1) * sizeof(struct berval *));

    if (all == NULL || list == NULL)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        struct ma_value v = type == MA_FLAG ? as_boolean(values[i]) : values[i];

        all[i] = (struct berval){v.length, (char *)(uintptr_t)v.data};
        list[i] = &all[i];
    }
    list[count] = NULL;
    return list;
}

/* --- the list --------------------------------------------------------------------- */

static void put(struct mods *mods, int op, const char *name, struct berval **values)
{
    LDAPMod *mod = pool_alloc(&mods->pool, sizeof *mod);

    if (mod == NULL)
        return;
    *mod = (LDAPMod){.mod_op = op | LDAP_MOD_BVALUES,
                     .mod_type = (char *)(uintptr_t)name,
                     .mod_bvalues = values};
    mods->list[mods->count++] = mod;
    mods->list[mods->count] = NULL;
}

static bool put_password(struct mods *mods, const struct mods_request *r,
                         const struct ma_attribute *a, struct failure *failure)
{
    struct berval **values = values_of(mods, MA_TEXT, a->values, a->count);

    if (!r->sealed) {
        errors_set(
            failure, "password-set-disallowed",
            "a password is sent over TLS or a sealed Kerberos connection only: see "
            "the parameter tls");
        return false;
    }
    if (a->count == 0 || values == NULL)
        return true;
    if (!as_password(mods, a->values[0], values[0], failure))
        return false;
    values[1] = NULL;
    put(mods, r->add ? LDAP_MOD_ADD : LDAP_MOD_REPLACE, password_name, values);
    return true;
}

static void put_attribute(struct mods *mods, const struct mods_request *r,
                          const struct ma_attribute *a)
{
    struct berval **values = values_of(mods, a->type, a->values, a->count);

    if (r->add) {
        if (a->count > 0)
            put(mods, LDAP_MOD_ADD, a->name, values);
    } else if (a->op == MA_SET) {
        put(mods, LDAP_MOD_REPLACE, a->name, values);
    } else {
        if (a->removed_count > 0)
            put(mods, LDAP_MOD_DELETE, a->name,
                values_of(mods, a->type, a->removed, a->removed_count));
        if (a->count > 0)
            put(mods, LDAP_MOD_ADD, a->name, values);
    }
}

/* What names the object is changed by a rename. */
static bool is_naming(struct mods *mods, const struct mods_request *r,
                      const struct ma_attribute *a)
{
    const char *type;
    const char *value;

    return !r->add && dn_rdn(&mods->pool, r->dn, &type, &value) &&
           strcasecmp(type, a->name) == 0 && a->count == 1 &&
           a->values[0].length == strlen(value) &&
           memcmp(a->values[0].data, value, a->values[0].length) == 0;
}

static bool is_wanted(const struct mods_request *r, const char *name)
{
    const char *const *only = r->only;

    for (; only != NULL && *only != NULL; only++)
        if (strcasecmp(*only, name) == 0)
            return true;
    return r->only == NULL;
}

static void put_class(struct mods *mods, const struct ma_entry *entry)
{
    const struct ma_value type =
        ma_value_of(entry->object_type == NULL ? "" : entry->object_type);

    if (ma_find(entry, "objectClass") == NULL && type.length > 0)
        put(mods, LDAP_MOD_ADD, "objectClass", values_of(mods, MA_TEXT, &type, 1));
}

bool mods_make(struct mods *mods, const struct mods_request *r, struct failure *failure)
{
    *mods = (struct mods){0};
    mods->list = pool_alloc(&mods->pool, (2 * r->entry->count + 2) * sizeof(LDAPMod *));
    if (mods->list == NULL)
        return true;
    mods->list[0] = NULL;
    if (r->add)
        put_class(mods, r->entry);
    for (size_t i = 0; i < r->entry->count; i++) {
        const struct ma_attribute *a = &r->entry->attributes[i];

        if (!is_wanted(r, a->name) || is_naming(mods, r, a))
            continue;
        if (strcasecmp(a->name, password_name) != 0)
            put_attribute(mods, r, a);
        else if (!put_password(mods, r, a, failure))
            return false;
    }
    return true;
}

void mods_free(struct mods *mods)
{
    if (mods->secret != NULL && mods->secret->bv_val != NULL && !mods->pool.failed)
        explicit_bzero(mods->secret->bv_val, mods->secret->bv_len);
    pool_free(&mods->pool);
    *mods = (struct mods){0};
}
