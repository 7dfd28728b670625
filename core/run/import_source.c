/* SPDX-License-Identifier: Apache-2.0 */
#include "run/import_source.h"

#include "base/clock.h"
#include "base/error.h"
#include "history/connection.h"
#include "history/result.h"

static const struct step *step_of(const struct import *import)
{
    return import->context->step;
}

static const char *folder_of(const struct import *import)
{
    return instance_madata(import->context->opened->instance,
                           import->context->agent->config->name);
}

/* --- what the source says, on the thread of the step ------------------------------ */

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
    if (import->stages) {
        status = stage_entry(import->stage, entry, err);
        return status != MA_OK ? status : ledger_save(import->context->ledger, err);
    }
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
    if (rejection->type == NULL)
        return ma_fail(err, MA_BROKEN,
                       "the plugin rejects an entry without the type of its error");
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

enum ma_status import_source_into_file(struct import *import, struct ma_error *err)
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
    if (import->drop != NULL && import_source_into_file(import, err) != MA_OK)
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
enum ma_status import_source_open(struct import *import, const char **result,
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

void import_source_close(struct import *import)
{
    session_close(&import->session);
}

static enum ma_status import_entries(void *context, struct ma_error *err)
{
    struct import *import = context;

    return import->session.agent->import_entries(import->session.handle, &import->what,
                                                 err);
}

enum ma_status import_source_plugin(struct import *import, const char **result,
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
enum ma_status import_source_again(void *context, const struct ma_value *anchors,
                                   size_t count, struct ma_error *err)
{
    struct session *session = &((struct import *)context)->session;
    enum ma_status status;

    session_calls(session, "read_entries", NULL);
    status = session->agent->read_entries(session->handle, anchors, count, err);
    session_called(session);
    return status;
}

bool import_source_can_again(const struct import *import)
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

/* --- the whole source, or one object of it ---------------------------------------- */

enum ma_status import_source_read(struct import *import, const char **result,
                                  struct ma_error *err)
{
    const struct step *step = step_of(import);
    enum ma_status status = MA_OK;

    if (step->resume_from_file && !step->to_file)
        return from_file(import, result, err);
    if (step->to_file)
        status = import_source_into_file(import, err);
    if (status == MA_OK)
        status = import_source_plugin(import, result, err);
    if (status == MA_OK && import->drop != NULL)
        status = drop_finish(import->drop, err);
    return status;
}

/* That it is not there is no delete: a whole import will say so, or a delta one. */
enum ma_status import_source_object(struct import *import, struct slice anchor,
                                    struct ma_error *err)
{
    const struct ma_value value = value_of(anchor);
    const struct ma_rejection gone = {
        .size = sizeof gone,
        .type = "cd-missing-object",
        .text = "the system does not give this object: an import will tell whether it is "
                "gone",
    };
    enum ma_status status = import_source_again(import, &value, 1, err);

    note_connection(import, status);
    return status == MA_OK && import->entries == 0 ? on_reject(import, &gone, err)
                                                   : status;
}

/* --- its life --------------------------------------------------------------------- */

void import_source_begin(struct import *import)
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

    import->relay = relay_new(&request);
}

void import_source_end(struct import *import)
{
    import_source_close(import);
    relay_free(import->relay);
    drop_end(import->drop);
    VEC_FREE(&import->absent);
}
