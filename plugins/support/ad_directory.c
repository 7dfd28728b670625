/* SPDX-License-Identifier: Apache-2.0 */
#include "support/ad_directory.h"

#include <stdlib.h>

#include "support/dn.h"
#include "support/guid.h"
#include "support/knock.h"
#include "support/text.h"

/* --- candidates ------------------------------------------------------------------- */

struct candidates {
    const struct settings *set;
    const struct directory_wish *wish;
    const char *partition; /* NULL: none */
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

static bool is_avoided(const struct candidates *c, const char *host)
{
    for (size_t i = 0; i < c->wish->avoid_count; i++)
        if (strcasecmp(c->wish->avoid[i], host) == 0)
            return true;
    return false;
}

static void add(struct candidates *c, const char *host, size_t length)
{
    const char *copy = pool_text(c->pool, host, length);
    const char **grown;

    if (copy[0] == '\0' || has(c, copy) || is_avoided(c, copy))
        return;
    grown = pool_grow(c->pool, c->hosts, c->count, &c->capacity, sizeof *grown);
    if (grown == NULL)
        return;
    c->hosts = grown;
    c->hosts[c->count++] = copy;
}

/* libldap adds the ports, which are the usual ones. */
static enum ma_status add_by_dns(struct candidates *c, const char *place,
                                 struct ma_error *err)
{
    char *list = NULL;
    const char *at;

    if (knock_whom(&c->set->logon.link, place, &list, err) != MA_OK)
        return err->status;
    for (at = list; at != NULL && *at != '\0'; at += strspn(at, " ")) {
        size_t length = strcspn(at, ": ");

        add(c, at, length);
        at += strcspn(at, " ");
    }
    ldap_memfree(list);
    return MA_OK;
}

/* The site's first. Any domain controller has the address of the domain. */
static enum ma_status locate(struct candidates *c, const char *domain,
                             struct ma_error *err)
{
    size_t preferred = c->count;
    enum ma_status status = MA_OK;
    char place[512];

    if (c->set->site != NULL) {
        snprintf(place, sizeof place, "%s._sites.dc._msdcs.%s", c->set->site, domain);
        status = add_by_dns(c, place, err);
    }
    snprintf(place, sizeof place, "dc._msdcs.%s", domain);
    if (status == MA_OK)
        status = add_by_dns(c, place, err);
    if (status == MA_OK && c->count == preferred)
        add(c, domain, strlen(domain));
    return status;
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

#define PARTITION "adma-partition-data/"

/* The partition that a DN is in: of those that are selected the longest. */
static const char *partition_of(const struct ma_host *host, struct pool *pool,
                                const char *dn)
{
    const struct ma_partition *p;
    const char *best = NULL;
    size_t length = 0;

    for (size_t i = 0; dn != NULL && (p = host->partition(host, i)) != NULL; i++) {
        const char *folded = dn_fold(pool, p->name);

        if (strlen(folded) >= length && dn_is_under(dn_fold(pool, dn), folded)) {
            best = p->name;
            length = strlen(folded);
        }
    }
    return best;
}

const char *directory_only_partition(const struct ma_host *host)
{
    const struct ma_partition *first = host->partition(host, 0);
    const char *name = first == NULL ? NULL : first->name;

    return host->partition(host, 1) == NULL ? name : NULL;
}

/* False: none but these. */
static bool add_preferred(struct candidates *c)
{
    const struct ma_host *host = c->set->host;
    const char *value;
    bool others = true;

    for (size_t i = 0;
         (value = host->partition_param(
              host, c->partition, PARTITION "preferred-dcs/preferred-dc", i)) != NULL;
         i++)
        add(c, value, strlen(value));
    value = host->partition_param(host, c->partition, PARTITION "dc-failover", 0);
    if (c->count > 0 && value != NULL)
        (void)text_is_flag(value, strlen(value), &others);
    return others;
}

static enum ma_status find_candidates(struct candidates *c, const char *domain,
                                      struct ma_error *err)
{
    const char *const *servers = c->set->servers;
    bool named = servers != NULL && servers[0] != NULL;
    enum ma_status status = MA_OK;

    for (size_t i = 0; named && servers[i] != NULL; i++)
        add(c, servers[i], strlen(servers[i]));
    if (!named && add_preferred(c) && domain != NULL)
        status = locate(c, domain, err);
    put_first(c, c->wish->preferred);
    return status;
}

/* --- what it says of itself ------------------------------------------------------- */

static const char *const root_attributes[] = {
    "defaultNamingContext",       "dsServiceName",
    "highestCommittedUSN",        "namingContexts",
    "configurationNamingContext", NULL};

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

static enum ma_status take_root(struct directory *d, LDAPMessage *root,
                                struct ma_error *err)
{
    const char *service = link_text(d->link, root, "dsServiceName", &d->pool);

    d->naming_context = link_text(d->link, root, "defaultNamingContext", &d->pool);
    if (d->naming_context[0] == '\0') /* of AD LDS, unless somebody set one */
        d->naming_context = link_text(d->link, root, "namingContexts", &d->pool);
    d->configuration = link_text(d->link, root, "configurationNamingContext", &d->pool);
    d->usn =
        strtoull(link_text(d->link, root, "highestCommittedUSN", &d->pool), NULL, 10);
    if (d->pool.failed)
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    return read_invocation(d, service, err);
}

/* The DC components that a DN ends with; "" where it has none. */
static const char *domain_part(const char *dn)
{
    while (*dn != '\0' && strncasecmp(dn + strspn(dn, " "), "DC=", 3) != 0)
        dn = dn_parent(dn);
    return dn;
}

/* A domain controller lists what it holds. Of another server the search will tell. */
static enum ma_status check_holds(struct directory *d, LDAPMessage *root, const char *dn,
                                  struct ma_error *err)
{
    const char *wanted = dn == NULL ? "" : domain_part(dn);
    const char *folded = dn_fold(&d->pool, wanted);
    LDAPMessage *entry = ldap_first_entry(d->link->ld, root);
    struct berval **held =
        entry == NULL ? NULL : ldap_get_values_len(d->link->ld, entry, "namingContexts");
    bool found = wanted[0] == '\0' || held == NULL || d->invocation[0] == '\0';

    for (size_t i = 0; held != NULL && held[i] != NULL && !found; i++)
        found = dn_is(pool_text(&d->pool, held[i]->bv_val, held[i]->bv_len), folded);
    if (held != NULL)
        ldap_value_free_len(held);
    return found ? MA_OK
                 : ma_fail(err, MA_UNREACHABLE, "%s: it does not hold '%s'", d->host,
                           wanted);
}

static enum ma_status read_root(struct directory *d, const char *dn, struct ma_error *err)
{
    LDAPMessage *root = NULL;
    enum ma_status status = link_read(d->link, "", LDAP_SCOPE_BASE, "(objectClass=*)",
                                      root_attributes, NULL, &root, err);

    if (status == MA_OK)
        status = take_root(d, root, err);
    if (status == MA_OK)
        status = check_holds(d, root, dn, err);
    ldap_msgfree(root);
    return status;
}

/* --- opening and closing ---------------------------------------------------------- */

static enum ma_status open_one(struct directory *d, const struct settings *set,
                               const char *host, const char *dn, struct ma_error *err)
{
    enum ma_status status = link_open(&d->link, &d->logon.link, host, set->port, err);

    d->host = host;
    if (status == MA_OK)
        status = read_root(d, dn, err);
    if (status != MA_OK) {
        link_close(d->link);
        d->link = NULL;
    }
    return status;
}

static enum ma_status open_first(struct directory *d, const struct candidates *c,
                                 struct ma_error *err)
{
    const struct ma_host *host = c->set->host;
    enum ma_status status =
        ma_fail(err, MA_UNREACHABLE, "DNS knows no domain controller of %s",
                d->domain == NULL ? "the forest" : d->domain);

    for (size_t i = 0; i < c->count && status == MA_UNREACHABLE; i++) {
        status = open_one(d, c->set, c->hosts[i], c->wish->dn, err);
        host->served_by(host, c->hosts[i], status == MA_OK ? NULL : err);
        if (status == MA_UNREACHABLE && i + 1 < c->count)
            host->log(host, MA_LOG_WARNING, "domain controller %s is passed over: %s",
                      c->hosts[i], err->text);
    }
    return status;
}

enum ma_status directory_open(struct directory **out, const struct settings *set,
                              const struct directory_wish *wish, struct ma_error *err)
{
    struct directory *d = calloc(1, sizeof *d);
    struct candidates candidates = {
        .set = set, .wish = wish, .pool = d == NULL ? NULL : &d->pool};
    enum ma_status status;

    if (d == NULL)
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    d->domain = wish->domain == NULL
                    ? directory_domain(&d->pool, wish->dn)
                    : pool_text(&d->pool, wish->domain, strlen(wish->domain));
    d->partition = candidates.partition = partition_of(set->host, &d->pool, wish->dn);
    status =
        find_candidates(&candidates, d->domain != NULL ? d->domain : set->forest, err);
    if (status == MA_OK && d->pool.failed)
        status = ma_fail(err, MA_NO_MEMORY, "out of memory");
    if (status == MA_OK)
        status = settings_logon(set, d->partition, &d->logon, err);
    if (status == MA_OK)
        status = open_first(d, &candidates, err);
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
    logon_end(&d->logon);
    pool_free(&d->pool);
    free(d);
}

/* --- the same one again ----------------------------------------------------------- */

static bool same_domain(const char *a, const char *b)
{
    return a == NULL || b == NULL || strcasecmp(a, b) == 0;
}

bool directory_serves(const struct directory *d, const struct settings *set,
                      const char *dn)
{
    struct pool pool = {0};
    bool good =
        same_domain(directory_domain(&pool, dn), d->domain) &&
        (!set->partitions_differ ||
         settings_same_logon(set, d->partition, partition_of(set->host, &pool, dn)));

    pool_free(&pool);
    return good;
}

/* As they are written; "dc = x" is another way. */
static bool same_domain_part(const char *a, const char *b)
{
    const char *x = domain_part(a);

    return *x != '\0' && strcasecmp(x, domain_part(b)) == 0;
}

static bool same_place(const struct settings *set, const char *a, const char *b)
{
    struct pool pool = {0};
    const char *x = directory_domain(&pool, a);
    const char *y = directory_domain(&pool, b);
    bool same = (x == NULL || y == NULL ? x == y : strcasecmp(x, y) == 0) &&
                (!set->partitions_differ ||
                 settings_same_logon(set, partition_of(set->host, &pool, a),
                                     partition_of(set->host, &pool, b)));

    pool_free(&pool);
    return same;
}

bool directory_same(const struct settings *set, const char *a, const char *b)
{
    return (!set->partitions_differ && same_domain_part(a, b)) || same_place(set, a, b);
}

const char *directory_user(const struct settings *set, const char *dn, struct pool *pool,
                           struct ma_error *err)
{
    if (!set->partitions_differ && set->logon.user[0] != '\0')
        return set->logon.user;
    return settings_user(set, partition_of(set->host, pool, dn), pool, err);
}

/* --- names ------------------------------------------------------------------------ */

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
