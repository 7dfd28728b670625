/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Imports. A full one first learns where changes from now on are found, then reads every
 * selected container; a delta one reads the changes since the watermark. A watermark
 * belongs to one database of one domain controller: on another one, or one that was
 * restored, a full import is needed, and said. Where a domain controller is lost in an
 * import, a full one begins anew on the next, a delta one goes on where that has the same
 * database.
 */

#include "import.h"
#include "schema.h"

#include <stdlib.h>
#include <time.h>

#include "support/dn.h"

enum { PAGE = 1000 };

/* --- what is asked for ------------------------------------------------------------ */

static void make_filter(struct import *import, struct bytes *filter)
{
    const char *const *types = import->request->object_types;

    if (types == NULL || types[0] == NULL) {
        bytes_text(filter, "(objectClass=*)");
        return;
    }
    bytes_text(filter, "(|");
    for (; *types != NULL; types++) {
        bytes_text(filter, "(objectClass=");
        bytes_text(filter, *types);
        bytes_char(filter, ')');
    }
    bytes_char(filter, ')');
}

static bool asks_for(const char *const *list, const char *name)
{
    for (; *list != NULL; list++)
        if (strcasecmp(*list, name) == 0)
            return true;
    return false;
}

/* Copied: reads by anchor come when the request is gone. */
static const char *const *make_attributes(struct session *s, struct pool *pool,
                                          const char *const *wanted)
{
    static const char *const everything[] = {"*", NULL};
    const char *const always[] = {"objectClass", s->set.anchor};
    const char **list;
    size_t count = 0;

    if (wanted == NULL || wanted[0] == NULL)
        wanted = everything;
    if (wanted == everything && strcasecmp(s->set.anchor, "objectGUID") == 0)
        return NULL; /* another one may be none that is given unasked */
    while (wanted[count] != NULL)
        count++;
    list = pool_alloc(pool, (count + 3) * sizeof *list);
    if (list == NULL)
        return NULL;
    for (size_t i = 0; i < count; i++)
        list[i] = pool_text(pool, wanted[i], strlen(wanted[i]));
    list[count] = NULL;
    for (size_t i = 0; i < sizeof always / sizeof always[0]; i++)
        if (!asks_for(wanted, always[i])) {
            list[count++] = always[i];
            list[count] = NULL;
        }
    return list;
}

/* --- the connection --------------------------------------------------------------- */

/* Copied: the next server has another directory. */
static const char *base_of(struct import *import)
{
    const char *partition = import->request->partition;
    const char *base = partition != NULL && dn_is_ldap(partition)
                           ? partition
                           : import->directory->naming_context;

    return pool_text(&import->pool, base, strlen(base));
}

enum ma_status import_prepare(struct import *import, const char *preferred,
                              struct ma_error *err)
{
    struct session *s = import->session;
    const struct ma_import *r = import->request;
    struct bytes filter = {0};

    session_patience(s, r->time_limit);
    if (session_connect(s, r->partition, preferred, err) != MA_OK)
        return err->status;
    import->directory = s->directory;
    import->link = s->directory->link;
    import->base = base_of(import);
    import->page_size = r->page_size > 0 ? r->page_size : PAGE;
    import->attributes = make_attributes(s, &import->pool, r->attributes);
    scope_make(&import->scope, &import->pool, import->base, r);
    make_filter(import, &filter);
    import->filter = pool_text(&import->pool, filter.at, filter.length);
    import->pool.failed |= filter.failed;
    bytes_free(&filter);
    return import->pool.failed ? ma_fail(err, MA_NO_MEMORY, "out of memory") : MA_OK;
}

/* --- marks ------------------------------------------------------------------------ */

static enum ma_status tell(struct import *import, bool checkpoint, struct ma_error *err)
{
    const struct ma_host *host = import->session->host;
    struct bytes text = {0};
    struct ma_value value;
    enum ma_status status;

    mark_write(&import->mark, checkpoint, &text);
    value = (struct ma_value){text.at, text.length};
    if (text.failed)
        status = ma_fail(err, MA_NO_MEMORY, "out of memory");
    else
        status = checkpoint ? host->checkpoint(host, value, err)
                            : host->watermark(host, value, err);
    bytes_free(&text);
    return status;
}

static enum ma_status is_same_database(const struct import *import,
                                       const struct mark *mark, struct ma_error *err)
{
    const struct directory *d = import->directory;

    if (strcmp(mark->invocation, d->invocation) == 0)
        return MA_OK;
    return ma_fail(err, MA_FULL_NEEDED,
                   "the last import was from domain controller %s, this is %s%s: its "
                   "numbers are others, a full import is needed",
                   mark->host, d->host,
                   strcasecmp(mark->host, d->host) == 0 ? ", restored or made anew" : "");
}

/* --- full ------------------------------------------------------------------------- */

static enum ma_status take_whole(void *context, LDAPMessage *entry, struct ma_error *err)
{
    return shown_whole(context, entry, err);
}

static enum ma_status container_gone(const struct import *import, const char *dn,
                                     struct ma_error *err)
{
    return ma_fail(err, MA_INVALID,
                   "%s: the selected container '%s' is not there: if it was renamed or "
                   "removed, change the selection of the partition; no object is taken "
                   "for deleted",
                   import->directory->host, dn);
}

static enum ma_status read_root(struct import *import, const char *root,
                                struct ma_error *err)
{
    const struct page_search search = {
        .kind = PAGE_RESULTS,
        .base = root,
        .scope = LDAP_SCOPE_SUBTREE,
        .filter = import->filter,
        .attributes = import->attributes,
        .size = import->page_size,
    };
    const struct page_taker taker = {.entry = take_whole, .context = import};
    enum ma_status status = page_each(import->link, &search, &taker, NULL, err);

    return status == MA_NOT_FOUND ? container_gone(import, root, err) : status;
}

/* What is selected and not there is told before anything is read: a run that dies tells
 * it again. */
static enum ma_status tell_absent(struct import *import, struct ma_error *err)
{
    const struct ma_host *host = import->session->host;
    const char *const *names = import->request->attributes;
    struct schema_names schema;
    enum ma_status status = schema_names_read(&schema, import->link, err);

    for (; status == MA_OK && names != NULL && *names != NULL; names++)
        if (!schema_names_has(&schema, *names))
            status = host->absent(host, *names, err);
    schema_names_free(&schema);
    return status;
}

/* A run that was killed goes on behind the containers that it had read, if the changes
 * since then will be found where it looked for them. */
static bool resume(struct import *import, const struct mark *mark)
{
    struct ma_error ignored;

    if (mark->roots_done == 0 || mark->roots_done > import->scope.root_count ||
        is_same_database(import, mark, &ignored) != MA_OK)
        return false;
    import->mark = *mark;
    return true;
}

/* An object that moves from a container that is still to be read into one that was read
 * is in none of them, and would count as gone. */
static enum ma_status catch_up(struct import *import, struct ma_error *err)
{
    switch (import->mark.method) {
    case DELTA_AUTO:
        return MA_OK;
    case DELTA_USN:
        return usn_catch_up(import, err);
    case DELTA_DIRSYNC:
    case DELTA_OBJECT_SECURITY:
        break;
    }
    return dirsync_catch_up(import, err);
}

static enum ma_status read_roots(struct import *import, struct ma_error *err)
{
    enum ma_status status = MA_OK;

    import->counts = import->scope.root_count > 1;
    for (size_t i = import->mark.roots_done;
         i < import->scope.root_count && status == MA_OK; i++) {
        status = read_root(import, import->scope.roots[i], err);
        import->mark.roots_done = i + 1;
        if (status == MA_OK && i + 1 < import->scope.root_count)
            status = tell(import, true, err);
    }
    return status == MA_OK && import->counts ? catch_up(import, err) : status;
}

/* `from`: the checkpoint of a run that died; NULL: there is none. Where it is of no use,
 * what that run showed does not count, as it is another state. */
static enum ma_status read_all(struct import *import, const struct mark *from,
                               struct ma_error *err)
{
    const struct ma_host *host = import->session->host;
    enum ma_status status = import_prepare(import, from == NULL ? NULL : from->host, err);
    bool resumed = status == MA_OK && from != NULL && resume(import, from);

    if (status == MA_OK && !resumed && import->anew)
        status = host->start_over(host, err);
    if (status == MA_OK)
        status = tell_absent(import, err);
    if (status == MA_OK && !resumed)
        status = dirsync_begin(import, err);
    if (status == MA_OK)
        status = read_roots(import, err);
    if (status != MA_OK || import->mark.method == DELTA_AUTO)
        return status;
    return tell(import, false, err);
}

static enum ma_status full_import(struct import *import, struct ma_error *err)
{
    const struct ma_import *r = import->request;
    struct mark mark = {0};
    bool had = mark_read(&mark, &import->pool, r->checkpoint);
    enum ma_status status;

    import->anew = r->checkpoint.length > 0;
    status = read_all(import, had ? &mark : NULL, err);
    while (status == MA_UNREACHABLE &&
           session_next(import->session, r->partition, err) == MA_OK) {
        told_free(&import->told);
        import->mark = (struct mark){0};
        import->anew = true;
        status = read_all(import, NULL, err);
    }
    return status == MA_UNREACHABLE ? err->status : status;
}

/* --- delta ------------------------------------------------------------------------ */

/* Changes below a container that is not there any more would be changes of nothing. */
static enum ma_status check_roots(struct import *import, struct ma_error *err)
{
    static const char *const attributes[] = {"1.1", NULL};
    enum ma_status status = MA_OK;

    for (size_t i = 0; i < import->scope.root_count && status == MA_OK; i++) {
        LDAPMessage *answer = NULL;

        status = link_read(import->link, import->scope.roots[i], LDAP_SCOPE_BASE,
                           "(objectClass=*)", attributes, NULL, &answer, err);
        ldap_msgfree(answer);
        if (status == MA_NOT_FOUND)
            status = container_gone(import, import->scope.roots[i], err);
    }
    return status;
}

static enum ma_status read_changes(struct import *import, const struct mark *from,
                                   struct ma_error *err)
{
    enum ma_status status = import_prepare(import, from->host, err);

    if (status == MA_OK)
        status = is_same_database(import, from, err);
    if (status == MA_OK)
        status = gap_check(import, from, err);
    if (status == MA_OK)
        status = check_roots(import, err);
    import->mark = *from;
    import->mark.made = import->now;
    if (status == MA_OK) /* its own, should it be lost too */
        import->mark.host = pool_text(&import->pool, import->directory->host,
                                      strlen(import->directory->host));
    if (status == MA_OK)
        status = from->method == DELTA_USN ? usn_changes(import, err)
                                           : dirsync_changes(import, err);
    return status == MA_OK ? tell(import, false, err) : status;
}

static enum ma_status delta_import(struct import *import, struct ma_error *err)
{
    const struct ma_import *r = import->request;
    struct mark mark;
    enum ma_status status;

    if (!mark_read(&mark, &import->pool,
                   r->checkpoint.length > 0 ? r->checkpoint : r->watermark) ||
        mark.method == DELTA_AUTO)
        return ma_fail(err, MA_FULL_NEEDED,
                       "there is no mark of an earlier import to start from: a full "
                       "import is needed");
    status = read_changes(import, &mark, err);
    while (status == MA_UNREACHABLE &&
           session_next(import->session, r->partition, err) == MA_OK) {
        mark = import->mark; /* behind what was read by now */
        status = read_changes(import, &mark, err);
    }
    return status == MA_UNREACHABLE ? err->status : status;
}

/* --- the session's calls ---------------------------------------------------------- */

/* What a read by anchor will want to know. */
static void remember(struct session *s, const struct import *import)
{
    pool_reset(&s->pool);
    s->partition = pool_text(&s->pool, import->base, strlen(import->base));
    s->attributes = make_attributes(s, &s->pool, import->request->attributes);
}

enum ma_status import_entries(void *session, const struct ma_import *request,
                              struct ma_error *err)
{
    struct session *s = session;
    struct import import = {.session = s, .request = request, .now = time(NULL)};
    enum ma_status status =
        request->full ? full_import(&import, err) : delta_import(&import, err);

    if (import.base != NULL)
        remember(s, &import);
    told_free(&import.told);
    answer_free(&import.answer);
    pool_free(&import.pool);
    return status;
}

enum ma_status import_again(void *session, const struct ma_value *anchors, size_t count,
                            struct ma_error *err)
{
    struct session *s = session;
    struct import import = {.session = s,
                            .directory = s->directory,
                            .base = s->partition,
                            .filter = "(objectClass=*)",
                            .attributes = s->attributes,
                            .page_size = PAGE};
    enum ma_status status;

    if (s->directory == NULL || s->partition == NULL)
        return ma_fail(err, MA_BROKEN, "objects are read again behind an import only");
    import.link = s->directory->link;
    status = again_by_anchor(&import, anchors, count, err);
    answer_free(&import.answer);
    pool_free(&import.pool);
    return status;
}
