/* SPDX-License-Identifier: Apache-2.0 */

/* The run and its steps, and whoever is told of them. */

#include <stdlib.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "history/ledger_state.h"
#include "history/result.h"

enum { COMMIT_BYTES = 512 * 1024, TICK = 500 * 1000 };

struct step_record *ledger_current(struct ledger *ledger)
{
    return &ledger->steps.items[ledger->steps.count - 1];
}

/* --- events ----------------------------------------------------------------------- */

void ledger_send(struct ledger *ledger, struct event event)
{
    if (ledger->request.events < 0 || ledger->deaf)
        return;
    event.run = ledger_record(ledger)->number;
    event.step =
        event.step == 0 && ledger->open ? ledger_current(ledger)->number : event.step;
    pthread_mutex_lock(&ledger->sending);
    if (!event_send(ledger->request.events, &event))
        ledger->deaf = true;
    pthread_mutex_unlock(&ledger->sending);
}

void ledger_tick(struct ledger *ledger)
{
    int64_t now = clock_monotonic();

    if (now < ledger->next_tick)
        return;
    ledger->next_tick = now + TICK;
    ledger_send(ledger, (struct event){.kind = EVENT_TICK,
                                       .done = ledger->done,
                                       .expected = ledger->expected,
                                       .counters = ledger->sum});
}

void ledger_beat(struct ledger *ledger)
{
    pulse_beat(ledger->request.pulse);
}

void ledger_alive(struct ledger *ledger)
{
    ledger_beat(ledger);
    ledger_tick(ledger);
}

void ledger_log(struct ledger *ledger, enum ma_level level, const char *text)
{
    ledger_send(ledger, (struct event){.kind = EVENT_LOG, .level = level, .text = text});
}

void ledger_patience(struct ledger *ledger, uint32_t seconds)
{
    pulse_limit(ledger->request.pulse, seconds);
}

void ledger_calls(struct ledger *ledger, const char *call, const char *object)
{
    pulse_enter(ledger->request.pulse, call, object);
}

void ledger_at(struct ledger *ledger, const char *object)
{
    pulse_object(ledger->request.pulse, object);
}

void ledger_called(struct ledger *ledger)
{
    pulse_leave(ledger->request.pulse);
}

/* --- into the store --------------------------------------------------------------- */

static void put_record(struct ledger *ledger)
{
    struct run_record *record = ledger_record(ledger);

    if (ledger->open) {
        struct step_record *step = ledger_current(ledger);

        step->agents = ledger->agents.items;
        step->agent_count = ledger->agents.count;
        step->errors = ledger->errors;
    }
    record->steps = ledger->steps.items;
    record->step_count = ledger->steps.count;
    record_put(ledger->batch, record);
}

static enum ma_status commit(struct ledger *ledger, struct ma_error *err)
{
    put_record(ledger);
    ledger->gathered = 0;
    return batch_commit(ledger->batch, err);
}

/* Never while a step works on objects: a commit ends the life of what it has read. */
enum ma_status ledger_save(struct ledger *ledger, struct ma_error *err)
{
    if (ledger->gathered < COMMIT_BYTES)
        return MA_OK;
    return commit(ledger, err);
}

static enum ma_status on_save(struct history *history, struct ma_error *err)
{
    return ledger_save(ledger_of(history), err);
}

/* --- what the steps tell ---------------------------------------------------------- */

static void on_expect(struct history *history, uint64_t objects)
{
    struct ledger *ledger = ledger_of(history);

    ledger->expected = objects;
    ledger->next_tick = 0;
    ledger_tick(ledger);
}

static void on_advance(struct history *history, uint64_t objects)
{
    struct ledger *ledger = ledger_of(history);

    ledger->done += objects;
    ledger_tick(ledger);
}

enum ledger_stop ledger_stopped(const struct ledger *ledger)
{
    unsigned limit = ledger->request.error_limit != 0 ? ledger->request.error_limit
                                                      : LEDGER_ERROR_LIMIT;
    const volatile sig_atomic_t *interrupted = ledger->request.interrupted;

    if (interrupted != NULL && *interrupted != 0)
        return (enum ledger_stop) * interrupted;
    if (ledger->deaf)
        return STOP_ORPHANED;
    return ledger->errors > limit ? STOP_ERRORS : STOP_NOT;
}

static bool on_cancelled(struct history *history)
{
    return ledger_stopped(ledger_of(history)) != STOP_NOT;
}

static void on_calls(struct history *history, const char *call, const char *dn)
{
    ledger_calls(ledger_of(history), call, dn);
}

static void on_called(struct history *history)
{
    ledger_called(ledger_of(history));
}

static const struct history calls = {
    .calls = on_calls,
    .called = on_called,
    .count = ledger_count_object,
    .sync_error = ledger_error_sync,
    .export_error = ledger_error_export,
    .discovery_error = ledger_error_discovery,
    .expect = on_expect,
    .advance = on_advance,
    .settled = ledger_count_settled,
    .save = on_save,
    .cancelled = on_cancelled,
};

/* --- a run ------------------------------------------------------------------------ */

static void send_started(struct ledger *ledger)
{
    const struct run_record *record = ledger_record(ledger);

    ledger_send(ledger, (struct event){.kind = EVENT_RUN_STARTED,
                                       .agent = record->agent,
                                       .profile = record->profile,
                                       .steps = (unsigned)record->steps_planned,
                                       .time = record->start});
}

/* Another run may take the number that we are about to take. */
static enum ma_status take_number(struct ledger *ledger, struct ma_error *err)
{
    enum ma_status status;

    do {
        batch_end(ledger->batch);
        ledger->batch = batch_begin(ledger->request.store);
        ledger_record(ledger)->number = record_next(ledger->batch);
        status = commit(ledger, err);
    } while (status == MA_CONFLICT);
    ledger->history.run = ledger_record(ledger)->number;
    return status;
}

enum ma_status ledger_begin(struct ledger **out, const struct ledger_request *request,
                            struct ma_error *err)
{
    struct ledger *ledger = mem_zero(sizeof *ledger);

    pthread_mutex_init(&ledger->sending, NULL);
    ledger->history = calls;
    ledger->request = *request;
    request->record->start = clock_now();
    request->record->result = RESULT_RUNNING;
    if (take_number(ledger, err) != MA_OK) {
        ledger_free(ledger);
        return err->status;
    }
    send_started(ledger);
    *out = ledger;
    return MA_OK;
}

struct history *ledger_history(struct ledger *ledger)
{
    return &ledger->history;
}

static struct step_work work_by_now(const struct ledger *ledger)
{
    return (struct step_work){.store = store_work(ledger->request.store),
                              .flows_evaluated = ledger->history.flows_evaluated,
                              .unchanged = ledger->history.unchanged};
}

enum ma_status ledger_step(struct ledger *ledger, const struct step_record *step,
                           struct ma_error *err)
{
    VEC_ADD(&ledger->steps, *step);
    ledger->agents.items = NULL; /* those of the last step belong to its record */
    ledger->agents.count = ledger->agents.capacity = 0;
    ledger->sum = (struct counters){0};
    ledger->done = ledger->expected = 0;
    ledger->errors = 0;
    ledger->next_tick = clock_monotonic() + TICK;
    ledger->open = true;
    ledger->work = work_by_now(ledger);
    ledger_current(ledger)->start = clock_now();
    ledger_current(ledger)->result = RESULT_RUNNING;
    ledger_send(ledger,
                (struct event){.kind = EVENT_STEP_STARTED,
                               .type = step->type,
                               .text = step->partition,
                               .steps = (unsigned)ledger_record(ledger)->steps_planned,
                               .time = ledger_current(ledger)->start});
    return commit(ledger, err);
}

/* A cancel has three causes, and each its own string. */
static const char *named(const struct ledger *ledger, const char *result)
{
    if (strcmp(result, RESULT_CANCELLED) != 0)
        return result;
    switch (ledger_stopped(ledger)) {
    case STOP_ORPHANED:
        return RESULT_SHUTDOWN;
    case STOP_ERRORS:
        return "stopped-error-limit";
    default:
        return result;
    }
}

static struct step_work work_since(const struct ledger *ledger)
{
    const struct step_work *before = &ledger->work;
    struct step_work now = work_by_now(ledger);

    now.store.objects_read -= before->store.objects_read;
    now.store.values_read -= before->store.values_read;
    now.store.values_written -= before->store.values_written;
    now.flows_evaluated -= before->flows_evaluated;
    now.unchanged -= before->unchanged;
    return now;
}

enum ma_status ledger_step_end(struct ledger *ledger, const char *result,
                               const char *text, const char **recorded,
                               struct ma_error *err)
{
    struct step_record *step = ledger_current(ledger);
    enum ma_status status;

    step->result = *recorded = named(ledger, result);
    step->text = text == NULL ? NULL : arena_text(&ledger->arena, text);
    step->end = clock_now();
    step->work = work_since(ledger);
    ledger_count_end(ledger);
    status = commit(ledger, err);
    ledger_send(ledger, (struct event){.kind = EVENT_STEP_FINISHED,
                                       .result = step->result,
                                       .text = step->text,
                                       .done = ledger->done,
                                       .counters = ledger->sum,
                                       .time = step->end});
    ledger->open = false;
    return status;
}

enum ma_status ledger_end(struct ledger *ledger, const char *result, const char *text,
                          struct ma_error *err)
{
    struct run_record *record = ledger_record(ledger);
    BUF_AUTO document = {0};
    enum ma_status status;

    record->result = result;
    record->text = text == NULL ? NULL : arena_text(&ledger->arena, text);
    record->end = clock_now();
    status = commit(ledger, err);
    json_write(record_json(record), &document);
    ledger_send(ledger, (struct event){.kind = EVENT_RUN_FINISHED,
                                       .result = result,
                                       .text = record->text,
                                       .record = document.at,
                                       .time = record->end});
    return status;
}

void ledger_free(struct ledger *ledger)
{
    if (ledger == NULL)
        return;
    batch_end(ledger->batch);
    for (size_t i = 0; i < ledger->steps.count; i++)
        if (!ledger->open || i + 1 < ledger->steps.count)
            free(ledger->steps.items[i].agents);
    if (ledger->open)
        VEC_FREE(&ledger->agents);
    ledger_count_free(ledger);
    VEC_FREE(&ledger->steps);
    arena_free(&ledger->arena);
    pthread_mutex_destroy(&ledger->sending);
    free(ledger);
}

uint64_t ledger_count(const struct ledger *ledger, enum counter counter)
{
    return ledger->sum.of[counter];
}

unsigned ledger_errors(const struct ledger *ledger)
{
    return ledger->errors;
}
