/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Changes by DirSync. An entry of it lists what changed since the cookie. What was
 * created, renamed, moved or undeleted is read whole instead, with all that lies below
 * it: DirSync says nothing of objects whose DN changed because a container's did.
 */

#include "import.h"

/* A filter that nothing matches: the cookie alone is wanted. */
static const char nothing[] =
    "(objectGUID=\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00)";

static struct page_search search_of(const struct import *import, enum delta_method method)
{
    return (struct page_search){
        .kind = PAGE_DIRSYNC,
        .base = import->base,
        .scope = LDAP_SCOPE_SUBTREE,
        .flags = PAGE_INCREMENTAL_VALUES | PAGE_ANCESTORS_FIRST |
                 (method == DELTA_OBJECT_SECURITY ? PAGE_OBJECT_SECURITY : 0),
    };
}

/* --- the beginning ---------------------------------------------------------------- */

static enum ma_status keep_cookie(void *context, struct ma_value cookie,
                                  struct ma_error *err)
{
    struct import *import = context;

    import->mark.cookie = pool_value(&import->pool, cookie.data, cookie.length);
    return import->pool.failed ? ma_fail(err, MA_NO_MEMORY, "out of memory") : MA_OK;
}

static enum ma_status pass_over(void *context, LDAPMessage *entry, struct ma_error *err)
{
    (void)context;
    (void)entry;
    (void)err;
    return MA_OK;
}

/* *refused: the server does not do it for us. */
static enum ma_status try_method(struct import *import, enum delta_method method,
                                 bool *refused, struct ma_error *err)
{
    static const char *const attributes[] = {"objectGUID", NULL};
    struct page_search search = search_of(import, method);
    const struct page_taker taker = {pass_over, keep_cookie, import};
    enum ma_status status;
    int code;

    search.filter = nothing;
    search.attributes = attributes;
    status = page_each(import->link, &search, &taker, &code, err);
    *refused = status != MA_OK &&
               (code == LDAP_INSUFFICIENT_ACCESS || code == LDAP_UNWILLING_TO_PERFORM ||
                code == LDAP_UNAVAILABLE_CRITICAL_EXTENSION);
    if (status == MA_OK)
        import->mark.method = method;
    return status;
}

/* By other methods deletes are seen as far as the account sees what was deleted. */
static enum ma_status check_tombstones(struct import *import, struct ma_error *err)
{
    const struct ma_host *host = import->session->host;
    static const char *const attributes[] = {"objectClass", NULL};
    LDAPControl *controls[2] = {NULL, NULL};
    LDAPMessage *answer = NULL;
    char base[1024];
    enum ma_status status;

    snprintf(base, sizeof base, "CN=Deleted Objects,%s", import->base);
    if (ldap_create_show_deleted_control(import->link->ld, &controls[0]) != LDAP_SUCCESS)
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    status = link_read(import->link, base, LDAP_SCOPE_BASE, "(objectClass=*)", attributes,
                       controls, &answer, err);
    ldap_control_free(controls[0]);
    if (status == MA_NOT_FOUND || status == MA_DENIED ||
        (status == MA_OK &&
         link_text(import->link, answer, "objectClass", &import->pool)[0] == '\0')) {
        host->log(host, MA_LOG_WARNING,
                  "the account may not read '%s': a delta import does not see deletes, "
                  "only a full import does",
                  base);
        status = MA_OK;
    }
    ldap_msgfree(answer);
    return status;
}

static enum ma_status use_usn(struct import *import, struct ma_error *err)
{
    if (import->directory->usn == 0)
        return ma_fail(err, MA_INVALID, "%s has no change numbers",
                       import->directory->host);
    import->mark.method = DELTA_USN;
    import->mark.usn = import->directory->usn;
    return check_tombstones(import, err);
}

static void say_method(struct import *import, const char *text)
{
    const struct ma_host *host = import->session->host;

    host->log(host, MA_LOG_INFO, "%s: %s", import->directory->host, text);
}

static enum ma_status try_all(struct import *import, struct ma_error *err)
{
    bool refused;
    enum ma_status status = try_method(import, DELTA_DIRSYNC, &refused, err);

    if (status == MA_OK || !refused)
        return status;
    say_method(import, "the account lacks 'Replicating Directory Changes': changes are "
                       "read as far as it may read the objects");
    status = try_method(import, DELTA_OBJECT_SECURITY, &refused, err);
    if (status == MA_OK)
        return check_tombstones(import, err);
    if (!refused)
        return status;
    say_method(import, "it does not do DirSync: changes are found by uSNChanged");
    if (import->directory->usn != 0)
        return use_usn(import, err);
    say_method(import, "it has no change numbers: there are no delta imports");
    return MA_OK;
}

enum ma_status dirsync_begin(struct import *import, struct ma_error *err)
{
    enum delta_method method = import->session->set.delta;
    bool refused;
    enum ma_status status;

    import->mark = (struct mark){.host = import->directory->host,
                                 .invocation = import->directory->invocation,
                                 .made = import->now};
    if (method == DELTA_AUTO)
        return try_all(import, err);
    if (method == DELTA_USN)
        return use_usn(import, err);
    status = try_method(import, method, &refused, err);
    return status == MA_OK && method == DELTA_OBJECT_SECURITY
               ? check_tombstones(import, err)
               : status;
}

/* --- changes ---------------------------------------------------------------------- */

struct changes {
    struct import *import;
    struct pool pool; /* of a piece */
    struct ma_value *whole;
    size_t whole_count;
    size_t whole_capacity;
    const char **moved;
    size_t moved_count;
    size_t moved_capacity;
};

static void want_whole(struct changes *c)
{
    struct ma_value anchor = shown_anchor(c->import);
    struct ma_value *grown =
        pool_grow(&c->pool, c->whole, c->whole_count, &c->whole_capacity, sizeof *grown);

    if (grown == NULL)
        return;
    c->whole = grown;
    c->whole[c->whole_count++] = pool_value(&c->pool, anchor.data, anchor.length);
}

static void want_below(struct changes *c)
{
    const char *dn = c->import->answer.dn;
    const char **grown =
        pool_grow(&c->pool, c->moved, c->moved_count, &c->moved_capacity, sizeof *grown);

    if (grown == NULL)
        return;
    c->moved = grown;
    c->moved[c->moved_count++] = pool_text(&c->pool, dn, strlen(dn));
}

/* The name comes with a new object, a renamed, a moved and an undeleted one. */
static bool has_new_place(const struct import *import)
{
    return shown_has(import, "objectClass") || shown_has(import, "name") ||
           shown_has(import, "parentGUID") || shown_has(import, "isDeleted");
}

static enum ma_status take_change(void *context, LDAPMessage *entry, struct ma_error *err)
{
    struct changes *c = context;
    struct import *import = c->import;
    enum ma_status status = answer_read(&import->answer, import->link, entry, err);

    if (status != MA_OK)
        return status;
    if (shown_is_deleted(import))
        return shown_deleted(import, err);
    if (!has_new_place(import))
        return shown_change(import, err);
    if (!shown_has(import, "objectClass"))
        want_below(c);
    if (!scope_has(&import->scope, import->answer.dn))
        return shown_change(import, err); /* out of what is selected, as its DN tells */
    want_whole(c);                        /* before what is below it: that moves along */
    return MA_OK;
}

static enum ma_status set_checkpoint(struct import *import, struct ma_error *err)
{
    const struct ma_host *host = import->session->host;
    struct bytes text = {0};
    enum ma_status status;

    mark_write(&import->mark, false, &text);
    status = text.failed
                 ? ma_fail(err, MA_NO_MEMORY, "out of memory")
                 : host->checkpoint(host, (struct ma_value){text.at, text.length}, err);
    bytes_free(&text);
    return status;
}

/* What a piece announced, read whole. */
static enum ma_status read_announced(struct changes *c, struct ma_error *err)
{
    enum ma_status status =
        c->pool.failed ? ma_fail(err, MA_NO_MEMORY, "out of memory")
                       : again_by_anchor(c->import, c->whole, c->whole_count, err);

    for (size_t i = 0; i < c->moved_count && status == MA_OK; i++)
        status = again_below(c->import, c->moved[i], err);
    pool_reset(&c->pool);
    c->whole = NULL;
    c->moved = NULL;
    c->whole_count = c->whole_capacity = c->moved_count = c->moved_capacity = 0;
    return status;
}

static enum ma_status end_piece(void *context, struct ma_value cookie,
                                struct ma_error *err)
{
    struct changes *c = context;
    enum ma_status status = read_announced(c, err);

    if (status == MA_OK)
        status = keep_cookie(c->import, cookie, err);
    return status == MA_OK ? set_checkpoint(c->import, err) : status;
}

/* Beside what is selected, what tells an object's place. */
static const char *const *attributes_of(struct import *import)
{
    static const char *const more[] = {"name", "parentGUID", "isDeleted", NULL};
    const char *const *from = import->attributes;
    const char **list;
    size_t count = 0;

    while (from != NULL && from[count] != NULL)
        count++;
    list = from == NULL ? NULL : pool_alloc(&import->pool, (count + 4) * sizeof *list);
    if (list == NULL)
        return NULL;
    memcpy(list, from, count * sizeof *list);
    memcpy(list + count, more, sizeof more);
    return list;
}

static enum ma_status refused(const struct import *import, int code, struct ma_error *err)
{
    const struct ma_error why = *err;

    if (code == LDAP_INSUFFICIENT_ACCESS)
        return ma_fail(err, MA_FULL_NEEDED,
                       "the account may not read the changes any more; a full import "
                       "looks for another way (%.300s)",
                       why.text);
    return ma_fail(err, MA_FULL_NEEDED,
                   "%s does not know the cookie of the last import any more: a full "
                   "import is needed (%.300s)",
                   import->directory->host, why.text);
}

static bool is_refusal(int code)
{
    return code == LDAP_INSUFFICIENT_ACCESS || code == LDAP_UNWILLING_TO_PERFORM ||
           code == LDAP_UNAVAILABLE_CRITICAL_EXTENSION || code == LDAP_PROTOCOL_ERROR ||
           code == LDAP_OPERATIONS_ERROR || code == LDAP_CONSTRAINT_VIOLATION ||
           code == LDAP_OTHER;
}

enum ma_status dirsync_changes(struct import *import, struct ma_error *err)
{
    struct changes c = {.import = import};
    struct page_search search = search_of(import, import->mark.method);
    const struct page_taker taker = {take_change, end_piece, &c};
    enum ma_status status;
    int code;

    search.filter = import->filter;
    search.attributes = attributes_of(import);
    search.cookie = import->mark.cookie;
    status = page_each(import->link, &search, &taker, &code, err);
    pool_free(&c.pool);
    return status != MA_OK && is_refusal(code) ? refused(import, code, err) : status;
}

/* --- what came while a full import read ------------------------------------------- */

static enum ma_status take_new_place(void *context, LDAPMessage *entry,
                                     struct ma_error *err)
{
    struct changes *c = context;
    struct import *import = c->import;
    enum ma_status status = answer_read(&import->answer, import->link, entry, err);

    if (status != MA_OK || shown_is_deleted(import) || !has_new_place(import))
        return status;
    if (!shown_has(import, "objectClass"))
        want_below(c);
    if (scope_has(&import->scope, import->answer.dn))
        want_whole(c);
    return MA_OK;
}

static enum ma_status end_new_places(void *context, struct ma_value cookie,
                                     struct ma_error *err)
{
    (void)cookie; /* the mark stays where the import began */
    return read_announced(context, err);
}

enum ma_status dirsync_catch_up(struct import *import, struct ma_error *err)
{
    struct changes c = {.import = import};
    struct page_search search = search_of(import, import->mark.method);
    const struct page_taker taker = {take_new_place, end_new_places, &c};
    enum ma_status status;

    search.filter = import->filter;
    search.attributes = attributes_of(import);
    search.cookie = import->mark.cookie;
    status = page_each(import->link, &search, &taker, NULL, err);
    pool_free(&c.pool);
    return status;
}
