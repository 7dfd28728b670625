/* SPDX-License-Identifier: Apache-2.0 */

/*
 * delay_proxy LISTEN-PORT TARGET-PORT MICROSECONDS: a network between two ports of
 * 127.0.0.1 that is so slow in each direction (a round trip takes twice as long), and as
 * wide as ever. One connection after the other, until it is killed.
 */

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* What was read, and when it may go on. */
struct chunk {
    struct chunk *next;
    long long due;
    size_t length;
    char data[65536];
};

struct direction {
    int from;
    int to;
    struct chunk *head;
    struct chunk *tail;
};

static long long now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

/* Nothing came: the other side is gone. */
static int take(struct direction *d, long delay)
{
    struct chunk *chunk = malloc(sizeof *chunk);
    ssize_t length = chunk == NULL ? -1 : read(d->from, chunk->data, sizeof chunk->data);

    if (length <= 0) {
        free(chunk);
        return 0;
    }
    chunk->next = NULL;
    chunk->length = (size_t)length;
    chunk->due = now() + delay;
    *(d->tail == NULL ? &d->head : &d->tail->next) = chunk;
    d->tail = chunk;
    return 1;
}

static int give(struct direction *d)
{
    while (d->head != NULL && d->head->due <= now()) {
        struct chunk *chunk = d->head;

        for (size_t at = 0; at < chunk->length;) {
            ssize_t length = write(d->to, chunk->data + at, chunk->length - at);

            if (length <= 0)
                return 0;
            at += (size_t)length;
        }
        d->head = chunk->next;
        d->tail = d->head == NULL ? NULL : d->tail;
        free(chunk);
    }
    return 1;
}

/* By one look at the clock, which does not stand still: what is negative is no time. */
static struct timespec until_due(const struct direction *both)
{
    long long at = now();
    long long wait = 1000000;

    for (int i = 0; i < 2; i++)
        if (both[i].head != NULL && both[i].head->due - at < wait)
            wait = both[i].head->due > at ? both[i].head->due - at : 0;
    return (struct timespec){wait / 1000000, (wait % 1000000) * 1000};
}

static void relay(int client, int server, long delay)
{
    struct direction both[2] = {{client, server, NULL, NULL},
                                {server, client, NULL, NULL}};
    int at_once = 1;
    int good = 1;

    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
    setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
    while (good) {
        struct pollfd wait[2] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
        struct timespec due = until_due(both);

        if (ppoll(wait, 2, &due, NULL) < 0)
            break;
        for (int i = 0; i < 2 && good; i++)
            good = (wait[i].revents == 0 || take(&both[i], delay)) && give(&both[i]);
    }
    for (int i = 0; i < 2; i++)
        for (struct chunk *chunk; (chunk = both[i].head) != NULL; free(chunk))
            both[i].head = chunk->next;
}

int main(int argc, char **argv)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    int again = 1;

    if (argc != 4) {
        fprintf(stderr, "usage: delay_proxy LISTEN-PORT TARGET-PORT MICROSECONDS\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &again, sizeof again);
    at.sin_port = htons((in_port_t)atoi(argv[1]));
    if (bind(listener, (struct sockaddr *)&at, sizeof at) != 0 ||
        listen(listener, 5) != 0) {
        perror("delay_proxy");
        return 1;
    }
    at.sin_port = htons((in_port_t)atoi(argv[2]));
    for (;;) {
        int client = accept(listener, NULL, NULL);
        int server = socket(AF_INET, SOCK_STREAM, 0);

        if (client >= 0 && connect(server, (struct sockaddr *)&at, sizeof at) == 0)
            relay(client, server, atol(argv[3]));
        close(client);
        close(server);
    }
}
