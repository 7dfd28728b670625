/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The set of pending exports of an agent: what its guards count, and a digest by which it
 * is known again. The digest is of ids and deltas in the order of ids, so it is the same
 * as long as exactly the same would be sent.
 */

#include "export/state.h"

void set_begin(struct gathering *gathering, struct batch *batch)
{
    *gathering = (struct gathering){.set = {.id = ""}, .batch = batch};
    crypto_generichash_init(&gathering->hash, NULL, 0, SET_DIGEST);
}

static bool clears(const struct attr_delta *change, const struct entry *before)
{
    const struct attr *was = entry_find(before, change->name);

    if (was == NULL || change->add_count > 0)
        return false;
    return change->op == DELTA_SET || change->del_count >= was->count;
}

static bool stays(const struct attr_delta *change, struct slice value)
{
    for (uint32_t i = 0; i < change->add_count; i++)
        if (slice_equal(change->adds[i], value))
            return true;
    return false;
}

/* An attribute that is set anew is read as a whole, so `before` has all of it. */
static uint32_t removals(const struct attr_delta *change, const struct entry *before)
{
    const struct attr *was = entry_find(before, change->name);
    uint32_t count = 0;

    if (change->op == DELTA_VALUES)
        return change->del_count;
    for (uint32_t i = 0; was != NULL && was->count > 1 && i < was->count; i++)
        count += !stays(change, was->values[i]);
    return count;
}

/* A manager that changes is no member that goes: references of one value do not count. */
static enum ma_status count_members(struct gathering *gathering,
                                    const struct cs_object *object,
                                    const struct attr_delta *change,
                                    const struct entry *before, struct ma_error *err)
{
    uint32_t gone = change->type == VALUE_REFERENCE ? removals(change, before) : 0;
    uint64_t had;

    if (gone == 0)
        return MA_OK;
    if (cs_value_count(gathering->batch, object->agent, object->id, change->name, &had,
                       err) != MA_OK)
        return err->status;
    gathering->set.of[GUARDED_MEMBER_REMOVALS] += gone;
    gathering->set.members += had < gone ? gone : had;
    return MA_OK;
}

/* Only what takes values away is a matter of those that are there. */
static bool takes_away(const struct delta *delta)
{
    for (uint32_t i = 0; i < delta->count; i++)
        if (delta->attrs[i].add_count == 0 || delta->attrs[i].type == VALUE_REFERENCE)
            return true;
    return false;
}

static enum ma_status count_changes(struct gathering *gathering, struct arena *arena,
                                    const struct cs_object *object, struct ma_error *err)
{
    const struct delta *delta = &object->unapplied;
    struct cs_object whole;
    struct image before;
    enum ma_status status = MA_OK;

    if (!takes_away(delta))
        return MA_OK;
    if (cs_get_outline(gathering->batch, arena, object->agent, object->id, &whole, err) !=
        MA_OK)
        return err->status;
    before = object_image(arena, &whole, LAYER_UNCONFIRMED);
    for (uint32_t i = 0; status == MA_OK && i < delta->count; i++) {
        gathering->set.of[GUARDED_ATTRIBUTE_CLEARS] +=
            clears(&delta->attrs[i], &before.entry);
        status = count_members(gathering, object, &delta->attrs[i], &before.entry, err);
    }
    return status;
}

enum ma_status set_add(struct gathering *gathering, struct arena *arena,
                       const struct cs_object *object, struct ma_error *err)
{
    const struct delta *delta = &object->unapplied;
    struct export_set *set = &gathering->set;
    struct buf *bytes = &gathering->bytes;

    if (delta->op == DELTA_DELETE || delta->op == DELTA_DELETE_ADD)
        set->of[GUARDED_DELETES]++;
    if (delta->op == DELTA_UPDATE) {
        set->of[GUARDED_RENAMES] += delta->dn != NULL;
        set->of[GUARDED_UPDATES] += delta->count > 0;
        if (count_changes(gathering, arena, object, err) != MA_OK)
            return err->status;
    }
    buf_clear(bytes);
    buf_u64(bytes, object->id);
    delta_encode(delta, bytes);
    crypto_generichash_update(&gathering->hash, (const unsigned char *)bytes->at,
                              bytes->length);
    return MA_OK;
}

void set_end(struct gathering *gathering)
{
    unsigned char digest[SET_DIGEST];

    crypto_generichash_final(&gathering->hash, digest, sizeof digest);
    sodium_bin2hex(gathering->set.id, sizeof gathering->set.id, digest, sizeof digest);
    buf_free(&gathering->bytes);
}
