/* SPDX-License-Identifier: Apache-2.0 */
#include "store/batch.h"
#include "store/cs_rows.h"
#include "store/look.h"

enum ma_status object_read_decode(struct arena *arena, uint32_t agent, uint64_t id,
                                  struct object_read *stored, struct ma_error *err)
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

const struct delta *const *pending_deltas(const struct cs_object *object,
                                          const struct delta *room[4])
{
    room[0] = &object->pending_import;
    room[1] = &object->unconfirmed;
    room[2] = &object->escrowed;
    room[3] = &object->unapplied;
    return room;
}

uint64_t pending_values(const struct large_list *large, const struct cs_object *object)
{
    const struct delta *room[4];
    const struct delta *const *deltas = pending_deltas(object, room);
    uint64_t sum = 0;

    for (int i = 0; i < 4; i++)
        for (uint32_t j = 0; j < deltas[i]->count; j++) {
            const struct attr_delta *attr = &deltas[i]->attrs[j];
            uint64_t count = (uint64_t)attr->add_count + attr->del_count;

            if (count > LARGEST_INLINE || cs_is_large(large, attr->name))
                sum += count;
        }
    return sum;
}

/* --- get --------------------------------------------------------------------------- */

enum ma_status object_read(struct batch *batch, struct arena *arena, uint32_t agent,
                           uint64_t id, struct object_read *out, struct ma_error *err)
{
    enum ma_status status = look_at_rows(batch, agent, id, &out->row, &out->tower, err);

    if (status != MA_OK)
        return status;
    batch->store->work.objects_read++;
    out->row = arena_slice(arena, out->row);
    out->tower = arena_slice(arena, out->tower);
    if (object_read_decode(arena, agent, id, out, err) != MA_OK)
        return err->status;
    batch->store->work.values_read += pending_values(&out->large, &out->object);
    out->object.read = arena_copy(arena, out, sizeof *out);
    return MA_OK;
}

enum ma_status cs_get(struct batch *batch, struct arena *arena, uint32_t agent,
                      uint64_t id, struct cs_object *out, struct ma_error *err)
{
    const struct large_place place = {batch, agent, id};
    struct object_read stored = {0};
    enum ma_status status = object_read(batch, arena, agent, id, &stored, err);

    if (status == MA_OK)
        status =
            large_fill(&place, &stored.large, arena, &stored.object.hologram.entry, err);
    if (status == MA_OK)
        *out = stored.object;
    return status;
}

/* --- values at stake -------------------------------------------------------------- */

static void speak_of(value_sets *sets, const struct attr_delta *attr)
{
    if (attr->add_count > 0)
        VEC_ADD(sets, (struct value_set){attr->name, attr->adds, attr->add_count});
    if (attr->del_count > 0)
        VEC_ADD(sets, (struct value_set){attr->name, attr->dels, attr->del_count});
}

void speak_of_deltas(value_sets *sets, const struct large_list *large,
                     const struct cs_object *object)
{
    const struct delta *room[4];
    const struct delta *const *deltas = pending_deltas(object, room);

    for (int i = 0; i < 4; i++)
        for (uint32_t j = 0; j < deltas[i]->count; j++)
            if (cs_is_large(large, deltas[i]->attrs[j].name))
                speak_of(sets, &deltas[i]->attrs[j]);
}

void speak_of_wanted(value_sets *sets, const struct value_set *wanted, size_t count)
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
        if (delta->attrs[i].op == DELTA_SET && cs_is_large(large, delta->attrs[i].name))
            return true;
    return false;
}

static bool goes_by_value(const struct object_read *stored)
{
    const struct delta *room[4];
    const struct delta *const *deltas = pending_deltas(&stored->object, room);

    for (int i = 0; i < 4; i++)
        if (replaces(deltas[i], &stored->large))
            return false;
    return stored->large.count > 0;
}

static enum ma_status fill_some(const struct large_place *place,
                                struct object_read *stored,
                                const struct value_set *wanted, size_t count,
                                struct arena *arena, struct ma_error *err)
{
    value_sets sets = {0};
    struct large_some some = {0};
    enum ma_status status;

    speak_of_wanted(&sets, wanted, count);
    speak_of_deltas(&sets, &stored->large, &stored->object);
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
    struct object_read stored = {0};
    enum ma_status status = object_read(batch, arena, agent, id, &stored, err);

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
    struct object_read stored = {0};
    const struct large *stub;
    const struct attr *attr;
    enum ma_status status =
        look_at_rows(batch, agent, id, &stored.row, &stored.tower, err);

    *out = 0;
    if (status == MA_OK)
        status = object_read_decode(&arena, agent, id, &stored, err);
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
    struct object_read stored = {0};
    enum ma_status status =
        look_at_rows(batch, object->agent, object->id, &stored.row, &stored.tower, err);

    if (status == MA_OK)
        status = object_read_decode(arena, object->agent, object->id, &stored, err);
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
