/* SPDX-License-Identifier: Apache-2.0 */
#include "event.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ahead.h"
#include "held.h"
#include "look.h"
#include "model.h"

/* --- steps -------------------------------------------------------------------------- */

static unsigned one_in(uint32_t chance, unsigned of, unsigned up_to)
{
    return chance % of != 0 ? 0 : 1 + chance / of % up_to;
}

static void say(struct engine *e, struct buf *line, const char *what, unsigned system,
                const char *result)
{
    buf_print(line, "%s of %s: %s", what, sys_kinds[system].name,
              result == NULL ? "failed" : result);
    if (e->heard.length > 0)
        buf_print(line, " | %.*s", (int)e->heard.length - 1, e->heard.at);
}

static void import(struct engine *e, const struct event *event, struct buf *line)
{
    const struct import_fault fault = {.whole = event->b % 3 == 0,
                                       .cannot_read = event->b % 7 == 0,
                                       .cut_after = one_in(event->b / 21, 6, 12),
                                       .reject_at = one_in(event->c / 2, 12, 8),
                                       .loss_percent = one_in(event->c / 2, 5, 40)};
    unsigned system = event->a % SYSTEMS;
    bool full = event->c % 2 == 0;

    say(e, line, full ? "full import" : "delta import", system,
        engine_import(e, system, full, &fault));
}

static void synchronise(struct engine *e, const struct event *event, struct buf *line)
{
    unsigned system = event->a % SYSTEMS;
    bool full = event->b % 5 == 0;

    say(e, line, full ? "full synchronisation" : "delta synchronisation", system,
        engine_sync(e, system, full));
}

static struct apply some_fault(const struct event *event)
{
    return (struct apply){.refuse = one_in(event->b, 4, 5),
                          .alter = one_in(event->b / 20, 8, 5),
                          .remake = event->c % 2 == 0};
}

static void export(struct engine *e, const struct event *event, struct buf *line)
{
    struct apply fault = some_fault(event);
    unsigned system = event->a % 3 == 0 ? PHONES : DIRECTORY;

    say(e, line, "export", system, engine_export(e, system, &fault));
}

static void rest(struct engine *e, const struct event *event, struct buf *line)
{
    struct buf before = {0};
    struct buf after = {0};

    buf_text(line, "everything comes to rest");
    if (!model_reach_rest(e))
        return;
    model_check(e);
    if (engine_failed(e))
        return;
    look_all(e->store, e->program, &before);
    for (unsigned s = 0; event->a % 2 == 0 && s < SYSTEMS && !engine_failed(e); s++)
        (void)engine_sync(e, s, true);
    look_all(e->store, e->program, &after);
    if (!engine_failed(e) && strcmp(before.at, after.at) != 0)
        engine_fail(e, "full synchronisations changed what was at rest: %s",
                    look_difference(before.at, after.at, &e->arena));
    buf_free(&before);
    buf_free(&after);
    engine_settle(e->shared);
}

/* What takes away much comes seldom, and goes soon. */
static bool is_likely(unsigned variant, uint32_t chance)
{
    unsigned rare = VARIANT_NO_USERS | VARIANT_NO_JOIN;

    return (variant & rare) == 0 || chance % 4 == 0;
}

static void configure(struct engine *e, const struct event *event, struct buf *line)
{
    unsigned change = 1u << event->a % VARIANT_BITS;
    unsigned variant = e->shared->variant ^ change;

    if ((variant & change) != 0 && !is_likely(change, event->b))
        return;
    if (event->c % 3 == 0)
        variant &= ~(unsigned)(VARIANT_NO_USERS | VARIANT_NO_JOIN);

    buf_print(line, "the configuration is variant %u", variant);
    (void)engine_configure(e, variant);
}

/* One is written, or the one that is there is read. */
static void drop(struct engine *e, const struct event *event, struct buf *line)
{
    static const struct import_fault fault = {.from_file = true};
    unsigned system = event->a % SYSTEMS;

    if (e->shared->files[system].here && event->b % 2 == 0) {
        say(e, line, "import of the drop file", system,
            engine_import(e, system, true, &fault));
        return;
    }
    engine_drop(e, system);
    buf_print(line, "%s is written into a drop file", sys_kinds[system].name);
}

/* --- steps that die --------------------------------------------------------------- */

static void step_in_child(struct engine *e, const struct event *event)
{
    struct buf ignored = {0};
    struct apply fault = {.die_at = 1 + event->c / 2 % 6, .die_before = event->c % 4 < 2};

    if (!engine_open(e))
        _exit(1);
    if (event->kind % 3 != 2 || event->kind % 7 == 0 || event->c % 2 == 0)
        store_die_at(e->store, 1 + event->b % 9);
    if (event->kind % 7 == 0)
        drop(e, event, &ignored);
    else if (event->kind % 3 == 0)
        import(e, event, &ignored);
    else if (event->kind % 3 == 1)
        synchronise(e, event, &ignored);
    else
        (void)engine_export(e, event->a % 3 == 0 ? PHONES : DIRECTORY, &fault);
    _exit(0);
}

/* The store is closed meanwhile: what is left of it is all that the engine has. */
static void die(struct engine *e, const struct event *event, struct buf *line)
{
    static const char *const steps[] = {"import", "synchronisation", "export"};
    const char *step = event->kind % 7 == 0 ? "drop file" : steps[event->kind % 3];
    unsigned system = event->kind % 7 != 0 && event->kind % 3 == 2
                          ? (event->a % 3 == 0 ? PHONES : DIRECTORY)
                          : event->a % SYSTEMS;
    pid_t child;
    int status = 0;

    engine_close(e);
    child = fork();
    if (child == 0)
        step_in_child(e, event);
    if (child < 0 || waitpid(child, &status, 0) != child)
        abort();
    buf_print(line, "%s of %s in a process of its own, which %s", step,
              sys_kinds[system].name,
              WIFSIGNALED(status) || WEXITSTATUS(status) == 9 ? "is killed" : "survives");
    (void)engine_open(e);
}

/* --- by chance ---------------------------------------------------------------------- */

static void change(struct engine *e, const struct event *event, struct buf *line)
{
    changes_run(e->shared, event, line);
}

static void hold(struct engine *e, const struct event *event, struct buf *line)
{
    held_check(e, event, line);
}

static void look_ahead(struct engine *e, const struct event *event, struct buf *line)
{
    buf_text(line, "a preview of everything, and then everything");
    ahead_check(e, event->a % 2 == 0);
}

static const struct {
    unsigned weight;
    void (*run)(struct engine *e, const struct event *event, struct buf *line);
} kinds[] = {
    {508, change}, {180, import},   {150, synchronise}, {86, export}, {28, die},
    {18, rest},    {10, configure}, {4, look_ahead},    {8, drop},    {8, hold},
};
enum { ALL_WEIGHTS = 1000 };

/* SplitMix64: the n-th number of a seed without those before it. */
static uint64_t chance(uint64_t seed, uint64_t n)
{
    uint64_t z = seed * 0x9e3779b97f4a7c15u + (n + 1) * 0xbf58476d1ce4e5b9u;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

struct event event_by_chance(uint64_t seed, uint64_t n)
{
    return (struct event){.what = (uint32_t)(chance(seed, 5 * n) % ALL_WEIGHTS),
                          .kind = (uint32_t)(chance(seed, 5 * n + 1) >> 32),
                          .a = (uint32_t)(chance(seed, 5 * n + 2) >> 32),
                          .b = (uint32_t)(chance(seed, 5 * n + 3) >> 32),
                          .c = (uint32_t)(chance(seed, 5 * n + 4) >> 32)};
}

void event_run(struct engine *e, const struct event *event, struct buf *line)
{
    uint32_t at = event->what;

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (at < kinds[i].weight) {
            kinds[i].run(e, event, line);
            if (i > 0 && !engine_failed(e))
                laws_check(e);
            return;
        }
        at -= kinds[i].weight;
    }
}
