/* SPDX-License-Identifier: Apache-2.0 */
#include "support/aside.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

struct errand {
    const struct aside *call;
    void *job;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t over;
    bool done;
    bool left; /* nobody waits: the thread ends it */
};

static void errand_free(struct errand *e)
{
    pthread_cond_destroy(&e->over);
    pthread_mutex_destroy(&e->lock);
    free(e);
}

static void errand_end(struct errand *e)
{
    e->call->end(e->job);
    errand_free(e);
}

static void *errand_run(void *context)
{
    struct errand *e = context;
    bool left;

    e->call->run(e->job);
    pthread_mutex_lock(&e->lock);
    e->done = true;
    left = e->left;
    pthread_cond_signal(&e->over);
    pthread_mutex_unlock(&e->lock);
    if (left)
        errand_end(e);
    return NULL;
}

/* Signals are for the thread that knows what they mean. */
static bool start(struct errand *e)
{
    pthread_condattr_t clock;
    sigset_t all;
    sigset_t before;
    bool good;

    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&e->over, &clock);
    pthread_condattr_destroy(&clock);
    pthread_mutex_init(&e->lock, NULL);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    good = pthread_create(&e->thread, NULL, errand_run, e) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return good;
}

/* For a slice of time at most. The lock is held. */
static void wait_a_little(struct errand *e)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += PATIENCE_SLICE_MS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    (void)pthread_cond_timedwait(&e->over, &e->lock, &until);
}

/* Again and again: there may be nothing yet that it waits for. */
static void wake(struct errand *e)
{
    while (!e->done) {
        e->call->wake(e->job);
        wait_a_little(e);
    }
}

/* *left: the errand is the thread's now, and not to be touched. */
static enum ma_status wait_for(struct errand *e, const struct patience *p,
                               const char *what, bool *left, struct ma_error *err)
{
    enum ma_status status = MA_OK;

    pthread_mutex_lock(&e->lock);
    while (!e->done && (status = patience_left(p, what, err)) == MA_OK)
        wait_a_little(e);
    if (!e->done && e->call->wake != NULL)
        wake(e);
    *left = e->left = !e->done;
    if (e->left)
        pthread_detach(e->thread);
    pthread_mutex_unlock(&e->lock);
    return status;
}

enum ma_status aside_run(const struct aside *call, void *job, const struct patience *p,
                         const char *what, struct ma_error *err)
{
    struct errand *e = calloc(1, sizeof *e);
    enum ma_status status;
    bool left;

    if (e == NULL) {
        call->end(job);
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    }
    *e = (struct errand){.call = call, .job = job};
    if (!start(e)) {
        errand_end(e);
        return ma_fail(err, MA_NO_MEMORY, "%s: there is no thread to be had", p->host);
    }
    status = wait_for(e, p, what, &left, err);
    if (left)
        return status;
    pthread_join(e->thread, NULL);
    if (status != MA_OK)
        call->end(job);
    errand_free(e);
    return status;
}
