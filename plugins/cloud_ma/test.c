/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What an import and an export need, tried before one: the token, each class with what is
 * asked of it, where changes come from; and what the service lets nobody write, which no
 * try would show before an export.
 */

#include "listing.h"
#include "onpremises.h"
#include "probe.h"
#include "reply.h"
#include "session.h"

static enum ma_status tell(struct session *s, enum ma_verdict verdict, const char *tried,
                           const char *of, const char *cause, const char *remedy,
                           struct ma_error *err)
{
    const struct ma_finding finding = {.size = sizeof finding,
                                       .verdict = verdict,
                                       .code = tried,
                                       .attribute = of,
                                       .cause = cause,
                                       .remedy = remedy};

    return s->host->finding(s->host, &finding, err);
}

/* Without an answer nothing else can be tried. */
static bool ends_all(enum ma_status status)
{
    return status == MA_DENIED || status == MA_UNREACHABLE || status == MA_CANCELLED ||
           status == MA_NO_MEMORY;
}

/* --- classes ---------------------------------------------------------------------- */

static enum ma_status read_one(struct session *s, const struct mapped_class *class,
                               struct ma_error *err)
{
    struct listing listing;
    json_t *page = NULL;
    enum ma_status status;

    listing_begin(&listing, s, class, NULL);
    listing.count = 1;
    status = listing_first(&listing, &page, err);
    json_decref(page);
    listing_end(&listing);
    return status;
}

static enum ma_status test_class(struct session *s, const struct mapped_class *class,
                                 struct ma_error *err)
{
    struct ma_error why = {0};
    enum ma_status status = MA_OK;

    if (s->server.types_known && !server_has(s, class))
        return tell(s, class->optional ? MA_UNSURE : MA_REFUSED, "class", class->name,
                    "the service has no such resources",
                    class->optional ? NULL
                                    : "change the mapping, or the selected object types",
                    err);
    status = read_one(s, class, &why);
    if (ends_all(status)) {
        *err = why;
        return status;
    }
    return status == MA_OK
               ? tell(s, MA_ALLOWED, "class", class->name, class->endpoint, NULL, err)
               : tell(s, MA_REFUSED, "class", class->name, why.text,
                      "change the mapping, or grant the application the right to read",
                      err);
}

/* --- what cannot be written ------------------------------------------------------- */

static enum ma_status test_writing(struct session *s, const struct mapped_class *class,
                                   struct ma_error *err)
{
    char of[200];

    if (class->read_only != NULL)
        return tell(s, MA_UNSURE, "writing", class->name, class->read_only, NULL, err);
    for (size_t i = 0; i < class->count; i++) {
        const struct mapped *mapped = &class->attributes[i];

        if (mapped->read_only == NULL)
            continue;
        snprintf(of, sizeof of, "%s/%s", class->name, mapped->name);
        if (tell(s, MA_UNSURE, "writing", of, mapped->read_only, NULL, err) != MA_OK)
            return err->status;
    }
    return MA_OK;
}

/* What comes from a directory is as the last import showed it. */
struct synced {
    size_t count;
    struct bytes some; /* DNs of the first */
};

static struct synced find_synced(const struct session *s,
                                 const struct mapped_class *class)
{
    enum { NAMED = 3 };
    struct synced found = {0};

    for (size_t i = 0; i < s->ids.count; i++) {
        const struct id *id = &s->ids.items[i];

        if (id->class != class - s->mapping.classes || (id->flags & ID_SYNCED) == 0 ||
            found.count++ >= NAMED)
            continue;
        bytes_text(&found.some, found.count > 1 ? ", " : "");
        bytes_text(&found.some, id->dn[0] == '\0' ? id->id : id->dn);
    }
    if (found.count > NAMED)
        bytes_text(&found.some, ", ...");
    return found;
}

/* The attributes that their directory alone changes. */
static void put_mastered(const struct mapped_class *class, struct bytes *out)
{
    const char *between = "";

    for (size_t i = 0; i < class->count; i++) {
        const struct mapped *mapped = &class->attributes[i];

        if (mapped->read_only != NULL || !graph_is_mastered(mapped->path.attribute))
            continue;
        bytes_text(out, between);
        bytes_text(out, mapped->name);
        between = ", ";
    }
}

static enum ma_status test_synced(struct session *s, const struct mapped_class *class,
                                  struct ma_error *err)
{
    struct synced found = find_synced(s, class);
    struct bytes cause = {0};
    char number[24];
    enum ma_status status = MA_OK;

    snprintf(number, sizeof number, "%zu", found.count);
    bytes_text(&cause, number);
    bytes_text(&cause, found.count == 1 ? " object comes" : " objects come");
    bytes_text(&cause, " from a directory on-premises (");
    bytes_add(&cause, found.some.at == NULL ? "" : found.some.at, found.some.length);
    bytes_text(&cause, "), which alone changes there: ");
    put_mastered(class, &cause);
    if (cause.failed || found.some.failed)
        status = ma_fail(err, MA_NO_MEMORY, "out of memory");
    else if (found.count > 0)
        status = tell(s, MA_UNSURE, "writing", class->name, cause.at,
                      "change these in their directory, or keep flows to them out of the "
                      "scope of such objects: an export fails with readonly-attribute",
                      err);
    bytes_free(&cause);
    bytes_free(&found.some);
    return status;
}

/* Nothing is told of them before the first import. */
static enum ma_status load_synced(struct session *s, struct ma_error *err)
{
    const char *folder = s->host->folder(s->host);
    char generation[64];

    ids_begin(&s->ids, folder);
    if (!ids_newest(folder, generation, sizeof generation) ||
        ids_load(&s->ids, folder, generation, ID_KNOWN, err) == MA_OK ||
        err->status == MA_NOT_FOUND)
        return err->status = MA_OK;
    return err->status;
}

static enum ma_status test_directory(struct session *s, struct ma_error *err)
{
    if (!s->mapping.graph)
        return MA_OK;
    if (load_synced(s, err) != MA_OK)
        return err->status;
    for (size_t i = 0; i < s->mapping.count; i++)
        if (s->mapping.classes[i].read_only == NULL &&
            test_synced(s, &s->mapping.classes[i], err) != MA_OK)
            return err->status;
    return MA_OK;
}

/* --- Graph ------------------------------------------------------------------------ */

static enum ma_status test_tenant(struct session *s, struct ma_error *err)
{
    struct ma_error why = {0};
    json_t *page = NULL;
    enum ma_status status = session_get_url(
        s, session_url(s, NULL, NULL, "/organization"), &page, NULL, &why);
    const json_t *tenant = json_array_get(member(page, "value"), 0);
    bool synced = json_is_true(member(tenant, "onPremisesSyncEnabled"));

    json_decref(page);
    if (ends_all(status) && status != MA_DENIED) {
        *err = why;
        return status;
    }
    if (status != MA_OK)
        return tell(s, MA_UNSURE, "tenant", NULL, why.text,
                    "grant the application Organization.Read.All to have this told", err);
    return synced ? tell(s, MA_UNSURE, "tenant", NULL,
                         "it is synchronised from a directory: what comes from there "
                         "refuses changes of what the directory has",
                         "change those objects in their directory", err)
                  : tell(s, MA_ALLOWED, "tenant", NULL, "its objects are its own", NULL,
                         err);
}

static enum ma_status test_changes(struct session *s, struct ma_error *err)
{
    bool filters = s->quirks.deltas == DELTA_LAST_MODIFIED ||
                   (s->quirks.deltas == DELTA_AUTO && s->server.filter);

    if (s->mapping.graph)
        return tell(s, MA_ALLOWED, "changes", NULL, "by rounds of Graph", NULL, err);
    return filters
               ? tell(s, MA_ALLOWED, "changes", NULL,
                      "by meta.lastModified; what is gone, by the ids of all", NULL, err)
               : tell(s, MA_UNSURE, "changes", NULL,
                      "a delta import reads everything: the service cannot filter", NULL,
                      err);
}

/* --- the agent's ------------------------------------------------------------------ */

enum ma_status test_import(void *session, const struct ma_import *what,
                           struct ma_error *err)
{
    struct session *s = session;

    (void)what; /* classes that are not selected may be written all the same */
    if (discover(s, err) != MA_OK || (s->mapping.graph && test_tenant(s, err) != MA_OK))
        return err->status;
    for (size_t i = 0; i < s->mapping.count; i++)
        if (test_class(s, &s->mapping.classes[i], err) != MA_OK)
            return err->status;
    if (test_changes(s, err) != MA_OK ||
        (!s->mapping.graph && probe_quirks(s, &s->mapping.classes[0], err) != MA_OK))
        return err->status;
    for (size_t i = 0; i < s->mapping.count; i++)
        if (test_writing(s, &s->mapping.classes[i], err) != MA_OK)
            return err->status;
    return test_directory(s, err);
}
