/* SPDX-License-Identifier: Apache-2.0 */
#include "guarded.h"

#include <stdlib.h>

#include "principal.h"
#include "support/answer.h"
#include "support/dn.h"
#include "support/page.h"
#include "support/sid.h"

enum { PAGE = 500 };

/* Who is protected, and the bit of dSHeuristics' sixteenth digit that takes it out. */
static const struct rule {
    uint32_t rid;
    bool builtin; /* of S-1-5-32, not of the domain */
    bool alone;   /* the object itself, not what is in it */
    unsigned waived;
} rules[] = {
    {544, true, false, 0},  {548, true, false, 1},  {549, true, false, 2},
    {550, true, false, 4},  {551, true, false, 8},  {552, true, false, 0},
    {512, false, false, 0}, {518, false, false, 0}, {519, false, false, 0},
    {526, false, false, 0}, {527, false, false, 0}, {516, false, true, 0},
    {521, false, true, 0},  {500, false, true, 0},  {502, false, true, 0},
};

struct collecting {
    struct link *link;
    const struct guarded_request *request;
    struct guarded *out;
};

static enum ma_status add(struct collecting *in, const char *dn, struct ma_error *err)
{
    struct guarded *out = in->out;
    const char *folded = dn_fold(&out->pool, dn);
    const char **grown =
        pool_grow(&out->pool, out->dns, out->count, &out->capacity, sizeof *grown);

    if (grown == NULL || folded == NULL)
        return ma_fail(err, MA_NO_MEMORY, "no memory for the protected objects");
    out->dns = grown;
    out->dns[out->count++] = folded;
    return MA_OK;
}

static enum ma_status take(void *context, LDAPMessage *entry, struct ma_error *err)
{
    struct collecting *in = context;
    char *dn = ldap_get_dn(in->link->ld, entry);
    enum ma_status status = dn == NULL ? MA_OK : add(in, dn, err);

    ldap_memfree(dn);
    return status;
}

static enum ma_status find(struct collecting *in, const char *filter,
                           struct ma_error *err)
{
    static const char *const none[] = {"1.1", NULL};
    const struct page_search search = {.kind = PAGE_RESULTS,
                                       .base = in->request->domain,
                                       .scope = LDAP_SCOPE_SUBTREE,
                                       .filter = filter,
                                       .attributes = none,
                                       .size = PAGE};
    const struct page_taker taker = {.entry = take, .context = in};

    return page_each(in->link, &search, &taker, NULL, err);
}

static bool sid_of(const struct collecting *in, const struct rule *rule,
                   unsigned char *out)
{
    static const unsigned char builtin[] = {1, 1, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0};

    return sid_with_rid(rule->builtin ? builtin : in->request->domain_sid, rule->rid,
                        out);
}

/* The DN of the principal with this SID; "" where the domain has none. */
static enum ma_status dn_of(struct collecting *in, const unsigned char *sid,
                            const char **out, struct ma_error *err)
{
    static const char *const none[] = {"1.1", NULL};
    char filter[512];
    LDAPMessage *message = NULL;
    LDAPMessage *entry;
    enum ma_status status;

    *out = "";
    (void)snprintf(filter, sizeof filter, "(objectSid=%s)",
                   principal_escape(&in->out->pool, (const char *)sid, sid_size(sid)));
    status = link_read(in->link, in->request->domain, LDAP_SCOPE_SUBTREE, filter, none,
                       NULL, &message, err);
    entry = status == MA_OK ? ldap_first_entry(in->link->ld, message) : NULL;
    if (entry != NULL) {
        char *dn = ldap_get_dn(in->link->ld, entry);

        *out = dn == NULL ? "" : pool_text(&in->out->pool, dn, strlen(dn));
        ldap_memfree(dn);
    }
    ldap_msgfree(message);
    return status == MA_NOT_FOUND ? MA_OK : status;
}

static enum ma_status add_members(struct collecting *in, const char *group, uint32_t rid,
                                  struct ma_error *err)
{
    const char *escaped = principal_escape(&in->out->pool, group, strlen(group));
    char filter[2048];

    (void)snprintf(filter, sizeof filter,
                   "(&(|(objectClass=user)(objectClass=group))"
                   "(|(memberOf:1.2.840.113556.1.4.1941:=%s)(primaryGroupID=%u)))",
                   escaped, (unsigned)rid);
    return find(in, filter, err);
}

static enum ma_status add_rule(struct collecting *in, const struct rule *rule,
                               struct ma_error *err)
{
    unsigned char sid[SID_MOST];
    const char *dn;

    if (!sid_of(in, rule, sid))
        return MA_OK;
    if (dn_of(in, sid, &dn, err) != MA_OK)
        return err->status;
    if (dn[0] == '\0')
        return MA_OK;
    if (add(in, dn, err) != MA_OK)
        return err->status;
    return rule->alone ? MA_OK : add_members(in, dn, rule->rid, err);
}

static unsigned hex_value(char c)
{
    char text[2] = {c, '\0'};

    return (unsigned)strtoul(text, NULL, 16);
}

/* The groups that the forest takes out of the protection (MS-ADTS 6.1.1.2.4.1.2). */
static enum ma_status read_waived(struct collecting *in, unsigned *out,
                                  struct ma_error *err)
{
    static const char *const attributes[] = {"dSHeuristics", NULL};
    char base[1024];
    LDAPMessage *message = NULL;
    const char *text;
    enum ma_status status;

    *out = 0;
    (void)snprintf(base, sizeof base, "CN=Directory Service,CN=Windows NT,CN=Services,%s",
                   in->request->configuration);
    status = link_read(in->link, base, LDAP_SCOPE_BASE, "(objectClass=*)", attributes,
                       NULL, &message, err);
    text = status == MA_OK ? link_text(in->link, message, "dSHeuristics", &in->out->pool)
                           : "";
    if (strlen(text) >= 16)
        *out = hex_value(text[15]);
    ldap_msgfree(message);
    return status == MA_NOT_FOUND ? MA_OK : status;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

enum ma_status guarded_read(struct link *link, const struct guarded_request *request,
                            struct guarded *out, struct ma_error *err)
{
    struct collecting in = {link, request, out};
    unsigned waived;
    enum ma_status status = read_waived(&in, &waived, err);
    size_t i;

    for (i = 0; i < sizeof rules / sizeof *rules && status == MA_OK; i++)
        if (!(rules[i].waived & waived))
            status = add_rule(&in, &rules[i], err);
    if (status == MA_OK && out->count > 0)
        qsort(out->dns, out->count, sizeof *out->dns, by_text);
    return status;
}

bool guarded_has(const struct guarded *guarded, const char *dn)
{
    struct pool pool = {0};
    const char *folded = dn_fold(&pool, dn);
    bool found = folded != NULL && guarded->count > 0 &&
                 bsearch(&folded, guarded->dns, guarded->count, sizeof *guarded->dns,
                         by_text) != NULL;

    pool_free(&pool);
    return found;
}

void guarded_free(struct guarded *guarded)
{
    pool_free(&guarded->pool);
    *guarded = (struct guarded){.count = 0};
}
