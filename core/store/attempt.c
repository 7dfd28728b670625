/* SPDX-License-Identifier: Apache-2.0 */
#include "store/attempt.h"

#include "base/buf.h"
#include "store/batch.h"

struct attempt_write {
    struct slice key;
    struct slice value;
    enum store_table table;
    enum write_state state;
};

struct attempt {
    struct premise premise;
    const struct attempt_write *writes; /* one a row */
    size_t write_count;
    const struct index_write *index; /* in the order in which they were made */
    size_t index_count;
    const struct attempt_taken *taken;
    size_t taken_count;
    struct store_work work;
    bool failed;
};

/* --- batches above another one ---------------------------------------------------- */

/* The counters of work are written by whoever reads, so each has his own. */
static struct store *own_handle(const struct store *of)
{
    struct store *store = mem_copy(of, sizeof *of);

    store->work = (struct store_work){0};
    return store;
}

struct batch *batch_above(struct batch *base, struct arena *arena)
{
    struct batch *above = batch_begin(own_handle(base->store));

    above->base = base;
    above->premise.arena = arena;
    return above;
}

void attempt_end(struct batch *above)
{
    premise_free(&above->premise);
    if (above->base != NULL)
        free(above->store);
}

void attempt_wave(struct batch *base)
{
    overlay_begin_wave(&base->overlay);
}

bool attempt_follow(struct batch *above)
{
    struct ma_error ignored; /* in turn, it is told */

    if (batch_look(above->base, &ignored) != MA_OK)
        return false;
    if (snapshot_same(above->snapshot, above->base->snapshot))
        return true;
    batch_release(above);
    return batch_look(above, &ignored) == MA_OK &&
           snapshot_same(above->snapshot, above->base->snapshot);
}

/* --- numbers -------------------------------------------------------------------------
 *
 * Rows of TABLE_META. Lengths of queues are sums to which everybody adds: above another
 * batch, such a row holds what is to be added.
 */

static uint64_t number_of(struct slice row)
{
    struct reader reader = reader_of(row);

    return row.length == 0 ? 0 : reader_u64(&reader);
}

void attempt_suppose(struct batch *above, struct slice counter, uint64_t last)
{
    BUF_AUTO row = {0};

    if (last > 0)
        buf_u64(&row, last);
    (void)premise_add_number(&above->premise, counter, buf_view(&row));
}

static enum ma_status read_below(struct batch *above, struct slice key, struct slice *out)
{
    const struct write *write = overlay_find(&above->base->overlay, TABLE_META, key);
    enum ma_status status;

    *out = slice_of("", 0);
    if (write != NULL) {
        *out = write->value; /* empty, where it was removed */
        return MA_OK;
    }
    if (batch_look(above, &above->failure) != MA_OK)
        return above->failure.status;
    status = snapshot_get(above->snapshot, TABLE_META, key, out, &above->failure);
    return status == MA_NOT_FOUND ? MA_OK : status;
}

/* As the base has it, or is supposed to have it. */
static enum ma_status ask(struct batch *above, struct slice key, struct slice *out)
{
    struct premise_number *number = premise_number(&above->premise, key);
    struct slice value;
    enum ma_status status;

    if (number == NULL) {
        status = read_below(above, key, &value);
        if (status != MA_OK)
            return status;
        number = premise_add_number(&above->premise, key, value);
    }
    number->asked = true;
    *out = number->value;
    return MA_OK;
}

enum ma_status attempt_number(struct batch *above, struct slice key, struct slice *out)
{
    const struct write *own = overlay_find(&above->overlay, TABLE_META, key);
    enum ma_status status = MA_OK;

    if (own != NULL)
        *out = own->value;
    else
        status = ask(above, key, out);
    return status == MA_OK && out->length == 0 ? MA_NOT_FOUND : status;
}

enum ma_status attempt_length(struct batch *above, struct slice key, uint64_t *out)
{
    const struct write *own = overlay_find(&above->overlay, TABLE_META, key);
    struct slice below;
    enum ma_status status = ask(above, key, &below);

    if (status == MA_OK)
        *out = number_of(below) + (own == NULL ? 0 : number_of(own->value));
    return status;
}

void attempt_count(struct batch *above, struct slice key, int64_t by)
{
    const struct write *own = overlay_find(&above->overlay, TABLE_META, key);
    uint64_t sum = own == NULL ? 0 : number_of(own->value);

    batch_put_number(above, key, sum + (uint64_t)by);
}

static bool is_length(const struct attempt_write *write)
{
    return write->table == TABLE_META && slice_begins(write->key, slice_text("count."));
}

static bool is_counter(const struct attempt_write *write)
{
    return write->table == TABLE_META && slice_begins(write->key, slice_text("counter."));
}

/* --- taking ------------------------------------------------------------------------ */

static size_t count_writes(const struct overlay *overlay)
{
    size_t count = 0;

    for (int table = 0; table < TABLE_COUNT; table++)
        for (const struct write *at = overlay->lists[table].head[0]; at != NULL;
             at = at->next[0])
            count += at->state != WRITE_NONE;
    return count;
}

static void take_writes(const struct overlay *overlay, struct arena *arena,
                        struct attempt *attempt)
{
    struct attempt_write *writes =
        ARENA_ARRAY(arena, struct attempt_write, count_writes(overlay));
    size_t count = 0;

    for (int table = 0; table < TABLE_COUNT; table++)
        for (const struct write *at = overlay->lists[table].head[0]; at != NULL;
             at = at->next[0])
            if (at->state != WRITE_NONE)
                writes[count++] = (struct attempt_write){
                    .key = arena_slice(arena, at->key),
                    .value = arena_slice(arena, at->value),
                    .table = (enum store_table)table,
                    .state = (enum write_state)at->state,
                };
    attempt->writes = writes;
    attempt->write_count = count;
}

static void take_numbers(struct arena *arena, struct attempt *attempt)
{
    struct attempt_taken *taken =
        ARENA_ARRAY(arena, struct attempt_taken, attempt->premise.numbers.count);

    for (size_t i = 0; i < attempt->write_count; i++) {
        const struct attempt_write *write = &attempt->writes[i];
        const struct premise_number *number =
            is_counter(write) ? premise_number(&attempt->premise, write->key) : NULL;

        if (number != NULL)
            taken[attempt->taken_count++] = (struct attempt_taken){
                write->key, number_of(write->value) - number_of(number->value)};
    }
    attempt->taken = taken;
}

const struct attempt *attempt_take(struct batch *above)
{
    struct arena *arena = above->premise.arena;
    struct attempt *attempt = arena_zero(arena, sizeof *attempt);
    const struct overlay *overlay = &above->overlay;

    attempt->premise = premise_keep(&above->premise);
    attempt->index_count = overlay->index.count;
    attempt->index = arena_copy(arena, overlay->index.items,
                                overlay->index.count * sizeof *overlay->index.items);
    attempt->work = above->store->work;
    attempt->failed = above->failure.status != MA_OK;
    if (overlay->write_count > 0)
        take_writes(overlay, arena, attempt);
    take_numbers(arena, attempt);
    overlay_clear(&above->overlay);
    premise_clear(&above->premise);
    batch_forget_parent(above); /* the next one has to have read it itself */
    above->store->work = (struct store_work){0};
    above->objects = 0;
    above->failure = (struct ma_error){.status = MA_OK};
    return attempt;
}

/* --- applying ---------------------------------------------------------------------- */

const struct attempt_taken *attempt_taken(const struct attempt *attempt, size_t *count)
{
    *count = attempt->taken_count;
    return attempt->taken;
}

static struct slice number_now(struct batch *base, struct slice key)
{
    struct slice row;

    return batch_get(base, TABLE_META, key, &row) == MA_OK ? row : slice_of("", 0);
}

uint64_t attempt_last(struct batch *base, struct slice counter)
{
    return number_of(number_now(base, counter));
}

static bool numbers_hold(struct batch *base, const struct premise *premise)
{
    for (size_t i = 0; i < premise->numbers.count; i++) {
        const struct premise_number *number = &premise->numbers.items[i];

        if (number->asked && !slice_equal(number->value, number_now(base, number->key)))
            return false;
    }
    return true;
}

enum attempt_state attempt_state(struct batch *base, const struct attempt *attempt)
{
    if (attempt->failed || !premise_stands(&attempt->premise, &base->overlay))
        return ATTEMPT_STALE;
    return numbers_hold(base, &attempt->premise) ? ATTEMPT_HOLDS : ATTEMPT_NUMBERS;
}

static void apply_write(struct batch *base, const struct attempt_write *write)
{
    if (is_length(write))
        batch_put_number(base, write->key,
                         attempt_last(base, write->key) + number_of(write->value));
    else
        batch_write(base, write->table, write->key, write->state, write->value);
}

void attempt_apply(struct batch *base, const struct attempt *attempt)
{
    struct store_work *work = &base->store->work;

    for (size_t i = 0; i < attempt->write_count; i++)
        apply_write(base, &attempt->writes[i]);
    for (size_t i = 0; i < attempt->index_count; i++)
        batch_write_index(base, attempt->index[i].hash, attempt->index[i].id,
                          attempt->index[i].add);
    batch_forget_parent(base);
    work->objects_read += attempt->work.objects_read;
    work->values_read += attempt->work.values_read;
    work->values_written += attempt->work.values_written;
}
