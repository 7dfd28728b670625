/* SPDX-License-Identifier: Apache-2.0 */
#include "store/cs.h"

#include <stdio.h>

#include "base/error.h"
#include "store/batch.h"
#include "store/large.h"
#include "store/look.h"

/* An object as it is stored. Row: the stubs of its large attributes, then what
 * object_encode made. */
struct stored {
    struct slice row; /* empty: not there */
    struct slice tower;
    struct large_list large;
    struct cs_object object; /* without the values of large attributes */
};

static enum ma_status read_rows(struct batch *batch, uint32_t agent, uint64_t id,
                                struct stored *out, struct ma_error *err)
{
    return look_at_rows(batch, agent, id, &out->row, &out->tower, err);
}

static enum ma_status decode(struct arena *arena, uint32_t agent, uint64_t id,
                             struct stored *stored, struct ma_error *err)
{
    struct slice rest;

    if (!large_decode(arena, stored->row, &stored->large, &rest) ||
        !object_decode(arena, rest, stored->tower, &stored->object))
        return look_unreadable(agent, id, err);
    stored->object.id = id;
    stored->object.agent = agent;
    return MA_OK;
}

/* --- what is pending ------------------------------------------------------------- */

static const struct delta *const *deltas_of(const struct cs_object *object,
                                            const struct delta *room[4])
{
    room[0] = &object->pending_import;
    room[1] = &object->unconfirmed;
    room[2] = &object->escrowed;
    room[3] = &object->unapplied;
    return room;
}

static bool is_large(const struct large_list *large, uint32_t attribute)
{
    return large_stub(large, attribute) != NULL;
}

/* Values of large attributes that the deltas hold. */
static uint64_t pending_values(const struct large_list *large,
                               const struct cs_object *object)
{
    const struct delta *room[4];
    const struct delta *const *deltas = deltas_of(object, room);
    uint64_t sum = 0;

    for (int i = 0; i < 4; i++)
        for (uint32_t j = 0; j < deltas[i]->count; j++) {
            const struct attr_delta *attr = &deltas[i]->attrs[j];
            uint64_t count = (uint64_t)attr->add_count + attr->del_count;

            if (count > LARGEST_INLINE || is_large(large, attr->name))
                sum += count;
        }
    return sum;
}

/* --- get --------------------------------------------------------------------------- */

/* A copy that lives in the arena. */
static enum ma_status read_object(struct batch *batch, struct arena *arena,
                                  uint32_t agent, uint64_t id, struct stored *out,
                                  struct ma_error *err)
{
    enum ma_status status = read_rows(batch, agent, id, out, err);

    if (status != MA_OK)
        return status;
    batch->store->work.objects_read++;
    out->row = arena_slice(arena, out->row);
    out->tower = arena_slice(arena, out->tower);
    if (decode(arena, agent, id, out, err) != MA_OK)
        return err->status;
    batch->store->work.values_read += pending_values(&out->large, &out->object);
    return MA_OK;
}

enum ma_status cs_get(struct batch *batch, struct arena *arena, uint32_t agent,
                      uint64_t id, struct cs_object *out, struct ma_error *err)
{
    const struct large_place place = {batch, agent, id};
    struct stored stored = {0};
    enum ma_status status = read_object(batch, arena, agent, id, &stored, err);

    if (status == MA_OK)
        status =
            large_fill(&place, &stored.large, arena, &stored.object.hologram.entry, err);
    if (status == MA_OK)
        *out = stored.object;
    return status;
}

/* --- values at stake -----------------------------------------------------------------
 */

typedef VEC_OF(struct value_set) value_sets;

static void speak_of(value_sets *sets, const struct attr_delta *attr)
{
    if (attr->add_count > 0)
        VEC_ADD(sets, (struct value_set){attr->name, attr->adds, attr->add_count});
    if (attr->del_count > 0)
        VEC_ADD(sets, (struct value_set){attr->name, attr->dels, attr->del_count});
}

static void add_delta_sets(value_sets *sets, const struct large_list *large,
                           const struct cs_object *object)
{
    const struct delta *room[4];
    const struct delta *const *deltas = deltas_of(object, room);

    for (int i = 0; i < 4; i++)
        for (uint32_t j = 0; j < deltas[i]->count; j++)
            if (is_large(large, deltas[i]->attrs[j].name))
                speak_of(sets, &deltas[i]->attrs[j]);
}

static void add_wanted_sets(value_sets *sets, const struct value_set *wanted,
                            size_t count)
{
    for (size_t i = 0; i < count; i++)
        VEC_ADD(sets, wanted[i]);
}

/* A delta that says what there is, instead of what comes and goes, needs everything. */
static bool replaces(const struct delta *delta, const struct large_list *large)
{
    if (delta->op != DELTA_NONE && delta->op != DELTA_UPDATE)
        return true;
    for (uint32_t i = 0; i < delta->count; i++)
        if (delta->attrs[i].op == DELTA_SET && is_large(large, delta->attrs[i].name))
            return true;
    return false;
}

static bool goes_by_value(const struct stored *stored)
{
    const struct delta *room[4];
    const struct delta *const *deltas = deltas_of(&stored->object, room);

    for (int i = 0; i < 4; i++)
        if (replaces(deltas[i], &stored->large))
            return false;
    return stored->large.count > 0;
}

static enum ma_status fill_some(const struct large_place *place, struct stored *stored,
                                const struct value_set *wanted, size_t count,
                                struct arena *arena, struct ma_error *err)
{
    value_sets sets = {0};
    struct large_some some = {0};
    enum ma_status status;

    add_wanted_sets(&sets, wanted, count);
    add_delta_sets(&sets, &stored->large, &stored->object);
    status = large_fill_some(place, &stored->large, sets.items, sets.count, arena, &some,
                             &stored->object.hologram.entry, err);
    stored->object.partial = some.names;
    stored->object.partial_count = some.count;
    stored->object.wanted = arena_copy(arena, wanted, sizeof *wanted * count);
    stored->object.wanted_count = (uint32_t)count;
    VEC_FREE(&sets);
    return status;
}

enum ma_status cs_get_values(struct batch *batch, struct arena *arena, uint32_t agent,
                             uint64_t id, const struct value_set *wanted, size_t count,
                             struct cs_object *out, struct ma_error *err)
{
    const struct large_place place = {batch, agent, id};
    struct stored stored = {0};
    enum ma_status status = read_object(batch, arena, agent, id, &stored, err);

    if (status != MA_OK)
        return status;
    status = goes_by_value(&stored)
                 ? fill_some(&place, &stored, wanted, count, arena, err)
                 : large_fill(&place, &stored.large, arena, &stored.object.hologram.entry,
                              err);
    if (status == MA_OK)
        *out = stored.object;
    return status;
}

enum ma_status cs_get_outline(struct batch *batch, struct arena *arena, uint32_t agent,
                              uint64_t id, struct cs_object *out, struct ma_error *err)
{
    return cs_get_values(batch, arena, agent, id, NULL, 0, out, err);
}

enum ma_status cs_value_count(struct batch *batch, uint32_t agent, uint64_t id,
                              uint32_t attribute, uint64_t *out, struct ma_error *err)
{
    ARENA_AUTO arena = {0};
    struct stored stored = {0};
    const struct large *stub;
    const struct attr *attr;
    enum ma_status status = read_rows(batch, agent, id, &stored, err);

    *out = 0;
    if (status == MA_OK)
        status = decode(&arena, agent, id, &stored, err);
    if (status != MA_OK)
        return status;
    stub = large_stub(&stored.large, attribute);
    attr = entry_find(&stored.object.hologram.entry, attribute);
    *out = stub != NULL ? stub->count : attr != NULL ? attr->count : 0;
    return MA_OK;
}

enum ma_status cs_want(struct batch *batch, struct arena *arena,
                       const struct value_set *values, struct cs_object *object,
                       struct ma_error *err)
{
    const struct large_place place = {batch, object->agent, object->id};
    struct large_more more = {.values = values,
                              .wanted = &object->wanted,
                              .wanted_count = &object->wanted_count};
    struct stored stored = {0};
    enum ma_status status = read_rows(batch, object->agent, object->id, &stored, err);

    if (status == MA_OK)
        status = decode(arena, object->agent, object->id, &stored, err);
    more.stored = &stored.large;
    if (status == MA_OK)
        status = large_want(&place, &more, arena, &object->hologram.entry, err);
    return status;
}

struct entry cs_known(struct arena *arena, const struct entry *entry)
{
    struct attr *attrs = arena_copy(arena, entry->attrs, sizeof *attrs * entry->count);

    for (uint32_t i = 0; i < entry->count; i++)
        attrs[i] = large_without_witnesses(arena, &attrs[i]);
    return (struct entry){entry->count, attrs};
}

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
    struct stored stored;
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

    add_wanted_sets(&sets, p->object->wanted, p->object->wanted_count);
    add_delta_sets(&sets, &p->stored.large, &p->stored.object);
    how.named = sets.count;
    add_delta_sets(&sets, &p->stored.large, p->object);
    how.sets = sets.items;
    how.count = sets.count;
    status = large_compare(&place, &how, &p->batch->scratch, &p->plan, err);
    VEC_FREE(&sets);
    return status;
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
        derive_cs(batch->store, indexed, &before, &batch->scratch, &batch->before);
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
    const struct delta *const *deltas = deltas_of(object, room);

    for (int i = 0; i < 4; i++)
        for (uint32_t j = 0; j < deltas[i]->count; j++) {
            const struct attr_delta *attr = &deltas[i]->attrs[j];

            if (has_witness(attr->adds, attr->add_count) ||
                has_witness(attr->dels, attr->del_count))
                return true;
        }
    return false;
}

static enum ma_status put(struct put *p, struct ma_error *err)
{
    uint32_t agent = p->object->agent;
    uint64_t id = p->object->id;
    enum ma_status status = p->is_new ? batch_failure(p->batch, err)
                                      : read_rows(p->batch, agent, id, &p->stored, err);

    if (status != MA_OK && status != MA_NOT_FOUND)
        return status;
    if (is_equal_small(p))
        return MA_OK;
    if (p->stored.row.length > 0 &&
        decode(&p->batch->scratch, agent, id, &p->stored, err) != MA_OK)
        return err->status;
    if (p->object->partial_count > 0 && speaks_of_witness(p->object))
        return ma_fail(
            err, MA_BROKEN,
            "object %llu of agent %u was changed as a whole and only part of it "
            "was read: nothing is written",
            (unsigned long long)id, (unsigned)agent);
    if (plan_values(p, err) != MA_OK)
        return err->status;
    if (!p->encoded)
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
    struct stored stored = {0};
    enum ma_status status = read_object(batch, &batch->scratch, agent, id, &stored, err);

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
