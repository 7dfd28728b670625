/* SPDX-License-Identifier: Apache-2.0 */

/* An object goes into its rows, and what follows from it beside it. */

#include <stdio.h>

#include "base/error.h"
#include "store/batch.h"
#include "store/cs_rows.h"
#include "store/look.h"

/* --- put --------------------------------------------------------------------------- */

static const char *counter_of(struct batch *batch, uint32_t agent)
{
    if (batch->counter_of != agent)
        snprintf(batch->counter, sizeof batch->counter, "cs.%u", (unsigned)agent);
    batch->counter_of = agent;
    return batch->counter;
}

static void take_identity(struct batch *batch, struct cs_object *object)
{
    if (object->id == 0)
        object->id = batch_next(batch, counter_of(batch, object->agent));
    if (guid_is_zero(&object->guid))
        object->guid = guid_new();
}

struct put {
    struct batch *batch;
    const struct cs_object *object;
    bool is_new; /* its number was never anybody's: nothing is stored of it */
    struct object_read stored;
    struct large_plan plan;
    bool encoded; /* as it will be, for no value is elsewhere */
};

static struct large_place place_of(const struct put *p)
{
    return (struct large_place){p->batch, p->object->agent, p->object->id};
}

/* What becomes of values; decides nothing where there is no large attribute. */
static enum ma_status plan_values(struct put *p, struct ma_error *err)
{
    static const struct entry nothing;
    const struct large_place place = place_of(p);
    value_sets sets = {0};
    struct large_put how = {
        .stored = &p->stored.large,
        .before = &p->stored.object.hologram.entry,
        .after = p->object->has_hologram ? &p->object->hologram.entry : &nothing,
        .partial = p->object->partial,
        .partial_count = p->object->has_hologram ? p->object->partial_count : 0};
    enum ma_status status;

    speak_of_wanted(&sets, p->object->wanted, p->object->wanted_count);
    speak_of_deltas(&sets, &p->stored.large, &p->stored.object);
    how.named = sets.count;
    speak_of_deltas(&sets, &p->stored.large, p->object);
    how.sets = sets.items;
    how.count = sets.count;
    status = large_compare(&place, &how, &p->batch->scratch, &p->plan, err);
    VEC_FREE(&sets);
    return status;
}

/* There is no large attribute, neither before nor after. */
static void plan_nothing(struct put *p)
{
    p->plan.before = p->stored.object.hologram.entry;
    if (p->object->has_hologram)
        p->plan.after = p->object->hologram.entry;
}

static void encode(const struct put *p)
{
    struct cs_object slim = *p->object;
    struct batch *batch = p->batch;

    slim.hologram.entry = p->plan.kept;
    buf_clear(&batch->row);
    buf_clear(&batch->tower);
    large_encode(&p->plan.stubs, &batch->row);
    object_encode(&slim, &batch->row, &batch->tower);
}

/* `values`: of large attributes, that are pending afterwards. */
static void write_tower(struct batch *batch, const struct store_key *key,
                        struct slice before, struct slice after, uint64_t values)
{
    if (slice_equal(before, after))
        return;
    batch->store->work.values_written += values;
    if (after.length == 0)
        batch_remove(batch, TABLE_TOWER, store_key_view(key));
    else
        batch_put(batch, TABLE_TOWER, store_key_view(key), after);
}

static void write_derived(struct put *p)
{
    struct batch *batch = p->batch;
    const struct indexed *indexed = indexed_of(batch, p->object->agent);
    struct cs_object before = p->stored.object;
    struct cs_object after = *p->object;

    before.hologram.entry = p->plan.before;
    after.hologram.entry = p->plan.after;
    derived_clear(&batch->before);
    if (p->stored.row.length > 0)
        derive_change(batch->store, indexed, &before, &after, &batch->scratch,
                      &batch->before, &batch->after);
    else
        derive_cs(batch->store, indexed, &after, &batch->scratch, &batch->after);
    derived_change(batch, after.agent, after.id, &batch->before, &batch->after);
}

static void write_object(struct put *p)
{
    struct batch *batch = p->batch;
    struct store_key key = object_key(p->object->agent, p->object->id);
    const struct large_place place = place_of(p);

    write_derived(p);
    large_write(&place, &p->plan);
    if (p->stored.row.length == 0)
        count_change(batch, COUNT_ALL, p->object->agent, 1);
    write_tower(batch, &key, p->stored.tower, buf_view(&batch->tower),
                pending_values(&p->plan.stubs, p->object));
    if (!slice_equal(p->stored.row, buf_view(&batch->row)))
        batch_put(batch, TABLE_CS, store_key_view(&key), buf_view(&batch->row));
}

static bool is_equal(const struct put *p)
{
    return slice_equal(p->stored.row, buf_view(&p->batch->row)) &&
           slice_equal(p->stored.tower, buf_view(&p->batch->tower));
}

/* The usual case, and the cheap one: no large attribute on either side, so the bytes can
 * be compared where they lie, and nothing is decoded. */
static bool is_equal_small(struct put *p)
{
    if (large_is_in(p->stored.row) || large_entry(&p->object->hologram.entry))
        return false;
    p->plan.kept = p->object->hologram.entry;
    encode(p);
    p->encoded = true;
    return is_equal(p);
}

static bool has_witness(const struct slice *values, uint32_t count)
{
    for (uint32_t i = count; i-- > 0;) /* they sort last, or nearly so */
        if (large_is_witness(values[i]))
            return true;
    return false;
}

/* Then somebody took the part of an object for the whole. */
static bool speaks_of_witness(const struct cs_object *object)
{
    const struct delta *room[4];
    const struct delta *const *deltas = pending_deltas(object, room);

    for (int i = 0; i < 4; i++)
        for (uint32_t j = 0; j < deltas[i]->count; j++) {
            const struct attr_delta *attr = &deltas[i]->attrs[j];

            if (has_witness(attr->adds, attr->add_count) ||
                has_witness(attr->dels, attr->del_count))
                return true;
        }
    return false;
}

/* Nobody wrote it since the object was read: then it need not be decoded again. */
static bool is_as_read(struct put *p)
{
    const struct object_read *read = p->object->read;

    if (read == NULL || !slice_equal(read->row, p->stored.row) ||
        !slice_equal(read->tower, p->stored.tower))
        return false;
    p->stored = *read;
    return true;
}

static enum ma_status put(struct put *p, struct ma_error *err)
{
    uint32_t agent = p->object->agent;
    uint64_t id = p->object->id;
    enum ma_status status = p->is_new ? batch_failure(p->batch, err)
                                      : look_at_rows(p->batch, agent, id, &p->stored.row,
                                                     &p->stored.tower, err);

    if (status != MA_OK && status != MA_NOT_FOUND)
        return status;
    if (is_equal_small(p))
        return MA_OK;
    if (p->stored.row.length > 0 && !is_as_read(p) &&
        object_read_decode(&p->batch->scratch, agent, id, &p->stored, err) != MA_OK)
        return err->status;
    if (p->object->partial_count > 0 && speaks_of_witness(p->object))
        return ma_fail(
            err, MA_BROKEN,
            "object %llu of agent %u was changed as a whole and only part of it "
            "was read: nothing is written",
            (unsigned long long)id, (unsigned)agent);
    if (!p->encoded && plan_values(p, err) != MA_OK)
        return err->status;
    if (p->encoded)
        plan_nothing(p);
    else
        encode(p);
    if (!is_equal(p))
        write_object(p);
    return MA_OK;
}

enum ma_status cs_put(struct batch *batch, struct cs_object *object, struct ma_error *err)
{
    struct arena_mark mark = arena_mark(&batch->scratch);
    struct put p = {.batch = batch, .object = object, .is_new = object->id == 0};
    enum ma_status status;

    take_identity(batch, object);
    status = put(&p, err);
    arena_rewind(&batch->scratch, mark);
    return status;
}

/* --- remove ------------------------------------------------------------------------ */

static enum ma_status remove_object(struct batch *batch, uint32_t agent, uint64_t id,
                                    struct ma_error *err)
{
    const struct large_place place = {batch, agent, id};
    struct store_key key = object_key(agent, id);
    struct object_read stored = {0};
    enum ma_status status = object_read(batch, &batch->scratch, agent, id, &stored, err);

    if (status == MA_OK)
        status = large_fill(&place, &stored.large, &batch->scratch,
                            &stored.object.hologram.entry, err);
    if (status == MA_OK)
        status = large_drop(&place, &stored.large, err);
    if (status != MA_OK)
        return status;
    derive_cs(batch->store, indexed_of(batch, agent), &stored.object, &batch->scratch,
              &batch->before);
    derived_clear(&batch->after);
    derived_change(batch, agent, id, &batch->before, &batch->after);
    count_change(batch, COUNT_ALL, agent, -1);
    write_tower(batch, &key, stored.tower, slice_of("", 0), 0);
    batch_remove(batch, TABLE_CS, store_key_view(&key));
    batch_remove(batch, TABLE_MEMO, store_key_view(&key));
    return MA_OK;
}

enum ma_status cs_remove(struct batch *batch, uint32_t agent, uint64_t id,
                         struct ma_error *err)
{
    struct arena_mark mark = arena_mark(&batch->scratch);
    enum ma_status status = remove_object(batch, agent, id, err);

    arena_rewind(&batch->scratch, mark);
    return status;
}
