/* SPDX-License-Identifier: Apache-2.0 */

/* Records and errors in the store. */

#include "base/json.h"
#include "history/record_rows.h"

/* --- rows ------------------------------------------------------------------------- */

struct store_key record_rows_key(uint64_t run)
{
    return store_key_u64((struct store_key){.length = 0}, run);
}

struct store_key record_rows_part(uint64_t run, const char *part)
{
    return store_key_bytes(record_rows_key(run), slice_text(part));
}

enum { ROWS = 256 }; /* read at once */

enum ma_status record_rows_each(struct batch *batch, const struct store_key *prefix,
                                void (*each)(void *context, struct slice key,
                                             struct slice row),
                                void *context, struct ma_error *err)
{
    ARENA_AUTO arena = {0};
    store_rows rows = {0};
    struct store_key from = {.length = 0};
    enum ma_status status = MA_OK;
    bool more = true;

    while (status == MA_OK && more) {
        rows.count = 0;
        arena_reset(&arena);
        status = batch_scan(batch, TABLE_RUNS, store_key_view(prefix),
                            store_key_view(&from), ROWS, &arena, &rows, err);
        for (size_t i = 0; status == MA_OK && i < rows.count; i++)
            each(context, rows.items[i].key, rows.items[i].value);
        more = rows.count == ROWS;
        if (more)
            from = store_key_bytes((struct store_key){.length = 0},
                                   rows.items[rows.count - 1].key);
    }
    VEC_FREE(&rows);
    return status;
}

/* --- records ---------------------------------------------------------------------- */

uint64_t record_next(struct batch *batch)
{
    return batch_next(batch, "run");
}

void record_put(struct batch *batch, const struct run_record *record)
{
    BUF_AUTO row = {0};
    struct store_key key = record_rows_key(record->number);

    json_write(record_json(record), &row);
    batch_put(batch, TABLE_RUNS, store_key_view(&key), buf_view(&row));
    record_note_open(batch, record->number, &record->agent_id, record->end == 0);
}

static json_t *parsed(struct slice row)
{
    return json_loadb(row.at, row.length, 0, NULL);
}

enum ma_status record_get(struct batch *batch, struct arena *arena, uint64_t run,
                          struct run_record *out, struct ma_error *err)
{
    struct store_key key = record_rows_key(run);
    struct slice row;
    json_t *document;
    bool good;
    enum ma_status status = batch_get(batch, TABLE_RUNS, store_key_view(&key), &row);

    if (status == MA_NOT_FOUND)
        return ma_fail(err, MA_NOT_FOUND, "there is no run %llu",
                       (unsigned long long)run);
    if (status != MA_OK)
        return ma_fail(err, status, "the history of run %llu cannot be read",
                       (unsigned long long)run);
    document = parsed(row);
    good = record_from_json(arena, document, out);
    json_decref(document);
    return good ? MA_OK
                : ma_fail(err, MA_BROKEN, "the history of run %llu is damaged",
                          (unsigned long long)run);
}

/* What is never committed was never taken. */
uint64_t record_last(struct batch *batch)
{
    struct batch *look = batch_begin(batch_store(batch));
    uint64_t next = batch_next(look, "run");

    batch_end(look);
    return next - 1;
}

uint64_t record_first(struct batch *batch)
{
    ARENA_AUTO arena = {0};
    store_rows rows = {0};
    struct ma_error ignored; /* whoever reads the run itself is told */
    uint64_t first = 0;

    if (batch_scan(batch, TABLE_RUNS, slice_of(NULL, 0), slice_of(NULL, 0), 1, &arena,
                   &rows, &ignored) == MA_OK &&
        rows.count == 1) {
        struct reader key = reader_of(rows.items[0].key);

        first = reader_u64(&key);
    }
    VEC_FREE(&rows);
    return first;
}

/* --- errors ----------------------------------------------------------------------- */

void record_put_error(struct batch *batch, uint64_t run, unsigned step, unsigned index,
                      json_t *error)
{
    BUF_AUTO row = {0};
    struct store_key key =
        store_key_u32(store_key_u32(record_rows_part(run, "e"), step), index);

    json_write(error, &row);
    batch_put(batch, TABLE_RUNS, store_key_view(&key), buf_view(&row));
}

static void add_error(void *context, struct slice key, struct slice row)
{
    json_t *error = parsed(row);

    (void)key;
    if (error != NULL)
        json_array_append_new(context, error);
}

enum ma_status record_errors(struct batch *batch, uint64_t run, unsigned step,
                             json_t **out, struct ma_error *err)
{
    struct store_key prefix = record_rows_part(run, "e");
    json_t *errors = json_array();
    enum ma_status status;

    if (step != 0)
        prefix = store_key_u32(prefix, step);
    status = record_rows_each(batch, &prefix, add_error, errors, err);
    if (status == MA_OK)
        *out = errors;
    else
        json_decref(errors);
    return status;
}

/* --- forgetting ------------------------------------------------------------------- */

static void remove_row(void *context, struct slice key, struct slice row)
{
    (void)row;
    batch_remove(context, TABLE_RUNS, key);
}

enum ma_status record_forget(struct batch *batch, uint64_t run, struct ma_error *err)
{
    struct store_key prefix = record_rows_key(run);
    enum ma_status status = record_rows_each(batch, &prefix, remove_row, batch, err);

    return status == MA_OK ? batch_commit(batch, err) : status;
}
