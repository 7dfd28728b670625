/* SPDX-License-Identifier: Apache-2.0 */

/*
 * An import: from the agent's plugin, or from a drop file, into the staging, into a drop
 * file, or both. The plugin pushes; what it pushes to decides when to stop.
 */

#include "base/buf.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/vec.h"
#include "history/connection.h"
#include "history/result.h"
#include "run/drop.h"
#include "run/relay.h"
#include "run/session.h"
#include "run/steps.h"
#include "stage/due.h"
#include "stage/stage.h"
#include "store/cs.h"

struct import {
    const struct step_context *context;
    struct stage *stage;
    struct drop_writer *drop;    /* NULL: none */
    struct session session;      /* open, unless a drop file is the source */
    struct relay *relay;         /* between its thread and that of the step */
    struct ma_import what;       /* is asked for */
    VEC_OF(const char *) absent; /* attributes that the system has not */
    uint64_t entries;
    bool full;
    bool stages;   /* else the drop file is all, and `stage` tells the watermark only */
    bool answered; /* the system was reached: it gave something */
};

static const struct step *step_of(const struct import *import)
{
    return import->context->step;
}

static const char *folder_of(const struct import *import)
{
    return instance_madata(import->context->opened->instance,
                           import->context->agent->config->name);
}

/* --- what the source says, on the thread of the step ------------------------------- */

static enum ma_status check_stop(struct import *import, struct ma_error *err)
{
    import->answered = true;
    if (ledger_stopped(import->context->ledger) != STOP_NOT)
        return ma_fail(err, MA_CANCELLED, "stopped");
    ledger_tick(import->context->ledger);
    return MA_OK;
}

static enum ma_status on_emit(void *context, const struct ma_entry *entry,
                              struct ma_error *err)
{
    struct import *import = context;
    uint64_t limit = step_of(import)->object_limit;
    enum ma_status status = check_stop(import, err);

    if (status != MA_OK)
        return status;
    import->entries++;
    if (import->drop != NULL)
        drop_entry(import->drop, entry);
    if (import->stages)
        return stage_entry(import->stage, entry, err);
    /* the staging counts by itself */
    if (limit != 0 && import->entries > limit)
        return ma_fail(err, MA_LIMIT, "more than %llu objects",
                       (unsigned long long)limit);
    return MA_OK;
}

static enum ma_status on_reject(void *context, const struct ma_rejection *rejection,
                                struct ma_error *err)
{
    struct import *import = context;
    struct history *history = ledger_history(import->context->ledger);
    enum ma_status status = check_stop(import, err);

    if (status != MA_OK)
        return status;
    if (import->drop != NULL)
        drop_rejection(import->drop, rejection);
    if (import->stages)
        return stage_reject(import->stage, rejection, err);
    history->discovery_error(history, rejection);
    return MA_OK;
}

static enum ma_status on_checkpoint(void *context, struct ma_value where,
                                    struct ma_error *err)
{
    struct import *import = context;
    enum ma_status status = check_stop(import, err);

    if (status != MA_OK || !import->stages)
        return status;
    status = stage_page(import->stage, where, err);
    return status != MA_OK ? status : ledger_save(import->context->ledger, err);
}

static enum ma_status on_watermark(void *context, struct ma_value mark,
                                   struct ma_error *err)
{
    struct import *import = context;

    import->answered = true;
    if (import->drop != NULL)
        drop_watermark(import->drop, mark);
    return import->stages ? stage_mark(import->stage, mark, err) : MA_OK;
}

static enum ma_status on_absent(void *context, const char *attribute,
                                struct ma_error *err)
{
    struct import *import = context;

    VEC_ADD(&import->absent,
            arena_text(import->context->opened->program->arena, attribute));
    return import->stages ? stage_absent(import->stage, attribute, err) : MA_OK;
}

static enum ma_status create_drop(struct import *import, struct ma_error *err)
{
    const struct step_context *c = import->context;

    drop_end(import->drop);
    import->drop = NULL;
    return drop_create(&import->drop, folder_of(import), c->step->dropfile, "import",
                       import->full, c->opened->program, c->agent, err);
}

static enum ma_status on_start_over(void *context, struct ma_error *err)
{
    struct import *import = context;

    import->entries = 0;
    import->absent.count = 0;
    if (import->drop != NULL && create_drop(import, err) != MA_OK)
        return err->status;
    return import->stages ? stage_start_over(import->stage, err) : MA_OK;
}

static void on_served_by(void *context, const char *server, const struct ma_error *lost)
{
    const struct step_context *c = ((struct import *)context)->context;

    connection_served(ledger_current(c->ledger), c->opened->program->arena, clock_now(),
                      server, lost);
}

static void on_log(void *context, enum ma_level level, const char *text)
{
    ledger_log(((struct import *)context)->context->ledger, level, text);
}

static enum ma_status on_idle(void *context, struct ma_error *err)
{
    struct ledger *ledger = ((struct import *)context)->context->ledger;

    ledger_tick(ledger);
    return ledger_stopped(ledger) == STOP_NOT
               ? MA_OK
               : ma_fail(err, MA_CANCELLED, "the import was cancelled");
}

/* On the thread of the plugin. `dn`: of what it has come to; NULL: of nothing. */
static void on_alive(void *context, const char *dn)
{
    struct ledger *ledger = ((struct import *)context)->context->ledger;

    if (dn != NULL)
        ledger_at(ledger, dn);
    else
        ledger_beat(ledger);
}

/* --- from the plugin -------------------------------------------------------------- */

static const char *const *or_null(const char *const *list)
{
    return list == NULL || list[0] == NULL ? NULL : list;
}

static struct ma_value value_of(struct slice bytes)
{
    return (struct ma_value){bytes.length == 0 ? "" : bytes.at, bytes.length};
}

static struct ma_import request_of(const struct import *import)
{
    const struct partition *partition = import->context->partition;
    const struct step *step = step_of(import);
    struct ma_import request = {
        .size = sizeof request,
        .full = import->full,
        .page_size = step->page_size,
        .time_limit = step->time_limit,
        .attributes = or_null(import->context->agent->config->attributes),
    };

    request.watermark = value_of(stage_watermark(import->stage));
    if (import->stages)
        request.checkpoint = value_of(stage_checkpoint(import->stage));
    if (partition != NULL) {
        request.partition = partition->name;
        request.object_types = or_null(partition->object_types);
        request.included = or_null(partition->inclusions);
        request.excluded = or_null(partition->exclusions);
    }
    return request;
}

static const char *connection_text(enum ma_status status, bool answered)
{
    switch (status) {
    case MA_DENIED:
        return "failed-authentication";
    case MA_UNREACHABLE:
        return answered ? "dropped-connection" : "failed-connection";
    default:
        return "success";
    }
}

static void note_connection(const struct import *import, enum ma_status status)
{
    ledger_current(import->context->ledger)->connection =
        connection_text(status, import->answered);
}

/* `result`: of a refusal. */
static enum ma_status open_source(struct import *import, const char **result,
                                  struct ma_error *err)
{
    const struct step_context *c = import->context;
    const struct session_request request = {
        .opened = c->opened,
        .agent = c->agent,
        .step = c->step,
        .ledger = c->ledger,
        .needs = c->only != 0   ? 0
                 : import->full ? MA_CAN_FULL_IMPORT
                                : MA_CAN_DELTA_IMPORT,
        .sink = relay_sink(import->relay),
    };
    enum ma_status status;

    if (c->step->resume_from_file && !c->step->to_file)
        return MA_OK;
    status = session_open(&import->session, &request, result, err);
    if (status == MA_DENIED || status == MA_UNREACHABLE)
        note_connection(import, status);
    return status;
}

static void close_source(struct import *import)
{
    session_close(&import->session);
}

static enum ma_status import_entries(void *context, struct ma_error *err)
{
    struct import *import = context;

    return import->session.agent->import_entries(import->session.handle, &import->what,
                                                 err);
}

static enum ma_status from_plugin(struct import *import, const char **result,
                                  struct ma_error *err)
{
    struct session *session = &import->session;
    enum ma_status status;

    import->what = request_of(import);
    session_calls(session, "import_entries", NULL);
    status = relay_run(import->relay, import_entries, err);
    session_called(session);
    note_connection(import, status);
    if (status != MA_OK && !import->answered)
        *result = result_of_status(status, RESULT_BEFORE);
    return status;
}

/* A delta import changes an object that was never seen whole. */
static enum ma_status read_again(void *context, const struct ma_value *anchors,
                                 size_t count, struct ma_error *err)
{
    struct session *session = &((struct import *)context)->session;
    enum ma_status status;

    session_calls(session, "read_entries", NULL);
    status = session->agent->read_entries(session->handle, anchors, count, err);
    session_called(session);
    return status;
}

static bool can_read_again(const struct import *import)
{
    const struct ma_agent *agent = import->session.agent;

    return agent != NULL && agent->read_entries != NULL;
}

/* --- from a drop file ------------------------------------------------------------- */

static enum ma_status from_file(struct import *import, const char **result,
                                struct ma_error *err)
{
    const struct drop_reader reader = {import, on_emit, on_reject};
    enum ma_status status =
        drop_read(folder_of(import), step_of(import)->dropfile, "import", import->full,
                  import->context->agent->config, &reader, err);

    if (status == MA_NOT_FOUND)
        *result = "no-start-file-not-found";
    else if (status == MA_INVALID && import->entries == 0)
        *result = "no-start-file-open";
    else if (status == MA_INVALID)
        *result = "stopped-parsing-errors";
    return status;
}

/* --- what a delta needs ----------------------------------------------------------- */

/* Why a full import has to come before; NULL: it has not. */
static const char *why_full(const struct import *import)
{
    const struct step_context *c = import->context;
    struct batch *batch = batch_begin(c->opened->store);
    const char *why =
        due_full_import(batch, c->agent->number, c->agent->config, c->partition);

    batch_end(batch);
    return why;
}

static enum ma_status check_delta(const struct import *import, struct ma_error *err)
{
    const char *name = import->context->agent->config->name;
    const char *why;

    if (import->full || step_of(import)->resume_from_file)
        return MA_OK;
    if (stage_watermark(import->stage).length == 0)
        return ma_fail(err, MA_FULL_NEEDED,
                       "'%s' had no complete full import yet: a delta import has nothing "
                       "to start from",
                       name);
    why = why_full(import);
    return why == NULL
               ? MA_OK
               : ma_fail(err, MA_FULL_NEEDED,
                         "'%s' needs a full import before a delta import: %s", name, why);
}

/* --- the step --------------------------------------------------------------------- */

static enum ma_status check_dropfile(const struct import *import, struct ma_error *err)
{
    const struct step *step = step_of(import);

    if (!step->to_file && !step->resume_from_file)
        return MA_OK;
    if (drop_name_is_good(step->dropfile))
        return MA_OK;
    return ma_fail(err, MA_INVALID, "%s:%u: a drop file needs a plain name, not '%s'",
                   step->place.file, step->place.line,
                   step->dropfile == NULL ? "" : step->dropfile);
}

static enum ma_status begin(struct import *import, struct ma_error *err)
{
    const struct step_context *c = import->context;
    const struct stage_request request = {
        .store = c->opened->store,
        .program = c->opened->program,
        .agent = c->agent,
        .partition = c->partition,
        .step = c->step,
        .full = import->full,
        .lazy_pages = true,
        .keep_watermark = c->step->resume_from_file && !c->step->to_file,
        .loss_percent =
            instance_guard(c->opened->instance, c->agent->config).import_loss_percent,
        .capabilities = import->session.agent == NULL
                            ? 0 /* a drop file is the source */
                            : import->session.agent->capabilities,
        .history = ledger_history(c->ledger),
        .read = can_read_again(import) ? read_again : NULL,
        .context = import,
    };

    return stage_begin(&import->stage, &request, err);
}

/* The drop file alone: only the watermark is read, nothing staged. */
static const char *into_file(struct import *import, struct ma_error *err)
{
    const struct step_context *c = import->context;
    const char *result = NULL;
    enum ma_status status = create_drop(import, err);

    if (status != MA_OK)
        return "stopped-file-error";
    status = from_plugin(import, &result, err);
    if (status != MA_OK)
        return result != NULL ? result : result_of_status(status, RESULT_DURING);
    if (drop_finish(import->drop, err) != MA_OK)
        return "stopped-file-error";
    if (ledger_errors(c->ledger) > 0)
        return "completed-discovery-errors";
    return import->entries == 0 ? "completed-no-objects" : RESULT_SUCCESS;
}

static enum ma_status read_source(struct import *import, const char **result,
                                  struct ma_error *err)
{
    const struct step *step = step_of(import);
    enum ma_status status = MA_OK;

    if (step->resume_from_file && !step->to_file)
        return from_file(import, result, err);
    if (step->to_file)
        status = create_drop(import, err);
    if (status == MA_OK)
        status = from_plugin(import, result, err);
    if (status == MA_OK && import->drop != NULL)
        status = drop_finish(import->drop, err);
    return status;
}

/* The system forgot where the last import ended, and the agent can do with all of it. A
 * drop file says which of the two imports it is of: it is not rewritten. */
static bool can_read_all(const struct import *import)
{
    return !import->full && !import->answered && !step_of(import)->to_file &&
           import->session.agent != NULL &&
           (import->session.agent->capabilities & MA_CAN_READ_ALL_INSTEAD) != 0;
}

/* From its beginning, as a full import with all its guards; the run says why. */
static enum ma_status begin_again(struct import *import, const char **result,
                                  struct ma_error *err)
{
    const struct step_context *c = import->context;
    struct step_record *record = ledger_current(c->ledger);

    record->note =
        arena_print(c->opened->program->arena, "%s: all was read instead", err->text);
    ledger_log(c->ledger, MA_LOG_WARNING, record->note);
    close_source(import);
    stage_end(import->stage);
    import->stage = NULL;
    import->full = true;
    *err = (struct ma_error){0};
    if (open_source(import, result, err) == MA_OK && begin(import, err) != MA_OK)
        *result = result_of_status(err->status, RESULT_BEFORE);
    return err->status;
}

/* What the staging makes of the end of the source; a failure before the source gave
 * anything has its own string. */
static const char *into_stage(struct import *import, struct ma_error *err)
{
    const char *refused = NULL;
    const char *result = NULL;
    struct ma_error of_stage = {0};
    enum ma_status status = read_source(import, &refused, err);

    if (status == MA_FULL_NEEDED && can_read_all(import)) {
        refused = NULL;
        if (begin_again(import, &refused, err) != MA_OK)
            return refused;
        status = read_source(import, &refused, err);
    }
    if (stage_finish(import->stage, status, &result, &of_stage) != MA_OK &&
        status == MA_OK)
        *err = of_stage;
    else if (status == MA_OK)
        *err = of_stage; /* what a guard has to say */
    if (refused != NULL)
        return refused;
    if (result == NULL)
        return result_of_status(err->status, RESULT_DURING);
    return result;
}

/* A source that shows nothing lets nobody go; that is worth a word where somebody is
 * known. */
static void note_nothing(const struct import *import)
{
    const struct step_context *c = import->context;
    struct batch *batch = batch_begin(c->opened->store);
    struct ma_error ignored;
    uint64_t known = 0;

    if (cs_count(batch, c->agent->number, &known, &ignored) == MA_OK && known > 0)
        ledger_current(c->ledger)->note =
            "the source showed no object at all: those that are known were kept";
    batch_end(batch);
}

/* Each full import says so: what is left out is nobody's fault, but it has to be known.
 */
static void note_absent(const struct import *import)
{
    enum { MOST = 5 };
    struct step_record *record = ledger_current(import->context->ledger);
    struct arena *arena = import->context->opened->program->arena;
    size_t count = import->absent.count;
    BUF_AUTO text = {0};

    for (size_t i = 0; i < count && i < MOST; i++)
        buf_print(&text, "%s%s", i == 0 ? "" : ", ", import->absent.items[i]);
    if (count == 0)
        return;
    record->note = arena_print(
        arena,
        "%s%sthe schema of the system lacks %zu of the selected attributes (%s%s): what "
        "flows to them is left out",
        record->note == NULL ? "" : record->note, record->note == NULL ? "" : "; ", count,
        text.at, count > MOST ? ", ..." : "");
}

/* --- one object ------------------------------------------------------------------- */

static void note_not_read(const struct import *import, const char *why)
{
    ledger_current(import->context->ledger)->note =
        arena_print(import->context->opened->program->arena,
                    "%s: it is taken as the last import left it", why);
}

static enum ma_status anchor_of(const struct import *import, struct arena *arena,
                                struct slice *out, struct ma_error *err)
{
    const struct step_context *c = import->context;
    struct batch *batch = batch_begin(c->opened->store);
    struct cs_object object;
    enum ma_status status = cs_get(batch, arena, c->agent->number, c->only, &object, err);

    if (status == MA_OK)
        *out = arena_slice(arena, object.anchor);
    batch_end(batch);
    return status;
}

/* That it is not there is no delete: a whole import will say so, or a delta one. */
static enum ma_status read_anchor(struct import *import, struct slice anchor,
                                  struct ma_error *err)
{
    const struct ma_value value = value_of(anchor);
    const struct ma_rejection gone = {
        .size = sizeof gone,
        .type = "cd-missing-object",
        .text = "the system does not give this object: an import will tell whether it is "
                "gone",
    };
    enum ma_status status = read_again(import, &value, 1, err);

    note_connection(import, status);
    return status == MA_OK && import->entries == 0 ? on_reject(import, &gone, err)
                                                   : status;
}

/* By its anchor, and staged as a delta import would; the watermark stays. */
static const char *run_one(struct import *import, struct ma_error *err)
{
    ARENA_AUTO arena = {0};
    struct slice anchor;
    const char *result = NULL;
    struct ma_error of_stage = {0};
    enum ma_status status = anchor_of(import, &arena, &anchor, err);

    if (status != MA_OK)
        return "stopped-server";
    if (anchor.length == 0)
        return note_not_read(import, "no import has shown it"), RESULT_SUCCESS;
    if (open_source(import, &result, err) != MA_OK)
        return result;
    if (!can_read_again(import))
        return note_not_read(import, "the agent cannot read one object"), RESULT_SUCCESS;
    if (begin(import, err) != MA_OK)
        return result_of_status(err->status, RESULT_BEFORE);
    status = read_anchor(import, anchor, err);
    if (stage_finish(import->stage, status, &result, &of_stage) != MA_OK ||
        status == MA_OK)
        *err = of_stage;
    return result == NULL ? result_of_status(err->status, RESULT_DURING) : result;
}

static const char *run(struct import *import, struct ma_error *err)
{
    const char *result = NULL;

    if (check_dropfile(import, err) != MA_OK)
        return "no-start-bad-ma-configuration";
    if (open_source(import, &result, err) != MA_OK)
        return result;
    if (begin(import, err) != MA_OK || check_delta(import, err) != MA_OK)
        return result_of_status(err->status, RESULT_BEFORE);
    if (!import->stages)
        return into_file(import, err);
    result = into_stage(import, err);
    if (import->full && strcmp(result, "completed-no-objects") == 0)
        note_nothing(import);
    note_absent(import);
    return result;
}

static struct relay *new_relay(struct import *import)
{
    const struct relay_request request = {
        .step = {.context = import,
                 .emit = on_emit,
                 .reject = on_reject,
                 .checkpoint = on_checkpoint,
                 .watermark = on_watermark,
                 .absent = on_absent,
                 .start_over = on_start_over,
                 .served_by = on_served_by,
                 .log = on_log},
        .idle = on_idle,
        .alive = on_alive,
        .context = import,
    };

    return relay_new(&request);
}

const char *step_import(const struct step_context *context, struct ma_error *err)
{
    struct import import = {
        .context = context,
        .full = context->step->type != STEP_DELTA_IMPORT,
        .stages = !context->step->to_file || context->step->resume_from_file,
    };
    const char *result;

    import.relay = new_relay(&import);
    result = context->only != 0 ? run_one(&import, err) : run(&import, err);

    close_source(&import);
    relay_free(import.relay);
    stage_end(import.stage);
    drop_end(import.drop);
    VEC_FREE(&import.absent);
    return result;
}
