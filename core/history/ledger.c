/* SPDX-License-Identifier: Apache-2.0 */
#include "history/ledger.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "history/result.h"
#include "history/tally.h"
#include "show/show.h"

/* The objects behind one counter that are not in the store yet. */
struct pile {
    enum counter counter;
    uint32_t agent;
    uint32_t chunk;
    struct buf objects;
};

struct ledger {
    struct history history; /* first: what the steps see */
    struct ledger_request request;
    struct batch *batch;
    struct arena arena; /* texts of the record */
    VEC_OF(struct step_record) steps;
    VEC_OF(struct agent_counters) agents; /* of the open step */
    VEC_OF(struct pile) piles;
    struct tally tally;
    struct counters sum;   /* with those that wait */
    struct step_work work; /* when the step began */
    uint64_t done;
    uint64_t expected;
    int64_t next_tick;       /* monotonic, microseconds */
    pthread_mutex_t sending; /* of an event: plugins log from threads of theirs */
    atomic_bool deaf;        /* nobody reads our events any more */
    bool open;
    atomic_uint errors; /* of the open step */
    uint64_t gathered;  /* bytes since the last commit */
};

enum { PILE_BYTES = 32 * 1024, COMMIT_BYTES = 4 * 1024 * 1024, TICK = 500 * 1000 };

static struct ledger *ledger_of(struct history *history)
{
    return (struct ledger *)history;
}

static struct run_record *record_of(struct ledger *ledger)
{
    return ledger->request.record;
}

struct step_record *ledger_current(struct ledger *ledger)
{
    return &ledger->steps.items[ledger->steps.count - 1];
}

/* --- events ----------------------------------------------------------------------- */

static void send(struct ledger *ledger, struct event event)
{
    if (ledger->request.events < 0 || ledger->deaf)
        return;
    event.run = record_of(ledger)->number;
    event.step =
        event.step == 0 && ledger->open ? ledger_current(ledger)->number : event.step;
    pthread_mutex_lock(&ledger->sending);
    if (!event_send(ledger->request.events, &event))
        ledger->deaf = true;
    pthread_mutex_unlock(&ledger->sending);
}

static void send_tick(struct ledger *ledger)
{
    int64_t now = clock_monotonic();

    if (now < ledger->next_tick)
        return;
    ledger->next_tick = now + TICK;
    send(ledger, (struct event){.kind = EVENT_TICK,
                                .done = ledger->done,
                                .expected = ledger->expected,
                                .counters = ledger->sum});
}

void ledger_tick(struct ledger *ledger)
{
    send_tick(ledger);
}

void ledger_beat(struct ledger *ledger)
{
    pulse_beat(ledger->request.pulse);
}

void ledger_alive(struct ledger *ledger)
{
    ledger_beat(ledger);
    send_tick(ledger);
}

void ledger_log(struct ledger *ledger, enum ma_level level, const char *text)
{
    send(ledger, (struct event){.kind = EVENT_LOG, .level = level, .text = text});
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

static void flush_pile(struct ledger *ledger, struct pile *pile)
{
    if (pile->objects.length == 0)
        return;
    record_put_objects(ledger->batch, record_of(ledger)->number,
                       ledger_current(ledger)->number, pile->counter, pile->agent,
                       pile->chunk++, buf_view(&pile->objects));
    ledger->gathered += pile->objects.length;
    buf_clear(&pile->objects);
}

static void put_record(struct ledger *ledger)
{
    struct run_record *record = record_of(ledger);

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

/* --- what the steps tell ---------------------------------------------------------- */

static struct counters *counters_of(struct ledger *ledger, uint32_t agent)
{
    const struct compiled_agent *compiled;
    struct agent_counters fresh = {.number = agent, .agent = "?"};

    for (size_t i = 0; i < ledger->agents.count; i++)
        if (ledger->agents.items[i].number == agent)
            return &ledger->agents.items[i].counters;
    compiled = program_agent(ledger->request.program, agent);
    if (compiled != NULL) {
        fresh.agent = compiled->config->name;
        fresh.id = compiled->config->id;
    }
    VEC_ADD(&ledger->agents, fresh);
    return &ledger->agents.items[ledger->agents.count - 1].counters;
}

static struct pile *pile_of(struct ledger *ledger, enum counter counter, uint32_t agent)
{
    for (size_t i = 0; i < ledger->piles.count; i++)
        if (ledger->piles.items[i].counter == counter &&
            ledger->piles.items[i].agent == agent)
            return &ledger->piles.items[i];
    VEC_ADD(&ledger->piles, (struct pile){.counter = counter, .agent = agent});
    return &ledger->piles.items[ledger->piles.count - 1];
}

static void take_out(struct ledger *ledger, enum counter counter,
                     const struct tally_note *note)
{
    counters_of(ledger, note->agent)->of[counter]--;
    ledger->sum.of[counter]--;
    if (counter_has_detail(counter))
        record_object_remove(&pile_of(ledger, counter, note->agent)->objects, note->id);
}

static void put_in(struct ledger *ledger, const struct tally_note *note)
{
    struct pile *pile;

    counters_of(ledger, note->agent)->of[note->counter]++;
    if (!counter_has_detail(note->counter))
        return;
    pile = pile_of(ledger, note->counter, note->agent);
    record_object_add(&pile->objects, note->id, note->dn == NULL ? "" : note->dn);
    if (pile->objects.length > PILE_BYTES)
        flush_pile(ledger, pile);
}

static void on_count(struct history *history, enum counter counter, uint32_t agent,
                     uint64_t id, const char *dn)
{
    struct ledger *ledger = ledger_of(history);

    if (counter_group(counter) == COUNTERS_OF_EXPORT) /* it is out, come what may */
        put_in(ledger, &(struct tally_note){counter, agent, id, dn});
    else
        tally_note(&ledger->tally, counter, agent, id, dn);
    ledger->sum.of[counter]++;
    send_tick(ledger);
}

/* What was counted since the last time is in the store now. */
static void keep(struct ledger *ledger)
{
    struct tally_change change;

    while (tally_next(&ledger->tally, &change)) {
        if (change.moves)
            take_out(ledger, change.from, &change.note);
        if (change.counts)
            put_in(ledger, &change.note);
        else
            ledger->sum.of[change.note.counter]--;
    }
}

static void forget(struct ledger *ledger)
{
    for (size_t i = 0; i < ledger->tally.notes.count; i++)
        ledger->sum.of[ledger->tally.notes.items[i].counter]--;
    tally_forget(&ledger->tally);
}

static void add_error(struct ledger *ledger, json_t *document, const char *type,
                      const char *dn, const char *text)
{
    unsigned index = ++ledger->errors;
    struct event event = {
        .kind = EVENT_OBJECT_ERROR, .type = type, .dn = dn, .text = text};

    json_object_set_new(document, "step", json_integer(ledger_current(ledger)->number));
    record_put_error(ledger->batch, record_of(ledger)->number,
                     ledger_current(ledger)->number, index, document);
    ledger->gathered += 512;
    send(ledger, event);
}

static const struct compiled_agent *agent_of(struct ledger *ledger, uint32_t number)
{
    return program_agent(ledger->request.program, number);
}

/* An object may be gone when somebody reads its error. */
static void put_object_guid(struct ledger *ledger, json_t *object, uint32_t agent,
                            uint64_t id)
{
    ARENA_AUTO arena = {0};
    struct cs_object found;
    struct ma_error ignored; /* not committed yet: it has none that we know */
    char guid[GUID_TEXT];

    if (cs_get_outline(ledger->batch, &arena, agent, id, &found, &ignored) == MA_OK)
        json_put_text(object, "guid", guid_format(&found.guid, GUID_PLAIN, guid));
    batch_release(ledger->batch);
}

static json_t *error_json(struct ledger *ledger, const char *kind, uint32_t number,
                          uint64_t id, const char *dn, const struct object_error *error)
{
    const struct compiled_agent *agent = agent_of(ledger, number);
    json_t *object = json_pack("{s:s}", "kind", kind);

    json_put_text(object, "agent", agent == NULL ? NULL : agent->config->name);
    json_put_number(object, "object", id);
    put_object_guid(ledger, object, number, id);
    json_put_text(object, "dn", dn);
    show_put_error(object, error);
    json_put_time(object, "date_occurred", error->last == 0 ? clock_now() : error->last);
    return object;
}

static void on_sync_error(struct history *history, uint32_t agent, uint64_t id,
                          const char *dn, const struct object_error *error,
                          const struct delta *lost, const struct image *seen)
{
    struct ledger *ledger = ledger_of(history);
    struct show show = {ledger->batch, ledger->request.program};
    json_t *document = error_json(ledger, "import-error", agent, id, dn, error);

    if (lost != NULL && agent_of(ledger, agent) != NULL)
        json_object_set_new(document, "lost",
                            show_delta_json(&show, agent_of(ledger, agent), lost));
    if (seen != NULL && agent_of(ledger, agent) != NULL)
        json_object_set_new(document, "seen",
                            show_image_json(&show, agent_of(ledger, agent), seen));
    batch_release(ledger->batch);
    add_error(ledger, document, error->type, dn, error->text);
}

static void on_export_error(struct history *history, uint32_t agent, uint64_t id,
                            const char *dn, const struct object_error *error)
{
    struct ledger *ledger = ledger_of(history);

    add_error(ledger, error_json(ledger, "export-error", agent, id, dn, error),
              error->type, dn, error->text);
}

static void on_discovery_error(struct history *history, const struct ma_rejection *error)
{
    struct ledger *ledger = ledger_of(history);
    json_t *object = json_pack("{s:s}", "kind", "discovery-error");

    json_put_text(object, "agent", record_of(ledger)->agent);
    json_put_text(object, "dn", error->dn);
    json_put_text(object, "type", error->type);
    json_put_text(object, "text", error->text);
    json_put_text(object, "attribute", error->attribute);
    json_put_number(object, "entry", error->entry);
    json_put_number(object, "line", error->line);
    json_put_number(object, "column", error->column);
    json_put_time(object, "date_occurred", clock_now());
    add_error(ledger, object, error->type, error->dn, error->text);
}

static void on_expect(struct history *history, uint64_t objects)
{
    struct ledger *ledger = ledger_of(history);

    ledger->expected = objects;
    ledger->next_tick = 0;
    send_tick(ledger);
}

static void on_advance(struct history *history, uint64_t objects)
{
    struct ledger *ledger = ledger_of(history);

    ledger->done += objects;
    send_tick(ledger);
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

/* --- a run ------------------------------------------------------------------------ */

static void on_settled(struct history *history, bool kept)
{
    if (kept)
        keep(ledger_of(history));
    else
        forget(ledger_of(history));
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
    .count = on_count,
    .sync_error = on_sync_error,
    .export_error = on_export_error,
    .discovery_error = on_discovery_error,
    .expect = on_expect,
    .advance = on_advance,
    .settled = on_settled,
    .cancelled = on_cancelled,
};

static void send_started(struct ledger *ledger)
{
    const struct run_record *record = record_of(ledger);

    send(ledger, (struct event){.kind = EVENT_RUN_STARTED,
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
        record_of(ledger)->number = record_next(ledger->batch);
        status = commit(ledger, err);
    } while (status == MA_CONFLICT);
    ledger->history.run = record_of(ledger)->number;
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
                              .flows_evaluated = ledger->history.flows_evaluated};
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
    send(ledger, (struct event){.kind = EVENT_STEP_STARTED,
                                .type = step->type,
                                .text = step->partition,
                                .steps = (unsigned)record_of(ledger)->steps_planned,
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
    keep(ledger);
    tally_end(&ledger->tally);
    for (size_t i = 0; i < ledger->piles.count; i++) {
        flush_pile(ledger, &ledger->piles.items[i]);
        buf_free(&ledger->piles.items[i].objects);
    }
    ledger->piles.count = 0;
    status = commit(ledger, err);
    send(ledger, (struct event){.kind = EVENT_STEP_FINISHED,
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
    struct run_record *record = record_of(ledger);
    BUF_AUTO document = {0};
    enum ma_status status;

    record->result = result;
    record->text = text == NULL ? NULL : arena_text(&ledger->arena, text);
    record->end = clock_now();
    status = commit(ledger, err);
    json_write(record_json(record), &document);
    send(ledger, (struct event){.kind = EVENT_RUN_FINISHED,
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
    for (size_t i = 0; i < ledger->piles.count; i++)
        buf_free(&ledger->piles.items[i].objects);
    VEC_FREE(&ledger->piles);
    tally_end(&ledger->tally);
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
