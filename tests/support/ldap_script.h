/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_LDAP_SCRIPT_H
#define TESTS_LDAP_SCRIPT_H

#include <arpa/inet.h>
#include <check.h>
#include <lber.h>
#include <ldap.h>
#include <pthread.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/*
 * An LDAP server that says what a test wants to hear: what no server at hand does, or
 * only when it is ill. It binds everybody, knows its rootDSE, and hands every other
 * request to the test, in a thread of its own; one connection at a time. Values of 16
 * characters do for GUIDs.
 */

struct ldap_call {
    struct ldap_script *script;
    ber_int_t id;
    ber_tag_t op;
    char base[256];       /* or the DN of a change */
    char attribute[128];  /* the first that a search asks for */
    char attributes[256]; /* all of them, each with a blank behind it */
    struct berval filter; /* as it came */
    char control[64];     /* the OID of the first control with a cookie */
    char cookie[64];      /* that it carries */
    ber_int_t flags;      /* of DirSync */
    ber_int_t size;       /* of a page */
    char controls[128];   /* the OIDs of all, each with a blank behind it */
};

struct ldap_script {
    int listener;
    int connection;
    unsigned port;
    const char *invocation; /* 16 characters */
    char bound[512];        /* simple binds: "name password;", one behind the other */
    int bind_code;          /* what they are answered */
    char changes[64];       /* what came: A, M, R, D */
    const char *holds; /* naming context that it says it has; NULL: it says nothing */
    const char *configuration; /* naming context of its forest's; NULL: likewise */
    const char *usn;           /* its last change; NULL: 5000 */
    const char *subschema;     /* where its schema is; NULL: it says nothing */
    void (*serve)(struct ldap_call *call);
    int state; /* the test's own */
    pthread_t thread;
};

/* --- answers ---------------------------------------------------------------------- */

static inline void script_raw(struct ldap_call *call, const void *data, size_t length)
{
    (void)!send(call->script->connection, data, length, MSG_NOSIGNAL);
}

static inline void script_flush(struct ldap_call *call, BerElement *ber)
{
    struct berval out;

    ck_assert_int_eq(ber_flatten2(ber, &out, 0), 0);
    script_raw(call, out.bv_val, out.bv_len);
    ber_free(ber, 1);
}

/* Name and value, name and value, NULL. The same name again is one more value of it. */
static inline void script_entry(struct ldap_call *call, const char *dn, ...)
{
    BerElement *ber = ber_alloc_t(LBER_USE_DER);
    const char *name;
    const char *last = NULL;
    va_list args;

    ber_printf(ber, "{it{s{", call->id, LDAP_RES_SEARCH_ENTRY, dn);
    va_start(args, dn);
    while ((name = va_arg(args, const char *)) != NULL) {
        const char *value = va_arg(args, const char *);

        if (last == NULL || strcmp(last, name) != 0)
            ber_printf(ber, last == NULL ? "{s[" : "]}{s[", name);
        if (value[0] != '\0')
            ber_printf(ber, "s", value);
        last = name;
    }
    va_end(args);
    ber_printf(ber, last == NULL ? "}}}" : "]}}}}");
    script_flush(call, ber);
}

/* `cookie` NULL: no control. `more` is for DirSync. */
static inline void script_done(struct ldap_call *call, int code, const char *text,
                               int more, const char *cookie)
{
    BerElement *ber = ber_alloc_t(LBER_USE_DER);
    BerElement *value = ber_alloc_t(LBER_USE_DER);
    bool dirsync = strcmp(call->control, LDAP_CONTROL_X_DIRSYNC) == 0;
    ber_tag_t op = call->op == LDAP_REQ_SEARCH     ? LDAP_RES_SEARCH_RESULT
                   : call->op == LDAP_REQ_MODIFY   ? LDAP_RES_MODIFY
                   : call->op == LDAP_REQ_ADD      ? LDAP_RES_ADD
                   : call->op == LDAP_REQ_DELETE   ? LDAP_RES_DELETE
                   : call->op == LDAP_REQ_MODRDN   ? LDAP_RES_MODDN
                   : call->op == LDAP_REQ_EXTENDED ? LDAP_RES_EXTENDED
                                                   : LDAP_RES_BIND;
    struct berval out;

    ber_printf(ber, "{it{ess}", call->id, op, code, "", text == NULL ? "" : text);
    if (cookie != NULL) {
        if (dirsync)
            ber_printf(value, "{iis}", more, 0, cookie);
        else
            ber_printf(value, "{is}", 0, cookie);
        ck_assert_int_eq(ber_flatten2(value, &out, 0), 0);
        ber_printf(ber, "t{{sO}}", (ber_tag_t)LDAP_TAG_CONTROLS,
                   dirsync ? LDAP_CONTROL_X_DIRSYNC : LDAP_CONTROL_PAGEDRESULTS, &out);
    }
    ber_printf(ber, "}");
    script_flush(call, ber);
    ber_free(value, 1);
}

static inline void script_hang_up(struct ldap_call *call)
{
    shutdown(call->script->connection, SHUT_RDWR);
}

/* --- requests --------------------------------------------------------------------- */

static inline void read_cookie(struct ldap_call *call, struct berval *value)
{
    BerElement *ber = ber_init(value);
    struct berval cookie = {0, NULL};

    if (strcmp(call->control, LDAP_CONTROL_X_DIRSYNC) == 0)
        ber_scanf(ber, "{iim}", &call->flags, &call->size, &cookie);
    else
        ber_scanf(ber, "{im}", &call->size, &cookie);
    if (cookie.bv_val != NULL)
        snprintf(call->cookie, sizeof call->cookie, "%.*s", (int)cookie.bv_len,
                 cookie.bv_val);
    ber_free(ber, 1);
}

static inline void read_controls(struct ldap_call *call, BerElement *ber)
{
    struct berval oid;
    struct berval value;
    ber_int_t critical;
    ber_len_t length;
    char *end;

    if (ber_peek_tag(ber, &length) != (ber_tag_t)LDAP_TAG_CONTROLS)
        return;
    for (ber_tag_t tag = ber_first_element(ber, &length, &end); tag != LBER_DEFAULT;
         tag = ber_next_element(ber, &length, end)) {
        value = (struct berval){0, NULL};
        ber_scanf(ber, "{m", &oid);
        if (ber_peek_tag(ber, &length) == LBER_BOOLEAN)
            ber_scanf(ber, "b", &critical);
        if (ber_peek_tag(ber, &length) == LBER_OCTETSTRING)
            ber_scanf(ber, "m", &value);
        if (strlen(call->controls) + oid.bv_len + 2 < sizeof call->controls) {
            strncat(call->controls, oid.bv_val, oid.bv_len);
            strcat(call->controls, " ");
        }
        if (value.bv_val == NULL || call->control[0] != '\0')
            continue;
        snprintf(call->control, sizeof call->control, "%.*s", (int)oid.bv_len,
                 oid.bv_val);
        read_cookie(call, &value);
    }
}

static inline void read_search(struct ldap_call *call, BerElement *ber)
{
    struct berval base = {0, NULL};
    BerVarray attributes = NULL;
    ber_int_t number;
    ber_len_t length;

    ber_scanf(ber, "{meeiib", &base, &number, &number, &number, &number, &number);
    snprintf(call->base, sizeof call->base, "%.*s", (int)base.bv_len, base.bv_val);
    ber_skip_element(ber, &call->filter);
    (void)ber_peek_tag(ber, &length);
    ber_scanf(ber, "{W}}", &attributes);
    if (attributes != NULL && attributes[0].bv_val != NULL)
        snprintf(call->attribute, sizeof call->attribute, "%.*s",
                 (int)attributes[0].bv_len, attributes[0].bv_val);
    for (size_t i = 0; attributes != NULL && attributes[i].bv_val != NULL; i++)
        snprintf(call->attributes + strlen(call->attributes),
                 sizeof call->attributes - strlen(call->attributes), "%.*s ",
                 (int)attributes[i].bv_len, attributes[i].bv_val);
    ber_bvarray_free(attributes);
    read_controls(call, ber);
}

static inline void note_change(struct ldap_call *call)
{
    const char letter[] = {call->op == LDAP_REQ_ADD      ? 'A'
                           : call->op == LDAP_REQ_MODIFY ? 'M'
                           : call->op == LDAP_REQ_MODRDN ? 'R'
                           : call->op == LDAP_REQ_DELETE ? 'D'
                                                         : '?',
                           '\0'};

    if (strlen(call->script->changes) + 1 < sizeof call->script->changes)
        strcat(call->script->changes, letter);
}

static inline void read_change(struct ldap_call *call, BerElement *ber)
{
    struct berval body = {0, NULL};
    struct berval dn = {0, NULL};
    BerElement *inner = NULL;

    ber_skip_element(ber, &body);
    if (call->op == LDAP_REQ_DELETE) {
        dn = body;
    } else {
        inner = ber_init(&body);
        ber_scanf(inner, "m", &dn);
    }
    snprintf(call->base, sizeof call->base, "%.*s", (int)dn.bv_len,
             dn.bv_val == NULL ? "" : dn.bv_val);
    ber_free(inner, 1);
    read_controls(call, ber);
    note_change(call);
}

static inline void read_bind(struct ldap_call *call, BerElement *ber)
{
    struct ldap_script *script = call->script;
    size_t length = strlen(script->bound);
    struct berval dn = {0, NULL};
    struct berval password = {0, NULL};
    ber_int_t version;

    if (ber_scanf(ber, "{imm", &version, &dn, &password) != LBER_ERROR)
        snprintf(script->bound + length, sizeof script->bound - length, "%.*s %.*s;",
                 (int)dn.bv_len, dn.bv_val, (int)password.bv_len, password.bv_val);
}

/* --- the server ------------------------------------------------------------------- */

/* True: the test need not. */
static inline bool script_itself(struct ldap_call *call)
{
    if (call->op == LDAP_REQ_BIND) {
        script_done(call, call->script->bind_code, NULL, 0, NULL);
        return true;
    }
    if (call->op != LDAP_REQ_SEARCH || call->control[0] != '\0')
        return false;
    if (strcmp(call->attribute, "subschemaSubentry") == 0 &&
        call->script->subschema != NULL)
        script_entry(call, "", call->attribute, call->script->subschema, NULL);
    else if (call->base[0] == '\0')
        script_entry(call, "", "defaultNamingContext", "DC=x,DC=example", "dsServiceName",
                     "CN=NTDS", "highestCommittedUSN",
                     call->script->usn != NULL ? call->script->usn : "5000",
                     call->script->holds != NULL           ? "namingContexts"
                     : call->script->configuration != NULL ? "configurationNamingContext"
                                                           : NULL,
                     call->script->holds != NULL ? call->script->holds
                                                 : call->script->configuration,
                     NULL);
    else if (strcmp(call->base, "CN=NTDS") == 0)
        script_entry(call, "CN=NTDS", "invocationId", call->script->invocation, NULL);
    else
        return false;
    script_done(call, LDAP_SUCCESS, NULL, 0, NULL);
    return true;
}

static inline bool script_next(struct ldap_script *script, Sockbuf *sb)
{
    BerElement *ber = ber_alloc_t(LBER_USE_DER);
    struct ldap_call call = {.script = script};
    ber_len_t length;
    bool good = ber_get_next(sb, &length, ber) == LBER_SEQUENCE &&
                ber_scanf(ber, "i", &call.id) != LBER_ERROR;

    if (good) {
        call.op = ber_peek_tag(ber, &length);
        if (call.op == LDAP_REQ_SEARCH)
            read_search(&call, ber);
        else if (call.op == LDAP_REQ_BIND)
            read_bind(&call, ber);
        else if (call.op != LDAP_REQ_UNBIND && call.op != LDAP_REQ_ABANDON &&
                 call.op != LDAP_REQ_EXTENDED)
            read_change(&call, ber);
        if (call.op == LDAP_REQ_UNBIND)
            good = false;
        else if (!script_itself(&call) && call.op != LDAP_REQ_ABANDON)
            script->serve(&call);
    }
    ber_free(ber, 1);
    return good;
}

static inline void *script_run(void *context)
{
    struct ldap_script *script = context;
    int fd;

    while ((fd = accept(script->listener, NULL, NULL)) >= 0) {
        Sockbuf *sb = ber_sockbuf_alloc();

        script->connection = fd;
        ber_sockbuf_add_io(sb, &ber_sockbuf_io_tcp, LBER_SBIOD_LEVEL_PROVIDER, &fd);
        while (script_next(script, sb))
            ;
        ber_sockbuf_free(sb); /* closes it */
    }
    return NULL;
}

/* `port` 0: any that is free. False: another one has it. A port that is named may be one
 * that a connection of a test before has left behind. */
static inline bool script_listen(struct ldap_script *script, const char *address,
                                 unsigned port)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_addr.s_addr = inet_addr(address),
                             .sin_port = htons((uint16_t)port)};
    socklen_t size = sizeof at;
    int reuse = port != 0;

    *script = (struct ldap_script){.listener = socket(AF_INET, SOCK_STREAM, 0),
                                   .invocation = "first invocation"};
    ck_assert_int_ge(script->listener, 0);
    ck_assert_int_eq(
        setsockopt(script->listener, SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof reuse), 0);
    if (bind(script->listener, (struct sockaddr *)&at, sizeof at) != 0 ||
        listen(script->listener, 4) != 0) {
        close(script->listener);
        return false;
    }
    ck_assert_int_eq(getsockname(script->listener, (struct sockaddr *)&at, &size), 0);
    script->port = ntohs(at.sin_port);
    return true;
}

static inline void script_serve(struct ldap_script *script)
{
    ck_assert_int_eq(pthread_create(&script->thread, NULL, script_run, script), 0);
}

static inline void script_begin_at(struct ldap_script *script, const char *address,
                                   unsigned port)
{
    ck_assert(script_listen(script, address, port));
    script_serve(script);
}

/* At 127.0.0.1 and at 127.0.0.2, at a port that is free at both: what is free at one may
 * be another test's at the other. */
static inline void script_begin_two(struct ldap_script *first, struct ldap_script *second)
{
    bool both = false;

    for (int tries = 0; tries < 100 && !both; tries++) {
        ck_assert(script_listen(first, "127.0.0.1", 0));
        both = script_listen(second, "127.0.0.2", first->port);
        if (!both)
            close(first->listener);
    }
    ck_assert(both);
    script_serve(first);
    script_serve(second);
}

static inline void script_begin(struct ldap_script *script)
{
    script_begin_at(script, "127.0.0.1", 0);
}

/* The client has hung up by now. */
static inline void script_end(struct ldap_script *script)
{
    shutdown(script->listener, SHUT_RDWR);
    pthread_join(script->thread, NULL);
    close(script->listener);
}

#endif
