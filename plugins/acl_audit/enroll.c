/* SPDX-License-Identifier: Apache-2.0 */
#include "enroll.h"

#include "support/sid.h"

/* GROUP_TYPE_ACCOUNT_GROUP, GROUP_TYPE_SECURITY_ENABLED */
static const char global_security[] = "-2147483646";

struct enrolling {
    struct link *link;
    const struct ma_host *host;
    struct principal *principal;
    const char *domain;
    struct ma_error *err;
};

static enum ma_status tell(const struct enrolling *e, const char *code, const char *dn,
                           const char *cause, const char *evidence)
{
    const struct ma_finding finding = {.size = sizeof finding,
                                       .verdict = MA_ALLOWED,
                                       .dn = dn,
                                       .code = code,
                                       .cause = cause,
                                       .evidence = evidence,
                                       .trustee = e->principal->group_name};

    return e->host->finding(e->host, &finding, e->err);
}

/* --- the directory ---------------------------------------------------------------- */

/* `fine`: a code that says that it was so before. */
static enum ma_status finish(const struct enrolling *e, int code, int id, int fine,
                             const char *what)
{
    LDAPMessage *result = NULL;
    char *said = NULL;
    enum ma_status status;

    if (code != LDAP_SUCCESS)
        return link_not_sent(e->link, code, what, e->err);
    status = link_wait(e->link, id, true, &result, e->err);
    if (status != MA_OK)
        return status;
    code = link_code(e->link, result, &said);
    if (code == LDAP_INSUFFICIENT_ACCESS)
        status = ma_fail(e->err, MA_DENIED,
                         "%s: the account that was given may not do it", what);
    else if (code != LDAP_SUCCESS && code != fine)
        status = link_fail(e->link, code, what, said, e->err);
    ldap_memfree(said);
    ldap_msgfree(result);
    return status;
}

#define MOD(operation, type, values)                                                     \
    {                                                                                    \
        .mod_op = (operation), .mod_type = (char *)(uintptr_t)(type), .mod_vals = {      \
            .modv_strvals = (values)                                                     \
        }                                                                                \
    }

static enum ma_status add_group(const struct enrolling *e, const char *dn)
{
    char *classes[] = {(char *)(uintptr_t) "group", NULL};
    char *name[] = {(char *)(uintptr_t)e->principal->group_name, NULL};
    char *type[] = {(char *)(uintptr_t)global_security, NULL};
    char *words[] = {(char *)(uintptr_t) "May write what the cloud gives back", NULL};
    LDAPMod mods[] = {MOD(LDAP_MOD_ADD, "objectClass", classes),
                      MOD(LDAP_MOD_ADD, "sAMAccountName", name),
                      MOD(LDAP_MOD_ADD, "groupType", type),
                      MOD(LDAP_MOD_ADD, "description", words)};
    LDAPMod *all[] = {&mods[0], &mods[1], &mods[2], &mods[3], NULL};
    int id = 0;
    int code = ldap_add_ext(e->link->ld, dn, all, NULL, NULL, &id);

    return finish(e, code, id, LDAP_ALREADY_EXISTS, dn);
}

static enum ma_status change_member(const struct enrolling *e, bool member)
{
    const char *group = e->principal->group_dn;
    char *account[] = {(char *)(uintptr_t)e->principal->dn, NULL};
    LDAPMod mod = MOD(member ? LDAP_MOD_ADD : LDAP_MOD_DELETE, "member", account);
    LDAPMod *all[] = {&mod, NULL};
    int id = 0;
    int code = ldap_modify_ext(e->link->ld, group, all, NULL, NULL, &id);

    /* a domain controller says so of a member that is not one */
    return finish(e, code, id,
                  member ? LDAP_TYPE_OR_VALUE_EXISTS : LDAP_UNWILLING_TO_PERFORM, group);
}

/* --- the group -------------------------------------------------------------------- */

/* A name that would end a DN's value is refused: sAMAccountName has none of these. */
static bool is_plain(const char *name)
{
    return name[0] != '\0' && strpbrk(name, "\"/\\[]:;|=,+*?<>#") == NULL;
}

static enum ma_status read_sid(const struct enrolling *e, const char *dn)
{
    static const char *const attributes[] = {"objectSid", NULL};
    LDAPMessage *answer = NULL;
    struct berval **values;
    LDAPMessage *entry;
    enum ma_status status = link_read(e->link, dn, LDAP_SCOPE_BASE, "(objectClass=*)",
                                      attributes, NULL, &answer, e->err);

    if (status != MA_OK)
        return status;
    entry = ldap_first_entry(e->link->ld, answer);
    values = entry == NULL ? NULL : ldap_get_values_len(e->link->ld, entry, "objectSid");
    if (values != NULL && values[0] != NULL &&
        sid_length((const unsigned char *)values[0]->bv_val, values[0]->bv_len) > 0)
        memcpy(e->principal->group_sid, values[0]->bv_val, values[0]->bv_len);
    else
        status = ma_fail(e->err, MA_INVALID, "%s has no objectSid", dn);
    if (values != NULL)
        ldap_value_free_len(values);
    ldap_msgfree(answer);
    return status;
}

static enum ma_status make_group(const struct enrolling *e)
{
    struct principal *principal = e->principal;
    char dn[1024];
    enum ma_status status;

    if (!is_plain(principal->group_name))
        return ma_fail(e->err, MA_INVALID, "'%s' is no name of a group",
                       principal->group_name);
    (void)snprintf(dn, sizeof dn, "CN=%s,CN=Users,%s", principal->group_name, e->domain);
    status = add_group(e, dn);
    if (status == MA_OK)
        status = read_sid(e, dn);
    principal->group_dn = pool_text(&principal->pool, dn, strlen(dn));
    return status;
}

static enum ma_status find_group(const struct enrolling *e)
{
    struct principal *principal = e->principal;
    bool made = principal->group_dn == NULL;
    char sid[SID_TEXT];

    if (made && make_group(e) != MA_OK)
        return e->err->status;
    if (principal->group_is_distribution)
        return ma_fail(e->err, MA_INVALID,
                       "%s is a distribution group, which no right can be given to",
                       principal->group_dn);
    return tell(e, "group", principal->group_dn, made ? "made" : "was there",
                sid_format(principal->group_sid, sid));
}

static enum ma_status enter(const struct enrolling *e)
{
    enum ma_status status = find_group(e);

    if (status != MA_OK || e->principal->is_member)
        return status == MA_OK ? tell(e, "member", e->principal->dn, "was a member", NULL)
                               : status;
    status = change_member(e, true);
    return status == MA_OK ? tell(e, "member", e->principal->dn, "added", NULL) : status;
}

static enum ma_status leave(const struct enrolling *e)
{
    enum ma_status status;

    if (e->principal->group_dn == NULL || !e->principal->is_member)
        return tell(e, "member", e->principal->dn, "was no member", NULL);
    status = change_member(e, false);
    return status == MA_OK ? tell(e, "member", e->principal->dn, "taken out", NULL)
                           : status;
}

enum ma_status enroll_account(struct link *link, const struct ma_host *host,
                              struct principal *principal, const char *domain,
                              bool member, struct ma_error *err)
{
    const struct enrolling e = {link, host, principal, domain, err};

    if (principal->group_name == NULL)
        return ma_fail(err, MA_INVALID, "no group is named");
    return member ? enter(&e) : leave(&e);
}
