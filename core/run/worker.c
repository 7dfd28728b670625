/* SPDX-License-Identifier: Apache-2.0 */

/* The worker: one process, one run. */

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "history/ledger.h"
#include "history/retention.h"
#include "instance/lock.h"
#include "instance/opened.h"
#include "instance/scratch.h"
#include "run/extensions.h"
#include "run/one_object.h"
#include "run/run.h"
#include "run/steps.h"
#include "store/cs.h"

struct work {
    const struct run_worker *worker;
    struct opened opened;
    const struct compiled_agent *agent;
    const struct run_profile *profile; /* NULL: of one object */
    uint64_t object;
    struct extensions extensions;
    struct ledger *ledger;
    struct run_record record;
    struct pulse *pulse;
    char *copy; /* folder of the store's copy in a dry run; NULL */
};

/* --- signals ---------------------------------------------------------------------- */

static volatile sig_atomic_t interrupted;

static void on_signal(int signal)
{
    interrupted = signal == SIGHUP ? STOP_ORPHANED : STOP_USER;
}

/* SIGTERM is the supervisor's wish to stop, SIGHUP its death. SIGINT is his to hear. */
static void listen_to_signals(long supervisor)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};

    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    signal(SIGINT, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    prctl(PR_SET_PDEATHSIG, SIGHUP);
    if (supervisor != 0 && getppid() != supervisor)
        interrupted = STOP_ORPHANED; /* it died before we asked to be told */
}

/* --- begin and end ---------------------------------------------------------------- */

static enum ma_status find(struct work *work, const struct agent **agent,
                           struct ma_error *err)
{
    const struct run_request *request = &work->worker->request;
    enum ma_status status =
        config_find_agent(work->opened.config, request->agent, agent, err);

    if (request->object != NULL)
        return status; /* it needs no profile */
    if (status == MA_OK)
        status = opened_profile(*agent, request->profile, &work->profile, err);
    if (status == MA_OK && request->step > work->profile->count)
        return ma_fail(err, MA_NOT_FOUND, "run profile '%s' of '%s' has %zu steps, no %u",
                       work->profile->name, (*agent)->name, work->profile->count,
                       request->step);
    return status;
}

static bool synchronises(const struct work *work)
{
    unsigned only = work->worker->request.step;

    if (work->profile == NULL)
        return true;
    for (size_t i = 0; i < work->profile->count; i++)
        if ((only == 0 || i + 1 == only) && step_synchronises(&work->profile->steps[i]))
            return true;
    return false;
}

/* Before the store is touched: who is refused has changed nothing. */
static enum ma_status take_lock(const struct work *work, const struct agent *agent,
                                struct ma_error *err)
{
    const struct run_worker *worker = work->worker;
    char *what =
        mem_print("%s / %s, process %ld", agent->name,
                  work->profile == NULL ? worker->request.profile : work->profile->name,
                  worker->supervisor != 0 ? worker->supervisor : (long)getpid());
    const struct run_lock lock = {
        .agent = agent->id, .alone = synchronises(work), .what = what};
    enum ma_status status =
        worker->lock < 0 ? MA_OK : run_lock_take(worker->lock, &lock, err);

    free(what);
    return status;
}

static bool lives(void *context, const struct guid *agent)
{
    const struct work *work = context;

    return work->worker->lock >= 0 && run_lock_is_held(work->worker->lock, agent);
}

/* Runs of a crashed machine first: their record says "in-progress" still. */
static enum ma_status close_dead(struct work *work, struct ma_error *err)
{
    return record_close_dead(work->opened.store, lives, work, RESULT_SHUTDOWN,
                             RECORD_DIED, err);
}

/* mactl.xml says for how many days runs are kept; where it is silent, what the imported
 * server did ("7.00:00:00"). 0: for ever. */
static int64_t days_kept(const struct opened *opened)
{
    const struct metaverse *mv = &opened->config->metaverse;
    const char *text = instance_setting(opened->instance, "run-history-days");
    int64_t days = 0;

    if (text == NULL)
        text = parameter_find(mv->parameters, mv->parameter_count,
                              "Microsoft.Synchronize.RunHistoryPurgeInterval");
    /* a time span without days ("12:00:00") is less than one */
    if (text == NULL || !text_to_number(slice_of(text, strcspn(text, ".")), &days) ||
        days < 0)
        return 0;
    return days;
}

enum { MEGABYTES = 1000 }; /* where mactl.xml does not say */

static uint64_t bytes_kept(const struct opened *opened)
{
    const char *text = instance_setting(opened->instance, "run-history-megabytes");
    int64_t megabytes;

    if (text == NULL || !text_to_number(slice_text(text), &megabytes) || megabytes < 0 ||
        megabytes > INT32_MAX)
        megabytes = MEGABYTES;
    return (uint64_t)megabytes << 20;
}

/* A history that cannot be made smaller spoils no run. */
static void forget_old_runs(struct work *work)
{
    const struct retention retention = {days_kept(&work->opened),
                                        bytes_kept(&work->opened)};
    struct ma_error err = {0};
    unsigned gone;

    if (retention_apply(work->opened.store, &retention, &gone, &err) != MA_OK)
        ledger_log(work->ledger, MA_LOG_WARNING, err.text);
}

static enum ma_status begin_ledger(struct work *work, struct ma_error *err)
{
    const struct run_request *request = &work->worker->request;
    struct ledger_request ledger = {
        .store = work->opened.store,
        .program = work->opened.program,
        .record = &work->record,
        .events = work->worker->events,
        .interrupted = &interrupted,
        .pulse = work->pulse,
    };

    work->record = (struct run_record){
        .agent = work->agent->config->name,
        .agent_id = work->agent->config->id,
        .profile = request->profile,
        .user = request->user,
        .process = (long)getpid(),
        .dry = request->dry_run,
    };
    if (work->profile != NULL) {
        work->record.profile = work->profile->name;
        work->record.profile_id = work->profile->id;
        work->record.steps_planned = request->step != 0 ? 1 : work->profile->count;
    }
    return ledger_begin(&work->ledger, &ledger, err);
}

/* A guard that nobody has protects nobody. */
static void warn_of_nobody(const struct work *work, const char *agent,
                           const struct place *place)
{
    char *text;

    if (agent == NULL || config_agent_named(work->opened.config, agent) != NULL)
        return;
    text = mem_print("%s:%u:%u: there is no management agent '%s'", place->file,
                     place->line, place->column, agent);
    ledger_log(work->ledger, MA_LOG_WARNING, text);
    free(text);
}

static void warn(const struct work *work)
{
    const struct instance *instance = work->opened.instance;

    for (size_t i = 0; i < instance->agent_count; i++)
        warn_of_nobody(work, instance->agents[i].agent, &instance->agents[i].place);
    for (size_t i = 0; i < instance->guard_count; i++)
        warn_of_nobody(work, instance->guards[i].agent, &instance->guards[i].place);
    for (size_t i = 0; i < instance->cycle_count; i++)
        warn_of_nobody(work, instance->cycles[i].agent, &instance->cycles[i].place);
}

static void load_extensions(struct work *work)
{
    ledger_calls(work->ledger, "the loading of the rules extensions", NULL);
    extensions_load(&work->extensions, &work->opened);
    ledger_called(work->ledger);
}

static enum ma_status begin(struct work *work, struct ma_error *err)
{
    const struct run_request *request = &work->worker->request;
    struct opened_request open = {.folder = request->folder};
    const struct agent *agent = NULL;
    enum ma_status status;

    status = opened_files(&work->opened, &open, err);
    if (status == MA_OK)
        status = find(work, &agent, err);
    if (status == MA_OK)
        status = take_lock(work, agent, err);
    scratch_sweep(request->folder, "dry-run"); /* what one left that was killed */
    if (status == MA_OK && request->dry_run)
        status = scratch_copy(&work->copy, request->folder, "dry-run", err);
    open.store = work->copy;
    if (status == MA_OK)
        status = opened_work(&work->opened, &open, err);
    if (status == MA_OK)
        status = opened_agent(&work->opened, request->agent, &work->agent, err);
    if (status == MA_OK && request->object != NULL)
        status = one_object_find(&work->opened, work->agent, request->object,
                                 &work->object, err);
    if (status == MA_OK)
        status = close_dead(work, err);
    if (status == MA_OK)
        status = begin_ledger(work, err);
    if (status == MA_OK)
        load_extensions(work);
    if (status == MA_OK)
        warn(work);
    return status;
}

static void end(struct work *work)
{
    ledger_free(work->ledger);
    extensions_unload(&work->extensions);
    opened_end(&work->opened);
    scratch_remove(work->copy);
    pulse_end(work->pulse);
}

/* --- steps ------------------------------------------------------------------------ */

/* The step with the limit of the command line, where that is the lower one. */
static struct step limited(const struct step *step, uint64_t limit)
{
    struct step copy = *step;

    if (limit != 0 && (copy.object_limit == 0 || copy.object_limit > limit))
        copy.object_limit = limit;
    return copy;
}

static const char *run_one(struct work *work, size_t index, struct ma_error *err)
{
    struct step step =
        limited(&work->profile->steps[index], work->worker->request.object_limit);
    struct step_context context = {
        .opened = &work->opened,
        .ledger = work->ledger,
        .agent = work->agent,
        .step = &step,
        .extensions = &work->extensions,
        .dry = work->worker->request.dry_run,
        .evaluate_all = work->worker->request.evaluate_all,
        .despite_staging = work->worker->request.despite_staging,
    };

    return step_run(&context, (unsigned)index + 1, err);
}

/* Steps in order, up to the first that ends the profile; the gravest result counts. */
static const char *run_steps(struct work *work, struct ma_error *why)
{
    unsigned only = work->worker->request.step;
    const char *result = RESULT_RUNNING;
    bool go_on = true;

    if (work->profile->count == 0) {
        ma_fail(why, MA_INVALID, "run profile '%s' has no steps", work->profile->name);
        return "no-start-no-steps-in-profile";
    }
    for (size_t i = 0; go_on && i < work->profile->count; i++) {
        struct ma_error err = {0};
        const char *of_step;

        if (only != 0 && i + 1 != only)
            continue;
        of_step = run_one(work, i, &err);
        if (result_worse(result, of_step) != result)
            *why = err;
        result = result_worse(result, of_step);
        go_on = result_continues(of_step) && ledger_stopped(work->ledger) == STOP_NOT;
    }
    return result;
}

static const char *run_object(struct work *work, struct ma_error *why)
{
    const struct one_object one = {
        .opened = &work->opened,
        .ledger = work->ledger,
        .extensions = &work->extensions,
        .agent = work->agent,
        .object = work->object,
        .record = &work->record,
        .exports = true,
        .despite_staging = work->worker->request.despite_staging,
    };

    return one_object_run(&one, why);
}

/* --- what is left to do ----------------------------------------------------------- */

static bool syncs(const struct step *step)
{
    return step->type == STEP_DELTA_SYNC;
}

static bool syncs_all(const struct step *step)
{
    return step->type == STEP_FULL_SYNC;
}

static bool exports(const struct step *step)
{
    return step->type == STEP_EXPORT && !step->to_file && !step->resume_from_file;
}

/* The agent's profile that begins with such a step. */
static const char *profile_with(const struct agent *agent,
                                bool (*is)(const struct step *))
{
    for (size_t i = 0; i < agent->profile_count; i++)
        if (agent->profiles[i].count > 0 && is(&agent->profiles[i].steps[0]))
            return agent->profiles[i].name;
    return NULL;
}

static struct pending_work pending_of(struct batch *batch,
                                      const struct compiled_agent *agent)
{
    struct pending_work pending = {.agent = agent->config->name,
                                   .sync_profile = profile_with(agent->config, syncs),
                                   .export_profile =
                                       profile_with(agent->config, exports)};
    struct ma_error ignored; /* a hint that cannot be given is not given */

    if (pending.sync_profile == NULL)
        pending.sync_profile = profile_with(agent->config, syncs_all);
    (void)cs_queue_length(batch, QUEUE_SYNC, agent->number, &pending.imports, &ignored);
    (void)cs_queue_length(batch, QUEUE_EXPORT, agent->number, &pending.exports, &ignored);
    return pending;
}

static void count_pending(struct work *work)
{
    const struct program *program = work->opened.program;
    struct batch *batch = batch_begin(work->opened.store);

    work->record.pending =
        ARENA_ARRAY(program->arena, struct pending_work, program->agent_count);
    for (size_t i = 0; i < program->agent_count; i++) {
        struct pending_work pending = pending_of(batch, &program->agents[i]);

        if (pending.imports + pending.exports > 0)
            work->record.pending[work->record.pending_count++] = pending;
    }
    batch_end(batch);
}

static void refuse(const struct run_worker *worker, const struct ma_error *err)
{
    struct event event = {
        .kind = EVENT_REFUSED, .status = err->status, .text = err->text};

    (void)event_send(worker->events, &event); /* nobody there: nobody to tell */
}

bool run_work(const struct run_worker *worker)
{
    struct work work = {.worker = worker, .pulse = pulse_open(worker->pulse)};
    struct ma_error err = {0};
    const char *result;
    bool began;

    listen_to_signals(worker->supervisor);
    if (worker->lock >= 0) /* it is ours, not that of what a plugin may start */
        fcntl(worker->lock, F_SETFD, FD_CLOEXEC);
    fcntl(worker->events, F_SETFD, FD_CLOEXEC);
    if (worker->pulse >= 0) /* it is mapped */
        close(worker->pulse);
    began = begin(&work, &err) == MA_OK;
    if (began) {
        result = work.object != 0 ? run_object(&work, &err) : run_steps(&work, &err);
        count_pending(&work);
        forget_old_runs(&work);
        if (ledger_end(work.ledger, result, err.text[0] == '\0' ? NULL : err.text,
                       &err) != MA_OK)
            refuse(worker, &err);
    } else
        refuse(worker, &err);
    end(&work);
    return began;
}
