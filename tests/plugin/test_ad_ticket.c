/* SPDX-License-Identifier: Apache-2.0 */

/*
 * With which tickets the agent for Active Directory binds, and what it makes of a KDC
 * that gives none. The tickets are forged: whoever binds with one does not look into it,
 * and the server here only says that it came.
 */

#include <krb5.h>
#include <pthread.h>

#include "hosted.h"
#include "ldap_world.h"

#define REALM "X.EXAMPLE"
#define SKEWED 37 /* KRB_AP_ERR_SKEW, RFC 4120 7.5.9 */

static struct hosted h;
static struct ldap_script script;
static krb5_context context;
static char named[160]; /* a cache */
static char keytab[160];
static char port[16];

/* `kdc`: "127.0.0.1:88". */
static void write_krb5_conf(const char *kdc)
{
    char text[512];

    snprintf(text, sizeof text,
             "[libdefaults]\ndefault_realm = " REALM "\ndns_lookup_kdc = false\n"
             "dns_lookup_realm = false\ndns_canonicalize_hostname = false\n"
             "[realms]\n" REALM " = {\nkdc = %s\n}\n",
             kdc);
    hosted_text(&h, "krb5.conf", text);
    setenv("KRB5_CONFIG", hosted_path(&h, "krb5.conf"), 1);
}

/* A port where nobody listens; by UDP, where all is taken and nothing said. */
static int taken_port(int type, unsigned *number)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    int fd = socket(AF_INET, type, 0);

    ck_assert_int_eq(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&at, &size), 0);
    *number = ntohs(at.sin_port);
    return fd;
}

static void refuses_the_bind(struct ldap_call *call)
{
    script_done(call, LDAP_SUCCESS, NULL, 0, NULL);
}

static void begin(void)
{
    hosted_begin(&h);
    script_begin(&script);
    script.serve = refuses_the_bind;
    script.bind_code = LDAP_INVALID_CREDENTIALS;
    snprintf(port, sizeof port, "%u", script.port);
    hosted_param(&h, "server", "127.0.0.1");
    hosted_param(&h, "port", port);
    write_krb5_conf("127.0.0.1:1");
    snprintf(named, sizeof named, "FILE:%s/named", h.folder);
    snprintf(keytab, sizeof keytab, "%s/keytab", h.folder);
    setenv("KRB5CCNAME", hosted_path(&h, "default"), 1);
    ck_assert_int_eq(krb5_init_context(&context), 0);
}

static void end(void)
{
    krb5_free_context(context);
    unsetenv("KRB5CCNAME");
    unsetenv("KRB5_CONFIG");
    world_end(&h, &script);
}

/* --- caches ----------------------------------------------------------------------- */

/* RFC 4120 5.3; nobody but a server would look into what is encrypted. */
static struct berval *make_ticket(void)
{
    const ber_tag_t ticket = 0x61, text = 0x1b, version = 0xa0, realm = 0xa1, name = 0xa2,
                    encrypted = 0xa3, type = 0xa0, parts = 0xa1, cipher = 0xa2;
    BerElement *ber = ber_alloc_t(LBER_USE_DER);
    struct berval *out = NULL;

    ber_printf(ber, "t{{t{i}t{ts}t{{t{i}t{{tsts}}}}t{{t{i}t{s}}}}}", ticket, version, 5,
               realm, text, REALM, name, type, KRB5_NT_SRV_HST, parts, text, "ldap", text,
               "127.0.0.1", encrypted, type, ENCTYPE_AES256_CTS_HMAC_SHA1_96, cipher,
               "secret");
    ck_assert_int_eq(ber_flatten(ber, &out), 0);
    ber_free(ber, 1);
    return out;
}

static void forge(krb5_ccache cache, krb5_principal who, const char *server)
{
    struct berval *ticket = make_ticket();
    krb5_creds creds = {.client = who};

    creds.times.starttime = creds.times.authtime = (krb5_timestamp)time(NULL) - 60;
    creds.times.endtime = (krb5_timestamp)time(NULL) + 24 * 60 * 60;
    ck_assert_int_eq(krb5_parse_name(context, server, &creds.server), 0);
    ck_assert_int_eq(
        krb5_c_make_random_key(context, ENCTYPE_AES256_CTS_HMAC_SHA1_96, &creds.keyblock),
        0);
    creds.ticket =
        (krb5_data){.data = ticket->bv_val, .length = (unsigned)ticket->bv_len};
    ck_assert_int_eq(krb5_cc_store_cred(context, cache, &creds), 0);
    krb5_free_keyblock_contents(context, &creds.keyblock);
    krb5_free_principal(context, creds.server);
    ber_bvfree(ticket);
}

/* Of the account, and unless somebody is to be asked for it, of the server. */
static void make_cache(const char *name, bool of_server)
{
    krb5_principal who;
    krb5_ccache cache;

    ck_assert_int_eq(krb5_parse_name(context, "svc@" REALM, &who), 0);
    ck_assert_int_eq(krb5_cc_resolve(context, name, &cache), 0);
    ck_assert_int_eq(krb5_cc_initialize(context, cache, who), 0);
    forge(cache, who, "krbtgt/" REALM "@" REALM);
    if (of_server)
        forge(cache, who, "ldap/127.0.0.1@" REALM);
    krb5_cc_close(context, cache);
    krb5_free_principal(context, who);
}

static void ck_bound(bool with_a_ticket)
{
    ck_assert_int_eq(hosted_import(&h, AD_MA, true), MA_DENIED);
    ck_assert_msg((script.bound[0] != '\0') == with_a_ticket, "%s", h.err.text);
    ck_assert_ptr_nonnull(strstr(h.err.text, "Kerberos bind"));
    script.bound[0] = '\0';
}

START_TEST(the_tickets_of_the_cache_that_is_named_are_taken_and_of_no_other)
{
    hosted_param(&h, "credentials-cache", named);
    make_cache(getenv("KRB5CCNAME"), true);
    ck_bound(false);

    ck_assert_int_eq(unlink(hosted_path(&h, "default")), 0);
    make_cache(named, true);
    ck_bound(true);
}
END_TEST

START_TEST(a_cache_that_is_named_goes_before_a_password)
{
    world_secret(&h);
    hosted_param(&h, "login", "svc@" REALM);
    hosted_param(&h, "credentials-cache", named);
    make_cache(named, true);

    ck_bound(true);
}
END_TEST

/* One thread binds for many agents. */
START_TEST(who_names_no_cache_is_not_bound_with_that_of_the_agent_before)
{
    make_cache(named, true);
    hosted_param(&h, "credentials-cache", named);
    ck_bound(true);
    h.binding.parameter_count--;
    ck_bound(false);

    make_cache(getenv("KRB5CCNAME"), true);
    ck_bound(true);
}
END_TEST

/* --- who gives none --------------------------------------------------------------- */

static void make_keytab(const char *const *names)
{
    krb5_keytab table;

    ck_assert_int_eq(krb5_kt_resolve(context, keytab, &table), 0);
    for (; *names != NULL; names++) {
        krb5_keytab_entry entry = {.vno = 1};

        ck_assert_int_eq(krb5_parse_name(context, *names, &entry.principal), 0);
        ck_assert_int_eq(
            krb5_c_make_random_key(context, ENCTYPE_AES256_CTS_HMAC_SHA1_96, &entry.key),
            0);
        ck_assert_int_eq(krb5_kt_add_entry(context, table, &entry), 0);
        krb5_free_keytab_entry_contents(context, &entry);
    }
    krb5_kt_close(context, table);
}

static void ck_ticket(enum ma_status status, const char *text)
{
    ck_assert_msg(hosted_import(&h, AD_MA, true) == status, "%d %s", h.err.status,
                  h.err.text);
    ck_assert_msg(strstr(h.err.text, text) != NULL, "%s", h.err.text);
    ck_assert_str_eq(script.bound, "");
}

/* So that the next server is tried, and nobody looks for a wrong password. */
START_TEST(a_kdc_that_is_away_is_no_refusal)
{
    static const char *const names[] = {"svc@" REALM, NULL};
    unsigned number;
    int nobody = taken_port(SOCK_STREAM, &number);
    char kdc[32];

    snprintf(kdc, sizeof kdc, "127.0.0.1:%u", number);
    write_krb5_conf(kdc);
    make_keytab(names);
    hosted_param(&h, "keytab", keytab);

    ck_ticket(MA_UNREACHABLE, "Kerberos: a ticket for the account: Cannot contact any KDC"
                              " for realm '" REALM "'");
    close(nobody);
}
END_TEST

START_TEST(a_realm_that_nobody_knows_a_kdc_of_is_no_refusal)
{
    static const char *const names[] = {"svc@Y.EXAMPLE", "svc@" REALM, NULL};

    make_keytab(names);
    hosted_param(&h, "keytab", keytab);

    /* that it is asked for: the account is that of the first entry */
    ck_ticket(MA_UNREACHABLE, "Cannot find KDC for realm \"Y.EXAMPLE\"");
}
END_TEST

START_TEST(an_account_that_the_keytab_has_no_key_of_is_a_refusal)
{
    static const char *const names[] = {"other@" REALM, NULL};

    make_keytab(names);
    hosted_param(&h, "keytab", keytab);
    hosted_param(&h, "login", "svc@" REALM);

    ck_ticket(MA_DENIED, "Kerberos: a ticket for the account");
}
END_TEST

START_TEST(a_keytab_that_is_not_there_is_a_refusal)
{
    hosted_param(&h, "keytab", keytab);

    ck_ticket(MA_DENIED, "Kerberos: the account");
}
END_TEST

/* The account has its ticket by then; GSSAPI itself would wait, and could not be left. */
START_TEST(who_waits_for_a_ticket_for_the_server_can_be_cancelled)
{
    unsigned number;
    int silent = taken_port(SOCK_DGRAM, &number);
    char kdc[32];
    char bytes[64];

    snprintf(kdc, sizeof kdc, "127.0.0.1:%u", number);
    write_krb5_conf(kdc);
    make_cache(named, false);
    hosted_param(&h, "credentials-cache", named);
    h.cancelled_when_asked = 8;

    ck_assert_msg(hosted_import(&h, AD_MA, true) == MA_CANCELLED, "%d %s", h.err.status,
                  h.err.text);
    ck_assert_int_gt(recv(silent, bytes, sizeof bytes, 0), 0);
    ck_assert_str_eq(script.bound, "");
    close(silent);
}
END_TEST

/* A KDC that answers all with one error, by UDP. */
struct kdc {
    pthread_t thread;
    int fd;
    char where[32];
    krb5_data error;
};

static void *answer_all(void *at)
{
    const struct kdc *kdc = at;
    struct sockaddr_in from;
    socklen_t size = sizeof from;
    char bytes[4096];
    ssize_t length;

    while ((length = recvfrom(kdc->fd, bytes, sizeof bytes, 0, (struct sockaddr *)&from,
                              &size)) > 1)
        (void)!sendto(kdc->fd, kdc->error.data, kdc->error.length, 0,
                      (struct sockaddr *)&from, size);
    return NULL;
}

static void kdc_begin(struct kdc *kdc, int code)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    krb5_error error = {.error = (krb5_ui_4)code, .stime = (krb5_timestamp)time(NULL)};

    ck_assert_int_eq(krb5_parse_name(context, "krbtgt/" REALM "@" REALM, &error.server),
                     0);
    ck_assert_int_eq(krb5_mk_error(context, &error, &kdc->error), 0);
    krb5_free_principal(context, error.server);
    kdc->fd = socket(AF_INET, SOCK_DGRAM, 0);
    ck_assert_int_eq(bind(kdc->fd, (struct sockaddr *)&at, sizeof at), 0);
    ck_assert_int_eq(getsockname(kdc->fd, (struct sockaddr *)&at, &size), 0);
    snprintf(kdc->where, sizeof kdc->where, "127.0.0.1:%u", ntohs(at.sin_port));
    ck_assert_int_eq(pthread_create(&kdc->thread, NULL, answer_all, kdc), 0);
}

/* A datagram of one byte ends it. */
static void kdc_end(struct kdc *kdc)
{
    struct sockaddr_in at;
    socklen_t size = sizeof at;

    ck_assert_int_eq(getsockname(kdc->fd, (struct sockaddr *)&at, &size), 0);
    ck_assert_int_eq(sendto(kdc->fd, "", 1, 0, (struct sockaddr *)&at, size), 1);
    pthread_join(kdc->thread, NULL);
    close(kdc->fd);
    krb5_free_data_contents(context, &kdc->error);
}

static const struct {
    int code;
    enum ma_status status;
} kdc_codes[] = {
    {SKEWED, MA_UNREACHABLE},
    {6, MA_DENIED},  /* KDC_ERR_C_PRINCIPAL_UNKNOWN */
    {18, MA_DENIED}, /* KDC_ERR_CLIENT_REVOKED */
};

START_TEST(a_clock_that_is_wrong_is_no_refusal_of_the_account)
{
    static const char *const names[] = {"svc@" REALM, NULL};

    make_keytab(names);
    hosted_param(&h, "keytab", keytab);
    for (size_t i = 0; i < sizeof kdc_codes / sizeof kdc_codes[0]; i++) {
        struct kdc kdc;

        kdc_begin(&kdc, kdc_codes[i].code);
        write_krb5_conf(kdc.where);
        ck_ticket(kdc_codes[i].status, "Kerberos: a ticket for the account");
        kdc_end(&kdc);
    }
}
END_TEST

SUITE_WITH("plugin/ad_ticket", begin, end,
           the_tickets_of_the_cache_that_is_named_are_taken_and_of_no_other,
           a_cache_that_is_named_goes_before_a_password,
           who_names_no_cache_is_not_bound_with_that_of_the_agent_before,
           a_kdc_that_is_away_is_no_refusal,
           a_realm_that_nobody_knows_a_kdc_of_is_no_refusal,
           an_account_that_the_keytab_has_no_key_of_is_a_refusal,
           a_keytab_that_is_not_there_is_a_refusal,
           a_clock_that_is_wrong_is_no_refusal_of_the_account,
           who_waits_for_a_ticket_for_the_server_can_be_cancelled)
