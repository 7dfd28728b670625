/* SPDX-License-Identifier: Apache-2.0 */
#include "history/record.h"

#include "base/json.h"
#include "history/connection.h"

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
    put_always(object, "objects-unchanged", work->unchanged);
    return object;
}

static struct step_work work_from(const json_t *object)
{
    return (struct step_work){
        .store = {.objects_read = json_get_number(object, "objects-read"),
                  .values_read = json_get_number(object, "values-read"),
                  .values_written = json_get_number(object, "values-written")},
        .flows_evaluated = json_get_number(object, "flows-evaluated"),
        .unchanged = json_get_number(object, "objects-unchanged"),
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

unsigned record_error_count(const struct run_record *record)
{
    unsigned errors = 0;

    for (size_t i = 0; i < record->step_count; i++)
        errors += record->steps[i].errors;
    return errors;
}
