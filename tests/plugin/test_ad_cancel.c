/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A cancel, in each phase of a run in which a server may keep the agent waiting: somebody
 * who listens and says no more, from the first packet to the last page.
 */

#include <fcntl.h>
#include <netinet/in.h>
#include <time.h>

#include "hosted.h"
#include "ldap_world.h"

/* Slices of waiting until a cancel comes: those before the phase are less. */
enum { ASKED = 8, SOON_MS = 10000 /* a second; a machine that is busy has ten */ };

static struct hosted h;
static struct ldap_script script;
static char port[16];

static void begin(void)
{
    hosted_begin(&h);
    world_secret(&h);
    hosted_param(&h, "server", "127.0.0.1");
}

static void end(void)
{
    hosted_end(&h);
}

static void how(const char *authentication, const char *tls, unsigned number)
{
    snprintf(port, sizeof port, "%u", number);
    hosted_param(&h, "port", port);
    hosted_param(&h, "authentication", authentication);
    hosted_param(&h, "tls", tls);
    hosted_param(&h, "login", "svc@X.EXAMPLE");
    hosted_param(&h, "allow-clear-password", "true");
}

static void ck_soon(const char *what, enum ma_status status)
{
    struct timespec now;
    long ms;

    clock_gettime(CLOCK_MONOTONIC, &now);
    ck_assert_msg(status == MA_CANCELLED, "%s: %d %s", what, status, h.err.text);
    ms = (now.tv_sec - h.cancelled_at.tv_sec) * 1000 +
         (now.tv_nsec - h.cancelled_at.tv_nsec) / 1000000;
    ck_assert_msg(ms < SOON_MS, "%s: %ld ms", what, ms);
    ck_assert_uint_eq(h.watermark.length, 0);
}

/* --- before there is a connection ------------------------------------------------- */

/* Somebody whom the kernel answers for, and nobody else does. */
static int silent(int type, unsigned *number)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                             .sin_port = htons((uint16_t)*number)};
    socklen_t size = sizeof at;
    int fd = socket(AF_INET, type, 0);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&at, &size), 0);
    if (type == SOCK_STREAM)
        ck_assert_int_eq(listen(fd, 8), 0);
    *number = ntohs(at.sin_port);
    return fd;
}

/* How many bytes the last of those who came has sent. */
static ssize_t heard_by(int listener)
{
    char bytes[4096];
    ssize_t got = -1;
    int fd;

    ck_assert_int_eq(fcntl(listener, F_SETFL, O_NONBLOCK), 0);
    while ((fd = accept(listener, NULL, NULL)) >= 0) {
        got = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT);
        close(fd);
    }
    return got;
}

/* Who is full drops what comes. */
START_TEST(a_connection_that_does_not_come_to_be_is_left)
{
    unsigned number = 0;
    int listener = silent(SOCK_STREAM, &number);
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                             .sin_port = htons((uint16_t)number)};
    int fillers[2];

    ck_assert_int_eq(listen(listener, 0), 0);
    for (size_t i = 0; i < 2; i++) {
        fillers[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        (void)connect(fillers[i], (struct sockaddr *)&at, sizeof at);
    }
    how("simple", "none", number);
    h.cancelled_when_asked = ASKED;

    ck_soon("connect", hosted_import(&h, AD_MA, true));
    for (size_t i = 0; i < 2; i++)
        close(fillers[i]);
    close(listener);
}
END_TEST

static const struct {
    const char *what;
    const char *authentication;
    const char *tls;
} silences[] = {
    {"LDAPS: the handshake", "simple", "ldaps"},
    {"the request for StartTLS", "simple", "starttls"},
    {"a simple bind", "simple", "none"},
};

START_TEST(who_takes_a_connection_and_says_nothing_is_left)
{
    for (size_t i = 0; i < sizeof silences / sizeof silences[0]; i++) {
        unsigned number = 0;
        int listener = silent(SOCK_STREAM, &number);

        h.binding.parameter_count = 1;
        h.cancelled = false;
        h.asked = 0;
        h.cancelled_at.tv_sec = 0;
        how(silences[i].authentication, silences[i].tls, number);
        h.cancelled_when_asked = ASKED;

        ck_soon(silences[i].what, hosted_import(&h, AD_MA, true));
        ck_assert_msg(heard_by(listener) > 0, "%s", silences[i].what);
        close(listener);
    }
}
END_TEST

/* --- Kerberos --------------------------------------------------------------------- */

static void write_krb5_conf(unsigned number)
{
    char text[512];

    snprintf(text, sizeof text,
             "[libdefaults]\ndefault_realm = X.EXAMPLE\ndns_lookup_kdc = false\n"
             "dns_canonicalize_hostname = false\n"
             "[realms]\nX.EXAMPLE = {\nkdc = 127.0.0.1:%u\n}\n",
             number);
    hosted_text(&h, "krb5.conf", text);
    setenv("KRB5_CONFIG", hosted_path(&h, "krb5.conf"), 1);
}

START_TEST(a_kdc_that_does_not_answer_is_left)
{
    unsigned number = 0;
    unsigned same;
    int by_tcp = silent(SOCK_STREAM, &number);
    int by_udp = silent(SOCK_DGRAM, (same = number, &same));
    char bytes[64];

    write_krb5_conf(number);
    how("kerberos", "none", number); /* the server listens there too */
    h.cancelled_when_asked = ASKED;

    ck_soon("a ticket", hosted_import(&h, AD_MA, true));
    ck_assert_int_gt(recv(by_udp, bytes, sizeof bytes, MSG_DONTWAIT), 0);
    close(by_udp);
    close(by_tcp);
    unsetenv("KRB5_CONFIG");
}
END_TEST

/* --- scripted --------------------------------------------------------------------- */

/* From here on it says nothing. */
static void falls_silent(void)
{
    h.cancelled = true;
}

/* Takes what comes, to the end: it is no LDAP. */
static void starts_tls_in_vain(struct ldap_call *call)
{
    char bytes[4096];

    script_done(call, LDAP_SUCCESS, NULL, 0, NULL);
    if (recv(call->script->connection, bytes, sizeof bytes, 0) > 0)
        call->script->state++;
    falls_silent();
    while (recv(call->script->connection, bytes, sizeof bytes, 0) > 0)
        ;
}

START_TEST(who_starts_tls_and_does_not_go_on_is_left)
{
    script_begin(&script);
    script.serve = starts_tls_in_vain;
    how("simple", "starttls", script.port);

    ck_soon("StartTLS", hosted_import(&h, AD_MA, true));
    ck_assert_int_eq(script.state, 1);
    script_end(&script);
}
END_TEST

static void stops_at_the_second_page(struct ldap_call *call)
{
    if (first_cookie(call))
        return;
    if (call->cookie[0] != '\0') {
        falls_silent();
        return;
    }
    person(call, "CN=1,DC=x,DC=example", GUID("1"));
    script_done(call, LDAP_SUCCESS, NULL, 0, "two");
}

static void stops_in_a_range(struct ldap_call *call)
{
    if (first_cookie(call))
        return;
    if (strncmp(call->attribute, "member;range=1-", 15) == 0) {
        falls_silent();
        return;
    }
    script_entry(call, "CN=G,DC=x,DC=example", "objectGUID", GUID("1"), "objectClass",
                 "group", "member;range=0-0", "CN=1", NULL);
    script_done(call, LDAP_SUCCESS, NULL, 0, "");
}

static void stops_at_the_schema(struct ldap_call *call)
{
    if (is_dirsync(call))
        falls_silent();
}

static const struct {
    const char *what;
    void (*serve)(struct ldap_call *);
} imports[] = {
    {"the first cookie", stops_at_the_schema},
    {"the second page", stops_at_the_second_page},
    {"the rest of a long attribute", stops_in_a_range},
};

static void begin_scripted(void (*serve)(struct ldap_call *))
{
    h.binding.parameter_count = 1;
    h.cancelled = false;
    h.cancelled_at.tv_sec = 0;
    script_begin(&script);
    script.serve = serve;
    how("simple", "none", script.port);
}

START_TEST(a_full_import_that_waits_is_left)
{
    for (size_t i = 0; i < sizeof imports / sizeof imports[0]; i++) {
        begin_scripted(imports[i].serve);

        ck_soon(imports[i].what, hosted_import(&h, AD_MA, true));
        script_end(&script);
    }
}
END_TEST

static void stops_behind_a_piece(struct ldap_call *call)
{
    if (first_cookie(call))
        return;
    if (!is_dirsync(call)) {
        script_done(call, LDAP_SUCCESS, NULL, 0, NULL);
        return;
    }
    if (strcmp(call->cookie, "cookie1") == 0) {
        falls_silent();
        return;
    }
    script_entry(call, "CN=1,DC=x,DC=example", "objectGUID", GUID("1"), "title", "a",
                 NULL);
    script_done(call, LDAP_SUCCESS, NULL, 1, "cookie1");
}

START_TEST(a_delta_import_that_waits_for_its_next_piece_is_left_and_goes_on_there)
{
    struct buf mark = {0};

    begin_scripted(stops_behind_a_piece);
    ck_assert_int_eq(hosted_import(&h, AD_MA, true), MA_OK);
    mark = h.watermark;
    h.watermark = (struct buf){0};
    h.checkpoint = (struct buf){0};
    buf_bytes(&h.checkpoint, mark.at, mark.length);

    ck_soon("the second piece", hosted_import(&h, AD_MA, false));
    ck_assert_ptr_nonnull(strstr(h.checkpoint.at, "Y29va2llMQ==")); /* cookie1 */
    buf_free(&mark);
    script_end(&script);
}
END_TEST

/* --- exports ---------------------------------------------------------------------- */

static const struct ma_value values[] = {{"x", 1}};
static const struct ma_attribute attributes[] = {
    {.name = "title", .values = values, .count = 1}};
static const struct ma_entry change = {.size = sizeof change,
                                       .change = MA_MODIFY,
                                       .anchor = {GUID("1"), 16},
                                       .dn = "CN=1,DC=x,DC=example",
                                       .attributes = attributes,
                                       .count = 1};

static void takes_a_change(struct ldap_call *call)
{
    if (call->op == LDAP_REQ_MODIFY)
        falls_silent();
}

/* What a refusal is looked into with. */
static void refuses_and_stops(struct ldap_call *call)
{
    if (call->op == LDAP_REQ_MODIFY)
        script_done(call, LDAP_INSUFFICIENT_ACCESS, "00002098: SecErr", 0, NULL);
    else
        falls_silent();
}

static const struct {
    const char *what;
    void (*serve)(struct ldap_call *);
} exports[] = {
    {"a full window", takes_a_change},
    {"why a change was refused", refuses_and_stops},
};

START_TEST(an_export_that_waits_is_left_and_nobody_is_told_a_result)
{
    const struct ma_entry *const one[] = {&change};

    for (size_t i = 0; i < sizeof exports / sizeof exports[0]; i++) {
        begin_scripted(exports[i].serve);

        ck_soon(exports[i].what, hosted_export(&h, AD_MA, one, 1));
        ck_heard(&h, "");
        script_end(&script);
    }
}
END_TEST

SUITE_WITH("plugin/ad_cancel", begin, end, a_connection_that_does_not_come_to_be_is_left,
           who_takes_a_connection_and_says_nothing_is_left,
           a_kdc_that_does_not_answer_is_left, who_starts_tls_and_does_not_go_on_is_left,
           a_full_import_that_waits_is_left,
           a_delta_import_that_waits_for_its_next_piece_is_left_and_goes_on_there,
           an_export_that_waits_is_left_and_nobody_is_told_a_result)
