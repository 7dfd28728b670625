/* SPDX-License-Identifier: Apache-2.0 */

/* The supervisor: starts the worker, passes on what it tells, outlives it. */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/json.h"
#include "base/vec.h"
#include "config/instance.h"
#include "history/beacon.h"
#include "history/pulse.h"
#include "instance/lock.h"
#include "run/run.h"

extern char **environ;

struct supervisor {
    const struct run_request *request;
    void (*hear)(void *context, const struct event *event);
    void *context;
    struct arena *arena; /* of the outcome */
    struct run_outcome *outcome;
    struct beacon *beacon;
    pid_t worker;
    int lock;
    int events; /* reading end */
    int signals;
    struct buf line;
    bool began;    /* the run has a number */
    bool finished; /* the worker said so itself */
    struct pulse *pulse;
    int pulse_fd;
    bool timed_out;
    struct ma_error refusal; /* MA_OK: none */
    uint64_t run;
    int status; /* of waitpid */
};

/* --- starting it ------------------------------------------------------------------ */

typedef VEC_OF(char *) words;

static void add_number(words *to, const char *option, unsigned long long number)
{
    if (number != 0)
        VEC_ADD(to, mem_print("--%s=%llu", option, number));
}

static void free_words(words *all)
{
    for (size_t i = 0; i < all->count; i++)
        free(all->items[i]);
    VEC_FREE(all);
}

static words arguments_of(const struct supervisor *s, const char *const *program,
                          int events)
{
    const struct run_request *r = s->request;
    words all = {0};

    for (; *program != NULL; program++)
        VEC_ADD(&all, mem_text(*program));
    VEC_ADD(&all, mem_print("--events=%d", events));
    VEC_ADD(&all, mem_print("--lock=%d", s->lock));
    VEC_ADD(&all, mem_print("--pulse=%d", s->pulse_fd));
    VEC_ADD(&all, mem_print("--supervisor=%ld", (long)getpid()));
    VEC_ADD(&all, mem_print("--folder=%s", r->folder));
    if (r->user != NULL)
        VEC_ADD(&all, mem_print("--user=%s", r->user));
    add_number(&all, "step", r->step);
    add_number(&all, "limit-objects", r->object_limit);
    if (r->dry_run)
        VEC_ADD(&all, mem_text("--dry-run"));
    if (r->object != NULL)
        VEC_ADD(&all, mem_print("--object=%s", r->object));
    if (r->despite_staging)
        VEC_ADD(&all, mem_text("--despite-staging"));
    if (r->evaluate_all)
        VEC_ADD(&all, mem_text("--evaluate-all"));
    VEC_ADD(&all, mem_text("--"));
    VEC_ADD(&all, mem_text(r->agent));
    VEC_ADD(&all, mem_text(r->profile));
    VEC_ADD(&all, NULL);
    return all;
}

/* Every symbol of a plugin is bound at its load: what is missing is refused there. */
static words environment(void)
{
    words all = {0};

    for (char **e = environ; *e != NULL; e++)
        if (strncmp(*e, "LD_BIND_NOW=", 12) != 0)
            VEC_ADD(&all, mem_text(*e));
    VEC_ADD(&all, mem_text("LD_BIND_NOW=1"));
    VEC_ADD(&all, NULL);
    return all;
}

/* Its own process group: Ctrl-C is for the supervisor, who asks it to stop. What a plugin
 * prints goes to stderr: stdout is for results. */
static int spawn(struct supervisor *s, char *const *arguments, char *const *env)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    int failed;

    sigemptyset(&none);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setsigmask(&attributes, &none);
    failed =
        posix_spawn(&s->worker, "/proc/self/exe", &actions, &attributes, arguments, env);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return failed;
}

static enum ma_status start(struct supervisor *s, const char *const *program,
                            struct ma_error *err)
{
    int ends[2];
    words arguments;
    words env;
    int failed;

    if (pipe2(ends, 0) != 0)
        return ma_fail(err, MA_BROKEN, "no pipe for the worker: %s", strerror(errno));
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    arguments = arguments_of(s, program, ends[1]);
    env = environment();
    failed = spawn(s, arguments.items, env.items);
    free_words(&arguments);
    free_words(&env);
    close(ends[1]);
    s->events = ends[0];
    return failed == 0 ? MA_OK
                       : ma_fail(err, MA_BROKEN, "the worker cannot be started: %s",
                                 strerror(failed));
}

/* --- what it tells ---------------------------------------------------------------- */

static void keep_record(struct supervisor *s, const char *text)
{
    json_t *document = text == NULL ? NULL : json_loads(text, 0, NULL);

    if (document != NULL)
        (void)record_from_json(s->arena, document, &s->outcome->record);
    json_decref(document);
}

static void heard(struct supervisor *s, const struct event *event)
{
    switch (event->kind) {
    case EVENT_RUN_STARTED:
        s->began = true;
        s->run = event->run;
        break;
    case EVENT_RUN_FINISHED:
        s->finished = true;
        keep_record(s, event->record);
        break;
    case EVENT_REFUSED:
        s->finished = !s->began;
        ma_fail(&s->refusal, event->status == MA_OK ? MA_BROKEN : event->status, "%s",
                event->text == NULL ? "" : event->text);
        break;
    default:
        break;
    }
    beacon_hear(s->beacon, event);
    if (s->hear != NULL)
        s->hear(s->context, event);
}

/* Every whole line in the buffer; the rest waits. */
static void take_lines(struct supervisor *s)
{
    ARENA_AUTO arena = {0};
    struct buf rest = {0};
    const char *at = s->line.at;
    const char *end = at + s->line.length;
    const char *newline;

    while ((newline = memchr(at, '\n', (size_t)(end - at))) != NULL) {
        struct event event;

        if (event_decode(&arena, slice_of(at, (size_t)(newline - at)), &event))
            heard(s, &event);
        arena_reset(&arena);
        at = newline + 1;
    }
    buf_bytes(&rest, at, (size_t)(end - at));
    buf_free(&s->line);
    s->line = rest;
}

/* False: the worker has closed its end. */
static bool read_events(struct supervisor *s)
{
    char block[16384];
    ssize_t got = read(s->events, block, sizeof block);

    if (got < 0)
        return errno == EINTR || errno == EAGAIN;
    if (got == 0)
        return false;
    buf_bytes(&s->line, block, (size_t)got);
    take_lines(s);
    return true;
}

/* --- signals ---------------------------------------------------------------------- */

/* The first asks, the second does not. */
static void read_signal(struct supervisor *s)
{
    struct signalfd_siginfo info;

    if (read(s->signals, &info, sizeof info) != sizeof info)
        return;
    kill(s->worker, s->outcome->signal == 0 ? SIGTERM : SIGKILL);
    s->outcome->signal = (int)info.ssi_signo;
}

static void stop_if_hung(struct supervisor *s)
{
    struct pulse_state pulse;

    pulse_read(s->pulse, &pulse);
    if (s->timed_out || !pulse.in_call || pulse.limit == 0 ||
        pulse.silence < (int64_t)pulse.limit * 1000000)
        return;
    s->timed_out = true;
    kill(s->worker, SIGKILL);
}

enum { LOOK = 500 }; /* milliseconds between two looks at the pulse */

static void follow(struct supervisor *s)
{
    bool open = true;

    while (open) {
        struct pollfd fds[] = {{.fd = s->events, .events = POLLIN},
                               {.fd = s->signals, .events = POLLIN}};

        if (poll(fds, 2, LOOK) < 0 && errno != EINTR)
            break;
        if (fds[1].revents & POLLIN)
            read_signal(s);
        if (fds[0].revents != 0)
            open = read_events(s);
        stop_if_hung(s);
    }
    while (waitpid(s->worker, &s->status, 0) < 0 && errno == EINTR)
        ;
}

/* --- when it died ----------------------------------------------------------------- */

static const char *describe_death(const struct supervisor *s, struct arena *arena)
{
    struct pulse_state pulse;
    char call[PULSE_CALL + PULSE_OBJECT] = "";

    pulse_read(s->pulse, &pulse);
    if (pulse.in_call)
        pulse_describe(&pulse, call, sizeof call);
    if (s->timed_out)
        return arena_print(arena,
                           "the plugin gave no sign of life for %u s %s: the worker was "
                           "killed",
                           pulse.limit, call);
    if (s->outcome->signal != 0)
        return arena_print(arena, "interrupted twice%s%s: the worker was killed",
                           pulse.in_call ? " " : "", call);
    if (WIFSIGNALED(s->status))
        return arena_print(arena, "the worker died%s%s: %s", pulse.in_call ? " " : "",
                           call, strsignal(WTERMSIG(s->status)));
    return arena_print(arena, "the worker ended%s%s with code %d, without a result",
                       pulse.in_call ? " " : "", call, WEXITSTATUS(s->status));
}

static bool died_in_plugin(const struct supervisor *s)
{
    struct pulse_state pulse;

    pulse_read(s->pulse, &pulse);
    return pulse.in_call;
}

static const char *result_of_death(const struct supervisor *s)
{
    if (s->timed_out)
        return "stopped-ma-extension-timeout";
    if (s->outcome->signal != 0)
        return RESULT_CANCELLED;
    return result_of_signal(WIFSIGNALED(s->status) ? WTERMSIG(s->status) : 0,
                            died_in_plugin(s));
}

static enum ma_status mark(const char *store_folder, const char *result, const char *text,
                           uint64_t run, struct arena *arena, struct run_record *out,
                           struct ma_error *err)
{
    struct store_options options = {.read_only = false};
    struct store *store;
    struct batch *batch;
    enum ma_status status = store_open(&store, store_folder, &options, err);

    if (status != MA_OK)
        return status;
    status = record_close(store, run, result, text, err);
    batch = batch_begin(store);
    if (status == MA_OK)
        status = record_get(batch, arena, run, out, err);
    batch_end(batch);
    store_close(store);
    return status;
}

static enum ma_status record_death(struct supervisor *s, struct ma_error *err)
{
    char *folder = mem_print("%s/store", s->request->folder);
    const char *text = describe_death(s, s->arena);
    const char *result = result_of_death(s);
    enum ma_status status;

    if (!s->began || s->request->dry_run)
        status = ma_fail(err, s->outcome->signal != 0 ? MA_CANCELLED : MA_BROKEN,
                         "the run did not come to be: %s", text);
    else
        status = mark(folder, result, text, s->run, s->arena, &s->outcome->record, err);
    free(folder);
    return status;
}

/* --- all of it -------------------------------------------------------------------- */

static enum ma_status supervise(struct supervisor *s, const char *const *program,
                                struct ma_error *err)
{
    enum ma_status status;

    status = start(s, program, err);
    if (status != MA_OK)
        return status;
    follow(s);
    if (s->refusal.status != MA_OK) {
        *err = s->refusal;
        return err->status;
    }
    return s->finished ? MA_OK : record_death(s, err);
}

static void hold_signals(sigset_t *before, int *fd)
{
    sigset_t mine;

    sigemptyset(&mine);
    sigaddset(&mine, SIGINT);
    sigaddset(&mine, SIGTERM);
    sigaddset(&mine, SIGHUP);
    sigprocmask(SIG_BLOCK, &mine, before);
    *fd = signalfd(-1, &mine, SFD_CLOEXEC);
}

static void close_fd(int fd)
{
    if (fd >= 0)
        close(fd);
}

enum ma_status run_supervise(const struct run_request *request,
                             const char *const *program,
                             void (*hear)(void *context, const struct event *event),
                             void *context, struct arena *arena, struct run_outcome *out,
                             struct ma_error *err)
{
    struct supervisor s = {
        .request = request,
        .hear = hear,
        .context = context,
        .arena = arena,
        .outcome = out,
        .lock = -1,
        .events = -1,
        .pulse_fd = -1,
    };
    sigset_t before;
    enum ma_status status;

    *out = (struct run_outcome){.signal = 0};
    status = run_lock_open(&s.lock, request->folder, err);
    if (status == MA_OK)
        status = pulse_new(&s.pulse, &s.pulse_fd, err);
    if (status == MA_OK) {
        hold_signals(&before, &s.signals);
        s.beacon = beacon_light(request->folder);
        status = supervise(&s, program, err);
        beacon_end(s.beacon);
        close(s.signals);
        sigprocmask(SIG_SETMASK, &before, NULL);
    }
    close_fd(s.events);
    close_fd(s.pulse_fd);
    close_fd(s.lock);
    pulse_end(s.pulse);
    buf_free(&s.line);
    return status;
}

/* --- what nobody recorded --------------------------------------------------------- */

static bool lives(void *lock, const struct guid *agent)
{
    return run_lock_is_held(*(const int *)lock, agent);
}

/* Read first: nothing is written, and no lock asked for, where nothing died. */
static bool looks_dead(const char *store_folder, int lock)
{
    const struct store_options options = {.read_only = true};
    struct ma_error ignored; /* who opens it next is told */
    struct store *store;
    struct batch *batch;
    open_runs open = {0};
    bool dead = false;

    if (store_open(&store, store_folder, &options, &ignored) != MA_OK)
        return false;
    batch = batch_begin(store);
    if (record_open(batch, &open, &ignored) == MA_OK)
        for (size_t i = 0; i < open.count; i++)
            dead |= !lives(&lock, &open.items[i].agent);
    VEC_FREE(&open);
    batch_end(batch);
    store_close(store);
    return dead;
}

static enum ma_status mark_dead(const char *store_folder, int lock, struct ma_error *err)
{
    const struct store_options options = {.read_only = false};
    struct store *store;
    enum ma_status status = store_open(&store, store_folder, &options, err);

    if (status != MA_OK)
        return status;
    status = record_close_dead(store, lives, &lock, RESULT_SHUTDOWN, RECORD_DIED, err);
    store_close(store);
    return status;
}

enum ma_status run_recover(const char *folder, struct ma_error *err)
{
    char *store = mem_print("%s/store", folder);
    struct ma_error ignored = {0}; /* who may not open the lock runs nothing, and reads */
    int lock = -1;
    enum ma_status status = MA_OK;

    if (access(store, F_OK) == 0 && run_lock_open(&lock, folder, &ignored) == MA_OK) {
        if (looks_dead(store, lock))
            status = mark_dead(store, lock, err);
        close(lock);
    }
    free(store);
    return status;
}
