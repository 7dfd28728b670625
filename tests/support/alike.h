/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_ALIKE_H
#define TESTS_ALIKE_H

#include "world.h"

/*
 * Two worlds in which the same happens. One is synchronised as usual: by value, of what
 * changed alone, and on one thread; the other otherwise: on whole objects, all of what an
 * object may give, or on several threads. They have to be alike after every step, byte
 * for byte.
 */
static struct world usual;
static struct world other;
static struct world *const worlds[] = {&usual, &other};

static unsigned other_threads; /* 0: whole objects, on one */
static bool full;              /* everything, in both */
/* Of the usual one, of the other: whether it remembers what came to nothing. */
static bool remembers[2];

/* That synchronisations read. */
static uint64_t values[2];

static uint32_t state;

static inline uint32_t throw(uint32_t sides)
{
    state = state * 1664525u + 1013904223u;
    return (state >> 8) % sides;
}

/* --- comparing -------------------------------------------------------------------- */

/* GUIDs are random, and rules may let them flow. */
static inline struct slice without_guids(struct world *w, struct slice bytes)
{
    char *copy = arena_copy(&w->arena, bytes.at, bytes.length);

    for (size_t i = 0; i + GUID_TEXT <= bytes.length + 1; i++)
        if (copy[i] == '{' && copy[i + 37] == '}')
            memset(copy + i, 0, 38);
    return slice_of(copy, bytes.length);
}

static inline struct slice cs_bytes(struct world *w, struct batch *batch, uint32_t agent,
                                    uint64_t id)
{
    struct cs_object object;
    struct buf row = {0};
    struct buf tower = {0};
    struct slice bytes;

    if (cs_get(batch, &w->arena, agent, id, &object, &w->err) != MA_OK)
        return slice_of("", 0);
    object.guid = (struct guid){0};
    object.import_error.first = object.import_error.last = 0;
    object_encode(&object, &row, &tower);
    buf_bytes(&row, tower.at, tower.length);
    bytes = without_guids(w, buf_view(&row));
    buf_free(&row);
    buf_free(&tower);
    return bytes;
}

static inline struct slice mv_bytes(struct world *w, struct batch *batch, uint64_t id)
{
    struct mv_object object;
    struct mv_lineage *lines;
    struct buf row = {0};
    struct slice bytes;

    if (mv_get(batch, &w->arena, id, &object, &w->err) != MA_OK)
        return slice_of("", 0);
    object.guid = (struct guid){0};
    lines = arena_copy(&w->arena, object.lineage, sizeof *lines * object.lineage_count);
    for (uint32_t i = 0; i < object.lineage_count; i++)
        lines[i].time = 0;
    object.lineage = lines;
    mv_encode(&object, &row);
    bytes = without_guids(w, buf_view(&row));
    buf_free(&row);
    return bytes;
}

/* For whoever has to find the difference. */
static inline void tell(struct world *w, struct batch *batch, uint32_t agent, uint64_t id)
{
    struct cs_object object;
    struct mv_object mv;
    struct image top;
    struct image imported;

    if (cs_get(batch, &w->arena, agent, id, &object, &w->err) != MA_OK) {
        fprintf(stderr, "not there\n");
        return;
    }
    imported = object_image(&w->arena, &object, LAYER_IMPORT);
    top = object_image(&w->arena, &object, LAYER_UNAPPLIED);
    fprintf(stderr, "%s mv %llu error %u %s\n  imported %s\n  top %s\n",
            world_agent_name(w, agent), (unsigned long long)object.mv,
            object.import_error.count,
            object.import_error.text == NULL ? "" : object.import_error.text,
            world_entry_text(w, batch, agent, &imported.entry),
            world_entry_text(w, batch, agent, &top.entry));
    if (object.mv != 0 && mv_get(batch, &w->arena, object.mv, &mv, &w->err) == MA_OK)
        fprintf(stderr, "  mv %s\n", world_entry_text(w, batch, 0, &mv.entry));
}

static inline void compare(unsigned life, unsigned step)
{
    struct batch *a = batch_begin(usual.store);
    struct batch *b = batch_begin(other.store);

    for (size_t agent = 1; agent <= usual.program->agent_count; agent++) {
        char counter[32];
        uint64_t last;

        snprintf(counter, sizeof counter, "cs.%zu", agent);
        last = batch_last(a, counter);
        ck_assert_uint_eq(last, batch_last(b, counter));
        for (uint64_t id = 1; id <= last; id++) {
            if (!slice_equal(cs_bytes(&usual, a, (uint32_t)agent, id),
                             cs_bytes(&other, b, (uint32_t)agent, id))) {
                tell(&usual, a, (uint32_t)agent, id);
                tell(&other, b, (uint32_t)agent, id);
            }
            ck_assert_msg(slice_equal(cs_bytes(&usual, a, (uint32_t)agent, id),
                                      cs_bytes(&other, b, (uint32_t)agent, id)),
                          "life %u, step %u: object %llu of agent %zu", life, step,
                          (unsigned long long)id, agent);
        }
    }
    for (uint64_t id = 1; id <= batch_last(a, "mv"); id++)
        ck_assert_msg(slice_equal(mv_bytes(&usual, a, id), mv_bytes(&other, b, id)),
                      "life %u, step %u: metaverse object %llu", life, step,
                      (unsigned long long)id);
    batch_end(a);
    batch_end(b);
    ck_assert_mem_eq(usual.counted, other.counted, sizeof other.counted);
    ck_assert_str_eq(usual.errors.at == NULL ? "" : usual.errors.at,
                     other.errors.at == NULL ? "" : other.errors.at);
}

static inline void synchronise(struct world *w, const char *agent)
{
    const struct digest evaluator = world_evaluator(w);
    const struct sync_request request = {
        .store = w->store,
        .program = w->program,
        .agent = world_agent(w, agent),
        .full = full,
        .whole_objects = w == &other && other_threads == 0,
        .threads = w == &other ? other_threads : 1,
        .evaluator = remembers[w == &other] ? &evaluator : NULL,
        .history = &w->history};
    const char *result = "";

    uint64_t before = store_work(w->store).values_read;

    memset(w->counted, 0, sizeof w->counted);
    buf_clear(&w->errors);
    WORLD_OK(w, sync_run(&request, &result, &w->err));
    values[w == &other] += store_work(w->store).values_read - before;
}

#endif
