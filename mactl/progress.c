/* SPDX-License-Identifier: Apache-2.0 */
#include "progress.h"

#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "render.h"

/* --- modes ------------------------------------------------------------------------ */

static enum progress_mode automatic(const struct invocation *call)
{
    if (call->quiet || !isatty(STDERR_FILENO))
        return PROGRESS_OFF;
    return PROGRESS_TTY;
}

bool progress_begin(struct progress *progress, const struct invocation *call,
                    const char *mode)
{
    static const struct {
        const char *name;
        enum progress_mode mode;
    } modes[] = {{"tty", PROGRESS_TTY},
                 {"plain", PROGRESS_PLAIN},
                 {"json", PROGRESS_JSON},
                 {"off", PROGRESS_OFF}};

    *progress = (struct progress){.call = call};
    if (mode == NULL || strcmp(mode, "auto") == 0) {
        progress->mode = automatic(call);
        return true;
    }
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++)
        if (strcmp(modes[i].name, mode) == 0) {
            progress->mode = modes[i].mode;
            return true;
        }
    return false;
}

/* --- drawing ---------------------------------------------------------------------- */

enum { BAR = 20 };

/* A line that is too long for the terminal is cut there and not wrapped: what is drawn
 * has to be as many lines as are wiped off. */
#define NO_WRAP "\x1b[?7l"
#define WRAP "\x1b[?7h"

static void erase(struct progress *progress)
{
    for (; progress->drawn > 0; progress->drawn--)
        fputs("\x1b[1A\x1b[2K", stderr);
    fputs("\r", stderr);
}

static void draw_bar(const struct event *event, double rate)
{
    unsigned percent =
        (unsigned)(event->done >= event->expected ? 100
                                                  : event->done * 100 / event->expected);

    fputs("  ", stderr);
    for (unsigned i = 0; i < BAR; i++)
        fputs(i < percent * BAR / 100 ? "\xe2\x96\x88" : "\xe2\x96\x91", stderr);
    fprintf(stderr, " %3u %%  %llu / %llu  %.0f obj/s", percent,
            (unsigned long long)event->done, (unsigned long long)event->expected, rate);
    if (rate > 0 && event->done < event->expected)
        fprintf(stderr, "  ETA %.0f s", (double)(event->expected - event->done) / rate);
}

/* Of staging and export the words that operators look for, of a synchronisation what was
 * joined, projected and failed. */
static void draw_counters(const struct counters *counters)
{
    unsigned shown = 0;

    fputs("      ", stderr);
    for (int c = 0; c < COUNTER_COUNT && shown < 4; c++)
        if (counters->of[c] > 0) {
            fprintf(stderr, "%s %llu  ", counter_text((enum counter)c),
                    (unsigned long long)counters->of[c]);
            shown++;
        }
    fputc('\n', stderr);
}

static void draw(struct progress *progress, const struct event *event)
{
    double seconds = (double)(clock_monotonic() - progress->step_began) / 1e6;
    double rate = seconds > 0.2 ? (double)event->done / seconds : 0;

    erase(progress);
    fprintf(stderr, NO_WRAP "%s\n %u/%u %s", progress->title, progress->step,
            progress->steps, progress->type);
    if (event->expected > 0)
        draw_bar(event, rate);
    else if (event->done > 0)
        fprintf(stderr, "  %llu  %.0f obj/s", (unsigned long long)event->done, rate);
    fputc('\n', stderr);
    draw_counters(&event->counters);
    fputs(WRAP, stderr);
    progress->drawn = 3;
    fflush(stderr);
}

void progress_end(struct progress *progress)
{
    if (progress->mode == PROGRESS_TTY)
        erase(progress);
    fflush(stderr);
}

/* --- lines ------------------------------------------------------------------------ */

static void say(struct progress *progress, const struct event *event)
{
    switch (event->kind) {
    case EVENT_RUN_STARTED:
        fprintf(stderr, "%s\n", progress->title);
        break;
    case EVENT_STEP_STARTED:
        fprintf(stderr, " %u/%u %s\n", event->step, progress->steps, event->type);
        break;
    case EVENT_STEP_FINISHED:
        fprintf(stderr, " %u/%u %s\n", event->step, progress->steps, event->result);
        break;
    default:
        break;
    }
}

static void say_json(const struct event *event)
{
    BUF_AUTO line = {0};

    event_encode(event, &line);
    fwrite(line.at, 1, line.length, stderr);
}

static void note(struct progress *progress, const struct event *event)
{
    if (event->kind == EVENT_RUN_STARTED) {
        progress->steps = event->steps;
        snprintf(progress->title, sizeof progress->title, "run %llu  %s / %s",
                 (unsigned long long)event->run, event->agent, event->profile);
    } else if (event->kind == EVENT_STEP_STARTED) {
        progress->step = event->step;
        progress->step_began = clock_monotonic();
        snprintf(progress->type, sizeof progress->type, "%s", event->type);
    }
}

/* What the plugin, or the engine, wants to be heard: errors and warnings always. */
static void print_log(struct progress *progress, const struct event *event)
{
    static const char *const levels[] = {[MA_LOG_ERROR] = "error",
                                         [MA_LOG_WARNING] = "warning",
                                         [MA_LOG_INFO] = "info",
                                         [MA_LOG_DEBUG] = "debug"};
    int most =
        (progress->call->quiet ? MA_LOG_ERROR : MA_LOG_WARNING) + progress->call->verbose;

    if ((int)event->level > most || event->text == NULL)
        return;
    if (progress->mode == PROGRESS_TTY)
        erase(progress);
    fprintf(stderr, "%s: %s\n", levels[event->level],
            render_clean(progress->call->arena, event->text));
}

void progress_hear(struct progress *progress, const struct event *event)
{
    bool draws = event->kind == EVENT_TICK || event->kind == EVENT_STEP_STARTED;

    note(progress, event);
    if (progress->mode == PROGRESS_JSON)
        say_json(event);
    else if (event->kind == EVENT_LOG)
        print_log(progress, event);
    else if (progress->mode == PROGRESS_PLAIN)
        say(progress, event);
    else if (progress->mode == PROGRESS_TTY && draws)
        draw(progress, event);
}
