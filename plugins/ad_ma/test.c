/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What an import needs, tried one after the other: the connection, the selected
 * containers, the way to find changes, the selected attributes, one page.
 */

#include "import.h"
#include "schema.h"

static enum ma_status tell(const struct import *import, const struct ma_finding *finding,
                           struct ma_error *err)
{
    const struct ma_host *host = import->session->host;

    return host->finding(host, finding, err);
}

/* --- the connection --------------------------------------------------------------- */

static enum ma_status tell_connection(const struct import *import, struct ma_error *err)
{
    const struct link_settings *s = import->link->settings;
    static const char *const securities[] = {
        [LINK_PLAIN] = "", [LINK_STARTTLS] = ", StartTLS", [LINK_LDAPS] = ", LDAPS"};
    char text[512];
    const struct ma_finding finding = {.size = sizeof finding,
                                       .verdict = MA_ALLOWED,
                                       .code = "connection",
                                       .dn = import->base,
                                       .cause = text};
    ber_len_t bits = 0;

    (void)ldap_get_option(import->link->ld, LDAP_OPT_X_SASL_SSF, &bits);
    snprintf(text, sizeof text, "%.300s, %s%s%s%s", import->directory->host,
             s->method == LINK_SIMPLE ? "simple bind" : "Kerberos",
             securities[s->security], bits > 1 ? ", sealed" : "",
             s->crl_check && s->security != LINK_PLAIN ? ", not revoked" : "");
    return tell(import, &finding, err);
}

/* --- containers ------------------------------------------------------------------- */

static enum ma_status test_container(struct import *import, const char *dn,
                                     struct ma_error *err)
{
    static const char *const attributes[] = {"1.1", NULL};
    struct ma_finding finding = {
        .size = sizeof finding, .verdict = MA_ALLOWED, .code = "container", .dn = dn};
    LDAPMessage *answer = NULL;
    enum ma_status status = link_read(import->link, dn, LDAP_SCOPE_BASE,
                                      "(objectClass=*)", attributes, NULL, &answer, err);

    if (status != MA_OK && status != MA_NOT_FOUND)
        return status;
    if (status == MA_NOT_FOUND || ldap_first_entry(import->link->ld, answer) == NULL) {
        finding.verdict = MA_REFUSED;
        finding.cause = "it is not there, or the account may not read it";
        finding.remedy =
            "change the selection of the partition, or let the account read it";
    }
    ldap_msgfree(answer);
    return tell(import, &finding, err);
}

/* --- changes ---------------------------------------------------------------------- */

static const struct {
    enum ma_verdict verdict;
    const char *cause;
    const char *remedy;
} methods[] = {
    [DELTA_AUTO] = {MA_UNSURE, "none is found: there are no delta imports", NULL},
    [DELTA_DIRSYNC] = {MA_ALLOWED, "DirSync, with the right to replicate", NULL},
    [DELTA_OBJECT_SECURITY] =
        {MA_UNSURE, "DirSync, as far as the account may read",
         "grant the account 'Replicating Directory Changes' on the domain: deletes are "
         "then always seen"},
    [DELTA_USN] = {MA_UNSURE, "uSNChanged, as far as the account may read",
                   "grant the account 'Replicating Directory Changes' on the domain, and "
                   "leave 'delta' at auto"},
};

static enum ma_status test_changes(struct import *import, struct ma_error *err)
{
    struct ma_finding finding = {
        .size = sizeof finding, .code = "changes", .dn = import->base};
    enum ma_status status = dirsync_begin(import, err);

    if (status != MA_OK)
        return status;
    finding.verdict = methods[import->mark.method].verdict;
    finding.cause = methods[import->mark.method].cause;
    finding.remedy = methods[import->mark.method].remedy;
    return tell(import, &finding, err);
}

/* --- attributes ------------------------------------------------------------------- */

static enum ma_status test_attributes(struct import *import, struct ma_error *err)
{
    const char *const *names = import->request->attributes;
    struct schema_names schema;
    struct ma_finding finding = {
        .size = sizeof finding,
        .verdict = MA_UNSURE,
        .code = "attribute",
        .cause =
            "the schema of the forest does not have it: it is never imported, and what "
            "flows to it is left out",
        .remedy = "extend the schema, or take it and its flows out of the configuration"};
    enum ma_status status = schema_names_read(&schema, import->link, err);

    for (; status == MA_OK && names != NULL && *names != NULL; names++) {
        finding.attribute = *names;
        if (!schema_names_has(&schema, *names))
            status = tell(import, &finding, err);
    }
    schema_names_free(&schema);
    return status;
}

/* --- a page ----------------------------------------------------------------------- */

struct page {
    struct import *import;
    size_t count;
    bool anchored;
};

static enum ma_status count_entry(void *context, LDAPMessage *entry, struct ma_error *err)
{
    struct page *page = context;
    struct import *import = page->import;
    enum ma_status status = answer_read(&import->answer, import->link, entry, err);

    page->count++;
    page->anchored &= status == MA_OK && shown_anchor(import).length > 0;
    return status;
}

/* One is enough: then the search is given up. */
static enum ma_status end_page(void *context, struct ma_value cookie,
                               struct ma_error *err)
{
    (void)context;
    (void)cookie;
    return ma_fail(err, MA_LIMIT, "a page is enough");
}

static enum ma_status test_page(struct import *import, struct ma_error *err)
{
    struct page page = {.import = import, .anchored = true};
    const struct page_search search = {.kind = PAGE_RESULTS,
                                       .base = import->scope.roots[0],
                                       .scope = LDAP_SCOPE_SUBTREE,
                                       .filter = import->filter,
                                       .attributes = import->attributes,
                                       .size = import->page_size};
    const struct page_taker taker = {count_entry, end_page, &page};
    enum ma_status status = page_each(import->link, &search, &taker, NULL, err);
    char text[64];
    struct ma_finding finding = {.size = sizeof finding,
                                 .verdict = MA_ALLOWED,
                                 .code = "page",
                                 .dn = search.base,
                                 .cause = text};

    if (status == MA_NOT_FOUND)
        return MA_OK; /* told as a container */
    if (status != MA_LIMIT)
        return status;
    snprintf(text, sizeof text, "%zu objects in the first page", page.count);
    if (page.count == 0 || !page.anchored) {
        finding.verdict = MA_UNSURE;
        finding.remedy = "let the account read all properties of the objects: each needs "
                         "its anchor, objectGUID unless the parameter 'anchor' says "
                         "otherwise";
    }
    return tell(import, &finding, err);
}

/* --- all of it -------------------------------------------------------------------- */

enum ma_status test_import(void *session, const struct ma_import *request,
                           struct ma_error *err)
{
    struct import import = {.session = session, .request = request};
    enum ma_status status = import_prepare(&import, NULL, err);

    if (status == MA_OK)
        status = tell_connection(&import, err);
    for (size_t i = 0; i < import.scope.root_count && status == MA_OK; i++)
        status = test_container(&import, import.scope.roots[i], err);
    if (status == MA_OK)
        status = test_changes(&import, err);
    if (status == MA_OK)
        status = test_attributes(&import, err);
    if (status == MA_OK && import.scope.root_count > 0)
        status = test_page(&import, err);
    answer_free(&import.answer);
    pool_free(&import.pool);
    return status;
}
