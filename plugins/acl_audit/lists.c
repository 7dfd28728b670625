/* SPDX-License-Identifier: Apache-2.0 */
#include "lists.h"

#define ATTRIBUTE "nTSecurityDescriptor"

/* The DACL: BER of a sequence with the number 4. A server that does not know the control
 * must not take the rest for empty. */
static LDAPControl flags_control(void)
{
    static char value[] = {0x30, 0x03, 0x02, 0x01, 0x04};

    return (LDAPControl){.ldctl_oid = (char *)"1.2.840.113556.1.4.801",
                         .ldctl_value = {sizeof value, value},
                         .ldctl_iscritical = 1};
}

static bool take(struct link *link, LDAPMessage *answer, struct pool *pool,
                 struct ma_value *out)
{
    LDAPMessage *entry = ldap_first_entry(link->ld, answer);
    struct berval **values =
        entry == NULL ? NULL : ldap_get_values_len(link->ld, entry, ATTRIBUTE);
    bool found = values != NULL && values[0] != NULL;

    if (found)
        *out = pool_value(pool, values[0]->bv_val, values[0]->bv_len);
    if (values != NULL)
        ldap_value_free_len(values);
    return found;
}

enum ma_status lists_read(struct link *link, const char *dn, struct pool *pool,
                          struct ma_value *out, struct ma_error *err)
{
    static const char *const attributes[] = {ATTRIBUTE, NULL};
    LDAPControl control = flags_control();
    LDAPControl *controls[] = {&control, NULL};
    LDAPMessage *answer = NULL;
    enum ma_status status = link_read(link, dn, LDAP_SCOPE_BASE, "(objectClass=*)",
                                      attributes, controls, &answer, err);

    if (status != MA_OK)
        return status;
    if (!take(link, answer, pool, out))
        status = ma_fail(err, MA_DENIED, "the account may not read its list");
    ldap_msgfree(answer);
    if (status == MA_OK && pool->failed)
        status = ma_fail(err, MA_NO_MEMORY, "no memory for a list");
    return status;
}

enum ma_status lists_write(struct link *link, const char *dn, struct ma_value list,
                           struct ma_error *err)
{
    struct berval value = {list.length, (char *)(uintptr_t)list.data};
    struct berval *values[] = {&value, NULL};
    LDAPMod replace = {.mod_op = LDAP_MOD_REPLACE | LDAP_MOD_BVALUES,
                       .mod_type = (char *)ATTRIBUTE,
                       .mod_vals = {.modv_bvals = values}};
    LDAPMod *mods[] = {&replace, NULL};
    LDAPControl control = flags_control();
    LDAPControl *controls[] = {&control, NULL};
    LDAPMessage *result = NULL;
    char *said = NULL;
    enum ma_status status;
    int id;
    int code = ldap_modify_ext(link->ld, dn, mods, controls, NULL, &id);

    if (code != LDAP_SUCCESS)
        return link_not_sent(link, code, dn, err);
    status = link_wait(link, id, true, &result, err);
    if (status != MA_OK)
        return status;
    code = link_code(link, result, &said);
    if (code == LDAP_INSUFFICIENT_ACCESS)
        status = ma_fail(err, MA_DENIED, "the account may not change its list");
    else if (code != LDAP_SUCCESS)
        status = link_fail(link, code, dn, said, err);
    ldap_memfree(said);
    ldap_msgfree(result);
    return status;
}
