/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What a directory is made of: its schema (discover_schema.c), the partitions of the
 * forest, and the containers of those that are selected.
 */

#include "discover.h"
#include "support/dn.h"

/* --- the root ----------------------------------------------------------------------- */

struct root {
    const char *schema;
    const char *configuration;
    LDAPMessage *message;
};

static enum ma_status read_root(struct discovery *d, struct root *root,
                                struct ma_error *err)
{
    static const char *const attributes[] = {
        "schemaNamingContext", "configurationNamingContext", "namingContexts", NULL};
    enum ma_status status = link_read(d->link, "", LDAP_SCOPE_BASE, "(objectClass=*)",
                                      attributes, NULL, &root->message, err);

    if (status != MA_OK)
        return status;
    root->schema = link_text(d->link, root->message, attributes[0], &d->pool);
    root->configuration = link_text(d->link, root->message, attributes[1], &d->pool);
    return MA_OK;
}

/* --- partitions and containers ---------------------------------------------------- */

static enum ma_status tell_place(struct discovery *d, const char *dn, bool is_container,
                                 struct ma_error *err)
{
    const struct ma_host *host = d->session->host;
    const struct ma_partition found = {
        .size = sizeof found, .name = dn, .is_container = is_container};

    return host->found_partition(host, &found, err);
}

static enum ma_status take_cross_reference(void *context, LDAPMessage *entry,
                                           struct ma_error *err)
{
    struct discovery *d = context;
    struct answer answer = {0};
    enum ma_status status = answer_read(&answer, d->link, entry, err);
    const struct answer_attribute *name = answer_find(&answer, "nCName");

    if (status == MA_OK && name != NULL && name->count > 0)
        status = tell_place(d, name->values[0].data, false, err);
    answer_free(&answer);
    return status;
}

/* All of the forest, wherever they are (systemFlags 1: a partition of it). */
static enum ma_status tell_cross_references(struct discovery *d, const struct root *root,
                                            struct ma_error *err)
{
    static const char *const attributes[] = {"nCName", NULL};
    const struct page_taker taker = {.entry = take_cross_reference, .context = d};
    struct page_search search = {
        .kind = PAGE_RESULTS,
        .scope = LDAP_SCOPE_ONELEVEL,
        .filter = "(&(objectClass=crossRef)(systemFlags:1.2.840.113556.1.4.803:=1))",
        .attributes = attributes,
        .size = 1000,
    };
    char base[1024];

    snprintf(base, sizeof base, "CN=Partitions,%s", root->configuration);
    search.base = base;
    return page_each(d->link, &search, &taker, NULL, err);
}

static enum ma_status tell_naming_contexts(struct discovery *d, const struct root *root,
                                           struct ma_error *err)
{
    struct answer answer = {0};
    LDAPMessage *entry = ldap_first_entry(d->link->ld, root->message);
    enum ma_status status =
        entry == NULL ? MA_OK : answer_read(&answer, d->link, entry, err);
    const struct answer_attribute *names = answer_find(&answer, "namingContexts");

    for (size_t i = 0; status == MA_OK && names != NULL && i < names->count; i++)
        status = tell_place(d, names->values[i].data, false, err);
    answer_free(&answer);
    return status;
}

static enum ma_status take_container(void *context, LDAPMessage *entry,
                                     struct ma_error *err)
{
    struct discovery *d = context;
    struct answer answer = {0};
    enum ma_status status = answer_read(&answer, d->link, entry, err);

    if (status == MA_OK)
        status = tell_place(d, answer.dn, true, err);
    answer_free(&answer);
    return status;
}

static enum ma_status tell_containers_of(struct discovery *d, const char *partition,
                                         struct ma_error *err)
{
    static const char *const nothing[] = {"1.1", NULL};
    const struct page_taker taker = {.entry = take_container, .context = d};
    const struct page_search search = {
        .kind = PAGE_RESULTS,
        .base = partition,
        .scope = LDAP_SCOPE_SUBTREE,
        .filter = "(|(objectClass=organizationalUnit)(objectClass=container)"
                  "(objectClass=builtinDomain))",
        .attributes = nothing,
        .size = 1000,
    };
    enum ma_status status =
        partition[0] == '\0' ? MA_OK : page_each(d->link, &search, &taker, NULL, err);

    return status == MA_NOT_FOUND ? MA_OK : status; /* the partition is told to be gone */
}

/* The index-th selected partition; NULL behind the last, or it has no name of a
 * directory. */
static const char *selected(const struct discovery *d, size_t index)
{
    const struct ma_host *host = d->session->host;
    const struct ma_partition *p = host->partition(host, index);

    return p != NULL && dn_is_ldap(p->name) ? p->name : NULL;
}

/* Of each selected partition, from a server that holds it; without any of the one that
 * the server is for. */
static enum ma_status tell_containers(struct discovery *d, struct ma_error *err)
{
    enum ma_status status = MA_OK;
    const char *partition;
    size_t count = 0;

    while (status == MA_OK && (partition = selected(d, count)) != NULL) {
        count++;
        status = session_connect(d->session, partition, NULL, err);
        if (status != MA_OK)
            break;
        d->link = d->session->directory->link;
        status = tell_containers_of(d, partition, err);
    }
    return count > 0 ? status
                     : tell_containers_of(d, d->session->directory->naming_context, err);
}

static enum ma_status tell_places(struct discovery *d, const struct root *root,
                                  struct ma_error *err)
{
    enum ma_status status = root->configuration[0] != '\0'
                                ? tell_cross_references(d, root, err)
                                : tell_naming_contexts(d, root, err);

    return status == MA_OK ? tell_containers(d, err) : status;
}

enum ma_status discover(void *session, struct ma_error *err)
{
    struct discovery d = {.session = session};
    struct root root = {.schema = "", .configuration = ""};
    enum ma_status status;

    session_patience(d.session, 0);
    status = session_connect(d.session, selected(&d, 0), NULL, err);
    if (status == MA_OK) {
        d.link = d.session->directory->link;
        status = read_root(&d, &root, err);
    }
    if (status == MA_OK)
        status = discover_schema(&d, root.schema, err);
    if (status == MA_OK)
        status = tell_places(&d, &root, err);
    ldap_msgfree(root.message);
    pool_free(&d.pool);
    return status;
}
