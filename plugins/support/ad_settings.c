/* SPDX-License-Identifier: Apache-2.0 */
#include "support/ad_settings.h"

#include <ctype.h>
#include <stdlib.h>

#include "support/text.h"

#define XML "adma-configuration/"

enum { WINDOW = 32, MOST_IN_WINDOW = 256 };

/* --- single parameters ---------------------------------------------------------------
 */

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

static enum ma_status read_flag(const struct settings *set, const char *name, bool *out,
                                struct ma_error *err)
{
    const char *value = text_of(set, name);

    if (value != NULL && !text_is_flag(value, strlen(value), out))
        return bad(name, value, "true or false", err);
    return MA_OK;
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

/* --- where ---------------------------------------------------------------------------
 */

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

/* --- how -----------------------------------------------------------------------------
 */

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
static enum ma_status read_security(struct settings *set, struct ma_error *err)
{
    bool seal = true;
    bool ssl = false;
    bool simple = false;
    int security;
    int method;

    if (read_flag(set, XML "sign-and-seal", &seal, err) != MA_OK ||
        read_flag(set, XML "ssl-bind", &ssl, err) != MA_OK ||
        read_flag(set, XML "simple-bind", &simple, err) != MA_OK)
        return err->status;
    method = simple ? LINK_SIMPLE : LINK_GSSAPI;
    if (read_word(set, "authentication", methods, "kerberos or simple", &method, err) !=
        MA_OK)
        return err->status;
    security = ssl ? LINK_LDAPS : method == LINK_SIMPLE ? LINK_STARTTLS : LINK_PLAIN;
    if (read_word(set, "tls", securities, "ldaps, starttls or none", &security, err) !=
            MA_OK ||
        read_flag(set, "allow-clear-password", &set->link.clear_password, err) != MA_OK)
        return err->status;
    set->link.security = (enum link_security)security;
    set->link.method = (enum link_method)method;
    set->link.seal = seal;
    set->link.ca_file = kept(set, text_of(set, "ca-file"));
    return MA_OK;
}

/* --- who -----------------------------------------------------------------------------
 */

static bool is_whole_name(const char *login)
{
    return strpbrk(login, "@\\=") != NULL;
}

/* A realm is a DNS name in capitals; the NetBIOS name of a domain is none, and then the
 * forest's name has to do. */
static void make_principal(struct settings *set, const char *login, const char *domain)
{
    const char *realm = domain != NULL && strchr(domain, '.') != NULL ? domain
                        : set->forest != NULL                         ? set->forest
                                                                      : domain;
    size_t at = strlen(login) + 1;

    snprintf(set->user, sizeof set->user, "%s@%s", login, realm == NULL ? "" : realm);
    for (; set->link.method == LINK_GSSAPI &&
           set->user[at < PRINCIPAL_SIZE ? at : 0] != '\0';
         at++)
        set->user[at] = (char)toupper((unsigned char)set->user[at]);
}

static void read_user(struct settings *set)
{
    const char *login = text_of(set, "login");
    const char *domain = text_of(set, "domain");

    if (domain == NULL)
        domain = text_of(set, XML "forest-login-domain");
    if (login == NULL)
        login = text_of(set, XML "forest-login-user");
    if (login == NULL)
        return;
    if (is_whole_name(login))
        snprintf(set->user, sizeof set->user, "%s", login);
    else
        make_principal(set, login, domain);
    set->link.user = set->user;
}

static enum ma_status read_password(struct settings *set, struct ma_error *err)
{
    struct ma_error why = {0};
    enum ma_status status = set->host->secret(set->host, "password", set->password,
                                              sizeof set->password, &why);

    if (status == MA_OK)
        set->link.password = set->password;
    else if (status != MA_NOT_FOUND || set->link.method == LINK_SIMPLE)
        return ma_fail(err, MA_DENIED, "%s", why.text);
    return MA_OK;
}

static enum ma_status read_account(struct settings *set, struct ma_error *err)
{
    read_user(set);
    set->link.keytab = kept(set, text_of(set, "keytab"));
    set->link.cache = kept(set, text_of(set, "credentials-cache"));
    if (set->link.method == LINK_GSSAPI &&
        (set->link.keytab != NULL || set->link.cache != NULL))
        return MA_OK;
    return read_password(set, err);
}

/* --- all of it -----------------------------------------------------------------------
 */

static enum ma_status read_behaviour(struct settings *set, struct ma_error *err)
{
    const char *anchor = text_of(set, "anchor");
    int delta = DELTA_AUTO;

    set->window = WINDOW;
    set->link.time_limit = SETTINGS_TIME_LIMIT;
    set->anchor = anchor == NULL ? "objectGUID" : kept(set, anchor);
    set->split_refused = true;
    if (read_word(set, "delta", deltas, "auto, dirsync, object-security or usn", &delta,
                  err) != MA_OK ||
        read_flag(set, "tree-delete", &set->tree_delete, err) != MA_OK ||
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
    if (read_place(set, err) != MA_OK || read_security(set, err) != MA_OK ||
        read_account(set, err) != MA_OK || read_behaviour(set, err) != MA_OK)
        return err->status;
    return set->pool.failed ? ma_fail(err, MA_NO_MEMORY, "out of memory") : MA_OK;
}

void settings_free(struct settings *set)
{
    explicit_bzero(set->password, sizeof set->password);
    pool_free(&set->pool);
}
