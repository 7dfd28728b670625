/* SPDX-License-Identifier: Apache-2.0 */

/*
 * One entry of the agent: what it shows is an event for the object that match.c finds it
 * to be, and the transition is that of space/tower.h.
 */

#include "base/clock.h"
#include "base/error.h"
#include "model/dn.h"
#include "space/tower.h"
#include "stage/take.h"

/* --- afterwards ------------------------------------------------------------------- */

static const enum counter counters[] = {
    [STAGE_NO_CHANGE] = COUNTER_STAGE_NO_CHANGE,
    [STAGE_ADD] = COUNTER_STAGE_ADD,
    [STAGE_UPDATE] = COUNTER_STAGE_UPDATE,
    [STAGE_RENAME] = COUNTER_STAGE_RENAME,
    [STAGE_DELETE] = COUNTER_STAGE_DELETE,
    [STAGE_DELETE_ADD] = COUNTER_STAGE_DELETE_ADD,
    [STAGE_FAILURE] = COUNTER_STAGE_FAILURE,
};

static void warn(struct stage *stage, const struct cs_object *object, const char *dn,
                 const struct not_reimported *warning)
{
    struct history *history = stage->req.history;
    int64_t now = clock_now();
    const struct object_error error = {
        .count = 1,
        .first = now,
        .last = now,
        .type = "exported-change-not-reimported",
        .text = "the system does not show what it accepted; it is offered again",
        .step = "staging",
    };
    struct image seen = warning->seen;

    stage->warnings++;
    seen.entry = cs_known(&stage->scratch, &seen.entry);
    history->sync_error(history, stage->agent, object->id, dn, &error, &warning->lost,
                        &seen);
}

static enum ma_status count(struct stage *stage, const struct cs_object *object,
                            enum stage_outcome outcome, const char *dn,
                            struct ma_error *err)
{
    struct history *history = stage->req.history;
    uint64_t limit = stage->req.step == NULL ? 0 : stage->req.step->delete_limit;

    if (outcome == STAGE_DELETE && limit > 0 && stage->deletes >= limit) {
        stage->stopped = "stopped-deletion-limit";
        return ma_fail(err, MA_LIMIT,
                       "the step may stage %llu deletes, and there are more: raise "
                       "<delete> of the run profile if they are meant",
                       (unsigned long long)limit);
    }
    stage->deletes += outcome == STAGE_DELETE;
    history->count(history, counters[outcome], stage->agent, object->id, dn);
    return MA_OK;
}

/* After a transition: stores the object, or what is left of it, counts and warns. `dn`:
 * by which it was known. */
static enum ma_status store_result(struct stage *stage, struct cs_object *object,
                                   const struct stage_result *result, const char *dn,
                                   struct ma_error *err)
{
    enum ma_status status = result->gone ? tree_drop(stage->batch, object, err)
                                         : cs_put(stage->batch, object, err);

    if (status == MA_OK)
        status = count(stage, object, result->outcome, dn == NULL ? "" : dn, err);
    if (status == MA_OK && result->warning.happened)
        warn(stage, object, dn, &result->warning);
    return status;
}

enum ma_status entry_leave(struct stage *stage, struct cs_object *object, bool obsolete,
                           const char *dn, struct ma_error *err)
{
    bool displaced = object->transient;
    struct stage_result result = tower_gone(&stage->scratch, object, obsolete);

    if (!displaced || !tree_never_left(object))
        return store_result(stage, object, &result, dn, err);
    if (tree_drop_unexported(stage->batch, object, err) != MA_OK)
        return err->status;
    return count(stage, object, result.outcome, dn == NULL ? "" : dn, err);
}

static enum ma_status settle_place(struct take *t, const struct stage_result *result)
{
    struct stage *stage = t->stage;

    if (!t->before.exists &&
        tree_parents(stage->batch, stage->agent, t->target, t->err) != MA_OK)
        return t->err->status;
    if (result->outcome == STAGE_NO_CHANGE)
        return MA_OK;
    return sid_settle(stage, &t->object, t->err);
}

static bool at_peace(const struct cs_object *o)
{
    return o->id != 0 && !o->transient && o->pending_import.op == DELTA_NONE &&
           o->unconfirmed.op == DELTA_NONE && o->escrowed.op == DELTA_NONE &&
           o->unapplied.op == DELTA_NONE;
}

/* A rename and what came with it are one event. */
static void add_rename(struct take *t, struct stage_result *result)
{
    bool small = result->outcome == STAGE_NO_CHANGE || result->outcome == STAGE_UPDATE;

    if (!t->renamed)
        return;
    if (small)
        result->outcome = STAGE_RENAME;
    t->object.import_modifications = t->modifications + 1;
    if (t->rename_warning.happened)
        warn(t->stage, &t->object, t->target, &t->rename_warning);
}

static enum ma_status settle(struct take *t, struct stage_result *result,
                             bool was_at_peace)
{
    struct stage *stage = t->stage;

    if (was_at_peace && !t->renamed && result->outcome == STAGE_NO_CHANGE) {
        /* Nothing to write: the common case of a full import. */
        stage->req.history->count(stage->req.history, COUNTER_STAGE_NO_CHANGE,
                                  stage->agent, t->object.id, t->target);
        readers_note(stage, t->object.id, take_says_where(t));
        return MA_OK;
    }
    add_rename(t, result);
    if (store_result(stage, &t->object, result, t->target, t->err) != MA_OK)
        return t->err->status;
    readers_note(stage, t->object.id, take_says_where(t));
    return result->gone ? MA_OK : settle_place(t, result);
}

/* --- the object as a whole -------------------------------------------------------- */

/* Attributes that no import shows, of those that were there or accepted before. */
static size_t kept(struct take *t, uint32_t **out)
{
    const struct selection *select = &t->stage->select;
    const struct entry *entry = &t->before.entry;
    const struct delta *accepted = &t->object.unconfirmed;
    size_t count = 0;

    *out = ARENA_ARRAY(take_arena(t), uint32_t, entry->count + accepted->count);
    for (uint32_t i = 0; i < entry->count; i++)
        if (select_keeps(select, entry->attrs[i].name))
            (*out)[count++] = entry->attrs[i].name;
    for (uint32_t i = 0; i < accepted->count; i++)
        if (select_keeps(select, accepted->attrs[i].name))
            (*out)[count++] = accepted->attrs[i].name;
    return count;
}

static enum ma_status see(struct take *t, struct image *seen)
{
    struct cs_object *o = &t->object;
    bool peace = t->found && at_peace(o) && o->anchor.length > 0 &&
                 o->partition == t->stage->partition;
    struct stage_result result;
    uint32_t *keep;
    size_t keep_count = kept(t, &keep);

    o->agent = t->stage->agent;
    o->partition = t->stage->partition;
    if (t->anchor.length > 0)
        o->anchor = t->anchor;
    seen->dn = t->target;
    result = tower_seen(take_arena(t), o, seen, keep, keep_count);
    if (t->stage->req.full && result.outcome != STAGE_NO_CHANGE)
        o->seen_run = t->stage->seen.epoch;
    return settle(t, &result, peace);
}

static enum ma_status read_whole(struct take *t, struct image *seen)
{
    if (t->shown != NULL) {
        *seen = *t->shown;
        return MA_OK;
    }
    return read_image(t->stage, t->entry, seen, t->problem, t->err);
}

static enum ma_status take_whole(struct take *t, struct image *seen)
{
    struct stage *stage = t->stage;
    enum ma_status status;

    if (t->anchor.length == 0 && t->object.anchor.length == 0)
        return problem_set(t->problem, "missing-anchor-component", NULL,
                           "the entry has no anchor");
    if (stage->req.full && t->found && seen_now(&stage->seen, t->object.id))
        return match_duplicate(t, "anchor");
    status = place_take(t);
    if (status == MA_OK)
        status = read_whole(t, seen);
    if (status == MA_OK)
        status = place_heir(t);
    return status == MA_OK ? see(t, seen) : status;
}

/* --- gone, or out of sight -------------------------------------------------------- */

static enum ma_status leave(struct take *t)
{
    return entry_leave(t->stage, &t->object, false, t->known, t->err);
}

static void count_discovery(struct take *t, enum counter counter)
{
    struct history *history = t->stage->req.history;

    history->count(history, counter, t->stage->agent, t->object.id, t->dn);
}

/* Not selected. A full import lets it go at its end, with all it did not see. */
static enum ma_status take_filtered(struct take *t)
{
    count_discovery(t, COUNTER_FILTERED_OBJECTS);
    return t->stage->req.full || !t->found ? MA_OK : leave(t);
}

static enum ma_status take_delete(struct take *t)
{
    if (t->stage->req.full)
        return problem_set(t->problem, "invalid-change-type", NULL,
                           "a full import shows what is there, and this is a delete");
    if (t->found)
        return leave(t);
    count_discovery(t, COUNTER_FILTERED_DELETIONS);
    return MA_OK;
}

/* --- a change of what is known ---------------------------------------------------- */

static enum ma_status want_whole(struct take *t)
{
    struct stage *stage = t->stage;
    struct ma_value anchor;

    if (stage->req.read == NULL || t->anchor.length == 0 || stage->reading_wanted)
        return problem_set(t->problem, "need-full-object", NULL,
                           "a change of an object that was never imported: a full import "
                           "is needed");
    anchor.length = t->anchor.length;
    anchor.data = arena_slice(&stage->arena, t->anchor).at;
    VEC_ADD(&stage->wanted, anchor);
    return MA_OK;
}

/* An anchor that was made of the DN goes with it. */
static void take_anchor(struct take *t)
{
    if (t->object.anchor.length == 0)
        t->object.anchor = t->anchor;
    if (t->renamed && t->entry->anchor.length == 0 &&
        (t->stage->req.capabilities & MA_CAN_DN_IS_ANCHOR) != 0 &&
        slice_equal(t->object.anchor, t->anchor))
        t->object.anchor = dn_key(take_arena(t), slice_text(t->target));
}

/* With the values that the change speaks of, or with all if it says what there is. */
static enum ma_status load_values(struct take *t, const struct delta *delta)
{
    struct value_set *sets =
        ARENA_ARRAY(take_arena(t), struct value_set, 2 * (size_t)delta->count);
    const struct cs_object *o = &t->object;

    t->wanted = sets;
    for (uint32_t i = 0; i < delta->count; i++) {
        const struct attr_delta *attr = &delta->attrs[i];

        if (!names_have(o->partial, o->partial_count, attr->name))
            continue;
        t->by_value = t->by_value && attr->op == DELTA_VALUES;
        sets[t->wanted_count++] =
            (struct value_set){attr->name, attr->adds, attr->add_count};
        sets[t->wanted_count++] =
            (struct value_set){attr->name, attr->dels, attr->del_count};
    }
    return t->wanted_count == 0 ? MA_OK : match_load(t, o->id);
}

static enum ma_status change(struct take *t)
{
    struct stage_result result;
    struct delta delta;
    bool peace = at_peace(&t->object);
    uint32_t *keep;
    size_t keep_count;
    enum ma_status status = place_take(t);

    if (status == MA_OK)
        status = read_change(t->stage, t->entry, &t->before, &delta, t->problem, t->err);
    if (status == MA_OK)
        status = load_values(t, &delta);
    if (status != MA_OK)
        return status;
    keep_count = kept(t, &keep);
    take_anchor(t);
    tower_settle(take_arena(t), &t->object, keep, keep_count);
    result = tower_changed(take_arena(t), &t->object, &delta);
    return settle(t, &result, peace);
}

static enum ma_status take_change(struct take *t)
{
    if (t->stage->req.full)
        return problem_set(t->problem, "invalid-change-type", NULL,
                           "a full import shows whole objects, and this is a change");
    if (!t->found || !t->before.exists)
        return want_whole(t);
    return change(t);
}

/* --- which of them ---------------------------------------------------------------- */

static enum ma_status take_present(struct take *t)
{
    const struct selection *select = &t->stage->select;
    struct image seen = {0};
    const char *error;
    struct entry_type type;

    if (!select_type(select, t->entry, &type, &error))
        return problem_set(t->problem, error, "objectClass",
                           "the schema has no object type for this entry");
    if (!type.selected)
        return take_filtered(t);
    seen.object_type = type.number;
    return take_whole(t, &seen);
}

enum ma_status entry_take(struct stage *stage, const struct ma_entry *entry,
                          struct problem *problem, struct ma_error *err)
{
    struct take t = {.stage = stage, .entry = entry, .problem = problem, .err = err};
    enum ma_status status = match_names(&t);
    bool done = false;

    t.by_value = entry->change == MA_MODIFY || entry->change == MA_DELETE;
    t.readers = readers_of(stage, stage->req.full || t.target == t.dn);
    if (status == MA_OK)
        status = same_take(&t, &done);
    if (status == MA_OK && !done)
        status = match_object(&t);
    if (status != MA_OK || done)
        return status;
    if (entry->change == MA_DELETE)
        return take_delete(&t);
    /* A change that gives no DN: the object is where it was. */
    if (entry->change == MA_MODIFY && t.before.dn != NULL && entry->dn == NULL &&
        entry->new_dn == NULL)
        t.target = t.before.dn;
    if (!select_has_container(&stage->select, t.target))
        return take_filtered(&t);
    return entry->change == MA_MODIFY ? take_change(&t) : take_present(&t);
}
