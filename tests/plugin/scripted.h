/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SCRIPTED_H
#define TESTS_SCRIPTED_H

#include <arpa/inet.h>
#include <check.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/*
 * A server of HTTP that does what no server should: it reads a request, sends the bytes
 * that are next, whatever they are, and closes the connection, well or not. What it was
 * asked stays to be looked at. Each answer is one connection, in the order of the list;
 * behind its end the last one is given again.
 */
enum scripted_end { END_CLOSE, END_RESET, END_STALL, END_DRIP };

struct answer {
    const char *bytes;
    size_t length; /* 0: of the text */
    enum scripted_end end;
    /* Routes: an answer to requests that have both texts in them (NULL: any), so many
     * times (0: always). A list with a `match` is not an order, the first that fits is
     * given; without one that fits it is 404. */
    const char *match;
    const char *also;
    unsigned times;
};

struct scripted {
    int fd;
    char url[64];
    pthread_t thread;
    const struct answer *answers;
    size_t count;
    size_t asked; /* requests so far */
    unsigned used[64];
    char requests[64][2048];
    bool stop;
    pthread_mutex_t mutex;
};

static inline size_t scripted_asked(struct scripted *s)
{
    size_t n;

    pthread_mutex_lock(&s->mutex);
    n = s->asked;
    pthread_mutex_unlock(&s->mutex);
    return n;
}

/* Head and, by its length, body. */
static inline void scripted_read(int fd, char *out, size_t capacity)
{
    size_t length = 0, want = 0;

    out[0] = '\0';
    while (length + 1 < capacity) {
        ssize_t n = recv(fd, out + length, capacity - length - 1, 0);
        const char *end, *field;

        if (n <= 0)
            return;
        length += (size_t)n;
        out[length] = '\0';
        end = strstr(out, "\r\n\r\n");
        if (end == NULL)
            continue;
        field = strcasestr(out, "content-length:");
        want = (size_t)(end + 4 - out) +
               (field != NULL && field < end ? strtoul(field + 15, NULL, 10) : 0);
        if (length >= want)
            return;
    }
}

static inline void scripted_drip(struct scripted *s, int fd, const char *at,
                                 size_t length)
{
    for (size_t i = 0; i < length && !s->stop; i++) {
        if (send(fd, at + i, 1, MSG_NOSIGNAL) != 1)
            return;
        usleep(50000); /* what a slow server is */
    }
}

static inline void scripted_end_of(struct scripted *s, int fd, enum scripted_end end)
{
    const struct linger reset = {.l_onoff = 1, .l_linger = 0};
    char c;

    if (end == END_RESET)
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    while (end == END_STALL && !s->stop && recv(fd, &c, 1, 0) > 0)
        ;
    close(fd);
}

static inline struct answer scripted_route(struct scripted *s, const char *request)
{
    for (size_t i = 0; i < s->count; i++) {
        const struct answer *a = &s->answers[i];

        if (strstr(request, a->match) == NULL ||
            (a->also != NULL && strstr(request, a->also) == NULL) ||
            (a->times != 0 && s->used[i] >= a->times))
            continue;
        s->used[i]++;
        return *a;
    }
    return (struct answer){
        .bytes =
            "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"};
}

static inline void scripted_serve(struct scripted *s, int fd)
{
    char request[2048];
    struct answer a;
    size_t n, length;

    scripted_read(fd, request, sizeof request);
    pthread_mutex_lock(&s->mutex);
    n = s->asked++;
    if (n < 64)
        memcpy(s->requests[n], request, sizeof request);
    pthread_mutex_unlock(&s->mutex);
    a = s->answers[0].match != NULL ? scripted_route(s, request)
                                    : s->answers[n < s->count ? n : s->count - 1];
    length = a.length == 0 ? strlen(a.bytes) : a.length;
    if (a.end == END_DRIP)
        scripted_drip(s, fd, a.bytes, length);
    else if (length > 0)
        (void)!send(fd, a.bytes, length, MSG_NOSIGNAL);
    scripted_end_of(s, fd, a.end);
}

static inline void *scripted_run(void *context)
{
    struct scripted *s = context;
    int fd;

    while ((fd = accept(s->fd, NULL, NULL)) >= 0)
        scripted_serve(s, fd);
    return NULL;
}

/* Where it listens; 0: anywhere, and there it listens the next time too. Until then a
 * socket that does not listen keeps the port, or another process might be given it. */
static in_port_t scripted_port;

static inline int scripted_bind(in_port_t port)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_port = port,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int)), 0);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    return fd;
}

static inline void scripted_keep_port(void)
{
    static int kept = -1;
    struct sockaddr_in at;
    socklen_t length = sizeof at;

    if (scripted_port != 0)
        return;
    if (kept >= 0)
        close(kept);
    kept = scripted_bind(0);
    ck_assert_int_eq(getsockname(kept, (struct sockaddr *)&at, &length), 0);
    scripted_port = at.sin_port;
}

static inline void scripted_begin(struct scripted *s, const struct answer *answers,
                                  size_t count)
{
    memset(s, 0, sizeof *s);
    s->answers = answers;
    s->count = count;
    pthread_mutex_init(&s->mutex, NULL);
    scripted_keep_port();
    s->fd = scripted_bind(scripted_port);
    ck_assert_int_eq(listen(s->fd, 64), 0);
    snprintf(s->url, sizeof s->url, "http://127.0.0.1:%d/scim", ntohs(scripted_port));
    ck_assert_int_eq(pthread_create(&s->thread, NULL, scripted_run, s), 0);
}

/* Whoever waits for it is let go first. */
static inline void scripted_stop(struct scripted *s)
{
    s->stop = true;
    shutdown(s->fd, SHUT_RDWR);
    pthread_join(s->thread, NULL);
    close(s->fd);
    pthread_mutex_destroy(&s->mutex);
}

#endif
