/* SPDX-License-Identifier: Apache-2.0 */
#include "run/early.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/vec.h"

struct early {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    VEC_OF(struct early_call) calls;
    size_t over; /* how many of them */
};

static void *run(void *context)
{
    struct early *early = context;

    for (size_t i = 0; i < early->calls.count; i++) {
        early->calls.items[i].call(early->calls.items[i].with);
        pthread_mutex_lock(&early->lock);
        early->over++;
        pthread_cond_broadcast(&early->changed);
        pthread_mutex_unlock(&early->lock);
    }
    return NULL;
}

static void forget(struct early *early)
{
    pthread_cond_destroy(&early->changed);
    pthread_mutex_destroy(&early->lock);
    VEC_FREE(&early->calls);
    free(early);
}

struct early *early_begin(const struct early_call *calls, size_t count)
{
    struct early *early = mem_zero(sizeof *early);

    for (size_t i = 0; i < count; i++)
        VEC_ADD(&early->calls, calls[i]);
    pthread_mutex_init(&early->lock, NULL);
    pthread_cond_init(&early->changed, NULL);
    if (pthread_create(&early->thread, NULL, run, early) == 0)
        return early;
    forget(early);
    return NULL;
}

void early_wait(struct early *early, size_t n)
{
    if (early == NULL)
        return;
    pthread_mutex_lock(&early->lock);
    while (early->over <= n && early->over < early->calls.count)
        pthread_cond_wait(&early->changed, &early->lock);
    pthread_mutex_unlock(&early->lock);
}

void early_end(struct early *early)
{
    if (early == NULL)
        return;
    pthread_join(early->thread, NULL);
    forget(early);
}
