/* SPDX-License-Identifier: Apache-2.0 */

/*
 * An export: pending exports of a connector space, to the agent's plugin, to a drop file,
 * or both. A drop file that is resumed from is what somebody has looked at and approved:
 * it is exported only if it is still exactly what is pending.
 */

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "export/approval.h"
#include "history/connection.h"
#include "history/result.h"
#include "instance/staging.h"
#include "run/drop.h"
#include "run/early.h"
#include "run/foresee.h"
#include "run/pending.h"
#include "run/session.h"
#include "run/steps.h"
#include "store/cs.h"

/* What the agent told by served_by. */
struct served {
    char *server;
    bool is_lost;
    struct ma_error lost;
    int64_t time;
};

struct outgoing {
    const struct step_context *context;
    struct export_step *step;
    struct session session;
    struct foresee *foresee; /* NULL: nobody does */
    struct early *early;     /* the plugins connect; NULL: they do not */
    atomic_bool over;        /* they need not any more */
    /* Of the thread that calls the agent, which is one at a time. */
    VEC_OF(struct served) served;
};

static const char *folder_of(const struct step_context *context)
{
    return instance_madata(context->opened->instance, context->agent->config->name);
}

/* --- to a file ------------------------------------------------------------------- */

struct writing {
    const struct step_context *context;
    struct drop_writer *drop;
};

static enum ma_status write_pending(void *with, struct batch *batch, struct arena *arena,
                                    const struct cs_object *object, struct ma_error *err)
{
    struct writing *writing = with;
    const struct step_context *c = writing->context;
    const struct ma_entry *entry;

    if (!pending_in_partition(c, object))
        return MA_OK;
    entry = export_entry(batch, arena, c->opened->program, c->agent, object, err);
    if (entry == NULL)
        return err->status == MA_NOT_FOUND ? MA_OK : err->status;
    drop_entry(writing->drop, entry);
    return MA_OK;
}

static enum ma_status write_drop(const struct step_context *context, const char *name,
                                 uint64_t *count, struct ma_error *err)
{
    struct writing writing = {.context = context};
    enum ma_status status =
        drop_create(&writing.drop, folder_of(context), name, "export", false,
                    context->opened->program, context->agent, err);

    if (status == MA_OK)
        status = pending_each(context, write_pending, &writing, err);
    if (status == MA_OK)
        status = drop_finish(writing.drop, err);
    if (status == MA_OK)
        *count = drop_count(writing.drop);
    drop_end(writing.drop);
    return status;
}

/* What the guards said, for the history and for who may approve of it. */
static void note_guards(const struct step_context *context,
                        const struct export_step *export)
{
    struct arena *arena = context->opened->program->arena;
    struct step_record *step = ledger_current(context->ledger);
    const struct export_approval *approval = export_approved(export);
    const struct export_set *set = export_planned(export);

    if (set->held > 0) {
        step->guarded_set = arena_text(arena, set->id);
        step->guarded = set->held;
    } else if (approval != NULL)
        step->note = arena_print(
            arena, "%s%sa guard was lifted: run %llu, approved by %s: %s",
            step->note == NULL ? "" : step->note, step->note == NULL ? "" : "; ",
            (unsigned long long)approval->run, approval->user, approval->reason);
}

/* --- to the plugin ---------------------------------------------------------------- */

/* The thread that sends is not the one of the step: of the ledger it may use what any
 * thread may. */

static enum ma_status on_exported(void *context, size_t index,
                                  const struct ma_result *outcome, struct ma_error *err)
{
    struct outgoing *outgoing = context;
    struct ledger *ledger = outgoing->context->ledger;
    const struct ma_entry *next = export_next(outgoing->step, index);

    if (next != NULL)
        ledger_at(ledger, next->dn);
    ledger_beat(ledger);
    return export_result(outgoing->step, index, outcome, err);
}

/* While it waits for us, the agent is not silent. */
static enum ma_status on_more(void *context, bool wait,
                              const struct ma_entry *const **entries, size_t *count,
                              struct ma_error *err)
{
    struct outgoing *outgoing = context;
    enum ma_status status;
    bool over;

    do {
        ledger_beat(outgoing->context->ledger);
        status = export_more(outgoing->step, wait, entries, count, &over, err);
    } while (status == MA_OK && wait && *count == 0 && !over);
    return status;
}

static void on_log(void *context, enum ma_level level, const char *text)
{
    struct ledger *ledger = ((struct outgoing *)context)->context->ledger;

    ledger_beat(ledger);
    ledger_log(ledger, level, text);
}

/* Kept until the step's own thread writes it down. */
static void on_served_by(void *context, const char *server, const struct ma_error *lost)
{
    struct outgoing *outgoing = context;
    struct served served = {.server = mem_text(server), .time = clock_now()};

    if (lost != NULL)
        served.lost = *lost;
    served.is_lost = lost != NULL;
    VEC_ADD(&outgoing->served, served);
}

static void note_served(struct outgoing *outgoing)
{
    const struct step_context *c = outgoing->context;

    for (size_t i = 0; i < outgoing->served.count; i++) {
        struct served *served = &outgoing->served.items[i];

        connection_served(ledger_current(c->ledger), c->opened->program->arena,
                          served->time, served->server,
                          served->is_lost ? &served->lost : NULL);
        free(served->server);
    }
    VEC_FREE(&outgoing->served);
}

static bool on_cancelled(void *context)
{
    struct ledger *ledger = ((struct outgoing *)context)->context->ledger;

    ledger_beat(ledger);
    return atomic_load(&((struct outgoing *)context)->over) ||
           ledger_stopped(ledger) != STOP_NOT;
}

/* --- connecting ------------------------------------------------------------------- */

static bool is_anything_pending(const struct step_context *context)
{
    struct batch *batch = batch_begin(context->opened->store);
    struct ma_error ignored; /* whoever plans the export will meet it */
    uint64_t count = 0;

    (void)cs_queue_length(batch, QUEUE_EXPORT, context->agent->number, &count, &ignored);
    batch_end(batch);
    return count > 0;
}

static void prepare_foresee(void *context)
{
    foresee_prepare(((struct outgoing *)context)->foresee);
}

static void prepare_agent(void *context)
{
    const struct session *session = &((struct outgoing *)context)->session;

    if (session->agent->prepare_export != NULL)
        session->agent->prepare_export(session->handle);
}

enum { EARLY_FORESEE, EARLY_AGENT, EARLY_CALLS };

/* While the export is planned. The audit is asked first, so it is the first to connect.
 */
static void connect_early(struct outgoing *outgoing)
{
    const struct early_call calls[EARLY_CALLS] = {
        [EARLY_FORESEE] = {prepare_foresee, outgoing},
        [EARLY_AGENT] = {prepare_agent, outgoing},
    };

    if (is_anything_pending(outgoing->context))
        outgoing->early = early_begin(calls, EARLY_CALLS);
}

static void wait_for_agent(const struct outgoing *outgoing)
{
    if (outgoing->early == NULL)
        return;
    session_calls(&outgoing->session, "prepare_export", NULL);
    early_wait(outgoing->early, EARLY_AGENT);
    session_called(&outgoing->session);
}

/* Who connects for nothing, because a guard holds, stops. */
static void end_early(struct outgoing *outgoing)
{
    atomic_store(&outgoing->over, true);
    early_end(outgoing->early);
    outgoing->early = NULL;
    atomic_store(&outgoing->over, false);
}

/* --- sending ---------------------------------------------------------------------- */

static enum ma_status send(void *context, const struct ma_entry *const *entries,
                           size_t count, struct ma_error *err)
{
    struct outgoing *outgoing = context;
    struct session *session = &outgoing->session;
    enum ma_status status;

    wait_for_agent(outgoing);
    session_calls(session, "export_entries", count == 0 ? NULL : entries[0]->dn);
    status = session->agent->export_entries(session->handle, entries, count, err);
    session_called(session);
    return status;
}

static const char *explain(void *context, const struct ma_entry *entry,
                           const struct ma_result *outcome)
{
    return foresee_explain(((struct outgoing *)context)->foresee, entry, outcome);
}

static void note_counters(const struct step_context *context)
{
    struct step_record *step = ledger_current(context->ledger);
    struct batch *batch = batch_begin(context->opened->store);

    export_counters(batch, context->agent->number, &step->export_number,
                    &step->export_successful);
    batch_end(batch);
}

/* What the export itself ended with counts for more. */
static enum ma_status finish_session(const struct session *session, enum ma_status status,
                                     struct ma_error *err)
{
    struct ma_error why = {0};
    enum ma_status finished;

    if (session->agent->finish_export == NULL)
        return status;
    session_calls(session, "finish_export", NULL);
    finished = session->agent->finish_export(session->handle, &why);
    session_called(session);
    if (status != MA_OK || finished == MA_OK)
        return status;
    *err = why;
    return finished;
}

static const char *run_export(struct outgoing *outgoing, struct ma_error *err)
{
    const struct step_context *c = outgoing->context;
    const struct export_request request = {
        .store = c->opened->store,
        .program = c->opened->program,
        .agent = c->agent,
        .partition = c->partition,
        .step = c->step,
        .guard = pending_guard(c),
        .capabilities = outgoing->session.agent->capabilities,
        .least_batch = outgoing->session.agent->least_batch,
        .send = send,
        .apart = true,
        .explain = explain,
        .context = outgoing,
        .history = ledger_history(c->ledger),
        .only = c->exports,
    };
    const char *result = NULL;
    enum ma_status status;

    outgoing->foresee = foresee_begin(c);
    connect_early(outgoing);
    status = export_begin(&outgoing->step, &request, err);
    early_wait(outgoing->early, EARLY_FORESEE);
    foresee_pending(outgoing->foresee);
    if (status == MA_OK)
        status = export_run(outgoing->step, &result, err);
    end_early(outgoing);
    foresee_end(outgoing->foresee);
    if (finish_session(&outgoing->session, status, err) != status) {
        status = err->status;
        result = NULL;
    }
    if (result == NULL)
        result =
            status == MA_OK ? RESULT_SUCCESS : result_of_status(status, RESULT_DURING);
    if (outgoing->step != NULL)
        note_guards(c, outgoing->step);
    export_end(outgoing->step);
    note_counters(c);
    return result;
}

static const char *to_plugin(const struct step_context *context, struct ma_error *err)
{
    struct outgoing outgoing = {.context = context};
    const struct session_request request = {
        .opened = context->opened,
        .agent = context->agent,
        .step = context->step,
        .ledger = context->ledger,
        .needs = MA_CAN_EXPORT,
        .sink = {.context = &outgoing,
                 .exported = on_exported,
                 .more = on_more,
                 .served_by = on_served_by,
                 .log = on_log,
                 .cancelled = on_cancelled},
    };
    const char *result = NULL;

    if (session_open(&outgoing.session, &request, &result, err) == MA_OK)
        result = run_export(&outgoing, err);
    session_close(&outgoing.session);
    note_served(&outgoing);
    return result;
}

/* --- drop files ------------------------------------------------------------------- */

#define COMPARE_SUFFIX ".now"

/* Whether the file is still what would be sent. */
static const char *check_resumed(const struct step_context *context, struct ma_error *err)
{
    const char *folder = folder_of(context);
    const char *name = context->step->dropfile;
    ARENA_AUTO arena = {0};
    const char *now = arena_print(&arena, "%s" COMPARE_SUFFIX, name);
    uint64_t count;

    if (access(arena_print(&arena, "%s/%s", folder, name), R_OK) != 0) {
        ma_fail(err, MA_NOT_FOUND, "drop file %s/%s: %s", folder, name, strerror(errno));
        return "no-start-file-not-found";
    }
    if (write_drop(context, now, &count, err) != MA_OK)
        return "stopped-file-error";
    if (drop_equal(folder, name, now)) {
        unlink(arena_print(&arena, "%s/%s", folder, now));
        return NULL;
    }
    ma_fail(err, MA_CONFLICT,
            "%s/%s is not what is pending now (see %s beside it): nothing was sent",
            folder, name, now);
    return "stopped-unexpected-data";
}

static const char *with_file(const struct step_context *context, struct ma_error *err)
{
    const struct step *step = context->step;
    const char *result = NULL;
    uint64_t count = 0;

    if (!drop_name_is_good(step->dropfile)) {
        ma_fail(err, MA_INVALID, "%s:%u: a drop file needs a plain name, not '%s'",
                step->place.file, step->place.line,
                step->dropfile == NULL ? "" : step->dropfile);
        return "no-start-bad-ma-configuration";
    }
    if (step->to_file) {
        if (write_drop(context, step->dropfile, &count, err) != MA_OK)
            return "stopped-file-error";
        if (!step->resume_from_file)
            return count == 0 ? "completed-no-objects" : RESULT_SUCCESS;
    } else
        result = check_resumed(context, err);
    return result != NULL ? result : to_plugin(context, err);
}

/* --- staging mode ----------------------------------------------------------------- */

/* An operator may have this one run export all the same; the history says so. */
static bool staging_allows(const struct step_context *context, struct ma_error *err)
{
    const struct opened *opened = context->opened;
    struct staging staging = staging_of(opened->instance, opened->config);

    if (staging.on && context->despite_staging)
        ledger_current(context->ledger)->note = "exported in staging mode, as asked for";
    else if (staging.on)
        ma_fail(err, MA_DENIED,
                "staging mode: nothing is exported (%s). mactl staging off ends it",
                staging.because);
    return !staging.on || context->despite_staging;
}

const char *step_export(const struct step_context *context, struct ma_error *err)
{
    const struct step *step = context->step;
    bool only_file = step->to_file && !step->resume_from_file;

    if (context->dry)
        return step_export_dry(context, err);
    if (!only_file && !staging_allows(context, err))
        return "stopped-export-disabled";
    if (step->to_file || step->resume_from_file)
        return with_file(context, err);
    return to_plugin(context, err);
}
