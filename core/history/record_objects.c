/* SPDX-License-Identifier: Apache-2.0 */

/* The objects behind the counters of a step. */

#include <stdlib.h>

#include "base/error.h"
#include "history/record_rows.h"

void record_object_add(struct buf *chunk, uint64_t id, const char *dn)
{
    buf_varint(chunk, id);
    buf_counted(chunk, slice_text(dn));
}

/* 0 is the id of no object. */
void record_object_remove(struct buf *chunk, uint64_t id)
{
    buf_varint(chunk, 0);
    buf_varint(chunk, id);
}

void record_put_objects(struct batch *batch, uint64_t run, unsigned step,
                        enum counter counter, uint32_t agent, uint32_t chunk,
                        struct slice bytes)
{
    struct store_key key = store_key_u32(record_rows_part(run, "o"), step);

    key = store_key_u32(key, (uint32_t)counter);
    key = store_key_u32(store_key_u32(key, agent), chunk);
    batch_put(batch, TABLE_RUNS, store_key_view(&key), bytes);
}

struct gathering {
    struct arena *arena;
    record_objects *out;
    uint32_t only; /* agent; 0: all */
    bool damaged;
    record_objects removed;
};

static uint32_t agent_of(struct slice key)
{
    uint32_t agent = 0;

    for (size_t i = 0; i < 4; i++) /* before the number of the chunk */
        agent = agent << 8 | (unsigned char)key.at[key.length - 8 + i];
    return agent;
}

static void add_object(struct gathering *g, uint32_t agent, struct reader *reader)
{
    uint64_t id = reader_varint(reader);
    struct slice dn;

    if (id == 0) {
        VEC_ADD(&g->removed, (struct record_object){agent, reader_varint(reader), NULL});
        return;
    }
    dn = reader_counted(reader);
    if (!reader->bad)
        VEC_ADD(g->out, (struct record_object){agent, id,
                                               arena_textn(g->arena, dn.at, dn.length)});
}

static int by_id(const void *a, const void *b)
{
    const struct record_object *x = a;
    const struct record_object *y = b;

    if (x->agent != y->agent)
        return x->agent < y->agent ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

static void take_out_removed(struct gathering *g)
{
    size_t kept = 0;

    if (g->removed.count > 0)
        qsort(g->removed.items, g->removed.count, sizeof g->removed.items[0], by_id);
    for (size_t i = 0; g->removed.count > 0 && i < g->out->count; i++)
        if (bsearch(&g->out->items[i], g->removed.items, g->removed.count,
                    sizeof g->removed.items[0], by_id) == NULL)
            g->out->items[kept++] = g->out->items[i];
    if (g->removed.count > 0)
        g->out->count = kept;
    VEC_FREE(&g->removed);
}

static void add_chunk(void *context, struct slice key, struct slice row)
{
    struct gathering *g = context;
    struct reader reader = reader_of(row);
    uint32_t agent = agent_of(key);

    if (g->only != 0 && agent != g->only)
        return;
    while (reader_left(&reader) > 0 && !reader.bad) {
        add_object(g, agent, &reader);
    }
    g->damaged |= reader.bad;
}

enum ma_status record_get_objects(struct batch *batch, struct arena *arena, uint64_t run,
                                  unsigned step, enum counter counter, uint32_t agent,
                                  record_objects *out, struct ma_error *err)
{
    struct gathering gathering = {.arena = arena, .out = out, .only = agent};
    struct store_key prefix =
        store_key_u32(store_key_u32(record_rows_part(run, "o"), step), (uint32_t)counter);
    enum ma_status status = record_rows_each(batch, &prefix, add_chunk, &gathering, err);

    take_out_removed(&gathering);
    if (status == MA_OK && gathering.damaged)
        return ma_fail(err, MA_BROKEN, "the object list of run %llu is damaged",
                       (unsigned long long)run);
    return status;
}
