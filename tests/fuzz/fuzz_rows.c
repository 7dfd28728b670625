/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "space/mv.h"
#include "space/tower.h"

/*
 * Rows of the store as nobody wrote them. The first byte says what: a delta, a metaverse
 * object, or both rows of a connector-space object, the first of them counted. What is
 * taken for good has to give the same bytes again, and has to survive what is done
 * with it.
 */
static void must_equal(struct slice a, struct slice b)
{
    if (!slice_equal(a, b))
        abort();
}

static void try_delta(struct arena *arena, struct slice bytes)
{
    BUF_AUTO again = {0};
    struct image nothing = {0};
    struct image made;
    struct delta delta;
    struct delta left;

    if (!delta_decode(arena, bytes, &delta))
        return;
    delta_encode(&delta, &again);
    must_equal(bytes, buf_view(&again));
    made = delta_apply(arena, &nothing, &delta);
    left = delta_remaining(arena, &delta, &made);
    left = delta_merge(arena, &left, &delta);
    (void)delta_copy(arena, &left);
}

static void try_mv(struct arena *arena, struct slice bytes)
{
    BUF_AUTO again = {0};
    struct mv_object object;

    if (!mv_decode(arena, bytes, &object))
        return;
    mv_encode(&object, &again);
    must_equal(bytes, buf_view(&again));
    for (uint32_t i = 0; i < object.lineage_count; i++)
        if (mv_lineage_of(&object, object.lineage[i].attribute) == NULL)
            abort();
}

/* Whatever the store holds, an import, a synchronisation and an export end well. */
static void live(struct arena *arena, struct cs_object *object)
{
    struct image top = object_image(arena, object, LAYER_UNAPPLIED);
    struct image seen = object_image(arena, object, LAYER_ESCROWED);

    (void)object_dn(arena, object);
    seen.exists = true;
    (void)tower_seen(arena, object, &seen, NULL, 0);
    tower_absorb(arena, object);
    tower_want(arena, object, &top);
    tower_escrow(arena, object, 1);
    (void)tower_exported(arena, object, slice_of("", 0), true);
    (void)tower_gone(arena, object, true);
}

static void try_object(struct arena *arena, struct slice bytes)
{
    BUF_AUTO row_again = {0};
    BUF_AUTO tower_again = {0};
    struct reader reader = reader_of(bytes);
    struct slice row = reader_counted(&reader);
    struct slice tower = slice_of(reader.at, reader_left(&reader));
    struct cs_object object;

    if (reader.bad || !object_decode(arena, row, tower, &object))
        return;
    object_encode(&object, &row_again, &tower_again);
    must_equal(row, buf_view(&row_again));
    must_equal(tower, buf_view(&tower_again));
    live(arena, &object);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const kinds[])(struct arena *, struct slice) = {try_delta, try_mv,
                                                                  try_object};
    ARENA_AUTO arena = {0};

    if (size > 0)
        kinds[data[0] % 3](&arena, slice_of(data + 1, size - 1));
    return 0;
}
