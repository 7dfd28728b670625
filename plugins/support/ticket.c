/* SPDX-License-Identifier: Apache-2.0 */
#include "support/ticket.h"

#include <gssapi/gssapi_krb5.h>
#include <krb5.h>
#include <stdlib.h>

static _Thread_local krb5_context context;
static _Thread_local krb5_ccache cache;

/* --- what it says ------------------------------------------------------------------- */

/* A KDC that is away, or a clock that is wrong, is no refusal. */
static enum ma_status status_of(krb5_error_code code)
{
    switch (code) {
    case KRB5_KDC_UNREACH:
    case KRB5_REALM_UNKNOWN:
    case KRB5_REALM_CANT_RESOLVE:
    case KRB5KRB_AP_ERR_SKEW:
        return MA_UNREACHABLE;
    default:
        return MA_DENIED;
    }
}

static enum ma_status failed(krb5_error_code code, const char *what, struct ma_error *err)
{
    const char *text = krb5_get_error_message(context, code);

    (void)ma_fail(err, status_of(code), "Kerberos: %s: %s", what, text);
    krb5_free_error_message(context, text);
    return err->status;
}

/* --- a ticket ----------------------------------------------------------------------- */

/* The account of the keytab's first entry, where none is named. */
static krb5_error_code first_of(krb5_keytab keytab, krb5_principal *out)
{
    krb5_kt_cursor cursor;
    krb5_keytab_entry entry = {0};
    krb5_error_code code = krb5_kt_start_seq_get(context, keytab, &cursor);

    if (code != 0)
        return code;
    code = krb5_kt_next_entry(context, keytab, &entry, &cursor);
    if (code == 0) {
        code = krb5_copy_principal(context, entry.principal, out);
        krb5_free_keytab_entry_contents(context, &entry);
    }
    krb5_kt_end_seq_get(context, keytab, &cursor);
    return code;
}

static krb5_error_code account(const char *name, krb5_keytab keytab, krb5_principal *out)
{
    if (name != NULL && name[0] != '\0')
        return krb5_parse_name(context, name, out);
    return keytab != NULL ? first_of(keytab, out) : KRB5_CONFIG_NODEFREALM;
}

static krb5_error_code credentials(krb5_principal who, const char *password,
                                   krb5_keytab keytab, krb5_creds *out)
{
    if (keytab != NULL)
        return krb5_get_init_creds_keytab(context, out, who, keytab, 0, NULL, NULL);
    return krb5_get_init_creds_password(context, out, who, password, NULL, NULL, 0, NULL,
                                        NULL);
}

static krb5_error_code keep(krb5_principal who, krb5_creds *creds)
{
    krb5_error_code code = krb5_cc_new_unique(context, "MEMORY", NULL, &cache);

    if (code == 0)
        code = krb5_cc_initialize(context, cache, who);
    if (code == 0)
        code = krb5_cc_store_cred(context, cache, creds);
    return code;
}

static krb5_error_code fetch(const char *name, const char *password, krb5_keytab keytab,
                             const char **step)
{
    krb5_principal who = NULL;
    krb5_creds creds = {0};
    krb5_error_code code = account(name, keytab, &who);

    *step = "the account";
    if (code == 0) {
        *step = "a ticket for the account";
        code = credentials(who, password, keytab, &creds);
    }
    if (code == 0) {
        code = keep(who, &creds);
        krb5_free_cred_contents(context, &creds);
    }
    krb5_free_principal(context, who);
    return code;
}

/* --- for the binds of this thread --------------------------------------------------- */

static enum ma_status select_cache(const char *name, struct ma_error *err)
{
    OM_uint32 minor;

    if (gss_krb5_ccache_name(&minor, name, NULL) == GSS_S_COMPLETE)
        return MA_OK;
    return ma_fail(err, MA_DENIED, "Kerberos: the credentials cache '%s' cannot be used",
                   name);
}

static enum ma_status select_ours(struct ma_error *err)
{
    char *name = NULL;
    krb5_error_code code = krb5_cc_get_full_name(context, cache, &name);
    enum ma_status status =
        code != 0 ? failed(code, "the ticket", err) : select_cache(name, err);

    krb5_free_string(context, name);
    return status;
}

enum ma_status ticket_get(const char *principal, const char *password,
                          const char *keytab_file, struct ma_error *err)
{
    krb5_keytab keytab = NULL;
    const char *step = "the keytab";
    krb5_error_code code;

    ticket_end();
    if (krb5_init_context(&context) != 0)
        return ma_fail(err, MA_DENIED, "Kerberos: krb5.conf cannot be read");
    code = keytab_file == NULL ? 0 : krb5_kt_resolve(context, keytab_file, &keytab);
    if (code == 0)
        code = fetch(principal, password, keytab, &step);
    if (code != 0)
        (void)failed(code, step, err);
    if (keytab != NULL)
        krb5_kt_close(context, keytab);
    return code != 0 ? err->status : select_ours(err);
}

enum ma_status ticket_use(const char *name, struct ma_error *err)
{
    ticket_end();
    return select_cache(name, err);
}

void ticket_end(void)
{
    OM_uint32 minor;

    (void)gss_krb5_ccache_name(&minor, NULL, NULL); /* the default one again */
    if (cache != NULL)
        krb5_cc_destroy(context, cache);
    if (context != NULL)
        krb5_free_context(context);
    cache = NULL;
    context = NULL;
}
