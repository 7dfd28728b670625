/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Random sequences of imports, synchronisations, exports, kills and configuration changes
 * over three systems that people change all the time. After each step the laws of the
 * store hold; whenever everything was brought to rest, the metaverse and the systems are
 * what a simple model says; what a preview told is what comes.
 *
 * Steps come in episodes, each with an instance of its own, in a process of its own. One
 * that fails is played again with events left out, as long as it fails, and what is left
 * is printed, a line an event: the making of a test with a name.
 *
 *   property [SEED [STEPS]]     as MACTL_PROPERTY_SEED and MACTL_PROPERTY_STEPS
 */

#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "event.h"
#include "look.h"

enum { EPISODE = 250, SHORT = 10000, LONG = 1000000 };

struct episode {
    uint64_t seed;
    struct event events[EPISODE];
    size_t count;
    struct shared *shared;
};

/* --- one episode -------------------------------------------------------------------- */

static void say(const char *line, size_t length, size_t n)
{
    if (length > 0)
        fprintf(stderr, "  %3zu %.*s\n", n, (int)length, line);
}

static void play(const struct episode *episode, bool aloud)
{
    struct engine *e = mem_zero(sizeof *e);
    struct buf line = {0};

    if (engine_begin(e, episode->shared)) {
        changes_begin(episode->shared);
        for (size_t i = 0; i < episode->count && !engine_failed(e); i++) {
            buf_clear(&line);
            event_run(e, &episode->events[i], &line);
            if (aloud)
                say(line.at, line.length, i + 1);
            if (i % 10 == 9 && !engine_failed(e))
                laws_verify(e);
        }
        if (!engine_failed(e))
            laws_verify(e);
        if (aloud && e->store != NULL) {
            buf_clear(&line);
            look_all(e->store, e->program, &line);
            fputs(line.at, stderr);
        }
    }
    buf_free(&line);
    engine_end(e);
    free(e);
}

/* In a process of its own, which may crash. Whether it went well. */
static bool survives(const struct episode *episode, bool aloud)
{
    int status = 0;
    pid_t child;

    memset(episode->shared, 0, sizeof *episode->shared);
    fflush(NULL);
    child = fork();
    if (child == 0) {
        if (!aloud && freopen("/dev/null", "w", stderr) == NULL)
            abort();
        play(episode, aloud);
        exit(episode->shared->failure[0] == '\0' ? EXIT_SUCCESS : EXIT_FAILURE);
    }
    if (child < 0 || waitpid(child, &status, 0) != child)
        abort();
    if (status != 0 && episode->shared->failure[0] == '\0')
        snprintf(episode->shared->failure, FAILURE, "the process ended with status %#x",
                 (unsigned)status);
    return status == 0;
}

/* --- less of it ------------------------------------------------------------------- */

/* Whether it fails no more, or otherwise. */
static bool survives_without(const struct episode *episode, size_t from, size_t count,
                             const char *kind, struct episode *shorter)
{
    *shorter = *episode;
    memmove(&shorter->events[from], &shorter->events[from + count],
            (episode->count - from - count) * sizeof shorter->events[0]);
    shorter->count -= count;
    return survives(shorter, false) || shorter->shared->kind != kind;
}

/* Events are left out, many at first, then fewer, for as long as it fails. */
static void shrink(struct episode *episode)
{
    struct episode *shorter = mem_zero(sizeof *shorter);
    const char *kind = episode->shared->kind;

    for (size_t chunk = episode->count / 2; chunk > 0; chunk /= 2)
        for (size_t at = episode->count; at >= chunk; at -= chunk)
            if (at <= episode->count &&
                !survives_without(episode, at - chunk, chunk, kind, shorter))
                *episode = *shorter;
    free(shorter);
}

static void report(struct episode *episode)
{
    fprintf(stderr, "property: seed %llu fails: %s\n", (unsigned long long)episode->seed,
            episode->shared->failure);
    shrink(episode);
    fprintf(stderr, "the shortest way to a failure, %zu events:\n", episode->count);
    (void)survives(episode, true);
    fprintf(stderr, "%s\n", episode->shared->failure);
}

/* --- all of them -------------------------------------------------------------------- */

static uint64_t number(int argc, char **argv, int at, const char *variable,
                       uint64_t fallback)
{
    const char *text = argc > at ? argv[at] : getenv(variable);

    return text == NULL ? fallback : strtoull(text, NULL, 10);
}

static struct shared *share(void)
{
    struct shared *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
                                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (shared == MAP_FAILED)
        abort();
    return shared;
}

int main(int argc, char **argv)
{
    const char *is_long = getenv("MACTL_LONG");
    uint64_t seed = number(argc, argv, 1, "MACTL_PROPERTY_SEED", 1);
    uint64_t steps = number(argc, argv, 2, "MACTL_PROPERTY_STEPS",
                            is_long != NULL && strcmp(is_long, "1") == 0 ? LONG : SHORT);
    struct episode *episode = mem_zero(sizeof *episode);
    bool good = true;

    episode->shared = share();
    for (uint64_t done = 0; good && done < steps; done += EPISODE) {
        episode->seed = seed++;
        episode->count = EPISODE;
        for (size_t i = 0; i < EPISODE; i++)
            episode->events[i] = event_by_chance(episode->seed, i);
        good = survives(episode, false);
    }
    if (good)
        printf("%llu steps, no difference\n", (unsigned long long)steps);
    else
        report(episode);
    free(episode);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
