/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Exports. A window of objects is under way at once; what has to do with an object under
 * way, by its place in the tree or by naming it, waits until that is settled. Each object
 * is reported as soon as its last answer is there. The next batch is taken as soon as the
 * last object of one is under way, so the window is full until the step is at its end.
 * Where the server goes away, the window goes over to the next one, and what nobody
 * answered is looked up there first.
 */

#include <stdlib.h>

#include "operation.h"
#include "session.h"
#include "support/dn.h"

enum { SEALED_BITS = 56 };

/* What the engine has for us. */
struct incoming {
    const struct ma_host *host;
    const struct ma_entry *const *entries; /* of a batch */
    size_t count;
    size_t at;    /* of them, to be sent */
    size_t first; /* what the engine counts the first one as */
    bool over;
};

struct window {
    struct exporter exporter;
    struct incoming *incoming;
    const char *home;            /* a DN of the directory; ours */
    struct operation *under_way; /* `size` of them; entry NULL: free */
    size_t size;
    size_t count;
};

/* --- one batch after the other ---------------------------------------------------- */

static bool can_ask(const struct ma_host *host)
{
    return host->size >= offsetof(struct ma_host, more) + sizeof host->more &&
           host->more != NULL;
}

static enum ma_status ask_for_more(struct incoming *in, bool wait, struct ma_error *err)
{
    const struct ma_entry *const *entries = NULL;
    size_t count = 0;

    if (can_ask(in->host) &&
        in->host->more(in->host, wait, &entries, &count, err) != MA_OK)
        return err->status;
    in->over = count == 0 && wait;
    if (count == 0)
        return MA_OK;
    in->first += in->count;
    in->entries = entries;
    in->count = count;
    in->at = 0;
    return MA_OK;
}

/* The next to be sent, or NULL: there is none yet. With `wait` none comes any more. */
static enum ma_status look_ahead(struct incoming *in, bool wait,
                                 const struct ma_entry **out, struct ma_error *err)
{
    *out = NULL;
    if (in->at == in->count && !in->over && ask_for_more(in, wait, err) != MA_OK)
        return err->status;
    if (in->at < in->count)
        *out = in->entries[in->at];
    return MA_OK;
}

/* --- what waits for what ---------------------------------------------------------- */

/* Of two names one is, or is below, the other. */
static bool related(struct folded a, struct folded b)
{
    return a.length >= b.length ? dn_under(a, b) : dn_under(b, a);
}

static bool any_related(const struct operation *a, const struct operation *b)
{
    bool a_moves = a->to.text != a->from.text;
    bool b_moves = b->to.text != b->from.text;

    return related(a->from, b->from) || (a_moves && related(a->to, b->from)) ||
           (b_moves && related(a->from, b->to)) ||
           (a_moves && b_moves && related(a->to, b->to));
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

        if (o->entry != NULL &&
            (any_related(o, next) || names_it(next->entry, o->to.text)))
            return true;
    }
    return false;
}

/* --- one object ------------------------------------------------------------------- */

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

/* --- the window ------------------------------------------------------------------- */

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
static enum ma_status take(struct window *w, const struct ma_entry *entry, bool *taken,
                           struct ma_error *err)
{
    struct operation *place = free_place(w);
    struct operation next;

    *taken = false;
    if (place == NULL)
        return MA_OK;
    operation_begin(&next, entry, w->incoming->first + w->incoming->at);
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
    w->incoming->at++;
    *taken = true;
    return go_on(w, place, err);
}

/* Nothing is taken where there is nothing, it has to wait, or another directory is next.
 */
static enum ma_status take_next(struct window *w, const struct settings *set, bool *taken,
                                struct ma_error *err)
{
    const struct ma_entry *next;

    *taken = false;
    if (w->count == w->size)
        return MA_OK;
    if (look_ahead(w->incoming, w->count == 0, &next, err) != MA_OK)
        return err->status;
    if (next == NULL || !directory_same(set, w->home, next->dn))
        return MA_OK;
    return take(w, next, taken, err);
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
    bool going = true;

    while (status == MA_OK && going) {
        status = take_next(w, w->exporter.set, &going, err);
        if (status == MA_OK && !going && w->count > 0) {
            status = take_answer(w, err);
            going = true;
        }
    }
    return status;
}

/* --- by domain -------------------------------------------------------------------- */

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
            doubts_add(&s->doubts, o->to.text, s->directory->invocation);
    }
}

static enum ma_status go_over(struct window *w, struct session *s, struct ma_error *err)
{
    note_doubts(w, s);
    if (s->doubts.pool.failed)
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    if (session_next(s, w->home, err) != MA_OK)
        return err->status;
    aim(w, s);
    for (size_t i = 0; i < w->size; i++)
        operation_lost(&w->under_way[i]);
    return MA_OK;
}

static enum ma_status with_window(struct window *w, struct session *s,
                                  struct ma_error *err)
{
    enum ma_status status = session_connect(s, w->home, NULL, err);

    if (status != MA_OK)
        return status;
    aim(w, s);
    status = send_all(w, err);
    while (status == MA_UNREACHABLE && go_over(w, s, err) == MA_OK)
        status = send_all(w, err);
    return status == MA_UNREACHABLE ? err->status : status;
}

/* All that comes for the directory that `first` is of. */
static enum ma_status to_directory(struct session *s, struct incoming *in,
                                   const struct ma_entry *first, struct ma_error *err)
{
    char *home = strdup(first->dn);
    struct window w = {.incoming = in,
                       .home = home,
                       .size = s->set.window,
                       .under_way = calloc(s->set.window, sizeof *w.under_way)};
    enum ma_status status = home == NULL || w.under_way == NULL
                                ? ma_fail(err, MA_NO_MEMORY, "out of memory")
                                : with_window(&w, s, err);

    for (size_t i = 0; w.under_way != NULL && i < w.size; i++)
        operation_end(&w.under_way[i]);
    free(w.under_way);
    free(home);
    return status;
}

enum ma_status export_entries(void *session, const struct ma_entry *const *entries,
                              size_t count, struct ma_error *err)
{
    struct session *s = session;
    struct incoming in = {.host = s->host, .entries = entries, .count = count};
    const struct ma_entry *next;
    enum ma_status status;

    session_patience(s, 0);
    do {
        status = look_ahead(&in, true, &next, err);
        if (status == MA_OK && next != NULL)
            status = to_directory(s, &in, next, err);
    } while (status == MA_OK && next != NULL);
    return status;
}
