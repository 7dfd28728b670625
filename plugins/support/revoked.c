/* SPDX-License-Identifier: Apache-2.0 */
#include "support/revoked.h"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>

static bool is_wanted(const struct link_settings *s)
{
    return s->crl_check && s->security != LINK_PLAIN;
}

enum ma_status revoked_settings(const struct link_settings *s, struct ma_error *err)
{
    if (!is_wanted(s) || s->crl_file != NULL)
        return MA_OK;
    return ma_fail(err, MA_INVALID,
                   "certificates are to be checked for revocation (crl-check), but there "
                   "are no lists: name their file by the parameter 'crl-file', or set "
                   "'crl-check' to false, in mactl.xml");
}

/* --- what is trusted -------------------------------------------------------------- */

/* As libldap does: what the settings name, else its own configuration, else the machine.
 * Without any the certificate was not trusted in the first place. */
static void trust(X509_STORE *store, const struct link *link)
{
    char *file = NULL;

    (void)ldap_get_option(link->ld, LDAP_OPT_X_TLS_CACERTFILE, &file);
    (void)(file == NULL ? X509_STORE_set_default_paths(store)
                        : X509_STORE_load_file(store, file));
    ldap_memfree(file);
}

/* The lists, and issuers that the authorities' file has not: those of an authority
 * between it and the server. */
static bool add_lists(X509_STORE *store, const char *file)
{
    X509_LOOKUP *lookup = X509_STORE_add_lookup(store, X509_LOOKUP_file());

    return lookup != NULL && X509_load_cert_crl_file(lookup, file, X509_FILETYPE_PEM) > 0;
}

static X509 *certificate_of(const struct link *link)
{
    struct berval der = {0};
    const unsigned char *at;
    X509 *certificate;

    if (ldap_get_option(link->ld, LDAP_OPT_X_TLS_PEERCERT, &der) != LDAP_OPT_SUCCESS ||
        der.bv_val == NULL)
        return NULL;
    at = (const unsigned char *)der.bv_val;
    certificate = d2i_X509(NULL, &at, (long)der.bv_len);
    ldap_memfree(der.bv_val);
    return certificate;
}

/* --- the check -------------------------------------------------------------------- */

/* What else is wrong with the chain is known by now: one that is trusted from its issuer
 * on is enough. */
static int verify(X509_STORE *store, X509 *certificate)
{
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    int code = X509_V_ERR_OUT_OF_MEM;

    X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_PARTIAL_CHAIN);
    if (context != NULL && X509_STORE_CTX_init(context, store, certificate, NULL) == 1)
        code = X509_verify_cert(context) == 1 ? X509_V_OK
                                              : X509_STORE_CTX_get_error(context);
    X509_STORE_CTX_free(context);
    return code;
}

static const char *remedy(int code)
{
    static const struct {
        int code;
        const char *remedy;
    } remedies[] = {
        {X509_V_ERR_CERT_REVOKED, "give the server another certificate"},
        {X509_V_ERR_UNABLE_TO_GET_CRL, "add the list of its issuer to"},
        {X509_V_ERR_CRL_HAS_EXPIRED, "put a newer list of its issuer into"},
        {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, "add its issuer to"},
    };

    for (size_t i = 0; i < sizeof remedies / sizeof remedies[0]; i++)
        if (remedies[i].code == code)
            return remedies[i].remedy;
    return "look at";
}

static enum ma_status tell(const struct link *link, int code, struct ma_error *err)
{
    bool of_file = code != X509_V_ERR_CERT_REVOKED;

    return ma_fail(err, MA_UNREACHABLE, "%s: its certificate is not accepted: %s: %s%s%s",
                   link->host, X509_verify_cert_error_string(code), remedy(code),
                   of_file ? " " : "", of_file ? link->settings->crl_file : "");
}

enum ma_status revoked_check(const struct link *link, struct ma_error *err)
{
    const struct link_settings *s = link->settings;
    X509_STORE *store = is_wanted(s) ? X509_STORE_new() : NULL;
    X509 *certificate = store == NULL ? NULL : certificate_of(link);
    enum ma_status status = MA_OK;
    int code;

    if (!is_wanted(s))
        return MA_OK;
    if (certificate == NULL)
        status = ma_fail(err, MA_UNREACHABLE, "%s: its certificate cannot be read",
                         link->host);
    else if (trust(store, link), !add_lists(store, s->crl_file))
        status = ma_fail(err, MA_INVALID,
                         "crl-file '%s': it cannot be read, or has no list in PEM",
                         s->crl_file);
    else if ((code = verify(store, certificate)) != X509_V_OK)
        status = tell(link, code, err);
    ERR_clear_error();
    X509_free(certificate);
    X509_STORE_free(store);
    return status;
}
