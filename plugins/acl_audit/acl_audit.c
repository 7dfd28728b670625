/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The audit of rights in Active Directory: which planned write a domain controller would
 * refuse with 8344, by which entry, and what would mend it; and, where somebody with the
 * right to do it wants it, the mending. It connects as the agent does whose writes it
 * audits, with the parameters that ad_ma has.
 */
#include <stdlib.h>

#include "amend.h"
#include "audit.h"
#include "enroll.h"
#include "lists.h"
#include "schema.h"
#include "support/ad_directory.h"
#include "support/ad_settings.h"
#include "support/sid.h"

struct session {
    const struct ma_host *host;
    struct settings set;
    struct directory *directory;
    struct audit audit;
    bool ready;
    /* of the last list that was given away */
    struct pool lists;
    char mark[AMEND_MARK];
};

static const char *param(const struct ma_host *host, const char *name)
{
    const char *value = host->param(host, name);

    return value == NULL ? "" : value;
}

/* --- what has to be known first --------------------------------------------------------
 */

/* Where the schema and the configuration of the forest are, from the root DSE. */
static enum ma_status find_places(struct audit *audit, struct schema_place *out,
                                  struct ma_error *err)
{
    static const char *const attributes[] = {"schemaNamingContext",
                                             "configurationNamingContext", NULL};
    LDAPMessage *answer = NULL;
    enum ma_status status = link_read(audit->link, "", LDAP_SCOPE_BASE, "(objectClass=*)",
                                      attributes, NULL, &answer, err);

    if (status == MA_OK) {
        out->schema = link_text(audit->link, answer, "schemaNamingContext", &audit->pool);
        out->configuration =
            link_text(audit->link, answer, "configurationNamingContext", &audit->pool);
    }
    ldap_msgfree(answer);
    return status;
}

static enum ma_status load_principal(struct session *session, struct ma_error *err)
{
    struct audit *audit = &session->audit;
    const char *account = param(session->host, "audit-account");
    const struct principal_request request = {
        .domain = audit->domain,
        .login = account[0] != '\0' ? account : session->set.user,
        .group = param(session->host, "audit-group"),
    };

    if (request.login[0] == '\0')
        return ma_fail(err, MA_INVALID,
                       "the account is not known: name it with the parameter 'login' or "
                       "'audit-account'");
    return principal_read(audit->link, &request, &audit->principal, err);
}

static enum ma_status load_domain_sid(struct audit *audit, struct ma_error *err)
{
    struct object_state *domain = &audit->head;
    enum ma_status status;

    domain->dn = audit->domain;
    status = objects_read(audit->link, &audit->pool, domain, 1, false, err);
    if (status == MA_OK && domain->sid == NULL)
        status = ma_fail(err, MA_INVALID,
                         "%s has no objectSid: it is no domain of Active "
                         "Directory",
                         audit->domain);
    if (status != MA_OK)
        return status;
    memcpy(audit->domain_sid, domain->sid, sid_size(domain->sid));
    audit->domains = (struct sddl_domains){audit->domain_sid, NULL};
    return MA_OK;
}

static enum ma_status load_guarded(struct audit *audit, const char *configuration,
                                   struct ma_error *err)
{
    const struct guarded_request request = {audit->domain, configuration,
                                            audit->domain_sid};
    char dn[1024];

    (void)snprintf(dn, sizeof dn, "CN=AdminSDHolder,CN=System,%s", audit->domain);
    audit->holder_dn = pool_text(&audit->pool, dn, strlen(dn));
    audit->holder.dn = audit->holder_dn;
    if (objects_read(audit->link, &audit->pool, &audit->holder, 1, false, err) != MA_OK)
        return err->status;
    return guarded_read(audit->link, &request, &audit->guarded, err);
}

static enum ma_status load(struct session *session, struct ma_error *err)
{
    struct audit *audit = &session->audit;
    struct schema_place place = {0};
    enum ma_status status = find_places(audit, &place, err);

    if (status == MA_OK)
        status = schema_load(audit->link, &place, &audit->forest, err);
    if (status == MA_OK)
        status = load_domain_sid(audit, err);
    if (status == MA_OK)
        status = load_principal(session, err);
    return status == MA_OK ? load_guarded(audit, place.configuration, err) : status;
}

/* The first call connects: only then there is something to ask. */
static enum ma_status connect_to(struct session *session, const char *dn,
                                 struct ma_error *err)
{
    if (session->directory != NULL)
        return MA_OK;
    return directory_open(&session->directory, &session->set,
                          directory_domain(&session->audit.pool, dn), NULL, err);
}

static enum ma_status begin(struct session *session, const char *dn, struct ma_error *err)
{
    struct audit *audit = &session->audit;
    enum ma_status status = connect_to(session, dn, err);

    if (status != MA_OK)
        return status;
    audit->host = session->host;
    audit->link = session->directory->link;
    audit->domain = session->directory->naming_context;
    audit->second_opinion = strcmp(param(session->host, "audit-verify"), "true") == 0;
    status = load(session, err);
    session->ready = status == MA_OK;
    return status == MA_OK ? audit_account(audit, err) : status;
}

/* --- the role --------------------------------------------------------------------------
 */

static void close_session(void *handle)
{
    struct session *session = handle;

    forest_end(&session->audit.forest);
    principal_free(&session->audit.principal);
    guarded_free(&session->audit.guarded);
    containers_free(&session->audit.containers);
    pool_free(&session->audit.pool);
    pool_free(&session->audit.page);
    pool_free(&session->lists);
    directory_close(session->directory);
    settings_free(&session->set);
    free(session);
}

static enum ma_status open_session(const struct ma_host *host, void **out,
                                   struct ma_error *err)
{
    struct session *session = calloc(1, sizeof *session);
    enum ma_status status;

    if (session == NULL)
        return ma_fail(err, MA_NO_MEMORY, "no memory for a session");
    session->host = host;
    status = settings_read(&session->set, host, err);
    if (status == MA_OK)
        *out = session;
    else
        close_session(session);
    return status;
}

static enum ma_status check(void *handle, const struct ma_planned *planned, size_t count,
                            struct ma_error *err)
{
    struct session *session = handle;

    if (count == 0)
        return MA_OK;
    if (!session->ready && begin(session, planned[0].dn, err) != MA_OK)
        return err->status;
    return audit_check(&session->audit, planned, count, err);
}

/* --- lists
 * ------------------------------------------------------------------------------
 */

static enum ma_status give(struct session *session, struct ma_value list,
                           struct ma_list *out, struct ma_error *err)
{
    struct bytes text = {0};
    struct descriptor sd;

    if (descriptor_read(list, &sd, err) != MA_OK ||
        amend_mark(list, session->mark, err) != MA_OK)
        return err->status;
    sddl_print(&sd, NULL, &text);
    *out = (struct ma_list){.size = sizeof *out,
                            .bytes = list,
                            .mark = session->mark,
                            .text = pool_text(&session->lists, text.at, text.length)};
    bytes_free(&text);
    return session->lists.failed ? ma_fail(err, MA_NO_MEMORY, "no memory for a list")
                                 : MA_OK;
}

static enum ma_status read_list(void *handle, const char *dn, struct ma_list *out,
                                struct ma_error *err)
{
    struct session *session = handle;
    struct ma_value list;
    enum ma_status status = connect_to(session, dn, err);

    pool_reset(&session->lists);
    if (status == MA_OK)
        status = lists_read(session->directory->link, dn, &session->lists, &list, err);
    return status == MA_OK ? give(session, list, out, err) : status;
}

static enum ma_status edit_list(void *handle, struct ma_value list, const char *grant,
                                struct ma_list *out, struct ma_error *err)
{
    struct session *session = handle;
    struct bytes edited = {0};
    struct ma_value kept;
    enum ma_status status = amend_add(list, grant, &edited, err);

    pool_reset(&session->lists);
    kept = pool_value(&session->lists, edited.at, edited.length);
    bytes_free(&edited);
    return status == MA_OK ? give(session, kept, out, err) : status;
}

static enum ma_status write_list(void *handle, const char *dn, struct ma_value list,
                                 struct ma_error *err)
{
    struct session *session = handle;
    struct bytes sent = {0};
    enum ma_status status = amend_restore(list, &sent, err);

    if (status == MA_OK)
        status = connect_to(session, dn, err);
    if (status == MA_OK)
        status = lists_write(session->directory->link, dn,
                             (struct ma_value){sent.at, sent.length}, err);
    bytes_free(&sent);
    return status;
}

/* --- the group ------------------------------------------------------------------------
 */

static enum ma_status enroll(void *handle, const char *dn, bool member,
                             struct ma_error *err)
{
    struct session *session = handle;
    struct audit *audit = &session->audit;
    enum ma_status status = connect_to(session, dn, err);

    if (status != MA_OK)
        return status;
    audit->link = session->directory->link;
    audit->domain = session->directory->naming_context;
    status = load_principal(session, err);
    return status == MA_OK ? enroll_account(audit->link, session->host, &audit->principal,
                                            audit->domain, member, err)
                           : status;
}

static const struct ma_param params[] = {
    {.name = "audit-account",
     .type = MA_STRING,
     .help = "Whose rights are audited; the agent's own account without it."},
    {.name = "audit-group",
     .type = MA_STRING,
     .fallback = "MSOL_AD_Sync_RichCoexistence",
     .help = "The group that should have the rights; empty: the account alone."},
    {.name = "audit-verify",
     .type = MA_BOOLEAN,
     .fallback = "false",
     .help = "Compare each verdict with what the server says itself."},
    {.name = NULL}};

static const struct ma_audit role = {
    .size = sizeof role,
    .open = open_session,
    .close = close_session,
    .check = check,
    .read_list = read_list,
    .edit_list = edit_list,
    .write_list = write_list,
    .enroll = enroll,
};

static const struct ma_plugin description = {
    .abi = MA_ABI,
    .size = sizeof description,
    .name = "acl_audit",
    .version = "0.1.0",
    .params = params,
    .audit = &role,
};

MA_PLUGIN(description)
