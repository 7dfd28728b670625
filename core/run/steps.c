/* SPDX-License-Identifier: Apache-2.0 */
#include "run/steps.h"

#include <sched.h>

#include "base/buf.h"
#include "base/text.h"
#include "history/result.h"

/* --- words ------------------------------------------------------------------------ */

const char *step_type_text(const struct step *step)
{
    static const char *const texts[] = {
        [STEP_FULL_IMPORT] = "full-import",
        [STEP_DELTA_IMPORT] = "delta-import",
        [STEP_FULL_IMPORT_FULL_SYNC] = "full-import-reevaluate-rules",
        [STEP_DELTA_SYNC] = "apply-rules",
        [STEP_FULL_SYNC] = "apply-rules",
        [STEP_EXPORT] = "export",
    };

    return texts[step->type];
}

static const char *sync_subtype(const struct step *step)
{
    if (step->type == STEP_DELTA_SYNC)
        return "apply-pending";
    if (step->type != STEP_FULL_SYNC)
        return NULL;
    return step->rejoin_all ? "reevaluate-join-flow-all" : "reevaluate-flow-connectors";
}

const char *step_subtype_text(const struct step *step, struct arena *arena)
{
    const struct {
        bool is;
        const char *text;
    } words[] = {
        {step->stage_only, "to-cs"},
        {step->to_file, "to-file"},
        {step->resume_from_file, "resume-from-file"},
        {sync_subtype(step) != NULL, sync_subtype(step)},
    };
    BUF_AUTO out = {0};

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (words[i].is)
            buf_print(&out, "%s%s", out.length == 0 ? "" : ",", words[i].text);
    return out.length == 0 ? NULL : arena_text(arena, out.at);
}

enum { GRACE = 10, SILENCE = 1800, MOST_PATIENCE = 365 * 24 * 3600 };

static uint32_t seconds_of(const struct instance *instance, const char *name,
                           uint32_t fallback)
{
    const char *text = instance_setting(instance, name);
    int64_t seconds;

    if (text == NULL || !text_to_number(slice_text(text), &seconds) || seconds < 0 ||
        seconds > MOST_PATIENCE)
        return fallback;
    return (uint32_t)seconds;
}

uint32_t step_patience(const struct step_context *context)
{
    const struct instance *instance = context->opened->instance;
    uint32_t silence = seconds_of(instance, "plugin-silence", SILENCE);
    uint32_t limit = context->step->time_limit;

    if (limit == 0 || limit > MOST_PATIENCE)
        return silence;
    limit += seconds_of(instance, "plugin-grace", GRACE);
    return silence == 0 || limit < silence ? limit : silence;
}

/* --- threads ------------------------------------------------------------------------ */

enum { USUAL_THREADS = 8, MOST_THREADS = 64 };

static unsigned processors(void)
{
    cpu_set_t set;
    int count = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;

    return (unsigned)(count < USUAL_THREADS ? count : USUAL_THREADS);
}

unsigned step_threads(const struct instance *instance)
{
    const char *text = instance_setting(instance, "sync-threads");
    int64_t threads;

    if (text == NULL || !text_to_number(slice_text(text), &threads) || threads <= 0)
        return processors();
    return (unsigned)(threads < MOST_THREADS ? threads : MOST_THREADS);
}

/* --- partitions ------------------------------------------------------------------- */

static const struct partition *only_selected(const struct agent *agent)
{
    const struct partition *found = NULL;

    for (size_t i = 0; i < agent->partition_count; i++) {
        if (!agent->partitions[i].selected)
            continue;
        if (found != NULL)
            return NULL;
        found = &agent->partitions[i];
    }
    return found;
}

enum ma_status step_partition(const struct agent *agent, const struct step *step,
                              const struct partition **out, const char **result,
                              struct ma_error *err)
{
    const char *reference = step->partition == NULL ? "" : step->partition;

    *out =
        reference[0] == '\0' ? only_selected(agent) : agent_partition(agent, reference);
    if (*out == NULL && reference[0] == '\0' && agent->partition_count == 0)
        return MA_OK;
    if (*out == NULL) {
        *result = "missing-partition-for-run-step";
        return ma_fail(err, MA_NOT_FOUND, "%s:%u: '%s' has no partition '%s'%s",
                       step->place.file, step->place.line, agent->name, reference,
                       reference[0] == '\0' ? ": the step names none of several" : "");
    }
    if ((*out)->selected)
        return MA_OK;
    *result = "no-start-partition-not-configured";
    return ma_fail(err, MA_INVALID, "partition '%s' of '%s' is not selected",
                   (*out)->name, agent->name);
}

/* --- one step --------------------------------------------------------------------- */

static bool is_import(const struct step *step)
{
    return step->type == STEP_FULL_IMPORT || step->type == STEP_DELTA_IMPORT ||
           step->type == STEP_FULL_IMPORT_FULL_SYNC;
}

/* A drop file for itself stages nothing, so there is nothing to synchronise. */
static bool syncs_behind(const struct step *step)
{
    return is_import(step) && !step->stage_only &&
           !(step->to_file && !step->resume_from_file);
}

bool step_synchronises(const struct step *step)
{
    return syncs_behind(step) || step->type == STEP_DELTA_SYNC ||
           step->type == STEP_FULL_SYNC;
}

static const char *import_and_sync(const struct step_context *context,
                                   struct ma_error *err)
{
    const char *result = step_import(context, err);
    const char *second;
    struct ma_error of_sync = {0};

    if (!syncs_behind(context->step) || !result_continues(result) ||
        ledger_stopped(context->ledger) != STOP_NOT)
        return result;
    second =
        step_sync(context, context->step->type == STEP_FULL_IMPORT_FULL_SYNC, &of_sync);
    if (of_sync.text[0] != '\0' && (err->text[0] == '\0' || !result_continues(second)))
        *err = of_sync;
    return result_worse(result, second);
}

static const char *dispatch(const struct step_context *context, struct ma_error *err)
{
    if (is_import(context->step))
        return import_and_sync(context, err);
    if (context->step->type == STEP_EXPORT)
        return step_export(context, err);
    return step_sync(context, context->step->type == STEP_FULL_SYNC, err);
}

/* A synchronisation is of the whole agent, whatever partition its step names. */
static const char *find_partition(struct step_context *context, struct ma_error *err)
{
    const char *result = NULL;

    if (!is_import(context->step) && context->step->type != STEP_EXPORT)
        return NULL;
    if (context->only != 0 || context->exports != NULL)
        return NULL; /* objects have theirs */
    if (step_partition(context->agent->config, context->step, &context->partition,
                       &result, err) != MA_OK)
        return result;
    return NULL;
}

static struct step_record record_of(const struct step_context *context, unsigned number)
{
    const struct step *step = context->step;
    const struct partition *partition =
        step->partition == NULL
            ? NULL
            : agent_partition(context->agent->config, step->partition);

    return (struct step_record){
        .number = number,
        .type = step_type_text(step),
        .subtype = step_subtype_text(step, context->opened->program->arena),
        .partition = partition != NULL ? partition->name : step->partition,
        .file = step->to_file || step->resume_from_file ? step->dropfile : NULL,
    };
}

/* A status of the store may have gone through a plugin's hands, and looks like its own.
 */
static const char *whose_fault(const struct step_context *context, const char *result)
{
    if (result_continues(result))
        return result;
    switch (store_trouble(context->opened->store)) {
    case STORE_DISK_FULL:
        return "stopped-database-disk-full";
    case STORE_CONTENDED:
        return "stopped-deadlocked";
    case STORE_FAILED:
        return "stopped-server";
    default:
        return result;
    }
}

const char *step_run(const struct step_context *given, unsigned number,
                     struct ma_error *err)
{
    struct step_context context = *given;
    struct step_record record = record_of(&context, number);
    const char *result;
    struct ma_error of_store = {0};

    *err = (struct ma_error){0};
    ledger_patience(context.ledger, step_patience(&context));
    if (ledger_step(context.ledger, &record, err) != MA_OK)
        return "stopped-server";
    result = find_partition(&context, err);
    if (result == NULL)
        result = whose_fault(&context, dispatch(&context, err));
    if (ledger_step_end(context.ledger, result, err->text[0] == '\0' ? NULL : err->text,
                        &result, &of_store) == MA_OK)
        return result;
    *err = of_store;
    return "stopped-server";
}
