/* SPDX-License-Identifier: Apache-2.0 */

/*
 * An import as a step: what it needs before, what becomes of its end, and that of one
 * object. What the source says meanwhile is in import_source.c.
 */

#include "base/buf.h"
#include "base/error.h"
#include "history/result.h"
#include "run/import_source.h"
#include "stage/due.h"
#include "store/cs.h"

static const struct step *step_of(const struct import *import)
{
    return import->context->step;
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
        .read = import_source_can_again(import) ? import_source_again : NULL,
        .context = import,
    };

    return stage_begin(&import->stage, &request, err);
}

/* The drop file alone: only the watermark is read, nothing staged. */
static const char *into_file(struct import *import, struct ma_error *err)
{
    const struct step_context *c = import->context;
    const char *result = NULL;
    enum ma_status status = import_source_into_file(import, err);

    if (status != MA_OK)
        return "stopped-file-error";
    status = import_source_plugin(import, &result, err);
    if (status != MA_OK)
        return result != NULL ? result : result_of_status(status, RESULT_DURING);
    if (drop_finish(import->drop, err) != MA_OK)
        return "stopped-file-error";
    if (ledger_errors(c->ledger) > 0)
        return "completed-discovery-errors";
    return import->entries == 0 ? "completed-no-objects" : RESULT_SUCCESS;
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
    import_source_close(import);
    stage_end(import->stage);
    import->stage = NULL;
    import->full = true;
    *err = (struct ma_error){0};
    if (import_source_open(import, result, err) == MA_OK && begin(import, err) != MA_OK)
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
    enum ma_status status = import_source_read(import, &refused, err);

    if (status == MA_FULL_NEEDED && can_read_all(import)) {
        refused = NULL;
        if (begin_again(import, &refused, err) != MA_OK)
            return refused;
        status = import_source_read(import, &refused, err);
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
    if (import_source_open(import, &result, err) != MA_OK)
        return result;
    if (!import_source_can_again(import))
        return note_not_read(import, "the agent cannot read one object"), RESULT_SUCCESS;
    if (begin(import, err) != MA_OK)
        return result_of_status(err->status, RESULT_BEFORE);
    status = import_source_object(import, anchor, err);
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
    if (import_source_open(import, &result, err) != MA_OK)
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

const char *step_import(const struct step_context *context, struct ma_error *err)
{
    struct import import = {
        .context = context,
        .full = context->step->type != STEP_DELTA_IMPORT,
        .stages = !context->step->to_file || context->step->resume_from_file,
    };
    const char *result;

    import_source_begin(&import);
    result = context->only != 0 ? run_one(&import, err) : run(&import, err);

    import_source_end(&import);
    stage_end(import.stage);
    return result;
}
