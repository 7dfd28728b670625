/* SPDX-License-Identifier: Apache-2.0 */
#include "run/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

/* --- the one ---------------------------------------------------------------------- */

enum { OUT = 3 };

/* A store that is open here is not to be touched by two. */
static void leave_files(int out)
{
    int null = open("/dev/null", O_RDWR);

    dup2(null, STDIN_FILENO);
    dup2(null, STDOUT_FILENO);
    if (out != OUT)
        dup2(out, OUT);
    (void)close_range(OUT + 1, ~0u, 0); /* it fails for nobody who could help it */
}

static _Noreturn void work(void (*answer)(void *, FILE *), void *context, int out,
                           pid_t asker)
{
    FILE *file;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != asker)
        _exit(EXIT_FAILURE);
    leave_files(out);
    file = fdopen(OUT, "w");
    if (file == NULL)
        _exit(EXIT_FAILURE);
    answer(context, file);
    _exit(fflush(file) == 0 ? EXIT_SUCCESS : EXIT_FAILURE);
}

/* --- the other -------------------------------------------------------------------- */

/* Until it closes its end. */
static enum ma_status listen(int from, unsigned seconds, struct buf *text,
                             struct ma_error *err)
{
    int64_t end = clock_monotonic() + (int64_t)seconds * 1000000;

    for (;;) {
        struct pollfd waits = {.fd = from, .events = POLLIN};
        int64_t left = end - clock_monotonic();
        char bytes[4096];
        ssize_t n;

        if (left <= 0)
            return ma_fail(err, MA_LIMIT, "no answer came in %u seconds", seconds);
        if (poll(&waits, 1, (int)(left / 1000) + 1) <= 0)
            continue; /* a signal, or the time is up */
        n = read(from, bytes, sizeof bytes);
        if (n == 0)
            return MA_OK;
        if (n > 0)
            buf_bytes(text, bytes, (size_t)n);
        else if (errno != EINTR)
            return ma_fail(err, MA_BROKEN, "%s", strerror(errno));
    }
}

static enum ma_status end_of(pid_t child, struct ma_error *err)
{
    int how = 0;

    while (waitpid(child, &how, 0) < 0 && errno == EINTR)
        ;
    if (WIFSIGNALED(how))
        return ma_fail(err, MA_BROKEN, "who was asked crashed (%s)",
                       strsignal(WTERMSIG(how)));
    return WEXITSTATUS(how) == 0
               ? MA_OK
               : ma_fail(err, MA_BROKEN, "who was asked left with %d", WEXITSTATUS(how));
}

enum ma_status child_run(void (*answer)(void *context, FILE *out), void *context,
                         unsigned seconds, struct buf *text, struct ma_error *err)
{
    struct ma_error ignored;
    pid_t self = getpid();
    enum ma_status status;
    pid_t child;
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) != 0)
        return ma_fail(err, MA_BROKEN, "no pipe: %s", strerror(errno));
    child = fork();
    if (child == 0)
        work(answer, context, ends[1], self);
    close(ends[1]);
    if (child < 0) {
        close(ends[0]);
        return ma_fail(err, MA_BROKEN, "no process: %s", strerror(errno));
    }
    status = listen(ends[0], seconds, text, err);
    close(ends[0]);
    if (status == MA_OK)
        return end_of(child, err);
    kill(child, SIGKILL);
    (void)end_of(child, &ignored); /* why is known */
    return status;
}
