/* SPDX-License-Identifier: Apache-2.0 */

/* Rows in order: what a batch wrote merged with what lies below it. */

#include "store/batch.h"

enum { MOST_LAYERS = 2 };

struct merge {
    struct slice prefix;
    struct slice from; /* exclusive; empty: none */
    struct walk below;
    /* The next writes of the batch, and of the one that it lies above. */
    const struct write *above[MOST_LAYERS];
    size_t layers;
};

static const struct write *in_force(const struct write *at, struct slice prefix)
{
    while (at != NULL && at->state == WRITE_NONE)
        at = at->next[0];
    return at != NULL && slice_begins(at->key, prefix) ? at : NULL;
}

/* The write with the least key, the upper layer's where they are equal; NULL: none. */
static const struct write *least_write(struct merge *merge)
{
    const struct write *least = NULL;

    for (size_t i = 0; i < merge->layers; i++) {
        merge->above[i] = in_force(merge->above[i], merge->prefix);
        if (merge->above[i] != NULL &&
            (least == NULL || slice_compare(merge->above[i]->key, least->key) < 0))
            least = merge->above[i];
    }
    return least;
}

/* Behind this key, in all layers. */
static void pass_writes(struct merge *merge, struct slice key)
{
    for (size_t i = 0; i < merge->layers; i++)
        if (merge->above[i] != NULL && slice_equal(merge->above[i]->key, key))
            merge->above[i] = merge->above[i]->next[0];
}

/* The next row of all, the uppermost word counting; `ended`: there is none. `key` lives
 * as long as the snapshot and the overlays. `gone`: it was removed. */
static enum ma_status merge_next(struct batch *batch, struct merge *merge,
                                 struct store_row *row, bool *gone, bool *ended,
                                 struct ma_error *err)
{
    bool below = !merge->below.ended && slice_begins(merge->below.row.key, merge->prefix);
    const struct write *above = least_write(merge);
    int order;

    *ended = !below && above == NULL;
    if (*ended)
        return MA_OK;
    order = !below          ? 1
            : above == NULL ? -1
                            : slice_compare(merge->below.row.key, above->key);
    *gone = order >= 0 && above->state == WRITE_REMOVE;
    *row = order < 0 ? merge->below.row : (struct store_row){above->key, above->value};
    if (order >= 0)
        pass_writes(merge, above->key);
    return order <= 0 ? walk_next(&merge->below, batch->snapshot, err) : MA_OK;
}

static enum ma_status merge_rows(struct batch *batch, struct merge *merge, size_t limit,
                                 bool keys_only, struct arena *arena, store_rows *out,
                                 struct ma_error *err)
{
    struct store_row row;
    bool gone = false;
    bool ended = false;

    while (out->count < limit) {
        enum ma_status status = merge_next(batch, merge, &row, &gone, &ended, err);

        if (status != MA_OK || ended)
            return status;
        if (!gone && (merge->from.length == 0 || !slice_equal(row.key, merge->from)))
            VEC_ADD(out, (struct store_row){arena_slice(arena, row.key),
                                            keys_only ? slice_of("", 0)
                                                      : arena_slice(arena, row.value)});
    }
    return MA_OK;
}

static void begin_layers(struct batch *batch, struct merge *merge, enum store_table table,
                         struct slice begin)
{
    merge->above[merge->layers++] = overlay_seek(&batch->overlay, table, begin);
    if (batch->base != NULL)
        merge->above[merge->layers++] = overlay_seek(&batch->base->overlay, table, begin);
}

static enum ma_status scan(struct batch *batch, enum store_table table,
                           struct slice prefix, struct slice from, size_t limit,
                           bool keys_only, struct arena *arena, store_rows *out,
                           struct ma_error *err)
{
    struct slice begin = slice_compare(from, prefix) > 0 ? from : prefix;
    struct merge merge = {.prefix = prefix, .from = from};
    enum ma_status status = batch_look(batch, err);

    out->count = 0;
    begin_layers(batch, &merge, table, begin);
    if (status == MA_OK)
        status = walk_begin(&merge.below, batch->snapshot, table, begin, err);
    if (status == MA_OK)
        status = merge_rows(batch, &merge, limit, keys_only, arena, out, err);
    walk_end(&merge.below);
    if (batch_is_noted(batch))
        premise_range(&batch->premise, table, prefix, begin,
                      out->count == 0 || out->count < limit
                          ? slice_of("", 0)
                          : out->items[out->count - 1].key);
    return status;
}

enum ma_status batch_scan(struct batch *batch, enum store_table table,
                          struct slice prefix, struct slice from, size_t limit,
                          struct arena *arena, store_rows *out, struct ma_error *err)
{
    return scan(batch, table, prefix, from, limit, false, arena, out, err);
}

enum ma_status batch_scan_keys(struct batch *batch, enum store_table table,
                               struct slice prefix, struct slice from, size_t limit,
                               struct arena *arena, store_rows *out, struct ma_error *err)
{
    return scan(batch, table, prefix, from, limit, true, arena, out, err);
}
