/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The file is read through memory. Where it was cut off, or its disk fails, reading ends
 * in SIGBUS, and there is nobody to return to: this says what is the matter, and ends the
 * process as if it had been killed, which every run survives. Nothing here allocates, or
 * calls what may not be called in a signal handler.
 */

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <unistd.h>

#include "base/mem.h"
#include "store/lmdb/lmdb_store.h"

static void say(const char *text, size_t length)
{
    if (write(STDERR_FILENO, text, length) < 0)
        return; /* nobody listens */
}

static uintptr_t read_hex(const char **at)
{
    uintptr_t number = 0;

    for (;; (*at)++) {
        if (**at >= '0' && **at <= '9')
            number = number << 4 | (uintptr_t)(**at - '0');
        else if (**at >= 'a' && **at <= 'f')
            number = number << 4 | (uintptr_t)(**at - 'a' + 10);
        else
            return number;
    }
}

/* "7f10a0000000-7f14a0000000 r--s 00000000 fe:01 1234   /path/store/data.mdb" */
static bool is_torn_store(const char *line, size_t length, uintptr_t address)
{
    static const char name[] = "/data.mdb";
    const char *at = line;
    uintptr_t from = read_hex(&at);
    uintptr_t to;

    at += *at == '-';
    to = read_hex(&at);
    return address >= from && address < to && length > sizeof name &&
           memcmp(line + length - (sizeof name - 1), name, sizeof name - 1) == 0;
}

static void tell(const char *line, size_t length)
{
    static const char before[] = "error: store '";
    static const char after[] = "' cannot be read: it was cut off, or its disk fails\n"
                                "next: put a backup in its place (mactl db backup)\n";
    const char *path = memchr(line, '/', length);

    say(before, sizeof before - 1);
    say(path, length - (size_t)(path - line));
    say(after, sizeof after - 1);
}

/* The line of the address, if it is one of a store's. */
static bool tell_if_ours(uintptr_t address)
{
    static char line[5000];
    size_t length = 0;
    int maps = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
    bool ours = false;

    while (!ours && maps >= 0 && read(maps, line + length, 1) == 1) {
        if (line[length] != '\n') {
            length += length < sizeof line - 2;
            continue;
        }
        line[length] = '\0';
        ours = is_torn_store(line, length, address);
        if (ours)
            tell(line, length);
        length = 0;
    }
    return ours;
}

static void on_bus_error(int signal, siginfo_t *info, void *context)
{
    (void)context;
    if (tell_if_ours((uintptr_t)info->si_addr))
        _exit(1);
    /* It is somebody else's: once more, without us. */
    (void)sigaction(signal, &(struct sigaction){.sa_handler = SIG_DFL}, NULL);
}

static void watch(void)
{
    struct sigaction action = {.sa_sigaction = on_bus_error, .sa_flags = SA_SIGINFO};

    (void)sigaction(SIGBUS, &action, NULL); /* without it, it is only less clear */
}

void lmdb_watch_map(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, watch);
}
