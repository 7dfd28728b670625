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

struct session {
    const struct ma_host *host;
    struct settings set; /* not read where there is a dump */
    struct dump dump;
    struct audit audit;
    /* of the last list that was given away */
    struct pool lists;
    char mark[AMEND_MARK];
};

static const char *param(const struct ma_host *host, const char *name)
{
    const char *value = host->param(host, name);

    return value == NULL ? "" : value;
}

static bool flag(const struct ma_host *host, const char *name)
{
    return strcmp(param(host, name), "true") == 0;
}

/* --- beginning -------------------------------------------------------------------- */

static enum ma_status load_dump(struct session *session, struct ma_error *err)
{
    const struct ma_host *host = session->host;
    enum ma_status status = MA_OK;
    const char *file;
    size_t i;

    dump_begin(&session->dump, NULL);
    for (i = 0; status == MA_OK && (file = host->param_at(host, "audit-ldif", i)) != NULL;
         i++)
        status = dump_load(&session->dump, file, err);
    session->audit.places.dump = &session->dump;
    return status == MA_OK ? dump_ready(&session->dump, err) : status;
}

/* The audited account is the one that is bound as where an object is, unless another is
 * named. */
static void begin(struct session *session)
{
    struct audit *audit = &session->audit;
    const struct ma_host *host = session->host;

    session->set.host = host; /* of a dump there is no more of them */
    audit->host = host;
    audit->places.set = &session->set;
    audit->feature = param(host, "audit-feature");
    audit->second_opinion = flag(host, "audit-verify");
    audit->every_controller =
        flag(host, "audit-every-controller") && audit->places.dump == NULL;
    audit->notes = flag(host, "audit-notes");
    audit->narrow = flag(host, "audit-narrow");
    audit->account = param(host, "audit-account");
    audit->request = (struct realm_request){
        .group = param(host, "audit-group"),
        .home = param(host, "audit-account-domain"),
        .check = audit->second_opinion,
        .is_us = audit->account[0] == '\0',
    };
}

/* --- the role --------------------------------------------------------------------- */

static void close_session(void *handle)
{
    struct session *session = handle;

    audit_end(&session->audit);
    pool_free(&session->lists);
    dump_end(&session->dump);
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
    status = param(host, "audit-ldif")[0] != '\0'
                 ? load_dump(session, err)
                 : settings_read(&session->set, host, err);
    if (status == MA_OK) {
        begin(session);
        *out = session;
    } else {
        close_session(session);
    }
    return status;
}

static enum ma_status check(void *handle, const struct ma_planned *planned, size_t count,
                            struct ma_error *err)
{
    struct session *session = handle;

    return count == 0 ? MA_OK : audit_check(&session->audit, planned, count, err);
}

static void prepare(void *handle)
{
    struct session *session = handle;
    const char *only = directory_only_partition(session->host);

    if (only != NULL)
        places_early(&session->audit.places, only);
}

/* The connection to the domain of the object: a dump has none. */
static enum ma_status link_to(struct session *session, const char *dn, struct link **out,
                              struct ma_error *err)
{
    struct place *place;
    enum ma_status status = places_of(&session->audit.places, dn, &place, err);

    if (status == MA_OK && place->directory == NULL)
        return ma_fail(err, MA_INVALID, "a dump cannot be written to");
    if (status == MA_OK)
        *out = place->directory->link;
    return status;
}

/* --- lists ------------------------------------------------------------------------ */

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
    struct link *link = NULL;
    enum ma_status status = link_to(session, dn, &link, err);

    pool_reset(&session->lists);
    if (status == MA_OK)
        status = lists_read(link, dn, &session->lists, &list, err);
    return status == MA_OK ? give(session, list, out, err) : status;
}

static enum ma_status give_edited(struct session *session, enum ma_status status,
                                  struct bytes *edited, struct ma_list *out,
                                  struct ma_error *err)
{
    struct ma_value kept;

    pool_reset(&session->lists);
    kept = pool_value(&session->lists, edited->at, edited->length);
    bytes_free(edited);
    return status == MA_OK ? give(session, kept, out, err) : status;
}

static enum ma_status edit_list(void *handle, struct ma_value list, const char *grant,
                                struct ma_list *out, struct ma_error *err)
{
    struct bytes edited = {0};
    enum ma_status status = amend_add(list, grant, &edited, err);

    return give_edited(handle, status, &edited, out, err);
}

static enum ma_status reduce_list(void *handle, struct ma_value list, const char *grant,
                                  struct ma_list *out, struct ma_error *err)
{
    struct bytes edited = {0};
    enum ma_status status = amend_remove(list, grant, &edited, err);

    return give_edited(handle, status, &edited, out, err);
}

static enum ma_status write_list(void *handle, const char *dn, struct ma_value list,
                                 struct ma_error *err)
{
    struct session *session = handle;
    struct bytes sent = {0};
    struct link *link = NULL;
    enum ma_status status = amend_restore(list, &sent, err);

    if (status == MA_OK)
        status = link_to(session, dn, &link, err);
    if (status == MA_OK)
        status = lists_write(link, dn, (struct ma_value){sent.at, sent.length}, err);
    bytes_free(&sent);
    return status;
}

/* --- the group -------------------------------------------------------------------- */

static enum ma_status enroll(void *handle, const char *dn, bool member,
                             struct ma_error *err)
{
    struct session *session = handle;
    struct audit *audit = &session->audit;
    struct realm realm = {.key = "", .login = audit_login(audit, dn, err)};
    struct link *link = NULL;
    struct place *place;
    enum ma_status status =
        realm.login == NULL ? err->status : link_to(session, dn, &link, err);

    if (status == MA_OK)
        status = places_of(&audit->places, dn, &place, err);
    if (status == MA_OK)
        status = audit_find_places(audit, place->origin, err);
    if (status != MA_OK)
        return status;
    realm.place = place;
    audit->request.places = &audit->places;
    audit->request.configuration = audit->configuration;
    audit->request.pool = &audit->pool;
    status = realm_read_principal(&realm, &audit->request, err);
    if (status == MA_OK)
        status = enroll_account(link, session->host, &realm.principal, place->domain,
                                member, err);
    realm_free(&realm);
    return status;
}

static const struct ma_param params[] = {
    {.name = "audit-account",
     .type = MA_STRING,
     .help = "Whose rights are audited; the agent's own account without it."},
    {.name = "audit-group",
     .type = MA_STRING,
     .fallback = "MSOL_AD_Sync_RichCoexistence",
     .help = "The group that should have the rights; empty: the account alone."},
    {.name = "audit-account-domain",
     .type = MA_STRING,
     .help = "The DNS name of the account's domain, where its name does not tell."},
    {.name = "audit-ldif",
     .type = MA_STRING,
     .help = "Dumps to be audited instead of a directory; one file each."},
    {.name = "audit-feature",
     .type = MA_STRING,
     .help = "What this needs is no privilege too many."},
    {.name = "audit-every-controller",
     .type = MA_BOOLEAN,
     .fallback = "false",
     .help = "Compare with the other domain controllers of each domain."},
    {.name = "audit-notes",
     .type = MA_BOOLEAN,
     .fallback = "false",
     .help = "Tell what is of no effect, too."},
    {.name = "audit-narrow",
     .type = MA_BOOLEAN,
     .fallback = "false",
     .help = "Tell what could stand in the place of entries for too much."},
    {.name = "audit-writes",
     .type = MA_STRING,
     .help = "TYPE:ATTRIBUTE, once for each that the rules write."},
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
    .reduce_list = reduce_list,
    .prepare = prepare,
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
