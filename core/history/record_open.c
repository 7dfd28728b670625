/* SPDX-License-Identifier: Apache-2.0 */

/* Runs without an end: which there are, and the end of those that died. */

#include "base/clock.h"
#include "history/record.h"

/* --- runs that died --------------------------------------------------------------- */

static void close_record(struct run_record *record, const char *result, const char *text)
{
    int64_t now = clock_now();

    for (size_t i = 0; i < record->step_count; i++) {
        struct step_record *step = &record->steps[i];

        if (step->end != 0)
            continue;
        step->end = now;
        step->result = result;
        step->text = text;
    }
    record->end = now;
    record->result = result;
    record->text = text;
}

/* Beside the history, so that nobody has to look through it. */
static struct store_key open_key(void)
{
    return store_key_bytes((struct store_key){0}, slice_text("open-run."));
}

void record_note_open(struct batch *batch, uint64_t run, const struct guid *agent,
                      bool open)
{
    struct store_key key = store_key_u64(open_key(), run);

    if (open)
        batch_put(batch, TABLE_META, store_key_view(&key),
                  slice_of((const char *)agent->bytes, sizeof agent->bytes));
    else
        batch_remove(batch, TABLE_META, store_key_view(&key));
}

static struct open_run open_run_of(const struct store_row *row)
{
    struct open_run open = {0};
    struct reader key = reader_of(row->key);

    (void)reader_bytes(&key, open_key().length);
    open.run = reader_u64(&key);
    if (row->value.length == sizeof open.agent.bytes)
        memcpy(open.agent.bytes, row->value.at, sizeof open.agent.bytes);
    return open;
}

enum ma_status record_open(struct batch *batch, open_runs *out, struct ma_error *err)
{
    struct store_key prefix = open_key();
    ARENA_AUTO arena = {0};
    store_rows rows = {0};
    enum ma_status status = batch_scan(batch, TABLE_META, store_key_view(&prefix),
                                       slice_of("", 0), SIZE_MAX, &arena, &rows, err);

    for (size_t i = 0; i < rows.count && status == MA_OK; i++)
        VEC_ADD(out, open_run_of(&rows.items[i]));
    VEC_FREE(&rows);
    return status;
}

static enum ma_status try_close(struct store *store, uint64_t run, const char *result,
                                const char *text, struct ma_error *err)
{
    struct batch *batch = batch_begin(store);
    ARENA_AUTO arena = {0};
    struct run_record record = {0};
    enum ma_status status = record_get(batch, &arena, run, &record, err);

    if (status == MA_NOT_FOUND)
        record_note_open(batch, run, &record.agent_id, false);
    if (status == MA_OK && record.end == 0) {
        close_record(&record, result, text);
        record_put(batch, &record);
    }
    if (status == MA_OK || status == MA_NOT_FOUND)
        status = batch_commit(batch, err);
    batch_end(batch);
    return status;
}

/* It may end by itself, or by somebody else's hand, while we look. */
enum ma_status record_close(struct store *store, uint64_t run, const char *result,
                            const char *text, struct ma_error *err)
{
    enum ma_status status;

    do
        status = try_close(store, run, result, text, err);
    while (status == MA_CONFLICT);
    return status;
}

enum ma_status record_close_dead(struct store *store,
                                 bool (*lives)(void *context, const struct guid *agent),
                                 void *context, const char *result, const char *text,
                                 struct ma_error *err)
{
    struct batch *batch = batch_begin(store);
    open_runs open = {0};
    enum ma_status status = record_open(batch, &open, err);

    batch_end(batch);
    for (size_t i = 0; i < open.count && status == MA_OK; i++)
        if (!lives(context, &open.items[i].agent))
            status = record_close(store, open.items[i].run, result, text, err);
    VEC_FREE(&open);
    return status;
}
