/* SPDX-License-Identifier: Apache-2.0 */
#include "run/relay.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "base/mem.h"
#include "run/parcel.h"

/* A parcel is as large as pays for its way from one thread to the other. */
enum { PARCELS = 4, MOST_EVENTS = 256, FEW_EVENTS = 16 };
enum { PATIENCE_MS = 100 };

struct relay {
    struct relay_request request;
    relay_source source; /* while it runs on its own thread; else NULL */
    pthread_t thread;
    atomic_bool stopped; /* the step has refused */
    atomic_bool hungry;  /* the step waits for a parcel */

    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t changed;
    unsigned long given; /* parcels filled, of all time */
    unsigned long taken; /* and unpacked */
    bool ended;
    struct ma_error refusal; /* of the step */
    struct ma_error failure; /* of the source */
    enum ma_status status;

    /* In turn: of the source's thread where none is given, of the step's the oldest. */
    struct parcel parcels[PARCELS];
};

/* --- waiting ---------------------------------------------------------------------- */

/* Locked. Ends with a change, or when patience does. */
static void wait_a_while(struct relay *relay)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += PATIENCE_MS * 1000000L;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_nsec -= 1000000000L;
        until.tv_sec++;
    }
    (void)pthread_cond_timedwait(&relay->changed, &relay->lock, &until);
}

/* --- the thread of the plugin ----------------------------------------------------- */

static void alive(struct relay *relay, const char *dn)
{
    relay->request.alive(relay->request.context, dn);
}

static struct parcel *open_parcel(struct relay *relay)
{
    /* `given` changes on this thread only */
    return &relay->parcels[relay->given % PARCELS];
}

/* Locked. The step is at work: that is no silence of the plugin's. */
static void wait_for_step(struct relay *relay)
{
    while (relay->given - relay->taken == PARCELS) {
        wait_a_while(relay);
        alive(relay, NULL);
    }
}

/* On return the next one may be filled. */
static void hand_over(struct relay *relay)
{
    pthread_mutex_lock(&relay->lock);
    relay->given++;
    pthread_cond_broadcast(&relay->changed);
    wait_for_step(relay);
    pthread_mutex_unlock(&relay->lock);
}

static enum ma_status answer(struct relay *relay, struct ma_error *err)
{
    if (!relay->stopped)
        return MA_OK;
    pthread_mutex_lock(&relay->lock);
    *err = relay->refusal;
    pthread_mutex_unlock(&relay->lock);
    return err->status;
}

static bool is_full(struct relay *relay)
{
    const struct parcel *parcel = open_parcel(relay);

    return parcel->events.count >= MOST_EVENTS || parcel->arena.used >= PARCEL_BYTES ||
           (relay->hungry && parcel->events.count >= FEW_EVENTS);
}

/* On the step's own thread it is called at once; else it goes with the parcel. */
static enum ma_status pass(struct relay *relay, const struct parcel_event *event,
                           struct ma_error *err)
{
    alive(relay, event->kind == PARCEL_ENTRY ? event->entry.dn : NULL);
    if (relay->source == NULL)
        return parcel_call(event, &relay->request.step, err);
    if (answer(relay, err) != MA_OK)
        return err->status;
    parcel_add(open_parcel(relay), event);
    if (is_full(relay))
        hand_over(relay);
    return answer(relay, err);
}

/* What is told to people does not wait, and nobody refuses it. */
static void tell(struct relay *relay, const struct parcel_event *event)
{
    struct ma_error ignored;

    alive(relay, NULL);
    if (relay->source == NULL) {
        (void)parcel_call(event, &relay->request.step, &ignored);
        return;
    }
    parcel_add(open_parcel(relay), event);
    hand_over(relay);
}

static enum ma_status at_emit(void *context, const struct ma_entry *entry,
                              struct ma_error *err)
{
    const struct parcel_event event = {.kind = PARCEL_ENTRY, .entry = *entry};

    return pass(context, &event, err);
}

static enum ma_status at_reject(void *context, const struct ma_rejection *rejection,
                                struct ma_error *err)
{
    const struct parcel_event event = {.kind = PARCEL_REJECTION, .rejection = *rejection};

    return pass(context, &event, err);
}

static enum ma_status at_checkpoint(void *context, struct ma_value where,
                                    struct ma_error *err)
{
    const struct parcel_event event = {.kind = PARCEL_CHECKPOINT, .value = where};

    return pass(context, &event, err);
}

static enum ma_status at_watermark(void *context, struct ma_value value,
                                   struct ma_error *err)
{
    const struct parcel_event event = {.kind = PARCEL_WATERMARK, .value = value};

    return pass(context, &event, err);
}

static enum ma_status at_absent(void *context, const char *attribute,
                                struct ma_error *err)
{
    const struct parcel_event event = {.kind = PARCEL_ABSENT, .told.text = attribute};

    return pass(context, &event, err);
}

static enum ma_status at_start_over(void *context, struct ma_error *err)
{
    const struct parcel_event event = {.kind = PARCEL_START_OVER};

    return pass(context, &event, err);
}

static void at_served_by(void *context, const char *server, const struct ma_error *lost)
{
    const struct parcel_event event = {.kind = PARCEL_SERVED_BY,
                                       .served = {server, lost}};

    tell(context, &event);
}

static void at_log(void *context, enum ma_level level, const char *text)
{
    const struct parcel_event event = {.kind = PARCEL_LOG, .told = {level, text}};

    tell(context, &event);
}

/* Plugins ask while they wait for their system: what they said so far can go. */
static bool at_cancelled(void *context)
{
    struct relay *relay = context;
    struct ma_error ignored;

    alive(relay, NULL);
    if (relay->source == NULL)
        return relay->request.idle(relay->request.context, &ignored) != MA_OK;
    if (relay->hungry && open_parcel(relay)->events.count > 0)
        hand_over(relay);
    return relay->stopped;
}

struct host_sink relay_sink(struct relay *relay)
{
    return (struct host_sink){.context = relay,
                              .emit = at_emit,
                              .reject = at_reject,
                              .checkpoint = at_checkpoint,
                              .watermark = at_watermark,
                              .absent = at_absent,
                              .start_over = at_start_over,
                              .served_by = at_served_by,
                              .log = at_log,
                              .cancelled = at_cancelled};
}

static void *read_all(void *context)
{
    struct relay *relay = context;
    struct ma_error failure = {0};
    enum ma_status status = relay->source(relay->request.context, &failure);

    pthread_mutex_lock(&relay->lock);
    relay->given++;
    relay->ended = true;
    relay->status = status;
    relay->failure = failure;
    pthread_cond_broadcast(&relay->changed);
    pthread_mutex_unlock(&relay->lock);
    return NULL;
}

/* --- the thread of the step ------------------------------------------------------- */

static void refuse(struct relay *relay, const struct ma_error *why)
{
    pthread_mutex_lock(&relay->lock);
    relay->refusal = *why;
    pthread_mutex_unlock(&relay->lock);
    relay->stopped = true;
}

/* What is told is told, the rest is nothing once the step has refused. */
static void unpack(struct relay *relay, struct parcel *parcel)
{
    for (size_t i = 0; i < parcel->events.count; i++) {
        const struct parcel_event *event = &parcel->events.items[i];
        struct ma_error err = {0};

        if (relay->stopped && event->kind != PARCEL_LOG &&
            event->kind != PARCEL_SERVED_BY)
            continue;
        err.status = parcel_call(event, &relay->request.step, &err);
        if (err.status != MA_OK)
            refuse(relay, &err);
    }
    parcel_clear(parcel);
}

static void look_up(struct relay *relay)
{
    struct ma_error err = {0};

    err.status = relay->request.idle(relay->request.context, &err);
    if (err.status != MA_OK && !relay->stopped)
        refuse(relay, &err);
}

/* NULL: the source has ended, and everything was taken. */
static struct parcel *next(struct relay *relay)
{
    struct parcel *parcel = NULL;

    pthread_mutex_lock(&relay->lock);
    while (relay->taken == relay->given && !relay->ended) {
        relay->hungry = true;
        wait_a_while(relay);
        if (relay->taken == relay->given && !relay->ended) {
            pthread_mutex_unlock(&relay->lock);
            look_up(relay);
            pthread_mutex_lock(&relay->lock);
        }
    }
    relay->hungry = false;
    if (relay->taken < relay->given)
        parcel = &relay->parcels[relay->taken % PARCELS];
    pthread_mutex_unlock(&relay->lock);
    return parcel;
}

static void take_all(struct relay *relay)
{
    struct parcel *parcel;

    while ((parcel = next(relay)) != NULL) {
        unpack(relay, parcel);
        pthread_mutex_lock(&relay->lock);
        relay->taken++;
        pthread_cond_broadcast(&relay->changed);
        pthread_mutex_unlock(&relay->lock);
    }
}

/* Signals are for the thread of the step. */
static bool start(struct relay *relay)
{
    sigset_t all;
    sigset_t before;
    int code;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    code = pthread_create(&relay->thread, NULL, read_all, relay);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return code == 0;
}

/* For another one, after the last has ended. */
static void begin(struct relay *relay, relay_source source)
{
    relay->source = source;
    relay->stopped = false;
    relay->given = relay->taken = 0;
    relay->ended = false;
    relay->refusal = relay->failure = (struct ma_error){0};
}

enum ma_status relay_run(struct relay *relay, relay_source source, struct ma_error *err)
{
    begin(relay, source);
    if (!start(relay)) {
        relay->source = NULL;
        return source(relay->request.context, err);
    }
    take_all(relay);
    pthread_join(relay->thread, NULL);
    relay->source = NULL;
    *err = relay->stopped ? relay->refusal : relay->failure;
    return relay->stopped ? relay->refusal.status : relay->status;
}

struct relay *relay_new(const struct relay_request *request)
{
    struct relay *relay = mem_zero(sizeof *relay);
    pthread_condattr_t monotonic;

    relay->request = *request;
    pthread_mutex_init(&relay->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&relay->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    return relay;
}

void relay_free(struct relay *relay)
{
    if (relay == NULL)
        return;
    for (size_t i = 0; i < PARCELS; i++)
        parcel_free(&relay->parcels[i]);
    pthread_cond_destroy(&relay->changed);
    pthread_mutex_destroy(&relay->lock);
    free(relay);
}
