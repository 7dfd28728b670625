/* SPDX-License-Identifier: Apache-2.0 */
#include "principal.h"

#include <stdlib.h>

#include "support/answer.h"
#include "support/sid.h"

#define SECURITY_BIT 0x80000000u /* of groupType: not a mere distribution list */
enum { DOMAIN_LOCAL_BIT = 4, DISABLED_BIT = 2, SIDS_MOST = 4096 };

#define IN_CHAIN ":1.2.840.113556.1.4.1941:="

const char *principal_escape(struct pool *pool, const char *data, size_t length)
{
    struct bytes out = {0};
    const char *text;
    size_t i;

    bytes_text(&out, "");
    for (i = 0; i < length; i++) {
        char pair[4];

        if (strchr("*()\\", data[i]) == NULL && (unsigned char)data[i] >= ' ' &&
            (unsigned char)data[i] < 0x7f) {
            bytes_char(&out, data[i]);
            continue;
        }
        (void)snprintf(pair, sizeof pair, "\\%02x", (unsigned char)data[i]);
        bytes_text(&out, pair);
    }
    text = out.failed ? "" : pool_text(pool, out.at, out.length);
    bytes_free(&out);
    return text;
}

/* What is collected on the way to a token. */
struct collecting {
    struct link *link;
    struct principal *principal;
    const char *domain;
    const unsigned char **sids;
    size_t count;
    size_t capacity;
    struct answer answer;
};

static void add_sid(struct collecting *in, const void *bytes, size_t length)
{
    size_t size = sid_length(bytes, length);
    const unsigned char **grown;
    unsigned char *copy;

    if (size == 0 || in->count >= SIDS_MOST)
        return;
    grown = pool_grow(&in->principal->pool, in->sids, in->count, &in->capacity,
                      sizeof *grown);
    copy = pool_alloc(&in->principal->pool, size);
    if (grown == NULL || copy == NULL)
        return;
    memcpy(copy, bytes, size);
    in->sids = grown;
    in->sids[in->count++] = copy;
}

static void add_sids(struct collecting *in, const char *attribute)
{
    const struct answer_attribute *found = answer_find(&in->answer, attribute);
    size_t i;

    for (i = 0; found != NULL && i < found->count; i++)
        add_sid(in, found->values[i].data, found->values[i].length);
}

static const char *text_of(struct collecting *in, const char *attribute)
{
    const struct answer_attribute *found = answer_find(&in->answer, attribute);

    if (found == NULL || found->count == 0)
        return "";
    return pool_text(&in->principal->pool, found->values[0].data,
                     found->values[0].length);
}

/* The first entry of a search into `in->answer`; MA_NOT_FOUND: none. The message is the
 * caller's: the answer points into it. */
static enum ma_status first_of(struct collecting *in, const char *base, int scope,
                               const char *filter, const char *const *attributes,
                               LDAPMessage **message, struct ma_error *err)
{
    enum ma_status status =
        link_read(in->link, base, scope, filter, attributes, NULL, message, err);
    LDAPMessage *entry;

    if (status != MA_OK)
        return status;
    entry = ldap_first_entry(in->link->ld, *message);
    if (entry == NULL)
        return ma_fail(err, MA_NOT_FOUND, "nothing found");
    return answer_read(&in->answer, in->link, entry, err);
}

/* --- the account ------------------------------------------------------------------- */

static const char *account_filter(struct collecting *in, const char *login)
{
    const char *plain = strrchr(login, '\\');
    const char *at = strchr(login, '@');
    struct pool *pool = &in->principal->pool;
    const char *whole = principal_escape(pool, login, strlen(login));
    const char *name = plain != NULL ? plain + 1 : login;
    const char *short_name = principal_escape(
        pool, name, at != NULL && at > name ? (size_t)(at - name) : strlen(name));
    char text[2048];

    (void)snprintf(text, sizeof text,
                   "(|(sAMAccountName=%s)(userPrincipalName=%s)(distinguishedName=%s))",
                   short_name, whole, whole);
    return pool_text(pool, text, strlen(text));
}

static enum ma_status read_account(struct collecting *in, const char *login,
                                   struct ma_error *err)
{
    static const char *const attributes[] = {"objectSid", "sAMAccountName", "sIDHistory",
                                             "userAccountControl", NULL};
    struct principal *principal = in->principal;
    LDAPMessage *message = NULL;
    enum ma_status status =
        first_of(in, in->domain, LDAP_SCOPE_SUBTREE, account_filter(in, login),
                 attributes, &message, err);

    if (status == MA_NOT_FOUND)
        (void)ma_fail(err, MA_NOT_FOUND,
                      "the account '%s' is not in %s: name it with the parameter "
                      "'audit-account'",
                      login, in->domain);
    if (status == MA_OK) {
        principal->dn = pool_text(&principal->pool, in->answer.dn, strlen(in->answer.dn));
        principal->name = text_of(in, "sAMAccountName");
        principal->disabled =
            (strtoul(text_of(in, "userAccountControl"), NULL, 10) & DISABLED_BIT) != 0;
        add_sids(in, "objectSid");
        add_sids(in, "sIDHistory");
        if (in->count > 0)
            memcpy(principal->sid, in->sids[0], sid_size(in->sids[0]));
    }
    ldap_msgfree(message);
    return status;
}

static enum ma_status read_token_groups(struct collecting *in, struct ma_error *err)
{
    static const char *const attributes[] = {"tokenGroups", NULL};
    LDAPMessage *message = NULL;
    enum ma_status status = first_of(in, in->principal->dn, LDAP_SCOPE_BASE,
                                     "(objectClass=*)", attributes, &message, err);

    if (status == MA_OK)
        add_sids(in, "tokenGroups");
    ldap_msgfree(message);
    return status;
}

/* --- everybody ------------------------------------------------------------------------
 */

/* Groups of the domain that a well-known SID is in, through the object that stands for
 * it: BUILTIN\Users has Authenticated Users, and so every account. */
static enum ma_status read_groups_of(struct collecting *in, const char *sid,
                                     struct ma_error *err)
{
    static const char *const attributes[] = {"objectSid", "groupType", NULL};
    char filter[1024];
    LDAPMessage *message = NULL;
    LDAPMessage *entry;
    enum ma_status status;

    (void)snprintf(filter, sizeof filter,
                   "(&(objectClass=group)(member" IN_CHAIN
                   "CN=%s,CN=ForeignSecurityPrincipals,%s))",
                   sid, in->domain);
    status = link_read(in->link, in->domain, LDAP_SCOPE_SUBTREE, filter, attributes, NULL,
                       &message, err);
    for (entry = status == MA_OK ? ldap_first_entry(in->link->ld, message) : NULL;
         entry != NULL && status == MA_OK; entry = ldap_next_entry(in->link->ld, entry)) {
        status = answer_read(&in->answer, in->link, entry, err);
        if (status == MA_OK &&
            ((uint32_t)strtol(text_of(in, "groupType"), NULL, 10) & SECURITY_BIT))
            add_sids(in, "objectSid");
    }
    ldap_msgfree(message);
    return status == MA_NOT_FOUND ? MA_OK : status;
}

static enum ma_status add_everybody(struct collecting *in, struct ma_error *err)
{
    /* Everyone, Authenticated Users, Network, This Organization, asserted identity */
    static const char *const sids[] = {"S-1-1-0", "S-1-5-11", "S-1-5-2", "S-1-5-15",
                                       "S-1-18-1"};
    enum ma_status status = MA_OK;
    size_t i;

    for (i = 0; i < sizeof sids / sizeof *sids && status == MA_OK; i++) {
        unsigned char sid[SID_MOST];

        add_sid(in, sid, sid_parse(sids[i], strlen(sids[i]), sid));
        status = read_groups_of(in, sids[i], err);
    }
    return status;
}

/* --- the group -------------------------------------------------------------------------
 */

static void take_group(struct collecting *in)
{
    const struct answer_attribute *sid = answer_find(&in->answer, "objectSid");
    uint32_t type = (uint32_t)strtol(text_of(in, "groupType"), NULL, 10);
    struct principal *principal = in->principal;

    if (sid == NULL || sid->count == 0 ||
        sid_length((const unsigned char *)sid->values[0].data, sid->values[0].length) ==
            0)
        return;
    memcpy(principal->group_sid, sid->values[0].data, sid->values[0].length);
    principal->group_dn =
        pool_text(&principal->pool, in->answer.dn, strlen(in->answer.dn));
    principal->group_is_distribution = (type & SECURITY_BIT) == 0;
    principal->group_is_domain_local = (type & DOMAIN_LOCAL_BIT) != 0;
}

static enum ma_status read_group(struct collecting *in, const char *name,
                                 struct ma_error *err)
{
    static const char *const attributes[] = {"objectSid", "groupType", NULL};
    struct pool *pool = &in->principal->pool;
    LDAPMessage *message = NULL;
    char filter[1024];
    enum ma_status status;

    if (name == NULL || name[0] == '\0')
        return MA_OK;
    in->principal->group_name = pool_text(pool, name, strlen(name));
    (void)snprintf(filter, sizeof filter, "(&(objectClass=group)(sAMAccountName=%s))",
                   principal_escape(pool, name, strlen(name)));
    status =
        first_of(in, in->domain, LDAP_SCOPE_SUBTREE, filter, attributes, &message, err);
    if (status == MA_OK)
        take_group(in);
    ldap_msgfree(message);
    return status == MA_NOT_FOUND ? MA_OK : status;
}

static void finish(struct collecting *in)
{
    struct principal *principal = in->principal;

    access_token_sort(in->sids, in->count);
    principal->token = (struct access_token){in->sids, in->count};
    principal->is_member = principal->group_dn != NULL &&
                           access_token_has(&principal->token, principal->group_sid);
}

enum ma_status principal_read(struct link *link, const struct principal_request *request,
                              struct principal *out, struct ma_error *err)
{
    struct collecting in = {.link = link, .principal = out, .domain = request->domain};
    enum ma_status status = read_account(&in, request->login, err);

    if (status == MA_OK)
        status = read_token_groups(&in, err);
    if (status == MA_OK)
        status = add_everybody(&in, err);
    if (status == MA_OK)
        status = read_group(&in, request->group, err);
    if (status == MA_OK && out->pool.failed)
        status = ma_fail(err, MA_NO_MEMORY, "no memory for the token");
    if (status == MA_OK)
        finish(&in);
    answer_free(&in.answer);
    return status;
}

void principal_free(struct principal *principal)
{
    pool_free(&principal->pool);
    *principal = (struct principal){.dn = NULL};
}
