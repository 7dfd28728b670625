/* SPDX-License-Identifier: Apache-2.0 */
#include "support/bind.h"

#include <sasl/sasl.h>

#include "support/ticket.h"

enum ma_status bind_check(const struct link_settings *s, struct ma_error *err)
{
    if (s->method != LINK_SIMPLE)
        return MA_OK;
    if (s->user == NULL || s->user[0] == '\0')
        return ma_fail(err, MA_INVALID, "a simple bind needs the name of an account");
    /* RFC 4513 5.1.2: without one a server takes it for an anonymous bind. */
    if (s->password == NULL || s->password[0] == '\0')
        return ma_fail(err, MA_DENIED, "a simple bind needs a password");
    if (s->security == LINK_PLAIN && !s->clear_password)
        return ma_fail(
            err, MA_INVALID,
            "a simple bind sends the password in clear: use LDAPS, StartTLS or "
            "Kerberos");
    return MA_OK;
}

/* What the server says to a bind; it may want a further step. */
static enum ma_status answer(struct link *link, int id, const char *what,
                             LDAPMessage **result, struct ma_error *err)
{
    char *said = NULL;
    enum ma_status status = link_wait(link, id, true, result, err);
    int code;

    if (status != MA_OK)
        return status;
    code = link_code(link, *result, &said);
    if (code != LDAP_SUCCESS && code != LDAP_SASL_BIND_IN_PROGRESS)
        status = link_fail(link, code, what, said, err);
    ldap_memfree(said);
    return status;
}

/* --- simple ------------------------------------------------------------------------- */

static enum ma_status simple(struct link *link, struct ma_error *err)
{
    const struct link_settings *s = link->settings;
    struct berval password = {strlen(s->password), (char *)(uintptr_t)s->password};
    LDAPMessage *result = NULL;
    enum ma_status status;
    char what[600];
    int id;
    int code =
        ldap_sasl_bind(link->ld, s->user, LDAP_SASL_SIMPLE, &password, NULL, NULL, &id);

    (void)snprintf(what, sizeof what, "simple bind as '%.512s'", s->user);
    if (code != LDAP_SUCCESS)
        return link_not_sent(link, code, what, err);
    status = answer(link, id, what, &result, err);
    ldap_msgfree(result);
    return status;
}

/* --- Kerberos ----------------------------------------------------------------------- */

/* GSSAPI asks nothing: the ticket is there. */
static int ask_nothing(LDAP *ld, unsigned flags, void *defaults, void *questions)
{
    (void)ld;
    (void)flags;
    (void)defaults;
    for (sasl_interact_t *q = questions; q->id != SASL_CB_LIST_END; q++) {
        q->result = "";
        q->len = 0;
    }
    return LDAP_SUCCESS;
}

/* Within TLS there is no second layer; a server that wants it gets the binding to the
 * certificate (RFC 5929 4). Without TLS the layer of GSSAPI signs and seals. */
static void security_of(struct link *link)
{
    const struct link_settings *s = link->settings;
    int endpoint = LDAP_OPT_X_SASL_CBINDING_TLS_ENDPOINT;
    const char *layers = s->security != LINK_PLAIN ? "maxssf=0"
                         : s->seal                 ? "minssf=56,noanonymous"
                                                   : "minssf=0,noanonymous";

    ldap_set_option(link->ld, LDAP_OPT_X_SASL_SECPROPS, layers);
    ldap_set_option(link->ld, LDAP_OPT_X_SASL_NOCANON, LDAP_OPT_ON);
    if (s->security != LINK_PLAIN)
        ldap_set_option(link->ld, LDAP_OPT_X_SASL_CBINDING, &endpoint);
}

static enum ma_status steps(struct link *link, struct ma_error *err)
{
    LDAPMessage *result = NULL;
    const char *mechanism = NULL;
    enum ma_status status = MA_OK;
    int id = 0;
    int code;

    do {
        code = ldap_sasl_interactive_bind(link->ld, NULL, "GSSAPI", NULL, NULL,
                                          LDAP_SASL_QUIET, ask_nothing, NULL, result,
                                          &mechanism, &id);
        ldap_msgfree(result);
        result = NULL;
        if (code == LDAP_SASL_BIND_IN_PROGRESS)
            status = answer(link, id, "Kerberos bind", &result, err);
    } while (code == LDAP_SASL_BIND_IN_PROGRESS && status == MA_OK);
    ldap_msgfree(result);
    if (status != MA_OK || code == LDAP_SUCCESS)
        return status;
    return link_not_sent(link, code, "Kerberos bind", err);
}

static enum ma_status kerberos(struct link *link, struct ma_error *err)
{
    enum ma_status status = ticket_get(link->settings, link->host, err);

    security_of(link);
    if (status == MA_OK)
        status = steps(link, err);
    ticket_end();
    return status;
}

enum ma_status bind_link(struct link *link, struct ma_error *err)
{
    return link->settings->method == LINK_SIMPLE ? simple(link, err)
                                                 : kerberos(link, err);
}
