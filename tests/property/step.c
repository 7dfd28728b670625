/* SPDX-License-Identifier: Apache-2.0 */

/* The engine's own steps between the store and the systems. */

#include "engine.h"
#include "sync/sync.h"

static const char *file_of(unsigned system)
{
    static const char *const names[] = {"hr.drop", "directory.drop", "phones.drop"};

    return names[system];
}

void engine_drop(struct engine *e, unsigned system)
{
    struct feed feed = {.system = &e->shared->systems[system]};

    e->shared->files[system].here = false;
    if (ENGINE_OK(e, drop_create(&feed.file, e->folder, file_of(system), "import", true,
                                 e->program, engine_agent(e, system), &e->err)) &&
        ENGINE_OK(e, feed_run(&feed, true, &e->err)) &&
        ENGINE_OK(e, drop_finish(feed.file, &e->err)))
        e->shared->files[system] = (struct sys_file){true, *feed.system};
    drop_end(feed.file);
}

/* What is true no more comes back: persons of then, keys of then; and a proxy address
 * that is missed in the file is the engine's no more. */
static void believe(struct shared *shared, unsigned number)
{
    const struct system *then = &shared->files[number].then;
    struct system *now = &shared->systems[number];

    if (number == HR)
        engine_note_unwanted(shared, then);
    for (int i = 0; number == DIRECTORY && i < ENTRIES; i++) {
        int old = sys_find_anchor(then, now->entries[i].anchor);

        engine_give_to_people(&now->entries[i]);
        if (now->entries[i].here && old != NOBODY)
            now->entries[i].keys |= sys_key_bit(sys_get(then, old, 0));
    }
}

static enum ma_status read_source(struct engine *e, struct feed *feed, bool full,
                                  const struct import_fault *fault)
{
    if (!fault->from_file)
        return feed_run(feed, full, &e->err);
    believe(e->shared, feed->system->number);
    return feed_from_file(feed, e->folder, file_of(feed->system->number),
                          engine_agent(e, feed->system->number)->config, &e->err);
}

const char *engine_import(struct engine *e, unsigned system, bool full,
                          const struct import_fault *fault)
{
    const struct compiled_agent *agent = engine_agent(e, system);
    struct feed feed = {.system = &e->shared->systems[system],
                        .whole = fault->whole,
                        .cut_after = fault->cut_after,
                        .reject_at = fault->reject_at};
    const struct step step = {.type = full ? STEP_FULL_IMPORT : STEP_DELTA_IMPORT};
    const struct stage_request request = {
        .store = e->store,
        .program = e->program,
        .agent = agent,
        .partition = &agent->config->partitions[0],
        .step = &step,
        .full = full,
        .lazy_pages = true, /* as a run does */
        .keep_watermark = fault->from_file,
        .loss_percent = fault->loss_percent == 0 ? 100 : fault->loss_percent,
        .capabilities = system == HR ? 0 : MA_CAN_LDAP_DN,
        .history = &e->history,
        .read = fault->cannot_read || fault->from_file ? NULL : feed_read,
        .context = &feed,
    };
    const char *result = "no-start-full-import-required";
    struct ma_error why;
    enum ma_status status;

    (void)engine_next_run(e);
    if (!ENGINE_OK(e, stage_begin(&feed.stage, &request, &e->err)))
        return NULL;
    e->resumed = stage_checkpoint(feed.stage).length > 0;
    /* As the run does: without a watermark there is nothing to start from. */
    if (full || stage_watermark(feed.stage).length > 0) {
        status = read_source(e, &feed, full, fault);
        why = e->err;
        status = stage_finish(feed.stage, status, &result, &e->err);
        if (result == NULL)
            (void)engine_ok(e, status, "stage_finish");
        else if (strcmp(result, "stopped-server") == 0)
            engine_fail(e, "an import ended stopped-server: %s", why.text);
        else if (full && strcmp(result, "stopped-deletion-limit") == 0 &&
                 e->counts[COUNTER_STAGE_DELETE] > 0)
            engine_fail(e, "an import that lacked too much let %u go",
                        (unsigned)e->counts[COUNTER_STAGE_DELETE]);
    }
    stage_end(feed.stage);
    return result;
}

const char *engine_sync(struct engine *e, unsigned system, bool full)
{
    const struct digest evaluator =
        digest_of(slice_of(&e->program->fingerprint, sizeof e->program->fingerprint), 0);
    const struct sync_request request = {.store = e->store,
                                         .program = e->program,
                                         .agent = engine_agent(e, system),
                                         .full = full || e->shared->rules_are_new[system],
                                         .threads = 2,
                                         .evaluator = &evaluator,
                                         .history = &e->history};
    const char *result = NULL;

    (void)engine_next_run(e);
    if (!ENGINE_OK(e, sync_run(&request, &result, &e->err)))
        return NULL;
    if (request.full)
        e->shared->rules_are_new[system] = false;
    return result;
}

struct sending {
    struct export_step *step;
    struct apply apply;
};

static enum ma_status send(void *context, const struct ma_entry *const *entries,
                           size_t count, struct ma_error *err)
{
    struct sending *sending = context;
    enum ma_status status = MA_OK;

    for (size_t i = 0; status == MA_OK && i < count; i++) {
        struct ma_result result = apply_entry(&sending->apply, entries[i]);

        status = export_result(sending->step, i, &result, err);
    }
    return status;
}

const char *engine_export_within(struct engine *e, unsigned system,
                                 const struct apply *fault, const struct guard *guard,
                                 struct exported *out)
{
    const struct compiled_agent *agent = engine_agent(e, system);
    struct sending sending = {.apply = *fault};
    const struct step step = {.type = STEP_EXPORT, .batch_size = 3};
    const struct export_request request = {
        .store = e->store,
        .program = e->program,
        .agent = agent,
        .partition = &agent->config->partitions[0],
        .step = &step,
        .guard = *guard,
        .send = send,
        .context = &sending,
        .history = &e->history,
    };
    const char *result = NULL;
    enum ma_status status;

    sending.apply.system = &e->shared->systems[system];
    sending.apply.steady = engine_steady(e->shared);
    sending.apply.violation = e->shared->violation;
    (void)engine_next_run(e);
    if (!ENGINE_OK(e, export_begin(&sending.step, &request, &e->err)))
        return NULL;
    status = export_run(sending.step, &result, &e->err);
    *out = (struct exported){.stopped = status == MA_LIMIT,
                             .set = *export_planned(sending.step),
                             .sent = sending.apply.count,
                             .deletes = sending.apply.deletes};
    export_end(sending.step);
    if (result == NULL)
        (void)engine_ok(e, status, "export_run");
    if (e->shared->violation[0] != '\0')
        engine_fail(e, "an export that nothing justifies: %s", e->shared->violation);
    return result;
}

const char *engine_export(struct engine *e, unsigned system, const struct apply *fault)
{
    static const struct guard none = {.export_deletes = 1000,
                                      .export_deletes_percent = 100};
    struct exported ignored;

    return engine_export_within(e, system, fault, &none, &ignored);
}
