/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Exports. A window of objects is under way at once; what has to do with an object under
 * way, by its place in the tree or by naming it, waits until that is settled. Each object
 * is reported as soon as its last answer is there. Where the server goes away, the window
 * goes over to the next one, and what nobody answered is looked up there first.
 */

#include <stdlib.h>

#include "operation.h"
#include "session.h"
#include "support/dn.h"

enum { SEALED_BITS = 56 };

struct window {
    struct exporter exporter;
    const struct ma_entry *const *entries;
    size_t next; /* of them, to be sent */
    size_t end;
    struct operation *under_way; /* `size` of them; entry NULL: free */
    size_t size;
    size_t count;
};

/* --- what waits for what
 * ------------------------------------------------------------------ */

static bool related(const char *a, const char *b)
{
    return dn_is_under(a, b) || dn_is_under(b, a);
}

static bool names_it(const struct ma_entry *entry, const char *folded)
{
    for (size_t i = 0; i < entry->count; i++) {
        const struct ma_attribute *a = &entry->attributes[i];

        for (size_t v = 0; a->type == MA_REFERENCE && v < a->count; v++)
            if (dn_is(a->values[v].data, folded))
                return true;
    }
    return false;
}

static bool has_to_wait(const struct window *w, const struct operation *next)
{
    for (size_t i = 0; i < w->size; i++) {
        const struct operation *o = &w->under_way[i];

        if (o->entry != NULL && (related(o->folded_from, next->folded_from) ||
                                 related(o->folded_to, next->folded_to) ||
                                 related(o->folded_from, next->folded_to) ||
                                 related(o->folded_to, next->folded_from) ||
                                 names_it(next->entry, o->folded_to)))
            return true;
    }
    return false;
}

/* --- one object
 * --------------------------------------------------------------------------- */

static enum ma_status settle(struct window *w, struct operation *o, struct ma_error *err)
{
    const struct ma_host *host = w->exporter.host;
    bool failed = o->outcome == MA_EXPORT_FAILED;
    const struct ma_result result = {
        .size = sizeof result,
        .outcome = o->outcome,
        .anchor = o->anchor,
        .error_type = failed ? o->failure.type : NULL,
        .error_code = failed && o->failure.code[0] != '\0' ? o->failure.code : NULL,
        .error_literal = failed ? o->failure.literal : NULL,
        .server_detail =
            failed && o->failure.detail[0] != '\0' ? o->failure.detail : NULL,
    };
    enum ma_status status = host->exported(host, o->index, &result, err);

    operation_end(o);
    *o = (struct operation){0};
    w->count--;
    return status;
}

static enum ma_status go_on(struct window *w, struct operation *o, struct ma_error *err)
{
    enum ma_status status = operation_send(&w->exporter, o, err);

    return status == MA_OK && operation_is_done(o) ? settle(w, o, err) : status;
}

static struct operation *free_place(struct window *w)
{
    for (size_t i = 0; i < w->size; i++)
        if (w->under_way[i].entry == NULL)
            return &w->under_way[i];
    return NULL;
}

/* --- the window
 * --------------------------------------------------------------------------- */

static struct operation *answered(struct window *w, int id)
{
    for (size_t i = 0; i < w->size; i++)
        if (w->under_way[i].entry != NULL && w->under_way[i].id == id)
            return &w->under_way[i];
    return NULL;
}

static enum ma_status take_answer(struct window *w, struct ma_error *err)
{
    LDAPMessage *message = NULL;
    struct operation *o;
    enum ma_status status = link_wait_any(w->exporter.link, &message, err);

    if (status != MA_OK)
        return status;
    o = answered(w, ldap_msgid(message));
    if (o != NULL)
        status = operation_answer(&w->exporter, o, message, err);
    ldap_msgfree(message);
    return o == NULL || status != MA_OK ? status : go_on(w, o, err);
}

/* *taken: it is under way, or settled at once. */
static enum ma_status take_next(struct window *w, const struct ma_entry *entry,
                                size_t index, bool *taken, struct ma_error *err)
{
    struct operation *place = free_place(w);
    struct operation next;

    *taken = false;
    if (place == NULL)
        return MA_OK;
    operation_begin(&next, entry, index);
    if (next.pool.failed) {
        operation_end(&next);
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    }
    if (has_to_wait(w, &next)) {
        operation_end(&next);
        return MA_OK;
    }
    *place = next;
    w->count++;
    *taken = true;
    return go_on(w, place, err);
}

/* What was under way when a server was lost, in the order of the entries: those that
 * wait for it wait on. */
static enum ma_status send_again(struct window *w, struct ma_error *err)
{
    for (size_t n = 0; n < w->size; n++) {
        struct operation *first = NULL;

        for (size_t i = 0; i < w->size; i++) {
            struct operation *o = &w->under_way[i];

            if (o->entry != NULL && o->id < 0 &&
                (first == NULL || o->index < first->index))
                first = o;
        }
        if (first == NULL)
            return MA_OK;
        if (go_on(w, first, err) != MA_OK)
            return err->status;
    }
    return MA_OK;
}

static enum ma_status send_all(struct window *w, struct ma_error *err)
{
    enum ma_status status = send_again(w, err);
    bool taken;

    while (status == MA_OK && (w->next < w->end || w->count > 0)) {
        taken = false;
        if (w->next < w->end)
            status = take_next(w, w->entries[w->next], w->next, &taken, err);
        w->next += taken;
        if (status == MA_OK && !taken)
            status = take_answer(w, err);
    }
    return status;
}

/* --- by domain
 * ---------------------------------------------------------------------------- */

/* Whether nobody else can read what is sent. */
static bool is_sealed(const struct link *link)
{
    ber_len_t bits = 0;

    if (link->settings->security != LINK_PLAIN)
        return true;
    (void)ldap_get_option(link->ld, LDAP_OPT_X_SASL_SSF, &bits);
    return bits >= SEALED_BITS;
}

static void aim(struct window *w, struct session *s)
{
    w->exporter = (struct exporter){.host = s->host,
                                    .set = &s->set,
                                    .directory = s->directory,
                                    .link = s->directory->link,
                                    .doubts = &s->doubts,
                                    .sealed = is_sealed(s->directory->link)};
}

/* What the server that was lost was asked to add. */
static void note_doubts(const struct window *w, struct session *s)
{
    for (size_t i = 0; i < w->size; i++) {
        const struct operation *o = &w->under_way[i];

        if (o->entry != NULL && o->id >= 0 && *o->plan == STEP_ADD)
            doubts_add(&s->doubts, o->folded_to, s->directory->invocation);
    }
}

static enum ma_status go_over(struct window *w, struct session *s, const char *dn,
                              struct ma_error *err)
{
    note_doubts(w, s);
    if (s->doubts.pool.failed)
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    if (session_next(s, dn, err) != MA_OK)
        return err->status;
    aim(w, s);
    for (size_t i = 0; i < w->size; i++)
        operation_lost(&w->under_way[i]);
    return MA_OK;
}

static enum ma_status to_directory(struct session *s,
                                   const struct ma_entry *const *entries, size_t from,
                                   size_t to, struct ma_error *err)
{
    struct window w = {
        .size = s->set.window, .entries = entries, .next = from, .end = to};
    const char *dn = entries[from]->dn;
    enum ma_status status = session_connect(s, dn, NULL, err);

    if (status != MA_OK)
        return status;
    w.under_way = calloc(w.size, sizeof *w.under_way);
    if (w.under_way == NULL)
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    aim(&w, s);
    status = send_all(&w, err);
    while (status == MA_UNREACHABLE && go_over(&w, s, dn, err) == MA_OK)
        status = send_all(&w, err);
    for (size_t i = 0; i < w.size; i++)
        operation_end(&w.under_way[i]);
    free(w.under_way);
    return status == MA_UNREACHABLE ? err->status : status;
}

enum ma_status export_entries(void *session, const struct ma_entry *const *entries,
                              size_t count, struct ma_error *err)
{
    struct session *s = session;
    enum ma_status status = MA_OK;
    size_t from = 0;

    session_patience(s, 0);
    while (from < count && status == MA_OK) {
        size_t to = from + 1;

        while (to < count && directory_same(&s->set, entries[from]->dn, entries[to]->dn))
            to++;
        status = to_directory(s, entries, from, to, err);
        from = to;
    }
    return status;
}
