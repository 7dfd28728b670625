/* SPDX-License-Identifier: Apache-2.0 */
#include "sync/crew.h"

#include <pthread.h>
#include <signal.h>
#include <sodium.h>
#include <stdatomic.h>

#include "base/error.h"
#include "sync/forecast.h"

/*
 * WAVE: of a long one, more is stale when its turn comes; with a short one, threads wait
 * for the last to end. SAVING: times as much may be in one during which the step commits:
 * who does not commit goes on until that is done. BYTES, WRITES: what its outcomes may
 * take, and write, before it is cut short, for there is no commit within a wave. FEWEST:
 * below, waking the others costs more than they do. ROUNDS: how often the rest of a wave
 * is evaluated again because its numbers were not those that were supposed. REST: waves
 * that are not tried where most of one was in vain. FIRST: units of the next wave then,
 * and of the first one, in which all wait for the container that the first of them makes;
 * it is doubled while they hold.
 */
enum {
    WAVE = 250,
    SAVING = 4,
    FIRST = 8,
    BYTES = 4 << 20,
    WRITES = 16000,
    FEWEST = 4,
    ROUNDS = 2,
    LEAST_REST = 4,
    MOST_REST = 64
};

struct crew {
    struct sync *sync; /* of the step */
    struct bench *benches;
    pthread_t *threads; /* of all benches but the first, which is the step's */
    size_t size;
    struct arena arena;

    /* The wave: outcomes[i] is that of ids[i], from `from` to `end`. */
    struct crew_work work;
    size_t from;
    size_t end;
    size_t begin; /* `from`, before its rest was evaluated again */
    struct outcome *outcomes;
    unsigned rounds;
    size_t kept; /* outcomes that held */

    struct forecast forecast; /* numbers that the units of the wave are to suppose */

    size_t length;  /* units of the next wave */
    size_t resting; /* units that are not evaluated ahead */
    size_t rest;    /* waves, the next time */

    pthread_mutex_t lock;
    pthread_cond_t begun;
    pthread_cond_t ended;
    uint64_t wave;      /* number of the wave */
    size_t busy;        /* threads that are at it */
    bool over;          /* threads are to end */
    atomic_size_t next; /* unit of the wave that nobody has taken */
    atomic_bool full;   /* nobody is to take one more */
    size_t room;        /* 1 or SAVING */
};

/* --- threads ---------------------------------------------------------------------- */

static bool is_full(const struct crew *crew, const struct bench *bench)
{
    return bench->arena.used > BYTES / crew->size * crew->room ||
           bench->writes > WRITES / crew->size * crew->room;
}

/* Until nobody is to take one more, or units before `end` are all taken. */
static void take_part(struct crew *crew, struct bench *bench, size_t end)
{
    size_t i;

    if (!bench->ready)
        return;
    while (!atomic_load(&crew->full) && atomic_load(&crew->next) < end &&
           (i = atomic_fetch_add(&crew->next, 1)) < crew->end) {
        forecast_suppose(&crew->forecast, bench->sync.batch, i - crew->from);
        bench_evaluate(bench, &crew->work, i, &crew->outcomes[i - crew->from]);
        if (is_full(crew, bench))
            atomic_store(&crew->full, true);
    }
}

/* The wave after this one; false: there will be none. */
static bool next_wave(struct crew *crew, uint64_t *wave)
{
    bool over;

    pthread_mutex_lock(&crew->lock);
    while (crew->wave == *wave && !crew->over)
        pthread_cond_wait(&crew->begun, &crew->lock);
    *wave = crew->wave;
    over = crew->over;
    pthread_mutex_unlock(&crew->lock);
    return !over;
}

struct member {
    struct crew *crew;
    struct bench *bench;
};

static void *run_member(void *context)
{
    struct member member = *(struct member *)context;
    struct crew *crew = member.crew;
    uint64_t wave = 0;

    while (next_wave(crew, &wave)) {
        take_part(crew, member.bench, crew->end);
        pthread_mutex_lock(&crew->lock);
        if (--crew->busy == 0)
            pthread_cond_signal(&crew->ended);
        pthread_mutex_unlock(&crew->lock);
    }
    return NULL;
}

/* Signals are for the thread of the step. */
static size_t start_threads(struct crew *crew, size_t wanted)
{
    sigset_t all;
    sigset_t before;
    size_t started = 0;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    while (started < wanted) {
        struct member *member = ARENA_ARRAY(&crew->arena, struct member, 1);

        *member = (struct member){crew, &crew->benches[started + 1]};
        if (pthread_create(&crew->threads[started], NULL, run_member, member) != 0)
            break; /* then with fewer */
        started++;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

struct crew *crew_begin(struct sync *sync, unsigned threads)
{
    struct crew *crew = mem_zero(sizeof *crew);

    randombytes_stir(); /* from here on, any thread may draw random numbers */
    crew->sync = sync;
    crew->forecast.arena = &crew->arena;
    crew->length = FIRST;
    crew->rest = LEAST_REST;
    crew->benches = ARENA_ARRAY(&crew->arena, struct bench, threads);
    crew->threads = ARENA_ARRAY(&crew->arena, pthread_t, threads);
    crew->outcomes = ARENA_ARRAY(&crew->arena, struct outcome, WAVE * SAVING);
    pthread_mutex_init(&crew->lock, NULL);
    pthread_cond_init(&crew->begun, NULL);
    pthread_cond_init(&crew->ended, NULL);
    for (size_t i = 0; i < threads; i++)
        bench_begin(&crew->benches[i], sync);
    crew->size = 1 + start_threads(crew, threads - 1);
    for (size_t i = crew->size; i < threads; i++)
        bench_end(&crew->benches[i]);
    return crew;
}

static void end_threads(struct crew *crew)
{
    pthread_mutex_lock(&crew->lock);
    crew->over = true;
    pthread_cond_broadcast(&crew->begun);
    pthread_mutex_unlock(&crew->lock);
    for (size_t i = 0; i + 1 < crew->size; i++)
        pthread_join(crew->threads[i], NULL);
}

void crew_end(struct crew *crew)
{
    if (crew == NULL)
        return;
    end_threads(crew);
    for (size_t i = 0; i < crew->size; i++)
        bench_end(&crew->benches[i]);
    pthread_cond_destroy(&crew->begun);
    pthread_cond_destroy(&crew->ended);
    pthread_mutex_destroy(&crew->lock);
    forecast_free(&crew->forecast);
    arena_free(&crew->arena);
    free(crew);
}

/* --- waves ------------------------------------------------------------------------ */

static void call_threads(struct crew *crew)
{
    pthread_mutex_lock(&crew->lock);
    atomic_store(&crew->next, crew->from);
    atomic_store(&crew->full, false);
    crew->busy = crew->size - 1;
    crew->wave++;
    pthread_cond_broadcast(&crew->begun);
    pthread_mutex_unlock(&crew->lock);
}

static void await_threads(struct crew *crew)
{
    pthread_mutex_lock(&crew->lock);
    while (crew->busy > 0)
        pthread_cond_wait(&crew->ended, &crew->lock);
    pthread_mutex_unlock(&crew->lock);
    if (atomic_load(&crew->next) < crew->end) /* it was cut short */
        crew->end = atomic_load(&crew->next);
}

static void void_wave(struct crew *crew)
{
    crew->end = crew->from;
}

/* What is in the batch by now; nobody reads meanwhile. */
static enum ma_status commit(struct crew *crew, struct ma_error *err)
{
    if (batch_commit(crew->sync->batch, err) != MA_OK)
        return err->status;
    return history_keep(crew->sync->history, err);
}

/* All read what the step reads. */
static bool are_ready(struct crew *crew)
{
    bool ready = true;

    attempt_wave(crew->sync->batch);
    for (size_t i = 0; i < crew->size; i++) {
        bench_ready(&crew->benches[i]);
        ready = ready && crew->benches[i].ready;
    }
    return ready;
}

/* Another process may have committed since the step began to read; then it reads anew. */
static enum ma_status make_ready(struct crew *crew, struct ma_error *err)
{
    enum ma_status status = MA_OK;

    if (are_ready(crew))
        return MA_OK;
    status = commit(crew, err);
    if (!are_ready(crew))
        void_wave(crew);
    return status;
}

/* The step's own part. Behind a commit, the wave ends as soon as it is as long as others.
 */
static enum ma_status take_own_part(struct crew *crew, bool due, struct ma_error *err)
{
    enum ma_status status = due ? batch_save(crew->sync->batch, err) : MA_OK;

    take_part(crew, &crew->benches[0], due ? crew->from + WAVE : crew->end);
    if (due)
        atomic_store(&crew->full, true);
    return status;
}

/* What was saved is forgotten, and the history follows it. */
static enum ma_status settle(struct crew *crew, struct ma_error *err)
{
    enum ma_status status = history_keep(crew->sync->history, err);

    if (!batch_saved(crew->sync->batch))
        void_wave(crew);
    return status;
}

/* What is due is saved while the others evaluate. What cannot be then, is after: what was
 * evaluated is worth nothing, as another process may have its turn before. */
static enum ma_status evaluate(struct crew *crew, struct ma_error *err)
{
    bool due = batch_is_due(crew->sync->batch);
    enum ma_status status;

    crew->room = due ? SAVING : 1;
    call_threads(crew);
    status = take_own_part(crew, due, err);
    await_threads(crew);
    forecast_know(&crew->forecast, crew->outcomes, crew->end - crew->from);
    if (!due)
        return MA_OK;
    if (status == MA_OK)
        return settle(crew, err);
    void_wave(crew);
    return status == MA_LIMIT ? commit(crew, err) : status;
}

static size_t length_of_wave(const struct crew *crew, const struct crew_work *work,
                             size_t i)
{
    size_t left = work->count - i;
    size_t most = crew->length;

    if (crew->resting > 0 || left < FEWEST)
        return 0;
    if (most == WAVE && batch_is_due(crew->sync->batch))
        most *= SAVING;
    return left < most ? left : most;
}

static enum ma_status begin_wave(struct crew *crew, const struct crew_work *work,
                                 size_t i, struct ma_error *err)
{
    enum ma_status status = MA_OK;

    crew->work = *work;
    crew->from = i;
    crew->end = i + length_of_wave(crew, work, i);
    crew->begin = i;
    crew->rounds = 0;
    crew->kept = 0;
    if (crew->end > i)
        status = make_ready(crew, err);
    if (status != MA_OK || crew->end == i)
        return status;
    forecast_make(&crew->forecast, crew->sync->batch, crew->end - crew->from, NULL);
    return evaluate(crew, err);
}

/* The rest of the wave, from this unit on: by now it is known what each takes. */
static enum ma_status evaluate_again(struct crew *crew, size_t i, struct ma_error *err)
{
    struct outcome *rest = &crew->outcomes[i - crew->from];

    crew->rounds++;
    crew->from = i;
    forecast_make(&crew->forecast, crew->sync->batch, crew->end - crew->from, rest);
    if (!are_ready(crew)) {
        void_wave(crew);
        return MA_OK;
    }
    return evaluate(crew, err);
}

/* --- in turn ---------------------------------------------------------------------- */

static enum attempt_state state_of(const struct crew *crew, size_t i)
{
    const struct outcome *outcome = &crew->outcomes[i - crew->from];

    return outcome->whole ? attempt_state(crew->sync->batch, outcome->attempt)
                          : ATTEMPT_STALE;
}

/* Where most was in vain, it is left for a while. */
static void end_wave(struct crew *crew)
{
    size_t units = crew->end - crew->begin;

    forecast_learn(&crew->forecast, &crew->outcomes[crew->end - 1 - crew->from]);
    if (crew->kept * 2 >= units) {
        crew->length = crew->length * 2 < WAVE ? crew->length * 2 : WAVE;
        crew->rest = LEAST_REST;
        return;
    }
    crew->length = FIRST;
    crew->resting = crew->rest * FIRST;
    if (crew->rest < MOST_REST)
        crew->rest *= 2;
}

/* `held`: the unit is done. */
static enum ma_status take_outcome(struct crew *crew, size_t i, bool *held,
                                   struct ma_error *err)
{
    enum attempt_state state = state_of(crew, i);
    enum ma_status status = MA_OK;

    if (state == ATTEMPT_NUMBERS && crew->rounds < ROUNDS) {
        status = evaluate_again(crew, i, err);
        if (status != MA_OK || i >= crew->end)
            return status;
        state = state_of(crew, i);
    }
    *held = state == ATTEMPT_HOLDS;
    if (*held)
        outcome_apply(&crew->outcomes[i - crew->from], crew->sync);
    crew->kept += *held;
    if (i + 1 == crew->end)
        end_wave(crew);
    return MA_OK;
}

enum ma_status crew_visit(struct crew *crew, const struct crew_work *work, size_t i,
                          struct ma_error *err)
{
    enum ma_status status = MA_OK;
    bool held = false;

    if (i == 0)
        crew->end = 0;
    crew->resting -= crew->resting > 0;
    if (i >= crew->end)
        status = begin_wave(crew, work, i, err);
    if (status == MA_OK && i < crew->end)
        status = take_outcome(crew, i, &held, err);
    crew->sync->history->units_ahead += held;
    crew->sync->history->units_in_turn += !held;
    return status != MA_OK || held
               ? status
               : work->visit(crew->sync, work->ids[i], work->context, err);
}

bool crew_will_commit(const struct crew *crew, const struct crew_work *work, size_t i)
{
    if (i <
        crew->end) /* what was evaluated ahead is compared with what is in the batch */
        return true;
    if (i == work->count) /* the next work begins with a wave too, or ends soon */
        return crew->end == i;
    return length_of_wave(crew, work, i) > 0;
}
