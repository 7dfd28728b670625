/* SPDX-License-Identifier: Apache-2.0 */
#include "export/courier.h"

#include <pthread.h>
#include <time.h>

/* Two of them: one fills while the other is read, so nothing is copied under the lock
 * that was copied before. */
struct reports {
    VEC_OF(struct courier_report) list;
    struct arena texts;
};

/* Reports that are worth waking the step for; fewer are fetched when the call returns, or
 * after a second. */
enum { ENOUGH = 32 };

struct courier {
    courier_call call;
    void *context;
    pthread_t thread;
    pthread_mutex_t lock; /* of all below, but for `reading` */
    pthread_cond_t changed;
    const struct ma_entry *const *entries; /* of the call under way */
    size_t count;
    bool out;  /* a batch was given, and its return not told yet */
    bool home; /* the call has returned */
    bool over;
    enum ma_status status; /* what it returned */
    struct ma_error why;
    struct ma_error refusal; /* MA_OK: none */
    struct reports filling;
    struct reports reading; /* of the step alone */
    size_t read;
};

/* --- the thread -----------------------------------------------------------------------
 */

static void make_call(struct courier *c)
{
    const struct ma_entry *const *entries = c->entries;
    size_t count = c->count;
    struct ma_error why = {0};
    enum ma_status status;

    pthread_mutex_unlock(&c->lock);
    status = c->call(c->context, entries, count, &why);
    pthread_mutex_lock(&c->lock);
    c->status = status;
    c->why = why;
    c->home = true;
    pthread_cond_broadcast(&c->changed);
}

static void *run(void *given)
{
    struct courier *c = given;

    pthread_mutex_lock(&c->lock);
    while (!c->over) {
        if (c->out && !c->home)
            make_call(c);
        else
            pthread_cond_wait(&c->changed, &c->lock);
    }
    pthread_mutex_unlock(&c->lock);
    return NULL;
}

/* --- begin and end --------------------------------------------------------------------
 */

static void free_reports(struct reports *reports)
{
    VEC_FREE(&reports->list);
    arena_free(&reports->texts);
}

static void free_all(struct courier *c)
{
    pthread_cond_destroy(&c->changed);
    pthread_mutex_destroy(&c->lock);
    free_reports(&c->filling);
    free_reports(&c->reading);
    free(c);
}

struct courier *courier_begin(courier_call call, void *context)
{
    struct courier *c = mem_zero(sizeof *c);
    pthread_condattr_t clock;

    c->call = call;
    c->context = context;
    pthread_mutex_init(&c->lock, NULL);
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&c->changed, &clock);
    pthread_condattr_destroy(&clock);
    if (pthread_create(&c->thread, NULL, run, c) == 0)
        return c;
    free_all(c);
    return NULL;
}

void courier_end(struct courier *c)
{
    if (c == NULL)
        return;
    pthread_mutex_lock(&c->lock);
    c->over = true;
    pthread_cond_broadcast(&c->changed);
    pthread_mutex_unlock(&c->lock);
    pthread_join(c->thread, NULL);
    free_all(c);
}

/* --- the step -------------------------------------------------------------------------
 */

void courier_send(struct courier *c, const struct ma_entry *const *entries, size_t count)
{
    pthread_mutex_lock(&c->lock);
    c->entries = entries;
    c->count = count;
    c->out = true;
    c->home = false;
    pthread_cond_broadcast(&c->changed);
    pthread_mutex_unlock(&c->lock);
}

void courier_refuse(struct courier *c, const struct ma_error *why)
{
    pthread_mutex_lock(&c->lock);
    c->refusal = *why;
    pthread_mutex_unlock(&c->lock);
}

static void wait_for_news(struct courier *c)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec++;
    while (c->out && !c->home && c->filling.list.count < ENOUGH)
        if (pthread_cond_timedwait(&c->changed, &c->lock, &until) != 0)
            return;
}

/* What was read goes; what has come in the meantime takes its place. */
static void turn_over(struct courier *c)
{
    struct reports read = c->reading;

    read.list.count = 0;
    arena_reset(&read.texts);
    c->reading = c->filling;
    c->filling = read;
    c->read = 0;
}

static enum courier_news look(struct courier *c, bool wait, enum ma_status *status,
                              struct ma_error *err)
{
    if (wait)
        wait_for_news(c);
    turn_over(c);
    if (c->reading.list.count > 0)
        return COURIER_REPORT;
    if (!c->out || !c->home)
        return COURIER_SILENT;
    c->out = false;
    *status = c->status;
    if (c->status != MA_OK)
        *err = c->why;
    return COURIER_HOME;
}

enum courier_news courier_ask(struct courier *c, bool wait, struct courier_report *report,
                              enum ma_status *status, struct ma_error *err)
{
    enum courier_news news = COURIER_REPORT;

    if (c->read == c->reading.list.count) {
        pthread_mutex_lock(&c->lock);
        news = look(c, wait, status, err);
        pthread_mutex_unlock(&c->lock);
    }
    if (news == COURIER_REPORT)
        *report = c->reading.list.items[c->read++];
    return news;
}

/* --- the agent ------------------------------------------------------------------------
 */

static const char *kept(struct arena *arena, const char *text)
{
    return text == NULL ? NULL : arena_text(arena, text);
}

static void keep(struct reports *reports, size_t index, const struct ma_result *result)
{
    struct arena *texts = &reports->texts;
    struct courier_report report = {index, *result};
    struct slice anchor =
        arena_slice(texts, slice_of(result->anchor.data, result->anchor.length));

    report.result.anchor = (struct ma_value){anchor.at, anchor.length};
    report.result.dn = kept(texts, result->dn);
    report.result.error_type = kept(texts, result->error_type);
    report.result.error_code = kept(texts, result->error_code);
    report.result.error_literal = kept(texts, result->error_literal);
    report.result.server_detail = kept(texts, result->server_detail);
    VEC_ADD(&reports->list, report);
}

enum ma_status courier_report(struct courier *c, size_t index,
                              const struct ma_result *result, struct ma_error *err)
{
    enum ma_status status;

    pthread_mutex_lock(&c->lock);
    status = c->refusal.status;
    if (status == MA_OK) {
        keep(&c->filling, index, result);
        if (c->filling.list.count == ENOUGH)
            pthread_cond_broadcast(&c->changed);
    } else
        *err = c->refusal;
    pthread_mutex_unlock(&c->lock);
    return status;
}
