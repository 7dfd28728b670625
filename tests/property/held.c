/* SPDX-License-Identifier: Apache-2.0 */
#include "held.h"

#include "export/approval.h"
#include "look.h"

struct held {
    struct engine *e;
    unsigned system;
    struct guard guard;
    struct exported first;
    struct exported second;
};

/* What is to be exported, counted by hand. Of what a dead run had in flight one cannot
 * tell without its rules what it will be together with what is wanted since. */
struct counted {
    uint64_t deletes;
    uint64_t updates;
    uint64_t in_flight;
};

/* --- what is pending -------------------------------------------------------------- */

static bool is_delete(const struct delta *delta)
{
    return delta->op == DELTA_DELETE || delta->op == DELTA_DELETE_ADD;
}

static void count_one(struct counted *counted, const struct cs_object *o)
{
    if (o->transient || (o->escrowed.op == DELTA_NONE && o->unapplied.op == DELTA_NONE))
        return;
    if (o->escrowed.op != DELTA_NONE)
        counted->in_flight++;
    else if (is_delete(&o->unapplied))
        counted->deletes++;
    else
        counted->updates += o->unapplied.op == DELTA_UPDATE && o->unapplied.count > 0;
}

static struct counted count(struct held *held)
{
    struct engine *e = held->e;
    uint32_t agent = engine_agent(e, held->system)->number;
    struct batch *batch = batch_begin(e->store);
    struct counted counted = {0};
    id_list ids = {0};

    (void)ENGINE_OK(e, cs_scan(batch, agent, 0, SIZE_MAX, &ids, &e->err));
    for (size_t i = 0; i < ids.count; i++) {
        struct cs_object object;

        if (ENGINE_OK(e, cs_get(batch, &e->arena, agent, ids.items[i], &object, &e->err)))
            count_one(&counted, &object);
    }
    VEC_FREE(&ids);
    batch_end(batch);
    return counted;
}

static bool updates_are_guarded(const struct held *held)
{
    return (held->guard.given & GUARD_EXPORT_UPDATES) != 0;
}

static bool must_stop(const struct held *held, const struct counted *counted)
{
    return counted->deletes > held->guard.export_deletes ||
           (updates_are_guarded(held) && counted->updates > held->guard.export_updates);
}

static bool may_stop(const struct held *held, const struct counted *counted)
{
    return counted->deletes + counted->in_flight > held->guard.export_deletes ||
           (updates_are_guarded(held) &&
            counted->updates + counted->in_flight > held->guard.export_updates);
}

/* --- exports ---------------------------------------------------------------------- */

static void run(struct held *held, struct exported *out)
{
    static const struct apply honest = {0};

    (void)engine_export_within(held->e, held->system, &honest, &held->guard, out);
}

static void check_first(struct held *held, const struct counted *counted)
{
    const struct exported *first = &held->first;

    if (first->stopped != must_stop(held, counted) &&
        first->stopped != may_stop(held, counted))
        engine_fail(held->e, "a guard %s, with %u deletes and %u updates pending",
                    first->stopped ? "held" : "did not hold", (unsigned)counted->deletes,
                    (unsigned)counted->updates);
    if (first->stopped && first->sent > 0)
        engine_fail(held->e, "a guard held, and %u were sent", first->sent);
    if (!first->stopped && first->deletes > held->guard.export_deletes)
        engine_fail(held->e, "no guard held, and %u were deleted", first->deletes);
}

static void approve(struct held *held)
{
    struct engine *e = held->e;
    struct batch *batch = batch_begin(e->store);
    const struct export_approval approval = {.set = held->first.set.id,
                                             .most = held->first.set.held,
                                             .run = e->history.run,
                                             .user = "somebody",
                                             .reason = "it is meant"};

    approval_put(batch, engine_agent(e, held->system)->number, &approval);
    (void)ENGINE_OK(e, batch_commit(batch, &e->err));
    batch_end(batch);
}

/* Whether it was there still. */
static bool revoke(struct held *held)
{
    struct engine *e = held->e;
    uint32_t agent = engine_agent(e, held->system)->number;
    struct batch *batch = batch_begin(e->store);
    struct export_approval approval;
    bool there = approval_get(batch, &e->arena, agent, &approval);

    if (there)
        approval_clear(batch, agent);
    (void)ENGINE_OK(e, batch_commit(batch, &e->err));
    batch_end(batch);
    return there;
}

static void meanwhile(struct held *held, uint32_t chance)
{
    static const struct import_fault none = {0};

    if (chance % 3 == 1)
        (void)engine_sync(held->e, HR, false);
    if (chance % 3 != 2)
        return;
    (void)engine_import(held->e, held->system, true, &none);
    (void)engine_sync(held->e, held->system, false);
}

/* Exactly what was approved of, or something else. */
static void check_second(struct held *held, bool same)
{
    struct counted counted = count(held);
    bool there = revoke(held);

    if (same && held->second.stopped)
        engine_fail(held->e, "what was approved of is held back: %u deletes, %u updates",
                    (unsigned)counted.deletes, (unsigned)counted.updates);
    if (same && there && held->second.sent > 0)
        engine_fail(held->e, "an approval that was used is there still");
    if (held->second.stopped && held->second.sent > 0)
        engine_fail(held->e, "an approval is void, and %u were sent", held->second.sent);
    if (!held->second.stopped && there &&
        held->second.deletes > held->guard.export_deletes)
        engine_fail(held->e, "no approval was used, and %u were deleted",
                    held->second.deletes);
}

static void approve_and_go(struct held *held, uint32_t chance)
{
    struct engine *e = held->e;
    struct buf before = {0};
    struct buf after = {0};

    approve(held);
    look_all(e->store, e->program, &before);
    meanwhile(held, chance);
    look_all(e->store, e->program, &after);
    run(held, &held->second);
    if (!engine_failed(e))
        check_second(held, slice_equal(buf_view(&before), buf_view(&after)));
    buf_free(&before);
    buf_free(&after);
}

void held_check(struct engine *e, const struct event *event, struct buf *line)
{
    struct held held = {.e = e,
                        .system = event->a % 5 == 0 ? PHONES : DIRECTORY,
                        .guard = {.export_deletes = event->b % 3,
                                  .export_deletes_percent = 100,
                                  .export_updates = event->b / 3 % 4}};
    struct counted counted = count(&held);

    if (event->a % 2 == 0)
        held.guard.given = GUARD_EXPORT_UPDATES;
    run(&held, &held.first);
    check_first(&held, &counted);
    buf_print(line, "an export of %s, at most %u deletes: %s",
              sys_kinds[held.system].name, (unsigned)held.guard.export_deletes,
              held.first.stopped ? "held back" : "done");
    if (engine_failed(e) || !held.first.stopped)
        return;
    approve_and_go(&held, event->c);
    buf_print(line, ", approved, then %s", held.second.stopped ? "held back" : "done");
}
