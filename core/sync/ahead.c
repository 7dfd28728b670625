/* SPDX-License-Identifier: Apache-2.0 */
#include "sync/ahead.h"

void bench_begin(struct bench *bench, const struct sync *sync)
{
    *bench = (struct bench){.sync = {.request = sync->request,
                                     .program = sync->program,
                                     .dn_name = sync->dn_name,
                                     .now = sync->now,
                                     .ahead = true}};
    bench->sync.batch = batch_above(sync->batch, &bench->arena);
    bench->sync.history = &bench->notes.history;
    notes_begin(&bench->notes, &bench->arena, sync->history->run);
}

void bench_end(struct bench *bench)
{
    batch_end(bench->sync.batch);
    notes_end(&bench->notes);
    VEC_FREE(&bench->sync.noted);
    VEC_FREE(&bench->sync.told);
    arena_free(&bench->sync.remembered);
    arena_free(&bench->sync.arena);
    arena_free(&bench->arena);
}

void bench_ready(struct bench *bench)
{
    bench->ready = attempt_follow(bench->sync.batch);
    arena_reset(&bench->arena);
    bench->writes = 0;
}

void bench_evaluate(struct bench *bench, const struct crew_work *work, size_t i,
                    struct outcome *out)
{
    struct sync *sync = &bench->sync;
    struct ma_error ignored; /* in turn, it is told */
    enum ma_status status;

    sync->left = false;
    sync->noted.count = 0;
    sync->failures = 0;
    sync->flows_evaluated = 0;
    sync->unchanged = 0;
    status = work->visit(sync, work->ids[i], work->context, &ignored);
    bench->writes += batch_writes(sync->batch);
    *out = (struct outcome){.attempt = attempt_take(sync->batch),
                            .noted_count = sync->noted.count,
                            .failures = sync->failures,
                            .flows_evaluated = sync->flows_evaluated,
                            .unchanged = sync->unchanged,
                            .whole = status == MA_OK && !sync->left};
    out->noted = arena_copy(&bench->arena, sync->noted.items,
                            sync->noted.count * sizeof *sync->noted.items);
    out->notes = notes_take(&bench->notes, &out->note_count);
}

void outcome_apply(const struct outcome *outcome, struct sync *sync)
{
    attempt_apply(sync->batch, outcome->attempt);
    for (size_t i = 0; i < outcome->noted_count; i++) {
        const struct sync_noted *noted = &outcome->noted[i];

        sync_enqueue_note(sync, noted->queue, noted->space, noted->id, &noted->note);
    }
    notes_tell(outcome->notes, outcome->note_count, sync->history);
    sync->failures += outcome->failures;
    sync->flows_evaluated += outcome->flows_evaluated;
    sync->unchanged += outcome->unchanged;
}
