/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_LINK_H
#define SUPPORT_LINK_H

#include <ldap.h>

#include "support/bytes.h"

/*
 * One bound connection to an LDAP server. Every wait on it ends: with the answer, at its
 * time limit, or within a fifth of a second once somebody cancels. Certificates are
 * checked, referrals are not followed; the machine's ldap.conf says which authorities are
 * trusted where the settings do not, and nothing else. A password does not travel in
 * clear unless the settings want it so.
 */

enum link_security { LINK_PLAIN, LINK_STARTTLS, LINK_LDAPS };
enum link_method { LINK_SIMPLE, LINK_GSSAPI };

struct link_settings {
    enum link_security security;
    enum link_method method;
    bool seal;            /* GSSAPI without TLS: no connection that is not sealed */
    bool clear_password;  /* a simple bind without TLS is what the operator wants */
    const char *user;     /* simple: as the server wants it; GSSAPI: principal, or NULL */
    const char *password; /* NULL: none */
    const char *keytab;   /* GSSAPI: a file; NULL: none */
    const char *cache;    /* GSSAPI: a credentials cache; NULL: the default one */
    const char *ca_file;  /* NULL: the system's */
    const char *crl_file; /* lists of revoked certificates; NULL: none */
    bool crl_check;       /* within TLS, no certificate that they do not clear */
    unsigned time_limit;  /* seconds without an answer; 0: as long as it takes */
    bool (*cancelled)(const void *context); /* NULL: nobody does */
    const void *context;
};

/* Read by all that speak on it. `host` is for messages. */
struct link {
    LDAP *ld;
    const char *host;
    const struct link_settings *settings;
    struct gather *gather; /* requests that nobody waits for yet; NULL: none do */
};

/* The settings and the host have to live as long. MA_UNREACHABLE: another server may do;
 * MA_DENIED: it will not either. Closing NULL is fine. */
enum ma_status link_open(struct link **out, const struct link_settings *settings,
                         const char *host, unsigned port, struct ma_error *err);
void link_close(struct link *link);

/* What was asked for goes out now, as far as there is room; else it does when somebody
 * waits, together with what is asked for until then. */
void link_flush(const struct link *link);
/* One message of the operation `id`, or with `all` the whole answer; the caller frees it
 * by ldap_msgfree. */
enum ma_status link_wait(struct link *link, int id, bool all, LDAPMessage **out,
                         struct ma_error *err);
/* As link_wait for whichever operation answers first. */
enum ma_status link_wait_any(struct link *link, LDAPMessage **out, struct ma_error *err);

/* What a result code of the server, or of libldap, means for the run. `what` was tried;
 * `said` are the server's own words, or NULL. */
enum ma_status link_fail(const struct link *link, int code, const char *what,
                         const char *said, struct ma_error *err);
/* The failure of a call that sent nothing. */
enum ma_status link_not_sent(const struct link *link, int code, const char *what,
                             struct ma_error *err);
/* The code of a result message; *said is the caller's (ldap_memfree), or NULL. */
int link_code(struct link *link, LDAPMessage *result, char **said);

/* A search that has one small answer, whole. A base that is not there is MA_NOT_FOUND. */
enum ma_status link_read(struct link *link, const char *base, int scope,
                         const char *filter, const char *const *attributes,
                         LDAPControl *const *controls, LDAPMessage **out,
                         struct ma_error *err);
/* The first value of an attribute of the first entry; "" where there is none. */
const char *link_text(struct link *link, LDAPMessage *answer, const char *attribute,
                      struct pool *pool);

#endif
