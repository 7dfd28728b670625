/* SPDX-License-Identifier: Apache-2.0 */

/* Many objects: what the history gathers of them does not wait for the last one. */

#include "world.h"

#include "store/tree.h"
#include "sync/walk.h"

static struct world w;
static unsigned saves;
static uint64_t visited; /* before the history had its first turn */
static uint64_t advanced;
static bool all_kept;
static bool full;

static void settled(struct history *history, bool kept)
{
    (void)history;
    all_kept = kept;
}

static void count(struct history *history, enum counter counter, uint32_t agent,
                  uint64_t id, const char *dn)
{
    all_kept = false;
    world_count(history, counter, agent, id, dn);
}

static enum ma_status save(struct history *history, struct ma_error *err)
{
    (void)history;
    ck_assert_msg(all_kept, "the history is asked to keep what the store does not have");
    if (saves++ == 0)
        visited = advanced;
    return full ? ma_fail(err, MA_BROKEN, "the disk is full") : MA_OK;
}

static void advance(struct history *history, uint64_t objects)
{
    (void)history;
    advanced += objects;
}

static void put(struct batch *batch, const struct compiled_agent *agent, const char *dn)
{
    struct cs_object object = world_object(&w, batch, agent, dn, dn);
    const struct image seen = {.exists = true,
                               .object_type = names_intern_text(w.program->names, "user"),
                               .dn = dn};

    object.anchor = slice_text(dn);
    tower_seen(&w.arena, &object, &seen, NULL, 0);
    WORLD_OK(&w, cs_put(batch, &object, &w.err));
}

static void begin(void)
{
    struct batch *batch;

    world_begin_with(&w, SOURCE_DIR "/tests/integration/data/pair/export", "");
    w.history.settled = settled;
    w.history.count = count;
    w.history.save = save;
    w.history.advance = advance;
    saves = 0;
    advanced = 0;
    full = false;
    batch = batch_begin(w.store);
    for (unsigned i = 0; i <= WALK_SAVE; i++)
        put(batch, world_agent(&w, "Directory"),
            arena_print(&w.arena, "CN=%u,OU=Staff,DC=corp,DC=example", i));
    WORLD_OK(&w, batch_commit(batch, &w.err));
    batch_end(batch);
}

static void end(void)
{
    world_end(&w);
}

static const char *synchronise(unsigned threads, enum ma_status *status)
{
    struct sync_request request = {.store = w.store,
                                   .program = w.program,
                                   .agent = world_agent(&w, "Directory"),
                                   .history = &w.history,
                                   .full = true,
                                   .threads = threads};
    const char *result;

    *status = sync_run(&request, &result, &w.err);
    return result;
}

static void ask(unsigned threads)
{
    enum ma_status status;

    ck_assert_str_eq(synchronise(threads, &status), "success");

    ck_assert_uint_ge(saves, 2);
    ck_assert_uint_lt(visited, advanced);
}

START_TEST(the_history_has_its_turn_before_the_last_object)
{
    ask(1);
}
END_TEST

START_TEST(the_history_has_its_turn_beside_a_crew)
{
    ask(2);
}
END_TEST

START_TEST(what_the_history_cannot_keep_stops_the_step)
{
    enum ma_status status;

    full = true;
    ck_assert_str_eq(synchronise(1, &status), "stopped-server");

    ck_assert_int_eq(status, MA_BROKEN);
    ck_assert_str_eq(w.err.text, "the disk is full");
}
END_TEST

SUITE_WITH("sync/walk", begin, end, the_history_has_its_turn_before_the_last_object,
           the_history_has_its_turn_beside_a_crew,
           what_the_history_cannot_keep_stops_the_step)
