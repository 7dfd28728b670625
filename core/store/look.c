/* SPDX-License-Identifier: Apache-2.0 */
#include "store/look.h"

#include "store/batch.h"
#include "store/large.h"

enum ma_status look_unreadable(uint32_t agent, uint64_t id, struct ma_error *err)
{
    return ma_fail(err, MA_BROKEN,
                   "object %llu of agent %u cannot be read from the store; mactl db "
                   "verify says what else is wrong, a backup what was right",
                   (unsigned long long)id, (unsigned)agent);
}

enum ma_status look_at_rows(struct batch *batch, uint32_t agent, uint64_t id,
                            struct slice *row, struct slice *tower, struct ma_error *err)
{
    struct store_key key = object_key(agent, id);
    enum ma_status status = batch_get(batch, TABLE_CS, store_key_view(&key), row);

    if (status == MA_OK)
        batch_get(batch, TABLE_TOWER, store_key_view(&key), tower);
    return batch_failure(batch, err) != MA_OK ? err->status : status;
}

/* What is read of an object: a row's bytes behind what is large, and its tower. */
typedef bool decoder(struct arena *arena, struct slice rest, struct slice tower,
                     struct cs_object *out);

static bool decode_outline(struct arena *arena, struct slice rest, struct slice tower,
                           struct cs_object *out)
{
    (void)arena;
    return object_decode_outline(rest, tower, out);
}

static enum ma_status look(struct batch *batch, struct arena *arena, decoder *decode,
                           uint32_t agent, uint64_t id, struct cs_object *out,
                           struct ma_error *err)
{
    struct slice row = {0};
    struct slice tower = {0};
    struct slice rest;
    enum ma_status status = look_at_rows(batch, agent, id, &row, &tower, err);

    if (status != MA_OK)
        return status;
    batch->store->work.objects_read++;
    if (!large_skip(row, &rest) || !decode(arena, rest, tower, out))
        return look_unreadable(agent, id, err);
    out->id = id;
    out->agent = agent;
    return MA_OK;
}

enum ma_status look_at(struct batch *batch, uint32_t agent, uint64_t id,
                       struct cs_object *out, struct ma_error *err)
{
    return look(batch, NULL, decode_outline, agent, id, out, err);
}

enum ma_status look_at_pending(struct batch *batch, struct arena *arena, uint32_t agent,
                               uint64_t id, struct cs_object *out, struct ma_error *err)
{
    return look(batch, arena, object_decode_pending, agent, id, out, err);
}

enum ma_status cs_link(struct batch *batch, uint32_t agent, uint64_t id, uint64_t *mv,
                       struct ma_error *err)
{
    struct store_key key = object_key(agent, id);
    struct slice row;
    struct slice rest;
    enum ma_status status = batch_get(batch, TABLE_CS, store_key_view(&key), &row);

    if (batch_failure(batch, err) != MA_OK)
        return err->status;
    if (status != MA_OK)
        return status;
    batch->store->work.objects_read++;
    return large_skip(row, &rest) && object_decode_link(rest, mv)
               ? MA_OK
               : look_unreadable(agent, id, err);
}

/* --- by its anchor, with what the last import showed ------------------------------- */

/* Whether all of it is there to be compared; who it is, in any case. */
static bool is_whole(struct slice row, struct slice tower, struct object_shown *out)
{
    struct slice rest;

    *out = (struct object_shown){0};
    return large_skip(row, &rest) && object_shown(rest, tower, out) && !large_is_in(row);
}

static enum ma_status find_among(struct batch *batch, uint32_t agent, const id_list *ids,
                                 struct slice anchor, struct cs_shown *out,
                                 struct ma_error *err)
{
    for (size_t i = 0; i < ids->count; i++) {
        struct slice row = {0};
        struct slice tower = {0};
        enum ma_status status =
            look_at_rows(batch, agent, ids->items[i], &row, &tower, err);

        if (status == MA_OK) {
            bool whole = is_whole(row, tower, &out->shown);

            if (!slice_equal(out->shown.anchor, anchor))
                continue;
            out->id = ids->items[i]; /* as cs_find_anchor: the first */
            return whole ? MA_OK : MA_NOT_FOUND;
        } else if (status != MA_NOT_FOUND) {
            return status;
        }
    }
    return MA_NOT_FOUND;
}

/* The next row, if that is who has it. */
static enum ma_status find_next(struct batch *batch, uint32_t agent, struct slice anchor,
                                struct cs_shown *out, struct ma_error *err)
{
    uint64_t next = known_next(&batch->known, agent);

    batch->found.count = 0;
    if (next == 0)
        return MA_NOT_FOUND;
    VEC_ADD(&batch->found, next);
    return find_among(batch, agent, &batch->found, anchor, out, err);
}

enum ma_status cs_find_shown(struct batch *batch, uint32_t agent, struct slice anchor,
                             struct cs_shown *out, struct ma_error *err)
{
    id_list *ids = &batch->found;
    enum ma_status status;

    out->id = 0;
    status = find_next(batch, agent, anchor, out, err);
    if (status == MA_NOT_FOUND && out->id == 0) {
        ids->count = 0;
        status = batch_find_in(batch, agent,
                               store_hash(batch->store, agent, INDEX_ANCHOR, anchor), ids,
                               err);
        if (status == MA_OK)
            status = find_among(batch, agent, ids, anchor, out, err);
    }
    known_found(&batch->known, agent, out->id);
    return status;
}

bool cs_shows(struct batch *batch, const struct cs_shown *object,
              const struct image *image)
{
    batch->store->work.objects_read++;
    return object_shows(&object->shown, image);
}
