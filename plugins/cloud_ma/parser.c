/* SPDX-License-Identifier: Apache-2.0 */
#include "parser.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "json_memory.h"

enum { DROPPED = 8 };

struct parser {
    pthread_t thread;
    bool runs;

    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t changed;
    bool ends;
    struct parse *queue;
    json_t *dropped[DROPPED];
    size_t dropped_count;
};

/* --- the second thread ------------------------------------------------------------ */

static void parse(struct parse *job)
{
    job->json = NULL;
    job->err = (struct ma_error){0};
    json_memory_begin();
    job->err.status = reply_json(job->call, &job->json, &job->err);
    json_memory_end();
}

/* Locked, as end_one; the lock is given up meanwhile. */
static void parse_first(struct parser *p)
{
    struct parse *job = p->queue;

    p->queue = job->next;
    pthread_mutex_unlock(&p->lock);
    parse(job);
    pthread_mutex_lock(&p->lock);
    job->done = true;
    if (job->ready != NULL)
        job->ready(job->context);
    pthread_cond_broadcast(&p->changed);
}

static void end_one(struct parser *p)
{
    json_t *page = p->dropped[--p->dropped_count];

    pthread_mutex_unlock(&p->lock);
    json_memory_drop(page);
    pthread_mutex_lock(&p->lock);
}

static void *work(void *context)
{
    struct parser *p = context;

    pthread_mutex_lock(&p->lock);
    while (!p->ends || p->dropped_count > 0) {
        if (p->dropped_count > 0)
            end_one(p);
        else if (p->queue != NULL)
            parse_first(p);
        else
            pthread_cond_wait(&p->changed, &p->lock);
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

/* --- the agent's ------------------------------------------------------------------ */

/* Signals are for those who know what to do with them. */
static bool start_thread(struct parser *p)
{
    sigset_t all, before;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    p->runs = pthread_create(&p->thread, NULL, work, p) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return p->runs;
}

void parser_start(struct parser *p, struct parse *job, const struct http_call *call)
{
    struct parse **last;

    job->call = call;
    job->begun = true;
    job->done = false;
    job->next = NULL;
    if (!p->runs && !start_thread(p)) {
        parse(job);
        job->done = true;
        return;
    }
    pthread_mutex_lock(&p->lock);
    for (last = &p->queue; *last != NULL;)
        last = &(*last)->next;
    *last = job;
    pthread_cond_broadcast(&p->changed);
    pthread_mutex_unlock(&p->lock);
}

bool parser_is_done(struct parser *p, const struct parse *job)
{
    bool done;

    pthread_mutex_lock(&p->lock);
    done = job->done;
    pthread_mutex_unlock(&p->lock);
    return done;
}

bool parser_help(struct parser *p)
{
    bool any;

    pthread_mutex_lock(&p->lock);
    any = p->queue != NULL;
    if (any)
        parse_first(p);
    pthread_mutex_unlock(&p->lock);
    return any;
}

enum ma_status parser_finish(struct parser *p, struct parse *job, json_t **out,
                             struct ma_error *err)
{
    pthread_mutex_lock(&p->lock);
    while (!job->done)
        pthread_cond_wait(&p->changed, &p->lock);
    pthread_mutex_unlock(&p->lock);
    job->begun = false;
    if (job->err.status != MA_OK) {
        *err = job->err;
        return err->status;
    }
    *out = job->json;
    return MA_OK;
}

void parser_drop(struct parser *p, json_t *page)
{
    bool taken = false;

    pthread_mutex_lock(&p->lock);
    if (p->runs && p->dropped_count < DROPPED) {
        p->dropped[p->dropped_count++] = page;
        pthread_cond_broadcast(&p->changed);
        taken = true;
    }
    pthread_mutex_unlock(&p->lock);
    if (!taken)
        json_memory_drop(page);
}

struct parser *parser_new(void)
{
    struct parser *p = calloc(1, sizeof *p);

    if (p == NULL)
        return NULL;
    json_object_seed(0); /* it is made once, by one thread */
    json_memory_reserve();
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->changed, NULL);
    return p;
}

void parser_free(struct parser *p)
{
    if (p == NULL)
        return;
    pthread_mutex_lock(&p->lock);
    p->ends = true;
    pthread_cond_broadcast(&p->changed);
    pthread_mutex_unlock(&p->lock);
    if (p->runs)
        pthread_join(p->thread, NULL);
    pthread_cond_destroy(&p->changed);
    pthread_mutex_destroy(&p->lock);
    free(p);
}
