/* SPDX-License-Identifier: Apache-2.0 */

/* Objects that nothing can come of are not evaluated again, and nobody can tell but by
 * the clock: whatever they depend on is noticed. */

#include "base/clock.h"
#include "lives.h"

/* --- lives ----------------------------------------------------------------------------
 *
 * One world remembers, the other does not: alike.h compares what they hold, what is
 * counted and what fails, after each step.
 */

static uint64_t unchanged; /* of all lives of a test */

static void look(unsigned life, unsigned step)
{
    (void)life;
    ck_assert_uint_eq(usual.history.unchanged, 0);
    ck_assert_uint_le(other.history.flows_evaluated, usual.history.flows_evaluated);
    if (step == LIFE_STEPS)
        unchanged += other.history.unchanged;
}

static void begin_lives(unsigned threads)
{
    other_threads = threads;
    remembers[0] = false;
    remembers[1] = true;
    unchanged = 0;
    life_full = true;
    life_objects = 12;
    life_look = look;
    clock_freeze(1700000000000);
}

static void live_on(unsigned threads)
{
    begin_lives(threads);
    live_lives(SOURCE_DIR "/tests/integration/data/groups/export", 2);
    live_lives(SOURCE_DIR "/tests/integration/data/pair/export", 2);
    live_lives(SOURCE_DIR "/tests/unit/sync/data/echo", 2);
    live_lives(SOURCE_DIR "/tests/unit/sync/data/classic", 2);
    live_lives(SOURCE_DIR "/docs/examples/hybrid/export", 2);
    ck_assert_uint_gt(unchanged, 300);
    clock_freeze(0);
}

START_TEST(who_remembers_does_what_who_does_not_does)
{
    live_on(1);
}
END_TEST

START_TEST(so_it_is_on_several_threads)
{
    live_on(3);
}
END_TEST

START_TEST(so_it_is_with_the_rules_of_the_corpus)
{
    begin_lives(2);
    live_corpus(1);
    clock_freeze(0);
}
END_TEST

/* --- what is noticed -------------------------------------------------------------- */

static struct world w;

#define HR(id, ...) world_import(&w, "HR", id, "person", "employeeID=" id, __VA_ARGS__)
#define AD(dn, ...) world_import(&w, "AD", dn, "user", __VA_ARGS__)
#define AD_ANA "CN=Ana,DC=corp,DC=example"
#define AD_BO "CN=Bo,DC=corp,DC=example"

static void begin(void)
{
    world_begin_with(&w, SOURCE_DIR "/tests/unit/sync/data/classic", "");
    w.remembers = true;
}

static void end(void)
{
    world_end(&w);
}

/* Of the objects of this agent, so many are evaluated, and the rest is unchanged. */
static unsigned evaluated(const char *agent, unsigned objects)
{
    uint64_t before = w.history.unchanged;

    world_sync(&w, agent, true);
    return objects - (unsigned)(w.history.unchanged - before);
}

/* Until nothing comes of anything. */
static void settle(const char *agent, unsigned objects)
{
    unsigned left = objects;

    for (int i = 0; i < 4 && left > 0; i++)
        left = evaluated(agent, objects);
    ck_assert_uint_eq(left, 0);
}

/* Two people, whom AD has as well; Ana's manager there is Bo. */
static void two_people(void)
{
    HR("1", "sn=Lima");
    HR("2", "sn=Moraes");
    AD(AD_ANA, "employeeID=1", "manager=@" AD_BO);
    AD(AD_BO, "employeeID=2");
    world_sync(&w, "HR", false);
    world_sync(&w, "AD", false);
    settle("HR", 2);
    settle("AD", 2);
    settle("HR", 2);
}

START_TEST(who_came_to_nothing_is_not_evaluated_again)
{
    uint64_t flows;

    two_people();
    flows = w.history.flows_evaluated;

    ck_assert_uint_eq(evaluated("HR", 2), 0);
    ck_assert_uint_eq(w.counted[COUNTER_CONNECTOR_NO_FLOW], 2);
    ck_assert_uint_eq(evaluated("AD", 2), 0);
    ck_assert_uint_eq(w.history.flows_evaluated, flows);
}
END_TEST

START_TEST(whoever_asks_has_everything_evaluated)
{
    two_people();
    w.evaluate_all = true;
    ck_assert_uint_eq(evaluated("HR", 2), 2);
    w.evaluate_all = false;
    ck_assert_uint_eq(evaluated("HR", 2), 0);
}
END_TEST

START_TEST(an_import_is_noticed)
{
    two_people();
    HR("1", "sn=Lima", "title=Head");
    ck_assert_uint_eq(evaluated("HR", 2), 1);
    ck_assert_ptr_nonnull(strstr(world_mv(&w, "employeeID", "1"), "title=Head"));
}
END_TEST

/* Without an import of its own, the object has to see it. */
START_TEST(what_another_connector_shows_is_noticed)
{
    two_people();
    AD(AD_ANA, "employeeID=1", "manager=@" AD_BO, "displayName=Ana");
    ck_assert_uint_eq(evaluated("HR", 2), 1);
}
END_TEST

START_TEST(what_a_reference_leads_to_is_noticed)
{
    two_people();
    world_gone(&w, "HR", "2");
    world_sync(&w, "HR", false);
    ck_assert_uint_ge(evaluated("AD", 2), 1);
}
END_TEST

/* Somebody else wrote into the metaverse: nobody's change. */
START_TEST(a_difference_that_is_nobodys_change_is_noticed_and_mended)
{
    uint32_t title = names_intern_text(w.program->names, "title");
    struct batch *batch;
    struct mv_object object;
    struct slice wrong = slice_text("wrong");
    struct entry_builder builder = entry_builder(&w.arena);

    HR("1", "sn=Lima", "title=Head");
    world_sync(&w, "HR", false);
    settle("HR", 1);
    batch = batch_begin(w.store);
    WORLD_OK(&w, mv_get(batch, &w.arena, 1, &object, &w.err));
    for (uint32_t i = 0; i < object.entry.count; i++) {
        const struct attr *attr = &object.entry.attrs[i];

        entry_add(&builder, attr->name, attr->type,
                  attr->name == title ? &wrong : attr->values,
                  attr->name == title ? 1 : attr->count);
    }
    object.entry = entry_build(&builder);
    WORLD_OK(&w, mv_put(batch, &object, &w.err));
    WORLD_OK(&w, batch_commit(batch, &w.err));
    batch_end(batch);
    ck_assert_ptr_nonnull(strstr(world_mv(&w, "employeeID", "1"), "title=wrong"));

    ck_assert_uint_eq(evaluated("HR", 1), 1);
    ck_assert_ptr_nonnull(strstr(world_mv(&w, "employeeID", "1"), "title=Head"));
}
END_TEST

START_TEST(an_export_is_noticed)
{
    two_people();
    world_export(&w, "AD", true);
    ck_assert_uint_eq(evaluated("HR", 2), 2);
    ck_assert_uint_eq(evaluated("HR", 2), 0);
}
END_TEST

/* What the system would not take is on its way still, and carries what it said. */
START_TEST(a_refused_export_is_noticed)
{
    static const struct object_error refused = {.type = "permission-issue"};
    uint32_t agent = world_agent(&w, "AD")->number;
    struct batch *batch = batch_begin(w.store);
    struct cs_object object;
    uint64_t id;

    two_people();
    WORLD_OK(&w, cs_find_dn(batch, agent, AD_ANA, &id, &w.err));
    WORLD_OK(&w, cs_get(batch, &w.arena, agent, id, &object, &w.err));
    tower_escrow(&w.arena, &object, 1);
    tower_export_failed(&w.arena, &object, &refused);
    WORLD_OK(&w, cs_put(batch, &object, &w.err));
    WORLD_OK(&w, batch_commit(batch, &w.err));
    batch_end(batch);

    ck_assert_uint_eq(evaluated("HR", 2), 1);
}
END_TEST

START_TEST(other_rules_are_noticed)
{
    struct digest before = world_evaluator(&w);

    two_people();
    w.program->fingerprint++; /* as if a rule, or its precedence, were another */
    ck_assert(memcmp(&before, &(struct digest){0}, sizeof before) != 0);
    ck_assert_uint_eq(evaluated("HR", 2), 2);
    ck_assert_uint_eq(evaluated("HR", 2), 0);
}
END_TEST

/* A failure is told each time. */
START_TEST(an_object_that_fails_is_never_known)
{
    HR("1", "sn=Lima");
    AD(AD_ANA, "employeeID=1");
    world_sync(&w, "HR", false);
    world_sync(&w, "AD", false);
    HR("1", "sn=service", "title=Head");
    for (int i = 0; i < 3; i++) {
        ck_assert_uint_eq(evaluated("HR", 1), 1);
        ck_assert_uint_eq(w.counted[COUNTER_FLOW_FAILURE], 1);
    }
}
END_TEST

START_TEST(an_object_that_is_gone_is_not_remembered)
{
    two_people();
    world_gone(&w, "AD", AD_ANA);
    world_sync(&w, "AD", false);
    world_gone(&w, "HR", "1");
    ck_assert_uint_eq(evaluated("HR", 2), 1);
    ck_assert_str_eq(world_state(&w, "HR", "1"), "absent");
}
END_TEST

/* A delta synchronisation looks at what changed, and remembers nothing. */
START_TEST(delta_synchronisations_go_by_what_is_queued)
{
    two_people();
    for (int i = 0; i < 2; i++) {
        uint64_t before = w.history.unchanged;

        world_sync(&w, "HR", false);
        ck_assert_uint_eq(w.history.unchanged, before);
    }
}
END_TEST

SUITE_WITH("sync/unchanged", begin, end, who_remembers_does_what_who_does_not_does,
           so_it_is_on_several_threads, so_it_is_with_the_rules_of_the_corpus,
           who_came_to_nothing_is_not_evaluated_again,
           whoever_asks_has_everything_evaluated, an_import_is_noticed,
           what_another_connector_shows_is_noticed, what_a_reference_leads_to_is_noticed,
           a_difference_that_is_nobodys_change_is_noticed_and_mended,
           an_export_is_noticed, a_refused_export_is_noticed, other_rules_are_noticed,
           an_object_that_fails_is_never_known, an_object_that_is_gone_is_not_remembered,
           delta_synchronisations_go_by_what_is_queued)
