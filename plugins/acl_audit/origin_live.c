/* SPDX-License-Identifier: Apache-2.0 */
#include "origin.h"

#include <stdlib.h>

#include "support/page.h"

enum {
    WINDOW = 128, /* requests under way at once */
    PAGE = 500
};

/* --- searches --------------------------------------------------------------------- */

static void add_escaped(struct bytes *out, const char *data, size_t length)
{
    size_t i;

    for (i = 0; i < length; i++) { /* RFC 4515 3 */
        char pair[4];

        if (strchr("*()\\", data[i]) == NULL && (unsigned char)data[i] >= ' ' &&
            (unsigned char)data[i] < 0x7f) {
            bytes_char(out, data[i]);
            continue;
        }
        (void)snprintf(pair, sizeof pair, "\\%02x", (unsigned char)data[i]);
        bytes_text(out, pair);
    }
}

static void add_equal(struct bytes *out, const char *attribute, const char *data,
                      size_t length)
{
    bytes_char(out, '(');
    bytes_text(out, attribute);
    bytes_char(out, '=');
    add_escaped(out, data, length);
    bytes_char(out, ')');
}

/* (&(|(objectClass=...)...)(|(attribute=value)...)) */
static void print_filter(struct bytes *out, const struct origin_query *query)
{
    const char *const *name;
    size_t i;

    bytes_text(out, "(&");
    if (query->classes == NULL)
        bytes_text(out, "(objectClass=*)");
    else
        bytes_text(out, "(|");
    for (name = query->classes; name != NULL && *name != NULL; name++)
        add_equal(out, "objectClass", *name, strlen(*name));
    if (query->classes != NULL)
        bytes_char(out, ')');
    if (query->count > 0)
        bytes_text(out, "(|");
    for (i = 0; i < query->count; i++)
        add_equal(out, query->terms[i].attribute, query->terms[i].data,
                  query->terms[i].length);
    bytes_text(out, query->count > 0 ? "))" : ")");
}

struct searching {
    struct link *link;
    const struct origin_taker *taker;
    struct answer answer;
    size_t index;
};

static enum ma_status take_entry(void *context, LDAPMessage *entry, struct ma_error *err)
{
    struct searching *in = context;

    if (answer_read(&in->answer, in->link, entry, err) != MA_OK)
        return err->status;
    return in->taker->entry(in->taker->context, in->index++, &in->answer, err);
}

static enum ma_status search(struct origin *origin, const struct origin_query *query,
                             const struct origin_taker *taker, struct ma_error *err)
{
    struct searching in = {((struct origin_live *)origin)->link, taker, {0}, 0};
    const struct page_taker entries = {.entry = take_entry, .context = &in};
    struct page_search asked = {.kind = PAGE_RESULTS,
                                .base = query->base,
                                .scope = query->one_level ? LDAP_SCOPE_ONELEVEL
                                                          : LDAP_SCOPE_SUBTREE,
                                .attributes = query->attributes,
                                .size = PAGE};
    struct bytes filter = {0};
    enum ma_status status;
    int code = LDAP_SUCCESS;

    print_filter(&filter, query);
    asked.filter = filter.at;
    status = filter.failed ? ma_fail(err, MA_NO_MEMORY, "no memory for a filter")
                           : page_each(in.link, &asked, &entries, &code, err);
    bytes_free(&filter);
    answer_free(&in.answer);
    return code == LDAP_NO_SUCH_OBJECT ? MA_OK : status;
}

/* --- objects by name -------------------------------------------------------------- */

struct reading {
    struct link *link;
    struct reading *outer; /* whose `ready` made this one; NULL: none */
    const char *const *dns;
    size_t count;
    const char *const *attributes;
    const struct origin_taker *taker;
    size_t sent;
    size_t done;
    size_t ready;         /* so many were told of */
    bool *ended;          /* of each object */
    int ids[WINDOW];      /* message id of each request under way; 0: free */
    size_t which[WINDOW]; /* the object it asks for */
    struct answer answer;
};

/* OWNER, GROUP and DACL: BER of a sequence with the number 7. */
static LDAPControl flags_control(void)
{
    static char value[] = {0x30, 0x03, 0x02, 0x01, 0x07};

    return (LDAPControl){.ldctl_oid = (char *)"1.2.840.113556.1.4.801",
                         .ldctl_value = {sizeof value, value},
                         .ldctl_iscritical = 0};
}

static enum ma_status send_one(struct reading *in, size_t slot, struct ma_error *err)
{
    LDAPControl control = flags_control();
    LDAPControl *controls[] = {&control, NULL};
    int code = ldap_search_ext(in->link->ld, in->dns[in->sent], LDAP_SCOPE_BASE,
                               "(objectClass=*)", (char **)(uintptr_t)in->attributes, 0,
                               controls, NULL, NULL, 0, &in->ids[slot]);

    if (code != LDAP_SUCCESS)
        return link_not_sent(in->link, code, "reading descriptors", err);
    in->which[slot] = in->sent++;
    return MA_OK;
}

static enum ma_status fill_window(struct reading *in, struct ma_error *err)
{
    size_t slot;

    for (slot = 0; slot < WINDOW && in->sent < in->count; slot++)
        if (in->ids[slot] == 0 && send_one(in, slot, err) != MA_OK)
            return err->status;
    return MA_OK;
}

static size_t slot_of(const struct reading *in, int id)
{
    size_t slot = 0;

    while (slot < WINDOW && in->ids[slot] != id)
        slot++;
    return slot;
}

static enum ma_status take_end(struct reading *in, size_t slot, LDAPMessage *message,
                               struct ma_error *err)
{
    char *said = NULL;
    int code = link_code(in->link, message, &said);
    enum ma_status status = MA_OK;

    if (code != LDAP_SUCCESS && code != LDAP_NO_SUCH_OBJECT)
        status = link_fail(in->link, code, "reading descriptors", said, err);
    ldap_memfree(said);
    in->ids[slot] = 0;
    in->ended[in->which[slot]] = true;
    in->done++;
    return status;
}

/* The answers of all reads come over one connection, each in its time. */
static enum ma_status take_message(struct reading *in, LDAPMessage *message,
                                   struct ma_error *err)
{
    size_t slot = slot_of(in, ldap_msgid(message));

    if (slot == WINDOW && in->outer != NULL)
        return take_message(in->outer, message, err);
    if (slot == WINDOW)
        return MA_OK; /* of a request that was given up */
    if (ldap_msgtype(message) == LDAP_RES_SEARCH_RESULT)
        return take_end(in, slot, message, err);
    if (ldap_msgtype(message) != LDAP_RES_SEARCH_ENTRY)
        return MA_OK;
    if (answer_read(&in->answer, in->link, message, err) != MA_OK)
        return err->status;
    return in->taker->entry(in->taker->context, in->which[slot], &in->answer, err);
}

/* An operation's answer comes whole: its entry, and its result. */
static enum ma_status take_answer(struct reading *in, LDAPMessage *answer,
                                  struct ma_error *err)
{
    LDAPMessage *message = ldap_first_message(in->link->ld, answer);
    enum ma_status status = MA_OK;

    for (; message != NULL && status == MA_OK;
         message = ldap_next_message(in->link->ld, message))
        status = take_message(in, message, err);
    return status;
}

static enum ma_status tell_ready(struct reading *in, struct ma_error *err)
{
    const struct origin_taker *taker = in->taker;
    enum ma_status status = MA_OK;

    while (taker->ready != NULL && status == MA_OK && in->ready < in->count &&
           in->ended[in->ready])
        status = taker->ready(taker->context, in->ready++, err);
    return status;
}

static enum ma_status read_next(struct reading *in, struct ma_error *err)
{
    LDAPMessage *message = NULL;
    enum ma_status status = fill_window(in, err);

    if (status == MA_OK)
        status = link_wait_any(in->link, &message, err);
    if (status == MA_OK)
        status = take_answer(in, message, err);
    ldap_msgfree(message);
    return status == MA_OK ? tell_ready(in, err) : status;
}

/* Many requests are under way at once: a page of objects costs about one round trip, and
 * the server reads the next ones while an object that is ready is thought about. */
static enum ma_status read_these(struct origin *origin, const char *const *dns,
                                 size_t count, const char *const *attributes,
                                 const struct origin_taker *taker, struct ma_error *err)
{
    struct origin_live *live = (struct origin_live *)origin;
    struct reading in = {.link = live->link,
                         .outer = live->innermost,
                         .dns = dns,
                         .count = count,
                         .attributes = attributes,
                         .taker = taker,
                         .ended = calloc(count + 1, sizeof *in.ended)};
    enum ma_status status = MA_OK;

    if (in.ended == NULL)
        return ma_fail(err, MA_NO_MEMORY, "no memory to read %zu objects", count);
    live->innermost = &in;
    while (status == MA_OK && in.done < count)
        status = read_next(&in, err);
    live->innermost = in.outer;
    answer_free(&in.answer);
    free(in.ended);
    return status;
}

void origin_live_begin(struct origin_live *live, struct link *link)
{
    *live = (struct origin_live){.origin = {search, read_these, false}, .link = link};
}
