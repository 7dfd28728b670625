/* SPDX-License-Identifier: Apache-2.0 */
#include "store/premise.h"

void premise_free(struct premise *premise)
{
    VEC_FREE(&premise->rows);
    VEC_FREE(&premise->ranges);
    VEC_FREE(&premise->hashes);
    VEC_FREE(&premise->numbers);
}

void premise_clear(struct premise *premise)
{
    premise->rows.count = 0;
    premise->ranges.count = 0;
    premise->hashes.count = 0;
    premise->numbers.count = 0;
}

void premise_row(struct premise *premise, enum store_table table, struct slice key)
{
    struct premise_row row = {.hash = overlay_hash(table, key), .table = table};

    if (premise->keeps_keys)
        row.key = arena_slice(premise->arena, key);
    VEC_ADD(&premise->rows, row);
}

void premise_found(struct premise *premise, struct slice value)
{
    struct premise_row *row = &premise->rows.items[premise->rows.count - 1];

    row->found = true;
    row->value = value;
}

struct premise_mark premise_mark(const struct premise *premise)
{
    return (struct premise_mark){premise->rows.count, premise->ranges.count,
                                 premise->hashes.count};
}

void premise_range(struct premise *premise, enum store_table table, struct slice prefix,
                   struct slice from, struct slice to)
{
    struct arena *arena = premise->arena;
    struct premise_range range = {.table = table, .prefix = arena_slice(arena, prefix)};

    range.from = slice_equal(from, prefix) ? range.prefix : arena_slice(arena, from);
    range.to = to.length == 0 ? to : arena_slice(arena, to);
    VEC_ADD(&premise->ranges, range);
}

void premise_index(struct premise *premise, uint64_t hash)
{
    VEC_ADD(&premise->hashes, hash);
}

struct premise_number *premise_number(const struct premise *premise, struct slice key)
{
    for (size_t i = 0; i < premise->numbers.count; i++)
        if (slice_equal(premise->numbers.items[i].key, key))
            return &premise->numbers.items[i];
    return NULL;
}

struct premise_number *premise_add_number(struct premise *premise, struct slice key,
                                          struct slice value)
{
    VEC_ADD(&premise->numbers,
            (struct premise_number){.key = arena_slice(premise->arena, key),
                                    .value = arena_slice(premise->arena, value)});
    return &premise->numbers.items[premise->numbers.count - 1];
}

/* --- does it stand? --------------------------------------------------------------- */

static bool any_row_is_new(const struct premise *premise, const struct overlay *overlay)
{
    for (size_t i = 0; i < premise->rows.count; i++)
        if (overlay_has_new_row(overlay, premise->rows.items[i].table,
                                premise->rows.items[i].hash))
            return true;
    return false;
}

static bool any_range_is_new(const struct premise *premise, const struct overlay *overlay)
{
    for (size_t i = 0; i < premise->ranges.count; i++) {
        const struct premise_range *range = &premise->ranges.items[i];

        if (overlay_has_new_between(overlay, range->table, range->prefix, range->from,
                                    range->to))
            return true;
    }
    return false;
}

static bool any_hash_is_new(const struct premise *premise, const struct overlay *overlay)
{
    for (size_t i = 0; i < premise->hashes.count; i++)
        if (overlay_has_new_index(overlay, premise->hashes.items[i]))
            return true;
    return false;
}

bool premise_stands(const struct premise *premise, const struct overlay *overlay)
{
    return overlay->wave_writes == 0 ||
           (!any_row_is_new(premise, overlay) && !any_range_is_new(premise, overlay) &&
            !any_hash_is_new(premise, overlay));
}

/* --- keeping ---------------------------------------------------------------------- */

/* The vector's items in the arena; it never grows again, nor is it freed. */
#define KEEP(arena, vec)                                                                 \
    ((vec)->items =                                                                      \
         arena_copy((arena), (vec)->items, (vec)->count * sizeof *(vec)->items),         \
     (vec)->capacity = (vec)->count)

struct premise premise_keep(const struct premise *premise)
{
    struct premise kept = *premise;

    KEEP(kept.arena, &kept.rows);
    KEEP(kept.arena, &kept.ranges);
    KEEP(kept.arena, &kept.hashes);
    KEEP(kept.arena, &kept.numbers);
    return kept;
}
