/* SPDX-License-Identifier: Apache-2.0 */
#include "support/page.h"

#include <stdlib.h>

/* Windows may answer with empty pages where a filter matches little. */
enum { MOST_EMPTY = 1000 };

struct pages {
    struct link *link;
    const struct page_search *search;
    const struct page_taker *taker;
    struct berval cookie; /* of the last answer; ours */
    bool more;
    int empty; /* answers without an entry, one after the other */
    int *code;
};

/* --- asking ----------------------------------------------------------------------- */

static int controls_of(struct pages *p, LDAPControl *controls[3])
{
    const struct page_search *s = p->search;
    LDAP *ld = p->link->ld;
    int code;

    if (s->kind == PAGE_DIRSYNC)
        return ldap_create_dirsync_control(ld, (int)s->flags, PAGE_PIECE_BYTES,
                                           &p->cookie, &controls[0]);
    code = ldap_create_page_control(ld, (ber_int_t)s->size,
                                    p->cookie.bv_len > 0 ? &p->cookie : NULL, true,
                                    &controls[0]);
    if (code == LDAP_SUCCESS && s->deleted)
        code = ldap_create_show_deleted_control(ld, &controls[1]);
    return code;
}

static enum ma_status ask(struct pages *p, int *id, struct ma_error *err)
{
    const struct page_search *s = p->search;
    LDAPControl *controls[3] = {NULL, NULL, NULL};
    int code = controls_of(p, controls);

    if (code == LDAP_SUCCESS)
        code = ldap_search_ext(p->link->ld, s->base, s->scope, s->filter,
                               (char **)(uintptr_t)s->attributes, false, controls, NULL,
                               NULL, 0, id);
    for (size_t i = 0; controls[i] != NULL; i++)
        ldap_control_free(controls[i]);
    if (code != LDAP_SUCCESS)
        return link_not_sent(p->link, code, s->base, err);
    link_flush(p->link); /* the server reads while we hand on what it said before */
    return MA_OK;
}

/* --- the answer ------------------------------------------------------------------- */

static enum ma_status no_cookie(struct pages *p, struct ma_error *err)
{
    return ma_fail(err, MA_INVALID, "%s: %s: the answer has no cookie to go on with",
                   p->link->host, p->search->base);
}

static int read_control(struct pages *p, LDAPControl *control, struct berval *cookie)
{
    ber_int_t estimate;
    int more = 0;
    int code;

    if (p->search->kind == PAGE_RESULTS) {
        code = ldap_parse_pageresponse_control(p->link->ld, control, &estimate, cookie);
        p->more = code == LDAP_SUCCESS && cookie->bv_len > 0;
        return code;
    }
    code = ldap_parse_dirsync_control(p->link->ld, control, &more, cookie);
    p->more = code == LDAP_SUCCESS && more != 0;
    return code;
}

static enum ma_status keep_cookie(struct pages *p, LDAPControl **controls,
                                  struct ma_error *err)
{
    const char *oid = p->search->kind == PAGE_DIRSYNC ? LDAP_CONTROL_X_DIRSYNC
                                                      : LDAP_CONTROL_PAGEDRESULTS;
    LDAPControl *control =
        controls == NULL ? NULL : ldap_control_find(oid, controls, NULL);
    struct berval cookie = {0, NULL};

    p->more = false;
    if (control == NULL) /* RFC 2696: a server without pages gave all there is */
        return p->search->kind == PAGE_RESULTS ? MA_OK : no_cookie(p, err);
    if (read_control(p, control, &cookie) != LDAP_SUCCESS) {
        ber_memfree(cookie.bv_val);
        return no_cookie(p, err);
    }
    ber_memfree(p->cookie.bv_val);
    p->cookie = cookie;
    return MA_OK;
}

static enum ma_status read_end(struct pages *p, LDAPMessage *answer, struct ma_error *err)
{
    LDAPControl **controls = NULL;
    char *said = NULL;
    enum ma_status status;
    int code = LDAP_SUCCESS;
    int parsed = ldap_parse_result(p->link->ld, answer, &code, NULL, &said, NULL,
                                   &controls, false);

    code = parsed == LDAP_SUCCESS ? code : parsed;
    if (p->code != NULL)
        *p->code = code;
    status = code == LDAP_SUCCESS ? keep_cookie(p, controls, err)
                                  : link_fail(p->link, code, p->search->base, said, err);
    ldap_memfree(said);
    ldap_controls_free(controls);
    return status;
}

static enum ma_status check_end(struct pages *p, LDAPMessage *answer,
                                struct ma_error *err)
{
    p->empty = ldap_first_entry(p->link->ld, answer) == NULL ? p->empty + 1 : 0;
    if (!p->more || p->empty < MOST_EMPTY)
        return MA_OK;
    return ma_fail(err, MA_INVALID,
                   "%s: %s: %d answers in a row had no entry, and there is no end",
                   p->link->host, p->search->base, p->empty);
}

/* --- handing on ------------------------------------------------------------------- */

static enum ma_status hand_on(struct pages *p, LDAPMessage *answer,
                              struct ma_value cookie, struct ma_error *err)
{
    const struct page_taker *t = p->taker;
    enum ma_status status = MA_OK;

    for (LDAPMessage *e = ldap_first_entry(p->link->ld, answer);
         e != NULL && status == MA_OK; e = ldap_next_entry(p->link->ld, e))
        status = t->entry(t->context, e, err);
    if (status == MA_OK && t->piece != NULL)
        status = t->piece(t->context, cookie, err);
    return status;
}

/* One answer: it is taken off the wire, the next is asked for, then it is handed on. */
static enum ma_status piece(struct pages *p, int *id, struct ma_error *err)
{
    LDAPMessage *answer = NULL;
    struct bytes cookie = {0};
    enum ma_status status = link_wait(p->link, *id, true, &answer, err);

    *id = -1;
    if (status == MA_OK)
        status = read_end(p, answer, err);
    if (status == MA_OK)
        status = check_end(p, answer, err);
    if (status == MA_OK) {
        bytes_add(&cookie, p->cookie.bv_val, p->cookie.bv_len);
        status = cookie.failed ? ma_fail(err, MA_NO_MEMORY, "out of memory") : MA_OK;
    }
    if (status == MA_OK && p->more)
        status = ask(p, id, err);
    if (status == MA_OK)
        status = hand_on(p, answer, (struct ma_value){cookie.at, cookie.length}, err);
    bytes_free(&cookie);
    ldap_msgfree(answer);
    return status;
}

static bool begin_cookie(struct pages *p)
{
    const struct ma_value *from = &p->search->cookie;

    p->cookie = (struct berval){0, NULL};
    if (p->search->kind == PAGE_RESULTS || from->length == 0)
        return true;
    return ber_mem2bv(from->data, from->length, true, &p->cookie) != NULL;
}

enum ma_status page_each(struct link *link, const struct page_search *search,
                         const struct page_taker *taker, int *code, struct ma_error *err)
{
    struct pages p = {
        .link = link, .search = search, .taker = taker, .more = true, .code = code};
    enum ma_status status;
    int id = -1;

    if (code != NULL)
        *code = LDAP_SUCCESS;
    if (!begin_cookie(&p))
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    status = ask(&p, &id, err);
    while (status == MA_OK && p.more)
        status = piece(&p, &id, err);
    if (status != MA_OK && id > 0)
        (void)ldap_abandon_ext(link->ld, id, NULL, NULL); /* asked for in vain */
    ber_memfree(p.cookie.bv_val);
    return status;
}
