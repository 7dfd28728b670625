/* SPDX-License-Identifier: Apache-2.0 */
#include "support/link.h"

#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "support/aside.h"
#include "support/bind.h"
#include "support/gather.h"
#include "support/knock.h"
#include "support/revoked.h"

enum { CONNECT_SECONDS = 15, READ_AHEAD = 64 * 1024 };

/* --- what went wrong -------------------------------------------------------------- */

static const struct {
    int code;
    enum ma_status status;
} statuses[] = {
    {LDAP_INVALID_CREDENTIALS, MA_DENIED},
    {LDAP_INAPPROPRIATE_AUTH, MA_DENIED},
    {LDAP_STRONG_AUTH_REQUIRED, MA_DENIED},
    {LDAP_CONFIDENTIALITY_REQUIRED, MA_DENIED},
    {LDAP_AUTH_METHOD_NOT_SUPPORTED, MA_DENIED},
    {LDAP_INSUFFICIENT_ACCESS, MA_DENIED},
    {LDAP_LOCAL_ERROR, MA_DENIED}, /* of SASL */
    {LDAP_AUTH_UNKNOWN, MA_DENIED},
    {LDAP_BUSY, MA_UNREACHABLE},
    {LDAP_UNAVAILABLE, MA_UNREACHABLE},
    {LDAP_SERVER_DOWN, MA_UNREACHABLE},
    {LDAP_CONNECT_ERROR, MA_UNREACHABLE},
    {LDAP_TIMEOUT, MA_UNREACHABLE},
    {LDAP_TIMELIMIT_EXCEEDED, MA_UNREACHABLE},
    {LDAP_NO_SUCH_OBJECT, MA_NOT_FOUND},
    {LDAP_NO_MEMORY, MA_NO_MEMORY},
    {LDAP_USER_CANCELLED, MA_CANCELLED},
};

static enum ma_status status_of(int code)
{
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++)
        if (statuses[i].code == code)
            return statuses[i].status;
    return MA_INVALID;
}

/* A server ends its words with a line end, or a NUL. */
static int length_of(const char *said)
{
    size_t length = strlen(said);

    while (length > 0 && (said[length - 1] == '\n' || said[length - 1] == ' '))
        length--;
    return (int)(length > 200 ? 200 : length);
}

enum ma_status link_fail(const struct link *link, int code, const char *what,
                         const char *said, struct ma_error *err)
{
    if (said == NULL || said[0] == '\0')
        return ma_fail(err, status_of(code), "%s: %s: %s", link->host, what,
                       ldap_err2string(code));
    return ma_fail(err, status_of(code), "%s: %s: %s (%.*s)", link->host, what,
                   ldap_err2string(code), length_of(said), said);
}

enum ma_status link_not_sent(const struct link *link, int code, const char *what,
                             struct ma_error *err)
{
    char *said = NULL;

    (void)ldap_get_option(link->ld, LDAP_OPT_DIAGNOSTIC_MESSAGE, &said);
    (void)link_fail(link, code, what, said, err);
    ldap_memfree(said);
    return err->status;
}

int link_code(struct link *link, LDAPMessage *result, char **said)
{
    int code = LDAP_SUCCESS;
    int parsed =
        ldap_parse_result(link->ld, result, &code, NULL, said, NULL, NULL, false);

    return parsed == LDAP_SUCCESS ? code : parsed;
}

/* --- waiting ---------------------------------------------------------------------- */

static void wait_for_room(const struct link *link)
{
    struct pollfd room = {.fd = -1, .events = POLLOUT};

    (void)ldap_get_option(link->ld, LDAP_OPT_DESC, &room.fd);
    (void)poll(&room, 1, PATIENCE_SLICE_MS);
}

void link_flush(const struct link *link)
{
    (void)gather_flush(link->gather); /* who waits sees what became of it */
}

/* As long as an answer has been read already there is more to be asked for together. */
static enum gathered flush(const struct link *link)
{
    Sockbuf *connection = NULL;

    (void)ldap_get_option(link->ld, LDAP_OPT_SOCKBUF, &connection);
    if (connection != NULL &&
        ber_sockbuf_ctrl(connection, LBER_SB_OPT_DATA_READY, NULL) > 0)
        return GATHER_SENT;
    return gather_flush(link->gather);
}

/* What has come, or comes within a slice of time; 0: nothing. */
static int take(const struct link *link, int id, bool all, LDAPMessage **out)
{
    struct timeval slice = {0, PATIENCE_SLICE_MS * 1000};
    int lost = LDAP_SERVER_DOWN;

    switch (flush(link)) {
    case GATHER_LOST:
        (void)ldap_set_option(link->ld, LDAP_OPT_RESULT_CODE, &lost);
        return -1;
    case GATHER_FULL:
        wait_for_room(link);
        return 0;
    case GATHER_SENT:
        break;
    }
    return ldap_result(link->ld, id, all ? LDAP_MSG_ALL : LDAP_MSG_ONE, &slice, out);
}

enum ma_status link_wait(struct link *link, int id, bool all, LDAPMessage **out,
                         struct ma_error *err)
{
    struct patience p =
        patience_of(link->settings, link->host, link->settings->time_limit);
    enum ma_status status;
    int type;
    int code = LDAP_SERVER_DOWN;

    *out = NULL;
    while ((status = patience_left(&p, "no answer", err)) == MA_OK) {
        type = take(link, id, all, out);
        if (type > 0)
            return MA_OK;
        if (type < 0) {
            (void)ldap_get_option(link->ld, LDAP_OPT_RESULT_CODE, &code);
            return link_not_sent(link, code, "the connection", err);
        }
    }
    if (id > 0)
        (void)ldap_abandon_ext(link->ld, id, NULL, NULL); /* nobody waits for it */
    return status;
}

enum ma_status link_wait_any(struct link *link, LDAPMessage **out, struct ma_error *err)
{
    return link_wait(link, LDAP_RES_ANY, true, out, err);
}

/* --- reading ---------------------------------------------------------------------- */

enum ma_status link_read(struct link *link, const char *base, int scope,
                         const char *filter, const char *const *attributes,
                         LDAPControl *const *controls, LDAPMessage **out,
                         struct ma_error *err)
{
    LDAPMessage *answer = NULL;
    char *said = NULL;
    enum ma_status status;
    int id;
    int code =
        ldap_search_ext(link->ld, base, scope, filter, (char **)(uintptr_t)attributes,
                        false, (LDAPControl **)(uintptr_t)controls, NULL, NULL, 0, &id);

    if (code != LDAP_SUCCESS)
        return link_not_sent(link, code, base, err);
    status = link_wait(link, id, true, &answer, err);
    if (status != MA_OK)
        return status;
    code = link_code(link, answer, &said);
    if (code != LDAP_SUCCESS)
        status = link_fail(link, code, base, said, err);
    ldap_memfree(said);
    if (status == MA_OK)
        *out = answer;
    else
        ldap_msgfree(answer);
    return status;
}

const char *link_text(struct link *link, LDAPMessage *answer, const char *attribute,
                      struct pool *pool)
{
    LDAPMessage *entry = ldap_first_entry(link->ld, answer);
    struct berval **values =
        entry == NULL ? NULL : ldap_get_values_len(link->ld, entry, attribute);
    const char *text = "";

    if (values != NULL && values[0] != NULL)
        text = pool_text(pool, values[0]->bv_val, values[0]->bv_len);
    if (values != NULL)
        ldap_value_free_len(values);
    return text;
}

/* --- opening and closing ---------------------------------------------------------- */

static int set_tls(LDAP *ld, const struct link_settings *s)
{
    int demand = LDAP_OPT_X_TLS_DEMAND;
    int minimum = LDAP_OPT_X_TLS_PROTOCOL_TLS1_2;
    int as_client = 0;

    ldap_set_option(ld, LDAP_OPT_X_TLS_REQUIRE_CERT, &demand);
    ldap_set_option(ld, LDAP_OPT_X_TLS_PROTOCOL_MIN, &minimum);
    if (s->ca_file != NULL)
        ldap_set_option(ld, LDAP_OPT_X_TLS_CACERTFILE, s->ca_file);
    return ldap_set_option(ld, LDAP_OPT_X_TLS_NEWCTX, &as_client);
}

static void set_options(LDAP *ld, const struct link_settings *s)
{
    const struct timeval connect = {CONNECT_SECONDS, 0};
    const struct timeval answer = {s->time_limit == 0 ? -1 : (time_t)s->time_limit, 0};
    int version = LDAP_VERSION3;
    int deref = LDAP_DEREF_NEVER;
    int none = 0;

    ldap_set_option(ld, LDAP_OPT_PROTOCOL_VERSION, &version);
    ldap_set_option(ld, LDAP_OPT_REFERRALS, LDAP_OPT_OFF);
    ldap_set_option(ld, LDAP_OPT_DEREF, &deref);
    ldap_set_option(ld, LDAP_OPT_SIZELIMIT, &none);
    ldap_set_option(ld, LDAP_OPT_TIMELIMIT, &none);
    ldap_set_option(ld, LDAP_OPT_RESTART, LDAP_OPT_ON);
    ldap_set_option(ld, LDAP_OPT_NETWORK_TIMEOUT, &connect);
    ldap_set_option(ld, LDAP_OPT_TIMEOUT, &answer);
}

/* --- TLS -------------------------------------------------------------------------- */

struct handshake {
    LDAP *ld;
    int (*call)(LDAP *ld);
    int code;
};

static void handshake_run(void *job)
{
    struct handshake *h = job;

    h->code = h->call(h->ld);
}

static void handshake_wake(void *job)
{
    const struct handshake *h = job;
    int fd = -1;

    (void)ldap_get_option(h->ld, LDAP_OPT_DESC, &fd);
    if (fd >= 0)
        (void)shutdown(fd, SHUT_RD); /* it may still say why it goes */
}

static void handshake_end(void *job)
{
    (void)job; /* its owner's, who waits */
}

static enum ma_status shake_hands(struct link *link, int (*call)(LDAP *ld),
                                  const char *what, struct ma_error *err)
{
    static const struct aside handshake = {handshake_run, handshake_end, handshake_wake};
    struct handshake job = {.ld = link->ld, .call = call};
    struct patience p =
        patience_of(link->settings, link->host, link->settings->time_limit);

    if (aside_run(&handshake, &job, &p, "no TLS", err) != MA_OK)
        return err->status;
    return job.code == LDAP_SUCCESS ? MA_OK : link_not_sent(link, job.code, what, err);
}

static enum ma_status start_tls(struct link *link, struct ma_error *err)
{
    LDAPMessage *result = NULL;
    char *said = NULL;
    int id;
    int code = ldap_start_tls(link->ld, NULL, NULL, &id);

    if (code != LDAP_SUCCESS)
        return link_not_sent(link, code, "StartTLS", err);
    if (link_wait(link, id, true, &result, err) != MA_OK)
        return err->status;
    code = link_code(link, result, &said);
    if (code != LDAP_SUCCESS)
        (void)link_fail(link, code, "StartTLS", said, err);
    ldap_memfree(said);
    ldap_msgfree(result);
    if (code != LDAP_SUCCESS)
        return err->status;
    return shake_hands(link, ldap_install_tls, "StartTLS", err);
}

/* libldap does not say what was wrong with a certificate. */
static enum ma_status no_tls(const struct link *link, struct ma_error *err)
{
    const char *ca = link->settings->ca_file;

    if (err->status != MA_UNREACHABLE)
        return err->status;
    return ma_fail(
        err, MA_UNREACHABLE,
        "%s: no TLS connection: the certificate has to name this host and to be "
        "of an authority that %s trusts",
        link->host, ca == NULL ? "this machine" : ca);
}

/* libldap reads the length of a message, then the message, and asks for each whether
 * there is one: three calls of the kernel an entry. From here on it takes what has come,
 * below what TLS and SASL have put on top. Without it, it is only slower. */
static void read_ahead(LDAP *ld)
{
    ber_len_t bytes = READ_AHEAD;
    Sockbuf *buffer = NULL;

    if (ldap_get_option(ld, LDAP_OPT_SOCKBUF, &buffer) != LDAP_OPT_SUCCESS ||
        buffer == NULL ||
        ber_sockbuf_add_io(buffer, &ber_sockbuf_io_readahead, LBER_SBIOD_LEVEL_PROVIDER,
                           NULL) != 0)
        return;
    (void)ber_sockbuf_ctrl(buffer, LBER_SB_OPT_SET_READAHEAD, &bytes);
}

static enum ma_status open_session(struct link *link, struct ma_error *err)
{
    enum link_security security = link->settings->security;

    if (security == LINK_STARTTLS && start_tls(link, err) != MA_OK)
        return no_tls(link, err);
    /* before the password goes there, so that the certificate can be looked at */
    if (security == LINK_LDAPS && shake_hands(link, ldap_connect, "TLS", err) != MA_OK)
        return no_tls(link, err);
    if (revoked_check(link, err) != MA_OK)
        return err->status;
    return bind_link(link, err);
}

static enum ma_status connect_to(struct link *link, unsigned port, struct ma_error *err)
{
    const struct link_settings *s = link->settings;
    bool bare_v6 = strchr(link->host, ':') != NULL && link->host[0] != '[';
    char url[300];
    enum ma_status status;
    int code;

    snprintf(url, sizeof url, "%s://%s%s%s:%u",
             s->security == LINK_LDAPS ? "ldaps" : "ldap", bare_v6 ? "[" : "", link->host,
             bare_v6 ? "]" : "", port);
    code = ldap_initialize(&link->ld, url);
    if (code != LDAP_SUCCESS)
        return link_fail(link, code, url, NULL, err);
    set_options(link->ld, s);
    if (s->security != LINK_PLAIN && (code = set_tls(link->ld, s)) != LDAP_SUCCESS)
        return ma_fail(err, MA_INVALID, "%s: TLS cannot be set up: %s%s", link->host,
                       s->ca_file == NULL ? "" : "is this a file of certificates? ",
                       s->ca_file == NULL ? ldap_err2string(code) : s->ca_file);
    status = open_session(link, err);
    if (status != MA_OK)
        return status;
    read_ahead(link->ld);
    link->gather = gather_begin(link->ld);
    return MA_OK;
}

enum ma_status link_open(struct link **out, const struct link_settings *settings,
                         const char *host, unsigned port, struct ma_error *err)
{
    struct link *link = calloc(1, sizeof *link);
    unsigned usual = settings->security == LINK_LDAPS ? 636 : 389;
    enum ma_status status;

    if (link == NULL)
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    *link = (struct link){.host = host, .settings = settings};
    port = port == 0 ? usual : port;
    status = bind_check(settings, err);
    if (status == MA_OK)
        status = revoked_settings(settings, err);
    if (status == MA_OK)
        status = knock(settings, host, port, err);
    if (status == MA_OK)
        status = connect_to(link, port, err);
    if (status == MA_OK)
        *out = link;
    else
        link_close(link);
    return status;
}

void link_close(struct link *link)
{
    if (link == NULL)
        return;
    gather_end(link->gather);
    if (link->ld != NULL)
        (void)ldap_unbind_ext(link->ld, NULL, NULL); /* the server need not answer */
    gather_free(link->gather);
    free(link);
}
