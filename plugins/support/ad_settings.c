/* SPDX-License-Identifier: Apache-2.0 */
#include "support/ad_settings.h"

#include <ctype.h>
#include <stdlib.h>

#include "support/ad_directory.h"
#include "support/text.h"

#define XML "adma-configuration/"
#define PARTITION "adma-partition-data/"

enum { WINDOW = 32, MOST_IN_WINDOW = 256 };

/* --- single parameters ------------------------------------------------------------ */

static const char *text_of(const struct settings *set, const char *name)
{
    const char *value = set->host->param(set->host, name);

    return value == NULL || value[0] == '\0' ? NULL : value;
}

static const char *kept(struct settings *set, const char *value)
{
    return value == NULL ? NULL : pool_text(&set->pool, value, strlen(value));
}

static enum ma_status bad(const char *name, const char *value, const char *wanted,
                          struct ma_error *err)
{
    return ma_fail(err, MA_INVALID, "parameter %s='%s': wanted %s", name, value, wanted);
}

/* What the configuration says of a partition; NULL: nothing, or it is none. */
static const char *own_text(const struct settings *set, const char *partition,
                            const char *name)
{
    char path[64];
    const char *value;

    if (partition == NULL)
        return NULL;
    snprintf(path, sizeof path, PARTITION "%s", name);
    value = set->host->partition_param(set->host, partition, path, 0);
    return value == NULL || value[0] == '\0' ? NULL : value;
}

static enum ma_status read_flag(const struct settings *set, const char *name, bool *out,
                                struct ma_error *err)
{
    const char *value = text_of(set, name);

    if (value != NULL && !text_is_flag(value, strlen(value), out))
        return bad(name, value, "true or false", err);
    return MA_OK;
}

/* Of the configuration: the partition's, else the agent's. */
static enum ma_status read_own_flag(const struct settings *set, const char *partition,
                                    const char *name, bool *out, struct ma_error *err)
{
    const char *own = own_text(set, partition, name);
    char path[64];

    if (own != NULL && !text_is_flag(own, strlen(own), out))
        return ma_fail(err, MA_INVALID, "partition %s: %s%s='%s': wanted true or false",
                       partition, PARTITION, name, own);
    snprintf(path, sizeof path, XML "%s", name);
    return own != NULL ? MA_OK : read_flag(set, path, out, err);
}

static enum ma_status read_number(const struct settings *set, const char *name,
                                  unsigned most, unsigned *out, struct ma_error *err)
{
    const char *value = text_of(set, name);
    char *end;
    unsigned long number;

    if (value == NULL)
        return MA_OK;
    number = strtoul(value, &end, 10);
    if (value[0] < '0' || value[0] > '9' || *end != '\0' || number > most)
        return bad(name, value, "a number in range", err);
    *out = (unsigned)number;
    return MA_OK;
}

struct word {
    const char *text;
    int value;
};

static enum ma_status read_word(const struct settings *set, const char *name,
                                const struct word *words, const char *wanted, int *out,
                                struct ma_error *err)
{
    const char *value = text_of(set, name);

    if (value == NULL)
        return MA_OK;
    for (; words->text != NULL; words++)
        if (strcasecmp(words->text, value) == 0) {
            *out = words->value;
            return MA_OK;
        }
    return bad(name, value, wanted, err);
}

/* --- where ------------------------------------------------------------------------ */

static size_t count_of(const struct settings *set, const char *name)
{
    size_t count = 0;

    while (set->host->param_at(set->host, name, count) != NULL)
        count++;
    return count;
}

static void read_servers(struct settings *set)
{
    size_t count = count_of(set, "server");
    const char **servers = pool_alloc(&set->pool, (count + 1) * sizeof *servers);

    if (servers == NULL)
        return;
    for (size_t i = 0; i < count; i++)
        servers[i] = kept(set, set->host->param_at(set->host, "server", i));
    servers[count] = NULL;
    set->servers = servers;
}

/* A port of its own is that of AD LDS: then the "forest" is one server, by its name. */
static void take_forest_as_server(struct settings *set)
{
    const char **servers = pool_alloc(&set->pool, 2 * sizeof *servers);

    if (servers == NULL)
        return;
    servers[0] = set->forest;
    servers[1] = NULL;
    set->servers = servers;
}

static bool names_servers(const struct settings *set)
{
    return set->servers != NULL && set->servers[0] != NULL;
}

static enum ma_status read_place(struct settings *set, struct ma_error *err)
{
    set->forest = kept(set, text_of(set, XML "forest-name"));
    set->site = kept(set, text_of(set, "site"));
    read_servers(set);
    if (set->forest == NULL && !names_servers(set))
        return ma_fail(err, MA_INVALID,
                       "no forest: the configuration has no forest-name, and mactl.xml "
                       "no parameter 'server'");
    if (read_number(set, XML "forest-port", 65535, &set->port, err) != MA_OK)
        return err->status;
    if (set->port != 0 && !names_servers(set))
        take_forest_as_server(set);
    return read_number(set, "port", 65535, &set->port, err);
}

/* --- how -------------------------------------------------------------------------- */

static const struct word securities[] = {
    {"none", LINK_PLAIN}, {"starttls", LINK_STARTTLS}, {"ldaps", LINK_LDAPS}, {NULL, 0}};
static const struct word methods[] = {
    {"kerberos", LINK_GSSAPI}, {"simple", LINK_SIMPLE}, {NULL, 0}};
static const struct word deltas[] = {{"auto", DELTA_AUTO},
                                     {"dirsync", DELTA_DIRSYNC},
                                     {"object-security", DELTA_OBJECT_SECURITY},
                                     {"usn", DELTA_USN},
                                     {NULL, 0}};

/* The XML's three flags are what the product's dialog has. A simple bind without TLS is
 * what it does, and what is not done here unless mactl.xml says so, too. */
static enum ma_status read_security(const struct settings *set, const char *partition,
                                    struct link_settings *link, struct ma_error *err)
{
    bool seal = true;
    bool ssl = false;
    bool simple = false;
    bool crl_check = false;
    int security;
    int method;

    if (read_own_flag(set, partition, "sign-and-seal", &seal, err) != MA_OK ||
        read_own_flag(set, partition, "ssl-bind", &ssl, err) != MA_OK ||
        read_own_flag(set, partition, "simple-bind", &simple, err) != MA_OK ||
        read_own_flag(set, partition, "ssl-bind@crl-check", &crl_check, err) != MA_OK ||
        read_flag(set, "crl-check", &crl_check, err) != MA_OK)
        return err->status;
    method = simple ? LINK_SIMPLE : LINK_GSSAPI;
    if (read_word(set, "authentication", methods, "kerberos or simple", &method, err) !=
        MA_OK)
        return err->status;
    security = ssl ? LINK_LDAPS : method == LINK_SIMPLE ? LINK_STARTTLS : LINK_PLAIN;
    if (read_word(set, "tls", securities, "ldaps, starttls or none", &security, err) !=
            MA_OK ||
        read_flag(set, "allow-clear-password", &link->clear_password, err) != MA_OK)
        return err->status;
    link->security = (enum link_security)security;
    link->method = (enum link_method)method;
    link->seal = seal;
    link->crl_check = crl_check;
    return MA_OK;
}

/* --- who -------------------------------------------------------------------------- */

static bool is_whole_name(const char *login)
{
    return strpbrk(login, "@\\=") != NULL;
}

/* A realm is a DNS name; the NetBIOS name of a domain is none. Of a partition it is as a
 * rule the first label; else the forest's name has to do. */
static const char *realm_of(const struct settings *set, struct pool *pool,
                            const char *partition, const char *domain)
{
    const char *dns = directory_domain(pool, partition);
    size_t length = domain == NULL ? 0 : strlen(domain);

    if (length > 0 && strchr(domain, '.') != NULL)
        return domain;
    if (length > 0 && dns != NULL && strncasecmp(dns, domain, length) == 0 &&
        dns[length] == '.')
        return dns;
    return set->forest != NULL ? set->forest : domain;
}

static void make_principal(struct logon *logon, const char *login, const char *realm)
{
    size_t at = strlen(login) + 1;

    snprintf(logon->user, sizeof logon->user, "%s@%s", login, realm == NULL ? "" : realm);
    for (; logon->link.method == LINK_GSSAPI &&
           logon->user[at < PRINCIPAL_SIZE ? at : 0] != '\0';
         at++)
        logon->user[at] = (char)toupper((unsigned char)logon->user[at]);
}

/* What mactl.xml says is of every partition. The domain of a partition is that of its
 * user only. */
static void read_user(const struct settings *set, const char *partition,
                      struct logon *logon)
{
    const char *login = text_of(set, "login");
    const char *own = login == NULL ? own_text(set, partition, "login-user") : NULL;
    const char *domain = own == NULL ? NULL : own_text(set, partition, "login-domain");
    const char *of = domain == NULL ? NULL : partition;
    struct pool pool = {0};

    if (login == NULL)
        login = own != NULL ? own : text_of(set, XML "forest-login-user");
    if (domain == NULL)
        domain = text_of(set, "domain");
    if (domain == NULL)
        domain = text_of(set, XML "forest-login-domain");
    if (login == NULL)
        return;
    if (is_whole_name(login))
        snprintf(logon->user, sizeof logon->user, "%s", login);
    else
        make_principal(logon, login, realm_of(set, &pool, of, domain));
    logon->link.user = logon->user;
    pool_free(&pool);
}

static bool same_user(const struct logon *a, const struct logon *b)
{
    return strcasecmp(a->user, b->user) == 0;
}

static bool has_ticket(const struct link_settings *link)
{
    return link->method == LINK_GSSAPI && (link->keytab != NULL || link->cache != NULL);
}

/* The password of one account is not tried for another: that would lock it. */
static enum ma_status read_password(const struct settings *set, const char *partition,
                                    struct logon *logon, struct ma_error *err)
{
    const char *agents = set->logon.link.password;
    bool own = !same_user(logon, &set->logon);
    bool needed = logon->link.method == LINK_SIMPLE || (own && agents != NULL);
    struct ma_error why = {0};
    char name[SECRET_NAME_SIZE] = "password";
    enum ma_status status;

    logon->link.password = own ? NULL : agents;
    if (has_ticket(&logon->link) || logon->link.password != NULL)
        return MA_OK;
    if (own)
        snprintf(name, sizeof name, "password:%s", partition);
    status =
        set->host->secret(set->host, name, logon->password, sizeof logon->password, &why);
    if (status == MA_OK)
        logon->link.password = logon->password;
    if (status == MA_OK || (status == MA_NOT_FOUND && !needed))
        return MA_OK;
    if (!own)
        return ma_fail(err, MA_DENIED, "%s", why.text);
    return ma_fail(err, MA_DENIED, "partition %s has an account of its own, %s: %s",
                   partition, logon->user, why.text);
}

/* --- of a partition --------------------------------------------------------------- */

/* All but the password. */
static enum ma_status begin_logon(const struct settings *set, const char *partition,
                                  struct logon *logon, struct ma_error *err)
{
    *logon = (struct logon){.link = set->logon.link};
    logon->link.user = NULL;
    logon->link.password = NULL;
    if (read_security(set, partition, &logon->link, err) != MA_OK)
        return err->status;
    read_user(set, partition, logon);
    return MA_OK;
}

enum ma_status settings_logon(const struct settings *set, const char *partition,
                              struct logon *logon, struct ma_error *err)
{
    if (begin_logon(set, partition, logon, err) != MA_OK)
        return err->status;
    return read_password(set, partition, logon, err);
}

const char *settings_user(const struct settings *set, const char *partition,
                          struct pool *pool, struct ma_error *err)
{
    struct logon logon;

    return begin_logon(set, partition, &logon, err) == MA_OK
               ? pool_text(pool, logon.user, strlen(logon.user))
               : NULL;
}

bool settings_same_logon(const struct settings *set, const char *a, const char *b)
{
    struct ma_error nobody = {0};
    struct logon x;
    struct logon y;

    if (a == b || !set->partitions_differ)
        return true;
    return begin_logon(set, a, &x, &nobody) == MA_OK &&
           begin_logon(set, b, &y, &nobody) == MA_OK &&
           x.link.security == y.link.security && x.link.method == y.link.method &&
           x.link.seal == y.link.seal && x.link.crl_check == y.link.crl_check &&
           same_user(&x, &y);
}

void logon_end(struct logon *logon)
{
    explicit_bzero(logon->password, sizeof logon->password);
}

/* Most have partitions that say what the agent says: then nothing is compared. */
static void compare_partitions(struct settings *set)
{
    const struct ma_partition *p;
    bool differ = false;

    set->partitions_differ = true; /* looks */
    for (size_t i = 0; (p = set->host->partition(set->host, i)) != NULL && !differ; i++)
        differ = !settings_same_logon(set, NULL, p->name);
    set->partitions_differ = differ;
}

/* --- all of it -------------------------------------------------------------------- */

static enum ma_status read_behaviour(struct settings *set, struct ma_error *err)
{
    const char *anchor = text_of(set, "anchor");
    int delta = DELTA_AUTO;

    set->window = WINDOW;
    set->logon.link.time_limit = SETTINGS_TIME_LIMIT;
    set->anchor = anchor == NULL ? "objectGUID" : kept(set, anchor);
    set->split_refused = true;
    if (read_word(set, "delta", deltas, "auto, dirsync, object-security or usn", &delta,
                  err) != MA_OK ||
        read_flag(set, "tree-delete", &set->tree_delete, err) != MA_OK ||
        read_flag(set, "resend-lost-adds", &set->resend_adds, err) != MA_OK ||
        read_flag(set, "split-refused", &set->split_refused, err) != MA_OK ||
        read_number(set, "window", MOST_IN_WINDOW, &set->window, err) != MA_OK)
        return err->status;
    set->delta = (enum delta_method)delta;
    set->window = set->window == 0 ? 1 : set->window;
    return MA_OK;
}

enum ma_status settings_read(struct settings *set, const struct ma_host *host,
                             struct ma_error *err)
{
    *set = (struct settings){.host = host};
    set->logon.link.ca_file = kept(set, text_of(set, "ca-file"));
    set->logon.link.crl_file = kept(set, text_of(set, "crl-file"));
    set->logon.link.keytab = kept(set, text_of(set, "keytab"));
    set->logon.link.cache = kept(set, text_of(set, "credentials-cache"));
    if (read_place(set, err) != MA_OK ||
        read_security(set, NULL, &set->logon.link, err) != MA_OK)
        return err->status;
    read_user(set, NULL, &set->logon);
    if (read_password(set, NULL, &set->logon, err) != MA_OK ||
        read_behaviour(set, err) != MA_OK)
        return err->status;
    compare_partitions(set);
    return set->pool.failed ? ma_fail(err, MA_NO_MEMORY, "out of memory") : MA_OK;
}

void settings_free(struct settings *set)
{
    logon_end(&set->logon);
    pool_free(&set->pool);
}
