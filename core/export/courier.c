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

/* A batch that is out. */
struct load {
    void *batch;
    const struct ma_entry *const *entries;
    size_t count;
    bool taken;   /* the agent was given it ... */
    size_t first; /* ... and counts its entries from here */
    size_t open;  /* entries without a report */
    bool home;    /* the call that it was given to has returned this: */
    enum ma_status status;
    struct ma_error why;
};

struct courier {
    courier_call call;
    void *context;
    pthread_t thread;
    pthread_mutex_t lock; /* of all below, but for `reading` */
    pthread_cond_t changed;
    struct load loads[COURIER_BATCHES]; /* in the order in which they were sent */
    size_t count;
    size_t given; /* entries, in the call under way */
    bool last;    /* behind these there is nothing for now */
    bool halted;  /* no call any more: one failed, or the step is ending */
    bool over;
    struct ma_error refusal; /* MA_OK: none */
    struct reports filling;
    struct reports reading; /* of the step alone */
    size_t read;
};

/* --- batches ---------------------------------------------------------------------- */

static struct load *first_untaken(struct courier *c)
{
    for (size_t i = 0; i < c->count; i++)
        if (!c->loads[i].taken)
            return &c->loads[i];
    return NULL;
}

static void take(struct courier *c, struct load *load)
{
    load->taken = true;
    load->first = c->given;
    c->given += load->count;
}

static void take_off(struct courier *c, struct load *load)
{
    size_t i = (size_t)(load - c->loads);

    c->count--;
    memmove(load, load + 1, (c->count - i) * sizeof *load);
}

/* Of the call under way. */
static struct load *load_of(struct courier *c, size_t index)
{
    for (size_t i = 0; i < c->count; i++) {
        struct load *l = &c->loads[i];

        if (l->taken && !l->home && index >= l->first && index < l->first + l->count)
            return l;
    }
    return NULL;
}

/* What an agent is given is its until it returns, unless it asks for more: then as long
 * as it has not reported. */
static bool is_done(const struct courier *c, const struct load *load)
{
    return load->home ||
           (load->open == 0 && load->first + load->count < c->given && load->taken);
}

/* --- the thread ------------------------------------------------------------------- */

static void come_home(struct courier *c, enum ma_status status,
                      const struct ma_error *why)
{
    for (size_t i = 0; i < c->count; i++)
        if (c->loads[i].taken && !c->loads[i].home) {
            c->loads[i].home = true;
            c->loads[i].status = status;
            c->loads[i].why = *why;
        }
    c->halted |= status != MA_OK;
    pthread_cond_broadcast(&c->changed);
}

static void make_call(struct courier *c, struct load *load)
{
    const struct ma_entry *const *entries = load->entries;
    size_t count = load->count;
    struct ma_error why = {0};
    enum ma_status status;

    c->given = 0;
    take(c, load);
    pthread_mutex_unlock(&c->lock);
    status = c->call(c->context, entries, count, &why);
    pthread_mutex_lock(&c->lock);
    come_home(c, status, &why);
}

static void *run(void *given)
{
    struct courier *c = given;

    pthread_mutex_lock(&c->lock);
    while (!c->over) {
        struct load *next = c->halted ? NULL : first_untaken(c);

        if (next != NULL)
            make_call(c, next);
        else
            pthread_cond_wait(&c->changed, &c->lock);
    }
    pthread_mutex_unlock(&c->lock);
    return NULL;
}

/* --- begin and end ---------------------------------------------------------------- */

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
    c->over = c->halted = true;
    pthread_cond_broadcast(&c->changed);
    pthread_mutex_unlock(&c->lock);
    pthread_join(c->thread, NULL);
    free_all(c);
}

/* --- the step --------------------------------------------------------------------- */

void courier_send(struct courier *c, void *batch, const struct ma_entry *const *entries,
                  size_t count)
{
    pthread_mutex_lock(&c->lock);
    c->loads[c->count++] =
        (struct load){.batch = batch, .entries = entries, .count = count, .open = count};
    c->last = false;
    pthread_cond_broadcast(&c->changed);
    pthread_mutex_unlock(&c->lock);
}

void courier_last(struct courier *c)
{
    pthread_mutex_lock(&c->lock);
    c->last = true;
    pthread_cond_broadcast(&c->changed);
    pthread_mutex_unlock(&c->lock);
}

void courier_recall(struct courier *c)
{
    pthread_mutex_lock(&c->lock);
    c->halted = true;
    pthread_cond_broadcast(&c->changed);
    pthread_mutex_unlock(&c->lock);
}

void courier_refuse(struct courier *c, const struct ma_error *why)
{
    pthread_mutex_lock(&c->lock);
    c->refusal = *why;
    pthread_mutex_unlock(&c->lock);
}

static struct timespec in_a_second(void)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec++;
    return until;
}

/* A batch that needs no more waiting: it is home, or will never be given. */
static struct load *settled_load(struct courier *c)
{
    for (size_t i = 0; i < c->count; i++) {
        struct load *l = &c->loads[i];

        if (is_done(c, l) || (!l->taken && c->halted))
            return l;
    }
    return NULL;
}

static void wait_for_news(struct courier *c)
{
    struct timespec until = in_a_second();

    while (c->count > 0 && settled_load(c) == NULL && c->filling.list.count < ENOUGH)
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

static enum courier_news look(struct courier *c, bool wait, struct courier_report *out)
{
    struct load *load;
    bool taken;

    if (wait)
        wait_for_news(c);
    turn_over(c);
    if (c->reading.list.count > 0)
        return COURIER_REPORT;
    load = settled_load(c);
    if (load == NULL)
        return COURIER_SILENT;
    taken = load->taken;
    out->batch = load->batch;
    out->status = load->status;
    out->why = load->why;
    take_off(c, load);
    return taken ? COURIER_HOME : COURIER_UNSENT;
}

enum courier_news courier_ask(struct courier *c, bool wait, struct courier_report *report)
{
    enum courier_news news = COURIER_REPORT;

    if (c->read == c->reading.list.count) {
        pthread_mutex_lock(&c->lock);
        news = look(c, wait, report);
        pthread_mutex_unlock(&c->lock);
    }
    if (news == COURIER_REPORT)
        *report = c->reading.list.items[c->read++];
    return news;
}

/* --- the agent -------------------------------------------------------------------- */

static const char *kept(struct arena *arena, const char *text)
{
    return text == NULL ? NULL : arena_text(arena, text);
}

static void keep(struct courier *c, size_t index, const struct ma_result *result)
{
    struct reports *reports = &c->filling;
    struct arena *texts = &reports->texts;
    struct courier_report report = {.index = index, .result = *result};
    struct load *load = load_of(c, index);
    struct slice anchor =
        arena_slice(texts, slice_of(result->anchor.data, result->anchor.length));

    report.result.anchor = (struct ma_value){anchor.at, anchor.length};
    report.result.dn = kept(texts, result->dn);
    report.result.error_type = kept(texts, result->error_type);
    report.result.error_code = kept(texts, result->error_code);
    report.result.error_literal = kept(texts, result->error_literal);
    report.result.server_detail = kept(texts, result->server_detail);
    if (load != NULL) {
        report.batch = load->batch;
        report.index -= load->first;
        load->open -= load->open > 0;
    }
    VEC_ADD(&reports->list, report);
}

static bool is_worth_waking_for(struct courier *c)
{
    return c->filling.list.count == ENOUGH || settled_load(c) != NULL;
}

enum ma_status courier_report(struct courier *c, size_t index,
                              const struct ma_result *result, struct ma_error *err)
{
    enum ma_status status;

    pthread_mutex_lock(&c->lock);
    status = c->refusal.status;
    if (status == MA_OK) {
        keep(c, index, result);
        if (is_worth_waking_for(c))
            pthread_cond_broadcast(&c->changed);
    } else
        *err = c->refusal;
    pthread_mutex_unlock(&c->lock);
    return status;
}

static void wait_for_more(struct courier *c)
{
    struct timespec until = in_a_second();

    while (!c->last && !c->halted && first_untaken(c) == NULL)
        if (pthread_cond_timedwait(&c->changed, &c->lock, &until) != 0)
            return;
}

enum ma_status courier_more(struct courier *c, bool wait,
                            const struct ma_entry *const **entries, size_t *count,
                            bool *over, struct ma_error *err)
{
    struct load *load;
    enum ma_status status;

    pthread_mutex_lock(&c->lock);
    if (wait)
        wait_for_more(c);
    status = c->refusal.status;
    load = c->halted || status != MA_OK ? NULL : first_untaken(c);
    *count = 0;
    *over = load == NULL && (c->last || c->halted);
    if (load != NULL) {
        take(c, load);
        *entries = load->entries;
        *count = load->count;
        pthread_cond_broadcast(&c->changed); /* the one before it may be done with */
    }
    if (status != MA_OK)
        *err = c->refusal;
    pthread_mutex_unlock(&c->lock);
    return status;
}

/* As long as one of a batch is not reported on, the others live too. */
const struct ma_entry *courier_next(struct courier *c, size_t index)
{
    const struct ma_entry *next = NULL;
    const struct load *load;

    pthread_mutex_lock(&c->lock);
    load = load_of(c, index);
    if (load != NULL && index + 1 < load->first + load->count)
        next = load->entries[index + 1 - load->first];
    pthread_mutex_unlock(&c->lock);
    return next;
}
