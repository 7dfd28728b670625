/* SPDX-License-Identifier: Apache-2.0 */
#include "support/ticket.h"

#include <gssapi/gssapi_krb5.h>
#include <krb5.h>
#include <stdlib.h>

#include "support/aside.h"

/* Of the binds of this thread; "": none of ours. Caches in memory have names that all
 * threads know. */
enum { CACHE_NAME_SIZE = 128 };
static _Thread_local char in_memory[CACHE_NAME_SIZE];

/* Getting one: all that the thread that does it needs. */
struct wish {
    char *principal; /* NULL: that of the keytab's first entry */
    char *password;
    char *keytab_file;
    char
        *cache_name; /* of a cache that is there; NULL: the default one, or one of ours */
    char *host;
    krb5_context context;
    krb5_ccache cache;
    char made[CACHE_NAME_SIZE]; /* the name of a cache of ours */
    struct ma_error err;
};

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

static void failed(struct wish *w, krb5_error_code code, const char *what)
{
    const char *text = krb5_get_error_message(w->context, code);

    (void)ma_fail(&w->err, status_of(code), "Kerberos: %s: %s", what, text);
    krb5_free_error_message(w->context, text);
}

/* --- a ticket of the account ------------------------------------------------------ */

/* The account of the keytab's first entry, where none is named. */
static krb5_error_code first_of(krb5_context context, krb5_keytab keytab,
                                krb5_principal *out)
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

static krb5_error_code account(const struct wish *w, krb5_keytab keytab,
                               krb5_principal *out)
{
    if (w->principal != NULL && w->principal[0] != '\0')
        return krb5_parse_name(w->context, w->principal, out);
    return keytab != NULL ? first_of(w->context, keytab, out) : KRB5_CONFIG_NODEFREALM;
}

static krb5_error_code credentials(const struct wish *w, krb5_principal who,
                                   krb5_keytab keytab, krb5_creds *out)
{
    if (keytab != NULL)
        return krb5_get_init_creds_keytab(w->context, out, who, keytab, 0, NULL, NULL);
    return krb5_get_init_creds_password(w->context, out, who, w->password, NULL, NULL, 0,
                                        NULL, NULL);
}

static krb5_error_code keep(struct wish *w, krb5_principal who, krb5_creds *creds)
{
    krb5_error_code code = krb5_cc_new_unique(w->context, "MEMORY", NULL, &w->cache);
    char *name = NULL;

    if (code == 0)
        code = krb5_cc_initialize(w->context, w->cache, who);
    if (code == 0)
        code = krb5_cc_store_cred(w->context, w->cache, creds);
    if (code == 0)
        code = krb5_cc_get_full_name(w->context, w->cache, &name);
    if (code == 0)
        snprintf(w->made, sizeof w->made, "%s", name);
    krb5_free_string(w->context, name);
    return code;
}

static krb5_error_code fetch(struct wish *w, krb5_keytab keytab, const char **step)
{
    krb5_principal who = NULL;
    krb5_creds creds = {0};
    krb5_error_code code = account(w, keytab, &who);

    *step = "the account";
    if (code == 0) {
        *step = "a ticket for the account";
        code = credentials(w, who, keytab, &creds);
    }
    if (code == 0) {
        code = keep(w, who, &creds);
        krb5_free_cred_contents(w->context, &creds);
    }
    krb5_free_principal(w->context, who);
    return code;
}

static krb5_error_code fetch_with(struct wish *w, const char **step)
{
    krb5_keytab keytab = NULL;
    krb5_error_code code =
        w->keytab_file == NULL ? 0 : krb5_kt_resolve(w->context, w->keytab_file, &keytab);

    *step = "the keytab";
    if (code == 0)
        code = fetch(w, keytab, step);
    if (keytab != NULL)
        krb5_kt_close(w->context, keytab);
    return code;
}

/* --- a ticket for the server ------------------------------------------------------ */

static krb5_error_code fetch_service(const struct wish *w)
{
    krb5_creds wanted = {0};
    krb5_creds *got = NULL;
    krb5_error_code code = krb5_cc_get_principal(w->context, w->cache, &wanted.client);

    if (code == 0)
        code = krb5_sname_to_principal(w->context, w->host, "ldap", KRB5_NT_SRV_HST,
                                       &wanted.server);
    if (code == 0)
        code = krb5_get_credentials(w->context, 0, w->cache, &wanted, &got);
    krb5_free_creds(w->context, got);
    krb5_free_cred_contents(w->context, &wanted);
    return code;
}

/* What else is wrong the bind says, in its own words. */
static void look_for_service(struct wish *w)
{
    krb5_error_code code = fetch_service(w);

    if (code != 0 && status_of(code) == MA_UNREACHABLE)
        failed(w, code, "a ticket for the server");
}

static krb5_error_code open_cache(struct wish *w)
{
    return w->cache_name == NULL ? krb5_cc_default(w->context, &w->cache)
                                 : krb5_cc_resolve(w->context, w->cache_name, &w->cache);
}

/* --- both, aside ------------------------------------------------------------------ */

static void wish_run(void *job)
{
    struct wish *w = job;
    const char *step = "";
    krb5_error_code code = 0;

    if (krb5_init_context(&w->context) != 0) {
        (void)ma_fail(&w->err, MA_DENIED, "Kerberos: krb5.conf cannot be read");
        return;
    }
    if (w->password != NULL || w->keytab_file != NULL)
        code = fetch_with(w, &step);
    else
        (void)open_cache(w); /* GSSAPI will say what is wrong with it */
    if (code != 0)
        failed(w, code, step);
    else if (w->cache != NULL)
        look_for_service(w);
}

static void destroy(const char *name)
{
    krb5_context context;
    krb5_ccache cache;

    if (name[0] == '\0' || krb5_init_context(&context) != 0)
        return;
    if (krb5_cc_resolve(context, name, &cache) == 0)
        krb5_cc_destroy(context, cache);
    krb5_free_context(context);
}

static void wish_end(void *job)
{
    struct wish *w = job;

    if (w->cache != NULL)
        krb5_cc_close(w->context, w->cache);
    if (w->context != NULL)
        krb5_free_context(w->context);
    destroy(w->made);
    if (w->password != NULL)
        explicit_bzero(w->password, strlen(w->password));
    free(w->principal);
    free(w->password);
    free(w->keytab_file);
    free(w->cache_name);
    free(w->host);
    free(w);
}

/* False: there is no memory. */
static bool copy(char **to, const char *from)
{
    *to = from == NULL ? NULL : strdup(from);
    return from == NULL || *to != NULL;
}

static struct wish *wish_of(const struct link_settings *s, const char *host)
{
    struct wish *w = calloc(1, sizeof *w);

    if (w == NULL || (copy(&w->principal, s->user) && copy(&w->password, s->password) &&
                      copy(&w->keytab_file, s->keytab) &&
                      copy(&w->cache_name, s->cache) && copy(&w->host, host)))
        return w;
    wish_end(w);
    return NULL;
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

static enum ma_status take(struct wish *w, const struct link_settings *s,
                           struct ma_error *err)
{
    if (w->err.status != MA_OK) {
        *err = w->err;
        return err->status;
    }
    snprintf(in_memory, sizeof in_memory, "%s", w->made);
    w->made[0] = '\0'; /* ours now */
    if (in_memory[0] != '\0')
        return select_cache(in_memory, err);
    return s->cache == NULL ? MA_OK : select_cache(s->cache, err);
}

enum ma_status ticket_get(const struct link_settings *s, const char *host,
                          struct ma_error *err)
{
    static const struct aside call = {wish_run, wish_end, NULL};
    struct patience p = patience_of(s, host, s->time_limit);
    struct wish *w = wish_of(s, host);
    enum ma_status status;

    ticket_end();
    if (w == NULL)
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    if (aside_run(&call, w, &p, "no answer of Kerberos", err) != MA_OK)
        return err->status;
    status = take(w, s, err);
    wish_end(w);
    return status;
}

void ticket_end(void)
{
    OM_uint32 minor;

    (void)gss_krb5_ccache_name(&minor, NULL, NULL); /* the default one again */
    destroy(in_memory);
    in_memory[0] = '\0';
}
