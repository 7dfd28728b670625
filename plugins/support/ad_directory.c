/* SPDX-License-Identifier: Apache-2.0 */
#include "support/ad_directory.h"

#include <stdlib.h>

#include "support/dn.h"
#include "support/guid.h"

/* --- candidates ----------------------------------------------------------------------
 */

struct candidates {
    const struct settings *set;
    struct pool *pool;
    const char **hosts;
    size_t count;
    size_t capacity;
};

static bool has(const struct candidates *c, const char *host)
{
    for (size_t i = 0; i < c->count; i++)
        if (strcasecmp(c->hosts[i], host) == 0)
            return true;
    return false;
}

static void add(struct candidates *c, const char *host, size_t length)
{
    const char *copy = pool_text(c->pool, host, length);
    const char **grown;

    if (copy[0] == '\0' || has(c, copy))
        return;
    grown = pool_grow(c->pool, c->hosts, c->count, &c->capacity, sizeof *grown);
    if (grown == NULL)
        return;
    c->hosts = grown;
    c->hosts[c->count++] = copy;
}

/* The SRV records of _ldap._tcp.<place>, in their order; libldap adds the ports, which
 * are the usual ones. */
static void add_by_dns(struct candidates *c, const char *place)
{
    char *list = NULL;
    const char *at;

    if (ldap_domain2hostlist(place, &list) != LDAP_SUCCESS || list == NULL)
        return;
    for (at = list; *at != '\0'; at += strspn(at, " ")) {
        size_t length = strcspn(at, ": ");

        add(c, at, length);
        at += strcspn(at, " ");
    }
    ldap_memfree(list);
}

static void locate(struct candidates *c, const char *domain)
{
    char place[512];

    if (c->set->site != NULL) {
        snprintf(place, sizeof place, "%s._sites.dc._msdcs.%s", c->set->site, domain);
        add_by_dns(c, place);
    }
    snprintf(place, sizeof place, "dc._msdcs.%s", domain);
    add_by_dns(c, place);
    if (c->count == 0) /* any of them has the address of the domain */
        add(c, domain, strlen(domain));
}

static void put_first(struct candidates *c, const char *host)
{
    for (size_t i = 0; host != NULL && i < c->count; i++)
        if (strcasecmp(c->hosts[i], host) == 0) {
            const char *found = c->hosts[i];

            memmove(&c->hosts[1], &c->hosts[0], i * sizeof *c->hosts);
            c->hosts[0] = found;
        }
}

static void find_candidates(struct candidates *c, const char *domain,
                            const char *preferred)
{
    for (size_t i = 0; c->set->servers != NULL && c->set->servers[i] != NULL; i++)
        add(c, c->set->servers[i], strlen(c->set->servers[i]));
    if (c->count == 0 && domain != NULL)
        locate(c, domain);
    put_first(c, preferred);
}

/* --- what it says of itself ----------------------------------------------------------
 */

static const char *const root_attributes[] = {"defaultNamingContext", "dsServiceName",
                                              "highestCommittedUSN", "namingContexts",
                                              NULL};

/* A domain controller that was restored has another invocation: its numbers and cookies
 * from before mean something else now. */
static enum ma_status read_invocation(struct directory *d, const char *service,
                                      struct ma_error *err)
{
    static const char *const attributes[] = {"invocationId", NULL};
    LDAPMessage *answer = NULL;
    enum ma_status status;
    LDAPMessage *entry;
    struct berval **values;
    struct bytes text = {0};

    d->invocation = "";
    if (service[0] == '\0')
        return MA_OK;
    status = link_read(d->link, service, LDAP_SCOPE_BASE, "(objectClass=*)", attributes,
                       NULL, &answer, err);
    if (status == MA_NOT_FOUND)
        return MA_OK;
    if (status != MA_OK)
        return status;
    entry = ldap_first_entry(d->link->ld, answer);
    values =
        entry == NULL ? NULL : ldap_get_values_len(d->link->ld, entry, "invocationId");
    if (values != NULL && values[0] != NULL && values[0]->bv_len == GUID_SIZE) {
        guid_text(&text, (const unsigned char *)values[0]->bv_val);
        d->invocation = pool_text(&d->pool, text.at, text.length);
    }
    if (values != NULL)
        ldap_value_free_len(values);
    bytes_free(&text);
    ldap_msgfree(answer);
    return MA_OK;
}

static enum ma_status read_root(struct directory *d, struct ma_error *err)
{
    LDAPMessage *answer = NULL;
    const char *service;
    enum ma_status status = link_read(d->link, "", LDAP_SCOPE_BASE, "(objectClass=*)",
                                      root_attributes, NULL, &answer, err);

    if (status != MA_OK)
        return status;
    d->naming_context = link_text(d->link, answer, "defaultNamingContext", &d->pool);
    if (d->naming_context[0] == '\0') /* of AD LDS, unless somebody set one */
        d->naming_context = link_text(d->link, answer, "namingContexts", &d->pool);
    d->usn =
        strtoull(link_text(d->link, answer, "highestCommittedUSN", &d->pool), NULL, 10);
    service = link_text(d->link, answer, "dsServiceName", &d->pool);
    ldap_msgfree(answer);
    if (d->pool.failed)
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    return read_invocation(d, service, err);
}

/* --- opening and closing -------------------------------------------------------------
 */

static void say_next(const struct settings *set, const char *host,
                     const struct ma_error *why)
{
    set->host->log(set->host, MA_LOG_WARNING, "domain controller %s is passed over: %s",
                   host, why->text);
}

static enum ma_status open_first(struct directory *d, const struct settings *set,
                                 const struct candidates *c, struct ma_error *err)
{
    enum ma_status status =
        ma_fail(err, MA_UNREACHABLE, "DNS knows no domain controller of %s",
                d->domain == NULL ? "the forest" : d->domain);

    for (size_t i = 0; i < c->count; i++) {
        status = link_open(&d->link, &set->link, c->hosts[i], set->port, err);
        d->host = c->hosts[i];
        if (status != MA_UNREACHABLE)
            return status;
        if (i + 1 < c->count)
            say_next(set, c->hosts[i], err);
    }
    return status;
}

enum ma_status directory_open(struct directory **out, const struct settings *set,
                              const char *domain, const char *preferred,
                              struct ma_error *err)
{
    struct directory *d = calloc(1, sizeof *d);
    struct candidates candidates = {.set = set, .pool = d == NULL ? NULL : &d->pool};
    enum ma_status status;

    if (d == NULL)
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    d->domain = domain == NULL ? NULL : pool_text(&d->pool, domain, strlen(domain));
    find_candidates(&candidates, domain != NULL ? domain : set->forest, preferred);
    status = d->pool.failed ? ma_fail(err, MA_NO_MEMORY, "out of memory")
                            : open_first(d, set, &candidates, err);
    if (status == MA_OK)
        status = read_root(d, err);
    if (status == MA_OK)
        *out = d;
    else
        directory_close(d);
    return status;
}

void directory_close(struct directory *d)
{
    if (d == NULL)
        return;
    link_close(d->link);
    pool_free(&d->pool);
    free(d);
}

/* --- names ---------------------------------------------------------------------------
 */

const char *directory_domain(struct pool *pool, const char *dn)
{
    struct bytes name = {0};
    const char *out = NULL;

    for (const char *at = dn; at != NULL && *at != '\0'; at = dn_parent(at)) {
        const char *type;
        const char *value;

        if (!dn_rdn(pool, at, &type, &value) || strcasecmp(type, "DC") != 0)
            continue;
        if (name.length > 0)
            bytes_char(&name, '.');
        bytes_text(&name, value);
    }
    if (name.length > 0 && !name.failed)
        out = pool_text(pool, name.at, name.length);
    bytes_free(&name);
    return out;
}
