/* SPDX-License-Identifier: Apache-2.0 */
#include "support/knock.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "support/aside.h"

enum { CONNECT_SECONDS = 15, NAME_SIZE = 512 };

/* --- addresses -------------------------------------------------------------------- */

struct lookup {
    char host[NAME_SIZE];
    char service[16];
    struct addrinfo *all;
    int code;
};

static void lookup_run(void *job)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG};
    struct lookup *l = job;

    l->code = getaddrinfo(l->host, l->service, &hints, &l->all);
}

static void lookup_end(void *job)
{
    struct lookup *l = job;

    if (l->all != NULL)
        freeaddrinfo(l->all);
    free(l);
}

static struct lookup *lookup_of(const char *host, unsigned port)
{
    struct lookup *l = calloc(1, sizeof *l);

    if (l == NULL)
        return NULL;
    snprintf(l->host, sizeof l->host, "%s", host);
    snprintf(l->service, sizeof l->service, "%u", port);
    return l;
}

/* --- listening -------------------------------------------------------------------- */

static enum ma_status knock_at(const struct link_settings *settings, const char *host,
                               const struct addrinfo *address, struct ma_error *err)
{
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    struct patience p = patience_of(settings, host, CONNECT_SECONDS);
    struct pollfd wait = {.fd = fd, .events = POLLOUT};
    enum ma_status status = MA_OK;
    int error = 0;
    socklen_t size = sizeof error;

    if (fd < 0)
        return ma_fail(err, MA_UNREACHABLE, "%s: %s", host, strerror(errno));
    if (connect(fd, address->ai_addr, address->ai_addrlen) != 0 && errno != EINPROGRESS)
        error = errno;
    while (error == 0 && (status = patience_left(&p, "no connection", err)) == MA_OK)
        if (poll(&wait, 1, PATIENCE_SLICE_MS) > 0) {
            (void)getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
            break;
        }
    close(fd);
    if (error != 0)
        return ma_fail(err, MA_UNREACHABLE, "%s: %s", host, strerror(error));
    return status;
}

static enum ma_status knock_at_all(const struct link_settings *settings, const char *host,
                                   const struct lookup *l, struct ma_error *err)
{
    enum ma_status status = MA_UNREACHABLE;

    if (l->code != 0)
        return ma_fail(err, MA_UNREACHABLE, "%s: %s", host, gai_strerror(l->code));
    for (struct addrinfo *a = l->all; a != NULL && status == MA_UNREACHABLE;
         a = a->ai_next)
        status = knock_at(settings, host, a, err);
    return status;
}

enum ma_status knock(const struct link_settings *settings, const char *host,
                     unsigned port, struct ma_error *err)
{
    static const struct aside lookup = {lookup_run, lookup_end, NULL};
    struct patience p = patience_of(settings, host, settings->time_limit);
    struct lookup *l = lookup_of(host, port);
    enum ma_status status;

    if (l == NULL)
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    if (aside_run(&lookup, l, &p, "no address", err) != MA_OK)
        return err->status;
    status = knock_at_all(settings, host, l, err);
    lookup_end(l);
    return status;
}

/* --- servers of a domain ---------------------------------------------------------- */

struct servers {
    char place[NAME_SIZE];
    char *list;
};

static void servers_run(void *job)
{
    struct servers *s = job;

    if (ldap_domain2hostlist(s->place, &s->list) != LDAP_SUCCESS)
        s->list = NULL;
}

static void servers_end(void *job)
{
    struct servers *s = job;

    ldap_memfree(s->list);
    free(s);
}

enum ma_status knock_whom(const struct link_settings *settings, const char *place,
                          char **out, struct ma_error *err)
{
    static const struct aside servers = {servers_run, servers_end, NULL};
    struct patience p = patience_of(settings, place, settings->time_limit);
    struct servers *s = calloc(1, sizeof *s);

    if (s == NULL)
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    snprintf(s->place, sizeof s->place, "%s", place);
    if (aside_run(&servers, s, &p, "no answer of DNS", err) != MA_OK)
        return err->status;
    *out = s->list;
    s->list = NULL;
    servers_end(s);
    return MA_OK;
}
