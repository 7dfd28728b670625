/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The management agent for Active Directory and AD LDS. Read from the bottom; the
 * parameters are the manual, man mactl-ad_ma(7) says more of them.
 */

#include <stdlib.h>

#include "session.h"
#include "support/ad_directory.h"

static void ad_close(void *session)
{
    struct session *s = session;

    if (s == NULL)
        return;
    directory_close(s->directory);
    settings_free(&s->set);
    pool_free(&s->pool);
    pool_free(&s->lost_names);
    doubts_free(&s->doubts);
    free(s);
}

static bool cancelled(const void *context)
{
    const struct ma_host *host = context;

    return host->cancelled(host);
}

static enum ma_status ad_open(const struct ma_host *host, void **out,
                              struct ma_error *err)
{
    struct session *s = calloc(1, sizeof *s);

    if (s == NULL)
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    s->host = host;
    if (settings_read(&s->set, host, err) != MA_OK) {
        ad_close(s);
        return err->status;
    }
    s->set.logon.link.cancelled = cancelled;
    s->set.logon.link.context = host;
    *out = s;
    return MA_OK;
}

/* At the end of a batch the window runs empty: a round trip, and a commit of the engine.
 */
enum { BATCH = 500 };

static const struct ma_agent agent = {
    .size = sizeof agent,
    .capabilities = MA_CAN_LDAP_DN | MA_CAN_RENAME_CONTAINER | MA_CAN_RENAME |
                    MA_CAN_FULL_IMPORT | MA_CAN_DELTA_IMPORT | MA_CAN_EXPORT |
                    MA_CAN_DISCOVER_SCHEMA,
    .open = ad_open,
    .close = ad_close,
    .import_entries = import_entries,
    .export_entries = export_entries,
    .read_entries = import_again,
    .test = test_import,
    .least_batch = BATCH,
    .discover = discover,
    .prepare_export = session_early,
};

static const struct ma_param params[] = {
    {"server", MA_STRING, NULL,
     "A domain controller; several are tried in this order. Without, DNS says."},
    {"site", MA_STRING, NULL,
     "The site whose domain controllers DNS is asked for first."},
    {"port", MA_NUMBER, NULL, "The port, where it is not the usual one."},
    {"tls", MA_STRING, NULL,
     "ldaps, starttls or none. Without: as the configuration says; starttls for a simple "
     "bind."},
    {"ca-file", MA_STRING, NULL,
     "Certificates of the authorities that are trusted; without, those of the system."},
    {"crl-file", MA_STRING, NULL,
     "Lists of revoked certificates, which somebody else keeps up to date."},
    {"crl-check", MA_BOOLEAN, NULL,
     "No certificate that these lists do not clear. Without: as the configuration says."},
    {"authentication", MA_STRING, NULL,
     "kerberos or simple. Without: as the configuration says."},
    {"allow-clear-password", MA_BOOLEAN, NULL,
     "A simple bind may send the password without TLS."},
    {"login", MA_STRING, NULL,
     "The account, where the configuration names another: user, user@domain, a DN."},
    {"domain", MA_STRING, NULL, "Its domain, else forest-login-domain."},
    {"password", MA_SECRET, NULL, "Of the account; not where there is a keytab."},
    {"keytab", MA_STRING, NULL, "Kerberos: a keytab instead of a password."},
    {"credentials-cache", MA_STRING, NULL, "Kerberos: tickets that somebody else gets."},
    {"anchor", MA_STRING, NULL,
     "The attribute that identifies an object for life: objectGUID; entryUUID of a "
     "server "
     "that is no Active Directory."},
    {"delta", MA_STRING, NULL,
     "auto, dirsync, object-security or usn: how a delta import finds changes."},
    {"component-mapping", MA_STRING, NULL,
     "ou=organizationalUnit: the class of a missing container that an export makes."},
    {"tree-delete", MA_BOOLEAN, NULL, "A delete takes along what is below the object."},
    {"split-refused", MA_BOOLEAN, "true",
     "Of a modify that is refused, what may be written is written."},
    {"resend-lost-adds", MA_BOOLEAN, "false",
     "What a lost domain controller may have added is sent to the next one at once."},
    {"window", MA_NUMBER, NULL, "Exports that are under way at once: 32."},
    {NULL, MA_STRING, NULL, NULL},
};

static const struct ma_plugin plugin = {
    .abi = MA_ABI,
    .size = sizeof plugin,
    .name = "ad_ma",
    .version = "1.0",
    .params = params,
    .agent = &agent,
};

MA_PLUGIN(plugin)
