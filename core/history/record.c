/* SPDX-License-Identifier: Apache-2.0 */
#include "history/record.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/json.h"
#include "history/connection.h"
#include "history/result.h"

/* --- counters --------------------------------------------------------------------- */

static const char *const groups[COUNTER_GROUPS] = {
    [COUNTERS_OF_STAGING] = "staging", [COUNTERS_OF_DISCOVERY] = "discovery",
    [COUNTERS_OF_INBOUND] = "inbound", [COUNTERS_OF_OUTBOUND] = "outbound",
    [COUNTERS_OF_EXPORT] = "export",
};

static void counters_to(json_t *object, const struct counters *counters)
{
    for (int c = 0; c < COUNTER_COUNT; c++) {
        const char *group = groups[counter_group((enum counter)c)];
        json_t *of = json_object_get(object, group);

        if (counters->of[c] == 0)
            continue;
        if (of == NULL)
            json_object_set_new(object, group, of = json_object());
        json_put_number(of, counter_text((enum counter)c), counters->of[c]);
    }
}

static void counters_from(const json_t *object, struct counters *out)
{
    for (int c = 0; c < COUNTER_COUNT; c++)
        out->of[c] = json_get_number(
            json_object_get(object, groups[counter_group((enum counter)c)]),
            counter_text((enum counter)c));
}

/* --- documents -------------------------------------------------------------------- */

static void put_guid(json_t *object, const char *key, const struct guid *guid)
{
    char text[GUID_TEXT];

    if (!guid_is_zero(guid))
        json_put_text(object, key, guid_format(guid, GUID_PLAIN, text));
}

static struct guid get_guid(const json_t *object, const char *key)
{
    struct guid guid = {0};

    (void)guid_parse(slice_text(json_string_value(json_object_get(object, key))),
                     &guid); /* none: the zero one */
    return guid;
}

static json_t *agent_json(const struct agent_counters *agent)
{
    json_t *object = json_object();

    json_put_text(object, "agent", agent->agent);
    put_guid(object, "agent_id", &agent->id);
    json_put_number(object, "number", agent->number);
    counters_to(object, &agent->counters);
    return object;
}

/* Nothing read says something, too. */
static void put_always(json_t *object, const char *key, uint64_t number)
{
    json_object_set_new(object, key, json_integer((json_int_t)number));
}

static json_t *work_json(const struct step_work *work)
{
    json_t *object = json_object();

    put_always(object, "objects-read", work->store.objects_read);
    put_always(object, "values-read", work->store.values_read);
    put_always(object, "values-written", work->store.values_written);
    put_always(object, "flows-evaluated", work->flows_evaluated);
    return object;
}

static struct step_work work_from(const json_t *object)
{
    return (struct step_work){
        .store = {.objects_read = json_get_number(object, "objects-read"),
                  .values_read = json_get_number(object, "values-read"),
                  .values_written = json_get_number(object, "values-written")},
        .flows_evaluated = json_get_number(object, "flows-evaluated"),
    };
}

static json_t *step_json(const struct step_record *step)
{
    json_t *object = json_object();
    json_t *agents = json_array();

    json_put_number(object, "step", step->number);
    json_put_text(object, "type", step->type);
    json_put_text(object, "subtype", step->subtype);
    json_put_text(object, "partition", step->partition);
    json_put_text(object, "result", step->result);
    json_put_text(object, "text", step->text);
    json_put_text(object, "note", step->note);
    json_put_text(object, "connection", step->connection);
    connection_to_json(step, object);
    json_put_text(object, "file", step->file);
    json_put_number(object, "current_export_step_counter", step->export_number);
    json_put_number(object, "last_successful_export_step_counter",
                    step->export_successful);
    json_put_time(object, "start", step->start);
    json_put_time(object, "end", step->end);
    json_put_number(object, "errors", step->errors);
    json_put_text(object, "guarded_set", step->guarded_set);
    json_put_number(object, "guarded", step->guarded);
    for (size_t i = 0; i < step->agent_count; i++)
        json_array_append_new(agents, agent_json(&step->agents[i]));
    json_object_set_new(object, "counters", agents);
    json_object_set_new(object, "work", work_json(&step->work));
    return object;
}

static json_t *pending_json(const struct pending_work *pending)
{
    json_t *object = json_object();

    json_put_text(object, "agent", pending->agent);
    json_put_number(object, "imports", pending->imports);
    json_put_number(object, "exports", pending->exports);
    json_put_text(object, "sync_profile", pending->sync_profile);
    json_put_text(object, "export_profile", pending->export_profile);
    return object;
}

static json_t *approvals_json(const struct run_record *record)
{
    json_t *list = json_array();

    for (size_t i = 0; i < record->approval_count; i++) {
        const struct approval_record *approval = &record->approvals[i];
        json_t *object = json_object();

        json_put_text(object, "action", approval->revoked ? "revoke" : "approve");
        json_put_number(object, "max", approval->most);
        json_put_text(object, "set", approval->set);
        json_put_text(object, "user", approval->user);
        json_put_text(object, "reason", approval->reason);
        json_put_time(object, "time", approval->time);
        json_array_append_new(list, object);
    }
    return list;
}

json_t *record_json(const struct run_record *record)
{
    json_t *object = json_object();
    json_t *steps = json_array();
    json_t *pending = json_array();

    json_object_set_new(object, "schema", json_string("mactl/run/1"));
    json_put_number(object, "run", record->number);
    json_put_text(object, "agent", record->agent);
    put_guid(object, "agent_id", &record->agent_id);
    json_put_text(object, "profile", record->profile);
    put_guid(object, "profile_id", &record->profile_id);
    json_put_text(object, "user", record->user);
    json_put_number(object, "process", (uint64_t)record->process);
    json_put_text(object, "result", record->result);
    json_put_text(object, "text", record->text);
    json_put_flag(object, "dry_run", record->dry);
    json_put_time(object, "start", record->start);
    json_put_time(object, "end", record->end);
    json_put_number(object, "steps_planned", record->steps_planned);
    for (size_t i = 0; i < record->step_count; i++)
        json_array_append_new(steps, step_json(&record->steps[i]));
    json_object_set_new(object, "steps", steps);
    for (size_t i = 0; i < record->pending_count; i++)
        json_array_append_new(pending, pending_json(&record->pending[i]));
    json_object_set_new(object, "pending", pending);
    if (record->approval_count > 0)
        json_object_set_new(object, "approvals", approvals_json(record));
    return object;
}

static struct agent_counters agent_from(struct arena *arena, const json_t *object)
{
    struct agent_counters agent = {.agent = json_get_text(arena, object, "agent"),
                                   .id = get_guid(object, "agent_id"),
                                   .number = (uint32_t)json_get_number(object, "number")};

    counters_from(object, &agent.counters);
    return agent;
}

static struct step_record step_from(struct arena *arena, const json_t *object)
{
    const json_t *agents = json_object_get(object, "counters");
    struct step_record step = {
        .number = (unsigned)json_get_number(object, "step"),
        .type = json_get_text(arena, object, "type"),
        .subtype = json_get_text(arena, object, "subtype"),
        .partition = json_get_text(arena, object, "partition"),
        .result = json_get_text(arena, object, "result"),
        .text = json_get_text(arena, object, "text"),
        .note = json_get_text(arena, object, "note"),
        .connection = json_get_text(arena, object, "connection"),
        .file = json_get_text(arena, object, "file"),
        .export_number = json_get_number(object, "current_export_step_counter"),
        .export_successful =
            json_get_number(object, "last_successful_export_step_counter"),
        .start = json_get_time(object, "start"),
        .end = json_get_time(object, "end"),
        .work = work_from(json_object_get(object, "work")),
        .errors = (unsigned)json_get_number(object, "errors"),
        .guarded_set = json_get_text(arena, object, "guarded_set"),
        .guarded = json_get_number(object, "guarded"),
        .agent_count = json_array_size(agents),
    };

    connection_from_json(arena, object, &step);
    step.agents = ARENA_ARRAY(arena, struct agent_counters, step.agent_count);
    for (size_t i = 0; i < step.agent_count; i++)
        step.agents[i] = agent_from(arena, json_array_get(agents, i));
    return step;
}

static struct pending_work pending_from(struct arena *arena, const json_t *object)
{
    return (struct pending_work){
        .agent = json_get_text(arena, object, "agent"),
        .imports = json_get_number(object, "imports"),
        .exports = json_get_number(object, "exports"),
        .sync_profile = json_get_text(arena, object, "sync_profile"),
        .export_profile = json_get_text(arena, object, "export_profile"),
    };
}

static struct approval_record approval_from(struct arena *arena, const json_t *object)
{
    const char *action = json_get_text(arena, object, "action");

    return (struct approval_record){
        .revoked = action != NULL && strcmp(action, "revoke") == 0,
        .most = json_get_number(object, "max"),
        .set = json_get_text(arena, object, "set"),
        .user = json_get_text(arena, object, "user"),
        .reason = json_get_text(arena, object, "reason"),
        .time = json_get_time(object, "time"),
    };
}

static void approvals_from(struct arena *arena, const json_t *list,
                           struct run_record *out)
{
    out->approval_count = json_array_size(list);
    out->approvals = ARENA_ARRAY(arena, struct approval_record, out->approval_count);
    for (size_t i = 0; i < out->approval_count; i++)
        out->approvals[i] = approval_from(arena, json_array_get(list, i));
}

bool record_from_json(struct arena *arena, const json_t *document, struct run_record *out)
{
    const json_t *steps = json_object_get(document, "steps");
    const json_t *pending = json_object_get(document, "pending");

    *out = (struct run_record){
        .number = json_get_number(document, "run"),
        .agent = json_get_text(arena, document, "agent"),
        .agent_id = get_guid(document, "agent_id"),
        .profile = json_get_text(arena, document, "profile"),
        .profile_id = get_guid(document, "profile_id"),
        .user = json_get_text(arena, document, "user"),
        .process = (long)json_get_number(document, "process"),
        .start = json_get_time(document, "start"),
        .end = json_get_time(document, "end"),
        .result = json_get_text(arena, document, "result"),
        .text = json_get_text(arena, document, "text"),
        .dry = json_get_flag(document, "dry_run"),
        .step_count = json_array_size(steps),
        .steps_planned = (size_t)json_get_number(document, "steps_planned"),
        .pending_count = json_array_size(pending),
    };
    out->steps = ARENA_ARRAY(arena, struct step_record, out->step_count);
    for (size_t i = 0; i < out->step_count; i++)
        out->steps[i] = step_from(arena, json_array_get(steps, i));
    out->pending = ARENA_ARRAY(arena, struct pending_work, out->pending_count);
    for (size_t i = 0; i < out->pending_count; i++)
        out->pending[i] = pending_from(arena, json_array_get(pending, i));
    approvals_from(arena, json_object_get(document, "approvals"), out);
    return out->agent != NULL && out->result != NULL;
}

/* --- rows: run; run 'e' step index; run 'o' step counter agent chunk -------------- */

static struct store_key run_key(uint64_t run)
{
    return store_key_u64((struct store_key){.length = 0}, run);
}

static struct store_key part_key(uint64_t run, const char *part)
{
    return store_key_bytes(run_key(run), slice_text(part));
}

uint64_t record_next(struct batch *batch)
{
    return batch_next(batch, "run");
}

void record_put(struct batch *batch, const struct run_record *record)
{
    BUF_AUTO row = {0};
    struct store_key key = run_key(record->number);

    json_write(record_json(record), &row);
    batch_put(batch, TABLE_RUNS, store_key_view(&key), buf_view(&row));
    record_note_open(batch, record->number, &record->agent_id, record->end == 0);
}

static json_t *parsed(struct slice row)
{
    return json_loadb(row.at, row.length, 0, NULL);
}

enum ma_status record_get(struct batch *batch, struct arena *arena, uint64_t run,
                          struct run_record *out, struct ma_error *err)
{
    struct store_key key = run_key(run);
    struct slice row;
    json_t *document;
    bool good;
    enum ma_status status = batch_get(batch, TABLE_RUNS, store_key_view(&key), &row);

    if (status == MA_NOT_FOUND)
        return ma_fail(err, MA_NOT_FOUND, "there is no run %llu",
                       (unsigned long long)run);
    if (status != MA_OK)
        return ma_fail(err, status, "the history of run %llu cannot be read",
                       (unsigned long long)run);
    document = parsed(row);
    good = record_from_json(arena, document, out);
    json_decref(document);
    return good ? MA_OK
                : ma_fail(err, MA_BROKEN, "the history of run %llu is damaged",
                          (unsigned long long)run);
}

/* What is never committed was never taken. */
uint64_t record_last(struct batch *batch)
{
    struct batch *look = batch_begin(batch_store(batch));
    uint64_t next = batch_next(look, "run");

    batch_end(look);
    return next - 1;
}

uint64_t record_first(struct batch *batch)
{
    ARENA_AUTO arena = {0};
    store_rows rows = {0};
    struct ma_error ignored; /* whoever reads the run itself is told */
    uint64_t first = 0;

    if (batch_scan(batch, TABLE_RUNS, slice_of(NULL, 0), slice_of(NULL, 0), 1, &arena,
                   &rows, &ignored) == MA_OK &&
        rows.count == 1) {
        struct reader key = reader_of(rows.items[0].key);

        first = reader_u64(&key);
    }
    VEC_FREE(&rows);
    return first;
}

/* --- errors ----------------------------------------------------------------------- */

void record_put_error(struct batch *batch, uint64_t run, unsigned step, unsigned index,
                      json_t *error)
{
    BUF_AUTO row = {0};
    struct store_key key = store_key_u32(store_key_u32(part_key(run, "e"), step), index);

    json_write(error, &row);
    batch_put(batch, TABLE_RUNS, store_key_view(&key), buf_view(&row));
}

enum { ROWS = 256 }; /* read at once */

/* Calls `each` for every row with this prefix. */
static enum ma_status each_row(struct batch *batch, const struct store_key *prefix,
                               void (*each)(void *context, struct slice key,
                                            struct slice row),
                               void *context, struct ma_error *err)
{
    ARENA_AUTO arena = {0};
    store_rows rows = {0};
    struct store_key from = {.length = 0};
    enum ma_status status = MA_OK;
    bool more = true;

    while (status == MA_OK && more) {
        rows.count = 0;
        arena_reset(&arena);
        status = batch_scan(batch, TABLE_RUNS, store_key_view(prefix),
                            store_key_view(&from), ROWS, &arena, &rows, err);
        for (size_t i = 0; status == MA_OK && i < rows.count; i++)
            each(context, rows.items[i].key, rows.items[i].value);
        more = rows.count == ROWS;
        if (more)
            from = store_key_bytes((struct store_key){.length = 0},
                                   rows.items[rows.count - 1].key);
    }
    VEC_FREE(&rows);
    return status;
}

static void add_error(void *context, struct slice key, struct slice row)
{
    json_t *error = parsed(row);

    (void)key;
    if (error != NULL)
        json_array_append_new(context, error);
}

enum ma_status record_errors(struct batch *batch, uint64_t run, unsigned step,
                             json_t **out, struct ma_error *err)
{
    struct store_key prefix = part_key(run, "e");
    json_t *errors = json_array();
    enum ma_status status;

    if (step != 0)
        prefix = store_key_u32(prefix, step);
    status = each_row(batch, &prefix, add_error, errors, err);
    if (status == MA_OK)
        *out = errors;
    else
        json_decref(errors);
    return status;
}

/* --- objects ---------------------------------------------------------------------- */

void record_object_add(struct buf *chunk, uint64_t id, const char *dn)
{
    buf_varint(chunk, id);
    buf_counted(chunk, slice_text(dn));
}

/* 0 is the id of no object. */
void record_object_remove(struct buf *chunk, uint64_t id)
{
    buf_varint(chunk, 0);
    buf_varint(chunk, id);
}

void record_put_objects(struct batch *batch, uint64_t run, unsigned step,
                        enum counter counter, uint32_t agent, uint32_t chunk,
                        struct slice bytes)
{
    struct store_key key = store_key_u32(part_key(run, "o"), step);

    key = store_key_u32(key, (uint32_t)counter);
    key = store_key_u32(store_key_u32(key, agent), chunk);
    batch_put(batch, TABLE_RUNS, store_key_view(&key), bytes);
}

struct gathering {
    struct arena *arena;
    record_objects *out;
    uint32_t only; /* agent; 0: all */
    bool damaged;
    record_objects removed;
};

static uint32_t agent_of(struct slice key)
{
    uint32_t agent = 0;

    for (size_t i = 0; i < 4; i++) /* before the number of the chunk */
        agent = agent << 8 | (unsigned char)key.at[key.length - 8 + i];
    return agent;
}

static void add_object(struct gathering *g, uint32_t agent, struct reader *reader)
{
    uint64_t id = reader_varint(reader);
    struct slice dn;

    if (id == 0) {
        VEC_ADD(&g->removed, (struct record_object){agent, reader_varint(reader), NULL});
        return;
    }
    dn = reader_counted(reader);
    if (!reader->bad)
        VEC_ADD(g->out, (struct record_object){agent, id,
                                               arena_textn(g->arena, dn.at, dn.length)});
}

static int by_id(const void *a, const void *b)
{
    const struct record_object *x = a;
    const struct record_object *y = b;

    if (x->agent != y->agent)
        return x->agent < y->agent ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

static void take_out_removed(struct gathering *g)
{
    size_t kept = 0;

    if (g->removed.count > 0)
        qsort(g->removed.items, g->removed.count, sizeof g->removed.items[0], by_id);
    for (size_t i = 0; g->removed.count > 0 && i < g->out->count; i++)
        if (bsearch(&g->out->items[i], g->removed.items, g->removed.count,
                    sizeof g->removed.items[0], by_id) == NULL)
            g->out->items[kept++] = g->out->items[i];
    if (g->removed.count > 0)
        g->out->count = kept;
    VEC_FREE(&g->removed);
}

static void add_chunk(void *context, struct slice key, struct slice row)
{
    struct gathering *g = context;
    struct reader reader = reader_of(row);
    uint32_t agent = agent_of(key);

    if (g->only != 0 && agent != g->only)
        return;
    while (reader_left(&reader) > 0 && !reader.bad) {
        add_object(g, agent, &reader);
    }
    g->damaged |= reader.bad;
}

enum ma_status record_get_objects(struct batch *batch, struct arena *arena, uint64_t run,
                                  unsigned step, enum counter counter, uint32_t agent,
                                  record_objects *out, struct ma_error *err)
{
    struct gathering gathering = {.arena = arena, .out = out, .only = agent};
    struct store_key prefix =
        store_key_u32(store_key_u32(part_key(run, "o"), step), (uint32_t)counter);
    enum ma_status status = each_row(batch, &prefix, add_chunk, &gathering, err);

    take_out_removed(&gathering);
    if (status == MA_OK && gathering.damaged)
        return ma_fail(err, MA_BROKEN, "the object list of run %llu is damaged",
                       (unsigned long long)run);
    return status;
}

/* --- forgetting ---*/

static void remove_row(void *context, struct slice key, struct slice row)
{
    (void)row;
    batch_remove(context, TABLE_RUNS, key);
}

enum ma_status record_forget(struct batch *batch, uint64_t run, struct ma_error *err)
{
    struct store_key prefix = run_key(run);
    enum ma_status status = each_row(batch, &prefix, remove_row, batch, err);

    return status == MA_OK ? batch_commit(batch, err) : status;
}
